"""Everything that is shown of items: authors, parents, bodies, changes, comments, likes, as one reader sees them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from hubbub import people, records
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import NotFound
from hubbub.core.ids import Type
from hubbub.feed.access import may_delete, may_edit, sight
from hubbub.feed.actions.bodies import Segment
from hubbub.feed.queries.links import show_links
from hubbub.feed.queries.snapshots import Shown, snapshots

SHOWN_COMMENTS = 3
SHOWN_LIKES = 3


class Subject(msgspec.Struct, frozen=True):
    """Where an item stands: a person's profile or a record; a record may also be who speaks."""

    id: int
    object: str
    label: str
    name: str
    person: people.Person | None = None
    guest: bool = False

    @property
    def key(self) -> str:
        return ids.show(self.id)

    @property
    def url(self) -> str:
        return f"/people/{self.key}" if self.object == "User" else f"/r/{self.key}"


# Who speaks is a person; or a record, in whose name somebody asks.
Speaker = people.Person | Subject


class Like(msgspec.Struct, frozen=True):
    """Somebody's like, and the face of it: `like`, or a reaction."""

    id: int
    user: Speaker
    face: str = "like"

    @property
    def key(self) -> str:
        return ids.show(self.id)


class Change(msgspec.Struct, frozen=True):
    """What one save did to one field, as the viewer reads it."""

    name: str
    label: str
    old: str | None
    new: str | None


class Comment(msgspec.Struct, frozen=True):
    """A comment as the viewer sees it."""

    id: int
    item_id: int
    author: Speaker
    body: list[Segment]
    created_at: datetime
    like_count: int
    my_like: int | None
    may_delete: bool
    parent_id: int | None = None  # the comment that it replies to
    level: int = 0  # 0 to 2
    reply_count: int = 0
    up_count: int = 0
    down_count: int = 0
    my_vote: bool | None = None  # up or down
    edited_at: datetime | None = None
    verified: bool = False
    edited_by: Speaker | None = None
    revision: int = 1
    may_edit: bool = False

    @property
    def key(self) -> str:
        return ids.show(self.id)


class Mine(msgspec.Struct, frozen=True):
    """What the viewer has done with an item, on whichever device."""

    bookmarked: bool = False
    muted: bool = False
    followed: bool = False
    read_at: datetime | None = None


class Item(msgspec.Struct, frozen=True):
    """An item of a feed as the viewer sees it."""

    id: int
    kind: str
    author: Speaker
    parent: Subject
    title: str | None
    body: list[Segment]
    changes: list[Change]
    shown: list[Shown]  # of a new record, as it is now
    created_at: datetime
    last_activity: datetime
    internal_only: bool
    like_count: int
    comment_count: int
    up_count: int
    down_count: int
    my_like: int | None
    my_vote: bool | None  # up or down
    mine: Mine
    edited_at: datetime | None
    closed: bool
    likes: list[Like]
    comments: list[Comment]  # the newest three, oldest first
    may_delete: bool
    edited_by: Speaker | None = None
    revision: int = 1
    may_edit: bool = False

    @property
    def key(self) -> str:
        return ids.show(self.id)

    @property
    def visibility(self) -> str:
        return "InternalUsers" if self.internal_only else "AllUsers"


async def items(tx: Tx, actor: people.Actor, item_ids: list[int]) -> list[Item]:
    """These items, as far as the actor may see them, in the order asked for."""
    viewer = await records.viewer(tx, actor)
    seen = await tx.values(
        f"""select i.id from feed_item i where i.org_id = %(org)s and i.id = any(%(ids)s::bigint[]) and {sight(viewer)}""",
        {**viewer.params, "ids": item_ids},
    )
    return await hydrate(tx, viewer, [item_id for item_id in item_ids if item_id in set(seen)])


async def item(tx: Tx, actor: people.Actor, item_id: int) -> Item:
    """One item; raises NotFound unless the actor may see it."""
    found = await items(tx, actor, [item_id])
    if not found:
        raise NotFound()
    return found[0]


