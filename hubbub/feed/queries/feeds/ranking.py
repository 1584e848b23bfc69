"""Top and most viewed: the newest items of a feed in the order of a formula that is told with each of them.

The formula of Top is written down in docs/decisions. It counts what everybody who sees an item sees of it, so an order
tells nothing that the item does not.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime

import msgspec

from hubbub import people, records
from hubbub.core import clock
from hubbub.core.db import Tx
from hubbub.feed.queries.feeds.asking import NEWEST, VIEWED, Ask, Found, Place, unreadable

WINDOW = 100  # so many of the newest items of a feed are ranked
LIKE, COMMENT, VOTE = 1, 2, 1
NEAR = 1.5  # somebody I follow wrote it
FADING = 1.5


class Rank(msgspec.Struct, frozen=True):
    """Why an item stands where it stands: its points, what they come from, what brings it near, how it has faded."""

    score: float
    likes: int
    comments: int
    votes: int
    days: float
    near: bool
    views: int = 0


class _Row(msgspec.Struct, frozen=True):
    id: int
    likes: int
    comments: int
    votes: int
    created_at: datetime
    near: bool
    views: int


async def ranked(
    tx: Tx, viewer: records.Viewer, find: Callable[[Ask], Awaitable[list[Found]]], ask: Ask
) -> tuple[list[Found], Place | None, dict[int, Rank]]:
    """A page of the newest hundred items of a feed by their rank. Pages go on as of the moment of the first one."""
    asof = ask.after.at if ask.after else clock.now()
    window = await find(ask.then(order=NEWEST, after=Place(asof, (1 << 63) - 1), size=WINDOW))
    views = (
        """(select count(*) from (select 1 from feed_mark m where m.org_id = %(org)s and m.item_id = i.id
              and m.read_at is not null and i.seal is null limit 1000) m)"""
        if ask.order == VIEWED
        else "0"
    )
    rows = await tx.rows(
        f"""with followed as materialized ({people.FOLLOWED})
            select i.id, i.like_count, i.comment_count, i.up_count - i.down_count, i.created_at,
                   i.author_id in (select id from followed), {views}
            from feed_item i where i.org_id = %(org)s and i.id = any(%(ids)s::bigint[])""",
        {"viewer": viewer.actor.id, "ids": [each.id for each in window]},
        into=_Row,
    )
    ranks = {row.id: _rank(row, asof, viewed=ask.order == VIEWED) for row in rows}
    order = sorted(
        (each for each in window if each.id in ranks), key=lambda each: (-ranks[each.id].score, -each.id)
    )
    start = 0
    if ask.after:
        place = [n for n, each in enumerate(order) if each.id == ask.after.item_id]
        if not place:
            raise unreadable()
        start = place[0] + 1
    shown = order[start : start + ask.size]
    following = Place(asof, shown[-1].id) if start + ask.size < len(order) else None
    return shown, following, {each.id: ranks[each.id] for each in shown}


def _rank(row: _Row, asof: datetime, *, viewed: bool) -> Rank:
    days = max((asof - row.created_at).total_seconds() / 86_400, 0)
    points = max(1 + LIKE * row.likes + COMMENT * row.comments + VOTE * row.votes, 0.1)
    score = row.views if viewed else points * (NEAR if row.near else 1) / (1 + days) ** FADING
    return Rank(round(score, 3), row.likes, row.comments, row.votes, round(days, 1), row.near, row.views)
