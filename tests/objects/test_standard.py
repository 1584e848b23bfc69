"""Every object that every organisation has: made, read, listed, found, followed, talked about; and references that may lead to
records of several objects."""

from typing import Any

import psycopg
import pytest

from hubbub import desk, objects
from hubbub.core import ids, migrate
from tests.cast import Company
from tests.feed.test_posts import V, follow, send, texts

DATA = "/services/data/v62.0"
OBJECTS = {each.name: each for each in objects.standard_objects()}


async def made(company: Company, name: str, **more: Any) -> str:
    """A record of that object of omar's, over REST: with what its metadata asks for, so that a new object needs no word here."""
    object = OBJECTS[name]
    values: dict[str, Any] = {}
    for field in object.fields:
        needed = (
            field.required or field.name == "LastName" or (object.controlled and field.column == "parent_id")
        )
        if field.writable and needed and field.name not in more:
            values[field.name] = await value_of(company, field)
    if object.name_field.name == "Name" and object.name_field.writable:
        values["Name"] = f"A {name}"
    if name == "CampaignMember" and not {"LeadId", "ContactId"} & more.keys():  # one of the two
        values["LeadId"] = await made(company, "Lead")
    answer = await (await company.api("omar")).post(f"{DATA}/sobjects/{name}", json=values | more)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def value_of(company: Company, field: objects.Field) -> Any:
    """Something that the field may hold."""
    if field.type == "reference":
        return company.key("omar") if field.to == ("User",) else await made(company, field.to[0])
    if field.choices:
        return field.choices[0].value
    day = {"date": "2026-12-15", "datetime": "2026-12-01T09:00:00Z", "boolean": False}
    return day.get(field.type, 1 if field.is_number else f"A {field.label}")


@pytest.mark.parametrize("name", OBJECTS)
async def test_every_object_is_followed_and_talked_about(company: Company, name: str) -> None:
    key = await made(company, name)
    await company.share(ids.parse(key), "noor") if OBJECTS[name].owned else None
    noor, page = await company.api("noor"), await company.client("noor")
    nina = await company.client("nina")
    assert key.startswith(OBJECTS[name].prefix)
    # its pages
    record = await page.get(f"/r/{key}")
    assert record.status_code == 200, record.text
    for address in (f"/o/{name}", f"/r/{key}?tab=details", f"/o/{name}/new", f"/r/{key}/history"):
        assert (await page.get(address)).status_code == 200, address
    assert key in (await (await company.client("omar")).get(f"/o/{name}")).text
    # followed over REST, and its feed read
    await follow(company, "noor", key)
    await send(company, "omar", f"About this {name}", subject=key)
    assert (await texts(company, "noor", f"record/{key}"))[0] == f"About this {name}"
    assert f"About this {name}" in await texts(company, "noor", "news/me")
    assert f"About this {name}" in (await page.get(f"/r/{key}")).text
    assert f"About this {name}" in (await page.get("/")).text
    # no more: by the page
    answer = await page.submit(f"/subjects/{key}/unfollow")
    assert answer.status_code == 303, answer.text
    assert f"About this {name}" not in await texts(company, "noor", "news/me")
    answer = await page.submit(f"/subjects/{key}/follow")
    assert answer.status_code == 303, answer.text
    assert f"About this {name}" in await texts(company, "noor", "news/me")
    # no more: over REST
    mine = (await noor.get(f"{V}/users/me/following")).json()["following"]
    (subscription,) = [each["id"] for each in mine if each["subject"]["id"] == key]
    assert (await noor.delete(f"{V}/subscriptions/{subscription}")).status_code == 204
    assert f"About this {name}" not in await texts(company, "noor", "news/me")
    # who may not see it can neither follow it nor read its feed
    private = OBJECTS[name].access == "Private"
    seen = 404 if private else 200
    assert (await nina.get(f"/r/{key}")).status_code == seen
    program = await company.api("nina")
    assert (await program.get(f"{V}/feeds/record/{key}/feed-elements")).status_code == seen
    followed = await program.post(f"{V}/users/me/following", json={"subjectId": key})
    assert followed.status_code == (404 if private else 201), followed.text
    assert (await nina.submit(f"/subjects/{key}/follow")).status_code == (404 if private else 303)


