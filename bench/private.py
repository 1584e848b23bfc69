"""A company in which all accounts and deals are private: a role tree of six levels, nested groups, rules, a million shares,
and talk on its records. Written straight into the tables; the same seed makes the same company."""

from typing import Any

import msgspec
import psycopg

from bench.company import reserve
from hubbub import objects, people
from hubbub.core import ids
from hubbub.core.db import Database
from hubbub.core.ids import Type

SEED = 11


class Size(msgspec.Struct, frozen=True):
    """How much of everything there is."""

    deals: int = 200_000
    accounts: int = 50_000
    users: int = 5_000
    guests: int = 50
    roles: tuple[int, ...] = (
        1,
        4,
        12,
        48,
        192,
        768,
    )  # level by level: a role of the fourth has a team of 100
    groups: int = 200
    queues: int = 10
    items: int = 150_000


class Estate(msgspec.Struct):
    """The generated company: its administrator, and the first id of each of its kinds."""

    org_id: int
    admin: people.Actor
    size: Size
    first: dict[str, int]
    rows: dict[str, int]

    def leads(self, level: int) -> int:
        """The person who has the first role of that level, counted from 1."""
        return self.first["user"] + sum(self.size.roles[: level - 1])


async def generate(database: Database, connection: psycopg.Connection[Any], size: Size) -> Estate:
    """A company of that size."""
    org = await people.found_org(database, "Estate", "estate.example", objects=objects.standard_objects())
    async with database.act(org.id) as tx:
        admin_id = await people.add_user(
            tx, None,
            people.Newcomer(username="admin@estate.example", last_name="Admin", permission_sets=(people.ADMINISTRATOR,)),
        )  # fmt: skip
        deal = (await objects.catalog(tx)).object("Opportunity")
        sets = dict(await tx.tuples("select name, id from permission_set where org_id = %(org)s"))
    counts = {
        "role": (Type.ROLE, sum(size.roles)), "user": (Type.USER, size.users), "guest": (Type.USER, size.guests),
        "group": (Type.GROUP, size.groups), "queue": (Type.QUEUE, size.queues), "member": (Type.GROUP_MEMBER, 100_000),
        "rule": (Type.RULE, 100), "account": (Type.ACCOUNT, size.accounts), "deal": (Type.OPPORTUNITY, size.deals),
        "item": (Type.FEED_ITEM, size.items),
    }  # fmt: skip
    number = reserve(connection, sum(count for _, count in counts.values()))
    first: dict[str, int] = {}
    for name, (type, count) in counts.items():
        first[name] = ids.make(type, number)
        number += count
    leaders = sum(size.roles[:-1])
    at: dict[str, Any] = {
        **first, "org": org.id, "deals": size.deals, "accounts": size.accounts, "users": size.users,
        "guests": size.guests, "groups": size.groups, "queues": size.queues, "items": size.items, "leaders": leaders,
        "leaves": size.roles[-1], "reps": size.users - leaders, "roles": sum(size.roles), "teams": size.roles[3],
        "first_team": sum(size.roles[:3]), "seed": SEED * 1000, "standard": sets[people.STANDARD],
        "outside": sets[people.GUEST], "below": Type.ROLE_AND_BELOW - Type.ROLE << ids.NUMBER_BITS,
        "everyone": Type.EVERYONE << ids.NUMBER_BITS, "account_code": int(Type.ACCOUNT), "deal_code": int(Type.OPPORTUNITY),
        "kind": deal.field("Type").id, "tree": _tree(size.roles),
    }  # fmt: skip
    column = {
        name.lower(): deal.field(name).column
        for name in ("StageName", "Amount", "CloseDate", "Type", "LeadSource", "IsClosed")
    }
    rows = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "set session_replication_role = replica; set synchronous_commit = off; set maintenance_work_mem = '512MB'; "
            "set work_mem = '256MB'"
        )
        cursor.execute(_PICK)
        indexes = _drop_indexes(cursor)
        for statement in _STATEMENTS:
            cursor.execute(_with(statement, column), at)  # type: ignore[arg-type]
        for statement in indexes:
            cursor.execute(statement)  # type: ignore[arg-type]
        cursor.execute("reset all")
        cursor.execute("vacuum analyze")
        cursor.execute("checkpoint")
        for table in ("record", "record_share", "app_user", "role", "app_group", "group_member", "sharing_rule",
                      "feed_item", "follow"):  # fmt: skip
            cursor.execute(f"select count(*) from {table} where org_id = %(org)s", at)  # type: ignore[arg-type]
            rows[table] = (cursor.fetchone() or (0,))[0]
    async with database.act(org.id) as tx:
        await people.raise_version(tx)
    async with database.act(org.id, read=True) as tx:
        admin = await people.actor(tx, admin_id, client="bench")
    return Estate(org.id, admin, size, first, rows)


