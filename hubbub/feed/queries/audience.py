"""Who may know of an event of the feed, topic by topic: asked when it happens, for all open pages at once."""

from collections import defaultdict
from collections.abc import Mapping

from hubbub import people, records
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.events import Event
from hubbub.core.ids import Type
from hubbub.feed.access import NOTED, ItemRow, who_may_see

FEED_OF: dict[int, str] = {Type.USER: "profile", Type.TOPIC: "topic"}


async def audience(tx: Tx, event: Event, users: set[int]) -> Mapping[str, set[int]]:
    """The feeds in which an item shows, each with those of the users who may see the item there.

    Comments and likes are told where their item shows. A deleted item is told to those who could see it.
    """
    item_id = event.noun_id if ids.type_of(event.noun_id or 0) == Type.FEED_ITEM else event.parent_id
    item = await tx.row(
        """select id, kind, parent_id, author_id, internal_only, field_ids, created_at
           from feed_item where org_id = %(org)s and id = %(id)s""",
        {"id": item_id},
        into=ItemRow,
    )
    if item is None:
        return {}
    seeing = await who_may_see(tx, item, users)
    if not seeing:
        return {}
    entries = await tx.tuples(
        "select subject_id, field_ids from feed_entry where org_id = %(org)s and item_id = %(id)s",
        {"id": item.id},
    )
    under = {subject for subject, fields in entries if fields is None} | {item.parent_id, item.author_id}
    topics: dict[str, set[int]] = defaultdict(set)
    topics[f"item/{ids.show(item.id)}"] = seeing
    topics["news"] = await people.followers_among(tx, under, seeing)
    inside = await people.colleagues(tx, seeing)
    if item.kind not in NOTED:
        topics["company"] = inside
    for subject in under:
        kind = FEED_OF.get(ids.type_of(subject), "record")
        # A guest with whom only the item was shared does not know where it stands.
        told = (
            seeing
            if kind != "record" or seeing == inside
            else inside | await records.viewers_of(tx, subject, seeing)
        )
        topics[f"{kind}/{ids.show(subject)}"] = told
    for subject, fields in entries:
        if fields is not None:  # a record that the new one points at: only for who may know that it does
            near = await records.viewers_of(tx, subject, await records.readers_of(tx, fields, seeing))
            if near:
                topics[f"record/{ids.show(subject)}"] = near
                topics["news"] |= await people.followers_among(tx, {subject}, near)
    return topics


async def mark_audience(tx: Tx, event: Event, users: set[int]) -> Mapping[str, set[int]]:
    """What somebody did with a thread for himself is told to his own open pages alone."""
    he = users & {event.actor_id} if event.actor_id is not None else set()
    if not he:
        return {}
    item = event.noun_id if ids.type_of(event.noun_id or 0) == Type.FEED_ITEM else None
    return {"me": he, f"item/{ids.show(item)}": he} if item else {"me": he}


async def topic_audience(tx: Tx, event: Event, users: set[int]) -> Mapping[str, set[int]]:
    """A topic of which somebody says something new is told to all colleagues, who all know of it; one that a post or record
    was given or lost, where that shows, to who sees the post or record."""
    noun = event.noun_id or 0
    if ids.type_of(noun) == Type.TOPIC:
        return {f"topic/{ids.show(noun)}": await people.colleagues(tx, users)}
    if ids.type_of(noun) == Type.FEED_ITEM:
        told = dict(await audience(tx, event, users))
        seeing = told.get(f"item/{ids.show(noun)}", set())
    else:
        told, seeing = {}, await records.viewers_of(tx, noun, users)
        told[f"record/{ids.show(noun)}"] = seeing
    if event.parent_id is not None:
        told[f"topic/{ids.show(event.parent_id)}"] = await people.colleagues(tx, seeing)
    return told
