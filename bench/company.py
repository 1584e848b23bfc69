"""Companies of a stated size, written straight into the tables: people, private deals, rich posts, runs of changes, three
comments a post, topics, questions, likes, and what those who are asked liked, bookmarked and read."""

from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any

import msgspec
import psycopg
from psycopg.types.json import Jsonb

from bench.ground import say
from hubbub import objects, people
from hubbub.core import ids
from hubbub.core.config import Settings
from hubbub.core.db import Database
from hubbub.core.ids import Type
from hubbub.feed.actions.bodies.light import read_light

PEOPLE, TEAMS, DEALS, ACCOUNTS, TOPICS = 2_000, 40, 20_000, 2_000, 200
BODIES = 500
PASSWORD = "correct horse battery"
WRITERS = 2  # how many processes of the database write items and comments at once
VERSION = 2  # of what is generated: a kept company of another one is not used


class Company(msgspec.Struct):
    """A generated company, the people of it who are asked, and what of it they look at."""

    org_id: int
    posts: int
    people: dict[str, int]
    sizes: dict[str, int]
    first: dict[str, int]
    stream: dict[str, int]
    tokens: dict[str, str] = {}

    @property
    def deal(self) -> int:
        """A deal that those who are asked see, with its share of the talk."""
        return self.first["deal"] + 100

    @property
    def person(self) -> int:
        return self.first["person"] + 37

    @property
    def topic(self) -> int:
        return self.first["topic"]


async def company_of(
    settings: Settings, database: Database, connection: psycopg.Connection[Any], posts: int, follows: dict[str, int]
) -> Company:  # fmt: skip
    """The company of that size: the one that this data folder kept, or a new one."""
    path = settings.data / f"company-{VERSION}-{posts}.json"
    if path.exists():
        company = msgspec.json.decode(path.read_bytes(), type=Company)
    else:
        company = await _generate(settings, database, connection, posts, follows)
        path.write_bytes(msgspec.json.encode(company))
    async with database.act(company.org_id) as tx:
        for name, user_id in company.people.items():
            actor = await people.actor(tx, user_id, client="bench")
            company.tokens[name] = await people.issue_token(tx, actor)
    return company


