"""Jobs: what an act leaves to be done later, written in the act's own transaction and done by the worker."""

from collections.abc import Awaitable, Callable
from typing import Any

import procrastinate

from hubbub.core.db import Database, Tx

Work = Callable[..., Awaitable[None]]

# Only for deferring on an act's own connection: it opens none itself.
_outbox = procrastinate.App(connector=procrastinate.PsycopgConnector())


def create_app(url: str) -> procrastinate.App:
    """The queue on that database, for the worker."""
    return procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url, min_size=1, max_size=3))


async def defer(tx: Tx, job: str, **arguments: Any) -> None:
    """Have the worker do `job` once this act is committed; if it is rolled back there is no job. One per act."""
    await _outbox.configure_task(job, connection=tx.connection).defer_async(org=tx.org_id, **arguments)
    tx.deferred = True


def register(app: procrastinate.App, database: Database, job: str, work: Work) -> None:
    """Let the worker do `job` by calling `work(tx, **arguments)` in a transaction of its org; tried five times."""

    @app.task(name=job, retry=procrastinate.RetryStrategy(max_attempts=5, exponential_wait=3))
    async def task(org: int, **arguments: Any) -> None:
        async with database.act(org) as tx:
            await work(tx, **arguments)
