"""The Chatter REST API of the feed: feeds, feed elements, comments, likes, followers and following.

Mounted under /services/data/vXX.0/chatter and, with the same paths, under …/connect/communities/internal/chatter.
"""

from collections.abc import Iterable
from typing import Any

from litestar import Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from hubbub import people
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.ids import Type
from hubbub.core.rest import api_base, input_of, json_answer, whole
from hubbub.feed import actions, queries
from hubbub.feed.access import access_comment, access_item, access_like, access_subject
from hubbub.feed.queries import ACTIVE, NEWEST, Item, Page, Place
from hubbub.feed.shapes import Json, Shaper

SORTS = {"CreatedDateDesc": NEWEST, "LastModifiedDateDesc": ACTIVE}
LikeTarget = tuple[str, int]


# --- reading the request -------------------------------------------------------------------------------------------


def user_of(key: str, actor: people.Actor) -> int:
    return actor.id if key == "me" else ids.parse(key, Type.USER)


async def shaper(
    request: Request[Any, Any, Any], tx: Tx, actor: people.Actor, persons: Iterable[int] = ()
) -> Shaper:
    """How bodies look for this request; `persons` and records are those of whom it tells whether the reader follows them."""
    encode = request.headers.get("x-chatter-entity-encoding", "").lower() != "false"
    wanted = set(persons)
    return Shaper(api_base(request), await people.follows(tx, actor, wanted) if wanted else {}, encode)


def shown_in(items: Iterable[Item]) -> set[int]:
    """Everybody and everything whose follow state these items show."""
    found: set[int] = set()
    for item in items:
        found |= {item.author.id, item.parent.id}
        found |= {comment.author.id for comment in item.comments} | {like.user.id for like in item.likes}
    return found


# --- feeds ---------------------------------------------------------------------------------------------------------


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
    """GET /chatter/feeds/{news|company|user-profile|record}[/{subject}] — Feed: where its elements are."""
    subject = request.path_params.get("subject", "")
    await _check_feed(tx, actor, kind, subject)
    path = f"/feeds/{kind}" + (f"/{subject}" if subject else "")
    return json_answer((await shaper(request, tx, actor)).feed(path))


@get(["/feeds/{kind:str}/feed-elements", "/feeds/{kind:str}/{subject:str}/feed-elements"])
async def feed_elements(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    kind: FromPath[str],
) -> Response[bytes]:
    """GET …/feed-elements — Feed Element Page: pageSize 1 to 100 (25), page, sort CreatedDateDesc (usual) or LastModifiedDateDesc."""
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


async def _check_feed(tx: Tx, actor: people.Actor, kind: str, subject: str) -> int:
    """Whose feed is meant; raises NotFound where there is none for the reader."""
    match kind, subject:
        case "news", "me":
            return actor.id
        case "news", _:
            raise NotFound()
        case "company", "" if not actor.guest:
            return 0
        case "user-profile", _ if subject:
            user_id = user_of(subject, actor)
            await people.access_user(tx, actor, user_id)
            return user_id
        case "record", _ if subject:
            subject_id = actor.id if subject == "me" else ids.parse(subject)
            await access_subject(tx, actor, subject_id)
            return subject_id
    raise NotFound()


async def _page(tx: Tx, actor: people.Actor, kind: str, subject: str, **asked: Any) -> Page:
    subject_id = await _check_feed(tx, actor, kind, subject)
    match kind:
        case "news":
            return await queries.news(tx, actor, **asked)
        case "company":
            return await queries.company(tx, actor, **asked)
        case "user-profile":
            return await queries.subject(tx, actor, subject_id, **asked)
    return await queries.subject(tx, actor, subject_id, only_on_it=True, **asked)


# --- feed elements -------------------------------------------------------------------------------------------------


