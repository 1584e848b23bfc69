"""Who is told on open pages that something happened to a record."""

from collections import defaultdict
from collections.abc import Mapping

from hubbub import objects
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid
from hubbub.core.events import Event
from hubbub.objects import Object
from hubbub.records.access import ABOUT, ACTIVITIES, readers_of, viewers_of


async def audience(tx: Tx, event: Event, users: set[int]) -> Mapping[str, set[int]]:
    """The record's own page and the boards of its object, for those who see it; of an activity also the pages of what it is
    or was about, for those who see both. That a record was deleted is told to those who saw it.

    A change is told only to who may read one of the changed fields: for others nothing has happened. Of a new record, and
    of one that is back from the bin, no page is open yet, only boards.
    """
    if event.noun_id is None:
        return {}
    object = (await objects.catalog(tx)).of(event.noun_id)
    new = event.name in ("records.record.created", "records.record.restored")
    if new and object.path is None and object.name not in ACTIVITIES:
        return {}
    seeing = await viewers_of(tx, event.noun_id, users, deleted=event.name == "records.record.deleted")
    if seeing and event.name == "records.record.updated":
        changed = [field.id for field in object.fields if field.name in (event.after or {})]
        seeing = await readers_of(tx, changed, seeing)
    if not seeing:
        return {}
    topics: dict[str, set[int]] = defaultdict(set)
    if not new:
        topics[f"record/{ids.show(event.noun_id)}"] = seeing
    topics[f"list/{object.prefix}"] = seeing
    if object.name in ACTIVITIES:
        for about, field_id in await _about(tx, event, object):
            both = await readers_of(tx, [field_id], await viewers_of(tx, about, seeing))
            topics[f"record/{ids.show(about)}"] |= both
    return {topic: told for topic, told in topics.items() if told}


async def _about(tx: Tx, event: Event, object: Object) -> set[tuple[int, int]]:
    """What an activity is about, and was before this event, each with the field that says so."""
    fields = [object.field(name) for name in ABOUT]
    now = await tx.tuples(
        f"""select {", ".join(f"r.{field.column}" for field in fields)} from record r
            where r.org_id = %(org)s and r.id = %(id)s""",
        {"id": event.noun_id},
    )
    found = {(id, field.id) for row in now for id, field in zip(row, fields, strict=True) if id is not None}
    before = event.before if isinstance(event.before, dict) else {}
    for field in fields:
        try:
            found.add((ids.parse(before.get(field.name)), field.id))
        except Invalid:  # it was about nothing, or this did not change
            continue
    return found
