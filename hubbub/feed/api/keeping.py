"""REST: keeping order — pins, closed threads, flags, undoing a deletion."""

from litestar import Response, delete, get, patch, post

from hubbub import people
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.ids import Type
from hubbub.core.rest import boolean, connect_date, input_of, json_answer
from hubbub.feed import actions, queries
from hubbub.feed.access import access_comment, access_subject, access_target
from hubbub.feed.api.asking import shaper, shown_in
from hubbub.feed.api.marks import capability_of
from hubbub.feed.queries.flagging import count_flags
from hubbub.feed.shapes import Json
from hubbub.feed.shapes.capabilities import moderation_flags, status


@patch("/feed-elements/{key:str}/capabilities/close")
async def close(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """PATCH …/capabilities/close {isClosed} — Close Capability; 403 unless its author, the record's owner or a moderator."""
    item_id = ids.parse(key, Type.FEED_ITEM)
    await access_target(tx, actor, item_id)
    await actions.close_item(tx, actor, item_id, closed=boolean(await input_of(request), "isClosed"))
    return await capability_of(request, tx, actor, item_id, "close")


@get("/feeds/{kind:str}/{subject:str}/pinned-feed-elements")
async def pinned(
    request: Request, tx: Transaction, actor: people.Me, kind: InPath, subject: InPath
) -> Response[bytes]:
    """GET /chatter/feeds/{record|topics}/{id}/pinned-feed-elements — Pinned Feed Element Collection: at most three; the id
    may be a person's."""
    subject_id = _subject(kind, subject, actor)
    await access_subject(tx, actor, subject_id)
    found = await queries.pinned(tx, actor, subject_id)
    shape = await shaper(request, tx, actor, shown_in(found))
    return json_answer({"elements": [shape.item(item) for item in found]})


@patch("/feeds/{kind:str}/{subject:str}/pinned-feed-elements")
async def pin(
    request: Request, tx: Transaction, actor: people.Me, kind: InPath, subject: InPath
) -> Response[bytes]:
    """PATCH …/pinned-feed-elements {entityId, isPinned} — Pin Capability; 400 LIMIT_EXCEEDED for a fourth, 403 unless the
    record's owner, the person himself or a moderator."""
    subject_id = _subject(kind, subject, actor)
    await actions.access_pins(tx, actor, subject_id)
    given = await input_of(request)
    item_id, pinning = ids.parse(given.get("entityId"), Type.FEED_ITEM), boolean(given, "isPinned")
    await (actions.pin if pinning else actions.unpin)(tx, actor, subject_id, item_id)
    return json_answer({"isPinnableByMe": True, "isPinned": pinning})


def _subject(kind: str, key: str, actor: people.Actor) -> int:
    if kind not in ("record", "topics", "user-profile"):
        raise NotFound()
    return actor.id if key == "me" else ids.parse(key)


# --- flags ---------------------------------------------------------------------------------------------------------

_FLAGGED = ["/feed-elements/{key:str}/capabilities/moderation", "/comments/{key:str}/moderation-flags"]


@get(_FLAGGED)
async def flags(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """GET …/feed-elements/{id}/capabilities/moderation, …/comments/{id}/moderation-flags — Moderation Capability, Moderation
    Flags: for moderators all of them, for others their own."""
    target_id = _target(request, key)
    await access_target(tx, actor, target_id)
    return json_answer(await _flags(request, tx, actor, target_id))


@post(_FLAGGED)
async def flag(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """POST …/capabilities/moderation, …/moderation-flags {type: FlagAsInappropriate (usual) or FlagAsSpam, note: at most
    4,000 characters} — flags it; 201 and the same body."""
    target_id = _target(request, key)
    await access_target(tx, actor, target_id)
    given = await input_of(request)
    note = given.get("note")
    await actions.flag(
        tx, actor, target_id, str(given.get("type", "FlagAsInappropriate")), str(note) if note else None
    )
    return json_answer(await _flags(request, tx, actor, target_id), 201)


@delete(_FLAGGED, status_code=204)
async def dismiss_flags(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> None:
    """DELETE …/capabilities/moderation, …/moderation-flags — takes all flags away; for moderators. 204."""
    await actions.dismiss_flags(tx, actor, _target(request, key))


def _target(request: Request, key: str) -> int:
    return ids.parse(key, Type.COMMENT if "/comments/" in request.scope["path"] else Type.FEED_ITEM)


async def _flags(request: Request, tx: Tx, actor: people.Actor, target_id: int) -> Json:
    found = await queries.flags(tx, actor, target_id)
    counts = (await count_flags(tx, [target_id], actor.id)).get(target_id, queries.Flags())
    if not actor.moderator:
        mine = [each.kind for each in found]
        counts = queries.Flags(mine.count("FlagAsInappropriate"), mine.count("FlagAsSpam"), bool(mine))
    shape = await shaper(request, tx, actor)
    listed = [
        {
            "createdBy": each.user.key,
            "createdDate": connect_date(each.created_at),
            "id": ids.show(each.id),
            "moderationType": each.kind,
            "note": shape.text(each.note),
            "visibility": "ModeratorsOnly",
        }
        for each in found
    ]
    page = {
        "currentPageToken": None,
        "currentPageUrl": request.scope["path"],
        "flags": listed,
        "nextPageToken": None,
        "nextPageUrl": None,
        "pageSize": len(listed),
    }
    body = moderation_flags(shape, counts, page)
    return body if ids.type_of(target_id) == Type.COMMENT else {"moderationFlags": body}


# --- hiding --------------------------------------------------------------------------------------------------------


@get("/feed-elements/{key:str}/capabilities/status")
async def read_status(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """GET …/capabilities/status — Status Capability: feedEntityStatus Published, or PendingReview where a moderator hid it."""
    return await capability_of(request, tx, actor, ids.parse(key, Type.FEED_ITEM), "status")


@patch("/feed-elements/{key:str}/capabilities/status")
async def change_status(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """PATCH …/capabilities/status {feedEntityStatus: PendingReview or Published} — hides a post from all but its author and
    moderators, or shows it again; for moderators, 403 for others."""
    item_id = ids.parse(key, Type.FEED_ITEM)
    await access_target(tx, actor, item_id)
    await actions.hide_item(tx, actor, item_id, hidden=_hidden(await input_of(request)))
    return await capability_of(request, tx, actor, item_id, "status")


@get("/comments/{key:str}/capabilities/status")
async def read_comment_status(
    request: Request, tx: Transaction, actor: people.Me, key: InPath
) -> Response[bytes]:
    """GET /chatter/comments/{id}/capabilities/status — Status Capability of a comment."""
    comment = await access_comment(tx, actor, ids.parse(key, Type.COMMENT), to="see")
    return await _comment_status(request, tx, actor, comment.id)


@patch("/comments/{key:str}/capabilities/status")
async def change_comment_status(
    request: Request, tx: Transaction, actor: people.Me, key: InPath
) -> Response[bytes]:
    """PATCH /chatter/comments/{id}/capabilities/status {feedEntityStatus: PendingReview or Published} — hides a comment from
    all but its author and moderators, to everybody else it is deleted; or shows it again. For moderators, 403 for others."""
    comment = await access_comment(tx, actor, ids.parse(key, Type.COMMENT), to="see")
    await actions.hide_comment(tx, actor, comment.id, hidden=_hidden(await input_of(request)))
    return await _comment_status(request, tx, actor, comment.id)


def _hidden(given: Json) -> bool:
    wanted = given.get("feedEntityStatus")
    if wanted not in ("PendingReview", "Published"):
        raise Invalid(
            "INVALID_INPUT", "feedEntityStatus is PendingReview or Published.", fields=["feedEntityStatus"]
        )
    return wanted == "PendingReview"


async def _comment_status(request: Request, tx: Tx, actor: people.Actor, comment_id: int) -> Response[bytes]:
    comment = await queries.comment(tx, actor, comment_id)
    return json_answer(status(await shaper(request, tx, actor), comment, ""))


# --- undo ----------------------------------------------------------------------------------------------------------


@post("/feed-elements/{key:str}/restoration")
async def restore_element(
    request: Request, tx: Transaction, actor: people.Me, key: InPath
) -> Response[bytes]:
    """POST /chatter/feed-elements/{id}/restoration — Hubbub's own: undoes a deletion, by who deleted it within 24 hours, or
    by a moderator; answers the Feed Item."""
    item_id = ids.parse(key, Type.FEED_ITEM)
    await actions.restore_item(tx, actor, item_id)
    item = await queries.item(tx, actor, item_id)
    return json_answer((await shaper(request, tx, actor, shown_in([item]))).item(item))


@post("/comments/{key:str}/restoration")
async def restore_comment(
    request: Request, tx: Transaction, actor: people.Me, key: InPath
) -> Response[bytes]:
    """POST /chatter/comments/{id}/restoration — Hubbub's own: undoes the deletion of a comment; answers the Comment."""
    comment_id = ids.parse(key, Type.COMMENT)
    await actions.restore_comment(tx, actor, comment_id)
    comment = await queries.comment(tx, actor, comment_id)
    return json_answer((await shaper(request, tx, actor, {comment.author.id})).comment(comment))


ROUTES = [
    close,
    pinned,
    pin,
    flags,
    flag,
    dismiss_flags,
    read_status,
    change_status,
    read_comment_status,
    change_comment_status,
    restore_element,
    restore_comment,
]
