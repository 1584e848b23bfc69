"""Taking comments from their threads, and undoing what was taken away: for a day by who did it, and by moderators."""

from hubbub import people
from hubbub.core import events
from hubbub.core.db import Tx
from hubbub.feed.access import access_gone_comment, access_gone_item, in_thread
from hubbub.feed.actions.searches import find_again


async def restore_item(tx: Tx, actor: people.Actor, item_id: int) -> None:
    """Bring a deleted item back with its comments and likes, into the feeds in which it stood."""
    item = await access_gone_item(tx, actor, item_id)
    if await tx.run(
        """update feed_item set deleted_at = null, deleted_by = null
           where org_id = %(org)s and id = %(id)s and deleted_at is not null""",
        {"id": item_id},
    ):
        him = in_thread(tx, actor, item)
        await events.record(tx, him, "feed.item.restored", item_id, parent=item.parent_id)


async def restore_comment(tx: Tx, actor: people.Actor, comment_id: int) -> int:
    """Bring a deleted comment back to its place; the id of its item."""
    item = await access_gone_comment(tx, actor, comment_id)
    him, item_id = in_thread(tx, actor, item), item.id
    if await put_back(tx, comment_id, item_id):
        await events.record(tx, him, "feed.comment.restored", comment_id, parent=item_id)
    return item_id


async def take_out(tx: Tx, comment_id: int, item_id: int, by: int, *, hidden: bool = False) -> bool:
    """Take a comment out of its thread, for everybody or (`hidden`) for all but its author and moderators; not if it is out
    already."""
    gone = await tx.tuples(
        """update feed_comment set deleted_at = now(), deleted_by = %(by)s,
             hidden_at = case when %(hidden)s then now() end
           where org_id = %(org)s and id = %(id)s and deleted_at is null returning thread_parent_id, reply_count""",
        {"id": comment_id, "by": by, "hidden": hidden},
    )
    if gone:
        ((parent_id, replies),) = gone
        if not replies:  # with replies it keeps its place, without its text
            await count_reply(tx, parent_id, -1)
        await _count_comment(tx, item_id, -1)
    return bool(gone)


async def put_back(tx: Tx, comment_id: int, item_id: int, *, hidden: bool = False) -> bool:
    """Put a comment back into its thread; `hidden`: only if it was hidden."""
    back = await tx.tuples(
        f"""update feed_comment set deleted_at = null, deleted_by = null, hidden_at = null
            where org_id = %(org)s and id = %(id)s and deleted_at is not null
              {"and hidden_at is not null" if hidden else ""} returning thread_parent_id, reply_count""",
        {"id": comment_id},
    )
    if back:
        ((parent_id, replies),) = back
        if not replies:
            await count_reply(tx, parent_id, +1)
        await _count_comment(tx, item_id, +1)
    return bool(back)


async def _count_comment(tx: Tx, item_id: int, change: int) -> None:
    await tx.run(
        """update feed_item set comment_count = comment_count + %(change)s
           where org_id = %(org)s and id = %(item)s""",
        {"item": item_id, "change": change},
    )
    await find_again(tx, item_id)


async def count_reply(tx: Tx, comment_id: int | None, change: int) -> None:
    """One reply more or less shows under a comment. A deleted comment shows while it has replies: with the first it comes
    back, with the last it goes, and counts in turn under what it replied to."""
    while comment_id is not None:
        rows = await tx.tuples(
            """update feed_comment set reply_count = reply_count + %(change)s
               where org_id = %(org)s and id = %(id)s
               returning deleted_at is not null, reply_count, thread_parent_id""",
            {"id": comment_id, "change": change},
        )
        deleted, replies, above = rows[0]
        changed = deleted and replies == (1 if change > 0 else 0)
        comment_id = above if changed else None
