"""Queues that own records, owners that change, roles that go, and what a purged record leaves."""

from datetime import date
from decimal import Decimal

import pytest

from hubbub import desk, objects, people, records
from hubbub.core import ids
from hubbub.core.errors import Forbidden, Invalid, NotFound
from hubbub.records.actions import bin
from tests.cast import Company
from tests.records.test_records import change, deal, read

V = "/services/data/v62.0"


async def queue(company: Company, *members: int, serves: tuple[str, ...] = ("Opportunity",)) -> int:
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"))
        made = await people.add_group(tx, ada, "New deals", queue=True)
        for member in members:
            await people.add_member(tx, ada, made, member)
        for name in serves:
            await records.add_queue_object(tx, ada, made, name)
    return made


async def do(company: Company, who: str, act, *args, **more):
    async with company.act() as tx:
        return await act(tx, await people.actor(tx, company.id(who)), *args, **more)


async def explain(company: Company, who: str, record_id: int) -> records.Explanation:
    return await do(company, "ada", records.explain, company.id(who), record_id)


async def test_members_have_what_a_queue_owns_and_those_above_them_too(company: Company) -> None:
    # a role as a member: omar is a sales rep, noor stands above him
    made = await queue(company, company.roles["Sales Rep"])
    record_id = await deal(company, owner="nina")
    await change(company, "nina", record_id, OwnerId=made)
    for who in ("omar", "noor"):
        record = await read(company, who, record_id)
        assert (record.editable, record.owned, record.queued) == (True, True, True)
        told = await explain(company, who, record_id)
        assert told.reads and told.edits and told.shares
        assert {(each.cause, each.principal_id) for each in told.reasons} >= {
            ("queue" if who == "omar" else "above queue", made)
        }
    for who in ("nina", "maya", "gus"):
        with pytest.raises(NotFound):
            await read(company, who, record_id)
    async with company.act() as tx:
        everyone = set(company.ids.values())
        seeing = await records.viewers_of(tx, record_id, everyone)
        assert seeing == {company.id(who) for who in ("ada", "omar", "noor")}
        await people.edit_group(tx, None, made, hierarchy=False)
    with pytest.raises(NotFound):
        await read(company, "noor", record_id)
    assert (await read(company, "omar", record_id)).owned


async def test_who_takes_a_record_out_of_a_queue_owns_it(company: Company) -> None:
    made = await queue(company, company.id("omar"), company.id("mo"))
    record_id = await deal(company)
    key = ids.show(record_id)
    await change(company, "omar", record_id, OwnerId=made)
    omar, maya = await company.client("omar"), await company.client("maya")
    page = (await omar.get(f"/r/{key}?tab=details")).text
    assert "New deals" in page and f"/r/{key}/take" in page
    assert "New deals" in (await omar.get(f"/r/{key}/sharing")).text
    why = (await omar.get(f"/r/{key}/why")).text
    assert "It belongs to Queue: New deals (Omar Haddad → Queue: New deals)." in why
    assert (await maya.submit(f"/r/{key}/take")).status_code == 404
    assert (await omar.submit(f"/r/{key}/take")).status_code == 303
    assert (await read(company, "omar", record_id)).owner_id == company.id("omar")
    page = (await omar.get(f"/r/{key}?tab=details")).text
    assert f"/r/{key}/take" not in page
    assert (await omar.submit(f"/r/{key}/take")).status_code == 409, "it is nobody's to take"
    with pytest.raises(NotFound):
        await read(company, "mo", record_id)
    history = await omar.get(f"/r/{key}/history")
    assert "New deals" in history.text
    # … and back, by its name, in the form
    form = {"OwnerId": "new deals", "Name": "Isdom", "StageName": "Prospecting", "CloseDate": "2026-12-01"}
    assert (await omar.submit(f"/r/{key}/edit", **form)).status_code == 303
    assert (await read(company, "mo", record_id)).owner_id == made


