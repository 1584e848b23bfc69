"""Sharing rules, teams and shares: what they grant, when, and what is refused with nothing half-granted."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from hubbub import objects, people, records, routes
from hubbub.core.errors import Forbidden, Invalid, NotFound
from hubbub.records import Condition
from hubbub.records.actions import rules as acts
from hubbub.records.actions.rules import collect_rule, fill_rule
from tests.cast import Company

BLUE = [Condition("Name", "equals", "blue")]


async def accounts(company: Company, *names: str) -> list[int]:
    async with company.act() as tx:
        await objects.set_default(tx, await people.actor(tx, company.id("ada")), "Account", "Private")
    return [await company.make("omar", "Account", Name=name) for name in names]


async def add_rule(company: Company, **said: Any) -> int:
    whole: dict[str, Any] = {"target_id": company.id("nina")}
    whole |= said
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"))
        return await records.add_rule(tx, ada, "Account", "Blue ones", **whole)


async def fill(company: Company, rule_id: int) -> None:
    async with company.act() as tx:
        await fill_rule(tx, rule_id)


async def progress(company: Company, rule_id: int) -> tuple[int, int | None, bool]:
    async with company.act() as tx:
        (rule,) = [
            r for r in await records.rules(tx, await people.actor(tx, company.id("ada"))) if r.id == rule_id
        ]
    return rule.filled, rule.total, rule.filled_at is not None


async def seen(company: Company, who: str, *ids: int) -> list[bool]:
    async with company.act() as tx:
        found = await records.visible_cards(tx, await people.actor(tx, company.id(who)), ids)
    return [id in found for id in ids]


async def rename(company: Company, record_id: int, name: str) -> None:
    async with company.act() as tx:
        await records.update_record(tx, await people.actor(tx, company.id("omar")), record_id, {"Name": name})


async def rows(company: Company, rule_id: int) -> int:
    async with company.act() as tx:
        return await tx.value(
            "select count(*) from record_share where org_id = %(org)s and principal_id = %(id)s",
            {"id": rule_id},
        )


async def test_a_rule_by_criteria_is_filled_in_parts(company: Company, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(acts, "FILLED_AT_ONCE", 3)
    made = await accounts(company, "blue", "red", "Blue", "red", "blue", "red", "red")
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"))
        assert await records.count_rule(tx, ada, "Account", conditions=BLUE) == 3
        assert await records.count_rule(tx, ada, "Account", source_id=company.roles["Sales Rep"]) == 7
        assert await records.count_rule(tx, ada, "Account", source_id=company.roles["Service"]) == 0
    rule = await add_rule(company, conditions=BLUE)
    assert await progress(company, rule) == (0, None, False)
    assert not any(await seen(company, "nina", *made))
    for done in ((3, 7, False), (6, 7, False), (7, 7, True)):
        await fill(company, rule)
        assert await progress(company, rule) == done
    assert await seen(company, "nina", *made) == [True, False, True, False, True, False, False]
    # a record that is changed or made later fits or does not at once
    await rename(company, made[0], "red")
    await rename(company, made[1], "blue")
    later = await company.make("omar", "Account", Name="blue")
    assert await seen(company, "nina", *made[:2], later) == [False, True, True]
    assert [each[2] for each in await company.events("records.share.deleted")] == [None]

    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"))
        changed = await records.edit_rule(tx, ada, rule, level=2)
        assert changed != rule
    assert not any(await seen(company, "nina", *made, later)), "what the old rule granted is gone at once"
    assert await rows(company, rule) == 4
    async with company.act() as tx:
        await collect_rule(tx, rule)
    assert await rows(company, rule) == 0
    for _ in range(3):
        await fill(company, changed)
    assert await seen(company, "nina", *made[:2], later) == [False, True, True]
    async with company.act() as tx:
        await records.update_record(tx, await people.actor(tx, company.id("nina")), later, {"Phone": "1"})
    async with company.act() as tx:
        await records.delete_rule(tx, await people.actor(tx, company.id("ada")), changed)
    assert not any(await seen(company, "nina", *made, later))
    await fill(company, changed)  # a job that comes too late does nothing
    assert set(acts.FILL.split()) | {acts.COLLECT} <= set(routes.JOBS)


async def test_filling_waits_for_a_change_and_a_change_for_filling(company: Company):
    first, second = await accounts(company, "blue", "blue")
    rule = await add_rule(company, conditions=BLUE)
    # A change that is not committed yet is waited for …
    tx = await company.database.begin(company.org_id)
    omar = await people.actor(tx, company.id("omar"))
    await records.update_record(tx, omar, first, {"Name": "red"})
    filling = asyncio.create_task(fill(company, rule))
    await asyncio.sleep(0.3)
    assert not filling.done()
    await company.database.end(tx, commit=True)
    await filling
    assert await seen(company, "nina", first, second) == [False, True]
    # … and a change that waits for filling takes away what was granted meanwhile.
    rule = await add_rule(
        company, conditions=[Condition("Name", "equals", "blue")], target_id=company.id("mo")
    )
    tx = await company.database.begin(company.org_id)
    await fill_rule(tx, rule)
    changing = asyncio.create_task(rename(company, second, "red"))
    await asyncio.sleep(0.3)
    assert not changing.done()
    await company.database.end(tx, commit=True)
    await changing
    assert await seen(company, "mo", first, second) == [False, False]


async def test_a_record_made_while_the_rule_was_made_is_found(company: Company):
    await accounts(company)
    tx = await company.database.begin(company.org_id)
    omar = await people.actor(tx, company.id("omar"))
    made = (await records.insert_record(tx, omar, "Account", {"Name": "blue"})).id
    rule = await add_rule(company, conditions=BLUE)
    filling = asyncio.create_task(fill(company, rule))
    await asyncio.sleep(0.3)
    assert not filling.done()
    await company.database.end(tx, commit=True)
    await filling
    assert await seen(company, "nina", made) == [True]


CONDITIONS = [
    ([Condition("Nothing__c", "equals", "x")], "INVALID_FIELD"),
    ([Condition("LastModifiedDate", "equals", "2026-01-01T00:00:00Z")], "INVALID_FIELD"),
    ([Condition("Description", "equals", "x")], "INVALID_FIELD"),
    ([Condition("Name", "resembles", "x")], "INVALID_OPERATOR"),
    ([Condition("AnnualRevenue", "contains", "1")], "INVALID_OPERATOR"),
    ([Condition("AnnualRevenue", "greaterThan", "much")], "JSON_PARSER_ERROR"),
    ([Condition("AnnualRevenue", "greaterThan")], "INVALID_INPUT"),
    ([Condition("Name", "contains", 7)], "INVALID_INPUT"),
    ([Condition("Name", "contains", "x\0")], "INVALID_INPUT"),
    ([Condition("Name", "equals", "x" * 256)], "STRING_TOO_LONG"),
    ([], "LIMIT_EXCEEDED"),
    ([Condition("Name", "notEqual", str(n)) for n in range(11)], "LIMIT_EXCEEDED"),
]


async def test_what_is_no_rule_leaves_nothing(company: Company):
    await accounts(company, "blue")
    async with company.act() as tx:
        await people.deactivate_user(tx, None, company.id("mo"))
    service = company.roles["Service"]
    wrong: list[tuple[dict[str, Any], str]] = [({"conditions": said}, code) for said, code in CONDITIONS]
    wrong += [
        ({"conditions": BLUE, "source_id": service}, "INVALID_INPUT"),
        ({}, "INVALID_INPUT"),
        ({"conditions": BLUE, "level": 3}, "INVALID_INPUT"),
        ({"conditions": BLUE, "target_id": company.id("mo")}, "INVALID_CROSS_REFERENCE_KEY"),
        ({"conditions": BLUE, "target_id": service + 5}, "INVALID_CROSS_REFERENCE_KEY"),
        ({"source_id": company.id("omar")}, "INVALID_CROSS_REFERENCE_KEY"),
        ({"source_id": people.EVERYONE}, "INVALID_CROSS_REFERENCE_KEY"),
    ]
    for said, code in wrong:
        with pytest.raises(Invalid) as refused:
            await add_rule(company, **said)
        assert refused.value.code == code, said
    for name in ("", "x" * 81):
        with pytest.raises(Invalid):
            async with company.act() as tx:
                ada = await people.actor(tx, company.id("ada"))
                await records.add_rule(tx, ada, "Account", name, target_id=service, conditions=BLUE)
    with pytest.raises(Invalid):
        async with company.act() as tx:
            ada = await people.actor(tx, company.id("ada"))
            await objects.set_default(tx, ada, "Contact", "ControlledByParent")
            await records.add_rule(tx, ada, "Contact", "Not one by one", target_id=service, source_id=service)
    with pytest.raises(Forbidden):
        async with company.act() as tx:
            noor = await people.actor(tx, company.id("noor"))
            await records.add_rule(tx, noor, "Account", "Mine", target_id=service, source_id=service)
    async with company.act() as tx:
        assert await records.rules(tx, await people.actor(tx, company.id("ada"))) == []
        assert await tx.value("select count(*) from record_share where org_id = %(org)s") == 0


async def test_all_operators(company: Company):
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"))
        for name, revenue in (("Blue sea", 10), ("bluebell", 20), ("Red", None)):
            values = {"Name": name, "AnnualRevenue": Decimal(revenue) if revenue else None}
            await records.insert_record(tx, ada, "Account", values)
        for field, operator, value, count in (
            ("Name", "startsWith", "BLUE", 2), ("Name", "contains", "%", 0), ("Name", "contains", "ue S", 1),
            ("Name", "notEqual", "red", 2), ("AnnualRevenue", "greaterThan", 10, 1), ("AnnualRevenue", "lessOrEqual", 20, 2),
            ("AnnualRevenue", "greaterOrEqual", "10", 2), ("AnnualRevenue", "lessThan", 10, 0),
            ("AnnualRevenue", "equals", None, 1), ("AnnualRevenue", "notEqual", None, 2), ("AnnualRevenue", "notEqual", 10, 2),
        ):  # fmt: skip
            said = [Condition(field, operator, value)]
            assert await records.count_rule(tx, ada, "Account", conditions=said) == count, said


async def test_a_rule_by_a_field_that_is_gone_fits_nothing(company: Company):
    (made,) = await accounts(company, "x")
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"))
        account = (await objects.catalog(tx)).object("Account")
        new = objects.NewField(name="Colour__c", label="Colour", type="string")
        field = await objects.add_field(tx, ada, account, new)
    rule = await add_rule(company, conditions=[Condition("Colour__c", "notEqual", "red")])
    async with company.act() as tx:
        await tx.run("delete from custom_field where org_id = %(org)s and id = %(id)s", {"id": field.id})
        await people.raise_version(tx)
    await fill(company, rule)
    await rename(company, made, "y")
    assert await seen(company, "nina", made, await company.make("omar", "Account", Name="z")) == [
        False,
        False,
    ]


async def test_teams_and_their_history(company: Company):
    (account,) = await accounts(company, "blue")
    product = await company.make("ada", "Product2", Name="Lamp")
    nina, maya = company.id("nina"), company.id("maya")

    async def act(who: str, what: Any, *args: Any, **said: Any) -> Any:
        async with company.act() as tx:
            return await what(tx, await people.actor(tx, company.id(who)), *args, **said)

    await act("omar", records.join_team, account, nina, team_role="Support")
    assert await seen(company, "nina", account) == [True]
    with pytest.raises(Forbidden):
        await act("nina", records.update_record, account, {"Name": "x"})
    with pytest.raises(Forbidden):
        await act("nina", records.join_team, account, maya)
    await act("omar", records.join_team, account, nina, team_role="Lead", level=2)
    await act("nina", records.update_record, account, {"Name": "x"})
    assert [(m.team_role, m.level) for m in await act("nina", records.team, account)] == [("Lead", 2)]
    past = await act("nina", records.team, account, past=True)
    assert [(m.team_role, m.left_at is None) for m in past] == [("Support", False), ("Lead", True)]
    assert [(s.cause, s.level) for s in await act("omar", records.shares, account)] == [("team", 2)]
    await act("nina", records.leave_team, account, nina)
    assert await seen(company, "nina", account) == [False]
    with pytest.raises(NotFound):
        await act("omar", records.leave_team, account, nina)
    async with company.act() as tx:
        await people.deactivate_user(tx, None, maya)
    for what, args, said, code in (
        (records.join_team, (account, maya), {}, "INACTIVE_OWNER_OR_USER"),
        (records.join_team, (account, company.roles["Service"]), {}, "INVALID_CROSS_REFERENCE_KEY"),
        (records.join_team, (account, nina), {"level": 0}, "INVALID_INPUT"),
        (records.join_team, (account, nina), {"team_role": "x" * 81}, "STRING_TOO_LONG"),
        (records.join_team, (product, nina), {}, "INVALID_INPUT"),
        (records.share_record, (account, maya), {}, "INVALID_CROSS_REFERENCE_KEY"),
    ):
        with pytest.raises(Invalid) as refused:
            await act("ada", what, *args, **said)
        assert refused.value.code == code
    assert await act("ada", records.shares, account) == []


async def test_who_may_ask_why(company: Company):
    (account,) = await accounts(company, "blue")

    async def ask(asker: str, about: str, field: str | None = None) -> records.Explanation:
        async with company.act() as tx:
            actor = await people.actor(tx, company.id(asker))
            return await records.explain(tx, actor, company.id(about), account, field)

    told = await ask("ada", "noor")
    assert told.reads and told.edits and told.shares
    (reason,) = told.reasons
    assert reason.cause == "above owner"
    assert reason.path[0] == company.id("noor") and reason.path[-1] == company.id("omar")
    told = await ask("ada", "nina")
    assert not told.reads and [each.cause for each in told.reasons] == ["private"]
    assert (await ask("omar", "omar")).deletes
    with pytest.raises(Forbidden):
        await ask("omar", "nina")
    with pytest.raises(NotFound):
        await ask("nina", "nina")
    with pytest.raises(Invalid):
        await ask("ada", "noor", "Nothing")
