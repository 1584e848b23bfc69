"""Which items a feed holds, in which order, page by page."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from hubbub import people, records
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.ids import Type
from hubbub.feed.access import NOTED, sight, under
from hubbub.feed.actions.bodies import topic_key
from hubbub.feed.queries.items import Item, hydrate

NEWEST = "created_at"
ACTIVE = "last_activity"
FIRST_SUBJECTS, FIRST_ENTRIES = 100, 13


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
            at = at.astimezone(UTC) if at.tzinfo else None
        except (ValueError, OverflowError):
            at = None
        if not comma or at is None:
            raise Invalid(
                "INVALID_PAGE_TOKEN",
                "This page token cannot be read. Start from the first page.",
                fields=["page"],
            )
        return Place(at, ids.parse(key, Type.FEED_ITEM))


class Found(msgspec.Struct, frozen=True):
    """An item's place in the order of a feed."""

    id: int
    at: datetime


class Page(msgspec.Struct, frozen=True):
    """One page of a feed, and where the next begins, if there is one."""

    items: list[Item]
    next: Place | None


async def news(
    tx: Tx,
    actor: people.Actor,
    *,
    order: str = NEWEST,
    after: Place | None = None,
    size: int = 25,
    since: Place | None = None,
    talk: bool = False,
) -> Page:
    """What happens to whom and what I follow, and to myself, without the threads that I muted."""
    viewer = await records.viewer(tx, actor)
    return await page(tx, viewer, await _news_ids(tx, viewer, order, after, size + 1, since, talk), size)


async def _news_ids(
    tx: Tx,
    viewer: records.Viewer,
    order: str,
    after: Place | None,
    size: int,
    since: Place | None,
    talk: bool,
) -> list[Found]:
    # The newest entries of the subjects whose upper bounds are highest, asked for sight in their order until there are
    # enough. What was not looked at, the subjects left out and the older entries of each, is older than the horizon:
    # look further only while something of that could still belong among what was found.
    subjects, depth = FIRST_SUBJECTS, FIRST_ENTRIES
    while True:
        rows = await tx.tuples(
            _news_sql(viewer, order, after, since, talk),
            {
                **viewer.params,
                **_bounds(after, since),
                "subjects": subjects,
                "depth": depth,
                "size": size,
            },
        )
        found = [Found(id, at) for id, at, _ in rows if id is not None]
        horizon = rows[0][2]
        if horizon is None or (len(found) >= size and found[-1].at > horizon):
            return found
        subjects, depth = subjects * 4, depth * 4


def _news_sql(
    viewer: records.Viewer, order: str, after: Place | None, since: Place | None, talk: bool
) -> str:
    bound = "bump" if order == ACTIVE else "post_bump"
    reached = f"least({bound}, %(after_at)s)" if after else bound
    # A mention shows an item by its creation; under a parent or author that I follow too, it stands by its activity.
    once = (
        """and (e.at = i.last_activity
                or not (i.parent_id in (select id from followed) or i.author_id in (select id from followed)))"""
        if order == ACTIVE
        else ""
    )
    later = f"and s.{bound} > %(since_at)s" if since else ""
    return f"""
      with followed as materialized ({people.FOLLOWED} union select %(viewer)s),
      bounded as materialized (
        select s.id, {reached} as bound from feed_subject s
        where s.org_id = %(org)s and s.id = any(array(select id from followed)) {later}),
      near as materialized (select id, bound from bounded order by bound desc fetch first %(subjects)s rows with ties),
      entries as materialized (
        select n.id as subject_id, e.item_id, e.at from near n cross join lateral (
          select e.item_id, e.{order} as at from feed_entry e
          where e.org_id = %(org)s and e.subject_id = n.id {_after("e", order, after)} {_since("e", order, since)}
          order by e.{order} desc, e.item_id desc limit %(depth)s) e),
      horizon as (
        select greatest(
          (select max(b.bound) from bounded b where b.bound < (select min(bound) from near)),
          (select max(oldest) from (select min(at) as oldest from entries group by subject_id having count(*) >= %(depth)s) x)
        ) as at),
      found as (
        select e.item_id, e.at
        from (select item_id, max(at) as at from entries group by item_id order by max(at) desc, item_id desc) e
        cross join lateral (
          select 1 from feed_item i
          where i.org_id = %(org)s and i.id = e.item_id {once} {_talk(talk)} and not exists (
              select 1 from feed_mark m where m.org_id = %(org)s and m.user_id = %(viewer)s and m.item_id = i.id
                and m.muted_at is not null offset 0)
            and {sight(viewer)}
            and {under(viewer, "select id from followed")} offset 0) seen
        order by e.at desc, e.item_id desc limit %(size)s)
      select f.item_id, f.at, h.at from horizon h left join found f on true order by f.at desc, f.item_id desc"""


