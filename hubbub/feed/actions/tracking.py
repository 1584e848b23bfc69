"""Feed tracking as an org sets it up: which fields' changes the feeds of records tell."""

from hubbub import objects, people, records
from hubbub.core import events
from hubbub.core.db import Tx
from hubbub.core.errors import Forbidden, Invalid

MOST_TRACKED = 20  # fields of one object


async def track_field(tx: Tx, actor: people.Actor, object_name: str, field_name: str, tracked: bool) -> None:
    """Have the feeds tell changes of a field of an object, or no more; at most 20 fields of an object are tracked."""
    if not actor.admin:
        raise Forbidden("Only an administrator sets up what feeds track.")
    object = (await objects.catalog(tx)).object(object_name)
    field = object.field(field_name)
    if field.system and field.name != "OwnerId":
        raise Invalid(
            "INVALID_FIELD", f"{field.label} is kept by Hubbub itself: its changes are not tracked."
        )
    # The version's row is locked first: two at once could track more than the most.
    await people.raise_version(tx)
    now = await tracked_fields(tx, object)
    if tracked and field.id not in now and len(now) >= MOST_TRACKED:
        raise Invalid(
            "LIMIT_EXCEEDED",
            f"{object.plural} have {MOST_TRACKED} tracked fields, which is the most: untrack one first.",
        )
    await tx.run(
        """insert into feed_tracking (org_id, field_id, tracked) values (%(org)s, %(field)s, %(tracked)s)
           on conflict (org_id, field_id) do update set tracked = excluded.tracked""",
        {"field": field.id, "tracked": tracked},
    )
    await events.record(
        tx,
        actor,
        "feed.tracking.changed",
        field.id,
        before={"tracked": field.id in now},
        after={"object": object.name, "field": field.name, "tracked": tracked},
    )


async def tracked_fields(tx: Tx, object: objects.Object) -> set[int]:
    """The fields of an object whose changes the feeds tell."""
    said = await _said(tx)
    return {field.id for field in object.fields if said.get(field.id, field.tracked)}


async def tracked(tx: Tx, actor: people.Actor, saved: records.Saved) -> list[records.Change]:
    """Of what a save changed, what the feed is to tell."""
    if not saved.changes:
        return []
    him = await records.viewer(tx, actor)
    if "tracking" not in him.compiled:  # kept under the version that every change of the set-up raises
        him.compiled["tracking"] = await _said(tx)
    said = him.compiled["tracking"]
    return [
        change
        for change in saved.changes
        if said.get(change.field_id, saved.object.field(change.name).tracked)
    ]


async def _said(tx: Tx) -> dict[int, bool]:
    return dict(await tx.tuples("select field_id, tracked from feed_tracking where org_id = %(org)s"))
