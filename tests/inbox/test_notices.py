"""Notices: who is told what, one a person and thread; what of it is seen; the bell, the page and REST."""

from typing import Any

import pytest

from hubbub import feed, notify, people, records
from hubbub.core import ids
from tests.cast import Company
from tests.feed.test_live import heard, listen
from tests.feed.test_posts import deal

V = "/services/data/v62.0"
NOTES = f"{V}/connect/notifications"


async def send(
    company: Company, name: str, text: str, subject: str = "me", mentions: tuple[str, ...] = ()
) -> dict[str, Any]:
    """A post that mentions these people."""
    body = [
        {"type": "Text", "text": text},
        *({"type": "Mention", "id": company.key(each)} for each in mentions),
    ]
    answer = await (await company.api(name)).post(
        f"{V}/chatter/feed-elements",
        json={"body": {"messageSegments": body}, "feedElementType": "FeedItem", "subjectId": subject},
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


async def told(company: Company, name: str) -> list[dict[str, Any]]:
    answer = await (await company.api(name)).get(NOTES, params={"size": 50})
    assert answer.status_code == 200, answer.text
    return answer.json()["notifications"]


async def kinds(company: Company, name: str) -> list[str]:
    return [each["type"] for each in await told(company, name)]


async def say(company: Company, name: str, element: dict[str, Any], *segments: Any) -> dict[str, Any]:
    """Comment; a name stands for a mention."""
    body = [
        {"type": "Mention", "id": company.key(each[1:])}
        if each[:1] == "@"
        else {"type": "Text", "text": each}
        for each in segments
    ]
    answer = await (await company.api(name)).post(
        f"{V}/chatter/feed-elements/{element['id']}/capabilities/comments/items",
        json={"body": {"messageSegments": body}},
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


async def mark(company: Company, name: str, element: dict[str, Any], what: str) -> None:
    async with company.act() as tx:
        from hubbub.feed import actions

        actor = await people.actor(tx, company.id(name))
        await actions.mark(tx, actor, ids.parse(element["id"]), what)


async def prefer(company: Company, name: str, kind: str, on: bool) -> None:
    answer = await (await company.api(name)).post(
        f"{NOTES}/settings/organization/{kind}", json={"desktopEnabled": on}
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["desktopEnabled"] is on


async def test_who_is_mentioned_in_a_post_is_told_once(company: Company) -> None:
    element = await send(company, "omar", "Hello", mentions=("nina",))
    (notice,) = await told(company, "nina")
    assert (notice["type"], notice["count"], notice["read"], notice["seen"]) == ("mentioned", 1, False, False)
    assert notice["target"] == element["id"]
    assert "mentioned you in a post" in notice["messageTitle"] and "Omar" in notice["messageTitle"]
    assert "Hello" in notice["messageBody"]
    assert await told(company, "omar") == [], "nobody hears of what he does himself"
    assert await told(company, "maya") == []


async def test_a_thread_is_one_notice_that_says_the_strongest(company: Company) -> None:
    element = await send(company, "omar", "Tide gauges")
    await say(company, "nina", element, "one")
    await say(company, "maya", element, "two ", "@omar")
    await say(company, "nina", element, "three")
    (notice,) = await told(company, "omar")
    assert (notice["type"], notice["count"]) == ("mentioned_comment", 3)
    assert notice["messageTitle"].startswith("Maya") and notice["messageBody"].startswith("two")
    assert await kinds(company, "nina") == ["comment_joined"]
    assert await kinds(company, "maya") == ["comment_joined"]
    # Read, it begins anew.
    omar = await company.api("omar")
    read = await omar.patch(f"{NOTES}/{notice['id']}", json={"read": True})
    assert (read.json()["read"], read.json()["seen"]) == (True, True)
    await say(company, "nina", element, "four")
    (again,) = await told(company, "omar")
    assert (again["id"], again["type"], again["count"], again["read"]) == (
        notice["id"], "comment_mine", 1, False,
    )  # fmt: skip


async def test_profile_posts_follows_and_likes_tell_and_are_taken_back(company: Company) -> None:
    await send(company, "omar", "For you", subject=company.key("nina"))
    assert await kinds(company, "nina") == ["profile_post"]
    maya = await company.client("maya")
    await maya.submit(f"/subjects/{company.key('mo')}/follow")
    assert await kinds(company, "mo") == ["follower"]
    await maya.submit(f"/subjects/{company.key('mo')}/unfollow")
    assert await kinds(company, "mo") == []
    element = await send(company, "noor", "We won")
    await maya.submit(f"/posts/{element['id']}/likes")
    assert await kinds(company, "noor") == ["liked"]
    await maya.submit(f"/posts/{element['id']}/likes/delete")
    assert await kinds(company, "noor") == []


async def test_muted_threads_and_muted_subjects_are_silent(company: Company) -> None:
    element = await send(company, "omar", "Tide gauges")
    await mark(company, "omar", element, "muted")
    await say(company, "nina", element, "psst ", "@omar")
    assert await told(company, "omar") == []
    # noor follows omar for mentions, maya follows him muted.
    for name, level in (("noor", "mentions"), ("maya", "mute")):
        async with company.act() as tx:
            actor = await people.actor(tx, company.id(name))
            await feed.follow(tx, actor, company.id("omar"))
            await people.set_level(tx, actor, company.id("omar"), level)
    thread = await send(company, "omar", "Another")
    for name in ("noor", "maya"):
        await mark(company, name, thread, "followed")
    await say(company, "nina", thread, "nothing for you")
    assert await kinds(company, "noor") == await kinds(company, "maya") == []
    await say(company, "nina", thread, "hey ", "@noor", "@maya")
    assert await kinds(company, "noor") == ["mentioned_comment"]
    assert await kinds(company, "maya") == []


async def test_followed_threads_tell_and_bookmarks_only_who_wants_it(company: Company) -> None:
    element = await send(company, "omar", "Tide gauges")
    await mark(company, "noor", element, "followed")
    await mark(company, "nina", element, "bookmarked")
    await mark(company, "maya", element, "bookmarked")
    await prefer(company, "nina", "comment_bookmarked", True)
    await say(company, "mo", element, "yes")
    assert await kinds(company, "noor") == ["comment_followed"]
    assert await kinds(company, "nina") == ["comment_bookmarked"]
    assert await kinds(company, "maya") == []


async def test_a_kind_that_is_off_tells_nothing(company: Company) -> None:
    await prefer(company, "nina", "mentioned", False)
    await send(company, "omar", "Hello", mentions=("nina", "maya"))
    assert await told(company, "nina") == []
    assert await kinds(company, "maya") == ["mentioned"]
    nina = await company.api("nina")
    assert (await nina.delete(f"{NOTES}/settings/organization/mentioned")).status_code == 204
    await send(company, "omar", "Hello again", mentions=("nina",))
    assert await kinds(company, "nina") == ["mentioned"]
    assert (await nina.get(f"{NOTES}/settings/organization/nonsense")).status_code == 404


async def test_who_may_not_see_it_is_not_told_and_the_author_learns_so(company: Company) -> None:
    made = ids.parse(await deal(company))
    omar = await company.client("omar")
    page = await omar.submit("/posts", subject=ids.show(made), text="Look", segments="")
    element = await send(company, "omar", "Look", subject=ids.show(made), mentions=("nina",))
    await say(company, "omar", element, "and here, too ", "@nina")
    assert page.status_code == 303
    assert await told(company, "nina") == []
    status = (await (await company.api("nina")).get(f"{NOTES}/status")).json()
    assert (status["unreadCount"], status["lastActivity"]) == (0, None)
    # The author is told on the post, and nobody else.
    assert "Nina" in (await omar.get(f"/posts/{element['id']}")).text
    async with company.act() as tx:
        assert await tx.value("select count(*) from notice where org_id = %(org)s and user_id = %(nina)s",
                              {"nina": company.id("nina")}) == 0  # fmt: skip


async def test_what_is_withdrawn_is_gone_at_once_and_comes_back(company: Company) -> None:
    made = ids.parse(await deal(company))
    await company.share(made, "nina")
    element = await send(company, "omar", "Look", subject=ids.show(made), mentions=("nina",))
    nina = await company.api("nina")
    browser = await company.client("nina")
    await browser.submit(f"/subjects/{ids.show(made)}/follow")
    (notice,) = await told(company, "nina")
    assert (
        "99+" not in (await browser.get("/people")).text
        and 'class="badge"' in (await browser.get("/people")).text
    )

    async def withdraw() -> None:
        async with company.act() as tx:
            ada = await people.actor(tx, company.id("ada"))
            await records.unshare_record(tx, ada, made, company.id("nina"))

    await withdraw()
    assert await told(company, "nina") == []
    assert (await nina.get(f"{NOTES}/{notice['id']}")).status_code == 404
    assert (await browser.get(f"/notices/{notice['id']}")).status_code == 404
    assert (
        await nina.patch(NOTES, json={"read": True, "notificationIds": [notice["id"]]})
    ).status_code == 404
    assert (await nina.get(f"{NOTES}/status")).json() == {
        "lastActivity": None, "oldestUnread": None, "oldestUnseen": None, "unreadCount": 0, "unseenCount": 0,
    }  # fmt: skip
    assert 'class="badge"' not in (await browser.get("/people")).text
    following = f"{V}/chatter/users/me/following"
    assert (await nina.get(following)).json()["total"] == 0
    # Mark all as read meanwhile: what he does not see stays as it is.
    assert (await nina.patch(NOTES, json={"read": True})).json()["notifications"] == []
    await company.share(made, "nina")
    assert [each["id"] for each in await told(company, "nina")] == [notice["id"]]
    assert (await told(company, "nina"))[0]["read"] is False
    assert (await nina.get(following)).json()["total"] == 1
    # Taken away for everybody.
    omar = await company.client("omar")
    await omar.submit(f"/posts/{element['id']}/delete")
    assert await told(company, "nina") == []


async def test_a_comment_that_is_taken_away_takes_its_notice_along(company: Company) -> None:
    element = await send(company, "omar", "Tide gauges")
    said = await say(company, "nina", element, "oops")
    assert await kinds(company, "omar") == ["comment_mine"]
    await (await company.client("nina")).submit(f"/comments/{said['id']}/delete")
    assert await told(company, "omar") == []


async def test_the_page_leads_to_the_post_and_marks_it_read(company: Company) -> None:
    element = await send(company, "omar", "Tide gauges")
    said = await say(company, "nina", element, "Look at this <b>")
    omar = await company.client("omar")
    (notice,) = await told(company, "omar")
    page = await omar.get("/notices")
    assert "commented on your post" in page.text and "Look at this &lt;b&gt;" in page.text
    assert f"/notices/{notice['id']}" in page.text
    (seen,) = await told(company, "omar")
    assert (seen["seen"], seen["read"]) == (True, False), "shown is seen, not read"
    went = await omar.get(f"/notices/{notice['id']}")
    assert (went.status_code, went.headers["location"]) == (
        303, f"/posts/{element['id']}#comment-{said['id']}",
    )  # fmt: skip
    assert (await told(company, "omar"))[0]["read"] is True
    assert (await omar.submit(f"/notices/{notice['id']}/unread")).status_code == 303
    assert (await told(company, "omar"))[0]["read"] is False
    assert "commented on your post" in (await omar.get("/notices?show=unread")).text
    assert (await omar.submit("/notices/read")).status_code == 303
    assert (await told(company, "omar"))[0]["read"] is True
    assert "commented on your post" not in (await omar.get("/notices?show=unread")).text
    stranger = await company.client("maya")
    assert (await stranger.get(f"/notices/{notice['id']}")).status_code == 404
    assert (await stranger.submit(f"/notices/{notice['id']}/read")).status_code == 404


async def test_reading_a_thread_reads_its_notice_on_every_device(company: Company) -> None:
    element = await send(company, "omar", "Tide gauges")
    await say(company, "nina", element, "yes")
    await mark(company, "omar", element, "read")
    assert (await told(company, "omar"))[0]["read"] is True


async def test_the_count_is_exact_to_99(company: Company) -> None:
    async with company.act() as tx:
        omar = await people.actor(tx, company.id("omar"))
        for n in range(101):
            body = await feed.parse_text(tx, omar, f"Post {n}")
            await feed.post(tx, omar, parent_id=company.id("nina"), body=body)
    nina = await company.api("nina")
    browser = await company.client("nina")
    assert (await nina.get(f"{NOTES}/status")).json()["unseenCount"] == 100
    assert ">99+<" in (await browser.get("/people")).text
    newest = (await nina.get(NOTES, params={"size": 2})).json()["notifications"]
    two = [each["id"] for each in newest]
    await nina.patch(NOTES, json={"seen": True, "notificationIds": two})
    assert (await nina.get(f"{NOTES}/status")).json()["unseenCount"] == 99
    assert ">99<" in (await browser.get("/people")).text
    older = await nina.get(NOTES, params={"before": newest[-1]["mostRecentActivityDate"], "size": 50})
    assert len(older.json()["notifications"]) == 50
    assert (await browser.get("/notices")).text.count('class="told fresh"') == 25


async def test_more_than_twenty_are_told_by_one_job(company: Company) -> None:
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"))
        many = [
            await people.add_user(
                tx, ada, people.Newcomer(username=f"m{n}@{company.org.domain}", last_name=f"Many {n}")
            )
            for n in range(25)
        ]
    async with company.act() as tx:
        omar = await people.actor(tx, company.id("omar"))
        item = await feed.post(tx, omar, parent_id=omar.id, body=await feed.parse_text(tx, omar, "All"))
        await notify.tell(tx, dict.fromkeys(many, "mentioned"), item, thread_id=item, by=omar.id)
        count = "select count(*) from notice where org_id = %(org)s and thread_id = %(item)s"
        assert await tx.value(count, {"item": item}) == 20
        (job,) = await tx.tuples(
            """select task_name, args from procrastinate_jobs where task_name = 'notify.tell'
               and args ->> 'thread' = %(item)s""",
            {"item": ids.show(item)},
        )
    async with company.act() as tx:
        given = {name: value for name, value in job[1].items() if name != "org"}
        assert len(given["told"]) == 5
        await feed.tell_rest(tx, **given)
        assert await tx.value(count, {"item": item}) == 25


async def test_who_is_given_a_record_is_told_and_does_not_follow_it(company: Company) -> None:
    made = ids.parse(await deal(company))
    async with company.act() as tx:
        from hubbub import desk

        omar = await people.actor(tx, company.id("omar"))
        await desk.update_record(tx, omar, made, {"OwnerId": company.id("maya")})
    (notice,) = await told(company, "maya")
    assert (notice["type"], notice["target"]) == ("assigned", ids.show(made))
    maya = await company.client("maya")
    assert (await maya.get(f"/notices/{notice['id']}")).headers["location"] == f"/r/{ids.show(made)}"
    async with company.act() as tx:
        assert not (await people.follow_state(tx, company.id("maya"), made))[0]


async def test_what_i_create_is_followed_if_i_choose_so(company: Company) -> None:
    omar = await company.api("omar")

    async def create(name: str) -> str:
        return (await omar.post(f"{V}/sobjects/Account", json={"Name": name})).json()["id"]

    first = await create("First")
    await prefer(company, "omar", "follow_created", True)
    second = await create("Second")
    async with company.act() as tx:
        assert not (await people.follow_state(tx, company.id("omar"), ids.parse(first)))[0]
        assert (await people.follow_state(tx, company.id("omar"), ids.parse(second)))[0]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "?size=51", None),
        ("GET", "?size=0", None),
        ("GET", "?before=yesterday", None),
        ("GET", "?before=2026-01-01T00:00:00Z&after=2026-01-01T00:00:00Z", None),
        ("PATCH", "", {}),
        ("PATCH", "", {"read": "perhaps"}),
        ("PATCH", "", {"read": True, "seen": False}),
        ("PATCH", "", {"read": True, "notificationIds": ["x"]}),
        ("PATCH", "", {"read": True, "notificationIds": ["x"] * 51}),
        ("PATCH", "", {"read": True, "before": 7}),
    ],
)
async def test_bad_input_is_refused(company: Company, method: str, path: str, body: Any) -> None:
    answer = await (await company.api("omar")).request(method, NOTES + path, json=body)
    assert answer.status_code == 400, answer.text


