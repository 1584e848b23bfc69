"""Making, reading, changing, sharing and deleting records, each as the cast sees it."""

from datetime import date
from decimal import Decimal

import pytest

from hubbub import objects, people, records
from hubbub.core.errors import Forbidden, Invalid, NotFound
from tests.cast import Company


async def deal(company: Company, owner: str = "omar", **more) -> int:
    values = {
        "Name": "Isdom, tide gauges",
        "StageName": "Prospecting",
        "CloseDate": date(2026, 12, 1),
        "Amount": Decimal("1000.50"),
    }
    return await company.make(owner, "Opportunity", **(values | more))


async def read(company: Company, who: str, record_id: int, to: str = "read") -> records.Record:
    async with company.act() as tx:
        return await records.access_record(tx, await people.actor(tx, company.id(who)), record_id, to=to)


async def change(company: Company, who: str, record_id: int, **values) -> records.Saved:
    async with company.act() as tx:
        return await records.update_record(tx, await people.actor(tx, company.id(who)), record_id, values)


async def test_owner_and_those_above_see_a_deal_and_nobody_else(company: Company) -> None:
    record_id = await deal(company)
    for who in ("omar", "noor", "ada"):
        assert (await read(company, who, record_id)).name == "Isdom, tide gauges"
    for who in ("maya", "nina", "mo", "gus"):
        with pytest.raises(NotFound):
            await read(company, who, record_id)


async def test_a_share_shows_one_record_and_its_level_says_what_may_be_done(company: Company) -> None:
    record_id, other = await deal(company), await deal(company)
    await company.share(record_id, "maya", 1)
    assert (await read(company, "maya", record_id)).editable is False
    with pytest.raises(Forbidden):
        await change(company, "maya", record_id, NextStep="Call")
    with pytest.raises(NotFound):
        await read(company, "maya", other)
    await company.share(record_id, "maya", 2)
    await change(company, "maya", record_id, NextStep="Call")
    for to in ("delete", "share"):
        with pytest.raises(Forbidden):
            await read(company, "maya", record_id, to)


async def test_guest_sees_what_is_shared_with_him_and_no_public_account(company: Company) -> None:
    account = await company.make("omar", "Account", Name="Isdom")
    with pytest.raises(NotFound):
        await read(company, "gus", account)
    assert (await read(company, "nina", account)).name == "Isdom"
    with pytest.raises(Forbidden):
        await read(company, "nina", account, "edit")
    record_id = await deal(company, AccountId=account)
    await company.share(record_id, "gus")
    seen = await read(company, "gus", record_id)
    assert seen.values["AccountId"] is None, "a reference to a record that he does not see is empty"
    await company.share(account, "gus")
    assert (await read(company, "gus", record_id)).values["AccountId"] == account


async def test_hidden_field_does_not_exist_nor_what_is_computed_from_it(company: Company) -> None:
    record_id = await deal(company)
    await company.share(record_id, "maya", 2)
    values = (await read(company, "maya", record_id)).values
    assert "Amount" not in values and "ExpectedRevenue" not in values and values["StageName"] == "Prospecting"
    with pytest.raises(Invalid) as hidden:
        await change(company, "maya", record_id, Amount=Decimal(1))
    with pytest.raises(Invalid) as unknown:
        await change(company, "maya", record_id, Nonsense=Decimal(1))
    assert hidden.value.message.replace("Amount", "X") == unknown.value.message.replace("Nonsense", "X")
    assert hidden.value.code == unknown.value.code == "INVALID_FIELD"


async def test_stage_carries_probability_and_closes(company: Company) -> None:
    record_id = await deal(company)
    before = (await read(company, "omar", record_id)).values
    assert (before["Probability"], before["IsClosed"], before["ExpectedRevenue"]) == (
        10,
        False,
        Decimal("100.05"),
    )
    saved = await change(company, "omar", record_id, StageName="Closed Won")
    after = (await read(company, "omar", record_id)).values
    assert (after["Probability"], after["IsClosed"], after["IsWon"], after["ForecastCategoryName"]) == (
        100,
        True,
        True,
        "Closed",
    )
    assert after["ExpectedRevenue"] == Decimal("1000.50")
    assert [change.name for change in saved.tracked] == ["StageName"], "one tracked field changed"
    assert {change.name for change in saved.changes} > {"StageName", "Probability", "IsClosed"}


