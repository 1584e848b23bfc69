"""`board`: 8,800 deals by stage. The page as a ratio to its bare statement, and moving a card to the bare write, in one run."""

import asyncio
import csv
import os
import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode

from bench.feed import sign_in
from bench.ground import Client, Figures, acts, data_folder, database, say, server
from hubbub import objects, people, records
from hubbub.core import ids
from hubbub.core.db import Database, Tx

DEALS, ROUNDS, WARM, MOVES = 8_800, 30, 5, 60
SEED = 8
PASSWORD = "correct horse battery"
# A company's own deals, if the file is there (Opportunity stage in deal_stage, close_value); else made up.
PIPELINE = Path(os.environ.get("HUBBUB_BENCH_DEALS", "sales_pipeline.csv"))
STAGES = {
    "Prospecting": "Prospecting",
    "Engaging": "Negotiation/Review",
    "Won": "Closed Won",
    "Lost": "Closed Lost",
}


async def measure(deals: int = DEALS, rounds: int = ROUNDS) -> Figures:
    """The figure named board in the contract: what its owner sees, and a rep who sees a part of the deals."""
    with data_folder() as settings, database(settings):
        async with acts(settings) as opened:
            org, persons = await _company(opened, deals)
            async with server(settings):
                found: Figures = {"deals": deals}
                for name, user_id in persons.items():
                    found[name] = await _of(settings, opened, org, name, user_id, rounds)
    shown = [found[name] for name in persons]
    return {
        "page_ratio": max(each["page_ratio"] for each in shown),
        "move_ratio": max(each["move_ratio"] for each in shown),
        **found,
    }


async def _company(opened: Database, deals: int) -> tuple[int, dict[str, int]]:
    org = await people.found_org(opened, "Board", "board.example", objects=objects.standard_objects())
    persons: dict[str, int] = {}
    async with opened.act(org.id) as tx:
        top = await people.add_role(tx, None, "Head")
        below = await people.add_role(tx, None, "Rep", top)
        for name, role in (("head", top), ("rep", below), ("other", below)):
            persons[name] = await people.add_user(
                tx, None,
                people.Newcomer(
                    username=f"{name}@board.example", last_name=name.title(), role_id=role, password=PASSWORD,
                    permission_sets=(people.STANDARD,),
                ),
            )  # fmt: skip
    new = _pipeline(deals)
    say(f"writing {len(new)} deals")
    for at in range(0, len(new), 800):
        async with opened.act(org.id) as tx:
            owner = await people.actor(tx, persons["rep" if at // 800 % 2 else "other"], client="bench")
            part = [records.NewRecord(each) for each in new[at : at + 800]]
            await records.insert_records(tx, owner, "Opportunity", part)
    async with opened.act(None) as tx:
        await tx.enter(org.id)
        await tx.run("analyze record")
    del persons["other"]
    return org.id, persons


def _pipeline(deals: int) -> list[dict[str, Any]]:
    random = Random(SEED)
    if PIPELINE.exists():
        with PIPELINE.open(newline="") as file:
            rows = [(STAGES[row["deal_stage"]], row["close_value"]) for row in csv.DictReader(file)]
    else:
        rows = [(random.choice([*STAGES.values()]), str(random.randrange(50, 30_000))) for _ in range(deals)]
    return [
        {
            "Name": f"Deal {number:05}",
            "StageName": stage,
            "CloseDate": date(2026, 1 + number % 12, 1 + number % 28),
            **({"Amount": Decimal(value)} if value else {}),
        }
        for number, (stage, value) in enumerate((rows * (deals // len(rows) + 1))[:deals])
    ]


async def _of(settings: Any, opened: Database, org: int, name: str, user_id: int, rounds: int) -> Figures:
    """The page over HTTP and its statements alone, by turns; then moves over HTTP and the write alone."""
    client = await Client.connect(settings)
    cookie = await sign_in(client, f"{name}@board.example", PASSWORD)
    headers = f"cookie: {cookie}\r\n"

    async def page() -> None:
        answer = await client.get("/o/Opportunity/board", headers)
        assert answer.status == 200 and b"lane-head-9" in answer.body

    noted: list[tuple[str, Any]] = []
    async with opened.act(org, read=True) as tx:
        await _board(tx, user_id)
        execute = Tx._execute

        async def noting(self: Tx, sql: str, params: Any) -> Any:
            noted.append((sql, params))
            return await execute(self, sql, params)

        Tx._execute = noting  # type: ignore[method-assign]
        try:
            cards = await _board(tx, user_id)
        finally:
            Tx._execute = execute  # type: ignore[method-assign]
    bare_statement = next(each for each in noted if "array_agg" in each[0] and "group by 1" in each[0])

    async def bare() -> None:
        async with opened.act(org, read=True) as tx:
            await tx.tuples(*bare_statement)

    pages, bares = await by_turns(rounds, page, bare)
    form = cookie.partition("hubbub_csrf=")[2].partition(";")[0]
    stages = ["Qualification", "Needs Analysis", "Value Proposition"]
    moved = iter(range(10**6))

    async def move() -> None:
        number = next(moved)
        body = urlencode({"_csrf_token": form, "stage": stages[number // len(cards) % 3]}).encode()
        head = (
            headers
            + "content-type: application/x-www-form-urlencoded\r\n"
            + "accept: text/vnd.turbo-stream.html\r\nprefer: return=minimal\r\n"
        )
        answer = await client.send("POST", f"/r/{ids.show(cards[number % len(cards)])}/stage", head, body)
        assert answer.status == 204, answer.body[:300]

    async def write() -> None:
        number = next(moved)
        async with opened.act(org) as tx:
            await tx.run(
                """update record set t1 = %(stage)s, version = version + 1, modified_at = now()
                   where org_id = %(org)s and id = %(id)s""",
                {"id": cards[number % len(cards)], "stage": f"Stage {number}"},
            )

    moves, writes = await by_turns(min(MOVES, len(cards) * 2), move, write)
    client.close()
    return {
        "page_ms": pages, "statement_ms": bares, "page_ratio": round(pages / bares, 2),
        "move_ms": moves, "write_ms": writes, "move_ratio": round(moves / writes, 2),
    }  # fmt: skip


async def _board(tx: Tx, user_id: int) -> list[int]:
    """What the page asks; the ids of its cards."""
    him = await records.viewer(tx, await people.actor(tx, user_id, client="bench"))
    object = him.catalog.object("Opportunity")
    shown = records.as_seen(him, records.built_in(object)[0])
    board = await records.board(tx, him, shown, [object.field("Amount")], size=20)
    return [row.id for lane in board.lanes for row in lane.rows]


async def by_turns(
    rounds: int, one: Callable[[], Awaitable[None]], other: Callable[[], Awaitable[None]]
) -> tuple[float, float]:
    """The medians in milliseconds of two things that are done by turns."""
    took: dict[int, list[float]] = {0: [], 1: []}
    for number in range(WARM + rounds):
        for which in (0, 1) if number % 2 else (1, 0):
            started = time.perf_counter()
            await (one, other)[which]()
            if number >= WARM:
                took[which].append((time.perf_counter() - started) * 1000)
            await asyncio.sleep(0)
    return round(statistics.median(took[0]), 2), round(statistics.median(took[1]), 2)
