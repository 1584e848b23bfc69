"""Pages of feeds: home, company, profiles, topics, my own feeds, and what is new in an open one."""

from collections.abc import Awaitable, Callable
from functools import partial

import msgspec
from litestar import Response, get

from hubbub import people, records
from hubbub.core import html, ids
from hubbub.core.db import Tx
from hubbub.core.errors import NotFound
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.html import translate as _
from hubbub.core.ids import Type
from hubbub.core.languages import mark
from hubbub.feed import queries
from hubbub.feed.access import access_topic
from hubbub.feed.pages.composing import composer
from hubbub.feed.pages.parts import choice, needs_of, read_feed
from hubbub.feed.queries import Ask, Page


@get("/")
async def home(request: Request, tx: Transaction, actor: people.Me) -> Response[str]:
    """What needs me, then what happens to whom and what I follow."""
    chosen = choice(request)
    page = await queries.news(tx, actor, chosen.ask("news"))
    needs, count = await needs_of(tx, actor) if chosen.after is None else ([], 0)
    worth = await people.worth_following(tx, actor, 4) if not actor.guest else []
    near = await queries.records_worth_following(tx, actor, 3) if not actor.guest else []
    return await html.page(
        request,
        tx,
        actor,
        "feed/home.html",
        feed=await read_feed(tx, actor, "news", "/", chosen, page),
        composer=await composer(tx, actor, actor.id),
        here=actor.id,
        needs=needs,
        needs_count=count,
        people=worth,
        records=near,
        followed=[],
        following_count=await queries.count_following(tx, actor, actor.id),
    )


@get("/company")
async def company(request: Request, tx: Transaction, actor: people.Me) -> Response[str]:
    """What everybody here says, as far as I may see it."""
    chosen = choice(request)
    page = await queries.company(tx, actor, chosen.ask("company"))
    return await html.page(
        request,
        tx,
        actor,
        "feed/company.html",
        feed=await read_feed(tx, actor, "company", "/company", chosen, page, talk_only=True),
        composer=await composer(tx, actor, actor.id),
        announced=await queries.announced(tx, actor) if chosen.after is None else [],
        here=None,
    )


