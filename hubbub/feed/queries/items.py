"""Everything that is shown of items: authors, parents, bodies, changes, comments, likes, as one reader sees them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from hubbub import people, records
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import NotFound
from hubbub.core.ids import Type
from hubbub.feed.access import may_delete, sight
from hubbub.feed.actions.bodies import Segment
from hubbub.objects import Field

SHOWN_COMMENTS = 3
SHOWN_LIKES = 3


class Subject(msgspec.Struct, frozen=True):
    """Where an item stands: a person's profile or a record."""

    id: int
    object: str
    label: str
    name: str
    person: people.Person | None = None

    @property
    def key(self) -> str:
        return ids.show(self.id)

    @property
    def url(self) -> str:
        return f"/people/{self.key}" if self.object == "User" else f"/r/{self.key}"


class Like(msgspec.Struct, frozen=True):
    """Somebody's like."""

    id: int
    user: people.Person

    @property
    def key(self) -> str:
        return ids.show(self.id)


class Change(msgspec.Struct, frozen=True):
    """What one save did to one field, as the viewer reads it."""

    name: str
    label: str
    old: str | None
    new: str | None


class Shown(msgspec.Struct, frozen=True):
    """A field of a new record as the viewer reads it; a reference also as what it points at."""

    field: Field
    value: Any
    text: str | None
    url: str | None


class Comment(msgspec.Struct, frozen=True):
    """A comment as the viewer sees it."""

    id: int
    item_id: int
    author: people.Person
    body: list[Segment]
    created_at: datetime
    like_count: int
    my_like: int | None
    may_delete: bool

    @property
    def key(self) -> str:
        return ids.show(self.id)


class Item(msgspec.Struct, frozen=True):
    """An item of a feed as the viewer sees it."""

    id: int
    kind: str
    author: people.Person
    parent: Subject
    body: list[Segment]
    changes: list[Change]
    shown: list[Shown]  # of a new record, as it is now
    created_at: datetime
    last_activity: datetime
    internal_only: bool
    like_count: int
    comment_count: int
    my_like: int | None
    likes: list[Like]
    comments: list[Comment]  # the newest three, oldest first
    may_delete: bool

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
    body: list[Segment]
    created_at: datetime
    last_activity: datetime
    internal_only: bool
    like_count: int
    comment_count: int
    my_like: int | None
    likes: list[list[int]] | None
    comments: list[list[Any]] | None
    changes: list[list[Any]] | None


