"""Leads become accounts, contacts and opportunities: what moves along, who may, and what stays as it was."""

from typing import Any

from hubbub import people, records
from hubbub.core import ids
from tests.cast import Company
from tests.desk.test_activities import make
from tests.desk.test_making import DATA, read
from tests.feed.test_posts import V


async def lead(company: Company, who: str = "omar", **values: Any) -> str:
    fields = {"FirstName": "Ann", "LastName": "Reed", "Company": "Reed & Co", "Email": "ann@reed.example",
              "Phone": "0100", "City": "Oslo", "LeadSource": "Web"}  # fmt: skip
    return await make(company, who, "Lead", **(fields | values))


async def convert(company: Company, who: str, key: str, **said: Any) -> tuple[int, dict[str, Any]]:
    given = {"leadId": key, "convertedStatus": "Closed - Converted"} | said
    answer = await (await company.api(who)).post(
        f"{DATA}/actions/standard/convertLead", json={"inputs": [given]}
    )
    return answer.status_code, answer.json()[0]


async def converted(company: Company, who: str, key: str, **said: Any) -> dict[str, str]:
    status, result = await convert(company, who, key, **said)
    assert (status, result["isSuccess"], result["errors"]) == (200, True, None), result
    return result["outputValues"]


async def test_a_lead_becomes_an_account_a_contact_and_an_opportunity(company: Company) -> None:
    key = await lead(company)
    task = await make(company, "omar", "Task", Subject="Call her", WhoId=key)
    campaign = await make(company, "omar", "Campaign", Name="Fair")
    member = await make(company, "omar", "CampaignMember", CampaignId=campaign, LeadId=key)
    omar = await company.client("omar")
    page = (await omar.get(f"/r/{key}/conversion")).text
    assert "New account: Reed &amp; Co" in page and "New contact: Ann Reed" in page
    done = await omar.submit(
        f"/r/{key}/conversion", account="", contact="", deal="true", opportunity="Reed & Co pumps"
    )
    assert done.status_code == 303, done.text
    now = await read(company, "omar", "Lead", key)
    assert (now["IsConverted"], now["Status"]) == (True, "Closed - Converted")
    account = await read(company, "omar", "Account", now["ConvertedAccountId"])
    contact = await read(company, "omar", "Contact", now["ConvertedContactId"])
    deal = await read(company, "omar", "Opportunity", now["ConvertedOpportunityId"])
    assert done.headers["location"] == f"/r/{deal['Id']}"
    assert (account["Name"], account["BillingCity"], account["OwnerId"]) == (
        "Reed & Co", "Oslo", company.key("omar"),
    )  # fmt: skip
    assert (contact["Name"], contact["Email"], contact["AccountId"]) == (
        "Ann Reed", "ann@reed.example", account["Id"],
    )  # fmt: skip
    assert (deal["Name"], deal["AccountId"], deal["StageName"], deal["LeadSource"]) == (
        "Reed & Co pumps", account["Id"], "Prospecting", "Web",
    )  # fmt: skip
    # what pointed at the lead points at the contact
    assert (await read(company, "omar", "Task", task))["WhoId"] == contact["Id"]
    moved = await read(company, "omar", "CampaignMember", member)
    assert (moved["LeadId"], moved["ContactId"]) == (None, contact["Id"])
    # the lead's feed tells it once; those of the new records tell nothing
    for record, kinds in (
        (key, ["TrackedChange", "CreateRecordEvent"]),
        (account["Id"], []),
        (deal["Id"], []),
    ):
        answer = await (await company.api("omar")).get(f"{V}/feeds/record/{record}/feed-elements")
        assert [each["type"] for each in answer.json()["elements"]] == kinds
    shown = (await omar.get(f"/r/{key}")).text
    assert f"/r/{key}/edit" not in shown and f"/r/{key}/conversion" not in shown


async def test_a_converted_lead_stays_as_it_is_and_nobody_says_converted_by_hand(company: Company) -> None:
    key = await lead(company)
    api = await company.api("omar")
    by_hand = await api.patch(f"{DATA}/sobjects/Lead/{key}", json={"Status": "Closed - Converted"})
    assert (by_hand.status_code, by_hand.json()[0]["errorCode"]) == (400, "INVALID_STATUS")
    omar = await company.client("omar")
    assert "Closed - Converted" not in (await omar.get(f"/r/{key}/edit")).text
    assert 'value="Closed - Converted"' not in (await omar.get(f"/r/{key}")).text
    await converted(company, "omar", key, createOpportunity=False)
    status, again = await convert(company, "omar", key)
    assert (status, again["errors"][0]["statusCode"]) == (400, "CANNOT_UPDATE_CONVERTED_LEAD")
    for late in (
        await omar.get(f"/r/{key}/conversion"),
        await omar.submit(f"/r/{key}/conversion", account="", contact=""),
    ):
        assert (late.status_code, late.headers["location"]) == (303, f"/r/{key}"), (
            "its page says what became of it"
        )
    for values in ({"Phone": "1"}, {"OwnerId": company.key("mo")}, {"Status": "Working - Contacted"}):
        changed = await api.patch(f"{DATA}/sobjects/Lead/{key}", json=values)
        assert changed.json()[0]["errorCode"] == "CANNOT_UPDATE_CONVERTED_LEAD", values
    count = await api.get(
        f"{DATA}/query", params={"q": "SELECT COUNT() FROM Contact WHERE LastName = 'Reed'"}
    )
    assert count.json()["totalSize"] == 1


