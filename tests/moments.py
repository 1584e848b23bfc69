"""Two acts at the same moment: which waits for which is asked of the database, never left to the clock."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from tests.cast import Company


async def waits_for(tx: Any, pid: int) -> int:
    """Who waits for that connection."""
    async with asyncio.timeout(10):
        while True:
            found = await tx.values(
                "select pid from pg_locks where not granted and %(pid)s = any(pg_blocking_pids(pid))",
                {"pid": pid},
            )
            if found:
                return found[0]
            await asyncio.sleep(0.01)


async def at_once(
    company: Company,
    begun: Callable[[Any], Awaitable[object]],
    ended: Callable[[], Awaitable[httpx.Response]],
) -> None:
    """End what somebody has before what begins is committed: whoever ends it waits."""
    async with asyncio.TaskGroup() as both:
        async with company.act() as tx:
            await begun(tx)
            ending = both.create_task(ended())  # pyright: ignore[reportArgumentType]
            await waits_for(tx, await tx.value("select pg_backend_pid()"))
    assert ending.result().status_code in (204, 303), ending.result().text
