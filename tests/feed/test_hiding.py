"""Hiding a post: its author and moderators see it, and for everybody else it is as if it were not there."""

import asyncio

from hubbub.core import ids
from tests.cast import Company
from tests.feed.test_live import heard, listen
from tests.feed.test_posts import V, deal, follow, send, texts
from tests.feed.test_talk import comment
from tests.inbox.test_notices import told

PATH = "/services/data/v62.0"


async def hide(company: Company, who: str, post: str, status: str = "PendingReview") -> int:
    answer = await (await company.api(who)).patch(
        f"{V}/feed-elements/{post}/capabilities/status", json={"feedEntityStatus": status}
    )
    return answer.status_code


async def test_a_hidden_post_is_there_for_its_author_and_moderators_alone(company: Company) -> None:
    await follow(company, "nina", company.key("omar"))
    post = await send(company, "omar", "Something rude about #tides")
    await comment(company, "nina", post, "Oh")
    assert await hide(company, "nina", post["id"]) == 403
    assert await hide(company, "omar", post["id"]) == 403, "nor his own"
    assert await hide(company, "mo", post["id"]) == 200
    for who, sees in (("omar", True), ("mo", True), ("ada", True), ("nina", False), ("noor", False)):
        api = await company.api(who)
        shown = await api.get(f"{V}/feed-elements/{post['id']}")
        assert shown.status_code == (200 if sees else 404), who
        assert ("Something rude about #tides" in await texts(company, who, "company")) is sees, who
        profile = await texts(company, who, f"user-profile/{company.key('omar')}")
        assert bool(profile) is sees, who
        found = (await api.get(f"{V}/feeds/company/feed-elements", params={"q": "rude"})).json()["elements"]
        assert bool(found) is sees, who
        topic = (await api.get(f"{PATH}/connect/topics", params={"q": "tides"})).json()["topics"]
        assert bool(topic) is sees, who
        page = await (await company.client(who)).get(f"/posts/{post['id']}")
        assert page.status_code == (200 if sees else 404)
        if sees:
            status = shown.json()["capabilities"]["status"]
            assert status == {"feedEntityStatus": "PendingReview", "isApprovableByMe": who != "omar"}
            assert ("Only you and moderators" if who == "omar" else "Hidden: only its author") in page.text
    assert await texts(company, "nina", "news/me") == []
    assert await texts(company, "nina", "to/me") == [], "what she commented is gone for her"
    said = await (await company.api("nina")).post(
        f"{V}/feed-elements/{post['id']}/capabilities/comments/items", json={"text": "Still there?"}
    )
    assert said.status_code == 404
    (line,) = [each for each in await told(company, "omar") if each["type"] == "hidden"]
    assert "hid your post" in line["messageTitle"]
    moderation = (await (await company.client("mo")).get("/moderation")).text
    assert "Hidden posts" in moderation and "Something rude" in moderation
    assert len(await company.events("feed.item.hidden")) == 1

    assert await hide(company, "mo", post["id"], "Published") == 200
    assert await texts(company, "nina", "news/me") == ["Something rude about #tides"]
    assert len(await company.events("feed.item.shown")) == 1


async def test_it_is_not_counted_and_nobody_is_told_of_it(company: Company) -> None:
    await follow(company, "nina", company.key("omar"))
    nina = await company.client("nina")
    mentions = {"messageSegments": [{"type": "Mention", "id": company.key("nina")}]}
    post = await send(company, "omar", "", body=mentions)
    assert len(await told(company, "nina")) == 1
    before = (await nina.get("/feeds/news/unread", headers={"accept": "text/vnd.turbo-stream.html"})).text
    assert ">1<" in before
    page = await listen(company, "nina", "news", "company", f"item/{post['id']}")
    assert await heard(page) == []
    assert await hide(company, "mo", post["id"]) == 200
    assert await heard(page, "gone") == [("gone", None, [f"item/{post['id']}"])]
    assert await hide(company, "mo", post["id"], "Published") == 200
    lines = [each["type"] for each in await told(company, "omar")]
    assert "hidden" not in lines, "undone before he read of it"
    page = await listen(company, "nina", "news", "company", f"item/{post['id']}")
    assert await heard(page) == []
    assert (await (await company.client("mo")).submit(f"/posts/{post['id']}/hiding")).status_code == 303
    assert await heard(page, "gone") == [("gone", None, [f"item/{post['id']}"])]
    assert await told(company, "nina") == []
    after = (await nina.get("/feeds/news/unread", headers={"accept": "text/vnd.turbo-stream.html"})).text
    assert ">1<" not in after
    # What is said there is told to its author's pages, and to nobody else's.
    omar = await listen(company, "omar", f"item/{post['id']}")
    assert await heard(omar) == []
    await comment(company, "mo", post, "Please reword it")
    assert (await heard(omar, "feed.comment.created"))[0][0] == "feed.comment.created"
    await asyncio.sleep(0.3)
    assert page.queue.empty()


async def test_a_share_of_it_shows_nothing_and_its_pin_makes_room(company: Company) -> None:
    key = await deal(company)
    await company.share(ids.parse(key), "maya")
    await company.share(ids.parse(key), "mo")
    posts = [await send(company, "maya", f"Post {n}", subject=key) for n in range(4)]
    omar, api = await company.client("omar"), await company.api("omar")
    for post in posts[:3]:
        assert (await omar.submit(f"/posts/{post['id']}/pin")).status_code == 303
    shared = await api.post(
        f"{V}/feed-elements",
        json={
            "subjectId": "me",
            "feedElementType": "FeedItem",
            "text": "See",
            "capabilities": {"feedEntityShare": {"feedEntityId": posts[0]["id"]}},
        },
    )
    assert shared.status_code == 201, shared.text
    assert await hide(company, "mo", posts[0]["id"]) == 200
    assert (await omar.submit(f"/posts/{posts[3]['id']}/pin")).status_code == 303, "there is room for a third"
    element = (await api.get(f"{V}/feed-elements/{shared.json()['id']}")).json()
    assert "Post 0" not in str(element)
    # Maya may take back what she wrote; that it was hidden is no reason to keep it.
    assert (
        await (await company.api("maya")).delete(f"{V}/feed-elements/{posts[0]['id']}")
    ).status_code == 204
