"""Hubbub over real HTTP, for programs and browsers that tests start: the app of the run behind a real server."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio
import uvicorn

from tests.cast import House


class Server(uvicorn.Server):
    """A server inside the test run: it leaves the run's signals alone."""

    @contextlib.contextmanager
    def capture_signals(self):  # type: ignore[override]
        yield


@contextlib.asynccontextmanager
async def serving(house: House, port: int | None = None, **tls: Any) -> AsyncIterator[str]:
    """Serve the run's app at the address that its settings name, or at another port with a certificate."""
    config = uvicorn.Config(
        house.app,
        host=house.settings.host,
        port=port or house.settings.port,
        **tls,
        http="httptools",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        lifespan="off",  # the run holds it
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    server = Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        if task.done():
            await task
            raise RuntimeError(f"nothing could be served at {house.settings.url}")
        await asyncio.sleep(0.02)
    try:
        yield f"https://127.0.0.1:{port}" if tls else house.settings.url
    finally:
        server.should_exit = True
        await task


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def address(house: House) -> AsyncIterator[str]:
    """Where Hubbub answers over real HTTP, for programs and browsers."""
    async with serving(house) as url:
        yield url
