"""Deleted records that somebody may take out of the recycle bin: his own deletions, administrators all."""

from datetime import datetime

import msgspec

from hubbub import people
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import NotFound
from hubbub.records.access.viewer import Viewer, viewer


class Binned(msgspec.Struct, frozen=True):
    """A record in the recycle bin, with how many children went with it."""

    id: int
    object: str
    label: str
    icon: str
    name: str
    deleted_at: datetime
    deleted_by: int
    children: int

    @property
    def key(self) -> str:
        return ids.show(self.id)


def binned(him: Viewer) -> str:
    """SQL: is the record under the alias r what he may take out of the bin? What went with another record is not."""
    readable = [str(each.code) for each in him.catalog.objects if him.can(each).read]
    mine = "" if him.actor.modify_all else "and r.deleted_by = %(viewer)s"
    return f"""r.deleted_at is not null and r.deletion_id = r.id and not r.purged {mine}
        and r.object in ({", ".join(readable) or "0"})"""


async def access_binned(tx: Tx, actor: people.Actor, record_id: int) -> Binned:
    """A record in the bin, locked, if the actor deleted it or is an administrator; else it does not exist for him."""
    him = await viewer(tx, actor)
    rows = await tx.tuples(
        f"""select r.id, r.object, r.name, r.deleted_at, r.deleted_by, 0 from record r
            where r.org_id = %(org)s and r.id = %(id)s and {binned(him)} for no key update of r""",
        him.params | {"id": record_id},
    )
    if not rows:
        raise NotFound()
    return read_binned(him, rows[0])


def read_binned(him: Viewer, row: tuple) -> Binned:
    id, code, name, deleted_at, deleted_by, children = row
    object = him.catalog.codes[code]
    return Binned(id, object.name, object.label, object.icon, name, deleted_at, deleted_by, children)
