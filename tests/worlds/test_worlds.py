"""Two worlds that are equal but for what a person may not see are equal for that person."""

import os

import pytest

from tests.cast import House
from tests.worlds.compare import Size, Tally, difference, run
from tests.worlds.sharing import SECRETS
from tests.worlds.stories import Secret

SEED = int(os.environ.get("HUBBUB_SEED", "1"))
# Of each pair; HUBBUB_WORLDS=5 looks five times as long, and bin/bench worlds as long as it is told.
LONG = int(os.environ.get("HUBBUB_WORLDS", "1"))
SHORT = {"links": 12, "places": 16, "guesses": 12, "queries": 5, "completions": 3, "writes": 6}
SIZE = Size(**{kind: LONG * number for kind, number in SHORT.items()})


@pytest.mark.parametrize("secret", SECRETS, ids=lambda secret: secret.name.replace(" ", "-"))
async def test_nobody_sees_what_he_may_not_see(house: House, secret: Secret) -> None:
    tally = Tally()
    await run(house, secret, SEED, SIZE, tally, most=2)
    assert tally.cases >= 80
    assert tally.statuses[200] > 30 and tally.statuses[404] > 5  # what is compared are not only errors
    assert not tally.statuses[500]
    assert not tally.differences, "\n\n".join(difference(each) for each in tally.differences[:5])
