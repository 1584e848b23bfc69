"""The relay: who is told of what, what was missed is caught up, and nothing is told twice."""

import asyncio

from hubbub.core import events, ids
from hubbub.core.live import Listener, Message, Relay
from tests.cast import Company
from tests.feed.test_changes import save
from tests.feed.test_posts import deal, follow, send
from tests.feed.test_talk import comment


async def cursor(company: Company) -> str:
    async with company.act() as tx:
        return await events.cursor(tx)


async def listen(company: Company, name: str, *topics: str, since: str | None = None) -> Listener:
    """An open page of that person."""
    relay: Relay = company.house.app.app.state.relay
    listener = Listener(company.org_id, company.id(name), None)
    listener.topics = frozenset(topics)
    listener.cursor = since or await cursor(company)
    relay.attach(listener)
    return listener


async def heard(listener: Listener, until: str = "ready") -> list[tuple[str, str | None, list[str]]]:
    """What the page was told up to and with a message of that type."""
    got: list[Message] = []
    while not got or got[-1].type != until:
        got.append(await asyncio.wait_for(listener.queue.get(), 5))
    return [(m.type, m.id, m.topics) for m in got if m.type not in ("ready",)]


async def test_followers_are_told_and_others_are_not(company: Company) -> None:
    key = await deal(company)
    await follow(company, "noor", key)
    noor, nina, ada = [
        await listen(company, who, "news", "company", f"record/{key}") for who in ("noor", "nina", "ada")
    ]
    for listener in (noor, nina, ada):
        await heard(listener)
    element = await send(company, "omar", "They signed", subject=key)
    public = await send(company, "omar", "Coffee?")
    record = f"record/{key}"
    assert await heard(noor, "feed.item.created") == [
        ("feed.item.created", element["id"], ["company", "news", record])
    ]
    assert await heard(noor, "feed.item.created") == [("feed.item.created", public["id"], ["company"])]
    assert await heard(nina, "feed.item.created") == [("feed.item.created", public["id"], ["company"])]
    assert await heard(ada, "feed.item.created") == [
        ("feed.item.created", element["id"], ["company", record])
    ]


async def test_a_change_of_a_hidden_field_is_told_to_nobody_who_may_not_read_it(company: Company) -> None:
    from decimal import Decimal

    key = await deal(company)
    await company.share(ids.parse(key), "maya")
    maya, noor = [await listen(company, who, f"record/{key}") for who in ("maya", "noor")]
    await heard(maya), await heard(noor)
    await save(company, key, Amount=Decimal(7))
    await save(company, key, StageName="Qualification")
    told = [await heard(noor, "feed.item.created") for _ in range(2)]
    assert [[type for type, _, _ in each] for each in told] == [
        ["records.record.updated", "feed.item.created"]
    ] * 2
    assert await heard(maya, "feed.item.created") == told[1]


async def test_what_was_missed_is_caught_up_once(company: Company) -> None:
    since = await cursor(company)
    elements = [await send(company, "omar", f"number {n}") for n in range(5)]
    await comment(company, "noor", elements[0], "first!")
    listener = await listen(company, "nina", "company", since=since)
    told = await heard(listener)
    assert [id for _, id, _ in told[:5]] == [element["id"] for element in elements]
    assert [type for type, _, _ in told] == ["feed.item.created"] * 5 + ["feed.comment.created"]
    later = await send(company, "omar", "later")
    assert await heard(listener, "feed.item.created") == [("feed.item.created", later["id"], ["company"])]


async def test_a_cursor_that_cannot_be_read_means_behind(company: Company) -> None:
    for bad in ("", "nonsense", "1:2", "5:3:4", "1:1:' or 1=1"):
        listener = await listen(company, "nina", "company", since=bad or "x")
        assert (await heard(listener, "behind"))[0][0] == "behind"


async def test_who_cannot_keep_up_is_told_once_that_he_is_behind(company: Company) -> None:
    from hubbub.core import live

    listener = Listener(company.org_id, company.id("nina"), None)
    for _ in range(live.QUEUE + 1):
        listener.tell(Message("x"))
    assert [listener.queue.get_nowait().type for _ in range(listener.queue.qsize())] == ["behind", "x"][:1]


async def test_ending_a_session_closes_its_sockets(company: Company) -> None:
    from hubbub import people

    await company.client("nina")
    async with company.act() as tx:
        session_id = await tx.value(
            "select id from session where org_id = %(org)s and user_id = %(user)s",
            {"user": company.id("nina")},
        )
    relay: Relay = company.house.app.app.state.relay
    listener = Listener(company.org_id, company.id("nina"), session_id)
    listener.cursor = await cursor(company)
    relay.attach(listener)
    await heard(listener)
    async with company.act() as tx:
        await people.end_session(tx, await people.actor(tx, company.id("nina")), session_id)
    assert (await heard(listener, "closed"))[0][0] == "closed"
