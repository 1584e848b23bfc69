"""What open pages show: which of their records an event may have put out of sight, and who still sees them."""

import hashlib
from collections.abc import Iterable
from typing import Any

from hubbub import objects
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid
from hubbub.core.events import Event
from hubbub.records.access import ABOUT, ACTIVITIES, Viewer, any_object

_REFERENCES = "r.parent_id, r.r1, r.r2, r.r3, r.r4, r.r5, r.r6, r.r7, r.r8"


def withdrawn(event: Event) -> set[int]:
    """The records that this event may have put out of somebody's sight: it, and what it points at or pointed at."""
    room, _, past = event.name.split(".")
    if room != "records" or past == "created":
        return set()
    if event.name != "records.record.updated":
        return {id for id in (event.noun_id, event.parent_id) if id is not None}
    before = event.before if isinstance(event.before, dict) else {}
    references = {id for value in before.values() if (id := _record_id(value)) is not None}
    # What an activity becomes about decides in place of whom it was about.
    if references or {"OwnerId", ABOUT[0]} & before.keys():
        return {event.noun_id or 0} | references
    return set()


def _record_id(value: Any) -> int | None:
    """The id that a reference's value in the log names; texts that merely look like one do no harm."""
    if not isinstance(value, str) or len(value) not in (15, 18):
        return None
    try:
        return ids.parse(value)
    except Invalid:
        return None


async def near(tx: Tx, record_ids: Iterable[int], nouns: set[int]) -> set[int]:
    """Those of the records of which sight may hang on one of the nouns: it, what it points at, and what points at either; an
    activity hangs on what sight of that hangs on which it is about."""
    wanted = list(set(record_ids))
    activities = [each.code for each in objects.standard_objects() if each.name in ACTIVITIES]
    if not wanted:
        return set()
    return set(
        await tx.values(
            f"""with kin as materialized (
                  select array_agg(id) as ids from (
                    select unnest(%(nouns)s::bigint[]) as id
                    union select unnest(array[{_REFERENCES}]) from record r
                          where r.org_id = %(org)s and r.id = any(%(nouns)s::bigint[])) k where id is not null)
                select r.id from record r, kin where r.org_id = %(org)s and r.id = any(%(ids)s::bigint[])
                  and (r.id = any(kin.ids) or array[{_REFERENCES}] && kin.ids
                       or r.object = any(%(activities)s) and exists (select 1 from record a
                          where a.org_id = %(org)s and a.id = any(array[{_REFERENCES}])
                            and array[{_REFERENCES.replace("r.", "a.")}] && kin.ids))""",
            {"ids": wanted, "nouns": list(nouns), "activities": activities},
        )
    )


async def seen_ids(tx: Tx, him: Viewer, record_ids: Iterable[int]) -> set[int]:
    """Those of the records that the viewer sees."""
    wanted = list(set(record_ids))
    if not wanted:
        return set()
    return set(
        await tx.values(
            f"""select r.id from record r
                where r.org_id = %(org)s and r.id = any(%(ids)s::bigint[]) and {any_object(him, "r")}""",
            him.params | {"ids": wanted},
        )
    )


def reach(him: Viewer) -> str:
    """A mark that changes when the fields that somebody may read do: his open pages then show themselves anew."""
    if "reach" not in him.compiled:
        told = [
            f"{object.name}.{field.name}"
            for object in him.catalog.objects
            if him.can(object).read
            for field in him.fields(object)
        ]
        him.compiled["reach"] = hashlib.blake2s(" ".join(told).encode(), digest_size=8).hexdigest()
    return him.compiled["reach"]
