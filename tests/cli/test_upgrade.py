"""A company that an older Hubbub has written goes on in this one."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psycopg
import pytest
from psycopg import sql

from hubbub.core import config, embedded, ids, migrate
from hubbub.core.config import Settings
from tests.cli.test_commands import free_port, server

OLD = (6, 17)  # the last migration of the versions whose data stands beside this file
DATA = Path(__file__).with_name("upgrade")
# What people have written, and who they are: no migration may change what they read.
KEPT = ("org", "app_user", "role", "login", "login_name", "login_org", "record", "record_share", "field_history",
        "follow", "topic", "feed_item", "feed_comment", "feed_like", "feed_change", "event")  # fmt: skip
PEOPLE = (
    "ada@tidewater.example",
    "omar@tidewater.example",
    "nina@tidewater.example",
    "gus@harbourlight.example",
)
PAGES = 30  # of each person


def write_old(connection: psycopg.Connection, settings: Settings, old: int) -> None:
    """What an old version left: its migrations, and its data."""
    roles = {role: settings.secrets.database_password(role) for role in (migrate.APP, migrate.RELAY)}
    migrate.make_roles(connection, roles)
    connection.execute(
        """create table migration (
             number int primary key, name text not null, sha256 text not null,
             applied_at timestamptz not null default now())"""
    )
    for number, path in [each for each in migrate.files() if each[0] <= old]:
        connection.execute(path.read_bytes(), prepare=False)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        connection.execute("insert into migration values (%s, %s, %s)", [number, path.name, digest])
    migrate._jobs(connection)
    migrate._secure(connection)
    connection.execute("delete from id_block")
    connection.execute("set session_replication_role = replica")  # tables come in no order
    connection.execute((DATA / f"{old:04}.sql").read_bytes(), prepare=False)


def kept(connection: psycopg.Connection, columns: dict[str, list[str]]) -> dict[str, tuple[int, str]]:
    """A hash of the rows of each table, by the columns that the old version had."""
    found = {}
    for table, names in columns.items():
        row = connection.execute(
            sql.SQL(
                "select count(*), md5(string_agg(md5(t::text), '' order by t::text)) from (select {} from {}) t"
            ).format(sql.SQL(", ").join(map(sql.Identifier, names)), sql.Identifier(table))
        ).fetchone()
        assert row
        found[table] = row
    return found


@contextmanager
def owner(settings: Settings) -> Iterator[psycopg.Connection]:
    with embedded.running(settings), psycopg.connect(settings.owner_url, autocommit=True) as connection:
        yield connection


def walk(url: str, username: str, deals: list[int]) -> tuple[dict[str, int], list[int]]:
    """The pages that somebody reaches from his home page, and how they answer; and how each deal's page does."""
    with httpx.Client(base_url=url, timeout=60) as browser:
        token = browser.get("/sign-in").text.split('name="_csrf_token" value="')[1].split('"')[0]
        answer = browser.post("/sign-in/demo", data={"username": username, "_csrf_token": token})
        assert answer.status_code == 303, answer.text[:300]
        found: dict[str, int] = {}
        ahead = ["/"]
        while ahead and len(found) < PAGES:
            path = ahead.pop(0)
            answer = browser.get(path, follow_redirects=True)
            found[path] = answer.status_code
            for link in re.findall(r'href="(/[^"#]*)"', answer.text):
                link = link.replace("&amp;", "&")
                if link not in found and link not in ahead and not link.startswith(("/assets/", "/sign-out")):
                    ahead.append(link)
        return found, [browser.get(f"/r/{ids.show(deal)}").status_code for deal in deals]


@pytest.mark.parametrize("old", OLD)
def test_a_company_of_an_older_version_goes_on(tmp_path: Path, old: int) -> None:
    data, port = tmp_path / "data", free_port()
    settings = config.load(data)
    with owner(settings) as connection:
        write_old(connection, settings, old)
        columns = {
            table: [
                name
                for (name,) in connection.execute(
                    """select column_name from information_schema.columns
                       where table_schema = 'public' and table_name = %s and column_name <> 'xid' order by 1""",
                    [table],
                )
            ]
            for table in KEPT
        }
        before = kept(connection, columns)
        last = connection.execute("select max(id) from event").fetchone()
        assert before["feed_item"][0] > 20 and before["record"][0] > 10
        deals = [
            id
            for (id,) in connection.execute("select id from record where deleted_at is null order by id")
            if id >> 48 == ids.Type.OPPORTUNITY
        ][:8]

    with server("up", data=data, port=port):  # not built anew: it is complete
        url = f"http://127.0.0.1:{port}"
        pages: dict[str, dict[str, int]] = {}
        seen: dict[str, list[int]] = {}
        for username in PEOPLE:
            pages[username], seen[username] = walk(url, username, deals)
    for username, found in pages.items():
        assert set(found.values()) == {200}, (username, found)
    assert all(len(found) >= 5 for found in pages.values()), pages
    assert 200 in seen["omar@tidewater.example"] and 404 in seen["nina@tidewater.example"]
    assert set().union(*seen.values()) <= {200, 404}

    with owner(settings) as connection:
        assert connection.execute("select max(number) from migration").fetchone() == (migrate.files()[-1][0],)
        connection.execute("delete from event where id > %s", last)  # who looked in has left his own
        assert kept(connection, columns) == before
        # The old server had counted further than this one: its events are past all the same.
        assert connection.execute(
            "select count(*) from event where xid >= pg_snapshot_xmax(pg_current_snapshot())"
        ).fetchone() == (0,)


def test_what_was_not_secured_is_at_the_next_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Migrations are committed one by one; the program may end before the tables have their second wall."""
    settings = config.load(tmp_path / "data")
    passwords = {role: settings.secrets.database_password(role) for role in (migrate.APP, migrate.RELAY)}
    secure = migrate._secure

    def ends(connection: object) -> None:
        raise KeyboardInterrupt

    with owner(settings) as connection:
        monkeypatch.setattr(migrate, "_secure", ends)
        with pytest.raises(KeyboardInterrupt):
            migrate.migrate(settings.owner_url, passwords)
        monkeypatch.setattr(migrate, "_secure", secure)
        assert migrate._unsecured(connection)
        assert migrate.migrate(settings.owner_url, passwords) == []
        assert not migrate._unsecured(connection)
        for harm in (
            "revoke select on follow from hubbub_app",
            "drop policy own_org on follow",
            "alter table follow no force row level security",
        ):
            connection.execute(harm.encode())
            assert migrate._unsecured(connection), harm
            migrate.migrate(settings.owner_url, passwords)
            assert not migrate._unsecured(connection), harm