@pytest.mark.parametrize("name", OBJECTS)
async def test_every_object_is_described_queried_and_edited(company: Company, name: str) -> None:
    key = await made(company, name)
    omar = await company.api("omar")
    await (await company.client("omar")).get(f"/r/{key}")
    told = (await omar.get(f"{DATA}/sobjects/{name}/describe")).json()
    called = [field["name"] for field in told["fields"] if field["nameField"]]
    assert called == [OBJECTS[name].name_field.name] and told["keyPrefix"] == key[:3]
    brief = (await omar.get(f"{DATA}/sobjects/{name}")).json()
    assert [each["Id"] for each in brief["recentItems"]] == [key]
    found = (await omar.get(f"{DATA}/query", params={"q": f"SELECT FIELDS(ALL) FROM {name} LIMIT 5"})).json()
    assert [each["Id"] for each in found["records"]] == [key]
    assert set(found["records"][0]) - {"attributes"} == {field["name"] for field in told["fields"]}
    form = await (await company.client("omar")).get(f"/r/{key}/edit")
    assert form.status_code == 200, form.text
    listed = {each["name"] for each in (await omar.get(f"{DATA}/sobjects")).json()["sobjects"]}
    assert name in listed


# --- what is called by a number, what has a path --------------------------------------------------------------------


async def test_cases_count_up_and_close(company: Company) -> None:
    omar = await company.api("omar")
    keys = [await made(company, "Case") for _ in range(2)]
    cases = [(await omar.get(f"{DATA}/sobjects/Case/{key}")).json() for key in keys]
    assert [each["CaseNumber"] for each in cases] == ["00001001", "00001002"]
    assert (cases[0]["Status"], cases[0]["Priority"], cases[0]["IsClosed"], cases[0]["ClosedDate"]) == (
        "New", "Medium", False, None,
    )  # fmt: skip
    page = await company.client("omar")
    assert (await page.submit(f"/r/{keys[0]}/stage", stage="Closed")).status_code == 303
    closed = (await omar.get(f"{DATA}/sobjects/Case/{keys[0]}")).json()
    assert closed["IsClosed"] is True and closed["ClosedDate"] is not None
    assert (await page.submit(f"/r/{keys[0]}/stage", stage="Working")).status_code == 303
    assert (await omar.get(f"{DATA}/sobjects/Case/{keys[0]}")).json()["ClosedDate"] is None
    refused = await omar.patch(f"{DATA}/sobjects/Case/{keys[0]}", json={"CaseNumber": "1"})
    assert refused.status_code == 400
    # what a deal's path keeps is no business of a case's
    history = (await omar.get(f"{DATA}/query", params={"q": "SELECT Id FROM OpportunityHistory"})).json()
    assert history["totalSize"] == 0


async def test_a_campaign_member_belongs_to_who_holds_the_campaign(company: Company) -> None:
    key = await made(company, "CampaignMember")
    maya, omar = await company.api("maya"), await company.api("omar")
    seen = (await maya.get(f"{DATA}/sobjects/CampaignMember/{key}")).json()
    assert seen["Status"] == "Sent"
    assert seen["LeadId"] is None, "the lead is omar's own"
    assert (await maya.delete(f"{DATA}/sobjects/CampaignMember/{key}")).status_code == 403
    assert (await omar.delete(f"{DATA}/sobjects/CampaignMember/{key}")).status_code == 204


# --- references to several objects ----------------------------------------------------------------------------------


async def asked(company: Company, who: str, query: str) -> list[dict[str, Any]]:
    answer = await (await company.api(who)).get(f"{DATA}/query", params={"q": query})
    assert answer.status_code == 200, answer.text
    return answer.json()["records"]


