"""Which items of the feed somebody may see, and what he may do to them."""

import hmac
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from hubbub import notify, people, records
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Forbidden, Invalid, NotFound
from hubbub.core.ids import Type


class ItemRow(msgspec.Struct, frozen=True):
    """A feed item as it is stored."""

    id: int
    kind: str
    parent_id: int
    author_id: int
    internal_only: bool
    field_ids: list[int] | None
    created_at: datetime | None
    closed: bool = False
    seal: bytes | None = None


class CommentRow(msgspec.Struct, frozen=True):
    """A comment as it is stored."""

    id: int
    item_id: int
    author_id: int


def seal_of(tx: Tx, item_id: int, user_id: int) -> bytes:
    """By what a thread that is asked in a record's name knows its asker."""
    return tx.keyed_hash(f"{item_id}:{user_id}")


# SQL: who the viewer is in an item (alias `i`): himself, or the record in whose name he asked. Binds `seals`.
SPEAKER = "case when i.seal = any(%(seals)s::bytea[]) then i.author_id else %(viewer)s end"


def seals(tx: Tx, user_id: int, item_ids: Iterable[int]) -> dict[str, list[bytes]]:
    """What SPEAKER binds for these items."""
    return {"seals": [seal_of(tx, item_id, user_id) for item_id in item_ids]}


def speaks_as(tx: Tx, actor: people.Actor, item_id: int, seal: bytes | None, author_id: int) -> people.Actor:
    """Who writes when the actor does something in a thread: himself; or, where he asked in a record's name, that record,
    of which no log tells from where it came. Whether he may see something is asked of the actor, never of who speaks."""
    if seal is None or not hmac.compare_digest(bytes(seal), seal_of(tx, item_id, actor.id)):
        return actor
    return in_name_of(actor, author_id)


def in_name_of(actor: people.Actor, record_id: int) -> people.Actor:
    """The actor behind a record: he may there what he may, and nothing that is written tells of him."""
    return msgspec.structs.replace(
        actor, user_id=record_id, login_id=None, name="", username="", title=None, role_id=None,
        session_id=None, app_id=None, client=None, address=None, request_id=None,
    )  # fmt: skip


def in_thread(tx: Tx, actor: people.Actor, item: ItemRow) -> people.Actor:
    """The same, of an item as it is stored."""
    return speaks_as(tx, actor, item.id, item.seal, item.author_id)


class LikeRow(msgspec.Struct, frozen=True):
    """A like of an item or a comment, with the item that it belongs to."""

    id: int
    target_id: int
    user_id: int


# Tracked changes that nobody liked or commented on leave the feeds after that many days, unless the org says otherwise;
# the history keeps them.
QUIET_DAYS = 45

# What Hubbub itself notes about records.
NOTED = ("TrackedChange", "CreateRecordEvent")


def sight(viewer: records.Viewer, i: str = "i", *, gone: bool = False) -> str:
    """SQL that is true for the items (alias `i`) that the viewer may see; `gone`: that he might, were they not deleted.
    Binds viewer.params.

    An item is seen by who sees its parent; a tracked change only by who may read one of the changed fields. A guest
    sees besides the posts that were shared with him one by one.
    """
    actor = viewer.actor
    granted = f"or {_shared(f'{i}.id', f'{i}.parent_id', '%(viewer)s')}" if actor.guest else ""
    inside = f"and not {i}.internal_only" if actor.guest else ""
    there = "true" if gone else f"{i}.deleted_at is null"
    return f"""({there} {inside}
      and ({i}.field_ids is null or {i}.field_ids && %(readable_fields)s::bigint[])
      and ({i}.field_ids is null or {i}.like_count > 0 or {i}.comment_count > 0 or {i}.body <> '[]' or {i}.created_at > coalesce(
             (select case l.quiet_days when 0 then '-infinity' else now() - make_interval(days => l.quiet_days) end
              from feed_limits l where l.org_id = %(org)s), now() - interval '{QUIET_DAYS} days'))
      and (case when {i}.parent_id >> 48 = {Type.USER:d} then {people.sight(actor, f"{i}.parent_id")}
                else {records.sees(viewer, f"{i}.parent_id")} end {granted}))"""


