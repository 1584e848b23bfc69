"""How much in a feed is new to me: counted over what I see, exactly to 99, then "99+".

An item is unread in a feed when somebody else wrote it after the moment up to which I marked that feed as read (or, while
I never did, in the last 30 days and since I joined), and I have not read it: neither opened it nor scrolled past it on
any device. In What I Follow what I muted is not counted.
"""

from datetime import datetime

import msgspec

from hubbub import people, records
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.ids import Type
from hubbub.feed.access import NOTED, sight, under
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
    viewer = await records.viewer(tx, actor)
    if feed == "company":
        kinds = "".join(f" and i.kind <> '{kind}'" for kind in NOTED)
        ((count, moment),) = await tx.tuples(
            f"""with marker as materialized (select {since("%(feed)s")} as at)
                select (select count(*) from (select 1 from feed_item i
                   where i.org_id = %(org)s and i.deleted_at is null {kinds} and i.created_at > (select at from marker)
                     and {_UNREAD.format(muted="")} and {sight(viewer)} limit {MOST}) x), (select at from marker)""",
            {**viewer.params, "feed": feed},
        )
        return Unread(count, moment)
    subject = ids.parse(feed.partition("/")[2]) if feed != "news" else None
    depth = FIRST_DEPTH
    while True:
        ((count, cut, moment),) = await tx.tuples(
            _under(viewer, news=subject is None),
            {**viewer.params, "feed": feed, "subject": subject, "depth": depth},
        )
        # Of some subject there is more than was looked at: look further while that could still change the number.
        if count >= MOST or not cut:
            return Unread(count, moment)
        depth *= 4


def _under(viewer: records.Viewer, *, news: bool) -> str:
    """The statement for What I Follow, or for the feed of one subject."""
    followed = f"{people.FOLLOWED} union select %(viewer)s" if news else "select %(subject)s::bigint as id"
    muted = "or m.muted_at is not null" if news else ""
    mine = _UNREAD.format(muted=muted)
    return f"""
      with followed as materialized ({followed}),
      marker as materialized (select {since("%(feed)s")} as at),
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