async def _generate(
    settings: Settings, database: Database, connection: psycopg.Connection[Any], posts: int, follows: dict[str, int]
) -> Company:  # fmt: skip
    """A company with that many items in its feeds, and for each of the names a person who follows that much."""
    org = await people.found_org(
        database, f"Company of {posts}", f"c{posts}.example", objects=objects.standard_objects()
    )
    async with database.act(org.id) as tx:
        top = await people.add_role(tx, None, "Chief Executive")
        leads = [await people.add_role(tx, None, f"Lead {n}", top) for n in range(TEAMS)]
        teams = [await people.add_role(tx, None, f"Team {n}", lead) for n, lead in enumerate(leads)]
        named = {
            name: await people.add_user(
                tx, None,
                people.Newcomer(
                    username=f"{name}@c{posts}.example", first_name=name.title(), last_name="Measured", title="Account Executive",
                    role_id=teams[0], permission_sets=(people.STANDARD,), password=PASSWORD,
                ),
            )
            for name in follows
        }  # fmt: skip
        catalog = await objects.catalog(tx)
    deal = catalog.object("Opportunity")
    counts = {
        "person": (Type.USER, PEOPLE), "account": (Type.ACCOUNT, ACCOUNTS), "deal": (Type.OPPORTUNITY, DEALS),
        "topic": (Type.TOPIC, TOPICS), "item": (Type.FEED_ITEM, posts), "comment": (Type.COMMENT, posts * 3),
        "like": (Type.LIKE, posts * 4), "follow": (Type.SUBSCRIPTION, 100_000), "stream": (Type.STREAM, 100),
        "grant": (Type(27), PEOPLE),
    }  # fmt: skip
    number = reserve(connection, sum(count for _, count in counts.values()))
    first: dict[str, int] = {}
    for name, (type, count) in counts.items():
        first[name] = ids.make(type, number)
        number += count
    at = first | {
        "org": org.id, "posts": posts, "people": PEOPLE, "deals": DEALS, "accounts": ACCOUNTS, "teams": TEAMS,
        "topics": TOPICS, "roles": teams, "standard": people.STANDARD, "stage": deal.field("StageName").id,
        "bodies": BODIES, "account_code": int(Type.ACCOUNT), "deal_code": int(Type.OPPORTUNITY),
        "named": list(named.values()), "mine_every": max(posts // 1000, 1),
    }  # fmt: skip
    columns = {"close": deal.field("CloseDate").column, "amount": deal.field("Amount").column}
    with connection.cursor() as cursor:
        cursor.execute(_QUICK)
        indexes = _drop_indexes(cursor) if posts >= 100_000 else []
        cursor.execute(
            "create table if not exists bench_body (number int primary key, post jsonb, comment jsonb)"
        )
        cursor.execute("truncate bench_body")
        cursor.executemany("insert into bench_body values (%s, %s, %s)", _bodies(first["person"]))
        for statement in _COMPANY:
            cursor.execute(statement.format(**columns), at)  # type: ignore[arg-type]
        streams = {}
        for number, (name, count) in enumerate(follows.items()):
            streams[name] = first["stream"] + number
            him = at | {
                "viewer": named[name],
                "count": count,
                "from": first["follow"] + number * 1000,
                "my_stream": streams[name],
            }
            for statement in (_SHARES, _FOLLOWS, *_STREAM):
                cursor.execute(statement, him)  # type: ignore[arg-type]
        for statement in _FEED:
            said = statement.strip().split("(")[0].removeprefix("insert into ").strip()
            say(f"writing {said}")
            _in_parts(settings, cursor, statement, at, posts)
        for name, user_id in named.items():
            for statement in _MINE:
                mine = at | {"viewer": user_id, "salt": list(named).index(name)}
                cursor.execute(statement, mine)  # type: ignore[arg-type]
        for statement in indexes:
            say(statement.removeprefix("create ")[:60].lower())
            cursor.execute(statement)  # type: ignore[arg-type]
        cursor.execute("reset all")
        cursor.execute("drop table bench_body")
        say("vacuum")
        cursor.execute("vacuum (analyze, parallel 2)")
        cursor.execute("checkpoint")
        sizes = {}
        for table in ("feed_item", "feed_comment", "feed_like", "feed_change", "feed_entry", "feed_mark", "record",
                      "app_user", "follow"):  # fmt: skip
            cursor.execute(f"select count(*) from {table} where org_id = %(org)s", at)  # type: ignore[arg-type]
            sizes[table] = (cursor.fetchone() or (0,))[0]
    return Company(org.id, posts, named, sizes, first, streams)


# For writing much at once; and a number below `most`, the same for the same `n` and `salt`, and else as if drawn.
_QUICK = """set session_replication_role = replica; set synchronous_commit = off; set maintenance_work_mem = '1GB';
    set work_mem = '256MB'; set max_parallel_maintenance_workers = 2;
    create or replace function pg_temp.pick(n bigint, salt bigint, most bigint) returns bigint language sql immutable as
      'select (hashint8extended(n, salt) & 9223372036854775807) % most'"""


def _in_parts(
    settings: Settings, cursor: psycopg.Cursor[Any], statement: str, at: dict[str, Any], posts: int
) -> None:
    """Run it for all items; a statement that says for which ones (`from_n`, `to_n`) in several processes at once."""
    if "%(from_n)s" not in statement:
        cursor.execute(statement, at)  # type: ignore[arg-type]
        return

    def write(part: int) -> None:
        bounds = {"from_n": posts * part // WRITERS, "to_n": posts * (part + 1) // WRITERS - 1}
        with psycopg.connect(settings.owner_url, autocommit=True) as connection:
            connection.execute(_QUICK)
            connection.execute(statement, at | bounds)  # type: ignore[arg-type]

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))


def reserve(connection: psycopg.Connection[Any], count: int) -> int:
    """The first of that many numbers for ids, which nobody else gets."""
    row = connection.execute(
        "update id_block set next = next + %s where name = 'id' returning next - %s", [count, count]
    ).fetchone()
    assert row
    return row[0]


def _drop_indexes(cursor: psycopg.Cursor[Any]) -> list[str]:
    """The feed's indexes are made again at the end, also the key of entries, which come in no order: that is several times
    quicker."""
    cursor.execute(
        """select i.indexname, i.indexdef from pg_indexes i where i.schemaname = 'public' and i.tablename like 'feed%'
           and not exists (select 1 from pg_constraint c where c.conname = i.indexname)"""
    )
    found = cursor.fetchall()
    for name, _ in found:
        cursor.execute(f"drop index {name}")  # type: ignore[arg-type]
    cursor.execute("alter table feed_entry drop constraint feed_entry_pkey")
    key = "alter table feed_entry add constraint feed_entry_pkey primary key (org_id, subject_id, item_id)"
    return [key, *(definition for _, definition in found)]


