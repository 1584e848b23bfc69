"""What can be queried: for each source its columns, what its references lead to, and its sight.

Beside objects there are people, the owner of a record (a person or a queue), and how deals stood after each save.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from hubbub import people
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid
from hubbub.objects import Field, Object
from hubbub.records.access import (
    Viewer,
    any_object,
    columns,
    listed,
    probe,
    views,
    wide,
)
from hubbub.records.access.activities import account_field, account_of, last_activity, last_activity_field
from hubbub.records.queries.soql.nodes import Query

OWNER = "*owner"  # where Owner leads; nobody can write this after FROM
NAMED = "*name"  # where What and Who lead, which are of several kinds
_STAGES = "OpportunityHistory"
_VIEWED = "RecentlyViewed"
_LISTS = "ListView"
# Its columns: the field of the deal that must be readable, and where the value stands.
_STAGE_COLUMNS = {
    "StageName": "{a}.stage",
    "Amount": "{a}.amount",
    "CloseDate": "({a}.close_date at time zone 'UTC')::date",
    "Probability": "{a}.probability",
}

LONGEST_FILTERED = 255  # longer texts are neither compared nor sorted by, as in Salesforce


class Column(msgspec.Struct, frozen=True):
    """A field that can be asked for; the SQL names its row's alias as {a}."""

    name: str
    type: str
    value: str  # as it is answered
    raw: str  # as it is compared and sorted by: what an index knows
    searchable: bool = True
    custom: bool = False
    apart: bool = False  # FIELDS() leaves it out: it is asked for by its name alone
    show: Callable[[Any], Any] | None = None  # how it is written, where its type does not say


class Relation(msgspec.Struct, frozen=True):
    """A reference by its relationship's name: which column holds it, which source it leads to."""

    name: str
    raw: str
    source: str
    # SQL over the two aliases: of a row that the viewer sees, does he see what it points at? None: as the source says.
    seen: Callable[[str, str], str] | None = None


class Source(msgspec.Struct, frozen=True):
    """Rows of one kind."""

    name: str
    table: str
    columns: dict[str, Column]
    relations: dict[str, Relation]
    seen: Callable[
        [str], str
    ]  # SQL for the row under an alias: exists, and may be seen; for rows given one by one
    params: dict[str, Any] = {}  # what the table binds
    # What tells its rows apart and puts them in order. Rows without an id of their own are paged by counting.
    key: str = "id"

    def column(self, name: str) -> Column:
        """The column of that name, in any case; raises INVALID_FIELD."""
        column = self.columns.get(name.lower())
        if column is None:
            raise Invalid("INVALID_FIELD", f"No such column '{name[:80]}' on entity '{self.name}'")
        return column


# What rooms above add to be queried beside records and people, by lower-case name: they are handed the query, since
# some rows are only there for who says of what.
Beside = Callable[[Tx, Viewer, Query], Awaitable[dict[str, Source]]]


def source(him: Viewer, name: str) -> Source | None:
    """The source of that name, in any case, as the viewer knows it: columns that he may not read are not there."""
    if name.lower() == "user":
        return _persons(him, "User", people.USER_TABLE, people.USER_FIELDS)
    if name == OWNER:
        return _persons(him, "Name", people.OWNER_TABLE, people.OWNER_FIELDS)
    if name == NAMED:
        return _named(him)
    if name.lower() == _STAGES.lower():
        return _stages(him)
    if name.lower() == _VIEWED.lower():
        return _viewed(him)
    if name.lower() == _LISTS.lower():
        return _list_views(him)
    object = him.catalog.get(name)
    if object is None or not him.can(object).read:
        return None
    key = ("source", object.code)
    if key not in him.compiled:
        fields = him.fields(object)
        him.compiled[key] = Source(
            name=object.name,
            table="record",
            columns={
                column.name.lower(): column
                for column in (
                    *(_column(him, object, each) for each in fields),
                    *_last_activity(him, object),
                    *_account(him, object),
                    *_LOOKED_AT,
                )
            },
            relations={
                field.relation.lower(): relation_of(him, object, field, field.relation, leads_to(field))
                for field in fields
                if field.relation and any(_readable(him, name) for name in field.to)
            }
            | _to_account(him, object),
            seen=lambda alias: (
                f"{alias}.org_id = %(org)s and {alias}.object = {object.code} and {alias}.deleted_at is null "
                f"and {probe(him, object, alias)}"
            ),
        )
    return him.compiled[key]


async def listed_rows(
    tx: Tx, him: Viewer, source: Source, alias: str, *, deleted: bool = False
) -> tuple[str, str, bool]:
    """The same as `seen`, in the shape for going through all that the viewer sees; with `deleted` also what he saw: that
    the row exists, that he sees it, and whether the latter is dear for each row."""
    object = him.catalog.get(source.name)
    if object is None:
        return source.seen(alias), "true", False
    there = f"not {alias}.purged" if deleted else f"{alias}.deleted_at is null"
    there = f"{alias}.org_id = %(org)s and {alias}.object = {object.code} and {there}"
    return there, await listed(tx, him, object, alias), await wide(tx, him, object)


