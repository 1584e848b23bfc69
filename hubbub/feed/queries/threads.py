"""Comments as one reader sees them: those that come with an item, page by page, and a whole thread."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from hubbub import people, records
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import NotFound
from hubbub.feed.access import SPEAKER, comment_sight, may_choose_best, may_edit, seals, speaks_as
from hubbub.feed.actions.bodies import Segment
from hubbub.feed.queries.links import show_links
from hubbub.feed.queries.speakers import Speaker, Speakers, find_speakers, speaker_of

WHOLE_THREAD = 1000


class Comment(msgspec.Struct, frozen=True):
    """A comment as the viewer sees it. Of a `deleted` one that has replies only its place is left."""

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
    reply_count: int = 0  # direct replies, those included that left their place
    up_count: int = 0
    down_count: int = 0
    my_vote: bool | None = None  # up or down
    edited_at: datetime | None = None
    edited_by: Speaker | None = None
    revision: int = 1
    may_edit: bool = False
    my_face: str | None = None
    deleted: bool = False
    hidden: bool = False  # by a moderator
    may_hide: bool = False  # or show it again
    replying_to: Speaker | None = None
    answers: bool = False  # a question
    best: bool = False
    may_choose: bool = False
    may_verify: bool = False
    verified_at: datetime | None = None
    verified_by: Speaker | None = None

    @property
    def key(self) -> str:
        return ids.show(self.id)

    @property
    def verified(self) -> bool:
        return self.verified_at is not None


class CommentRow(msgspec.Struct, frozen=True):
    """A comment as it is read; out of JSON its times are texts."""

    id: int
    author_id: int
    body: list[Segment]
    created_at: datetime | str
    like_count: int
    mine: list[Any] | None  # my like's id and face
    parent_id: int | None
    level: int
    reply_count: int
    up_count: int
    down_count: int
    my_vote: bool | None
    edited_at: datetime | str | None
    verified_at: datetime | str | None
    verified_by: int | None
    edited_by: int | None
    revision: int
    deleted: bool
    hidden: bool
    parent_author_id: int | None

    @property
    def named(self) -> set[int]:
        """Who wrote it, who edited it, who verified it, and whom it answers."""
        named = (self.author_id, self.edited_by, self.verified_by, self.parent_author_id)
        return {id for id in named if id}


class About(msgspec.Struct, frozen=True):
    """What a comment is about, as far as it matters to it: is the record the reader's, and is it a question?"""

    owns: bool
    kind: str
    author_id: int
    best_comment_id: int | None
    seal: bytes | None = None


def columns(there: str = "c.deleted_at is null") -> str:
    """A comment under the alias c of an item under i, in the order of CommentRow, each column with the name of its field;
    of one that is not `there` (SQL) for the reader no more than its place."""
    return f"""c.id, c.author_id, case when {there} then c.body else '[]' end as body, c.created_at, c.like_count,
  (select jsonb_build_array(l.id, l.face) from feed_like l
   where c.like_count > 0 and l.org_id = %(org)s and l.target_id = c.id and l.user_id = {SPEAKER}) as mine,
  c.thread_parent_id, c.level, c.reply_count, c.up_count, c.down_count,
  (select v.up from feed_vote v where c.up_count + c.down_count > 0 and v.org_id = %(org)s and v.target_id = c.id
                                  and v.user_id = {SPEAKER}) as my_vote,
  c.edited_at, c.verified_at, c.verified_by, c.edited_by, c.revision, not {there} as deleted,
  c.hidden_at is not null as hidden,
  (select p.author_id from feed_comment p where c.thread_parent_id is not null and p.org_id = %(org)s
     and p.id = c.thread_parent_id and p.deleted_at is null) as parent_author"""


# The same columns of a subquery c, as a JSON array.
ARRAY = """jsonb_build_array(c.id, c.author_id, c.body, c.created_at, c.like_count, c.mine, c.thread_parent_id, c.level,
  c.reply_count, c.up_count, c.down_count, c.my_vote, c.edited_at, c.verified_at, c.verified_by, c.edited_by,
  c.revision, c.deleted, c.hidden, c.parent_author)"""


# What is the About of an item under the alias i.
ABOUT = f"{records.owns('i.parent_id')}, i.kind, i.author_id, i.best_comment_id, i.seal"


def row_of(values: Sequence[Any]) -> CommentRow:
    return CommentRow(*values)


def make(actor: people.Actor, item_id: int, row: CommentRow, speakers: Speakers, about: About) -> Comment:
    """The comment as the reader sees it."""
    like_id, face = row.mine or (None, None)
    hidden = row.hidden and not row.deleted
    answers = about.kind == "QuestionPost" and row.level == 0 and not row.deleted and not hidden
    return Comment(
        id=row.id,
        item_id=item_id,
        author=speaker_of(row.author_id, speakers),
        body=row.body,
        created_at=_moment(row.created_at),
        like_count=0 if row.deleted else row.like_count,
        my_like=None if row.deleted else like_id,
        my_face=None if row.deleted else face,
        may_delete=not row.deleted and (actor.moderator or actor.id == row.author_id),
        parent_id=row.parent_id,
        level=row.level,
        reply_count=row.reply_count,
        up_count=0 if row.deleted else row.up_count,
        down_count=0 if row.deleted else row.down_count,
        my_vote=None if row.deleted else row.my_vote,
        edited_at=_moment(row.edited_at) if row.edited_at and not row.deleted else None,
        edited_by=speaker_of(row.edited_by, speakers) if row.edited_by and not row.deleted else None,
        revision=row.revision,
        may_edit=not row.deleted and not hidden and may_edit(actor, row.author_id, "TextComment", about.owns),
        deleted=row.deleted,
        hidden=hidden,
        may_hide=actor.moderator and not row.deleted,
        replying_to=speaker_of(row.parent_author_id, speakers) if row.parent_author_id else None,
        answers=answers,
        best=answers and row.id == about.best_comment_id,
        may_choose=answers and may_choose_best(actor, about.author_id, about.owns),
        may_verify=answers and actor.moderator,
        verified_at=_moment(row.verified_at) if answers and row.verified_at else None,
        verified_by=speaker_of(row.verified_by, speakers) if answers and row.verified_by else None,
    )


