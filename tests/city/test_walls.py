"""The second wall alone: what the rooms ask, without sight and without naming an org, brings no row of another org."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from hubbub.core.db import Tx
from hubbub.core.migrate import APP
from hubbub.records.access.viewer import Viewer, _remembered
from tests.city.conftest import Story, tell_all
from tests.city.test_routes import ROWS, send
from tests.city.watch import TENANT

_NAMES_ORG = re.compile(r"(?:\b\w+\.)?\borg_id = %\(org\)s")
_WRITES = re.compile(r"^\s*(with \w+ as \(\s*)?(insert|update|delete)\b|\bfor (no key )?update\b", re.I)
# Tables that are read alone, or of which more is told than what they are joined with lets pass.
TELLING = (
    "app_user", "role", "permission_set", "session", "record", "record_share", "feed_item", "feed_comment", "feed_like",
    "follow", "sharing_rule", "app_group", "group_member", "org", "org_access",
)  # fmt: skip
NO_ORG = 2_000_000_000  # nothing belongs to it

Read = tuple[str, dict[str, Any]]


@contextmanager
def unchecked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Read]]:
    """The statements that are read while sight lets everybody see everything."""
    reads: list[Read] = []
    execute = Tx._execute

    async def recorded(self: Tx, sql: str, params: Any) -> Any:
        if _NAMES_ORG.search(sql) and not _WRITES.search(sql):
            reads.append((sql, {"org": self.org, **(params or {})}))
        return await execute(self, sql, params)

    with monkeypatch.context() as patch:
        patch.setattr(Tx, "_execute", recorded)
        for ask in ("sees_all", "edits_all", "controls_all"):
            patch.setattr(Viewer, ask, lambda *_: True)
        _remembered.clear()
        yield reads
    _remembered.clear()


def rows(cursor: psycopg.Cursor[Any], read: Read, org: str, named: str) -> list[tuple[Any, ...]]:
    """What the statement brings in that org when `true` (or `false`) stands wherever it names one."""
    sql, bound = read
    cursor.execute("select set_config('hubbub.org', %s, true)", [org])
    return cursor.execute(_NAMES_ORG.sub(named, sql), bound).fetchall()  # type: ignore[arg-type]


def leaks(
    connection: psycopg.Connection[Any], reads: list[Read], foreign: set[int], org: int
) -> Iterator[str]:
    """The statements by which somebody gets rows that are not his org's.

    An org of which there is nothing, and who is in no org, gets what he would get of empty tables. Another org gets none
    of these ids, but for those that the statement was given.
    """
    with connection.cursor() as cursor:
        for read in reads:
            empty = rows(cursor, read, "", "false")
            try:
                nothing = [rows(cursor, read, setting, "true") for setting in ("", str(NO_ORG))]
                theirs = [row for row in rows(cursor, read, str(org), "true") if row not in empty]
            except psycopg.errors.CardinalityViolation:  # several orgs where there is one at most
                connection.rollback()
                yield read[0]
                return
            if nothing != [empty, empty] or (set(_ids(theirs)) & foreign) - set(_ids(read[1])):
                yield " ".join(read[0].split())


def ids_of(owner: psycopg.Connection[Any], org: int) -> set[int]:
    """Every id that stands in a row of that org."""
    columns = owner.execute(
        """select table_name::text, column_name::text from information_schema.columns where table_schema = 'public'
           and table_name = any(%s) and data_type = 'bigint' and column_name ~ '(^|_)id$'""",
        [list(TENANT)],
    ).fetchall()
    each = " union ".join(f"select {column} from {table} where org_id = {org}" for table, column in columns)
    return {id for (id,) in owner.execute(each) if id is not None}  # type: ignore[arg-type]


def _ids(value: Any) -> Iterator[int]:
    if isinstance(value, int) and not isinstance(value, bool):
        yield value
    elif isinstance(value, dict):
        yield from _ids(list(value.values()))
    elif isinstance(value, list | tuple | set):
        for each in value:
            yield from _ids(each)


async def test_no_row_of_another_org_when_nothing_but_the_database_minds(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    await tell_all(story)
    with unchecked(monkeypatch) as reads:
        for who in (
            "ada",
            "omar",
            "gus",
        ):  # sight is taken from all: who asks makes a difference by his kind alone
            for row in ROWS:
                if row.method == "GET":
                    await send(story, who, row)
    settings, company = story.company.house.settings, story.company
    with psycopg.connect(settings.owner_url) as owner:
        # standard fields have the same ids everywhere
        foreign = ids_of(owner, company.org_id) - ids_of(owner, story.elsewhere.org_id)
    # Who reads the same with the same values reads the same rows: asked again once.
    distinct = list({(sql, repr(params)): (sql, params) for sql, params in reads}.values())
    with psycopg.connect(settings.app_url) as app:
        found = list(leaks(app, distinct, foreign, story.elsewhere.org_id))
    print(f"{3 * len(reads)} reads, those of {len(distinct)} unlike all others")
    assert not found, "\n".join(found[:5])
    assert 3 * len(reads) >= 10_000

    # … and that is the policies' doing: without its own, a table tells, where no other table that it is joined with has one.
    with psycopg.connect(settings.owner_url) as owner:
        for table in TELLING:
            asked = {read[0]: read for read in reads if re.search(rf"\b{table}\b", read[0])}
            shortest_first = sorted(asked.values(), key=lambda read: len(read[0]))
            owner.execute(f"alter table {table} disable row level security")  # type: ignore[arg-type]
            owner.execute(f"set local role {APP}")
            assert any(leaks(owner, shortest_first, foreign, story.elsewhere.org_id)), table
            owner.rollback()
