"""Feeds of many subjects at once: what I follow, the people and topics among it, one type of record, a stream."""

from collections.abc import Mapping
from typing import Any

import msgspec

from hubbub import people, records
from hubbub.core.db import Tx
from hubbub.core.errors import NotFound
from hubbub.core.ids import Type
from hubbub.feed.access import GATHERED, sight, under
from hubbub.feed.queries.feeds.asking import ACTIVE, RUN, USUAL, Ask, Found, Words, said, text_fields
from hubbub.feed.queries.feeds.pages import Page, page

FIRST_SUBJECTS, FIRST_ENTRIES = 100, 13  # for a page of 25; for more as many more subjects, each as deep
FURTHER, DEEP = 32, 400


async def news(tx: Tx, actor: people.Actor, ask: Ask = USUAL) -> Page:
    """What happens to whom and what I follow, and to myself, without the threads that I muted."""
    return await _gathered(tx, actor, ask, GATHERED)


async def of_type(tx: Tx, actor: people.Actor, object: int, ask: Ask = USUAL) -> Page:
    """Of What I Follow what stands on records of one type, or on people."""
    viewer = await records.viewer(tx, actor)
    if object != Type.USER and all(
        each.code != object or not viewer.can(each).read for each in viewer.catalog.objects
    ):
        raise NotFound()
    ask = ask.then(sift=msgspec.structs.replace(ask.sift, object=object))
    return await _gathered(tx, actor, ask, GATHERED)


async def from_people(tx: Tx, actor: people.Actor, ask: Ask = USUAL) -> Page:
    """What the people whom I follow write and do."""
    subjects = f"select id from ({people.FOLLOWED}) f where f.id >> 48 = {Type.USER:d}"
    return await _gathered(tx, actor, ask, subjects, "and i.author_id in (select id from followed)")


async def of_topics(tx: Tx, actor: people.Actor, ask: Ask = USUAL) -> Page:
    """What is said under the topics that I follow."""
    if actor.guest:
        raise NotFound()
    return await _gathered(
        tx, actor, ask, f"select id from ({people.FOLLOWED}) f where f.id >> 48 = {Type.TOPIC:d}"
    )


async def of_stream(tx: Tx, actor: people.Actor, stream_id: int, ask: Ask = USUAL) -> Page:
    """What happens to the subjects of a stream, which the actor is known to have."""
    subjects = "select subject_id as id from stream_subject where org_id = %(org)s and stream_id = %(stream)s"
    return await _gathered(tx, actor, ask, subjects, stream=stream_id)


async def of_view(tx: Tx, actor: people.Actor, view_id: int, ask: Ask = USUAL) -> Page:
    """What happens to the records that stand in a list view of the actor's, as far as its first 10,000 go."""
    viewer = await records.viewer(tx, actor)
    shown = records.as_seen(viewer, await records.access_view(tx, viewer, view_id))
    subjects, params = await records.view_ids(tx, viewer, shown)
    return await _gathered(tx, actor, ask, subjects, params=params)


