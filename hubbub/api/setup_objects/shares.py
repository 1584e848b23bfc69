"""`…Share`, `…TeamMember` and UserRecordAccess: who may do what with records, and why."""

from typing import Any

from hubbub import objects, people, records
from hubbub.api.setup_objects.kinds import ID, PRINCIPAL, Column, Kind, Row, named_ids, needs
from hubbub.core.db import Tx
from hubbub.core.errors import Forbidden, Invalid
from hubbub.core.ids import NUMBER_BITS, Type

MOST_RECORDS = 200  # of which a query asks at once

_LEVELS = {1: "Read", 2: "Edit", 3: "All"}
_CAUSES = ("Owner", "Manual", "Team", "Rule", "ImplicitParent", "ImplicitChild")
_PRINCIPALS = (Type.USER, Type.ROLE, Type.ROLE_AND_BELOW, Type.GROUP, Type.QUEUE, Type.EVERYONE)


def _named(object: objects.Object) -> tuple[str, str, str, str]:
    """How Salesforce calls an object's shares, in them the record, its relationship and the level."""
    if object.custom:
        return f"{object.name.removesuffix('__c')}__Share", "ParentId", "Parent", "AccessLevel"
    return f"{object.name}Share", f"{object.name}Id", object.name, f"{object.name}AccessLevel"


def shares(object: objects.Object) -> Kind:
    """The shares of an object's records: of the owner, by hand, by team, by rule, and what is implied by other records.
    Who may share a record reads them, and administrators who see it."""
    name, record, relation, level = _named(object)
    type = int(records.share_type(object.code))

    async def rows(tx: Tx, him: records.Viewer, query: records.Query) -> list[tuple[Any, ...]]:
        asked, shares = named_ids(query, record, object.code), named_ids(query, "Id", type)
        if asked is None and shares is None:
            raise needs(name, record, "Id")
        _check_few(name, asked, shares)
        return [
            (each.id, each.record_id, each.principal_id, _LEVELS[each.level], each.cause)
            for each in await records.granted(tx, him, object, asked or (), shares or ())
        ]

    async def create(tx: Tx, actor: people.Actor, new: Row) -> int:
        if new.get("RowCause", "Manual") != "Manual":
            raise Invalid(
                "FIELD_INTEGRITY_EXCEPTION", "What is made has the RowCause Manual.", fields=["RowCause"]
            )
        return await records.share_record(tx, actor, new[record], new["UserOrGroupId"], _level(new, level))

    async def change(tx: Tx, actor: people.Actor, row: Row, new: Row) -> None:
        _by_hand(row)
        await records.share_record(tx, actor, row[record], row["UserOrGroupId"], _level(new, level))

    async def delete(tx: Tx, actor: people.Actor, row: Row) -> None:
        _by_hand(row)
        await records.unshare_record(tx, actor, row[record], row["UserOrGroupId"])

    return Kind(
        name=name,
        label=f"{object.label} Share",
        type=type,
        pinned=rows,
        columns=(
            ID,
            Column(record, "", "reference", to=object.name, relation=relation, types=(object.code,), create=True,
                   required=True),
            Column("UserOrGroupId", "", "reference", to=PRINCIPAL, relation="UserOrGroup", types=_PRINCIPALS,
                   create=True, required=True),
            Column(level, "", "picklist", choices=tuple(_LEVELS.values()), create=True, change=True, required=True),
            Column("RowCause", "", "picklist", choices=_CAUSES, create=True),
        ),
        create=create,
        change=change,
        delete=delete,
    )  # fmt: skip


def _by_hand(row: Row) -> None:
    if row["RowCause"] != "Manual":
        raise Forbidden(
            f"This row stands for {row['RowCause']}: only what was shared by hand is changed by hand."
        )


def _level(row: Row, field: str) -> int:
    if row.get(field) == "All":
        raise Invalid(
            "FIELD_INTEGRITY_EXCEPTION", "All is for the owner: share Read or Edit.", fields=[field]
        )
    return 2 if row.get(field) == "Edit" else 1


