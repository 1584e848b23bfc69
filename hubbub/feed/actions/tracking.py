"""Feed tracking as an org sets it up: what the feeds of records tell, and how long."""

from collections.abc import Mapping
from typing import Any

import msgspec

from hubbub import objects, people, records
from hubbub.core import events
from hubbub.core.db import Tx
from hubbub.core.errors import Forbidden, Invalid, Several
from hubbub.core.languages import Text
from hubbub.feed.access import QUIET_DAYS

MOST_TRACKED = 20  # fields of one object, unless the org says otherwise
MOST_AT_ALL = 200
LONGEST_DAYS = 3650
# Of one post or comment. What an org allows is between the least and the most at all.
MOST_CHARACTERS = 10_000
LEAST_CHARACTERS = 1_000
MOST_CHARACTERS_AT_ALL = 100_000


class Tracking(msgspec.Struct, frozen=True):
    """What feeds tell in an org. `quiet_days`: after so many days they drop tracked changes nobody answered; None: never."""

    by_field: dict[int, bool]
    by_object: dict[int, tuple[bool, bool]]
    most_tracked: int
    quiet_days: int | None
    most_characters: int
    link_previews: bool = False

    def told(self, object: objects.Object) -> bool:
        """Do feeds tell that records of the object are made and changed?"""
        return self.by_object.get(object.code, (True, False))[0]

    def related(self, object: objects.Object) -> bool:
        """Do the feeds of its records also tell of new records that point at them?"""
        return self.by_object.get(object.code, (True, False)) == (True, True)

    def tracks(self, field: objects.Field) -> bool:
        """Do feeds tell when this field changes, where its object is told of at all?"""
        return self.by_field.get(field.id, field.tracked)

    def tracked(self, object: objects.Object) -> set[int]:
        """The tracked fields of an object; what was said of fields that are gone counts for nothing."""
        return {field.id for field in object.fields if self.tracks(field)}


def why_untracked(field: objects.Field) -> Text | None:
    """Why feeds cannot tell changes of a field, or None if they can."""
    if field.sources:
        return Text("{label:_} is computed from other fields: track those.", label=field.label)
    if not field.writable:
        return Text("{label:_} is kept by Hubbub itself: its changes are not tracked.", label=field.label)
    return None


async def read_tracking(tx: Tx) -> Tracking:
    """How the org has set up its feed tracking, as it stands now."""
    ((fields, told, most, days, characters, previews),) = await tx.tuples(
        """select (select array_agg(array[t.field_id, t.tracked::int]) from feed_tracking t where t.org_id = %(org)s),
                  (select array_agg(array[o.object, o.told::int, o.related::int]) from feed_tracking_object o
                   where o.org_id = %(org)s),
                  (select l.most_tracked from feed_limits l where l.org_id = %(org)s),
                  (select l.quiet_days from feed_limits l where l.org_id = %(org)s),
                  (select l.most_characters from feed_limits l where l.org_id = %(org)s),
                  (select l.link_previews from feed_limits l where l.org_id = %(org)s)"""
    )
    return Tracking(
        {field: bool(tracked) for field, tracked in fields or ()},
        {object: (bool(told), bool(related)) for object, told, related in told or ()},
        MOST_TRACKED if most is None else most,
        QUIET_DAYS if days is None else days or None,
        MOST_CHARACTERS if characters is None else characters,
        bool(previews),
    )


async def tracking(tx: Tx, him: records.Viewer) -> Tracking:
    """The same, kept under the version that every change of the set-up raises."""
    if "tracking" not in him.compiled:
        him.compiled["tracking"] = await read_tracking(tx)
    return him.compiled["tracking"]


async def tracked(tx: Tx, actor: people.Actor, saved: records.Saved) -> list[records.Change]:
    """Of what a save changed, what the feed is to tell."""
    if not saved.changes:
        return []
    setup = await tracking(tx, await records.viewer(tx, actor))
    if not setup.told(saved.object):
        return []
    return [change for change in saved.changes if setup.tracks(saved.object.field(change.name))]


# --- setting it up -------------------------------------------------------------------------------------------------


async def track_fields(tx: Tx, actor: people.Actor, object_name: str, wanted: Mapping[str, bool]) -> None:
    """Have the feeds tell changes of these fields of an object (true), or no more (false): all of it, or none."""
    before = await _begin(tx, actor)
    object = (await objects.catalog(tx)).object(object_name)
    fields = {object.field(name): tracked for name, tracked in wanted.items()}
    for field, on in fields.items():
        if on and (reason := why_untracked(field)):
            raise Invalid("INVALID_FIELD", reason, fields=[field.name])
    now = before.tracked(object)
    after = (now | {field.id for field, on in fields.items() if on}) - {
        field.id for field, on in fields.items() if not on
    }
    if len(after) > before.most_tracked and after - now:
        raise Invalid(
            "LIMIT_EXCEEDED",
            "At most {most} fields of {plural:_} are tracked; this would be {count}. Untrack others first, or raise the limit.",
            fields=[field.name for field in fields if field.id in after - now],
            most=before.most_tracked,
            plural=object.plural,
            count=len(after),
        )
    for field, on in fields.items():
        if on == (field.id in now):
            continue
        await tx.run(
            """insert into feed_tracking (org_id, field_id, tracked) values (%(org)s, %(field)s, %(tracked)s)
               on conflict (org_id, field_id) do update set tracked = excluded.tracked""",
            {"field": field.id, "tracked": on},
        )
        await events.record(
            tx,
            actor,
            "feed.tracking.changed",
            field.id,
            before={"tracked": not on},
            after={"object": object.name, "field": field.name, "tracked": on},
        )


