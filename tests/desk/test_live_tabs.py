"""What open pages of records and boards hear of: activities about the record, records that come to stand on the board."""

from hubbub.core import ids
from tests.cast import Company
from tests.desk.test_activities import days, make
from tests.desk.test_making import DATA
from tests.feed.test_live import heard, listen
from tests.feed.test_posts import deal


async def test_who_sees_a_record_hears_of_what_is_planned_about_it(company: Company) -> None:
    key = await deal(company)
    await company.share(ids.parse(key), "maya")
    await company.share(ids.parse(key), "gus")
    account = await make(company, "omar", "Account", Name="Quay & Sons")
    person = await make(company, "omar", "Contact", LastName="Quay", AccountId=account)
    await company.share(ids.parse(account), "nina")
    maya, gus = [await listen(company, who, f"record/{key}") for who in ("maya", "gus")]
    nina = await listen(company, "nina", f"record/{person}")
    for each in (maya, gus, nina):
        assert await heard(each) == []
    task = await make(
        company, "omar", "Task", Subject="Send the offer", WhatId=key, WhoId=person, ActivityDate=days(2)
    )
    assert await heard(maya, "records.record.created") == [
        ("records.record.created", task, [f"record/{key}"])
    ]
    omar = await company.api("omar")
    done = await omar.patch(f"{DATA}/sobjects/Task/{task}", json={"Status": "Completed"})
    assert done.status_code == 204
    assert await heard(maya, "records.record.updated") == [
        ("records.record.updated", task, [f"record/{key}"])
    ]
    # she sees the contact, and nothing of what is done with it about a deal that she does not see; a guest no plans at all
    plain = await make(company, "omar", "Task", Subject="Call her", WhoId=person)
    assert await heard(nina, "records.record.created") == [
        ("records.record.created", plain, [f"record/{person}"])
    ]
    assert gus.queue.empty()
    # the open tab fetches what there is now
    client = await company.client("maya")
    fragment = await client.get(f"/r/{key}/fragment?tab=activity")
    assert 'target="record-activities"' in fragment.text and "Send the offer" in fragment.text
    assert 'target="record-activities"' not in (await client.get(f"/r/{key}/fragment")).text
    assert f'data-url="/r/{key}/fragment?tab=activity"' in (await client.get(f"/r/{key}?tab=activity")).text


async def test_an_open_board_hears_of_every_record_that_one_sees(company: Company) -> None:
    key = await deal(company)
    noor, nina, gus = [await listen(company, who, "list/006") for who in ("noor", "nina", "gus")]
    for each in (noor, nina, gus):
        assert await heard(each) == []
    omar = await company.api("omar")
    assert (
        await omar.patch(f"{DATA}/sobjects/Opportunity/{key}", json={"NextStep": "Call"})
    ).status_code == 204
    assert await heard(noor, "records.record.updated") == [("records.record.updated", key, ["list/006"])]
    assert nina.queue.empty() and gus.queue.empty()
    assert (await omar.delete(f"{DATA}/sobjects/Opportunity/{key}")).status_code == 204
    assert await heard(noor, "records.record.deleted") == [("records.record.deleted", key, ["list/006"])]


async def test_an_open_board_hears_of_new_records_and_of_those_that_are_back(company: Company) -> None:
    boards = [await listen(company, who, "list/006") for who in ("noor", "nina", "gus", "maya")]
    pages = [await listen(company, "noor", topic) for topic in ("list/001", "list/003", "news")]
    for each in (*boards, *pages):
        assert await heard(each) == []
    noor, nina, gus, maya = boards
    key = await deal(company)
    assert await heard(noor, "records.record.created") == [("records.record.created", key, ["list/006"])]
    omar = await company.api("omar")
    assert (await omar.delete(f"{DATA}/sobjects/Opportunity/{key}")).status_code == 204
    assert await heard(noor, "records.record.deleted") == [("records.record.deleted", key, ["list/006"])]
    ada = await company.client("ada")
    assert (await ada.submit(f"/bin/{key}/restore")).status_code == 303
    assert await heard(noor, "records.record.restored") == [("records.record.restored", key, ["list/006"])]
    # who does not see it hears nothing; accounts and contacts have no board of which to tell
    assert all(each.queue.empty() for each in (nina, gus, maya, *pages))
