"""What is done about records, as SQL: by which field, on which day, whether it is over, and when something was last done."""

from collections.abc import Mapping
from datetime import UTC
from functools import cache
from typing import Any

from hubbub import objects
from hubbub.objects import Field, Object
from hubbub.records.access import columns, sight
from hubbub.records.access.sight import ABOUT, ACTIVITIES
from hubbub.records.access.viewer import Viewer

LAST_ACTIVITY = 10  # its number among the fields of an object
WHOLE_DAYS = "IsAllDayEvent"  # where this is so, these are days wherever one is: they are kept as days of UTC
WHOLE = ("StartDateTime", "EndDateTime")


def activity_field(him: Viewer, activity: Object, about: Object) -> str | None:
    """By which field an activity is about records of that object, if by any: WhatId or WhoId."""
    for name in ABOUT:
        field = activity.field(name)
        if about.name in field.to and him.may_read(activity, field):
            return name
    return None


@cache
def _about() -> frozenset[str]:
    """The objects whose records activities may be about."""
    return frozenset(
        name
        for each in objects.standard_objects()
        if each.name in ACTIVITIES
        for by in ABOUT
        for name in each.field(by).to
    )


@cache
def last_activity_field(code: int, name: str) -> Field | None:
    """LastActivityDate of the object with that code and name, if activities may be about its records."""
    if name not in _about():
        return None
    return objects.make_field(
        id=objects.standard_field_id(code, LAST_ACTIVITY),
        name="LastActivityDate",
        label="Last Activity",
        type="date",
        column="computed",
        said={"writable": False, "system": True},
    )


def as_days(values: Mapping[str, Any]) -> dict[str, Any]:
    """A record's values for people to read: where an event takes whole days, the days on which it begins and ends."""
    if not values.get(WHOLE_DAYS):
        return dict(values)
    return {
        name: each.astimezone(UTC).date() if name in WHOLE and each is not None else each
        for name, each in values.items()
    }


def value(him: Viewer, activity: Object, name: str, alias: str) -> str | None:
    """SQL: a field of an activity that he sees; None where there is none that he may read."""
    field = activity.get(name)
    if field is None or not him.may_read(activity, field):
        return None
    return columns.seen(him, activity, field, alias)


def day(him: Viewer, activity: Object, alias: str) -> str:
    """SQL: the day on which a task is due or an event begins, in his zone; whole days are kept as days of UTC."""
    if activity.name == "Task":
        return value(him, activity, "ActivityDate", alias) or "null::date"
    start = value(him, activity, "StartDateTime", alias) or "null::timestamptz"
    whole = value(him, activity, "IsAllDayEvent", alias) or "false"
    return f"(case when {whole} then {start} at time zone 'UTC' else {start} at time zone %(zone)s end)::date"


def over(him: Viewer, activity: Object, alias: str) -> str:
    """SQL: is a task closed, or an event past at %(now)s? What he may not read of it closes nothing."""
    if activity.name == "Task":
        return f"coalesce({value(him, activity, 'IsClosed', alias)}, false)"
    start = value(him, activity, "StartDateTime", alias) or "null::timestamptz"
    end = f"coalesce({value(him, activity, 'EndDateTime', alias)}, {start})"
    whole = value(him, activity, "IsAllDayEvent", alias) or "false"
    return f"""coalesce(case when {whole}
        then ({end} at time zone 'UTC')::date < (%(now)s::timestamptz at time zone %(zone)s)::date
        else {end} < %(now)s::timestamptz end, false)"""


def last_activity(him: Viewer, about: Object, alias: str) -> str:
    """SQL: the latest day of the closed tasks and the events about a record that he sees, of those of which he knows that
    they are about it: what he does not see moves no day. As the first moment of that day in UTC, as dates are kept."""
    latest = []
    for name in ACTIVITIES:
        activity, a = him.catalog.object(name), f"{alias}_{name.lower()}"
        by = activity_field(him, activity, about) if him.can(activity).read else None
        if by is None:
            continue
        closed = f" and {over(him, activity, a)}" if name == "Task" else ""
        # Who sees what it is about sees it, so that mostly sight need not be asked of each.
        implied = [f"{alias}.deleted_at is null"]
        implied += [f"{a}.{activity.field(first).column} is null" for first in ABOUT[: ABOUT.index(by)]]
        seen = sight.probe(him, activity, a)
        if not him.actor.guest:
            seen = f"({' and '.join(implied)} or {seen})"
        latest.append(
            f"""(select max({day(him, activity, a)}) from record {a} where {a}.org_id = %(org)s
                and {a}.{activity.field(by).column} = {alias}.id and {a}.object = {activity.code}
                and {a}.deleted_at is null{closed} and {seen})"""
        )
    if not latest:
        return "null::timestamptz"
    return f"(greatest({', '.join(latest)})::timestamp at time zone 'UTC')"