@pytest.mark.parametrize("name", ["Case", "Lead"])
async def test_what_waits_in_a_queue_is_listed_and_taken(company: Company, name: str) -> None:
    made = await queue(company, company.id("omar"), company.id("nina"), serves=(name,))
    values = (
        {"Subject": "The lamp is out"} if name == "Case" else {"LastName": "Quay", "Company": "Quay & Sons"}
    )
    omar, nina = await company.api("omar"), await company.api("nina")
    answer = await omar.post(f"{V}/sobjects/{name}", json=values | {"OwnerId": ids.show(made)})
    assert answer.status_code == 201, answer.text
    key = answer.json()["id"]
    for who, sees in (("maya", False), ("mo", False), ("gus", False), ("noor", True), ("nina", True)):
        program, page = await company.api(who), await company.client(who)
        assert (await program.get(f"{V}/sobjects/{name}/{key}")).status_code == (200 if sees else 404), who
        counted = await program.get(f"{V}/query", params={"q": f"SELECT COUNT() FROM {name}"})
        assert counted.json()["totalSize"] == int(sees), who
        listed = await page.get(f"/o/{name}?filtered=1&f=OwnerId&op=equals&v={ids.show(made)}")
        assert (key in listed.text) is sees, who
        if not sees:
            assert (await page.submit(f"/r/{key}/take")).status_code == 404
    assert (await (await company.client("nina")).submit(f"/r/{key}/take")).status_code == 303
    # nina has taken it: it is hers, and gone for who was only in the queue
    assert (await nina.get(f"{V}/sobjects/{name}/{key}")).json()["OwnerId"] == company.key("nina")
    assert (await omar.get(f"{V}/sobjects/{name}/{key}")).status_code == 404
    # she gives it back over REST; who is in the queue takes it so, too
    back = await nina.patch(f"{V}/sobjects/{name}/{key}", json={"OwnerId": ids.show(made)})
    assert back.status_code == 204, back.text
    found = await omar.get(f"{V}/query", params={"q": f"SELECT Owner.Name, Owner.Type FROM {name}"})
    assert [(each["Owner"]["Name"], each["Owner"]["Type"]) for each in found.json()["records"]] == [
        ("New deals", "Queue")
    ]
    taken = await omar.patch(f"{V}/sobjects/{name}/{key}", json={"OwnerId": company.key("omar")})
    assert taken.status_code == 204, taken.text
    assert (await nina.get(f"{V}/sobjects/{name}/{key}")).status_code == 404


async def test_a_queue_owns_only_what_it_serves(company: Company) -> None:
    made = await queue(company, company.id("omar"))
    account = await company.make("omar", "Account", Name="Isdom")
    omar = await company.api("omar")
    refused = await omar.patch(f"{V}/sobjects/Account/{ids.show(account)}", json={"OwnerId": ids.show(made)})
    assert (refused.status_code, refused.json()[0]["errorCode"]) == (400, "INVALID_CROSS_REFERENCE_KEY")
    new = {"Name": "Tides", "StageName": "Prospecting", "CloseDate": "2027-01-01", "OwnerId": ids.show(made)}
    answer = await omar.post(f"{V}/sobjects/Opportunity", json=new)
    assert answer.status_code == 201, answer.text
    record_id = ids.parse(answer.json()["id"])
    assert (await read(company, "omar", record_id)).owner_id == made
    group = await do(company, "ada", people.add_group, "Tides")
    for nobody in (group, made + 1, company.roles["Sales Rep"]):
        with pytest.raises(Invalid):
            await change(company, "omar", record_id, OwnerId=nobody)
    with pytest.raises(Invalid):
        await do(company, "ada", records.add_queue_object, made, "Product2")
    with pytest.raises(Invalid):
        await do(company, "ada", records.add_queue_object, group, "Account")
    with pytest.raises(Forbidden):
        await do(company, "omar", records.add_queue_object, made, "Account")


async def test_a_queue_that_owns_something_stays(company: Company) -> None:
    made = await queue(company, company.id("omar"), serves=("Opportunity", "Account"))
    record_id = await deal(company)
    await change(company, "omar", record_id, OwnerId=made)
    await do(company, "omar", records.delete_record, record_id)  # also what lies in the bin
    for act, *args in ((records.delete_group, made), (records.remove_queue_object, made, "Opportunity")):
        with pytest.raises(Invalid) as refused:
            await do(company, "ada", act, *args)
        assert refused.value.code == "DEPENDENCY_EXISTS" and "1 record," in refused.value.message
    await do(company, "ada", records.remove_queue_object, made, "Account")
    await do(company, "omar", records.restore_record, record_id)
    await do(company, "omar", desk.take_record, record_id)
    await do(company, "ada", records.delete_group, made)
    assert [row[1] for row in await company.events("people.group.deleted")] == [made]
    assert len(await company.events("people.queue.object_removed")) == 1


async def test_rules_share_from_a_queue_what_it_owns_and_not_what_its_members_own(company: Company) -> None:
    made = await queue(company, company.id("omar"))
    his, its = await deal(company), await deal(company)
    await change(company, "omar", its, OwnerId=made)
    await do(
        company, "ada", records.add_rule, "Opportunity", "From the queue",
        source_id=made, target_id=company.id("maya"),
    )  # fmt: skip
    assert (await read(company, "maya", its)).id == its
    with pytest.raises(NotFound):
        await read(company, "maya", his)
    assert (await do(company, "ada", records.count_rule, "Opportunity", source_id=made)) == 1
    assert [each.cause for each in (await explain(company, "maya", its)).reasons] == ["rule"]
    assert not (await explain(company, "maya", his)).reads
    async with company.act() as tx:
        maya = {company.id("maya")}
        assert await records.viewers_of(tx, its, maya) == maya
        assert not await records.viewers_of(tx, his, maya)


