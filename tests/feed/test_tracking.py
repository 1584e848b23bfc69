"""Feed tracking as it is set up: fields, objects, limits, days; by page and by REST."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from hubbub import desk, feed, objects, people
from hubbub.core import ids
from hubbub.core.errors import Forbidden, Invalid
from tests.cast import Company
from tests.feed.test_posts import V

DATA = "/services/data/v62.0"
TRACKING = f"{DATA}/feed-tracking"


async def do(company: Company, name: str, act: Callable[..., Awaitable[Any]], *given: Any, **how: Any) -> Any:
    async with company.act() as tx:
        return await act(tx, await people.actor(tx, company.id(name)), *given, **how)


async def kinds(company: Company, name: str, record: int) -> list[str]:
    answer = await (await company.api(name)).get(f"{V}/feeds/record/{ids.show(record)}/feed-elements")
    return [element["type"] for element in answer.json()["elements"]]


async def tracked(company: Company, object: str) -> set[str]:
    ada = await company.api("ada")
    body = (await ada.get(f"{TRACKING}/{object}")).json()
    return {field["fullName"] for field in body["fields"] if field["trackFeedHistory"]}


async def test_fields_are_ticked_on_the_page(company: Company) -> None:
    ada, omar = await company.client("ada"), await company.client("omar")
    assert (await omar.get("/setup/tracking/Account")).status_code == 404
    page = (await ada.get("/setup/tracking/Account")).text
    assert 'value="OwnerId" checked' in page
    assert not re.search(r'value="Phone" checked', page)
    assert "kept by Hubbub itself" in page, "what cannot be tracked says why"
    saved = await ada.submit("/setup/tracking/Account", field=["OwnerId", "Phone"], was=["OwnerId"])
    assert saved.status_code == 303
    assert await tracked(company, "Account") == {"OwnerId", "Phone"}
    assert "2 fields of at most 20" in (await ada.get("/setup/tracking")).text
    account = await company.make("omar", "Account", Name="Sund")
    await do(company, "omar", desk.update_record, account, {"Phone": "12"})
    assert await kinds(company, "omar", account) == ["TrackedChange"]
    (told,) = await company.events("feed.tracking.changed")
    assert told[0] == company.id("ada")
    assert told[5:] == ({"tracked": False}, {"field": "Phone", "object": "Account", "tracked": True})


async def test_two_administrators_do_not_undo_one_another(company: Company) -> None:
    ada = await company.client("ada")
    # Both opened the page while only the owner was ticked; one ticks Phone, then the other Website.
    for name in ("Phone", "Website"):
        saved = await ada.submit("/setup/tracking/Account", field=["OwnerId", name], was=["OwnerId"])
        assert saved.status_code == 303
    assert await tracked(company, "Account") == {"OwnerId", "Phone", "Website"}


async def test_the_21st_field_is_refused(company: Company) -> None:
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"))
        account = (await objects.catalog(tx)).object("Account")
        for number in range(25):
            new = objects.NewField(
                name=f"More{number}__c", label=f"More {number}", type="textarea", length=500
            )
            await objects.add_field(tx, ada, account, new)
            account = (await objects.catalog(tx)).object("Account")
    more = [f"More{number}__c" for number in range(20)]  # and OwnerId
    with pytest.raises(Invalid, match=r"At most 20 fields of Accounts are tracked; this would be 21\."):
        await do(company, "ada", feed.track_fields, "Account", dict.fromkeys(more, True))
    assert await tracked(company, "Account") == {"OwnerId"}, "all of it, or nothing"
    await do(company, "ada", feed.track_fields, "Account", dict.fromkeys(more[:19], True))
    client = await company.client("ada")
    full = ["OwnerId", *more[:19]]
    refused = await client.submit("/setup/tracking/Account", field=[*full, "Phone"], was=full)
    assert refused.status_code == 422
    assert "At most 20 fields of Accounts are tracked" in refused.text
    assert 'value="Phone" checked' in refused.text, "what was ticked stays ticked"
    api = await company.api("ada")
    said = {"fields": [{"fullName": "Phone", "trackFeedHistory": True}]}
    refused_api = await api.patch(f"{TRACKING}/Account", json=said | {"enableFeeds": False})
    assert refused_api.status_code == 400
    assert refused_api.json()[0]["errorCode"] == "LIMIT_EXCEEDED"
    assert (await api.get(f"{TRACKING}/Account")).json()["enableFeeds"] is True, "nothing is half done"
    swapped = await client.submit("/setup/tracking/Account", field=[*full[:-1], "Phone"], was=full)
    assert swapped.status_code == 303, "one for another fits"
    assert (await api.patch(TRACKING, json={"mostTrackedFields": 21})).status_code == 204
    said = {"fields": [{"fullName": "Website", "trackFeedHistory": True}]}
    assert (await api.patch(f"{TRACKING}/Account", json=said)).status_code == 204
    lowered = await api.patch(TRACKING, json={"mostTrackedFields": 20})
    assert lowered.json()[0]["errorCode"] == "LIMIT_EXCEEDED"
    assert "21 fields of Accounts are tracked: untrack some of them first." in lowered.text


async def test_two_at_once_do_not_pass_the_limit(company: Company) -> None:
    await do(company, "ada", feed.limit_tracking, most_tracked=4, quiet_days=45)  # deals track four
    await do(company, "ada", feed.track_fields, "Opportunity", {"StageName": False})
    tried = await asyncio.gather(
        *(do(company, "ada", feed.track_fields, "Opportunity", {name: True}) for name in ("NextStep", "StageName")),
        return_exceptions=True,
    )  # fmt: skip
    assert [type(each) for each in tried if each is not None] == [Invalid]
    assert len(await tracked(company, "Opportunity")) == 4


async def test_what_cannot_be_tracked(company: Company) -> None:
    for name, why in [
        ("CreatedDate", "kept by Hubbub"),
        ("ExpectedRevenue", "computed"),
        ("Gone__c", "No such column"),
    ]:
        with pytest.raises(Invalid, match=why):
            await do(company, "ada", feed.track_fields, "Opportunity", {name: True})
    async with company.act() as tx:  # what was said of a field that is gone counts for nothing
        await tx.run(
            "insert into feed_tracking (org_id, field_id, tracked) values (%(org)s, %(gone)s, true)",
            {"gone": ids.make(ids.Type.FIELD, 999_999)},
        )
    assert len(await tracked(company, "Opportunity")) == 4
    ada = await company.client("ada")
    assert (await ada.get("/setup/tracking/Opportunity")).status_code == 200
    assert (await ada.get("/setup/tracking/Nothing")).status_code == 404


async def test_names_and_owners_are_tracked_as_other_fields_are(company: Company) -> None:
    await do(company, "ada", feed.track_fields, "Account", {"Name": True, "OwnerId": True})
    account = await company.make("omar", "Account", Name="Sund")
    await do(company, "omar", desk.update_record, account, {"Name": "Belt", "OwnerId": company.id("noor")})
    answer = await (await company.api("nina")).get(f"{V}/feeds/record/{ids.show(account)}/feed-elements")
    (item,) = answer.json()["elements"]
    assert item["capabilities"]["trackedChanges"]["changes"] == [
        {"fieldName": "Account Name", "oldValue": "Sund", "newValue": "Belt"},
        {"fieldName": "Account Owner", "oldValue": "Omar Haddad", "newValue": "Noor Rahman"},
    ]
    ada = await company.api("ada")
    of_contacts = (await ada.get(f"{TRACKING}/Contact")).json()["fields"]
    assert {each["fullName"] for each in of_contacts if not each["trackable"]} >= {"Name", "Id"}


async def test_only_administrators(company: Company) -> None:
    for act, given in [
        (feed.track_fields, ("Account", {"Phone": True})),
        (feed.track_object, ("Account",)),
    ]:
        with pytest.raises(Forbidden):
            await do(company, "noor", act, *given)
    with pytest.raises(Forbidden):
        await do(company, "noor", feed.limit_tracking, most_tracked=30, quiet_days=None)
    noor = await company.api("noor")
    for path in (TRACKING, f"{TRACKING}/Account"):
        assert (await noor.get(path)).status_code == 404
        assert (await noor.patch(path, json={})).status_code == 404


async def test_an_object_that_feeds_do_not_tell_of(company: Company) -> None:
    ada, omar = await company.client("ada"), await company.api("omar")
    described = f"{DATA}/sobjects/Opportunity/describe"
    assert (await omar.get(described)).json()["feedEnabled"] is True
    off = await ada.submit(
        "/setup/tracking/Opportunity", told="", told_was="true", related="", related_was=""
    )
    assert off.status_code == 303
    deal = await do(company, "omar", desk.create_record, "Opportunity", await company.deal_values())
    await do(company, "omar", desk.update_record, deal.id, {"StageName": "Qualification"})
    assert await kinds(company, "omar", deal.id) == []
    assert (await omar.get(described)).json()["feedEnabled"] is False
    listed = (await omar.get(f"{DATA}/sobjects")).json()["sobjects"]
    told = {each["name"]: each["feedEnabled"] for each in listed}
    assert (told["Opportunity"], told["Account"], told["Contact"]) == (False, True, True)
    brief = (await omar.get(f"{DATA}/sobjects/Opportunity")).json()["objectDescribe"]
    assert brief["feedEnabled"] is False
    assert "Off: feeds tell nothing" in (await ada.get("/setup/tracking")).text
    (told,) = await company.events("feed.object_tracking.changed")
    assert told[5]["told"] is True and told[6]["told"] is False
    assert await tracked(company, "Opportunity"), "its fields are remembered"
    api = await company.api("ada")
    assert (await api.patch(f"{TRACKING}/Opportunity", json={"enableFeeds": True})).status_code == 204
    await do(company, "omar", desk.update_record, deal.id, {"StageName": "Prospecting"})
    assert await kinds(company, "omar", deal.id) == ["TrackedChange"]


async def test_days_until_quiet_changes_leave(company: Company) -> None:
    ada = await company.client("ada")
    deal = await company.make("omar", "Opportunity", **await company.deal_values())
    await do(company, "omar", desk.update_record, deal, {"StageName": "Qualification"})

    async def aged(days: int) -> list[str]:
        async with company.act() as tx:
            for table in ("feed_item", "feed_entry"):
                await tx.run(
                    f"update {table} set created_at = now() - make_interval(days => %(days)s) where org_id = %(org)s",
                    {"days": days},
                )
        return await kinds(company, "omar", deal)

    assert await aged(44) == ["TrackedChange"]
    assert await aged(46) == []
    assert (await ada.submit("/setup/tracking", most="20", days="90")).status_code == 303
    assert await aged(46) == await aged(89) == ["TrackedChange"]
    assert await aged(91) == []
    assert (await ada.submit("/setup/tracking", most="20", days="")).status_code == 303
    assert await aged(3000) == ["TrackedChange"]
    assert (await ada.submit("/setup/tracking", most="20", days="1")).status_code == 303
    assert await aged(2) == []
    api = await company.api("ada")
    assert (await api.get(TRACKING)).json()["quietDays"] == 1
    told = await company.events("feed.tracking_limits.changed")
    assert [each[6]["quiet_days"] for each in told] == [90, None, 1]


@pytest.mark.parametrize(
    "sent",
    [{"most": "0"}, {"most": "201"}, {"most": "many"}, {"most": ""}, {"days": "0"}, {"days": "3651"}, {"days": "²"},
     {"days": "-1"}, {"days": "1e9"}],
)  # fmt: skip
async def test_limits_that_are_none(company: Company, sent: dict[str, str]) -> None:
    ada = await company.client("ada")
    refused = await ada.submit("/setup/tracking", **({"most": "20", "days": "45"} | sent))
    assert refused.status_code == 422
    assert f'id="f-{next(iter(sent))}-error"' in refused.text
    assert await company.events("feed.tracking_limits.changed") == []


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("", {"mostTrackedFields": "20"}), ("", {"mostTrackedFields": True}), ("", {"mostTrackedFields": 0}),
        ("", {"quietDays": 1.5}), ("", {"quietDays": 10**9}), ("/Account", {"enableFeeds": 1}),
        ("/Account", {"trackRelatedRecords": "true"}), ("/Account", {"fields": {"Phone": True}}),
        ("/Account", {"fields": [{"fullName": "Phone"}]}), ("/Account", {"fields": ["Phone"]}),
        ("/Account", {"fields": [{"fullName": "Nothing", "trackFeedHistory": True}]}),
    ],
)  # fmt: skip
async def test_what_programs_may_not_send(company: Company, path: str, sent: dict[str, Any]) -> None:
    ada = await company.api("ada")
    before = [(await ada.get(each)).json() for each in (TRACKING, f"{TRACKING}/Account")]
    assert (await ada.patch(f"{TRACKING}{path}", json=sent)).status_code == 400
    assert [(await ada.get(each)).json() for each in (TRACKING, f"{TRACKING}/Account")] == before
