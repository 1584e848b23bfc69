"""Profiles: the one permission set that everybody has, and what became of orgs that had none."""

import secrets

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from hubbub import objects, people, records
from hubbub.core import ids, migrate
from hubbub.core.config import Settings
from hubbub.core.errors import Forbidden, Invalid, NotFound
from tests.cast import Company

V = "/services/data/v62.0"


async def do(company: Company, who: str, act, *args, **more):
    async with company.act() as tx:
        return await act(tx, await people.actor(tx, company.id(who)), *args, **more)


async def profiles(company: Company) -> dict[str, str]:
    async with company.act() as tx:
        sets = {each.id: each for each in await people.permission_sets(tx)}
        held = [(user, set_id) for user, set_id in await people.assignments(tx) if sets[set_id].profile]
        assert len(held) == len(company.ids), "exactly one each"
        names = {id: name for name, id in company.ids.items()}
        return {names[user]: sets[set_id].name for user, set_id in held}


async def test_everybody_has_exactly_one_profile(company: Company) -> None:
    before = await profiles(company)
    assert before["ada"] == people.ADMINISTRATOR and before["gus"] == people.GUEST
    assert before["maya"] == people.STANDARD_WITHOUT_AMOUNT and before["omar"] == people.STANDARD
    account = await company.make("omar", "Account", Name="Isdom")
    await do(company, "ada", people.assign_permission_set, company.id("omar"), people.MINIMUM)
    assert await profiles(company) == before | {"omar": people.MINIMUM}
    with pytest.raises(NotFound):
        await do(company, "omar", records.access_record, account)
    ((_, noun, parent, *_, said, _),) = await company.events("people.user.profile_given")
    async with company.act() as tx:
        sets = {each.name: each.id for each in await people.permission_sets(tx)}
    assert (noun, parent, said["profile"]) == (
        company.id("omar"), sets[people.MINIMUM], str(sets[people.STANDARD]),
    )  # fmt: skip
    await do(company, "ada", people.assign_permission_set, company.id("omar"), people.MINIMUM)
    assert len(await company.events("people.user.profile_given")) == 1, "he had it already"
    await do(company, "ada", people.assign_permission_set, company.id("omar"), people.STANDARD)
    assert await do(company, "omar", records.access_record, account)


async def test_a_profile_is_not_taken_but_replaced(company: Company) -> None:
    with pytest.raises(Forbidden):
        await do(
            company, "ada", people.withdraw_permission_set, company.id("omar"), people.STANDARD_WITHOUT_AMOUNT
        )
    with pytest.raises(NotFound):
        await do(company, "ada", people.assign_permission_set, company.id("omar") + 1, people.STANDARD)
    for sets in ((), (people.MODERATOR,), (people.STANDARD, people.MINIMUM)):
        new = people.Newcomer(username="x@y.example", last_name="X", permission_sets=sets)
        with pytest.raises(Invalid):
            await do(company, "ada", people.add_user, new)
    with pytest.raises(psycopg.errors.UniqueViolation):
        async with company.act() as tx:  # whatever code forgets, the database does not
            await tx.run(
                """insert into permission_assignment (org_id, id, user_id, permission_set_id, profile)
                   select %(org)s, 1, %(user)s, id, profile from permission_set
                   where org_id = %(org)s and name = %(name)s""",
                {"user": company.id("omar"), "name": people.MINIMUM},
            )


async def test_only_what_nobody_has_can_be_deleted(company: Company) -> None:
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"))
        for name, profile in (("Harbour staff", True), ("Harbour talk", False)):
            await people.add_permission_set(tx, ada, name, (), objects.standard_objects(), profile=profile)
            await people.assign_permission_set(tx, ada, company.id("omar"), name)
    for name in ("Harbour staff", "Harbour talk"):
        with pytest.raises(Invalid) as refused:
            await do(company, "ada", people.delete_permission_set, name)
        assert refused.value.code == "DEPENDENCY_EXISTS" and "Omar Haddad" in refused.value.message
    with pytest.raises(Forbidden):
        await do(company, "ada", people.delete_permission_set, people.STANDARD)
    await do(company, "ada", people.assign_permission_set, company.id("omar"), people.STANDARD)
    await do(company, "ada", people.withdraw_permission_set, company.id("omar"), "Harbour talk")
    for name in ("Harbour staff", "Harbour talk"):
        with pytest.raises(Forbidden):
            await do(company, "omar", people.delete_permission_set, name)
        await do(company, "ada", people.delete_permission_set, name)
    async with company.act() as tx:
        assert not {each.name for each in await people.permission_sets(tx)} & {
            "Harbour staff",
            "Harbour talk",
        }
    assert len(await company.events("people.permission_set.deleted")) == 2


