"""Everything that is shown of items: authors, parents, bodies, changes, comments, likes, as one reader sees them."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any

import msgspec

from hubbub import people, records
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import NotFound
from hubbub.feed.access import (
    NOTED,
    SPEAKER,
    comment_sight,
    may_announce,
    may_close,
    may_delete,
    may_edit,
    may_move,
    may_pin,
    seals,
    sight,
    speaks_as,
)
from hubbub.feed.actions.bodies import Segment, topic_key
from hubbub.feed.actions.kinds import BADGES
from hubbub.feed.queries import threads as talk
from hubbub.feed.queries.asks import Help
from hubbub.feed.queries.flagging import Flags, count_flags
from hubbub.feed.queries.links import show_links
from hubbub.feed.queries.parts import ItemParts, about, read_parts
from hubbub.feed.queries.polls import Poll
from hubbub.feed.queries.previews import Preview
from hubbub.feed.queries.questions import Question
from hubbub.feed.queries.shared import Original
from hubbub.feed.queries.snapshots import NO_CARD, LiveCard, Shown, card_of, live_cards
from hubbub.feed.queries.speakers import Speaker, Speakers, Subject, find_speakers, speaker_of, subjects
from hubbub.feed.queries.tags import Tag
from hubbub.feed.queries.threads import Comment

SHOWN_COMMENTS = 3
SHOWN_LIKES = 3


class Like(msgspec.Struct, frozen=True):
    """Somebody's like, and the face of it: `like`, or a reaction."""

    id: int
    user: Speaker
    face: str = "like"
    mine: bool = False

    @property
    def key(self) -> str:
        return ids.show(self.id)


class Change(msgspec.Struct, frozen=True):
    """What one save did to one field, as the viewer reads it."""

    name: str
    label: str
    old: str | None
    new: str | None


class Mine(msgspec.Struct, frozen=True):
    """What the viewer has done with an item, on whichever device."""

    bookmarked: bool = False
    muted: bool = False
    followed: bool = False
    read_at: datetime | None = None
    new_comments: int = 0  # of others since I read it, of a hundred at most


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
    my_face: str | None = None
    sealed: bool = False  # asked in a record's name
    mine_sealed: bool = False  # by the viewer
    pinned: bool = False  # where it stands
    may_pin: bool = False
    may_close: bool = False
    detail: dict[str, Any] = {}
    poll: Poll | None = None
    question: Question | None = None
    ask: Help | None = None
    is_share: bool = False
    original: Original | None = None  # what it shares, where the reader may see that
    shares: int = 0  # as far as the reader sees them, a hundred at most
    card: Subject | None = None  # the record that `shown` is of
    may_move: bool = False
    flags: Flags | None = None  # for moderators
    topics: tuple[Tag, ...] | None = None  # of a post, for who is from inside
    may_tag: bool = False
    made: list[records.Card] = []  # of it, as far as the reader sees them
    preview: Preview | None = None  # of the page that it links
    hidden: bool = False  # by a moderator: nobody else sees it but its author
    may_hide: bool = False
    may_announce: bool = False  # is it asked in its menu? Who sees it decides

    @property
    def key(self) -> str:
        return ids.show(self.id)

    @property
    def announced(self) -> bool:
        """Was it announced to everybody inside?"""
        return "announcement" in self.detail

    @property
    def badge(self) -> str:
        """The badge of thanks."""
        return self.detail.get("badge", "")

    @property
    def badge_label(self) -> str:
        return BADGES.get(self.badge, "")

    @property
    def url(self) -> str | None:
        """The page that a link post is about."""
        return self.detail.get("url")

    @property
    def minutes(self) -> int | None:
        """How long a call took."""
        return self.detail.get("minutes")

    @property
    def sharable(self) -> bool:
        """Can it be shared? What shares something shares that, which the reader has to see."""
        return self.kind not in NOTED and (self.original is not None or not self.is_share)

    @property
    def more_topics(self) -> list[Tag]:
        """The topics that its body does not name."""
        named = {segment.get("id") for segment in self.body if segment["type"] == "Hashtag"}
        return [topic for topic in self.topics or () if topic.key not in named]

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
    hidden: bool
    owns: bool  # does the reader own the record that this stands on?
    my_like: int | None
    my_face: str | None
    my_vote: bool | None
    bookmarked: bool
    muted: bool
    followed: bool
    read_at: datetime | None
    new_comments: int
    seal: bytes | None
    pinned: bool
    best_comment_id: int | None
    best_by: int | None
    shared_id: int | None
    was_shared: bool
    made_of: bool
    detail: dict[str, Any] | None
    likes: list[list[Any]] | None
    comments: list[list[Any]] | None
    changes: list[list[Any]] | None
    topics: list[list[Any]] | None


