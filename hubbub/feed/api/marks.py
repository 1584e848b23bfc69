"""REST: what I do with a thread for myself (bookmark, mute, follow, read), votes, and what is unread in a feed."""

from litestar import Response, get, patch

from hubbub import people
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.ids import Type
from hubbub.core.rest import boolean, connect_date, input_of, json_answer, whole
from hubbub.feed import actions, queries
from hubbub.feed.access import access_target
from hubbub.feed.api.asking import check_feed, shaper
from hubbub.feed.shapes import Json
from hubbub.feed.shapes.lists import paged

# For each capability: the property of its input, and the mark that it is.
_MARKS = {
    "bookmarks": ("isBookmarkedByCurrentUser", "bookmarked"),
    "mute": ("isMutedByMe", "muted"),
    "read-by": ("isReadByMe", "read"),
    "thread-follow": ("isFollowedByMe", "followed"),
}
_NAMES = {"read-by": "readBy", "thread-follow": "threadFollow", "up-down-vote": "upDownVote"}
_VOTES = {"Up": True, "Down": False, "None": None}


@get(
    [
        f"/feed-elements/{{key:str}}/capabilities/{name}"
        for name in (*_MARKS, "close", "pin", "chatter-likes", "comments", "up-down-vote")
    ]
)
async def capability(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """GET …/capabilities/bookmarks — Bookmarks Capability: whether I keep it; …/mute — Mute Capability: whether I want to hear
    nothing of it; …/read-by — Read By Capability: whether I have read it, and the first 25 who have; …/thread-follow —
    Hubbub's own: whether I am told what is said there though I said nothing; …/close — Close Capability: whether its thread is
    closed; …/pin — Pin Capability: whether it is on top of its feed, and whether I may put it there; …/chatter-likes —
    Chatter Likes Capability: who likes it; …/comments — Comments Capability: its newest comments; …/up-down-vote — Up Down
    Vote Capability: how many voted for and against it, and my vote. 404 where the element has not got it."""
    name = request.scope["path"].rpartition("/")[2]
    return await capability_of(request, tx, actor, ids.parse(key, Type.FEED_ITEM), name)


async def capability_of(
    request: Request, tx: Tx, actor: people.Actor, item_id: int, name: str
) -> Response[bytes]:
    """One capability of an element, as its address names it; of who has read it the first 25."""
    item = await queries.item(tx, actor, item_id)
    name = _NAMES.get(name, {"chatter-likes": "chatterLikes"}.get(name, name))
    shape = await shaper(request, tx, actor)
    body = shape.item(item)["capabilities"].get(name)
    if body is None:
        raise NotFound()
    if name == "readBy":
        body["page"] = await _readers(request, tx, actor, item_id, 0, 25)
    return json_answer(body)


@patch([f"/feed-elements/{{key:str}}/capabilities/{name}" for name in _MARKS])
async def change_mark(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """PATCH …/capabilities/bookmarks {isBookmarkedByCurrentUser} — keeps it among my bookmarks, or no longer; …/mute
    {isMutedByMe} — tells me nothing more of it, or does again; …/read-by {isReadByMe} — marks it as read or unread;
    …/thread-follow {isFollowedByMe} — Hubbub's own: tells me what is said there, or does no more. Answers the capability."""
    item_id, name = ids.parse(key, Type.FEED_ITEM), request.scope["path"].rpartition("/")[2]
    property, mark = _MARKS[name]
    await actions.mark(tx, actor, item_id, mark, on=boolean(await input_of(request), property))
    return await capability_of(request, tx, actor, item_id, name)


@patch("/feed-elements/batch/{keys:str}/capabilities/read-by")
async def read_many(request: Request, tx: Transaction, actor: people.Me, keys: InPath) -> Response[bytes]:
    """PATCH /chatter/feed-elements/batch/{id,id…}/capabilities/read-by {isReadByMe: true} — Batch Results: of each of at
    most 200 elements 200, or 404 where it is not to be found."""
    item_ids = [ids.parse(each, Type.FEED_ITEM) for each in keys.split(",")]
    if not boolean(await input_of(request), "isReadByMe"):
        raise Invalid(
            "INVALID_INPUT", "Several at once are marked as read, not as unread.", fields=["isReadByMe"]
        )
    await actions.mark_seen(tx, actor, item_ids)
    found = {item.id: item for item in await queries.items(tx, actor, item_ids)}
    missing = [{"errorCode": "NOT_FOUND", "message": NotFound().message}]
    shape = await shaper(request, tx, actor)
    results: list[Json] = []
    for item_id in item_ids:
        known = item_id in found
        body = shape.item(found[item_id])["capabilities"].get("readBy") if known else missing
        results.append({"result": body, "statusCode": 200 if known else 404})
    return json_answer({"hasErrors": len(found) < len(set(item_ids)), "results": results})


@get("/feed-elements/{key:str}/capabilities/read-by/items")
async def readers(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """GET …/capabilities/read-by/items — Read By Collection: page (from 0), pageSize 1 to 100 (25). A guest is
    told only of himself. 404 for what is asked in a record's name."""
    item = await queries.item(tx, actor, ids.parse(key, Type.FEED_ITEM))
    if item.sealed:
        raise NotFound()
    size, number = whole(request, "pageSize", 25, 1, 100), whole(request, "page", 0, 0, 100_000)
    return json_answer(await _readers(request, tx, actor, item.id, number, size))


async def _readers(
    request: Request, tx: Tx, actor: people.Actor, item_id: int, number: int, size: int
) -> Json:
    found = await queries.readers_of_item(tx, actor, item_id, size=size, start=number * size)
    shape = await shaper(request, tx, actor, {read.user.id for read in found.reads})
    url = shape.url(f"/feed-elements/{ids.show(item_id)}/capabilities/read-by/items")
    items = [
        {"lastReadDateByUser": connect_date(read.read_at), "user": shape.person(read.user)}
        for read in found.reads
    ]
    return paged(items, found.total, url, number, size)


# --- votes ---------------------------------------------------------------------------------------------------------

_VOTED = [
    "/feed-elements/{key:str}/capabilities/up-down-vote",
    "/comments/{key:str}/capabilities/up-down-vote",
]


@get(_VOTED[1])
async def vote_of_comment(
    request: Request, tx: Transaction, actor: people.Me, key: InPath
) -> Response[bytes]:
    """GET /chatter/comments/{id}/capabilities/up-down-vote — Up Down Vote Capability."""
    comment_id = ids.parse(key, Type.COMMENT)
    await access_target(tx, actor, comment_id)
    return await _vote_of(request, tx, actor, comment_id)


@patch(_VOTED)
async def change_vote(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """PATCH /chatter/{feed-elements|comments}/{id}/capabilities/up-down-vote {vote: Up|Down|None} — votes for it, against
    it, or takes my vote back; answers the capability; 400 INVALID_OPERATION in a closed thread."""
    target_id = _target(request, key)
    await access_target(tx, actor, target_id)
    await actions.vote(tx, actor, target_id, up=_vote(str((await input_of(request)).get("vote"))))
    return await _vote_of(request, tx, actor, target_id)


@get([f"{each}/items" for each in _VOTED])
async def votes(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """GET …/capabilities/up-down-vote/items?vote=Up|Down — Vote Collection: page (from 0), pageSize 1 to 100 (25)."""
    target_id = _target(request, key)
    await access_target(tx, actor, target_id)
    given = request.query_params.get("vote", "")
    if given not in ("Up", "Down"):
        raise Invalid("MISSING_ARGUMENT", "vote is Up or Down.", fields=["vote"])
    size, number = whole(request, "pageSize", 25, 1, 100), whole(request, "page", 0, 0, 100_000)
    found = await queries.votes(tx, actor, target_id, up=given == "Up", size=size, start=number * size)
    shape = await shaper(request, tx, actor, {voter.id for voter in found.voters})
    kind = "comments" if ids.type_of(target_id) == Type.COMMENT else "feed-elements"
    items = [
        {"type": given, "user": shape.speaker(voter), "votedItem": shape.reference(kind, target_id)}
        for voter in found.voters
    ]
    url = shape.url(f"/{kind}/{ids.show(target_id)}/capabilities/up-down-vote/items")
    return json_answer(paged(items, found.total, url, number, size, vote=given))


def _vote(given: str) -> bool | None:
    if given not in _VOTES:
        raise Invalid("INVALID_INPUT", "vote is Up, Down or None.", fields=["vote"])
    return _VOTES[given]


def _target(request: Request, key: str) -> int:
    return ids.parse(key, Type.COMMENT if "/comments/" in request.scope["path"] else Type.FEED_ITEM)


async def _vote_of(request: Request, tx: Tx, actor: people.Actor, target_id: int) -> Response[bytes]:
    if ids.type_of(target_id) == Type.FEED_ITEM:
        return await capability_of(request, tx, actor, target_id, "up-down-vote")
    comment = await queries.comment(tx, actor, target_id)
    shape = await shaper(request, tx, actor)
    return json_answer(shape.comment(comment)["capabilities"]["upDownVote"])


# --- unread --------------------------------------------------------------------------------------------------------


@get(["/feeds/{kind:str}/unread", "/feeds/{kind:str}/{subject:str}/unread"])
async def unread(request: Request, tx: Transaction, actor: people.Me, kind: InPath) -> Response[bytes]:
    """GET /chatter/feeds/{news|company|user-profile|record|topics}[/{subject}]/unread — Hubbub's own: `unread`, exact to 99,
    `more` where there are more, and `since` when what others wrote counts."""
    return await _unread(tx, actor, await _topic(request, tx, actor, kind))


@patch(["/feeds/{kind:str}/unread", "/feeds/{kind:str}/{subject:str}/unread"])
async def mark_feed(request: Request, tx: Transaction, actor: people.Me, kind: InPath) -> Response[bytes]:
    """PATCH /chatter/feeds/…/unread {upToId: the newest element that was seen} — everything up to it is read; answers what
    is unread then."""
    topic = await _topic(request, tx, actor, kind)
    up_to = ids.parse((await input_of(request)).get("upToId"), Type.FEED_ITEM)
    await actions.see_feed(tx, actor, topic, up_to)
    return await _unread(tx, actor, topic)


async def _unread(tx: Tx, actor: people.Actor, topic: str) -> Response[bytes]:
    found = await queries.unread(tx, actor, topic)
    return json_answer(
        {"more": found.count > 99, "since": connect_date(found.since), "unread": min(found.count, 99)}
    )


async def _topic(request: Request, tx: Tx, actor: people.Actor, kind: str) -> str:
    subject_id = await check_feed(tx, actor, kind, request.path_params.get("subject", ""))
    names = {"user-profile": "profile", "record": "record", "topics": "topic"}
    if kind == "record" and ids.type_of(subject_id) == Type.USER:
        return f"profile/{ids.show(subject_id)}"
    if kind in ("news", "company"):
        return kind
    if kind not in names:
        raise NotFound()
    return f"{names[kind]}/{ids.show(subject_id)}"


ROUTES = [capability, change_mark, read_many, readers, vote_of_comment, change_vote, votes, unread, mark_feed]
