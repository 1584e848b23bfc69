"""What readers have done with threads: my bookmarks and muted threads, who has read an item, who voted, what is pinned
and flagged. Of what somebody does not see no more, he has no marks either."""

from datetime import datetime

import msgspec

from hubbub import people, records
from hubbub.core import html, ids
from hubbub.core.db import Tx
from hubbub.core.ids import Type
from hubbub.feed.access import sight
from hubbub.feed.queries.items import Item, hydrate
from hubbub.feed.queries.links import show_links
from hubbub.feed.queries.speakers import Speaker, find_speakers, speaker_of

EXCERPT = 140


class Read(msgspec.Struct, frozen=True):
    """That somebody has read an item, and when last."""

    user: people.Person
    read_at: datetime


class ReadPage(msgspec.Struct, frozen=True):
    """Who has read an item, and how many there are."""

    reads: list[Read]
    total: int


async def readers_of_item(
    tx: Tx, actor: people.Actor, item_id: int, *, size: int = 25, start: int = 0
) -> ReadPage:
    """Who has read an item that the actor is known to see, the last first. Of a sealed one nobody is told, and a guest
    only of himself: who else is here is not for him to know."""
    alone = "and m.user_id = %(me)s" if actor.guest else ""
    rows = await tx.tuples(
        f"""select m.user_id, m.read_at, count(*) over () from feed_mark m
           join feed_item i on i.org_id = %(org)s and i.id = m.item_id
           where m.org_id = %(org)s and m.item_id = %(item)s and m.read_at is not null and i.seal is null {alone}
           order by m.read_at desc, m.user_id limit %(size)s offset %(start)s""",
        {"item": item_id, "me": actor.id, "size": size, "start": start},
    )
    persons = await people.cards(tx, {row[0] for row in rows}, actor)
    return ReadPage([Read(persons[user], at) for user, at, _ in rows], rows[0][2] if rows else 0)


class VotePage(msgspec.Struct, frozen=True):
    """Who voted for or against something, and how many there are."""

    voters: list[Speaker]
    total: int


async def votes(
    tx: Tx, actor: people.Actor, target_id: int, *, up: bool, size: int = 25, start: int = 0
) -> VotePage:
    """Who voted a thing up, or down, that the actor is known to see; the last first."""
    rows = await tx.tuples(
        """select v.user_id, count(*) over () from feed_vote v
           where v.org_id = %(org)s and v.target_id = %(target)s and v.up = %(up)s
           order by v.voted_at desc, v.user_id limit %(size)s offset %(start)s""",
        {"target": target_id, "up": up, "size": size, "start": start},
    )
    speakers = await find_speakers(tx, actor, {row[0] for row in rows})
    return VotePage([speaker_of(user, speakers) for user, _ in rows], rows[0][1] if rows else 0)


async def pinned(tx: Tx, actor: people.Actor, subject_id: int) -> list[Item]:
    """What stands on top of a feed, the newest pin first, as far as the actor may see it."""
    viewer = await records.viewer(tx, actor)
    found = await tx.values(
        f"""select i.id from feed_pin p join feed_item i on i.org_id = %(org)s and i.id = p.item_id
            where p.org_id = %(org)s and p.subject_id = %(subject)s and {sight(viewer)}
            order by p.pinned_at desc, p.item_id desc""",
        {**viewer.params, "subject": subject_id},
    )
    return await hydrate(tx, viewer, found)


async def hidden(tx: Tx, actor: people.Actor, *, size: int = 50) -> list[Item]:
    """For moderators: the posts that are hidden, as far as they see them, the last first."""
    viewer = await records.viewer(tx, actor)
    found = await tx.values(
        f"""select i.id from feed_item i where i.org_id = %(org)s and i.hidden_at is not null and {sight(viewer)}
            order by i.hidden_at desc, i.id desc limit %(size)s""",
        {**viewer.params, "size": size},
    )
    return await hydrate(tx, viewer, found)


