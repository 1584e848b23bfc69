"""Searches that people follow: what says their words, and they may see, arrives in What I Follow and nowhere else."""

import pytest

from hubbub import feed, people
from hubbub.core import ids
from hubbub.feed import queries
from tests.cast import Company
from tests.feed.test_live import heard, listen
from tests.feed.test_posts import V, deal, send
from tests.feed.test_talk import comment
from tests.feed.test_tracking_creation import deal as made_deal
from tests.feed.test_tracking_creation import elements

FAVORITES = f"{V}/feeds/favorites/me"


async def follow_search(company: Company, who: str, words: str) -> str:
    answer = await (await company.api(who)).post(FAVORITES, json={"searchText": words, "followed": True})
    assert answer.status_code == 201, answer.text
    assert answer.json()["followed"] is True
    return answer.json()["id"]


async def news(company: Company, who: str) -> list[str]:
    async with company.act() as tx:
        actor = await people.actor(tx, company.id(who))
        return [item.key for item in (await feed.news(tx, actor)).items]


async def under_searches(company: Company) -> int:
    async with company.act() as tx:
        return await tx.value("select count(*) from feed_entry where org_id = %(org)s and via = 'search'", {})


async def test_what_says_the_words_arrives_with_its_past(company: Company) -> None:
    before = await send(company, "mo", "The harbour gauge is wet")
    other = await send(company, "mo", "Nothing of the kind")
    assert await news(company, "nina") == []
    await follow_search(company, "nina", "harbour gauge")
    assert await news(company, "nina") == [before["id"]]
    after = await send(company, "omar", "A gauge for the HARBOUR")
    await send(company, "omar", "harbour only")
    assert await news(company, "nina") == [after["id"], before["id"]]
    assert await news(company, "maya") == []
    # A comment that says them brings the whole thread, at its own place.
    await comment(company, "maya", other, "like a harbour gauge")
    assert await news(company, "nina") == [after["id"], other["id"], before["id"]]
    async with company.act() as tx:
        nina = await people.actor(tx, company.id("nina"))
        assert (await queries.unread(tx, nina, "news")).count == 3
        first = (await feed.news(tx, nina, queries.Ask(order=feed.ACTIVE))).items[0]
        assert first.key == other["id"]


async def test_sight_is_asked_as_everywhere(company: Company) -> None:
    key = await deal(company)
    await follow_search(company, "nina", "gauge*")
    await follow_search(company, "noor", "gauge*")
    page = await listen(company, "nina", "news")
    hers = await listen(company, "noor", "news")
    for each in (page, hers):
        assert await heard(each) == []
    secret = await send(company, "omar", "Gauges for Isdom", subject=key)
    plain = await send(company, "omar", "Gauge")
    assert await news(company, "nina") == [plain["id"]]
    assert await news(company, "noor") == [plain["id"], secret["id"]]
    told = [await heard(hers, "feed.item.created") for _ in range(2)]
    assert [(each[0][1], each[0][2]) for each in told] == [(secret["id"], ["news"]), (plain["id"], ["news"])]
    assert [id for _, id, _ in await heard(page, "feed.item.created")] == [plain["id"]]
    await company.share(ids.parse(key), "nina")
    assert await news(company, "nina") == [plain["id"], secret["id"]]


async def test_a_new_record_is_found_by_what_is_said_of_it(company: Company) -> None:
    """What Hubbub notes says no words of its own, and stands under nothing that nina follows but the search."""
    key = await made_deal(company, None)
    await company.share(key, "nina")
    (made,) = await elements(company, "omar", f"record/{ids.show(key)}")
    assert made["type"] == "CreateRecordEvent"
    for who in ("nina", "maya"):
        await follow_search(company, who, "gauge")
    assert await news(company, "nina") == []
    await comment(company, "omar", made, "They need a gauge")
    assert await news(company, "nina") == [made["id"]]
    assert await news(company, "maya") == []


async def test_what_no_longer_says_them_leaves(company: Company) -> None:
    await follow_search(company, "nina", "harbour")
    edited, talked = await send(company, "omar", "harbour"), await send(company, "omar", "port")
    said = await comment(company, "omar", talked, "harbour")
    assert set(await news(company, "nina")) == {edited["id"], talked["id"]}
    omar = await company.api("omar")
    for id, text in ((edited["id"], "port"), (talked["id"], "port again")):
        answer = await omar.patch(
            f"{V}/feed-elements/{id}",
            json={"body": {"messageSegments": [{"type": "Text", "text": text}]}},
        )
        assert answer.status_code == 200, answer.text
    assert await news(company, "nina") == [talked["id"]]
    assert (await omar.delete(f"{V}/comments/{said['id']}")).status_code == 204
    assert await news(company, "nina") == []
    await (await company.client("omar")).submit(f"/comments/{said['id']}/restoration")
    assert await news(company, "nina") == [talked["id"]]


async def test_it_ends_with_following_and_with_keeping(company: Company) -> None:
    kept = await follow_search(company, "nina", "harbour")
    await follow_search(company, "maya", "HARBOUR")
    post = await send(company, "omar", "harbour")
    assert await under_searches(company) == 1  # for all who follow the same words
    nina = await company.client("nina")
    page = await nina.get(f"/feeds/favorites/{kept}")
    assert f"/favorites/{kept}/unfollow" in page.text
    await nina.submit(f"/favorites/{kept}/unfollow")
    assert f"/favorites/{kept}/follow" in (await nina.get("/streams")).text
    assert (await news(company, "nina"), await news(company, "maya")) == ([], [post["id"]])
    await nina.submit(f"/favorites/{kept}/follow")
    assert await news(company, "nina") == [post["id"]]
    assert (await (await company.api("nina")).delete(f"{FAVORITES}/{kept}")).status_code == 204
    assert await under_searches(company) == 1
    (hers,) = (await (await company.api("maya")).get(FAVORITES)).json()["favorites"]
    await (await company.api("maya")).patch(hers["url"], json={"followed": False})
    assert await under_searches(company) == 0
    assert (await news(company, "nina"), await news(company, "maya")) == ([], [])


@pytest.mark.parametrize("words", ["t?de", "ti*e gauge"])
async def test_wildcards_inside_words_are_kept_and_not_followed(company: Company, words: str) -> None:
    answer = await (await company.api("nina")).post(FAVORITES, json={"searchText": words, "followed": True})
    assert answer.status_code == 400 and "only be kept" in answer.text
    assert (await (await company.api("nina")).get(FAVORITES)).json()["total"] == 0


async def test_so_many_searches_and_no_more(company: Company) -> None:
    for number in range(25):
        await follow_search(company, "nina", f"word{number}")
    await follow_search(company, "nina", "word3")  # once more is once
    answer = await (await company.api("nina")).post(
        FAVORITES, json={"searchText": "word25", "followed": True}
    )
    assert answer.json()[0]["errorCode"] == "LIMIT_EXCEEDED"