def _check_few(name: str, *named: list[int] | None) -> None:
    if sum(len(each) for each in named if each) > MOST_RECORDS:
        raise Invalid("MALFORMED_QUERY", f"{name}: at most {MOST_RECORDS} ids at once.")


def team(him: records.Viewer, object: objects.Object, type: int) -> Kind:
    """Who works on an object's records: read by who sees the record, made by who may share it."""
    record, level = f"{object.name}Id", f"{object.name}AccessLevel"

    async def create(tx: Tx, actor: people.Actor, new: Row) -> int:
        return await records.join_team(
            tx,
            actor,
            new[record],
            new["UserId"],
            team_role=new.get("TeamMemberRole"),
            level=_level(new, level),
        )

    async def change(tx: Tx, actor: people.Actor, row: Row, new: Row) -> None:
        await records.change_member(
            tx, actor, row["Id"], team_role=new["TeamMemberRole"], level=_level(new, level)
        )

    async def delete(tx: Tx, actor: people.Actor, row: Row) -> None:
        await records.leave_team(tx, actor, row[record], row["UserId"])

    first = object.code << NUMBER_BITS
    here = f"{{a}}.left_at is null and {{a}}.record_id between {first} and {first + (1 << NUMBER_BITS) - 1}"
    return Kind(
        name=f"{object.name}TeamMember",
        label=f"{object.label} Team Member",
        type=type,
        rows=records.TEAM_ROWS,
        # who works on what is for those inside
        where="false" if him.actor.guest else f"{here} and {records.sees(him, '{a}.record_id')}",
        columns=(
            ID,
            Column(record, "{a}.record_id", "reference", to=object.name, relation=object.name, types=(object.code,),
                   create=True, required=True),
            Column("UserId", "{a}.user_id", "reference", to="User", relation="User", types=(Type.USER,), create=True,
                   required=True),
            Column("TeamMemberRole", "{a}.team_role", create=True, change=True),
            Column(level, "case {a}.level when 2 then 'Edit' else 'Read' end", "picklist",
                   choices=("Read", "Edit", "All"), create=True, change=True),
            Column("CreatedDate", "{a}.joined_at", "datetime"),
        ),
        create=create,
        change=change,
        delete=delete,
    )  # fmt: skip


# --- what somebody may do ------------------------------------------------------------------------------------------


async def _accesses(tx: Tx, him: records.Viewer, query: records.Query) -> list[tuple[Any, ...]]:
    whom, asked = named_ids(query, "UserId", Type.USER), named_ids(query, "RecordId")
    if whom is None or asked is None:
        raise Invalid("MALFORMED_QUERY", "UserRecordAccess: WHERE UserId = '…' AND RecordId = '…' or IN (…).")
    _check_few("UserRecordAccess", asked)
    if len(whom) != 1:
        return []
    return [
        (
            whom[0],
            each.record_id,
            each.reads,
            each.edits,
            each.deletes,
            each.transfers,
            each.deletes and each.transfers,
            _most(each),
        )
        for each in await records.accesses(tx, him.actor, whom[0], asked)
    ]


def _most(each: records.Access) -> str:
    if each.deletes and each.transfers:
        return "All"
    ways = (
        ("Transfer", each.transfers),
        ("Delete", each.deletes),
        ("Edit", each.edits),
        ("Read", each.reads),
    )
    return next((name for name, has in ways if has), "None")


ACCESS = Kind(
    name="UserRecordAccess",
    label="User Record Access",
    pinned=_accesses,
    columns=(
        Column("UserId", "", "reference", to="User", relation="User"),
        Column("RecordId", "", "reference"),
        *(
            Column(name, "", "boolean")
            for name in (
                "HasReadAccess",
                "HasEditAccess",
                "HasDeleteAccess",
                "HasTransferAccess",
                "HasAllAccess",
            )
        ),
        Column("MaxAccessLevel", "", "picklist"),
    ),
)
