"""Which items somebody sees, and which people and topics: written once, as SQL."""

from typing import Any

from hubbub import notify, people, records
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.ids import Type
from hubbub.feed.access.rows import ItemRow

# Tracked changes that nobody liked or commented on leave the feeds after that many days, unless the org says otherwise;
# the history keeps them.
QUIET_DAYS = 45

# What Hubbub itself notes about records.
NOTED = ("TrackedChange", "CreateRecordEvent")


# SQL: the ids (column id) of what %(viewer)s gathers in What I Follow: what he follows, the searches among it, and himself.
GATHERED = f"""{people.FOLLOWED} union select f.followed_id from favorite f
    where f.org_id = %(org)s and f.user_id = %(viewer)s and f.followed_id is not null
  union select %(viewer)s"""


def sight(viewer: records.Viewer, i: str = "i", *, gone: bool = False) -> str:
    """SQL that is true for the items (alias `i`) that the viewer may see; `gone`: that he might, were they not deleted.
    Binds viewer.params.

    An item is seen by who sees its parent; a tracked change only by who may read one of the changed fields. A guest
    sees besides the posts that were shared with him one by one. What a moderator hid is seen by its author and moderators.
    """
    actor = viewer.actor
    granted = f"or {_shared(f'{i}.id', f'{i}.parent_id', '%(viewer)s')}" if actor.guest else ""
    inside = f"and not {i}.internal_only" if actor.guest else ""
    there = "true" if gone else f"{i}.deleted_at is null"
    hidden = "" if actor.moderator else f"and ({i}.hidden_at is null or {i}.author_id = %(viewer)s)"
    return f"""({there} {inside} {hidden}
      and ({i}.field_ids is null or {i}.field_ids && %(readable_fields)s::bigint[])
      and ({i}.field_ids is null or {i}.like_count > 0 or {i}.comment_count > 0 or {i}.body <> '[]' or {i}.created_at > coalesce(
             (select case l.quiet_days when 0 then '-infinity' else now() - make_interval(days => l.quiet_days) end
              from feed_limits l where l.org_id = %(org)s), now() - interval '{QUIET_DAYS} days'))
      and (case when {i}.parent_id >> 48 = {Type.USER:d} then {people.sight(actor, f"{i}.parent_id")}
                else {records.sees(viewer, f"{i}.parent_id")} end {granted}))"""


def comment_sight(actor: people.Actor, c: str = "c") -> str:
    """SQL that is true for the comments (alias `c`) that the actor sees in items that he sees. Binds `viewer`.

    What a moderator hid is deleted to everybody but its author and moderators: whatever asks for no more than what is there
    leaves it out.
    """
    hidden = f"{c}.hidden_at is not null" + ("" if actor.moderator else f" and {c}.author_id = %(viewer)s")
    return f"({c}.deleted_at is null or {hidden})"


def _shared(item: str, parent: str, user: str) -> str:
    """SQL: was the item shared with that guest, and is where it stands not in the bin?"""
    return f"""(exists (select 1 from feed_share given where given.org_id = %(org)s and given.item_id = {item}
        and given.user_id = {user}) and ({parent} >> 48 = {Type.USER:d} or {records.alive(parent)}))"""


def under(viewer: records.Viewer, subjects: str, i: str = "i") -> str:
    """SQL that is true for the items (alias `i`) that the viewer may find under one of the subjects (SQL that tells ids).

    A new record shows under what it points at only for who sees that and may read a field that points at it: for
    others nothing connects the two. Under a search it shows for the words of its comments.
    Whether he may see the item at all is `sight`.
    """
    return f"""({i}.kind <> 'CreateRecordEvent' or {i}.parent_id in ({subjects}) or {i}.author_id in ({subjects})
      or exists (select 1 from feed_entry near where near.org_id = %(org)s and near.item_id = {i}.id
        and near.subject_id in ({subjects}) and (near.via = 'search' or near.via = 'related'
          and near.field_ids && %(readable_fields)s::bigint[] and {records.sees(viewer, "near.subject_id")}) offset 0))"""


def subject_sight(viewer: records.Viewer, id: str) -> str:
    """SQL that is true for the people, records and topics (by the expression `id`) that the viewer may see."""
    return f"""case when {id} >> 48 = {Type.USER:d} then {people.sight(viewer.actor, id)}
                    when {id} >> 48 = {Type.TOPIC:d} then exists (select 1 from topic t
                      where t.org_id = %(org)s and t.id = {id} and {topic_sight(viewer)} offset 0)
                    else {records.sees(viewer, id)} end"""