async def test_soql_tells_whose_profile_is_which(company: Company) -> None:
    async with company.act() as tx:
        standard = next(each for each in await people.permission_sets(tx) if each.name == people.STANDARD)
    key = ids.show(standard.profile_id)
    assert key.startswith("00e")
    asked = f"SELECT Username, ProfileId FROM User WHERE ProfileId = '{key}' ORDER BY Username"
    answer = await (await company.api("nina")).get(f"{V}/query", params={"q": asked})
    assert answer.status_code == 200, answer.text
    rows = answer.json()["records"]
    assert {row["ProfileId"] for row in rows} == {key}
    assert [row["Username"] for row in rows] == sorted(
        company.username(n) for n in ("omar", "noor", "nina", "mo")
    )


async def test_a_field_that_everybody_gets_is_told(company: Company) -> None:
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"))
        deal = (await objects.catalog(tx)).object("Opportunity")
        field = await objects.add_field(
            tx, ada, deal, objects.NewField(name="Pier__c", label="Pier", type="string")
        )
        reading = {
            each.permission_set_id for each in await people.object_grants(tx) if each.object == deal.code
        }
    told = await company.events("people.permission_set.field_granted")
    assert {(row[0], row[1], row[2]) for row in told} == {(ada.id, each, field.id) for each in reading}


def test_orgs_without_profiles_keep_everybodys_rights(settings: Settings) -> None:
    """The migration, as an owner whom row-level security binds; rights of each person before and after."""
    name, password = f"before_{secrets.token_hex(4)}", secrets.token_hex(8)
    with psycopg.connect(settings.owner_url, autocommit=True) as server:
        role = sql.Identifier(name)
        server.execute(sql.SQL("create role {} login password {}").format(role, sql.Literal(password)))
        server.execute(sql.SQL("create database {} owner {}").format(role, role))
    url = make_conninfo(
        "", **conninfo_to_dict(settings.owner_url) | {"dbname": name, "user": name, "password": password}
    )
    files = dict(migrate.files())
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("create table migration (number int primary key)")
        for number in range(1, 7):
            with db.transaction():
                db.execute(files[number].read_text().encode(), prepare=False)
        db.execute(_OLD.encode(), prepare=False)
        migrate._secure(db)
        before = _rights(db)
        with db.transaction():
            db.execute(files[7].read_text().encode(), prepare=False)
        assert _rights(db) == before and before[0]
        for table in ("permission_set", "permission_assignment", "record", "stage_history"):
            db.execute(sql.SQL("alter table {} no force row level security").format(sql.Identifier(table)))
        held = db.execute(
            """select a.org_id, a.user_id, s.name from permission_assignment a
               join permission_set s on s.org_id = a.org_id and s.id = a.permission_set_id
               where a.profile order by 1, 2"""
        ).fetchall()
        assert held == [
            (7, 1, "System Administrator"), (7, 2, "Standard User"), (7, 3, "Minimum Access (profile)"),
            (8, 4, "Guest"), (8, 5, "Minimum Access"),
        ]  # fmt: skip
        stages = db.execute(
            """select record_id & 255, version, stage, amount::float, (close_date at time zone 'UTC')::date::text,
                      probability::float, changed_by from stage_history order by 1, 2"""
        ).fetchall()
        assert stages == [
            (9, 1, "Prospecting", None, "2026-01-01", 10, 1), (9, 3, "Qualification", 5.5, "2026-01-01", 10, 2),
            (9, 4, "Qualification", None, "2026-02-02", 10, 2),
        ]  # fmt: skip
        fresh = db.execute("select next from id_block where name = 'id'").fetchone()
        numbers = db.execute(
            """select id & ((1::bigint << 48) - 1) from permission_set
               union all select id & ((1::bigint << 48) - 1) from stage_history"""
        ).fetchall()
        assert fresh and max(numbers)[0] < fresh[0] and len(set(numbers)) == len(numbers)


