"""Bodies of likes: who likes something, and in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hubbub.feed.queries import Like, LikePage

if TYPE_CHECKING:
    from hubbub.feed.shapes import Shaper

Json = dict[str, Any]


def like_page(
    shape: Shaper,
    likes: list[Like],
    total: int,
    url: str,
    target: str,
    kind: str,
    *,
    page: int = 0,
    size: int = 25,
) -> Json:
    """Like Page."""
    more = page * size + len(likes) < total
    return {
        "currentPageToken": page,
        "currentPageUrl": url if not page else f"{url}?page={page}",
        "items": [like_body(shape, like, target, kind) for like in likes],
        "nextPageToken": page + 1 if more else None,
        "nextPageUrl": f"{url}?page={page + 1}" if more else None,
        "previousPageToken": page - 1 if page else None,
        "previousPageUrl": f"{url}?page={page - 1}" if page else None,
        "total": total,
    }


def like_body(shape: Shaper, like: Like, target: str, kind: str) -> Json:
    """Like."""
    return {
        "id": like.key,
        "likedItem": {"id": target, "url": shape.url(f"/{kind}/{target}")},
        "url": shape.url(f"/likes/{like.key}"),
        "user": shape.speaker(like.user),
    }


def likes_message(shape: Shaper, likes: list[Like], total: int, *, mine: bool) -> Json | None:
    """Like Message Body: "You, Maya Lindqvist and 2 others like this." `likes` are the newest, by name."""
    if not total:
        return None
    me = next((like for like in likes if like.mine), None)
    named = [like.user for like in likes if like is not me][:2]
    others = total - mine - len(named)
    words: list[Json] = [{"text": "You", "type": "Text"}] if mine else []
    words += [shape.link(user) for user in named]
    if others:
        rest = f"{others} {'other' if others == 1 else 'others'}" if words else f"{others} people"
        words.append({"text": rest if others > 1 or words else "1 person", "type": "Text"})
    segments: list[Json] = []
    for at, word in enumerate(words):
        if at:
            segments.append({"text": " and " if at == len(words) - 1 else ", ", "type": "Text"})
        segments.append(word)
    one = total == 1 and not mine
    segments.append({"text": " likes this." if one else " like this.", "type": "Text"})
    return {"messageSegments": segments, "text": "".join(each["text"] for each in segments)}


def likes_of(shape: Shaper, page: LikePage, target: str, kind: str, url: str, number: int, size: int) -> Json:
    """Like Page, asked for by itself."""
    return like_page(shape, page.likes, page.total, url, target, kind, page=number, size=size)
