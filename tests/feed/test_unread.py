"""Unread: what somebody has not read yet, the same on each of his devices."""

from random import Random
from typing import Any

import pytest

from hubbub import feed, people
from hubbub.core import ids
from hubbub.core.live import Listener, Relay
from tests.cast import Company
from tests.feed.test_live import heard, listen
from tests.feed.test_posts import V, deal, follow, send
from tests.feed.test_talk import comment, element_of


async def unread(company: Company, name: str, feed_name: str = "news/me") -> int:
    answer = await (await company.api(name)).get(f"{V}/feeds/{feed_name}/unread")
    assert answer.status_code == 200, answer.text
    return answer.json()["unread"]


async def seen(company: Company, name: str, feed_name: str, *elements: dict[str, Any]) -> None:
    items = ",".join(each["id"] for each in elements)
    answer = await (await company.client(name)).submit(f"/feeds/{feed_name}/seen", items=items)
    assert answer.status_code == 303


async def test_what_others_write_is_unread_until_it_is_scrolled_past_or_opened(company: Company) -> None:
    await follow(company, "nina", company.key("omar"))
    first, second, third = [await send(company, "omar", f"n{number}") for number in range(3)]
    await send(company, "nina", "mine")
    assert (await unread(company, "nina"), await unread(company, "omar")) == (3, 0)
    page = (await (await company.client("nina")).get("/")).text
    assert "3 unread" in page and page.count('class="new-dot"') == 3
    await seen(company, "nina", "news", first, second)
    assert await unread(company, "nina") == 1
    answer = await (await company.client("nina")).submit(f"/posts/{third['id']}/reading")
    assert answer.status_code == 303
    assert (await unread(company, "nina"), await unread(company, "nina", "company")) == (0, 0)
    page = (await (await company.client("nina")).get("/")).text
    assert "unread</b>" not in page and 'class="new-dot"' not in page


async def test_everything_up_to_a_post_is_read_and_what_comes_later_is_not(company: Company) -> None:
    await follow(company, "nina", company.key("omar"))
    made = [await send(company, "omar", f"n{number}") for number in range(3)]
    nina = await company.client("nina")
    assert (await nina.submit("/feeds/news/seen", up_to=made[1]["id"])).status_code == 303
    assert await unread(company, "nina") == 1
    assert await unread(company, "nina", "company") == 3  # a feed of its own
    # Who marks an older one does not take it back.
    assert (await nina.submit("/feeds/news/seen", up_to=made[0]["id"])).status_code == 303
    assert await unread(company, "nina") == 1
    api = await company.api("nina")
    answer = await api.patch(f"{V}/feeds/news/me/unread", json={"upToId": made[2]["id"]})
    assert answer.json()["unread"] == 0


async def test_what_is_muted_hidden_or_older_than_i_am_is_not_unread(company: Company) -> None:
    await follow(company, "nina", company.key("omar"))
    loud = await send(company, "omar", "loud")
    await send(company, "omar", "secret", subject=await deal(company))
    old = await send(company, "omar", "old")
    async with company.act() as tx:
        await tx.run(
            "update feed_item set created_at = now() - interval '31 days' where org_id = %(org)s and id = %(id)s",
            {"id": ids.parse(old["id"])},
        )
        await tx.run(
            "update feed_entry set created_at = now() - interval '31 days' where org_id = %(org)s and item_id = %(id)s",
            {"id": ids.parse(old["id"])},
        )
    assert await unread(company, "nina") == 1
    path = f"{V}/feed-elements/{loud['id']}/capabilities/mute"
    assert (await (await company.api("nina")).patch(path, json={"isMutedByMe": True})).status_code == 200
    assert (await unread(company, "nina"), await unread(company, "nina", "company")) == (0, 1)
    assert await unread(company, "noor", "company") == 2  # what is said on a record counts for who sees it


