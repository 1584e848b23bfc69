"""One run of paired worlds: make them, look into both with one person's eyes, tell what is not the same."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from datetime import timedelta
from random import Random

import msgspec

from hubbub.core import clock
from hubbub.core.errors import Refused
from tests.cast import House
from tests.worlds import addresses, digests, keeping, stories
from tests.worlds.looks import Got, Looker, look
from tests.worlds.places import know_topics, place, places
from tests.worlds.sharing import SECRETS
from tests.worlds.stories import Secret
from tests.worlds.worlds import Case, Pair, World, found_pair


class Size(msgspec.Struct, frozen=True):
    """How much is looked at in one pair with one person."""

    links: int = 60
    places: int = 40
    guesses: int = 60
    queries: int = 15
    completions: int = 10
    writes: int = 20


class Tally(msgspec.Struct):
    """What came of it."""

    cases: int = 0
    pairs: int = 0
    kinds: Counter[str] = msgspec.field(default_factory=Counter)
    statuses: Counter[int] = msgspec.field(default_factory=Counter)
    differences: list[Case] = msgspec.field(default_factory=list)

    def count(self, kind: str, number: int = 1) -> None:
        self.cases += number
        self.kinds[kind] += number


async def run(
    house: House,
    secret: Secret,
    seed: int,
    size: Size,
    tally: Tally,
    *,
    most: int = 10,
    until: Callable[[], bool] = lambda: False,
) -> None:
    """One pair of worlds that differ by this secret, seen by those who may not know of it, at `most` so many of them."""
    random = Random(f"{secret.name} {seed}")
    async with AsyncExitStack() as stack:
        pair = await found_pair(house, stack)
        await stories.story(pair, random)
        await keeping.habits(pair)
        await digests.readers(pair)
        if secret.before:
            await pair.both(secret.before)
        await know_topics(pair)
        known = set(pair.a.made)
        await pair.each(secret.a, secret.b)
        await know_topics(pair)
        hidden = sorted(set(pair.a.made) - known) or ["private"]
        for number in range(6):
            await stories.something(pair, random, f"after{number}")
        await pair.both(digests.sends(digests.LAST))
        tally.pairs += 1
        stack.enter_context(_standing_still(pair))
        for who in random.sample(secret.persons, min(most, len(secret.persons))):
            if until():
                return
            await _ask(pair, secret, who, hidden, Random(f"{secret.name} {who} {seed}"), size, tally)


@contextmanager
def _standing_still(pair: Pair) -> Iterator[None]:
    """It is the same moment whenever one looks, in both worlds: what fades with time is faded alike."""
    moving, moment = clock.now, pair.started + timedelta(hours=1)
    clock.now = lambda: moment
    try:
        yield
    finally:
        clock.now = moving


async def _ask(
    pair: Pair, secret: Secret, who: str, hidden: list[str], random: Random, size: Size, tally: Tally
) -> None:
    async with AsyncExitStack() as stack:
        lookers: list[Looker] = []

        async def arrive(world: World) -> None:
            lookers.append(await look(world, who, stack, pair.started))

        await pair.both(arrive)
        a, b = lookers
        app = pair.house.app
        names = sorted(name for name in pair.a.made if name in pair.b.made)
        _compare(secret, who, "link", await a.links(size.links), await b.links(size.links), tally)

        of_days = digests.ADDRESSES
        _compare(secret, who, "digest", await a.looks(of_days), await b.looks(of_days), tally)

        seen = [(path, name, "") for path, name in secret.looks]
        seen += places(app, pair.a, who, random, size.places)
        _compare(
            secret, who, "place",
            await a.looks([place(pair.a, *each) for each in seen]),
            await b.looks([place(pair.b, *each) for each in seen]), tally,
        )  # fmt: skip
        guesses = addresses.guesses(app, pair.a, names, hidden, random, size.guesses)
        _compare(
            secret, who, "guess",
            await a.looks([guess.address(pair.a) for guess in guesses]),
            await b.looks([guess.address(pair.b) for guess in guesses]), tally,
        )  # fmt: skip
        queries = addresses.queries([*hidden, "common", "harbour"], random, size.queries)
        _compare(
            secret, who, "query",
            await a.looks([addresses.query_address(text, pair.a, name) for text, name in queries]),
            await b.looks([addresses.query_address(text, pair.b, name) for text, name in queries]), tally,
        )  # fmt: skip
        asked = addresses.completions(
            [*hidden, *hidden, "common", "harbour", "omar"], random, size.completions
        )
        _compare(
            secret, who, "completion",
            await a.looks([addresses.completion_address(text, pair.a, name) for text, name in asked]),
            await b.looks([addresses.completion_address(text, pair.b, name) for text, name in asked]), tally,
        )  # fmt: skip

        await _hear(pair, secret, who, a, b, random, tally)

        tried = addresses.writes(app, hidden, random, size.writes)
        found: list[dict[str, Got]] = []

        async def attempt(world: World) -> None:
            looker = a if world is pair.a else b
            found.append(
                await looker.tries(
                    (method, guess.address(world), addresses.sent(guess.pattern, world.key(name)))
                    for method, guess, name in tried
                )
            )

        await pair.both(attempt)
        _compare(secret, who, "write", found[0], found[1], tally)
        _compare(secret, who, "link", await a.links(12), await b.links(12), tally)


async def _hear(
    pair: Pair, secret: Secret, who: str, a: Looker, b: Looker, random: Random, tally: Tally
) -> None:
    """What the sockets say while others do this and that, some of it in secret."""
    ears = [await a.listen(), await b.listen()]
    number = pair.steps

    async def hear() -> None:
        for ear in ears:
            await ear.hear()

    await stories.something(pair, random, f"live{number}")
    await hear()
    try:
        await pair.each(secret.live_a, secret.live_b)
    except Refused:
        pass  # done before, while another person listened
    await hear()
    await stories.something(pair, random, f"more{number}")
    last = f"post:common:last{number}"
    await pair.both(stories.makes(last, stories.say, "omar", "common", "the last word"))
    await hear()
    told = [ear.told for ear in ears]
    assert a.renumber.id(pair.a.id(last)) in "\n".join(told[0])  # what everybody may know of was heard
    tally.count("socket", max(len(each) for each in told))
    if told[0] != told[1]:
        tally.differences.append(Case(secret.name, who, "socket", "\n".join(told[0]), "\n".join(told[1])))


def _compare(
    secret: Secret, who: str, kind: str, a: Mapping[str, Got], b: Mapping[str, Got], tally: Tally
) -> None:
    for address in {**a, **b}:
        tally.count(kind)
        first, second = a.get(address), b.get(address)
        if first is not None:
            tally.statuses[first.status] += 1
        if first != second:
            tally.differences.append(Case(secret.name, who, f"{kind} {address}", str(first), str(second)))


def difference(case: Case) -> str:
    """What is different, for people: the first lines that are not the same."""
    import difflib

    lines = difflib.unified_diff(
        case.a.splitlines(), case.b.splitlines(), "with the secret", "without", lineterm="", n=1
    )
    return f"{case.secret}, seen by {case.person}: {case.what}\n" + "\n".join(list(lines)[:40])


async def sample(
    house: House,
    seed: int,
    size: Size,
    *,
    seconds: float | None = None,
    rounds: int = 1,
    most: int = 10,
    told: Callable[[str], None] = lambda text: None,
) -> Tally:
    """Every secret once, and then with other seeds: `rounds` times, or as often as fits into the seconds. After each
    pair `told` gets a line of how far it is."""
    tally = Tally()
    end = time.monotonic() + seconds if seconds else None

    def over() -> bool:
        return number > 0 and end is not None and time.monotonic() > end

    number = 0
    while (number < rounds) if end is None else (number == 0 or not over()):
        for secret in SECRETS:
            if over():
                break
            await run(house, secret, seed + number, size, tally, most=most, until=over)
            told(
                f"{tally.pairs} pairs, {tally.cases} cases, {len(tally.differences)} not equal: {secret.name}"
            )
        number += 1
    return tally


__all__ = ["Size", "Tally", "difference", "run", "sample"]
