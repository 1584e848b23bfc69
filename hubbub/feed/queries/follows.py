"""Who follows what, of what the asker may see."""

from collections.abc import Collection

import msgspec

from hubbub import people, records
from hubbub.core.db import Tx
from hubbub.core.errors import NotFound
from hubbub.feed.access import subject_sight
from hubbub.feed.queries.speakers import Subject, subjects


class Followed(msgspec.Struct, frozen=True):
    """One subscription: who follows, and what."""

    id: int
    follower: Subject
    subject: Subject
    level: str = "all"  # how much reaches the follower: for nobody else to know


async def count_following(tx: Tx, actor: people.Actor, user_id: int, *, type: int | None = None) -> int:
    """How much somebody follows, of what the actor may see: more would tell that there is more."""
    viewer = await records.viewer(tx, actor)
    return await people.count_following(
        tx, user_id, subject_sight(viewer, "f.subject_id"), viewer.params, type=type
    )


async def follow_counts(tx: Tx, actor: people.Actor, user_ids: Collection[int]) -> dict[int, people.Counts]:
    """For each of the people how many follow him and how much he follows, of what the actor may see."""
    viewer = await records.viewer(tx, actor)
    return await people.follow_counts(tx, user_ids, subject_sight(viewer, "f.subject_id"), viewer.params)


async def following(
    tx: Tx, actor: people.Actor, user_id: int, *, type: int | None = None, size: int = 25, start: int = 0
) -> list[Followed]:
    """What somebody follows, of what the actor may see."""
    viewer = await records.viewer(tx, actor)
    found = await people.following(
        tx, user_id, subject_sight(viewer, "f.subject_id"), viewer.params, type=type, size=size, start=start
    )
    return await _followed(tx, actor, found)


async def first_follows(tx: Tx, actor: people.Actor) -> list[Subject]:
    """What new people follow from the start, of what the actor may see."""
    chosen = await people.first_follows(tx)
    found = await subjects(tx, actor, chosen)
    return [found[id] for id in chosen if id in found]


async def followers(
    tx: Tx, actor: people.Actor, subject_id: int, *, size: int = 25, start: int = 0
) -> list[Followed]:
    """Who follows a subject that the actor is known to see."""
    return await _followed(tx, actor, await people.followers(tx, subject_id, size=size, start=start))


async def followed(tx: Tx, actor: people.Actor, subscription_id: int) -> Followed:
    """One of the actor's own subscriptions, as long as he may see what he follows."""
    found = await _followed(tx, actor, [await people.subscription(tx, actor, subscription_id)])
    if not found:
        raise NotFound()
    return found[0]


async def _followed(tx: Tx, actor: people.Actor, found: list[people.Subscription]) -> list[Followed]:
    cards = await subjects(
        tx, actor, {each.subject_id for each in found} | {each.follower_id for each in found}
    )
    return [
        Followed(each.id, cards[each.follower_id], cards[each.subject_id], each.level)
        for each in found
        if each.follower_id in cards and each.subject_id in cards
    ]
