"""`hubbub import` as a person runs it: a real process, killed in the middle and run again."""

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import world
from hubbub.cli import serving
from hubbub.core import config, embedded
from hubbub.core.config import CHECKOUT, Settings
from hubbub.core.db import Database

DEALS = 2500

MAP = """
[[field]]
object = "Opportunity"
name = "Key__c"
label = "Key"
type = "string"
unique = true
external_id = true

[[record]]
object = "Opportunity"
file = "deals.csv"
key = "{id}"
key_field = "Key__c"

[record.fields]
Name = "Imported {id}"
StageName = "Prospecting"
CloseDate = "2027-01-01"
Amount = "{amount}"
"""


def command(
    settings: Settings, folder: Path, username: str = "ada@tidewater.example"
) -> subprocess.Popen[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HUBBUB_")}
    words = ["import", folder, "--map", folder / "map.toml", "--as", username, "--data", settings.data]
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "hubbub.cli", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**kept, "PYTHONPATH": str(CHECKOUT)},
    )


async def deals(settings: Settings) -> tuple[int, int]:
    """How many imported deals there are, and how many different ones."""
    database = Database(settings.app_url, size=1, secret=settings.secrets.sealing)
    await database.open()
    try:
        async with database.act(1) as tx:
            ((count, names),) = await tx.tuples(
                """select count(*), count(distinct name) from record
                   where org_id = %(org)s and object = 34 and name like 'Imported %%'"""
            )
        return count, names
    finally:
        await database.close()


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A data folder of its own: processes are killed in here."""
    return config.load(tmp_path_factory.mktemp("import"))


@pytest.mark.slow
def test_killed_in_the_middle_and_run_again_ends_as_if_nothing_had_happened(
    own: Settings, tmp_path: Path
) -> None:
    lines = [f"{n},{n * 10}" for n in range(DEALS)]
    (tmp_path / "deals.csv").write_text("id,amount\n" + "\n".join(lines) + "\nlast,much\n")
    (tmp_path / "map.toml").write_text(MAP)
    with embedded.running(own):
        serving.migrate(own)
        asyncio.run(world.build(own))
        process = command(own, tmp_path)
        until = time.monotonic() + 60
        while asyncio.run(deals(own))[0] == 0 and process.poll() is None and time.monotonic() < until:
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        there, _ = asyncio.run(deals(own))
        assert 0 < there < DEALS, "killed too early or too late to prove anything"

        again = command(own, tmp_path)
        said, wrong = again.communicate(timeout=120)
        assert again.returncode == 0, wrong
        first, shown = said.splitlines()
        assert first == f"Opportunity: {DEALS + 1:,} read, {DEALS - there:,} created, 0 updated, 1 refused"
        kept = re.fullmatch(r" +refused lines and why: (.+\.csv)", shown)
        assert kept and Path(kept[1]).read_text().splitlines() == [
            "line,reason,id,amount",
            f'{DEALS + 2},"Amount: Enter an amount, such as 12500 or 12500.50.",last,much',
        ]
        assert Path(kept[1]).is_relative_to(own.data / "imports")
        assert asyncio.run(deals(own)) == (DEALS, DEALS)

        third = command(own, tmp_path)
        said, _ = third.communicate(timeout=120)
        assert said.startswith(f"Opportunity: {DEALS + 1:,} read, 0 created, 0 updated, 1 refused\n")


@pytest.mark.slow
def test_who_is_no_administrator_is_refused_in_one_line(own: Settings, tmp_path: Path) -> None:
    (tmp_path / "deals.csv").write_text("id,amount\n1,2\n")
    (tmp_path / "map.toml").write_text(MAP)
    process = command(own, tmp_path, "omar@tidewater.example")
    said, wrong = process.communicate(timeout=180)
    assert (process.returncode, said, wrong) == (1, "", "hubbub: Only an administrator imports.\n")
