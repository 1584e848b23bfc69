"""Taking pictures in, and letting go of them."""

from collections.abc import Collection

from hubbub import people
from hubbub.core import blobs, events, images
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid
from hubbub.core.ids import Type
from hubbub.files.access import File

LARGEST, SMALL = 1600, 480  # the longer side, in pixels
MOST_A_DAY = 200
MOST_TITLE = 255


async def keep_picture(tx: Tx, actor: people.Actor, content: bytes, name: str) -> File:
    """Keep a picture: its longer side 1,600 pixels at most, without anything but its pixels. Raises as images.take_in does."""
    many = await tx.value(
        """select count(*) from file where org_id = %(org)s and owner_id = %(me)s
             and made_at > now() - interval '1 day'""",
        {"me": actor.id},
    )
    if many >= MOST_A_DAY:
        raise Invalid(
            "LIMIT_EXCEEDED", "At most {most} pictures a day. Send the others tomorrow.", most=MOST_A_DAY
        )
    whole, small = await images.take_in(content, [LARGEST, SMALL])
    title = " ".join(name.replace("\0", "").split())[:MOST_TITLE] or "Image"
    file_id = await tx.new_id(Type.FILE)
    digest, small_digest = await blobs.keep(tx, whole.content), await blobs.keep(tx, small.content)
    made_at = await tx.value(
        """insert into file (org_id, id, owner_id, title, media_type, width, height, bytes, digest, small_digest)
           values (%(org)s, %(id)s, %(me)s, %(title)s, %(type)s, %(width)s, %(height)s, %(bytes)s, %(digest)s, %(small)s)
           returning made_at""",
        {
            "id": file_id,
            "me": actor.id,
            "title": title,
            "type": whole.media_type,
            "width": whole.width,
            "height": whole.height,
            "bytes": len(whole.content),
            "digest": digest,
            "small": small_digest,
        },
    )
    await events.record(tx, actor, "files.file.created", file_id, after={"title": title})
    return File(
        file_id, actor.id, title, whole.media_type, whole.width, whole.height, len(whole.content), digest,
        small_digest, made_at,
    )  # fmt: skip


async def forget(tx: Tx, file_ids: Collection[int]) -> None:
    """What is used nowhere is known no more; its bytes are named by no row then."""
    gone = await tx.values(
        "delete from file where org_id = %(org)s and id = any(%(ids)s::bigint[]) returning id",
        {"ids": list(file_ids)},
    )
    if gone:
        await events.record_many(tx, None, "files.file.deleted", dict.fromkeys(gone))
