"""Backups and restores as an administrator makes them: real processes, a real company, people who go on writing."""

import itertools
import json
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import psycopg
from psycopg import sql
from websockets.sync.client import connect
from websockets.typing import Origin

from hubbub.core import config, embedded
from hubbub.core.config import Settings
from tests.cli.company import ADA, Company
from tests.cli.test_commands import (
    command,
    environment,
    free_port,
    hubbub,
    processes,
    refusal,
    server,
    wait_until,
)


class Writing:
    """Writers who comment one after the other, and what each of them was told is done."""

    def __init__(self, company: Company, writers: int = 3) -> None:
        self.company = company
        self.done: list[list[str]] = [[] for _ in range(writers)]
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self.write, args=(number,)) for number in range(writers)]

    def write(self, number: int) -> None:
        item = ""
        for count in itertools.count():
            if self.stopping.is_set():
                return
            text = f"writer {number} says {count}"
            if count % 10 == 0:
                item = self.company.post(text)
            else:
                self.company.post(text, on=item)
            self.done[number].append(text)

    def __enter__(self) -> "Writing":
        for thread in self.threads:
            thread.start()
        wait_until(lambda: all(len(done) > 3 for done in self.done), 60)
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        for thread in self.threads:
            thread.join()


@contextmanager
def owner(settings: Settings) -> Iterator[psycopg.Connection]:
    with embedded.running(settings), psycopg.connect(settings.owner_url, autocommit=True) as connection:
        yield connection


def made(*words: object) -> Path:
    done = hubbub("backup", *words)
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip())


def restored(backup: Path, data: Path) -> Settings:
    done = hubbub("restore", backup, "--data", data)
    assert done.returncode == 0, done.stderr
    assert "everybody signs in again" in done.stderr
    return config.load(data)


def manifest(backup: Path) -> dict[str, Any]:
    return json.loads((backup / "manifest.json").read_text())


def ids(connection: psycopg.Connection, statement: str, *params: object) -> set[Any]:
    return {row[0] for row in connection.execute(statement.encode(), params).fetchall()}


# What a restore changes, by design: the sessions and tokens that it ends, and what it tells of that.
NO_MORE = "name <> 'people.session.ended'"
CHANGED = {"session": ("ended_at",), "token": ("revoked_at",), "event": ("xid",), "id_block": ("next",)}


def fingerprints(connection: psycopg.Connection) -> dict[str, tuple[int, str]]:
    """Every table of the database: how many rows, and a hash of all of them."""
    found = {}
    tables = connection.execute(
        "select schemaname, tablename from pg_tables where schemaname in ('public', 'jobs') order by 1, 2"
    ).fetchall()
    for schema, table in tables:
        row = connection.execute(
            sql.SQL(
                "select count(*), coalesce(md5(string_agg(md5(row), '' order by row)), '') from "
                "(select (to_jsonb(t) - {}::text[])::text as row from {} t where {}) rows"
            ).format(
                sql.Literal(list(CHANGED.get(table, ()))),
                sql.Identifier(schema, table),
                sql.SQL(NO_MORE if table == "event" else "true"),
            )
        ).fetchone()
        assert row
        found[f"{schema}.{table}"] = row
    return found


