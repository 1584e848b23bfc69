"""Votes: whether a post, a question or an answer is worth reading."""

from hubbub import people
from hubbub.core import events, ids
from hubbub.core.db import Tx
from hubbub.core.ids import Type
from hubbub.feed.access import access_target, in_thread


async def vote(tx: Tx, actor: people.Actor, target_id: int, *, up: bool | None) -> None:
    """Vote an item or a comment up or down, or take my vote back (None)."""
    item = await access_target(tx, actor, target_id, to="vote")
    him = in_thread(tx, actor, item)
    given = {"target": target_id, "me": him.id, "up": up}
    # The row that is voted on is taken first: two votes of one person at once come one after the other.
    table = "feed_comment" if ids.type_of(target_id) == Type.COMMENT else "feed_item"
    await tx.value(f"select 1 from {table} where org_id = %(org)s and id = %(target)s for update", given)
    before = await tx.value(
        "select up from feed_vote where org_id = %(org)s and target_id = %(target)s and user_id = %(me)s",
        given,
    )
    if before is up:
        return
    if up is None:
        await tx.run(
            "delete from feed_vote where org_id = %(org)s and target_id = %(target)s and user_id = %(me)s",
            given,
        )
    else:
        await tx.run(
            """insert into feed_vote as v (org_id, target_id, user_id, up)
               values (%(org)s, %(target)s, %(me)s, %(up)s)
               on conflict (org_id, target_id, user_id) do update set up = excluded.up, voted_at = now()
               where v.org_id = %(org)s""",
            given,
        )
    await tx.run(
        f"""update {table} set up_count = up_count + %(more_up)s, down_count = down_count + %(more_down)s
            where org_id = %(org)s and id = %(target)s""",
        {
            "target": target_id,
            "more_up": (up is True) - (before is True),
            "more_down": (up is False) - (before is False),
        },
    )
    await events.record(
        tx, him, "feed.vote.changed", target_id, parent=item.id, before={"up": before}, after={"up": up}
    )
