"""Two worlds, made step by step beside one another: the same people do the same things at the same times in both."""

import itertools
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import psycopg

from hubbub import people
from hubbub.core import ids
from tests.cast import CAST, Company, House, found_company

_numbers = itertools.count(1)

# What happened in a world happened days ago, a minute apart; the first of it weeks ago. So "3 days ago" reads the same
# in both worlds, however long the test takes.
LONG_AGO, LATELY = timedelta(days=40, hours=12), timedelta(days=3, hours=12)


class World:
    """One of the two: a company, and what was made in it by name."""

    def __init__(self, side: str, company: Company, domain: str) -> None:
        self.side = side
        self.company = company
        self.domain = domain
        self.made: dict[str, int] = {}
        self.other: World | None = None  # the other of the two is another org

    def id(self, name: str) -> int:
        return self.made[name]

    def key(self, name: str) -> str:
        return ids.show(self.made[name])


Act = Callable[[World], Awaitable[dict[str, int] | None]]


class Pair:
    """Both worlds, and the clock that they share."""

    def __init__(self, house: House, a: World, b: World, clock: psycopg.AsyncConnection[Any]) -> None:
        self.house = house
        self.a = a
        self.b = b
        self.started = datetime.now(UTC)
        self.steps = 0
        self.late = False
        self._clock = clock

    async def both(self, act: Act) -> None:
        """The same act in both worlds."""
        await self.each(act, act)

    async def each(self, in_a: Act | None, in_b: Act | None) -> None:
        """One step: what it makes has the same names and the same times in both worlds."""
        made: dict[str, int] = {}
        for world, act in ((self.a, in_a), (self.b, in_b)):
            if act is None:
                continue
            began = await self._now()
            found = await act(world) or {}
            world.made |= found
            made |= found
            await self._turn_back(world, began)
        self.steps += 1
        for world in (self.a, self.b):
            for name, id in made.items():
                if name not in world.made:  # somebody may guess at it here too: an id that was never anything
                    async with world.company.act() as tx:
                        world.made[name] = await tx.new_id(ids.type_of(id))

    @property
    def time(self) -> datetime:
        """The time of this step in both worlds."""
        ago = LATELY if self.late else LONG_AGO
        return self.started.replace(microsecond=0) - ago + timedelta(minutes=self.steps)

    async def _now(self) -> datetime:
        row = await (await self._clock.execute("select clock_timestamp()")).fetchone()
        assert row
        return row[0]

    async def _turn_back(self, world: World, began: datetime) -> None:
        """Give everything that was written since then the time of this step."""
        org = world.company.org_id
        async with self._clock.transaction():
            await self._clock.execute("select set_config('hubbub.org', %s, true)", [str(org)])
            await self._clock.execute(
                "select pg_temp.turn_back(%s, %s, %s)", [org, began - timedelta(milliseconds=1), self.time]
            )


_COLUMNS = """
select c.table_name, array_agg(c.column_name::text)
from information_schema.columns c
join information_schema.columns o
  on o.table_schema = c.table_schema and o.table_name = c.table_name and o.column_name = 'org_id'
join information_schema.tables t
  on t.table_schema = c.table_schema and t.table_name = c.table_name and t.table_type = 'BASE TABLE'
where c.table_schema = 'public' and c.data_type = 'timestamp with time zone' and c.column_name <> 'expires_at'
  and c.table_name not in ('org', 'event', 'idempotency_key') and c.column_name !~ '^d[0-9]+$'
group by 1 order by 1
"""


async def found_pair(house: House, stack: AsyncExitStack) -> Pair:
    """Two fresh orgs of the same name with the cast in them."""
    clock = await psycopg.AsyncConnection.connect(house.settings.owner_url, autocommit=True)
    stack.push_async_callback(clock.close)
    tables = await (await clock.execute(_COLUMNS)).fetchall()
    updates = "; ".join(
        f"update {table} set {column} = $3 where org_id = $1 and {column} >= $2"
        for table, columns in tables
        for column in columns
    )
    # A function keeps the plans of its statements, and each pair runs these a hundred times.
    await clock.execute(
        f"""set plan_cache_mode = force_generic_plan;
            create function pg_temp.turn_back(int, timestamptz, timestamptz) returns void language plpgsql
            as $$ begin {updates}; end $$"""  # type: ignore[arg-type]
    )
    number = next(_numbers)
    worlds = []
    for side in "ab":
        domain = f"{side}{house.settings.secrets.signing[:4]}{number:05}.example"
        company = await found_company(house, stack, name="Company", domain=domain)
        company.address = f"fd01::{number:x}"  # the sessions page shows it
        worlds.append(World(side, company, domain))
    pair = Pair(house, worlds[0], worlds[1], clock)
    worlds[0].other, worlds[1].other = worlds[1], worlds[0]
    for world in worlds:
        world.made |= world.company.ids
        await pair._turn_back(world, pair.started - timedelta(hours=1))
    return pair


class Deed:
    """Somebody's acts, for the scripts: a transaction as that person."""

    def __init__(self, world: World, name: str) -> None:
        self.world = world
        self.name = name
        self.stack = AsyncExitStack()

    async def __aenter__(self) -> tuple[Any, people.Actor]:
        tx = await self.stack.enter_async_context(self.world.company.act())
        return tx, await people.actor(tx, self.world.company.ids[self.name], client="test")

    async def __aexit__(self, *raised: Any) -> None:
        await self.stack.__aexit__(*raised)


class Case(msgspec.Struct, frozen=True):
    """One answer that one person got in both worlds and that is not the same."""

    secret: str
    person: str
    what: str
    a: str
    b: str


EVERYBODY = tuple(CAST)
