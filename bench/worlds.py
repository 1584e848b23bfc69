"""`worlds`: many pairs of worlds that are equal but for what somebody may not see; how many answers were compared, and how
many were not equal."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from argon2 import PasswordHasher

from bench.ground import Figures, data_folder, say
from hubbub import routes
from hubbub.cli import serving
from hubbub.core import embedded
from hubbub.core.config import Settings
from hubbub.people.actions import passwords, sessions
from tests.cast import House
from tests.worlds.compare import Size, difference, sample
from tests.worlds.sharing import SECRETS

SECONDS = 300.0
SIZE = Size(links=45, guesses=60, queries=15, writes=20)
PERSONS = 2  # of those who may not know, in each pair


async def measure(seconds: float = SECONDS, seed: int = 100) -> Figures:
    """The figures named worlds in the contract."""
    passwords.hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    sessions.FAILURE_SECONDS = 0.0
    with data_folder() as settings, embedded.running(settings, durable=False):
        serving.migrate(settings)
        async with house_of(settings) as house:
            tally = await sample(house, seed, SIZE, seconds=seconds, most=PERSONS, told=say)
    for case in tally.differences[:10]:
        say(difference(case).replace("\n", "\n  "))
    return {
        "cases": tally.cases,
        "differences": len(tally.differences),
        "secrets": len(SECRETS),
        "pairs": tally.pairs,
        "kinds": dict(tally.kinds),
        "statuses": {str(status): count for status, count in sorted(tally.statuses.items())},
        "seed": seed,
    }


@asynccontextmanager
async def house_of(settings: Settings) -> AsyncIterator[House]:
    """The app on that database, in this process."""
    app = routes.create_app(settings)
    async with app.app.lifespan():
        yield House(settings, app, app.app.state.database)