async def track_object(
    tx: Tx, actor: people.Actor, object_name: str, *, told: bool | None = None, related: bool | None = None
) -> None:
    """Have feeds tell of an object's records at all, and in their feeds of new records that point at them; None: as it is."""
    setup = await _begin(tx, actor)
    object = (await objects.catalog(tx)).object(object_name)
    before = setup.by_object.get(object.code, (True, False))
    after = (before[0] if told is None else told, before[1] if related is None else related)
    if after == before:
        return
    await tx.run(
        """insert into feed_tracking_object (org_id, object, told, related)
           values (%(org)s, %(object)s, %(told)s, %(related)s)
           on conflict (org_id, object) do update set told = excluded.told, related = excluded.related""",
        {"object": object.code, "told": after[0], "related": after[1]},
    )
    await events.record(
        tx,
        actor,
        "feed.object_tracking.changed",
        None,
        before={"object": object.name, "told": before[0], "related": before[1]},
        after={"object": object.name, "told": after[0], "related": after[1]},
    )


async def limit_tracking(
    tx: Tx,
    actor: people.Actor,
    *,
    most_tracked: int,
    quiet_days: int | None,
    most_characters: int | None = None,
) -> None:
    """Say how many fields of an object may be tracked, after how many days feeds drop changes nobody answered (None:
    they keep them), and how many characters a post or comment may have (None: as it is)."""
    setup = await _begin(tx, actor)
    wrong: list[Invalid] = []
    if not 1 <= most_tracked <= MOST_AT_ALL:
        wrong.append(
            Invalid(
                "INVALID_INPUT",
                "Between 1 and {most} fields of an object can be tracked.",
                fields=["mostTrackedFields"],
                most=MOST_AT_ALL,
            )
        )
    if quiet_days is not None and not 1 <= quiet_days <= LONGEST_DAYS:
        wrong.append(
            Invalid(
                "INVALID_INPUT",
                "Feeds keep unanswered changes for 1 to {most} days, or for ever.",
                fields=["quietDays"],
                most=LONGEST_DAYS,
            )
        )
    characters = setup.most_characters if most_characters is None else most_characters
    if not LEAST_CHARACTERS <= characters <= MOST_CHARACTERS_AT_ALL:
        wrong.append(
            Invalid(
                "INVALID_INPUT",
                "Posts and comments may have {least:,} to {most:,} characters.",
                fields=["mostCharacters"],
                least=LEAST_CHARACTERS,
                most=MOST_CHARACTERS_AT_ALL,
            )
        )
    if wrong:
        raise Several(wrong)
    for object in (await objects.catalog(tx)).objects:
        count = len(setup.tracked(object))
        if most_tracked < min(count, setup.most_tracked):
            raise Invalid(
                "LIMIT_EXCEEDED",
                "{count} fields of {plural:_} are tracked: untrack some of them first.",
                fields=["mostTrackedFields"],
                count=count,
                plural=object.plural,
            )
    before: dict[str, Any] = {
        "most_tracked": setup.most_tracked,
        "quiet_days": setup.quiet_days,
        "most_characters": setup.most_characters,
    }
    after: dict[str, Any] = {
        "most_tracked": most_tracked,
        "quiet_days": quiet_days,
        "most_characters": characters,
    }
    if after == before:
        return
    await tx.run(
        """insert into feed_limits (org_id, most_tracked, quiet_days, most_characters)
           values (%(org)s, %(most)s, %(days)s, %(characters)s)
           on conflict (org_id) do update set most_tracked = excluded.most_tracked, quiet_days = excluded.quiet_days,
             most_characters = excluded.most_characters""",
        {"most": most_tracked, "days": quiet_days or 0, "characters": characters},
    )
    await events.record(tx, actor, "feed.tracking_limits.changed", None, before=before, after=after)


async def _begin(tx: Tx, actor: people.Actor) -> Tracking:
    """The set-up as it stands. The version's row is locked first: two at once could track more than the most."""
    if not actor.admin:
        raise Forbidden("Only an administrator sets up what feeds track.")
    await people.raise_version(tx)
    return await read_tracking(tx)
