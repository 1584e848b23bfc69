"""`backup`: backing up and restoring a company as a ratio to what PostgreSQL's own programs take for its database."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psycopg

from bench.ground import Figures, data_folder, database, owner, say
from hubbub.core import config, dump, embedded
from hubbub.core.config import CHECKOUT, Settings

BYTES = 1_000_000_000  # of tables, about; HUBBUB_BENCH_BACKUP_BYTES says another size
ORG = 1


def measure(size: int | None = None) -> Figures:
    """How long each takes, one after the other, on the same running database."""
    size = size or int(os.environ.get("HUBBUB_BENCH_BACKUP_BYTES", BYTES))
    with data_folder() as settings:
        place = settings.data.with_name(settings.data.name + "-backups")
        place.mkdir(mode=0o700)
        try:
            with database(settings):
                rows, written = _fill(settings, size)
                say(f"{rows:,} rows, {written / 1e6:,.0f} MB of tables and indexes")
                bare_dump = _timed(
                    "pg_dump", "--format=directory", f"--jobs={dump.JOBS}", f"--compress={dump.COMPRESSION}",
                    f"--file={place / 'bare'}", settings.owner_url,
                )  # fmt: skip
                backup = _hubbub("backup", place / "backup", "--data", settings.data)
                verify = _hubbub("backup", "--verify", place / "backup")
            bare_restore = _bare_restore(place)
            restore = _hubbub("restore", place / "backup", "--data", place / "restored")
            held = sum(path.stat().st_size for path in (place / "backup").rglob("*") if path.is_file())
        finally:
            shutil.rmtree(place, ignore_errors=True)
    return {
        "rows": rows,
        "database_mb": round(written / 1e6),
        "backup_mb": round(held / 1e6),
        "jobs": dump.JOBS,
        "pg_dump_s": round(bare_dump, 1),
        "backup_s": round(backup, 1),
        "backup_ratio": round(backup / bare_dump, 2),
        "verify_s": round(verify, 1),
        "pg_restore_s": round(bare_restore, 1),
        "restore_s": round(restore, 1),
        "restore_ratio": round(restore / bare_restore, 2),
    }


def _fill(settings: Settings, size: int) -> tuple[int, int]:
    """Posts with comments and the events of both, until the database has that size; texts that compress as words do."""
    with owner(settings) as connection:
        connection.execute("set synchronous_commit = off")
        connection.execute(
            "set session_replication_role = replica"
        )  # rows for their bytes: nobody asks for their people
        step, made = 40_000, 0
        while True:
            connection.execute(_ROWS, {"org": ORG, "from": made + 1, "to": made + step})
            made += step
            written = connection.execute("select pg_database_size(current_database())").fetchone()
            assert written
            if made % 200_000 == 0:
                say(f"{written[0] / 1e6:,.0f} MB")
            if written[0] >= size:
                break
        connection.execute("vacuum analyze")
        rows = connection.execute(
            "select sum(n) from (select count(*) n from feed_item union all select count(*) from event) t"
        ).fetchone()
        written = connection.execute("select pg_database_size(current_database())").fetchone()
        assert rows and written
        return int(rows[0]), written[0]


_ROWS = """
with words as (
  select n, (select string_agg(md5((n * 31 + w)::text), ' ') from generate_series(1, 8) w) as text
  from generate_series(%(from)s, %(to)s) n
), posts as (
  insert into feed_item (org_id, id, parent_id, author_id, kind, body, created_at, last_activity)
  select %(org)s, n, 1, 2, 'TextPost',
         jsonb_build_array(jsonb_build_object('type', 'Text', 'text', text)), now(), now() from words
)
insert into event (org_id, id, name, actor_id, noun_id, client, address, request_id, after)
select %(org)s, n, 'feed.item.created', 2, n, 'Firefox on Linux', '192.0.2.1', left(md5(n::text), 16),
       jsonb_build_object('parent', n::text) from words
"""


def _bare_restore(place: Path) -> float:
    """A database like the other, made and filled by PostgreSQL's own programs."""
    bare = config.load(place / "bare-data")
    with embedded.running(bare), psycopg.connect(bare.owner_url, autocommit=True) as connection:
        for role in ("hubbub_app", "hubbub_relay"):
            connection.execute(f"create role {role}".encode())
        return _timed(
            "pg_restore", f"--jobs={dump.JOBS}", "--no-owner", "--exit-on-error",
            f"--dbname={bare.owner_url}", str(place / "bare"),
        )  # fmt: skip


def _timed(program: str, *words: str) -> float:
    return _run([str(embedded.binaries() / program), *words])


def _hubbub(*words: object) -> float:
    return _run([sys.executable, "-P", "-m", "hubbub.cli", *map(str, words)])


def _run(command: list[str]) -> float:
    started = time.perf_counter()
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(CHECKOUT)}
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-1000:])
    taken = time.perf_counter() - started
    say(f"{Path(command[0]).name if 'hubbub.cli' not in command else 'hubbub ' + command[4]}: {taken:.1f} s")
    return taken