def _moment(given: datetime | str) -> datetime:
    return datetime.fromisoformat(given) if isinstance(given, str) else given


class CommentPage(msgspec.Struct, frozen=True):
    """Comments, oldest first; `next`: the comment from which on the next page goes, if there is one."""

    comments: list[Comment]
    next: int | None
    total: int


async def comments(
    tx: Tx,
    actor: people.Actor,
    item_id: int,
    *,
    size: int = 25,
    after: int | None = None,
    oldest: bool = False,
    replies_to: int | None = None,
    collapsed: bool = False,
) -> CommentPage:
    """Comments of an item that the actor is known to see: the newest or, with `oldest`, the first ones, from the comment
    `after` on; of one comment its replies; `collapsed`: only those that are no replies."""
    place = """select b.created_at, b.id from feed_comment b
               where b.org_id = %(org)s and b.item_id = %(item)s and b.id = %(after)s"""
    beyond = f"and (c.created_at, c.id) {'>' if oldest else '<'} ({place})" if after else ""
    level = "and c.thread_parent_id = %(within)s" if replies_to else "and c.level = 0" if collapsed else ""
    way = "" if oldest else "desc"
    there = comment_sight(actor)
    found = await tx.rows(
        f"""select {columns(there)} from feed_comment c join feed_item i on i.org_id = %(org)s and i.id = c.item_id
            where c.org_id = %(org)s and c.item_id = %(item)s and ({there} or c.reply_count > 0) {level} {beyond}
            order by c.created_at {way}, c.id {way} limit %(size)s""",
        {"item": item_id, "viewer": actor.id, "after": after, "within": replies_to, "size": size + 1}
        | seals(tx, actor.id, [item_id]),
        into=CommentRow,
    )
    shown = found[:size]
    following = shown[-1].id if len(found) > size else None
    total = "(select p.reply_count from feed_comment p where p.org_id = %(org)s and p.id = %(within)s)"
    ((total, *about),) = await tx.tuples(
        f"""select {total if replies_to else "i.comment_count"}, {ABOUT} from feed_item i
            where i.org_id = %(org)s and i.id = %(item)s""",
        {"item": item_id, "viewer": actor.id, "within": replies_to},
    )
    if not oldest:
        shown.reverse()
    return CommentPage(await _made(tx, actor, item_id, shown, About(*about)), following, total)


async def comment(tx: Tx, actor: people.Actor, comment_id: int) -> Comment:
    """One comment that the actor is known to see."""
    sql = f"""select c.item_id, {ABOUT}, {columns(comment_sight(actor))}
              from feed_comment c join feed_item i on i.org_id = %(org)s and i.id = c.item_id
              where c.org_id = %(org)s and c.id = %(id)s and {comment_sight(actor)}"""
    given = {"id": comment_id, "viewer": actor.id}
    rows = await tx.tuples(sql, given | seals(tx, actor.id, []))
    if rows and About(*rows[0][1:6]).seal is not None:  # once more, now that the thread is known
        rows = await tx.tuples(sql, given | seals(tx, actor.id, [rows[0][0]]))
    if not rows:
        raise NotFound()
    item_id, about, row = rows[0][0], rows[0][1:6], rows[0][6:]
    return (await _made(tx, actor, item_id, [row_of(row)], About(*about)))[0]


async def _made(
    tx: Tx, actor: people.Actor, item_id: int, rows: list[CommentRow], about: About
) -> list[Comment]:
    await show_links(tx, actor, [row.body for row in rows])
    speakers = await find_speakers(tx, actor, {id for row in rows for id in row.named})
    him = speaks_as(tx, actor, item_id, about.seal, about.author_id)
    return [make(him, item_id, row, speakers, about) for row in rows]


async def thread(tx: Tx, actor: people.Actor, item_id: int) -> list[Comment]:
    """The newest thousand comments of an item that the actor is known to see, each before its replies."""
    return in_threads((await comments(tx, actor, item_id, size=WHOLE_THREAD)).comments)


def in_threads(comments: Iterable[Comment]) -> list[Comment]:
    """Comments with each one's replies right after it; replies to what is not among them stand by their own time."""
    listed = list(comments)
    known = {each.id for each in listed}
    below: dict[int | None, list[Comment]] = {}
    for each in listed:
        below.setdefault(each.parent_id if each.parent_id in known else None, []).append(each)

    def walk(parent: int | None) -> Iterable[Comment]:
        for each in below.get(parent, ()):
            yield each
            yield from walk(each.id)

    return list(walk(None))