def _shared(item: str, parent: str, user: str) -> str:
    """SQL: was the item shared with that guest, and is where it stands not in the bin?"""
    return f"""(exists (select 1 from feed_share given where given.org_id = %(org)s and given.item_id = {item}
        and given.user_id = {user}) and ({parent} >> 48 = {Type.USER:d} or {records.alive(parent)}))"""


def under(viewer: records.Viewer, subjects: str, i: str = "i") -> str:
    """SQL that is true for the items (alias `i`) that the viewer may find under one of the subjects (SQL that tells ids).

    A new record shows under what it points at only for who sees that and may read a field that points at it: for
    others nothing connects the two. Whether he may see the item at all is `sight`.
    """
    return f"""({i}.kind <> 'CreateRecordEvent' or {i}.parent_id in ({subjects}) or {i}.author_id in ({subjects})
      or exists (select 1 from feed_entry near where near.org_id = %(org)s and near.item_id = {i}.id
        and near.via = 'related' and near.subject_id in ({subjects})
        and near.field_ids && %(readable_fields)s::bigint[] and {records.sees(viewer, "near.subject_id")} offset 0))"""


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
    said = (
        "select 1 from feed_comment c where c.org_id = %(org)s and c.id = n.noun_id and c.deleted_at is null"
    )
    return notify.Sight(
        f"""(case when n.thread_id >> 48 = {Type.FEED_ITEM:d} then
               exists (select 1 from feed_item i where i.org_id = %(org)s and i.id = n.thread_id
                 and {sight(viewer)} offset 0)
               and (n.count > 1 or n.noun_id >> 48 <> {Type.COMMENT:d} or exists ({said}))
             else {subject_sight(viewer, "n.noun_id")} end)""",
        viewer.params,
    )


async def stored_item(tx: Tx, item_id: int) -> ItemRow | None:
    """An item as it is stored, unless it was taken away; for what is done in nobody's name."""
    return await tx.row(
        """select id, kind, parent_id, author_id, internal_only, field_ids, created_at, closed_at is not null, seal
           from feed_item where org_id = %(org)s and id = %(id)s and deleted_at is null""",
        {"id": item_id},
        into=ItemRow,
    )


async def access_item(tx: Tx, actor: people.Actor, item_id: int, to: str = "read") -> ItemRow:
    """The item, if the actor may `read` it, `comment` or `vote` on it, `like` it, `delete` it, or `share` it with a guest."""
    viewer = await records.viewer(tx, actor)
    item = await tx.row(
        f"""select i.id, i.kind, i.parent_id, i.author_id, i.internal_only, i.field_ids, i.created_at,
                   i.closed_at is not null, i.seal
            from feed_item i where i.org_id = %(org)s and i.id = %(id)s and {sight(viewer)}""",
        {"id": item_id, **viewer.params},
        into=ItemRow,
    )
    if item is None:
        raise NotFound()
    if to in ("comment", "vote") and item.closed:
        raise closed()
    him = in_thread(tx, actor, item)
    if to == "delete" and not may_delete(him, item.author_id, item.parent_id, item.kind):
        raise Forbidden("Only its author and moderators may delete a post.")
    if to == "share" and not await may_share(
        tx, actor, item.parent_id, item.author_id, item.kind, item.internal_only
    ):
        raise Forbidden("You may not share this post with guests.")
    return item


def closed() -> Invalid:
    """Why nobody comments, votes or answers there."""
    return Invalid("INVALID_OPERATION", "This thread is closed. Its author or a moderator can open it again.")


async def access_comment(tx: Tx, actor: people.Actor, comment_id: int, to: str = "read") -> CommentRow:
    """The comment, if the actor may see its item, or may `vote` there, or `delete` the comment."""
    comment = await tx.row(
        """select id, item_id, author_id from feed_comment
           where org_id = %(org)s and id = %(id)s and deleted_at is null""",
        {"id": comment_id},
        into=CommentRow,
    )
    if comment is None:
        raise NotFound()
    item = await access_item(tx, actor, comment.item_id, to="vote" if to == "vote" else "read")
    him = in_thread(tx, actor, item)
    if to == "delete" and comment.author_id != him.id and not him.moderator:
        raise Forbidden("Only its author and moderators may delete a comment.")
    return comment


