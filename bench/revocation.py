"""`revocation`: how long somebody who loses sight of a record still reads it, or is told of it, after the commit that took
it from him. Over real HTTP and a real WebSocket, while the record is being changed and many other pages are open."""

import asyncio
import json
import statistics
import time
from contextlib import AsyncExitStack, suppress
from datetime import date
from typing import Any

import websockets
from argon2 import PasswordHasher

from bench.ground import Figures, data_folder, say
from bench.worlds import house_of
from hubbub import desk, people, records
from hubbub.cli import serving as processes
from hubbub.core import embedded, events, ids
from hubbub.core.live import Listener
from hubbub.people.actions import passwords, sessions
from tests.cast import Company, House, found_company
from tests.serving import serving

TRIALS = 1000
OTHER_PAGES = 200
WAYS = ("share", "owner", "role", "delete", "permission")
MANY_PAGES, MANY_PEOPLE, MANY_RECORDS, MANY_TRIALS = 500, 200, 25, 5
QUIET = 0.05  # seconds without a message or a successful read after which a trial is over


async def measure(trials: int = TRIALS) -> Figures:
    """The figures named revocation in the contract."""
    passwords.hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    sessions.FAILURE_SECONDS = 0.0
    took: dict[str, list[tuple[float, float, float]]] = {way: [] for way in WAYS}
    with data_folder() as settings, embedded.running(settings):
        processes.migrate(settings)
        async with house_of(settings) as house, AsyncExitStack() as clients, serving(house) as url:
            company = await found_company(house, clients)
            many = await _many(house, await found_company(house, clients))
            say(f"{MANY_PAGES} pages of {MANY_PEOPLE} people: {many:.0f} ms")
            await _others(house, company)
            await _trial(company, clients, url, "share")  # what is read for the first time is not measured
            for number in range(trials):
                way = WAYS[number % len(WAYS)]
                took[way].append(await _trial(company, clients, url, way))
                if number % 200 == 199:
                    say(f"{number + 1} of {trials}")
    every = [each for some in took.values() for each in some]
    return {
        "trials": len(every),
        "p99_ms": _p99([max(gone, read, said) for gone, read, said in every]),
        "told_gone_p50_ms": round(statistics.median(gone for gone, _, _ in every), 1),
        "told_gone_p99_ms": _p99([gone for gone, _, _ in every]),
        "last_read_p99_ms": _p99([read for _, read, _ in every]),
        "last_message_p99_ms": _p99([said for _, _, said in every]),
        "by_way_p99_ms": {way: _p99([max(each) for each in some]) for way, some in took.items()},
        "other_pages": OTHER_PAGES,
        "many_last_gone_ms": round(many, 1),
        "many_pages": MANY_PAGES,
        "many_people": MANY_PEOPLE,
    }


