"""`oracle`: sight against a plain model of it in many random worlds, a process on each core: every person, record and field,
by all shapes and doors, before and after a change of roles, groups, rules, owners and teams."""

import asyncio
import gc
import json
import os
import sys
import time
from collections import Counter
from contextlib import AsyncExitStack
from typing import Any

from argon2 import PasswordHasher

from bench.ground import Figures, data_folder, say
from hubbub.cli import serving
from hubbub.core import config, db, embedded
from hubbub.core.config import Settings
from hubbub.people.actions import passwords
from hubbub.records.access.viewer import _remembered
from tests.cast import House
from tests.city import watch
from tests.records import test_sight as model

WORLDS = int(os.environ.get("HUBBUB_SIGHT_WORLDS", "2000"))


async def measure(worlds: int = WORLDS) -> Figures:
    """The figures named oracle in the contract."""
    began = time.perf_counter()
    cores = os.cpu_count() or 1
    with data_folder() as settings, embedded.running(settings, durable=False):
        serving.migrate(settings)
        children = [
            await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bench.oracle", str(core), str(cores), str(worlds),
                stdout=asyncio.subprocess.PIPE,
                env=os.environ | {"HUBBUB_DATA": str(settings.data)},
            )
            for core in range(cores)
        ]  # fmt: skip
        told = [json.loads((await child.communicate())[0]) for child in children]
    differences = [each for part in told for each in part["differences"]]
    for each in differences[:10]:
        say(each)
    decided = {cause for part in told for cause in part["decided"]}
    return {
        "worlds": sum(part["worlds"] for part in told),
        "pairs": sum(part["pairs"] for part in told),
        "fields": sum(part["fields"] for part in told),
        "differences": len(differences),
        "undecided": sorted(c for c in model.EVERY_CAUSE if not any(c in each for each in decided)),
        "seconds": round(time.perf_counter() - began),
    }


async def compare(settings: Settings, worlds: range) -> dict[str, Any]:
    """What came of these worlds."""
    passwords.hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    db.Database.end = watch._end  # what reads the statements of tests takes longer than all the rest
    # The same few texts with other people's sets, over and over: planned once, they cost half.
    db.LIMITS += " -c plan_cache_mode=force_generic_plan"
    database = db.Database(settings.app_url, size=2, secret=settings.secrets.sealing)
    database.pool.kwargs["prepare_threshold"] = 1  # type: ignore[index]
    await database.open()
    pairs, fields, tried, differences = 0, 0, 0, []
    decided: Counter[str] = Counter()
    house = House(settings, None, database)
    for seed in worlds:
        async with AsyncExitStack() as clients:
            try:
                more = await model.compare_world(house, clients, seed, decided)
                pairs, fields = pairs + more[0], fields + more[1]
            except AssertionError as difference:
                differences.append(f"world {seed}: {str(difference)[:1000]}")
        tried += 1
        _remembered.pop(database, None)
        if tried % 50 == 0:
            gc.collect()
            say(f"world {seed}: {tried} worlds, {len(differences)} differences")
    await database.close()
    return {
        "worlds": tried,
        "pairs": pairs,
        "fields": fields,
        "differences": differences,
        "decided": list(decided),
    }


if __name__ == "__main__":
    first, step, count = map(int, sys.argv[1:])
    print(json.dumps(asyncio.run(compare(config.load(), range(first, count, step)))))
