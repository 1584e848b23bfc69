"""Pictures in what people write: sent before, held by the post or comment that shows them, swept where nothing does."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from hubbub import files, people
from hubbub.core import clock, ids, jobs
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid
from hubbub.core.ids import Type

KEPT_UNUSED = timedelta(days=1)


def pictured(body: Iterable[dict[str, Any]]) -> set[int]:
    """The pictures that a body shows."""
    return {ids.parse(segment["fileId"]) for segment in body if segment["type"] == "InlineImage"}


async def send_picture(tx: Tx, actor: people.Actor, content: bytes, name: str) -> files.File:
    """Send a picture, to show it in what I write; if I use it nowhere it is gone after a day."""
    made = await files.keep_picture(tx, actor, content, name)
    await jobs.defer(tx, "feed.sweep_image", at=clock.now() + KEPT_UNUSED, file=made.key)
    return made


async def hold_images(
    tx: Tx,
    actor: people.Actor,
    him: people.Actor,
    body: Iterable[dict[str, Any]],
    item_id: int,
    target_id: int,
) -> None:
    """Let who sees this item or comment see the pictures in it. `him`: who speaks there."""
    held = pictured(body)
    if not held:
        return
    if him.id != actor.id:
        raise Invalid(
            "INVALID_INPUT",
            "A picture tells who sent it: it cannot be shown in a record's name.",
            fields=["body"],
        )
    await tx.run(
        """insert into feed_image (org_id, file_id, item_id, target_id)
           select %(org)s, f.id, %(item)s, %(target)s from unnest(%(files)s::bigint[]) f(id) order by f.id
           on conflict (org_id, file_id, target_id) do nothing""",
        {"files": sorted(held), "item": item_id, "target": target_id},
    )


async def sweep_image(tx: Tx, file: str) -> None:
    """The job that lets go of a picture that is used nowhere; one that stands in a draft waits another day."""
    file_id = ids.parse(file, Type.FILE)
    used, drafted = (
        await tx.tuples(
            """select exists (select 1 from feed_image h where h.org_id = %(org)s and h.file_id = %(file)s),
                      exists (select 1 from draft d where d.org_id = %(org)s and d.form::text like %(named)s)""",
            {"file": file_id, "named": f"%{file}%"},
        )
    )[0]
    if drafted and not used:
        await jobs.defer(tx, "feed.sweep_image", at=clock.now() + KEPT_UNUSED, file=file)
    elif not used:
        await files.forget(tx, [file_id])
