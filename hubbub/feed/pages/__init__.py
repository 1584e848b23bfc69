"""Pages of the feed."""

from hubbub.feed.pages import (
    announcements,
    asks,
    complete,
    composing,
    digest,
    drafts,
    edits,
    feeds,
    files,
    following,
    keeping,
    kinds,
    marks,
    posts,
    previews,
    resharing,
    shares,
    streams,
    topics,
)
from hubbub.feed.pages.composing import composer
from hubbub.feed.pages.parts import Feed, choice, record_feed, show_feed

ROUTES = [
    *announcements.ROUTES,
    *asks.ROUTES,
    *complete.ROUTES,
    *composing.ROUTES,
    *digest.ROUTES,
    *drafts.ROUTES,
    *edits.ROUTES,
    *feeds.ROUTES,
    *files.ROUTES,
    *following.ROUTES,
    *kinds.ROUTES,
    *keeping.ROUTES,
    *marks.ROUTES,
    *posts.ROUTES,
    *previews.ROUTES,
    *resharing.ROUTES,
    *shares.ROUTES,
    *streams.ROUTES,
    *topics.ROUTES,
]

__all__ = ["ROUTES", "Feed", "choice", "composer", "record_feed", "show_feed"]