class _ItemRow(msgspec.Struct, frozen=True):
    id: int
    kind: str
    parent_id: int
    author_id: int
    title: str | None
    body: list[Segment]
    created_at: datetime
    last_activity: datetime
    internal_only: bool
    like_count: int
    comment_count: int
    up_count: int
    down_count: int
    edited_at: datetime | None
    edited_by: int | None
    revision: int
    closed: bool
    owns: bool  # does the reader own the record that this stands on?
    my_like: int | None
    my_vote: bool | None
    bookmarked: bool
    muted: bool
    followed: bool
    read_at: datetime | None
    likes: list[list[Any]] | None
    comments: list[list[Any]] | None
    changes: list[list[Any]] | None


# A comment under the alias c, in the order of Comment's making.
_COMMENT = """c.id, c.author_id, c.body, c.created_at, c.like_count,
  (select l.id from feed_like l where c.like_count > 0 and l.org_id = %(org)s and l.target_id = c.id
                                  and l.user_id = %(viewer)s) as my_like,
  c.thread_parent_id, c.level, c.reply_count, c.up_count, c.down_count,
  (select v.up from feed_vote v where c.up_count + c.down_count > 0 and v.org_id = %(org)s and v.target_id = c.id
                                  and v.user_id = %(viewer)s) as my_vote,
  c.edited_at, c.verified_at is not null as verified, c.edited_by, c.revision"""

_HYDRATE = f"""
select i.id, i.kind, i.parent_id, i.author_id, i.title, i.body, i.created_at, i.last_activity, i.internal_only,
       i.like_count, i.comment_count, i.up_count, i.down_count, i.edited_at, i.edited_by, i.revision,
       i.closed_at is not null as closed, {records.owns("i.parent_id")},
       mine.id, vote.up, mark.bookmarked_at is not null, mark.muted_at is not null, mark.followed_at is not null,
       mark.read_at, likes.some, comments.some, changes.some
from unnest(%(ids)s::bigint[]) with ordinality p(id, at)
join feed_item i on i.org_id = %(org)s and i.id = p.id
left join feed_mark mark on mark.org_id = %(org)s and mark.user_id = %(viewer)s and mark.item_id = p.id
left join lateral (select l.id from feed_like l
  where i.like_count > 0 and l.org_id = %(org)s and l.target_id = i.id and l.user_id = %(viewer)s) mine on true
left join lateral (select v.up from feed_vote v where i.up_count + i.down_count > 0
  and v.org_id = %(org)s and v.target_id = i.id and v.user_id = %(viewer)s) vote on true
left join lateral (select jsonb_agg(jsonb_build_array(l.id, l.user_id, l.face) order by l.created_at desc) as some
  from (select l.id, l.user_id, l.face, l.created_at from feed_like l
        where i.like_count > 0 and l.org_id = %(org)s and l.target_id = i.id
        order by l.created_at desc limit {SHOWN_LIKES}) l) likes on true
left join lateral (select jsonb_agg(jsonb_build_array(c.id, c.author_id, c.body, c.created_at, c.like_count, c.my_like,
           c.thread_parent_id, c.level, c.reply_count, c.up_count, c.down_count, c.my_vote, c.edited_at, c.verified,
           c.edited_by, c.revision)
           order by c.created_at, c.id) as some
  from (select {_COMMENT} from feed_comment c
        where i.comment_count > 0 and c.org_id = %(org)s and c.item_id = i.id and c.deleted_at is null
        order by c.created_at desc, c.id desc limit %(comments)s) c) comments on true
left join lateral (select jsonb_agg(jsonb_build_array(h.field_id, h.old_value, h.new_value) order by h.position) as some
  from feed_change h where i.field_ids is not null and h.org_id = %(org)s and h.item_id = i.id
    and h.field_id = any(%(readable_fields)s::bigint[])) changes on true
order by p.at
"""


