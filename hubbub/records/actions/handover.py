"""Handing over: all that a person owns becomes somebody else's, some statements for many records."""

from psycopg.types.json import Jsonb

from hubbub import objects, people
from hubbub.core import events
from hubbub.core.db import Tx
from hubbub.core.ids import Type
from hubbub.objects import Object

BATCH = 1000  # records that are written at once


async def hand_over(tx: Tx, actor: people.Actor, owner_id: int, to_id: int) -> dict[str, int]:
    """Make a person's records of all objects somebody else's, as a change of each one's owner would: with history, and
    without what was shared by hand. Tells how many of which object. Who may, the caller asks."""
    # Rules by criteria cannot ask for owners: which they fit stays.
    done = {}
    for object in (await objects.catalog(tx, actor.access_version)).objects:
        if not object.owned:
            continue
        count = 0
        while moved := await _hand_over_some(tx, actor, object, owner_id, to_id):
            count += moved
        if count:
            done[object.name] = count
    return done


async def _hand_over_some(tx: Tx, actor: people.Actor, object: Object, owner_id: int, to_id: int) -> int:
    field = object.field("OwnerId")
    before, after = field.to_plain(owner_id), field.to_plain(to_id)
    params = {
        "object": object.code,
        "owner": owner_id,
        "to": to_id,
        "actor": actor.user_id,
        "field": field.id,
        "before": Jsonb(before),
        "after": Jsonb(after),
        "batch": BATCH,
    }
    moved = await tx.tuples(
        """with mine as (
             select id from record
             where org_id = %(org)s and object = %(object)s and owner_id = %(owner)s and deleted_at is null
             order by id limit %(batch)s for update)
           update record r set owner_id = %(to)s, version = r.version + 1, modified_at = now(), modified_by = %(actor)s
           from mine where r.org_id = %(org)s and r.id = mine.id returning r.id, r.version""",
        params,
    )
    if not moved:
        return 0
    record_ids = [id for id, _ in moved]
    await tx.run(
        """insert into field_history (org_id, id, record_id, field_id, version, old_value, new_value, changed_by)
           select %(org)s, h.id, h.record_id, %(field)s, h.version, %(before)s, %(after)s, %(actor)s
           from unnest(%(ids)s::bigint[], %(records)s::bigint[], %(versions)s::int[]) h(id, record_id, version)""",
        params
        | {
            "ids": await tx.new_ids(Type.HISTORY, len(moved)),
            "records": record_ids,
            "versions": [version for _, version in moved],
        },
    )
    # What was shared by hand was the old owner's to share (as in unshare_by_hand).
    unshared = await tx.tuples(
        """delete from record_share where org_id = %(org)s and record_id = any(%(records)s) and cause = 'manual'
           returning record_id, principal_id""",
        {"records": record_ids},
    )
    for record_id, principal in sorted(unshared):
        await events.record(
            tx, actor, "records.share.deleted", record_id, before={"principal": str(principal)}
        )
    await events.record_many(
        tx,
        actor,
        "records.record.updated",
        {id: {"OwnerId": after} for id in sorted(record_ids)},
        before={"OwnerId": before},
    )
    return len(moved)
