"""Streams and favourites: their owner's alone, and of what he sees."""

from hubbub.core import ids
from tests.cast import Company
from tests.feed.test_feeds import deal_of, elements, post

CHATTER = "/services/data/v62.0/chatter"


async def test_a_stream(company: Company) -> None:
    deal = await deal_of(company)
    on_deal = await post(company, "omar", "On the deal", deal)
    by_nina = await post(company, "nina", "From Nina")
    await post(company, "mo", "From somebody else")
    noor = await company.api("noor")
    entities = [{"entityId": ids.show(deal)}, {"entityId": company.key("nina")}]
    answer = await noor.post(
        f"{CHATTER}/streams", json={"name": "Gauges", "subscriptionsToAdd": {"subscriptions": entities}}
    )
    assert answer.status_code == 201, answer.text
    stream = answer.json()
    assert {each["id"] for each in stream["subscriptions"]} == {each["entityId"] for each in entities}
    assert await elements(company, "noor", f"streams/{stream['id']}") == [
        ids.show(by_nina),
        ids.show(on_deal),
    ]
    changed = await noor.patch(
        f"{CHATTER}/streams/{stream['id']}", json={"name": "Tides", "subscriptionsToRemove": entities[:1]}
    )
    assert (changed.json()["name"], len(changed.json()["subscriptions"])) == ("Tides", 1)
    assert await elements(company, "noor", f"streams/{stream['id']}") == [ids.show(by_nina)]
    page = await (await company.client("noor")).get(f"/feeds/streams/{stream['id']}")
    assert "From Nina" in page.text and "On the deal" not in page.text and "Tides" in page.text
    for who in ("nina", "ada"):
        assert (await (await company.api(who)).get(f"{CHATTER}/streams/{stream['id']}")).status_code == 404
    assert (await (await company.api("nina")).get(f"{CHATTER}/streams")).json()["total"] == 0
    # What she may not see cannot be put into one.
    hidden = await (await company.api("nina")).post(
        f"{CHATTER}/streams", json={"name": "Mine", "subscriptionsToAdd": entities[:1]}
    )
    assert hidden.status_code == 404
    for name in ("", "x" * 121):
        assert (await noor.post(f"{CHATTER}/streams", json={"name": name})).status_code == 400
    assert (await noor.delete(f"{CHATTER}/streams/{stream['id']}")).status_code == 204
    assert (await noor.get(f"{CHATTER}/streams/{stream['id']}")).status_code == 404


async def test_a_stream_holds_25(company: Company) -> None:
    accounts = [await company.make("omar", "Account", Name=f"Account {n}") for n in range(26)]
    omar = await company.api("omar")
    given = [{"entityId": ids.show(each)} for each in accounts]
    many = await omar.post(f"{CHATTER}/streams", json={"name": "Many", "subscriptionsToAdd": given})
    assert many.status_code == 400
    full = await omar.post(f"{CHATTER}/streams", json={"name": "Full", "subscriptionsToAdd": given[:25]})
    assert full.status_code == 201
    more = await omar.patch(f"{CHATTER}/streams/{full.json()['id']}", json={"subscriptionsToAdd": given[25:]})
    assert more.status_code == 400


async def test_favourites(company: Company) -> None:
    found = await post(company, "omar", "The tide comes")
    await post(company, "omar", "Something else")
    browser = await company.client("nina")
    kept = await browser.submit("/favorites", q="tide")
    assert kept.status_code == 303
    again = await browser.submit("/favorites", q=" tide ")
    assert again.headers["location"] == kept.headers["location"]
    page = await browser.get(kept.headers["location"])
    assert "The tide comes" in page.text and "Something else" not in page.text
    api = await company.api("nina")
    (favorite,) = (await api.get(f"{CHATTER}/feeds/favorites/me")).json()["favorites"]
    answer = (await api.get(favorite["feedUrl"])).json()
    assert [each["id"] for each in answer["elements"]] == [ids.show(found)]
    viewed = await api.patch(favorite["url"], json={"updateLastViewDate": True})
    assert viewed.json()["lastViewDate"]
    assert (await (await company.api("mo")).get(favorite["url"])).status_code == 404
    assert (await api.delete(favorite["url"])).status_code == 204
    assert (await api.get(f"{CHATTER}/feeds/favorites/me")).json()["total"] == 0