class HiddenComment(msgspec.Struct, frozen=True):
    """A comment that a moderator hid."""

    id: int
    item_id: int
    author: Speaker
    excerpt: str
    hidden_at: datetime

    @property
    def url(self) -> str:
        return f"/posts/{ids.show(self.item_id)}#comment-on-{ids.show(self.id)}"


async def hidden_comments(tx: Tx, actor: people.Actor, *, size: int = 50) -> list[HiddenComment]:
    """For moderators: the comments that are hidden, as far as they see their posts, the last first."""
    viewer = await records.viewer(tx, actor)
    rows = await tx.tuples(
        f"""select c.id, c.item_id, c.author_id, c.body, c.hidden_at from feed_comment c
            join feed_item i on i.org_id = %(org)s and i.id = c.item_id
            where c.org_id = %(org)s and c.hidden_at is not null and {sight(viewer)}
            order by c.hidden_at desc, c.id desc limit %(size)s""",
        {**viewer.params, "size": size},
    )
    await show_links(tx, actor, [row[3] for row in rows])
    speakers = await find_speakers(tx, actor, {row[2] for row in rows})
    return [
        HiddenComment(id, item_id, speaker_of(author, speakers), str(html.excerpt(body, EXCERPT)), at)
        for id, item_id, author, body, at in rows
    ]


class Flag(msgspec.Struct, frozen=True):
    """That somebody flagged something, and why."""

    id: int
    target_id: int
    user: Speaker
    kind: str
    note: str | None
    created_at: datetime

    @property
    def of_comment(self) -> bool:
        return ids.type_of(self.target_id) == Type.COMMENT

    @property
    def url(self) -> str:
        return f"/{'comments' if self.of_comment else 'posts'}/{ids.show(self.target_id)}"


async def flags(tx: Tx, actor: people.Actor, target_id: int) -> list[Flag]:
    """The flags of a thing that the actor is known to see: a moderator is shown all, others their own."""
    own = "" if actor.moderator else "and f.user_id = %(me)s"
    rows = await tx.tuples(
        f"""select f.id, f.target_id, f.user_id, f.kind, f.note, f.created_at from feed_flag f
            where f.org_id = %(org)s and f.target_id = %(target)s {own} order by f.created_at desc, f.id limit 200""",
        {"target": target_id, "me": actor.id},
    )
    speakers = await find_speakers(tx, actor, {row[2] for row in rows})
    return [Flag(id, target, speaker_of(user, speakers), *more) for id, target, user, *more in rows]


class Flagged(msgspec.Struct, frozen=True):
    """An item in which something is flagged: itself, or comments of it."""

    item: Item
    flags: list[Flag]


async def flagged(tx: Tx, actor: people.Actor, *, size: int = 50) -> list[Flagged]:
    """For moderators: the items that are flagged or hold flagged comments, as far as they see them, newest flag first."""
    viewer = await records.viewer(tx, actor)
    rows = await tx.tuples(
        f"""with found as (
              select coalesce(c.item_id, f.target_id) as item_id, f.id, f.target_id, f.user_id, f.kind, f.note, f.created_at
              from feed_flag f
              left join feed_comment c on c.org_id = %(org)s and c.id = f.target_id and f.target_id >> 48 = {Type.COMMENT:d}
              where f.org_id = %(org)s and (f.target_id >> 48 <> {Type.COMMENT:d} or c.deleted_at is null))
            select found.* from found join feed_item i on i.org_id = %(org)s and i.id = found.item_id
            where {sight(viewer)} order by found.created_at desc, found.id limit 500""",
        viewer.params,
    )
    speakers = await find_speakers(tx, actor, {row[3] for row in rows})
    by_item: dict[int, list[Flag]] = {}
    for item_id, id, target, user, *more in rows:
        by_item.setdefault(item_id, []).append(Flag(id, target, speaker_of(user, speakers), *more))
    shown = await hydrate(tx, viewer, list(by_item)[:size])
    return [Flagged(each, by_item[each.id]) for each in shown]
