"""Companies of a stated size, written straight into the tables: people, private deals, posts, changes, comments, likes."""

from random import Random
from typing import Any

import msgspec
import psycopg
from psycopg.types.json import Jsonb

from hubbub import objects, people
from hubbub.core import ids
from hubbub.core.db import Database
from hubbub.core.ids import Type

PEOPLE, TEAMS, DEALS, ACCOUNTS = 2_000, 40, 20_000, 2_000
BODIES = 500
PASSWORD = "correct horse battery"


class Company(msgspec.Struct):
    """A generated company, and the people of it who are asked."""

    org_id: int
    posts: int
    actors: dict[str, people.Actor]
    tokens: dict[str, str]
    sizes: dict[str, int]


async def generate(
    database: Database, connection: psycopg.Connection[Any], posts: int, follows: dict[str, int]
) -> Company:
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
    first = reserve(connection, PEOPLE + DEALS + ACCOUNTS + posts * 8)
    at = {
        "org": org.id, "posts": posts, "people": PEOPLE, "deals": DEALS, "accounts": ACCOUNTS, "teams": TEAMS,
        "person": ids.make(Type.USER, first), "account": ids.make(Type.ACCOUNT, first + PEOPLE),
        "deal": ids.make(Type.OPPORTUNITY, first + PEOPLE + ACCOUNTS),
        "item": ids.make(Type.FEED_ITEM, first + PEOPLE + ACCOUNTS + DEALS),
        "comment": ids.make(Type.COMMENT, first + PEOPLE + ACCOUNTS + DEALS + posts),
        "like": ids.make(Type.LIKE, first + PEOPLE + ACCOUNTS + DEALS + posts * 4),
        "follow": ids.make(Type.SUBSCRIPTION, first + PEOPLE + ACCOUNTS + DEALS + posts * 7),
        "roles": teams, "standard": people.STANDARD, "stage": deal.field("StageName").id, "bodies": BODIES,
        "account_code": int(Type.ACCOUNT), "deal_code": int(Type.OPPORTUNITY),
        "close": deal.field("CloseDate").column, "amount": deal.field("Amount").column,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "set session_replication_role = replica; set synchronous_commit = off; set maintenance_work_mem = '512MB'"
        )
        indexes = _drop_indexes(cursor) if posts >= 100_000 else []
        cursor.execute("create temp table if not exists bodies (n int primary key, body jsonb)")
        cursor.execute("truncate bodies")
        cursor.executemany("insert into bodies values (%s, %s)", list(enumerate(_bodies(at["person"]))))
        for statement in _COMPANY:
            cursor.execute(statement.format(close=at["close"], amount=at["amount"]), at)  # type: ignore[arg-type]
        for name, count in follows.items():
            cursor.execute(_SHARES, at | {"viewer": named[name]})  # type: ignore[arg-type]
            number = list(follows).index(name) * 1000
            cursor.execute(
                _FOLLOWS, at | {"viewer": named[name], "count": count, "from": at["follow"] + number}
            )
        for statement in _FEED:
            cursor.execute(statement, at)  # type: ignore[arg-type]
        for statement in indexes:
            cursor.execute(statement)  # type: ignore[arg-type]
        cursor.execute("reset all")
        cursor.execute("vacuum analyze")
        cursor.execute("checkpoint")
        sizes = {}
        for table in (
            "feed_item",
            "feed_comment",
            "feed_like",
            "feed_change",
            "record",
            "app_user",
            "follow",
        ):
            cursor.execute(f"select count(*) from {table} where org_id = %(org)s", at)  # type: ignore[arg-type]
            sizes[table] = (cursor.fetchone() or (0,))[0]
    actors, tokens = {}, {}
    async with database.act(org.id) as tx:
        for name, user_id in named.items():
            actors[name] = await people.actor(tx, user_id, client="bench")
            tokens[name] = await people.issue_token(tx, actors[name])
    return Company(org.id, posts, actors, tokens, sizes)


def reserve(connection: psycopg.Connection[Any], count: int) -> int:
    """The first of that many numbers for ids, which nobody else gets."""
    row = connection.execute(
        "update id_block set next = next + %s where name = 'id' returning next - %s", [count, count]
    ).fetchone()
    assert row
    return row[0]


def _drop_indexes(cursor: psycopg.Cursor[Any]) -> list[str]:
    """The feed's indexes are made again at the end: that is several times quicker."""
    cursor.execute(
        """select i.indexname, i.indexdef from pg_indexes i where i.schemaname = 'public' and i.tablename like 'feed%'
           and not exists (select 1 from pg_constraint c where c.conname = i.indexname)"""
    )
    found = cursor.fetchall()
    for name, _ in found:
        cursor.execute(f"drop index {name}")  # type: ignore[arg-type]
    return [definition for _, definition in found]


def _bodies(first_person: int) -> list[Jsonb]:
    """Posts as people write them: from a few words to a few lines, some with a mention, a topic or a link."""
    random = Random(7)
    words = """the deal port gauge team customer asked about delivery we will call them tomorrow price quote is out thanks
        everybody great work on this one next step contract signed waiting for legal their budget moves to spring""".split()
    made = []
    for number in range(BODIES):
        text = " ".join(random.choice(words) for _ in range(random.choice([4, 8, 12, 20, 30, 45])))
        body: list[dict[str, Any]] = [{"type": "Text", "text": text}]
        if number % 10 == 0:
            person = ids.show(first_person + random.randrange(PEOPLE))
            body.append({"type": "Mention", "id": person, "name": "Somebody Else", "text": "@Somebody Else"})
        if number % 10 == 1:
            body.append({"type": "Hashtag", "tag": "tides", "text": "#tides"})
        if number % 10 == 2:
            body.append({"type": "Link", "url": "https://example.com/a", "text": "https://example.com/a"})
        made.append(Jsonb(body))
    return made


