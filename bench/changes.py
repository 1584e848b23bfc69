"""What it costs to change who sees what, through the actions that pages and REST call: rows, milliseconds, and whether the
next read knows of it. And a rule by criteria, which a worker fills."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import msgspec

from bench.ground import Figures, Process
from bench.private import Estate
from hubbub import desk, people, records
from hubbub.core.config import Settings
from hubbub.core.db import Database, Tx
from hubbub.core.errors import NotFound

TRIALS = 5
FIRST_TEAM = 30
FILL_SECONDS = 300

# What this connection has written: read before and after, tables that are not tenants' (jobs, ids) too.
_WRITTEN = "select coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::int from pg_stat_xact_user_tables"

Act = Callable[[Tx, people.Actor], Awaitable[Any]]


class Change(msgspec.Struct):
    """Something that is changed, and who sees a deal before and after it."""

    act: Act
    deal: int
    before: dict[int, bool]
    after: dict[int, bool]


async def measure(settings: Settings, tx_of: Database, estate: Estate) -> Figures:
    """The figures of changes in the contract."""
    changed: dict[str, Figures] = {}
    for name, kind in _KINDS.items():
        rows, took, read, held = [], [], [], True
        for number in range(TRIALS + 1):
            change = await kind(tx_of, estate, number)
            held = held and await _as_told(tx_of, estate, change.deal, change.before)
            written, milliseconds = await _do(tx_of, estate, change.act)
            started = time.perf_counter()
            held = held and await _as_told(tx_of, estate, change.deal, change.after)
            if number:  # what is done for the first time is not measured
                rows.append(written)
                took.append(milliseconds)
                read.append((time.perf_counter() - started) * 1000 / len(change.after))
        changed[name] = {
            "rows": max(rows), "ms": round(statistics.median(took), 1), "next_read_ms": round(statistics.median(read), 1),
            "at_commit": held,
        }  # fmt: skip
    rule = await _rule(settings, tx_of, estate)
    return {
        "rows_of_a_change": max(each["rows"] for each in changed.values()),
        "not_at_commit": sum(not each["at_commit"] for each in changed.values()) + (not rule["at_commit"]),
        "rule_saved_ms": rule["saved_ms"],
        "rule_records_per_s": rule["records_per_s"],
        "changes": {**changed, "criteria rule": rule},
    }


async def _do(tx_of: Database, estate: Estate, act: Act) -> tuple[int, float]:
    """Do it as the administrator; tells how many rows were written, and the milliseconds until that was committed."""
    async with tx_of.act(estate.org_id) as tx:
        before = await tx.value(_WRITTEN)
        started = time.perf_counter()
        await act(tx, await people.actor(tx, estate.admin.id, client="bench"))
        took = time.perf_counter() - started
        written = await tx.value(_WRITTEN) - before
        started = time.perf_counter()
    return written, (took + time.perf_counter() - started) * 1000


async def _as_told(tx_of: Database, estate: Estate, deal: int, told: dict[int, bool]) -> bool:
    """Whether each of these people sees that deal, or does not, as told. As a page would find out."""
    right = True
    for user_id, seen in told.items():
        async with tx_of.act(estate.org_id, read=True) as tx:
            try:
                actor = await people.actor(tx, user_id)
                sees = bool(await records.seen_ids(tx, await records.viewer(tx, actor), [deal]))
            except NotFound:  # he is shut out
                sees = False
        right = right and sees == seen
    return right


async def _deal_of(tx_of: Database, estate: Estate, owner_id: int) -> int:
    """A deal that only its owner and those above him see."""
    async with tx_of.act(estate.org_id) as tx:
        owner = await people.actor(tx, owner_id, client="bench")
        values = {"Name": "A deal", "StageName": "Prospecting", "CloseDate": date(2027, 1, 1)}
        return (await records.insert_record(tx, owner, "Opportunity", values)).id


def _rep(estate: Estate, number: int) -> int:
    """Somebody of the lowest level: the first ones have the roles of that level in their order."""
    return estate.leads(len(estate.size.roles)) + number


def _moved(which: int, steps: int) -> Callable[[Database, Estate, int], Awaitable[Change]]:
    """A role of the lowest level, of a team from which no rule shares, moves to another one above it, that many further."""

    async def change(tx_of: Database, estate: Estate, number: int) -> Change:
        roles, team = estate.size.roles, FIRST_TEAM + number
        above, leaf = sum(roles[:-2]), sum(roles[:-1]) + team * roles[-1] // roles[3] + which
        old = team * roles[-2] // roles[3]
        new = (old + steps) % roles[-2]
        deal = await _deal_of(tx_of, estate, estate.first["user"] + leaf)
        was, will = estate.leads(5) + old, estate.leads(5) + new
        return Change(
            lambda tx, admin: people.move_role(
                tx, admin, estate.first["role"] + leaf, estate.first["role"] + above + new
            ),
            deal, {was: True, will: False}, {was: False, will: True},
        )  # fmt: skip

    return change


async def _nested(tx_of: Database, estate: Estate, number: int) -> Change:
    """A group comes into another one, with which a deal is shared."""
    member, owner = _rep(estate, 300 + number), _rep(estate, 400 + number)
    deal = await _deal_of(tx_of, estate, owner)
    async with tx_of.act(estate.org_id) as tx:
        admin = await people.actor(tx, estate.admin.id, client="bench")
        outer = await people.add_group(tx, admin, f"Outer {number}")
        inner = await people.add_group(tx, admin, f"Inner {number}")
        await people.add_member(tx, admin, inner, member)
        await records.share_record(tx, admin, deal, outer)
    return Change(
        lambda tx, admin: people.add_member(tx, admin, outer, inner), deal, {member: False}, {member: True}
    )


async def _given(tx_of: Database, estate: Estate, number: int) -> Change:
    """A deal gets another owner."""
    old, new = _rep(estate, 500 + number), _rep(estate, 600 + number)
    deal = await _deal_of(tx_of, estate, old)
    return Change(
        lambda tx, admin: desk.update_record(tx, admin, deal, {"OwnerId": new}),
        deal, {old: True, new: False}, {old: False, new: True},
    )  # fmt: skip


async def _shut_out(tx_of: Database, estate: Estate, number: int) -> Change:
    """Somebody is deactivated."""
    gone = _rep(estate, 700 + number)
    deal = await _deal_of(tx_of, estate, gone)
    return Change(
        lambda tx, admin: people.deactivate_user(tx, admin, gone), deal, {gone: True}, {gone: False}
    )


_KINDS = {
    "role move": _moved(0, 1),
    "role move to another branch": _moved(1, 41),
    "nested group": _nested,
    "owner": _given,
    "deactivation": _shut_out,
}


async def _rule(settings: Settings, tx_of: Database, estate: Estate) -> Figures:
    """A rule that shares a quarter of the deals with somebody: saved in a request, filled by a worker, deleted at once."""
    reader = _rep(estate, 800)
    deal = estate.first["deal"]
    while await _as_told(tx_of, estate, deal, {reader: True}):
        deal += 4
    criteria = [records.Condition("LeadSource", "equals", "Partner")]
    made: list[int] = []

    async def add(tx: Tx, admin: people.Actor) -> None:
        made.append(
            await records.add_rule(
                tx, admin, "Opportunity", "Partners", target_id=reader, conditions=criteria
            )
        )

    rows, saved = await _do(tx_of, estate, add)
    worker = Process(settings, "worker")
    started = time.perf_counter()
    worker.start()
    try:
        first, told = 0.0, []
        while not told or told[-1].filled_at is None:
            assert worker.process
            if worker.process.poll() is not None or time.perf_counter() - started > FILL_SECONDS:
                raise RuntimeError(f"the rule is not filled: {worker.said()}")
            await asyncio.sleep(0.1)
            async with tx_of.act(estate.org_id, read=True) as tx:
                told.append(
                    next(each for each in await records.rules(tx, estate.admin) if each.id == made[0])
                )
            if told[-1].filled and not first:
                first = time.perf_counter()
        took, begun = time.perf_counter() - first, next(each.filled for each in told if each.filled)
        async with tx_of.act(estate.org_id, read=True) as tx:
            granted = await tx.value(
                "select count(*) from record_share where org_id = %(org)s and principal_id = %(rule)s",
                {"rule": made[0]},
            )
        right = await _as_told(tx_of, estate, deal, {reader: True})
        deleted_rows, deleted = await _do(
            tx_of, estate, lambda tx, admin: records.delete_rule(tx, admin, made[0])
        )
        right = right and await _as_told(tx_of, estate, deal, {reader: False})
    finally:
        await asyncio.to_thread(worker.stop)
    return {
        "rows": rows,
        "saved_ms": round(saved, 1),
        "granted": granted,
        "looked_at": told[-1].filled,
        "seconds": round(took, 1),
        "records_per_s": round((told[-1].filled - begun) / took),
        "deleted_ms": round(deleted, 1),
        "deleted_rows": deleted_rows,
        "at_commit": right,
    }