async def test_every_change_writes_history_and_raises_the_version(company: Company) -> None:
    record_id = await deal(company)
    await change(company, "omar", record_id, Amount=Decimal(2000), NextStep="Write", Description="Long\ntext")
    saved = await change(company, "omar", record_id, Amount=Decimal(2000), NextStep="Write")
    assert saved.version == 2 and not saved.changes, "saving what is there already changes nothing"
    async with company.act() as tx:
        rows = await tx.tuples(
            """select field_id, old_value, new_value, version from field_history
               where org_id = %(org)s and record_id = %(id)s""",
            {"id": record_id},
        )
        amount = (await objects.catalog(tx)).object("Opportunity").field("Amount")
    assert (amount.id, "1000.50", "2000", 2) in [(f, o, n, v) for f, o, n, v in rows]
    assert (await read(company, "omar", record_id)).values["Description"] == "Long\ntext"


async def test_save_of_an_older_version_is_refused(company: Company) -> None:
    record_id = await deal(company)
    await change(company, "omar", record_id, NextStep="One")
    async with company.act() as tx:
        with pytest.raises(records.Changed):
            me = await people.actor(tx, company.id("omar"))
            await records.update_record(tx, me, record_id, {"NextStep": "Two"}, version=1)


async def test_deleted_record_is_gone_for_everybody(company: Company) -> None:
    record_id = await deal(company)
    async with company.act() as tx:
        await records.delete_record(tx, await people.actor(tx, company.id("omar")), record_id)
    for who in ("omar", "ada"):
        with pytest.raises(NotFound):
            await read(company, who, record_id)
    async with company.act() as tx:
        kept = await tx.value(
            "select name from record where org_id = %(org)s and id = %(id)s", {"id": record_id}
        )
    assert kept == "Isdom, tide gauges"


async def test_giving_a_record_away_is_for_its_owner_and_closes_it(company: Company) -> None:
    record_id = await deal(company)
    await company.share(record_id, "maya", 2)
    with pytest.raises(Forbidden):
        await change(company, "maya", record_id, OwnerId=company.id("maya"))
    saved = await change(company, "omar", record_id, OwnerId=company.id("nina"))
    assert [change.name for change in saved.tracked] == ["OwnerId"]
    with pytest.raises(NotFound):
        await read(company, "omar", record_id)
    assert (await read(company, "nina", record_id)).owned


async def test_reference_to_what_one_may_not_see_is_refused_like_one_to_nothing(company: Company) -> None:
    hers = await company.make("nina", "Contact", LastName="Hidden")
    async with company.act() as tx:
        await people.assign_permission_set(tx, None, company.id("omar"), people.MINIMUM)
        await people.add_permission_set(
            tx,
            None,
            "Deals only",
            (),
            [o for o in objects.standard_objects() if o.name in ("Opportunity", "Account")],
        )
        await people.assign_permission_set(tx, None, company.id("omar"), "Deals only")
    with pytest.raises(NotFound):
        await read(company, "omar", hers)
    with pytest.raises(Invalid) as wrong:
        await deal(company, AccountId=hers)
    assert wrong.value.code == "MALFORMED_ID"
    with pytest.raises(Invalid) as nothing:
        await deal(company, AccountId=(32 << 48) + 4711)
    assert nothing.value.code == "INVALID_CROSS_REFERENCE_KEY"


async def test_required_fields_are_named(company: Company) -> None:
    with pytest.raises(objects.BadValues) as refused:
        await company.make("omar", "Opportunity", Name="No stage")
    assert set(refused.value.by_field) == {"StageName", "CloseDate"}
    assert refused.value.code == "REQUIRED_FIELD_MISSING"