async def hydrate(
    tx: Tx, viewer: records.Viewer, item_ids: list[int], *, comments: int = SHOWN_COMMENTS
) -> list[Item]:
    """Everything that is shown of these items, which the viewer is known to see."""
    if not item_ids:
        return []
    actor = viewer.actor
    rows = await tx.rows(_HYDRATE, {**viewer.params, "ids": item_ids, "comments": comments}, into=_ItemRow)
    shown = {id for row in rows for id in (row.parent_id, row.author_id)}
    for row in rows:
        shown.update(each[1] for each in row.likes or ())
        shown |= _named(row.comments or ())
        shown |= {row.edited_by} if row.edited_by else set()
    await show_links(tx, actor, [row.body for row in rows] + [c[2] for row in rows for c in row.comments or ()])
    changes = await records.show_changes(tx, viewer, {row.id: row.changes for row in rows if row.changes})
    speakers = await _speakers(tx, actor, shown)
    # Of a post that was shared with him alone, a guest learns who wrote it, not where it stands.
    places = await subjects(tx, actor, {row.parent_id for row in rows}) if actor.guest else speakers
    made = await snapshots(tx, viewer, [row.parent_id for row in rows if row.kind == "CreateRecordEvent"])
    return [
        _item(
            actor,
            row,
            speakers,
            places.get(row.parent_id) or speakers[row.author_id],
            changes.get(row.id, []),
            made.get(row.parent_id, []) if row.kind == "CreateRecordEvent" else [],
        )
        for row in rows
    ]


Speakers = Mapping[int, Subject]


async def speaker(tx: Tx, actor: people.Actor, id: int) -> Speaker:
    """Who speaks, where the actor is known to see what is said."""
    return _speaker(id, await _speakers(tx, actor, {id}))


async def _speakers(tx: Tx, actor: people.Actor, shown: set[int]) -> Speakers:
    """People and records that items name, which the actor is known to see."""
    persons = await people.cards(tx, {id for id in shown if ids.type_of(id) == Type.USER})
    cards = await records.cards(tx, actor, [id for id in shown if ids.type_of(id) != Type.USER])
    return {id: _subject(id, persons, cards) for id in shown}


def _speaker(id: int, speakers: Speakers) -> Speaker:
    subject = speakers[id]
    return subject.person or subject


def _item(
    actor: people.Actor,
    row: _ItemRow,
    speakers: Speakers,
    parent: Subject,
    changes: Iterable[tuple[str, str, str | None, str | None]],
    shown: list[Shown],
) -> Item:
    return Item(
        id=row.id,
        kind=row.kind,
        author=_speaker(row.author_id, speakers),
        parent=parent,
        title=row.title,
        body=row.body,
        changes=[Change(*change) for change in changes],
        shown=shown,
        created_at=row.created_at,
        last_activity=row.last_activity,
        internal_only=row.internal_only,
        like_count=row.like_count,
        comment_count=row.comment_count,
        up_count=row.up_count,
        down_count=row.down_count,
        my_like=row.my_like,
        my_vote=row.my_vote,
        mine=Mine(row.bookmarked, row.muted, row.followed, row.read_at),
        edited_at=row.edited_at,
        edited_by=_speaker(row.edited_by, speakers) if row.edited_by else None,
        revision=row.revision,
        may_edit=may_edit(actor, row.author_id, row.kind, row.owns),
        closed=row.closed,
        likes=[Like(id, _speaker(user, speakers), face) for id, user, face in row.likes or ()],
        comments=[_comment(actor, row.id, each, speakers, row.owns) for each in row.comments or ()],
        may_delete=may_delete(actor, row.author_id, row.parent_id, row.kind),
    )


def _subject(id: int, persons: dict[int, people.Person], cards: dict[int, records.Card]) -> Subject:
    if ids.type_of(id) == Type.USER:
        return Subject(id, "User", "Person", persons[id].name, persons[id], persons[id].guest)
    card = cards[id]
    return Subject(id, card.object, card.label, card.name)


def _comment(
    actor: people.Actor, item_id: int, row: Sequence[Any], speakers: Speakers, owns: bool
) -> Comment:
    (
        id,
        author_id,
        body,
        created_at,
        like_count,
        my_like,
        parent_id,
        level,
        replies,
        up,
        down,
        vote,
        edited,
        verified,
        editor_id,
        revision,
    ) = row
    return Comment(
        id=id,
        item_id=item_id,
        author=_speaker(author_id, speakers),
        body=body,
        created_at=_moment(created_at),
        like_count=like_count,
        my_like=my_like,
        may_delete=actor.moderator or actor.id == author_id,
        parent_id=parent_id,
        level=level,
        reply_count=replies,
        up_count=up,
        down_count=down,
        my_vote=vote,
        edited_at=_moment(edited) if edited else None,
        verified=verified,
        edited_by=_speaker(editor_id, speakers) if editor_id else None,
        revision=revision,
        may_edit=may_edit(actor, author_id, "TextComment", owns),
    )