@cache
def _hydration(there: str) -> str:
    """The statement that reads items with the newest of their comments that are `there` (SQL)."""
    return f"""
select i.id, i.kind, i.parent_id, i.author_id, i.title, i.body, i.created_at, i.last_activity, i.internal_only,
       i.like_count, i.comment_count, i.up_count, i.down_count, i.edited_at, i.edited_by, i.revision,
       i.closed_at is not null as closed, i.hidden_at is not null, {records.owns("i.parent_id")},
       mine.id, mine.face, vote.up, mark.bookmarked_at is not null, mark.muted_at is not null, mark.followed_at is not null,
       mark.read_at, unread.many, i.seal,
       exists (select 1 from feed_pin pin where pin.org_id = %(org)s and pin.subject_id = i.parent_id and pin.item_id = i.id),
       i.best_comment_id, i.best_by, i.shared_id, i.was_shared,
       exists (select 1 from feed_made m where m.org_id = %(org)s and m.item_id = i.id),
       i.detail, likes.some, comments.some, changes.some, topics.some
from unnest(%(ids)s::bigint[]) with ordinality p(id, at)
join feed_item i on i.org_id = %(org)s and i.id = p.id
left join feed_mark mark on mark.org_id = %(org)s and mark.user_id = %(viewer)s and mark.item_id = p.id
left join lateral (select l.id, l.face from feed_like l
  where i.like_count > 0 and l.org_id = %(org)s and l.target_id = i.id and l.user_id = {SPEAKER}) mine on true
left join lateral (select v.up from feed_vote v where i.up_count + i.down_count > 0
  and v.org_id = %(org)s and v.target_id = i.id and v.user_id = {SPEAKER}) vote on true
left join lateral (select count(*) as many from (select 1 from feed_comment c
  where mark.read_at < i.last_activity and c.org_id = %(org)s and c.item_id = i.id and c.created_at > mark.read_at
    and c.deleted_at is null and c.author_id <> {SPEAKER} limit 100) c) unread on true
left join lateral (select jsonb_agg(jsonb_build_array(l.id, l.user_id, l.face) order by l.created_at desc) as some
  from (select l.id, l.user_id, l.face, l.created_at from feed_like l
        where i.like_count > 0 and l.org_id = %(org)s and l.target_id = i.id
        order by l.created_at desc limit {SHOWN_LIKES}) l) likes on true
left join lateral (select jsonb_agg({talk.ARRAY} order by c.created_at, c.id) as some
  from (select {talk.columns(there)} from feed_comment c
        where i.last_activity > i.created_at and c.org_id = %(org)s and c.item_id = i.id and {there}
        order by c.created_at desc, c.id desc limit %(comments)s) c) comments on true
left join lateral (select jsonb_agg(jsonb_build_array(h.field_id, h.old_value, h.new_value) order by h.position) as some
  from feed_change h where i.field_ids is not null and h.org_id = %(org)s and h.item_id = i.id
    and h.field_id = any(%(readable_fields)s::bigint[])) changes on true
left join lateral (select jsonb_agg(jsonb_build_array(t.id, case when t.made_by is null then e.topic_name else t.name end,
    e.topic_name) order by t.key) as some
  from feed_entry e join topic t on t.org_id = %(org)s and t.id = e.subject_id
  where e.org_id = %(org)s and e.item_id = i.id and e.via = 'topic') topics on true
order by p.at
"""


