"""Topics as one reader knows them: how they are spelt, who talks about them, what goes with them.

Everything here is read from what the reader sees: nothing that is hidden from him counts, orders or names anything.
"""

import math
from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from hubbub import people, records
from hubbub.core import ids
from hubbub.core.clock import now
from hubbub.core.db import Tx
from hubbub.core.errors import Forbidden, NotFound
from hubbub.core.ids import Type
from hubbub.feed.access import access_tagged, sight, topic_sight
from hubbub.feed.actions.bodies import topic_key
from hubbub.feed.queries.tags import Tag, topic_url

TALKING_DAYS = 60  # "talking about it" means: in the last two months
MOST_LOOKED_AT = 500  # the newest posts under a topic by which it is judged
MOST_RECENT = 5000  # the newest posts of all topics by which the directory is ordered


class Topic(msgspec.Struct, frozen=True):
    """A topic as the viewer knows it: named and dated by what he sees of it."""

    id: int
    name: str
    description: str | None
    created_at: datetime
    stated: bool  # somebody made it by itself, or said what it is: everybody inside knows of it
    talking: int  # how many people posted and commented under it in the last two months

    @property
    def key(self) -> str:
        return ids.show(self.id)

    @property
    def url(self) -> str:
        return topic_url(self.name)


class Talker(msgspec.Struct, frozen=True):
    """Somebody who talks about a topic, and what shows it."""

    person: people.Person
    posts: int
    comments: int
    likes: int  # of these posts and comments
    best: int  # his comments that became the best answer

    @property
    def score(self) -> int:
        return _score(self.posts, self.comments, self.likes, self.best)


class Knowledge(msgspec.Struct, frozen=True):
    """A topic that somebody talks about, and how much."""

    topic: Topic
    posts: int
    comments: int


class Suggestion(msgspec.Struct, frozen=True):
    """A topic that may fit: one that there is, or only a name."""

    name: str
    topic: Topic | None


def _score(posts: int, comments: int, likes: int, best: int) -> int:
    return 2 * posts + comments + likes + 5 * best


# --- topics themselves ---------------------------------------------------------------------------------------------


async def find_topic(tx: Tx, actor: people.Actor, name: str) -> Topic:
    """The topic of that name, or the one into which it was merged. Guests know of none; colleagues of those under which
    they see something, and of those that somebody made by themselves."""
    found = await tx.value(
        """select coalesce(merged_into, id) from topic
           where org_id = %(org)s and key = %(key)s and deleted_at is null""",
        {"key": topic_key(name)},
    )
    if found is None:
        raise NotFound()
    return await topic(tx, actor, found)


async def topic(tx: Tx, actor: people.Actor, topic_id: int) -> Topic:
    """One topic; raises NotFound unless the actor knows of it."""
    found = await topics(tx, actor, [topic_id])
    if not found:
        raise NotFound()
    return found[0]


async def topics(tx: Tx, actor: people.Actor, topic_ids: Iterable[int]) -> list[Topic]:
    """These topics, as far as the actor knows of them, in the order asked for."""
    wanted = list(topic_ids)
    if not wanted or actor.guest:
        return []
    viewer = await records.viewer(tx, actor)
    return await tx.rows(
        f"""select t.id, case when t.made_by is null then first.name else t.name end, t.description,
                   case when t.made_by is null then first.at else t.created_at end, t.made_by is not null, talk.people
            from unnest(%(ids)s::bigint[]) with ordinality p(id, at)
            join topic t on t.org_id = %(org)s and t.id = p.id and t.deleted_at is null and t.merged_into is null
            left join lateral (select f.name, f.at from (
                (select e.topic_name as name, i.created_at as at from feed_entry e
                 join feed_item i on i.org_id = %(org)s and i.id = e.item_id
                 where e.org_id = %(org)s and e.subject_id = t.id and {sight(viewer)}
                 order by e.created_at, e.item_id limit 1)
                union all
                (select tr.name, tr.assigned_at from record_topic tr
                 where tr.org_id = %(org)s and tr.topic_id = t.id and {records.sees(viewer, "tr.record_id")}
                 order by tr.assigned_at, tr.record_id limit 1)) f
              order by f.at limit 1) first on t.made_by is null
            left join lateral (
              with seen as (
                select i.id, i.author_id from feed_entry e join feed_item i on i.org_id = %(org)s and i.id = e.item_id
                where e.org_id = %(org)s and e.subject_id = t.id and e.created_at > %(since)s and {sight(viewer)}
                order by e.created_at desc, e.item_id desc limit {MOST_LOOKED_AT})
              select count(*) as people from (
                select s.author_id from seen s where s.author_id >> 48 = {Type.USER:d}
                union
                select c.author_id from seen s join feed_comment c on c.org_id = %(org)s and c.item_id = s.id
                where c.deleted_at is null and c.author_id >> 48 = {Type.USER:d}) who) talk on true
            where t.made_by is not null or first.at is not null
            order by p.at""",
        {**viewer.params, "ids": wanted, "since": now() - timedelta(days=TALKING_DAYS)},
        into=Topic,
    )