async def company(
    tx: Tx,
    actor: people.Actor,
    *,
    order: str = NEWEST,
    after: Place | None = None,
    size: int = 25,
    since: Place | None = None,
    talk: bool = False,
) -> Page:
    """Everything that people say and I may see; what Hubbub notes about records is left to their own feeds."""
    if actor.guest:
        raise NotFound()
    viewer = await records.viewer(tx, actor)
    found = await tx.rows(
        f"""select i.id, i.{order} from feed_item i
            where i.org_id = %(org)s and i.deleted_at is null {_talk(True)}
              {_after("i", order, after, "id")} {_since("i", order, since, "id")} and {sight(viewer)}
            order by i.{order} desc, i.id desc limit %(size)s""",
        {**viewer.params, **_bounds(after, since), "size": size + 1},
        into=Found,
    )
    return await page(tx, viewer, found, size)


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
    """What stands under one subject: on it, by it, or mentioning it; with `only_on_it` just the first, and new records
    that point at it.

    The caller has made sure that the actor may see the subject.
    """
    viewer = await records.viewer(tx, actor)
    on_it = "and (i.parent_id = %(subject)s or e.via = 'related')" if only_on_it else ""
    found = await tx.rows(
        f"""select e.item_id, e.{order} from feed_entry e join feed_item i on i.org_id = %(org)s and i.id = e.item_id
            where e.org_id = %(org)s and e.subject_id = %(subject)s {on_it}
              {_after("e", order, after)} {_since("e", order, since)} {_talk(talk)} and {sight(viewer)}
              and {under(viewer, "%(subject)s")}
            order by e.{order} desc, e.item_id desc limit %(size)s""",
        {**viewer.params, **_bounds(after, since), "subject": subject_id, "size": size + 1},
        into=Found,
    )
    return await page(tx, viewer, found, size)


class Topic(msgspec.Struct, frozen=True):
    """A topic, spelt as it was first."""

    id: int
    name: str


async def find_topic(tx: Tx, actor: people.Actor, name: str) -> Topic:
    """The topic of that name. Guests know of none; colleagues of those under which they see something."""
    found = await tx.row(
        "select id, name from topic where org_id = %(org)s and key = %(key)s",
        {"key": topic_key(name)},
        into=Topic,
    )
    if found is None or actor.guest or not (await subject(tx, actor, found.id, size=1)).items:
        raise NotFound()
    return found


async def place_of(tx: Tx, actor: people.Actor, item_id: int) -> Place | None:
    """Where an item stands in the order of creation; nowhere if it is gone for the actor, or never was."""
    viewer = await records.viewer(tx, actor)
    created_at = await tx.value(
        f"select i.created_at from feed_item i where i.org_id = %(org)s and i.id = %(id)s and {sight(viewer)}",
        {**viewer.params, "id": item_id},
    )
    return Place(created_at, item_id) if created_at else None


async def last_talk(tx: Tx, record_ids: list[int]) -> dict[int, datetime]:
    """When something was last said on each of these records, which the actor is known to see."""
    return dict(
        await tx.tuples(
            """select r.id, e.last_activity from unnest(%(ids)s::bigint[]) r(id) cross join lateral (
                 select e.last_activity from feed_entry e join feed_item i on i.org_id = %(org)s and i.id = e.item_id
                 where e.org_id = %(org)s and e.subject_id = r.id and e.via = 'parent' and i.deleted_at is null
                 order by e.last_activity desc limit 1) e""",
            {"ids": record_ids},
        )
    )


def _after(alias: str, order: str, after: Place | None, id: str = "item_id") -> str:
    return f"and ({alias}.{order}, {alias}.{id}) < (%(after_at)s, %(after_id)s)" if after else ""


def _since(alias: str, order: str, since: Place | None, id: str = "item_id") -> str:
    return f"and ({alias}.{order}, {alias}.{id}) > (%(since_at)s, %(since_id)s)" if since else ""


def _talk(only: bool) -> str:
    return "".join(f" and i.kind <> '{kind}'" for kind in NOTED) if only else ""


def _bounds(after: Place | None, since: Place | None) -> dict[str, Any]:
    return {
        **({"after_at": after.at, "after_id": after.item_id} if after else {}),
        **({"since_at": since.at, "since_id": since.item_id} if since else {}),
    }


async def page(tx: Tx, viewer: records.Viewer, found: list[Found], size: int) -> Page:
    """The page that these places make: one more than its size was looked for, to know whether there is a next."""
    shown = found[:size]
    following = Place(shown[-1].at, shown[-1].id) if len(found) > size else None
    return Page(await hydrate(tx, viewer, [each.id for each in shown]), following)
