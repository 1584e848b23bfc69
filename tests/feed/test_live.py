"""The relay: who is told of what, what was missed is caught up, and nothing is told twice."""

import asyncio
import contextlib
import random

from msgspec import structs

from hubbub import feed, objects, people, records
from hubbub.core import events, ids
from hubbub.core.db import Tx
from hubbub.core.live import Listener, Message, Relay
from hubbub.feed import queries as feed_queries
from tests.cast import Company
from tests.feed.test_changes import save
from tests.feed.test_posts import deal, follow, send
from tests.feed.test_talk import comment

EVENTS, SECONDS = 10_000, 60


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
        got.append(await asyncio.wait_for(listener.queue.get(), 30))
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
    await heard(maya)
    await heard(noor)
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


async def test_a_page_cut_off_at_random_misses_nothing_and_hears_nothing_twice(company: Company) -> None:
    """10,000 events of overlapping transactions, so that neither ids nor times follow the commits; a page that is cut off
    again and again, between any two messages, and goes on each time from the last cursor that it got."""
    theirs: Relay = company.house.app.app.state.relay

    async def everybody(_: Tx, __: events.Event, users: set[int]) -> dict[str, set[int]]:
        return {"company": users}

    relay = Relay(company.database, theirs.url, {"feed.item.created": everybody}, {}, theirs.sight)
    running = asyncio.create_task(relay.run())
    rng, written, heard_of, cuts = random.Random(4), list[str](), list[str](), 0
    since = await cursor(company)
    async with company.act() as tx:
        omar = await people.actor(tx, company.id("omar"))

    async def write() -> None:
        while len(written) < EVENTS:
            if (
                len(written) - len(heard_of) > 80
            ):  # the page is far behind: what cannot be caught up is another test
                await asyncio.sleep(0.001)
                continue
            async with company.act() as tx:
                await tx.value("select pg_current_xact_id()")
                await asyncio.sleep(rng.random() / 100)
                made = await tx.new_ids(ids.Type.FEED_ITEM, rng.randint(1, 20))
                await events.record_many(tx, omar, "feed.item.created", dict.fromkeys(made))
            written.extend(map(ids.show, made))

    async def read() -> None:
        nonlocal since, cuts
        while len(heard_of) < len(written) or not all(task.done() for task in writing):
            listener = Listener(company.org_id, company.id("nina"), None)
            listener.topics, listener.cursor = frozenset({"company"}), since
            relay.attach(listener)
            for _ in range(rng.randint(0, 120)):
                try:
                    message = await asyncio.wait_for(listener.queue.get(), 0.1)
                except TimeoutError:
                    break
                assert message.type in ("ready", "feed.item.created"), message
                assert message.cursor
                since = message.cursor
                if message.id:
                    heard_of.append(message.id)
            relay.detach(listener)
            cuts += 1

    writing = [asyncio.create_task(write()) for _ in range(4)]
    try:
        with contextlib.suppress(TimeoutError):  # where something is missed it would wait for it for ever
            async with asyncio.timeout(SECONDS):
                await read()
    finally:
        for task in (running, *writing):
            task.cancel()
    assert len(heard_of) == len(set(heard_of)), "heard twice"
    missed = set(written) - set(heard_of)
    assert not missed, f"missed {len(missed)} of {len(written)}"
    assert len(heard_of) >= EVENTS
    assert cuts > 50


async def test_a_cursor_that_cannot_be_read_means_behind(company: Company) -> None:
    for bad in ("", "nonsense", "1:2", "5:3:4", "1:1:' or 1=1", "a~b~1", "1:1:~x~2"):
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


async def unshare(company: Company, key: str, who: str) -> None:
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"))
        await records.unshare_record(tx, ada, ids.parse(key), company.id(who))


async def gone(listener: Listener) -> set[str]:
    return set((await heard(listener, "gone"))[-1][2])


async def test_a_withdrawn_share_takes_the_record_and_its_talk_off_open_pages(company: Company) -> None:
    key, other = await deal(company), await deal(company)
    post = await send(company, "omar", "They signed", subject=key)
    await company.share(ids.parse(key), "maya")
    await company.share(ids.parse(other), "maya")
    maya = await listen(company, "maya", "news", f"record/{key}", f"record/{other}", f"item/{post['id']}")
    nina = await listen(company, "nina", "news", "company")
    for listener in (maya, nina):
        assert await heard(listener) == []
    await unshare(company, key, "maya")
    assert await gone(maya) == {f"record/{key}", f"item/{post['id']}"}
    # Nothing that happens to it reaches her any more; what she still sees does.
    await save(company, key, NextStep="Call")
    await save(company, other, NextStep="Call")
    assert [id for _, id, _ in await heard(maya, "records.record.updated")] == [other]
    assert nina.queue.empty()


