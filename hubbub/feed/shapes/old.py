"""Bodies of versions 23 to 31: feed items that are flat, made of today's elements; what began later is not in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hubbub.core import html, ids
from hubbub.core.rest import version_of
from hubbub.feed.queries import Comment, Item, LikePage, Page, Place
from hubbub.feed.shapes import feeds, likes, lists
from hubbub.feed.shapes.capabilities import poll as poll_capability

if TYPE_CHECKING:
    from hubbub.feed.shapes import Shaper

Json = dict[str, Any]
LAST = 31

# The versions that have a property, where they are not all from 23 to 31.
_SPANS = {
    "attachment": {"comment": (24, 31)},
    "canShare": {"item": (27, 31)},
    "capabilities": {"item": (31, 31)},
    "currentUserLike": {"item": (23, 24)},
    "feedElementType": {"item": (31, 31)},
    "header": {"item": (31, 31)},
    "isBookmarkedByCurrentUser": {"item": (24, 31)},
    "isDeletable": {"comment": (23, 24)},
    "isDeleteRestricted": {"item": (25, 31), "comment": (25, 31)},
    "likedItem": {"like": (27, 31)},
    "likes": {"comment": (24, 31)},
    "likesMessage": {"item": (27, 31), "comment": (27, 31)},
    "moderationFlags": {"item": (29, 31)},
    "myLike": {"likes": (23, 24)},
    "originalFeedItem": {"item": (24, 31)},
    "originalFeedItemActor": {"item": (24, 31)},
    "preamble": {"item": (27, 30)},
    "relativeCreatedDate": {"item": (28, 31), "comment": (28, 31)},
    "topics": {"item": (28, 31)},
    "type": {"comment": (24, 31), "attachment": (27, 31)},
    "updatesToken": {"page": (30, 31)},
    "updatesUrl": {"page": (30, 31)},
    "visibility": {"item": (26, 31)},
}
# The same for attachments, by what they are.
_ATTACHED = {"Link": 23, "Poll": 26, "RecordSnapshot": 29, "TrackedChange": 29}


def is_old(shape: Shaper) -> bool:
    """Does the request name a version whose bodies are these?"""
    return version_of(shape.base) <= LAST


def item(shape: Shaper, item: Item) -> Json:
    """Feed Item."""
    new = shape.item(item)
    can, path = new["capabilities"], f"/feed-items/{item.key}"
    liked, said = can["chatterLikes"], can["comments"]["page"]
    flags, tagged = can.get("moderation"), can.get("topics")
    body = {
        "attachment": attachment(shape, can),
        "body": _body(shape, _words(shape, item)),
        "canShare": new["isSharable"],
        "comments": _comment_page(shape, said, item.comments),
        "currentUserLike": liked["myLike"],
        "isBookmarkedByCurrentUser": item.mine.bookmarked,
        "isLikedByCurrentUser": liked["isLikedByCurrentUser"],
        "likes": _likes(shape, liked["page"], liked["myLike"], f"{path}/likes"),
        "likesMessage": liked["likesMessage"],
        "moderationFlags": flags["moderationFlags"] if flags else None,
        "myLike": liked["myLike"],
        "originalFeedItem": shape.reference("feed-items", item.original.id if item.original else None),
        "preamble": new["header"],
        "topics": {
            "canAssignTopics": tagged["canAssignTopics"] if tagged else False,
            "topics": tagged["items"] if tagged else [],
        },
        "url": shape.url(path),
    }
    return _of_version(
        shape,
        "item",
        {name: new[name] for name in new if name not in ("hasVerifiedComment", "isSharable")} | body,
    )


def attachment(shape: Shaper, can: Json) -> Json | None:
    """Feed Item Attachment: what an element has beside its text, as far as this version knows it."""
    parts: dict[str, Json | None] = {
        "Link": {"title": can["link"]["urlName"], "url": can["link"]["url"]} if "link" in can else None,
        "Poll": can.get("poll"),
        "RecordSnapshot": can.get("recordSnapshot"),
        "TrackedChange": can.get("trackedChanges"),
    }
    for kind, body in parts.items():
        if body is not None and version_of(shape.base) >= _ATTACHED[kind]:
            return _of_version(shape, "attachment", {**body, "type": kind})
    return None


def comment(shape: Shaper, comment: Comment) -> Json:
    """Comment. Replies stand among the others: threads began with version 44."""
    new = shape.comment(comment)
    item = ids.show(comment.item_id)
    began_later = ("capabilities", "feedElement", "isDeleted", "threadLevel", "threadParentId")
    old = {
        "attachment": None,
        "body": _body(shape, comment.body),
        "feedItem": {"id": item, "url": shape.url(f"/feed-items/{item}")},
        "isDeletable": comment.may_delete,
        "likes": _likes(shape, new["likes"], new["myLike"], f"/comments/{comment.key}/likes"),
        "parent": {"id": item, "url": shape.url(f"/feed-items/{item}")},
    }
    return _of_version(shape, "comment", {name: new[name] for name in new if name not in began_later} | old)


def comments(shape: Shaper, page: Any, item: str, token: str | None, size: int) -> Json:
    """Comment Page, asked for by itself."""
    return _comment_page(shape, lists.comments_of(shape, page, item, token, size), page.comments)


def liked(shape: Shaper, page: LikePage, target: str, kind: str, number: int, size: int) -> Json:
    """Like Page, asked for by itself; `kind`: feed-items or comments."""
    mine = next((like for like in page.likes if like.mine), None)
    path = f"/{kind}/{target}/likes"
    new = likes.like_page(
        shape, page.likes, page.total, shape.url(path), target, kind, page=number, size=size
    )
    return _likes(shape, new, shape.reference("likes", mine.id if mine else None), path)


def page(
    shape: Shaper, page: Page, path: str, query: Json, after: Place | None, *, token: str | None = None
) -> Json:
    """Feed Item Page."""
    body = feeds.page(shape, Page([], page.next), path, query, after, token=token)
    del body["elements"]
    return _of_version(shape, "page", {**body, "items": [item(shape, each) for each in page.items]})


def poll(shape: Shaper, item: Item) -> Json:
    """Feed Item Attachment: Poll."""
    return _of_version(shape, "attachment", {**(poll_capability(shape, item, "") or {}), "type": "Poll"})


def _words(shape: Shaper, item: Item) -> list[Json]:
    """What an element says, with what this version has no other place for: titles, badges, changes, that a record is new."""
    version, said = version_of(shape.base), item.body
    if version < 31 and item.kind != "LinkPost" and (title := item.title or item.badge_label):
        said = [{"type": "Text", "text": f"{title}\n" if said else title}, *said]
    if version < _ATTACHED["TrackedChange"]:
        if item.kind == "CreateRecordEvent":
            said = [{"type": "Text", "text": f"created this {item.parent.label.lower()}."}]
        told = [f"changed {each.label} from {each.old or ''} to {each.new or ''}." for each in item.changes]
        if told:
            said = [*said, {"type": "Text", "text": ("\n" if said else "") + "\n".join(told)}]
    return said


def _body(shape: Shaper, segments: list[Json]) -> Json:
    """Feed Item Body: its words; markup began with version 35."""
    body = shape.body(html.unmarked(segments))
    del body["isRichText"]
    return body


def _comment_page(shape: Shaper, new: Json, shown: list[Comment]) -> Json:
    return {
        "comments": [comment(shape, each) for each in shown],
        "currentPageUrl": _address(new["currentPageUrl"]),
        "nextPageUrl": _address(new["nextPageUrl"]),
        "total": new["total"],
    }


def _likes(shape: Shaper, new: Json, mine: Json | None, path: str) -> Json:
    kind, target, _ = path[1:].split("/")
    reference = {"id": target, "url": shape.url(f"/{kind}/{target}")}
    body = {
        "currentPageUrl": _address(new["currentPageUrl"]),
        "likes": [_of_version(shape, "like", {**each, "likedItem": reference}) for each in new["items"]],
        "myLike": mine,
        "nextPageUrl": _address(new["nextPageUrl"]),
        "previousPageUrl": _address(new["previousPageUrl"]),
        "total": new["total"],
    }
    return _of_version(shape, "likes", body)


def _address(url: str | None) -> str | None:
    return url and (
        url.replace("/feed-elements/", "/feed-items/")
        .replace("/capabilities/comments/items", "/comments")
        .replace("/capabilities/chatter-likes/items", "/likes")
    )


def _of_version(shape: Shaper, what: str, body: Json) -> Json:
    """Of a body what the version of the request has."""
    version = version_of(shape.base)
    spans = {name: _SPANS.get(name, {}).get(what, (23, LAST)) for name in body}
    return {name: body[name] for name in sorted(body) if spans[name][0] <= version <= spans[name][1]}
