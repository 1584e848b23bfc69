"""`feed`: the news feed and the home page against the same statements through the driver alone, on companies of two sizes."""

import asyncio
import os
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import Any

import httpx
import msgspec
import psycopg

from bench import company as companies
from bench import feeds, followers, write
from bench.ceiling import Ceiling
from bench.company import Company
from bench.ground import (
    NONE,
    Client,
    Figures,
    Rate,
    acts,
    clients,
    data_folder,
    database,
    for_a_while,
    owner,
    say,
    server,
)
from hubbub import routes
from hubbub.core.config import Settings
from hubbub.core.db import Tx

# $HUBBUB_BENCH_POSTS makes another company than the largest, $HUBBUB_BENCH_KEEP names a data folder that outlives the run.
SIZES = {"10k": 10_000, "5M": int(os.environ.get("HUBBUB_BENCH_POSTS") or 5_000_000)}
FOLLOWS = {"few": 20, "many": 500}
FEED = "/services/data/v62.0/chatter/feeds/news/me/feed-elements?elementsPerBundle=3"
SOCKETS = 1_000
ROUNDS, SECONDS = 4, 2.5


class Page(msgspec.Struct):
    """One page as it was measured."""

    bytes: int
    statements: int
    buffers: int
    sql_ms: float
    page: Rate
    ceiling: Rate
    select_1: Rate

    @property
    def ratio(self) -> float:
        """The page's throughput by that of its statements alone."""
        return self.ceiling.each / self.page.each

    @property
    def times(self) -> float:
        """The page as a multiple of `select 1` in the same seconds."""
        return self.page.each / self.select_1.each

    @property
    def figures(self) -> Figures:
        return {
            "ratio": round(self.ratio, 3),
            "page_ms": round(self.page.each * 1000, 3),
            "ceiling_ms": round(self.ceiling.each * 1000, 3),
            "times_select_1": round(self.times, 1),
            "statements": self.statements,
            "buffers": self.buffers,
            "sql_ms": round(self.sql_ms, 3),
            "bytes": self.bytes,
        }


async def measure(sizes: dict[str, int] = SIZES, rounds: int = ROUNDS, seconds: float = SECONDS) -> Figures:
    """The figures named feed in the contract."""
    pages: dict[tuple[str, str, str], Page] = {}
    small, large = next(iter(sizes)), list(sizes)[-1]
    with data_folder(os.environ.get("HUBBUB_BENCH_KEEP")) as settings:
        made = await _made(settings, sizes)
        with database(settings):
            async with server(settings), acts(settings) as tx_of:
                cookies = {
                    (size, name): await _sign_in(settings, made[size], name)
                    for size in sizes
                    for name in FOLLOWS
                }
                for size, name in cookies:
                    for kind, path, headers in (
                        ("json", FEED, f"authorization: Bearer {made[size].tokens[name]}\r\n"),
                        ("html", "/", f"cookie: {cookies[size, name]}\r\n"),
                    ):
                        say(f"{kind} of {size}, {FOLLOWS[name]} followed")
                        page = await _measure(settings, made[size], path, headers, rounds, seconds)
                        pages[kind, size, name] = page
                        say(f"  {page.figures}")
                say("every feed, one after the other")
                looks = await feeds.sweep(settings, made, cookies)
                say("unread counts beside the page")
                share = await _unread_share(settings, made[large], cookies[large, "many"])
                say("posts on what many follow")
                many = await followers.measure(settings, tx_of)
                say(f"{SOCKETS} sockets")
                told = await write.sockets(settings, tx_of, SOCKETS)
    times = {(look.name, look.person): look.ms(large) for look in looks}
    return {
        **_figures(pages, {size: company.sizes for size, company in made.items()}),
        # Both companies were asked in turns, so that whatever else the machine did met them alike.
        "growth_posts": round(
            max(look.ms(large) / look.ms(small) for look in looks if look.name in ("news", "page: home")),
            2,
        ),
        "top_ratio": round(max(times["news, top", name] / times["news", name] for name in FOLLOWS), 2),
        "unread_share": share,
        "followers_ratio": many["ratio"],
        "followers_bytes_ratio": many["bytes_ratio"],
        **{name: told[name] for name in ("round_trip_ms", "commit_to_socket_p50", "commit_to_socket_p99")},
        "sockets": SOCKETS,
        "cpus": os.cpu_count(),
        "load": round(os.getloadavg()[1], 1),
        "followers": many,
        "feeds": feeds.grown(looks, small, large),
    }


async def _unread_share(settings: Settings, company: Company, cookie: str) -> float:
    """How much of the home page's time the statement takes that counts what is unread."""
    headers = f"cookie: {cookie}\r\n"
    counting = [each for each in await captured(settings, "/", headers) if "feed_seen" in each[0]]
    page = alone = NONE
    with Ceiling(settings, company.org_id, counting, connections=1) as ceiling:
        for _ in range(ROUNDS):
            async with clients(settings, 1) as (client,):
                page += await for_a_while(SECONDS, [partial(client.get, "/", headers)])
            alone += await asyncio.to_thread(ceiling.run, SECONDS)
    return round(alone.each / page.each, 3)