def leads_to(field: Field) -> str:
    return OWNER if field.column == "owner_id" else NAMED if field.polymorphic else field.to[0]


def _readable(him: Viewer, name: str) -> bool:
    target = him.catalog.get(name)
    return name == "User" or (target is not None and him.can(target).read)


def relation_of(him: Viewer, object: Object, field: Field, name: str, to: str) -> Relation:
    raw, target = columns.stored(field, "{a}"), him.catalog.get(to)
    if to == NAMED:
        return Relation(name, raw, to, lambda row, joined: _seen_named(him, object, field, row, joined))
    if target is None:  # people
        return Relation(name, raw, to)

    def seen(row: str, joined: str) -> str:
        return (
            f"{joined}.org_id = %(org)s and {joined}.object = {target.code} and {joined}.deleted_at is null "
            f"and {columns.above(him, object, field, row, joined)}"
        )

    return Relation(name, raw, to, seen)


def _seen_named(him: Viewer, object: Object, field: Field, row: str, joined: str) -> str:
    return f"{joined}.org_id = %(org)s and {columns.above(him, object, field, row, joined)}"


def _common(him: Viewer) -> tuple[Column, ...]:
    """What records of all objects have."""
    kinds = " ".join(f"when {each.code} then '{each.name}'" for each in him.catalog.objects)
    kind = f"(case {{a}}.object {kinds} end)"
    return (
        Column("Id", "id", "{a}.id", "{a}.id"),
        Column("Name", "string", "{a}.name", "lower({a}.name)"),
        Column("Type", "string", kind, f"lower({kind})"),
    )


def _named(him: Viewer) -> Source:
    """Salesforce's Name: what records of several objects have in common, where a reference may lead to any of them."""
    return Source(
        "Name",
        "record",
        {column.name.lower(): column for column in _common(him)},
        {},
        lambda alias: f"{alias}.org_id = %(org)s and {any_object(him, alias)}",
    )


def _column(him: Viewer, object: Object, field: Field) -> Column:
    value = columns.seen(him, object, field, "{a}")
    raw = value
    if field.type in ("boolean", "date", "int") and field.column not in ("long", "deleted_at"):
        raw = f"{{a}}.{field.column}"
        if field.type == "boolean":
            raw = f"({raw} = 1)"
    if field.is_number and field.type != "int":
        value = f"{value}::float8"
    return Column(
        name=field.name,
        type=field.type,
        value=value,
        raw=f"lower({raw})" if field.is_text else raw,
        searchable=not (field.type == "textarea" and field.length > LONGEST_FILTERED),
        custom=field.custom,
    )


def _last_activity(him: Viewer, object: Object) -> list[Column]:
    """When something was last done about a record, of what the viewer sees of that."""
    field = last_activity_field(object.code, object.name)
    if field is None:
        return []
    moment = last_activity(him, object, "{a}")
    return [Column(field.name, field.type, f"({moment} at time zone 'UTC')::date", moment)]


def _account(him: Viewer, object: Object) -> list[Column]:
    """The account to which an activity belongs, where the viewer may know that."""
    field = account_field(object.code, object.name)
    if field is None:
        return []
    sql = account_of(him, object, "{a}")
    return [Column(field.name, field.type, sql, sql)]


def _to_account(him: Viewer, object: Object) -> dict[str, Relation]:
    """The relationship from an activity to its account."""
    if account_field(object.code, object.name) is None or not _readable(him, "Account"):
        return {}
    return {"account": Relation("Account", account_of(him, object, "{a}"), "Account")}


# When the viewer opened a record himself last: nobody else's looks are told.
_LOOK = """(select v.viewed_at from record_view v where v.org_id = %(org)s and v.record_id = {a}.id
    and v.user_id = %(viewer)s)"""
_LOOKED_AT = tuple(
    Column(name, "datetime", _LOOK, _LOOK, apart=True) for name in ("LastViewedDate", "LastReferencedDate")
)


def _viewed(him: Viewer) -> Source:
    """The records that the viewer opened last, of those that he still sees."""
    opened = """(select o.*, v.viewed_at from record_view v join record o on o.org_id = %(org)s and o.id = v.record_id
        where v.org_id = %(org)s and v.user_id = %(viewer)s)"""
    moment = "{a}.viewed_at"
    found = (
        *_common(him),
        *(Column(name, "datetime", moment, moment) for name in ("LastViewedDate", "LastReferencedDate")),
    )
    return Source(
        _VIEWED,
        opened,
        {column.name.lower(): column for column in found},
        {},
        lambda alias: f"{alias}.org_id = %(org)s and {any_object(him, alias)}",
    )


