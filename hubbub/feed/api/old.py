"""REST: the `feed-items` of versions 23 to 31, for clients that were written then. The same access and the same queries
as those of feed elements; only the bodies are other."""

from functools import partial

from litestar import Response, delete, get, patch, post

from hubbub import people
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.ids import Type
from hubbub.core.rest import boolean, input_of, json_answer, whole
from hubbub.feed import actions, queries
from hubbub.feed.access import access_item
from hubbub.feed.api.asking import body_of, check_feed, old_version, shaper, shown_in
from hubbub.feed.api.batch import MOST_IN_BATCH
from hubbub.feed.api.elements import post_element
from hubbub.feed.api.feeds import asked, elements_page, feed_path, feed_topic, named, read_of
from hubbub.feed.api.topics import add_topic_to, remove_topic_from
from hubbub.feed.shapes import Json, old
from hubbub.feed.shapes.likes import like_body

# The feeds that take posts, of those that there are here.
POSTED_TO = ("news", "user-profile", "record")


@get(
    [
        "/feeds/{kind:str}/feed-items",
        "/feeds/{kind:str}/{subject:str}/feed-items",
        "/feeds/{kind:str}/{subject:str}/{prefix:str}/feed-items",
    ],
    guards=[old_version],
)
async def feed_items(request: Request, tx: Transaction, actor: people.Me, kind: InPath) -> Response[bytes]:
    """GET /chatter/feeds/{…}/feed-items (v23 to v31) — Feed Item Page: page, pageSize 1 to 100 (25), sort, q, density,
    recentCommentCount, updatedSince. Changes come one by one: bundles began with feed elements."""
    subject, prefix = named(request)
    read = await read_of(tx, actor, kind, subject, prefix)
    ask = asked(request, feed_topic(kind, subject)).then(bundled=None)
    path = feed_path(kind, subject, prefix) + "/feed-items"
    return await elements_page(request, tx, actor, read, ask, path, body=old.page)


@post(
    ["/feeds/{kind:str}/{subject:str}/feed-items"],
    guards=[old_version],
)
async def create_item(
    request: Request, tx: Transaction, actor: people.Me, kind: InPath, subject: InPath
) -> Response[bytes]:
    """POST /chatter/feeds/{news/me|user-profile/{id}|record/{id}}/feed-items (v23 to v31) — a Feed Item Input: `body` or
    `text`, `attachment` {attachmentType Link|Poll, …} or its parameters (url, urlName; pollChoice1 to pollChoice10),
    originalFeedItemId, visibility, isBookmarkedByCurrentUser; answers 201 and the Feed Item."""
    if kind not in POSTED_TO:
        raise NotFound()
    parent_id = await check_feed(tx, actor, kind, subject)
    given = await input_of(request)
    item_id = await post_element(tx, actor, _element_input(given) | {"subjectId": ids.show(parent_id)})
    if given.get("isBookmarkedByCurrentUser") not in (None, False, "false"):
        await actions.mark(tx, actor, item_id, "bookmarked", on=boolean(given, "isBookmarkedByCurrentUser"))
    return await _item(request, tx, actor, item_id, status=201)


def _element_input(given: Json) -> Json:
    """Today's Feed Item Input of an old one."""
    new = {name: given[name] for name in ("body", "text", "visibility") if name in given}
    can = dict(given.get("capabilities") or {}) if isinstance(given.get("capabilities") or {}, dict) else {}
    if original := given.get("originalFeedItemId") or given.get("originalFeedElementId"):
        can["feedEntityShare"] = {"feedEntityId": original}
    attached = given.get("attachment") or given
    if not isinstance(attached, dict):
        raise Invalid("INVALID_INPUT", "attachment is an object.", fields=["attachment"])
    choices = attached.get("choices") or [
        choice for at in range(1, 11) if (choice := attached.get(f"pollChoice{at}"))
    ]
    # Before version 27 what an attachment is was told by its properties alone.
    guessed = "Poll" if choices else "Link" if attached.get("url") else None
    match attached.get("attachmentType") or guessed:
        case "Link":
            can["link"] = {"url": attached.get("url"), "urlName": attached.get("urlName")}
        case "Poll":
            can["poll"] = {"choices": choices}
        case None:
            pass
        case other:
            raise Invalid(
                "INVALID_INPUT", f"Posts have no {str(other)[:40]} here.", fields=["attachmentType"]
            )
    return new | ({"capabilities": can} if can else {})


