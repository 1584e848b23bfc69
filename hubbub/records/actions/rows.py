"""The rows of a record: itself, its unique values, and the history of its fields."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from psycopg.types.json import Jsonb

from hubbub import people
from hubbub.core import clock, events
from hubbub.core.db import Tx
from hubbub.core.ids import Type
from hubbub.core.languages import Text
from hubbub.objects import BadValue, BadValues, Field, Object
from hubbub.records.access import columns
from hubbub.records.actions.rules import CRITERIA_RULES
from hubbub.records.actions.values import name_of


class Change(msgspec.Struct, frozen=True):
    """What one save made of one field; the values as history keeps them."""

    field_id: int
    name: str
    old: Any
    new: Any


def _long(object: Object) -> list[Field]:
    return [field for field in object.fields if field.column == "long"]


async def stored(tx: Tx, object: Object, record_id: int) -> tuple[dict[str, Any], list[list[Any]] | None]:
    """All values of the locked record, whoever asks: to tell what changes; and the rules that it may come to fit."""
    fields = [field for field in object.fields if field.column != "deleted_at"]
    listed = ", ".join(columns.stored(field, "r") for field in fields)
    rows = await tx.tuples(
        f"select {CRITERIA_RULES}, {listed} from record r where r.org_id = %(org)s and r.id = %(id)s",
        {"id": record_id, "object": object.code},
    )
    rules, *values = rows[0]
    return {field.name: value for field, value in zip(fields, values, strict=True)}, rules


async def insert_rows(
    tx: Tx,
    actor: people.Actor,
    object: Object,
    record_ids: Sequence[int],
    owners: Sequence[int],
    givens: Sequence[dict[str, Any]],
    created: Sequence[datetime],
) -> None:
    now = clock.now()
    slots = {
        field.column: field
        for field in object.fields
        if field.column not in ("long", "name", "owner_id") and any(field.name in given for given in givens)
    }
    names = [
        "id",
        "object",
        "name",
        "owner_id",
        "created_by",
        "modified_by",
        "created_at",
        "modified_at",
        "long",
    ]
    marks = [f"%({name})s" for name in names] + [f"%({c})s{columns.cast(f)}" for c, f in slots.items()]
    await tx.run_many(
        f"insert into record (org_id, {', '.join([*names, *slots])}) values (%(org)s, {', '.join(marks)})",
        [
            {
                "id": record_id,
                "object": object.code,
                "name": name_of(object, given),
                "owner_id": owner,
                "created_by": actor.user_id,
                "modified_by": actor.user_id,
                "created_at": at,
                "modified_at": now,
                "long": Jsonb(
                    {f.name: given[f.name] for f in _long(object) if given.get(f.name) is not None}
                ),
            }
            | {
                column: columns.slot_value(field, given[field.name]) if field.name in given else None
                for column, field in slots.items()
            }
            for record_id, owner, given, at in zip(record_ids, owners, givens, created, strict=True)
        ],
    )


async def write_row(
    tx: Tx, actor: people.Actor, object: Object, record_id: int, given: dict[str, Any], whole: dict[str, Any]
) -> None:
    sets = ["version = version + 1", "modified_at = now()", "modified_by = %(actor)s"]
    params: dict[str, Any] = {"id": record_id, "actor": actor.user_id}
    for name, value in given.items():
        field = object.field(name)
        if field.column != "long":
            sets.append(f"{field.column} = %({field.column})s{columns.cast(field)}")
            params[field.column] = columns.slot_value(field, value)
    if set(object.named_by) & set(given):
        sets.append("name = %(name)s")
        params["name"] = name_of(object, whole)
    long = {field.name: given[field.name] for field in _long(object) if field.name in given}
    if long:
        sets.append("long = jsonb_strip_nulls(long || %(long)s)")
        params["long"] = Jsonb(long)
    await tx.run(f"update record set {', '.join(sets)} where org_id = %(org)s and id = %(id)s", params)


def _key(field: Field, whole: dict[str, Any]) -> str | None:
    """What no other record may have too, if the field holds something."""
    value, beside = whole.get(field.name), whole.get(field.unique_with) if field.unique_with else None
    return None if value is None else f"{beside}:{value}" if field.unique_with else str(value)


def _keyed(object: Object) -> list[Field]:
    return [field for field in object.fields if field.unique or field.unique_with]


async def keep_keys(
    tx: Tx, object: Object, record_id: int, given: dict[str, Any], whole: dict[str, Any]
) -> None:
    """A record's unique values replace those that it had: those that follow from what is `given`."""
    fields = [field.id for field in _keyed(object) if {field.name, field.unique_with} & given.keys()]
    if fields:
        await tx.run(
            "delete from record_key where org_id = %(org)s and record_id = %(record)s and field_id = any(%(fields)s)",
            {"record": record_id, "fields": fields},
        )
        await keep_new_keys(tx, object, [record_id], [whole], fields)