@post("/feed-elements")
async def create_element(
    request: Request[Any, Any, Any], tx: NamedDependency[Tx], actor: NamedDependency[people.Actor]
) -> Response[bytes]:
    """POST /chatter/feed-elements — a Feed Item Input as JSON or as parameters; answers 201 and the Feed Item."""
    given = await input_of(request)
    if given.get("feedElementType", "FeedItem") != "FeedItem":
        raise Invalid("INVALID_INPUT", "feedElementType is FeedItem.", fields=["feedElementType"])
    capabilities = given.get("capabilities") or {}
    if not isinstance(capabilities, dict) or any(capabilities.values()):
        raise Invalid(
            "INVALID_INPUT", "These capabilities are not available on posts here.", fields=["capabilities"]
        )
    visibility = given.get("visibility", "AllUsers")
    if visibility not in ("AllUsers", "InternalUsers"):
        raise Invalid("INVALID_INPUT", "visibility is AllUsers or InternalUsers.", fields=["visibility"])
    subject = given.get("subjectId")
    if not subject:
        raise Invalid(
            "MISSING_ARGUMENT", "subjectId is missing: me, a user or a record.", fields=["subjectId"]
        )
    item_id = await actions.post(
        tx,
        actor,
        parent_id=actor.id if subject == "me" else ids.parse(subject),
        body=await _body(tx, actor, given),
        internal_only=visibility == "InternalUsers",
    )
    return await _element(request, tx, actor, item_id, status=201)


@get("/feed-elements/{key:str}")
async def read_element(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    key: FromPath[str],
) -> Response[bytes]:
    """GET /chatter/feed-elements/{id} — Feed Item."""
    return await _element(request, tx, actor, ids.parse(key, Type.FEED_ITEM))


@delete("/feed-elements/{key:str}", status_code=204)
async def delete_element(
    tx: NamedDependency[Tx], actor: NamedDependency[people.Actor], key: FromPath[str]
) -> None:
    """DELETE /chatter/feed-elements/{id} — 204."""
    await actions.delete_item(tx, actor, ids.parse(key, Type.FEED_ITEM))


async def _element(
    request: Request[Any, Any, Any], tx: Tx, actor: people.Actor, item_id: int, status: int = 200
) -> Response[bytes]:
    item = await queries.item(tx, actor, item_id)
    return json_answer((await shaper(request, tx, actor, shown_in([item]))).item(item), status)


async def _body(tx: Tx, actor: people.Actor, given: Json) -> list[Json]:
    """The body of an input: `body.messageSegments`, or the parameter `text`."""
    if "body" not in given:
        return await actions.parse_text(tx, actor, given.get("text", ""))
    body = given["body"]
    if not isinstance(body, dict):
        raise Invalid("INVALID_INPUT", "body is an object with messageSegments.", fields=["body"])
    if "text" in body and "messageSegments" not in body:
        return await actions.parse_text(tx, actor, body["text"])
    return await actions.parse_segments(tx, actor, body.get("messageSegments"))


# --- comments ------------------------------------------------------------------------------------------------------


@get("/feed-elements/{key:str}/capabilities/comments/items")
async def comments(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    key: FromPath[str],
) -> Response[bytes]:
    """GET …/capabilities/comments/items — Comment Page: the newest pageSize (1 to 100, 25) before `page`, oldest first."""
    item = await access_item(tx, actor, ids.parse(key, Type.FEED_ITEM))
    size = whole(request, "pageSize", 25, 1, 100)
    token = request.query_params.get("page")
    page = await queries.comments(
        tx, actor, item.id, size=size, before=ids.parse(token, Type.COMMENT) if token else None
    )
    shape = await shaper(request, tx, actor, {comment.author.id for comment in page.comments})
    return json_answer(shape.comments(page, ids.show(item.id), token, size))


@post("/feed-elements/{key:str}/capabilities/comments/items")
async def create_comment(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    key: FromPath[str],
) -> Response[bytes]:
    """POST …/capabilities/comments/items — a Comment Input as JSON or `text`; answers 201 and the Comment."""
    item = await access_item(tx, actor, ids.parse(key, Type.FEED_ITEM), to="comment")
    body = await _body(tx, actor, await input_of(request))
    return await _comment(
        request, tx, actor, await actions.comment(tx, actor, item_id=item.id, body=body), status=201
    )


