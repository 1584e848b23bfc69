"""Acts on a record from a post on it: moving, giving away, logging a call; who may, and what the feed tells."""

from typing import Any

from hubbub.core import ids
from tests.cast import Company
from tests.feed.test_posts import V, deal, send, texts
from tests.feed.test_talk import element_of


async def elements(company: Company, name: str, key: str) -> list[dict[str, Any]]:
    answer = await (await company.api(name)).get(f"{V}/feeds/record/{key}/feed-elements")
    assert answer.status_code == 200, answer.text
    return answer.json()["elements"]


async def test_a_stage_is_moved_from_a_post_with_a_word_to_it(company: Company) -> None:
    key = await deal(company)
    post = await send(company, "omar", "They said yes", subject=key)
    omar = await company.client("omar")
    page = (await omar.get(f"/posts/{post['id']}/acts")).text
    assert f'action="/posts/{post["id"]}/stage"' in page and f'action="/posts/{post["id"]}/owner"' in page
    assert (
        await omar.submit(f"/posts/{post['id']}/stage", stage="Qualification", text="They said yes #tides")
    ).status_code == 303
    newest = (await elements(company, "noor", key))[0]
    assert (newest["type"], newest["body"]["text"]) == ("ChangeStatusPost", "They said yes #tides")
    moved = {"fieldName": "Stage", "oldValue": "Prospecting", "newValue": "Qualification"}
    assert moved in newest["capabilities"]["trackedChanges"]["changes"]
    assert [each["type"] for each in await elements(company, "noor", key)] == ["ChangeStatusPost", "TextPost"]
    shown = (await (await company.client("noor")).get(f"/posts/{newest['id']}")).text
    assert "Prospecting" in shown and "Qualification" in shown
    again = await (await company.api("omar")).post(
        f"{V}/feed-elements/{post['id']}/status-changes", json={"status": "Qualification"}
    )
    assert (again.status_code, again.json()["id"]) == (201, None)


async def test_who_may_not_move_or_give_away_is_refused(company: Company) -> None:
    key = await deal(company)
    post = await send(company, "omar", "Hm", subject=key)
    await company.share(ids.parse(key), "maya")
    await company.share(ids.parse(key), "mo", 2)
    for who, moved, given, shown in (
        ("maya", 403, 403, 200), ("mo", 201, 403, 200), ("nina", 404, 404, 404), ("gus", 404, 404, 404),
    ):  # fmt: skip
        api = await company.api(who)
        stage = {"status": "Qualification"}
        path = f"{V}/feed-elements/{post['id']}"
        assert (await api.post(f"{path}/status-changes", json=stage)).status_code == moved, who
        owner = {"ownerId": company.key("maya")}
        assert (await api.post(f"{path}/assignments", json=owner)).status_code == given, who
        page = await (await company.client(who)).get(f"/posts/{post['id']}/acts")
        assert page.status_code == shown, who
        assert (f"/posts/{post['id']}/stage" in page.text) is (who == "mo"), who
        assert f"/posts/{post['id']}/owner" not in page.text, who
    profile = await send(company, "omar", "Hello")
    assert (await (await company.client("omar")).get(f"/posts/{profile['id']}/acts")).status_code == 404


async def test_a_refused_move_keeps_what_was_written(company: Company) -> None:
    key = await deal(company)
    post = await send(company, "omar", "Hm", subject=key)
    omar = await company.client("omar")
    refused = await omar.submit(f"/posts/{post['id']}/stage", stage="Nonsense", text="kept words")
    assert refused.status_code == 422 and "kept words" in refused.text
    assert await texts(company, "omar", f"record/{key}") == ["Hm"]


async def test_a_record_is_given_away_from_a_post(company: Company) -> None:
    key = await deal(company)
    post = await send(company, "omar", "Yours, nina", subject=key)
    nina = (await element_of(company, "omar", await send(company, "nina", "x")))["actor"]["displayName"]
    omar = await company.client("omar")
    nobody = await omar.submit(f"/posts/{post['id']}/owner", owner="Nobody at all", text="kept")
    assert nobody.status_code == 422 and "kept" in nobody.text
    given = await omar.submit(f"/posts/{post['id']}/owner", owner=nina, text="You know them")
    assert (given.status_code, given.headers["location"]) == (303, "/o/Opportunity")  # he sees it no more
    assert "You know them" in await texts(company, "nina", f"record/{key}")
    assert (await omar.get(f"/r/{key}")).status_code == 404


async def test_a_call_is_logged_from_a_post(company: Company) -> None:
    key = await deal(company)
    post = await send(company, "omar", "Hm", subject=key)
    omar = await company.client("omar")
    assert (
        await omar.submit(f"/posts/{post['id']}/calls", subject="Terms", minutes="7", text="They agree")
    ).status_code == 303
    newest = (await elements(company, "noor", key))[0]
    assert (newest["type"], newest["capabilities"]["call"]) == (
        "CallLogPost",
        {"minutes": 7, "subject": "Terms"},
    )
    for wrong in ("-3", "many", "9999"):
        refused = await omar.submit(f"/posts/{post['id']}/calls", subject="x", minutes=wrong, text="kept")
        assert refused.status_code == 422 and "kept" in refused.text, wrong


async def test_who_may_not_read_the_stage_does_not_see_that_it_moved(company: Company) -> None:
    key = await deal(company)
    await company.share(ids.parse(key), "maya")
    async with company.act() as tx:
        before = await tx.values("select id from feed_item where org_id = %(org)s")
    post = await send(company, "omar", "Hm", subject=key)
    omar = await company.api("omar")
    made = (
        await omar.post(f"{V}/feed-elements/{post['id']}/status-changes", json={"status": "Qualification"})
    ).json()
    async with company.act() as tx:  # as if only the amount had been changed, which maya may not read
        amount = await tx.value(
            "select field_ids from feed_item where org_id = %(org)s and id = %(id)s",
            {"id": ids.parse(made["id"])},
        )
        assert amount and ids.parse(made["id"]) not in before
        from hubbub import objects

        field = (await objects.catalog(tx)).object("Opportunity").field("Amount").id
        await tx.run(
            "update feed_item set field_ids = %(fields)s where org_id = %(org)s and id = %(id)s",
            {"fields": [field], "id": ids.parse(made["id"])},
        )
    assert [each["type"] for each in await elements(company, "maya", key)] == ["TextPost"]
    assert [each["type"] for each in await elements(company, "noor", key)] == ["ChangeStatusPost", "TextPost"]
