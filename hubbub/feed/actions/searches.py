"""Following a search: what says its words stands under it, as other posts stand under topics, and so in What I Follow.

What is posted is compared with the searches that somebody follows; nothing is searched when a feed is read.
"""

from datetime import datetime

from hubbub import people
from hubbub.core import events
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid
from hubbub.core.ids import Type
from hubbub.feed.access import access_favorite, read_words
from hubbub.feed.actions.items import bump

MOST_SEARCHES = 25
# How far back a search looks that nobody has followed before: among so many of the org's newest items.
FIRST_LOOK = 5000

# SQL: does an item (alias `i`), or one of its comments, say the words of a search (an expression)?
_SAYS = """(i.words @@ {query} or exists (select 1 from feed_comment c where c.org_id = %(org)s and c.item_id = i.id
   and c.deleted_at is null and c.words @@ {query} offset 0))"""


async def follow_search(tx: Tx, actor: people.Actor, favorite_id: int) -> None:
    """Follow a search that I keep: what says its words, and I may see, arrives in What I Follow."""
    kept = await access_favorite(tx, actor, favorite_id)
    if kept.search is None:
        raise Invalid(
            "INVALID_INPUT",
            "A topic is followed by itself: POST its id to following; a list view is only kept.",
        )
    words = await read_words(tx, kept.search)
    if words is None or words.patterns:
        raise Invalid(
            "INVALID_INPUT",
            "A search is followed by whole words, or by how they begin (tide*); this one can only be kept.",
            fields=["followed"],
        )
    search_id = await tx.new_id(Type.FOLLOWED_SEARCH)
    found, new = (
        await tx.tuples(
            """insert into followed_search as s (org_id, id, query) values (%(org)s, %(id)s, %(query)s::tsquery)
               on conflict (org_id, query) do update set query = excluded.query where s.org_id = %(org)s
               returning id, id = %(id)s""",
            {"id": search_id, "query": words.query},
        )
    )[0]
    changed = await tx.run(
        """update favorite k set followed_id = %(search)s
           where k.org_id = %(org)s and k.id = %(id)s and k.followed_id is distinct from %(search)s
             and (select count(*) from favorite f where f.org_id = %(org)s and f.user_id = %(me)s
                    and f.followed_id is not null) < %(most)s""",
        {"id": favorite_id, "search": found, "me": actor.id, "most": MOST_SEARCHES},
    )
    if not changed:
        if kept.followed_id == found:
            return
        raise Invalid(
            "LIMIT_EXCEEDED", "At most {most} searches are followed: unfollow one first.", most=MOST_SEARCHES
        )
    if new:
        await _look_back(tx, found)
    await events.record(tx, actor, "feed.favorite.followed", favorite_id)


async def unfollow_search(tx: Tx, actor: people.Actor, favorite_id: int) -> None:
    """Follow a search no more; it stays kept."""
    kept = await access_favorite(tx, actor, favorite_id)
    if kept.followed_id is None:
        return
    await tx.run(
        "update favorite set followed_id = null where org_id = %(org)s and id = %(id)s", {"id": favorite_id}
    )
    await leave_search(tx, kept.followed_id)
    await events.record(tx, actor, "feed.favorite.unfollowed", favorite_id)


async def leave_search(tx: Tx, search_id: int) -> None:
    """Compare nothing with a search any more that nobody follows, and forget what stands under it."""
    # Locked first: who follows it at this moment either has it still, or makes it anew.
    search = {"id": search_id}
    await tx.run("select 1 from followed_search where org_id = %(org)s and id = %(id)s for update", search)
    gone = await tx.run(
        """delete from followed_search s where s.org_id = %(org)s and s.id = %(id)s and not exists (
             select 1 from favorite f where f.org_id = %(org)s and f.followed_id = %(id)s)""",
        search,
    )
    if gone:
        await tx.run("delete from feed_entry where org_id = %(org)s and subject_id = %(id)s", search)
        await tx.run("delete from feed_subject where org_id = %(org)s and id = %(id)s", search)


async def _look_back(tx: Tx, search_id: int) -> None:
    """What the newest items of the org say stands under a search that is new."""
    moment = await tx.value(
        f"""with newest as materialized (
              select i.id, i.kind, i.created_at, i.last_activity, i.words from feed_item i
              where i.org_id = %(org)s and i.deleted_at is null
              order by i.created_at desc, i.id desc limit {FIRST_LOOK}),
            made as (
              insert into feed_entry (org_id, subject_id, item_id, via, question, created_at, last_activity)
              select %(org)s, s.id, i.id, 'search', i.kind = 'QuestionPost', i.created_at, i.last_activity
              from newest i, followed_search s
              where s.org_id = %(org)s and s.id = %(search)s and {_SAYS.format(query="s.query")}
              returning last_activity)
            select max(last_activity) from made""",
        {"search": search_id},
    )
    if moment is not None:
        await bump(tx, [search_id], moment, post=True)


async def find_again(tx: Tx, item_id: int) -> None:
    """After what an item or one of its comments says has changed: the followed searches under which it stands."""
    item = {"item": item_id}
    await tx.run(
        f"""delete from feed_entry e using followed_search s, feed_item i
            where e.org_id = %(org)s and e.item_id = %(item)s and e.via = 'search'
              and s.org_id = %(org)s and s.id = e.subject_id and i.org_id = %(org)s and i.id = e.item_id
              and not {_SAYS.format(query="s.query")}""",
        item,
    )
    found = await tx.tuples(
        f"""insert into feed_entry (org_id, subject_id, item_id, via, question, created_at, last_activity)
            select %(org)s, s.id, i.id, 'search', i.kind = 'QuestionPost', i.created_at, i.last_activity
            from feed_item i, followed_search s
            where i.org_id = %(org)s and i.id = %(item)s and s.org_id = %(org)s and {_SAYS.format(query="s.query")}
            order by s.id
            on conflict (org_id, subject_id, item_id) do nothing returning subject_id, last_activity""",
        item,
    )
    if found:
        moment: datetime = found[0][1]
        await bump(tx, [subject for subject, _ in found], moment, post=True)
