"""What is made of posts: which record came of which post."""

from hubbub import people
from hubbub.core import events
from hubbub.core.db import Tx
from hubbub.feed.access import access_item, in_thread


async def keep_made(tx: Tx, actor: people.Actor, item_id: int, record_id: int) -> None:
    """Keep that a record was made of a post: the post shows it to whoever sees the record, and the record the post."""
    item = await access_item(tx, actor, item_id)
    him = in_thread(tx, actor, item)
    await tx.run(
        """insert into feed_made (org_id, record_id, item_id, made_by)
           values (%(org)s, %(record)s, %(item)s, %(actor)s)""",
        {"record": record_id, "item": item_id, "actor": him.id},
    )
    await events.record(tx, him, "feed.record.created", record_id, parent=item_id)
