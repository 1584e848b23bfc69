"""Going anywhere by typing: pages, commands, and people, records and topics by name. A page of its own, and what the command
palette asks."""

from urllib.parse import quote

import msgspec
from litestar import Response, get

from hubbub import feed, people, records
from hubbub.core import html
from hubbub.core.db import Tx
from hubbub.core.handlers import Request, Transaction
from hubbub.core.html import translate as _

OFFERED = 5  # of each kind


class Place(msgspec.Struct, frozen=True):
    """Where one can go, or what one can do: `post` is the address of an act that is one press, none of a page."""

    label: str
    icon: str
    url: str = ""
    post: str = ""
    detail: str = ""
    outside: bool = False
    leaves: bool = False  # the act ends the session: no script answers it


class Group(msgspec.Struct, frozen=True):
    """Places of one kind."""

    title: str
    name: str
    places: list[Place]


@get("/jump")
async def show_jump(request: Request, tx: Transaction, actor: people.Me) -> Response[str]:
    """What the command palette offers, as a page: everything there is to go to and to do, or what is called like `q`."""
    q = _asked(request)
    groups = await _standing(request, tx, actor)
    if q:
        words = q.casefold().split()
        groups = [
            Group(group.title, group.name, [one for one in group.places if _fits(one.label, words)])
            for group in groups
        ]
        groups = await _found(tx, actor, q) + groups
    return await html.page(
        request,
        tx,
        actor,
        "desk/jump.html",
        q=q,
        words=quote(q),
        groups=[group for group in groups if group.places],
    )


@get("/jump/standing")
async def standing(request: Request, tx: Transaction, actor: people.Me) -> Response[str]:
    """The pages and commands that the palette offers: asked once when it opens, sifted there."""
    return html.fragment(
        request, "desk/_jump.html", actor=actor, groups=await _standing(request, tx, actor), options=True
    )


@get("/jump/found")
async def found(request: Request, tx: Transaction, actor: people.Me) -> Response[str]:
    """People, records and topics that I see and that are called like `q`: five of a kind."""
    return html.fragment(
        request, "desk/_jump.html", actor=actor, groups=await _found(tx, actor, _asked(request)), options=True
    )


def _asked(request: Request) -> str:
    return request.query_params.get("q", "").replace("\0", "")[:100].strip()


def _fits(label: str, words: list[str]) -> bool:
    """Does each word begin a word of the label?"""
    parts = label.casefold().split()
    return all(any(part.startswith(word) for part in parts) for word in words)


async def _standing(request: Request, tx: Tx, actor: people.Actor) -> list[Group]:
    shell = await request.app.state.shell(tx, actor, request, {})
    him = await records.viewer(tx, actor)
    pages = [Place(link.label, link.icon, link.url) for link in shell.feeds + shell.streams + shell.objects]
    if shell.people_url:
        pages.append(Place(_("People"), "people", shell.people_url))
    pages += [
        Place(_("Notifications"), "bell", "/notices"),
        Place(_("My profile"), "me", shell.me.url),
        Place(_("What I am told"), "bell", "/notices/preferences"),
        Place(_("Where I am signed in"), "device", "/people/sessions"),
    ]
    if not actor.guest:
        pages.append(Place(_("Recycle bin"), "trash", "/bin"))
    if actor.moderator:
        pages.append(Place(_("Flagged posts"), "flag", "/moderation"))
    if actor.admin:
        pages.append(Place(_("Setup"), "setup", "/setup"))
    commands = [] if actor.guest else [Place(_("New post"), "post", "/#composer")]
    commands += [
        Place(_("New: {object:_}", object=object.label), "plus", f"/o/{object.name}/new")
        for object in him.catalog.objects
        if him.can(object).create and not actor.guest
    ]
    commands += [
        Place(_("Mark all notifications as read"), "check", post="/notices/read"),
        Place(_("Light colours"), "eye", post="/theme/light"),
        Place(_("Dark colours"), "eye", post="/theme/dark"),
        Place(_("Colours of this device"), "eye", post="/theme/device"),
        Place(_("Switch to another company"), "company", "/orgs"),
        Place(_("Sign out"), "signout", post="/sign-out", leaves=True),
    ]
    icons = {object.name: object.icon for object in him.catalog.objects}
    opened = [
        Place(card.name, icons[card.object], card.url, detail=_(card.label))
        for card in await records.recently_viewed(tx, him, size=OFFERED)
    ]
    return [
        Group(_("Recently viewed"), "recent", opened),
        Group(_("Go to"), "pages", pages),
        Group(_("Do"), "commands", commands),
    ]


async def _found(tx: Tx, actor: people.Actor, q: str) -> list[Group]:
    """Everything here is found by what somebody sees and in the order of names: what he does not see moves nothing."""
    if not q:
        return []
    him = await records.viewer(tx, actor)
    persons = await people.find_people(tx, actor, q, size=OFFERED)
    cards = await records.find_beginning(tx, him, q, size=OFFERED)
    topics = await feed.topics_to_name(tx, actor, q.removeprefix("#"), size=OFFERED)
    icons = {object.name: object.icon for object in him.catalog.objects}
    return [
        Group(
            _("People"),
            "people",
            [Place(one.name, "me", one.url, detail=one.title or "", outside=one.guest) for one in persons],
        ),
        Group(
            _("Records"),
            "records",
            [Place(card.name, icons[card.object], card.url, detail=_(card.label)) for card in cards],
        ),
        Group(
            _("Topics"), "topics", [Place(topic.name, "topic", f"/topics/{topic.key}") for topic in topics]
        ),
    ]


ROUTES = [show_jump, standing, found]
