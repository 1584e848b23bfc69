"""Pages of feeds: home, company, profiles, topics, and what is new in an open one."""

from typing import Any
from urllib.parse import quote

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from hubbub import people, records
from hubbub.core import html, ids
from hubbub.core.db import Tx
from hubbub.core.errors import NotFound
from hubbub.core.ids import Type
from hubbub.feed import queries
from hubbub.feed.pages.composing import composer
from hubbub.feed.pages.parts import choice, needs_of, show_feed
from hubbub.feed.queries import Page


@get("/")
async def home(
    request: Request[Any, Any, Any], tx: NamedDependency[Tx], actor: NamedDependency[people.Actor]
) -> Response[str]:
    """What needs me, then what happens to whom and what I follow."""
    chosen = choice(request)
    page = await queries.news(tx, actor, **chosen.arguments)
    needs, count = await needs_of(tx, actor) if chosen.after is None else ([], 0)
    worth = await people.worth_following(tx, actor, 5) if not actor.guest else []
    return await html.page(
        request,
        tx,
        actor,
        "feed/home.html",
        feed=show_feed("news", "/", chosen, page),
        composer=await composer(tx, actor, actor.id),
        here=actor.id,
        needs=needs,
        needs_count=count,
        people=worth,
        followed=[],
        following_count=await queries.count_following(tx, actor, actor.id),
    )


@get("/company")
async def company(
    request: Request[Any, Any, Any], tx: NamedDependency[Tx], actor: NamedDependency[people.Actor]
) -> Response[str]:
    """What everybody here says, as far as I may see it."""
    chosen = choice(request)
    page = await queries.company(tx, actor, **chosen.arguments)
    return await html.page(
        request,
        tx,
        actor,
        "feed/company.html",
        feed=show_feed("company", "/company", chosen, page),
        composer=await composer(tx, actor, actor.id),
        here=None,
    )


@get("/people/{key:str}")
async def profile(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    key: FromPath[str],
) -> Response[str]:
    """A person: who he is, and what is said by him, to him and about him."""
    user_id = ids.parse(key, Type.USER)
    person = await people.profile(tx, actor, user_id)
    chosen = choice(request)
    page = await queries.subject(tx, actor, user_id, **chosen.arguments)
    return await html.page(
        request,
        tx,
        actor,
        "feed/profile.html",
        person=person,
        following=await people.is_following(tx, actor.id, user_id),
        followers=await people.count_followers(tx, user_id) if not actor.guest else 0,
        follows=await queries.count_following(tx, actor, user_id) if not actor.guest else 0,
        is_me=user_id == actor.id,
        composer=await composer(tx, actor, user_id),
        feed=show_feed(f"profile/{ids.show(user_id)}", f"/people/{ids.show(user_id)}", chosen, page),
        here=user_id,
    )


@get("/topics/{name:path}")
async def topic(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
) -> Response[str]:
    """What was said under a topic; its name may have slashes."""
    name = request.scope["path"].removeprefix("/topics/")
    chosen = choice(request)
    found = await queries.find_topic(tx, actor, name)
    page = await queries.subject(tx, actor, found.id, **chosen.arguments)
    return await html.page(
        request,
        tx,
        actor,
        "feed/topic.html",
        topic_name=found.name,
        feed=show_feed(f"topic/{ids.show(found.id)}", f"/topics/{quote(found.name, safe='')}", chosen, page),
        here=None,
    )


@get(["/feeds/{kind:str}/new", "/feeds/{kind:str}/{key:str}/new"])
async def new_items(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    kind: FromPath[str],
) -> Response[str]:
    """What an open feed does not show yet, as changes to the page."""
    key, since = request.path_params.get("key", ""), request.query_params.get("since", "")
    chosen = choice(request)
    arguments = chosen.arguments
    if since and chosen.sort == "posts":
        arguments["since"] = await queries.place_of(tx, actor, ids.parse(since, Type.FEED_ITEM))
    page, here = await _feed_page(tx, actor, kind, key, arguments)
    return html.stream(request, "feed/streams/new.html", actor=actor, items=page.items, here=here)


async def _feed_page(
    tx: Tx, actor: people.Actor, kind: str, key: str, arguments: dict[str, Any]
) -> tuple[Page, int | None]:
    match kind:
        case "news":
            return await queries.news(tx, actor, **arguments), actor.id
        case "company":
            return await queries.company(tx, actor, **arguments), None
        case "profile":
            user_id = ids.parse(key, Type.USER)
            await people.access_user(tx, actor, user_id)
            return await queries.subject(tx, actor, user_id, **arguments), user_id
        case "record":
            record_id = ids.parse(key)
            await records.access_record(tx, actor, record_id)
            return await queries.subject(tx, actor, record_id, **arguments), record_id
        case "topic":
            if actor.guest:
                raise NotFound()
            return await queries.subject(tx, actor, ids.parse(key, Type.TOPIC), **arguments), None
    raise NotFound()


ROUTES = [home, company, profile, topic, new_items]