async def test_what_and_who_lead_to_records_of_several_objects(company: Company) -> None:
    deal, account = await made(company, "Opportunity"), await made(company, "Account")
    contact, lead = await made(company, "Contact"), await made(company, "Lead")
    first = await made(company, "Task", WhatId=deal, WhoId=contact, Subject="first")
    await made(company, "Task", WhatId=account, WhoId=lead, Subject="second")
    rows = await asked(
        company, "omar", "SELECT Subject, What.Name, What.Type, Who.Name, Who.Type FROM Task ORDER BY Subject"
    )
    said = [(each["What"]["Type"], each["What"]["Name"], each["Who"]["Type"]) for each in rows]
    assert said == [("Opportunity", "A Opportunity", "Contact"), ("Account", "A Account", "Lead")]
    assert rows[0]["What"]["attributes"]["type"] == "Opportunity"
    assert rows[0]["What"]["attributes"]["url"].endswith(f"/sobjects/Opportunity/{deal}")
    for where in (
        f"WhatId = '{deal}'",
        "What.Type = 'Opportunity'",
        "What.Name LIKE 'A Opp%'",
        "Who.Type = 'Contact'",
    ):
        assert [
            r["Subject"] for r in await asked(company, "omar", f"SELECT Subject FROM Task WHERE {where}")
        ] == ["first"], where
    rows = await asked(company, "omar", "SELECT Subject FROM Task ORDER BY What.Type")
    assert [each["Subject"] for each in rows] == ["second", "first"]
    # one who sees the task and not the deal: it is shared with her for itself
    await company.share(ids.parse(first), "maya")
    (row,) = await asked(
        company, "maya", "SELECT WhatId, What.Name, Who.Name FROM Task WHERE Subject = 'first'"
    )
    assert (row["WhatId"], row["What"]) == (None, None)
    assert row["Who"]["Name"] == "A Last Name", "contacts are seen by everybody inside"
    assert await asked(company, "maya", f"SELECT Id FROM Task WHERE WhatId = '{deal}'") == []
    assert await asked(company, "maya", "SELECT Id FROM Task WHERE What.Type = 'Opportunity'") == []
    shown = await (await company.client("maya")).get(f"/r/{first}?tab=details")
    assert shown.status_code == 200 and "A Opportunity" not in shown.text
    assert "A Opportunity" in (await (await company.client("omar")).get(f"/r/{first}")).text


async def test_describe_tells_what_a_reference_may_point_at(company: Company) -> None:
    omar = await company.api("omar")
    told = (await omar.get(f"{DATA}/sobjects/Task/describe")).json()
    fields = {field["name"]: field for field in told["fields"]}
    assert {"Account", "Opportunity", "Case", "Campaign"} <= set(fields["WhatId"]["referenceTo"])
    assert fields["WhoId"]["referenceTo"] == ["Contact", "Lead"]
    assert fields["WhatId"]["polymorphicForeignKey"] and fields["WhatId"]["namePointing"]
    case = (await omar.get(f"{DATA}/sobjects/Case/describe")).json()
    single = next(field for field in case["fields"] if field["name"] == "AccountId")
    assert (single["referenceTo"], single["polymorphicForeignKey"]) == (["Account"], False)
    account = (await omar.get(f"{DATA}/sobjects/Account/describe")).json()
    below = {(each["childSObject"], each["field"]) for each in account["childRelationships"]}
    assert {("Task", "WhatId"), ("Event", "WhatId"), ("Case", "AccountId")} <= below


async def test_a_reference_to_another_kind_or_to_what_is_not_seen_is_refused(company: Company) -> None:
    deal, contact = await made(company, "Opportunity"), await made(company, "Contact")
    nina = await company.api("nina")
    for values, code in (
        ({"WhatId": contact}, "MALFORMED_ID"),
        ({"WhoId": deal}, "MALFORMED_ID"),
        ({"WhatId": company.key("omar")}, "MALFORMED_ID"),
        ({"WhatId": deal}, "INVALID_CROSS_REFERENCE_KEY"),
        ({"WhatId": ids.show(ids.make(ids.Type.OPPORTUNITY, 12345))}, "INVALID_CROSS_REFERENCE_KEY"),
    ):
        answer = await nina.post(f"{DATA}/sobjects/Task", json={"Subject": "x"} | values)
        assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, code), values