def _bodies(first_person: int) -> list[tuple[int, Jsonb, Jsonb]]:
    """Posts as people write them, from a few words to a page: some plain, most with bold words, links, lists, quotes or
    code, some with a mention or a topic; and comments of a line."""
    random = Random(7)
    words = """the deal port gauge team customer asked about delivery we will call them tomorrow price quote is out thanks
        everybody great work on this one next step contract signed waiting for legal their budget moves to spring""".split()

    def prose(count: int) -> str:
        return " ".join(random.choice(words) for _ in range(count))

    made = []
    for number in range(BODIES):
        shape = number % 8
        text = prose(random.choice([4, 8, 12, 20, 30]))
        if shape in (1, 2, 3, 4):
            text = f"**{prose(3)}** {text} *{prose(2)}* [{prose(2)}](https://example.com/{number})"
        if shape == 2:
            text += "\n\n" + "\n".join(f"- {prose(5)}" for _ in range(4))
        if shape == 3:
            text += f"\n\n> {prose(10)}\n\n{prose(15)}"
        if shape == 4:
            text += f"\n\n```\n{prose(6)}\n{prose(4)}\n```"
        body: list[dict[str, Any]] = read_light(text)
        if number % 10 == 0:
            person = ids.show(first_person + random.randrange(PEOPLE))
            body.append({"type": "Mention", "id": person, "name": "Somebody Else", "text": "@Somebody Else"})
        if number % 10 == 1:
            body.append({"type": "Hashtag", "tag": "tides", "text": "#tides"})
        comment = read_light(prose(random.choice([2, 4, 8, 14])) + (f" **{prose(2)}**" if shape == 5 else ""))
        made.append((number, Jsonb(body), Jsonb(comment)))
    return made


# People, accounts, topics, and deals that only their owners, those above them and who they are shared with may see.
_COMPANY = [
    """insert into app_user (org_id, id, username, email, first_name, last_name, name, title, role_id)
       select %(org)s, %(person)s + n, 'p' || n || '@x.example', 'p' || n || '@x.example', 'Person', 'Number ' || n,
              'Person Number ' || n,
              'Account Executive', (%(roles)s::bigint[])[1 + n %% %(teams)s] from generate_series(0, %(people)s - 1) n""",
    """insert into permission_assignment (org_id, id, user_id, permission_set_id)
       select %(org)s, %(grant)s + n, %(person)s + n,
              (select id from permission_set where org_id = %(org)s and name = %(standard)s)
       from generate_series(0, %(people)s - 1) n""",
    """insert into topic (org_id, id, name, key, made_by)
       select %(org)s, %(topic)s + n, 'Topic ' || n, 'topic ' || n, case when n %% 2 = 0 then %(person)s end
       from generate_series(0, %(topics)s - 1) n""",
    """insert into record (org_id, id, object, name, owner_id, created_by, modified_by)
       select %(org)s, %(account)s + n, %(account_code)s, 'Account ' || n, %(person)s + n %% %(people)s, %(person)s, %(person)s
       from generate_series(0, %(accounts)s - 1) n""",
    """insert into record (org_id, id, object, name, owner_id, parent_id, created_by, modified_by, t1, {amount}, {close})
       select %(org)s, %(deal)s + n, %(deal_code)s, 'Deal ' || n, %(person)s + n %% %(people)s, %(account)s + n %% %(accounts)s,
              %(person)s + n %% %(people)s, %(person)s + n %% %(people)s, 'Prospecting', n, now() + interval '30 days'
       from generate_series(0, %(deals)s - 1) n""",
    """insert into record_share (org_id, record_id, principal_id, level)
       select %(org)s, %(deal)s + n, %(person)s + (n * 7919 + k * 104729) %% %(people)s, 1
       from generate_series(0, %(deals)s - 1) n, generate_series(1, 2) k on conflict do nothing""",
]

