"""Feeds that one statement reads in their order: one subject's, the company's, what is meant for me, what I marked."""

import msgspec

from hubbub import people, records
from hubbub.core.db import Tx
from hubbub.core.errors import NotFound
from hubbub.feed.access import NOTED, sight, under
from hubbub.feed.queries.feeds.asking import (
    NEWEST,
    RUN,
    USUAL,
    Ask,
    Found,
    Sift,
    said,
    text_fields,
)
from hubbub.feed.queries.feeds.pages import MOST_IN_BUNDLE, Page, page

NEAREST, FARTHEST = 2000, 20_000  # so many of a feed are read for words before these are looked up


async def company(tx: Tx, actor: people.Actor, ask: Ask = USUAL) -> Page:
    """Everything that people say and I may see; what Hubbub notes about records is left to their own feeds."""
    if actor.guest:
        raise NotFound()
    talk = "".join(f" and i.kind <> '{kind}'" for kind in NOTED)
    return await _items(tx, actor, ask, f"i.deleted_at is null {talk}")


async def everything(tx: Tx, actor: people.Actor, ask: Ask) -> Page:
    """All that I may see, wherever it stands: for a search over all feeds."""
    return await _items(tx, actor, ask, "i.deleted_at is null")


async def marked(tx: Tx, actor: people.Actor, name: str, ask: Ask = USUAL) -> Page:
    """The items that I `bookmarked` or `muted`, as far as I still see them: usually those that I marked last first."""
    column = {"bookmarked": "m.bookmarked_at", "muted": "m.muted_at"}[name]
    marks = f"""join feed_mark m on m.org_id = %(org)s and m.user_id = %(viewer)s and m.item_id = i.id
                  and {column} is not null"""
    return await _items(tx, actor, ask, "true", joined=marks, newest=column)


async def to_me(tx: Tx, actor: people.Actor, ask: Ask = USUAL) -> Page:
    """What mentions me or is written on my profile, what I commented on, and of what I wrote that which was answered."""
    return await _items(
        tx,
        actor,
        ask,
        """i.id in (
             select e.item_id from feed_entry e join feed_item t on t.org_id = %(org)s and t.id = e.item_id
             where e.org_id = %(org)s and e.subject_id = %(viewer)s
               and (e.via = 'mention' or t.author_id = %(viewer)s and t.comment_count > 0
                    or t.author_id <> %(viewer)s and t.parent_id = %(viewer)s)
             union select c.item_id from feed_comment c
             where c.org_id = %(org)s and c.author_id = %(viewer)s and c.deleted_at is null)""",
    )


async def _items(
    tx: Tx, actor: people.Actor, ask: Ask, which: str, *, joined: str = "", newest: str = "i.created_at"
) -> Page:
    viewer = await records.viewer(tx, actor)

    async def find(ask: Ask) -> list[Found]:
        at = newest if ask.order == NEWEST else f"i.{ask.order}"
        source = (
            f"feed_item i {joined} where i.org_id = %(org)s and {which} {ask.early} {ask.between(at, 'i.id')}"
        )
        return await _found(tx, viewer, ask, source, "i.id", at)

    return await page(tx, viewer, find, ask)


async def subject(
    tx: Tx, actor: people.Actor, subject_id: int, ask: Ask = USUAL, *, only_on_it: bool = False
) -> Page:
    """What stands under one subject: on it, by it, or mentioning it; with `only_on_it` just the first, and new records
    that point at it.

    The caller has made sure that the actor may see the subject.
    """
    viewer = await records.viewer(tx, actor)
    on_it = "and (i.parent_id = %(subject)s or e.via = 'related')" if only_on_it else ""

    async def find(ask: Ask) -> list[Found]:
        asks = "and e.question" if ask.sift.asks else ""
        at = f"e.{ask.order}"
        source = f"""feed_entry e join feed_item i on i.org_id = %(org)s and i.id = e.item_id
            where e.org_id = %(org)s and e.subject_id = %(subject)s {asks} {on_it} {ask.between(at, "e.item_id")}
              and {under(viewer, "%(subject)s")}"""
        return await _found(tx, viewer, ask, source, "e.item_id", at, subject=subject_id)

    return await page(tx, viewer, find, ask)


async def _found(
    tx: Tx, viewer: records.Viewer, ask: Ask, source: str, id: str, at: str, *, subject: int | None = None
) -> list[Found]:
    """The newest of what stands in a `source` (SQL from its tables to its conditions, with the items as `i`) that is wanted
    and seen."""
    params = {**viewer.params, **ask.params, "text_fields": text_fields(viewer), "subject": subject}
    order = f"order by {at} desc, {id} desc"

    async def read(among: str, sift: Sift) -> list[Found]:
        # In their order until there are enough, or the planner asks sight of all that is found, to sort the few it is told of.
        return await tx.rows(
            f"""select o.id, o.at, seen.run from (select {id} as id, {at} as at from {source} {among}) o
                cross join lateral (select {RUN} as run from feed_item i
                  where i.org_id = %(org)s and i.id = o.id {sift.sql} and {sight(viewer)} offset 0) seen
                order by o.at desc, o.id desc limit %(size)s""",
            params,
            into=Found,
        )

    if ask.sift.only is not None:
        return await read(f"and {id} = any(%(among)s::bigint[]) {order}", ask.sift)
    if ask.sift.words is not None:
        # Words that many items say: mostly the newest of a feed fill the page. Where they do not, read on as far as they
        # promise to, or look all of the words up.
        most = NEAREST
        while most <= FARTHEST:
            near = await read(f"{order} limit {most}", ask.sift)
            if len(near) >= ask.size or await tx.value(
                f"select count(*) < {most} from (select 1 from {source} limit {most}) x", params
            ):
                return near
            most = most * 2 * ask.size // (len(near) + 1)
        everywhere = f"and {id} in ({said(ask.sift.words, '')}) {order}"
        return await read(everywhere, msgspec.structs.replace(ask.sift, words=None))
    return await tx.rows(
        f"select {id}, {at}, {RUN} from {source} {ask.sift.sql} and {sight(viewer)} {order} limit %(size)s",
        params,
        into=Found,
    )


async def run(tx: Tx, actor: people.Actor, first_id: int, last_id: int) -> list[int]:
    """The changes of one record that nobody answered, from an item that the actor is known to see back to another of its
    items, as far as the actor may see them."""
    viewer = await records.viewer(tx, actor)
    return await tx.values(
        f"""with ends as materialized (select i.id, i.parent_id, i.created_at from feed_item i
              where i.org_id = %(org)s and i.id in (%(first)s, %(last)s))
            select i.id from ends first, ends last, feed_entry e
            join feed_item i on i.org_id = %(org)s and i.id = e.item_id
            where first.id = %(first)s and last.id = %(last)s and last.parent_id = first.parent_id
              and e.org_id = %(org)s and e.subject_id = first.parent_id and {RUN} = first.parent_id
              and (e.created_at, e.item_id) between (last.created_at, last.id) and (first.created_at, first.id)
              and {sight(viewer)}
            order by e.created_at desc, e.item_id desc limit {MOST_IN_BUNDLE}""",
        {**viewer.params, "first": first_id, "last": last_id},
    )
