"""Acts of an administrator at the command line. They are done through the rooms, so each leaves its event."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from hubbub import feed, people
from hubbub.core import clock, ids
from hubbub.core.config import Settings, Trouble
from hubbub.core.db import Database, Tx
from hubbub.core.errors import NotFound


@asynccontextmanager
async def _open(settings: Settings, url: str | None = None) -> AsyncIterator[Database]:
    database = Database(
        url or settings.app_url, size=2, secret=settings.secrets.sealing, files=settings.files
    )
    await database.open()
    try:
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def _act_for(database: Database, username: str) -> AsyncIterator[tuple[Tx, people.Actor]]:
    """An act in the org of a person, as that person."""
    async with database.act(None) as tx:
        org_id = await people.org_of_login(tx, username)
        if org_id is None:
            raise Trouble(f"there is no user {username}.")
        await tx.enter(org_id)
        yield tx, await people.actor_named(tx, username, client="command line")


async def token(settings: Settings, username: str) -> str:
    async with _open(settings) as database, _act_for(database, username) as (tx, actor):
        return await people.issue_token(tx, actor)


async def app(settings: Settings, name: str, username: str) -> tuple[str, str]:
    async with _open(settings) as database, _act_for(database, username) as (tx, actor):
        return await people.add_app(tx, actor, name)


async def password(settings: Settings, username: str, new: str) -> None:
    async with _open(settings) as database, _act_for(database, username) as (tx, actor):
        await people.set_password(tx, actor, actor.user_id, new)


async def unseal(settings: Settings, item: str, reason: str, username: str) -> people.Person:
    """As the database's owner: nobody else may read who asked."""
    async with _open(settings, settings.owner_url) as database, _act_for(database, username) as (tx, actor):
        try:
            user_id = await feed.unseal(tx, actor, ids.parse(item, ids.Type.FEED_ITEM), reason=reason)
        except NotFound:
            raise Trouble(f"nobody asked {item} in a record's name.") from None
        return (await people.cards(tx, {user_id}))[user_id]


async def load(settings: Settings, folder: Path, map: Path, username: str, *, feed: bool) -> None:
    """Import a folder; shows how far it is where a person is looking, and tells what became of it."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

    from hubbub import setup

    async with _open(settings) as database:
        async with _act_for(database, username) as (_, actor):
            pass  # who it is; the import has transactions of its own
        terminal = Console(stderr=True)
        bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=terminal,
            disable=not terminal.is_terminal,
        )
        tasks: dict[str, TaskID] = {}

        def progress(name: str, done: int, of: int) -> None:
            if name not in tasks:
                tasks[name] = bars.add_task(name)
            bars.update(tasks[name], completed=done, total=of)

        refused = settings.data / "imports" / f"{clock.now():%Y%m%d-%H%M%S}"
        with bars:
            outcomes = await setup.import_folder(
                database, actor, folder, map, refused=refused, feed=feed, progress=progress
            )
    for outcome in outcomes:
        print(outcome)
        for note in outcome.notes:
            print(f"    {note}")
        if outcome.file:
            print(f"    refused lines and why: {outcome.file}")
