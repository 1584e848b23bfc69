"""Everything that one person can get: pages and resources by their links, every address with every id, queries, writes
that must be refused, and what a socket says."""

import asyncio
import html
import json
import re
from collections.abc import Iterable
from contextlib import AsyncExitStack
from random import Random
from typing import Any
from urllib.parse import quote, unquote, urldefrag, urljoin

import httpx
import msgspec

from hubbub.core import events, ids
from hubbub.core.live import Listener, Message, Relay
from tests.cast import Browser
from tests.worlds.equal import Renumber
from tests.worlds.worlds import World

V = "/services/data/v62.0"
COMMUNITY = f"{V}/connect/communities/internal"
_HREF = re.compile(r'\b(?:href|src|data-url|action)="(/[^"]*)"')
_LEAVE_OUT = re.compile(r"^/(assets|sign-out|live|health)")
KINDS = ("news", "company", "user-profile", "record", "profile", "topic", "bookmarks", "to", "people", "topics",
         "muted", "mute", "search", "filter", "streams", "favorites")  # fmt: skip
SETUP = ("UserRole", "Group", "GroupMember", "PermissionSet", "PermissionSetAssignment", "OpportunityShare",
         "OpportunityTeamMember", "UserRecordAccess")  # fmt: skip
OBJECTS = (
    "Opportunity",
    "Account",
    "Contact",
    "Product2",
    "User",
    "opportunity",
    "Nothing",
    "FeedItem",
    *SETUP,
)


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
            "/feeds/search?q=secret*",
            "/feeds/search?q=closed",
            f"{V}/sobjects",
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
        listener = Listener(self.world.company.org_id, self.world.company.ids[self.who], None)
        topics = ["news", "company", "notices"]
        for name, id in self.world.made.items():
            kind = {1: "profile", 64: "item", 68: "topic"}.get(ids.type_of(id), "record")
            if not name.startswith("post:") or kind != "item":
                topics.append(f"{kind}/{ids.show(id)}")
        topics += [
            f"item/{ids.show(id)}" for name, id in self.world.made.items() if name.startswith("post:")
        ][:30]
        listener.topics = frozenset(topics)
        async with self.world.company.act() as tx:
            listener.cursor = await events.cursor(tx)
        relay.attach(listener)
        return Ear(self, relay, listener)


class Ear:
    """A socket's messages, as they are compared."""

    def __init__(self, looker: Looker, relay: Relay, listener: Listener) -> None:
        self.looker = looker
        self.relay = relay
        self.listener = listener

    async def until(self, noun: int) -> list[str]:
        """What was told up to the news of that noun, which everybody may know of."""
        told: list[str] = []
        while True:
            message: Message = await asyncio.wait_for(self.listener.queue.get(), 10)
            said = self.looker.renumber.text(f"{message.type} {message.id} {message.parent}")
            # What a page shows is a set of topics: their order is that of ids.
            shown = sorted(self.looker.renumber.text(topic) for topic in message.topics)
            told.append(f"{said} {shown}")
            if message.id == ids.show(noun):
                self.relay.detach(self.listener)
                return told


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
        if link.startswith("/") and not _LEAVE_OUT.match(link)
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


# --- addresses -----------------------------------------------------------------------------------------------------

_PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")


def routes(app: Any) -> list[tuple[str, frozenset[str]]]:
    """Every address that the app answers, as its pattern, with its methods; written down in routes.py and nowhere here."""
    found = []
    for route in app.app.routes:
        methods = frozenset(getattr(route, "methods", ()) or ()) - {"OPTIONS", "HEAD"}
        if methods and not _LEAVE_OUT.match(route.path):
            found.append((route.path, methods))
    return sorted(found)


def fill(
    pattern: str, world: World, name: str, kind: str, object: str, text: str, field: str = "Name"
) -> str:
    """The pattern with these values in it."""

    def value(match: re.Match[str]) -> str:
        match match[1]:
            case "version":
                return "v62.0"
            case "community":
                return "internal"
            case "kind":
                return kind
            case "name" | "topic" if "/topics/" in pattern:
                return quote(text, safe="")
            case "name" | "object" | "sobject" | "type":
                return object
            case "field":
                return field
        return world.key(name) if name in world.made else quote(name, safe="")

    return _PARAMETER.sub(value, pattern)


class Guess(msgspec.Struct, frozen=True):
    """Values to fill an address with."""

    pattern: str
    name: str
    kind: str
    object: str
    text: str
    query: str = ""

    def address(self, world: World) -> str:
        return fill(self.pattern, world, self.name, self.kind, self.object, self.text) + self.query


