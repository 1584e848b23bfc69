"""Backups: the database as of one moment, files and secrets, in a folder that is complete or not there."""

import fcntl
import hashlib
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import psycopg
from psycopg import sql

from hubbub.cli.progress import Bar
from hubbub.core import clock, dump, embedded, migrate
from hubbub.core.config import Settings, Trouble

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "database"
# What of a data folder is kept; everything else is made anew, or is the database.
KEPT = ("secrets.json", "version", "files", "imports")
DRAFT = ".hubbub-backup-"
BLOCK = 1 << 20

Say = Callable[[str], None]


class File(msgspec.Struct, frozen=True):
    """A file of a backup as it was written."""

    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds, and what it takes to read it."""

    format: int
    made_at: str
    migration: int
    migrations: dict[str, str]  # their names and hashes
    postgresql: int  # the server's version, 180006 for 18.6
    pg_dump: int  # the major version of the program that wrote it
    snapshot: str  # which transactions the database in it has seen
    tables: dict[str, int]  # rows of each
    files: dict[str, File]

    @property
    def bytes(self) -> int:
        return sum(file.bytes for file in self.files.values())


def make(settings: Settings, target: Path, say: Say) -> Path:
    """Back up a data folder and its database while people work; tells where it is."""
    place = _place(settings, target)
    with embedded.running(settings), _draft(place) as draft:
        manifest = _write_database(settings, draft / DATABASE, say)
        names = [
            path for kept in KEPT for path in _files(settings.data / kept) if not path.name.startswith(".")
        ]
        say(f"Copying {len(names):,} {'file' if len(names) == 1 else 'files'} …")
        for path in names:
            copy(path, draft / path.relative_to(settings.data))
        files = {str(path.relative_to(draft)): _fingerprint(path) for path in _files(draft)}
        manifest = msgspec.structs.replace(manifest, files=files)
        write(draft / MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)) + b"\n")
        for folder, _, _ in os.walk(draft):
            sync(Path(folder))
        if place.exists():
            raise Trouble(f"{place} was made meanwhile. Nothing was written over; back up again.")
        draft.rename(place)
        sync(place.parent)
    say(f"{sum(manifest.tables.values()):,} rows and {len(names):,} files in {manifest.bytes / 1e6:,.1f} MB.")
    return place


def read_manifest(backup: Path) -> Manifest:
    """What a backup says of itself; raises Trouble where there is none that this Hubbub can read."""
    try:
        text = (backup / MANIFEST).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise Trouble(
            f"{backup} is not a complete backup of Hubbub: it has no {MANIFEST}."
            if backup.exists()
            else f"{backup} does not exist."
        ) from None
    try:
        found = msgspec.json.decode(text, type=_Head)
        if found.format <= FORMAT:
            return msgspec.json.decode(text, type=Manifest)
    except msgspec.DecodeError as error:
        raise Trouble(f"{backup / MANIFEST} is damaged ({error}).") from None
    raise Trouble(f"{backup} was made by a newer Hubbub. Update the checkout to read it.")


class _Head(msgspec.Struct):
    format: int


def verify(backup: Path, say: Say) -> Manifest:
    """Read a backup from end to end and compare it with what was written; raises Trouble at what is different."""
    manifest = read_manifest(backup)
    there = {str(path.relative_to(backup)) for path in _files(backup)} - {MANIFEST}
    if missing := sorted(manifest.files.keys() - there):
        raise Trouble(f"{backup} is damaged: {missing[0]} is missing.")
    if added := sorted(there - manifest.files.keys()):
        raise Trouble(f"{backup} is damaged: {added[0]} was not part of it.")
    say(f"Reading {len(there):,} files, {manifest.bytes / 1e6:,.1f} MB …")
    with Bar("Reading", manifest.bytes) as bar:
        for name, file in manifest.files.items():
            if _fingerprint(backup / name) != file:
                raise Trouble(f"{backup} is damaged: {name} is not what was written.")
            bar.add(file.bytes)
    lacking = {table for table, rows in manifest.tables.items() if rows} - dump.tables(
        reader(manifest), backup / DATABASE
    )
    if lacking:
        raise Trouble(f"{backup} is damaged: the rows of {min(lacking)} are missing.")
    return manifest


def reader(manifest: Manifest) -> Path:
    """The programs that can read the database of a backup."""
    return dump.reading(manifest.pg_dump)


def counted(connection: psycopg.Connection) -> dict[str, int]:
    """How many rows each table has."""
    names = connection.execute(
        """select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
           where c.relkind = 'r' and n.nspname in ('public', 'jobs') and c.relname <> %s order by 1, 2""",
        [migrate.UNFINISHED],
    ).fetchall()
    found = {}
    for schema, table in names:
        row = connection.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(schema, table)))
        found[f"{schema}.{table}"] = (row.fetchone() or (0,))[0]
    return found


# --- the steps -----------------------------------------------------------------------------------------------------


def _write_database(settings: Settings, folder: Path, say: Say) -> Manifest:
    """Dump the database as of one moment, and count its rows as of the same."""
    with psycopg.connect(settings.owner_url, autocommit=True) as owner:
        bypasses = owner.execute(
            "select rolsuper or rolbypassrls from pg_roles where rolname = current_user"
        ).fetchone()
        if owner.execute("select to_regclass('public.migration')").fetchone() == (None,):
            raise Trouble("The database is empty: there is nothing to back up.")
    filtered = bypasses != (True,)
    if filtered:
        migrate.admit_backup(settings.owner_url, settings.secrets.database_password(migrate.BACKUP))
    url = settings.role_url(migrate.BACKUP) if filtered else settings.owner_url
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("set idle_in_transaction_session_timeout = 0; set statement_timeout = 0")
        connection.execute("begin isolation level repeatable read read only")
        programs = dump.programs(settings, connection.info.server_version)
        row = connection.execute("select pg_export_snapshot(), pg_current_snapshot()::text").fetchone()
        assert row
        exported, snapshot = row
        sizes: dict[str, int] = dict(
            connection.execute(
                """select relname, pg_table_size(oid) from pg_class
                   where relkind = 'r' and relnamespace::regnamespace::text in ('public', 'jobs')"""
            ).fetchall()
        )
        say(f"Writing the database of {sum(sizes.values()) / 1e6:,.1f} MB …")
        with Bar("Database", sum(sizes.values())) as bar:
            dump.write(
                programs,
                url,
                folder,
                snapshot=exported,
                filtered=filtered,
                done=lambda table: bar.add(sizes.get(table, 0)),
            )
        migrations = migrate.applied(connection)
        return Manifest(
            format=FORMAT,
            made_at=f"{clock.now():%Y-%m-%dT%H:%M:%SZ}",
            migration=max(number for number, _, _ in migrations),
            migrations={name: digest for _, name, digest in migrations},
            postgresql=connection.info.server_version,
            pg_dump=dump.version_of(programs),
            snapshot=snapshot,
            tables=counted(connection),
            files={},
        )


def _place(settings: Settings, target: Path) -> Path:
    """Where the backup will be: the folder itself, or one named by the time in a folder that is there."""
    place = Path(os.path.abspath(target))
    if place.is_dir():
        place = place / f"hubbub-{clock.now():%Y%m%d-%H%M%S}"
    if place.exists():
        raise Trouble(f"{place} is there already. Nothing was written over.")
    if not place.parent.is_dir():
        raise Trouble(f"{place.parent} is not a folder.")
    if place.is_relative_to(settings.data):
        raise Trouble(
            f"{place} would be lost together with the data folder {settings.data}. Choose another place."
        )
    return place


@contextmanager
def _draft(place: Path) -> Iterator[Path]:
    """A folder beside the place to write into. What backups that were killed have left there is deleted."""
    for left in place.parent.glob(f"{DRAFT}*"):
        with _locked(left) as free:
            if free:
                shutil.rmtree(left, ignore_errors=True)
    draft = place.parent / f"{DRAFT}{place.name}-{os.getpid()}"
    draft.mkdir(mode=0o700)
    try:
        with _locked(draft):
            yield draft
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


@contextmanager
def _locked(folder: Path) -> Iterator[bool]:
    """Hold a folder for as long as we live; tells whether nobody else does."""
    try:
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        yield False
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(lock)


def _files(place: Path) -> list[Path]:
    """The files of a folder and of all below it; links are nobody's."""
    if place.is_dir():
        found = (Path(folder) / name for folder, _, names in os.walk(place) for name in names)
    else:
        found = iter([place])
    return sorted(path for path in found if stat.S_ISREG(_mode(path)))


def _mode(path: Path) -> int:
    try:
        return path.lstat().st_mode
    except FileNotFoundError:
        return 0


def copy(source: Path, target: Path) -> None:
    for folder in reversed(target.parents):
        if not folder.exists():
            folder.mkdir(mode=0o700)
    with open(source, "rb") as reading, _writing(target) as writing:
        shutil.copyfileobj(reading, writing, BLOCK)
        writing.flush()
        os.fsync(writing.fileno())


def write(path: Path, content: bytes) -> None:
    with _writing(path) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _writing(path: Path):
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def sync(folder: Path) -> None:
    place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(place)
    finally:
        os.close(place)


def _fingerprint(path: Path) -> File:
    with open(path, "rb") as file:
        digest = hashlib.file_digest(file, "sha256")
        return File(bytes=file.tell(), sha256=digest.hexdigest())
