"""Migrations: numbered SQL files, each applied once in its own transaction, then row-level security on every table."""

import hashlib
import importlib.resources
from pathlib import Path
from typing import LiteralString, cast

import psycopg
from psycopg import sql

from hubbub.core.db import Tx
from hubbub.core.errors import Refused

FOLDER = Path(__file__).parent.parent / "migrations"
LOCK = 7_305_801  # an arbitrary number: two processes never migrate at once

APP = "hubbub_app"  # every act runs as this role; row-level security binds it
RELAY = "hubbub_relay"  # reads events of all orgs, and nothing else

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


class NewerDatabase(Refused):
    code = "NEWER_DATABASE"


def files() -> list[tuple[int, Path]]:
    """The migrations in their order."""
    return sorted((int(path.name[:4]), path) for path in FOLDER.glob("[0-9][0-9][0-9][0-9]_*.sql"))


def migrate(owner_url: str, passwords: dict[str, str]) -> list[str]:
    """Bring the database up to date; tells the names of what was applied. `passwords` are those of the roles."""
    applied = []
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(%s)", [LOCK])
        connection.execute(
            """create table if not exists migration (
                 number int primary key, name text not null, sha256 text not null,
                 applied_at timestamptz not null default now())"""
        )
        done = dict(connection.execute("select number, sha256 from migration").fetchall())
        known = files()
        if done and max(done) > max(number for number, _ in known):
            raise NewerDatabase(
                message="The database was made by a newer version of Hubbub. Please use that version."
            )
        _roles(connection, passwords)
        for number, path in known:
            text = path.read_text()
            digest = hashlib.sha256(text.encode()).hexdigest()
            if number in done:
                if done[number] != digest:
                    raise Refused("CHANGED_MIGRATION", f"{path.name} was changed after it had been applied.")
                continue
            with connection.transaction():
                connection.execute(cast(LiteralString, text), prepare=False)
                connection.execute("insert into migration values (%s, %s, %s)", [number, path.name, digest])
            applied.append(path.name)
        _jobs(connection)
        if applied:
            _secure(connection)
        connection.execute("analyze migration")
    return applied


def _roles(connection: psycopg.Connection, passwords: dict[str, str]) -> None:
    for name in (APP, RELAY):
        role = connection.execute(
            "select rolsuper or rolbypassrls from pg_roles where rolname = %s", [name]
        ).fetchone()
        if role and role[0]:  # only a superuser could take these rights away again
            raise Refused("ROLE_TOO_STRONG", f"The role {name} of this database bypasses row-level security.")
        verb = sql.SQL("alter role {} login password {}" if role else "create role {} login password {}")
        connection.execute(verb.format(sql.Identifier(name), sql.Literal(passwords[name])))
    connection.execute(
        sql.SQL("grant usage on schema public to {}, {}").format(sql.Identifier(APP), sql.Identifier(RELAY))
    )


def _secure(connection: psycopg.Connection) -> None:
    """The second wall: a row of another org does not exist for the app's role, whatever a statement forgets."""
    tables = connection.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
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
        database = connection.info.dbname
        connection.execute(
            sql.SQL("alter role {} in database {} set search_path = public, jobs").format(
                app, sql.Identifier(database)
            )
        )


async def pending(tx: Tx) -> bool:
    """Whether this version knows migrations that the database has not."""
    return (await tx.value("select coalesce(max(number), 0) from migration")) < files()[-1][0]
