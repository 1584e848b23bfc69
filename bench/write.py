"""`write`: posts and comments over HTTP against a bare insert with its commit, and from the commit to 500 open pages."""

import asyncio
import itertools
import json
import secrets
import time
from contextlib import ExitStack
from datetime import timedelta
from functools import partial

from bench.ceiling import Ceiling
from bench.ground import (
    CLIENTS,
    NONE,
    Client,
    Figures,
    Line,
    Rate,
    acts,
    clients,
    data_folder,
    database,
    for_a_while,
    owner,
    percentile,
    say,
    server,
)
from hubbub import objects, people
from hubbub.core import events, ids
from hubbub.core.config import Settings
from hubbub.core.db import Database
from hubbub.core.http import hash_secret, new_secret
from hubbub.core.ids import Type

ELEMENTS = "/services/data/v62.0/chatter/feed-elements"
SOCKETS = 500
ROUNDS, SECONDS = 3, 3.0
ACTS = 40  # that the sockets are told of, one after the other


class People:
    """A company whose people all follow one of them."""

    def __init__(self, org_id: int, writers: list[str], author: str, cookies: list[str], cursor: str) -> None:
        self.org_id = org_id
        self.writers = writers
        self.author = author
        self.cookies = cookies
        self.cursor = cursor


async def measure(
    rounds: int = ROUNDS, seconds: float = SECONDS, sockets: int = SOCKETS, acts_: int = ACTS
) -> Figures:
    """The figures named write in the contract."""
    with data_folder() as settings, database(settings):
        async with server(settings), acts(settings) as opened:
            company = await _people(settings, opened, sockets)
            with owner(settings) as connection:
                connection.execute(
                    "create table bare (id bigint generated always as identity primary key, body text not null)"
                )
                connection.execute(
                    "grant insert on bare to hubbub_app; grant usage on all sequences in schema public to hubbub_app"
                )
            say("posts, comments and bare inserts in turns")
            rates = await _rates(settings, company, rounds, seconds)
            say(f"{acts_} posts, each told to {sockets} sockets")
            told = await _sockets(settings, company, sockets, acts_)
    bare = rates["bare"]
    return {
        "world": {"people": sockets + CLIENTS, "clients": CLIENTS, "sockets": sockets},
        "post_ratio": round(bare.each / rates["post"].each, 3),
        "comment_ratio": round(bare.each / rates["comment"].each, 3),
        "comment_on_one_item_ratio": round(bare.each / rates["one item"].each, 3),
        "post_ms": round(rates["post"].each * 1000, 3),
        "comment_ms": round(rates["comment"].each * 1000, 3),
        "bare_ms": round(bare.each * 1000, 3),
        **told,
    }


async def sockets(settings: Settings, database: Database, count: int, acts_: int = ACTS) -> Figures:
    """From the commit of a post to that many open pages, in a company of its own."""
    return await _sockets(settings, await _people(settings, database, count), count, acts_)


async def _people(settings: Settings, database: Database, count: int) -> People:
    unique = secrets.token_hex(4)  # a data folder that is kept may have such a company already
    domain = f"writers{unique}.example"
    org = await people.found_org(database, "Writers", domain, objects=objects.standard_objects())
    async with database.act(org.id) as tx:
        writers = [
            await people.add_user(
                tx, None, people.Newcomer(username=f"w{n}@{domain}", last_name=f"Writer {n}")
            )
            for n in range(CLIENTS)
        ]
        tokens = [
            await people.issue_token(tx, await people.actor(tx, user, client="bench")) for user in writers
        ]
    sessions = [f"{org.id}.{new_secret()}" for _ in range(count)]
    with owner(settings) as connection:
        row = connection.execute(
            "update id_block set next = next + %s where name = 'id' returning next - %s", [count * 3] * 2
        ).fetchone()
        assert row
        with connection.cursor() as cursor:
            cursor.execute(
                """insert into app_user (org_id, id, username, email, last_name, name)
                   select %(org)s, %(user)s + n, 'r' || n || '@writers.example', 'r@writers.example',
                          'Reader ' || n, 'Reader ' || n
                   from generate_series(0, %(count)s - 1) n""",
                {"org": org.id, "user": ids.make(Type.USER, row[0]), "count": count},
            )
            cursor.execute(
                """insert into follow (org_id, follower_id, subject_id, id)
                   select %(org)s, %(user)s + n, %(author)s, %(id)s + n from generate_series(0, %(count)s - 1) n""",
                {"org": org.id, "user": ids.make(Type.USER, row[0]), "author": writers[0],
                 "id": ids.make(Type.SUBSCRIPTION, row[0] + count), "count": count},
            )  # fmt: skip
            cursor.executemany(
                """insert into session (org_id, id, token_hash, user_id, expires_at)
                   values (%(org)s, %(id)s, %(hash)s, %(user)s, now() + %(idle)s)""",
                [
                    {"org": org.id, "id": ids.make(Type.SESSION, row[0] + 2 * count + n), "hash": hash_secret(secret),
                     "user": ids.make(Type.USER, row[0] + n), "idle": timedelta(hours=1)}
                    for n, secret in enumerate(sessions)
                ],
            )  # fmt: skip
    async with database.act(org.id, read=True) as tx:
        cursor_ = await events.cursor(tx)
    return People(org.id, tokens, tokens[0], [f"hubbub_session={secret}" for secret in sessions], cursor_)


