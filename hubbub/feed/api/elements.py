"""REST: feed elements, their comments and likes."""

from litestar import Response, delete, get, patch, post

from hubbub import people
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.ids import Type
from hubbub.core.rest import boolean, input_of, json_answer, whole
from hubbub.feed import actions, queries
from hubbub.feed.access import access_comment, access_item, access_like
from hubbub.feed.api.asking import body_of, has_body, shaper, shown_in
from hubbub.feed.api.kinds import new_element
from hubbub.feed.shapes import Json, old
from hubbub.feed.shapes.likes import like_body, likes_of
from hubbub.feed.shapes.lists import comments_of

LikeTarget = tuple[str, int]
COMMENT_SORTS = ("CreatedDateLatestAsc", "CreatedDateOldestAsc")


@post("/feed-elements")
async def create_element(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """POST /chatter/feed-elements — a Feed Item Input as JSON or as parameters; answers 201 and the Feed Item.

    `capabilities` make it a question, a poll, a share, thanks or a logged call (hubbub/feed/api/kinds.py); a question, a
    share, thanks and a call may come without a body.
    """
    item_id = await post_element(tx, actor, await input_of(request))
    return await _element(request, tx, actor, item_id, status=201)


async def post_element(tx: Tx, actor: people.Actor, given: Json) -> int:
    """Post what a Feed Item Input says; the id of the element."""
    if given.get("feedElementType", "FeedItem") != "FeedItem":
        raise Invalid("INVALID_INPUT", "feedElementType is FeedItem.", fields=["feedElementType"])
    new = new_element(given)
    visibility = given.get("visibility", "AllUsers")
    if visibility not in ("AllUsers", "InternalUsers"):
        raise Invalid("INVALID_INPUT", "visibility is AllUsers or InternalUsers.", fields=["visibility"])
    subject = given.get("subjectId")
    if not subject:
        raise Invalid(
            "MISSING_ARGUMENT", "subjectId is missing: me, a user or a record.", fields=["subjectId"]
        )
    return await actions.post(
        tx,
        actor,
        parent_id=actor.id if subject == "me" else ids.parse(subject),
        body=[] if new.wordless and not has_body(given) else await body_of(tx, actor, given),
        internal_only=visibility == "InternalUsers",
        **new.arguments,
    )


@get("/feed-elements/{key:str}")
async def read_element(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """GET /chatter/feed-elements/{id} — Feed Item."""
    return await _element(request, tx, actor, ids.parse(key, Type.FEED_ITEM))


@get("/feed-elements/{key:str}/capabilities")
async def capabilities(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """GET /chatter/feed-elements/{id}/capabilities — Feed Element Capabilities: all that this element has."""
    item = await queries.item(tx, actor, ids.parse(key, Type.FEED_ITEM))
    return json_answer((await shaper(request, tx, actor, shown_in([item]))).item(item)["capabilities"])


@delete("/feed-elements/{key:str}", status_code=204)
async def delete_element(tx: Transaction, actor: people.Me, key: InPath) -> None:
    """DELETE /chatter/feed-elements/{id} — 204."""
    await actions.delete_item(tx, actor, ids.parse(key, Type.FEED_ITEM))


async def _element(
    request: Request, tx: Tx, actor: people.Actor, item_id: int, status: int = 200
) -> Response[bytes]:
    item = await queries.item(tx, actor, item_id)
    # Who writes is told whom he mentions in vain.
    unreached = await queries.unreached(tx, actor, item_id, item.body) if status == 201 else []
    return json_answer((await shaper(request, tx, actor, shown_in([item]), unreached)).item(item), status)


# --- comments ------------------------------------------------------------------------------------------------------


@get("/feed-elements/{key:str}/capabilities/comments/items")
async def comments(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """GET …/capabilities/comments/items — Comment Page of pageSize (1 to 100, 25) comments, oldest first: with sort
    CreatedDateLatestAsc (usual) the newest before `page`, with CreatedDateOldestAsc the first after it;
    threadedCommentsCollapsed=true leaves replies out. A deleted comment that has replies has `isDeleted` and no text."""
    item = await access_item(tx, actor, ids.parse(key, Type.FEED_ITEM))
    size = whole(request, "pageSize", 25, 1, 100)
    token = request.query_params.get("page")
    sort = request.query_params.get("sort", "CreatedDateLatestAsc")
    if sort not in COMMENT_SORTS:
        raise Invalid("INVALID_INPUT", f"sort is one of {', '.join(COMMENT_SORTS)}.", fields=["sort"])
    page = await queries.comments(
        tx,
        actor,
        item.id,
        size=size,
        after=ids.parse(token, Type.COMMENT) if token else None,
        oldest=sort == "CreatedDateOldestAsc",
        collapsed=request.query_params.get("threadedCommentsCollapsed") == "true",
    )
    shape = await shaper(request, tx, actor, {comment.author.id for comment in page.comments})
    asked = {
        name: request.query_params[name]
        for name in ("sort", "threadedCommentsCollapsed")
        if name in request.query_params
    }
    return json_answer(comments_of(shape, page, ids.show(item.id), token, size, asked))


@post("/feed-elements/{key:str}/capabilities/comments/items")
async def create_comment(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """POST …/capabilities/comments/items — a Comment Input as JSON or `text`, with threadParentId for a reply; answers 201
    and the Comment. A reply to the third level stands beside it. 400 INVALID_OPERATION in a closed thread."""
    item = await access_item(tx, actor, ids.parse(key, Type.FEED_ITEM), to="comment")
    given = await input_of(request)
    answered = given.get("threadParentId")
    comment_id = await actions.comment(
        tx,
        actor,
        item_id=item.id,
        body=await body_of(tx, actor, given),
        thread_parent_id=ids.parse(answered, Type.COMMENT) if answered else None,
    )
    return await _comment(request, tx, actor, comment_id, status=201)


@get("/comments/{key:str}")
async def read_comment(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """GET /chatter/comments/{id} — Comment."""
    comment = await access_comment(tx, actor, ids.parse(key, Type.COMMENT), to="see")
    return await _comment(request, tx, actor, comment.id)


@delete("/comments/{key:str}", status_code=204)
async def delete_comment(tx: Transaction, actor: people.Me, key: InPath) -> None:
    """DELETE /chatter/comments/{id} — 204."""
    await actions.delete_comment(tx, actor, ids.parse(key, Type.COMMENT))


async def _comment(
    request: Request, tx: Tx, actor: people.Actor, comment_id: int, status: int = 200
) -> Response[bytes]:
    comment = await queries.comment(tx, actor, comment_id)
    unreached = await queries.unreached(tx, actor, comment.item_id, comment.body) if status == 201 else []
    shape = await shaper(request, tx, actor, {comment.author.id}, unreached)
    body = old.comment(shape, comment) if old.is_old(shape) else shape.comment(comment)
    return json_answer(body, status)


# --- likes ---------------------------------------------------------------------------------------------------------


@get(["/feed-elements/{key:str}/capabilities/chatter-likes/items", "/comments/{key:str}/likes"])
async def likes(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """GET …/chatter-likes/items or /chatter/comments/{id}/likes — Like Page: page (from 0), pageSize 1 to 100 (25)."""
    return await _likes(request, tx, actor, key)


async def _likes(request: Request, tx: Tx, actor: people.Actor, key: str) -> Response[bytes]:
    kind, target_id = await _access_likeable(request, tx, actor, key)
    size, number = whole(request, "pageSize", 25, 1, 100), whole(request, "page", 0, 0, 100_000)
    page = await queries.likes(tx, actor, target_id, size=size, start=number * size)
    shape = await shaper(request, tx, actor, {like.user.id for like in page.likes})
    target = ids.show(target_id)
    if kind == "comments" and old.is_old(shape):
        return json_answer(old.liked(shape, page, target, kind, number, size))
    url = shape.url(
        f"/comments/{target}/likes"
        if kind == "comments"
        else f"/feed-elements/{target}/capabilities/chatter-likes/items"
    )
    return json_answer(likes_of(shape, page, target, kind, url, number, size))


@post(["/feed-elements/{key:str}/capabilities/chatter-likes/items", "/comments/{key:str}/likes"])
async def create_like(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """POST …/chatter-likes/items or …/comments/{id}/likes, with any or no body — likes it; answers 201 and the Like.

    Hubbub's own parameter `face` (like, love, laugh, wow, sad, thanks) gives it a face; to others it is a like.
    """
    kind, target_id = await _access_likeable(request, tx, actor, key)
    face = request.query_params.get("face", "like")
    like_id = await actions.like(tx, actor, target_id, face)
    me = (await people.cards(tx, [actor.id], actor))[actor.id]
    shape = await shaper(request, tx, actor)
    return json_answer(like_body(shape, queries.Like(like_id, me), ids.show(target_id), kind), 201)


@patch(["/feed-elements/{key:str}/capabilities/chatter-likes/items", "/comments/{key:str}/likes"])
async def change_like(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """PATCH …/chatter-likes/items, …/comments/{id}/likes {isLikedByCurrentUser} — likes it, or takes that back; answers the
    Like Page."""
    _, target_id = await _access_likeable(request, tx, actor, key)
    liked = boolean(await input_of(request), "isLikedByCurrentUser")
    await (actions.like if liked else actions.unlike)(tx, actor, target_id)
    return await _likes(request, tx, actor, key)


@get("/likes/{key:str}")
async def read_like(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """GET /chatter/likes/{id} — Like."""
    like = await access_like(tx, actor, ids.parse(key, Type.LIKE))
    user = await queries.speaker(tx, actor, like.user_id)
    kind = "comments" if ids.type_of(like.target_id) == Type.COMMENT else "feed-elements"
    shape = await shaper(request, tx, actor, {user.id})
    return json_answer(like_body(shape, queries.Like(like.id, user), ids.show(like.target_id), kind))


@delete("/likes/{key:str}", status_code=204)
async def delete_like(tx: Transaction, actor: people.Me, key: InPath) -> None:
    """DELETE /chatter/likes/{id} — 204."""
    await actions.delete_like(tx, actor, ids.parse(key, Type.LIKE))


async def _access_likeable(request: Request, tx: Tx, actor: people.Actor, key: str) -> LikeTarget:
    if "/comments/" in request.scope["path"]:
        return "comments", (await access_comment(tx, actor, ids.parse(key, Type.COMMENT))).id
    return "feed-elements", (await access_item(tx, actor, ids.parse(key, Type.FEED_ITEM))).id


ROUTES = [
    create_element,
    read_element,
    capabilities,
    delete_element,
    comments,
    create_comment,
    read_comment,
    delete_comment,
    likes,
    create_like,
    change_like,
    read_like,
    delete_like,
]
