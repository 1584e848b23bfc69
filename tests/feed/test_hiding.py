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


async def comment_texts(company: Company, who: str, post: str) -> list[str | None]:
    """What somebody reads in a thread, over REST; None for a place whose comment is gone."""
    found = (
        await (await company.api(who)).get(f"{V}/feed-elements/{post}/capabilities/comments/items")
    ).json()
    return [None if each["isDeleted"] else each["body"]["text"] for each in found["items"]]


async def hide_comment(company: Company, who: str, key: str, status: str = "PendingReview") -> int:
    answer = await (await company.api(who)).patch(
        f"{V}/comments/{key}/capabilities/status", json={"feedEntityStatus": status}
    )
    return answer.status_code


async def test_a_hidden_comment_is_there_for_its_author_and_moderators_alone(company: Company) -> None:
    post = await send(company, "omar", "Who measures the tides?")
    said = (await comment(company, "nina", post, "Something rude"))["id"]
    page = await listen(company, "noor", f"item/{post['id']}")
    assert await heard(page) == []
    for who in ("nina", "omar", "noor"):
        assert await hide_comment(company, who, said) == 403, who
    assert await hide_comment(company, "mo", said) == 200
    assert (await heard(page, "feed.comment.hidden"))[-1][1] == said
    (line,) = [each for each in await told(company, "nina") if each["type"] == "hidden_comment"]
    assert "hid your comment" in line["messageTitle"]
    assert await hide_comment(company, "mo", said, "Published") == 200
    assert await told(company, "nina") == [], "undone before she read of it"
    assert await hide_comment(company, "mo", said) == 200
    await comment(company, "maya", post, "Not me")
    for who, sees in (("nina", True), ("mo", True), ("ada", True), ("omar", False), ("noor", False)):
        api = await company.api(who)
        assert ("Something rude" in await comment_texts(company, who, post["id"])) is sees, who
        shown = await api.get(f"{V}/comments/{said}")
        assert shown.status_code == (200 if sees else 404), who
        if sees:
            status = shown.json()["capabilities"]["status"]
            assert status == {"feedEntityStatus": "PendingReview", "isApprovableByMe": who != "nina"}
        status = await api.get(f"{V}/comments/{said}/capabilities/status")
        assert status.status_code == (200 if sees else 404), who
        for path in ("/company", f"/posts/{post['id']}"):
            text = (await (await company.client(who)).get(path)).text
            assert ("Something rude" in text) is sees, (who, path)
            assert ("hidden this comment" in text) is (who == "nina"), (who, path)
        element = (await api.get(f"{V}/feed-elements/{post['id']}")).json()
        assert element["capabilities"]["comments"]["page"]["total"] == 1, "the same for everybody"
        found = (await api.get(f"{V}/feeds/company/feed-elements", params={"q": "rude"})).json()["elements"]
        assert found == [], "no search finds it"
        for act in ("likes", "moderation-flags"):
            answer = await api.post(f"{V}/comments/{said}/{act}", json={})
            assert answer.status_code == 404, (who, act)
    reply = await (await company.api("nina")).post(
        f"{V}/feed-elements/{post['id']}/capabilities/comments/items",
        json={"text": "And again", "threadParentId": said},
    )
    assert reply.status_code == 400, reply.text
    edited = await (await company.api("nina")).patch(f"{V}/comments/{said}", json={"text": "Better"})
    assert edited.status_code == 404
    moderation = (await (await company.client("mo")).get("/moderation")).text
    assert "Hidden comments" in moderation and "Something rude" in moderation
    assert await hide_comment(company, "nina", said, "Published") == 403
    assert (await (await company.client("mo")).submit(f"/comments/{said}/hiding/delete")).status_code == 303
    assert "Something rude" in await comment_texts(company, "omar", post["id"])
    for name in ("hidden", "shown"):
        assert len(await company.events(f"feed.comment.{name}")) == 2


async def test_its_author_deletes_a_hidden_comment_for_good_and_cannot_bring_it_back(
    company: Company,
) -> None:
    post = await send(company, "omar", "Who measures the tides?")
    said = (await comment(company, "nina", post, "Something rude"))["id"]
    below = await (await company.api("omar")).post(
        f"{V}/feed-elements/{post['id']}/capabilities/comments/items",
        json={"text": "Please", "threadParentId": said},
    )
    assert below.status_code == 201
    assert (await (await company.client("mo")).submit(f"/comments/{said}/hiding")).status_code == 303
    assert await comment_texts(company, "noor", post["id"]) == [None, "Please"], "as a deleted one leaves it"
    nina, mo = await company.api("nina"), await company.api("mo")
    assert (await nina.post(f"{V}/comments/{said}/restoration")).status_code == 404
    assert (await nina.delete(f"{V}/comments/{said}")).status_code == 204
    assert await comment_texts(company, "nina", post["id"]) == [None, "Please"]
    assert (await nina.post(f"{V}/comments/{said}/restoration")).status_code == 404
    assert await hide_comment(company, "mo", said, "Published") == 404
    assert (await mo.post(f"{V}/comments/{said}/restoration")).status_code == 200
    assert await comment_texts(company, "noor", post["id"]) == ["Something rude", "Please"]
