"""Photos and banners of people: taken in, shown in two sizes, taken away."""

import re
from collections.abc import Mapping
from typing import Any

from hubbub.core import blobs, events, images
from hubbub.core.db import Tx
from hubbub.core.ids import Type
from hubbub.core.images import Crop
from hubbub.people.access import Actor, Person, access_user

# Widths and heights of what is kept, the full one first: Salesforce's for photos.
SHAPES = {"photo": ((200, 200), (64, 64)), "banner": ((1280, 256), (640, 128))}


async def put_photo(
    tx: Tx, actor: Actor, user_id: int, content: bytes, *, kind: str = "photo", crop: Crop | None = None
) -> Person:
    """Give a profile a `photo` or a `banner` instead of the one that it had; raises images.BadPicture.

    Of what `crop` says as much is kept as has the shape; without it, of the middle of the picture.
    """
    await access_user(tx, actor, user_id, to="edit")
    full, small = await images.take_in(content, SHAPES[kind], crop)
    photo_id = await tx.new_id(Type.PHOTO)
    await tx.run(
        """insert into photo (org_id, id, user_id, kind, media_type, full_sha, small_sha)
           values (%(org)s, %(id)s, %(user)s, %(kind)s, %(type)s, %(full)s, %(small)s)""",
        {
            "id": photo_id,
            "user": user_id,
            "kind": kind,
            "type": full.media_type,
            "full": await blobs.keep(tx, full.content),
            "small": await blobs.keep(tx, small.content),
        },
    )
    await _show(tx, user_id, kind, photo_id)
    await events.record(tx, actor, "people.photo.changed", photo_id, parent=user_id, after={"kind": kind})
    return await access_user(tx, actor, user_id)


async def delete_photo(tx: Tx, actor: Actor, user_id: int, *, kind: str = "photo") -> Person:
    """Show a profile without its photo or banner; without one nothing happens."""
    await access_user(tx, actor, user_id, to="edit")
    column = _COLUMNS[kind]
    shown = await tx.value(
        f"select {column} from app_user where org_id = %(org)s and id = %(user)s for update",
        {"user": user_id},
    )
    if shown is not None:
        await _show(tx, user_id, kind, None)
        await events.record(tx, actor, "people.photo.deleted", shown, parent=user_id, before={"kind": kind})
    return await access_user(tx, actor, user_id)


_COLUMNS = {"photo": "photo_id", "banner": "banner_id"}


async def _show(tx: Tx, user_id: int, kind: str, photo_id: int | None) -> None:
    await tx.run(
        f"""update app_user set {_COLUMNS[kind]} = %(photo)s, version = version + 1, modified_at = now()
            where org_id = %(org)s and id = %(user)s""",
        {"photo": photo_id, "user": user_id},
    )


def crop_of(given: Mapping[str, Any]) -> Crop | None:
    """The crop that a form or a body says: cropX, cropY, and cropSize or cropWidth and cropHeight, in whole pixels."""
    size = given.get("cropSize")
    names = (
        "cropX",
        "cropY",
        *(("cropSize", "cropSize") if size not in (None, "") else ("cropWidth", "cropHeight")),
    )
    said = [str(given.get(name, "")) for name in names]
    if all(given.get(name) in (None, "") for name in names):
        return None
    if not all(re.fullmatch(r"-?\d{1,9}", value, re.ASCII) for value in said):
        raise images.BadPicture(
            "INVALID_INPUT",
            "The part to keep is given by whole numbers of pixels.",
            fields=list(dict.fromkeys(names)),
        )
    return Crop(*map(int, said))
