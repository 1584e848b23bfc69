"""Keeping order in a feed: what stands on top of it, which threads have ended, where a thread belongs."""

from hubbub import people, records
from hubbub.core import events, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Forbidden, Invalid, NotFound
from hubbub.core.ids import Type
from hubbub.feed.access import (
    ItemRow,
    access_item,
    access_move,
    access_subject,
    in_thread,
    may_close,
    may_pin,
    who_may_see,
)
from hubbub.feed.actions.bodies import Segment, mentioned
from hubbub.feed.actions.items import IS_QUESTION, bump

MOST_PINS = 3


async def pin(tx: Tx, actor: people.Actor, subject_id: int, item_id: int) -> None:
    """Put an item on top of the feed of a person, record or topic in which it stands: at most three in one feed."""
    await access_pins(tx, actor, subject_id)
    item = await access_item(tx, actor, item_id)
    him = in_thread(tx, actor, item)
    given = {"subject": subject_id, "item": item_id, "me": him.id}
    # Two who pin at once do so one after the other, or there would be four.
    await tx.value("select 1 from feed_subject where org_id = %(org)s and id = %(subject)s for update", given)
    if not await tx.value(
        "select 1 from feed_entry where org_id = %(org)s and subject_id = %(subject)s and item_id = %(item)s",
        given,
    ):
        raise Invalid("INVALID_INPUT", "This post does not stand in that feed.", fields=["entityId"])
    there = await tx.values(
        """select p.item_id from feed_pin p join feed_item i on i.org_id = %(org)s and i.id = p.item_id
           where p.org_id = %(org)s and p.subject_id = %(subject)s and i.deleted_at is null""",
        given,
    )
    if item_id in there:
        return
    if len(there) >= MOST_PINS:
        raise Invalid("LIMIT_EXCEEDED", "Three posts are pinned here already. Unpin one of them first.")
    await tx.run(
        """insert into feed_pin (org_id, subject_id, item_id, pinned_by)
           values (%(org)s, %(subject)s, %(item)s, %(me)s) on conflict (org_id, subject_id, item_id) do nothing""",
        given,
    )
    await events.record(tx, him, "feed.pin.created", item_id, parent=subject_id)


async def unpin(tx: Tx, actor: people.Actor, subject_id: int, item_id: int) -> None:
    """Take an item from the top of a feed."""
    await access_pins(tx, actor, subject_id)
    item = await access_item(tx, actor, item_id)
    if await tx.run(
        "delete from feed_pin where org_id = %(org)s and subject_id = %(subject)s and item_id = %(item)s",
        {"subject": subject_id, "item": item_id},
    ):
        await events.record(tx, in_thread(tx, actor, item), "feed.pin.deleted", item_id, parent=subject_id)


async def access_pins(tx: Tx, actor: people.Actor, subject_id: int) -> None:
    """Make sure that the actor may decide what stands on top of this feed."""
    await access_subject(tx, actor, subject_id)
    if not may_pin(actor, subject_id, await _owns(tx, actor, subject_id)):
        raise Forbidden("Only the record's owner, the person himself and moderators pin posts here.")


async def close_item(tx: Tx, actor: people.Actor, item_id: int, *, closed: bool = True) -> None:
    """End a thread: nobody comments, votes or answers there any more; or open it again."""
    item = await access_item(tx, actor, item_id)
    him = in_thread(tx, actor, item)
    if not may_close(him, item.author_id, await _owns(tx, actor, item.parent_id)):
        raise Forbidden("Only its author, the record's owner and moderators close a thread or open it again.")
    changed = await tx.run(
        """update feed_item set closed_at = case when %(closed)s then now() end,
             closed_by = case when %(closed)s then %(me)s::bigint end
           where org_id = %(org)s and id = %(item)s and deleted_at is null and (closed_at is not null) <> %(closed)s""",
        {"item": item_id, "closed": closed, "me": him.id},
    )
    if changed and closed:
        await events.record(tx, him, "feed.item.closed", item_id, parent=item.parent_id)
    elif changed:
        await events.record(tx, him, "feed.item.reopened", item_id, parent=item.parent_id)


async def move_item(tx: Tx, actor: people.Actor, item_id: int, record_id: int) -> None:
    """Attach a thread that stands on a profile to a record: it keeps its id and address, and who sees the record sees it
    from now on, others no more."""
    item = await access_move(tx, actor, item_id, record_id)
    given = {"item": item_id, "record": record_id, "old": item.parent_id}
    row = await tx.tuples(
        """update feed_item set parent_id = %(record)s
           where org_id = %(org)s and id = %(item)s and parent_id = %(old)s and deleted_at is null
           returning created_at, last_activity, body""",
        given,
    )
    if not row:  # somebody else was quicker
        raise NotFound()
    created_at, last_activity, body = row[0]
    given |= {"created": created_at, "active": last_activity}
    await tx.run(
        """delete from feed_entry where org_id = %(org)s and item_id = %(item)s
           and (via in ('parent', 'mention') or subject_id = %(record)s)""",
        given,
    )
    await tx.run(
        "delete from feed_pin where org_id = %(org)s and item_id = %(item)s and subject_id = %(old)s", given
    )
    # Guests had it as what stood on a profile: who owns the record decides whether they have what stands there.
    await tx.run("delete from feed_share where org_id = %(org)s and item_id = %(item)s", given)
    told = await _told(tx, item, record_id, body)
    shown = {**dict.fromkeys(told, "mention"), record_id: "parent", item.author_id: "author"}
    await tx.run(
        f"""insert into feed_entry (org_id, subject_id, item_id, via, question, created_at, last_activity)
           select %(org)s, s.id, %(item)s, s.via, {IS_QUESTION}, %(created)s, %(active)s
           from unnest(%(subjects)s::bigint[], %(via)s::text[]) s(id, via)
           on conflict (org_id, subject_id, item_id) do nothing""",
        {**given, "subjects": sorted(shown), "via": [shown[id] for id in sorted(shown)]},
    )
    await bump(tx, list(shown), last_activity, post=True)
    await events.record(
        tx, actor, "feed.item.moved", item_id, parent=record_id,
        before={"parent": ids.show(item.parent_id)}, after={"parent": ids.show(record_id)},
    )  # fmt: skip


async def _told(tx: Tx, item: ItemRow, record_id: int, body: list[Segment]) -> set[int]:
    """Who is mentioned and may see the item where it stands now."""
    named = mentioned(body)
    there = ItemRow(item.id, item.kind, record_id, item.author_id, item.internal_only, None, None)
    return await who_may_see(tx, there, named) if named else set()


async def _owns(tx: Tx, actor: people.Actor, subject_id: int) -> bool:
    if ids.type_of(subject_id) in (Type.USER, Type.TOPIC):
        return False
    return await tx.value(
        f"select {records.owns('%(subject)s')}", {"subject": subject_id, "viewer": actor.id}
    )
