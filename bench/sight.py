"""`sight`: what asking who may see what costs. Lists, counts, feeds and given ids of a guest, reps, a manager and the one on
top, through the functions that pages and REST call, by the same statements for the same person where every record is his
to see; then what it costs to change who sees what, and that it holds at the commit."""

import os
import statistics
import time
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

import msgspec
import psycopg

from bench import changes, private
from bench.ground import Figures, acts, data_folder, database, owner, say
from bench.private import SEED, Estate, Size
from hubbub import feed, people, records
from hubbub.core import ids
from hubbub.core.config import Settings
from hubbub.core.db import Database, Tx
from hubbub.core.ids import Type
from hubbub.records.access import listed, sight
from tests.records.listing import listing

ROUNDS, WARM = 25, 8  # the driver prepares a statement when it sees it the fifth time
FOLLOWED_RECORDS, FOLLOWED_PEOPLE = 100, 20
LIST = """SELECT Id, Name, StageName, Amount, CloseDate, Owner.Name, Account.Name FROM Opportunity
    WHERE StageName = 'Stage 3' ORDER BY CloseDate DESC LIMIT 50"""
SETTINGS = ("shared_buffers", "work_mem", "effective_cache_size", "random_page_cost", "jit", "fsync", "synchronous_commit",
            "max_parallel_workers_per_gather", "plan_cache_mode")  # fmt: skip

Ask = Callable[[Tx, people.Actor], Awaitable[Any]]
Statement = tuple[Any, Any]  # SQL and what it binds


class Part(msgspec.Struct):
    """What somebody asks for: with sharing, and where he sees everything; milliseconds of each round."""

    shared: list[Statement]
    bare: list[Statement]
    shared_ms: list[float] = []
    bare_ms: list[float] = []

    @property
    def figures(self) -> Figures:
        shared, bare = statistics.median(self.shared_ms), statistics.median(self.bare_ms)
        return {"ratio": round(shared / bare, 2), "ms": round(shared, 2), "bare_ms": round(bare, 2)}


async def measure(size: Size = Size(), rounds: int = ROUNDS) -> Figures:  # noqa: B008
    """The figures named sight in the contract."""
    with data_folder() as settings, database(settings):
        async with acts(settings) as tx_of:
            say(f"making a company with {size.deals:,} private deals")
            started = time.monotonic()
            with owner(settings) as connection:
                estate = await private.generate(tx_of, connection, size)
            made = round(time.monotonic() - started)
            say(f"made in {made} s; reading")
            reading = await read(settings, tx_of, estate, rounds)
            say("changing")
            changed = await changes.measure(settings, tx_of, estate)
    return {"world": estate.rows, "seed": SEED, "made_in_s": made, **reading, **changed, **_machine(settings)}


async def read(settings: Settings, tx_of: Database, estate: Estate, rounds: int = ROUNDS) -> Figures:
    """What each viewer's reads cost."""
    viewers = await _viewers(tx_of, estate)
    asks = _asks(estate)
    parts: dict[str, dict[str, Part]] = {}
    about: dict[str, Figures] = {}
    for name, user_id in viewers.items():
        async with tx_of.act(estate.org_id) as tx:
            actor = await people.actor(tx, user_id, client="bench")
            await _follow(tx, estate, actor)
        about[name] = await _about(tx_of, actor)
        everything = msgspec.structs.replace(actor, abilities=actor.abilities | {people.VIEW_ALL_DATA})
        parts[name] = {}
        for ask_name, ask in asks.items():
            if ask_name == "company" and actor.guest:  # guests have none
                continue
            shared, bare = [await _statements(tx_of, one, ask) for one in (actor, everything)]
            for part, wanted in _PARTS.get(ask_name, {ask_name: lambda sql: True}).items():
                parts[name][part] = Part(
                    [one for one in shared if wanted(one[0])], [one for one in bare if wanted(one[0])]
                )
    with psycopg.connect(settings.app_url, autocommit=True) as connection:
        for number in range(WARM + rounds):
            for each in (part for some in parts.values() for part in some.values()):
                for kind in ("shared", "bare") if number % 2 else ("bare", "shared"):
                    took = _run(connection, estate.org_id, getattr(each, kind))
                    if number >= WARM:
                        getattr(each, f"{kind}_ms").append(took)
        settings_now = {
            name: (connection.execute("select current_setting(%s)", [name]).fetchone() or ("",))[0]
            for name in SETTINGS
        }
    figures = {name: {part: each.figures for part, each in some.items()} for name, some in parts.items()}
    worst = {
        f"{part}_ratio": max(some[part]["ratio"] for some in figures.values() if part in some)
        for part in ("list", "page", "news", "company", "ids")
    }
    return {
        **worst,
        "count_ms": max(some["count"]["ms"] for some in figures.values()),
        "viewers": about,
        **figures,
        "postgresql": settings_now,
    }


# The page of a list counts too, no further than it must: that is a statement for itself.
_PARTS: dict[str, dict[str, Callable[[str], bool]]] = {
    "page": {"page": lambda sql: "counted" not in sql, "count": lambda sql: "counted" in sql}
}


