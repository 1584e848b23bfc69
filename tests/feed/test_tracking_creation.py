"""That a record was made: in its own feed, and in the feeds of what it points at, each for whom it is there."""

from typing import Any

from hubbub import desk, feed, objects, people, records
from hubbub.core import ids
from hubbub.core.events import Event
from tests.cast import Company
from tests.feed.test_posts import V, follow
from tests.feed.test_tracking import DATA, TRACKING, do, kinds


async def harbour(company: Company, *, related: bool = True) -> int:
    """An account that everybody inside sees, whose feed tells of related records."""
    if related:
        await do(company, "ada", feed.track_object, "Account", related=True)
    return await company.make("omar", "Account", Name="Harbour Light")


async def deal(company: Company, account: int | None, **more: Any) -> int:
    values = await company.deal_values() | {"Name": "Secret deal", "AccountId": account} | more
    return (await do(company, "omar", desk.create_record, "Opportunity", values)).id


async def elements(company: Company, name: str, path: str, **asked: str) -> list[dict[str, Any]]:
    answer = await (await company.api(name)).get(f"{V}/feeds/{path}/feed-elements", params=asked)
    return answer.json()["elements"]


async def test_a_new_record_is_told_in_its_feed_and_in_its_accounts(company: Company) -> None:
    account = await harbour(company)
    made = await deal(company, account)
    (own,) = await elements(company, "omar", f"record/{ids.show(made)}")
    (above,) = await elements(company, "omar", f"record/{ids.show(account)}")
    assert own == above, "one item in two feeds"
    assert own["type"] == "CreateRecordEvent"
    assert own["parent"]["id"] == ids.show(made) and own["parent"]["type"] == "Opportunity"
    assert own["header"]["text"] == "Omar Haddad — Secret deal"
    view = own["capabilities"]["recordSnapshot"]["recordView"]
    assert (view["id"], view["name"], view["type"]) == (ids.show(made), "Secret deal", "Opportunity")
    fields = {field["label"]: field for field in view["sections"][0]["fields"]}
    assert fields["Account"]["text"] == "Harbour Light"
    assert fields["Account"]["reference"]["id"] == ids.show(account)
    assert (fields["Stage"]["type"], fields["Stage"]["text"]) == ("Picklist", "Prospecting")
    assert fields["Close Date"]["dateValue"] == "2026-12-15"
    page = (await (await company.client("omar")).get(f"/r/{ids.show(account)}")).text
    assert "Secret deal" in page and "Prospecting" in page
    assert await elements(company, "omar", "company") == [], "what Hubbub notes is in no company feed"
    assert len(await elements(company, "omar", "news/me")) == 1
    assert own["isDeleteRestricted"] is True


async def test_only_where_it_is_asked_for(company: Company) -> None:
    account = await harbour(company, related=False)
    made = await deal(company, account)
    assert await kinds(company, "omar", made) == ["CreateRecordEvent"]
    assert await kinds(company, "omar", account) == []
    ada = await company.api("ada")
    assert (await ada.patch(f"{TRACKING}/Account", json={"trackRelatedRecords": True})).status_code == 204
    await deal(company, account)
    assert await kinds(company, "omar", account) == ["CreateRecordEvent"]
    assert (await ada.patch(f"{TRACKING}/Account", json={"enableFeeds": False})).status_code == 204
    await deal(company, account)
    assert await kinds(company, "omar", account) == ["CreateRecordEvent"], (
        "an object told nothing of tells nothing"
    )


async def test_loads_and_who_asks_for_silence_are_silent(company: Company) -> None:
    account = await harbour(company)
    values = await company.deal_values() | {"AccountId": account}
    loaded = await do(company, "omar", desk.create_records, "Opportunity", [records.NewRecord(values)])
    omar = await company.api("omar")
    sent = {
        "Name": "Quiet",
        "AccountId": ids.show(account),
        "StageName": "Prospecting",
        "CloseDate": "2026-12-15",
    }
    for header, told in (("true", []), ("false", ["CreateRecordEvent"])):
        made = await omar.post(
            f"{DATA}/sobjects/Opportunity", json=sent, headers={"Sforce-Disable-Feed-Tracking": header}
        )
        assert await kinds(company, "omar", ids.parse(made.json()["id"])) == told
        assert await kinds(company, "omar", account) == told
    assert await kinds(company, "omar", loaded[0].id) == []


async def test_each_reads_the_fields_that_he_may(company: Company) -> None:
    account = await harbour(company)
    made = await deal(company, account)
    await company.share(made, "maya")  # who may not read amounts

    async def labels(name: str) -> set[str]:
        (item,) = await elements(company, name, f"record/{ids.show(account)}")
        view = item["capabilities"]["recordSnapshot"]["recordView"]
        return {field["label"] for field in view["sections"][0]["fields"]}

    assert await labels("omar") - await labels("maya") == {"Amount"}
    page = (await (await company.client("maya")).get(f"/r/{ids.show(account)}")).text
    assert "Secret deal" in page and "48,000" not in page
    assert "48,000" in (await (await company.client("omar")).get(f"/r/{ids.show(account)}")).text