async def _gathered(
    tx: Tx,
    actor: people.Actor,
    ask: Ask,
    subjects: str,
    more: str = "",
    *,
    stream: int | None = None,
    params: Mapping[str, Any] | None = None,
) -> Page:
    viewer = await records.viewer(tx, actor)

    async def find(ask: Ask) -> list[Found]:
        # The newest entries of the subjects whose upper bounds are highest, asked for sight in their order until there
        # are enough. What was not looked at, the subjects left out and the older entries of each, is older than the
        # horizon: look further only while something of that could still belong among what was found.
        wide, deep = FIRST_SUBJECTS * max(round(ask.size / 25), 1), FIRST_ENTRIES
        words: Words | None = None
        while True:
            rows = await tx.tuples(
                _statement(viewer, ask, subjects, more, words),
                {
                    **viewer.params,
                    **ask.params,
                    **(params or {}),
                    "stream": stream,
                    "subjects": wide,
                    "depth": deep,
                    "text_fields": text_fields(viewer),
                },
            )
            found = [Found(id, at, run) for id, at, run, _ in rows if id is not None]
            horizon = rows[0][3]
            if horizon is None or (len(found) >= ask.size and found[-1].at > horizon):
                return found
            # As much further as what was found tells, within reason.
            above = sum(each.at > horizon for each in found)
            further = min(max(ask.size * 3 // (2 * max(above, 1)), 4), FURTHER)
            wide, deep = wide * further, deep * further
            if above == 0 and deep > DEEP:
                words = ask.sift.words  # which many items say, but none of these: look them all up

    return await page(tx, viewer, find, ask)


def _statement(viewer: records.Viewer, ask: Ask, subjects: str, more: str, words: Words | None) -> str:
    order, sift = ask.order, ask.sift
    # A mention shows an item by its creation; under a parent or author that I follow too, it stands by its activity.
    once = (
        """and (e.at = i.last_activity
                or not (i.parent_id in (select id from followed) or i.author_id in (select id from followed)))"""
        if order == ACTIVE
        else ""
    )
    entries = _newest_entries(ask)
    if words:
        entries = _few_entries(ask, f"in ({said(words, '')})")
        sift = msgspec.structs.replace(sift, words=None)
    elif sift.only is not None:
        entries = _few_entries(ask, "= any(%(among)s::bigint[])")
    return f"""
      with followed as materialized ({subjects}),
      {entries},
      found as (
        select e.item_id, e.at, seen.run
        from (select item_id, max(at) as at from entries group by item_id order by max(at) desc, item_id desc) e
        cross join lateral (
          select {RUN} as run from feed_item i
          where i.org_id = %(org)s and i.id = e.item_id {once} {more} {sift.sql} and not exists (
              select 1 from feed_mark m where m.org_id = %(org)s and m.user_id = %(viewer)s and m.item_id = i.id
                and m.muted_at is not null offset 0)
            and {sight(viewer)}
            and {under(viewer, "select id from followed")} offset 0) seen
        order by e.at desc, e.item_id desc limit %(size)s)
      select f.item_id, f.at, f.run, h.at from horizon h left join found f on true order by f.at desc, f.item_id desc"""


def _newest_entries(ask: Ask) -> str:
    bound = "bump" if ask.order == ACTIVE else "post_bump"
    reached = f"least({bound}, %(after_at)s)" if ask.after else bound
    later = (f"and s.{bound} > %(since_at)s" if ask.since else "") + ask.newer(f"s.{bound}")
    order = ask.order
    asks = "and e.question" if ask.sift.asks else ""
    return f"""bounded as materialized (
        select s.id, {reached} as bound from feed_subject s
        where s.org_id = %(org)s and s.id = any(array(select id from followed)) {later}),
      near as materialized (select id, bound from bounded order by bound desc fetch first %(subjects)s rows with ties),
      entries as materialized (
        select n.id as subject_id, e.item_id, e.at from near n cross join lateral (
          select e.item_id, e.{order} as at from feed_entry e
          where e.org_id = %(org)s and e.subject_id = n.id {asks} {ask.read_of("e")} {ask.between(f"e.{order}", "e.item_id")}
          order by e.{order} desc, e.item_id desc limit %(depth)s) e),
      horizon as (
        select greatest(
          (select max(b.bound) from bounded b where b.bound < (select min(bound) from near)),
          (select max(oldest) from (select min(at) as oldest from entries group by subject_id having count(*) >= %(depth)s) x)
        ) as at)"""


def _few_entries(ask: Ask, which: str) -> str:
    """Where the items are known that may be found: what of them stands under the subjects."""
    order = ask.order
    return f"""entries as materialized (
        select e.subject_id, e.item_id, e.{order} as at from feed_entry e
        where e.org_id = %(org)s and e.item_id {which} and e.subject_id in (select id from followed)
          {ask.between(f"e.{order}", "e.item_id")}),
      horizon as (select null::timestamptz as at)"""