def _named(rows: Iterable[Sequence[Any]]) -> set[int]:
    """Who wrote these comments, and who edited them."""
    return {id for row in rows for id in (row[1], row[-2]) if id}


def _moment(given: datetime | str) -> datetime:
    """A time, also where it comes out of JSON."""
    return datetime.fromisoformat(given) if isinstance(given, str) else given


class CommentPage(msgspec.Struct, frozen=True):
    """Comments of an item, oldest first, and where older ones begin, if there are any."""

    comments: list[Comment]
    older: int | None
    total: int


async def comments(
    tx: Tx, actor: people.Actor, item_id: int, *, size: int = 25, before: int | None = None
) -> CommentPage:
    """The newest comments of an item that the actor is known to see, or those before the comment `before`."""
    first = """select b.created_at, b.id from feed_comment b
               where b.org_id = %(org)s and b.item_id = %(item)s and b.id = %(before)s"""
    earlier = f"and (c.created_at, c.id) < ({first})" if before else ""
    rows = await tx.tuples(
        f"""select {_COMMENT} from feed_comment c where c.org_id = %(org)s and c.item_id = %(item)s and c.deleted_at is null
              {earlier}
            order by c.created_at desc, c.id desc limit %(size)s""",
        {"item": item_id, "viewer": actor.id, "before": before, "size": size + 1},
    )
    ((total, owns),) = await tx.tuples(
        f"""select i.comment_count, {records.owns("i.parent_id")} from feed_item i
            where i.org_id = %(org)s and i.id = %(item)s""",
        {"item": item_id, "viewer": actor.id},
    )
    shown = list(reversed(rows[:size]))
    await show_links(tx, actor, [row[2] for row in shown])
    speakers = await _speakers(tx, actor, _named(shown))
    older = shown[0][0] if len(rows) > size else None
    return CommentPage([_comment(actor, item_id, row, speakers, owns) for row in shown], older, total)


async def comment(tx: Tx, actor: people.Actor, comment_id: int) -> Comment:
    """One comment that the actor is known to see."""
    rows = await tx.tuples(
        f"""select {_COMMENT}, c.item_id, {records.owns("i.parent_id")}
            from feed_comment c join feed_item i on i.org_id = %(org)s and i.id = c.item_id
            where c.org_id = %(org)s and c.id = %(id)s and c.deleted_at is null""",
        {"id": comment_id, "viewer": actor.id},
    )
    if not rows:
        raise NotFound()
    *row, item_id, owns = rows[0]
    await show_links(tx, actor, [row[2]])
    return _comment(actor, item_id, row, await _speakers(tx, actor, _named([row])), owns)


class LikePage(msgspec.Struct, frozen=True):
    """Likes of an item or a comment, newest first."""

    likes: list[Like]
    total: int


async def likes(tx: Tx, actor: people.Actor, target_id: int, *, size: int = 25, start: int = 0) -> LikePage:
    """Who likes a thing that the actor is known to see."""
    rows = await tx.tuples(
        """select l.id, l.user_id, l.face, count(*) over () from feed_like l where l.org_id = %(org)s and l.target_id = %(target)s
           order by l.created_at desc, l.id desc limit %(size)s offset %(start)s""",
        {"target": target_id, "size": size, "start": start},
    )
    speakers = await _speakers(tx, actor, {row[1] for row in rows})
    shown = [Like(id, _speaker(user, speakers), face) for id, user, face, _ in rows]
    return LikePage(shown, rows[0][3] if rows else 0)


async def subjects(tx: Tx, actor: people.Actor, subject_ids: Iterable[int]) -> dict[int, Subject]:
    """People and records by their ids, as far as the actor may see them."""
    wanted = set(subject_ids)
    persons = await people.visible_cards(tx, actor, {id for id in wanted if ids.type_of(id) == Type.USER})
    cards = await records.visible_cards(
        tx, actor, [id for id in wanted if ids.type_of(id) not in (Type.USER, Type.TOPIC)]
    )
    return {id: _subject(id, persons, cards) for id in wanted if id in persons or id in cards}
