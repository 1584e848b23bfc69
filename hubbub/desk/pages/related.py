"""What points at a record, as the tab Related shows it."""

from urllib.parse import urlencode

import msgspec

from hubbub import objects, records
from hubbub.core import html
from hubbub.core.db import Tx
from hubbub.desk.pages.cells import Cell, cell


class RelatedRow(msgspec.Struct, frozen=True):
    """A record in a related list."""

    id: int
    url: str
    cells: list[Cell]


class RelatedList(msgspec.Struct, frozen=True):
    """The records of one object that point at a record by one field."""

    title: str
    object: objects.Object
    count: str  # at most "99+"
    labels: list[str]
    rows: list[RelatedRow]
    all_url: str | None
    new_url: str | None


async def show_related(tx: Tx, him: records.Viewer, record: records.Record) -> list[RelatedList]:
    """The related lists of a record that somebody has: those with something in them first."""
    found = await records.related(tx, him, record)
    twice = {each.object.code for each in found if sum(o.object is each.object for o in found) > 1}
    shown = [_list(him, record, each, each.object.code in twice) for each in found]
    return sorted(shown, key=lambda each: not each.rows)


def _list(him: records.Viewer, record: records.Record, found: records.Related, by_field: bool) -> RelatedList:
    object, field = found.object, found.field
    filters = {"view": "all", "filtered": "1", "f": field.name, "op": "equals", "v": record.key}
    creates = him.can(object).create and him.may_edit(object, field)
    count = html.number(found.count) if found.count < records.MOST_RELATED else f"{records.MOST_RELATED - 1}+"
    return RelatedList(
        title=html.translate("{objects:_} ({field:_})", objects=object.plural, field=field.label)
        if by_field
        else html.translate(object.plural),
        object=object,
        count=count,
        labels=[each.label for each in found.columns],
        rows=[
            RelatedRow(
                row.id,
                row.url,
                [cell(f, row.shown[f.name], found.names, him.actor.timezone) for f in found.columns],
            )
            for row in found.rows
        ],
        all_url=f"/o/{object.name}?{urlencode(filters)}" if found.count > len(found.rows) else None,
        new_url=f"/o/{object.name}/new?{urlencode({field.name: record.key})}" if creates else None,
    )
