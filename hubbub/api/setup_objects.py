"""What Setup holds, as sObjects: roles, groups, permission sets, shares, teams, and who may do what with a record.

Roles, groups and permission sets are for administrators; for others there are no such types. Shares answer who may share
their record, teams who sees it, UserRecordAccess oneself and administrators.
"""

import hashlib
import re
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from litestar import Request, Response

from hubbub import objects, people, records
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Forbidden, Invalid, NotFound, Refused
from hubbub.core.ids import Type
from hubbub.core.rest import api_base, json_answer

MOST_RECORDS = 50  # of shares, teams or accesses asked for at once

Row = dict[str, Any]
Filters = dict[str, list[Any]]

_ABILITIES = {
    "PermissionsManageUsers": people.MANAGE_USERS,
    "PermissionsViewAllData": people.VIEW_ALL_DATA,
    "PermissionsModifyAllData": people.MODIFY_ALL_DATA,
    "PermissionsModerateChatter": people.MODERATE,
}
_RIGHTS = {
    "PermissionsRead": "r",
    "PermissionsCreate": "c",
    "PermissionsEdit": "e",
    "PermissionsDelete": "d",
    "PermissionsViewAllRecords": "v",
    "PermissionsModifyAllRecords": "m",
}
_LEVELS = {1: "Read", 2: "Edit"}
_CAUSES = {"manual": "Manual", "team": "Team", "rule": "Rule"}


class Kind(msgspec.Struct, frozen=True):
    """One type: its fields, how it is read, made and deleted, and by whom."""

    name: str
    fields: tuple[str, ...]
    read: Callable[[Tx, people.Actor, Filters], Awaitable[list[Row]]]
    create: Callable[[Tx, people.Actor, Row], Awaitable[int]] | None = None
    delete: Callable[[Tx, people.Actor, int], Awaitable[None]] | None = None
    admin: bool = True


# --- roles, groups, permission sets --------------------------------------------------------------------------------


async def _roles(tx: Tx, actor: people.Actor, asked: Filters) -> list[Row]:
    return [
        {"Id": ids.show(id), "Name": name, "ParentRoleId": ids.show(parent) if parent else None}
        for id, name, parent in await people.role_tree(tx)
    ]


async def _add_role(tx: Tx, actor: people.Actor, given: Row) -> int:
    parent = given.get("ParentRoleId")
    above = None if parent is None else _id(parent, "ParentRoleId", Type.ROLE)
    return await people.add_role(tx, actor, _text(given, "Name"), above)


async def _groups(tx: Tx, actor: people.Actor, asked: Filters) -> list[Row]:
    return [
        {
            "Id": ids.show(each.id),
            "Name": each.name,
            "Type": "Queue" if each.kind == "queue" else "Regular",
            "DoesIncludeBosses": each.hierarchy,
        }
        for each in await people.groups(tx)
    ]