_HYDRATE = f"""
select i.id, i.kind, i.parent_id, i.author_id, i.body, i.created_at, i.last_activity, i.internal_only, i.like_count,
       i.comment_count, mine.id, likes.some, comments.some, changes.some
from unnest(%(ids)s::bigint[]) with ordinality p(id, at)
join feed_item i on i.org_id = %(org)s and i.id = p.id
left join lateral (select l.id from feed_like l
  where i.like_count > 0 and l.org_id = %(org)s and l.target_id = i.id and l.user_id = %(viewer)s) mine on true
left join lateral (select jsonb_agg(jsonb_build_array(l.id, l.user_id) order by l.created_at desc) as some
  from (select l.id, l.user_id, l.created_at from feed_like l
        where i.like_count > 0 and l.org_id = %(org)s and l.target_id = i.id
        order by l.created_at desc limit {SHOWN_LIKES}) l) likes on true
left join lateral (select jsonb_agg(jsonb_build_array(c.id, c.author_id, c.body, c.created_at, c.like_count, c.my_like)
                                    order by c.created_at, c.id) as some
  from (select c.id, c.author_id, c.body, c.created_at, c.like_count,
               (select l.id from feed_like l where c.like_count > 0 and l.org_id = %(org)s and l.target_id = c.id
                                               and l.user_id = %(viewer)s) as my_like
        from feed_comment c
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
    parents = {row.parent_id for row in rows}
    person_ids = {row.author_id for row in rows} | {id for id in parents if ids.type_of(id) == Type.USER}
    for row in rows:
        person_ids.update(each[1] for each in row.likes or ())
        person_ids.update(each[1] for each in row.comments or ())
    changes = await records.show_changes(tx, viewer, {row.id: row.changes for row in rows if row.changes})
    persons = await people.cards(tx, person_ids)
    cards = await records.cards(tx, actor, [id for id in parents if ids.type_of(id) != Type.USER])
    shown = await _shown(tx, viewer, [row.parent_id for row in rows if row.kind == "CreateRecordEvent"])
    return [
        _item(
            actor,
            row,
            persons,
            cards,
            changes.get(row.id, []),
            shown.get(row.parent_id, []) if row.kind == "CreateRecordEvent" else [],
        )
        for row in rows
    ]


async def _shown(tx: Tx, viewer: records.Viewer, record_ids: list[int]) -> dict[int, list[Shown]]:
    """What the cards of new records show: the columns of their lists, as far as the viewer reads them."""
    found: list[tuple[records.Row, list[Field]]] = []
    by_object: dict[int, list[int]] = {}
    for id in record_ids:
        by_object.setdefault(ids.type_of(id), []).append(id)
    for code, same in by_object.items():
        object = viewer.catalog.codes[code]
        fields = [object.field(name) for name in object.columns if name != "Name"]
        fields = [field for field in fields if viewer.may_read(object, field)]
        rows = await records.read_rows(tx, viewer, object, tuple(fields), same)
        found += [(row, fields) for row in rows]
    references = {
        row.values[field.name]
        for row, fields in found
        for field in fields
        if field.type == "reference" and row.values[field.name] is not None
    }
    named = await records.names(tx, viewer, references) if references else records.Names({}, {})
    return {
        row.id: [
            Shown(
                field,
                value := row.values[field.name],
                named.show(field, value, viewer.actor.timezone),
                named.url(value) if field.type == "reference" and value is not None else None,
            )
            for field in fields
        ]
        for row, fields in found
    }


def _item(
    actor: people.Actor,
    row: _ItemRow,
    persons: dict[int, people.Person],
    cards: dict[int, records.Card],
    changes: Iterable[tuple[str, str, str | None, str | None]],
    shown: list[Shown],
) -> Item:
    return Item(
        id=row.id,
        kind=row.kind,
        author=persons[row.author_id],
        parent=_subject(row.parent_id, persons, cards),
        body=row.body,
        changes=[Change(*change) for change in changes],
        shown=shown,
        created_at=row.created_at,
        last_activity=row.last_activity,
        internal_only=row.internal_only,
        like_count=row.like_count,
        comment_count=row.comment_count,
        my_like=row.my_like,
        likes=[Like(id, persons[user]) for id, user in row.likes or ()],
        comments=[_comment(actor, row.id, each, persons) for each in row.comments or ()],
        may_delete=may_delete(actor, row.author_id, row.parent_id, row.kind),
    )


def _subject(id: int, persons: dict[int, people.Person], cards: dict[int, records.Card]) -> Subject:
    if ids.type_of(id) == Type.USER:
        return Subject(id, "User", "Person", persons[id].name, persons[id])
    card = cards[id]
    return Subject(id, card.object, card.label, card.name)


def _comment(actor: people.Actor, item_id: int, row: list[Any], persons: dict[int, people.Person]) -> Comment:
    id, author_id, body, created_at, like_count, my_like = row
    return Comment(
        id=id,
        item_id=item_id,
        author=persons[author_id],
        body=body,
        created_at=datetime.fromisoformat(created_at) if isinstance(created_at, str) else created_at,
        like_count=like_count,
        my_like=my_like,
        may_delete=actor.moderator or actor.id == author_id,
    )


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
        f"""select c.id, c.author_id, c.body, c.created_at, c.like_count,
                   (select l.id from feed_like l where c.like_count > 0 and l.org_id = %(org)s and l.target_id = c.id
                                                   and l.user_id = %(viewer)s)
            from feed_comment c where c.org_id = %(org)s and c.item_id = %(item)s and c.deleted_at is null
              {earlier}
            order by c.created_at desc, c.id desc limit %(size)s""",
        {"item": item_id, "viewer": actor.id, "before": before, "size": size + 1},
    )
    total = await tx.value(
        "select comment_count from feed_item where org_id = %(org)s and id = %(item)s", {"item": item_id}
    )
    shown = list(reversed(rows[:size]))
    persons = await people.cards(tx, {row[1] for row in shown})
    older = shown[0][0] if len(rows) > size else None
    return CommentPage([_comment(actor, item_id, list(row), persons) for row in shown], older, total)


async def comment(tx: Tx, actor: people.Actor, comment_id: int) -> Comment:
    """One comment that the actor is known to see."""
    rows = await tx.tuples(
        """select c.id, c.author_id, c.body, c.created_at, c.like_count,
                  (select l.id from feed_like l where l.org_id = %(org)s and l.target_id = c.id and l.user_id = %(viewer)s),
                  c.item_id
           from feed_comment c where c.org_id = %(org)s and c.id = %(id)s and c.deleted_at is null""",
        {"id": comment_id, "viewer": actor.id},
    )
    if not rows:
        raise NotFound()
    persons = await people.cards(tx, {rows[0][1]})
    return _comment(actor, rows[0][6], list(rows[0][:6]), persons)


class LikePage(msgspec.Struct, frozen=True):
    """Likes of an item or a comment, newest first."""

    likes: list[Like]
    total: int


async def likes(tx: Tx, target_id: int, *, size: int = 25, start: int = 0) -> LikePage:
    """Who likes a thing that the actor is known to see."""
    rows = await tx.tuples(
        """select l.id, l.user_id, count(*) over () from feed_like l where l.org_id = %(org)s and l.target_id = %(target)s
           order by l.created_at desc, l.id desc limit %(size)s offset %(start)s""",
        {"target": target_id, "size": size, "start": start},
    )
    persons = await people.cards(tx, {row[1] for row in rows})
    return LikePage([Like(id, persons[user]) for id, user, _ in rows], rows[0][2] if rows else 0)


async def subjects(tx: Tx, actor: people.Actor, subject_ids: Iterable[int]) -> dict[int, Subject]:
    """People and records by their ids, as far as the actor may see them."""
    wanted = set(subject_ids)
    persons = await people.visible_cards(tx, actor, {id for id in wanted if ids.type_of(id) == Type.USER})
    cards = await records.visible_cards(
        tx, actor, [id for id in wanted if ids.type_of(id) not in (Type.USER, Type.TOPIC)]
    )
    return {id: _subject(id, persons, cards) for id in wanted if id in persons or id in cards}