def topic_sight(viewer: records.Viewer, t: str = "t") -> str:
    """SQL that is true for the topics (alias `t`) that the viewer knows of: what somebody made a topic by itself, everybody
    inside knows; else who sees something under it. Guests know of none."""
    if viewer.actor.guest:
        return "false"
    return f"""({t}.deleted_at is null and {t}.merged_into is null and ({t}.made_by is not null
      or exists (select 1 from feed_entry te join feed_item ti on ti.org_id = %(org)s and ti.id = te.item_id
                 where te.org_id = %(org)s and te.subject_id = {t}.id and {sight(viewer, "ti")} offset 0)
      or exists (select 1 from record_topic tr where tr.org_id = %(org)s and tr.topic_id = {t}.id
                   and {records.sees(viewer, "tr.record_id")} offset 0)))"""


def notice_sight(viewer: records.Viewer) -> notify.Sight:
    """Which of his notices the viewer may read now: those of threads and records that he sees. One that tells of nothing
    but a comment goes with the comment."""
    said = f"""select 1 from feed_comment c where c.org_id = %(org)s and c.id = n.noun_id
      and {comment_sight(viewer.actor)}"""
    return notify.Sight(
        f"""(case when n.thread_id >> 48 = {Type.FEED_ITEM:d} then
               exists (select 1 from feed_item i where i.org_id = %(org)s and i.id = n.thread_id
                 and {sight(viewer)} offset 0)
               and (n.count > 1 or n.noun_id >> 48 <> {Type.COMMENT:d} or exists ({said}))
             when n.thread_id >> 48 = {Type.DIGEST:d} then true  -- it says no more than that there was something to see
             else {subject_sight(viewer, "n.noun_id")} end)""",
        viewer.params,
    )


async def readable(tx: Tx, actor: people.Actor, i: str = "i") -> tuple[str, dict[str, Any]]:
    """The items (alias `i`) that the actor may see, as SQL and what it binds."""
    viewer = await records.viewer(tx, actor)
    return sight(viewer, i), viewer.params


async def who_may_see(tx: Tx, item: ItemRow, users: set[int]) -> set[int]:
    """Which of these users may see the item: the same rule as `sight`, asked once for many people."""
    if ids.type_of(item.parent_id) == Type.USER:
        seeing = await people.colleagues(tx, users) | (users & {item.parent_id})
    else:
        seeing = await records.viewers_of(tx, item.parent_id, users)
    if others := users - seeing:
        guests = people.those_who(f"u.guest and {_shared('%(item)s', '%(parent)s', 'u.id')}")
        params = {"users": list(others), "item": item.id, "parent": item.parent_id}
        seeing = seeing | set(await tx.values(guests, params))
    if seeing and item.internal_only:
        seeing = await people.colleagues(tx, seeing)
    if seeing and item.field_ids is not None:
        seeing = await records.readers_of(tx, item.field_ids, seeing)
    if seeing and item.hidden:
        keeping = people.those_who(f"u.id = %(author)s or {people.able('u', people.MODERATE)}")
        seeing = set(await tx.values(keeping, {"users": list(seeing), "author": item.author_id}))
    return seeing


async def seeing(tx: Tx, actor: people.Actor, item: ItemRow) -> people.Those:
    """Those people who may see the item: the same rule again, for composing into statements that look for people."""
    params = {"item": item.id, "parent": item.parent_id, "author": item.author_id}
    if ids.type_of(item.parent_id) == Type.USER:
        those = people.Those("(not u.guest or u.id = %(parent)s)")
    else:
        those = records.seeing((await records.viewer(tx, actor)).catalog, item.parent_id)
    parts = [f"({those.condition} or u.guest and {_shared('%(item)s', '%(parent)s', 'u.id')})"]
    if item.internal_only:
        parts.append("not u.guest")
    if item.field_ids is not None:
        parts.append(records.reading((await records.viewer(tx, actor)).catalog, item.field_ids))
    if item.hidden:
        parts.append(f"(u.id = %(author)s or {people.able('u', people.MODERATE)})")
    return people.Those(" and ".join(parts), those.ctes, those.params | params)