def _tree(levels: tuple[int, ...]) -> list[int]:
    """For each role, level by level, the number of the role above it; -1 at the top."""
    above = [-1] * levels[0]
    for level in range(1, len(levels)):
        start, count = sum(levels[: level - 1]), levels[level - 1]
        above += [start + n * count // levels[level] for n in range(levels[level])]
    return above


def _with(statement: str, columns: dict[str, str]) -> str:
    for name, column in columns.items():
        statement = statement.replace("{" + name + "}", column)
    return statement


def _drop_indexes(cursor: psycopg.Cursor[Any]) -> list[str]:
    """What is made again at the end, which is several times quicker; tells how."""
    cursor.execute(
        """select i.indexname, i.indexdef from pg_indexes i where i.schemaname = 'public'
           and i.tablename in ('record', 'record_share', 'feed_item', 'feed_entry')
           and not exists (select 1 from pg_constraint c where c.conname = i.indexname)"""
    )
    found = cursor.fetchall()
    for name, _ in found:
        cursor.execute(f"drop index {name}")  # type: ignore[arg-type]
    return [definition for _, definition in found]


# A number below `most`, the same for the same `n` and `salt`, and else as if drawn.
_PICK = """create function pg_temp.pick(n bigint, salt bigint, most bigint) returns bigint language sql immutable as
           'select (hashint8extended(n, salt) & 9223372036854775807) % most'"""

# Those who lead have one role each; reps share the roles of the lowest level. Reps own everything.
_STATEMENTS = [
    """insert into object_default (org_id, object, access)
       values (%(org)s, %(account_code)s, 'Private'), (%(org)s, %(deal_code)s, 'Private')""",
    """insert into role (org_id, id, name, parent_id)
       select %(org)s, %(role)s + n - 1, 'Role ' || n, case when above >= 0 then %(role)s + above end
       from unnest(%(tree)s::int[]) with ordinality t(above, n)""",
    """insert into role_closure (org_id, ancestor, role_id, depth)
       with recursive up(ancestor, role_id, depth) as (
         select id, id, 0 from role where org_id = %(org)s
         union all select r.parent_id, u.role_id, u.depth + 1 from up u
           join role r on r.org_id = %(org)s and r.id = u.ancestor and r.parent_id is not null)
       select %(org)s, ancestor, role_id, depth from up""",
    """insert into app_user (org_id, id, username, email, first_name, last_name, name, title, role_id)
       select %(org)s, %(user)s + n, 'p' || n || '@e.example', 'p' || n || '@e.example', 'Person', 'No. ' || n,
              'Person No. ' || n, 'Account Executive',
              %(role)s + case when n < %(leaders)s then n else %(leaders)s + (n - %(leaders)s) %% %(leaves)s end
       from generate_series(0, %(users)s - 1) n""",
    """insert into app_user (org_id, id, username, email, first_name, last_name, name, guest)
       select %(org)s, %(guest)s + n, 'g' || n || '@e.example', 'g' || n || '@e.example', 'Guest', 'No. ' || n,
              'Guest No. ' || n, true from generate_series(0, %(guests)s - 1) n""",
    """insert into permission_assignment (org_id, id, user_id, permission_set_id)
       select %(org)s, (26::bigint << 48) + id, id, case when guest then %(outside)s else %(standard)s end from app_user
       where org_id = %(org)s and (id >= %(user)s and id < %(user)s + %(users)s or id >= %(guest)s and guest)""",
    """insert into app_group (org_id, id, kind, name, hierarchy)
       select %(org)s, %(group)s + n, 'group', 'Group ' || n, n %% 10 <> 9 from generate_series(0, %(groups)s - 1) n
       union all select %(org)s, %(queue)s + n, 'queue', 'Queue ' || n, true from generate_series(0, %(queues)s - 1) n""",
    # Groups and queues have reps; every fourth group a team (a role and those below); a third is nested in another.
    """insert into group_member (org_id, group_id, member_id, id)
       select %(org)s, g, member, %(member)s + row_number() over () from (
         select distinct %(group)s + n as g, %(user)s + %(leaders)s + pg_temp.pick(n * 100 + k, %(seed)s + 1, %(reps)s) as member
         from generate_series(0, %(groups)s - 1) n, generate_series(0, 39) k
         union select distinct %(queue)s + n, %(user)s + %(leaders)s + pg_temp.pick(n * 100 + k, %(seed)s + 2, %(reps)s)
         from generate_series(0, %(queues)s - 1) n, generate_series(0, 19) k
         union select %(group)s + n, %(role)s + %(below)s + %(first_team)s + pg_temp.pick(n, %(seed)s + 3, %(teams)s)
         from generate_series(0, %(groups)s - 1, 4) n
         union select %(group)s + n / 3, %(group)s + %(groups)s / 2 + n from generate_series(0, %(groups)s / 3) n) m""",
    """insert into sharing_rule (org_id, id, object, name, kind, source_id, target_id, level, filled_at)
       select %(org)s, %(rule)s + n, %(deal_code)s, 'Rule ' || n, 'owner', %(role)s + %(below)s + %(first_team)s + n,
              %(group)s + n * 3, 1, now() from generate_series(0, 19) n""",
    """insert into sharing_rule (org_id, id, object, name, kind, target_id, level, criteria, filled_at)
       select %(org)s, %(rule)s + 20, %(deal_code)s, 'Existing', 'criteria', %(group)s + 5, 1,
              jsonb_build_array(jsonb_build_object('field', %(kind)s::text, 'operator', 'equals', 'value', 'Existing')), now()""",
    """insert into record (org_id, id, object, name, owner_id, created_by, modified_by, modified_at)
       select %(org)s, %(account)s + n, %(account_code)s, 'Account ' || n, o, o, o,
              now() - interval '1 second' * pg_temp.pick(n, %(seed)s + 4, 60000000)
       from (select n, %(user)s + %(leaders)s + pg_temp.pick(n, %(seed)s + 5, %(reps)s) as o
             from generate_series(0, %(accounts)s - 1) n) x""",
    """insert into record (org_id, id, object, name, owner_id, parent_id, created_by, modified_by, modified_at,
                           {stagename}, {amount}, {closedate}, {type}, {leadsource}, {isclosed})
       select %(org)s, %(deal)s + n, %(deal_code)s, 'Deal ' || n, o, %(account)s + pg_temp.pick(n, %(seed)s + 6, %(accounts)s),
              o, o, now() - interval '1 second' * pg_temp.pick(n, %(seed)s + 7, 60000000),
              'Stage ' || pg_temp.pick(n, %(seed)s + 8, 10), pg_temp.pick(n, %(seed)s + 9, 100000),
              date_trunc('day', now(), 'UTC') + interval '1 day' * (pg_temp.pick(n, %(seed)s + 10, 1000) - 500),
              case when n %% 7 = 0 then 'Existing' else 'New' end, case when n %% 4 = 0 then 'Partner' else 'Web' end,
              n %% 2
       from (select n, %(user)s + %(leaders)s + pg_temp.pick(n, %(seed)s + 11, %(reps)s) as o
             from generate_series(0, %(deals)s - 1) n) x""",
    # Five shares a deal: to people, groups, roles, roles and those below, queues, everyone, and the rule by criteria.
    """insert into record_share (org_id, record_id, principal_id, level, cause)
       select %(org)s, record, principal, case when record %% 4 = 0 then 2 else 1 end, cause from (
         select %(deal)s + n as record, 'manual' as cause,
                %(user)s + %(leaders)s + pg_temp.pick(n * 10 + k, %(seed)s + 12, %(reps)s) as principal
         from generate_series(0, %(deals)s - 1) n, generate_series(1, 2 + n %% 2) k
         union all select %(deal)s + n, 'manual', %(group)s + pg_temp.pick(n * 10 + k, %(seed)s + 13, %(groups)s)
         from generate_series(0, %(deals)s - 1) n, generate_series(1, 1 + n %% 2) k
         union all select %(deal)s + n, 'manual', %(role)s + pg_temp.pick(n, %(seed)s + 14, %(roles)s)
         from generate_series(0, %(deals)s - 1, 2) n
         union all select %(deal)s + n, 'manual',
                %(role)s + %(below)s + %(first_team)s + pg_temp.pick(n, %(seed)s + 15, %(roles)s - %(first_team)s)
         from generate_series(0, %(deals)s - 1, 3) n
         union all select %(deal)s + n, 'manual', %(queue)s + pg_temp.pick(n, %(seed)s + 16, %(queues)s)
         from generate_series(0, %(deals)s - 1, 50) n
         union all select %(deal)s + n, 'manual', %(everyone)s from generate_series(0, %(deals)s - 1, 100) n
         union all select %(deal)s + n, 'rule', %(rule)s + 20 from generate_series(0, %(deals)s - 1, 7) n
         union all select %(account)s + n, 'manual', %(user)s + %(leaders)s + pg_temp.pick(n, %(seed)s + 17, %(reps)s)
         from generate_series(0, %(accounts)s - 1) n
         union all select %(account)s + n, 'manual', %(group)s + pg_temp.pick(n, %(seed)s + 18, %(groups)s)
         from generate_series(0, %(accounts)s - 1, 2) n
         union all select %(deal)s + g * 1000 + k * 10, 'manual', %(guest)s + g
         from generate_series(0, %(guests)s - 1) g, generate_series(0, 2) k) s
       on conflict do nothing""",
    # Two thirds of the items are posts on deals by who owns them, the rest stands on one's own profile.
    """insert into feed_item (org_id, id, parent_id, author_id, kind, body, created_at, last_activity)
       select %(org)s, %(item)s + i.n, case when i.n %% 3 = 2 then i.person else d.id end,
              case when i.n %% 3 = 2 then i.person else d.owner_id end, 'TextPost',
              jsonb_build_array(jsonb_build_object('type', 'Text', 'text', 'What happened, number ' || i.n)), i.at, i.at
       from (select n, %(user)s + %(leaders)s + pg_temp.pick(n, %(seed)s + 19, %(reps)s) as person,
                    %(deal)s + pg_temp.pick(n, %(seed)s + 20, %(deals)s / 5) * 5 as deal,
                    now() - interval '365 days' * ((%(items)s - n)::float / %(items)s) as at
             from generate_series(0, %(items)s - 1) n) i
       join record d on d.org_id = %(org)s and d.id = i.deal""",
    """insert into feed_entry (org_id, subject_id, item_id, via, created_at, last_activity)
       select org_id, parent_id, id, 'parent', created_at, last_activity from feed_item where org_id = %(org)s
       union all select org_id, author_id, id, 'author', created_at, last_activity from feed_item
       where org_id = %(org)s and author_id <> parent_id""",
    """insert into feed_subject (org_id, id, bump, post_bump)
       select org_id, subject_id, date_trunc('minute', max(last_activity)) + interval '1 minute',
              date_trunc('minute', max(created_at)) + interval '1 minute'
       from feed_entry where org_id = %(org)s group by 1, 2""",
]
