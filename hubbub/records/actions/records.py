"""Changes of records: every one is checked, written with its history, and told to the log."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from hubbub import people
from hubbub.core import clock, events
from hubbub.core.db import Tx
from hubbub.core.errors import Forbidden, Invalid
from hubbub.objects import BadValues, Object
from hubbub.records.access import ACTIVITIES, Record, access_object, access_record, viewer
from hubbub.records.actions import stages
from hubbub.records.actions.references import check_owners, check_references
from hubbub.records.actions.rolling import roll_up
from hubbub.records.actions.rows import (
    Change,
    insert_rows,
    keep_history,
    keep_keys,
    keep_new_keys,
    stored,
    unshare_by_hand,
    write_row,
)
from hubbub.records.actions.rules import fit_rules
from hubbub.records.actions.sense import check_sense, fill_in
from hubbub.records.actions.values import check_required, default, derive, number, writable


class Saved(msgspec.Struct, frozen=True):
    """What became of a save: the record, its new version, and what changed in fields that are tracked in feeds."""

    id: int
    object: Object
    version: int
    changes: list[Change]
    tracked: list[Change]


class Changed(Invalid):
    """Somebody else saved the record since it was read."""

    status = 409
    code = "ENTITY_IS_CHANGED"
    text = "Somebody else changed this record while you were editing it. Look at what is there now, then save again."


class NewRecord(msgspec.Struct):
    """A record to be made: parsed values by field name, the required fields that it may lack, and when it was made."""

    values: dict[str, Any]
    may_lack: frozenset[str] = frozenset()
    created_at: datetime | None = None


async def insert_record(
    tx: Tx,
    actor: people.Actor,
    object_name: str,
    values: dict[str, Any],
    *,
    may_lack: frozenset[str] = frozenset(),
    created_at: datetime | None = None,
) -> Saved:
    """Make a record out of parsed values by field name. Required fields in `may_lack` may be empty: an import keeps
    what the source never had."""
    return (await insert_records(tx, actor, object_name, [NewRecord(values, may_lack, created_at)]))[0]


async def insert_records(
    tx: Tx, actor: people.Actor, object_name: str, new: Sequence[NewRecord]
) -> list[Saved]:
    """Make records of one object: many cost hardly more statements than one. If one is refused, this raises for all."""
    him = await viewer(tx, actor)
    object = access_object(him, object_name, to="create")
    givens = [writable(him, object, each.values) for each in new]
    owners = [given.pop("OwnerId", None) or actor.user_id for given in givens]
    for each, given in zip(new, givens, strict=True):
        default(object, given)
        check_required(object, given, each.may_lack)
        derive(object, given, given)
        fill_in(object, given, {})
        check_sense(object, given, {})
    await check_references(tx, him, object, givens)
    await check_owners(tx, actor, object, set(owners) - {actor.user_id})
    await number(tx, object, givens)
    record_ids = await tx.new_ids(object.code, len(new))
    created = [each.created_at or clock.now() for each in new]
    await insert_rows(tx, actor, object, record_ids, owners, givens, created)
    if object.name in ACTIVITIES:  # about any other that is new there is nothing yet
        await roll_up(tx, him.catalog, object, record_ids, [name for given in givens for name in given])
    await keep_new_keys(tx, object, record_ids, givens)
    await stages.keep(
        tx,
        actor,
        object,
        [stages.Moment(id, 1, given, at) for id, given, at in zip(record_ids, givens, created, strict=True)],
    )
    await fit_rules(tx, actor, object, record_ids)
    plain = [
        {name: object.field(name).to_plain(value) for name, value in given.items() if value is not None}
        for given in givens
    ]
    told = dict(zip(record_ids, plain, strict=True))
    await events.record_many(tx, actor, "records.record.created", told)
    return [Saved(record_id, object, 1, [], []) for record_id in record_ids]


async def update_record(
    tx: Tx, actor: people.Actor, record_id: int, values: dict[str, Any], *, version: int | None = None
) -> Saved:
    """Write parsed values by field name over a record; with `version`, only if nobody has saved since. Keeps history."""
    record = await access_record(tx, actor, record_id, to="edit", lock=True)
    if version is not None and version != record.version:
        raise Changed()
    him = await viewer(tx, actor)
    given = writable(him, record.object, values)
    before, rules = await stored(tx, record.object, record_id)
    given = {name: value for name, value in given.items() if value != before[name]}
    bad = [
        record.object.field(name).missing()
        for name, value in given.items()
        if value is None and record.object.field(name).required
    ]
    if bad:
        raise BadValues(bad)
    await check_references(tx, him, record.object, [given])
    if "OwnerId" in given:
        if not record.owned:
            raise Forbidden("Only the owner, those above the owner and administrators give a record away.")
        await check_owners(tx, actor, record.object, {given["OwnerId"]})
    if given:
        derive(record.object, given, before | given)
        fill_in(record.object, given, before)
        check_sense(record.object, given, before)
    return await save(tx, actor, record, given, before, rules)


async def save(
    tx: Tx,
    actor: people.Actor,
    record: Record,
    given: dict[str, Any],
    before: dict[str, Any],
    rules: list[list[Any]] | None,
) -> Saved:
    """Write checked values over a locked record that held `before`, with their history."""
    object, record_id = record.object, record.id
    given = {name: value for name, value in given.items() if value != before[name]}
    if not given:
        return Saved(record_id, object, record.version, [], [])
    await write_row(tx, actor, object, record_id, given, before | given)
    await roll_up(tx, (await viewer(tx, actor)).catalog, object, [record_id], given)
    if "OwnerId" in given:
        await unshare_by_hand(tx, actor, record_id)
    await keep_keys(tx, object, record_id, given, before | given)
    changes = [
        Change(field.id, field.name, field.to_plain(before[field.name]), field.to_plain(given[field.name]))
        for field in object.fields
        if field.name in given
    ]
    await keep_history(tx, actor, record_id, record.version + 1, changes)
    if stages.WATCHED & given.keys():
        moment = stages.Moment(record_id, record.version + 1, before | given)
        await stages.keep(tx, actor, object, [moment])
    await fit_rules(
        tx, actor, object, [record_id], rules=rules, changed={change.field_id for change in changes}
    )
    await events.record(
        tx,
        actor,
        "records.record.updated",
        record_id,
        before={change.name: change.old for change in changes},
        after={change.name: change.new for change in changes},
    )
    tracked = [change for change in changes if object.field(change.name).tracked]
    return Saved(record_id, object, record.version + 1, changes, tracked)