# Two orgs: somebody with two of the sets that are profiles now, somebody with none, a set of the new one's name.
_OLD = """
insert into org (org_id, name, domain) values (7, 'Seven', 's.example'), (8, 'Eight', 'e.example');
insert into org_access (org_id) values (7), (8);
insert into app_user (org_id, id, username, email, last_name, name)
select case when n < 4 then 7 else 8 end, n, n::text, n::text, n::text, n::text from generate_series(1, 5) n;
insert into permission_set (org_id, id, name, label, abilities) values
    (7, 12::bigint << 48 | 1, 'System Administrator', 'A', '{ManageUsers}'),
    (7, 12::bigint << 48 | 2, 'Standard User', 'S', '{}'),
    (7, 12::bigint << 48 | 3, 'Minimum Access', 'Mine', '{ViewAllData}'), (7, 12::bigint << 48 | 4, 'Moderator', 'M', '{}'),
    (8, 12::bigint << 48 | 5, 'Guest', 'G', '{}');
insert into object_permission (org_id, permission_set_id, object, can_read, can_edit)
select org_id, id, 34, true, id & 255 < 3 from permission_set;
insert into field_permission (org_id, permission_set_id, field_id, can_edit)
select org_id, id, 77, id & 255 = 2 from permission_set;
insert into permission_assignment (org_id, user_id, permission_set_id) values
    (7, 1, 12::bigint << 48 | 1), (7, 1, 12::bigint << 48 | 2), (7, 2, 12::bigint << 48 | 2), (7, 2, 12::bigint << 48 | 4),
    (7, 3, 12::bigint << 48 | 3), (8, 4, 12::bigint << 48 | 5);
insert into record (org_id, id, object, name, owner_id, created_by, modified_by, t1, n1, n3, d1)
values (7, 34::bigint << 48 | 9, 34, 'Tides', 1, 1, 1, 'Qualification', null, 10, '2026-02-02T00:00Z'),
       (7, 32::bigint << 48 | 8, 32, 'Isdom', 1, 1, 1, 'no stage', null, null, null);
insert into field_history (org_id, id, record_id, field_id, version, old_value, new_value, changed_by)
select 7, n, 34::bigint << 48 | 9, 16::bigint << 48 | ((1::bigint << 40) + 34000 + f), v, old, new, 2
from (values (1, 102, 3, '"Prospecting"'::jsonb, '"Qualification"'::jsonb), (2, 103, 3, null, '"5.5"'),
             (3, 103, 4, '"5.5"', null), (4, 104, 4, '"2026-01-01"', '"2026-02-02"'), (5, 109, 5, null, '"Call"'))
     x (n, f, v, old, new);
"""


def _rights(db: psycopg.Connection) -> tuple[list, list]:
    """What everybody may do: abilities and objects, and fields."""
    for table in ("permission_set", "permission_assignment", "object_permission", "field_permission"):
        db.execute(sql.SQL("alter table {} no force row level security").format(sql.Identifier(table)))
    found = (
        db.execute(
            """select a.user_id, o.object, bool_or(o.can_read), bool_or(o.can_edit),
                      array(select distinct x from permission_assignment b
                            join permission_set s on s.org_id = b.org_id and s.id = b.permission_set_id, unnest(s.abilities) x
                            where b.org_id = a.org_id and b.user_id = a.user_id)
               from permission_assignment a join object_permission o
                 on o.org_id = a.org_id and o.permission_set_id = a.permission_set_id
               group by a.org_id, a.user_id, o.object order by 1, 2"""
        ).fetchall(),
        db.execute(
            """select a.user_id, f.field_id, bool_or(f.can_edit) from permission_assignment a join field_permission f
                 on f.org_id = a.org_id and f.permission_set_id = a.permission_set_id
               group by a.org_id, a.user_id, f.field_id order by 1, 2"""
        ).fetchall(),
    )
    for table in ("permission_set", "permission_assignment", "object_permission", "field_permission"):
        db.execute(sql.SQL("alter table {} force row level security").format(sql.Identifier(table)))
    return found
