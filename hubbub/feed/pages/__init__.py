"""Pages of the feed."""

from hubbub.feed.pages import complete, edits, feeds, posts, shares
from hubbub.feed.pages.parts import choice, composer, record_feed, show_feed

ROUTES = [*complete.ROUTES, *edits.ROUTES, *feeds.ROUTES, *posts.ROUTES, *shares.ROUTES]

__all__ = ["ROUTES", "choice", "composer", "record_feed", "show_feed"]
