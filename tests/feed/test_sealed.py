"""Random threads that are asked in a record's name (sixty; HUBBUB_SEALED_THREADS=1000 makes a thousand): peers, a
manager, a moderator and an administrator with all data read what there is of them, and nowhere find who asked."""

import itertools
import os
from contextlib import AsyncExitStack
from datetime import date
from random import Random
from typing import Any

from hubbub import people
from hubbub.core import events, ids
from hubbub.core.errors import Refused
from hubbub.core.live import Listener
from hubbub.feed import actions
from tests.cast import CAST, Company, House, found_company

V = "/services/data/v62.0"
ASKERS = ("omar", "maya", "noor", "nina")
ANSWERERS = ("ada", "mo")  # who say what they say in the open; they never ask
THREADS, ORGS = int(os.environ.get("HUBBUB_SEALED_THREADS", "60")), 2

# Of one thread: who may find the asker there?
OF_THREAD = (
    "/posts/{item}", "/posts/{item}/fragment", "/posts/{item}/comments", "/posts/{item}/revisions", "/posts/{item}/likes",
    "/comments/{answer}/revisions", "/comments/{answer}/likes",
    V + "/chatter/feed-elements/{item}", V + "/chatter/feed-elements/{item}/capabilities/comments/items",
    V + "/chatter/feed-elements/{item}/capabilities/chatter-likes/items",
    V + "/chatter/feed-elements/{item}/capabilities/read-by/items",
    V + "/chatter/feed-elements/{item}/capabilities/up-down-vote/items?vote=Up",
    V + "/chatter/feed-elements/{item}/capabilities/edit",
    V + "/chatter/feed-elements/{item}/capabilities/question-and-answers",
    V + "/chatter/feed-elements/{item}/capabilities/moderation/flags",
    V + "/chatter/comments/{answer}", V + "/chatter/comments/{answer}/likes",
    V + "/chatter/comments/{answer}/capabilities/comments/items",
    V + "/chatter/comments/{answer}/capabilities/up-down-vote/items?vote=Up",
)  # fmt: skip

# Of everything: a record's feed, my feeds, my notices, the asker's profile, searches, queries, the history of the record.
OF_ALL = (
    "/", "/?sort=activity", "/company", "/r/{deal}", "/r/{deal}?sort=activity", "/r/{deal}/history", "/r/{deal}/ask",
    "/people/{asker}", "/people", "/notices", "/moderation", "/to-me", "/bookmarks",
    V + "/chatter/feeds/record/{deal}/feed-elements?pageSize=100", V + "/chatter/feeds/news/me/feed-elements?pageSize=100",
    V + "/chatter/feeds/company/feed-elements?pageSize=100", V + "/chatter/feeds/company/feed-elements?pageSize=100&q=help",
    V + "/chatter/feeds/user-profile/{asker}/feed-elements", V + "/chatter/users/{asker}",
    V + "/chatter/users/{asker}/followers", V + "/chatter/users/{asker}/following",
    V + "/connect/notifications", V + "/hubbub/asks?recordId={deal}&pageSize=100",
    V + "/hubbub/asks/experts?recordId={deal}",
    V + "/query?q=select+Id,OwnerId,LastModifiedById,CreatedById+from+Opportunity+where+Id='{deal}'",
    V + "/query?q=select+Id+from+FeedItem", V + "/sobjects/Opportunity/{deal}", V + "/sobjects/Opportunity/{deal}/describe",
)  # fmt: skip


class Reader:
    """One person with a browser and a program."""

    def __init__(self, company: Company, who: str, browser: Any, api: Any) -> None:
        self.company, self.who, self.browser, self.api = company, who, browser, api
        self.read = 0

    async def names(self, address: str) -> set[str]:
        """Which of the askers the answer names, by id, name or username; the reader himself aside."""
        answer = await (self.api if address.startswith("/services/") else self.browser).get(address)
        assert answer.status_code < 500, f"{address}: {answer.status_code}"
        self.read += answer.status_code == 200
        text = answer.text
        return {
            who
            for who in ASKERS
            if who != self.who and any(sign in text for sign in signs(self.company, who))
        }


def signs(company: Company, who: str) -> tuple[str, ...]:
    player = CAST[who]
    return company.key(who)[:15], f"{player.first_name} {player.last_name}", company.username(who)


