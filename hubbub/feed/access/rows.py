"""Items, comments, likes, streams and favourites as they are stored."""

from datetime import datetime

import msgspec


class ItemRow(msgspec.Struct, frozen=True):
    """A feed item as it is stored."""

    id: int
    kind: str
    parent_id: int
    author_id: int
    internal_only: bool
    field_ids: list[int] | None
    created_at: datetime | None
    closed: bool = False
    seal: bytes | None = None
    hidden: bool = False  # by a moderator


class CommentRow(msgspec.Struct, frozen=True):
    """A comment as it is stored."""

    id: int
    item_id: int
    author_id: int
    hidden: bool = False  # by a moderator


class LikeRow(msgspec.Struct, frozen=True):
    """A like of an item or a comment, with the item that it belongs to."""

    id: int
    target_id: int
    user_id: int


class StreamRow(msgspec.Struct, frozen=True):
    """A stream as it is stored."""

    name: str
    description: str | None


class FavoriteRow(msgspec.Struct, frozen=True):
    """A favourite as it is stored: a search, a topic or a list view."""

    search: str | None
    target_id: int | None
    followed_id: int | None = None  # the search under which stands what says its words
