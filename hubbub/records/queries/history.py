"""What became of a record's fields: who changed what, and when."""

from datetime import datetime
from typing import Any

import msgspec

from hubbub import people
from hubbub.core.db import Tx
from hubbub.objects import Field
from hubbub.records.access import WHOLE_DAYS, Record, Viewer, as_days, viewer
from hubbub.records.queries.cards import names
from hubbub.records.queries.lists import read_place, write_place


class HistoryEntry(msgspec.Struct, frozen=True):
    """What one save made of one field, in words."""

    id: int
    person: people.Person
    changed_at: datetime
    name: str
    label: str
    old: str | None
    new: str | None


class HistoryPage(msgspec.Struct, frozen=True):
    """One page of a record's history, the newest first."""

    entries: list[HistoryEntry]
    following: str | None


async def history(
    tx: Tx, actor: people.Actor, record: Record, *, after: str | None = None, size: int = 50
) -> HistoryPage:
    """The history of the fields that the actor may read, on a record that he is known to see."""
    him = await viewer(tx, actor)
    fields = {field.id: field for field in him.fields(record.object)}
    place, params = "", {"id": record.id, "fields": list(fields), "size": size + 1}
    if after is not None:
        params["after_at"], params["after_id"] = read_place(after)
        place = "and (h.changed_at, h.id) < (%(after_at)s::timestamptz, %(after_id)s)"
    rows = await tx.tuples(
        f"""select h.id, h.field_id, h.old_value, h.new_value, h.changed_by, h.changed_at from field_history h
            where h.org_id = %(org)s and h.record_id = %(id)s and h.field_id = any(%(fields)s::bigint[]) {place}
            order by h.changed_at desc, h.id desc limit %(size)s""",
        params,
    )
    following = write_place((rows[size - 1][0], rows[size - 1][5].isoformat())) if len(rows) > size else None
    read = [
        (id, fields[field], fields[field].from_plain(old), fields[field].from_plain(new), by, at)
        for id, field, old, new, by, at in rows[:size]
    ]
    persons = await people.cards(tx, {by for *_, by, _ in read})
    references = {v for _, f, *values, _, _ in read if f.type == "reference" for v in values if v is not None}
    named = await names(tx, him, references)
    zone = actor.timezone

    def said(field: Field, value: Any) -> str | None:
        day = as_days({WHOLE_DAYS: record.values.get(WHOLE_DAYS), field.name: value})
        return named.show(field, day[field.name], zone)

    return HistoryPage(
        [
            HistoryEntry(
                id,
                persons[by],
                at,
                field.name,
                field.label,
                said(field, old),
                said(field, new),
            )
            for id, field, old, new, by, at in read
        ],
        following,
    )


class Former(msgspec.Struct, frozen=True):
    """What a field held at an earlier version of its record, and who changed it last since then."""

    value: Any
    changed_by: int


async def former_values(tx: Tx, him: Viewer, record: Record, version: int) -> dict[str, Former]:
    """The fields that have changed since that version of a record, of those that the viewer may read."""
    fields = {field.id: field for field in him.fields(record.object)}
    rows = await tx.tuples(
        """select h.field_id, (array_agg(h.old_value order by h.version, h.id))[1],
                  (array_agg(h.changed_by order by h.version desc, h.id))[1]
           from field_history h
           where h.org_id = %(org)s and h.record_id = %(id)s and h.version > %(version)s
             and h.field_id = any(%(fields)s::bigint[]) group by h.field_id""",
        {"id": record.id, "version": version, "fields": list(fields)},
    )
    return {fields[id].name: Former(fields[id].from_plain(old), by) for id, old, by in rows}


async def own_changes(tx: Tx, him: Viewer, record: Record, version: int) -> list[tuple[Field, Any, Any]]:
    """What the viewer himself changed with the save that made that version, in fields that he may read: field, old, new."""
    fields = {field.id: field for field in him.fields(record.object)}
    rows = await tx.tuples(
        """select h.field_id, h.old_value, h.new_value from field_history h
           where h.org_id = %(org)s and h.record_id = %(id)s and h.version = %(version)s
             and h.changed_by = %(me)s and h.field_id = any(%(fields)s::bigint[]) order by h.id""",
        {"id": record.id, "version": version, "me": him.actor.user_id, "fields": list(fields)},
    )
    return [(fields[id], fields[id].from_plain(old), fields[id].from_plain(new)) for id, old, new in rows]
