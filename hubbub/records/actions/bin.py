"""The recycle bin: what was deleted together comes back together, until somebody purges it."""

from hubbub import objects, people
from hubbub.core import events, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid
from hubbub.records.access import Record, access_record
from hubbub.records.access.bin import Binned, access_binned
from hubbub.records.actions.rolling import roll_up
from hubbub.records.actions.rows import keep_keys_again
from hubbub.records.actions.rules import CRITERIA_RULES, fit_rules

UNLINKED_AT_ONCE = 1_000


def _goers(catalog: objects.Catalog) -> list[tuple[int, str]]:
    """What goes with more than its parent, as a campaign's member goes with the person: its object, and where it says whom."""
    return [(each.code, field.column) for each in catalog.objects for field in each.fields if field.goes_with]


def _above(catalog: objects.Catalog, alias: str) -> str:
    """SQL: the ids of all with which a record is deleted."""
    goers = [
        f"case when {alias}.object = {code} then {alias}.{column} end" for code, column in _goers(catalog)
    ]
    return f"array[{', '.join([f'{alias}.parent_id', *goers])}]"


async def delete_record(tx: Tx, actor: people.Actor, record_id: int) -> Record:
    """Turn a record, its children and what goes with it into tombstones: they are gone for everybody, and lie in the recycle
    bin."""
    record = await access_record(tx, actor, record_id, to="delete", lock=True)
    below = " union all ".join(
        f"select r.id from record r where r.org_id = %(org)s and {which} = tree.id and r.deleted_at is null"
        for which in [
            "r.parent_id",
            *(f"r.object = {code} and r.{column}" for code, column in _goers(await objects.catalog(tx))),
        ]
    )
    gone = await tx.values(
        f"""with recursive tree(id) as (
             select %(id)s::bigint union all select r.id from tree cross join lateral ({below}) r)
           update record set deleted_at = now(), deletion_id = %(id)s, deleted_by = %(actor)s,
                  version = version + 1, modified_at = now(), modified_by = %(actor)s
           where org_id = %(org)s and id in (select id from tree) and deleted_at is null returning id""",
        {"id": record_id, "actor": actor.user_id},
    )
    await tx.run(
        "delete from record_key where org_id = %(org)s and record_id = any(%(ids)s::bigint[])", {"ids": gone}
    )
    await events.record(tx, actor, "records.record.deleted", record_id, before={"Name": record.name})
    with_it = {id: {"With": ids.show(record_id)} for id in gone if id != record_id}
    await events.record_many(tx, actor, "records.record.deleted", with_it)
    return record


async def restore_record(tx: Tx, actor: people.Actor, record_id: int) -> Binned:
    """Take a record out of the recycle bin, with the children that were deleted with it: its talk and its followers are
    there again."""
    binned = await access_binned(tx, actor, record_id)
    catalog = await objects.catalog(tx)
    above = await tx.tuples(
        f"""select a.name from record r join record a on a.org_id = %(org)s and a.id = any({_above(catalog, "r")})
           where r.org_id = %(org)s and r.id = %(id)s and a.deleted_at is not null""",
        {"id": record_id},
    )
    if above:
        raise Invalid(
            "ENTITY_IS_DELETED",
            "What it belongs to is in the recycle bin too: restore that first.",
            status=409,
        )
    # What belongs to something else in the bin, too, waits for that.
    await tx.run(
        f"""update record r set deletion_id = a.deletion_id from record a
            where r.org_id = %(org)s and r.deletion_id = %(id)s and not r.purged and a.org_id = %(org)s
              and a.id = any({_above(catalog, "r")}) and a.deleted_at is not null and a.deletion_id <> %(id)s
              and not a.purged""",
        {"id": record_id},
    )
    back = await tx.values(
        """update record set deleted_at = null, deletion_id = null, deleted_by = null,
                  version = version + 1, modified_at = now(), modified_by = %(actor)s
           where org_id = %(org)s and deletion_id = %(id)s and not purged returning id""",
        {"id": record_id, "actor": actor.user_id},
    )
    for id in back:
        await keep_keys_again(tx, catalog.of(id), id)
    await events.record_many(
        tx, actor, "records.record.restored", {id: {"With": ids.show(record_id)} for id in back}
    )
    return binned


async def purge_record(tx: Tx, actor: people.Actor, record_id: int) -> list[int]:
    """Take a record out of the recycle bin for good, with its children; the ids of what the worker is to remove."""
    binned = await access_binned(tx, actor, record_id)
    gone = await tx.values(
        """update record set purged = true where org_id = %(org)s and deletion_id = %(id)s and deleted_at is not null
           and not purged returning id""",
        {"id": record_id},
    )
    await events.record(tx, actor, "records.record.purged", record_id, before={"Name": binned.name})
    return gone


async def forget_records(tx: Tx, record_ids: list[int]) -> list[int]:
    """Remove purged records with their history, shares and teams, after whatever points at them points at nothing. The
    event log keeps that they were. Tells which are left for another job, where very much points at them."""
    # Locked: who makes something point at one of them has ended, and is found here, or no longer finds it.
    gone = await tx.values(
        """select id from record where org_id = %(org)s and id = any(%(ids)s::bigint[]) and purged
           order by id for update""",
        {"ids": record_ids},
    )
    if not await _unlink(tx, gone):
        return gone
    for table in (
        "record_key",
        "record_view",
        "record_share",
        "record_team",
        "field_history",
        "stage_history",
    ):
        await tx.run(
            f"delete from {table} where org_id = %(org)s and record_id = any(%(ids)s::bigint[])",
            {"ids": gone},
        )
    await tx.run("delete from record where org_id = %(org)s and id = any(%(ids)s::bigint[])", {"ids": gone})
    return []


async def _unlink(tx: Tx, gone: list[int]) -> bool:
    """Empty the references to these records, as many as one job may; tells whether none is left."""
    catalog = await objects.catalog(tx)
    room = UNLINKED_AT_ONCE
    for code in sorted({ids.type_of(id) for id in gone}):
        for object, field in catalog.references_to(catalog.codes[code].name):
            rules = await tx.value(f"select {CRITERIA_RULES}", {"object": object.code})
            found = await tx.values(
                f"""select r.id from record r where r.org_id = %(org)s and r.object = {object.code}
                      and r.{field.column} = any(%(gone)s::bigint[]) and not r.purged
                    order by r.id limit %(most)s for no key update""",
                {"gone": gone, "most": room},
            )
            if not found:
                continue
            await tx.run(
                f"""update record set {field.column} = null
                    where org_id = %(org)s and id = any(%(ids)s::bigint[])""",
                {"ids": found},
            )
            await roll_up(tx, catalog, object, found, [field.name])
            await fit_rules(tx, None, object, found, rules=rules, changed={field.id})
            told = {id: {field.name: None} for id in found}
            await events.record_many(tx, None, "records.record.unlinked", told)
            room -= len(found)
            if not room:
                return False
    return True
