"""The demo company at the command line: have it built, and say who can sign in."""

import asyncio
import time
from collections.abc import Callable

from hubbub.core.config import Settings


def build(settings: Settings, say: Callable[[str], None]) -> None:
    """Build the demo company unless it is complete."""
    import world

    started = time.monotonic()
    say("Building the demo company …")
    asyncio.run(world.build(settings))
    say(f"The demo company is there ({time.monotonic() - started:.1f} s).")


def greeting(settings: Settings) -> str:
    """Where Hubbub is, and who to sign in as."""
    lines = ["", f"Hubbub is at {settings.url}", ""]
    if settings.demo:
        import world

        people = [(username, settings.secrets.demo_password(username)) for username in world.USERNAMES]
        width = max(len(username) for username, _ in people)
        lines.append("Sign in with one click there, or as:")
        lines += [f"    {username:<{width}}  {password}" for username, password in people]
        lines.append("")
    lines.append("Ctrl-C stops it.")
    return "\n".join(lines)
