"""A list of an object's records by conditions: with sight and field security inside, and a place where each page begins."""

from typing import Any

import msgspec

from hubbub.core.db import Tx
from hubbub.objects import Field, Object
from hubbub.records.access import Viewer, counted, listed, probe, wide
from hubbub.records.queries.soql.compile import Compiler
from hubbub.records.queries.soql.nodes import FieldPath
from hubbub.records.queries.soql.paths import no_such_type
from hubbub.records.queries.soql.sources import source

# Columns of which an index has the records in order: then sight is asked row by row until the page is full.
_IN_ORDER = ("name", "modified_at")
# These always hold something.
_FILLED = ("name", "created_at", "modified_at", "owner_id")


class Listing(msgspec.Struct, frozen=True):
    """SQL of a list: the rows that fit, who of them is seen, and by what they are sorted."""

    rows: str  # from the table to the conditions; the record is `r`
    seen: str  # for going through them in their order
    counted: str  # for all of them at once
    key: str
    kind: str  # the type of the key
    descending: bool
    nullable: bool
    dear: bool  # sight is asked for each row: sort first
    params: dict[str, Any]

    @property
    def order(self) -> str:
        return self._order(self.key)

    def _order(self, key: str) -> str:
        how = "desc" if self.descending else "asc"
        return f"{key} {how}{' nulls last' if self.nullable else ''}, r.id {how}"

    def page(self, *, resumed: bool, empty: bool, most: str = "%(size)s") -> str:
        """The statement of the ids and keys of a page, after the place of %(after_key)s and %(after_id)s where
        it is `resumed`; `empty` says that the key of that place is none. What has no key stands last."""
        less = "<" if self.descending else ">"
        place = ""
        if resumed and empty:
            place = f" and {self.key} is null and r.id {less} %(after_id)s"
        elif resumed:
            beyond = f"({self.key}, r.id) {less} (%(after_key)s::{self.kind}, %(after_id)s)"
            place = f" and ({beyond} or {self.key} is null)" if self.nullable else f" and {beyond}"
        if self.dear:
            return f"""select r.id, r.k::text from (
                  select r.id, r.owner_id, r.parent_id, r.r1, r.r2, {self.key} as k {self.rows}{place}
                order by {self.order} offset 0) r where {self.seen} order by {self._order("r.k")} limit {most}"""
        return f"""select r.id, ({self.key})::text {self.rows}{place} and {self.seen}
            order by {self.order} limit {most}"""


async def listing(
    tx: Tx,
    him: Viewer,
    object: Object,
    where: Any,
    *,
    sort: Field,
    descending: bool = False,
    mine: bool = False,
) -> Listing:
    """The list of the object's records that the viewer sees and that fit the condition (SOQL's own nodes; None: all), by
    that field: a reference by the name of what it points at."""
    found = source(him, object.name)
    if found is None:
        raise no_such_type(object.name)
    work = Compiler(him, found, None, "r", {})
    fits = work.condition(where) if where is not None else "true"
    named = sort.type == "reference" and sort.relation and sort.relation.lower() in found.relations
    path = (sort.relation, "Name") if named and sort.relation else (sort.name,)
    _, alias, column = work.resolve(FieldPath(path))
    key = column.raw.replace("{a}", alias)
    if column.type == "boolean":
        key, kind = f"({key} is true)", "boolean"
    else:
        kind = work.kind(column)
    own = "r.owner_id = %(viewer)s"
    if mine:
        # What he owns he sees, unless a parent decides.
        seen = all = f"{own} and {probe(him, object, 'r')}" if object.controlled else own
    else:
        seen, all = await listed(tx, him, object, "r"), await counted(tx, him, object, "r")
    return Listing(
        rows=f"from record r{''.join(work.joins.values())} where r.org_id = %(org)s and r.object = {object.code} "
        f"and r.deleted_at is null and {fits}",
        seen=seen,
        counted=all,
        key=key,
        kind=kind,
        descending=descending,
        nullable=bool(named) or sort.column not in _FILLED,
        dear=not mine and sort.column not in _IN_ORDER and await wide(tx, him, object),
        params=him.params | work.params,
    )
