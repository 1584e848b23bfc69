"""What people do with records: the change itself, and what is told of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from hubbub import feed, notify, people, records
from hubbub.core import ids, jobs
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.ids import Type


async def create_record(
    tx: Tx,
    actor: people.Actor,
    object_name: str,
    values: dict[str, Any],
    *,
    may_lack: frozenset[str] = frozenset(),
    created_at: datetime | None = None,
    told: bool = True,
) -> records.Saved:
    """Make a record of that object, and tell so in its feed unless it is not to be `told`; an import names the required
    fields that its source may lack, and when it was made."""
    saved = await records.insert_record(
        tx, actor, object_name, values, may_lack=may_lack, created_at=created_at
    )
    # What one gives others to do: who gave it goes on seeing it.
    if object_name in records.ACTIVITIES and values.get("OwnerId") not in (None, actor.id):
        await records.share_given(tx, actor, saved.id)
    if told:
        await feed.post_creation(tx, actor, saved, values)
        await feed.follow_created(tx, actor, saved.id)
        await tell_owner(tx, actor, saved.id, values.get("OwnerId"))
    return saved


async def create_records(
    tx: Tx, actor: people.Actor, object_name: str, new: Sequence[records.NewRecord]
) -> list[records.Saved]:
    """Make many records of one object, as an import does: feeds tell nothing. If one is refused, this raises for all."""
    return await records.insert_records(tx, actor, object_name, new)


async def update_record(
    tx: Tx,
    actor: people.Actor,
    record_id: int,
    values: dict[str, Any],
    *,
    version: int | None = None,
    told: bool = True,
) -> records.Saved:
    """Change fields of a record; what changed in tracked fields is one item in its feed, unless it is not to be `told`."""
    saved = await records.update_record(tx, actor, record_id, values, version=version)
    if told:
        await feed.post_changes(tx, actor, record_id, await feed.tracked(tx, actor, saved))
        if _won(saved):
            await feed.thank_helpers(tx, actor, record_id)
        if any(change.name == "OwnerId" for change in saved.changes):
            await tell_owner(tx, actor, record_id, values["OwnerId"])
    return saved


async def tell_owner(tx: Tx, actor: people.Actor, record_id: int, owner_id: int | None) -> None:
    """Who is given a record is told so; he follows it only if he chooses to."""
    if owner_id is None or owner_id == actor.id or ids.type_of(owner_id) != Type.USER:
        return
    told = dict.fromkeys(await records.viewers_of(tx, record_id, {owner_id}), "assigned")
    await notify.tell(tx, told, record_id, thread_id=record_id, by=actor.id)


def _won(saved: records.Saved) -> bool:
    """Did this save close the record as won?"""
    path = saved.object.path
    won = {stage.value for stage in saved.object.stages if stage.won}
    return any(change.name == path and change.new in won for change in saved.changes)


async def move_stage(tx: Tx, actor: people.Actor, record_id: int, stage: str) -> records.Saved:
    """Move a record along its path."""
    object = (await records.viewer(tx, actor)).catalog.of(record_id)
    try:
        if object.path is None:
            raise Invalid("INVALID_INPUT", "{plural:_} have no stages.", plural=object.plural)
        values = {object.path: object.field(object.path).parse_json(stage)}
    except Invalid:
        # Before anything is said of what was asked: what is hidden is missing.
        await records.access_record(tx, actor, record_id, to="edit")
        raise
    return await update_record(tx, actor, record_id, values)


async def access_record_of(tx: Tx, actor: people.Actor, item_id: int, to: str = "read") -> records.Record:
    """The record on which an item stands that the actor sees, if he may `read`, `edit` or `share` the record too. A guest
    acts on records from no post; what stands on a profile has none."""
    item = await feed.access_item(tx, actor, item_id)
    if actor.guest or ids.type_of(item.parent_id) == Type.USER:
        raise NotFound()
    return await records.access_record(tx, actor, item.parent_id, to=to)


async def change_status(
    tx: Tx, actor: people.Actor, record_id: int, stage: str, body: list[dict[str, Any]]
) -> int | None:
    """Move a record along its path from a feed: its feed tells so with what is said to it. The id of that item; none if
    it stood there already."""
    record = await records.access_record(tx, actor, record_id, to="edit", lock=True)
    path = record.object.path
    if path is None:
        raise Invalid("INVALID_INPUT", "{plural:_} have no stages.", plural=record.object.plural)
    value = record.object.field(path).parse_json(stage)
    saved = await update_record(tx, actor, record_id, {path: value}, told=False)
    moved = [change for change in saved.changes if change.name == path]
    if not moved:
        if body:
            await feed.post(tx, actor, parent_id=record_id, body=body)
        return None
    others = [change for change in await feed.tracked(tx, actor, saved) if change.name != path]
    if _won(saved):
        await feed.thank_helpers(tx, actor, record_id)
    return await feed.post_changes(
        tx, actor, record_id, [*moved, *others], kind="ChangeStatusPost", body=body
    )


async def undo_change(tx: Tx, actor: people.Actor, record_id: int, version: int) -> records.Saved:
    """Undo what I changed with the save that made that version: each field holds again what it held before, unless somebody
    has changed it since."""
    record = await records.access_record(tx, actor, record_id, to="edit", lock=True)
    him = await records.viewer(tx, actor)
    changes = await records.own_changes(tx, him, record, version)
    mine = [change for change in changes if him.may_edit(record.object, change[0])]
    if not mine:
        raise Invalid("INVALID_INPUT", "There is no change of yours to undo.", status=409)
    since = [field.label for field, _, new in mine if record.values[field.name] != new]
    if since:
        raise Invalid(
            "ENTITY_IS_CHANGED",
            "This was changed again since: {since}. It stays as it is.",
            status=409,
            since=", ".join(since),
        )
    return await update_record(tx, actor, record_id, {field.name: old for field, old, _ in mine})


async def delete_view(tx: Tx, actor: people.Actor, view_id: int) -> records.ListView:
    """Delete a list view; nobody keeps it as a feed any more."""
    view = await records.delete_view(tx, actor, view_id)
    await feed.forget_view(tx, view.id)
    return view


async def assign_record(
    tx: Tx, actor: people.Actor, record_id: int, owner_id: int, body: list[dict[str, Any]]
) -> records.Saved:
    """Give a record to somebody from a feed; what is said to it is posted first, while he who gives it still sees it."""
    await records.access_record(tx, actor, record_id, to="share", lock=True)
    if body:
        await feed.post(tx, actor, parent_id=record_id, body=body)
    return await update_record(tx, actor, record_id, {"OwnerId": owner_id})


async def take_record(tx: Tx, actor: people.Actor, record_id: int) -> records.Saved:
    """Take a record out of the queue that it belongs to: it is the actor's now, whom the queue lets do so."""
    record = await records.access_record(tx, actor, record_id, to="share", lock=True)
    if not record.queued:
        raise Invalid("INVALID_INPUT", "This belongs to a person, not to a queue.", status=409)
    return await update_record(tx, actor, record_id, {"OwnerId": actor.user_id})


async def delete_record(tx: Tx, actor: people.Actor, record_id: int) -> records.Record:
    """Delete a record for everybody: it, its children and their talk are gone at once, and lie in the recycle bin."""
    return await records.delete_record(tx, actor, record_id)


async def restore_record(tx: Tx, actor: people.Actor, record_id: int) -> records.Binned:
    """Take a record out of the recycle bin, with what was deleted with it: talk and followers are there again."""
    return await records.restore_record(tx, actor, record_id)


async def purge_record(tx: Tx, actor: people.Actor, record_id: int) -> None:
    """Take a record out of the recycle bin for good; the worker removes what was kept of it in every room."""
    gone = await records.purge_record(tx, actor, record_id)
    await jobs.defer(tx, "desk.forget", record_ids=[str(id) for id in gone])


async def forget_records(tx: Tx, record_ids: list[str]) -> None:
    """The job that removes what was kept of purged records, from the highest room down."""
    gone = [int(id) for id in record_ids]
    await feed.forget(tx, gone)
    await people.forget_subjects(tx, gone)
    if left := await records.forget_records(tx, gone):
        await jobs.defer(tx, "desk.forget", record_ids=[str(id) for id in left])
