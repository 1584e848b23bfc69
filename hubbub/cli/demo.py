"""The demo company at the command line: have it built, and say who can sign in."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable

from hubbub import people
from hubbub.core import config
from hubbub.core.config import Settings
from hubbub.core.db import Database


def ensure(settings: Settings) -> None:
    """Have the demo company built unless it is complete; by a process of its own, which gives its memory back."""
    if asyncio.run(_is_complete(settings)):
        return
    command = ["setpriv", "--pdeathsig", "TERM", sys.executable, "-P", "-m", "hubbub.cli", "demo"]
    environment = {**os.environ, "PYTHONPATH": str(config.CHECKOUT)}
    done = subprocess.run(command, input=config.to_json(settings).encode(), env=environment)
    if done.returncode:
        raise SystemExit(1)  # it has said why


async def _is_complete(settings: Settings) -> bool:
    database = Database(settings.app_url, size=1, secret=settings.secrets.sealing, files=settings.files)
    await database.open()
    try:
        async with database.act(None) as tx:
            org_id = await people.org_of_login(tx, people.DEMO_USERNAME)
            if org_id is None:
                return False
            await tx.enter(org_id)
            return await people.demo_complete(tx)
    finally:
        await database.close()


def build(settings: Settings, say: Callable[[str], None]) -> None:
    """Build the demo company unless it is complete."""
    import world

    started = time.monotonic()
    watched = sys.stderr.isatty()

    def progress(done: int, of: int) -> None:
        if watched:
            print(f"\rBuilding the demo company … {100 * done // of} %", end="", file=sys.stderr, flush=True)
        elif done == 0:
            say("Building the demo company …")

    if asyncio.run(world.build(settings, progress)):
        say(f"{chr(10) if watched else ''}The demo company is there ({time.monotonic() - started:.1f} s).")


def greeting(settings: Settings) -> str:
    """Where Hubbub is, and who to sign in as."""
    lines = ["", f"Hubbub is at {settings.url}", ""]
    if settings.demo:
        import world

        people = [
            (
                username,
                settings.secrets.demo_password(username),
                f"{player.first_name} {player.last_name}, {player.title}",
            )
            for username, player in zip(world.USERNAMES, world.CAST.values(), strict=True)
        ]
        width = max(len(username) for username, _, _ in people)
        lines.append("Sign in there with one click, or with a password as:")
        lines += [f"    {username:<{width}}  {password}  {who}" for username, password, who in people]
        lines.append("")
    lines.append("Ctrl-C stops it.")
    return "\n".join(lines)
