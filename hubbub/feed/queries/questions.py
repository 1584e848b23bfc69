"""Answers to questions as one reader sees them: the best one on top, and whether one is verified."""

from collections.abc import Iterable

import msgspec

from hubbub.core.db import Tx
from hubbub.feed.access import seals
from hubbub.feed.queries import threads as talk
from hubbub.feed.queries.speakers import Speaker


class Question(msgspec.Struct, frozen=True):
    """What has become of a question, beside its comments, which are its answers."""

    best: talk.Comment | None
    best_by: Speaker | None
    may_choose: bool
    verified: bool  # is one of the answers?


class Answered(msgspec.Struct, frozen=True):
    """The best answer of a question as it is read, and whether any of its answers is verified."""

    best: talk.CommentRow | None = None
    verified: bool = False


async def answered(tx: Tx, viewer_id: int, item_ids: Iterable[int]) -> dict[int, Answered]:
    """The best and the verified answers of these questions, which the viewer is known to see."""
    wanted = list(item_ids)
    if not wanted:
        return {}
    rows = await tx.tuples(
        f"""select i.id, exists (select 1 from feed_comment v where v.org_id = %(org)s and v.item_id = i.id
                     and v.verified_at is not null and v.deleted_at is null), best.one
            from feed_item i left join lateral (
              select {talk.ARRAY} as one from (
                select {talk.columns()} from feed_comment c
                where c.org_id = %(org)s and c.id = i.best_comment_id and c.deleted_at is null) c) best on true
            where i.org_id = %(org)s and i.id = any(%(items)s::bigint[])""",
        {"viewer": viewer_id, "items": wanted} | seals(tx, viewer_id, wanted),
    )
    return {id: Answered(talk.row_of(best) if best else None, verified) for id, verified, best in rows}
