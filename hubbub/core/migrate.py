"""Migrations: numbered SQL files, each applied once in its own transaction, then row-level security on every table."""

import hashlib
import importlib.resources
from pathlib import Path
from typing import Any, LiteralString, cast

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from hubbub.core.config import Trouble
from hubbub.core.db import Tx

FOLDER = Path(__file__).parent.parent / "migrations"
LOCK = 7_305_801  # an arbitrary number: two processes never migrate at once

APP = "hubbub_app"  # every act runs as this role; row-level security binds it
RELAY = "hubbub_relay"  # reads events of all orgs, and nothing else
BACKUP = "hubbub_backup"  # reads everything of all orgs; made where the owner himself is bound by row-level security

# While it is there, the database is only partly restored.
UNFINISHED = "restore_unfinished"

# Read before anybody's org is known, or shared by all: keyed by a value of their own.
GLOBAL = frozenset(
    {
        "company_domain",
        "id_block",
        "login",
        "login_name",
        "login_org",
        "mail",
        "mail_link",
        "migration",
        "rate_limit",
    }
)

# Written by acts, and read by nobody but the database's owner.
SEALED = frozenset({"sealed_asker"})


def files() -> list[tuple[int, Path]]:
    """The migrations in their order."""
    return sorted((int(path.name[:4]), path) for path in FOLDER.glob("[0-9][0-9][0-9][0-9]_*.sql"))


NEWEST = files()[-1][0]  # of when this process started: a checkout may be updated below it


def digest(path: Path) -> str:
    """By which a migration is known to be the one that was applied."""
    return hashlib.sha256(path.read_text().encode()).hexdigest()


def check(owner_url: str) -> None:
    """Refuse a database that is not of this version: a command must not change it below a server that runs."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        _check_finished(connection)
        there = connection.execute("select to_regclass('public.migration')").fetchone() != (None,)
        done = {number for number, _, _ in applied(connection)} if there else set()
    _check_known(done)
    if {number for number, _ in files()} - done:
        raise Trouble(
            "The database is not of this version yet. Stop the servers that run on it, if any, then start Hubbub "
            "or run `bin/hubbub migrate`."
        )


def migrate(owner_url: str, passwords: dict[str, str]) -> list[str]:
    """Bring the database up to date; tells the names of what was applied. `passwords` are those of the roles."""
    applied = []
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(%s)", [LOCK])
        _check_finished(connection)
        connection.execute(
            """create table if not exists migration (
                 number int primary key, name text not null, sha256 text not null,
                 applied_at timestamptz not null default now())"""
        )
        done = dict(connection.execute("select number, sha256 from migration").fetchall())
        known = files()
        _check_known(set(done))
        make_roles(connection, {role: passwords[role] for role in (APP, RELAY)})
        for number, path in known:
            if number in done:
                if done[number] != digest(path):
                    raise Trouble(f"{path.name} was changed after it had been applied.")
                continue
            with connection.transaction():
                connection.execute(cast(LiteralString, path.read_text()), prepare=False)
                connection.execute(
                    "insert into migration values (%s, %s, %s)", [number, path.name, digest(path)]
                )
            applied.append(path.name)
        _jobs(connection)
        if applied or _unsecured(connection):
            _secure(connection)
        _settle_here(connection)
        relay_url = make_conninfo(owner_url, user=RELAY, password=passwords[RELAY])
        with psycopg.connect(
            relay_url, autocommit=True
        ) as relay:  # the owner may be bound by row-level security
            ahead = relay.execute(
                "select exists (select 1 from event where xid >= pg_snapshot_xmax(pg_current_snapshot()))"
            ).fetchone()
        if ahead == (True,):
            settle_events(connection)
        connection.execute("analyze migration")
    return applied


def _check_finished(connection: psycopg.Connection) -> None:
    if connection.execute("select to_regclass(%s)", [f"public.{UNFINISHED}"]).fetchone() != (None,):
        raise Trouble(
            "A restore into this database is under way or was broken off. If nothing restores into it any "
            "longer, empty the database and restore again."
        )


def _check_known(done: set[int]) -> None:
    if max(done, default=0) > max(number for number, _ in files()):
        raise Trouble("The database was made by a newer version of Hubbub. Please use that version.")


def settle_events(connection: psycopg.Connection) -> None:
    """Make all events past ones, after the database was loaded into a server that counts transactions anew: relays
    would tell of them until its count has passed theirs."""
    connection.execute(
        "alter table event alter column xid type xid8 using '3'::xid8"
    )  # before any transaction


# What text filters and searches compare with. Functions that are not marked keep row-level security off the indexes.
_MARKED = ("lower(text)", "textlike(text, text)", "ts_match_vq(tsvector, tsquery)")


def _settle_here(connection: psycopg.Connection) -> None:
    """What belongs to this database and to no dump of it: marks on built-in functions, and the app's search path."""
    unmarked = connection.execute(
        """select p.oid::regprocedure::text from pg_proc p
           where p.oid = any(%s::text[]::regprocedure[]::oid[]) and not p.proleakproof
             and (select rolsuper from pg_roles where rolname = current_user)""",
        [list(_MARKED)],
    ).fetchall()
    for (name,) in unmarked:
        connection.execute(cast(LiteralString, f"alter function {name} leakproof"))
    said = connection.execute(
        """select 1 from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase
           join pg_roles r on r.oid = s.setrole
           where d.datname = current_database() and r.rolname = %s and 'search_path=public, jobs' = any(s.setconfig)""",
        [APP],
    ).fetchone()
    if not said:
        connection.execute(
            sql.SQL("alter role {} in database {} set search_path = public, jobs").format(
                sql.Identifier(APP), sql.Identifier(connection.info.dbname)
            )
        )


