"""What lies in the recycle bin."""

from datetime import datetime

import msgspec

from hubbub import people
from hubbub.core.db import Tx
from hubbub.objects import Object
from hubbub.records.access import Viewer, probe
from hubbub.records.access.bin import Binned, binned, read_binned
from hubbub.records.access.viewer import viewer
from hubbub.records.queries.lists import read_place, write_place


class BinPage(msgspec.Struct, frozen=True):
    """One page of the recycle bin, what was deleted last first."""

    records: list[Binned]
    following: str | None


async def recycle_bin(tx: Tx, actor: people.Actor, *, after: str | None = None, size: int = 50) -> BinPage:
    """What the actor may take out of the bin."""
    him = await viewer(tx, actor)
    place, params = "", him.params | {"size": size + 1}
    if after is not None:
        params["after_at"], params["after_id"] = read_place(after)
        place = "and (r.deleted_at, r.id) < (%(after_at)s::timestamptz, %(after_id)s)"
    rows = await tx.tuples(
        f"""select r.id, r.object, r.name, r.deleted_at, r.deleted_by,
                   (select count(*) - 1 from record c where c.org_id = %(org)s and c.deletion_id = r.id)
            from record r where r.org_id = %(org)s and {binned(him)} {place}
            order by r.deleted_at desc, r.id desc limit %(size)s""",
        params,
    )
    found = [read_binned(him, row) for row in rows]
    last = found[size - 1] if len(found) > size else None
    return BinPage(found[:size], write_place((last.id, last.deleted_at.isoformat())) if last else None)


async def deleted_between(
    tx: Tx, him: Viewer, object: Object, start: datetime, end: datetime
) -> list[tuple[int, datetime]]:
    """The records of an object that were deleted between two moments, of those that the viewer saw."""
    return await tx.tuples(
        f"""select r.id, r.deleted_at from record r
            where r.org_id = %(org)s and r.object = {object.code} and r.deleted_at >= %(start)s and r.deleted_at < %(end)s
              and {probe(him, object, "r")} order by r.deleted_at, r.id limit 10000""",
        him.params | {"start": start, "end": end},
    )
