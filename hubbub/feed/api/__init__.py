"""The Chatter REST API of the feed: feeds, feed elements, comments, likes, followers and following.

Mounted under /services/data/vXX.0/chatter and, with the same paths, under …/connect/communities/internal/chatter.
"""

from hubbub.feed.api import (
    announcements,
    asks,
    batch,
    digest,
    drafts,
    edits,
    elements,
    feeds,
    files,
    following,
    keeping,
    kinds,
    marks,
    mentions,
    old,
    previews,
    shares,
    streams,
    threads,
    topics,
)

ROUTES = [
    *feeds.ROUTES,
    *announcements.ROUTES,
    *elements.ROUTES,
    *batch.ROUTES,
    *edits.ROUTES,
    *kinds.ROUTES,
    *threads.ROUTES,
    *marks.ROUTES,
    *keeping.ROUTES,
    *drafts.ROUTES,
    *mentions.ROUTES,
    *old.ROUTES,
    *previews.ROUTES,
    *following.ROUTES,
    *shares.ROUTES,
    *streams.ROUTES,
    *topics.ROUTES,
]

# Under /connect.
CONNECT = [*topics.CONNECT, *files.CONNECT]

# Hubbub's own resources, under /services/data/vXX.0/hubbub.
HUBBUB = [*asks.ROUTES, *digest.ROUTES, *following.HUBBUB]
