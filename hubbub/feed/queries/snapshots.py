"""Cards of records in the feed, as they are now and as the viewer reads them."""

from collections.abc import Mapping
from typing import Any

import msgspec

from hubbub import records
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.ids import Type
from hubbub.feed.actions.bodies import Segment
from hubbub.feed.queries.speakers import Speakers, Subject, subjects
from hubbub.objects import Field


class Shown(msgspec.Struct, frozen=True):
    """A field of a new record as the viewer reads it; a reference also as what it points at."""

    field: Field
    value: Any
    text: str | None
    url: str | None


class LiveCard(msgspec.Struct, frozen=True):
    """A record as it is now, as the viewer reads it."""

    record: Subject | None
    fields: list[Shown]


NO_CARD = LiveCard(None, [])


def card_of(kind: str, parent_id: int, body: list[Segment]) -> int | None:
    """The record whose card an item carries: the new one, the one that a question is about, or the first that the body
    links and the viewer sees."""
    if kind == "CreateRecordEvent":
        return parent_id
    for segment in body:
        if segment["type"] == "EntityLink" and "id" in segment:  # of what he does not see only words are left
            return ids.parse(segment["id"])
    return parent_id if kind == "QuestionPost" and ids.type_of(parent_id) != Type.USER else None


async def live_cards(
    tx: Tx, viewer: records.Viewer, carried: Mapping[int, int], speakers: Speakers
) -> dict[int, LiveCard]:
    """The cards that these items carry, each with the id of its record."""
    if not carried:
        return {}
    fields = await snapshots(tx, viewer, list(set(carried.values())))
    missing = {id for id in fields if id not in speakers}
    named = {**speakers, **(await subjects(tx, viewer.actor, missing))} if missing else speakers
    return {
        item_id: LiveCard(named[record_id], fields[record_id])
        for item_id, record_id in carried.items()
        if record_id in fields and record_id in named
    }


async def snapshots(tx: Tx, viewer: records.Viewer, record_ids: list[int]) -> dict[int, list[Shown]]:
    """What the cards of records show: the columns of their lists, as far as the viewer sees the records and reads the
    columns."""
    found: list[tuple[records.Row, list[Field]]] = []
    by_object: dict[int, list[int]] = {}
    for id in record_ids:
        by_object.setdefault(ids.type_of(id), []).append(id)
    for code, same in by_object.items():
        object = viewer.catalog.codes[code]
        fields = [object.field(name) for name in object.columns if name != object.name_field.name]
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
                named.show(field, row.shown[field.name], viewer.actor.timezone),
                named.url(value) if field.type == "reference" and value is not None else None,
            )
            for field in fields
        ]
        for row, fields in found
    }
