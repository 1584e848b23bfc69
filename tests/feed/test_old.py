"""Feed items of versions 23 to 31: the bodies that clients of then know, with the access of today."""

from typing import Any

import pytest

from hubbub.core import ids
from tests.cast import Company
from tests.feed.test_kinds import make
from tests.feed.test_posts import V, deal, send

ALWAYS = {
    "actor", "attachment", "body", "clientInfo", "comments", "createdDate", "event", "id", "isLikedByCurrentUser",
    "likes", "modifiedDate", "myLike", "parent", "photoUrl", "type", "url",
}  # fmt: skip
# What each version brought, by the reference; what ended is in ENDED.
BEGAN = {
    24: {"isBookmarkedByCurrentUser", "originalFeedItem", "originalFeedItemActor"},
    25: {"isDeleteRestricted"},
    26: {"visibility"},
    27: {"canShare", "likesMessage", "preamble"},
    28: {"relativeCreatedDate", "topics"},
    29: {"moderationFlags"},
    31: {"capabilities", "feedElementType", "header"},
}
ENDED = {25: {"currentUserLike"}, 31: {"preamble"}}


def old(version: int = 27, path: str = "") -> str:
    return f"/services/data/v{version}.0/chatter{path}"


async def get(company: Company, name: str, path: str, version: int = 27, **params: Any) -> Any:
    answer = await (await company.api(name)).get(old(version, path), params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_each_version_has_the_properties_that_it_had(company: Company) -> None:
    element = await send(company, "omar", "Hi <all>", await deal(company))
    for version in range(23, 32):
        item = await get(company, "omar", f"/feed-items/{element['id']}", version)
        wanted = ALWAYS | {"currentUserLike"}
        for since, names in BEGAN.items():
            wanted |= names if version >= since else set()
        for since, names in ENDED.items():
            wanted -= names if version >= since else set()
        assert set(item) == wanted, version
        assert item["url"] == old(version, f"/feed-items/{element['id']}")
        assert item["body"]["text"] == "Hi &lt;all&gt;" and "isRichText" not in item["body"]
        assert "feed-elements" not in str({name: item[name] for name in item if name != "capabilities"})
    for version in (32, 62):
        answer = await (await company.api("omar")).get(old(version, f"/feed-items/{element['id']}"))
        assert answer.status_code == 404
    assert (await (await company.api("omar")).get(f"{V}/feed-elements/{element['id']}")).json()["url"] == (
        element["url"]
    )


async def test_feeds_are_pages_of_items(company: Company) -> None:
    key = await deal(company)
    made = [(await send(company, "omar", f"post {n}", key))["id"] for n in range(3)]
    feed = await get(company, "omar", f"/feeds/record/{key}")
    assert feed["feedItemsUrl"] == old(27, f"/feeds/record/{key}/feed-items")
    listed = (await get(company, "omar", "/feeds"))["feeds"]
    assert {each["feedItemsUrl"] for each in listed} >= {old(27, "/feeds/news/me/feed-items")}
    first = await get(company, "omar", f"/feeds/record/{key}/feed-items", pageSize=2)
    assert [each["id"] for each in first["items"]] == made[:0:-1] and "elements" not in first
    assert "/feed-items?" in first["nextPageUrl"]
    rest = (await (await company.api("omar")).get(first["nextPageUrl"])).json()
    assert rest["items"][0]["id"] == made[0]
    for feed_path in ("news/me", "company", "user-profile/me", "filter/me/006"):
        page = await get(company, "omar", f"/feeds/{feed_path}/feed-items")
        assert made[0] in [each["id"] for each in page["items"]], feed_path
    since = (await get(company, "omar", "/feeds/news/me/feed-items", 30))["updatesUrl"]
    assert (await (await company.api("omar")).get(since)).json()["items"] == []
    assert (await get(company, "omar", "/feed-items", q="post"))["items"]
    # Each sees there what he sees elsewhere.
    for path in (
        f"/feeds/record/{key}/feed-items",
        f"/feed-items/{made[0]}",
        f"/feed-items/{made[0]}/comments",
    ):
        assert (await (await company.api("nina")).get(old(27, path))).status_code == 404
    batch = await get(company, "nina", f"/feed-items/batch/{made[0]}")
    assert batch["hasErrors"] and batch["results"][0]["statusCode"] == 404
    assert not (await get(company, "omar", f"/feed-items/batch/{','.join(made)}"))["hasErrors"]
    assert (await get(company, "nina", "/feeds/company/feed-items"))["items"] == []


async def test_changes_come_one_by_one_and_in_words_where_they_have_no_place(company: Company) -> None:
    key = await deal(company)
    client = await company.api("omar")
    for stage in ("Qualification", "Needs Analysis"):
        done = await client.patch(
            f"{V.removesuffix('/chatter')}/sobjects/Opportunity/{key}", json={"StageName": stage}
        )
        assert done.status_code == 204, done.text
    path = f"/feeds/record/{key}/feed-items"
    changes = [
        each for each in (await get(company, "omar", path, 29))["items"] if each["type"] == "TrackedChange"
    ]
    assert [each["attachment"]["changes"][0]["newValue"] for each in changes] == [
        "Needs Analysis",
        "Qualification",
    ]
    assert {each["attachment"]["type"] for each in changes} == {"TrackedChange"}
    told = [
        each for each in (await get(company, "omar", path, 24))["items"] if each["type"] == "TrackedChange"
    ]
    assert told[0]["attachment"] is None
    assert told[0]["body"]["text"] == "changed Stage from Qualification to Needs Analysis."


async def test_posts_comments_likes_polls_and_topics_as_they_were_sent_then(company: Company) -> None:
    key = await deal(company)
    client = await company.api("omar")

    async def post(path: str, status: int = 201, **given: Any) -> Any:
        answer = await client.post(old(27, path), **given)
        assert answer.status_code == status, answer.text
        return answer.json()

    body = {"messageSegments": [{"type": "Text", "text": "Signed"}]}
    plain = await post(
        f"/feeds/record/{key}/feed-items", json={"body": body, "isBookmarkedByCurrentUser": True}
    )
    assert (plain["type"], plain["parent"]["id"], plain["isBookmarkedByCurrentUser"]) == (
        "TextPost",
        key,
        True,
    )
    mine = await post("/feeds/news/me/feed-items", params={"text": "Hello"})
    assert mine["parent"]["id"] == company.key("omar")
    link = {"attachmentType": "Link", "url": "https://tides.example/isdom", "urlName": "Isdom"}
    linked = await post("/feeds/user-profile/me/feed-items", json={"attachment": link})
    assert linked["type"] == "LinkPost"
    assert linked["attachment"] == {"title": "Isdom", "type": "Link", "url": link["url"]}
    # Before version 27 the properties told what it is.
    bare = await client.post(old(23, "/feeds/news/me/feed-items"), params={"url": link["url"]})
    assert bare.json()["attachment"] == {"title": link["url"], "url": link["url"]}
    asked = {"text": "When?", "attachmentType": "Poll", "pollChoice1": "Today", "pollChoice2": "Later"}
    poll = await post(f"/feeds/record/{key}/feed-items", params=asked)
    assert [each["text"] for each in poll["attachment"]["choices"]] == ["Today", "Later"]
    choice = poll["attachment"]["choices"][1]["id"]
    voted = await client.patch(old(27, f"/feed-items/{poll['id']}/poll"), json={"myChoiceId": choice})
    assert (voted.json()["myChoiceId"], voted.json()["totalVoteCount"]) == (choice, 1)
    shared = await post("/feeds/news/me/feed-items", json={"originalFeedItemId": plain["id"]})
    assert shared["originalFeedItem"]["id"] == plain["id"]

    comment = await post(f"/feed-items/{plain['id']}/comments", params={"text": "Yes"})
    assert (
        comment["feedItem"]["url"] == old(27, f"/feed-items/{plain['id']}") and "feedElement" not in comment
    )
    reply = await client.post(
        f"{V}/feed-elements/{plain['id']}/capabilities/comments/items",
        json={"body": body, "threadParentId": comment["id"]},
    )
    page = await get(company, "omar", f"/feed-items/{plain['id']}/comments")
    assert [each["id"] for each in page["comments"]] == [comment["id"], reply.json()["id"]]
    assert "threadLevel" not in page["comments"][1]
    assert (await get(company, "omar", f"/comments/{comment['id']}"))["feedItem"]["id"] == plain["id"]
    like = await post(f"/feed-items/{plain['id']}/likes")
    likes = await get(company, "omar", f"/feed-items/{plain['id']}/likes")
    assert [each["id"] for each in likes["likes"]] == [like["id"]] and "items" not in likes
    item = await get(company, "omar", f"/feed-items/{plain['id']}")
    assert item["isLikedByCurrentUser"] and item["likes"]["total"] == 1 and item["comments"]["total"] == 2
    assert item["comments"]["comments"][0]["id"] == comment["id"]
    assert (
        await client.post(item["comments"]["currentPageUrl"], params={"text": "again"})
    ).status_code == 201
    await client.post(old(27, f"/comments/{comment['id']}/likes"))
    assert (await get(company, "omar", f"/comments/{comment['id']}/likes"))["likes"]

    topic = await client.post(old(28, f"/feed-items/{plain['id']}/topics"), params={"topicName": "tides"})
    assert topic.status_code == 201
    tagged = await get(company, "omar", f"/feed-items/{plain['id']}", 28)
    assert [each["name"] for each in tagged["topics"]["topics"]] == ["tides"]
    gone = await client.delete(
        old(28, f"/feed-items/{plain['id']}/topics"), params={"topicId": topic.json()["id"]}
    )
    assert gone.status_code == 204
    off = await client.patch(
        old(27, f"/feed-items/{plain['id']}"), params={"isBookmarkedByCurrentUser": "false"}
    )
    assert off.json()["isBookmarkedByCurrentUser"] is False
    assert (await client.delete(old(27, f"/feed-items/{plain['id']}"))).status_code == 204
    for given in (
        {"attachmentType": "NewFile", "text": "x"},
        {"attachmentType": "Link", "url": "javascript:1"},
        {},
    ):
        assert (await client.post(old(27, "/feeds/news/me/feed-items"), params=given)).status_code == 400, (
            given
        )
    assert (await client.post(old(27, "/feeds/to/me/feed-items"), params={"text": "x"})).status_code == 404


@pytest.mark.parametrize("name", ["nina", "gus"])
async def test_who_sees_nothing_does_nothing(company: Company, name: str) -> None:
    key = await deal(company)
    element = await send(company, "omar", "Hi", key)
    client = await company.api(name)
    at = old(27, f"/feed-items/{element['id']}")
    for answer in (
        await client.post(f"{at}/comments", params={"text": "x"}),
        await client.post(f"{at}/likes"),
        await client.get(f"{at}/likes"),
        await client.get(f"{at}/poll"),
        await client.patch(at, params={"isBookmarkedByCurrentUser": "true"}),
        await client.delete(at),
        await client.post(f"{at}/topics", params={"topicName": "x"}),
        await client.post(old(27, f"/feeds/record/{key}/feed-items"), params={"text": "x"}),
    ):
        assert answer.status_code == 404, answer.text


async def test_titles_and_badges_are_words_where_they_have_no_place(company: Company) -> None:
    asked = await make(
        company, "omar", text="At night.", questionAndAnswers={"questionTitle": "Which gauge?"}
    )
    bold = [{"type": f"Markup{at}", "markupType": "Bold"} for at in ("Begin", "End")]
    rich = {"messageSegments": [bold[0], {"type": "Text", "text": "Now"}, bold[1]]}
    thanks = await make(company, "omar", company.key("noor"), thanks={"badge": "win"})
    edited = await (await company.api("omar")).patch(asked["url"], json={"body": rich})
    assert edited.status_code == 200
    item = await get(company, "omar", f"/feed-items/{asked['id']}")
    assert item["body"]["text"] == "Which gauge?\nNow"
    assert {each["type"] for each in item["body"]["messageSegments"]} == {"Text"}
    assert (await get(company, "omar", f"/feed-items/{asked['id']}", 31))["body"]["text"] == "Now"
    assert (await get(company, "omar", f"/feed-items/{thanks['id']}"))["body"]["text"] == "Made the deal"
    assert ids.parse(item["id"])


async def test_several_comments_at_once(company: Company) -> None:
    element = await send(company, "omar", "Hi", await deal(company))
    omar = await company.api("omar")
    made = [
        (
            await omar.post(
                f"{V}/feed-elements/{element['id']}/capabilities/comments/items", json={"text": text}
            )
        ).json()["id"]
        for text in ("one", "two")
    ]
    both = (await omar.get(f"{V}/comments/batch/{','.join(made)}")).json()
    assert not both["hasErrors"]
    assert [each["result"]["body"]["text"] for each in both["results"]] == ["one", "two"]
    none = (await (await company.api("nina")).get(f"{V}/comments/batch/{made[0]},x")).json()
    assert none["hasErrors"] and [each["statusCode"] for each in none["results"]] == [404, 400]
    assert (await omar.get(f"{V}/comments/batch/{','.join(made * 51)}")).status_code == 400