# People, accounts, and deals that only their owners, those above them and who they are shared with may see.
_COMPANY = [
    """insert into app_user (org_id, id, username, email, first_name, last_name, name, title, role_id)
       select %(org)s, %(person)s + n, 'p' || n || '@x.example', 'p' || n || '@x.example', 'Person', 'Number ' || n,
              'Person Number ' || n,
              'Account Executive', (%(roles)s::bigint[])[1 + n %% %(teams)s] from generate_series(0, %(people)s - 1) n""",
    """insert into permission_assignment (org_id, user_id, permission_set_id)
       select %(org)s, %(person)s + n, (select id from permission_set where org_id = %(org)s and name = %(standard)s)
       from generate_series(0, %(people)s - 1) n""",
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

# Who is asked was given some deals, and follows people, deals that he sees, and a few that he does not see any more.
_SHARES = """insert into record_share (org_id, record_id, principal_id, level)
   select %(org)s, %(deal)s + n * 100, %(viewer)s, 1 from generate_series(0, 179) n on conflict do nothing"""
_FOLLOWS = """insert into follow (org_id, follower_id, subject_id, id)
   select %(org)s, %(viewer)s, case when n %% 10 < 6 then %(person)s + (n * 37) %% %(people)s
                                    when n %% 10 < 9 then %(deal)s + ((n / 10 * 3 + n %% 10 - 6) %% 180) * 100
                                    else %(deal)s + 1 + n * 13 end, %(from)s + n
   from generate_series(0, %(count)s - 1) n"""

# Half of the items are posts on one's own profile, a fifth posts on deals, the rest changes of a deal's stage.
_FEED = [
    """insert into feed_item (org_id, id, parent_id, author_id, kind, body, field_ids, like_count, comment_count,
                              created_at, last_activity)
       select %(org)s, %(item)s + n, case when n %% 10 < 5 then author else deal end,
              case when n %% 10 < 5 then author else owner end,
              case when n %% 10 < 7 then 'TextPost' else 'TrackedChange' end,
              case when n %% 10 < 7 then b.body else '[]'::jsonb end, case when n %% 10 < 7 then null else array[%(stage)s] end,
              case when n %% 3 = 0 then 2 else 0 end, case when n %% 5 < 2 then 2 else 0 end, at,
              at + interval '2 hours' * (n %% 5 < 2)::int
       from (select n, %(person)s + (n::bigint * 7919) %% %(people)s as author, %(deal)s + d as deal,
                    %(person)s + d %% %(people)s as owner,
                    now() - interval '1 hour' - interval '365 days' * ((%(posts)s - n)::float / %(posts)s) as at
             from (select n, (n::bigint * 104729) %% %(deals)s as d from generate_series(0, %(posts)s - 1) n) x) y
       join (select n as number, body from bodies) b on b.number = n %% %(bodies)s order by n""",
    """insert into feed_entry (org_id, subject_id, item_id, via, created_at, last_activity)
       select org_id, parent_id, id, 'parent', created_at, last_activity from feed_item where org_id = %(org)s
       union all
       select org_id, author_id, id, 'author', created_at, last_activity from feed_item
       where org_id = %(org)s and author_id <> parent_id
       union all
       select org_id, %(person)s + id * 31 %% %(people)s, id, 'mention', created_at, created_at from feed_item
       where org_id = %(org)s and id %% 10 = 0 and %(person)s + id * 31 %% %(people)s not in (parent_id, author_id)""",
    """insert into feed_subject (org_id, id, bump, post_bump)
       select org_id, subject_id, date_trunc('minute', max(last_activity)) + interval '1 minute',
              date_trunc('minute', max(created_at)) + interval '1 minute'
       from feed_entry where org_id = %(org)s group by 1, 2""",
    """insert into feed_change (org_id, item_id, field_id, position, old_value, new_value)
       select org_id, id, %(stage)s, 0, '"Prospecting"', '"Qualification"' from feed_item
       where org_id = %(org)s and kind = 'TrackedChange'""",
    """insert into feed_comment (org_id, id, item_id, author_id, body, created_at)
       select %(org)s, %(comment)s + (i.id - %(item)s) * 2 + k, i.id, %(person)s + (i.id * 17 + k * 5) %% %(people)s,
              (select body from bodies where n = (i.id + k) %% %(bodies)s), i.created_at + interval '1 hour' * (k + 1)
       from feed_item i, generate_series(0, 1) k where i.org_id = %(org)s and i.comment_count > 0""",
    """insert into feed_like (org_id, target_id, user_id, id, created_at)
       select %(org)s, i.id, %(person)s + (i.id * 13 + k) %% %(people)s, %(like)s + (i.id - %(item)s) * 2 + k, i.created_at
       from feed_item i, generate_series(0, 1) k where i.org_id = %(org)s and i.like_count > 0""",
]
