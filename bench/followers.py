"""A post on something that thousands follow against one on something that nobody follows: over HTTP in turns, with the worker
running, and the log that each of them writes."""

import asyncio
import json
import secrets
from contextlib import ExitStack
from datetime import date
from functools import partial
from typing import Any

import psycopg

from bench.ceiling import Ceiling
from bench.company import reserve
from bench.ground import CLIENTS, NONE, Client, Figures, Process, Rate, clients, for_a_while, owner
from hubbub import desk, objects, people
from hubbub.core import ids
from hubbub.core.config import Settings
from hubbub.core.db import Database
from hubbub.core.ids import Type

FOLLOWERS = 5_000
ROUNDS, SECONDS, COUNTED = 6, 2.0, 200
ELEMENTS = "/services/data/v62.0/chatter/feed-elements"


async def measure(settings: Settings, database: Database, followers: int = FOLLOWERS) -> Figures:
    """What a post costs by how many follow what it stands on; `ratio` is the one that many follow by the other."""
    org_id, tokens, deals = await _people(settings, database, followers)
    heads = [f"authorization: Bearer {token}\r\ncontent-type: application/json\r\n" for token in tokens]
    body = {name: _body(deal) for name, deal in deals.items()}

    async def one(client: Client, head: str, name: str) -> None:
        answer = await client.send("POST", ELEMENTS, head, body[name])
        assert answer.status == 201, answer.body[:500]

    async def ask(name: str) -> Rate:
        async with clients(settings) as opened:
            return await for_a_while(
                SECONDS, [partial(one, *each, name) for each in zip(opened, heads, strict=True)]
            )

    rates = {"followed": NONE, "alone": NONE, "bare": NONE}
    worker = Process(settings, "worker")
    worker.start()
    try:
        with owner(settings) as connection, ExitStack() as stack:
            connection.execute(
                "create table if not exists bare (id bigint generated always as identity primary key, body text)"
            )
            connection.execute(
                "grant insert on bare to hubbub_app; grant usage on all sequences in schema public to hubbub_app"
            )
            insert = [("insert into bare (body) values ('Number 1 is out')", None)]
            bare = stack.enter_context(Ceiling(settings, org_id, insert, read=False))
            await asyncio.to_thread(bare.run, 0.5)
            for name in deals:
                await ask(name)
            for number in range(ROUNDS):
                for name in ("followed", "alone") if number % 2 else ("alone", "followed"):
                    rates[name] += await ask(name)
                rates["bare"] += await asyncio.to_thread(bare.run, SECONDS)
            logged, notices = {}, {}
            client = await Client.connect(settings)
            for name in deals:
                await asyncio.sleep(2)  # what the jobs of the round before still write
                connection.execute("checkpoint")
                before = _written(connection, org_id)
                for _ in range(COUNTED):
                    await one(client, heads[0], name)
                await asyncio.sleep(2)
                logged[name], notices[name] = (
                    (now - then) for now, then in zip(_written(connection, org_id), before, strict=True)
                )
            client.close()
    finally:
        await asyncio.to_thread(worker.stop)
        with owner(settings) as connection:
            connection.execute(
                "drop table if exists bare"
            )  # a data folder that is kept is none of Hubbub's with it
    return {
        "followers": followers,
        "ratio": round(rates["followed"].each / rates["alone"].each, 2),
        "bytes_ratio": round(logged["followed"] / logged["alone"], 2),
        "followed_ms": round(rates["followed"].each * 1000, 2),
        "alone_ms": round(rates["alone"].each * 1000, 2),
        "bare_ms": round(rates["bare"].each * 1000, 2),
        "bytes_a_post": {name: round(each / COUNTED) for name, each in logged.items()},
        "notices_a_post": {name: each / COUNTED for name, each in notices.items()},
    }


def _written(connection: psycopg.Connection[Any], org_id: int) -> tuple[int, int]:
    """How much of the log is written, and how many notices there are."""
    row = connection.execute(
        "select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint, (select count(*) from notice where org_id = %s)",
        [org_id],
    ).fetchone()
    assert row
    return row


def _body(subject: int) -> bytes:
    segments = [{"type": "Text", "text": "The port opens on Monday"}]
    return json.dumps({"subjectId": ids.show(subject), "body": {"messageSegments": segments}}).encode()


async def _people(
    settings: Settings, database: Database, followers: int
) -> tuple[int, list[str], dict[str, int]]:
    """A company, its writers' tokens, and two deals that everybody sees: one is followed by all but the writers."""
    domain = f"followers{secrets.token_hex(4)}.example"  # a data folder that is kept may have such a company already
    org = await people.found_org(database, "Followers", domain, objects=objects.standard_objects())
    async with database.act(org.id) as tx:
        writers = [
            await people.add_user(
                tx, None,
                people.Newcomer(username=f"w{n}@{domain}", last_name=f"Writer {n}", permission_sets=(people.STANDARD,)),
            )
            for n in range(CLIENTS)
        ]  # fmt: skip
        actors = [await people.actor(tx, user, client="bench") for user in writers]
        tokens = [await people.issue_token(tx, actor) for actor in actors]
        values = {"StageName": "Prospecting", "CloseDate": date(2030, 1, 1)}
        deals = {
            name: (await desk.create_record(tx, actors[0], "Opportunity", {"Name": name, **values})).id
            for name in ("followed", "alone")
        }
    with owner(settings) as connection, connection.cursor() as cursor:
        first = reserve(connection, followers * 2)
        given = {"org": org.id, "count": followers, "user": ids.make(Type.USER, first),
                 "follow": ids.make(Type.SUBSCRIPTION, first + followers), "deals": list(deals.values()),
                 "followed": deals["followed"], "everyone": Type.EVERYONE << ids.NUMBER_BITS}  # fmt: skip
        cursor.execute(
            """insert into app_user (org_id, id, username, email, last_name, name)
               select %(org)s, %(user)s + n, 'f' || n || '@f.example', 'f@f.example', 'F' || n, 'F' || n
               from generate_series(0, %(count)s - 1) n""", given)  # fmt: skip
        cursor.execute(
            """insert into follow (org_id, follower_id, subject_id, id)
               select %(org)s, %(user)s + n, %(followed)s, %(follow)s + n
               from generate_series(0, %(count)s - 1) n""", given)  # fmt: skip
        cursor.execute(
            """insert into record_share (org_id, record_id, principal_id, level)
               select %(org)s, unnest(%(deals)s::bigint[]), %(everyone)s, 1 on conflict do nothing""", given)  # fmt: skip
        cursor.execute("analyze follow")
    return org.id, tokens, deals