async def test_contact_is_named_by_its_parts(company: Company) -> None:
    record_id = await company.make("omar", "Contact", FirstName="Ann", LastName="Lee")
    assert (await read(company, "omar", record_id)).name == "Ann Lee"
    await change(company, "omar", record_id, Salutation="Dr.", FirstName=None)
    assert (await read(company, "omar", record_id)).name == "Dr. Lee"


async def test_unique_field_is_unique_within_the_org(company: Company) -> None:
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"))
        opportunity = (await objects.catalog(tx)).object("Opportunity")
        new = objects.NewField(
            name="ExternalKey__c",
            label="External key",
            type="string",
            length=40,
            unique=True,
            external_id=True,
        )
        await objects.add_field(tx, ada, opportunity, new)
    first = await deal(company, ExternalKey__c="Z063OYW0")
    with pytest.raises(Invalid) as twice:
        await deal(company, ExternalKey__c="z063oyw0")
    assert twice.value.code == "DUPLICATE_VALUE"
    await change(company, "omar", first, ExternalKey__c="other")
    await deal(company, ExternalKey__c="Z063OYW0")


async def test_rights_change_at_commit(company: Company) -> None:
    record_id = await deal(company)
    with pytest.raises(NotFound):
        await read(company, "nina", record_id)
    async with company.act() as tx:
        await people.give_role(tx, None, company.id("nina"), company.roles["Sales Lead"])
    assert await read(company, "nina", record_id)
    async with company.act() as tx:
        await people.give_role(tx, None, company.id("nina"), None)
    with pytest.raises(NotFound):
        await read(company, "nina", record_id)


async def test_reach_seen_inside_an_act_that_fails_is_not_remembered(company: Company) -> None:
    record_id = await deal(company)
    with pytest.raises(RuntimeError):
        async with company.act() as tx:
            nina = await people.actor(tx, company.id("nina"))
            await people.give_role(tx, None, company.id("nina"), company.roles["Sales Lead"])
            assert await records.access_record(tx, nina, record_id)
            raise RuntimeError
    with pytest.raises(NotFound):
        await read(company, "nina", record_id)


async def test_records_are_found_by_what_they_are_known_by_elsewhere(company: Company) -> None:
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"))
        opportunity = (await objects.catalog(tx)).object("Opportunity")
        new = objects.NewField(
            name="ExternalKey__c", label="External key", type="string", unique=True, external_id=True
        )
        await objects.add_field(tx, ada, opportunity, new)
    first, second = await deal(company, ExternalKey__c="A1"), await deal(company, ExternalKey__c="b2")
    for who, expected in {"omar": {"A1": first, "b2": second}, "nina": {}}.items():
        async with company.act() as tx:
            him = await records.viewer(tx, await people.actor(tx, company.id(who)))
            object = him.catalog.object("Opportunity")
            found = await records.ids_by_key(
                tx, him, object, object.field("ExternalKey__c"), ["a1", "B2", "c3"]
            )
            assert found == expected
            assert await records.find_by_key(tx, him, object, object.field("ExternalKey__c"), "a1") == (
                [first] if expected else []
            )


async def test_deals_that_wait_are_mine_open_and_late_or_quiet(company: Company) -> None:
    late = await deal(company, Name="Late", CloseDate=date(2020, 1, 1))
    quiet = await deal(company, Name="Quiet", CloseDate=date(2030, 1, 1))
    await deal(company, Name="Fine", CloseDate=date(2030, 1, 1))
    await deal(company, Name="Done", CloseDate=date(2020, 1, 1), StageName="Closed Lost")
    await deal(company, Name="Not mine", owner="noor", CloseDate=date(2020, 1, 1))
    async with company.act() as tx:
        await tx.run(
            """update record set modified_at = now() - interval '20 days'
               where org_id = %(org)s and id = %(id)s""",
            {"id": quiet},
        )
    async with company.act() as tx:
        waiting = await records.waiting_deals(tx, await people.actor(tx, company.id("omar")))
    assert [(each.id, bool(each.days_past), each.quiet_days) for each in waiting] == [
        (late, True, None),
        (quiet, False, 20),
    ]