@get("/feed-items", guards=[old_version])
async def search_items(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """GET /chatter/feed-items?q= (v23 to v31) — Feed Item Page of what says these words; page, pageSize, sort,
    recentCommentCount."""
    if not request.query_params.get("q"):
        raise Invalid("MISSING_ARGUMENT", "q is missing: the words to search for.", fields=["q"])
    read = partial(queries.everything, tx, actor)
    return await elements_page(request, tx, actor, read, asked(request, ""), "/feed-items", body=old.page)


@get("/feed-items/batch/{keys:str}", guards=[old_version])
async def read_items(request: Request, tx: Transaction, actor: people.Me, keys: InPath) -> Response[bytes]:
    """GET /chatter/feed-items/batch/{id,id…} (v23 to v31) — Batch Results: of each of at most 500 items 200 and the Feed
    Item, or 404."""
    given = keys.split(",")
    if len(given) > MOST_IN_BATCH:
        raise Invalid("EXCEEDED_ID_LIMIT", f"At most {MOST_IN_BATCH} at a time.")
    wanted = [ids.parse(key, Type.FEED_ITEM) for key in given]
    found = {item.id: item for item in await queries.items(tx, actor, wanted)}
    shape = await shaper(request, tx, actor, shown_in(found.values()))
    missing = [{"errorCode": NotFound.code, "message": NotFound().message}]
    results = [
        {"result": old.item(shape, found[each]), "statusCode": 200}
        if each in found
        else {"result": missing, "statusCode": 404}
        for each in wanted
    ]
    return json_answer({"hasErrors": any(each not in found for each in wanted), "results": results})


@get("/feed-items/{key:str}", guards=[old_version])
async def read_item(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """GET /chatter/feed-items/{id} (v23 to v31) — Feed Item."""
    return await _item(request, tx, actor, ids.parse(key, Type.FEED_ITEM))


@patch("/feed-items/{key:str}", guards=[old_version])
async def change_item(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """PATCH /chatter/feed-items/{id}?isBookmarkedByCurrentUser= (v23 to v31) — bookmarks it, or takes that back; answers
    the Feed Item."""
    item_id = ids.parse(key, Type.FEED_ITEM)
    on = boolean(await input_of(request), "isBookmarkedByCurrentUser")
    await actions.mark(tx, actor, item_id, "bookmarked", on=on)
    return await _item(request, tx, actor, item_id)


@delete("/feed-items/{key:str}", status_code=204, guards=[old_version])
async def delete_item(tx: Transaction, actor: people.Me, key: InPath) -> None:
    """DELETE /chatter/feed-items/{id} (v23 to v31) — 204."""
    await actions.delete_item(tx, actor, ids.parse(key, Type.FEED_ITEM))


async def _item(
    request: Request, tx: Tx, actor: people.Actor, item_id: int, status: int = 200
) -> Response[bytes]:
    item = await queries.item(tx, actor, item_id)
    # Who writes is told whom he mentions in vain.
    vain = await queries.unreached(tx, actor, item_id, item.body) if status == 201 else []
    return json_answer(old.item(await shaper(request, tx, actor, shown_in([item]), vain), item), status)


@get("/feed-items/{key:str}/comments", guards=[old_version])
async def comments(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """GET /chatter/feed-items/{id}/comments (v23 to v31) — Comment Page: page, pageSize 1 to 100 (25)."""
    item = await access_item(tx, actor, ids.parse(key, Type.FEED_ITEM))
    size, token = whole(request, "pageSize", 25, 1, 100), request.query_params.get("page")
    after = ids.parse(token, Type.COMMENT) if token else None
    page = await queries.comments(tx, actor, item.id, size=size, after=after)
    shape = await shaper(request, tx, actor, {comment.author.id for comment in page.comments})
    return json_answer(old.comments(shape, page, ids.show(item.id), token, size))


@post("/feed-items/{key:str}/comments", guards=[old_version])
async def create_comment(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """POST /chatter/feed-items/{id}/comments (v23 to v31) — a Comment Input as JSON or `text`; answers 201 and the Comment."""
    item = await access_item(tx, actor, ids.parse(key, Type.FEED_ITEM), to="comment")
    given = await input_of(request)
    if given.get("attachment") or given.get("attachmentType"):
        raise Invalid("INVALID_INPUT", "Comments have no attachments here.", fields=["attachment"])
    body = await body_of(tx, actor, given)
    comment_id = await actions.comment(tx, actor, item_id=item.id, body=body)
    made = await queries.comment(tx, actor, comment_id)
    vain = await queries.unreached(tx, actor, item.id, made.body)
    return json_answer(old.comment(await shaper(request, tx, actor, {made.author.id}, vain), made), 201)


@get("/feed-items/{key:str}/likes", guards=[old_version])
async def likes(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """GET /chatter/feed-items/{id}/likes (v23 to v31) — Like Page: page (from 0), pageSize 1 to 100 (25)."""
    item = await access_item(tx, actor, ids.parse(key, Type.FEED_ITEM))
    size, number = whole(request, "pageSize", 25, 1, 100), whole(request, "page", 0, 0, 100_000)
    page = await queries.likes(tx, actor, item.id, size=size, start=number * size)
    shape = await shaper(request, tx, actor, {like.user.id for like in page.likes})
    return json_answer(old.liked(shape, page, ids.show(item.id), "feed-items", number, size))


@post("/feed-items/{key:str}/likes", guards=[old_version])
async def create_like(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """POST /chatter/feed-items/{id}/likes (v23 to v31), with any or no body — likes it; answers 201 and the Like."""
    item = await access_item(tx, actor, ids.parse(key, Type.FEED_ITEM))
    like_id = await actions.like(tx, actor, item.id)
    me = (await people.cards(tx, [actor.id], actor))[actor.id]
    shape = await shaper(request, tx, actor)
    return json_answer(like_body(shape, queries.Like(like_id, me), ids.show(item.id), "feed-items"), 201)


@get("/feed-items/{key:str}/poll", guards=[old_version])
async def read_poll(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """GET /chatter/feed-items/{id}/poll (v26 to v31) — Feed Item Attachment: Poll."""
    return await _poll(request, tx, actor, ids.parse(key, Type.FEED_ITEM))


@patch("/feed-items/{key:str}/poll", guards=[old_version])
async def vote(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """PATCH /chatter/feed-items/{id}/poll {myChoiceId} (v26 to v31) — votes; answers the Feed Item Attachment: Poll."""
    item_id = ids.parse(key, Type.FEED_ITEM)
    await queries.item(tx, actor, item_id)
    choice_id = ids.parse((await input_of(request)).get("myChoiceId"), Type.POLL_CHOICE)
    await actions.vote_in_poll(tx, actor, item_id, choice_id)
    return await _poll(request, tx, actor, item_id)


async def _poll(request: Request, tx: Tx, actor: people.Actor, item_id: int) -> Response[bytes]:
    item = await queries.item(tx, actor, item_id)
    if item.poll is None:
        raise NotFound()
    return json_answer(old.poll(await shaper(request, tx, actor), item))


@post("/feed-items/{key:str}/topics", guards=[old_version])
async def add_topic(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """POST /chatter/feed-items/{id}/topics (v28 to v31) — topicId or topicName; answers 201 and the Topic."""
    return await add_topic_to(request, tx, actor, ids.parse(key, Type.FEED_ITEM))


@delete("/feed-items/{key:str}/topics", status_code=204, guards=[old_version])
async def remove_topic(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> None:
    """DELETE /chatter/feed-items/{id}/topics?topicId= (v28 to v31) — 204."""
    await remove_topic_from(request, tx, actor, ids.parse(key, Type.FEED_ITEM))


ROUTES = [
    feed_items,
    create_item,
    search_items,
    read_items,
    read_item,
    change_item,
    delete_item,
    comments,
    create_comment,
    likes,
    create_like,
    read_poll,
    vote,
    add_topic,
    remove_topic,
]
