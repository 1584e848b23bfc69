"""Items that others share: the original as far as the reader may see it, and how often he sees it shared."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from hubbub import records
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.feed.access import sight
from hubbub.feed.actions.bodies import Segment
from hubbub.feed.queries.speakers import Speaker, Subject

MOST_COUNTED = 100


class OriginalRow(msgspec.Struct, frozen=True):
    """A shared item as it is read."""

    id: int
    kind: str
    author_id: int
    parent_id: int
    title: str | None
    body: list[Segment]
    created_at: datetime
    last_activity: datetime
    internal_only: bool


class Original(msgspec.Struct, frozen=True):
    """A shared item that the reader may see."""

    id: int
    kind: str
    author: Speaker
    parent: Subject
    title: str | None
    body: list[Segment]
    created_at: datetime
    last_activity: datetime
    internal_only: bool

    @property
    def key(self) -> str:
        return ids.show(self.id)

    @property
    def visibility(self) -> str:
        return "InternalUsers" if self.internal_only else "AllUsers"


async def originals(tx: Tx, viewer: records.Viewer, item_ids: Iterable[int]) -> dict[int, OriginalRow]:
    """These shared items, as far as the viewer may see them."""
    wanted = set(item_ids)
    if not wanted:
        return {}
    rows = await tx.rows(
        f"""select i.id, i.kind, i.author_id, i.parent_id, i.title, i.body, i.created_at, i.last_activity, i.internal_only
            from feed_item i where i.org_id = %(org)s and i.id = any(%(ids)s::bigint[]) and {sight(viewer)}""",
        {**viewer.params, "ids": list(wanted)},
        into=OriginalRow,
    )
    return {row.id: row for row in rows}


async def count_shares(tx: Tx, viewer: records.Viewer, item_ids: list[int]) -> dict[int, int]:
    """How often the viewer sees these items shared, up to a hundred: what is shared where he sees nothing does not count."""
    if not item_ids:
        return {}
    return dict(
        await tx.tuples(
            f"""select p.id, (select count(*) from (select 1 from feed_item i
                  where i.org_id = %(org)s and i.shared_id = p.id and {sight(viewer)} limit {MOST_COUNTED}) i)
                from unnest(%(ids)s::bigint[]) p(id)""",
            {**viewer.params, "ids": item_ids},
        )
    )
