"""Reading feeds: which items, in which order, and everything that is shown of them."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import msgspec

from hubbub import people, records
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.ids import Type
from hubbub.feed.access import Reader, may_delete, reader, sight, subject_sight
from hubbub.feed.actions.bodies import Segment, topic_key

NEWEST = "created_at"
ACTIVE = "last_activity"
SHOWN_COMMENTS = 3
SHOWN_LIKES = 3
FIRST_SUBJECTS = 25


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


class Place(msgspec.Struct, frozen=True):
    """Where a page of a feed ends: the next one starts after this moment and item."""

    at: datetime
    item_id: int

    def __str__(self) -> str:
        return f"{self.at.astimezone(UTC).isoformat().replace('+00:00', 'Z')},{ids.show(self.item_id)}"

    @staticmethod
    def parse(text: str) -> "Place":
        """The place that a page token names; raises Invalid for anything else."""
        moment, comma, key = text.partition(",")
        try:
            at = datetime.fromisoformat(moment)
        except ValueError:
            at = None
        if not comma or at is None or at.tzinfo is None:
            raise Invalid("INVALID_PAGE_TOKEN", "This page token cannot be read. Start from the first page.", fields=["page"])
        return Place(at, ids.parse(key, Type.FEED_ITEM))


class Found(msgspec.Struct, frozen=True):
    """An item's place in the order of a feed."""

    id: int
    at: datetime


class Page(msgspec.Struct, frozen=True):
    """One page of a feed, and where the next begins, if there is one."""

    items: list[Item]
    next: Place | None


# --- which items ---------------------------------------------------------------------------------------------------


async def news(
    tx: Tx, actor: people.Actor, *, order: str = NEWEST, after: Place | None = None, size: int = 25, since: Place | None = None, talk: bool = False
) -> Page:
    """What happens to whom and what I follow, and to myself."""
    eyes = await reader(tx, actor)
    return await page(tx, eyes, await _news_ids(tx, eyes, order, after, size + 1, since, talk), size)


async def _news_ids(
    tx: Tx, eyes: Reader, order: str, after: Place | None, size: int, since: Place | None, talk: bool
) -> list[Found]:
    # Only subjects whose upper bound is high enough can hold one of the newest items: look at the first few of them,
    # and at more only while the first one left out could still hold something newer than what was found.
    subjects = FIRST_SUBJECTS
    while True:
        rows = await tx.tuples(
            _news_sql(eyes, order, after, since, talk), {**eyes.params, **_bounds(after, since), "subjects": subjects, "size": size}
        )
        found = [Found(id, at) for id, at, _ in rows if id is not None]
        left_out = rows[0][2] if rows else None
        if left_out is None or (len(found) >= size and found[-1].at >= left_out):
            return found
        subjects *= 4


def _news_sql(eyes: Reader, order: str, after: Place | None, since: Place | None, talk: bool) -> str:
    bound = "bump" if order == ACTIVE else "post_bump"
    reached = f"least({bound}, %(after_at)s)" if after else bound
    # A mention shows an item by its creation; under a parent or author that I follow too, it stands by its activity.
    twice = (
        """and (e.via in ('parent', 'author')
                or not (i.parent_id in (select id from followed) or i.author_id in (select id from followed)))"""
        if order == ACTIVE
        else ""
    )
    return f"""
      with followed as materialized ({people.FOLLOWED} union select %(viewer)s),
      bounded as materialized (
        select s.id, {reached} as bound from feed_subject s
        where s.org_id = %(org)s and s.id = any(array(select id from followed)) {f"and s.{bound} > %(since_at)s" if since else ""}),
      near as materialized (select id, bound from bounded order by bound desc fetch first %(subjects)s rows with ties),
      found as (
        select e.item_id, max(e.{order}) as at from near n cross join lateral (
          select e.item_id, e.{order} from feed_entry e join feed_item i on i.org_id = %(org)s and i.id = e.item_id
          where e.org_id = %(org)s and e.subject_id = n.id {_after("e", order, after)} {_since("e", order, since)} {twice} {_talk(talk)}
            and {sight(eyes)}
          order by e.{order} desc, e.item_id desc limit %(size)s) e
        group by e.item_id order by at desc, e.item_id desc limit %(size)s)
      select f.item_id, f.at, (select max(b.bound) from bounded b where b.bound < (select min(bound) from near))
      from (select 1) one left join found f on true order by f.at desc, f.item_id desc"""


