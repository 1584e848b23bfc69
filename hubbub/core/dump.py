"""PostgreSQL's own programs for writing a database out and in: which of them fit a server, and how they are run."""

import os
import re
import shutil
import subprocess
import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from hubbub.core import embedded
from hubbub.core.config import Settings, Trouble

JOBS = max(1, min(4, os.cpu_count() or 1))  # tables that are written or read at once
COMPRESSION = (
    "gzip:1"  # the embedded server knows no other; a higher level costs three times the time for a tenth less
)
SYSTEM = Path("/usr/lib/postgresql")  # where Debian keeps them, a folder a version

# What is told of a table that is done: its name.
Done = Callable[[str], None]
_DONE = re.compile(r"finished item \d+ TABLE DATA (\S+)")


def programs(settings: Settings, server: int) -> Path:
    """The folder of a pg_dump and pg_restore that fit a server of that version (180006 is 18.6)."""
    if settings.database_url is None:
        return embedded.binaries()
    major = server // 10000
    found = sorted(_installed(), key=lambda each: (each[0] != major, each[0]))
    fitting = [folder for version, folder in found if version >= major]
    if not fitting:
        raise Trouble(
            f"The database is PostgreSQL {major}, and no pg_dump of that version is here. "
            f"Install it (on Debian: apt-get install postgresql-client-{major})."
        )
    return fitting[0]


def reading(version: int) -> Path:
    """The folder of a pg_restore that reads what pg_dump of that version has written."""
    fitting = [folder for major, folder in sorted(_installed(), reverse=True) if major >= version]
    if not fitting:
        raise Trouble(
            f"The backup was written by pg_dump {version}, and no pg_restore of that version is here. "
            f"Update the checkout, or install it (on Debian: apt-get install postgresql-client-{version})."
        )
    return fitting[0]


def _installed() -> Iterator[tuple[int, Path]]:
    """What this machine has, the system's before ours: ours speaks no TLS."""
    places = sorted(SYSTEM.glob("*/bin"))
    if found := shutil.which("pg_dump"):
        places.append(Path(found).parent)
    for place in [*places, embedded.binaries()]:
        if (place / "pg_dump").exists() and (place / "pg_restore").exists():
            yield version_of(place), place


def version_of(folder: Path) -> int:
    """The major version of the programs in a folder."""
    said = subprocess.run([str(folder / "pg_dump"), "--version"], capture_output=True, text=True).stdout
    found = re.search(r"\) (\d+)", said)
    return int(found[1]) if found else 0


def write(programs: Path, url: str, folder: Path, *, snapshot: str, filtered: bool, done: Done) -> None:
    """Write the database, as that snapshot sees it, into a new folder: readable by its owner alone, and on the disk."""
    options = ["--format=directory", f"--file={folder}", f"--jobs={JOBS}", f"--compress={COMPRESSION}",
               f"--snapshot={snapshot}", "--no-comments", "--lock-wait-timeout=60s"]  # fmt: skip
    if filtered:  # as a role with a policy that shows it every row
        options.append("--enable-row-security")
    _run(programs / "pg_dump", url, options, done)


def read(programs: Path, url: str, folder: Path, section: str, done: Done) -> None:
    """Write one section of a dump into the database: `pre-data`, `data` or `post-data`."""
    options = [f"--section={section}", f"--jobs={JOBS}", "--no-owner", "--no-comments", "--exit-on-error"]
    if section != "post-data":
        _run(programs / "pg_restore", url, [*options, str(folder)], done)
        return
    # Row-level security last: under it an owner whom it binds could not check foreign keys.
    listed = subprocess.run(
        [str(programs / "pg_restore"), "--list", "--section=post-data", str(folder)],
        capture_output=True, text=True, check=True,
    ).stdout.splitlines(keepends=True)  # fmt: skip
    walls = [line for line in listed if re.match(r"\d+; \d+ \d+ (POLICY|ROW SECURITY) ", line)]
    for chosen in ([line for line in listed if line not in walls], walls):
        with tempfile.NamedTemporaryFile("w", prefix="hubbub-list-") as file:
            file.writelines(chosen)
            file.flush()
            _run(programs / "pg_restore", url, [*options, f"--use-list={file.name}", str(folder)], done)


def tables(programs: Path, folder: Path) -> set[str]:
    """The tables whose rows are in a dump, as schema.table; raises Trouble where it cannot be read."""
    listed = subprocess.run(
        [str(programs / "pg_restore"), "--list", str(folder)], capture_output=True, text=True
    )
    if listed.returncode:
        raise Trouble(f"The database in the backup cannot be read: {_last(listed.stderr.splitlines())}")
    rows = re.findall(r"^\d+; \d+ \d+ TABLE DATA (\S+) (\S+) ", listed.stdout, re.MULTILINE)
    return {f"{schema}.{table}" for schema, table in rows}


def _run(program: Path, url: str, options: list[str], done: Done) -> None:
    where = conninfo_to_dict(url)
    password = str(
        where.pop("password", "") or ""
    )  # not among the words of a command: others could read them
    command = ["setpriv", "--pdeathsig", "TERM", str(program), "--verbose", "--no-password",
               f"--dbname={make_conninfo('', **where)}", *options]  # fmt: skip
    told: deque[str] = deque(maxlen=200)
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        umask=0o077, cwd="/", env={**os.environ, "PGPASSWORD": password, "LC_ALL": "C"},
    ) as process:  # fmt: skip
        assert process.stderr
        try:
            for line in process.stderr:
                told.append(line.rstrip())
                if found := _DONE.search(line):
                    done(found[1].rpartition(".")[2])
        except BaseException:
            process.terminate()
            raise
    if process.returncode:
        # The first fault: what follows it is only that others stop, too.
        faults = [line for line in told if "error:" in line or "ERROR:" in line][:1] or list(told)
        raise Trouble(f"{program.name} stopped: {_last(faults)}")


def _last(lines: list[str]) -> str:
    return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")