async def test_what_is_deleted_is_gone_from_references_and_comes_back_and_purging_empties_them(
    company: Company,
) -> None:
    deal = await made(company, "Opportunity")
    task = await made(company, "Task", WhatId=deal)
    omar, page = await company.api("omar"), await company.client("omar")

    async def what() -> Any:
        return (await omar.get(f"{DATA}/sobjects/Task/{task}")).json()["WhatId"]

    assert await what() == deal
    assert (await omar.delete(f"{DATA}/sobjects/Opportunity/{deal}")).status_code == 204
    assert await what() is None
    assert (await page.submit(f"/bin/{deal}/restore")).status_code == 303
    assert await what() == deal
    await omar.delete(f"{DATA}/sobjects/Opportunity/{deal}")
    assert (await page.submit(f"/bin/{deal}/purge")).status_code == 303
    async with company.act() as tx:
        await desk.forget_records(tx, [str(ids.parse(deal))])
        (stored,) = await tx.values(
            "select r2 from record where org_id = %(org)s and id = %(id)s", {"id": ids.parse(task)}
        )
    assert stored is None
    assert (await omar.get(f"{DATA}/sobjects/Task/{task}")).status_code == 200


async def test_a_form_offers_and_finds_what_a_reference_may_lead_to(company: Company) -> None:
    account = await made(company, "Account", Name="Tidewater")
    deal = await made(company, "Opportunity", Name="Tidewater")
    page, omar = await company.client("omar"), await company.api("omar")
    form = (await page.get("/o/Task/new")).text
    assert 'value="Tidewater (Account)"' in form and 'value="Tidewater (Opportunity)"' in form
    assert "Tidewater (Opportunity)" not in (await (await company.client("nina")).get("/o/Task/new")).text
    for typed, status, found in (
        ("Tidewater", 422, None), ("Tidewater (Opportunity)", 303, deal), ("tidewater (Account)", 303, account),
        ("Nowhere", 422, None),
    ):  # fmt: skip
        answer = await page.submit("/o/Task/new", Subject="Look", WhatId=typed)
        assert answer.status_code == status, typed
        if found:
            key = answer.headers["location"].removeprefix("/r/")
            assert (await omar.get(f"{DATA}/sobjects/Task/{key}")).json()["WhatId"] == found
            # the form says of which kind, and a save leaves it alone
            assert "idewater (" in (await page.get(f"/r/{key}/edit")).text


# --- orgs that are older than the objects ---------------------------------------------------------------------------


async def test_an_older_org_gets_what_a_new_one_is_founded_with(company: Company) -> None:
    new = [each.code for each in objects.standard_objects() if each.code >= ids.Type.LEAD]
    granted = """select jsonb_agg(jsonb_build_array(s.name, o.object, can_read, can_create, can_edit, can_delete)
                   order by s.name, o.object)
                 from object_permission o join permission_set s on s.org_id = o.org_id and s.id = o.permission_set_id
                 where o.org_id = %(org)s and o.object = any(%(new)s)"""
    fields = """select jsonb_agg(jsonb_build_array(s.name, f.field_id, f.can_edit) order by s.name, f.field_id)
                from field_permission f join permission_set s on s.org_id = f.org_id and s.id = f.permission_set_id
                where f.org_id = %(org)s and f.field_id >= %(first)s"""
    bound = {"org": company.org_id, "new": new, "first": objects.standard_field_id(ids.Type.LEAD, 0)}
    migration = (migrate.FOLDER / "0013_objects.sql").read_text()
    grants = migration[
        migration.index("create temp table added") : migration.index("alter table permission_set force")
    ]
    with psycopg.connect(company.house.settings.owner_url) as connection:
        connection.execute("select set_config('hubbub.org', %s, true)", [str(company.org_id)])

        def now() -> tuple[Any, Any]:
            found = [connection.execute(each, bound).fetchone() for each in (granted, fields)]
            return tuple(each[0] if each else None for each in found)  # type: ignore[return-value]

        before = now()
        connection.execute(
            "delete from object_permission where org_id = %(org)s and object = any(%(new)s)", bound
        )
        connection.execute(
            "delete from field_permission where org_id = %(org)s and field_id >= %(first)s", bound
        )
        assert now() == (None, None)
        connection.execute(grants.encode())
        assert now() == before and before[0] and before[1]
        connection.rollback()


