"""Salesforce's OpenActivity and ActivityHistory: the tasks and events about a record, read from there alone."""

import msgspec

from hubbub.core import clock
from hubbub.core.errors import Invalid
from hubbub.core.languages import mark
from hubbub.objects import Field, Object, make_field
from hubbub.records.access import ACTIVITIES, Viewer, activity_field, probe
from hubbub.records.access.activities import day, over, value
from hubbub.records.queries.soql.sources import LONGEST_FILTERED, Column, Source, leads_to, relation_of

# By which relationship they are read, what they are called, and whether they are over.
ABOUT_IT = (("OpenActivities", "OpenActivity", False), ("ActivityHistories", "ActivityHistory", True))

# What is told of each, by what a task and an event call it.
_TOLD = {
    "ActivitySubtype": ("TaskSubtype", None),
    "ActivityType": ("Type", "Type"),
    "CallDisposition": ("CallDisposition", None),
    "CallDurationInSeconds": ("CallDurationInSeconds", None),
    "CallType": ("CallType", None),
    "EndDateTime": (None, "EndDateTime"),
    "IsAllDayEvent": (None, "IsAllDayEvent"),
    "IsClosed": ("IsClosed", None),
    "Location": (None, "Location"),
    "Priority": ("Priority", None),
    "StartDateTime": (None, "StartDateTime"),
    "Status": ("Status", None),
} | {
    name: (name, name)
    for name in (
        "Id", "IsDeleted", "Subject", "Description", "OwnerId", "WhatId", "WhoId", "CreatedDate", "CreatedById",
        "LastModifiedDate", "LastModifiedById", "SystemModstamp",
    )
}  # fmt: skip


def activity_relationships(him: Viewer, about: Object) -> list[tuple[str, str, str]]:
    """How activities are read from a record of that object: the relationship, what it leads to, the field that holds it."""
    kinds = [him.catalog.object(name) for name in ACTIVITIES]
    by = {activity_field(him, each, about) for each in kinds if him.can(each).read} - {None}
    return [(name, called, field) for field in sorted(filter(None, by)) for name, called, _ in ABOUT_IT]


def activities_below(him: Viewer, about: Object, relationship: str) -> tuple[str, Source, str] | None:
    """What OpenActivities or ActivityHistories leads to from a record of that object: the relationship's name, its rows as
    the viewer sees them, and the column that says about which record each is."""
    wanted = relationship.lower()
    found = next((each for each in ABOUT_IT if each[0].lower() == wanted), None)
    kinds = [him.catalog.object(name) for name in ACTIVITIES]
    by = {each.name: activity_field(him, each, about) for each in kinds if him.can(each).read}
    kinds = [each for each in kinds if by.get(each.name)]
    if found is None or not kinds:
        return None
    name, called, past = found
    (column,) = {each.field(by[each.name] or "").column for each in kinds}

    def seen(alias: str) -> str:
        ways = [
            f"""{alias}.object = {each.code} and {"" if past else "not "}{over(him, each, alias)}
                and {probe(him, each, alias)}"""
            for each in kinds
        ]
        return f"{alias}.org_id = %(org)s and {alias}.deleted_at is null and ({' or '.join(ways)})"

    source = Source(
        name=called,
        table="record",
        columns={each.name.lower(): each for each in _columns(him, kinds)},
        relations={
            field.relation.lower(): relation_of(him, kinds[0], field, field.relation, leads_to(field))
            for field in him.fields(kinds[0])
            if field.relation
        },
        seen=seen,
        params={"now": clock.now()},
    )
    return name, source, f"r.{column}"


def activity_objects(him: Viewer) -> list[Object]:
    """OpenActivity and ActivityHistory as they are described: what the viewer may read of tasks and events."""
    kinds = [each for name in ACTIVITIES if him.can(each := him.catalog.object(name)).read]
    if not kinds:
        return []
    fields = tuple(_described(kinds, each) for each in _columns(him, kinds))
    index = {field.name.lower(): field for field in fields}
    called = {False: (mark("Open Activity"), mark("Open Activities")), True: (mark("Activity History"),) * 2}
    return [
        Object(
            code=0,
            name=name,
            label=called[past][0],
            plural=called[past][1],
            access="Private",
            fields=fields,
            index=index,
            owned=False,
        )
        for _, name, past in ABOUT_IT
    ]


def _described(kinds: list[Object], column: Column) -> Field:
    """A column of theirs as a field: as the task or the event has it."""
    names = _TOLD.get(column.name, ())
    found = [
        field
        for each in kinds
        if names and (of := names[ACTIVITIES.index(each.name)]) and (field := each.get(of))
    ]
    if found:
        plain = {"required": False, "unique": False, "tracked": False, "sources": ()}
        return msgspec.structs.replace(found[0], name=column.name, writable=False, system=True, **plain)
    return make_field(
        id=0,
        name=column.name,
        label=mark("Date") if column.name == "ActivityDate" else mark("Task"),
        type=column.type,
        column="computed",
        said={"writable": False, "system": True},
    )


def refuse_alone(name: str) -> None:
    """Raise where a query asks for activities beside any record: they are read from one alone."""
    if name.lower() in (called.lower() for _, called, _ in ABOUT_IT):
        raise Invalid(
            "INVALID_TYPE_FOR_OPERATION", "entity type {name} does not support query", name=name[:80]
        )


def _columns(him: Viewer, kinds: list[Object]) -> list[Column]:
    """What is told of activities of these kinds; what may be read of none of them is not there."""
    task = "{a}.object = " + str(next((each.code for each in kinds if each.name == "Task"), 0))
    days = " ".join(f"when {each.code} then {day(him, each, '{a}')}" for each in kinds)
    days = f"(case {{a}}.object {days} end)"
    found = [
        Column("ActivityDate", "date", days, f"({days}::timestamp at time zone 'UTC')"),
        Column("IsTask", "boolean", f"({task})", f"({task})"),
    ]
    for name, names in _TOLD.items():
        told = [
            (each.code, field, sql)
            for each in kinds
            if (of := names[ACTIVITIES.index(each.name)])
            and (field := each.get(of))
            and (sql := value(him, each, of, "{a}"))
        ]
        if not told:
            continue
        field = told[0][1]
        sql = " ".join(f"when {code} then {sql}" for code, _, sql in told)
        empty = " else false" if field.type == "boolean" else ""
        sql = f"(case {{a}}.object {sql}{empty} end)"
        found.append(
            Column(
                name=name,
                type=field.type,
                value=sql,
                raw=f"lower({sql})" if field.is_text else sql,
                searchable=not (field.type == "textarea" and field.length > LONGEST_FILTERED),
            )
        )
    return found