async def directory(
    tx: Tx,
    actor: people.Actor,
    *,
    q: str = "",
    exact: bool = False,
    merged: bool = False,
    by_name: bool = False,
    size: int = 25,
    start: int = 0,
) -> list[Topic]:
    """Topics in whose names the words of `q` stand (`exact`: that are called so; `merged`: or were, before they were merged
    into others): those first about which most people talked in the last two months, or in the order of their names."""
    if actor.guest:
        return []
    viewer = await records.viewer(tx, actor)
    key = topic_key(q)
    if exact:
        called = "t.key = %(key)s"
        if merged:
            called = f"""({called} or t.id = (select m.merged_into from topic m
                where m.org_id = %(org)s and m.key = %(key)s and m.deleted_at is null))"""
    else:
        called = "t.key like %(pattern)s" if key else "true"
    there = f"t.org_id = %(org)s and {called} and t.deleted_at is null and t.merged_into is null"
    # offset 0: asked for sight one after the other in the order of names, until there are enough
    known = f"""(select t.id, 0 as people, t.key from (
        select t.id, t.key, t.made_by, t.deleted_at, t.merged_into from topic t where {there} order by t.key offset 0) t
        where {topic_sight(viewer)} {"" if by_name else "and t.id not in (select p.id from popular p)"}
        order by t.key limit %(most)s)"""
    params = {
        **viewer.params,
        "key": key,
        "pattern": f"%{_escaped(key)}%",
        "most": start + size,
        "size": size,
        "start": start,
        "since": now() - timedelta(days=TALKING_DAYS),
    }
    if by_name:
        found = await tx.values(
            f"select t.id from {known} t order by t.key limit %(size)s offset %(start)s", params
        )
        return await topics(tx, actor, found)
    found = await tx.values(
        f"""with seen as materialized (
              select e.subject_id, i.id, i.author_id from feed_entry e
              join feed_item i on i.org_id = %(org)s and i.id = e.item_id
              where e.org_id = %(org)s and e.via = 'topic' and e.created_at > %(since)s and {sight(viewer)}
              order by e.created_at desc limit {MOST_RECENT}),
            talk as (
              select s.subject_id, s.author_id from seen s where s.author_id >> 48 = {Type.USER:d}
              union
              select s.subject_id, c.author_id from seen s join feed_comment c on c.org_id = %(org)s and c.item_id = s.id
              where c.deleted_at is null and c.author_id >> 48 = {Type.USER:d}),
            popular as materialized (
              select t.id, p.people, t.key from (select subject_id, count(*) as people from talk group by subject_id) p
              join topic t on t.id = p.subject_id and {there})
            select found.id from (
              (select p.id, p.people, p.key from popular p order by p.people desc, p.key)
              union all {known}) found
            limit %(size)s offset %(start)s""",
        params,
    )
    return await topics(tx, actor, found)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


# --- what goes with a topic ----------------------------------------------------------------------------------------


async def talkers(
    tx: Tx, actor: people.Actor, topic_id: int, *, size: int = 5, start: int = 0
) -> list[Talker]:
    """Active people from inside who talk under a topic, by what I see of that: two points a post, one a comment, one a
    like of these, five a best answer."""
    viewer = await records.viewer(tx, actor)
    rows = await tx.tuples(
        f"""with {_seen(viewer, "e.subject_id = %(topic)s")},
            said as (
              select s.author_id as who, 1 as posts, 0 as comments, s.like_count as likes, 0 as best, s.created_at as at
              from seen s
              union all
              select c.author_id, 0, 1, c.like_count, case when c.id = s.best_comment_id then 1 else 0 end, c.created_at
              from seen s join feed_comment c on c.org_id = %(org)s and c.item_id = s.id where c.deleted_at is null)
            select who, sum(posts), sum(comments), sum(likes), sum(best), max(at) from said
            where who >> 48 = {Type.USER:d} group by who""",
        {**viewer.params, "topic": topic_id},
    )
    cards = await people.cards(tx, [row[0] for row in rows], actor)
    found = [
        (Talker(card, *map(int, counts)), at)
        for who, *counts, at in rows
        if (card := cards.get(who)) and card.active and not card.guest
    ]
    found.sort(key=lambda each: (-each[0].score, -each[1].timestamp()))
    return [talker for talker, _ in found[start : start + size]]


