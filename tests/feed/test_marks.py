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


# --- votes and faces -----------------------------------------------------------------------------------------------


async def test_votes_count_once_a_person_and_are_told_with_their_voters(company: Company) -> None:
    element = await send(company, "omar", "Shall we bid?")
    first = await comment(company, "nina", element, "Yes")
    for path in (f"/feed-elements/{element['id']}", f"/comments/{first['id']}"):
        url = f"{path}/capabilities/up-down-vote"
        for name, vote in [
            ("nina", "Up"),
            ("maya", "Up"),
            ("maya", "Down"),
            ("noor", "Down"),
            ("noor", "None"),
        ]:
            told = await patch(company, name, url, vote=vote)
            assert told["myVote"] == vote
        assert await patch(company, "nina", url, vote="Up") == {
            "downVoteCount": 1,
            "myVote": "Up",
            "upVoteCount": 1,
        }
        omar = await company.api("omar")
        page = (await omar.get(f"{V}{url}/items?vote=Down")).json()
        assert ([each["user"]["id"] for each in page["items"]], page["total"]) == ([company.key("maya")], 1)
        assert (await omar.get(f"{V}{url}/items")).status_code == 400
        assert (await omar.patch(f"{V}{url}", json={"vote": "Sideways"})).status_code == 400


async def test_a_like_has_a_face_and_stays_one_like(company: Company) -> None:
    element = await send(company, "omar", "We won")
    nina = await company.client("nina")
    for face in ("love", "laugh"):
        answer = await nina.submit(f"/posts/{element['id']}/likes", face=face)
        assert answer.status_code == 303
    likes = (await marks(company, "omar", element))["chatterLikes"]
    assert (likes["page"]["total"], likes["likesMessage"]["text"]) == (1, "Nina Petrova likes this.")
    page = (await nina.get(f"/posts/{element['id']}")).text
    assert page.count("😄") >= 2 and 'value="laugh" aria-pressed="true"' in page
    assert "😄" in (await nina.get(f"/posts/{element['id']}/likes")).text
    assert (await nina.submit(f"/posts/{element['id']}/likes", face="nonsense")).status_code == 400


async def test_who_likes_it_is_said_in_a_sentence(company: Company) -> None:
    element = await send(company, "omar", "We won")
    said: list[Any] = []
    for name in ("omar", "nina", "maya", "noor"):
        await (await company.api(name)).post(
            f"{V}/feed-elements/{element['id']}/capabilities/chatter-likes/items"
        )
        said.append((await marks(company, "omar", element))["chatterLikes"]["likesMessage"]["text"])
    assert said == [
        "You like this.",
        "You and Nina Petrova like this.",
        "You, Maya Lindqvist and Nina Petrova like this.",
        "You, Noor Rahman, Maya Lindqvist and 1 other like this.",
    ]
    elsewhere = (await marks(company, "mo", element))["chatterLikes"]["likesMessage"]["text"]
    assert elsewhere == "Noor Rahman, Maya Lindqvist and 2 others like this."


# --- keeping order -------------------------------------------------------------------------------------------------


async def pinned(company: Company, name: str, subject: str) -> list[str]:
    answer = await (await company.api(name)).get(f"{V}/feeds/record/{subject}/pinned-feed-elements")
    assert answer.status_code == 200, answer.text
    return [each["body"]["text"] for each in answer.json()["elements"]]


async def test_three_posts_are_pinned_by_who_may_and_stand_on_top(company: Company) -> None:
    key = await deal(company)
    await company.share(ids.parse(key), "maya")
    made = [await send(company, "omar", f"n{number}", subject=key) for number in range(4)]
    url = f"{V}/feeds/record/{key}/pinned-feed-elements"
    omar, maya, nina = [await company.api(name) for name in ("omar", "maya", "nina")]
    for api, expected in ((maya, 403), (nina, 404)):
        assert (
            await api.patch(url, json={"entityId": made[0]["id"], "isPinned": True})
        ).status_code == expected
    for each in made[:3]:
        assert (await omar.patch(url, json={"entityId": each["id"], "isPinned": True})).status_code == 200
    fourth = await omar.patch(url, json={"entityId": made[3]["id"], "isPinned": True})
    assert (fourth.status_code, fourth.json()[0]["errorCode"]) == (400, "LIMIT_EXCEEDED")
    assert await pinned(company, "maya", key) == ["n2", "n1", "n0"]
    assert (await marks(company, "maya", made[0]))["pin"] == {"isPinnableByMe": False, "isPinned": True}
    page = (await (await company.client("maya")).get(f"/r/{key}?tab=chatter")).text
    order = [page.index(f'id="item-{each["id"]}"') for each in (made[2], made[1], made[0], made[3])]
    assert order == sorted(order)
    elsewhere = await send(company, "omar", "elsewhere")
    assert (await omar.patch(url, json={"entityId": elsewhere["id"], "isPinned": True})).status_code == 400
    # What is deleted makes room, and a moderator pins too.
    assert (await omar.delete(made[0]["url"])).status_code == 204
    await company.share(ids.parse(key), "mo")
    mo = await company.client("mo")
    assert (await mo.submit(f"/posts/{made[3]['id']}/pin")).status_code == 303
    assert await pinned(company, "omar", key) == ["n3", "n2", "n1"]
    assert (await mo.submit(f"/posts/{made[3]['id']}/pin/delete")).status_code == 303
    assert await pinned(company, "omar", key) == ["n2", "n1"]


