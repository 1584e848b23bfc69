"""What somebody is writing: in one place, and all of it."""

from datetime import datetime

import msgspec

from hubbub import people, records
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import NotFound
from hubbub.core.ids import Type
from hubbub.feed.actions.drafts import COLUMNS, DraftRow, draft_row, place_sight
from hubbub.feed.queries.items import Item, items
from hubbub.feed.queries.speakers import Subject, subjects


class Draft(msgspec.Struct, frozen=True):
    """A draft of mine. `on`: the person or record that it is posted on, or on whose feed the commented item stands; None
    for a scheduled post on what I see no more."""

    row: DraftRow
    on: Subject | None = None
    item: Item | None = None  # that it comments on

    @property
    def id(self) -> int:
        return self.row.id

    @property
    def key(self) -> str:
        return self.row.key

    @property
    def publish_at(self) -> datetime | None:
        return self.row.publish_at

    @property
    def url(self) -> str | None:
        """Where to go on writing."""
        if self.item:
            return f"/posts/{self.item.key}#comment-{self.item.key}"
        return f"{self.on.url}#composer" if self.on else None


async def draft_on(tx: Tx, actor: people.Actor, place_id: int) -> DraftRow | None:
    """What I am writing in a place that I am known to see."""
    rows = await tx.tuples(
        f"""select {COLUMNS} from draft d where d.org_id = %(org)s and d.user_id = %(user)s
            and d.place_id = %(place)s and d.publish_at is null""",
        {"user": actor.id, "place": place_id},
    )
    return draft_row(rows[0]) if rows else None


async def drafts(
    tx: Tx, actor: people.Actor, *, size: int = 100, after: int | None = None, only: int | None = None
) -> tuple[list[Draft], int | None]:
    """My drafts, the last saved first, after that version, and where they go on; or the one with that id. A draft on what
    I see no more is not told; a scheduled post is, without saying on what."""
    viewer = await records.viewer(tx, actor)
    rows = await tx.tuples(
        f"""select {COLUMNS} from draft d where d.org_id = %(org)s and d.user_id = %(user)s
            and (d.publish_at is not null or {place_sight(viewer)})
            {"and d.id = %(draft)s" if only else ""}
            {"and d.saved_at < to_timestamp(0) + %(after)s * interval '1 microsecond'" if after else ""}
            order by d.saved_at desc, d.id desc limit %(limit)s""",
        {"user": actor.id, "draft": only, "after": after, "limit": size + 1, **viewer.params},
    )
    found = [draft_row(row) for row in rows[:size]]
    comments = [row.place_id for row in found if ids.type_of(row.place_id) == Type.COMMENT]
    parents = dict(
        await tx.tuples(
            "select id, item_id from feed_comment where org_id = %(org)s and id = any(%(ids)s::bigint[])",
            {"ids": comments},
        )
        if comments
        else []
    )
    answered = {row.id: parents.get(row.place_id, row.place_id) for row in found}
    on_items = {id for id in answered.values() if ids.type_of(id) == Type.FEED_ITEM}
    shown = {item.id: item for item in await items(tx, actor, list(on_items))} if on_items else {}
    places = await subjects(tx, actor, {row.place_id for row in found} - on_items - set(comments))
    listed = []
    for row in found:
        item = shown.get(answered[row.id])
        listed.append(Draft(row, item.parent if item else places.get(row.place_id), item))
    return listed, found[-1].version if len(rows) > size else None


async def draft(tx: Tx, actor: people.Actor, draft_id: int) -> Draft:
    """One of my drafts; raises NotFound where it would not be listed."""
    found, _ = await drafts(tx, actor, only=draft_id)
    if not found:
        raise NotFound()
    return found[0]
