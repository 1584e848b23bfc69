"""What every page wears: the org's name, the feeds and lists on the left, who I am, where live messages go on."""

from collections.abc import Mapping
from typing import Any

import msgspec
import structlog
from litestar import Response
from litestar.types import Empty
from litestar.utils.scope.state import ScopeState

from hubbub import feed, inbox, objects, people, records
from hubbub.core import html, ids, languages
from hubbub.core.db import Tx
from hubbub.core.errors import Refused, Unauthenticated
from hubbub.core.handlers import Request
from hubbub.core.html import translate as _
from hubbub.core.http import Act, credential, is_form, wished
from hubbub.core.languages import mark

log = structlog.get_logger("hubbub.http")

IN_ORDER = "Opportunity Account Contact Lead Case Task Event Campaign Contract Asset Product2".split()
MOST_RECENT = 5  # records that I opened last
ELSEWHERE = {"CampaignMember"}  # they are found where they belong


class Link(msgspec.Struct, frozen=True):
    """One of the addresses that every page offers, called by the name that people gave it or in the reader's language."""

    label: str
    url: str
    icon: str
    count: int | None = None  # unread, of a hundred at most
    current: bool = False
    feed: str = ""  # the live topic of what is counted


class Shell(msgspec.Struct, frozen=True):
    """What every page wears."""

    org: str
    me: people.Person
    feeds: list[Link]
    streams: list[Link]  # and what else can be read as a feed
    recent: list[Link]  # records that I opened last, where feeds are listed
    objects: list[Link]
    people_url: str | None
    unseen: int  # notices, of a hundred at most
    live_cursor: str
    live_reach: str  # changes with the fields that I may read
    most_characters: int  # of what one writes
    demo: bool
    next: str


async def assemble(tx: Tx, actor: people.Actor, request: Request, shown: Mapping[str, Any]) -> Shell:
    """The shell for this person and page, with what the page has `shown` of it already. A guest's has what guests have: his
    feed, and lists of what is shared with him."""
    path = request.scope["path"]
    query = request.scope["query_string"].decode("latin-1")
    viewer = await records.viewer(tx, actor)
    page_feed = shown.get("feed")
    unread = dict(page_feed.unread_counts) if isinstance(page_feed, feed.Feed) else {}
    beside = {"news", "company"} if _has_left(path) and not actor.guest else {"news"}
    opened = records.opened(viewer, MOST_RECENT) if _lists_feeds(path) else "null"
    counted, (org, unseen, streams, kept, recent) = await feed.unread_in(
        tx,
        actor,
        sorted(beside - unread.keys()),
        also=f"{people.ORG_NAME}, {inbox.unseen(viewer)}, {feed.MY_STREAMS}, {feed.MY_SEARCHES}, {opened}",
    )
    unread |= {topic: each.count for topic, each in counted.items()}
    objects = [
        Link(
            _(object.plural),
            f"/o/{object.name}",
            object.icon,
            None,
            path == f"/o/{object.name}",
        )
        for object in sorted(
            viewer.catalog.objects,
            key=lambda o: (IN_ORDER.index(o.name) if o.name in IN_ORDER else 99, o.name),
        )
        if viewer.can(object).read and object.name not in ELSEWHERE
    ]
    feeds = [
        Link(_("What I Follow"), "/", "home", unread["news"], path == "/", "news"),
        _feed(_("To Me"), "to", "at", path),
        _feed(_("Bookmarked"), "bookmarks", "bookmark", path),
    ]
    if not actor.guest:
        everybody = unread.get("company")
        feeds.append(
            Link(_("Company Highlights"), "/company", "company", everybody, path == "/company", "company")
        )
        feeds.append(Link(_("Topics"), "/topics", "topic", None, path in ("/topics", "/trending")))
    feeds.append(Link(_("My Drafts"), "/drafts", "draft", None, path == "/drafts"))
    more = [_feed(_("People"), "people", "people", path)]
    if not actor.guest:
        more += [
            _feed(_("Topics I follow"), "topics", "topic", path),
            *(_feed(name, f"streams/{ids.show(id)}", "feed", path) for id, name in streams or ()),
            *(_feed(text, f"favorites/{ids.show(id)}", "search", path) for id, text in kept or ()),
            Link(_("Streams"), "/streams", "feed", None, path == "/streams"),
        ]
    more += [_feed(_("Muted"), "muted", "mute", path), _feed(_("Search"), "search", "search", path)]
    return Shell(
        org=org,
        me=people.Person(actor.user_id, actor.name, actor.title, actor.guest, photo=actor.photo),
        feeds=feeds,
        streams=more,
        recent=[
            Link(card.name, card.url, viewer.catalog.object(card.object).icon)
            for card in records.opened_cards(viewer, recent)
        ],
        objects=objects,
        people_url=None if actor.guest else "/people",
        unseen=unseen,
        live_cursor=actor.cursor,
        live_reach=records.reach(viewer),
        most_characters=(await feed.tracking(tx, viewer)).most_characters,
        demo=False,
        next=path + (f"?{query}" if query else ""),
    )


