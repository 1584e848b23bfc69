"""What somebody opened last, of what he still sees."""

from hubbub.core.db import Tx
from hubbub.objects import Object
from hubbub.records.access import Viewer, any_object
from hubbub.records.queries.cards import Card


async def recently_viewed(tx: Tx, him: Viewer, *, size: int, object: Object | None = None) -> list[Card]:
    """The records that the viewer opened last, the latest first; of one object where it is named. What he no longer sees
    is not among them."""
    only = "" if object is None else f" and r.object = {object.code}"
    rows = await tx.tuples(
        f"""select r.id, r.object, r.name from record_view v join record r on r.org_id = %(org)s and r.id = v.record_id
            where v.org_id = %(org)s and v.user_id = %(viewer)s{only} and {any_object(him, "r")}
            order by v.viewed_at desc, r.id limit %(size)s""",
        him.params | {"size": size},
    )
    return [
        Card(id, each.name, each.label, name) for id, code, name in rows for each in [him.catalog.codes[code]]
    ]
