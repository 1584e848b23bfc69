"""What points at a record: its related lists, as far as the viewer sees them."""

import msgspec

from hubbub.core.db import Tx
from hubbub.objects import Field, Object
from hubbub.records.access import Record, Viewer, columns, listed, relationships
from hubbub.records.queries.cards import Names, names
from hubbub.records.queries.lists import Row, read_rows

MOST_RELATED = 100  # a count goes no further: more than 99 are "99+"


class Related(msgspec.Struct, frozen=True):
    """The records of one object that point at a record by one field."""

    object: Object
    field: Field
    columns: tuple[Field, ...]
    rows: list[Row]
    names: Names
    count: int  # MOST_RELATED stands for that many and more


async def related(tx: Tx, him: Viewer, record: Record, *, size: int = 5) -> list[Related]:
    """What points at a record that the viewer has: of every relationship how many he sees, and the first few of them. One
    statement finds them all."""
    known = relationships(him, record.object)
    if not known:
        return []
    ways = []
    for number, (child, field) in enumerate(known):
        sort = child.field(child.sort[0])
        key = f"lower({columns.stored(sort, 'r')})" if sort.is_text else f"r.{sort.column}"
        ways.append(
            f"""(select {number} as way, r.id from record r
              where r.org_id = %(org)s and r.object = {child.code} and r.{field.column} = %(record)s
                and r.deleted_at is null and {await listed(tx, him, child, "r")}
              order by {key} {child.sort[1]}, r.id limit {MOST_RELATED})"""
        )
    found: dict[int, list[int]] = {}
    for way, id in await tx.tuples(" union all ".join(ways), him.params | {"record": record.id}):
        found.setdefault(way, []).append(id)
    shown: list[Related] = []
    for number, (child, field) in enumerate(known):
        fields = tuple(
            each
            for name in child.columns
            if (each := child.field(name)).id != field.id and him.may_read(child, each)
        )[:5]
        record_ids = found.get(number, [])
        rows = await read_rows(tx, him, child, fields, record_ids[:size])
        shown.append(Related(child, field, fields, rows, Names({}, {}), len(record_ids)))
    references = {
        row.values[field.name]
        for each in shown
        for row in each.rows
        for field in each.columns
        if field.type == "reference" and row.values[field.name]
    }
    named = await names(tx, him, references, seen=True)
    return [msgspec.structs.replace(each, names=named) for each in shown]