def _post(number: int) -> bytes:
    return json.dumps(
        {
            "subjectId": "me",
            "body": {"messageSegments": [{"type": "Text", "text": f"Number {number} is out"}]},
        }
    ).encode()


async def _rates(settings: Settings, company: People, rounds: int, seconds: float) -> dict[str, Rate]:
    numbers = itertools.count()
    heads = [
        f"authorization: Bearer {token}\r\ncontent-type: application/json\r\n" for token in company.writers
    ]
    async with clients(settings) as opened:
        first = [
            await client.send("POST", ELEMENTS, head, _post(0))
            for client, head in zip(opened, heads, strict=True)
        ]
    own = [f"{ELEMENTS}/{json.loads(answer.body)['id']}/capabilities/comments/items" for answer in first]

    async def ask(paths: list[str]) -> Rate:
        async with clients(settings) as opened:

            async def one(client: Client, head: str, path: str) -> None:
                answer = await client.send("POST", path, head, _post(next(numbers)))
                assert answer.status == 201, answer.body[:500]

            return await for_a_while(
                seconds, [partial(one, *each) for each in zip(opened, heads, paths, strict=True)]
            )

    found = {"post": NONE, "comment": NONE, "one item": NONE, "bare": NONE}
    with ExitStack() as stack:
        bare = stack.enter_context(
            Ceiling(
                settings,
                company.org_id,
                [("insert into bare (body) values ('Number 1 is out')", None)],
                read=False,
            )
        )
        await asyncio.to_thread(bare.run, 0.5)
        await ask([ELEMENTS] * CLIENTS)
        for _ in range(rounds):
            found["post"] += await ask([ELEMENTS] * CLIENTS)
            found["comment"] += await ask(own)
            found["one item"] += await ask(own[:1] * CLIENTS)
            found["bare"] += await asyncio.to_thread(bare.run, seconds)
    return found


async def _sockets(settings: Settings, company: People, count: int, acts_: int) -> Figures:
    loop = asyncio.get_running_loop()
    arrived: list[float] = []
    ready = 0
    enough = asyncio.Event()

    def heard(line: Line, frame: bytes) -> None:
        nonlocal ready
        now = time.perf_counter()
        if b"feed.item.created" in frame:
            arrived.append(now)
            if len(arrived) == count:
                enough.set()
        elif b'"type"' in frame:  # ready
            ready += 1
            if ready == count:
                enough.set()
        else:  # a pong
            pongs.append(now)
            enough.set()

    pongs: list[float] = []
    host = f"127.0.0.1:{settings.port}"
    lines: list[Line] = []
    for cookie in company.cookies:
        line = Line("/live", host, cookie, heard)
        await loop.create_connection(lambda line=line: line, "127.0.0.1", settings.port)
        await line.open
        line.send(json.dumps({"topics": ["news"], "cursor": company.cursor}).encode())
        lines.append(line)
    await asyncio.wait_for(enough.wait(), 60)
    # What was written before they listened is told first.
    await asyncio.sleep(1)
    waits: list[float] = []
    trips: list[float] = []
    client = await Client.connect(settings)
    head = f"authorization: Bearer {company.author}\r\ncontent-type: application/json\r\n"
    for number in range(acts_):
        arrived.clear()
        enough.clear()
        answer = await client.send("POST", ELEMENTS, head, _post(number))
        committed = time.perf_counter()  # the answer leaves when the commit is done
        assert answer.status == 201
        await asyncio.wait_for(enough.wait(), 30)
        waits += [max(at - committed, 0.0) for at in arrived]
        await asyncio.sleep(0.05)
        pongs.clear()
        enough.clear()
        sent = time.perf_counter()
        lines[number % count].send(b"", opcode=9)
        await asyncio.wait_for(enough.wait(), 30)
        trips.append(pongs[0] - sent)
    client.close()
    for line in lines:
        assert line.transport
        line.transport.close()
    trip = percentile(trips, 0.5)
    p50, p99 = percentile(waits, 0.5), percentile(waits, 0.99)
    return {
        "told": len(waits),
        "round_trip_ms": round(trip * 1000, 3),
        "commit_to_socket_p50_ms": round(p50 * 1000, 2),
        "commit_to_socket_p99_ms": round(p99 * 1000, 2),
        "commit_to_socket_p50": round(p50 / trip, 1),
        "commit_to_socket_p99": round(p99 / trip, 1),
    }