def _asks(estate: Estate) -> dict[str, Ask]:
    random = Random(SEED)
    given = random.sample(range(estate.first["deal"], estate.first["deal"] + estate.size.deals), 25)

    async def given_ids(tx: Tx, actor: people.Actor) -> Any:
        return await records.seen_ids(tx, await records.viewer(tx, actor), given)

    return {
        "list": lambda tx, actor: records.query(tx, actor, LIST, base=""),
        "page": lambda tx, actor: listing(tx, actor, "Opportunity"),
        "news": lambda tx, actor: feed.news(tx, actor),
        "company": lambda tx, actor: feed.company(tx, actor),
        "ids": given_ids,
    }


async def _viewers(tx_of: Database, estate: Estate) -> dict[str, int]:
    """A guest with three deals; of some reps those who see nearest to 5,000 and to 20,000; the manager of a team of 100; the
    head of a quarter; the one on top."""
    first_rep = estate.leads(len(estate.size.roles))
    reached = {}
    for user_id in range(first_rep, first_rep + 80):
        async with tx_of.act(estate.org_id, read=True) as tx:
            him = await records.viewer(tx, await people.actor(tx, user_id))
            object = him.catalog.object("Opportunity")
            await listed(tx, him, object, "r")
            reached[user_id] = him.reach[object.code]
    nearest = {
        wanted: min(reached, key=lambda id: abs(reached[id] - wanted)) for wanted in (1_000, 5_000, 20_000)
    }
    return {
        "guest": estate.first["guest"],
        **{f"rep {wanted // 1000}k": user_id for wanted, user_id in nearest.items()},
        "manager of 100": estate.leads(4),
        "vice president": estate.leads(2),
        "top": estate.leads(1),
    }


async def _follow(tx: Tx, estate: Estate, actor: people.Actor) -> None:
    """Have him follow deals that he sees, and people."""
    answer = await records.query(
        tx,
        actor,
        f"SELECT Id FROM Opportunity ORDER BY LastModifiedDate DESC LIMIT {FOLLOWED_RECORDS}",
        base="",
    )
    for record in answer.records:
        await feed.follow(tx, actor, ids.parse(record["Id"], Type.OPPORTUNITY))
    if not actor.guest:
        first_rep = estate.leads(len(estate.size.roles))
        for number in range(FOLLOWED_PEOPLE):
            await feed.follow(tx, actor, first_rep + 200 + number * 7)


async def _about(tx_of: Database, actor: people.Actor) -> Figures:
    """How much he sees, which shape his lists have, and what it takes to find out who he is."""
    took = []
    for _ in range(5):
        stale = msgspec.structs.replace(actor, access_version=0)  # is computed anew, and not remembered
        async with tx_of.act(actor.org_id, read=True) as tx:
            started = time.perf_counter()
            him = await records.viewer(tx, stale)
            took.append((time.perf_counter() - started) * 1000)
    async with tx_of.act(actor.org_id, read=True) as tx:
        him = await records.viewer(tx, actor)
        object = him.catalog.object("Opportunity")
        him.reach.pop(object.code, None)
        started = time.perf_counter()
        await listed(tx, him, object, "r")
        counting = (time.perf_counter() - started) * 1000
        reach = him.reach[object.code]
        seen, owners, principals = (
            await tx.tuples(
                f"""select count(*), cardinality(%(own)s::bigint[]), cardinality(%(prin)s::bigint[])
                from record r where r.org_id = %(org)s and r.object = {object.code}
                and {sight.keyed(him, object, "r")}""",
                him.params,
            )
        )[0]
    return {
        "sees": seen,
        "owners": owners,
        "principals": principals,
        "two_sets_ms": round(statistics.median(took), 1),
        "reach": reach,
        "reach_ms": round(counting, 1),
    }


async def _statements(tx_of: Database, actor: people.Actor, ask: Ask) -> list[Statement]:
    """What it runs, the second time, when what is remembered is remembered."""
    found: list[Statement] = []
    execute = Tx._execute

    async def noting(self: Tx, sql: str, params: Any) -> Any:
        found.append((sql, {"org": self.org, **(params or {})}))
        return await execute(self, sql, params)

    async with tx_of.act(actor.org_id, read=True) as tx:
        await ask(tx, actor)
        Tx._execute = noting  # type: ignore[method-assign]
        try:
            await ask(tx, actor)
        finally:
            Tx._execute = execute  # type: ignore[method-assign]
    return found


def _run(connection: psycopg.Connection[Any], org_id: int, statements: list[Statement]) -> float:
    """Milliseconds of these statements in a transaction as pages have it."""
    begin: Any = f"begin isolation level repeatable read; set local hubbub.org = '{org_id}'"
    connection.execute(begin, prepare=False)
    started = time.perf_counter()
    for sql, params in statements:
        connection.execute(sql, params).fetchall()
    took = (time.perf_counter() - started) * 1000
    connection.execute("commit")
    return took


def _machine(settings: Settings) -> Figures:
    return {"machine": {"cores": os.cpu_count(), "load": [round(each, 2) for each in os.getloadavg()]}}