async def test_soql_tells_queues_from_people(company: Company) -> None:
    made = await queue(company, company.id("omar"))
    his, its = await deal(company), await deal(company)
    await change(company, "omar", its, OwnerId=made)
    omar = await company.api("omar")

    async def ask(soql: str) -> list:
        answer = await omar.get(f"{V}/query", params={"q": soql})
        assert answer.status_code == 200, answer.text
        return answer.json()["records"]

    rows = await ask("SELECT Id, Owner.Name, Owner.Type, Owner.Username FROM Opportunity ORDER BY Owner.Type")
    assert [(r["Id"], r["Owner"]["Name"], r["Owner"]["Type"]) for r in rows] == [
        (ids.show(its), "New deals", "Queue"), (ids.show(his), "Omar Haddad", "User"),
    ]  # fmt: skip
    assert [r["Owner"]["attributes"]["type"] for r in rows] == ["Group", "User"]
    found = await ask("SELECT Id FROM Opportunity WHERE Owner.Type = 'Queue' AND Owner.Name = 'new deals'")
    assert [row["Id"] for row in found] == [ids.show(its)]
    assert not await ask(f"SELECT Id FROM User WHERE Id = '{ids.show(made)}'")
    for name in ("Name", "*owner"):
        assert (await omar.get(f"{V}/query", params={"q": f"SELECT Id FROM {name}"})).status_code == 400


async def test_a_new_owner_ends_what_was_shared_by_hand(company: Company) -> None:
    record_id = await deal(company)
    for who in ("maya", "nina"):
        await company.share(record_id, who)
    await do(company, "ada", records.join_team, record_id, company.id("mo"))
    await change(company, "omar", record_id, OwnerId=company.id("nina"))
    with pytest.raises(NotFound):
        await read(company, "maya", record_id)
    assert (await read(company, "mo", record_id)).id == record_id, "the team stays"
    shares = await do(company, "nina", records.shares, record_id)
    assert [(each.principal_id, each.cause) for each in shares] == [(company.id("mo"), "team")]
    told = await company.events("records.share.deleted")
    assert [(row[1], row[5]["principal"]) for row in told] == [
        (record_id, str(each)) for each in sorted([company.id("maya"), company.id("nina")])
    ]
    await company.share(record_id, "maya")
    await change(company, "nina", record_id, NextStep="Call", OwnerId=company.id("nina"))
    assert (await read(company, "maya", record_id)).id == record_id, "the owner stayed the same"


async def test_a_role_in_use_stays_and_says_by_what(company: Company) -> None:
    ada = "ada"
    role = await do(company, ada, people.add_role, "Piers", company.roles["Sales Lead"])
    below = await do(company, ada, people.add_role, "Quays", role)
    await do(company, ada, people.give_role, company.id("mo"), role)
    group = await do(company, ada, people.add_group, "Harbours")
    and_below = role + ((ids.Type.ROLE_AND_BELOW - ids.Type.ROLE) << ids.NUMBER_BITS)
    await do(company, ada, people.add_member, group, and_below)
    rule = await do(
        company, ada, records.add_rule, "Opportunity", "Of piers", source_id=role, target_id=group
    )
    record_id = await deal(company)
    await do(company, ada, records.share_record, record_id, role)

    async def refused() -> str:
        with pytest.raises(Invalid) as why:
            await do(company, ada, records.delete_role, role)
        assert why.value.code == "DEPENDENCY_EXISTS"
        return why.value.message

    words = await refused()
    for word in ("Mo ", "Quays", "Harbours", "Of piers", "shares of records: 1"):
        assert word in words, words
    await do(company, ada, records.delete_role, below)
    await do(company, ada, people.give_role, company.id("mo"), None)
    await do(company, ada, people.remove_member, group, and_below)
    await do(company, ada, records.unshare_record, record_id, role)
    assert await refused() == "This role is in use by sharing rules: Of piers."
    await do(company, ada, records.delete_rule, rule)
    with pytest.raises(Forbidden):
        await do(company, "omar", records.delete_role, role)
    before = (await company.actor(ada)).access_version
    async with company.act() as tx:
        await records.delete_role(tx, await people.actor(tx, company.id(ada)), role)
        left = await tx.value(
            "select count(*) from role_closure where org_id = %(org)s and (role_id = %(r)s or ancestor = %(r)s)",
            {"r": role},
        )
    assert left == 0 and (await company.actor(ada)).access_version > before
    assert [row[1] for row in await company.events("people.role.deleted")] == [below, role]
    with pytest.raises(NotFound):
        await do(company, ada, records.delete_role, role)


