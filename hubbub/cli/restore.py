"""Restoring a backup into an empty data folder: the same rows and files, with nobody signed in."""

import asyncio
import os
from pathlib import Path

import msgspec
import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from hubbub import people
from hubbub.cli import backup, serving
from hubbub.cli.backup import DATABASE, Manifest, Say
from hubbub.cli.progress import Bar
from hubbub.core import config, dump, embedded, migrate
from hubbub.core.config import Settings, Trouble
from hubbub.core.db import Database, skip_ids

# Numbers that the lost hours may have given out are not given out again: links to what is gone must not lead elsewhere.
SKIPPED_NUMBERS = 10_000_000


class Restored(msgspec.Struct, frozen=True):
    """What a restore did beyond making things equal."""

    manifest: Manifest
    applied: list[str]  # migrations that are newer than the backup
    signed_out: int  # people


async def _after(settings: Settings) -> int:
    """End every session and token: what was signed in when the backup was made need not be any longer."""
    database = Database(settings.app_url, size=2, secret=settings.secrets.sealing)
    await database.open()
    signed_out = 0
    try:
        async with database.act(None) as tx:
            await skip_ids(tx, SKIPPED_NUMBERS)
            orgs = await people.every_org(tx)
        for org_id in orgs:
            async with database.act(org_id) as tx:
                signed_out += await people.end_all(tx, people.Origin(client="command line"))
    finally:
        await database.close()
    return signed_out


def into(data: Path | None, source: Path, say: Say) -> Restored:
    """Restore a backup into a data folder that is empty or not there, and into an empty database."""
    manifest = backup.read_manifest(source)
    _check_version(manifest)
    folder = config.data_folder(data)
    _check_empty(folder)
    backup.verify(source, say)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.chmod(folder, 0o700)
    backup.write(folder / config.RESTORING, f"{source}\n".encode())
    backup.sync(folder)
    for name in manifest.files:
        if not name.startswith(f"{DATABASE}/"):
            backup.copy(source / name, folder / name)
    settings = config.load(folder, restoring=True)
    with embedded.running(settings):
        _check_database(settings, manifest)
        _read_database(settings, source / DATABASE, manifest, say)
        applied = serving.migrate(settings)
        signed_out = asyncio.run(_after(settings))
    for below, _, _ in os.walk(folder):
        if not Path(below).is_relative_to(settings.database_folder):
            backup.sync(Path(below))
    (folder / config.RESTORING).unlink()
    backup.sync(folder)
    return Restored(manifest, applied, signed_out)


# --- the steps -----------------------------------------------------------------------------------------------------


def _check_version(manifest: Manifest) -> None:
    """Refuse what this Hubbub cannot bring to its own version, before anything is written."""
    known = {path.name: path for _, path in migrate.files()}
    newest = max(number for number, _ in migrate.files())
    if manifest.migration > newest:
        raise Trouble(
            f"The backup was made by a newer Hubbub (migration {manifest.migration}; this one knows {newest}). "
            "Update the checkout, then restore."
        )
    for name, digest in manifest.migrations.items():
        if name not in known or migrate.digest(known[name]) != digest:
            raise Trouble(f"The backup was made by another Hubbub: its migration {name} is not the one here.")


def _check_empty(folder: Path) -> None:
    if (folder / config.RESTORING).exists():
        raise Trouble(
            f"{folder} holds a restore that was broken off, or is under way. If it was broken off, delete the folder "
            "and restore again."
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Trouble(f"{folder} is not empty. Restore into another folder (--data), or empty this one.")


def _check_database(settings: Settings, manifest: Manifest) -> None:
    with psycopg.connect(settings.owner_url) as connection:
        version = connection.info.server_version
        if version // 10000 < manifest.postgresql // 10000:
            raise Trouble(
                f"The backup is of PostgreSQL {manifest.postgresql // 10000}, and this server is {version // 10000}. "
                "Restore into one that is not older."
            )
        found = connection.execute(
            "select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace "
            "where c.relkind in ('r', 'p', 'v', 'S') and n.nspname !~ '^(pg_|information_schema)' limit 1"
        ).fetchone()
    if found:
        raise Trouble(
            f"The database is not empty (it has {found[0]}). Nothing was changed in it; "
            f"delete {settings.data} and restore into an empty database."
        )


def _read_database(settings: Settings, folder: Path, manifest: Manifest, say: Say) -> None:
    """Fill the empty database. Until the end it says itself that it is not complete."""
    programs = dump.reading(manifest.pg_dump)
    say(f"Reading the database of {sum(manifest.tables.values()):,} rows …")
    roles = (migrate.APP, migrate.RELAY, migrate.BACKUP)
    with psycopg.connect(settings.owner_url, autocommit=True) as connection:
        connection.execute(sql.SQL("create table {} ()").format(sql.Identifier(migrate.UNFINISHED)))
        passwords = {role: settings.secrets.database_password(role) for role in roles}
        migrate.make_roles(connection, passwords)
        rows = {name.partition(".")[2]: count for name, count in manifest.tables.items()}
        # The last commit is not told so: it waits until all before it is on the disk, too.
        url = make_conninfo(settings.owner_url, options="-c synchronous_commit=off")
        with Bar("Rows", sum(rows.values())) as bar:
            dump.read(programs, url, folder, "pre-data", lambda table: None)
            dump.read(programs, url, folder, "data", lambda table: bar.add(rows.get(table, 0)))
        migrate.settle_events(connection)  # before there are indexes on them
        say("Making indexes …")
        dump.read(programs, url, folder, "post-data", lambda table: None)
        found = _counted(settings, connection)
        different = [name for name, count in manifest.tables.items() if found.get(name) != count]
        if different:
            raise Trouble(
                f"{different[0]} has {found.get(different[0], 0):,} rows, not {manifest.tables[different[0]]:,} "
                "as the backup says. The restore was broken off."
            )
        connection.execute("analyze")
        connection.execute(sql.SQL("drop table {}").format(sql.Identifier(migrate.UNFINISHED)))


def _counted(settings: Settings, connection: psycopg.Connection) -> dict[str, int]:
    """How many rows each table has; where row-level security hides them from the owner, as the role for backups."""
    if not _is_bound(connection):
        return backup.counted(connection)
    migrate.admit_backup(settings.owner_url, settings.secrets.database_password(migrate.BACKUP))
    with psycopg.connect(settings.role_url(migrate.BACKUP), autocommit=True) as reading:
        return backup.counted(reading)


def _is_bound(connection: psycopg.Connection) -> bool:
    """Whether row-level security hides rows from the owner, too."""
    found = connection.execute(
        "select not (rolsuper or rolbypassrls) from pg_roles where rolname = current_user"
    ).fetchone()
    return found == (True,)
