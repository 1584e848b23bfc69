"""How much in a feed is new to me: counted over what I see, exactly to 99, then "99+".

An item is unread in a feed when somebody else wrote it after the moment up to which I marked that feed as read (or, while
I never did, in the last 30 days and since I joined), and I have not read it: neither opened it nor scrolled past it on
any device. In What I Follow what I muted is not counted.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from hubbub import people, records
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.ids import Type
from hubbub.feed.access import GATHERED, NOTED, sight, under
from hubbub.feed.queries.items import Item

MOST = 100  # what is counted, which shows as 99+
FIRST_DEPTH = 100


class Unread(msgspec.Struct, frozen=True):
    """How many items of a feed are unread, of a hundred at most, and the moment since which they count."""

    count: int
    since: datetime

    def new(self, actor: people.Actor, item: Item) -> bool:
        """Is the item unread there?"""
        return item.created_at > self.since and item.mine.read_at is None and item.author.id != actor.id


def since(feed: str) -> str:
    """SQL: since when items of a feed (an SQL expression) count as unread for the viewer."""
    return f"""coalesce((select s.at from feed_seen s
        where s.org_id = %(org)s and s.user_id = %(viewer)s and s.feed = {feed}),
      greatest({people.JOINED}, date_trunc('day', now()) - interval '30 days'))"""


_UNREAD = """i.author_id <> %(viewer)s and not exists (select 1 from feed_mark m where m.org_id = %(org)s
      and m.user_id = %(viewer)s and m.item_id = i.id and (m.read_at is not null {muted}) offset 0)"""


async def unread(tx: Tx, actor: people.Actor, feed: str) -> Unread:
    """What is unread in a feed, by its live topic, that the actor is known to see."""
    found, _ = await unread_in(tx, actor, [feed])
    return found[feed]


async def unread_in(
    tx: Tx, actor: people.Actor, feeds: Iterable[str], also: str = ""
) -> tuple[dict[str, Unread], list[Any]]:
    """The same of several feeds in one statement, and what the SQL expressions in `also` tell, which bind viewer.params."""
    viewer = await records.viewer(tx, actor)
    found: dict[str, Unread] = {}
    told: list[Any] = []
    asked, depth = list(dict.fromkeys(feeds)), FIRST_DEPTH
    while asked or also:
        columns = [*(f"u{n}.*" for n in range(len(asked))), *([also] if also else [])]
        counted = ", ".join(f"({_counted(viewer, feed, n)}) u{n}" for n, feed in enumerate(asked))
        ((*row,),) = await tx.tuples(
            f"select {', '.join(columns)}" + (f" from {counted}" if counted else ""),
            {**viewer.params, **_params(asked), "depth": depth},
        )
        if also:
            told, also = row[3 * len(asked) :], ""
        further = []
        for n, feed in enumerate(asked):
            count, cut, moment = row[3 * n : 3 * n + 3]
            found[feed] = Unread(count, moment)
            # Of some subject there is more than was looked at: look further while that could still change the number.
            if cut and count < MOST:
                further.append(feed)
        asked, depth = further, depth * 4
    return found, told


def _params(feeds: list[str]) -> dict[str, Any]:
    subjects = {n: feed.partition("/")[2] for n, feed in enumerate(feeds)}
    return {f"feed{n}": feed for n, feed in enumerate(feeds)} | {
        f"subject{n}": ids.parse(key) for n, key in subjects.items() if key
    }


def _counted(viewer: records.Viewer, feed: str, n: int) -> str:
    """The statement that counts the feed of number `n`: how much is unread, is there more than was looked at, since when."""
    marker = f"marker as materialized (select {since(f'%(feed{n})s')} as at)"
    if feed == "company":
        return f"with {marker} select ({_company(viewer)}), false, (select at from marker)"
    news = feed == "news"
    followed = GATHERED if news else f"select %(subject{n})s::bigint as id"
    mine = _UNREAD.format(muted="or m.muted_at is not null" if news else "")
    return f"""
      with followed as materialized ({followed}),
      {marker},
      entries as materialized (
        select s.id as subject_id, e.item_id, e.created_at as at from feed_subject s cross join lateral (
          select e.item_id, e.created_at from feed_entry e
          where e.org_id = %(org)s and e.subject_id = s.id and e.created_at > (select at from marker)
          order by e.created_at desc, e.item_id desc limit %(depth)s) e
        where s.org_id = %(org)s and s.id = any(array(select id from followed)) and s.post_bump > (select at from marker))
      select (select count(*) from (
          select 1 from (select item_id, max(at) as at from entries group by item_id order by max(at) desc) e
          cross join lateral (select 1 from feed_item i where i.org_id = %(org)s and i.id = e.item_id
            and {mine} and {sight(viewer)} and {under(viewer, "select id from followed")} offset 0) seen
          limit {MOST}) x),
        exists (select 1 from entries group by subject_id having count(*) >= %(depth)s),
        (select at from marker)"""


def _company(viewer: records.Viewer) -> str:
    """The count of the company's feed: what people say to all first; only where that is too little, what is said on records,
    of which those on which something was said are asked for sight, and not each thing that was said."""
    kinds = "".join(f" and i.kind <> '{kind}'" for kind in NOTED)
    mine = f"i.deleted_at is null {kinds} and {_UNREAD.format(muted='')} and {sight(viewer)}"
    return f"""select count(*) from (
        (select 1 from feed_item i where i.org_id = %(org)s and i.created_at > (select at from marker)
           and i.parent_id >> 48 = {Type.USER:d} and {mine} limit {MOST})
        union all
        (select 1 from (select s.id from feed_subject s where s.org_id = %(org)s and s.id >> 48 <> {Type.USER:d}
            and s.post_bump > (select at from marker) and {records.sees(viewer, "s.id")} offset 0) s
         cross join lateral (select 1 from feed_entry e join feed_item i on i.org_id = %(org)s and i.id = e.item_id
           where e.org_id = %(org)s and e.subject_id = s.id and e.created_at > (select at from marker)
             and i.parent_id = s.id and {mine} limit {MOST}) found)
        limit {MOST}) x"""


async def still_unread(tx: Tx, actor: people.Actor, feed: str, item_ids: list[int]) -> set[int]:
    """Which of these items are unread in a feed for the actor."""
    viewer = await records.viewer(tx, actor)
    return set(
        await tx.values(
            f"""select i.id from feed_item i where i.org_id = %(org)s and i.id = any(%(ids)s::bigint[])
                  and i.created_at > {since("%(feed)s")} and {_UNREAD.format(muted="")} and {sight(viewer)}""",
            {**viewer.params, "feed": feed, "ids": item_ids},
        )
    )


def is_feed(topic: str) -> bool:
    """Is this the live topic of a feed?"""
    kind, _, key = topic.partition("/")
    kinds = {"profile": Type.USER, "topic": Type.TOPIC, "record": None}
    if topic in ("news", "company"):
        return True
    return kind in kinds and kinds[kind] in (None, ids.type_of(ids.parse(key)))