async def _made(settings: Settings, sizes: dict[str, int]) -> dict[str, Company]:
    """The companies that are measured; while they are made nothing need outlive the machine."""
    made = {}
    with database(settings, durable=False):
        async with acts(settings) as tx_of:
            for size, posts in sizes.items():
                say(f"making a company with {posts:,} items")
                with owner(settings) as connection:
                    made[size] = await companies.company_of(settings, tx_of, connection, posts, FOLLOWS)
    return made


async def _measure(
    settings: Settings, company: Company, path: str, headers: str, rounds: int, seconds: float
) -> Page:
    statements = await captured(settings, path, headers)
    page = ceiling_ = single = one = NONE
    size = 0

    async def ask(seconds: float) -> Rate:
        nonlocal size
        async with clients(settings) as opened:  # a server does not wait long for a client that says nothing
            answer = await opened[0].get(path, headers)
            assert answer.status == 200, answer.body[:500]
            size = len(answer.body)
            return await for_a_while(seconds, [partial(client.get, path, headers) for client in opened])

    with ExitStack() as stack:
        ceiling = stack.enter_context(Ceiling(settings, company.org_id, statements))
        alone = stack.enter_context(Ceiling(settings, company.org_id, statements, connections=1))
        select_1 = stack.enter_context(Ceiling(settings, None, [("select 1", None)]))
        await ask(1)
        for each in (ceiling, alone, select_1):
            await asyncio.to_thread(each.run, 0.5)
        for _ in range(rounds):  # in turns, so that what else the machine does falls on both
            page += await ask(seconds)
            ceiling_ += await asyncio.to_thread(ceiling.run, seconds)
            one += await asyncio.to_thread(select_1.run, seconds / 2)
        single += await asyncio.to_thread(alone.run, seconds / 2)
    return Page(
        size,
        len(statements),
        buffers(settings, company.org_id, statements),
        single.each * 1000,
        page,
        ceiling_,
        one,
    )


async def captured(settings: Settings, path: str, headers: str) -> list[tuple[str, Any]]:
    """The statements of the page with their parameters, as the page itself runs them: the second time, when what is
    remembered is remembered."""
    app = routes.create_app(settings)
    found: list[tuple[str, Any]] = []
    execute = Tx._execute

    async def noting(self: Tx, sql: str, params: Any) -> Any:
        found.append((sql, {"org": self.org, **(params or {})}))
        return await execute(self, sql, params)

    async with (
        app.app.lifespan(),
        httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=settings.url) as client,
    ):
        sent = dict(line.split(": ", 1) for line in headers.strip().split("\r\n"))
        (await client.get(path, headers=sent)).raise_for_status()
        Tx._execute = noting  # type: ignore[method-assign]
        try:
            (await client.get(path, headers=sent)).raise_for_status()
        finally:
            Tx._execute = execute  # type: ignore[method-assign]
    return found


def buffers(settings: Settings, org_id: int, statements: list[tuple[str, Any]]) -> int:
    """How many pages of the database the statements touch, in memory or not."""
    touched = 0
    with psycopg.connect(settings.app_url, autocommit=True) as connection:
        connection.execute("begin isolation level repeatable read")
        connection.execute(f"set local hubbub.org = '{org_id}'")  # type: ignore[call-overload]
        for sql, params in statements:
            if not sql.lstrip().lower().startswith(("select", "with")):
                continue
            row = connection.execute(f"explain (analyze, buffers, format json) {sql}", params).fetchone()  # type: ignore[arg-type]
            assert row
            plan = row[0][0]["Plan"]
            touched += plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
        connection.execute("rollback")
    return touched


async def _sign_in(settings: Settings, company: Company, name: str) -> str:
    client = await Client.connect(settings)
    try:
        return await sign_in(client, f"{name}@c{company.posts}.example", companies.PASSWORD)
    finally:
        client.close()


async def sign_in(client: Client, username: str, password: str) -> str:
    """Sign in by the form; tells the cookies of the session."""
    async with httpx.AsyncClient(base_url=f"http://{client.host}") as browser:
        await browser.get("/sign-in")
        answer = await browser.post(
            "/sign-in",
            data={"_csrf_token": browser.cookies["hubbub_csrf"], "username": username, "password": password},
        )
        assert answer.status_code == 303, answer.text[:500]
        return "; ".join(f"{name}={value}" for name, value in browser.cookies.items())


def _figures(pages: dict[tuple[str, str, str], Page], rows: dict[str, dict[str, int]]) -> Figures:
    largest = list(rows)[-1]

    def growth(measured: Callable[[str], tuple[Page, Page]]) -> float:
        """In multiples of `select 1`: minutes lie between the two, in which the machine may do more or less besides."""
        return round(max(after.times / before.times for before, after in map(measured, ("json", "html"))), 2)

    json, html = pages["json", largest, "few"], pages["html", largest, "few"]
    return {
        "world": rows,
        "follows": FOLLOWS,
        "json_ratio": round(json.ratio, 3),
        "html_ratio": round(html.ratio, 3),
        "growth_follows": growth(lambda kind: (pages[kind, largest, "few"], pages[kind, largest, "many"])),
        "statements": json.statements,
        "buffers": json.buffers,
        "sql_ms": round(json.sql_ms, 3),
        "json_bytes": json.bytes,
        "html_bytes": html.bytes,
        "json_times_select_1": json.figures["times_select_1"],
        "html_times_select_1": html.figures["times_select_1"],
        "pages": {
            f"{kind} {size} {FOLLOWS[name]}": page.figures for (kind, size, name), page in pages.items()
        },
    }
