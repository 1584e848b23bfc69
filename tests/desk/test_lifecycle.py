"""What becomes of records: the recycle bin, the history of their fields, what feeds track of them."""

from datetime import timedelta
from decimal import Decimal

import pytest

from hubbub import desk, feed, objects, people, records
from hubbub.core import clock, ids
from hubbub.core.errors import Forbidden, Invalid, NotFound
from tests.cast import Company
from tests.desk.test_pages import deal, text
from tests.feed.test_changes import changes
from tests.feed.test_posts import V, follow, send, texts

DATA = "/services/data/v62.0"


async def do(company: Company, who: str, act, *args, **more):
    async with company.act() as tx:
        return await act(tx, await people.actor(tx, company.id(who)), *args, **more)


async def sees(company: Company, who: str, *record_ids: int) -> list[bool]:
    async with company.act() as tx:
        him = await records.viewer(tx, await people.actor(tx, company.id(who)))
        seen = await records.seen_ids(tx, him, record_ids)
    return [each in seen for each in record_ids]


async def family(company: Company) -> tuple[int, int, int]:
    account = await company.make("omar", "Account", Name="Isdom")
    contact = await company.make("omar", "Contact", LastName="Berg", AccountId=account)
    return account, contact, await deal(company, AccountId=account)


async def test_an_account_goes_with_its_children_and_their_talk_and_comes_back_with_them(
    company: Company,
) -> None:
    account, contact, opportunity = await family(company)
    earlier = await deal(company, AccountId=account)
    key = ids.show(opportunity)
    await follow(company, "noor", key)
    await send(company, "omar", "They signed", subject=key)
    await do(company, "omar", desk.delete_record, earlier)
    await do(company, "omar", desk.delete_record, account)
    assert await sees(company, "omar", account, contact, opportunity) == [False] * 3
    assert await texts(company, "noor", "news/me") == []

    omar = await company.client("omar")
    page = await text(omar, "/bin")
    assert "Isdom" in page and "2 records" in page and "Berg" not in page
    answer = await omar.submit(f"/bin/{ids.show(account)}/restore")
    assert answer.headers["location"] == f"/r/{ids.show(account)}"
    assert await sees(company, "omar", account, contact, opportunity, earlier) == [True, True, True, False]
    assert await texts(company, "noor", "news/me") == ["They signed"]
    assert len(await company.events("records.record.restored")) == 3


async def test_a_member_of_a_campaign_goes_with_the_person_and_comes_back_with_him(company: Company) -> None:
    account, contact, _deal = await family(company)
    lead = await company.make("omar", "Lead", LastName="Lind", Company="Fjordline")
    campaign = await company.make("omar", "Campaign", Name="Harbour Days")
    members = [
        await company.make("omar", "CampaignMember", CampaignId=campaign, LeadId=lead),
        await company.make("omar", "CampaignMember", CampaignId=campaign, ContactId=contact),
    ]
    omar = await company.client("omar")
    page = f"/r/{ids.show(campaign)}?tab=members"
    await do(company, "omar", desk.delete_record, lead)
    assert await sees(company, "omar", *members) == [False, True]
    shown = await text(omar, page)
    assert "Somebody whom" not in shown and "Lind" not in shown and "Berg" in shown
    # The account takes its contact along, and the contact its membership.
    await do(company, "omar", desk.delete_record, account)
    assert await sees(company, "omar", *members) == [False, False]
    assert "Nobody yet." in await text(omar, page)
    # What is deleted with one thing and belongs to another that is deleted, too, waits for both.
    await do(company, "omar", desk.delete_record, campaign)
    await do(company, "omar", desk.restore_record, lead)
    assert await sees(company, "omar", lead, *members) == [True, False, False]
    await do(company, "omar", desk.restore_record, campaign)
    assert await sees(company, "omar", *members) == [True, False]
    await do(company, "omar", desk.restore_record, account)
    assert await sees(company, "omar", contact, *members) == [True, True, True]
    assert (shown := await text(omar, page)).count('class="member-status"') == 2 and "Lind" in shown
    # Nor does a member that was taken out come back without the person.
    await do(company, "omar", desk.delete_record, members[0])
    await do(company, "omar", desk.delete_record, lead)
    with pytest.raises(Invalid, match="restore that first"):
        await do(company, "omar", desk.restore_record, members[0])


async def test_only_who_deleted_it_and_administrators_restore_it(company: Company) -> None:
    record_id = await deal(company)
    await company.share(record_id, "maya", 2)
    await do(company, "omar", desk.delete_record, record_id)
    for who in ("maya", "noor", "nina", "gus"):
        for act in (desk.restore_record, desk.purge_record):
            with pytest.raises(NotFound):
                await do(company, who, act, record_id)
        assert (await do(company, who, records.recycle_bin)).records == []
    assert [each.id for each in (await do(company, "ada", records.recycle_bin)).records] == [record_id]
    await do(company, "ada", desk.restore_record, record_id)
    assert await sees(company, "maya", record_id) == [True]
    with pytest.raises(NotFound):  # it is in the bin no more
        await do(company, "omar", desk.restore_record, record_id)


