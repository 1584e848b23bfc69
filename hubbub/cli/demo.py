"""The demo company at the command line: have it built, and say who can sign in."""

import asyncio
import sys
import time
from collections.abc import Callable

from hubbub.core.config import Settings


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
