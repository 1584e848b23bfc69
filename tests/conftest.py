"""What every test stands on: a real PostgreSQL, the whole app in this process, and an org with the cast in it."""

import asyncio
import gc
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from argon2 import PasswordHasher

from hubbub import routes
from hubbub.core import config, db, embedded, migrate
from hubbub.core.config import Secrets, Settings
from hubbub.core.db import Database
from hubbub.people.actions import passwords, sessions
from tests.cast import Company, House, found_company
from tests.city.watch import statements_name_their_org
from tests.serving import address

__all__ = ["address", "statements_name_their_org"]

# Processes of one run share nothing: each has a database of its own, and ten ports.
WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
PORT = int(os.environ.get("HUBBUB_TEST_PORT", "20400")) + 10 * WORKER


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """A file's tests run in one process, one after the other; each pair of worlds is a run of its own."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return nodeid if file.endswith("test_worlds.py") else file

    return ByFile(config, log)


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A database for this run: thrown away afterwards, or the one whose owner's URL is in HUBBUB_TEST_DATABASE."""
    passwords.hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    sessions.FAILURE_SECONDS = 0.0
    # A server soon keeps the plans of what it is asked again and again. Tests ask everything only a few times, so here they
    # are kept from the second time on: planning was half of what PostgreSQL did.
    db.PREPARE_AFTER, db.PREPARED_MOST = 1, 1000
    db.LIMITS += " -c plan_cache_mode=force_generic_plan"
    told = config.load(tmp_path_factory.mktemp("hubbub"), port=PORT)
    if ready := os.environ.get("HUBBUB_TEST_DATABASE"):
        # Runs that share a server share the passwords of its roles.
        secrets = Secrets(*(["5e" * 32] * 3), id_tokens=told.secrets.id_tokens)
        told = msgspec.structs.replace(told, database_url=ready, secrets=secrets)
    with embedded.running(told, durable=False):
        roles = {role: told.secrets.database_password(role) for role in (migrate.APP, migrate.RELAY)}
        migrate.migrate(told.owner_url, roles)
        yield told


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def house(settings: Settings) -> AsyncIterator[House]:
    """The app, started once and stopped at the end."""
    app = routes.create_app(settings)
    started, stopping = asyncio.Event(), asyncio.Event()

    async def live() -> None:
        # Begun and ended in one task: what is inside may not be left from another.
        async with app.app.lifespan():
            started.set()
            await stopping.wait()

    task = asyncio.create_task(live())
    waiting = asyncio.create_task(started.wait())
    await asyncio.wait([task, waiting], return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        waiting.cancel()
        task.result()
    # As hubbub.cli.serving does: what lives as long as the process is not looked through again and again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    database: Database = app.app.state.database
    try:
        yield House(settings, app, database)
    finally:
        stopping.set()
        await task


@pytest_asyncio.fixture(loop_scope="session")
async def clients() -> AsyncIterator[AsyncExitStack]:
    """Everything opened in a test is closed after it."""
    async with AsyncExitStack() as stack:
        yield stack


@pytest_asyncio.fixture(loop_scope="session")
async def company(house: House, clients: AsyncExitStack) -> Company:
    """A fresh org with the cast in it."""
    return await found_company(house, clients)
