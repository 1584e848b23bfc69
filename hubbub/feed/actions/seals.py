"""Seals: what is asked in a record's name knows its asker, and nobody else does."""

from hubbub import people
from hubbub.core.db import Tx
from hubbub.feed.access import seal_of


async def seal(tx: Tx, actor: people.Actor, item_id: int) -> None:
    """Close a new thread over who began it: he is known there by a hash that only this installation can make, and named in
    a table that the application writes and cannot read. He follows the thread, so that he hears of the answers."""
    given = {"item": item_id, "me": actor.id, "seal": seal_of(tx, item_id, actor.id)}
    await tx.run("update feed_item set seal = %(seal)s where org_id = %(org)s and id = %(item)s", given)
    await tx.run(
        "insert into sealed_asker (org_id, item_id, user_id) values (%(org)s, %(item)s, %(me)s)", given
    )
    await tx.run(
        """insert into feed_mark (org_id, user_id, item_id, followed_at, read_at)
           values (%(org)s, %(me)s, %(item)s, clock_timestamp(), clock_timestamp())""",
        given,
    )