async def test_a_child_does_not_come_back_before_its_parent(company: Company) -> None:
    account, _, opportunity = await family(company)
    await do(company, "omar", desk.delete_record, opportunity)
    await do(company, "omar", desk.delete_record, account)
    with pytest.raises(Invalid, match="restore that first"):
        await do(company, "omar", desk.restore_record, opportunity)
    await do(company, "omar", desk.restore_record, account)
    await do(company, "omar", desk.restore_record, opportunity)
    assert await sees(company, "omar", account, opportunity) == [True, True]


async def test_a_unique_value_that_was_taken_meanwhile_keeps_a_record_in_the_bin(company: Company) -> None:
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"))
        object = (await objects.catalog(tx)).object("Account")
        new = objects.NewField(name="Key__c", label="Key", type="string", external_id=True, unique=True)
        await objects.add_field(tx, ada, object, new)
    first = await company.make("ada", "Account", Name="A", Key__c="x")
    await do(company, "ada", desk.delete_record, first)
    second = await company.make("ada", "Account", Name="B", Key__c="X")
    with pytest.raises(Invalid, match="duplicate value"):
        await do(company, "ada", desk.restore_record, first)
    await do(company, "ada", desk.delete_record, second)
    await do(company, "ada", desk.restore_record, first)
    with pytest.raises(Invalid, match="duplicate value"):
        await company.make("ada", "Account", Name="C", Key__c="x")


async def test_what_is_purged_is_gone_for_good_in_every_room(company: Company) -> None:
    account, _, opportunity = await family(company)
    key = ids.show(opportunity)
    await follow(company, "noor", key)
    await company.share(opportunity, "maya")
    post = await send(company, "omar", "They signed", subject=key)
    talk = f"{V}/feed-elements/{post['id']}/capabilities"
    noor = await company.api("noor")
    await noor.post(
        f"{talk}/comments/items", json={"body": {"messageSegments": [{"type": "Text", "text": "!"}]}}
    )
    await noor.post(f"{talk}/chatter-likes/items")
    await do(company, "omar", desk.update_record, opportunity, {"StageName": "Qualification"})
    await do(company, "omar", desk.delete_record, account)
    await do(company, "omar", desk.purge_record, account)
    with pytest.raises(NotFound):
        await do(company, "omar", desk.restore_record, account)
    async with company.act() as tx:
        gone = [str(id) for id in (account, opportunity)]
        gone += [str(id) for id in await tx.values("select id from record where org_id = %(org)s and purged")]
        await desk.forget_records(tx, gone)
        left = {
            table: await tx.value(f"select count(*) from {table} where org_id = %(org)s")
            for table in ("record", "record_share", "field_history", "follow", "feed_item", "feed_entry",
                          "feed_comment", "feed_like", "feed_change")
        }  # fmt: skip
    assert not any(left.values()), left
    assert len(await company.events("records.record.purged")) == 1


async def test_deleted_records_over_rest(company: Company) -> None:
    record_id, other = await deal(company), await deal(company)
    start, end = clock.now() - timedelta(hours=1), clock.now() + timedelta(hours=1)
    for each in (record_id, other):
        await company.share(each, "maya") if each == record_id else None
        assert (
            await (await company.api("omar")).delete(f"{DATA}/sobjects/Opportunity/{ids.show(each)}")
        ).status_code == 204
    asked = {"start": start.isoformat(), "end": end.isoformat()}
    found = (
        await (await company.api("maya")).get(f"{DATA}/sobjects/Opportunity/deleted", params=asked)
    ).json()
    assert [each["id"] for each in found["deletedRecords"]] == [ids.show(record_id)]
    none = (
        await (await company.api("nina")).get(f"{DATA}/sobjects/Opportunity/deleted", params=asked)
    ).json()
    assert none["deletedRecords"] == []
    soql = {"q": "SELECT Id, IsDeleted FROM Opportunity"}
    for who, expected in (("omar", 2), ("maya", 1), ("nina", 0)):
        program = await company.api(who)
        every = (await program.get(f"{DATA}/queryAll", params=soql)).json()["records"]
        assert [each["IsDeleted"] for each in every] == [True] * expected, who
        assert (await program.get(f"{DATA}/query", params=soql)).json()["records"] == []


