"""Activities on records: what is to be done about one, and calls that were made."""

from typing import Any

from hubbub import feed, objects, people, records
from hubbub.core import html
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid
from hubbub.desk.actions.records import create_record

# What one plans or notes on a record, by the word in addresses: the object it is, and what the form asks for.
PLANNED: dict[str, tuple[str, tuple[str, ...]]] = {
    "call": ("Task", ("Subject", "CallDurationInSeconds", "WhoId", "Description")),
    "task": ("Task", ("Subject", "ActivityDate", "Priority", "OwnerId", "WhoId", "Description")),
    "event": (
        "Event",
        ("Subject", "Location", "StartDateTime", "EndDateTime", "IsAllDayEvent", "WhoId", "Description"),
    ),
}


def access_planned(him: records.Viewer, kind: str, about: objects.Object) -> tuple[objects.Object, str]:
    """The object of that kind of activity and the field by which it is about such records, if the actor may make one."""
    if kind not in PLANNED:
        raise Invalid(
            "INVALID_TYPE", "On a record one makes a {choices}.", fields=["kind"], choices=", ".join(PLANNED)
        )
    object = records.access_object(him, PLANNED[kind][0], to="create")
    by = records.activity_field(him, object, about)
    if by is None or not him.may_edit(object, object.field(by)):
        raise Invalid(
            "INVALID_TYPE",
            "{plural:_} are not about {plural2:lower}.",
            plural=object.plural,
            plural2=about.plural,
        )
    return object, by


async def plan(
    tx: Tx, actor: people.Actor, record_id: int, kind: str, values: dict[str, Any]
) -> records.Saved:
    """Make a task or an event about a record, or log a call: a call is a task that is done, and the record's feed tells of
    it."""
    record = await records.access_record(tx, actor, record_id)
    object, by = access_planned(await records.viewer(tx, actor), kind, record.object)
    values = {by: record.id} | values
    if kind != "call":
        return await create_record(tx, actor, object.name, values)
    him = await records.viewer(tx, actor)
    today = html.today(actor.timezone)
    done = next(choice.value for choice in object.stages if choice.closed)
    for name, value in (("Status", done), ("TaskSubtype", "Call"), ("ActivityDate", today)):
        if him.may_edit(object, object.field(name)):
            values.setdefault(name, value)
    saved = await create_record(tx, actor, object.name, values, told=False)
    seconds = values.get("CallDurationInSeconds")
    item_id = await feed.post(
        tx,
        actor,
        parent_id=record.id,
        body=await feed.parse_words(tx, actor, values.get("Description") or ""),
        kind="CallLogPost",
        title=values.get("Subject") or "",
        detail={"minutes": None if seconds is None else seconds // 60},
    )
    await feed.keep_made(tx, actor, item_id, saved.id)
    return saved