PAGING = ["", "", "?pageSize=1", "?pageSize=2&page=1", "?sort=LastModifiedDateDesc", "?sort=activity", "?show=talk",
          "?sort=activity&show=talk", "?tab=details", "?filterType=006", "?filterType=005", "?q=secret",
          "?q=ke", "?q=am", "?q=secret*", "?q=hidden&show=changes", "?filter=unread", "?filter=AllQuestions", "?filter=Unread",
          "?density=FewerUpdates", "?show=fewer", "?elementsPerBundle=2", "?sort=viewed", "?sort=MostViewed"]  # fmt: skip
NEAR = {
    "common",
    "campaign",
    "harbour",
    "omar",
    "noor",
    "nina",
    "gus",
}  # what secrets are about or were done by
TOPICS = ["tides", "Port", "hush", "Hush", "HUSH", "Gone", "gone", "nowhere"]


def guesses(
    app: Any, world: World, names: list[str], secrets: list[str], random: Random, most: int
) -> list[Guess]:
    """Every address with every id, the hidden ones first; of very many a sample."""
    patterns = [path for path, methods in routes(app) if "GET" in methods and "communities" not in path]
    hidden: list[Guess] = []
    near: list[Guess] = []
    rest: list[Guess] = []
    for pattern in patterns:
        parameters = {match[1] for match in _PARAMETER.finditer(pattern)}
        of_topic = bool("/topics/" in pattern and parameters & {"name", "topic"})
        of_object = bool(parameters & {"object", "sobject", "type", "name"}) and not of_topic
        of_id = bool(parameters - {"version", "kind", "object", "sobject", "type", "name", "topic", "field"})
        for name in names if of_id else [""]:
            right_object, right_kinds = _FITS.get(
                ids.type_of(world.id(name)) if name else 0, ("Opportunity", KINDS)
            )
            kinds = [*right_kinds, random.choice(KINDS)] if "kind" in parameters else [""]
            types = ([right_object, random.choice(OBJECTS)] if name else OBJECTS) if of_object else [""]
            for kind in dict.fromkeys(kinds):
                for object in dict.fromkeys(types):
                    for topic in TOPICS if of_topic else [""]:
                        guess = Guess(pattern, name, kind, object, topic, random.choice(PAGING))
                        (
                            hidden
                            if name in secrets or (of_topic and not of_id)
                            else near
                            if name in NEAR
                            else rest
                        ).append(guess)
    for some in (hidden, near, rest):
        random.shuffle(some)
    return (hidden[: most // 3] + near[: most // 3] + rest + near + hidden)[:most]


_FITS: dict[int, tuple[str, tuple[str, ...]]] = {
    1: ("User", ("profile", "user-profile")),
    32: ("Account", ("record",)),
    33: ("Contact", ("record",)),
    34: ("Opportunity", ("record",)),
    35: ("Product2", ("record",)),
    68: ("Opportunity", ("topic",)),
}


def writes(app: Any, names: list[str], random: Random, most: int) -> list[tuple[str, Guess, str]]:
    """Every way of changing something, tried on the hidden things."""
    found = []
    for pattern, methods in routes(app):
        if "communities" in pattern or re.search(r"sign-in|oauth|token|sessions", pattern):
            continue
        for method in sorted(methods - {"GET"}):
            if not _PARAMETER.search(pattern.replace("{version:str}", "")):
                found += [(method, Guess(pattern, "", "", "", ""), name) for name in names]
            else:
                object = "Opportunity"
                found += [(method, Guess(pattern, name, "news", object, "x"), name) for name in names]
    random.shuffle(found)
    return found[:most]


def sent(pattern: str, key: str) -> dict[str, Any]:
    """What a write sends: everything that the different ones ask for."""
    if pattern.startswith("/services/"):
        if "sobjects" in pattern:
            return {"Name": "Guess"}
        return {
            "subjectId": key,
            "text": "guess",
            "body": {"messageSegments": [{"type": "Text", "text": "guess"}]},
            "vote": "Up",
            "entityId": key,
            "upToId": key,
            **dict.fromkeys(
                ("isPinned", "isClosed", "isBookmarkedByCurrentUser", "isMutedByMe", "isReadByMe", "isFollowedByMe",
                 "isLikedByCurrentUser"), True,
            ),
        }  # fmt: skip
    return {
        "subject": key,
        "record": key,
        "items": key,
        "up_to": key,
        "vote": "up",
        "face": "love",
        "text": "guess",
        "Name": "Guess",
        "StageName": "Closed Lost",
        "stage": "Closed Lost",
    }


# --- queries -------------------------------------------------------------------------------------------------------

FIELDS = {
    "Opportunity": ["Id", "Name", "StageName", "Amount", "ExpectedRevenue", "CloseDate", "AccountId", "Account.Name", "OwnerId",
                    "Owner.Name", "Probability", "NextStep", "IsClosed", "LastModifiedDate", "CreatedDate", "Nonsense"],
    "Account": ["Id", "Name", "Industry", "ParentId", "Parent.Name", "OwnerId", "Owner.Name", "LastModifiedDate"],
    "Contact": ["Id", "Name", "LastName", "AccountId", "Account.Name", "OwnerId"],
    "Product2": ["Id", "Name"],
    "User": ["Id", "Name", "Title", "IsActive", "Username"],
    "UserRole": ["Id", "Name", "ParentRoleId"], "Group": ["Id", "Name", "Type"],
    "GroupMember": ["Id", "GroupId", "UserOrGroupId"],
    "PermissionSet": ["Id", "Name", "Label"], "PermissionSetAssignment": ["Id", "PermissionSetId", "AssigneeId"],
    "OpportunityShare": ["Id", "OpportunityId", "UserOrGroupId", "RowCause"],
    "OpportunityTeamMember": ["Id", "OpportunityId", "UserId", "TeamMemberRole"],
    "UserRecordAccess": ["RecordId", "UserId", "HasReadAccess", "MaxAccessLevel"],
}  # fmt: skip
TEXTS = ["%e%", "Secret deal", "%deal", "Prospecting", "Closed Won"]
VALUES = {
    "Amount": ["777", "31000000", "5", "4321", "null", "1000"], "ExpectedRevenue": ["1", "null"], "Probability": ["10", "50"],
    "CloseDate": ["2026-02-15", "TODAY", "null"], "IsClosed": ["true", "false"],
    "LastModifiedDate": ["LAST_N_DAYS:10", "2026-01-01T00:00:00Z"], "CreatedDate": ["LAST_N_DAYS:90"],
}  # fmt: skip


def queries(names: list[str], random: Random, most: int) -> list[tuple[str, str]]:
    """SOQL with every field anywhere: as text with `{id}` and the name of whose id is meant."""
    found = []
    for _ in range(most):
        object = random.choice([*FIELDS, "Opportunity", "Opportunity", "Opportunity", "Account"])
        fields = FIELDS[object]
        picked = random.sample(fields, random.randint(1, min(4, len(fields))))
        select = random.choice([", ".join(picked), ", ".join(picked), "COUNT()"])
        name = random.choice(names)
        text = f"SELECT {select} FROM {object}"
        if random.random() < 0.7:
            text += " WHERE " + random.choice([" AND ", " OR "]).join(
                _condition(fields, random) for _ in range(random.randint(1, 2))
            )
        if select != "COUNT()" and random.random() < 0.6:
            text += (
                f" ORDER BY {random.choice(fields)} {random.choice(['ASC', 'DESC', 'DESC NULLS LAST'])}, Id"
            )
        if random.random() < 0.4:
            text += f" LIMIT {random.randint(1, 5)}"
        found.append((text, name))
    return found


def _condition(fields: list[str], random: Random) -> str:
    field = random.choice(fields)
    operator = random.choice(["=", "!=", "<", ">", ">="])
    if field.endswith("Id"):
        return f"{field} {random.choice(['=', '!='])} '{{id}}'"
    if field in VALUES:
        return f"{field} {operator} {random.choice(VALUES[field])}"
    return f"{field} {random.choice(['=', '!=', 'LIKE'])} '{random.choice(TEXTS)}'"


COMPLETIONS = [
    "/complete/people?q={q}&subject={id}",
    "/complete/people?q={q}",
    "/complete/topics?q={topic}",
    V + "/chatter/mentions/completions?q={q}&contextId={id}&pageSize=3",
    V + "/chatter/mentions/validations?parentId={id}&recordIds={people}&visibility=AllUsers",
]


def completions(names: list[str], random: Random, most: int) -> list[tuple[str, str]]:
    """What an editor asks while somebody writes on any of these things: as text with `{id}`, and the name."""
    return [
        (
            random.choice(COMPLETIONS)
            .replace("{q}", random.choice(["n", "m", "o", "g", "ma", "x"]))
            .replace("{topic}", random.choice(["t", "h", "hu", "p", "g", "n", ""])),
            random.choice(names),
        )
        for _ in range(most)
    ]


def completion_address(text: str, world: World, name: str) -> str:
    people = ",".join(world.key(who) for who in ("omar", "noor", "nina", "gus"))
    return text.replace("{id}", world.key(name)).replace("{people}", people)


def query_address(text: str, world: World, name: str) -> str:
    return f"{V}/query?q={quote(text.replace('{id}', world.key(name)))}"
