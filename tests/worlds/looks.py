"""One person's eyes and ears in a world: the answers that he gets, as they are compared, and what a socket says."""

import asyncio
import html
import json
import re
from collections.abc import Iterable
from contextlib import AsyncExitStack
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin

import httpx
import msgspec

from hubbub.core import events, ids
from hubbub.core.live import Listener, Message, Relay
from tests.cast import Browser
from tests.worlds.addresses import LEAVE_OUT, V
from tests.worlds.equal import Renumber
from tests.worlds.worlds import World

_HREF = re.compile(r'\b(?:href|src|data-url|action)="(/[^"]*)"')


class Got(msgspec.Struct, frozen=True):
    """An answer as it is compared."""

    status: int
    headers: dict[str, str]
    body: str

    def __str__(self) -> str:
        heads = "\n".join(f"{name}: {value}" for name, value in self.headers.items())
        return f"{self.status}\n{heads}\n\n{self.body}"


class Looker:
    """One person in one world, with a browser and a program of his own."""

    def __init__(
        self, world: World, who: str, browser: Browser, api: httpx.AsyncClient, renumber: Renumber
    ) -> None:
        self.world = world
        self.who = who
        self.browser = browser
        self.api = api
        self.renumber = renumber

    async def get(self, address: str, *, stream: bool = False) -> httpx.Response:
        """A GET as a person would send it: the API's addresses by the program, others by the browser."""
        if address.startswith(("/services/", "/id/")):
            return await self.api.get(address)
        accept = "text/vnd.turbo-stream.html, text/html" if stream else "text/html"
        return await self.browser.get(address, headers={"accept": accept})

    def got(self, answer: httpx.Response) -> Got:
        return Got(
            answer.status_code, self.renumber.headers(answer.headers), self.renumber.text(_readable(answer))
        )

    async def links(self, most: int) -> dict[str, Got]:
        """Every page and resource that can be reached by links from the first ones, by its address."""
        waiting = [
            "/",
            "/company",
            "/people",
            "/notices",
            "/notices/list",
            "/following",
            f"{V}/connect/notifications?size=50",
            f"{V}/connect/notifications/status",
            f"{V}/",
            f"{V}/chatter",
            f"{V}/chatter/users",
            f"{V}/chatter/feeds",
            f"{V}/chatter/feed-elements?q=secret*",
            f"{V}/search?q=FIND+%7Bsecret*%7D",
            f"{V}/parameterizedSearch?q=secret&sobject=Opportunity&Opportunity.fields=Id,Name,NextStep",
            "/feeds/search?q=secret*",
            "/feeds/search?q=closed",
            "/jump/standing",
            "/jump/found?q=s",
            "/jump/found?q=secret",
            f"{V}/sobjects",
            f"{V}/recent",
            f"{V}/sobjects/Opportunity/updated?start=2020-01-01T00:00:00Z&end=2099-01-01T00:00:00Z",
        ]
        seen: set[str] = set()
        found: dict[str, Got] = {}
        while waiting and len(found) < most:
            address = waiting.pop(0)
            if address in seen:
                continue
            seen.add(address)
            name = self.renumber.text(unquote(address))
            answer = await self.get(address)
            found[name] = self.got(answer)
            waiting += [link for link in _links(address, answer) if link not in seen]
        return found

    async def looks(self, addresses: Iterable[str]) -> dict[str, Got]:
        """The answers of these addresses, which may be guesses."""
        found: dict[str, Got] = {}
        for address in addresses:
            found[self.renumber.text(unquote(address))] = self.got(
                await self.get(address, stream="/posts/" in address)
            )
        return found

    async def tries(self, writes: Iterable[tuple[str, str, dict[str, Any]]]) -> dict[str, Got]:
        """The answers to writes, by method and address."""
        found: dict[str, Got] = {}
        for number, (method, address, body) in enumerate(writes):
            if address.startswith(("/services/", "/id/")):
                given = body if method in ("POST", "PATCH", "PUT") else None
                answer = await self.api.request(method, address, json=given)
            else:
                answer = await self.browser.submit(address, **body)
            found[self.renumber.text(f"{number} {method} {unquote(address)} {json.dumps(body)}")] = self.got(
                answer
            )
        return found

    async def listen(self) -> "Ear":
        """An open page that shows everything there is."""
        relay: Relay = self.world.company.house.app.app.state.relay
        topics = ["news", "company", "notices"]
        # By their names: what differs between the worlds is made in another order in each, and ids follow that.
        made = sorted(self.world.made.items())
        for name, id in made:
            kind = {1: "profile", 64: "item", 68: "topic"}.get(ids.type_of(id), "record")
            if not name.startswith("post:") or kind != "item":
                topics.append(f"{kind}/{ids.show(id)}")
        topics += [f"item/{ids.show(id)}" for name, id in made if name.startswith("post:")][:30]
        async with self.world.company.act() as tx:
            return Ear(self, relay, topics, await events.cursor(tx))


class Ear:
    """What a socket says, as it is compared: the page was cut off, and is told step by step what it missed. So it is told
    of both worlds as they stand after the same step."""

    def __init__(self, looker: Looker, relay: Relay, topics: list[str], cursor: str) -> None:
        self.looker = looker
        self.relay = relay
        self.topics = topics
        self.cursor: str | None = cursor
        self.told: list[str] = []

    async def hear(self) -> None:
        """Take in what was told since the last step."""
        company = self.looker.world.company
        listener = Listener(company.org_id, company.ids[self.looker.who], None)
        listener.topics, listener.cursor = frozenset(self.topics), self.cursor
        self.relay.attach(listener)
        while True:
            message: Message = await asyncio.wait_for(listener.queue.get(), 60)
            shown = [self.looker.renumber.text(topic) for topic in self.topics if topic in message.topics]
            said = self.looker.renumber.text(f"{message.type} {message.id} {message.parent}")
            self.told.append(f"{said} {sorted(shown)}")
            if message.type == "gone":
                self.topics = [topic for topic in self.topics if topic not in message.topics]
            elif message.type in ("ready", "behind"):
                self.relay.detach(listener)
                self.cursor = message.cursor
                return


async def look(world: World, who: str, stack: AsyncExitStack, pair_now: Any) -> Looker:
    """That person, signed in."""
    world.company._clients = stack
    return Looker(
        world, who, await world.company.client(who), await world.company.api(who),
        Renumber({world.domain: "company.example"}, pair_now),
    )  # fmt: skip


def _readable(answer: httpx.Response) -> str:
    if "json" not in answer.headers.get("content-type", ""):
        return answer.text
    try:
        # In lines, so that a difference can be read; the order of keys is kept.
        return json.dumps(answer.json(), indent=1, ensure_ascii=False)
    except ValueError:
        return answer.text


def _links(address: str, answer: httpx.Response) -> list[str]:
    kind = answer.headers.get("content-type", "")
    found: list[str] = []
    if "json" in kind and answer.content:
        found = [
            text for text in _strings(answer.json()) if text.startswith("/services/") and "{" not in text
        ]
    elif "html" in kind:
        found = [html.unescape(link) for link in _HREF.findall(answer.text)]
    if location := answer.headers.get("location"):
        found.append(urljoin(address, location))
    return [
        link
        for link in (urldefrag(each)[0] for each in found)
        if link.startswith("/") and not LEAVE_OUT.match(link)
    ]


def _strings(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)