@get("/comments/{key:str}")
async def read_comment(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    key: FromPath[str],
) -> Response[bytes]:
    """GET /chatter/comments/{id} — Comment."""
    comment = await access_comment(tx, actor, ids.parse(key, Type.COMMENT))
    return await _comment(request, tx, actor, comment.id)


@delete("/comments/{key:str}", status_code=204)
async def delete_comment(
    tx: NamedDependency[Tx], actor: NamedDependency[people.Actor], key: FromPath[str]
) -> None:
    """DELETE /chatter/comments/{id} — 204."""
    await actions.delete_comment(tx, actor, ids.parse(key, Type.COMMENT))


async def _comment(
    request: Request[Any, Any, Any], tx: Tx, actor: people.Actor, comment_id: int, status: int = 200
) -> Response[bytes]:
    comment = await queries.comment(tx, actor, comment_id)
    return json_answer((await shaper(request, tx, actor, {comment.author.id})).comment(comment), status)


# --- likes ---------------------------------------------------------------------------------------------------------


@get(["/feed-elements/{key:str}/capabilities/chatter-likes/items", "/comments/{key:str}/likes"])
async def likes(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    key: FromPath[str],
) -> Response[bytes]:
    """GET …/chatter-likes/items or /chatter/comments/{id}/likes — Like Page: page (from 0), pageSize 1 to 100 (25)."""
    kind, target_id = await _access_likeable(request, tx, actor, key)
    size, number = whole(request, "pageSize", 25, 1, 100), whole(request, "page", 0, 0, 100_000)
    page = await queries.likes(tx, target_id, size=size, start=number * size)
    shape = await shaper(request, tx, actor, {like.user.id for like in page.likes})
    target = ids.show(target_id)
    url = shape.url(
        f"/comments/{target}/likes"
        if kind == "comments"
        else f"/feed-elements/{target}/capabilities/chatter-likes/items"
    )
    return json_answer(shape.liked(page, target, kind, url, number, size))


@post(["/feed-elements/{key:str}/capabilities/chatter-likes/items", "/comments/{key:str}/likes"])
async def create_like(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    key: FromPath[str],
) -> Response[bytes]:
    """POST to the same, with any or no body — likes it; answers 201 and the Like."""
    kind, target_id = await _access_likeable(request, tx, actor, key)
    like_id = await actions.like(tx, actor, target_id)
    me = (await people.cards(tx, [actor.id]))[actor.id]
    shape = await shaper(request, tx, actor)
    return json_answer(shape.like(queries.Like(like_id, me), ids.show(target_id), kind), 201)


@get("/likes/{key:str}")
async def read_like(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    key: FromPath[str],
) -> Response[bytes]:
    """GET /chatter/likes/{id} — Like."""
    like = await access_like(tx, actor, ids.parse(key, Type.LIKE))
    user = (await people.cards(tx, [like.user_id]))[like.user_id]
    kind = "comments" if ids.type_of(like.target_id) == Type.COMMENT else "feed-elements"
    shape = await shaper(request, tx, actor, {user.id})
    return json_answer(shape.like(queries.Like(like.id, user), ids.show(like.target_id), kind))


@delete("/likes/{key:str}", status_code=204)
async def delete_like(
    tx: NamedDependency[Tx], actor: NamedDependency[people.Actor], key: FromPath[str]
) -> None:
    """DELETE /chatter/likes/{id} — 204."""
    await actions.delete_like(tx, actor, ids.parse(key, Type.LIKE))


async def _access_likeable(
    request: Request[Any, Any, Any], tx: Tx, actor: people.Actor, key: str
) -> LikeTarget:
    if "/comments/" in request.scope["path"]:
        return "comments", (await access_comment(tx, actor, ids.parse(key, Type.COMMENT))).id
    return "feed-elements", (await access_item(tx, actor, ids.parse(key, Type.FEED_ITEM))).id


# --- following -----------------------------------------------------------------------------------------------------


