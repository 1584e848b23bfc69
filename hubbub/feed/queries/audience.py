"""Who may know of an event of the feed, topic by topic: asked when it happens, for all open pages at once."""

from collections import defaultdict
from collections.abc import Mapping

from hubbub import people, records
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.events import Event
from hubbub.core.ids import Type
from hubbub.feed.access import NOTED, ItemRow, stored_item, who_may_see

FEED_OF: dict[int, str] = {Type.USER: "profile", Type.TOPIC: "topic"}


async def audience(tx: Tx, event: Event, users: set[int]) -> Mapping[str, set[int]]:
    """The feeds in which an item shows, each with those of the users who may see the item there.

    Comments and likes are told where their item shows. A deleted item is told to those who could see it.
    """
    item_id = event.noun_id if ids.type_of(event.noun_id or 0) == Type.FEED_ITEM else event.parent_id
    item = await tx.row(
        """select id, kind, parent_id, author_id, internal_only, field_ids, created_at, false, null, hidden_at is not null
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
        "select subject_id, via, field_ids from feed_entry where org_id = %(org)s and item_id = %(id)s",
        {"id": item.id},
    )
    under = {subject for subject, _, fields in entries if fields is None} | {item.parent_id, item.author_id}
    topics: dict[str, set[int]] = defaultdict(set)
    topics[f"item/{ids.show(item.id)}"] = seeing
    inside = await people.colleagues(tx, seeing)
    await _gathered(tx, topics, under, seeing, inside, item.author_id)
    topics["to"] = seeing & await _meant(tx, item, {who for who, via, _ in entries if via == "mention"})
    if item.kind not in NOTED:
        topics["company"] = inside
    for subject in under:
        if ids.type_of(subject) == Type.FOLLOWED_SEARCH:
            continue  # it has no page of its own
        kind = FEED_OF.get(ids.type_of(subject), "record")
        # A guest with whom only the item was shared does not know where it stands.
        told = (
            seeing
            if kind != "record" or seeing == inside
            else inside | await records.viewers_of(tx, subject, seeing)
        )
        topics[f"{kind}/{ids.show(subject)}"] = told
    for subject, _, fields in entries:
        if fields is not None:  # a record that the new one points at: only for who may know that it does
            near = await records.viewers_of(tx, subject, await records.readers_of(tx, fields, seeing))
            if near:
                topics[f"record/{ids.show(subject)}"] = near
                await _gathered(tx, topics, {subject}, near, near & inside, item.author_id)
    topics[f"filter/{ids.show(item.parent_id)[:3]}"] = topics["news"]
    return topics


async def _gathered(
    tx: Tx, topics: dict[str, set[int]], subjects: set[int], seeing: set[int], inside: set[int], author: int
) -> None:
    """The feeds that people gather of many subjects, in which an item arrives under one of these: what they follow, the
    people and the topics among it, and their streams."""
    searches = {subject for subject in subjects if ids.type_of(subject) == Type.FOLLOWED_SEARCH}
    topics["news"] |= (seeing & subjects) | await _searching(tx, searches, seeing)
    for who, subject in await people.followers_among(tx, subjects, seeing):
        topics["news"].add(who)
        if subject == author and ids.type_of(subject) == Type.USER:
            topics["people"].add(who)
        if ids.type_of(subject) == Type.TOPIC and who in inside:
            topics["topics"].add(who)
    streams = await tx.tuples(
        """select distinct s.id, s.owner_id from stream_subject c
           join stream s on s.org_id = %(org)s and s.id = c.stream_id
           where c.org_id = %(org)s and c.subject_id = any(%(subjects)s::bigint[])
             and s.owner_id = any(%(users)s::bigint[])""",
        {"subjects": list(subjects), "users": list(inside)},
    )
    for stream_id, owner in streams:
        topics[f"streams/{ids.show(stream_id)}"].add(owner)


async def _searching(tx: Tx, searches: set[int], users: set[int]) -> set[int]:
    """Those of these people who follow one of the searches."""
    if not searches:
        return set()
    return set(
        await tx.values(
            """select user_id from favorite where org_id = %(org)s and followed_id = any(%(searches)s::bigint[])
                 and user_id = any(%(users)s::bigint[])""",
            {"searches": list(searches), "users": list(users)},
        )
    )


async def _meant(tx: Tx, item: ItemRow, mentioned: set[int]) -> set[int]:
    """Those for whom an item is meant: who is mentioned in it, on whose profile others wrote it, who has commented on it,
    and its author once somebody has."""
    talking = set(
        await tx.values(
            """select distinct author_id from feed_comment
               where org_id = %(org)s and item_id = %(item)s and deleted_at is null""",
            {"item": item.id},
        )
    )
    onto = {item.parent_id} if item.parent_id != item.author_id else set[int]()
    return mentioned | onto | talking | ({item.author_id} if talking else set())


async def announcement_audience(tx: Tx, event: Event, users: set[int]) -> Mapping[str, set[int]]:
    """What is announced changes on top of the company's feed, for all who see it; that somebody has read it on his own
    pages alone."""
    item = await stored_item(tx, event.parent_id or 0)
    if item is None:
        return {}
    if event.name == "feed.announcement.acknowledged":
        users = users & ({event.actor_id} if event.actor_id is not None else set())
    seeing = await people.colleagues(tx, await who_may_see(tx, item, users))
    return {"company": seeing} if seeing else {}


async def made_audience(tx: Tx, event: Event, users: set[int]) -> Mapping[str, set[int]]:
    """That a record was made of an item is told where the item shows, to who sees both."""
    item = await stored_item(tx, event.parent_id or 0)
    if item is None or event.noun_id is None:
        return {}
    seeing = await who_may_see(tx, item, users)
    both = await records.viewers_of(tx, event.noun_id, seeing) if seeing else seeing
    return {f"item/{ids.show(item.id)}": both} if both else {}


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
