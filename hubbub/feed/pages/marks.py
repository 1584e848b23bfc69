"""Pages and forms of what I do with threads for myself, of votes, and of what is unread."""

from typing import Any

from litestar import Response, get, post

from hubbub import people
from hubbub.core import html, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.html import see_other, wants_stream
from hubbub.core.html import translate as _
from hubbub.core.ids import Type
from hubbub.feed import actions, queries
from hubbub.feed.access import access_subject, access_target
from hubbub.feed.pages.posts import show_comment, show_talk
from hubbub.feed.queries import is_feed

READERS = 100  # of a post, on one page

# What each address marks a thread as.
_MARKS = {"bookmark": "bookmarked", "mute": "muted", "following": "followed", "reading": "read"}
_VOTES = {"up": True, "down": False, "none": None}


@post([f"/posts/{{key:str}}/{name}{way}" for name in _MARKS for way in ("", "/delete")])
async def mark(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Bookmark, mute, follow or have read a thread, or no longer."""
    item_id = ids.parse(key, Type.FEED_ITEM)
    name, on = request.scope["path"].removesuffix("/delete").rpartition("/")[2], True
    if request.scope["path"].endswith("/delete"):
        on = False
    await actions.mark(tx, actor, item_id, _MARKS[name], on=on)
    if name == "reading" and wants_stream(request):
        return await _news(request, tx, actor, "", [item_id])
    told = {"bookmark": _("Bookmarked"), "mute": _("Muted"), "following": _("You follow this thread")}
    return await show_talk(request, tx, actor, item_id, told=told.get(name, "") if on else _("Undone"))


@post(["/posts/{key:str}/votes", "/comments/{key:str}/votes"])
async def vote(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Vote a post or a comment up or down, or take my vote back: `vote` is up, down or none."""
    target_id = ids.parse(key, Type.FEED_ITEM, Type.COMMENT)
    await access_target(tx, actor, target_id)
    given = (await request.form()).get("vote")
    if given not in _VOTES:
        raise Invalid("INVALID_INPUT", "vote is up, down or none.", fields=["vote"])
    await actions.vote(tx, actor, target_id, up=_VOTES[str(given)])
    told = _("Undone") if given == "none" else _("Your vote counts")
    if ids.type_of(target_id) == Type.FEED_ITEM:
        return await show_talk(request, tx, actor, target_id, told=told)
    return await show_comment(request, tx, actor, target_id, told=told)


# --- read and unread -----------------------------------------------------------------------------------------------


@post(["/feeds/{kind:str}/seen", "/feeds/{kind:str}/{key:str}/seen"])
async def seen(request: Request, tx: Transaction, actor: people.Me, kind: InPath) -> Response[Any]:
    """What I scrolled past in a feed (`items`), or everything in it up to a post (`up_to`), is read."""
    feed = await _feed(request, tx, actor, kind)
    form = await request.form()
    if up_to := form.get("up_to"):
        await actions.see_feed(tx, actor, feed, ids.parse(up_to, Type.FEED_ITEM))
    item_ids = _item_ids(form.get("items"))
    if item_ids:
        await actions.mark_seen(tx, actor, item_ids)
    if wants_stream(request):
        return await _news(request, tx, actor, feed, _item_ids(form.get("shown")) + item_ids)
    return see_other(await html.back(request))


@get(["/feeds/{kind:str}/unread", "/feeds/{kind:str}/{key:str}/unread"])
async def unread(request: Request, tx: Transaction, actor: people.Me, kind: InPath) -> Response[str]:
    """How much is unread by now, and which of the `shown` posts are no longer, as changes to an open page."""
    feed = await _feed(request, tx, actor, kind)
    return await _news(request, tx, actor, feed, _item_ids(request.query_params.get("shown")))


async def _feed(request: Request, tx: Tx, actor: people.Actor, kind: str) -> str:
    key = request.path_params.get("key", "")
    if kind == "me" and not key:
        return ""
    feed = f"{kind}/{key}" if key else kind
    if not is_feed(feed) or (feed == "company" and actor.guest):
        raise NotFound()
    if key:
        await access_subject(tx, actor, ids.parse(key))
    return feed


async def _news(request: Request, tx: Tx, actor: people.Actor, feed: str, shown: list[int]) -> Response[str]:
    """The counts as they are now, and of the posts `shown` in the feed the marks of those that were read."""
    counted = [each for each in ("news", "company", feed) if each and not (actor.guest and each == "company")]
    counts, _ = await queries.unread_in(tx, actor, counted)
    still = await queries.still_unread(tx, actor, feed or "news", shown) if shown else set()
    return html.stream(
        request,
        "feed/streams/unread.html",
        actor=actor,
        counts=[(topic, each.count) for topic, each in counts.items()],
        topic=feed,
        count=counts[feed].count if feed else 0,
        read=[item_id for item_id in shown if item_id not in still],
    )


def _item_ids(given: object) -> list[int]:
    keys = [each for each in str(given or "").split(",") if each]
    return [ids.parse(each, Type.FEED_ITEM) for each in dict.fromkeys(keys[: actions.MOST_SEEN])]


@get("/posts/{key:str}/readers")
async def show_readers(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[str]:
    """Who has read a post, the last first. Of what is asked in a record's name nobody is told."""
    item = await queries.item(tx, actor, ids.parse(key, Type.FEED_ITEM))
    if item.sealed:
        raise NotFound()
    number = request.query_params.get("page", "0")
    at = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 0
    found = await queries.readers_of_item(tx, actor, item.id, size=READERS, start=at * READERS)
    more = (at + 1) * READERS < found.total
    return await html.page(
        request, tx, actor, "feed/readers.html", found=found, item_id=item.id, at=at, more=more, here=None
    )


ROUTES = [show_readers, mark, vote, seen, unread]