async def keep_keys_again(tx: Tx, object: Object, record_id: int) -> None:
    """A record that comes back takes its unique values again; raises BadValues if another has them meanwhile."""
    if _keyed(object):
        values, _ = await stored(tx, object, record_id)
        await keep_new_keys(tx, object, [record_id], [values])


async def keep_new_keys(
    tx: Tx,
    object: Object,
    record_ids: Sequence[int],
    givens: Sequence[dict[str, Any]],
    only: Sequence[int] | None = None,
) -> None:
    """What must be unique in its object is a row of its own, so that two acts at once cannot both have it; of `only` these
    fields."""
    for field in _keyed(object):
        if only is not None and field.id not in only:
            continue
        keys = {
            id: key
            for id, given in zip(record_ids, givens, strict=True)
            if (key := _key(field, given)) is not None
        }
        if not keys:
            continue
        kept = await tx.run(
            """insert into record_key (org_id, field_id, value, record_id)
               select %(org)s, %(field)s, lower(k.value), k.id from unnest(%(ids)s::bigint[], %(keys)s::text[]) k (id, value)
               order by lower(k.value) on conflict (org_id, field_id, value) do nothing""",
            {"field": field.id, "ids": list(keys), "keys": list(keys.values())},
        )
        if kept < len(keys):
            message = f"duplicate value found: {field.name} duplicates value on another record"
            words = (
                Text("{label:_}: this is there already.", label=field.label)
                if field.unique_with
                else Text("Another record has this value already.")
            )
            raise BadValues([BadValue(field, "DUPLICATE_VALUE", message, words)])


async def keep_history(
    tx: Tx, actor: people.Actor, record_id: int, version: int, changes: list[Change]
) -> None:
    fresh = await tx.new_ids(Type.HISTORY, len(changes))
    await tx.run(
        """insert into field_history (org_id, id, record_id, field_id, version, old_value, new_value, changed_by)
           select %(org)s, h.id, %(record)s, h.field_id, %(version)s, h.old, h.new, %(actor)s
           from unnest(%(ids)s::bigint[], %(fields)s::bigint[], %(old)s::jsonb[], %(new)s::jsonb[]) h(id, field_id, old, new)""",
        {
            "ids": fresh,
            "fields": [change.field_id for change in changes],
            "old": [None if change.old is None else Jsonb(change.old) for change in changes],
            "new": [None if change.new is None else Jsonb(change.new) for change in changes],
            "record": record_id,
            "version": version,
            "actor": actor.user_id,
        },
    )


async def unshare_by_hand(tx: Tx, actor: people.Actor, record_id: int) -> None:
    """What was shared by hand was the old owner's to share: it ends with the change, the new owner's own share too.
    Teams and rules are not his, and stay."""
    gone = await tx.values(
        """delete from record_share where org_id = %(org)s and record_id = %(id)s and cause = 'manual'
           returning principal_id""",
        {"id": record_id},
    )
    for principal in sorted(gone):
        await events.record(
            tx, actor, "records.share.deleted", record_id, before={"principal": str(principal)}
        )
