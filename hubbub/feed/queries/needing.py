"""What home leads with and offers beside the news: questions on my deals that nobody has answered, records worth following."""

import msgspec

from hubbub import people, records
from hubbub.core import html
from hubbub.core.db import Tx
from hubbub.feed.access import sight

LONGEST = 90  # of a question, in characters


class Asked(msgspec.Struct, frozen=True):
    """A question that waits for an answer, and on what."""

    id: int
    text: str
    parent: str
    days: int


class WorthRecord(msgspec.Struct, frozen=True):
    """A record that one may want to follow: how many of those whom one follows do."""

    card: records.Card
    near: int


async def waiting_questions(tx: Tx, actor: people.Actor, *, most: int = 10) -> list[Asked]:
    """Questions of others on my open deals that have no comment, the oldest first."""
    him = await records.viewer(tx, actor)
    if not him.can(him.catalog.object("Opportunity")).read:
        return []
    mine = await records.matching(tx, him, "Opportunity", owner_id=actor.user_id)
    rows = await tx.tuples(
        f"""select i.id, i.parent_id, i.title, i.body, extract(day from now() - i.created_at)::int
            from feed_item i
            where i.org_id = %(org)s and i.parent_id in ({mine.sql}) and i.kind = 'QuestionPost' and i.deleted_at is null
              and i.comment_count = 0 and i.author_id <> %(viewer)s and {sight(him)}
            order by i.created_at, i.id limit %(most)s""",
        {**him.params, **mine.params, "most": most},
    )
    cards = await records.cards(tx, actor, {row[1] for row in rows})
    return [
        Asked(
            id,
            str(html.excerpt([{"type": "Text", "text": title}] if title else body, LONGEST)),
            cards[parent].name,
            days,
        )
        for id, parent, title, body, days in rows
    ]


async def records_worth_following(tx: Tx, actor: people.Actor, most: int) -> list[WorthRecord]:
    """Records that the actor sees and does not follow, and most of those whom he follows do."""
    him = await records.viewer(tx, actor)
    rows = await tx.tuples(
        f"""select n.subject_id, n.n from {people.NEAR_FOLLOWS} n where {records.sees(him, "n.subject_id")}
            order by n.n desc, n.subject_id desc limit %(most)s""",
        {**him.params, "most": most},
    )
    cards = await records.cards(tx, actor, [id for id, _ in rows])
    return [WorthRecord(cards[id], near) for id, near in rows]
