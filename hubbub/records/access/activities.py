"""What is done about records, as SQL: by which field, on which day, whether it is over, and when something was last done."""

from collections.abc import Mapping
from datetime import UTC
from functools import cache
from typing import Any

from hubbub import objects
from hubbub.core.languages import mark
from hubbub.objects import Field, Object
from hubbub.records.access import columns, sight
from hubbub.records.access.sight import ABOUT, ACTIVITIES
from hubbub.records.access.viewer import Viewer

LAST_ACTIVITY, ACCOUNT = 10, 11  # their numbers among the fields of an object
WHOLE_DAYS = "IsAllDayEvent"  # where this is so, these are days wherever one is: they are kept as days of UTC
WHOLE = ("StartDateTime", "EndDateTime")
# Of whose activities an account is told too, by their AccountId.
BELOW = ("Opportunity", "Contract", "Contact")


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
        label=mark("Last Activity"),
        type="date",
        column="computed",
        said={"writable": False, "system": True},
    )


@cache
def account_field(code: int, name: str) -> Field | None:
    """AccountId of the object with that code and name, if it is one of activities: the account to which each belongs."""
    if name not in ACTIVITIES:
        return None
    return objects.make_field(
        id=objects.standard_field_id(code, ACCOUNT),
        name="AccountId",
        label=mark("Account"),
        type="reference",
        column="computed",
        said={"writable": False, "system": True, "to": ["Account"], "relation": "Account"},
    )


def computed_fields(object: Object) -> tuple[Field, ...]:
    """What is worked out of a record when it is read, for each reader: when something was last done about it, or to which
    account it belongs."""
    both = (last_activity_field(object.code, object.name), account_field(object.code, object.name))
    return tuple(filter(None, both))


def computed(him: Viewer, object: Object, field: Field, alias: str) -> str:
    """SQL: one of these, of a record that he sees."""
    if field.name == "AccountId":
        return account_of(him, object, alias)
    return f"({last_activity(him, object, alias)} at time zone 'UTC')::date"


def as_days(values: Mapping[str, Any]) -> dict[str, Any]:
    """A record's values for people to read: where an event takes whole days, the days on which it begins and ends."""
    if not values.get(WHOLE_DAYS):
        return dict(values)
    return {
        name: each.astimezone(UTC).date() if name in WHOLE and each is not None else each
        for name, each in values.items()
    }


def list_fields(him: Viewer, object: Object) -> tuple[Field, ...]:
    """What lists of an object can show and be filtered by: the fields that he may read, and when something was last done."""
    last = last_activity_field(object.code, object.name)
    return him.fields(object) if last is None else (*him.fields(object), last)


def list_field(him: Viewer, object: Object, name: str) -> Field:
    """One of them by its name, in any case; raises INVALID_FIELD."""
    last = last_activity_field(object.code, object.name)
    return last if last is not None and name.lower() == last.name.lower() else him.field(object, name)


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
    they are about it: what he does not see moves no day. As the first moment of that day in UTC, as dates are kept. For an
    account counts what belongs to it: what is about its deals and contracts too, and about its contacts alone."""
    kinds = [each for name in ACTIVITIES if him.can(each := him.catalog.object(name)).read]
    if about.name == "Account":
        ways = [(each, way) for each in kinds if (way := _belongs(him, each, alias, f"{alias}_a"))]
        return _latest(him, ways, alias, "rolled_up_to")
    ways, column = list[tuple[Object, str]](), ""
    for each in kinds:
        by, a = activity_field(him, each, about), f"{alias}_a"
        if by is None:
            continue
        # Who sees what it is about sees it, so that mostly sight need not be asked of each.
        implied = [f"{alias}.deleted_at is null"]
        implied += [f"{a}.{each.field(first).column} is null" for first in ABOUT[: ABOUT.index(by)]]
        # Tasks and events keep it in the same column.
        seen, column = sight.probe(him, each, a), each.field(by).column
        ways.append((each, seen if him.actor.guest else f"({' and '.join(implied)} or {seen})"))
    return _latest(him, ways, alias, column)


def _latest(him: Viewer, ways: list[tuple[Object, str]], alias: str, column: str) -> str:
    """SQL: the latest day of the closed tasks and the events that point at a record by that column and that he sees in
    these ways."""
    if not ways:
        return "null::timestamptz"
    a = f"{alias}_a"
    days = " ".join(f"when {each.code} then {day(him, each, a)}" for each, _ in ways)
    counted = " or ".join(
        f"{a}.object = {each.code}{f' and {over(him, each, a)}' if each.name == 'Task' else ''} and {way}"
        for each, way in ways
    )
    return f"""((select max(case {a}.object {days} end) from record {a} where {a}.org_id = %(org)s
        and {a}.{column} = {alias}.id and {a}.object in ({", ".join(str(each.code) for each, _ in ways)})
        and {a}.deleted_at is null and ({counted}))::timestamp at time zone 'UTC')"""


def account_of(him: Viewer, activity: Object, alias: str) -> str:
    """SQL: the account to which an activity that he sees belongs, where he sees the account and may know that it does."""
    account, to = him.catalog.object("Account"), f"{alias}_to"
    belongs = _belongs(him, activity, to, alias, seen=True) if him.can(account).read else None
    if belongs is None:
        return "null::bigint"
    return f"""(select {to}.id from record {to} where {to}.org_id = %(org)s and {to}.id = {alias}.rolled_up_to
        and {to}.object = {account.code} and {to}.deleted_at is null and {sight.probe(him, account, to)}
        and {belongs} offset 0)"""


def _belongs(him: Viewer, activity: Object, alias: str, a: str, *, seen: bool = False) -> str | None:
    """SQL: does he see the activity under the alias `a` (or is it known that he does), and may he know that it belongs to the
    account under the other? Of one about a record of the account he must see that record too, and may read of what account
    it is."""
    t = f"{alias}_t"
    what, who = (activity.field(name) for name in ABOUT)
    if not him.may_read(activity, what):
        return None
    own = "true" if seen else sight.probe(him, activity, a)
    direct = f"{a}.{what.column} = {alias}.id"
    ways = [
        f"{direct} and {own}" if him.actor.guest else f"{direct} and ({alias}.deleted_at is null or {own})"
    ]
    below = [
        f"{t}.object = {each.code} and {sight.probe(him, each, t)}"
        for name in BELOW
        if him.can(each := him.catalog.object(name)).read
        and him.may_read(each, each.field("AccountId"))
        and (name not in who.to or him.may_read(activity, who))
    ]
    if below:
        # Who sees what it is about sees it; a guest sees no plans for that.
        ways.append(
            f"""exists (select 1 from record {t} where {t}.org_id = %(org)s
                and {t}.id = coalesce({a}.{what.column}, {a}.{who.column})
                and {t}.parent_id = {alias}.id and {t}.deleted_at is null and ({" or ".join(below)}) offset 0)
                {f"and {own}" if him.actor.guest else ""}"""
        )
    return f"({' or '.join(ways)})"