async def hydrate(
    tx: Tx, viewer: records.Viewer, item_ids: list[int], *, comments: int = SHOWN_COMMENTS
) -> list[Item]:
    """Everything that is shown of these items, which the viewer is known to see."""
    if not item_ids:
        return []
    actor = viewer.actor
    rows = await tx.rows(
        _hydration(comment_sight(actor)),
        {**viewer.params, **seals(tx, actor.id, item_ids), "ids": item_ids, "comments": comments},
        into=_ItemRow,
    )
    shown = {id for row in rows for id in (row.parent_id, row.author_id)}
    parts = await read_parts(tx, viewer, rows)
    said = {row.id: [talk.row_of(each) for each in row.comments or ()] for row in rows}
    spoken = [each for some in said.values() for each in some] + parts.comments
    for row in rows:
        shown.update(each[1] for each in row.likes or ())
        shown |= {row.edited_by} if row.edited_by else set()
    shown.update(id for each in spoken for id in each.named)
    shown |= parts.named
    bodies = [row.body for row in rows] + [c.body for c in spoken] + parts.bodies
    known = {topic_key(name): id for row in rows for id, *names in row.topics or () for name in names}
    await show_links(tx, actor, bodies, known)
    changes = await records.show_changes(
        tx,
        viewer,
        {row.id: row.changes for row in rows if row.changes},
        {row.id: row.parent_id for row in rows},
    )
    speakers = await find_speakers(tx, actor, shown)
    # Of a post that was shared with him alone, a guest learns who wrote it, not where it stands.
    places = (
        await subjects(tx, actor, {row.parent_id for row in rows} | parts.places) if actor.guest else speakers
    )
    carried = {row.id: record_id for row in rows if (record_id := card_of(row.kind, row.parent_id, row.body))}
    cards = await live_cards(tx, viewer, carried, speakers)
    flags = await count_flags(tx, item_ids, actor.id) if actor.moderator else {}
    hims = {row.id: speaks_as(tx, actor, row.id, row.seal, row.author_id) for row in rows}
    return [
        _item(
            actor,
            hims[row.id],
            row,
            said[row.id],
            speakers,
            places.get(row.parent_id) or speakers[row.author_id],
            changes.get(row.id, []),
            cards.get(row.id, NO_CARD),
            parts.of(hims[row.id], row, speakers, places),
            flags.get(row.id, Flags()) if actor.moderator else None,
        )
        for row in rows
    ]


def _item(
    actor: people.Actor,
    him: people.Actor,
    row: _ItemRow,
    comments: list[talk.CommentRow],
    speakers: Speakers,
    parent: Subject,
    changes: Iterable[tuple[str, str, str | None, str | None]],
    card: LiveCard,
    parts: ItemParts,
    flags: Flags | None,
) -> Item:
    return Item(
        id=row.id,
        kind=row.kind,
        author=speaker_of(row.author_id, speakers),
        parent=parent,
        title=row.title,
        body=row.body,
        changes=[Change(*change) for change in changes],
        shown=card.fields,
        card=card.record,
        poll=parts.poll,
        question=parts.question,
        ask=parts.ask,
        preview=parts.preview,
        is_share=row.shared_id is not None,
        original=parts.original,
        shares=parts.shares,
        made=parts.made,
        detail=row.detail or {},
        created_at=row.created_at,
        last_activity=row.last_activity,
        internal_only=row.internal_only,
        like_count=row.like_count,
        comment_count=row.comment_count,
        up_count=row.up_count,
        down_count=row.down_count,
        my_like=row.my_like,
        my_vote=row.my_vote,
        my_face=row.my_face,
        mine=Mine(row.bookmarked, row.muted, row.followed, row.read_at, row.new_comments),
        edited_at=row.edited_at,
        edited_by=speaker_of(row.edited_by, speakers) if row.edited_by else None,
        revision=row.revision,
        may_edit=may_edit(him, row.author_id, row.kind, row.owns),
        closed=row.closed,
        hidden=row.hidden,
        may_hide=actor.moderator,
        may_announce=may_announce(actor, row.parent_id, row.kind)
        and not row.hidden
        and "announcement" not in (row.detail or {}),
        likes=[
            Like(id, speaker_of(user, speakers), face, id == row.my_like)
            for id, user, face in row.likes or ()
        ],
        comments=[talk.make(him, row.id, each, speakers, about(row)) for each in comments],
        sealed=row.seal is not None,
        mine_sealed=him is not actor,
        pinned=row.pinned,
        may_pin=may_pin(actor, row.parent_id, row.owns),
        flags=flags,
        may_move=may_move(actor, row.author_id, row.parent_id, row.kind),
        may_close=may_close(him, row.author_id, row.owns),
        topics=None
        if actor.guest or row.kind in NOTED
        else tuple(Tag(id, name) for id, name, _ in row.topics or ()),
        may_tag=not actor.guest and row.kind not in NOTED and may_close(him, row.author_id, row.owns),
        may_delete=may_delete(him, row.author_id, row.parent_id, row.kind),
    )


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
    speakers = await find_speakers(tx, actor, {row[1] for row in rows})
    shown = [Like(id, speaker_of(user, speakers), face) for id, user, face, _ in rows]
    return LikePage(shown, rows[0][3] if rows else 0)
