"""Pages of comments, subscriptions, names to mention, and of what readers did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from hubbub import people
from hubbub.core import ids
from hubbub.feed.queries import Comment, CommentPage, Followed, Item

if TYPE_CHECKING:
    from hubbub.feed.shapes import Shaper

Json = dict[str, Any]


def latest_comments(shape: Shaper, item: Item, path: str) -> Json:
    """Comment Page: the newest comments that came with an element, oldest first."""
    shown = item.comments
    older = shown[0].key if shown and item.comment_count > len(shown) else None
    return comment_page(
        shape, shown, item.comment_count, older, shape.url(f"{path}/capabilities/comments/items"), None
    )


def comments_of(
    shape: Shaper, page: CommentPage, item: str, token: str | None, size: int, query: Json | None = None
) -> Json:
    """Comment Page, asked for by itself."""
    url = shape.url(f"/feed-elements/{item}/capabilities/comments/items")
    older = ids.show(page.next) if page.next else None
    return comment_page(shape, page.comments, page.total, older, url, token, size, query)


def comment_page(
    shape: Shaper,
    shown: list[Comment],
    total: int,
    older: str | None,
    url: str,
    token: str | None,
    size: int | None = None,
    query: Json | None = None,
) -> Json:
    sized = (query or {}) | ({"pageSize": size} if size and size != 25 else {})
    return {
        "currentPageToken": token,
        "currentPageUrl": with_query(url, sized | ({"page": token} if token else {})),
        "items": [shape.comment(comment) for comment in shown],
        "nextPageToken": older,
        "nextPageUrl": with_query(url, sized | {"page": older}) if older else None,
        "previousPageToken": None,
        "previousPageUrl": None,
        "total": total,
    }


def completion_page(
    shape: Shaper, found: list[people.Person], query: Json, number: int, *, more: bool
) -> Json:
    """Mention Completion Page."""
    url = shape.url("/mentions/completions")
    return {
        "currentPageUrl": with_query(url, query | ({"page": number} if number else {})),
        "mentionCompletions": [
            {
                "additionalLabel": None,
                "description": shape.text(person.title),
                "name": shape.text(person.name),
                "outOfOffice": None,
                "photoUrl": people.photo_url(person),
                "recordId": person.key,
                "userType": "ChatterGuest" if person.guest else "Internal",
            }
            for person in found
        ],
        "nextPageUrl": with_query(url, query | {"page": number + 1}) if more else None,
        "previousPageUrl": with_query(url, query | {"page": number - 1}) if number else None,
    }


def paged(items: list[Any], total: int, url: str, number: int, size: int, **query: object) -> Json:
    """A page by number, as Vote Collection and Read By Collection are."""

    def at(page: int) -> str:
        sized = {"pageSize": size} if size != 25 else {}
        return with_query(url, {**query, **sized, **({"page": page} if page else {})})

    more = (number + 1) * size < total
    return {
        "currentPageToken": number,
        "currentPageUrl": at(number),
        "items": items,
        "nextPageToken": number + 1 if more else None,
        "nextPageUrl": at(number + 1) if more else None,
        "previousPageToken": number - 1 if number else None,
        "previousPageUrl": at(number - 1) if number else None,
        "total": total,
    }


def subscription(shape: Shaper, followed: Followed) -> Json:
    """Subscription."""
    return {
        "community": None,
        "id": ids.show(followed.id),
        "subject": shape.subject(followed.subject),
        "subscriber": shape.subject(followed.follower),
        "url": shape.url(f"/subscriptions/{ids.show(followed.id)}"),
    }


def subscriptions_page(
    shape: Shaper,
    name: str,
    found: list[Followed],
    total: int,
    path: str,
    number: int,
    size: int,
    query: Json,
) -> Json:
    """Follower Page or Following Page."""
    url = shape.url(path)
    more = (number + 1) * size < total
    sized = query | ({"pageSize": size} if size != 25 else {})
    return {
        "currentPageUrl": with_query(url, sized | ({"page": number} if number else {})),
        name: [subscription(shape, each) for each in found],
        "nextPageUrl": with_query(url, sized | {"page": number + 1}) if more else None,
        "previousPageUrl": with_query(url, sized | {"page": number - 1}) if number else None,
        "total": total,
    }


def with_query(url: str, query: Json) -> str:
    return f"{url}?{urlencode(query)}" if query else url