async def access_like(tx: Tx, actor: people.Actor, like_id: int, to: str = "read") -> LikeRow:
    """The like, if the actor may see what is liked, or for `delete` if it is his."""
    like = await tx.row(
        "select id, target_id, user_id from feed_like where org_id = %(org)s and id = %(id)s",
        {"id": like_id},
        into=LikeRow,
    )
    if like is None:
        raise NotFound()
    item = await access_target(tx, actor, like.target_id)
    if to == "delete" and like.user_id != in_thread(tx, actor, item).id:
        raise Forbidden("Only who liked it may take the like back.")
    return like


async def access_target(tx: Tx, actor: people.Actor, target_id: int, to: str = "read") -> ItemRow:
    """The item that a likeable thing (an item or one of its comments) belongs to, if the actor may `read` it or `vote` on
    it."""
    if ids.type_of(target_id) != Type.COMMENT:
        return await access_item(tx, actor, target_id, to)
    item_id = await tx.value(
        "select item_id from feed_comment where org_id = %(org)s and id = %(id)s and deleted_at is null",
        {"id": target_id},
    )
    if item_id is None:
        raise NotFound()
    return await access_item(tx, actor, item_id, to)


async def readable(tx: Tx, actor: people.Actor, i: str = "i") -> tuple[str, dict[str, Any]]:
    """The items (alias `i`) that the actor may see, as SQL and what it binds."""
    viewer = await records.viewer(tx, actor)
    return sight(viewer, i), viewer.params


UNDO_HOURS = 24


async def access_gone_item(tx: Tx, actor: people.Actor, item_id: int) -> ItemRow:
    """A deleted item, if the actor may restore it: who deleted it for a day, and moderators."""
    viewer = await records.viewer(tx, actor)
    found = await tx.tuples(
        f"""select i.deleted_by, {_LATELY.format("i")}, i.id, i.kind, i.parent_id, i.author_id, i.internal_only, i.field_ids,
                   i.created_at, i.closed_at is not null, i.seal
            from feed_item i where i.org_id = %(org)s and i.id = %(id)s and i.deleted_at is not null
              and {sight(viewer, gone=True)}""",
        {"id": item_id, **viewer.params},
    )
    if not found:
        raise NotFound()
    by, lately, *row = found[0]
    item = ItemRow(*row)
    if not (actor.moderator or (lately and by == in_thread(tx, actor, item).id)):
        raise NotFound()
    return item


async def access_gone_comment(tx: Tx, actor: people.Actor, comment_id: int) -> ItemRow:
    """The item of a deleted comment, if the actor sees that and may restore the comment."""
    found = await tx.tuples(
        f"""select c.item_id, c.deleted_by, {_LATELY.format("c")} from feed_comment c
            where c.org_id = %(org)s and c.id = %(id)s and c.deleted_at is not null""",
        {"id": comment_id},
    )
    if not found:
        raise NotFound()
    item_id, by, lately = found[0]
    item = await access_item(tx, actor, item_id)
    if not (actor.moderator or (lately and by == in_thread(tx, actor, item).id)):
        raise NotFound()
    return item


_LATELY = f"{{0}}.deleted_at > now() - interval '{UNDO_HOURS} hours'"


async def access_move(tx: Tx, actor: people.Actor, item_id: int, record_id: int | None = None) -> ItemRow:
    """The item, if the actor may attach it to a record (that record, if it is named): its author and moderators may, of
    what stands on a profile, where they may post."""
    item = await access_item(tx, actor, item_id)
    if not may_move(actor, item.author_id, item.parent_id, item.kind):
        raise Forbidden(
            "Only its author and moderators attach a post to a record, while it stands on a profile."
        )
    if record_id is not None:
        if ids.type_of(record_id) in (Type.USER, Type.TOPIC):
            raise Invalid("INVALID_INPUT", "A post is attached to a record.", fields=["subjectId"])
        await access_subject(tx, actor, record_id, to="post")
    return item


async def access_subject(tx: Tx, actor: people.Actor, subject_id: int, to: str = "read") -> None:
    """A person, record or topic that the actor may see (`read`), follow, or post on (`post`)."""
    match ids.type_of(subject_id):
        case Type.USER:
            await people.access_user(tx, actor, subject_id)
            if to == "post" and actor.guest:
                raise Forbidden("Guests write where something was shared with them.")
        case Type.TOPIC:
            if to == "post" or await access_topic(tx, actor, subject_id) != subject_id:
                raise NotFound()
        case type if type in records.RECORD_TYPES or type >= ids.FIRST_CUSTOM_OBJECT:
            await records.access_record(tx, actor, subject_id)
        case _:
            raise NotFound()


