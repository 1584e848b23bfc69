"""What open pages show, by their live topics: of that, what somebody still sees."""

from collections import defaultdict
from collections.abc import Iterable

from hubbub import people, records
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.events import Event
from hubbub.core.ids import Type
from hubbub.core.live import Kept
from hubbub.feed.access import sight, subject_sight

_KINDS = {
    "item": Type.FEED_ITEM,
    "profile": Type.USER,
    "topic": Type.TOPIC,
    "record": None,
    "streams": Type.STREAM,
}
# What everybody has of his own.
_MINE = {"me", "news", "notices", "people", "to"}


def _by_kind(topics: Iterable[str]) -> dict[str, dict[int, str]]:
    """The topics that are of one thing, by what kind of thing and its id."""
    found: dict[str, dict[int, str]] = defaultdict(dict)
    for topic in topics:
        kind, _, key = topic.partition("/")
        if kind not in _KINDS:
            continue
        try:
            id = ids.parse(key)
        except Invalid:
            continue
        if _KINDS[kind] in (None, ids.type_of(id)):
            found[kind][id] = topic
    return found


async def access_version(tx: Tx) -> int:
    """The version of the org's access: after it was raised everybody's sight may have changed."""
    return await tx.value(f"select {people.ACCESS_VERSION}")


_WITHDRAWING = (
    "feed.share.deleted",
    "feed.item.hidden",
    "feed.item.moved",
    "feed.topic.deleted",
    "feed.topic.merged",
)


def withdrawn(event: Event) -> set[int]:
    """What this event may have put out of somebody's sight: records, a post that was shared alone or stands elsewhere now,
    or a topic."""
    if event.name in _WITHDRAWING and event.noun_id is not None:
        return {event.noun_id}
    return records.withdrawn(event)


async def topics_near(tx: Tx, topics: set[str], nouns: set[int]) -> set[str]:
    """Of these topics those that show one of the nouns: a record, one beside it, an item on either, or a topic."""
    shown = _by_kind(topics)
    parents = dict(
        await tx.tuples(
            "select id, parent_id from feed_item where org_id = %(org)s and id = any(%(ids)s::bigint[])",
            {"ids": list(shown["item"])},
        )
        if shown["item"]
        else []
    )
    near = await records.near(tx, {*shown["record"], *parents.values()}, nouns)
    return (
        {topic for id, topic in shown["record"].items() if id in near}
        | {topic for id, topic in shown["item"].items() if parents.get(id) in near or id in nouns}
        | {topic for id, topic in shown["topic"].items() if id in nouns}
    )


async def topics_kept(tx: Tx, user_id: int, topics: set[str]) -> Kept:
    """What a person still sees of what his page shows."""
    try:
        actor = await people.actor(tx, user_id)
    except NotFound:
        return Kept(set(), "")
    viewer = await records.viewer(tx, actor)
    shown = _by_kind(topics)
    kept = topics & (_MINE if actor.guest else _MINE | {"company", "topics"})
    if any(topic.startswith("filter/") for topic in topics):
        codes = [Type.USER, *(each.code for each in viewer.catalog.objects if viewer.can(each).read)]
        kept |= topics & {f"filter/{ids.PREFIX[code]}" for code in codes}
    if any(topic.startswith("list/") for topic in topics):
        kept |= topics & {f"list/{each.prefix}" for each in viewer.catalog.objects if viewer.can(each).read}
    items, things = shown["item"], shown["profile"] | shown["topic"]
    if items:
        seen = await tx.values(
            f"select i.id from feed_item i where i.org_id = %(org)s and i.id = any(%(ids)s::bigint[]) and {sight(viewer)}",
            viewer.params | {"ids": list(items)},
        )
        kept |= {items[id] for id in seen}
    if things:
        seen = await tx.values(
            f"select t.id from unnest(%(ids)s::bigint[]) t(id) where {subject_sight(viewer, 't.id')}",
            viewer.params | {"ids": list(things)},
        )
        kept |= {things[id] for id in seen}
    if shown["streams"]:
        owned = await tx.values(
            """select s.id from stream s where s.org_id = %(org)s and s.owner_id = %(me)s
                 and s.id = any(%(ids)s::bigint[])""",
            {"me": actor.id, "ids": list(shown["streams"])},
        )
        kept |= {shown["streams"][id] for id in owned}
    kept |= {shown["record"][id] for id in await records.seen_ids(tx, viewer, shown["record"])}
    return Kept(kept, records.reach(viewer))
