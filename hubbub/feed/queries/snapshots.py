"""Cards of records in the feed, as they are now and as the viewer reads them."""

from typing import Any

import msgspec

from hubbub import records
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.objects import Field


class Shown(msgspec.Struct, frozen=True):
    """A field of a new record as the viewer reads it; a reference also as what it points at."""

    field: Field
    value: Any
    text: str | None
    url: str | None


async def snapshots(tx: Tx, viewer: records.Viewer, record_ids: list[int]) -> dict[int, list[Shown]]:
    """What the cards of new records show: the columns of their lists, as far as the viewer reads them."""
    found: list[tuple[records.Row, list[Field]]] = []
    by_object: dict[int, list[int]] = {}
    for id in record_ids:
        by_object.setdefault(ids.type_of(id), []).append(id)
    for code, same in by_object.items():
        object = viewer.catalog.codes[code]
        fields = [object.field(name) for name in object.columns if name != "Name"]
        fields = [field for field in fields if viewer.may_read(object, field)]
        rows = await records.read_rows(tx, viewer, object, tuple(fields), same)
        found += [(row, fields) for row in rows]
    references = {
        row.values[field.name]
        for row, fields in found
        for field in fields
        if field.type == "reference" and row.values[field.name] is not None
    }
    named = await records.names(tx, viewer, references) if references else records.Names({}, {})
    return {
        row.id: [
            Shown(
                field,
                value := row.values[field.name],
                named.show(field, value, viewer.actor.timezone),
                named.url(value) if field.type == "reference" and value is not None else None,
            )
            for field in fields
        ]
        for row, fields in found
    }