async def access_question(tx: Tx, actor: people.Actor, item_id: int, to: str = "read") -> ItemRow:
    """The question, if the actor sees it, or may `choose` its best answer."""
    item = await access_item(tx, actor, item_id)
    if item.kind != "QuestionPost":
        raise NotFound()
    if to == "choose":
        params = {"parent": item.parent_id, "viewer": actor.id}
        owns = await tx.value(f"select {records.owns('%(parent)s')}", params)
        if not may_choose_best(in_thread(tx, actor, item), item.author_id, owns):
            raise Forbidden("Only who asked, the record's owner and moderators choose the best answer.")
    return item


async def access_answer(tx: Tx, actor: people.Actor, comment_id: int, to: str = "read") -> CommentRow:
    """The comment, if it answers a question that the actor sees, and if he may `verify` answers."""
    found = await tx.tuples(
        """select c.id, c.item_id, c.author_id, c.level, i.kind from feed_comment c
           join feed_item i on i.org_id = %(org)s and i.id = c.item_id
           where c.org_id = %(org)s and c.id = %(id)s and c.deleted_at is null""",
        {"id": comment_id},
    )
    if not found:
        raise NotFound()
    *row, level, kind = found[0]
    answer = CommentRow(*row)
    await access_item(tx, actor, answer.item_id)
    if kind != "QuestionPost" or level:
        raise Invalid("INVALID_INPUT", "That is not an answer to a question.")
    if to == "verify" and not actor.moderator:
        raise Forbidden("Only moderators verify answers.")
    return answer


class StreamRow(msgspec.Struct, frozen=True):
    """A stream as it is stored."""

    name: str
    description: str | None


async def access_stream(tx: Tx, actor: people.Actor, stream_id: int) -> StreamRow:
    """The stream, if it is the actor's: nobody else knows of it."""
    found = await tx.row(
        "select name, description from stream where org_id = %(org)s and id = %(id)s and owner_id = %(me)s",
        {"id": stream_id, "me": actor.id},
        into=StreamRow,
    )
    if found is None:
        raise NotFound()
    return found


class FavoriteRow(msgspec.Struct, frozen=True):
    """A favourite as it is stored: a search, or a topic."""

    search: str | None
    topic_id: int | None


async def access_favorite(tx: Tx, actor: people.Actor, favorite_id: int) -> FavoriteRow:
    """The favourite, if it is the actor's and he still sees its topic."""
    found = await tx.row(
        """select search_text, target_id from favorite
           where org_id = %(org)s and id = %(id)s and user_id = %(me)s""",
        {"id": favorite_id, "me": actor.id},
        into=FavoriteRow,
    )
    if found is None:
        raise NotFound()
    if found.topic_id is not None:
        await access_subject(tx, actor, found.topic_id)
    return found


async def access_topic(tx: Tx, actor: people.Actor, topic_id: int, to: str = "read") -> int:
    """The topic's id, if the actor knows of it, or may `change` it. One that was merged into another is that other."""
    viewer = await records.viewer(tx, actor)
    found = await tx.value(
        f"""select t.id from topic t where t.org_id = %(org)s and {topic_sight(viewer)} and t.id = (
              select coalesce(a.merged_into, a.id) from topic a where a.org_id = %(org)s and a.id = %(topic)s)""",
        {"topic": topic_id, **viewer.params},
    )
    if found is None:
        raise NotFound()
    if to == "change" and not actor.moderator:
        raise Forbidden("Only moderators rename, describe, merge and delete topics.")
    return found


