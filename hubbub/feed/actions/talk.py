"""Comments and likes."""

from psycopg.types.json import Jsonb

from hubbub import people
from hubbub.core import events, ids
from hubbub.core.db import Tx
from hubbub.core.errors import NotFound
from hubbub.core.ids import Type
from hubbub.feed.access import access_comment, access_item, access_like, access_target
from hubbub.feed.actions.bodies import Segment
from hubbub.feed.actions.items import bump


async def comment(tx: Tx, actor: people.Actor, *, item_id: int, body: list[Segment]) -> int:
    """Comment on an item: it moves up in every feed that is ordered by activity."""
    item = await access_item(tx, actor, item_id, to="comment")
    comment_id = await tx.new_id(Type.COMMENT)
    moment = await tx.value(
        """insert into feed_comment (org_id, id, item_id, author_id, body, created_at)
           values (%(org)s, %(id)s, %(item)s, %(author)s, %(body)s, clock_timestamp()) returning created_at""",
        {"id": comment_id, "item": item_id, "author": actor.id, "body": Jsonb(body)},
    )
    await tx.run(
        """update feed_item set comment_count = comment_count + 1, last_activity = %(at)s
           where org_id = %(org)s and id = %(item)s""",
        {"item": item_id, "at": moment},
    )
    moved = await tx.values(
        """update feed_entry set last_activity = %(at)s
           where org_id = %(org)s and item_id = %(item)s and via in ('parent', 'author', 'related') returning subject_id""",
        {"item": item_id, "at": moment},
    )
    await bump(tx, [item.parent_id, item.author_id, *moved], moment)
    await events.record(tx, actor, "feed.comment.created", comment_id, parent=item_id, after={"body": body})
    return comment_id


async def delete_comment(tx: Tx, actor: people.Actor, comment_id: int) -> None:
    """Take a comment away. What was said is kept, and the log tells who took it away."""
    comment = await access_comment(tx, actor, comment_id, to="delete")
    gone = await tx.run(
        """update feed_comment set deleted_at = now(), deleted_by = %(actor)s
           where org_id = %(org)s and id = %(id)s and deleted_at is null""",
        {"id": comment_id, "actor": actor.id},
    )
    if not gone:  # somebody else was quicker
        raise NotFound()
    await tx.run(
        "update feed_item set comment_count = comment_count - 1 where org_id = %(org)s and id = %(item)s",
        {"item": comment.item_id},
    )
    await events.record(tx, actor, "feed.comment.deleted", comment_id, parent=comment.item_id)


async def like(tx: Tx, actor: people.Actor, target_id: int) -> int:
    """Like an item or a comment; who likes it already is told the like that he gave."""
    item_id = await access_target(tx, actor, target_id)
    like_id = await tx.new_id(Type.LIKE)
    given = await tx.run(
        """insert into feed_like (org_id, target_id, user_id, id) values (%(org)s, %(target)s, %(user)s, %(id)s)
           on conflict (org_id, target_id, user_id) do nothing""",
        {"target": target_id, "user": actor.id, "id": like_id},
    )
    if not given:
        return await tx.value(
            "select id from feed_like where org_id = %(org)s and target_id = %(target)s and user_id = %(user)s",
            {"target": target_id, "user": actor.id},
        )
    await _count_like(tx, target_id, +1)
    await events.record(tx, actor, "feed.like.created", target_id, parent=item_id)
    return like_id


async def unlike(tx: Tx, actor: people.Actor, target_id: int) -> None:
    """Take my like back, if there is one."""
    item_id = await access_target(tx, actor, target_id)
    gone = await tx.run(
        "delete from feed_like where org_id = %(org)s and target_id = %(target)s and user_id = %(user)s",
        {"target": target_id, "user": actor.id},
    )
    if gone:
        await _count_like(tx, target_id, -1)
        await events.record(tx, actor, "feed.like.deleted", target_id, parent=item_id)


async def delete_like(tx: Tx, actor: people.Actor, like_id: int) -> None:
    """Take back the like with this id, which must be mine."""
    like = await access_like(tx, actor, like_id, to="delete")
    await unlike(tx, actor, like.target_id)


async def _count_like(tx: Tx, target_id: int, change: int) -> None:
    table = "feed_comment" if ids.type_of(target_id) == Type.COMMENT else "feed_item"
    await tx.run(
        f"update {table} set like_count = like_count + %(change)s where org_id = %(org)s and id = %(id)s",
        {"id": target_id, "change": change},
    )
