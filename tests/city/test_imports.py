"""Imports look down, and rooms are entered by the door: the contracts of pyproject.toml."""

import contextlib
import io

import pytest
from importlinter import cli

from tests.city.test_sql import HUBBUB

NAMES = {
    "__init__", "access", "actions", "queries", "pages", "api", "shapes", "jobs",
}  # fmt: skip
HOUSE = {"__init__", "routes", "shell", "cli"}
# What knows no noun of the business, and what spans all rooms: their files are named after what they do.
OWN_FILES = {"core", "cli", "api", "migrations"}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_imports_keep_the_contracts() -> None:
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        failed = cli.lint_imports(config_filename=str(HUBBUB.parent / "pyproject.toml"), no_cache=True)
    assert not failed, said.getvalue()


def test_rooms_have_the_files_that_rooms_have() -> None:
    odd = []
    for path in sorted(HUBBUB.rglob("*.py")):
        room, *rest = path.relative_to(HUBBUB).with_suffix("").parts
        if not rest:
            if room not in HOUSE:
                odd.append(str(path))
        elif room not in OWN_FILES and rest[0] not in NAMES:
            odd.append(str(path.relative_to(HUBBUB)))
    assert not odd, odd


def test_a_door_says_what_its_room_is() -> None:
    silent = [
        str(door.relative_to(HUBBUB))
        for door in sorted(HUBBUB.glob("*/__init__.py"))
        if not door.read_text().startswith('"""')
    ]
    assert not silent