def _list_views(him: Viewer) -> Source:
    """The list views that the viewer has: those built in, his own, everybody's; of objects that he may read."""
    key = ("source", _LISTS)
    if key not in him.compiled:
        readable = [each for each in him.catalog.objects if him.can(each).read]
        from_start = [view for each in readable for view in views.built_in(each)]
        table = """(select l.org_id, l.id, l.object, l.owner_id, l.name, l.shared, l.created_at, l.modified_at from list_view l
              where l.org_id = %(org)s
            union all select %(org)s::int, b.id, b.object, null, b.name, true, null, null
              from unnest(%(built_in)s::bigint[], %(built_of)s::int[], %(built_names)s::text[]) b(id, object, name))"""
        kinds = " ".join(f"when {each.code} then '{each.name}'" for each in readable)
        kind = f"(case {{a}}.object {kinds} end)"
        found = (
            Column("Id", "id", "{a}.id", "{a}.id"),
            Column("Name", "string", "{a}.name", "lower({a}.name)"),
            Column("SobjectType", "string", kind, f"lower({kind})"),
            Column("CreatedById", "reference", "{a}.owner_id", "{a}.owner_id"),
            Column("CreatedDate", "datetime", "{a}.created_at", "{a}.created_at"),
            Column("LastModifiedDate", "datetime", "{a}.modified_at", "{a}.modified_at"),
        )
        codes = ", ".join(str(each.code) for each in readable) or "null"
        guest = str(him.actor.guest).lower()
        him.compiled[key] = Source(
            _LISTS,
            table,
            {column.name.lower(): column for column in found},
            {"createdby": Relation("CreatedBy", "{a}.owner_id", "User")},
            lambda alias: (
                f"{alias}.org_id = %(org)s and {alias}.object in ({codes}) and ({alias}.owner_id = %(viewer)s "
                f"or {alias}.owner_id is null or {alias}.shared and not {guest})"
            ),
            {
                "built_in": [view.id for view in from_start],
                "built_of": [view.object.code for view in from_start],
                "built_names": [view.name for view in from_start],
            },
        )
    return him.compiled[key]


def _stages(him: Viewer) -> Source | None:
    """How deals that the viewer sees stood after each save: a column of it is there if he may read that of the deal."""
    deal = him.catalog.object("Opportunity")
    if not him.can(deal).read:
        return None
    key = ("source", _STAGES)
    if key not in him.compiled:
        moment = "{a}.changed_at"
        found = [
            Column("Id", "id", "{a}.id", "{a}.id"),
            Column("OpportunityId", "reference", "{a}.record_id", "{a}.record_id"),
            Column("CreatedById", "reference", "{a}.changed_by", "{a}.changed_by"),
            Column("CreatedDate", "datetime", moment, moment),
            Column("SystemModstamp", "datetime", moment, moment),
        ]
        for name, sql in _STAGE_COLUMNS.items():
            field = deal.field(name)
            if him.may_read(deal, field):
                value = f"{sql}::float8" if field.is_number else sql
                raw = f"lower({sql})" if field.is_text else "{a}.close_date" if field.type == "date" else sql
                found.append(Column(name, field.type, value, raw))

        def seen(alias: str) -> str:
            return f"""{alias}.org_id = %(org)s and exists (select 1 from record {alias}_deal
                where {alias}_deal.org_id = %(org)s and {alias}_deal.id = {alias}.record_id
                  and {alias}_deal.deleted_at is null and {probe(him, deal, f"{alias}_deal")} offset 0)"""

        him.compiled[key] = Source(
            _STAGES,
            "stage_history",
            {column.name.lower(): column for column in found},
            {
                "opportunity": Relation("Opportunity", "{a}.record_id", deal.name),
                "createdby": Relation("CreatedBy", "{a}.changed_by", "User"),
            },
            seen,
        )
    return him.compiled[key]


def _persons(
    him: Viewer, source: str, table: str, fields: tuple[tuple[str, str, str, int, str], ...]
) -> Source:
    def seen(alias: str) -> str:
        return f"{alias}.org_id = %(org)s and {people.sight(him.actor, f'{alias}.id')}"

    found = {}
    for name, _, type, length, sql in fields:
        text = type in ("string", "email", "phone", "picklist", "textarea")
        found[name.lower()] = Column(
            name,
            type,
            sql,
            f"lower({sql})" if text else sql,
            name not in people.USER_SHOWN and not (type == "textarea" and length > LONGEST_FILTERED),
            show=people.USER_SHOWN.get(name),
        )
    role = Relation("UserRole", "{a}.role_id", "UserRole")
    return Source(
        source,
        table,
        found,
        {
            "userrole": role,
            "profile": Relation("Profile", found["profileid"].raw, "Profile"),
            "manager": Relation("Manager", "{a}.manager_id", "User"),
        },
        seen,
    )
