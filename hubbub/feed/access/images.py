"""Pictures in posts and comments: seen by who sent them, and by who sees what holds them."""

from hubbub import files, people, records
from hubbub.core.db import Tx
from hubbub.core.errors import NotFound
from hubbub.feed.access.seen import comment_sight, sight


async def access_file(tx: Tx, actor: people.Actor, file_id: int) -> files.File:
    """The picture, if the actor sent it or sees a post or comment that holds it."""
    found = (await files.files(tx, [file_id])).get(file_id)
    if found is None:
        raise NotFound()
    if found.owner_id == actor.id:
        return found
    viewer = await records.viewer(tx, actor)
    seen = await tx.value(
        f"""select exists (select 1 from feed_image h join feed_item i on i.org_id = %(org)s and i.id = h.item_id
              where h.org_id = %(org)s and h.file_id = %(file)s and {sight(viewer)}
                and (h.target_id = h.item_id or exists (select 1 from feed_comment c where c.org_id = %(org)s
                  and c.id = h.target_id and {comment_sight(actor)} offset 0)))""",
        {**viewer.params, "file": file_id},
    )
    if not seen:
        raise NotFound()
    return found