def _p99(values: list[float]) -> float:
    return round(sorted(values)[max(0, -(-len(values) * 99 // 100) - 1)], 1)


async def _others(house: House, company: Company) -> None:
    """Pages that other people have open."""
    relay = house.app.app.state.relay
    names = ("ada", "omar", "nina", "mo", "gus")
    async with company.act() as tx:
        cursor = await events.cursor(tx)
    for number in range(OTHER_PAGES):
        listener = Listener(company.org_id, company.id(names[number % len(names)]), None)
        listener.topics = frozenset({"news", "company"})
        listener.cursor = cursor
        relay.attach(listener)


async def _many(house: House, company: Company) -> float:
    """A role is moved from under a team that has it all on open pages: milliseconds from the commit until the last page
    of the last of them is told."""
    relay = house.app.app.state.relay
    values = {"Name": "Isdom", "StageName": "Prospecting", "CloseDate": date(2027, 1, 1)}
    topics = [
        f"record/{ids.show(await company.make('omar', 'Opportunity', **values))}" for _ in range(MANY_RECORDS)
    ]
    async with company.act() as tx:
        lead = company.roles["Sales Lead"]
        team = [
            await people.add_user(
                tx, None,
                people.Newcomer(username=f"t{number}@{company.org.domain}", last_name=f"T{number}", role_id=lead),
            )
            for number in range(MANY_PEOPLE)
        ]  # fmt: skip
    async with company.act() as tx:
        cursor = await events.cursor(tx)
    pages = [Listener(company.org_id, team[number % MANY_PEOPLE], None) for number in range(MANY_PAGES)]
    for page in pages:
        page.topics, page.cursor = frozenset([*topics, "news"]), cursor
        relay.attach(page)
    for page in pages:
        while (await page.queue.get()).type != "ready":
            pass
    took = []
    for _ in range(MANY_TRIALS):
        await _lose(company, "role", 0)
        committed = time.perf_counter()
        for page in pages:
            while page.topics != {"news"}:
                await page.queue.get()
        took.append((time.perf_counter() - committed) * 1000)
        await _restore(company, "role")
        await asyncio.sleep(3)
        for page in pages:
            while not page.queue.empty():
                page.queue.get_nowait()
            page.topics = frozenset([*topics, "news"])
    for page in pages:
        relay.detach(page)
    return max(took)


async def _trial(company: Company, clients: AsyncExitStack, url: str, way: str) -> tuple[float, float, float]:
    """One loss of sight: milliseconds from its commit to the message `gone`, the last successful read, the last message."""
    reader = "noor" if way in ("owner", "role", "delete") else "maya"
    values = {"Name": "Isdom", "StageName": "Prospecting", "CloseDate": date(2027, 1, 1)}
    record_id = await company.make("omar", "Opportunity", **values)
    key = ids.show(record_id)
    if reader == "maya":
        await company.share(record_id, "maya")
    async with company.act() as tx:
        cursor = await events.cursor(tx)
    browser = await _signed_in(company, clients, reader)
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    live = await websockets.connect(
        url.replace("http", "ws") + "/live",
        origin=websockets.Origin(url),
        additional_headers={"cookie": cookies},  # type: ignore[arg-type]
    )
    messages: list[tuple[float, dict[str, Any]]] = []
    reads: list[float] = []
    stop = asyncio.Event()

    async def hear() -> None:
        with suppress(websockets.ConnectionClosed):
            async for text in live:
                messages.append((time.perf_counter(), json.loads(text)))

    async def read() -> None:
        while not stop.is_set():
            if (await browser.get(f"/r/{key}/fragment")).status_code == 200:
                reads.append(time.perf_counter())
            await asyncio.sleep(0.002)

    async def write() -> None:
        number = 0
        omar = await company.actor("ada")
        while not stop.is_set():
            number += 1
            with suppress(Exception):  # deleted under it
                async with company.act() as tx:
                    await desk.update_record(tx, omar, record_id, {"NextStep": f"call {number}"})
            await asyncio.sleep(0.05)

    await live.send(json.dumps({"cursor": cursor, "topics": [f"record/{key}", "news"]}))
    tasks = [asyncio.create_task(each()) for each in (hear, read, write)]
    async with asyncio.timeout(10):
        while not reads or not any(said["type"] == "ready" for _, said in messages):  # noqa: ASYNC110
            await asyncio.sleep(0.002)
    await _lose(company, way, record_id)
    committed = time.perf_counter()
    async with asyncio.timeout(10):
        while not any(said["type"] == "gone" for _, said in messages):  # noqa: ASYNC110
            await asyncio.sleep(0.002)
        while time.perf_counter() - max(committed, messages[-1][0], reads[-1]) < QUIET:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    stop.set()
    await asyncio.gather(*tasks[1:])
    await live.close()
    await tasks[0]
    await _restore(company, way)
    gone = next(at for at, said in messages if said["type"] == "gone")
    last = max((at for at, said in messages if said["type"] not in ("gone", "reach")), default=committed)
    return tuple(max(0.0, (at - committed) * 1000) for at in (gone, reads[-1], last))  # type: ignore[return-value]


_browsers: dict[tuple[int, str], Any] = {}


async def _signed_in(company: Company, clients: AsyncExitStack, name: str) -> Any:
    if (company.org_id, name) not in _browsers:
        _browsers[company.org_id, name] = await company.client(name)
    return _browsers[company.org_id, name]


async def _lose(company: Company, way: str, record_id: int) -> None:
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"))
        match way:
            case "share":
                await records.unshare_record(tx, ada, record_id, company.id("maya"))
            case "owner":
                await records.update_record(tx, ada, record_id, {"OwnerId": company.id("nina")})
            case "role":
                await people.move_role(tx, ada, company.roles["Sales Rep"], company.roles["Service"])
            case "delete":
                await desk.delete_record(tx, ada, record_id)
            case _:
                await people.assign_permission_set(tx, ada, company.id("maya"), people.MINIMUM)


async def _restore(company: Company, way: str) -> None:
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"))
        if way == "role":
            await people.move_role(tx, ada, company.roles["Sales Rep"], company.roles["Sales Lead"])
        if way == "permission":
            await people.assign_permission_set(tx, ada, company.id("maya"), people.STANDARD_WITHOUT_AMOUNT)