async def test_the_filter_tells_what_the_count_counts(company: Company) -> None:
    """What is unread is looked for no further back than the moment up to which the feed is read, in every order."""
    await follow(company, "nina", company.key("omar"))
    first = [await send(company, "omar", f"first {n}") for n in range(3)]
    up_to = {"upToId": first[-1]["id"]}
    for feed_name in ("news/me", "company"):
        path = f"{V}/feeds/{feed_name}"
        nina = await company.api("nina")
        assert (await nina.patch(f"{path}/unread", json=up_to)).status_code == 200
        async with company.act() as tx:  # an answer brings an old post up, and makes no new one of it
            mo = await people.actor(tx, company.id("mo"))
            await feed.comment(
                tx, mo, item_id=ids.parse(first[0]["id"]), body=[{"type": "Text", "text": "yes"}]
            )
        new = await send(company, "omar", f"new in {feed_name}")
        for sort in ("CreatedDateDesc", "LastModifiedDateDesc"):
            given = {"filter": "Unread", "sort": sort}
            told = (await nina.get(f"{path}/feed-elements", params=given)).json()["elements"]
            count = (await nina.get(f"{path}/unread")).json()["unread"]
            assert len(told) == count and told[0]["id"] == new["id"], (feed_name, sort)


async def test_a_thread_has_new_comments_since_it_was_read(company: Company) -> None:
    element = await send(company, "omar", "Tide gauges")
    nina = await company.client("nina")
    await nina.submit(f"/posts/{element['id']}/reading")
    await comment(company, "maya", element, "one")
    await comment(company, "nina", element, "mine")
    await comment(company, "omar", element, "two")
    page = (await nina.get(f"/posts/{element['id']}")).text
    assert "2 new" in page and f'data-read="/posts/{element["id"]}/reading"' in page
    await nina.submit(f"/posts/{element['id']}/reading")
    page = (await nina.get(f"/posts/{element['id']}")).text
    assert "2 new" not in page and "data-read" not in page


async def test_counts_are_exact_to_99_and_then_99_and_more(company: Company) -> None:
    await follow(company, "nina", company.key("omar"))
    async with company.act() as tx:
        omar = await people.actor(tx, company.id("omar"))
        made = [
            await feed.post(tx, omar, parent_id=omar.id, body=[{"type": "Text", "text": f"n{n}"}])
            for n in range(130)
        ]
    nina = await company.api("nina")
    for feed_name in ("news/me", "company", f"user-profile/{company.key('omar')}"):
        told = (await nina.get(f"{V}/feeds/{feed_name}/unread")).json()
        assert (told["unread"], told["more"]) == (99, True), feed_name
    assert "99+" in (await (await company.client("nina")).get("/")).text
    async with company.act() as tx:
        me = await people.actor(tx, company.id("nina"))
        await feed.mark_seen(tx, me, made[:31])
    for feed_name in ("news/me", "company", f"user-profile/{company.key('omar')}"):
        told = (await nina.get(f"{V}/feeds/{feed_name}/unread")).json()
        assert (told["unread"], told["more"]) == (99, False), feed_name


async def test_many_are_marked_as_read_at_once_over_rest(company: Company) -> None:
    await follow(company, "nina", company.key("omar"))
    first, second = [await send(company, "omar", f"n{number}") for number in range(2)]
    secret = await send(company, "omar", "secret", subject=await deal(company))
    nina = await company.api("nina")
    keys = ",".join(each["id"] for each in (first, second, secret))
    answer = await nina.patch(
        f"{V}/feed-elements/batch/{keys}/capabilities/read-by", json={"isReadByMe": True}
    )
    body = answer.json()
    assert (body["hasErrors"], [each["statusCode"] for each in body["results"]]) == (True, [200, 200, 404])
    assert (await unread(company, "nina"), await unread(company, "noor", "company")) == (0, 3)
    answer = await nina.patch(
        f"{V}/feed-elements/batch/{keys}/capabilities/read-by", json={"isReadByMe": False}
    )
    assert answer.status_code == 400


async def test_my_other_devices_are_told_and_nobody_else(company: Company) -> None:
    element = await send(company, "omar", "Tide gauges")
    topic = f"item/{element['id']}"
    tablet = await listen(company, "nina", "me", topic)
    omar = await listen(company, "omar", "me", topic)
    for listener in (tablet, omar):
        await heard(listener)
    await seen(company, "nina", "company", element)
    path = f"{V}/feed-elements/{element['id']}/capabilities/bookmarks"
    await (await company.api("nina")).patch(path, json={"isBookmarkedByCurrentUser": True})
    await comment(company, "maya", element, "after")
    page = (await element_of(company, "nina", element))["capabilities"]["comments"]["page"]
    assert await heard(tablet, "feed.comment.created") == [
        ("feed.mark.changed", company.key("nina"), ["me"]),
        ("feed.mark.changed", element["id"], [topic, "me"]),
        ("feed.comment.created", page["items"][0]["id"], [topic]),
    ]  # fmt: skip
    assert [name for name, _, _ in await heard(omar, "feed.comment.created")] == ["feed.comment.created"]
    relay: Relay = company.house.app.app.state.relay
    for listener in (tablet, omar):
        assert isinstance(listener, Listener)
        relay.detach(listener)