@get("/people/{key:str}")
async def profile(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[str]:
    """A person: who he is, and what is said by him, to him and about him."""
    user_id = ids.parse(key, Type.USER)
    person = await people.profile(tx, actor, user_id)
    chosen = choice(request)
    page = await queries.subject(tx, actor, user_id, chosen.ask(f"profile/{ids.show(user_id)}"))
    following, followers = await people.follow_state(tx, actor.id, user_id)
    return await html.page(
        request,
        tx,
        actor,
        "feed/profile.html",
        person=person,
        following=following,
        followers=followers if not actor.guest else 0,
        follows=await queries.count_following(tx, actor, user_id) if not actor.guest else 0,
        is_me=user_id == actor.id,
        may_edit=user_id == actor.id or actor.admin,
        clock=people.clock_of(person, actor),
        chain=await people.manager_chain(tx, actor, user_id) if person.manager_id else [],
        composer=await composer(tx, actor, user_id, person=person.person),
        feed=await read_feed(
            tx, actor, f"profile/{ids.show(user_id)}", f"/people/{ids.show(user_id)}", chosen, page
        ),
        here=user_id,
    )


class Source(msgspec.Struct):
    """A feed by its address below /feeds: what reads it, and what its page says."""

    read: Callable[[Ask], Awaitable[Page]]
    here: int | None = None  # whose own page it stands on
    title: str = ""
    empty: str = ""
    talk_only: bool = False
    change_url: str | None = None
    kept: queries.Favorite | None = None


async def _kept(tx: Tx, actor: people.Actor, search: str, ask: Ask) -> Page:
    """A search that somebody keeps, with what he looks for in it besides."""
    words = f"{search} {ask.sift.q}" if ask.sift.q else search
    return await queries.everything(tx, actor, ask.then(sift=msgspec.structs.replace(ask.sift, q=words)))


@get(["/feeds/{kind:str}/new", "/feeds/{kind:str}/{key:str}/new"])
async def new_items(request: Request, tx: Transaction, actor: people.Me, kind: InPath) -> Response[str]:
    """What an open feed does not show yet, as changes to the page."""
    key, since = request.path_params.get("key", ""), request.query_params.get("since", "")
    source = await _source(tx, actor, kind, key)
    chosen = choice(request)
    ask = chosen.ask(f"{kind}/{key}" if key else kind)
    if since and chosen.sort == "posts":
        ask = ask.then(since=await queries.place_of(tx, actor, ids.parse(since, Type.FEED_ITEM)))
    page = await source.read(ask)
    return html.stream(
        request, "feed/streams/new.html", actor=actor, elements=page.elements, here=source.here
    )


@get(["/feeds/{kind:str}", "/feeds/{kind:str}/{key:str}"])
async def feed(request: Request, tx: Transaction, actor: people.Me, kind: InPath) -> Response[str]:
    """One of my feeds: To Me, Bookmarked, Muted, the people or topics that I follow, one type of record, a search."""
    key = request.path_params.get("key", "")
    if kind in LIVE:
        raise NotFound()  # these have pages of their own
    source = await _source(tx, actor, kind, key)
    chosen = choice(request)
    name = f"{kind}/{key}" if key else kind
    asks = kind != "search" or chosen.q
    page = await source.read(chosen.ask(name)) if asks else Page([], None)
    return await html.page(
        request,
        tx,
        actor,
        "feed/feed.html",
        title=source.title,
        empty=source.empty,
        searching=kind == "search",
        change_url=source.change_url,
        kept=source.kept,
        feed=await read_feed(
            tx, actor, "", f"/feeds/{name}", chosen, page, name=name, talk_only=source.talk_only
        ),
        here=None,
    )


# The feeds that have live topics, and pages elsewhere.
LIVE = ("news", "company", "profile", "record", "topic")


async def _source(tx: Tx, actor: people.Actor, kind: str, key: str) -> Source:
    """The feed with that address; raises NotFound where there is none for the actor."""
    if key:
        return await _source_of(tx, actor, kind, key)
    match kind:
        case "news":
            return Source(partial(queries.news, tx, actor), actor.id)
        case "company":
            return Source(partial(queries.company, tx, actor))
        case "to":
            return Source(
                partial(queries.to_me, tx, actor),
                title=_("To Me"),
                empty=_("What mentions you, is written to you, or answers you shows here."),
            )
        case "bookmarks":
            return Source(
                partial(queries.marked, tx, actor, "bookmarked"),
                title=_("Bookmarked"),
                empty=_("Bookmark a post in its menu, and find it here on every device."),
            )
        case "muted":
            return Source(
                partial(queries.marked, tx, actor, "muted"),
                title=_("Muted"),
                empty=_("Threads that you mute leave What I Follow and wait here."),
            )
        case "people":
            return Source(
                partial(queries.from_people, tx, actor),
                title=_("People"),
                empty=_("Follow people: what they write and do shows here."),
            )
        case "topics":
            return Source(
                partial(queries.of_topics, tx, actor),
                title=_("Topics I follow"),
                empty=_("Follow topics: what is said under them shows here."),
                talk_only=True,
            )
        case "search":
            return Source(
                partial(queries.everything, tx, actor),
                title=_("Search in feeds"),
                empty=_("Nothing that you may see says these words."),
            )
    raise NotFound()


async def _source_of(tx: Tx, actor: people.Actor, kind: str, key: str) -> Source:
    match kind:
        case "profile":
            user_id = ids.parse(key, Type.USER)
            await people.access_user(tx, actor, user_id)
            return Source(partial(queries.subject, tx, actor, user_id), user_id)
        case "record":
            record_id = ids.parse(key)
            await records.access_record(tx, actor, record_id)
            return Source(partial(queries.subject, tx, actor, record_id), record_id)
        case "topic":
            topic_id = await access_topic(tx, actor, ids.parse(key, Type.TOPIC))
            return Source(partial(queries.subject, tx, actor, topic_id))
        case "streams":
            stream = await queries.stream(tx, actor, ids.parse(key, Type.STREAM))
            return Source(
                partial(queries.of_stream, tx, actor, stream.id),
                title=stream.name,
                empty=_("What happens to the sources of this stream shows here."),
                change_url=f"/streams/{stream.key}",
            )
        case "favorites":
            kept = await queries.favorite(tx, actor, ids.parse(key, Type.FAVORITE))
            if kept.topic_id is not None:
                return Source(partial(queries.subject, tx, actor, kept.topic_id), title=kept.name)
            if kept.view_id is not None:
                return await _view_source(tx, actor, kept.view_id)
            return Source(
                partial(_kept, tx, actor, kept.search or ""),
                title=kept.name,
                empty=_("Nothing that you may see says these words."),
                change_url="/streams",
                kept=kept,
            )
        case "lists":
            return await _view_source(tx, actor, ids.parse(key, Type.LIST_VIEW))
        case "filter":
            viewer = await records.viewer(tx, actor)
            code = ids.type_of_prefix(key)
            title = next(
                (each.plural for each in viewer.catalog.objects if each.code == code), mark("People")
            )
            return Source(
                partial(queries.of_type, tx, actor, code),
                title=_("What I follow: {objects:_}", objects=title),
                empty=_("What happens in What I Follow on {objects:lower} shows here.", objects=title),
            )
    raise NotFound()


async def _view_source(tx: Tx, actor: people.Actor, view_id: int) -> Source:
    """What happens to the records of a list view."""
    view = await records.access_view(tx, await records.viewer(tx, actor), view_id)
    return Source(
        partial(queries.of_view, tx, actor, view.id),
        title=view.title,
        empty=_("What happens to the records of this list shows here."),
        change_url=view.url,
    )


@get("/posts/{key:str}/changes")
async def changes(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[str]:
    """The changes of a record from this one back to the one named `until`, a hundred at most."""
    first = await queries.item(tx, actor, ids.parse(key, Type.FEED_ITEM))
    until = request.query_params.get("until")
    run = await queries.run(tx, actor, first.id, ids.parse(until, Type.FEED_ITEM) if until else first.id)
    return await html.page(
        request,
        tx,
        actor,
        "feed/changes.html",
        parent=first.parent,
        first=first.id,
        feed_items=await queries.items(tx, actor, run),
        here=first.parent.id,
    )


ROUTES = [home, company, profile, new_items, feed, changes]