def test_a_backup_while_people_write_is_one_moment(company: Company, tmp_path: Path) -> None:
    with Writing(company) as writing:
        before = [len(done) for done in writing.done]
        backup = made(tmp_path / "kept", "--data", company.data)
        after = [len(done) for done in writing.done]
        wait_until(
            lambda: all(len(done) > count + 3 for done, count in zip(writing.done, after, strict=True))
        )
    assert backup == tmp_path / "kept"
    said = hubbub("backup", "--verify", backup)
    assert said.returncode == 0 and "is complete" in said.stderr

    snapshot = manifest(backup)["snapshot"]
    with owner(company.settings) as source:
        seen = ids(
            source, "select id from event where pg_visible_in_snapshot(xid, %s::pg_snapshot)", snapshot
        )
        every = ids(source, "select id from event")
    assert seen < every, "nothing was written after the backup's moment: the test saw no race"

    copy = restored(backup, tmp_path / "copy")
    with owner(copy) as found:
        assert ids(found, f"select id from event where {NO_MORE}") == seen - ids(
            found, f"select id from event where not ({NO_MORE})"
        )
        # Each act whole: its event, its row and its counters.
        for name, table in (("feed.item.created", "feed_item"), ("feed.comment.created", "feed_comment")):
            told = ids(found, "select noun_id from event where name = %s", name)
            assert told and told <= ids(found, f"select id from {table}")
        wrong = found.execute(
            """select i.id from feed_item i where i.comment_count <> (
                 select count(*) from feed_comment c
                 where c.org_id = i.org_id and c.item_id = i.id and c.deleted_at is null)"""
        ).fetchall()
        assert wrong == []
        texts = ids(
            found,
            "select body->0->>'text' from feed_item union select body->0->>'text' from feed_comment",
        )
    for done, first in zip(writing.done, before, strict=True):
        kept = [text in texts for text in done]
        assert kept == sorted(kept, reverse=True), "a later act without an earlier one"
        assert sum(kept) >= first, "what was acknowledged before the backup began"
    assert processes(tmp_path / "copy") == []


def test_what_is_restored_is_equal_and_nobody_is_signed_in(built: Path, tmp_path: Path) -> None:
    port = free_port()
    shutil.copytree(built, tmp_path / "data", ignore=shutil.ignore_patterns(".s.*"))
    with server("up", data=tmp_path / "data", port=port):
        company = Company(tmp_path / "data", port)
        company.post("before")
        with closing(company.signed_in()) as browser:
            cookies = browser.cookies
    stored = tmp_path / "data" / "files" / "ab"
    stored.mkdir(parents=True)
    (stored / "photo ü.png").write_bytes(os.urandom(70_000))
    (stored / "empty").write_bytes(b"")
    (tmp_path / "backups").mkdir()

    backup = made(tmp_path / "backups", "--data", tmp_path / "data")  # nothing runs
    assert backup.parent == tmp_path / "backups" and backup.name.startswith("hubbub-20")
    assert list(backup.parent.iterdir()) == [backup]
    for path in [backup, *backup.rglob("*")]:
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path
    copy = restored(backup, tmp_path / "copy")
    with owner(company.settings) as source, owner(copy) as found:
        assert fingerprints(found) == fingerprints(source)
        assert ids(found, "select 1 from session where ended_at is null") == set()
        assert ids(found, "select 1 from token where revoked_at is null") == set()
        assert ids(found, "select xid::text from event where xid >= pg_current_xact_id()") == set()
        next = "select next from id_block where name = 'id'"
        assert min(ids(found, next)) > min(ids(source, next)) + 1_000_000
        # What no dump holds: built-in functions are marked, and the app finds its jobs.
        assert ids(found, "select proleakproof from pg_proc where proname = 'ts_match_vq'") == {True}
    for path in ("files/ab/photo ü.png", "files/ab/empty", "secrets.json", "version"):
        assert (tmp_path / "copy" / path).read_bytes() == (tmp_path / "data" / path).read_bytes()
        assert (tmp_path / "copy" / path).stat().st_mode & 0o777 == 0o600

    with server("up", data=tmp_path / "copy", port=port):
        old = httpx.get(
            f"{company.url}/services/data/v62.0/chatter/users/me",
            headers={"authorization": f"Bearer {company.token}"},
        )
        assert old.status_code == 401
        assert "/sign-in" in httpx.get(company.url, cookies=cookies).headers["location"]
        again = Company(tmp_path / "copy", port)
        with closing(again.signed_in()) as browser:
            cookie = browser.cookies["hubbub_session"]
        me = httpx.get(
            f"{again.url}/services/data/v62.0/chatter/users/me",
            headers={"authorization": f"Bearer {again.token}"},
        ).json()["id"]
        with connect(
            f"ws://127.0.0.1:{port}/live", origin=Origin(again.url), additional_headers={"cookie": f"hubbub_session={cookie}"}
        ) as live:  # fmt: skip
            # A page of a server that had counted further: its cursor says nothing here.
            live.send(json.dumps({"topics": [f"profile/{me}"], "cursor": "900000000:900000000:"}))
            assert json.loads(live.recv(10))["type"] == "behind"
            # What happens now is told once, and nothing that happened before.
            new = again.post("after")
            told = [json.loads(live.recv(10))]
            with suppress(TimeoutError):
                while True:
                    told.append(json.loads(live.recv(4)))
            assert [(each["type"], each["id"]) for each in told] == [("feed.item.created", new)]


