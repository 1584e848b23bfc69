"""Acts of an administrator at the command line. They are done through the rooms, so each leaves its event."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from hubbub import people
from hubbub.core.config import Settings, Trouble
from hubbub.core.db import Database, Tx


@asynccontextmanager
async def _act_for(settings: Settings, username: str) -> AsyncIterator[tuple[Tx, people.Actor]]:
    """An act in the org of a person, as that person."""
    database = Database(settings.app_url, size=2)
    await database.open()
    try:
        async with database.act(None) as tx:
            org_id = await people.org_of_login(tx, username)
            if org_id is None:
                raise Trouble(f"there is no user {username}.")
            await tx.enter(org_id)
            yield tx, await people.actor_named(tx, username, client="command line")
    finally:
        await database.close()


async def token(settings: Settings, username: str) -> str:
    async with _act_for(settings, username) as (tx, actor):
        return await people.issue_token(tx, actor)


async def app(settings: Settings, name: str, username: str) -> tuple[str, str]:
    async with _act_for(settings, username) as (tx, actor):
        return await people.add_app(tx, actor, name)


async def password(settings: Settings, username: str, new: str) -> None:
    async with _act_for(settings, username) as (tx, actor):
        await people.set_password(tx, actor, actor.user_id, new)


async def load(settings: Settings, folder: Path, map: Path, username: str, *, feed: bool) -> None:
    raise Trouble("import is not there yet.")