async def test_what_is_there_already_is_filled_where_it_is_empty(company: Company) -> None:
    account = await make(company, "omar", "Account", Name="Reed & Co", Phone="0999")
    contact = await make(company, "omar", "Contact", LastName="Reed", FirstName="Ann", AccountId=account)
    key = await lead(company)
    page = (await (await company.client("omar")).get(f"/r/{key}/conversion")).text
    assert f'value="{account}"' in page and "There already: Ann Reed (Reed &amp; Co)" in page
    done = await converted(
        company, "omar", key, accountId=account, contactId=contact, opportunityName="Pumps"
    )
    assert (done["accountId"], done["contactId"]) == (account, contact)
    assert (await read(company, "omar", "Account", account))["Phone"] == "0999"
    filled = await read(company, "omar", "Contact", contact)
    assert (filled["Email"], filled["MailingCity"]) == ("ann@reed.example", "Oslo")
    # a contact of another account is refused, and nothing is left of the attempt
    elsewhere = await make(company, "omar", "Account", Name="Elsewhere")
    other = await lead(company, LastName="Moss")
    status, result = await convert(company, "omar", other, accountId=elsewhere, contactId=contact)
    assert (status, result["errors"][0]["fields"]) == (400, ["contactId"])
    assert (await read(company, "omar", "Lead", other))["IsConverted"] is False


async def test_only_who_may_edit_all_of_it_converts_and_sees_only_his_own_likenesses(
    company: Company,
) -> None:
    # noor's account of the same name is read by all, and is hers
    theirs = await make(company, "ada", "Account", Name="Reed & Co")
    key = await lead(company)
    assert f'value="{theirs}"' not in (await (await company.client("omar")).get(f"/r/{key}/conversion")).text
    status, result = await convert(company, "omar", key, accountId=theirs)
    assert (status, result["errors"][0]["statusCode"]) == (400, "INSUFFICIENT_ACCESS")
    for who, page in (("nina", 404), ("gus", 404)):
        status, result = await convert(company, who, key)
        assert (status, result["errors"][0]["statusCode"]) == (400, "NOT_FOUND"), who
        assert (await (await company.client(who)).get(f"/r/{key}/conversion")).status_code == page
    await company.share(ids.parse(key), "maya")
    status, result = await convert(company, "maya", key)
    assert (status, result["errors"][0]["statusCode"]) == (400, "INSUFFICIENT_ACCESS")
    # many at once: one that is refused undoes all
    other = await lead(company, LastName="Moss")
    inputs = [
        {"leadId": each, "convertedStatus": "Closed - Converted"} for each in (other, "00Q000000000000AAA")
    ]
    answer = await (await company.api("omar")).post(
        f"{DATA}/actions/standard/convertLead", json={"inputs": inputs}
    )
    assert (answer.status_code, [each["isSuccess"] for each in answer.json()]) == (400, [False, False])
    assert (await read(company, "omar", "Lead", other))["IsConverted"] is False


async def test_a_lead_of_a_queue_is_converted_for_somebody(company: Company) -> None:
    async with company.act() as tx:
        queue = await people.add_group(tx, None, "Web leads", queue=True)
        await people.add_member(tx, None, queue, company.id("omar"))
        await people.add_queue_object(tx, None, queue, ids.Type.LEAD)
        actor = await people.actor(tx, company.id("ada"))
        made = await records.insert_record(
            tx, actor, "Lead", {"LastName": "Reed", "Company": "Reed", "OwnerId": queue}
        )
    key = ids.show(made.id)
    status, result = await convert(company, "omar", key)
    assert (status, result["errors"][0]["fields"]) == (400, ["ownerId"])
    omar = await company.client("omar")
    assert (await (await company.client("nina")).get(f"/r/{key}")).status_code == 404
    assert f"/r/{key}/take" in (await omar.get(f"/r/{key}")).text
    done = await omar.submit(f"/r/{key}/conversion", account="", contact="", opportunity="")
    assert done.status_code == 303
    now = await read(company, "omar", "Lead", key)
    assert (await read(company, "omar", "Contact", now["ConvertedContactId"]))["OwnerId"] == company.key(
        "omar"
    )


async def test_fields_that_are_hidden_from_who_converts_are_not_carried_over(company: Company) -> None:
    key = await lead(company, "omar", AnnualRevenue=1000, NumberOfEmployees=7)
    async with company.act() as tx:
        him = await records.viewer(tx, await people.actor(tx, company.id("omar")))
        field = him.catalog.object("Lead").field("AnnualRevenue")
        await tx.run(
            "delete from field_permission where org_id = %(org)s and field_id = %(field)s",
            {"field": field.id},
        )
        await people.raise_version(tx)
    done = await converted(company, "omar", key)
    account = await read(company, "ada", "Account", done["accountId"])
    assert (account["AnnualRevenue"], account["NumberOfEmployees"]) == (None, 7)