def test_the_owner_may_be_bound_by_row_level_security(tmp_path: Path) -> None:
    """A database of one's own whose owner is no superuser: backed up by a role that may read and nothing else."""
    elsewhere = config.load(tmp_path / "elsewhere")
    data, copy, backup = tmp_path / "data", tmp_path / "copy", tmp_path / "backup"
    with owner(elsewhere) as server_:
        server_.execute("create role acme login createrole password 'p a/ss'")
        urls = {}
        for name in ("live", "spare", "third"):
            server_.execute(sql.SQL("create database {} owner acme").format(sql.Identifier(name)))
            urls[name] = elsewhere.owner_url.replace("/hubbub?", f"/{name}?", 1).replace(
                elsewhere.secrets.database_password("hubbub"), "p%20a%2Fss"
            ).replace("//hubbub:", "//acme:")  # fmt: skip

        def run(name: str, *words: object) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                command(*words), capture_output=True, text=True, timeout=90,
                env={**environment(), "HUBBUB_DATABASE_URL": urls[name]},
            )  # fmt: skip

        assert run("live", "migrate", "--data", data).returncode == 0
        with psycopg.connect(elsewhere.owner_url.replace("/hubbub?", "/live?", 1)) as connection:
            for org in (1, 2):
                connection.execute("insert into org values (%s, 'Acme', 'acme.example')", [org])
                connection.execute("insert into org_access values (%s)", [org])
                connection.execute("insert into event (org_id, id, name) values (%s, %s, 'told')", [org, org])
        done = run("live", "backup", backup, "--data", data)
        assert done.returncode == 0, done.stderr
        assert manifest(backup)["tables"]["public.org"] == 2
        done = run("live", "restore", backup, "--data", copy)
        assert done.returncode == 1 and "The database is not empty" in done.stderr
        shutil.rmtree(copy)
        done = run("spare", "restore", backup, "--data", copy)
        assert done.returncode == 0, done.stderr
        with (
            psycopg.connect(elsewhere.owner_url.replace("/hubbub?", "/live?", 1)) as source,
            psycopg.connect(elsewhere.owner_url.replace("/hubbub?", "/spare?", 1)) as found,
        ):
            assert fingerprints(found) == fingerprints(source)
            may = ids(
                found,
                """select privilege_type from information_schema.role_table_grants
                   where grantee = 'hubbub_backup' and table_schema = 'public'""",
            )
            assert may == {"SELECT"}
        assert run("spare", "migrate", "--data", copy).returncode == 0
        # Rows are counted all the same, though the owner does not see them.
        told = manifest(backup)
        told["tables"]["public.org"] = 3
        (backup / "manifest.json").write_text(json.dumps(told))
        done = run("third", "restore", backup, "--data", tmp_path / "third")
        assert done.returncode == 1 and "public.org has 2 rows, not 3" in done.stderr, done.stderr