async def test_the_history_tells_what_i_may_read(company: Company) -> None:
    record_id = await deal(company)
    await company.share(record_id, "maya")
    await do(
        company, "omar", desk.update_record, record_id, {"StageName": "Qualification", "Amount": Decimal(7)}
    )
    await do(company, "ada", desk.update_record, record_id, {"NextStep": "Call <b>"})
    path = f"/r/{ids.show(record_id)}/history"
    omar = await text(await company.client("omar"), path)
    for words in ("Prospecting", "Qualification", "45,140", "Ada Kovacs", "Call &lt;b&gt;", "Next Step"):
        assert words in omar, words
    maya = await text(await company.client("maya"), path)
    assert "Qualification" in maya and "45,140" not in maya and "Amount" not in maya
    await text(await company.client("nina"), path, 404)


async def test_the_history_has_pages(company: Company) -> None:
    record_id = await deal(company)
    for number in range(7):
        await do(company, "omar", desk.update_record, record_id, {"NextStep": f"step {number}"})
    async with company.act() as tx:
        omar = await people.actor(tx, company.id("omar"))
        record = await records.access_record(tx, omar, record_id)
        told, after = [], None
        while True:
            page = await records.history(tx, omar, record, after=after, size=3)
            told += [entry.new for entry in page.entries]
            after = page.following
            if after is None:
                break
    assert told == [f"step {number}" for number in reversed(range(7))]


async def test_what_feeds_track_is_set_up_per_field(company: Company) -> None:
    record_id = await deal(company)
    feed_of = f"record/{ids.show(record_id)}"
    with pytest.raises(Forbidden):
        await do(company, "noor", feed.track_fields, "Opportunity", {"NextStep": True})
    await do(company, "ada", feed.track_fields, "Opportunity", {"StageName": False})
    await do(company, "ada", feed.track_fields, "Opportunity", {"NextStep": True})
    await do(
        company, "omar", desk.update_record, record_id, {"StageName": "Qualification", "NextStep": "Call"}
    )
    told = await changes(company, "noor", feed_of)
    assert [[each[1:] for each in item] for item in told] == [[(None, "Call")]]
    with pytest.raises(Invalid, match="kept by Hubbub"):
        await do(company, "ada", feed.track_fields, "Opportunity", {"CreatedDate": True})
    with pytest.raises(Invalid, match="No such column"):
        await do(company, "ada", feed.track_fields, "Opportunity", {"Nothing": True})
    async with company.act() as tx:
        account = (await objects.catalog(tx)).object("Account")
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"))
        left = feed.MOST_TRACKED - len((await feed.read_tracking(tx)).tracked(account))
        free = [f for f in account.fields if not f.system and not f.tracked]
        for field in free[:left]:
            await feed.track_fields(tx, ada, "Account", {field.name: True})
        with pytest.raises(Invalid, match="At most 20 fields"):
            await feed.track_fields(tx, ada, "Account", {free[left].name: True})
        await feed.track_fields(tx, ada, "Account", {free[0].name: True})  # it is tracked already


async def test_a_program_may_ask_for_silence(company: Company) -> None:
    record_id = await deal(company)
    omar = await company.api("omar")
    path = f"{DATA}/sobjects/Opportunity/{ids.show(record_id)}"
    quiet = {"Sforce-Disable-Feed-Tracking": "true"}
    assert (await omar.patch(path, json={"StageName": "Qualification"}, headers=quiet)).status_code == 204
    assert await changes(company, "omar", f"record/{ids.show(record_id)}") == []
    assert (await omar.patch(path, json={"StageName": "Needs Analysis"})).status_code == 204
    assert len(await changes(company, "omar", f"record/{ids.show(record_id)}")) == 1
    assert "Qualification" in await text(await company.client("omar"), f"/r/{ids.show(record_id)}/history")


async def test_old_changes_leave_feeds_unless_somebody_said_something(company: Company) -> None:
    record_id = await deal(company)
    feed_of = f"record/{ids.show(record_id)}"
    for stage in ("Qualification", "Needs Analysis"):
        await do(company, "omar", desk.update_record, record_id, {"StageName": stage})
    post = await send(company, "omar", "old words", subject=ids.show(record_id))
    element = (await (await company.api("omar")).get(f"{V}/feeds/{feed_of}/feed-elements")).json()["elements"]
    liked = next(each["id"] for each in element if each["id"] != post["id"])
    answer = await (await company.api("noor")).post(
        f"{V}/feed-elements/{liked}/capabilities/chatter-likes/items"
    )
    assert answer.status_code == 201
    async with company.act() as tx:
        await tx.run("update feed_item set created_at = now() - interval '46 days' where org_id = %(org)s")
    found = (await (await company.api("omar")).get(f"{V}/feeds/{feed_of}/feed-elements")).json()["elements"]
    assert {each["id"] for each in found} == {post["id"], liked}

    assert "Qualification" in await text(await company.client("omar"), f"/r/{ids.show(record_id)}/history")