async def related(
    tx: Tx, actor: people.Actor, topic_id: int, *, size: int = 5, start: int = 0
) -> list[Topic]:
    """The topics that stand most often together with one, on posts and records that I see."""
    viewer = await records.viewer(tx, actor)
    found = await tx.values(
        f"""with {_seen(viewer, "e.subject_id = %(topic)s")},
            beside as (
              select e.subject_id as id from seen s join feed_entry e on e.org_id = %(org)s and e.item_id = s.id
              where e.via = 'topic' and e.subject_id <> %(topic)s
              union all
              select o.topic_id from (
                select tr.record_id from record_topic tr where tr.org_id = %(org)s and tr.topic_id = %(topic)s
                  and {records.sees(viewer, "tr.record_id")} order by tr.assigned_at desc limit {MOST_LOOKED_AT}) r
              join record_topic o on o.org_id = %(org)s and o.record_id = r.record_id where o.topic_id <> %(topic)s)
            select b.id from beside b join topic t on t.org_id = %(org)s and t.id = b.id
            group by b.id, t.key order by count(*) desc, t.key limit %(size)s offset %(start)s""",
        {**viewer.params, "topic": topic_id, "size": size, "start": start},
    )
    return await topics(tx, actor, found)


async def records_on(tx: Tx, actor: people.Actor, topic_id: int, size: int = 10) -> list[records.Card]:
    """The records with a topic that the actor sees, those first that were given it last."""
    viewer = await records.viewer(tx, actor)
    found = await tx.values(
        f"""select tr.record_id from record_topic tr where tr.org_id = %(org)s and tr.topic_id = %(topic)s
              and {records.sees(viewer, "tr.record_id")} order by tr.assigned_at desc, tr.record_id limit %(size)s""",
        {**viewer.params, "topic": topic_id, "size": size},
    )
    cards = await records.cards(tx, actor, found)
    return [cards[id] for id in found if id in cards]


def _seen(viewer: records.Viewer, where: str) -> str:
    """The newest items of which `where` is true, as a common table `seen`."""
    return f"""seen as materialized (
      select i.id, i.author_id, i.created_at, i.like_count, i.best_comment_id
      from feed_entry e join feed_item i on i.org_id = %(org)s and i.id = e.item_id
      where e.org_id = %(org)s and {where} and {sight(viewer)}
      order by e.created_at desc, e.item_id desc limit {MOST_LOOKED_AT})"""


# --- of people -----------------------------------------------------------------------------------------------------


async def recent_topics(tx: Tx, actor: people.Actor, user_id: int, *, size: int = 5) -> list[Topic]:
    """The topics under which somebody posted last, of what I see of it."""
    viewer = await records.viewer(tx, actor)
    found = await tx.values(
        f"""with {_seen(viewer, "e.subject_id = %(user)s and i.author_id = %(user)s")}
            select e.subject_id from seen s join feed_entry e on e.org_id = %(org)s and e.item_id = s.id
            join topic t on t.org_id = %(org)s and t.id = e.subject_id
            where e.via = 'topic' group by e.subject_id, t.key order by max(s.created_at) desc, t.key limit %(size)s""",
        {**viewer.params, "user": user_id, "size": size},
    )
    return await topics(tx, actor, found)


