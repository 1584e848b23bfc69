"""What is announced to the company, as far as a reader sees it; who has said that he read it."""

from datetime import datetime

import msgspec

from hubbub import people, records
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Forbidden, NotFound
from hubbub.feed.access import sight
from hubbub.feed.queries.items import Item, hydrate

ON_TOP = 5
NAMED = 500  # of those who have read one, and of those who have not


class Announcement(msgspec.Struct, frozen=True):
    """Something announced, as its reader sees it. `read_at`: when he said that he read it."""

    id: int
    item: Item
    expires_at: datetime
    must_read: bool
    mailed: bool
    archived: bool
    expired: bool
    read_at: datetime | None

    @property
    def key(self) -> str:
        return ids.show(self.id)


class Reader(msgspec.Struct, frozen=True):
    """Somebody who is meant to read it, and when he said that he has."""

    user: people.Person
    read_at: datetime | None


class Readers(msgspec.Struct, frozen=True):
    """Who has read an announcement and who has not, by name, so many at most, and how many there are."""

    has: list[Reader]
    has_not: list[Reader]
    read_total: int
    unread_total: int


async def announced(tx: Tx, actor: people.Actor) -> list[Announcement]:
    """What stands on top of the company's feed now: what has not expired, that which must still be read first."""
    if actor.guest:
        return []
    return await _read(
        tx,
        actor,
        "a.archived_at is null and a.expires_at > now()",
        {"size": ON_TOP},
        "(a.must_read and r.read_at is null) desc, a.made_at desc, a.id desc limit %(size)s",
    )


async def announcements(tx: Tx, actor: people.Actor, *, size: int = 25, start: int = 0) -> list[Announcement]:
    """Everything that was announced, also what has expired or was archived, the newest first."""
    if actor.guest:
        raise NotFound()
    return await _read(
        tx,
        actor,
        "true",
        {"size": size, "start": start},
        "a.made_at desc, a.id desc limit %(size)s offset %(start)s",
    )


async def access_announcement(
    tx: Tx, actor: people.Actor, announcement_id: int, to: str = "read"
) -> Announcement:
    """The announcement, if the actor sees it, or may `change` it."""
    found = await _read(tx, actor, "a.id = %(id)s", {"id": announcement_id}, "a.id")
    if not found or actor.guest:
        raise NotFound()
    if to == "change" and not actor.moderator:
        raise Forbidden("Only moderators announce, and see who has read it.")
    return found[0]


async def _read(
    tx: Tx, actor: people.Actor, which: str, params: dict[str, int], order: str
) -> list[Announcement]:
    viewer = await records.viewer(tx, actor)
    rows = await tx.tuples(
        f"""select a.id, a.item_id, a.expires_at, a.must_read, a.send_emails, a.archived_at is not null,
                   a.expires_at <= now(), r.read_at
            from announcement a join feed_item i on i.org_id = %(org)s and i.id = a.item_id
            left join announcement_reading r on r.org_id = %(org)s and r.announcement_id = a.id
              and r.user_id = %(viewer)s
            where a.org_id = %(org)s and {which} and {sight(viewer)} order by {order}""",
        {**viewer.params, **params},
    )
    shown = {item.id: item for item in await hydrate(tx, viewer, [row[1] for row in rows])}
    return [Announcement(id, shown[item_id], *more) for id, item_id, *more in rows]


async def announcement_readers(tx: Tx, actor: people.Actor, announcement: Announcement) -> Readers:
    """Who of all colleagues has said that he read it, and who has not: for moderators, who were asked for before."""
    read = dict(
        await tx.tuples(
            """select user_id, read_at from announcement_reading
               where org_id = %(org)s and announcement_id = %(id)s""",
            {"id": announcement.id},
        )
    )
    meant = await people.insiders(tx) - {announcement.item.author.id}
    has = sorted((id for id in meant if id in read), key=lambda id: read[id], reverse=True)
    has_not = meant - read.keys()
    persons = await people.cards(tx, {*has[:NAMED], *sorted(has_not)[:NAMED]}, actor)
    missing = sorted((persons[id] for id in persons if id in has_not), key=lambda person: person.name)
    return Readers(
        [Reader(persons[id], read[id]) for id in has[:NAMED]],
        [Reader(person, None) for person in missing],
        len(has),
        len(has_not),
    )