@get(["/users/{key:str}/followers", "/records/{key:str}/followers"])
async def followers(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    key: FromPath[str],
) -> Response[bytes]:
    """GET /chatter/users/{id}/followers or /chatter/records/{id}/followers — Follower Page: page, pageSize 1 to 1,000 (25)."""
    of_user = "/users/" in request.scope["path"]
    subject_id = user_of(key, actor) if of_user else ids.parse(key)
    await access_subject(tx, actor, subject_id)
    size, number = whole(request, "pageSize", 25, 1, 1000), whole(request, "page", 0, 0, 100_000)
    if actor.guest:  # who else is here is not for guests to know
        found, total = [], 0
    else:
        found = await queries.followers(tx, actor, subject_id, size=size, start=number * size)
        total = await people.count_followers(tx, subject_id)
    path = f"/{'users' if of_user else 'records'}/{ids.show(subject_id)}/followers"
    return await _subscriptions(request, tx, actor, "followers", found, total, path, number, size, {})


@get("/users/{key:str}/following")
async def following(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    key: FromPath[str],
) -> Response[bytes]:
    """GET /chatter/users/{id}/following — Following Page: page, pageSize 1 to 1,000 (25), filterType a key prefix."""
    user_id = user_of(key, actor)
    await people.access_user(tx, actor, user_id)
    prefix = request.query_params.get("filterType")
    type = ids.type_of_prefix(prefix) if prefix else None
    size, number = whole(request, "pageSize", 25, 1, 1000), whole(request, "page", 0, 0, 100_000)
    found = await queries.following(tx, actor, user_id, type=type, size=size, start=number * size)
    total = await queries.count_following(tx, actor, user_id, type=type)
    path, query = f"/users/{ids.show(user_id)}/following", {"filterType": prefix} if prefix else {}
    return await _subscriptions(request, tx, actor, "following", found, total, path, number, size, query)


@post("/users/{key:str}/following")
async def create_following(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    key: FromPath[str],
) -> Response[bytes]:
    """POST /chatter/users/me/following — {"subjectId"} of a user or record; answers 201 and the Subscription."""
    if user_of(key, actor) != actor.id:
        raise NotFound()
    subject = (await input_of(request)).get("subjectId")
    if not subject:
        raise Invalid("MISSING_ARGUMENT", "subjectId is missing: a user or a record.", fields=["subjectId"])
    made = await actions.follow(tx, actor, ids.parse(subject))
    return await _subscription(request, tx, actor, made.id, status=201)


@get("/subscriptions/{key:str}")
async def read_subscription(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    key: FromPath[str],
) -> Response[bytes]:
    """GET /chatter/subscriptions/{id} — one of my subscriptions."""
    return await _subscription(request, tx, actor, ids.parse(key, Type.SUBSCRIPTION))


@delete("/subscriptions/{key:str}", status_code=204)
async def delete_subscription(
    tx: NamedDependency[Tx], actor: NamedDependency[people.Actor], key: FromPath[str]
) -> None:
    """DELETE /chatter/subscriptions/{id} — stops following; 204."""
    await people.end_subscription(tx, actor, ids.parse(key, Type.SUBSCRIPTION))


async def _subscription(
    request: Request[Any, Any, Any], tx: Tx, actor: people.Actor, id: int, status: int = 200
) -> Response[bytes]:
    followed = await queries.followed(tx, actor, id)
    shape = await shaper(request, tx, actor, {followed.subject.id})
    return json_answer(shape.subscription(followed), status)


async def _subscriptions(
    request: Request[Any, Any, Any],
    tx: Tx,
    actor: people.Actor,
    name: str,
    found: list[queries.Followed],
    total: int,
    path: str,
    number: int,
    size: int,
    query: Json,
) -> Response[bytes]:
    shape = await shaper(
        request, tx, actor, {each.subject.id for each in found} | {each.follower.id for each in found}
    )
    return json_answer(shape.subscriptions_page(name, found, total, path, number, size, query))


ROUTES = [
    root, directory, feed, feed_elements, create_element, read_element, delete_element, comments, create_comment, read_comment,
    delete_comment, likes, create_like, read_like, delete_like, followers, following, create_following, read_subscription,
    delete_subscription,
]  # fmt: skip