async def test_the_page_of_preferences_keeps_what_is_ticked(company: Company) -> None:
    nina = await company.client("nina")
    page = (await nina.get("/notices/preferences")).text
    assert 'name="mentioned" checked' in page and 'name="comment_liked">' in page
    sent = await nina.submit("/notices/preferences", comment_liked="on", follow_created="on")
    assert sent.status_code == 303
    page = (await nina.get("/notices/preferences")).text
    assert 'name="comment_liked" checked' in page and 'name="follow_created" checked' in page
    assert 'name="mentioned" checked' not in page
    await send(company, "omar", "Hello", mentions=("nina",))
    assert await told(company, "nina") == []


async def test_the_bell_rings_for_nothing_in_threads_that_are_seen_no_more(company: Company) -> None:
    made = ids.parse(await deal(company))
    await company.share(made, "nina")
    element = await send(company, "nina", "Look", subject=ids.show(made))
    omar = await company.client("omar")
    await omar.submit(f"/posts/{element['id']}/likes")
    assert await kinds(company, "nina") == ["liked"]
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"))
        await records.unshare_record(tx, ada, made, company.id("nina"))
    nina = await listen(company, "nina", "notices")
    await heard(nina)
    await omar.submit(f"/posts/{element['id']}/likes/delete")
    await send(company, "omar", "Hello", mentions=("nina",))
    assert [kind for kind, _, _ in await heard(nina, "notify.notice.created")] == ["notify.notice.created"]
