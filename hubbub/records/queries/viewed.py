"""What somebody opened last, of what he still sees."""

from collections.abc import Iterable
from typing import Any

from hubbub.core.db import Tx
from hubbub.objects import Object
from hubbub.records.access import Viewer, any_object
from hubbub.records.queries.cards import Card


async def recently_viewed(tx: Tx, him: Viewer, *, size: int, object: Object | None = None) -> list[Card]:
    """The records that the viewer opened last, the latest first; of one object where it is named. What he no longer sees
    is not among them."""
    only = "" if object is None else f" and r.object = {object.code}"
    rows = await tx.tuples(
        f"select o.id, o.object, o.name from ({_opened(him, size, only)}) o order by o.viewed_at desc, o.id",
        him.params,
    )
    return opened_cards(him, rows)


def opened(him: Viewer, size: int) -> str:
    """SQL: the same as one value, for a statement that asks for more than this; `opened_cards` reads it."""
    return f"""(select jsonb_agg(jsonb_build_array(o.id, o.object, o.name) order by o.viewed_at desc, o.id)
        from ({_opened(him, size)}) o)"""


def opened_cards(him: Viewer, rows: Iterable[Any] | None) -> list[Card]:
    """The records of these ids, objects' codes and names."""
    return [
        Card(id, each.name, each.label, name, each.icon)
        for id, code, name in rows or ()
        for each in [him.catalog.codes[code]]
    ]


def _opened(him: Viewer, size: int, only: str = "") -> str:
    return f"""select r.id, r.object, r.name, v.viewed_at from record_view v
        join record r on r.org_id = %(org)s and r.id = v.record_id
        where v.org_id = %(org)s and v.user_id = %(viewer)s{only} and {any_object(him, "r")}
        order by v.viewed_at desc, r.id limit {size}"""
