"""The Activity tab of a record: what is to be done, what was done, and forms for more."""

from datetime import date, timedelta
from typing import Any

import msgspec
from litestar import Response, post

from hubbub import objects, people, records
from hubbub.core import html, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, Refused
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.html import Input, see_other
from hubbub.core.html import translate as _
from hubbub.desk import actions
from hubbub.desk.pages.cells import show_record
from hubbub.desk.pages.forms import Form, typed, wrong

DURATION = "CallDurationInSeconds"  # people say minutes


class Shown(msgspec.Struct, frozen=True):
    """An activity as the tab shows it."""

    id: int
    url: str
    name: str
    kind: str  # task, event or call
    when: str | None
    overdue: bool
    done: bool
    status: str | None
    urgent: bool
    owner: str | None
    others: list[records.Card]  # what else it is about
    place: str | None
    minutes: int | None
    words: str | None
    checkable: bool


class Planning(msgspec.Struct, frozen=True):
    """The form for something to be planned or noted."""

    kind: str
    error: str | None
    fields: list[Input]


class Tab(msgspec.Struct, frozen=True):
    """The Activity tab."""

    open: list[Shown]
    past: list[Shown]
    more_open: bool
    next_url: str | None
    first: bool
    offered: list[str]
    planning: Planning | None


async def activity_tab(
    tx: Tx,
    actor: people.Actor,
    record: records.Record,
    *,
    before: str | None = None,
    kind: str | None = None,
    texts: dict[str, str] | None = None,
    refused: Refused | None = None,
) -> Tab:
    """What the tab shows: with the form of that `kind`, and what was wrong with what was typed."""
    him = await records.viewer(tx, actor)
    found = await records.activities(tx, actor, record, before=before)
    offered = [each for each in actions.PLANNED if _may_plan(him, each, record.object)]
    planning = None
    if kind in offered:
        form = _form(him, kind, record)
        message, errors = wrong(refused)
        filled = await form.texts(tx) if texts is None else texts
        inputs = [
            msgspec.structs.replace(each, label=_("Minutes"), help=None) if each.name == DURATION else each
            for each in await form.inputs(tx, filled, errors)
        ]
        planning = Planning(kind, message, inputs)
    task = him.catalog.object("Task")
    may_check = him.may_edit(task, task.field("Status"))

    def shown(each: records.Activity) -> Shown:
        return _shown(each, found, actor.timezone, may_check)

    return Tab(
        open=sorted(map(shown, found.open), key=lambda each: not each.overdue),
        past=list(map(shown, found.past)),
        more_open=found.more_open,
        next_url=f"{record.url}?tab=activity&before={found.following}" if found.following else None,
        first=before is None,
        offered=offered,
        planning=planning,
    )


@post("/r/{key:str}/activities")
async def plan(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Log a call on a record, or make a task or an event about it."""
    record = await records.access_record(tx, actor, ids.of_address(key))
    him = await records.viewer(tx, actor)
    said = await typed(request)
    kind = said.get("kind", "")
    actions.access_planned(him, kind, record.object)
    form = _form(him, kind, record)
    minutes = said.get(DURATION, "")
    said[DURATION] = _seconds(minutes)
    try:
        async with tx.savepoint():
            await actions.plan(tx, actor, record.id, kind, await form.read(tx, said))
    except Invalid as refused:
        said[DURATION] = minutes
        tab = await activity_tab(tx, actor, record, kind=kind, texts=said, refused=refused)
        page = await show_record(tx, actor, record)
        return await html.page(
            request, tx, actor, "desk/record.html", status=422, tab="activity", here=record.id, activity=tab,
            feed=None, composer=None, members=None, **page.context,
        )  # fmt: skip
    return see_other(f"{record.url}?tab=activity")


def _may_plan(him: records.Viewer, kind: str, about: objects.Object) -> bool:
    object = him.catalog.object(actions.PLANNED[kind][0])
    by = records.activity_field(him, object, about)
    rights = him.can(object)
    return bool(rights.read and rights.create and by and him.may_edit(object, object.field(by)))


def _form(him: records.Viewer, kind: str, record: records.Record) -> Form:
    object, by = actions.access_planned(him, kind, record.object)
    # Whom it is about is asked only where the record itself is not a person.
    only = tuple(name for name in actions.PLANNED[kind][1] if name != by and not (name == "WhoId" == by))
    given: dict[str, Any] = {"OwnerId": him.actor.user_id}
    if kind == "call":
        given["Subject"] = _("Call")
    return Form(him, object, None, only=only, given=given)


def _shown(each: records.Activity, found: records.Activities, timezone: str, may_check: bool) -> Shown:
    task = each.object == "Task"
    cards = [found.names.records.get(id) for id in (each.about, each.whom) if id is not None]
    return Shown(
        id=each.id,
        url=each.url,
        name=each.name,
        kind="call" if each.call else "task" if task else "event",
        when=_task_day(each, found.today)
        if task
        else event_time(each.start, each.end, each.all_day, timezone),
        overdue=task and not each.closed and each.due is not None and each.due < found.today,
        done=bool(each.closed),
        status=each.status,
        urgent=each.priority == "High" and not each.closed,
        owner=found.names.name(each.owner_id),
        others=[card for card in cards if card is not None],
        place=each.location,
        minutes=each.seconds // 60 if each.seconds else None,
        words=each.words,
        checkable=task and each.editable and may_check,
    )


def _task_day(each: records.Activity, today: date) -> str | None:
    if each.due is None:
        return None
    near = {
        today: _("Today"),
        today + timedelta(days=1): _("Tomorrow"),
        today - timedelta(days=1): _("Yesterday"),
    }
    return near.get(each.due) or html.day(each.due)


def event_time(start: Any, end: Any, all_day: bool | None, timezone: str) -> str | None:
    """When an event is, in the viewer's zone; whole days are days wherever one is."""
    if start is None:
        return None
    zone = html.zone_of("UTC" if all_day else timezone)
    first, last = start.astimezone(zone), (end or start).astimezone(zone)
    if all_day:
        days = html.day(first.date())
        return days if last.date() <= first.date() else f"{days} – {html.day(last.date())}"
    begins = f"{html.day(first.date())}, {first:%H:%M}"
    if end is None or last == first:
        return begins
    if last.date() == first.date():
        return f"{begins} – {last:%H:%M}"
    return f"{begins} – {html.day(last.date())}, {last:%H:%M}"


def _seconds(minutes: str) -> str:
    text = minutes.strip()
    return str(int(text) * 60) if text.isascii() and text.isdigit() and len(text) < 7 else text


ROUTES = [plan]
