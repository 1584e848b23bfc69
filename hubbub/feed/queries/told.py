"""What notices are about: the words, and where they were said."""

from collections.abc import Iterable

import msgspec

from hubbub import people, records
from hubbub.core import html
from hubbub.core.db import Tx
from hubbub.feed.access import comment_sight, sight
from hubbub.feed.queries.links import show_links
from hubbub.feed.queries.speakers import Subject, subjects

EXCERPT = 140


class Told(msgspec.Struct, frozen=True):
    """What one notice is about. `place` is None where the reader may see no more than what was said."""

    excerpt: str
    place: Subject | None


async def told_of(tx: Tx, actor: people.Actor, nouns: Iterable[tuple[int, int]]) -> dict[int, Told]:
    """Of items, each with what was said there or under it (both by their ids), what the actor may see; by item."""
    wanted = list(nouns)
    viewer = await records.viewer(tx, actor)
    rows = await tx.tuples(
        f"""select i.id, i.parent_id, i.title, coalesce(c.body, i.body)
            from unnest(%(items)s::bigint[], %(said)s::bigint[]) t(item_id, said_id)
            join feed_item i on i.org_id = %(org)s and i.id = t.item_id
            left join feed_comment c on c.org_id = %(org)s and c.id = t.said_id and c.item_id = i.id
              and {comment_sight(actor)}
            where {sight(viewer)}""",
        {**viewer.params, "items": [item for item, _ in wanted], "said": [said for _, said in wanted]},
    )
    await show_links(tx, actor, [row[3] for row in rows])
    places = await subjects(tx, actor, {row[1] for row in rows})
    return {
        id: Told(title or html.excerpt(body, EXCERPT), places.get(parent_id))
        for id, parent_id, title, body in rows
    }
