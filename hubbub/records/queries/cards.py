"""Names of records, for whatever points at them."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from hubbub import people
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.ids import Type
from hubbub.objects import Field, Object
from hubbub.records.access import WHOLE_DAYS, Viewer, any_object, as_days, listed, viewer
from hubbub.records.access.activities import WHOLE, value

MOST_WORDS = 5  # of a name that is asked for


class Card(msgspec.Struct, frozen=True):
    """A record as other things name it."""

    id: int
    object: str
    label: str
    name: str
    icon: str = "record"

    @property
    def key(self) -> str:
        return ids.show(self.id)

    @property
    def url(self) -> str:
        return f"/r/{self.key}"


async def cards(tx: Tx, actor: people.Actor, record_ids: Iterable[int]) -> dict[int, Card]:
    """Cards of records that the actor is known to see."""
    return await _cards(tx, await viewer(tx, actor), record_ids, "true")


async def visible_cards(tx: Tx, actor: people.Actor, record_ids: Iterable[int]) -> dict[int, Card]:
    """Cards of those of the records that the actor sees."""
    him = await viewer(tx, actor)
    return await _cards(tx, him, record_ids, any_object(him, "r"))


async def _cards(tx: Tx, him: Viewer, record_ids: Iterable[int], seen: str) -> dict[int, Card]:
    wanted = list(set(record_ids))
    if not wanted:
        return {}
    rows = await tx.tuples(
        f"""select r.id, r.object, r.name from record r
            where r.org_id = %(org)s and r.id = any(%(ids)s::bigint[]) and {seen}""",
        him.params | {"ids": wanted},
    )
    found = {}
    for record_id, code, name in rows:
        object = him.catalog.codes[code]
        found[record_id] = Card(record_id, object.name, object.label, name, object.icon)
    return found


async def find_named(tx: Tx, him: Viewer, object_name: str, name: str | None, *, size: int) -> list[Card]:
    """Records of an object that the viewer sees, of exactly that name in any case, or of any name, in the order of names."""
    object = him.catalog.get(object_name)
    if object is None or not him.can(object).read:
        return []
    called = "and lower(r.name) = lower(%(name)s)" if name is not None else ""
    rows = await tx.tuples(
        f"""select r.id, r.name from record r
            where r.org_id = %(org)s and r.object = {object.code} and r.deleted_at is null {called}
              and {await listed(tx, him, object, "r")}
            order by lower(r.name), r.id limit %(size)s""",
        him.params | {"name": name, "size": size},
    )
    return [Card(id, object.name, object.label, name, object.icon) for id, name in rows]


async def find_beginning(tx: Tx, him: Viewer, start: str, *, size: int) -> list[Card]:
    """Records of every object that the viewer sees and whose names begin like this, so many of each object, in the order of
    the objects; where those are few, then also those in whose names each of these words begins a word."""
    rows = await _called(
        tx,
        him,
        """lower(r.name) >= lower(%(start)s) and lower(r.name) <= lower(%(start)s) || chr(65535)
           and starts_with(lower(r.name), lower(%(start)s))""",
        {"start": start, "size": size},
    )
    words = {f"word{place}": word for place, word in enumerate(start.split()[:MOST_WORDS])}
    if len(rows) < size and words:
        begun = " and ".join(f"strpos(' ' || lower(r.name), ' ' || lower(%({name})s)) > 0" for name in words)
        rows += await _called(
            tx,
            him,
            f"{begun} and not starts_with(lower(r.name), lower(%(start)s))",
            words | {"start": start, "size": size - len(rows)},
        )
    return [
        Card(id, object.name, object.label, name, object.icon)
        for id, name, code in rows
        for object in [him.catalog.codes[code]]
    ]


async def _called(tx: Tx, him: Viewer, how: str, params: dict[str, Any]) -> list[tuple[int, str, int]]:
    """Ids, names and objects of records that the viewer sees and that are called so, in the order of the objects."""
    ways: list[str] = []
    for object in him.catalog.objects:
        if him.can(object).read:
            seen = await listed(tx, him, object, "r")
            ways.append(
                f"""(select r.id, r.name, r.object from record r
                  where r.org_id = %(org)s and r.object = {object.code} and r.deleted_at is null
                    and {how} and {seen}
                  order by lower(r.name), r.id limit %(size)s)"""
            )
    if not ways:
        return []
    return await tx.tuples(" union all ".join(ways), him.params | params)


class Names(msgspec.Struct, frozen=True):
    """The names behind references, and where each leads; what the viewer does not see has none, and a queue, which may own
    records, leads nowhere."""

    people: dict[int, people.Person]
    records: dict[int, Card]
    profiles: bool = True  # may the viewer open people's profiles?
    queues: dict[int, str] = {}

    def name(self, id: int) -> str | None:
        if ids.type_of(id) == Type.USER:
            return self.people[id].name if id in self.people else None
        if ids.type_of(id) == Type.QUEUE:
            return self.queues.get(id)
        return self.records[id].name if id in self.records else None

    def url(self, id: int) -> str | None:
        if ids.type_of(id) == Type.USER:
            return f"/people/{ids.show(id)}" if self.profiles and id in self.people else None
        return self.records[id].url if id in self.records else None

    def show(self, field: Field, value: Any, timezone: str = "UTC") -> str | None:
        """A value in words for people, references by their names."""
        if field.type == "reference" and value is not None:
            return self.name(value)
        return field.show(value, timezone)


async def names(tx: Tx, him: Viewer, references: Iterable[int], *, seen: bool = False) -> Names:
    """Look up what references point at, as far as the viewer sees it; all of it where he is known to."""
    wanted = set(references)
    persons = {id for id in wanted if ids.type_of(id) == Type.USER}
    queues = {id for id in wanted if ids.type_of(id) == Type.QUEUE}
    return Names(
        await people.cards(tx, persons) if persons else {},
        await (cards if seen else visible_cards)(tx, him.actor, wanted - persons - queues),
        profiles=not him.actor.guest,
        queues=await people.queue_names(tx, queues) if queues else {},
    )


async def show_changes(
    tx: Tx, him: Viewer, changes: Mapping[int, list[list[Any]]], about: Mapping[int, int]
) -> dict[int, list[tuple[str, str, str | None, str | None]]]:
    """Tracked changes (field id, old, new as history keeps them) of several items, each about a record, in words: name,
    label, old, new."""
    fields = _fields(him)
    known = {
        item: [
            (object, field, field.from_plain(old), field.from_plain(new))
            for field_id, old, new in rows
            if field_id in fields
            for object, field in [fields[field_id]]
        ]
        for item, rows in changes.items()
    }
    references = {
        value
        for rows in known.values()
        for _, field, *values in rows
        if field.type == "reference"
        for value in values
        if value is not None
    }
    named = await names(tx, him, references) if references else Names({}, {})
    timed = {about[item] for item, rows in known.items() for _, field, *_ in rows if field.name in WHOLE}
    whole = await _whole_days(tx, him, timed) if timed else set()

    def said(item: int, field: Field, kept: Any) -> str | None:
        day = as_days({WHOLE_DAYS: about[item] in whole, field.name: kept})
        return named.show(field, day[field.name], him.actor.timezone)

    return {
        item: [
            (field.name, field.label, said(item, field, old), said(item, field, new))
            for _, field, old, new in rows
        ]
        for item, rows in known.items()
    }


async def _whole_days(tx: Tx, him: Viewer, event_ids: set[int]) -> set[int]:
    """Those of the events that take whole days, as far as he may read that."""
    object = him.catalog.object("Event")
    whole = value(him, object, WHOLE_DAYS, "r")
    if whole is None:
        return set()
    return set(
        await tx.values(
            f"""select r.id from record r
                where r.org_id = %(org)s and r.object = %(object)s and r.id = any(%(events)s::bigint[]) and {whole}""",
            {"object": object.code, "events": list(event_ids)},
        )
    )


def _fields(him: Viewer) -> dict[int, tuple[Object, Field]]:
    key = "fields by id"
    if key not in him.compiled:
        him.compiled[key] = {
            field.id: (object, field)
            for object in him.catalog.objects
            if him.can(object).read
            for field in him.fields(object)
        }
    return him.compiled[key]