def make_roles(connection: psycopg.Connection, passwords: dict[str, str]) -> None:
    """The roles under which Hubbub runs, with these passwords; none of them gets around row-level security."""
    for name in passwords:
        role = connection.execute(
            "select rolsuper or rolbypassrls from pg_roles where rolname = %s", [name]
        ).fetchone()
        if role and role[0]:  # only a superuser could take these rights away again
            raise Trouble(f"The role {name} of this database bypasses row-level security.")
        verb = sql.SQL("alter role {} login password {}" if role else "create role {} login password {}")
        connection.execute(verb.format(sql.Identifier(name), sql.Literal(passwords[name])))
        connection.execute(sql.SQL("grant usage on schema public to {}").format(sql.Identifier(name)))


def admit_backup(owner_url: str, password: str) -> None:
    """Let the role for backups read every row of every org, also of tables that are new since it last did."""
    role = sql.Identifier(BACKUP)
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("set lock_timeout = '10s'")  # whoever waits behind us does not wait for long
        make_roles(connection, {BACKUP: password})
        for schema in ("public", "jobs"):
            name = sql.Identifier(schema)
            connection.execute(sql.SQL("grant usage on schema {} to {}").format(name, role))
            connection.execute(sql.SQL("grant select on all tables in schema {} to {}").format(name, role))
            connection.execute(sql.SQL("grant select on all sequences in schema {} to {}").format(name, role))
        bound = connection.execute(
            """select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relrowsecurity
               and not exists (select 1 from pg_policy p where p.polrelid = c.oid and p.polname = 'backup')"""
        ).fetchall()
        for (table,) in bound:
            connection.execute(
                sql.SQL("create policy backup on {} for select to {} using (true)").format(
                    sql.Identifier(table), role
                )
            )


# A table that somebody else has made beside ours is his.
OURS = """c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and (c.relname = any(%(free)s) or exists (
    select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'org_id' and not a.attisdropped))"""


def _secure(connection: psycopg.Connection) -> None:
    """The second wall: a row of another org does not exist for the app's role, whatever a statement forgets."""
    tables = connection.execute(
        f"select c.relname from pg_class c where {OURS}", {"free": list(GLOBAL)}
    ).fetchall()
    with connection.transaction():
        for (name,) in tables:
            table = sql.Identifier(name)
            if name == "migration":
                connection.execute(sql.SQL("grant select on {} to {}").format(table, sql.Identifier(APP)))
                continue
            rights = "insert" if name in SEALED else "select, insert, update, delete"
            connection.execute(sql.SQL(f"grant {rights} on {{}} to {{}}").format(table, sql.Identifier(APP)))
            if name in GLOBAL:
                continue
            connection.execute(sql.SQL("alter table {} enable row level security").format(table))
            connection.execute(sql.SQL("alter table {} force row level security").format(table))
            connection.execute(sql.SQL("drop policy if exists own_org on {}").format(table))
            connection.execute(
                sql.SQL(
                    "create policy own_org on {} using (org_id = nullif(current_setting('hubbub.org', true), '')::int)"
                ).format(table)
            )
        relay = sql.Identifier(RELAY)
        connection.execute(sql.SQL("grant select on event to {}").format(relay))
        connection.execute("drop policy if exists relay on event")
        connection.execute(
            sql.SQL("create policy relay on event for select to {} using (true)").format(relay)
        )


def _unsecured(connection: psycopg.Connection) -> bool:
    """Whether a table lacks what `_secure` gives it: it failed, or was stopped, after the migrations had been committed."""
    found = connection.execute(
        f"""select 1 from pg_class c
           where {OURS} and (
             not has_table_privilege(%(app)s, c.oid, case when c.relname = any(%(sealed)s) then 'insert' else 'select' end)
             or (c.relname <> all(%(free)s) and not (c.relrowsecurity and c.relforcerowsecurity and exists (
                 select 1 from pg_policy p where p.polrelid = c.oid and p.polname = 'own_org')))
             or (c.relname = 'event' and not exists (
                 select 1 from pg_policy p where p.polrelid = c.oid and p.polname = 'relay')))
           limit 1""",
        {"app": APP, "sealed": list(SEALED), "free": list(GLOBAL)},
    ).fetchone()
    return found is not None


def _jobs(connection: psycopg.Connection) -> None:
    """procrastinate's own tables, in a schema of their own, without the triggers that notify inside our acts."""
    if connection.execute("select 1 from pg_namespace where nspname = 'jobs'").fetchone():
        return
    schema = importlib.resources.files("procrastinate.sql").joinpath("schema.sql").read_text()
    app = sql.Identifier(APP)
    with connection.transaction():
        connection.execute("create schema jobs")
        connection.execute("set local search_path = jobs")
        connection.execute(cast(LiteralString, schema), prepare=False)
        connection.execute(
            "drop trigger procrastinate_jobs_notify_queue_job_inserted_v1 on procrastinate_jobs"
        )
        connection.execute(sql.SQL("grant usage on schema jobs to {}").format(app))
        connection.execute(sql.SQL("grant all on all tables in schema jobs to {}").format(app))
        connection.execute(sql.SQL("grant all on all sequences in schema jobs to {}").format(app))


def applied(connection: psycopg.Connection[Any]) -> list[tuple[int, str, str]]:
    """The migrations that a database has had, in their order: number, name and digest."""
    return connection.execute("select number, name, sha256 from migration order by 1").fetchall()


async def pending(tx: Tx) -> bool:
    """Whether this version knows migrations that the database has not."""
    return (await tx.value("select coalesce(max(number), 0) from migration")) < NEWEST
