"""Following: how much reaches me, many at once by a rule, the cap of an administrator."""

from datetime import date
from typing import Any

from hubbub import feed, people
from hubbub.core import ids
from tests.cast import Company
from tests.desk.test_activities import make
from tests.feed.test_posts import deal, texts
from tests.inbox.test_notices import V, send

RULE = f"{V}/chatter/following-rule"


async def follow(company: Company, name: str, subject: str) -> dict[str, Any]:
    answer = await (await company.api(name)).post(
        f"{V}/chatter/users/me/following", json={"subjectId": subject}
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_only_what_i_follow_wholly_is_in_my_feed(company: Company) -> None:
    made = await follow(company, "noor", company.key("omar"))
    assert made["level"] == "all"
    noor = await company.api("noor")
    await send(company, "omar", "Signed")
    assert await texts(company, "noor", "news/me") == ["Signed"]
    for level in ("mentions", "digest", "mute"):
        changed = await noor.patch(made["url"], json={"level": level})
        assert (changed.status_code, changed.json()["level"]) == (200, level)
        assert await texts(company, "noor", "news/me") == []
    assert (await noor.patch(made["url"], json={"level": "loud"})).status_code == 400
    assert (await (await company.api("nina")).patch(made["url"], json={"level": "all"})).status_code == 404
    browser = await company.client("noor")
    page = await browser.get("/following")
    assert "Omar Haddad" in page.text and '<option value="mute" selected>' in page.text
    assert (await browser.submit(f"/subjects/{company.key('omar')}/level", level="all")).status_code == 303
    assert await texts(company, "noor", "news/me") == ["Signed"]
    assert (await browser.submit(f"/subjects/{company.key('nina')}/level", level="all")).status_code == 404


async def test_many_are_followed_by_a_rule_of_what_i_may_see(company: Company) -> None:
    for n in range(3):
        await deal(company, Name=f"Open {n}")
    await deal(company, Name="Won", StageName="Closed Won", CloseDate=date(2026, 1, 1))
    await company.make(
        "noor", "Opportunity", Name="Hers", StageName="Prospecting", CloseDate=date(2027, 1, 1)
    )
    noor, nina = await company.api("noor"), await company.api("nina")
    rule = {"object": "Opportunity", "owner": company.key("omar"), "open": True}
    assert (await noor.get(RULE, params=rule)).json() == {"matching": 3, "followed": 0}
    assert (await nina.get(RULE, params=rule)).json() == {"matching": 0, "followed": 0}, "private"
    assert (await noor.post(RULE, json=rule)).json() == {"matching": 3, "followed": 3}
    assert (await noor.get(f"{V}/chatter/users/me/following")).json()["total"] == 3
    one = {
        "object": "Opportunity",
        "conditions": [{"field": "Name", "operator": "equals", "value": "Open 1"}],
    }
    assert (await noor.request("DELETE", RULE, json=one)).json() == {"matching": 1, "followed": 0}
    assert (await noor.get(f"{V}/chatter/users/me/following")).json()["total"] == 2
    for wrong in (
        {"object": "Nothing"},
        {"object": "Product2", "open": True},
        {"object": "Opportunity", "owner": "x"},
        {"object": "Opportunity", "conditions": [{"field": "Nope", "operator": "equals", "value": "1"}]},
        {"object": "Opportunity", "conditions": [{"field": "Name", "operator": "like", "value": "1"}]},
        {"object": "Opportunity", "conditions": "x"},
    ):
        assert (await noor.post(RULE, json=wrong)).status_code in (400, 404), wrong
    # A field that she may not read is no field.
    hidden = {
        "object": "Opportunity",
        "conditions": [{"field": "Amount", "operator": "greaterThan", "value": 1}],
    }
    refused = await (await company.api("maya")).post(RULE, json=hidden)
    assert (refused.status_code, refused.json()[0]["errorCode"]) == (400, "INVALID_FIELD")


async def test_the_form_counts_first_and_the_worker_goes_on(company: Company) -> None:
    async with company.act() as tx:
        from hubbub import records

        omar = await people.actor(tx, company.id("omar"))
        new = [records.NewRecord({"Name": f"Account {n}"}) for n in range(230)]
        await records.insert_records(tx, omar, "Account", new)
    browser = await company.client("nina")
    counted = await browser.get("/following/many", params={"object": "Account", "owner": company.key("omar")})
    assert "230 records fit." in counted.text
    sent = await browser.submit("/following/many", object="Account", owner=company.key("omar"))
    assert sent.status_code == 303
    page = await browser.get(sent.headers["location"])
    assert "You follow 200 of them." in page.text and "data-going" in page.text
    async with company.act() as tx:
        (args,) = await tx.values(
            "select args from procrastinate_jobs where task_name = 'feed.follow_more' and args ->> 'user' = %(nina)s",
            {"nina": company.key("nina")},
        )
        given = {name: value for name, value in args.items() if name != "org"}
        await feed.JOBS["feed.follow_more"](tx, **given)
    page = await browser.get(sent.headers["location"])
    assert "You follow 230 of them." in page.text and "data-going" not in page.text
    assert (await browser.submit("/following/many", object="Opportunity", field_1="Nope")).status_code == 422
    assert (await (await company.client("gus")).get("/following/many")).status_code == 404


async def test_an_administrator_may_cap_what_people_follow(company: Company) -> None:
    ada, omar = await company.api("ada"), await company.api("omar")
    limits = f"{V}/feed-tracking"
    assert (await ada.get(limits)).json()["mostFollowed"] is None
    await follow(company, "omar", company.key("nina"))
    assert (await ada.patch(limits, json={"mostFollowed": 2})).status_code == 204
    assert (await ada.get(limits)).json()["mostFollowed"] == 2
    await follow(company, "omar", company.key("maya"))
    refused = await omar.post(f"{V}/chatter/users/me/following", json={"subjectId": company.key("mo")})
    assert (refused.status_code, refused.json()[0]["errorCode"]) == (400, "LIMIT_EXCEEDED")
    assert "You may follow 2" in refused.json()[0]["message"]
    await follow(company, "omar", company.key("maya"))  # again: nothing new
    await deal(company)
    many = await omar.post(RULE, json={"object": "Opportunity"})
    assert (many.status_code, many.json()[0]["errorCode"]) == (400, "LIMIT_EXCEEDED")
    for wrong in (0, "2", True):
        assert (await ada.patch(limits, json={"mostFollowed": wrong})).status_code == 400
    assert (await ada.patch(limits, json={"mostFollowed": None})).status_code == 204
    await follow(company, "omar", company.key("mo"))
    setup = await company.client("ada")
    assert (await setup.submit("/setup/tracking", most="20", days="45", followed="7")).status_code == 303
    assert (await ada.get(limits)).json()["mostFollowed"] == 7
    # Who creates at the cap creates, and does not follow.
    async with company.act() as tx:
        ada_self = await people.actor(tx, company.id("ada"))
        await feed.limit_following(tx, ada_self, 3)
        omar_self = await people.actor(tx, company.id("omar"))
        await people.set_preferences(tx, omar_self, {feed.FOLLOW_CREATED: True}, {feed.FOLLOW_CREATED: False})
    made = await omar.post(f"{V}/sobjects/Account", json={"Name": "One more"})
    assert made.status_code == 201
    async with company.act() as tx:
        assert not (await people.follow_state(tx, company.id("omar"), ids.parse(made.json()["id"])))[0]


async def test_what_i_follow_is_shown_as_the_thing_it_is(company: Company) -> None:
    sold = await deal(company)
    account = await make(company, "omar", "Account", Name="Quay & Sons")
    for subject in (sold, account):
        await follow(company, "omar", subject)
    page = (await (await company.client("omar")).get("/following")).text
    rows = page.split("<li")
    (deal_row,) = [row for row in rows if sold in row and "unfollow" in row]
    (account_row,) = [row for row in rows if account in row and "unfollow" in row]
    assert '#deal"' in deal_row and '#account"' in account_row
