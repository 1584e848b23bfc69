"""The rules of tables, asked of the real catalog: tenants apart by keys, and by row-level security under them."""

import os
import subprocess
from typing import Any

import psycopg
import pytest

from hubbub.core import embedded, migrate
from hubbub.core.config import Settings
from tests.cast import House
from tests.city.conftest import Story, tell_all
from tests.city.watch import TENANT

SCHEMA = migrate.FOLDER / "schema.sql"


@pytest.fixture(scope="module")
def catalog(house: House) -> Any:
    """The database as its owner sees it."""
    with psycopg.connect(house.settings.owner_url, autocommit=True) as connection:
        yield connection


def ask(catalog: psycopg.Connection, sql: str) -> list[tuple[Any, ...]]:
    return catalog.execute(sql.encode()).fetchall()


def tenant_tables(catalog: psycopg.Connection) -> set[str]:
    """Tables with an org_id, but for those that are read before any org is known."""
    found = ask(
        catalog,
        """select table_name from information_schema.columns join information_schema.tables t using (table_schema, table_name)
           where table_schema = 'public' and column_name = 'org_id' and t.table_type = 'BASE TABLE'""",
    )
    return {name for (name,) in found} - migrate.GLOBAL


def test_tables_of_the_catalog_are_those_of_the_migrations(catalog: psycopg.Connection) -> None:
    assert tenant_tables(catalog) == TENANT
    every = {name for (name,) in ask(catalog, "select tablename from pg_tables where schemaname = 'public'")}
    assert every - TENANT == migrate.GLOBAL, "a table without org_id is one of the few that are meant to be"


def test_org_id_is_int_and_never_null(catalog: psycopg.Connection) -> None:
    found = ask(
        catalog,
        """select table_name, data_type, is_nullable from information_schema.columns
           where table_schema = 'public' and column_name = 'org_id'""",
    )
    assert {each for each in found if each[1:] != ("integer", "NO")} == set()


def test_every_table_has_a_primary_key(catalog: psycopg.Connection) -> None:
    without = ask(
        catalog,
        """select c.relname from pg_class c
           where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
             and not exists (select 1 from pg_constraint k where k.conrelid = c.oid and k.contype = 'p')""",
    )
    assert without == []


def test_org_id_leads_every_key(catalog: psycopg.Connection) -> None:
    keys = ask(
        catalog,
        """select c.conrelid::regclass::text, c.conname, a.attname, c.contype
           from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
           where c.connamespace = 'public'::regnamespace and c.contype in ('p', 'u', 'x', 'f')""",
    )
    assert len(keys) > 40
    wrong = [key for key in keys if key[0] in tenant_tables(catalog) and key[2] != "org_id"]
    assert wrong == []


def test_org_id_leads_every_index(catalog: psycopg.Connection) -> None:
    indexes = ask(
        catalog,
        """select i.indrelid::regclass::text, i.indexrelid::regclass::text, a.attname
           from pg_index i join pg_class c on c.oid = i.indrelid and c.relnamespace = 'public'::regnamespace
           left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]""",
    )
    wrong = {name for table, name, first in indexes if table in tenant_tables(catalog) and first != "org_id"}
    # The relay of a process reads the events of all orgs.
    assert wrong == {"event_by_transaction"}


def test_references_stay_in_the_org(catalog: psycopg.Connection) -> None:
    references = ask(
        catalog,
        """select c.conrelid::regclass::text, c.confrelid::regclass::text, f.attname, c.confdeltype
           from pg_constraint c join pg_attribute f on f.attrelid = c.confrelid and f.attnum = c.confkey[1]
           where c.connamespace = 'public'::regnamespace and c.contype = 'f'""",
    )
    tenant = tenant_tables(catalog)
    wrong = [
        r
        for r in references
        if (r[0] in tenant or r[1] in tenant) and not (r[1] in tenant and r[2] == "org_id")
    ]
    assert wrong == []
    assert [r for r in references if r[3] == "n"] == [], (
        "ON DELETE SET NULL is refused where org_id is in the key"
    )


def test_ids_come_from_us(catalog: psycopg.Connection) -> None:
    """No serial or identity column, no trigger, no function, no view over tenant tables."""
    assert ask(
        catalog,
        """select table_name, column_name from information_schema.columns
           where table_schema = 'public' and (column_default like 'nextval%' or is_identity = 'YES')""",
    ) == []  # fmt: skip
    assert ask(
        catalog,
        """select t.tgname from pg_trigger t join pg_class c on c.oid = t.tgrelid
           where not t.tgisinternal and c.relnamespace = 'public'::regnamespace""",
    ) == []  # fmt: skip
    assert ask(
        catalog,
        """select proname from pg_proc p where pronamespace = 'public'::regnamespace and not exists (
             select 1 from pg_depend d where d.objid = p.oid and d.deptype = 'e')  -- but for those of an extension""",
    ) == []  # fmt: skip
    assert ask(catalog, "select viewname from pg_views where schemaname = 'public'") == []