def test_a_killed_backup_leaves_nothing_that_looks_complete(company: Company, tmp_path: Path) -> None:
    for _ in range(3):
        process = subprocess.Popen(
            command("backup", tmp_path, "--data", company.data), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            env=environment(),
        )  # fmt: skip
        wait_until(lambda: any(tmp_path.glob(".hubbub-backup-*/database/*")))
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert list(tmp_path.glob("hubbub-*")) == []
        (left,) = tmp_path.iterdir()
        assert "is not a complete backup" in refusal("backup", "--verify", left)
        assert "is not a complete backup" in refusal("restore", left, "--data", tmp_path / "copy")
        assert not (tmp_path / "copy").exists()
    backup = made(tmp_path, "--data", company.data)
    assert list(tmp_path.iterdir()) == [backup], "what was left behind is gone"


def test_a_killed_restore_leaves_a_folder_that_says_so(company: Company, tmp_path: Path) -> None:
    backup, copy = made(tmp_path / "backup", "--data", company.data), tmp_path / "copy"
    for until in ("restoring", "secrets.json", "database", "run/.s.PGSQL.5432"):
        process = subprocess.Popen(
            command("restore", backup, "--data", copy), stderr=subprocess.DEVNULL, env=environment()
        )
        wait_until(lambda until=until: (copy / until).exists())
        if until.startswith("run"):
            time.sleep(0.3)
        process.send_signal(signal.SIGKILL)
        process.wait()
        wait_until(lambda: not processes(copy))
        words: list[tuple[object, ...]] = [("up", "--port", free_port())]
        if until == "restoring":  # nothing tells the later moments apart
            words += [("migrate",), ("backup", tmp_path / "again"), ("token", ADA)]
        for each in words:
            assert "was broken off" in refusal(*each, "--data", copy)
        assert "delete the folder and restore again" in refusal("restore", backup, "--data", copy)
        shutil.rmtree(copy)
    restored(backup, copy)


def test_what_is_damaged_or_of_another_version_is_refused(company: Company, tmp_path: Path) -> None:
    whole, copy = made(tmp_path / "whole", "--data", company.data), tmp_path / "copy"

    def told(change: Any) -> str:
        broken = tmp_path / "broken"
        shutil.rmtree(broken, ignore_errors=True)
        shutil.copytree(whole, broken)
        change(broken)
        line = refusal("restore", broken, "--data", copy)
        if "is damaged" in line:
            assert "broken" in refusal("backup", "--verify", broken)
        assert not copy.exists(), "nothing was begun"
        return line

    def flip(broken: Path) -> None:
        largest = max((broken / "database").iterdir(), key=lambda path: path.stat().st_size)
        content = bytearray(largest.read_bytes())
        content[len(content) // 2] ^= 1
        largest.write_bytes(content)

    def change(**values: Any) -> Any:
        return lambda broken: (broken / "manifest.json").write_text(json.dumps(manifest(broken) | values))

    assert "is not what was written" in told(flip)
    assert "secrets.json is missing" in told(lambda broken: (broken / "secrets.json").unlink())
    assert "was not part of it" in told(lambda broken: (broken / "files/x").touch())
    assert "is damaged" in told(lambda broken: (broken / "manifest.json").write_text("{"))
    assert "made by a newer Hubbub" in told(change(format=2))
    assert "made by a newer Hubbub (migration 999" in told(change(migration=999))
    assert "made by another Hubbub" in told(change(migrations={"0001_ground.sql": "00"}))
    assert "pg_dump 99" in told(change(pg_dump=99))


def test_nothing_is_written_over(company: Company, tmp_path: Path) -> None:
    backup = made(tmp_path / "backup", "--data", company.data)
    (tmp_path / "file").touch()
    assert "is there already" in refusal("backup", tmp_path / "file", "--data", company.data)
    assert "is not a folder" in refusal("backup", tmp_path / "no" / "where", "--data", company.data)
    assert "would be lost" in refusal("backup", company.data / "files" / "kept", "--data", company.data)
    assert "nothing to back up" in refusal("backup", tmp_path / "x", "--data", tmp_path / "none")
    assert not (tmp_path / "none").exists()
    assert "is not empty" in refusal("restore", backup, "--data", tmp_path)
    assert "does not exist" in refusal("restore", tmp_path / "gone", "--data", tmp_path / "copy")
