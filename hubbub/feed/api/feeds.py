"""REST: the Chatter directory, feeds and their elements."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from hubbub import people
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid
from hubbub.core.rest import api_base, json_answer, whole
from hubbub.feed import queries
from hubbub.feed.api.asking import check_feed, shaper, shown_in
from hubbub.feed.queries import ACTIVE, NEWEST, Page, Place

SORTS = {"CreatedDateDesc": NEWEST, "LastModifiedDateDesc": ACTIVE}


@get("/")
async def root(request: Request[Any, Any, Any], actor: NamedDependency[people.Actor]) -> Response[bytes]:
    """GET /chatter — Chatter Directory: where feeds, groups and users are."""
    base = api_base(request) + "/chatter"
    return json_answer(
        {
            "extensions": f"{base}/extensions",
            "feeds": f"{base}/feeds",
            "groups": f"{base}/groups",
            "streams": f"{base}/streams",
            "users": f"{base}/users",
        }
    )


@get("/feeds")
async def directory(
    request: Request[Any, Any, Any], tx: NamedDependency[Tx], actor: NamedDependency[people.Actor]
) -> Response[bytes]:
    """GET /chatter/feeds — Feed Directory: the feeds that I have."""
    return json_answer((await shaper(request, tx, actor)).directory(actor))


@get(["/feeds/{kind:str}", "/feeds/{kind:str}/{subject:str}"])
async def feed(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    kind: FromPath[str],
) -> Response[bytes]:
    """GET /chatter/feeds/{news|company|user-profile|record|bookmarks|mute}[/{subject}] — Feed: where its elements are."""
    subject = request.path_params.get("subject", "")
    await check_feed(tx, actor, kind, subject)
    path = f"/feeds/{kind}" + (f"/{subject}" if subject else "")
    return json_answer((await shaper(request, tx, actor)).feed(path))


@get(["/feeds/{kind:str}/feed-elements", "/feeds/{kind:str}/{subject:str}/feed-elements"])
async def feed_elements(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    kind: FromPath[str],
) -> Response[bytes]:
    """GET …/feed-elements — Feed Element Page: pageSize 1 to 100 (25), page, sort CreatedDateDesc (usual)
    or LastModifiedDateDesc; bookmarks and muted threads come as they were marked, the last first."""
    subject = request.path_params.get("subject", "")
    size = whole(request, "pageSize", 25, 1, 100)
    sort = request.query_params.get("sort", "CreatedDateDesc")
    if sort not in SORTS:
        raise Invalid("INVALID_INPUT", f"sort is one of {', '.join(SORTS)}.", fields=["sort"])
    token = request.query_params.get("page")
    after = Place.parse(token) if token else None
    page = await _page(tx, actor, kind, subject, order=SORTS[sort], after=after, size=size)
    query = {
        name: request.query_params[name] for name in ("pageSize", "sort") if name in request.query_params
    }
    path = f"/feeds/{kind}" + (f"/{subject}" if subject else "") + "/feed-elements"
    return json_answer(
        (await shaper(request, tx, actor, shown_in(page.items))).page(page, path, query, after)
    )


async def _page(tx: Tx, actor: people.Actor, kind: str, subject: str, **asked: Any) -> Page:
    subject_id = await check_feed(tx, actor, kind, subject)
    match kind:
        case "news":
            return await queries.news(tx, actor, **asked)
        case "bookmarks" | "mute":
            mark = "bookmarked" if kind == "bookmarks" else "muted"
            return await queries.marked(tx, actor, mark, after=asked["after"], size=asked["size"])
        case "company":
            return await queries.company(tx, actor, **asked)
        case "user-profile":
            return await queries.subject(tx, actor, subject_id, **asked)
    return await queries.subject(tx, actor, subject_id, only_on_it=True, **asked)


ROUTES = [root, directory, feed, feed_elements]
