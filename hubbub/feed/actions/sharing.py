"""Sharing one post with a guest, and taking that back."""

from psycopg.types.json import Jsonb

from hubbub import people
from hubbub.core import events, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.feed.access import access_item, in_thread
from hubbub.feed.actions.items import IS_QUESTION, bump


async def share_item(tx: Tx, actor: people.Actor, item_id: int, guest_id: int) -> None:
    """Let a guest see one post and what is said under it: it shows in his feed, and nothing else of where it stands."""
    item = await access_item(tx, actor, item_id, to="share")
    guest = (await people.cards(tx, {guest_id})).get(guest_id)
    if guest is None or not guest.guest or not guest.active:
        raise Invalid("INVALID_CROSS_REFERENCE_KEY", "There is no such guest.", fields=["userId"])
    shared = await tx.run(
        """insert into feed_share (org_id, item_id, user_id, shared_by) values (%(org)s, %(item)s, %(guest)s, %(actor)s)
           on conflict (org_id, item_id, user_id) do nothing""",
        {"item": item_id, "guest": guest_id, "actor": in_thread(tx, actor, item).id},
    )
    if not shared or item.created_at is None:
        return
    await tx.run(
        f"""insert into feed_entry (org_id, subject_id, item_id, via, question, created_at, last_activity)
           select %(org)s, %(guest)s, %(item)s, 'mention', {IS_QUESTION}, %(at)s, %(at)s on conflict do nothing""",
        {"guest": guest_id, "item": item_id, "at": item.created_at},
    )
    await bump(tx, [guest_id], item.created_at, post=True)
    await events.record(tx, in_thread(tx, actor, item), "feed.share.created", item_id, parent=guest_id)


async def unshare_item(tx: Tx, actor: people.Actor, item_id: int, guest_id: int) -> None:
    """Take a post from a guest again: what is open on his pages closes at once."""
    item = await access_item(tx, actor, item_id, to="share")
    gone = await tx.run(
        "delete from feed_share where org_id = %(org)s and item_id = %(item)s and user_id = %(guest)s",
        {"item": item_id, "guest": guest_id},
    )
    if not gone:
        raise NotFound()
    await tx.run(
        """delete from feed_entry where org_id = %(org)s and subject_id = %(guest)s and item_id = %(item)s
           and via = 'mention' and not exists (select 1 from feed_item i where i.org_id = %(org)s and i.id = %(item)s
             and i.body @> %(mention)s)""",
        {
            "guest": guest_id,
            "item": item_id,
            "mention": Jsonb([{"type": "Mention", "id": ids.show(guest_id)}]),
        },
    )
    await events.record(tx, in_thread(tx, actor, item), "feed.share.deleted", item_id, parent=guest_id)