class Model:
    """What is unread, in the simplest words: a set of posts for each feed, and what was read."""

    def __init__(self) -> None:
        self.items: list[tuple[dict[str, Any], str, bool]] = []  # element, author, does nina see it?
        self.read: set[str] = set()
        self.muted: set[str] = set()
        self.deleted: set[str] = set()
        self.upto: dict[str, int] = {"news": -1, "company": -1}

    def unread(self, name: str, followed: set[str]) -> set[str]:
        return {
            element["id"]
            for at, (element, author, sees) in enumerate(self.items)
            if sees and author != "nina" and at > self.upto[name] and element["id"] not in self.read | self.deleted
            and (name == "company" or (author in followed and element["id"] not in self.muted))
        }  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
async def test_unread_equals_the_model_on_two_devices_in_any_order(company: Company, seed: int) -> None:
    random, model = Random(seed), Model()
    followed = {"omar", "maya"}
    for name in followed:
        await follow(company, "nina", company.key(name))
    secret = await deal(company)
    laptop, phone = await company.client("nina"), await company.api("nina")
    for step in range(40):
        shown = [element for element, _, sees in model.items if sees and element["id"] not in model.deleted]
        deed = random.choice(
            ["post", "post", "post", "hidden", "seen", "batch", "upto", "open", "unopen", "mute", "gone"]
        )
        if deed in ("post", "hidden") or not shown:
            author = "omar" if deed == "hidden" else random.choice(["omar", "maya", "noor", "nina"])
            subject = secret if deed == "hidden" else "me"
            model.items.append(
                (await send(company, author, f"s{step}", subject=subject), author, deed != "hidden")
            )
        elif deed in ("seen", "batch"):
            some = random.sample(shown, min(len(shown), random.randint(1, 3)))
            keys = ",".join(each["id"] for each in some)
            if deed == "seen":
                assert (await laptop.submit("/feeds/news/seen", items=keys)).status_code == 303
            else:
                url = f"{V}/feed-elements/batch/{keys}/capabilities/read-by"
                assert (await phone.patch(url, json={"isReadByMe": True})).status_code == 200
            model.read |= {each["id"] for each in some}
        elif deed == "upto":
            name, element = random.choice(["news", "company"]), random.choice(shown)
            if random.random() < 0.5:
                assert (await laptop.submit(f"/feeds/{name}/seen", up_to=element["id"])).status_code == 303
            else:
                path = "news/me" if name == "news" else "company"
                url = f"{V}/feeds/{path}/unread"
                assert (await phone.patch(url, json={"upToId": element["id"]})).status_code == 200
            at = next(at for at, each in enumerate(model.items) if each[0] is element)
            model.upto[name] = max(model.upto[name], at)
        elif deed == "open":
            element = random.choice(shown)
            assert (await laptop.submit(f"/posts/{element['id']}/reading")).status_code == 303
            model.read.add(element["id"])
        elif deed == "unopen":
            element = random.choice(shown)
            url = f"{V}/feed-elements/{element['id']}/capabilities/read-by"
            assert (await phone.patch(url, json={"isReadByMe": False})).status_code == 200
            model.read.discard(element["id"])
        elif deed == "mute":
            element = random.choice(shown)
            assert (await laptop.submit(f"/posts/{element['id']}/mute")).status_code == 303
            model.muted.add(element["id"])
        else:
            element = random.choice(shown)
            assert (await (await company.api("mo")).delete(element["url"])).status_code == 204
            model.deleted.add(element["id"])
        for name, path in (("news", "news/me"), ("company", "company")):
            told = (await phone.get(f"{V}/feeds/{path}/unread")).json()["unread"]
            assert told == len(model.unread(name, followed)), (step, deed, name)
    page = (await laptop.get("/")).text
    dots = {key for key in model.unread("news", followed) if f'id="new-{key}"' in page}
    assert dots == {key for key in model.unread("news", followed) if f'id="item-{key}"' in page}
