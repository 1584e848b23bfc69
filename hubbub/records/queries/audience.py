"""Who is told on open pages that something happened to a record."""

from collections.abc import Mapping

from hubbub import objects
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.events import Event
from hubbub.records.access import readers_of, viewers_of


async def audience(tx: Tx, event: Event, users: set[int]) -> Mapping[str, set[int]]:
    """The record's own page, for those who see it; that it was deleted is told to those who saw it.

    A change is told only to who may read one of the changed fields: for others nothing has happened.
    """
    if event.noun_id is None:
        return {}
    seeing = await viewers_of(tx, event.noun_id, users, deleted=event.name == "records.record.deleted")
    if seeing and event.name == "records.record.updated":
        object = (await objects.catalog(tx)).of(event.noun_id)
        changed = [field.id for field in object.fields if field.name in (event.after or {})]
        seeing = await readers_of(tx, changed, seeing)
    return {f"record/{ids.show(event.noun_id)}": seeing} if seeing else {}
