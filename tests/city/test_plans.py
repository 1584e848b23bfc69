"""Hot statements find their rows by an index, also under row-level security and for the role that it binds."""

import re

import psycopg

from tests.cast import House
from tests.city.conftest import Story
from tests.city.test_budgets import budgets, cost, furnish
from tests.city.watch import TENANT

# So few rows in an org that reading all of them is no harm.
SMALL = {"permission_set", "object_permission", "role", "org_access", "org", "custom_field"}


def explain(connection: psycopg.Connection, sql: str) -> str:
    """The plan for whatever parameters; sequential scans only where nothing else is possible."""
    numbers: dict[str, int] = {}
    text = re.sub(r"%\((\w+)\)s", lambda m: f"${numbers.setdefault(m[1], len(numbers) + 1)}", sql)
    rows = connection.execute(f"explain (generic_plan) {text.replace('%%', '%')}".encode()).fetchall()
    return "\n".join(row[0] for row in rows)


async def test_hot_statements_use_indexes(house: House, story: Story) -> None:
    await furnish(story, 1)
    statements: dict[str, str] = {}
    for _, who, row in budgets():
        for sql in await cost(story, who, row):
            statements.setdefault(sql, str(row))
    scans = []
    with psycopg.connect(house.settings.app_url, autocommit=True) as connection:
        connection.execute("set enable_seqscan = off")
        connection.execute(f"set hubbub.org = '{story.company.org_id}'".encode())
        for sql, row in statements.items():
            if not re.match(r"\s*(with|select|update|delete|insert)\b", sql, re.I):
                continue
            plan = explain(connection, sql)
            for table in re.findall(r"Seq Scan on (\w+)", plan):
                if table in TENANT - SMALL:
                    scans.append(f"{row}: all of {table}: {' '.join(sql.split())[:300]}")
    assert len(statements) > 30
    assert not scans, "\n".join(scans)
