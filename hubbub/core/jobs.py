"""Jobs: what an act leaves to be done later, written in the act's own transaction and done by the worker."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import procrastinate

from hubbub.core.db import Database, Tx

Work = Callable[..., Awaitable[None]]
Errand = Callable[..., Awaitable[None]]

# Only for deferring on an act's own connection: it opens none itself.
_outbox = procrastinate.App(connector=procrastinate.PsycopgConnector())


def create_app(url: str) -> procrastinate.App:
    """The queue on that database, for the worker."""
    return procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url, min_size=1, max_size=3))


async def defer(tx: Tx, job: str, *, at: datetime | None = None, **arguments: Any) -> None:
    """Have the worker do `job` once this act is committed, `at` a later time or at once; if it is rolled back there is no
    job. One per act."""
    task = _outbox.configure_task(job, schedule_at=at, connection=tx.connection)
    await task.defer_async(org=tx.org, **arguments)
    tx.deferred = True


def register(app: procrastinate.App, database: Database, job: str, work: Work) -> None:
    """Let the worker do `job` by calling `work(tx, **arguments)` in a transaction of its org, if it has one; tried
    five times."""

    @app.task(name=job, retry=procrastinate.RetryStrategy(max_attempts=5, exponential_wait=3))
    async def task(org: int | None, **arguments: Any) -> None:
        async with database.act(org) as tx:
            await work(tx, **arguments)


def register_errand(app: procrastinate.App, job: str, errand: Errand) -> None:
    """Let the worker do `job` outside of any transaction: it talks to the network, and opens its acts itself. Tried eight
    times within half a day."""

    @app.task(name=job, retry=procrastinate.RetryStrategy(max_attempts=8, exponential_wait=4))
    async def task(org: int | None, **arguments: Any) -> None:
        await errand(**arguments)