async def _thread(
    company: Company, random: Random, deal: int, who: str, refused: list[str], *, sealed: bool = True
) -> dict[str, int]:
    """A question and what becomes of it: answers in the open, and the asker's own doings in random order.

    What he is refused is noted: a mask that is off may let him do less, and is to be found all the same.
    """
    async with company.act() as tx:
        asker = await people.actor(tx, company.id(who), client="test")
        asked = await actions.ask(
            tx, asker, record_id=deal, need=random.choice(list(actions.NEEDS)),
            urgency=random.choice(list(actions.URGENCIES)), title="Who can help?",
            body=await actions.parse_text(tx, asker, "I am stuck #help"),
            asked={company.id(name): "chosen" for name in ANSWERERS}, sealed=sealed,
        )  # fmt: skip
    async with company.act() as tx:
        other = await people.actor(tx, company.id(random.choice(ANSWERERS)))
        answer = await actions.comment(tx, other, item_id=asked, body=[{"type": "Text", "text": "Try this"}])
    async with company.act() as tx:
        asker = await people.actor(
            tx,
            company.id(who),
            client="test",
        )
        own: list[int] = []

        async def say(under: int | None) -> None:
            body = [{"type": "Text", "text": "Thanks"}]
            own.append(await actions.comment(tx, asker, item_id=asked, body=body, thread_parent_id=under))

        async def edit_own() -> None:
            await say(None)
            await actions.edit_comment(tx, asker, own[-1], body=[{"type": "Text", "text": "Thank you"}])

        async def undo() -> None:
            await say(answer)
            await actions.delete_comment(tx, asker, own[-1])
            if random.random() < 0.5:
                await actions.restore_comment(tx, asker, own[-1])

        async def remove() -> None:
            await actions.delete_item(tx, asker, asked)
            await actions.restore_item(tx, asker, asked)

        async def shut() -> None:
            await actions.close_item(tx, asker, asked)
            await actions.close_item(tx, asker, asked, closed=False)

        doings = [
            lambda: say(None), lambda: say(answer), edit_own, undo, remove, shut,
            lambda: actions.like(tx, asker, asked), lambda: actions.like(tx, asker, answer, "love"),
            lambda: actions.vote(tx, asker, answer, up=True), lambda: actions.vote(tx, asker, asked, up=False),
            lambda: actions.edit_item(tx, asker, asked, title=f"Who can help, {random.random()}?"),
            lambda: actions.choose_best_answer(tx, asker, asked, answer), lambda: actions.flag(tx, asker, answer),
            lambda: actions.mark(tx, asker, asked, random.choice(["bookmarked", "muted", "followed", "read"])),
        ]  # fmt: skip
        for do in random.sample(doings, random.randint(2, 5)):
            try:
                async with tx.savepoint():
                    await do()
            except Refused as what:
                refused.append(f"{who} on {ids.show(asked)}: {what}")
    return {"item": asked, "answer": answer}


async def test_nobody_finds_who_asked_in_random_threads(house: House) -> None:
    random = Random(4)
    told: list[str] = []
    found: list[str] = []
    refused: list[str] = []
    read = messages = threads = 0
    async with AsyncExitStack() as stack:
        for _ in range(ORGS):
            company = await found_company(house, stack)
            deals = [
                await company.make(
                    "ada",
                    "Opportunity",
                    Name=f"Deal {n}",
                    StageName="Prospecting",
                    CloseDate=date(2027, 1, 1),
                )
                for n in range(8)
            ]
            for deal, who in itertools.product(deals, (*ASKERS, "mo")):
                await company.share(deal, who, 1)
            readers = [
                Reader(company, who, await company.client(who), await company.api(who))
                for who in (*ASKERS, *ANSWERERS)
            ]
            # What the pages name anyway, before anything was asked; and of a thread, one that Ada began in the open.
            control = {"deal": deals[0]} | await _thread(
                company, random, deals[0], "ada", refused, sealed=False
            )
            anyway: dict[tuple[str, str], set[str]] = {}
            for reader, address in itertools.product(readers, (*OF_THREAD, *OF_ALL)):
                for asker in ASKERS if "{asker}" in address else ("omar",):
                    shown = address.format(**_keys(company, control, asker))
                    anyway[reader.who, address.replace("{asker}", asker)] = await reader.names(shown)
            relay = house.app.app.state.relay
            ears: list[tuple[Reader, Listener]] = []
            for reader in readers:
                ear = Listener(company.org_id, company.id(reader.who), None)
                people_shown = [f"profile/{company.key(who)}" for who in (*ASKERS, *ANSWERERS)]
                ear.topics = frozenset(
                    ["news", "company", *people_shown, *(f"record/{ids.show(d)}" for d in deals)]
                )
                async with company.act() as tx:
                    ear.cursor = await events.cursor(tx)
                relay.attach(ear)
                ears.append((reader, ear))
            for n in range(THREADS // ORGS):
                asker = random.choice(ASKERS)
                deal = random.choice(deals)
                keys = _keys(
                    company, {"deal": deal, **await _thread(company, random, deal, asker, refused)}, asker
                )
                threads += 1
                others = [reader for reader in readers if reader.who != asker]
                looks = [(random.choice(others), address) for address in random.sample(OF_THREAD, 2)]
                looks += [(random.choice(others), OF_THREAD[random.choice((0, 7))])]
                if n % 50 == 0:
                    looks += [(random.choice(others), address) for address in OF_ALL]
                for reader, address in looks:
                    named = await reader.names(address.format(**keys))
                    usual = anyway[reader.who, address.replace("{asker}", asker)]
                    if "{asker}" in address:
                        named -= {asker}  # whose page it is
                    if named - usual:
                        found.append(f"{reader.who} at {address} finds {named - usual}; {asker} had asked")
                for reader, ear in ears:
                    while not ear.queue.empty():
                        message = ear.queue.get_nowait()
                        messages += 1
                        said = f"{message.type} {message.id} {message.parent}"
                        told += [
                            f"{reader.who}: {said}"
                            for who in ASKERS
                            if company.key(who) in said and who != reader.who
                        ]
            for reader, ear in ears:
                relay.detach(ear)
                read += reader.read
            # The same thread in the open names its asker: what was looked for can be found.
            opened = _keys(
                company,
                {"deal": deals[1], **await _thread(company, random, deals[1], "omar", refused, sealed=False)},
                "omar",
            )
            for at in (0, 7):
                assert "omar" in await readers[-1].names(OF_THREAD[at].format(**opened))
    print(
        f"\n{threads} threads, {read} answers read by {len(ASKERS) + len(ANSWERERS)} people, {messages} messages"
    )
    assert threads == THREADS // ORGS * ORGS and read > 2 * threads and messages > threads
    assert not found, f"{len(found)}:\n" + "\n".join(found[:20])
    assert not told, f"{len(told)}:\n" + "\n".join(told[:20])
    assert not refused, f"{len(refused)}:\n" + "\n".join(refused[:20])


def _keys(company: Company, made: dict[str, int], asker: str) -> dict[str, str]:
    return {name: ids.show(id) for name, id in made.items()} | {"asker": company.key(asker)}