# Who is asked was given some deals, and follows people, deals that he sees, topics, and a few deals that he does not see any
# more; a stream of his has twenty-five of these.
_SHARES = """insert into record_share (org_id, record_id, principal_id, level)
   select %(org)s, %(deal)s + n * 100, %(viewer)s, 1 from generate_series(0, 179) n on conflict do nothing"""
_FOLLOWS = """insert into follow (org_id, follower_id, subject_id, id)
   select %(org)s, %(viewer)s, case when n %% 10 < 6 then %(person)s + (n * 37) %% %(people)s
                                    when n %% 10 < 8 then %(deal)s + ((n / 10 * 2 + n %% 10 - 6) %% 180) * 100
                                    when n %% 10 < 9 then %(topic)s + n / 10 * 3
                                    else %(deal)s + 1 + n * 13 end, %(from)s + n
   from generate_series(0, %(count)s - 1) n"""
_STREAM = [
    "insert into stream (org_id, id, owner_id, name) values (%(org)s, %(my_stream)s, %(viewer)s, 'My stream')",
    """insert into stream_subject (org_id, stream_id, subject_id)
       select %(org)s, %(my_stream)s, subject_id from follow where org_id = %(org)s and follower_id = %(viewer)s
       order by id limit 25""",
]

# Of twenty items ten are posts on one's own profile, four are posts on deals, six are a run of changes of one deal's stage
# that nobody answered. Every twentieth post is a question. Item `n` has the id `item` + n, its comments 3n to 3n + 2.
_FEED = [
    """insert into feed_item (org_id, id, parent_id, author_id, kind, title, body, field_ids, like_count, comment_count,
                              created_at, last_activity, best_comment_id)
       select %(org)s, %(item)s + n, case when m < 10 then author else deal end, case when m < 10 then author else owner end,
              case when m >= 14 then 'TrackedChange' when asks then 'QuestionPost' else 'TextPost' end,
              case when asks then 'How do we deliver number ' || n / 7 || '?' end,
              case when m < 14 then b.post || jsonb_build_array(jsonb_build_object('type', 'Text',
                'text', ' order' || n / 5 || ' batch' || n %% 1000 || case when n %% 50 = 0 then ' harvest' else '' end))
              else '[]'::jsonb end,
              case when m >= 14 then array[%(stage)s] end,
              case when m < 14 and n %% 3 = 0 then 2 else 0 end, case when m < 14 then 3 else 0 end, at,
              case when m < 14 then at + interval '45 minutes' else at end,
              case when asks and n %% 2 = 0 then %(comment)s + n * 3 end
       from (select n, n %% 20 as m, n %% 20 in (3, 12) and n %% 60 < 20 as asks,
                    %(person)s + pg_temp.pick(n, 1, %(people)s) as author, %(deal)s + d as deal,
                    %(person)s + d %% %(people)s as owner,
                    now() - interval '1 hour' - interval '365 days' * ((%(posts)s - n)::float / %(posts)s) as at
             from (select n, pg_temp.pick(case when n %% 20 < 14 then n else n / 20 end, 2, %(deals)s) as d
                   from generate_series(%(from_n)s::bigint, %(to_n)s::bigint) n) x) y
       join bench_body b on b.number = n %% %(bodies)s order by n""",
    """insert into feed_comment (org_id, id, item_id, author_id, body, created_at)
       select %(org)s, %(comment)s + n * 3 + k, %(item)s + n,
              case when k = 2 and n %% greatest(%(mine_every)s, 20) = 0
                then (%(named)s::bigint[])[1 + (n / greatest(%(mine_every)s, 20)) %% cardinality(%(named)s::bigint[])]
                else %(person)s + (n * 17 + k * 5) %% %(people)s end,
              b.comment || jsonb_build_array(jsonb_build_object('type', 'Text', 'text', ' reply' || (n * 3 + k) / 50)),
              now() - interval '1 hour' - interval '365 days' * ((%(posts)s - n)::float / %(posts)s)
                + interval '15 minutes' * (k + 1)
       from generate_series(%(from_n)s::bigint, %(to_n)s::bigint) n, generate_series(0, 2) k, bench_body b
       where n %% 20 < 14 and b.number = (n + k * 7) %% %(bodies)s order by n, k""",
    """insert into feed_entry (org_id, subject_id, item_id, via, topic_name, question, created_at, last_activity)
       select org_id, parent_id, id, 'parent', null, kind = 'QuestionPost',
              created_at, last_activity from feed_item where org_id = %(org)s
       union all
       select org_id, author_id, id, 'author', null, kind = 'QuestionPost', created_at, last_activity from feed_item
       where org_id = %(org)s and author_id <> parent_id
       union all
       select org_id, %(topic)s + t, id, 'topic', 'Topic ' || t, kind = 'QuestionPost', created_at, last_activity
       from (select i.*, floor(%(topics)s * power(pg_temp.pick(id, 3, 1000) / 1000.0, 3))::int as t from feed_item i
             where org_id = %(org)s and kind <> 'TrackedChange' and (id - %(item)s) %% 20 in (1, 2)) tagged
       union all
       select org_id, %(person)s + pg_temp.pick(id, 4, %(people)s), id, 'mention', null, kind = 'QuestionPost',
              created_at, created_at from feed_item
       where org_id = %(org)s and (id - %(item)s) %% 10 = 0 and kind <> 'TrackedChange'
         and %(person)s + pg_temp.pick(id, 4, %(people)s) not in (parent_id, author_id)
       order by 3""",
    """insert into feed_subject (org_id, id, bump, post_bump)
       select org_id, subject_id, date_trunc('minute', max(last_activity)) + interval '1 minute',
              date_trunc('minute', max(created_at)) + interval '1 minute'
       from feed_entry where org_id = %(org)s group by 1, 2""",
    """insert into feed_change (org_id, item_id, field_id, position, old_value, new_value)
       select org_id, id, %(stage)s, 0, '"Prospecting"', '"Qualification"' from feed_item
       where org_id = %(org)s and kind = 'TrackedChange'""",
    """insert into feed_like (org_id, target_id, user_id, id, created_at)
       select %(org)s, i.id, %(person)s + (i.id * 13 + k) %% %(people)s, %(like)s + (i.id - %(item)s) * 4 + k, i.created_at
       from feed_item i, generate_series(0, 1) k where i.org_id = %(org)s and i.like_count > 0 order by i.id""",
    """insert into feed_mark (org_id, user_id, item_id, read_at)
       select %(org)s, %(person)s + (i.id * 41 + k * 7) %% %(people)s, i.id, i.created_at + interval '1 hour'
       from feed_item i, generate_series(0, 9) k
       where i.org_id = %(org)s and (k = 0 and i.id %% 4 = 0 or i.id > %(item)s + %(posts)s - 2000)""",
]

