"""REST: threads — the replies to a comment, and the thread around one."""

import msgspec
from litestar import Response, get

from hubbub import people
from hubbub.core import ids
from hubbub.core.errors import NotFound
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.ids import Type
from hubbub.core.rest import json_answer, whole
from hubbub.feed import queries
from hubbub.feed.access import access_comment
from hubbub.feed.api.asking import shaper, shown_in
from hubbub.feed.shapes.lists import comment_page


@get(["/comments/{key:str}/capabilities/comments", "/comments/{key:str}/capabilities/comments/items"])
async def replies(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """GET /chatter/comments/{id}/capabilities/comments, …/comments/items — Comments Capability: its first replies; Comment
    Page, oldest first, with page and pageSize 1 to 100 (25). 404 on the third level, which has no replies."""
    comment = await queries.comment(
        tx, actor, (await access_comment(tx, actor, ids.parse(key, Type.COMMENT))).id
    )
    if comment.level >= 2:
        raise NotFound()
    size, token = whole(request, "pageSize", 25, 1, 100), request.query_params.get("page")
    found = await queries.comments(
        tx,
        actor,
        comment.item_id,
        size=size,
        after=ids.parse(token, Type.COMMENT) if token else None,
        oldest=True,
        replies_to=comment.id,
    )
    shape = await shaper(request, tx, actor, {each.author.id for each in found.comments})
    url = shape.url(f"/comments/{comment.key}/capabilities/comments/items")
    page = comment_page(
        shape, found.comments, found.total, ids.show(found.next) if found.next else None, url, token, size
    )
    return json_answer(page if request.scope["path"].endswith("/items") else {"page": page})


@get("/comments/{key:str}/thread-context")
async def thread_context(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """GET /chatter/comments/{id}/thread-context — Feed Item: the element, with what the comment replies to, the comment and
    the replies to it as its comments; pageSize 1 to 100 (25) of them."""
    comment_id = ids.parse(key, Type.COMMENT)
    item_id = (await access_comment(tx, actor, comment_id)).item_id
    item = await queries.item(tx, actor, item_id)
    known = {each.id: each for each in await queries.thread(tx, actor, item_id)}
    if comment_id not in known:
        known[comment_id] = await queries.comment(tx, actor, comment_id)
    around, above = {comment_id}, known[comment_id].parent_id
    while above in known:
        around.add(above)
        above = known[above].parent_id
    shown = [each for each in known.values() if each.id in around or each.parent_id == comment_id]
    item = msgspec.structs.replace(item, comments=shown[: whole(request, "pageSize", 25, 1, 100)])
    return json_answer((await shaper(request, tx, actor, shown_in([item]))).item(item))


ROUTES = [replies, thread_context]