async def test_what_points_at_a_purged_record_points_at_nothing(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bin, "UNLINKED_AT_ONCE", 2)
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"))
        deals = (await objects.catalog(tx)).object("Opportunity")
        new = objects.NewField(name="Broker__c", label="Broker", type="reference", to="Account")
        field = await objects.add_field(tx, ada, deals, new)
    broker = await company.make("omar", "Account", Name="Quay brokers")
    made = [await deal(company, Broker__c=broker) for _ in range(5)]
    rule = await do(
        company, "ada", records.add_rule, "Opportunity", "Of no broker", target_id=company.id("maya"),
        conditions=[records.Condition("Broker__c", "equals", None)],
    )  # fmt: skip
    from hubbub.records.actions.rules import fill_rule

    async with company.act() as tx:
        await fill_rule(tx, rule)
    contact = await company.make("omar", "Contact", LastName="Berg", AccountId=broker)
    await do(company, "omar", records.delete_record, contact)  # alone: it does not go with the account
    await do(company, "omar", records.delete_record, broker)
    omar = await company.client("omar")
    page = f"/r/{ids.show(made[0])}?tab=details"
    assert "Quay brokers" not in (await omar.get(page)).text, "deleted, it has no name"
    await do(company, "omar", records.restore_record, broker)
    assert "Quay brokers" in (await omar.get(page)).text, "… until it comes back"
    await do(company, "omar", records.delete_record, broker)
    async with company.act() as tx:
        gone = await records.purge_record(tx, await people.actor(tx, company.id("omar")), broker)
    turns = 0
    while gone:
        async with company.act() as tx:
            gone = await records.forget_records(tx, gone)
        turns += 1
    assert turns == 4, "two at a time: five deals and a contact, and then itself"
    async with company.act() as tx:
        left = await tx.value(
            f"""select count(*) from record where org_id = %(org)s
                and (id = %(id)s or parent_id = %(id)s or {field.column} = %(id)s)""",
            {"id": broker},
        )
    assert left == 0
    assert len(await company.events("records.record.unlinked")) == 6
    for record_id in made:
        assert (await read(company, "omar", record_id)).values["Broker__c"] is None
        assert (await read(company, "maya", record_id)).id == record_id, "it fits the rule now"
    await do(company, "omar", records.restore_record, contact)
    assert (await read(company, "omar", contact)).values["AccountId"] is None


async def test_the_history_of_stages_is_asked_as_the_deal_is(company: Company) -> None:
    record_id = await deal(company)
    await change(company, "omar", record_id, StageName="Qualification", Amount=Decimal("2000"))
    await change(company, "omar", record_id, NextStep="Call")
    await change(company, "omar", record_id, CloseDate=date(2027, 2, 3))
    await company.share(record_id, "maya")
    columns = "Id, OpportunityId, StageName, Amount, CloseDate, Probability, CreatedById, CreatedDate, SystemModstamp"

    async def ask(who: str, soql: str) -> tuple[int, list]:
        answer = await (await company.api(who)).get(f"{V}/query", params={"q": soql})
        return answer.status_code, answer.json()["records"] if answer.status_code == 200 else answer.json()

    status, rows = await ask("omar", f"SELECT {columns} FROM OpportunityHistory ORDER BY CreatedDate, Id")
    assert status == 200, rows
    assert [(r["StageName"], r["Amount"], r["CloseDate"], r["Probability"]) for r in rows] == [
        ("Prospecting", 1000.5, "2026-12-01", 10), ("Qualification", 2000, "2026-12-01", 10),
        ("Qualification", 2000, "2027-02-03", 10),
    ]  # fmt: skip
    assert {r["OpportunityId"] for r in rows} == {ids.show(record_id)}
    assert all(r["Id"].startswith("008") and r["CreatedById"] == company.key("omar") for r in rows)
    asked = f"SELECT COUNT() FROM OpportunityHistory WHERE OpportunityId = '{ids.show(record_id)}'"
    assert (await ask("noor", f"{asked.replace('COUNT()', 'Opportunity.Name')} AND Amount > 1500"))[1][0][
        "Opportunity"
    ]["Name"] == "Isdom, tide gauges"
    status, answer = await ask("maya", "SELECT StageName, Amount FROM OpportunityHistory")
    assert (status, answer[0]["errorCode"]) == (400, "INVALID_FIELD")
    assert len((await ask("maya", "SELECT StageName FROM OpportunityHistory"))[1]) == 3
    assert (await ask("nina", "SELECT StageName FROM OpportunityHistory"))[1] == []
    await do(company, "omar", records.delete_record, record_id)
    assert (await ask("omar", "SELECT StageName FROM OpportunityHistory"))[1] == []
