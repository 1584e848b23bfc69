"""Comments and likes."""

from psycopg.types.json import Jsonb

from hubbub import notify, people
from hubbub.core import events, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.ids import Type
from hubbub.feed.access import (
    access_comment,
    access_item,
    access_like,
    access_target,
    closed,
    in_thread,
)
from hubbub.feed.actions.bodies import Segment, mentioned
from hubbub.feed.actions.images import hold_images
from hubbub.feed.actions.items import bump
from hubbub.feed.actions.restoring import count_reply, take_out
from hubbub.feed.actions.telling import to_tell

DEEPEST = 2
# The faces that a like may have; on the wire each is a like.
FACES = ("like", "love", "laugh", "wow", "sad", "thanks")


async def comment(
    tx: Tx, actor: people.Actor, *, item_id: int, body: list[Segment], thread_parent_id: int | None = None
) -> int:
    """Comment on an item, or reply to one of its comments: it moves up in every feed that is ordered by activity.

    Threads have three levels: a reply to one of the third stands beside it.
    """
    item = await access_item(tx, actor, item_id, to="comment")
    him = in_thread(tx, actor, item)
    parent_id, level = await _place(tx, item_id, thread_parent_id)
    comment_id = await tx.new_id(Type.COMMENT)
    moment = await tx.value(
        """insert into feed_comment (org_id, id, item_id, author_id, body, thread_parent_id, level, created_at)
           values (%(org)s, %(id)s, %(item)s, %(author)s, %(body)s, %(parent)s, %(level)s, clock_timestamp())
           returning created_at""",
        {
            "id": comment_id,
            "item": item_id,
            "author": him.id,
            "body": Jsonb(body),
            "parent": parent_id,
            "level": level,
        },
    )
    await hold_images(tx, actor, him, body, item_id, comment_id)
    if not await tx.run(
        """update feed_item set comment_count = comment_count + 1, last_activity = %(at)s
           where org_id = %(org)s and id = %(item)s and closed_at is null""",
        {"item": item_id, "at": moment},
    ):
        raise closed()  # meanwhile
    await count_reply(tx, parent_id, +1)
    moved, found = (
        await tx.tuples(
            """with moved as (
                 update feed_entry set last_activity = %(at)s
                 where org_id = %(org)s and item_id = %(item)s and via in ('parent', 'author', 'related', 'search')
                 returning subject_id),
               found as (
                 insert into feed_entry (org_id, subject_id, item_id, via, question, created_at, last_activity)
                 select %(org)s, s.id, i.id, 'search', i.kind = 'QuestionPost', i.created_at, %(at)s
                 from feed_comment c, feed_item i, followed_search s
                 where c.org_id = %(org)s and c.id = %(comment)s and i.org_id = %(org)s and i.id = c.item_id
                   and s.org_id = %(org)s and c.words @@ s.query
                 on conflict (org_id, subject_id, item_id) do nothing returning subject_id)
               select array(select subject_id from moved), array(select subject_id from found)""",
            {"item": item_id, "comment": comment_id, "at": moment},
        )
    )[0]
    await bump(tx, [item.parent_id, item.author_id, *moved], moment)
    if found:  # searches that people follow, whose words this comment says
        await bump(tx, found, moment, post=True)
    named = dict.fromkeys(mentioned(body), "mentioned_comment")
    told = await to_tell(tx, actor, item, named, commented=True)
    await notify.tell(tx, told, comment_id, thread_id=item_id, by=him.id)
    await events.record(tx, him, "feed.comment.created", comment_id, parent=item_id, after={"body": body})
    return comment_id


async def _place(tx: Tx, item_id: int, answered_id: int | None) -> tuple[int | None, int]:
    """Under which comment a reply to this one stands, and on which level."""
    if answered_id is None:
        return None, 0
    found = await tx.tuples(
        """select level, thread_parent_id from feed_comment
           where org_id = %(org)s and id = %(id)s and item_id = %(item)s and deleted_at is null""",
        {"id": answered_id, "item": item_id},
    )
    if not found:
        raise Invalid("INVALID_INPUT", "The comment that you reply to is gone.", fields=["threadParentId"])
    level, above = found[0]
    return (answered_id, level + 1) if level < DEEPEST else (above, DEEPEST)