async def company(
    tx: Tx, actor: people.Actor, *, order: str = NEWEST, after: Place | None = None, size: int = 25, since: Place | None = None, talk: bool = False
) -> Page:
    """Everything that people say and I may see; what Hubbub notes about records is left to their own feeds."""
    if actor.guest:
        raise NotFound()
    eyes = await reader(tx, actor)
    found = await tx.rows(
        f"""select i.id, i.{order} from feed_item i
            where i.org_id = %(org)s and i.deleted_at is null and i.kind <> 'TrackedChange'
              {_after("i", order, after, "id")} {_since("i", order, since, "id")} and {sight(eyes)}
            order by i.{order} desc, i.id desc limit %(size)s""",
        {**eyes.params, **_bounds(after, since), "size": size + 1},
        into=Found,
    )
    return await page(tx, eyes, found, size)


async def subject(
    tx: Tx,
    actor: people.Actor,
    subject_id: int,
    *,
    only_on_it: bool = False,
    order: str = NEWEST,
    after: Place | None = None,
    size: int = 25,
    since: Place | None = None,
    talk: bool = False,
) -> Page:
    """What stands under one subject: on it, by it, or mentioning it; with `only_on_it` just the first.

    The caller has made sure that the actor may see the subject.
    """
    eyes = await reader(tx, actor)
    found = await tx.rows(
        f"""select e.item_id, e.{order} from feed_entry e join feed_item i on i.org_id = %(org)s and i.id = e.item_id
            where e.org_id = %(org)s and e.subject_id = %(subject)s {"and i.parent_id = %(subject)s" if only_on_it else ""}
              {_after("e", order, after)} {_since("e", order, since)} {_talk(talk)} and {sight(eyes)}
            order by e.{order} desc, e.item_id desc limit %(size)s""",
        {**eyes.params, **_bounds(after, since), "subject": subject_id, "size": size + 1},
        into=Found,
    )
    return await page(tx, eyes, found, size)


async def items(tx: Tx, actor: people.Actor, item_ids: list[int]) -> list[Item]:
    """These items, as far as the actor may see them, in the order asked for."""
    eyes = await reader(tx, actor)
    seen = await tx.values(
        f"""select i.id from feed_item i where i.org_id = %(org)s and i.id = any(%(ids)s::bigint[]) and {sight(eyes)}""",
        {**eyes.params, "ids": item_ids},
    )
    return await hydrate(tx, eyes, [item_id for item_id in item_ids if item_id in set(seen)])


async def item(tx: Tx, actor: people.Actor, item_id: int) -> Item:
    """One item; raises NotFound unless the actor may see it."""
    found = await items(tx, actor, [item_id])
    if not found:
        raise NotFound()
    return found[0]


class Topic(msgspec.Struct, frozen=True):
    """A topic, spelt as it was first."""

    id: int
    name: str


async def find_topic(tx: Tx, actor: people.Actor, name: str) -> Topic:
    """The topic of that name. Guests know of none; colleagues of those under which they see something."""
    found = await tx.row(
        "select id, name from topic where org_id = %(org)s and key = %(key)s", {"key": topic_key(name)}, into=Topic
    )
    if found is None or actor.guest or not (await subject(tx, actor, found.id, size=1)).items:
        raise NotFound()
    return found


async def place_of(tx: Tx, item_id: int) -> Place | None:
    """Where an item stands in the order of creation, even if it has been taken away meanwhile."""
    created_at = await tx.value("select created_at from feed_item where org_id = %(org)s and id = %(id)s", {"id": item_id})
    return Place(created_at, item_id) if created_at else None


async def last_talk(tx: Tx, record_ids: list[int]) -> dict[int, datetime]:
    """When something was last said on each of these records, which the actor is known to see."""
    return dict(
        await tx.tuples(
            """select r.id, (select max(e.last_activity) from feed_entry e
                             where e.org_id = %(org)s and e.subject_id = r.id and e.via = 'parent')
               from unnest(%(ids)s::bigint[]) r(id)
               where exists (select 1 from feed_entry e where e.org_id = %(org)s and e.subject_id = r.id and e.via = 'parent')""",
            {"ids": record_ids},
        )
    )


def _after(alias: str, order: str, after: Place | None, id: str = "item_id") -> str:
    return f"and ({alias}.{order}, {alias}.{id}) < (%(after_at)s, %(after_id)s)" if after else ""


def _since(alias: str, order: str, since: Place | None, id: str = "item_id") -> str:
    return f"and ({alias}.{order}, {alias}.{id}) > (%(since_at)s, %(since_id)s)" if since else ""


def _talk(only: bool) -> str:
    return "and i.kind <> 'TrackedChange'" if only else ""


def _bounds(after: Place | None, since: Place | None) -> dict[str, Any]:
    return {
        **({"after_at": after.at, "after_id": after.item_id} if after else {}),
        **({"since_at": since.at, "since_id": since.item_id} if since else {}),
    }


# --- what is shown of them -----------------------------------------------------------------------------------------