async def test_in_a_closed_thread_nobody_comments_or_votes(company: Company) -> None:
    element = await send(company, "omar", "Shall we bid?")
    first = await comment(company, "nina", element, "Yes")
    close = f"/feed-elements/{element['id']}/capabilities/close"
    assert (
        await (await company.api("nina")).patch(f"{V}{close}", json={"isClosed": True})
    ).status_code == 403
    assert await patch(company, "omar", close, isClosed=True) == {
        "canContextUserUpdateIsClosed": True,
        "isClosed": True,
    }
    nina = await company.api("nina")
    for method, path, given in [
        ("POST", f"/feed-elements/{element['id']}/capabilities/comments/items", {"text": "But"}),
        ("PATCH", f"/feed-elements/{element['id']}/capabilities/up-down-vote", {"vote": "Up"}),
        ("PATCH", f"/comments/{first['id']}/capabilities/up-down-vote", {"vote": "Up"}),
    ]:
        answer = await nina.request(method, V + path, json=given)
        assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "INVALID_OPERATION"), path
        assert "closed" in answer.json()[0]["message"]
    browser = await company.client("nina")
    assert "This thread is closed" in (await browser.get(f"/posts/{element['id']}")).text
    assert (
        await (await company.client("mo")).submit(f"/posts/{element['id']}/closing/delete")
    ).status_code == 303
    await comment(company, "nina", element, "But")
    assert await texts_of(company, element) == ["Yes", "But"]


async def texts_of(company: Company, element: dict[str, Any]) -> list[str]:
    return [each["body"]["text"] for each in await said(company, "omar", element)]


async def test_a_deletion_is_undone_by_who_made_it_and_everything_comes_back(company: Company) -> None:
    await follow(company, "noor", company.key("omar"))
    element = await send(company, "omar", "Meet @Nina Petrova #tides")
    await comment(company, "nina", element, "Gladly")
    await (await company.api("nina")).post(
        f"{V}/feed-elements/{element['id']}/capabilities/chatter-likes/items"
    )
    before = await element_of(company, "noor", element)
    omar = await company.client("omar")
    gone = await omar.submit(f"/posts/{element['id']}/delete")
    assert gone.headers["location"] == f"/posts/{element['id']}/restoration"
    assert "Undo" in (await omar.get(gone.headers["location"])).text
    assert await texts(company, "noor", "news/me") == []
    url = f"{V}/feed-elements/{element['id']}/restoration"
    for name in ("nina", "noor"):
        assert (await (await company.api(name)).post(url)).status_code == 404
        assert (await (await company.client(name)).get(gone.headers["location"])).status_code == 404
    assert (await omar.submit(f"/posts/{element['id']}/restoration")).status_code == 303
    for name, feed_name in [("noor", "news/me"), ("nina", "news/me"), ("nina", "company")]:
        assert await texts(company, name, feed_name) == ["Meet @Nina Petrova #tides"], (name, feed_name)
    async with company.act() as tx:
        ways = await tx.values(
            "select via from feed_entry where org_id = %(org)s and item_id = %(id)s order by via",
            {"id": ids.parse(element["id"])},
        )
    assert {"mention", "topic"} < set(ways)
    assert await element_of(company, "noor", element) == before | {
        "relativeCreatedDate": (await element_of(company, "noor", element))["relativeCreatedDate"]
    }


async def test_after_a_day_only_a_moderator_undoes_a_deletion(company: Company) -> None:
    element = await send(company, "omar", "Old")
    first = await comment(company, "omar", element, "Old too")
    omar, mo = await company.api("omar"), await company.api("mo")
    assert (await omar.delete(first["url"])).status_code == 204
    async with company.act() as tx:
        await tx.run(
            "update feed_comment set deleted_at = now() - interval '25 hours' where org_id = %(org)s and id = %(id)s",
            {"id": ids.parse(first["id"])},
        )
    assert (await omar.post(f"{first['url']}/restoration")).status_code == 404
    assert (await mo.post(f"{first['url']}/restoration")).status_code == 200
    assert await texts_of(company, element) == ["Old too"]