async def delete_comment(tx: Tx, actor: people.Actor, comment_id: int) -> None:
    """Take a comment away. What was said is kept, and the log tells who took it away."""
    comment = await access_comment(tx, actor, comment_id, to="delete")
    him = in_thread(tx, actor, await access_item(tx, actor, comment.item_id))
    if comment.hidden:  # it stays in the name of who hid it: its author cannot restore it
        gone = await tx.run(
            """update feed_comment set hidden_at = null
               where org_id = %(org)s and id = %(id)s and hidden_at is not null""",
            {"id": comment_id},
        )
    else:
        gone = await take_out(tx, comment_id, comment.item_id, him.id)
    if not gone:  # somebody else was quicker
        raise NotFound()
    await events.record(tx, him, "feed.comment.deleted", comment_id, parent=comment.item_id)


async def like(tx: Tx, actor: people.Actor, target_id: int, face: str = "like") -> int:
    """Like an item or a comment, with one of the faces; who likes it already keeps his like and may change its face."""
    item = await access_target(tx, actor, target_id)
    him, item_id = in_thread(tx, actor, item), item.id
    if face not in FACES:
        raise Invalid("INVALID_INPUT", "face is one of {choices}.", fields=["face"], choices=", ".join(FACES))
    mine = {"target": target_id, "user": him.id, "face": face, "id": await tx.new_id(Type.LIKE)}
    given = await tx.run(
        """insert into feed_like (org_id, target_id, user_id, id, face)
           values (%(org)s, %(target)s, %(user)s, %(id)s, %(face)s)
           on conflict (org_id, target_id, user_id) do nothing""",
        mine,
    )
    if given:
        author_id = await _count_like(tx, target_id, +1)
        if author_id != him.id:
            told = await to_tell(tx, actor, item, {author_id: "liked"})
            await notify.tell(tx, told, target_id, thread_id=item_id, by=him.id)
        await events.record(tx, him, "feed.like.created", target_id, parent=item_id, after={"face": face})
        return mine["id"]
    if await tx.run(
        """update feed_like set face = %(face)s
           where org_id = %(org)s and target_id = %(target)s and user_id = %(user)s and face <> %(face)s""",
        mine,
    ):
        await events.record(tx, him, "feed.like.changed", target_id, parent=item_id, after={"face": face})
    return await tx.value(
        "select id from feed_like where org_id = %(org)s and target_id = %(target)s and user_id = %(user)s",
        mine,
    )


async def unlike(tx: Tx, actor: people.Actor, target_id: int) -> None:
    """Take my like back, if there is one."""
    item = await access_target(tx, actor, target_id)
    him = in_thread(tx, actor, item)
    gone = await tx.run(
        "delete from feed_like where org_id = %(org)s and target_id = %(target)s and user_id = %(user)s",
        {"target": target_id, "user": him.id},
    )
    if gone:
        if await _count_like(tx, target_id, -1) != him.id:
            await notify.take_back(tx, item.id, "liked", him.id)
        await events.record(tx, him, "feed.like.deleted", target_id, parent=item.id)


async def delete_like(tx: Tx, actor: people.Actor, like_id: int) -> None:
    """Take back the like with this id, which must be mine."""
    like = await access_like(tx, actor, like_id, to="delete")
    await unlike(tx, actor, like.target_id)


async def _count_like(tx: Tx, target_id: int, change: int) -> int:
    """Whose post or comment it is."""
    table = "feed_comment" if ids.type_of(target_id) == Type.COMMENT else "feed_item"
    return await tx.value(
        f"""update {table} set like_count = like_count + %(change)s where org_id = %(org)s and id = %(id)s
            returning author_id""",
        {"id": target_id, "change": change},
    )