# What is the viewer's: he has been here for a year; a thousand likes and bookmarks of what may be old, and what he read of
# the newest ten thousand.
_MINE = [
    "update app_user set created_at = now() - interval '1 year' where org_id = %(org)s and id = %(viewer)s",
    """insert into feed_like (org_id, target_id, user_id, id, created_at)
       select %(org)s, %(item)s + n, %(viewer)s, %(like)s + n * 4 + 2 + %(salt)s, now()
       from generate_series(%(salt)s::bigint, %(posts)s - 1, %(mine_every)s) n where n %% 20 < 14""",
    """update feed_item set like_count = like_count + 1 where org_id = %(org)s and id in (
         select %(item)s + n from generate_series(%(salt)s::bigint, %(posts)s - 1, %(mine_every)s) n where n %% 20 < 14)""",
    """insert into feed_mark (org_id, user_id, item_id, bookmarked_at, read_at)
       select %(org)s, %(viewer)s, i.id, case when (i.id - %(item)s) %% %(mine_every)s = 0 then i.created_at end,
              case when i.id %% 10 < 4 then i.created_at + interval '2 hours' end
       from feed_item i where i.org_id = %(org)s and (i.id > %(item)s + %(posts)s - 10000 and i.id %% 10 < 4
         or (i.id - %(item)s) %% %(mine_every)s = 0)""",
    """insert into feed_entry (org_id, subject_id, item_id, via, created_at, last_activity)
       select org_id, %(viewer)s, id, 'mention', created_at, created_at from feed_item
       where org_id = %(org)s and (id - %(item)s) %% %(mine_every)s = 0 and kind <> 'TrackedChange' on conflict do nothing""",
    """insert into feed_subject (org_id, id, bump, post_bump)
       select org_id, subject_id, max(created_at) + interval '1 minute', max(created_at) + interval '1 minute'
       from feed_entry where org_id = %(org)s and subject_id = %(viewer)s group by 1, 2 on conflict do nothing""",
]