async def knowledge(
    tx: Tx, actor: people.Actor, user_id: int, *, size: int = 25, start: int = 0
) -> list[Knowledge]:
    """The topics about which somebody talks most, of what I see of it: two points a post, one a comment."""
    viewer = await records.viewer(tx, actor)
    rows = await tx.tuples(
        f"""with {_seen(viewer, "e.subject_id = %(user)s and i.author_id = %(user)s")},
            commented as materialized (
              select c.item_id from feed_comment c join feed_item i on i.org_id = %(org)s and i.id = c.item_id
              where c.org_id = %(org)s and c.author_id = %(user)s and c.deleted_at is null and {sight(viewer)}
              order by c.created_at desc, c.id desc limit {MOST_LOOKED_AT}),
            said as (select id, 1 as posts, 0 as comments from seen union all select item_id, 0, 1 from commented)
            select e.subject_id, sum(d.posts), sum(d.comments) from said d
            join feed_entry e on e.org_id = %(org)s and e.item_id = d.id
            join topic t on t.org_id = %(org)s and t.id = e.subject_id
            where e.via = 'topic' group by e.subject_id, t.key
            order by 2 * sum(d.posts) + sum(d.comments) desc, t.key limit %(size)s offset %(start)s""",
        {**viewer.params, "user": user_id, "size": size, "start": start},
    )
    found = {each.id: each for each in await topics(tx, actor, [row[0] for row in rows])}
    return [Knowledge(found[id], int(posts), int(said)) for id, posts, said in rows if id in found]


# --- trending ------------------------------------------------------------------------------------------------------


async def trending(tx: Tx, actor: people.Actor, *, size: int = 5) -> list[Topic]:
    """The topics that more people talk about than usual, of what I see (docs/decisions/0081-topics.md):
    n / (1 + w) x ln(1 + n), with n people in the last seven days, of whom there are at least two, and w a week on average
    in the four weeks before."""
    if actor.guest:
        return []
    viewer = await records.viewer(tx, actor)
    week = now() - timedelta(days=7)
    rows = await tx.tuples(
        f"""with seen as materialized (
              select e.subject_id as topic, i.id, i.author_id from feed_entry e
              join feed_item i on i.org_id = %(org)s and i.id = e.item_id
              where e.org_id = %(org)s and e.via = 'topic' and e.created_at > %(week)s and {sight(viewer)}
              order by e.created_at desc limit {MOST_RECENT}),
            talk as (
              select s.topic, s.author_id as who from seen s
              union
              select s.topic, c.author_id from seen s join feed_comment c on c.org_id = %(org)s and c.item_id = s.id
              where c.deleted_at is null),
            talked as materialized (
              select t.id, t.key, k.people from (
                select topic, count(*) as people from talk where who >> 48 = {Type.USER:d} group by topic) k
              join topic t on t.org_id = %(org)s and t.id = k.topic
              where k.people >= 2 order by k.people desc, t.key limit 50)
            select n.id, n.key, n.people, (
              select count(distinct (i.author_id, extract(epoch from %(week)s - i.created_at)::int / 604800))
              from feed_entry e join feed_item i on i.org_id = %(org)s and i.id = e.item_id
              where e.org_id = %(org)s and e.subject_id = n.id and e.created_at <= %(week)s
                and e.created_at > %(before)s and {sight(viewer)})
            from talked n""",
        {**viewer.params, "week": week, "before": week - timedelta(days=28)},
    )
    ranked = sorted(rows, key=lambda row: (-trend(row[2], row[3] / 4), row[1]))
    return await topics(tx, actor, [row[0] for row in ranked[:size]])


def trend(people: int, usual: float) -> float:
    """How much a topic trends about which that many people talk this week, and usually."""
    return people / (1 + usual) * math.log(1 + people)


# --- on posts and records ------------------------------------------------------------------------------------------


async def tags_of(tx: Tx, tagged_id: int) -> list[Tag]:
    """The topics of a post or record that the reader is known to see, by their names."""
    if ids.type_of(tagged_id) == Type.FEED_ITEM:
        table, id, name = "feed_entry", "subject_id", "topic_name"
        where = "e.item_id = %(id)s and e.via = 'topic'"
    else:
        table, id, name, where = "record_topic", "topic_id", "name", "e.record_id = %(id)s"
    return await tx.rows(
        f"""select t.id, case when t.made_by is null then e.{name} else t.name end
            from {table} e join topic t on t.org_id = %(org)s and t.id = e.{id}
            where e.org_id = %(org)s and {where} order by t.key""",
        {"id": tagged_id},
        into=Tag,
    )


async def tagged_topics(tx: Tx, actor: people.Actor, tagged_id: int) -> list[Topic]:
    """All that is told of the topics of a post or record that the actor is known to see."""
    return await topics(tx, actor, [tag.id for tag in await tags_of(tx, tagged_id)])


async def may_choose_topics(tx: Tx, actor: people.Actor, tagged_id: int) -> bool:
    """Does the actor, who is known to see the post or record, choose its topics?"""
    try:
        await access_tagged(tx, actor, tagged_id, to="tag")
    except Forbidden:
        return False
    return True