async def page(tx: Tx, eyes: Reader, found: list[Found], size: int) -> Page:
    """The page that these places make: one more than its size was looked for, to know whether there is a next."""
    shown = found[:size]
    following = Place(shown[-1].at, shown[-1].id) if len(found) > size else None
    return Page(await hydrate(tx, eyes, [each.id for each in shown]), following)


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
    tx: Tx, eyes: Reader, item_ids: list[int], *, comments: int = SHOWN_COMMENTS
) -> list[Item]:
    """Everything that is shown of these items, which the viewer is known to see."""
    if not item_ids:
        return []
    actor = eyes.actor
    rows = await tx.rows(_HYDRATE, {**eyes.params, "ids": item_ids, "comments": comments}, into=_ItemRow)
    parents = {row.parent_id for row in rows}
    person_ids = {row.author_id for row in rows} | {id for id in parents if ids.type_of(id) == Type.USER}
    for row in rows:
        person_ids.update(each[1] for each in row.likes or ())
        person_ids.update(each[1] for each in row.comments or ())
    changes = await records.show_changes(tx, eyes, {row.id: row.changes for row in rows if row.changes})
    persons = await people.cards(tx, person_ids)
    cards = await records.cards(tx, actor, [id for id in parents if ids.type_of(id) != Type.USER])
    return [_item(actor, row, persons, cards, changes.get(row.id, [])) for row in rows]


def _item(
    actor: people.Actor,
    row: _ItemRow,
    persons: dict[int, people.Person],
    cards: dict[int, records.Card],
    changes: Iterable[tuple[str, str, str | None, str | None]],
) -> Item:
    return Item(
        id=row.id,
        kind=row.kind,
        author=persons[row.author_id],
        parent=_subject(row.parent_id, persons, cards),
        body=row.body,
        changes=[Change(*change) for change in changes],
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
    rows = await tx.tuples(
        f"""select c.id, c.author_id, c.body, c.created_at, c.like_count,
                   (select l.id from feed_like l where c.like_count > 0 and l.org_id = %(org)s and l.target_id = c.id
                                                   and l.user_id = %(viewer)s)
            from feed_comment c where c.org_id = %(org)s and c.item_id = %(item)s and c.deleted_at is null
            {"and (c.created_at, c.id) < (select b.created_at, b.id from feed_comment b where b.org_id = %(org)s and b.id = %(before)s)" if before else ""}
            order by c.created_at desc, c.id desc limit %(size)s""",
        {"item": item_id, "viewer": actor.id, "before": before, "size": size + 1},
    )
    total = await tx.value("select comment_count from feed_item where org_id = %(org)s and id = %(item)s", {"item": item_id})
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
    cards = await records.visible_cards(tx, actor, [id for id in wanted if ids.type_of(id) not in (Type.USER, Type.TOPIC)])
    return {id: _subject(id, persons, cards) for id in wanted if id in persons or id in cards}


# --- who follows what ----------------------------------------------------------------------------------------------


class Followed(msgspec.Struct, frozen=True):
    """One subscription: who follows, and what."""

    id: int
    follower: Subject
    subject: Subject


async def count_following(tx: Tx, actor: people.Actor, user_id: int, *, type: int | None = None) -> int:
    """How much somebody follows, of what the actor may see: more would tell that there is more."""
    eyes = await reader(tx, actor)
    return await people.count_following(tx, user_id, subject_sight(eyes, "f.subject_id"), eyes.params, type=type)


async def following(
    tx: Tx, actor: people.Actor, user_id: int, *, type: int | None = None, size: int = 25, start: int = 0
) -> list[Followed]:
    """What somebody follows, of what the actor may see."""
    eyes = await reader(tx, actor)
    found = await people.following(
        tx, user_id, subject_sight(eyes, "f.subject_id"), eyes.params, type=type, size=size, start=start
    )
    return await _followed(tx, actor, found)


async def followers(tx: Tx, actor: people.Actor, subject_id: int, *, size: int = 25, start: int = 0) -> list[Followed]:
    """Who follows a subject that the actor is known to see."""
    return await _followed(tx, actor, await people.followers(tx, subject_id, size=size, start=start))


async def followed(tx: Tx, actor: people.Actor, subscription_id: int) -> Followed:
    """One of the actor's own subscriptions, as long as he may see what he follows."""
    found = await _followed(tx, actor, [await people.subscription(tx, actor, subscription_id)])
    if not found:
        raise NotFound()
    return found[0]


async def _followed(tx: Tx, actor: people.Actor, found: list[people.Subscription]) -> list[Followed]:
    cards = await subjects(tx, actor, {each.subject_id for each in found} | {each.follower_id for each in found})
    return [
        Followed(each.id, cards[each.follower_id], cards[each.subject_id])
        for each in found
        if each.follower_id in cards and each.subject_id in cards
    ]