def test_row_level_security_is_on_and_forced(catalog: psycopg.Connection) -> None:
    state = ask(
        catalog,
        """select relname, relrowsecurity, relforcerowsecurity from pg_class
           where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')""",
    )
    tenant = tenant_tables(catalog)
    assert {name for name, on, forced in state if on and forced} == tenant
    policies = ask(
        catalog, "select tablename, policyname, roles::text, cmd, qual, with_check from pg_policies"
    )
    own = "(org_id = (NULLIF(current_setting('hubbub.org'::text, true), ''::text))::integer)"
    expected = {(table, "own_org", "{public}", "ALL", own, None) for table in tenant}
    assert set(policies) - expected == {("event", "relay", "{hubbub_relay}", "SELECT", "true", None)}
    assert expected <= set(policies)


def test_the_roles_cannot_get_around_it(catalog: psycopg.Connection) -> None:
    roles = ask(
        catalog,
        """select rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles
           where rolname in ('hubbub_app', 'hubbub_relay') order by 1""",
    )
    assert roles == [("hubbub_app", False, False, False, False), ("hubbub_relay", False, False, False, False)]
    owned = ask(catalog, "select tablename from pg_tables where tableowner in ('hubbub_app', 'hubbub_relay')")
    assert owned == []
    relay = ask(
        catalog,
        """select table_name, privilege_type from information_schema.role_table_grants
           where grantee = 'hubbub_relay' and table_schema = 'public'""",
    )
    assert relay == [("event", "SELECT")]


def test_what_is_sealed_can_be_written_and_not_read(house: House, story: Story) -> None:
    """Who asked in a record's name: the app's role may add it, and neither read, change nor take it away."""
    with psycopg.connect(house.settings.app_url, autocommit=True) as connection:
        mine = "select set_config('hubbub.org', %s, true)", [str(story.company.org_id)]
        with connection.transaction():
            connection.execute(*mine)
            connection.execute(
                "insert into sealed_asker (org_id, item_id, user_id) values (%s, 9000000000001, 9000000000002)",
                [story.company.org_id],
            )
        for forbidden in (
            "select count(*) from sealed_asker",
            "update sealed_asker set user_id = 2",
            "delete from sealed_asker",
            "insert into sealed_asker (org_id, item_id, user_id) values (0, 2, 1)",
        ):
            with connection.transaction(), pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(*mine)
                connection.execute(forbidden.encode())


# Tables that no act writes yet: each leaves this list with the first one.
UNTOLD: set[str] = set()


async def test_rows_of_another_org_do_not_exist(house: House, story: Story) -> None:
    """The second wall: under the app's role and another org's setting, every table is empty and cannot be written."""
    company, other = story.company, story.elsewhere
    await tell_all(story)
    mine: dict[str, int] = {}
    with psycopg.connect(house.settings.app_url, autocommit=True) as connection:
        for org_id, found in ((company.org_id, mine), (0, {}), (None, {})):
            for table in sorted(TENANT - migrate.SEALED):
                with connection.transaction():
                    if org_id is not None:
                        connection.execute("select set_config('hubbub.org', %s, true)", [str(org_id)])
                    count = f"select count(*) filter (where org_id = {company.org_id}), count(*) from {table}"
                    rows = connection.execute(count.encode()).fetchone()
                    assert rows is not None
                    found[table] = rows[0]
                    # Whose setting it is sees its own rows and no others.
                    assert rows[0] == rows[1], (org_id, table)
                    if org_id != company.org_id:
                        assert rows[1] == 0, (org_id, table)
        with connection.transaction(), pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("select set_config('hubbub.org', %s, true)", [str(other.org_id)])
            connection.execute(
                "insert into topic (org_id, id, name, key) values (%s, 1, 'x', 'x')", [company.org_id]
            )
        with connection.transaction():
            connection.execute("select set_config('hubbub.org', %s, true)", [str(other.org_id)])
            changed = connection.execute(
                "update app_user set title = 'x' where org_id = %s", [company.org_id]
            )
            assert changed.rowcount == 0
    assert {table for table, count in mine.items() if not count} == UNTOLD, (
        "tables in which the story leaves no row"
    )


def dump(settings: Settings) -> str:
    """The schema of the database as text that is the same each time."""
    done = subprocess.run(
        [
            str(embedded.binaries() / "pg_dump"), "--schema-only", "--no-owner", "--no-privileges",
            "--restrict-key=hubbub", "--schema=public", settings.owner_url,
        ],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    # Which server it came from says nothing about the schema.
    return "\n".join(line for line in done.stdout.splitlines() if not line.startswith("-- Dumped")) + "\n"


def test_the_snapshot_is_what_the_migrations_make(house: House) -> None:
    made = dump(house.settings)
    if os.environ.get("HUBBUB_WRITE_SNAPSHOT"):
        SCHEMA.write_text(made)
    kept = SCHEMA.read_text() if SCHEMA.exists() else ""
    how = "HUBBUB_WRITE_SNAPSHOT=1 bin/test city -k snapshot"
    assert made == kept, f"migrations and {SCHEMA.name} differ; if that is meant:  {how}"