# What people write into forms, by the names of the inputs; the fields of records are called as their objects call them.
# A password is never among these: what is not named here is not shown again.
WRITTEN = {
    "title": mark("Title"),
    "subject": mark("Subject"),
    "text": mark("Text"),
    "choice": mark("Choice"),
    "name": mark("Name"),
    "label": mark("Label"),
    "description": mark("Description"),
    "note": mark("A note for the moderators"),
    "message": mark("A line from you"),
    "invitees": mark("E-mail addresses"),
    "callbacks": mark("Where it lives"),
    "minutes": mark("Minutes"),
    "owner": mark("New owner"),
    "v": mark("Value"),
    "first_name": mark("First name"),
    "last_name": mark("Last name"),
    "nickname": mark("Known as"),
    "department": mark("Department"),
    "about": mark("About me"),
    "skills": mark("Skills"),
    "phone": mark("Phone"),
    "mobile": mark("Mobile"),
    "city": mark("City"),
    "country": mark("Country"),
}
_TICKED = "true"


async def _written(request: Request, tx: Tx, actor: people.Actor) -> list[tuple[str, str]]:
    """What was written into the form that could not be saved, by the labels of its inputs, so that it is not lost. It is the
    same whether what it was for is gone or out of sight: nothing is looked up but what objects call their fields."""
    if not is_form(request) or "route_handler" not in request.scope:  # no form of ours leads nowhere
        return []
    if (
        ScopeState.from_scope(request.scope).form is Empty
    ):  # it was too large or no form: the rest is not waited for
        return []
    said = [
        (name, value.strip())
        for name, value in (await request.form()).multi_items()
        if isinstance(value, str) and value.strip() not in ("", _TICKED)
    ]
    him = await records.viewer(tx, actor)
    labels = dict(WRITTEN)
    for object in _of_address(request.scope["path"], him.catalog):
        labels |= {field.name: field.label for field in him.fields(object)}
    return [(_(labels[name]), value) for name, value in said if name in labels]


def _of_address(path: str, catalog: objects.Catalog) -> list[objects.Object]:
    """Of which objects a form at this address may ask for fields: of activities too, which are planned on other records'
    pages; the one that the address names last, which has its own labels."""
    kind, _slash, rest = path.lstrip("/").partition("/")
    named = rest.partition("/")[0]
    others = [each for each in catalog.objects if each.name in ("Task", "Event")]
    if kind == "o":
        return [*others, *(each for each in catalog.objects if each.name == named)]
    return [*others, *(each for each in catalog.objects if kind == "r" and named.startswith(each.prefix))]


def _has_left(path: str) -> bool:
    """Does this page list the feeds beside what it shows?"""
    return path in ("/", "/company", "/topics", "/trending") or path.startswith(
        ("/people/", "/topics/", "/feeds/")
    )


def _lists_feeds(path: str) -> bool:
    """Has this page the left column, counted or not?"""
    return _has_left(path) or path.startswith(
        ("/people", "/streams", "/drafts", "/following", "/digest", "/notices", "/posts/")
    )


def _feed(label: str, name: str, icon: str, path: str) -> Link:
    return Link(label, f"/feeds/{name}", icon, None, path == f"/feeds/{name}")


class ErrorPage(Response[str]):
    """What went wrong and what to do. Where it is known who asks it wears what every page wears; it needs neither that nor
    a database."""

    def __init__(self, request: Request, refusal: Refused) -> None:
        super().__init__("", status_code=refusal.status, media_type="text/html")
        self.headers["cache-control"] = "no-store"
        self.refusal = refusal

    def to_asgi_response(self, *args: Any, **options: Any) -> Any:
        """The answer, rendered when it is sent: only then may the database be asked."""
        whole = super().to_asgi_response

        async def answer(scope: Any, receive: Any, send: Any) -> None:
            request: Request = scope["litestar_app"].request_class(scope, receive, send)
            with languages.listening(languages.spoken() if languages.is_heard() else wished(scope)):
                self.content = await _worn(request, self.refusal) or html.error_page(request, self.refusal)
            await whole(*args, **options)(scope, receive, send)

        return answer


async def _worn(request: Request, refusal: Refused) -> str | None:
    """The page of an error in the shell of who asks; None where it is not known who, or where nobody looks at a page."""
    given = credential(request)
    # A browser that will show the whole page says so; scripts ask for pieces as text/html alone.
    looks = "application/xhtml+xml" in request.headers.get("accept", "")
    if given is None or not looks or refusal.status in (401, 503):
        return None
    # What was begun is over, and gives its connection back before another is asked for.
    act: Act | None = request.scope["state"].get("act")
    if act is not None and not act.done:
        await act.end(commit=False)
    try:
        async with request.app.state.database.act(given.org_id, read=True) as tx:
            actor = await people.authenticate(tx, given)
            languages.speak_to(actor.locale)
            worn = await assemble(tx, actor, request, {})
            written = await _written(request, tx, actor)
    except Unauthenticated:
        return None
    except Exception as failure:  # whatever it is: the error that is told here is another
        log.warning("error page without shell", reason=f"{type(failure).__name__}: {failure}")
        return None
    # Not back to where it failed.
    return html.error_page(request, refusal, actor, msgspec.structs.replace(worn, next="/"), written=written)


def error_page(request: Request, refusal: Refused) -> Response[str]:
    """What went wrong and what to do."""
    return ErrorPage(request, refusal)
