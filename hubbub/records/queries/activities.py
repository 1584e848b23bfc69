"""What is to be done and what was done about a record: its tasks, events and logged calls."""

from datetime import date, datetime
from typing import Any

import msgspec

from hubbub import people
from hubbub.core import clock, html, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid
from hubbub.objects import Object
from hubbub.records.access import ACTIVITIES, EDIT, Record, Viewer, activity_field, columns, probe, viewer
from hubbub.records.access.activities import over
from hubbub.records.queries.cards import Names, names
from hubbub.records.queries.lists import read_place, write_place

MOST_OPEN = 50
PAST = 20

# What is shown of an activity: for each column the field of a task and that of an event, and the type of its value.
_SHOWN: dict[str, tuple[str | None, str | None, str]] = {
    "about": ("WhatId", "WhatId", "bigint"),
    "whom": ("WhoId", "WhoId", "bigint"),
    "due": ("ActivityDate", None, "date"),
    "status": ("Status", None, "text"),
    "closed": ("IsClosed", None, "boolean"),
    "priority": ("Priority", None, "text"),
    "subtype": ("TaskSubtype", None, "text"),
    "seconds": ("CallDurationInSeconds", None, "bigint"),
    "start": (None, "StartDateTime", "timestamptz"),
    "end": (None, "EndDateTime", "timestamptz"),
    "all_day": (None, "IsAllDayEvent", "boolean"),
    "location": (None, "Location", "text"),
    "words": ("Description", "Description", "text"),
}


class Activity(msgspec.Struct, frozen=True):
    """A task, an event or a logged call, as one person sees it: what he may not read of it is None."""

    id: int
    object: str
    name: str
    owner_id: int
    editable: bool
    about: int | None
    whom: int | None
    due: date | None
    status: str | None
    closed: bool | None
    priority: str | None
    subtype: str | None
    seconds: int | None
    start: datetime | None
    end: datetime | None
    all_day: bool | None
    location: str | None
    words: str | None

    @property
    def url(self) -> str:
        return f"/r/{ids.show(self.id)}"

    @property
    def call(self) -> bool:
        return self.subtype == "Call"


class Activities(msgspec.Struct, frozen=True):
    """A record's activities: what is still to come, what is overdue first; and one page of what is past, the newest first."""

    open: list[Activity]
    past: list[Activity]
    names: Names
    today: date
    following: str | None  # where the next page of the past begins
    more_open: bool = False


async def activities(
    tx: Tx, actor: people.Actor, record: Record, *, before: str | None = None, size: int = PAST
) -> Activities:
    """The tasks and events about a record that the actor has, as far as he sees them; `before` is where the last page of the
    past ended. Days are those of his zone."""
    him = await viewer(tx, actor)
    today = html.today(actor.timezone)
    params = him.params | {
        "about": record.id,
        "now": clock.now(),
    }
    parts = [
        part
        for name in ACTIVITIES
        if (part := _statement(him, him.catalog.object(name), record.object)) is not None
    ]
    if not parts:
        return Activities([], [], Names({}, {}), today, None)
    all = f"({' union all '.join(parts)}) a"
    listed = f"select id, object, name, owner_id, editable, {', '.join(_slots())}"
    coming: list[tuple[Any, ...]] = []
    place = ""
    if before is None:
        coming = await tx.tuples(
            f"{listed} from {all} where not over order by at nulls last, id limit {MOST_OPEN + 1}", params
        )
    else:
        params["at"], params["id"] = _place(before)
        place = "and (at, id) < (%(at)s::timestamptz, %(id)s)"
    past = await tx.tuples(
        f"{listed}, at::text from {all} where over {place} order by at desc, id desc limit {size + 1}", params
    )
    found_open = [_read(him, row) for row in coming[:MOST_OPEN]]
    found_past = [_read(him, row[:-1]) for row in past[:size]]
    following = write_place((past[size - 1][0], past[size - 1][-1])) if len(past) > size else None
    references = {
        id
        for each in (*found_open, *found_past)
        for id in (each.owner_id, each.about, each.whom)
        if id is not None and id != record.id
    }
    return Activities(
        found_open,
        found_past,
        await names(tx, him, references, seen=True),
        today,
        following,
        more_open=len(coming) > MOST_OPEN,
    )


def _statement(him: Viewer, object: Object, about: Object) -> str | None:
    """The activities of one object about the record, with where each stands in time; what cannot be read orders nothing."""
    by = activity_field(him, object, about)
    if by is None or not him.can(object).read:
        return None
    values: dict[str, str] = {}
    for name, (task, event, kind) in _SHOWN.items():
        field = object.get((task if object.name == "Task" else event) or "")
        readable = field is not None and him.may_read(object, field)
        values[name] = columns.seen(him, object, field, "r") if readable and field else f"null::{kind}"
    if object.name == "Task":
        due = f"(({values['due']})::timestamp at time zone %(zone)s)"
        at = f"case when {over(him, object, 'r')} then coalesce({due}, r.modified_at) else {due} end"
    else:
        # Whole days are days wherever one is: they are kept as days of UTC.
        start, day = values["start"], f"coalesce({values['all_day']}, false)"
        at = f"case when {day} then (({start}) at time zone 'UTC') at time zone %(zone)s else {start} end"
    edit = "false" if not him.can(object).edit else probe(him, object, "r", EDIT)
    return f"""select r.id, r.object, r.name, r.owner_id, {edit} as editable,
          {", ".join(f"{sql} as {slot}" for slot, sql in zip(_slots(), values.values(), strict=True))},
          {over(him, object, "r")} as over, {at} as at
        from record r where r.org_id = %(org)s and r.{object.field(by).column} = %(about)s
          and r.object = {object.code} and r.deleted_at is null and {probe(him, object, "r")}"""


def _read(him: Viewer, row: tuple[Any, ...]) -> Activity:
    id, code, *rest = row
    return Activity(id, him.catalog.codes[code].name, *rest)


def _slots() -> list[str]:
    return [f"v{n}" for n in range(len(_SHOWN))]


def _place(before: str) -> tuple[datetime, int]:
    at, id = read_place(before)
    try:
        return datetime.fromisoformat(at), id
    except ValueError:
        raise Invalid(
            "INVALID_INPUT", "This page cannot be found again. Begin with the first page."
        ) from None