async def test_a_page_that_opens_while_a_share_is_withdrawn_is_told(company: Company) -> None:
    """Between the withdrawal and the look at who shows the record, the page has finished to arrive."""
    made = ids.parse(await deal(company))
    await company.share(made, "maya")
    relay: Relay = company.house.app.app.state.relay
    page = Listener(company.org_id, company.id("maya"), None)
    page.topics = frozenset({f"record/{ids.show(made)}"})
    page.held = []  # it arrives, and was asked what it may show
    version = relay.sight.version

    async def version_when_it_has_arrived(tx: Tx) -> int:
        page.held = None
        return await version(tx)

    slow = Relay(
        relay.database, relay.url, relay.audiences, relay.closings,
        structs.replace(relay.sight, version=version_when_it_has_arrived),
    )  # fmt: skip
    before = await cursor(company)
    await unshare(company, ids.show(made), "maya")
    async with company.act() as tx:
        slow.versions[company.org_id] = await version(tx)
        span = {"cursor": before, "until": await events.cursor(tx), "after": None, "most": 100}
        happened = await tx.rows(events.BETWEEN, span, into=events.Event)
    await slow._ask_again(company.org_id, happened, {page})
    assert page.held is None
    assert await heard(page, "gone") == [("gone", None, [f"record/{ids.show(made)}"])]


async def test_who_asks_for_what_he_does_not_see_learns_nothing(company: Company) -> None:
    key = await deal(company)
    await company.share(ids.parse(key), "maya")
    never = ids.show(ids.make(ids.Type.OPPORTUNITY, 1))
    nina = await listen(company, "nina", f"record/{key}", f"record/{never}", "record/nonsense", "what/ever")
    said = await heard(nina)
    assert said == [
        ("gone", None, sorted([f"record/{key}", f"record/{never}", "record/nonsense", "what/ever"]))
    ]
    await unshare(company, key, "maya")
    await send(company, "omar", "public")
    await asyncio.sleep(0.2)
    assert nina.queue.empty()


async def test_every_way_of_losing_sight_is_told(company: Company) -> None:
    async def watch(who: str) -> tuple[str, Listener]:
        key = await deal(company)
        listener = await listen(company, who, f"record/{key}")
        assert await heard(listener) == []
        return key, listener

    key, noor = await watch("noor")
    async with company.act() as tx:  # the owner changes to somebody beside her
        ada = await people.actor(tx, company.id("ada"))
        await records.update_record(tx, ada, ids.parse(key), {"OwnerId": company.id("nina")})
    assert await gone(noor) == {f"record/{key}"}

    key, noor = await watch("noor")
    async with company.act() as tx:
        await records.delete_record(tx, await people.actor(tx, company.id("omar")), ids.parse(key))
    assert await gone(noor) == {f"record/{key}"}

    key, noor = await watch("noor")
    async with company.act() as tx:  # his role no longer stands below hers
        ada = await people.actor(tx, company.id("ada"))
        await people.move_role(tx, ada, company.roles["Sales Rep"], company.roles["Service"])
    assert await gone(noor) == {f"record/{key}"}

    key, omar = await watch("omar")
    async with company.act() as tx:
        await people.assign_permission_set(tx, None, company.id("omar"), people.MINIMUM)
    assert await gone(omar) == {f"record/{key}"}


async def test_other_fields_to_read_are_told_only_to_whom_it_concerns(company: Company) -> None:
    key = await deal(company)
    await company.share(ids.parse(key), "mo")
    maya, mo = [await listen(company, who, f"record/{key}") for who in ("nina", "mo")]
    for listener, who in ((maya, "nina"), (mo, "mo")):
        async with company.act() as tx:
            listener.reach = records.reach(await records.viewer(tx, await people.actor(tx, company.id(who))))
        await heard(listener)
    async with company.act() as tx:
        await people.assign_permission_set(tx, None, company.id("mo"), people.STANDARD_WITHOUT_AMOUNT)
    assert (await heard(mo, "reach"))[-1][0] == "reach"
    assert maya.queue.empty()


async def test_a_follow_comes_back_with_sight(company: Company) -> None:
    key = await deal(company)
    await company.share(ids.parse(key), "maya")
    await follow(company, "maya", key)
    await send(company, "omar", "They signed", subject=key)

    async def counts() -> tuple[int, int]:
        async with company.act() as tx:
            maya = await people.actor(tx, company.id("maya"))
            return await feed_queries.count_following(tx, maya, maya.id), len(
                (await feed.news(tx, maya)).items
            )

    assert await counts() == (1, 1)
    await unshare(company, key, "maya")
    assert await counts() == (0, 0)
    await company.share(ids.parse(key), "maya")
    assert await counts() == (1, 1)


async def test_what_is_seen_through_another_record_goes_with_it(company: Company) -> None:
    account = await company.make("omar", "Account", Name="Isdom")
    key = await deal(company, AccountId=account)
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"))
        await objects.set_default(tx, ada, "Account", "Private")
    await company.share(ids.parse(key), "maya")
    shown = {f"record/{key}", f"record/{ids.show(account)}"}
    maya = await listen(company, "maya", *shown)
    assert await heard(maya) == []
    await unshare(company, key, "maya")
    assert await gone(maya) == shown
