"""Watches every statement that the tests run: each must name its org for each tenant table (cluster-rules.md, 4)."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from hubbub.core.db import Database, Tx
from hubbub.core.migrate import GLOBAL, files
from tests.city.statements import without_org

_TABLE = re.compile(r"^create table (\w+) \((.*?)^\)", re.M | re.S)


def tables_of_rooms() -> dict[str, str]:
    """Every table that the migrations make, with what they say of its columns."""
    return {name: columns for _, path in files() for name, columns in _TABLE.findall(path.read_text())}


TENANT = frozenset(
    name for name, columns in tables_of_rooms().items() if re.search(r"^\s+org_id\s", columns, re.M)
) - set(GLOBAL)

_checked: dict[str, list[str]] = {}
_faults: list[str] = []
_counting: list[list[str]] = []
_end = Database.end


async def _ended(self: Database, tx: Tx, *, commit: bool) -> None:
    for sql, *_ in tx.log:
        if sql not in _checked:
            _checked[sql] = without_org(sql, TENANT)
        _faults.extend(f"{fault}\n  in: {' '.join(sql.split())}" for fault in _checked[sql])
        for counter in _counting:
            counter.append(sql)
    await _end(self, tx, commit=commit)


Database.end = _ended


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements of all acts that end meanwhile."""
    counter: list[str] = []
    _counting.append(counter)
    try:
        yield counter
    finally:
        _counting.remove(counter)


@pytest.fixture(autouse=True)
def statements_name_their_org() -> Iterator[None]:
    """A test fails when a statement that it ran leaves a tenant table without `org_id = …`."""
    _faults.clear()
    yield
    faults = sorted(set(_faults))
    assert not faults, "statements that do not name their org:\n" + "\n".join(faults)
