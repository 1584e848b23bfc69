"""Seals: what is asked in a record's name knows its asker, and nobody else does."""

from hubbub import people
from hubbub.core import events
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
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


async def unseal(tx: Tx, actor: people.Actor, item_id: int, *, reason: str) -> int:
    """Who asked in a record's name: for a legal process, in a transaction of the database's owner. In the same act the log
    gets who looked and why, and the thread that it was looked up."""
    if not reason.strip():
        raise Invalid("REQUIRED_FIELD_MISSING", "Say why.", fields=["reason"])
    user_id = await tx.value(
        "select user_id from sealed_asker where org_id = %(org)s and item_id = %(item)s", {"item": item_id}
    )
    if user_id is None:
        raise NotFound()
    await tx.run(
        "update ask set unsealed_at = now() where org_id = %(org)s and item_id = %(item)s", {"item": item_id}
    )
    await events.record(tx, actor, "feed.asker.unsealed", item_id, after={"reason": reason.strip()})
    return user_id
