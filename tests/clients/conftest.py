"""Programs that others wrote, against Hubbub over real HTTP."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.cast import House
from tests.serving import serving


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def address(house: House) -> AsyncIterator[str]:
    """Where Hubbub answers."""
    async with serving(house) as url:
        yield url