async def access_tagged(tx: Tx, actor: people.Actor, tagged_id: int, to: str = "read") -> people.Actor:
    """Who speaks on a post or record that the actor may see; to `tag` it: authors, who may edit the record, and moderators.
    Guests know of no topics."""
    if actor.guest:
        raise NotFound()
    if ids.type_of(tagged_id) != Type.FEED_ITEM:
        await access_subject(tx, actor, tagged_id)
        if ids.type_of(tagged_id) in (Type.USER, Type.TOPIC):
            raise NotFound()
        if to == "tag" and not await may_tag(tx, actor, tagged_id):
            raise Forbidden("Only who may edit this record, and moderators, choose its topics.")
        return actor
    item = await access_item(tx, actor, tagged_id)
    him = in_thread(tx, actor, item)
    if item.kind in NOTED:
        raise Invalid("INVALID_OPERATION", "What Hubbub notes about records has no topics.")
    if to == "tag" and item.author_id != him.id and not await may_tag(tx, actor, item.parent_id):
        raise Forbidden("Only its author, who may edit the record, and moderators choose a post's topics.")
    return him


async def may_tag(tx: Tx, actor: people.Actor, place_id: int) -> bool:
    """Does the actor choose topics there, whoever wrote it: as a moderator, or as one who may edit the record?"""
    if actor.guest or actor.moderator or ids.type_of(place_id) == Type.USER:
        return actor.moderator
    return (await records.access_record(tx, actor, place_id)).editable


def may_delete(actor: people.Actor, author_id: int, parent_id: int, kind: str) -> bool:
    """Authors, moderators, and people on posts of their own profile. What Hubbub itself wrote stays, moderators aside."""
    if actor.moderator:
        return True
    return kind not in NOTED and actor.id in (author_id, parent_id)


def may_edit(actor: people.Actor, author_id: int, kind: str, owns: bool) -> bool:
    """Authors, who `owns` the record that is talked about, and moderators. What Hubbub itself wrote is nobody's to edit."""
    return kind not in NOTED and (actor.moderator or owns or actor.id == author_id)


def may_close(actor: people.Actor, author_id: int, owns: bool) -> bool:
    """Authors, who `owns` the record that is talked about, and moderators end a thread and open it again."""
    return actor.moderator or owns or actor.id == author_id


def may_choose_best(actor: people.Actor, author_id: int, owns: bool) -> bool:
    """Who asked, who `owns` the record that is asked about, and moderators say which answer is the best."""
    return actor.moderator or owns or actor.id == author_id


def may_publish(actor: people.Actor, author_id: int) -> bool:
    """Who asked and moderators publish the answer without who asked."""
    return not actor.guest and (actor.moderator or actor.id == author_id)


def may_move(actor: people.Actor, author_id: int, parent_id: int, kind: str) -> bool:
    """Authors and moderators attach to a record what people said on a profile."""
    loose = ids.type_of(parent_id) == Type.USER and kind not in NOTED
    return loose and not actor.guest and (actor.moderator or actor.id == author_id)


def may_pin(actor: people.Actor, subject_id: int, owns: bool) -> bool:
    """What stands on top of a feed: a record's owner decides, a person on his own profile, and moderators."""
    return not actor.guest and (actor.moderator or owns or actor.id == subject_id)


async def may_share(
    tx: Tx, actor: people.Actor, parent_id: int, author_id: int, kind: str, internal_only: bool
) -> bool:
    """Posts on a record by who may share the record, those on a profile by their author and whose profile it is. What is
    said among colleagues, and what Hubbub notes, is not for guests."""
    # What is said in a record's name names the record, which a guest who sees the post alone must not learn.
    if actor.guest or internal_only or kind in NOTED or ids.type_of(author_id) != Type.USER:
        return False
    if ids.type_of(parent_id) == Type.USER:
        return actor.moderator or actor.id in (author_id, parent_id)
    return (await records.access_record(tx, actor, parent_id)).owned


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
    return seeing


async def seeing(tx: Tx, actor: people.Actor, item: ItemRow) -> people.Those:
    """Those people who may see the item: the same rule again, for composing into statements that look for people."""
    params = {"item": item.id, "parent": item.parent_id}
    if ids.type_of(item.parent_id) == Type.USER:
        those = people.Those("(not u.guest or u.id = %(parent)s)")
    else:
        those = records.seeing((await records.viewer(tx, actor)).catalog, item.parent_id)
    parts = [f"({those.condition} or u.guest and {_shared('%(item)s', '%(parent)s', 'u.id')})"]
    if item.internal_only:
        parts.append("not u.guest")
    if item.field_ids is not None:
        parts.append(records.reading((await records.viewer(tx, actor)).catalog, item.field_ids))
    return people.Those(" and ".join(parts), those.ctes, those.params | params)
