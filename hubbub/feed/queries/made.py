"""What was made of posts, for who sees the records; and of which post a record was made, for who sees the post."""

from collections.abc import Sequence

from hubbub import people, records
from hubbub.core.db import Tx
from hubbub.feed.access import sight

MOST = 10  # of one post: the newest


async def made(tx: Tx, viewer: records.Viewer, item_ids: Sequence[int]) -> dict[int, list[records.Card]]:
    """The records that were made of these items, as far as the viewer sees them, the oldest first."""
    if not item_ids:
        return {}
    rows = await tx.tuples(
        f"""select i.id, m.record_id from unnest(%(ids)s::bigint[]) i(id), lateral (
              select m.record_id, m.made_at from feed_made m
              where m.org_id = %(org)s and m.item_id = i.id and {records.sees(viewer, "m.record_id")}
              order by m.made_at desc, m.record_id desc limit {MOST}) m
            order by m.made_at, m.record_id""",
        {**viewer.params, "ids": list(item_ids)},
    )
    cards = await records.cards(tx, viewer.actor, [record_id for _, record_id in rows])
    found: dict[int, list[records.Card]] = {}
    for item_id, record_id in rows:
        found.setdefault(item_id, []).append(cards[record_id])
    return found


async def made_from(tx: Tx, actor: people.Actor, record_id: int) -> int | None:
    """The post of which a record was made, if the actor sees it."""
    viewer = await records.viewer(tx, actor)
    found = await tx.values(
        f"""select i.id from feed_made m join feed_item i on i.org_id = %(org)s and i.id = m.item_id
            where m.org_id = %(org)s and m.record_id = %(record)s and {sight(viewer)}""",
        {**viewer.params, "record": record_id},
    )
    return found[0] if found else None