async def test_one_person_is_a_member_of_a_campaign_once(company: Company) -> None:
    campaign, lead = await made(company, "Campaign"), await made(company, "Lead")
    omar = await company.api("omar")
    first = await made(company, "CampaignMember", CampaignId=campaign, LeadId=lead)
    again = {"CampaignId": campaign, "LeadId": lead}
    refused = await omar.post(f"{DATA}/sobjects/CampaignMember", json=again)
    assert (refused.status_code, refused.json()[0]["errorCode"]) == (400, "DUPLICATE_VALUE")
    # in another campaign he may be, and here again when he was taken out
    await made(company, "CampaignMember", LeadId=lead)
    assert (await omar.delete(f"{DATA}/sobjects/CampaignMember/{first}")).status_code == 204
    second = await made(company, "CampaignMember", CampaignId=campaign, LeadId=lead)
    page = await company.client("omar")
    assert (await page.submit(f"/bin/{first}/restore")).status_code == 400
    # one becomes the other: who is a member as a contact stays what he is
    account, contact = await made(company, "Account"), await made(company, "Contact")
    await made(company, "CampaignMember", CampaignId=campaign, ContactId=contact)
    inputs = {"leadId": lead, "convertedStatus": "Closed - Converted", "contactId": contact, "accountId": account,
              "createOpportunity": False}  # fmt: skip
    answer = await omar.post(f"{DATA}/actions/standard/convertLead", json={"inputs": [inputs]})
    assert answer.status_code == 200, answer.text
    kept = (await omar.get(f"{DATA}/sobjects/CampaignMember/{second}")).json()
    assert (kept["LeadId"], kept["ContactId"]) == (lead, None)
    query = f"SELECT COUNT() FROM CampaignMember WHERE ContactId = '{contact}'"
    assert (await omar.get(f"{DATA}/query", params={"q": query})).json()["totalSize"] == 2


async def test_a_member_is_a_lead_or_a_contact_for_good(company: Company) -> None:
    campaign, lead, contact = [await made(company, name) for name in ("Campaign", "Lead", "Contact")]
    omar = await company.api("omar")
    for people in ({}, {"LeadId": lead, "ContactId": contact}):
        answer = await omar.post(f"{DATA}/sobjects/CampaignMember", json={"CampaignId": campaign} | people)
        assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "FIELD_INTEGRITY_EXCEPTION")
    member = await made(company, "CampaignMember", CampaignId=campaign, LeadId=lead)
    other = await made(company, "Campaign")
    for change in ({"CampaignId": other}, {"LeadId": None, "ContactId": contact}):
        answer = await omar.patch(f"{DATA}/sobjects/CampaignMember/{member}", json=change)
        assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "INVALID_FIELD_FOR_INSERT_UPDATE")
    answer = await omar.patch(f"{DATA}/sobjects/CampaignMember/{member}", json={"Status": "Responded"})
    assert answer.status_code == 204


async def test_a_contract_is_a_draft_then_active_and_ends_after_it_begins(company: Company) -> None:
    omar = await company.api("omar")
    account = await made(company, "Account")
    new = await omar.post(f"{DATA}/sobjects/Contract", json={"AccountId": account, "Status": "Activated"})
    assert (new.status_code, new.json()[0]["fields"]) == (400, ["Status"])
    key = await made(company, "Contract", AccountId=account, StartDate="2027-01-31", ContractTerm=1)

    async def change(**values: Any) -> tuple[int, str]:
        answer = await omar.patch(f"{DATA}/sobjects/Contract/{key}", json=values)
        return answer.status_code, "" if answer.status_code == 204 else answer.json()[0]["errorCode"]

    assert (await omar.get(f"{DATA}/sobjects/Contract/{key}")).json()["EndDate"] == "2027-02-27"
    assert await change(EndDate="2027-01-01") == (400, "FIELD_INTEGRITY_EXCEPTION")
    assert await change(StartDate="2027-06-01") == (400, "FIELD_INTEGRITY_EXCEPTION")
    assert await change(StartDate="2027-06-01", EndDate="2027-07-01") == (204, "")
    assert await change(Status="Activated") == (204, "")
    assert await change(Status="Draft") == (400, "FIELD_INTEGRITY_EXCEPTION")
    assert await change(AccountId=await made(company, "Account")) == (400, "FIELD_INTEGRITY_EXCEPTION")
    assert await change(Description="Signed in Hellum") == (204, "")