async def _add_group(tx: Tx, actor: people.Actor, given: Row) -> int:
    kind = given.get("Type", "Regular")
    if kind not in ("Regular", "Queue"):
        raise Invalid("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "Type is Regular or Queue.", fields=["Type"])
    return await people.add_group(
        tx,
        actor,
        _text(given, "Name"),
        queue=kind == "Queue",
        hierarchy=_flag(given, "DoesIncludeBosses", True),
    )


async def _delete_group(tx: Tx, actor: people.Actor, id: int) -> None:
    await records.delete_group(tx, actor, id)


async def _members(tx: Tx, actor: people.Actor, asked: Filters) -> list[Row]:
    return [
        {
            "Id": ids.show(each.id),
            "GroupId": ids.show(each.group_id),
            "UserOrGroupId": ids.show(each.member_id),
        }
        for each in await people.memberships(tx)
    ]


async def _add_member(tx: Tx, actor: people.Actor, given: Row) -> int:
    group = _id(given.get("GroupId"), "GroupId", Type.GROUP, Type.QUEUE)
    return await people.add_member(tx, actor, group, _id(given.get("UserOrGroupId"), "UserOrGroupId"))


async def _remove_member(tx: Tx, actor: people.Actor, id: int) -> None:
    for each in await people.memberships(tx):
        if each.id == id:
            return await people.remove_member(tx, actor, each.group_id, each.member_id)
    raise NotFound()


async def _sets(tx: Tx, actor: people.Actor, asked: Filters) -> list[Row]:
    return [
        {"Id": ids.show(each.id), "Name": each.name, "Label": each.label}
        | {field: ability in each.abilities for field, ability in _ABILITIES.items()}
        for each in await people.permission_sets(tx)
    ]


async def _add_set(tx: Tx, actor: people.Actor, given: Row) -> int:
    name = _text(given, "Name" if "Name" in given else "Label").strip()
    if not 1 <= len(name) <= 80 or not name.isprintable():
        raise Invalid("STRING_TOO_LONG", "Name: 1 to 80 characters.", fields=["Name"])
    if name.casefold() in {each.name.casefold() for each in await people.permission_sets(tx)}:
        raise Invalid("DUPLICATE_DEVELOPER_NAME", "There is a permission set of this name.", fields=["Name"])
    abilities = [ability for field, ability in _ABILITIES.items() if _flag(given, field)]
    return await people.add_permission_set(tx, actor, name, abilities)


def _joined(type: Type, *parts: object) -> int:
    """The id of what is nothing but the joining of other things: made of them, the same for good."""
    digest = hashlib.sha256(":".join(map(str, parts)).encode()).digest()
    return ids.make(type, int.from_bytes(digest[:6]))


async def _set_name(tx: Tx, given: Row, field: str) -> tuple[int, str]:
    id = _id(given.get(field), field, Type.PERMISSION_SET)
    for each in await people.permission_sets(tx):
        if each.id == id:
            return id, each.name
    raise Invalid("INVALID_CROSS_REFERENCE_KEY", f"{field}: there is no such permission set.", fields=[field])


async def _names(tx: Tx) -> dict[int, str]:
    return {each.id: each.name for each in await people.permission_sets(tx)}


async def _assignments(tx: Tx, actor: people.Actor, asked: Filters) -> list[Row]:
    return [
        {
            "Id": ids.show(_joined(Type.PERMISSION_ASSIGNMENT, user_id, set_id)),
            "AssigneeId": ids.show(user_id),
            "PermissionSetId": ids.show(set_id),
        }
        for user_id, set_id in await people.assignments(tx)
    ]


async def _assign(tx: Tx, actor: people.Actor, given: Row) -> int:
    set_id, name = await _set_name(tx, given, "PermissionSetId")
    user_id = _id(given.get("AssigneeId"), "AssigneeId", Type.USER)
    if not await people.is_active(tx, user_id):
        raise Invalid("INVALID_CROSS_REFERENCE_KEY", "There is no such active person.", fields=["AssigneeId"])
    await people.assign_permission_set(tx, actor, user_id, name)
    return _joined(Type.PERMISSION_ASSIGNMENT, user_id, set_id)


async def _withdraw(tx: Tx, actor: people.Actor, id: int) -> None:
    names = await _names(tx)
    for user_id, set_id in await people.assignments(tx):
        if _joined(Type.PERMISSION_ASSIGNMENT, user_id, set_id) == id:
            return await people.withdraw_permission_set(tx, actor, user_id, names[set_id])
    raise NotFound()


async def _object_permissions(tx: Tx, actor: people.Actor, asked: Filters) -> list[Row]:
    catalog = await objects.catalog(tx, actor.access_version)
    return [
        {
            "Id": ids.show(_joined(Type.OBJECT_PERMISSIONS, each.permission_set_id, each.object)),
            "ParentId": ids.show(each.permission_set_id),
            "SobjectType": catalog.codes[each.object].name,
        }
        | {field: letter in each.rights for field, letter in _RIGHTS.items()}
        for each in await people.object_grants(tx)
        if each.object in catalog.codes and each.rights
    ]


async def _grant_object(tx: Tx, actor: people.Actor, given: Row) -> int:
    set_id, name = await _set_name(tx, given, "ParentId")
    object = await _object(tx, actor, given)
    rights = "".join(letter for field, letter in _RIGHTS.items() if _flag(given, field))
    if not rights:
        raise Invalid("FIELD_INTEGRITY_EXCEPTION", "Grant at least reading.", fields=["PermissionsRead"])
    await people.grant_object(tx, actor, name, object.code, rights)
    return _joined(Type.OBJECT_PERMISSIONS, set_id, object.code)


async def _withdraw_object(tx: Tx, actor: people.Actor, id: int) -> None:
    names = await _names(tx)
    for each in await people.object_grants(tx):
        if each.rights and _joined(Type.OBJECT_PERMISSIONS, each.permission_set_id, each.object) == id:
            return await people.grant_object(tx, actor, names[each.permission_set_id], each.object, "")
    raise NotFound()


async def _field_permissions(tx: Tx, actor: people.Actor, asked: Filters) -> list[Row]:
    catalog = await objects.catalog(tx, actor.access_version)
    known = {
        field.id: (object, field)
        for object in catalog.objects
        for field in object.fields
        if field.permissionable
    }
    return [
        {
            "Id": ids.show(_joined(Type.FIELD_PERMISSIONS, each.permission_set_id, each.field_id)),
            "ParentId": ids.show(each.permission_set_id),
            "SobjectType": known[each.field_id][0].name,
            "Field": f"{known[each.field_id][0].name}.{known[each.field_id][1].name}",
            "PermissionsRead": True,
            "PermissionsEdit": each.edit,
        }
        for each in await people.field_grants(tx)
        if each.field_id in known
    ]


async def _grant_field(tx: Tx, actor: people.Actor, given: Row) -> int:
    set_id, name = await _set_name(tx, given, "ParentId")
    object = await _object(tx, actor, given)
    path = _text(given, "Field")
    field = object.get(path.removeprefix(f"{object.name}."))
    if field is None or not field.permissionable:
        raise Invalid("INVALID_FIELD", f"Field: {path[:80]} cannot be granted.", fields=["Field"])
    edit = _flag(given, "PermissionsEdit")
    if not _flag(given, "PermissionsRead", edit) or (edit and not field.writable):
        raise Invalid(
            "FIELD_INTEGRITY_EXCEPTION",
            "Who edits a field reads it; what Hubbub fills in is not edited.",
            fields=["PermissionsEdit"],
        )
    await people.grant_field_to(tx, actor, name, field.id, can_edit=edit)
    return _joined(Type.FIELD_PERMISSIONS, set_id, field.id)


async def _withdraw_field(tx: Tx, actor: people.Actor, id: int) -> None:
    names = await _names(tx)
    for each in await people.field_grants(tx):
        if _joined(Type.FIELD_PERMISSIONS, each.permission_set_id, each.field_id) == id:
            return await people.withdraw_field(tx, actor, names[each.permission_set_id], each.field_id)
    raise NotFound()


# --- shares, teams, access -----------------------------------------------------------------------------------------


def _asked_records(asked: Filters, field: str, *types: int) -> list[int]:
    """The records that a query names; it has to name some."""
    if field not in asked:
        raise Invalid("MALFORMED_QUERY", f"Say of which records: WHERE {field} = '…' or IN (…).")
    if len(asked[field]) > MOST_RECORDS:
        raise Invalid("MALFORMED_QUERY", f"At most {MOST_RECORDS} records at once.")
    return list(dict.fromkeys(_id(each, field, *types) for each in asked[field]))


def _shares_of(object: str, type: Type) -> Kind:
    """`…Share` of an object."""
    record, level = f"{object}Id", f"{object}AccessLevel"

    def row(each: records.Share) -> Row:
        return {
            "Id": ids.show(each.id) if each.id else None,
            record: ids.show(each.record_id),
            "UserOrGroupId": ids.show(each.principal_id),
            level: _LEVELS[each.level],
            "RowCause": _CAUSES.get(each.cause, each.cause),
        }

    async def read(tx: Tx, actor: people.Actor, asked: Filters) -> list[Row]:
        if record not in asked and "Id" in asked:
            found = []
            for each in asked["Id"][:MOST_RECORDS]:
                try:
                    found.append(row(await records.share(tx, actor, _id(each, "Id"))))
                except (NotFound, Forbidden):
                    continue
            return [each for each in found if str(each["Id"]).startswith(ids.PREFIX[_SHARE_IDS[object]])]
        found = []
        for record_id in _asked_records(asked, record):
            try:
                found += [row(each) for each in await records.shares(tx, actor, record_id)]
            except (NotFound, Forbidden):
                continue
        return found

    async def create(tx: Tx, actor: people.Actor, given: Row) -> int:
        record_id = _id(given.get(record), record, type)
        principal = _id(given.get("UserOrGroupId"), "UserOrGroupId")
        if given.get("RowCause", "Manual") != "Manual":
            raise Invalid("FIELD_INTEGRITY_EXCEPTION", "RowCause is Manual.", fields=["RowCause"])
        return await records.share_record(tx, actor, record_id, principal, _level(given, level))

    async def delete(tx: Tx, actor: people.Actor, id: int) -> None:
        if ids.type_of(id) != _SHARE_IDS[object]:
            raise NotFound()
        found = await records.share(tx, actor, id)
        if found.cause != "manual":
            raise Forbidden("Only what was shared by hand is taken back by hand.")
        await records.unshare_record(tx, actor, found.record_id, found.principal_id)

    fields = ("Id", record, "UserOrGroupId", level, "RowCause")
    return Kind(f"{object}Share", fields, read, create, delete, admin=False)


_SHARE_IDS = {"Account": Type.ACCOUNT_SHARE, "Opportunity": Type.OPPORTUNITY_SHARE}


def _team_of(object: str, type: Type, membership: Type) -> Kind:
    """`…TeamMember` of an object."""
    record, level = f"{object}Id", f"{object}AccessLevel"

    def row(each: records.TeamMember) -> Row:
        return {
            "Id": ids.show(each.id),
            record: ids.show(each.record_id),
            "UserId": ids.show(each.user_id),
            "TeamMemberRole": each.team_role,
            level: _LEVELS[each.level],
            "CreatedDate": each.joined_at.strftime("%Y-%m-%dT%H:%M:%S.000+0000"),
        }

    async def read(tx: Tx, actor: people.Actor, asked: Filters) -> list[Row]:
        if actor.guest:
            return []  # who works on what is for those inside
        found = []
        if record not in asked and "Id" in asked:
            for each in asked["Id"][:MOST_RECORDS]:
                try:
                    found.append(row(await records.team_member(tx, actor, _id(each, "Id", membership))))
                except NotFound:
                    continue
            return found
        for record_id in _asked_records(asked, record, type):
            try:
                found += [row(each) for each in await records.team(tx, actor, record_id)]
            except NotFound:
                continue
        return found

    async def create(tx: Tx, actor: people.Actor, given: Row) -> int:
        record_id = _id(given.get(record), record, type)
        user_id = _id(given.get("UserId"), "UserId", Type.USER)
        role = given.get("TeamMemberRole")
        return await records.join_team(
            tx,
            actor,
            record_id,
            user_id,
            team_role=None if role is None else _text(given, "TeamMemberRole"),
            level=_level(given, level),
        )

    async def delete(tx: Tx, actor: people.Actor, id: int) -> None:
        if actor.guest or ids.type_of(id) != membership:
            raise NotFound()
        found = await records.team_member(tx, actor, id)
        await records.leave_team(tx, actor, found.record_id, found.user_id)

    fields = ("Id", record, "UserId", "TeamMemberRole", level, "CreatedDate")
    return Kind(f"{object}TeamMember", fields, read, create, delete, admin=False)


async def _access(tx: Tx, actor: people.Actor, asked: Filters) -> list[Row]:
    if "UserId" not in asked or len(asked["UserId"]) != 1:
        raise Invalid("MALFORMED_QUERY", "Say of whom: WHERE UserId = '…' AND RecordId = '…'.")
    user_id = _id(asked["UserId"][0], "UserId", Type.USER)
    found = []
    for record_id in _asked_records(asked, "RecordId"):
        reads = edits = deletes = shares = False
        if user_id == actor.user_id or actor.admin:
            try:
                told = await records.explain(tx, actor, user_id, record_id)
            except NotFound:
                # What I do not see, and what is not there, I have no access to; about others it says nothing.
                if user_id != actor.user_id:
                    continue
            else:
                reads, edits, deletes, shares = told.reads, told.edits, told.deletes, told.shares
        else:
            continue
        found.append(
            {
                "UserId": ids.show(user_id),
                "RecordId": ids.show(record_id),
                "HasReadAccess": reads,
                "HasEditAccess": edits,
                "HasDeleteAccess": deletes,
                "HasTransferAccess": shares,
                "HasAllAccess": shares and deletes,
                "MaxAccessLevel": "All"
                if shares and deletes
                else "Transfer"
                if shares
                else "Delete"
                if deletes
                else "Edit"
                if edits
                else "Read"
                if reads
                else "None",
            }
        )
    return found


_KINDS = {
    each.name.lower(): each
    for each in (
        Kind("UserRole", ("Id", "Name", "ParentRoleId"), _roles, _add_role),
        Kind("Group", ("Id", "Name", "Type", "DoesIncludeBosses"), _groups, _add_group, _delete_group),
        Kind("GroupMember", ("Id", "GroupId", "UserOrGroupId"), _members, _add_member, _remove_member),
        Kind("PermissionSet", ("Id", "Name", "Label", *_ABILITIES), _sets, _add_set),
        Kind("PermissionSetAssignment", ("Id", "AssigneeId", "PermissionSetId"), _assignments, _assign, _withdraw),
        Kind(
            "ObjectPermissions",
            ("Id", "ParentId", "SobjectType", *_RIGHTS),
            _object_permissions,
            _grant_object,
            _withdraw_object,
        ),
        Kind(
            "FieldPermissions",
            ("Id", "ParentId", "SobjectType", "Field", "PermissionsRead", "PermissionsEdit"),
            _field_permissions,
            _grant_field,
            _withdraw_field,
        ),
        _shares_of("Account", Type.ACCOUNT),
        _shares_of("Opportunity", Type.OPPORTUNITY),
        _team_of("Account", Type.ACCOUNT, Type.ACCOUNT_TEAM_MEMBER),
        _team_of("Opportunity", Type.OPPORTUNITY, Type.OPPORTUNITY_TEAM_MEMBER),
        Kind(
            "UserRecordAccess",
            ("UserId", "RecordId", "HasReadAccess", "HasEditAccess", "HasDeleteAccess", "HasTransferAccess",
             "HasAllAccess", "MaxAccessLevel"),
            _access,
            admin=False,
        ),
    )
}  # fmt: skip


def kind_of(actor: people.Actor, name: str) -> Kind | None:
    """The type of that name, in any case, if it exists for this person."""
    kind = _KINDS.get(name.lower())
    return kind if kind is not None and (actor.admin or not kind.admin) else None


# --- by id ---------------------------------------------------------------------------------------------------------


async def create(
    request: Request[Any, Any, Any], tx: Tx, actor: people.Actor, kind: Kind, given: Row
) -> Response[bytes]:
    """Make one, as Salesforce answers it."""
    if kind.create is None:
        raise _not_allowed(kind)
    fields = {each.lower(): each for each in kind.fields}
    for name in given:
        if name.lower() not in fields or name.lower() == "id":
            raise Invalid(
                "INVALID_FIELD",
                f"No such column '{name[:80]}' on sobject of type {kind.name}",
                fields=[name[:80]],
            )
    try:
        made = await kind.create(tx, actor, {fields[name.lower()]: value for name, value in given.items()})
    except NotFound:
        raise Invalid("INVALID_CROSS_REFERENCE_KEY", "There is no such thing to refer to.") from None
    key = ids.show(made)
    return json_answer(
        {"id": key, "success": True, "errors": []},
        201,
        {"location": f"{api_base(request)}/sobjects/{kind.name}/{key}"},
    )


async def read(request: Request[Any, Any, Any], tx: Tx, actor: people.Actor, kind: Kind, key: str) -> Row:
    """One by its id."""
    wanted = _key(key)
    if "Id" not in kind.fields:
        raise NotFound()
    for row in await kind.read(tx, actor, {"Id": [wanted]}):
        if row["Id"] == wanted:
            return _shown(kind, row, kind.fields, api_base(request))
    raise NotFound()


async def remove(tx: Tx, actor: people.Actor, kind: Kind, key: str) -> None:
    """Delete one by its id."""
    if kind.delete is None:
        raise _not_allowed(kind)
    await kind.delete(tx, actor, ids.parse(_key(key)))


def _key(key: str) -> str:
    try:
        return ids.show(ids.parse(key))
    except Invalid:
        raise NotFound() from None


def _not_allowed(kind: Kind) -> Refused:
    return Refused("METHOD_NOT_ALLOWED", f"{kind.name} does not take this.", status=405)


# --- queries -------------------------------------------------------------------------------------------------------

_SOURCE = re.compile(r"\bfrom\s+(\w+)", re.IGNORECASE)
_TOKEN = re.compile(r"'[^'\\]*'|\w+|!=|\S")
LONGEST = 20_000


def asked_for(actor: people.Actor, text: str) -> Kind | None:
    """The type that a query is about, if it is one of these."""
    found = _SOURCE.search(text[:LONGEST])
    return kind_of(actor, found[1]) if found else None


class Said(msgspec.Struct):
    """A query, taken apart."""

    fields: list[str] = []  # none: it counts
    equal: Filters = {}
    unequal: list[tuple[str, Any]] = []
    order: str | None = None
    descending: bool = False
    limit: int | None = None


async def query(tx: Tx, actor: people.Actor, kind: Kind, text: str, *, base: str) -> records.Answer:
    """Answer SELECT fields FROM type, with WHERE of =, != and IN joined by AND, ORDER BY one field, LIMIT."""
    said = _parse(kind, text)
    rows = [
        row
        for row in await kind.read(tx, actor, said.equal)
        if all(_same(row[field], values) for field, values in said.equal.items())
        and not any(_same(row[field], [value]) for field, value in said.unequal)
    ]
    if said.order:
        field = said.order
        rows.sort(key=lambda row: (row[field] is not None, str(row[field]).lower()), reverse=said.descending)
    rows = rows if said.limit is None else rows[: said.limit]
    return records.Answer(
        len(rows), [_shown(kind, row, said.fields, base) for row in rows if said.fields], None
    )


def _parse(kind: Kind, text: str) -> Said:
    tokens = _TOKEN.findall(text) if len(text) <= LONGEST else []
    at = 0

    def refuse() -> Invalid:
        near = " ".join(tokens[at : at + 4])[:60]
        return Invalid(
            "MALFORMED_QUERY",
            f"unexpected at '{near}': {kind.name} takes SELECT fields FROM {kind.name} "
            "WHERE field = 'x' AND field IN ('y', 'z') ORDER BY field LIMIT n",
        )

    def take(*words: str) -> bool:
        """Go past these words, if they come next."""
        nonlocal at
        if [each.lower() for each in tokens[at : at + len(words)]] == list(words):
            at += len(words)
            return True
        return False

    def need(*words: str) -> None:
        if not take(*words):
            raise refuse()

    def word() -> str:
        nonlocal at
        if at >= len(tokens):
            raise refuse()
        at += 1
        return tokens[at - 1]

    def value() -> Any:
        nonlocal at
        text = word()
        if text.startswith("'") and len(text) > 1:
            return _whole_id(text[1:-1])
        if text.lower() not in _CONSTANTS:
            at -= 1
            raise refuse()
        return _CONSTANTS[text.lower()]

    said = Said()
    need("select")
    if not take("count", "(", ")"):
        said.fields = [_field(kind, word())]
        while take(","):
            said.fields.append(_field(kind, word()))
    need("from", kind.name.lower())
    going = take("where")
    while going:
        field = _field(kind, word())
        if take("!="):
            said.unequal.append((field, value()))
        else:
            if take("in", "("):
                values = [value()]
                while take(","):
                    values.append(value())
                need(")")
            else:
                need("=")
                values = [value()]
            known = said.equal.get(field)
            said.equal[field] = values if known is None else [each for each in known if each in values]
        going = take("and")
    if take("order", "by"):
        said.order = _field(kind, word())
        said.descending = take("desc")
        if not said.descending:
            take("asc")
    if take("limit"):
        number = word()
        if not (number.isascii() and number.isdigit() and len(number) < 10):
            at -= 1
            raise refuse()
        said.limit = int(number)
    if at != len(tokens) or not tokens:
        raise refuse()
    return said


_CONSTANTS: dict[str, Any] = {"true": True, "false": False, "null": None}


def _whole_id(value: Any) -> Any:
    """An id with 15 characters means the one with 18."""
    if isinstance(value, str) and len(value) in (15, 18):
        try:
            return ids.show(ids.parse(value))
        except Invalid:
            return value
    return value


def _same(value: Any, wanted: list[Any]) -> bool:
    if isinstance(value, str):
        return value.casefold() in {each.casefold() for each in wanted if isinstance(each, str)}
    return any(value is each for each in wanted)


def _field(kind: Kind, name: str) -> str:
    for field in kind.fields:
        if field.lower() == name.lower():
            return field
    raise Invalid(
        "INVALID_FIELD", f"No such column '{name[:80]}' on sobject of type {kind.name}", fields=[name[:80]]
    )


def _shown(kind: Kind, row: Row, fields: Any, base: str) -> Row:
    attributes = {"type": kind.name}
    if row.get("Id"):
        attributes["url"] = f"{base}/sobjects/{kind.name}/{row['Id']}"
    return {"attributes": attributes, **{field: row[field] for field in fields}}


# --- inputs --------------------------------------------------------------------------------------------------------


def _id(value: Any, field: str, *types: int) -> int:
    try:
        return ids.parse(value, *types)
    except Invalid:
        raise Invalid(
            "MALFORMED_ID", f"{field}: id value of incorrect type: {str(value)[:40]}", fields=[field]
        ) from None


def _text(given: Row, field: str) -> str:
    value = given.get(field)
    if not isinstance(value, str) or "\0" in value:
        raise Invalid("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{field}]", fields=[field])
    return value


def _flag(given: Row, field: str, usual: bool = False) -> bool:
    value = given.get(field, usual)
    if not isinstance(value, bool):
        raise Invalid("JSON_PARSER_ERROR", f"{field} is true or false.", fields=[field])
    return value


def _level(given: Row, field: str) -> int:
    for level, name in _LEVELS.items():
        if given.get(field, "Read") == name:
            return level
    raise Invalid("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", f"{field} is Read or Edit.", fields=[field])


async def _object(tx: Tx, actor: people.Actor, given: Row) -> objects.Object:
    found = (await objects.catalog(tx, actor.access_version)).get(_text(given, "SobjectType"))
    if found is None:
        raise Invalid("INVALID_TYPE", "SobjectType: there is no such object.", fields=["SobjectType"])
    return found