async def test_who_sees_the_account_but_not_the_deal_sees_nothing(company: Company) -> None:
    account = await harbour(company)
    await follow(company, "nina", ids.show(account))
    before = [await seen(company, "nina", account), await seen(company, "omar", account)]
    made = await deal(company, account)
    (item,) = await elements(company, "omar", f"record/{ids.show(account)}")
    assert await seen(company, "nina", account) == before[0]
    assert await seen(company, "omar", account) != before[1]
    assert (await (await company.api("nina")).get(item["url"])).status_code == 404
    async with company.act() as tx:
        omar = await people.actor(tx, company.id("omar"))
        body = await feed.parse_text(tx, omar, "look")
        await feed.comment(tx, omar, item_id=ids.parse(item["id"]), body=body)
    assert await seen(company, "nina", account) == before[0]
    await company.share(made, "nina")
    assert [each["type"] for each in await elements(company, "nina", "news/me")] == ["CreateRecordEvent"]


async def seen(company: Company, name: str, account: int) -> list[Any]:
    key = ids.show(account)
    found: list[Any] = []
    for path in (f"record/{key}", "news/me", "company"):
        for sort in ("CreatedDateDesc", "LastModifiedDateDesc"):
            found.append(await elements(company, name, path, sort=sort, pageSize="1"))
    return found


async def test_a_hidden_reference_connects_nothing(company: Company) -> None:
    """Who may not read the field that points at the account does not learn of it from the account's feed."""
    account = await harbour(company)
    made = await deal(company, account)
    await company.share(made, "nina")
    await follow(company, "nina", ids.show(account))
    key = f"record/{ids.show(account)}"
    assert len(await elements(company, "nina", key)) == len(await elements(company, "nina", "news/me")) == 1
    await hide(company, "Opportunity", "AccountId")
    assert await elements(company, "nina", key) == await elements(company, "nina", "news/me") == []
    (own,) = await elements(company, "nina", f"record/{ids.show(made)}")
    fields = own["capabilities"]["recordSnapshot"]["recordView"]["sections"][0]["fields"]
    assert "Account" not in {field["label"] for field in fields}
    assert len(await elements(company, "ada", f"record/{ids.show(made)}")) == 1


async def hide(company: Company, object: str, field: str) -> None:
    """Take a field out of every permission set."""
    async with company.act() as tx:
        of = (await objects.catalog(tx)).object(object)
        await tx.run(
            "delete from field_permission where org_id = %(org)s and field_id = %(field)s",
            {"field": of.field(field).id},
        )
        await people.raise_version(tx)


async def test_a_follower_who_lost_the_account_is_told_nothing_by_it(company: Company) -> None:
    await do(company, "ada", feed.track_object, "Account", related=True)
    account = await company.make("omar", "Account", Name="Harbour Light")
    await company.share(account, "gus")
    await follow(company, "gus", ids.show(account))
    made = await deal(company, account)
    await company.share(made, "gus")
    assert len(await elements(company, "gus", "news/me")) == 1
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"))
        await records.unshare_record(tx, ada, account, company.id("gus"))
    assert await elements(company, "gus", "news/me") == []
    assert len(await elements(company, "gus", f"record/{ids.show(made)}")) == 1


async def test_it_goes_and_comes_with_the_record(company: Company) -> None:
    account = await harbour(company)
    made = await deal(company, account)
    await do(company, "omar", desk.delete_record, made)
    assert await kinds(company, "omar", account) == []
    await do(company, "omar", desk.restore_record, made)
    assert await kinds(company, "omar", account) == ["CreateRecordEvent"]
    await do(company, "omar", desk.delete_record, made)
    await do(company, "omar", desk.purge_record, made)
    async with company.act() as tx:
        await feed.forget(tx, [made])
    assert await kinds(company, "omar", account) == []


async def test_talk_moves_it_up_in_the_accounts_feed(company: Company) -> None:
    account = await harbour(company)
    first, second = await deal(company, account), await deal(company, account)
    key = f"record/{ids.show(account)}"
    (item,) = await elements(company, "omar", f"record/{ids.show(first)}")
    async with company.act() as tx:
        omar = await people.actor(tx, company.id("omar"))
        body = await feed.parse_text(tx, omar, "look")
        await feed.comment(tx, omar, item_id=ids.parse(item["id"]), body=body)
    by_activity = [
        e["parent"]["id"] for e in await elements(company, "omar", key, sort="LastModifiedDateDesc")
    ]
    assert by_activity == [ids.show(first), ids.show(second)]
    assert [e["parent"]["id"] for e in await elements(company, "omar", key)] == [
        ids.show(second),
        ids.show(first),
    ]


async def test_open_pages_are_told_only_where_both_are_seen(company: Company) -> None:
    account = await harbour(company)
    for name in ("nina", "maya", "noor"):
        await follow(company, name, ids.show(account))
    made = await deal(company, account)
    await company.share(made, "maya")
    (item,) = await elements(company, "omar", f"record/{ids.show(account)}")
    everybody = {company.id(name) for name in ("ada", "omar", "maya", "noor", "nina", "gus")}
    event = Event(company.org_id, 1, "feed.item.created", None, ids.parse(item["id"]), made, None, None)
    async with company.act() as tx:
        topics = await feed.audience(tx, event, everybody)
    see_both = {company.id(name) for name in ("ada", "omar", "maya", "noor")}
    assert topics[f"record/{ids.show(account)}"] == see_both
    assert topics[f"record/{ids.show(made)}"] == see_both
    assert topics["news"] >= {company.id("maya"), company.id("noor")}
    assert "company" not in topics
    await hide(company, "Opportunity", "AccountId")
    async with company.act() as tx:
        topics = await feed.audience(tx, event, everybody)
    assert f"record/{ids.show(account)}" not in topics
    assert not topics["news"] & {company.id("maya"), company.id("noor")}
    assert topics[f"record/{ids.show(made)}"] == see_both
