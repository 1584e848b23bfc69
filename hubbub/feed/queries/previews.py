"""Previews of the pages that posts link."""

from collections.abc import Collection
from urllib.parse import urlsplit

import msgspec

from hubbub import records
from hubbub.core.db import Tx
from hubbub.feed.actions.tracking import tracking


class Preview(msgspec.Struct, frozen=True):
    """What a linked page says of itself."""

    url: str
    title: str
    description: str | None
    site: str | None

    @property
    def host(self) -> str:
        """Where the page is, whatever it says of itself."""
        return (urlsplit(self.url).hostname or "").removeprefix("www.")


async def previews(tx: Tx, viewer: records.Viewer, item_ids: Collection[int]) -> dict[int, Preview]:
    """Those of these posts, where the org wants them."""
    if not item_ids or not (await tracking(tx, viewer)).link_previews:
        return {}
    rows = await tx.tuples(
        """select p.item_id, p.url, p.title, p.description, p.site from link_preview p
           where p.org_id = %(org)s and p.item_id = any(%(ids)s::bigint[]) and p.state = 'shown'""",
        {"ids": list(item_ids)},
    )
    return {item_id: Preview(*told) for item_id, *told in rows}
