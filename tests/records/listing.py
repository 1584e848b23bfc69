"""What a list shows somebody, as its page asks for it."""

from hubbub import people, records
from hubbub.core.db import Tx


async def listing(
    tx: Tx, actor: people.Actor, object: str, view: str = "all", *, size: int = 50
) -> records.ViewPage:
    """A page of one of the views that every object has."""
    him = await records.viewer(tx, actor)
    kept = next(each for each in records.built_in(him.catalog.object(object)) if each.key == view)
    return await records.view_page(tx, him, records.as_seen(him, kept), size=size)
