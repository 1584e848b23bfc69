"""Open pages of To Me, People, Topics and streams are told of exactly what their feed then shows, and nobody of more."""

import asyncio

from hubbub import feed, people
from hubbub.core import ids
from hubbub.core.live import Listener
from hubbub.feed import queries
from tests.cast import Company
from tests.feed.test_live import heard, listen
from tests.feed.test_posts import V, deal, follow, send
from tests.feed.test_talk import comment

WHO = ("noor", "maya", "nina", "mo", "gus")


async def stream_of(company: Company, who: str, *subjects: str) -> str:
    answer = await (await company.api(who)).post(
        f"{V}/streams",
        json={"name": "Mine", "subscriptionsToAdd": [{"entityId": key} for key in subjects]},
    )
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def shown(company: Company, who: str, topic: str) -> set[str]:
    """What the feed with that live topic shows."""
    async with company.act() as tx:
        actor = await people.actor(tx, company.id(who))
        kind, _, key = topic.partition("/")
        if kind == "news":
            page = await feed.news(tx, actor)
        elif kind == "to":
            page = await queries.to_me(tx, actor)
        elif kind == "people":
            page = await queries.from_people(tx, actor)
        elif kind == "filter":
            page = await queries.of_type(tx, actor, ids.type_of_prefix(key))
        elif kind == "topics":
            page = await queries.of_topics(tx, actor)
        else:
            page = await queries.of_stream(tx, actor, ids.parse(key))
    return {item.key for item in page.items}


async def told(listener: Listener, until: str) -> dict[str, set[str]]:
    """By topic, the items of which the page was told until it was told of that one."""
    found: dict[str, set[str]] = {}
    while True:
        message = await asyncio.wait_for(listener.queue.get(), 30)
        thread = message.parent if message.type.startswith("feed.comment") else message.id
        for topic in message.topics:
            found.setdefault(topic, set()).add(thread or "")
        if message.id == until:
            return found


async def test_what_is_told_is_what_the_feed_then_shows(company: Company) -> None:
    key = await deal(company)
    await company.share(ids.parse(key), "maya")
    await follow(company, "noor", key)
    for who in ("noor", "maya", "nina"):
        await follow(company, who, company.key("omar"))
    tag = await send(company, "noor", "#harbour")
    found = await (await company.api("nina")).get("/services/data/v62.0/connect/topics?q=harbour")
    topic = found.json()["topics"][0]["id"]
    for who in ("nina", "mo"):
        await follow(company, who, topic)
    streams = {
        "noor": await stream_of(company, "noor", key, company.key("mo")),
        "maya": await stream_of(company, "maya", company.key("omar"), topic),
        "nina": await stream_of(company, "nina", company.key("noor")),
        "mo": await stream_of(company, "mo", company.key("omar"), topic),
    }
    feeds = {who: ["news", "to", "people", "filter/005"] for who in WHO}
    for who in WHO[:-1]:
        feeds[who] += ["topics", f"streams/{streams[who]}", "filter/006", "filter/001"]
    pages = {who: await listen(company, who, *feeds[who], "me") for who in WHO}
    for page in pages.values():
        assert await heard(page) == []
    before = {(who, topic): await shown(company, who, topic) for who in WHO for topic in feeds[who]}

    element = await send(company, "noor", "How is the deal?", subject=key)
    mention = {"messageSegments": [{"type": "Mention", "id": company.key("nina")}]}
    posts = [
        element,
        await send(company, "omar", "Off to Hellum #harbour"),
        await send(company, "nina", "For you", subject=company.key("maya")),
        await send(company, "omar", "", body=mention),
        await send(company, "omar", "", subject=key, body=mention),  # she does not see the deal
        await send(company, "mo", "Nobody follows me"),
        await send(company, "mo", "Of whom you follow, not by him", subject=company.key("omar")),
        tag,
    ]
    for who, post in (("maya", element), ("mo", posts[1]), ("nina", tag), ("noor", tag)):
        await comment(company, who, post, "Yes")
    # Of this one everybody is told, and of nothing after it.
    last = await send(company, "omar", "Done")
    for who in WHO[:-1]:
        await (await company.api(who)).patch(
            f"{V}/feed-elements/{last['id']}/capabilities/read", json={"isReadByMe": True}
        )
    for who in WHO[:-1]:
        heard_of = await told(pages[who], last["id"]) if who in ("noor", "maya", "nina", "mo") else {}
        for topic in feeds[who]:
            new = await shown(company, who, topic) - before[who, topic]
            assert new <= heard_of.get(topic, set()), f"{who} was not told in {topic}"
            assert heard_of.get(topic, set()) <= new | before[who, topic], (
                f"{who} was told too much in {topic}"
            )
    assert pages["gus"].queue.empty()


async def test_a_stream_of_somebody_else_is_told_to_nobody(company: Company) -> None:
    stream = await stream_of(company, "omar", company.key("mo"))
    never = ids.show(ids.make(ids.Type.STREAM, 1))
    nina = await listen(company, "nina", f"streams/{stream}", f"streams/{never}", "streams/nonsense")
    assert await heard(nina) == [
        ("gone", None, sorted([f"streams/{stream}", f"streams/{never}", "streams/nonsense"]))
    ]
    omar = await listen(company, "omar", f"streams/{stream}")
    assert await heard(omar) == []
    post = await send(company, "mo", "Hello")
    assert await heard(omar, "feed.item.created") == [
        ("feed.item.created", post["id"], [f"streams/{stream}"])
    ]
    await asyncio.sleep(0.2)
    assert nina.queue.empty()


async def test_a_type_that_somebody_may_not_read_has_no_feed_of_its_own(company: Company) -> None:
    omar = await listen(company, "omar", "filter/006", "filter/0D5", "filter/nonsense")
    assert await heard(omar) == [("gone", None, ["filter/0D5", "filter/nonsense"])]


async def test_that_something_was_made_of_a_post_is_told_to_who_sees_both(company: Company) -> None:
    key = await deal(company)
    await company.share(ids.parse(key), "maya")
    post = await send(company, "omar", "Call them", subject=key)
    pages = {who: await listen(company, who, f"item/{post['id']}") for who in ("omar", "maya", "nina")}
    for page in pages.values():
        await heard(page)
    made = await (await company.api("omar")).post(
        f"{V}/feed-elements/{post['id']}/records", json={"object": "Task", "fields": {"WhatId": None}}
    )
    assert made.status_code == 201, made.text
    (told,) = await heard(pages["omar"], "feed.record.created")
    assert told == ("feed.record.created", made.json()["id"], [f"item/{post['id']}"])
    await send(company, "omar", "And then", subject=key)
    await comment(company, "omar", post, "Done")
    # Maya sees the post, and not the task; nina neither.
    assert [each[0] for each in await heard(pages["maya"], "feed.comment.created")] == [
        "feed.comment.created"
    ]
    assert pages["nina"].queue.empty()


async def test_guests_have_no_topics_and_are_told_of_none(company: Company) -> None:
    gus = await listen(company, "gus", "to", "people", "topics")
    assert await heard(gus) == [("gone", None, ["topics"])]
