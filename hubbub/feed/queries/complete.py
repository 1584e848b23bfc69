"""Completion while writing: only whom and what may be mentioned there; one statement each."""

import msgspec

from hubbub import people, records
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.ids import Type
from hubbub.feed.access import ItemRow, access_item, access_subject, seeing, sight, topic_sight
from hubbub.feed.actions.bodies import Segment, mentioned

OFFERED = 10
MOST_WORDS = 99


class TopicName(msgspec.Struct, frozen=True):
    """A topic as it is offered."""

    id: int
    name: str

    @property
    def key(self) -> str:
        return ids.show(self.id)


async def place(tx: Tx, actor: people.Actor, context_id: int | None) -> people.Those:
    """Those people who see what is written in that context: on an item, a profile or a record. None: anywhere."""
    if context_id is None:
        return people.Those("true")
    if ids.type_of(context_id) == Type.FEED_ITEM:
        return await seeing(tx, actor, await access_item(tx, actor, context_id))
    await access_subject(tx, actor, context_id)
    return await seeing(tx, actor, new_item(context_id))


def new_item(parent_id: int, *, internal_only: bool = False) -> ItemRow:
    """A post that is not written yet."""
    return ItemRow(0, "TextPost", parent_id, 0, internal_only, None, None)


async def people_to_mention(
    tx: Tx, actor: people.Actor, q: str, context_id: int | None, *, size: int = OFFERED, start: int = 0
) -> list[people.Person]:
    """People whom the actor may see, who see what is written there, by the beginning of a word of their names."""
    among = await place(tx, actor, context_id)
    return await people.find_people(tx, actor, q[:MOST_WORDS], among=among, size=size, start=start)


async def mentions_allowed(
    tx: Tx, actor: people.Actor, user_ids: list[int], parent_id: int, *, internal_only: bool
) -> dict[int, bool]:
    """Of these people those whom the actor may see, and whether each would see a post on that parent."""
    await access_subject(tx, actor, parent_id)
    among = await seeing(tx, actor, new_item(parent_id, internal_only=internal_only))
    return await people.sort_people(tx, actor, user_ids, among)


async def topics_to_name(tx: Tx, actor: people.Actor, q: str, *, size: int = OFFERED) -> list[TopicName]:
    """Topics whose names begin like this and under which the actor sees something; guests know of none."""
    if actor.guest:
        return []
    viewer = await records.viewer(tx, actor)
    key = " ".join(q[:MOST_WORDS].casefold().split())
    start = key.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    # offset 0: one topic after the other in the order of names, until there are enough. Each is spelt as he first meets it.
    return await tx.rows(
        f"""select t.id, coalesce(case when t.made_by is not null then t.name end, first.topic_name, t.name) from (
              select t.id, t.name, t.key, t.made_by from (select * from topic t
                where t.org_id = %(org)s and t.key like %(start)s order by t.key offset 0) t
              where {topic_sight(viewer)} order by t.key limit %(size)s) t
            left join lateral (select e.topic_name from feed_entry e
              join feed_item i on i.org_id = %(org)s and i.id = e.item_id
              where e.org_id = %(org)s and e.subject_id = t.id and e.via = 'topic' and {sight(viewer)}
              order by e.created_at, e.item_id limit 1) first on true
            order by t.key""",
        {**viewer.params, "start": start + "%", "size": size},
        into=TopicName,
    )


async def unreached(tx: Tx, actor: people.Actor, item_id: int, *bodies: list[Segment]) -> list[people.Person]:
    """Whom these bodies on an item mention who may not see it: for their author, who is told that they learn nothing of
    it. Nobody else is."""
    named = {user_id for body in bodies for user_id in mentioned(body)} - {actor.id}
    if not named:
        return []
    among = await seeing(tx, actor, await access_item(tx, actor, item_id))
    missing = [
        user_id for user_id, sees in (await people.sort_people(tx, actor, named, among)).items() if not sees
    ]
    found = await people.cards(tx, missing, actor)
    return sorted(found.values(), key=lambda person: person.name)
