"""The digest: what others did, in a span of time, under what somebody follows for his digest; with his sight when he reads."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from hubbub import people, records
from hubbub.core.db import Tx
from hubbub.core.errors import NotFound
from hubbub.feed.access import sight, under
from hubbub.feed.queries.items import Item, hydrate
from hubbub.feed.queries.speakers import Subject, subjects

MOST = 100  # items of one digest
MOST_DAYS = 30
USUAL_HOUR = 8


class Day(msgspec.Struct, frozen=True):
    """A digest that somebody was told of: the day of his, and what lies between."""

    day: date
    since: datetime
    until: datetime

    @property
    def key(self) -> str:
        return self.day.isoformat()


class Section(msgspec.Struct, frozen=True):
    """What happened under one subject."""

    about: Subject
    items: list[Item]


class Digest(msgspec.Struct, frozen=True):
    """One digest as its owner sees it now. `more`: there is more than it shows."""

    span: Day
    sections: list[Section]
    more: bool


def parse_day(text: str) -> date:
    """The day that an address names; raises NotFound for what is none."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise NotFound() from None
    if day.isoformat() != text:
        raise NotFound()
    return day


async def digest_days(tx: Tx, actor: people.Actor, *, size: int = MOST_DAYS) -> list[Day]:
    """The digests that the actor was told of, the newest first."""
    return await tx.rows(
        """select day, since, until from digest_day where org_id = %(org)s and user_id = %(me)s
           order by day desc limit %(size)s""",
        {"me": actor.id, "size": size},
        into=Day,
    )


async def digest(tx: Tx, actor: people.Actor, day: date) -> Digest:
    """The digest of that day; raises NotFound where there was none."""
    found = await tx.row(
        "select day, since, until from digest_day where org_id = %(org)s and user_id = %(me)s and day = %(day)s",
        {"me": actor.id, "day": day},
        into=Day,
    )
    if found is None:
        raise NotFound()
    viewer = await records.viewer(tx, actor)
    rows = await _happened(tx, viewer, found.since, found.until, MOST + 1)
    items = {each.id: each for each in await hydrate(tx, viewer, [row[0] for row in rows[:MOST]])}
    by_subject: dict[int, list[Item]] = {}
    for item_id, subject_id in rows[:MOST]:
        by_subject.setdefault(subject_id, []).append(items[item_id])
    named = await subjects(tx, actor, by_subject)
    return Digest(
        found,
        [Section(named[id], some) for id, some in by_subject.items() if id in named],
        len(rows) > MOST,
    )


async def digest_hour(tx: Tx, user_id: int) -> int:
    """At which hour of his own clock somebody gets his digest."""
    chosen = await tx.value(
        "select hour from digest_setting where org_id = %(org)s and user_id = %(user)s", {"user": user_id}
    )
    return USUAL_HOUR if chosen is None else chosen


async def anything_happened(tx: Tx, actor: people.Actor, since: datetime, until: datetime) -> bool:
    """Is there anything that the actor would read in a digest of that span?"""
    return bool(await _happened(tx, await records.viewer(tx, actor), since, until, 1))


async def follows_for_digest(tx: Tx, user_id: int) -> bool:
    """Does somebody follow anything for his digest?"""
    return await tx.value(f"select exists ({people.FOR_DIGEST})", {"viewer": user_id})


async def _happened(
    tx: Tx, viewer: records.Viewer, since: datetime, until: datetime, size: int
) -> Sequence[tuple[Any, ...]]:
    """The items that others wrote or commented in that span, each with the first of the subjects that it stands under: what
    it stands on before who wrote it, and that before what it mentions; the newest first."""
    return await tx.tuples(
        f"""with followed as materialized ({people.FOR_DIGEST}),
            entries as materialized (
              select distinct on (e.item_id) e.item_id, e.subject_id, e.last_activity from followed f
              join feed_entry e on e.org_id = %(org)s and e.subject_id = f.id and e.last_activity > %(since)s
              order by e.item_id, e.via <> 'parent', e.via <> 'author', e.subject_id)
            select e.item_id, e.subject_id from entries e cross join lateral (
              select 1 from feed_item i where i.org_id = %(org)s and i.id = e.item_id and {sight(viewer)}
                and {under(viewer, "select id from followed")}
                and (i.created_at > %(since)s and i.created_at <= %(until)s and i.author_id <> %(viewer)s
                     or exists (select 1 from feed_comment c where c.org_id = %(org)s and c.item_id = i.id
                       and c.deleted_at is null and c.author_id <> %(viewer)s
                       and c.created_at > %(since)s and c.created_at <= %(until)s offset 0))
                and not exists (select 1 from feed_mark m where m.org_id = %(org)s and m.user_id = %(viewer)s
                  and m.item_id = i.id and m.muted_at is not null offset 0) offset 0) seen
            order by e.last_activity desc, e.item_id desc limit %(size)s""",
        {**viewer.params, "since": since, "until": until, "size": size},
    )
