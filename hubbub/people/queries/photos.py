"""Photos as bytes: those that profiles show, for who may see the profile."""

import msgspec

from hubbub.core import blobs
from hubbub.core.db import Tx
from hubbub.core.ids import Type, type_of
from hubbub.people.access import Actor, sight


class Photo(msgspec.Struct, frozen=True):
    """A picture that a profile shows, in one of its two sizes."""

    id: int
    media_type: str
    digest: str

    async def content(self, tx: Tx) -> bytes:
        return await blobs.read(tx, self.digest)


async def shown_photo(tx: Tx, actor: Actor, id: int, *, full: bool) -> Photo | None:
    """The photo of a person (by his id), or the photo or banner with that id, where a profile that the actor may see shows
    it."""
    which = "u.id = %(id)s and p.id = u.photo_id" if type_of(id) == Type.USER else "p.id = %(id)s"
    return await tx.row(
        f"""select p.id, p.media_type, {"p.full_sha" if full else "p.small_sha"} from photo p
            join app_user u on u.org_id = %(org)s and u.id = p.user_id and p.id in (u.photo_id, u.banner_id)
            where p.org_id = %(org)s and {which} and {sight(actor, "u.id")}""",
        {"id": id, "viewer": actor.user_id},
        into=Photo,
    )