async def test_flags_are_for_moderators_who_see_what_is_flagged(company: Company) -> None:
    key = await deal(company)
    secret = await send(company, "omar", "They want 60 days", subject=key)
    public = await send(company, "omar", "Buy my boat")
    rude = await comment(company, "maya", public, "Rude words")
    nina, noor = await company.api("nina"), await company.api("noor")
    flagging = f"{V}/feed-elements/{public['id']}/capabilities/moderation"
    told = (await nina.post(flagging, json={"type": "FlagAsSpam", "note": "Not again"})).json()
    assert told["moderationFlags"]["flaggedByMe"] is True
    assert (await nina.post(f"{V}/comments/{rude['id']}/moderation-flags")).status_code == 201
    assert (await noor.post(f"{V}/feed-elements/{secret['id']}/capabilities/moderation")).status_code == 201
    assert (await nina.post(flagging, json={"note": "x" * 4001})).status_code == 400
    assert (await nina.post(flagging, json={"type": "Bored"})).status_code == 400
    mo = await company.client("mo")
    page = (await mo.get("/moderation")).text
    assert "Buy my boat" in page and "Not again" in page and "They want 60 days" not in page
    assert (await (await company.client("noor")).get("/moderation")).status_code == 404
    flags = (await marks(company, "mo", public))["moderation"]["moderationFlags"]
    assert (flags["flagCount"], flags["flagCountByReason"]["FlaggedByUserAsSpam"]) == (1, 1)
    assert "moderation" not in await marks(company, "omar", public)
    # The author sees neither flags nor who flagged.
    seen = (await (await company.api("omar")).get(flagging)).json()["moderationFlags"]
    assert (seen["flagCount"], seen["flags"]["flags"]) == (0, [])
    assert (await nina.delete(flagging)).status_code == 403
    assert (await mo.submit(f"/posts/{public['id']}/flags/delete")).status_code == 303
    assert (await marks(company, "mo", public))["moderation"]["moderationFlags"]["flagCount"] == 0


async def test_a_loose_thread_is_attached_to_a_record(company: Company) -> None:
    key = await deal(company)
    await follow(company, "nina", company.key("omar"))
    element = await send(company, "omar", "Isdom wants 60 days @Nina Petrova @Noor Rahman")
    first = await comment(company, "nina", element, "Hm")
    omar, nina = await company.client("omar"), await company.api("nina")
    assert (await nina.patch(element["url"], json={"subjectId": key})).status_code == 403
    assert key in (await omar.get(f"/posts/{element['id']}/record?name=isdom")).text
    told = (await omar.get(f"/posts/{element['id']}/record?record={key}")).text
    assert "Noor Rahman" in told and "Nina Petrova" not in told.partition("will see it")[2]
    assert (await omar.submit(f"/posts/{element['id']}/record", record=key)).status_code == 303
    moved = await element_of(company, "noor", element)
    assert (moved["id"], moved["parent"]["id"]) == (element["id"], key)
    assert await texts(company, "noor", f"record/{key}") == [moved["body"]["text"]]
    assert await texts(company, "noor", "news/me") == [moved["body"]["text"]]
    for path in (element["url"], first["url"]):
        assert (await nina.get(path)).status_code == 404
    assert await texts(company, "nina", "news/me") == []
    ((actor, noun, parent, *_, before, after),) = await company.events("feed.item.moved")
    assert (actor, ids.show(noun), ids.show(parent)) == (company.id("omar"), element["id"], key)
    assert (before, after) == ({"parent": company.key("omar")}, {"parent": key})
    # It stands on a record now, and stays there.
    assert (await omar.get(f"/posts/{element['id']}/record")).status_code == 403


async def test_a_thread_is_not_attached_to_what_its_author_does_not_see(company: Company) -> None:
    key = await deal(company)
    element = await send(company, "nina", "Anybody?")
    nina = await company.api("nina")
    assert (await nina.patch(element["url"], json={"subjectId": key})).status_code == 404
    assert (await nina.patch(element["url"], json={"subjectId": company.key("omar")})).status_code == 400
    assert (await element_of(company, "nina", element))["parent"]["id"] == company.key("nina")


async def test_what_one_does_not_see_is_not_marked_as_seen_either(company: Company) -> None:
    key = await deal(company)
    hidden, open_to_all = await send(company, "omar", "Terms", key), await send(company, "omar", "Tides")
    nina = await company.client("nina")
    both = f"{hidden['id']},{open_to_all['id']}"
    assert (await nina.submit("/feeds/news/seen", items=both)).status_code == 303
    async with company.act() as tx:
        seen = await tx.values(
            "select item_id from feed_mark where org_id = %(org)s and user_id = %(me)s and read_at is not null",
            {"me": company.id("nina")},
        )
    assert [ids.show(each) for each in seen] == [open_to_all["id"]]


async def test_who_has_read_a_post_stands_on_a_page_of_its_own(company: Company) -> None:
    key = await deal(company)
    element = await send(company, "omar", "Read me", key)
    noor, omar = await company.client("noor"), await company.client("omar")
    await noor.submit(f"/posts/{element['id']}/reading")
    page = (await omar.get(f"/posts/{element['id']}/readers")).text
    assert "Seen by 1 person" in page and company.key("noor") in page
    assert f"/posts/{element['id']}/readers" in (await omar.get(f"/posts/{element['id']}")).text
    assert (await (await company.client("nina")).get(f"/posts/{element['id']}/readers")).status_code == 404
    assert (await omar.get(f"/posts/{element['id']}/readers?page=7")).status_code == 200
