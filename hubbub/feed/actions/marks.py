"""What I do with a thread for myself: bookmark it, mute it, follow it, have read it. Nobody else is told."""

from hubbub import notify, people
from hubbub.core import events
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid
from hubbub.feed.access import access_item, readable

MOST_SEEN = 200

# What a mark is called, and the column that holds since when.
_COLUMNS = {
    "bookmarked": "bookmarked_at",
    "muted": "muted_at",
    "followed": "followed_at",
    "read": "read_at",
}


async def mark(tx: Tx, actor: people.Actor, item_id: int, name: str, *, on: bool = True) -> None:
    """Mark an item `bookmarked`, `muted`, `followed` or `read` for myself, or take that mark away.

    Marking again changes nothing, but for `read`: read again is read now.
    """
    await access_item(tx, actor, item_id)
    column = _COLUMNS[name]
    kept = "clock_timestamp()" if name == "read" else f"coalesce(m.{column}, now())"
    if on:
        changed = await tx.run(
            f"""insert into feed_mark as m (org_id, user_id, item_id, {column})
                values (%(org)s, %(me)s, %(item)s, clock_timestamp())
                on conflict (org_id, user_id, item_id) do update set {column} = {kept}
                where m.org_id = %(org)s {"" if name == "read" else f"and m.{column} is null"}""",
            {"me": actor.id, "item": item_id},
        )
    else:
        changed = await tx.run(
            f"""update feed_mark set {column} = null
                where org_id = %(org)s and user_id = %(me)s and item_id = %(item)s and {column} is not null""",
            {"me": actor.id, "item": item_id},
        )
    if changed:
        await events.record(tx, actor, "feed.mark.changed", item_id, after={name: on})
    if on and name == "read":
        await notify.read_thread(tx, actor, [item_id])


async def mark_seen(tx: Tx, actor: people.Actor, item_ids: list[int]) -> None:
    """Mark several items as read at once; those that I do not see, or have read since they were last talked about, are
    left as they are."""
    if len(item_ids) > MOST_SEEN:
        raise Invalid("LIMIT_EXCEEDED", "At most {most} posts at once.", fields=["items"], most=MOST_SEEN)
    condition, params = await readable(tx, actor)
    changed = await tx.run(
        f"""insert into feed_mark as m (org_id, user_id, item_id, read_at)
            select %(org)s, %(viewer)s, i.id, clock_timestamp() from feed_item i
            where i.org_id = %(org)s and i.id = any(%(ids)s::bigint[]) and {condition} order by i.id
            on conflict (org_id, user_id, item_id) do update set read_at = excluded.read_at
            where m.org_id = %(org)s and (m.read_at is null or m.read_at < (
              select i.last_activity from feed_item i where i.org_id = %(org)s and i.id = m.item_id))""",
        {**params, "ids": item_ids},
    )
    if changed:
        await events.record(tx, actor, "feed.mark.changed", actor.id, after={"read": changed})
    await notify.read_thread(tx, actor, item_ids)


async def see_feed(tx: Tx, actor: people.Actor, feed: str, up_to: int) -> None:
    """Mark everything in a feed (by its live topic) up to this item as read: what came after it stays unread."""
    item = await access_item(tx, actor, up_to)
    changed = await tx.run(
        """insert into feed_seen as s (org_id, user_id, feed, at, item_id)
           values (%(org)s, %(me)s, %(feed)s, %(at)s, %(item)s)
           on conflict (org_id, user_id, feed) do update set at = excluded.at, item_id = excluded.item_id
           where s.org_id = %(org)s and s.at < excluded.at""",
        {"me": actor.id, "feed": feed, "at": item.created_at, "item": up_to},
    )
    if changed:
        await events.record(tx, actor, "feed.mark.changed", actor.id, after={"feed": feed})
