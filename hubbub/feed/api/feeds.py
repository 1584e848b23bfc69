"""REST: the Chatter directory, feeds and their elements."""

from collections.abc import Awaitable, Callable
from functools import partial

import msgspec
from litestar import Response, get

from hubbub import people, records
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.ids import Type
from hubbub.core.rest import api_base, json_answer, whole
from hubbub.feed import queries
from hubbub.feed.access import access_item, access_subject
from hubbub.feed.api.asking import check_feed, shaper, shown_in
from hubbub.feed.queries import ACTIVE, FILTERS, NEWEST, TOP, VIEWED, Ask, Bundle, Page, Place, Sift
from hubbub.feed.shapes import Json
from hubbub.feed.shapes import feeds as shapes

SORTS = {"CreatedDateDesc": NEWEST, "LastModifiedDateDesc": ACTIVE, "Relevance": TOP, "MostViewed": VIEWED}
DENSITIES = ("AllUpdates", "FewerUpdates")
# What the next page is asked with, too.
KEPT = (
    "pageSize",
    "sort",
    "q",
    "filter",
    "density",
    "recentCommentCount",
    "elementsPerBundle",
    "updatedSince",
)
Read = Callable[[Ask], Awaitable[Page]]


@get("/")
async def root(request: Request, actor: people.Me) -> Response[bytes]:
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
async def directory(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """GET /chatter/feeds — Feed Directory: the feeds that I have."""
    viewer, shape = await records.viewer(tx, actor), await shaper(request, tx, actor)
    return json_answer(
        shapes.directory(shape, viewer, await queries.favorites(tx, actor), await queries.streams(tx, actor))
    )


@get(["/feeds/{kind:str}", "/feeds/{kind:str}/{subject:str}", "/feeds/{kind:str}/{subject:str}/{prefix:str}"])
async def feed(request: Request, tx: Transaction, actor: people.Me, kind: InPath) -> Response[bytes]:
    """GET /chatter/feeds/{news|to|bookmarks|mute|people|topics|streams|filter|company|user-profile|record}[/{subject}] — Feed:
    where its elements are. filter/me is the Feed Directory of filter/me/{keyPrefix}."""
    subject, prefix = named(request)
    if (kind, subject, prefix) == ("filter", "me", ""):
        viewer = await records.viewer(tx, actor)
        return json_answer(shapes.filters(await shaper(request, tx, actor), viewer))
    await read_of(tx, actor, kind, subject, prefix)
    return json_answer(shapes.feed(await shaper(request, tx, actor), feed_path(kind, subject, prefix)))


@get(
    [
        "/feeds/{kind:str}/feed-elements",
        "/feeds/{kind:str}/{subject:str}/feed-elements",
        "/feeds/{kind:str}/{subject:str}/{prefix:str}/feed-elements",
    ]
)
async def feed_elements(request: Request, tx: Transaction, actor: people.Me, kind: InPath) -> Response[bytes]:
    """GET …/feed-elements — Feed Element Page: pageSize 1 to 100 (25), page, sort CreatedDateDesc (usual),
    LastModifiedDateDesc, Relevance or MostViewed; q words to search for (* any letters, ? one), filter AllQuestions,
    UnansweredQuestions, UnsolvedQuestions, SolvedQuestions, Unread or Read, and on profiles AuthoredBy; density AllUpdates
    or FewerUpdates; recentCommentCount 0 to 25 (3); elementsPerBundle 0 to 10 (3): how many changes of a run are shown, on
    records always and elsewhere where it is given; updatedSince an updatesToken: what was made, edited or commented on
    since. Bookmarks and muted threads come as they were marked, the last first."""
    subject, prefix = named(request)
    read = await read_of(tx, actor, kind, subject, prefix)
    ask = asked(request, feed_topic(kind, subject), bundled=kind == "record")
    if request.query_params.get("filter") == "AuthoredBy":
        if kind != "user-profile":
            raise Invalid("INVALID_INPUT", "AuthoredBy filters the feeds of profiles.", fields=["filter"])
        ask = ask.then(
            sift=_authored(ask.sift, actor.id if subject == "me" else ids.parse(subject, Type.USER))
        )
    return await elements_page(
        request, tx, actor, read, ask, feed_path(kind, subject, prefix) + "/feed-elements"
    )


@get("/feeds/{kind:str}/{subject:str}/is-modified")
async def is_modified(
    request: Request, tx: Transaction, actor: people.Me, kind: InPath, subject: InPath
) -> Response[bytes]:
    """GET /chatter/feeds/news/me/is-modified — Feed Modified Info: has What I Follow changed `since` an isModifiedToken?"""
    if (kind, subject) != ("news", "me"):
        raise NotFound()
    since = request.query_params.get("since")
    if not since:
        raise Invalid("MISSING_ARGUMENT", "since is missing: an isModifiedToken.", fields=["since"])
    token = actor.cursor
    page = await queries.news(tx, actor, Ask(size=1, sift=Sift(changed_since=since), comments=0))
    shape = await shaper(request, tx, actor)
    return json_answer(
        {
            "isModified": bool(page.items),
            "isModifiedToken": token,
            "nextPollUrl": shape.url("/feeds/news/me/is-modified", since=token),
        }
    )


@get("/feed-elements")
async def search(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """GET /chatter/feed-elements?q= — Feed Element Page: what of all that I may see says these words. In its body,
    its comments or a change that I may read. pageSize, page, sort and recentCommentCount as in feeds."""
    if not request.query_params.get("q"):
        raise Invalid("MISSING_ARGUMENT", "q is missing: the words to search for.", fields=["q"])
    ask = asked(request, "")
    return await elements_page(
        request, tx, actor, partial(queries.everything, tx, actor), ask, "/feed-elements"
    )


@get("/feed-elements/{key:str}/capabilities/bundle")
async def bundle(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """GET …/capabilities/bundle?until= — Tracked Change Bundle Capability: the changes of a record from this one back to
    the one named `until`; elementsPerBundle 0 to 10 (3) of them are shown."""
    run, last = await _run(request, tx, actor, key)
    most = whole(request, "elementsPerBundle", 3, 0, 10)
    shown = await queries.items(tx, actor, run[: max(most, 1)])
    made = Bundle(shown[:most], len(run), shown[0], last)
    return json_answer(shapes.bundle_capability(await shaper(request, tx, actor, shown_in(shown)), made))


@get("/feed-elements/{key:str}/capabilities/bundle/feed-elements")
async def bundle_elements(
    request: Request, tx: Transaction, actor: people.Me, key: InPath
) -> Response[bytes]:
    """GET …/capabilities/bundle/feed-elements?until= — Feed Element Page: the elements of a bundle; page is the last element
    of the page before, pageSize 1 to 100 (25)."""
    run, last = await _run(request, tx, actor, key)
    size, token = whole(request, "pageSize", 25, 1, 100), request.query_params.get("page")
    begin = 0
    if token:
        before = ids.parse(token, Type.FEED_ITEM)
        if before not in run:
            raise Invalid("INVALID_PAGE_TOKEN", "This page token is of another bundle.", fields=["page"])
        begin = run.index(before) + 1
    shown = await queries.items(tx, actor, run[begin : begin + size])
    shape = await shaper(request, tx, actor, shown_in(shown))
    path = f"/feed-elements/{key}/capabilities/bundle/feed-elements"
    query = {"until": ids.show(last)} | ({"pageSize": size} if size != 25 else {})
    body = shapes.page(shape, Page(shown, None), path, query | ({"page": token} if token else {}), None)
    if begin + size < len(run):
        body["nextPageToken"] = shown[-1].key
        body["nextPageUrl"] = shape.url(path, **(query | {"page": shown[-1].key}))
    return json_answer(body)


async def _run(request: Request, tx: Tx, actor: people.Actor, key: str) -> tuple[list[int], int]:
    first = await access_item(tx, actor, ids.parse(key, Type.FEED_ITEM))
    until = request.query_params.get("until")
    run = await queries.run(tx, actor, first.id, ids.parse(until, Type.FEED_ITEM) if until else first.id)
    if not run:
        raise NotFound()  # this is no change, or somebody has answered it since
    return run, run[-1]


# --- what feeds share ----------------------------------------------------------------------------------------------


def asked(request: Request, topic: str, *, bundled: bool = False) -> Ask:
    """How the parameters ask for a feed, whose live topic tells what is unread."""
    given = request.query_params
    sort, density = given.get("sort", "CreatedDateDesc"), given.get("density", "AllUpdates")
    wanted = given.get("filter")
    for name, value, allowed in (
        ("sort", sort, SORTS),
        ("density", density, DENSITIES),
        ("filter", wanted, (*FILTERS, "AuthoredBy", None)),
    ):
        if value not in allowed:
            choices = ", ".join(each for each in allowed if each)
            raise Invalid("INVALID_INPUT", f"{name} is one of {choices}.", fields=[name])
    token = given.get("page")
    per_bundle = whole(request, "elementsPerBundle", 3, 0, 10)
    return Ask(
        order=SORTS[sort],
        after=Place.parse(token) if token else None,
        size=whole(request, "pageSize", 25, 1, 100),
        sift=Sift(
            fewer=density == "FewerUpdates",
            filter=wanted if wanted in FILTERS else None,
            feed=topic,
            q=given.get("q"),
            changed_since=given.get("updatedSince"),
        ),
        bundled=per_bundle if bundled or "elementsPerBundle" in given else None,
        comments=whole(request, "recentCommentCount", 3, 0, 25),
    )


async def elements_page(
    request: Request,
    tx: Tx,
    actor: people.Actor,
    read: Read,
    ask: Ask,
    path: str,
    *,
    body: Callable[..., Json] = shapes.page,
) -> Response[bytes]:
    """Feed Element Page of what was asked for, or the `body` that is made of it."""
    token = actor.cursor if ask.after is None and ask.sift.q is None else None
    page = await read(ask)
    query = {name: request.query_params[name] for name in KEPT if name in request.query_params}
    shape = await shaper(request, tx, actor, shown_in(page.items))
    return json_answer(body(shape, page, path, query, ask.after, token=token))


def feed_topic(kind: str, subject: str) -> str:
    """The live topic of a feed, which tells what of it is unread."""
    return {"news": "news", "company": "company"}.get(kind) or f"{kind.removeprefix('user-')}/{subject}"


def _authored(sift: Sift, author: int) -> Sift:
    return msgspec.structs.replace(sift, author=author)


def named(request: Request) -> tuple[str, str]:
    return request.path_params.get("subject", ""), request.path_params.get("prefix", "")


def feed_path(*parts: str) -> str:
    return "/".join(("/feeds", *filter(None, parts)))


async def read_of(tx: Tx, actor: people.Actor, kind: str, subject: str, prefix: str) -> Read:
    """What reads the feed that is meant; raises NotFound where there is none for the reader."""
    match kind, subject, prefix:
        case "to", "me", "":
            return partial(queries.to_me, tx, actor)
        case "people", "me", "":
            return partial(queries.from_people, tx, actor)
        case "topics", "me", "" if not actor.guest:
            return partial(queries.of_topics, tx, actor)
        case "topics", _, "" if subject and not actor.guest:
            topic = ids.parse(subject, Type.TOPIC)
            await access_subject(tx, actor, topic)
            return partial(queries.subject, tx, actor, topic)
        case "streams", _, "" if subject:
            stream = await queries.stream(tx, actor, ids.parse(subject, Type.STREAM))
            return partial(queries.of_stream, tx, actor, stream.id)
        case "filter", "me", _ if prefix:
            return partial(queries.of_type, tx, actor, ids.type_of_prefix(prefix))
        case _, _, _ if prefix:
            raise NotFound()
    subject_id = await check_feed(tx, actor, kind, subject)
    match kind:
        case "news":
            return partial(queries.news, tx, actor)
        case "bookmarks":
            return partial(queries.marked, tx, actor, "bookmarked")
        case "mute":
            return partial(queries.marked, tx, actor, "muted")
        case "company":
            return partial(queries.company, tx, actor)
        case "user-profile":
            return partial(queries.subject, tx, actor, subject_id)
    return partial(queries.subject, tx, actor, subject_id, only_on_it=True)


ROUTES = [root, directory, is_modified, feed, feed_elements, search, bundle, bundle_elements]
