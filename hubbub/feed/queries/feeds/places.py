"""What pages of feeds ask besides: where an item stands, when something was last said."""

from datetime import datetime

from hubbub import people, records
from hubbub.core.db import Tx
from hubbub.feed.access import sight
from hubbub.feed.queries.feeds.asking import Place


async def place_of(tx: Tx, actor: people.Actor, item_id: int) -> Place | None:
    """Where an item stands in the order of creation; nowhere if it is gone for the actor, or never was."""
    viewer = await records.viewer(tx, actor)
    created_at = await tx.value(
        f"select i.created_at from feed_item i where i.org_id = %(org)s and i.id = %(id)s and {sight(viewer)}",
        {**viewer.params, "id": item_id},
    )
    return Place(created_at, item_id) if created_at else None


async def last_talk(tx: Tx, actor: people.Actor, record_ids: list[int]) -> dict[int, datetime]:
    """When something that the actor sees was last said on each of these records."""
    viewer = await records.viewer(tx, actor)
    return dict(
        await tx.tuples(
            f"""select r.id, e.last_activity from unnest(%(ids)s::bigint[]) r(id) cross join lateral (
                 select e.last_activity from feed_entry e join feed_item i on i.org_id = %(org)s and i.id = e.item_id
                 where e.org_id = %(org)s and e.subject_id = r.id and e.via = 'parent' and {sight(viewer)}
                 order by e.last_activity desc limit 1) e""",
            {**viewer.params, "ids": record_ids},
        )
    )
