"""What people do with threads: replies, marks, votes, faces, pins, closing, flags, undo, attaching to a record."""

from typing import Any

from hubbub import people
from hubbub.core import ids
from tests.cast import Company
from tests.feed.test_posts import V, deal, follow, send, texts
from tests.feed.test_talk import comment, element_of


async def reply(company: Company, name: str, element: dict[str, Any], to: dict[str, Any], text: str) -> Any:
    answer = await (await company.api(name)).post(
        f"{V}/feed-elements/{element['id']}/capabilities/comments/items",
        json={"body": {"messageSegments": [{"type": "Text", "text": text}]}, "threadParentId": to["id"]},
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


# --- threads -------------------------------------------------------------------------------------------------------


async def said(company: Company, name: str, element: dict[str, Any], **query: Any) -> list[dict[str, Any]]:
    url = f"{V}/feed-elements/{element['id']}/capabilities/comments/items"
    answer = await (await company.api(name)).get(url, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def test_threads_have_three_levels_and_a_deeper_reply_stands_beside_the_third(company: Company) -> None:
    element = await send(company, "omar", "Tide gauges")
    first = await comment(company, "nina", element, "first")
    second = await reply(company, "omar", element, first, "second")
    third = await reply(company, "nina", element, second, "third")
    beside = await reply(company, "maya", element, third, "beside")
    assert [(c["threadLevel"], c["threadParentId"]) for c in (first, second, third, beside)] == [
        (0, None),
        (1, first["id"]),
        (2, second["id"]),
        (2, second["id"]),
    ]
    omar = await company.api("omar")
    page = (await omar.get(f"{V}/comments/{second['id']}/capabilities/comments/items")).json()
    assert ([c["body"]["text"] for c in page["items"]], page["total"]) == (["third", "beside"], 2)
    assert (await omar.get(f"{V}/comments/{third['id']}/capabilities/comments")).status_code == 404
    assert "comments" not in (await omar.get(third["url"])).json()["capabilities"]
    context = (await omar.get(f"{V}/comments/{second['id']}/thread-context")).json()
    around = [c["body"]["text"] for c in context["capabilities"]["comments"]["page"]["items"]]
    assert around == ["first", "second", "third", "beside"]
    assert [
        c["body"]["text"] for c in await said(company, "omar", element, threadedCommentsCollapsed="true")
    ] == ["first"]


async def test_comments_are_read_from_either_end(company: Company) -> None:
    element = await send(company, "omar", "Tide gauges")
    for number in range(5):
        await comment(company, "nina", element, f"c{number}")
    omar = await company.api("omar")
    url = f"{V}/feed-elements/{element['id']}/capabilities/comments/items"
    for sort, expected in [
        ("CreatedDateOldestAsc", [["c0", "c1"], ["c2", "c3"], ["c4"]]),
        ("CreatedDateLatestAsc", [["c3", "c4"], ["c1", "c2"], ["c0"]]),
    ]:
        pages, more = [], f"{url}?pageSize=2&sort={sort}"
        while more:
            page = (await omar.get(more)).json()
            pages.append([c["body"]["text"] for c in page["items"]])
            more = page["nextPageUrl"]
        assert pages == expected, sort
    assert (await omar.get(f"{url}?sort=Nonsense")).status_code == 400


async def test_a_deleted_comment_with_replies_keeps_its_place_without_its_text(company: Company) -> None:
    element = await send(company, "omar", "Tide gauges")
    first = await comment(company, "nina", element, "rude words")
    second = await reply(company, "omar", element, first, "second")
    third = await reply(company, "maya", element, second, "third")
    nina = await company.api("nina")
    assert (await nina.delete(first["url"])).status_code == 204
    places = [(c["isDeleted"], c["body"]["text"]) for c in await said(company, "omar", element)]
    assert places == [(True, ""), (False, "second"), (False, "third")]
    assert (await nina.get(first["url"])).status_code == 404
    assert "rude" not in (await (await company.client("omar")).get(f"/posts/{element['id']}")).text
    # With the last reply the places go too.
    for name, each in (("omar", second), ("maya", third)):
        assert (await (await company.api(name)).delete(each["url"])).status_code == 204
    assert await said(company, "omar", element) == []
    # And come back with it.
    assert (await (await company.api("maya")).post(f"{third['url']}/restoration")).status_code == 200
    assert [(c["isDeleted"], c["body"]["text"]) for c in await said(company, "omar", element)] == [
        (True, ""),
        (True, ""),
        (False, "third"),
    ]


async def test_a_reply_to_what_is_gone_or_stands_elsewhere_is_refused(company: Company) -> None:
    element, other = await send(company, "omar", "one"), await send(company, "omar", "two")
    there = await comment(company, "nina", other, "there")
    url = f"{V}/feed-elements/{element['id']}/capabilities/comments/items"
    answer = await (await company.api("omar")).post(url, json={"text": "x", "threadParentId": there["id"]})
    assert (answer.status_code, answer.json()[0]["fields"]) == (400, ["threadParentId"])


# --- marks ---------------------------------------------------------------------------------------------------------


async def patch(company: Company, name: str, path: str, **given: Any) -> Any:
    answer = await (await company.api(name)).patch(f"{V}{path}", json=given)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def marks(company: Company, name: str, element: dict[str, Any]) -> dict[str, Any]:
    return (await element_of(company, name, element))["capabilities"]


async def test_a_bookmark_is_mine_and_goes_with_my_sight(company: Company) -> None:
    from hubbub import records

    key = await deal(company)
    await company.share(ids.parse(key), "maya")
    secret = await send(company, "omar", "They want 60 days", subject=key)
    other = await send(company, "omar", "Hello")
    for each in (secret, other):
        path = f"/feed-elements/{each['id']}/capabilities/bookmarks"
        assert await patch(company, "maya", path, isBookmarkedByCurrentUser=True) == {
            "isBookmarkedByCurrentUser": True
        }
    assert await texts(company, "maya", "bookmarks/me") == ["Hello", "They want 60 days"]
    assert await texts(company, "omar", "bookmarks/me") == []
    assert "They want 60 days" in (await (await company.client("maya")).get("/feeds/bookmarks")).text
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"))
        await records.unshare_record(tx, ada, ids.parse(key), company.id("maya"))
    assert await texts(company, "maya", "bookmarks/me") == ["Hello"]
    assert "They want 60 days" not in (await (await company.client("maya")).get("/feeds/bookmarks")).text
    path = f"/feed-elements/{other['id']}/capabilities/bookmarks"
    await patch(company, "maya", path, isBookmarkedByCurrentUser=False)
    assert await texts(company, "maya", "bookmarks/me") == []


async def test_bookmarks_come_page_by_page(company: Company) -> None:
    made = [await send(company, "omar", f"n{number}") for number in range(5)]
    for each in made:
        path = f"/feed-elements/{each['id']}/capabilities/bookmarks"
        await patch(company, "nina", path, isBookmarkedByCurrentUser=True)
    nina, seen = await company.api("nina"), []
    url = f"{V}/feeds/bookmarks/me/feed-elements?pageSize=2"
    while url:
        page = (await nina.get(url)).json()
        seen += [each["body"]["text"] for each in page["elements"]]
        url = page["nextPageUrl"]
    assert seen == ["n4", "n3", "n2", "n1", "n0"]


async def test_what_is_muted_leaves_what_i_follow_and_stands_among_the_muted(company: Company) -> None:
    await follow(company, "nina", company.key("omar"))
    loud, other = await send(company, "omar", "loud"), await send(company, "omar", "other")
    path = f"/feed-elements/{loud['id']}/capabilities/mute"
    await patch(company, "nina", path, isMutedByMe=True)
    for sort in ("CreatedDateDesc", "LastModifiedDateDesc"):
        assert await texts(company, "nina", "news/me", sort=sort) == ["other"]
    assert await texts(company, "nina", "mute/me") == ["loud"]
    assert sorted(await texts(company, "nina", "company")) == ["loud", "other"]
    assert (await marks(company, "omar", loud))["mute"] == {"isMutedByMe": False}
    await patch(company, "nina", path, isMutedByMe=False)
    assert await texts(company, "nina", "news/me") == ["other", "loud"]
    assert other["id"]


async def test_a_thread_is_followed_without_replying(company: Company) -> None:
    element = await send(company, "omar", "Tide gauges")
    path = f"/feed-elements/{element['id']}/capabilities/thread-follow"
    assert await patch(company, "nina", path, isFollowedByMe=True) == {"isFollowedByMe": True}
    assert (await marks(company, "nina", element))["threadFollow"] == {"isFollowedByMe": True}
    assert (await marks(company, "omar", element))["threadFollow"] == {"isFollowedByMe": False}


async def test_who_has_read_is_told_to_who_sees_the_post(company: Company) -> None:
    key = await deal(company)
    element = await send(company, "omar", "They want 60 days", subject=key)
    path = f"/feed-elements/{element['id']}/capabilities/read-by"
    assert (await patch(company, "noor", path, isReadByMe=True))["isReadByMe"] is True
    page = (await (await company.api("omar")).get(f"{V}{path}/items")).json()
    assert ([each["user"]["id"] for each in page["items"]], page["total"]) == ([company.key("noor")], 1)
    assert (await (await company.api("nina")).get(f"{V}{path}/items")).status_code == 404


async def test_of_what_is_asked_in_a_records_name_nobody_learns_who_read_it(company: Company) -> None:
    element = await send(company, "omar", "Help")
    path = f"/feed-elements/{element['id']}/capabilities/read-by"
    await patch(company, "nina", path, isReadByMe=True)
    async with company.act() as tx:
        await tx.run(
            "update feed_item set seal = 'x' where org_id = %(org)s and id = %(id)s",
            {"id": ids.parse(element["id"])},
        )
    for name in ("omar", "nina", "ada"):
        api = await company.api(name)
        assert "readBy" not in (await marks(company, name, element))
        assert [(await api.get(f"{V}{path}{more}")).status_code for more in ("", "/items")] == [404, 404]
