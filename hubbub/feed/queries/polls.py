"""Polls as one reader sees them: how the votes stand is told to who has voted, and to all when the thread is closed."""

from collections.abc import Mapping

import msgspec

from hubbub.core import ids
from hubbub.core.db import Tx


class PollChoice(msgspec.Struct, frozen=True):
    """A choice of a poll; its votes are None for who may not know them yet."""

    id: int
    text: str
    votes: int | None
    ratio: float | None  # of all votes, 0 to 1

    @property
    def key(self) -> str:
        return ids.show(self.id)

    @property
    def percent(self) -> int:
        return round(100 * (self.ratio or 0))


class Poll(msgspec.Struct, frozen=True):
    """The choices in their order, the one that the reader has voted for, and how many have voted."""

    choices: list[PollChoice]
    mine: int | None
    total: int
    may_vote: bool

    @property
    def told(self) -> bool:
        """Does the reader know how the votes stand?"""
        return not self.may_vote


async def polls(tx: Tx, viewer_id: int, closed: Mapping[int, bool]) -> dict[int, Poll]:
    """The polls of these items, each with whether its thread is closed; the viewer is known to see them."""
    if not closed:
        return {}
    rows = await tx.tuples(
        """select c.item_id, c.id, c.text, c.votes, v.choice_id from poll_choice c
           left join poll_vote v on v.org_id = %(org)s and v.item_id = c.item_id and v.user_id = %(viewer)s
           where c.org_id = %(org)s and c.item_id = any(%(items)s::bigint[]) order by c.item_id, c.position""",
        {"viewer": viewer_id, "items": list(closed)},
    )
    found: dict[int, list[tuple[int, str, int]]] = {}
    mine: dict[int, int | None] = {}
    for item_id, choice_id, text, votes, my_choice in rows:
        found.setdefault(item_id, []).append((choice_id, text, votes))
        mine[item_id] = my_choice
    return {id: _poll(choices, mine[id], closed=closed[id]) for id, choices in found.items()}


def _poll(choices: list[tuple[int, str, int]], mine: int | None, *, closed: bool) -> Poll:
    total = sum(votes for _, _, votes in choices)
    may_vote = mine is None and not closed
    return Poll(
        [
            PollChoice(id, text, None, None)
            if may_vote
            else PollChoice(id, text, votes, votes / total if total else 0.0)
            for id, text, votes in choices
        ],
        mine,
        total,
        may_vote,
    )
