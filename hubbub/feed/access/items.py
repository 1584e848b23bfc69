"""Items, comments and likes by their ids: for who sees them, and may do what he wants to."""

from hubbub import people, records
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Forbidden, Invalid, NotFound
from hubbub.core.ids import Type
from hubbub.feed.access.rights import may_choose_best, may_delete, may_share
from hubbub.feed.access.rows import CommentRow, ItemRow, LikeRow
from hubbub.feed.access.seen import comment_sight, sight, who_may_see
from hubbub.feed.access.speaking import in_thread


async def stored_item(tx: Tx, item_id: int) -> ItemRow | None:
    """An item as it is stored, unless it was taken away; for what is done in nobody's name."""
    return await tx.row(
        """select id, kind, parent_id, author_id, internal_only, field_ids, created_at, closed_at is not null, seal,
             hidden_at is not null
           from feed_item where org_id = %(org)s and id = %(id)s and deleted_at is null""",
        {"id": item_id},
        into=ItemRow,
    )


async def access_item(tx: Tx, actor: people.Actor, item_id: int, to: str = "read") -> ItemRow:
    """The item, if the actor may `read` it, `comment` or `vote` on it, `like` it, `delete` it, or `share` it with a guest."""
    viewer = await records.viewer(tx, actor)
    item = await tx.row(
        f"""select i.id, i.kind, i.parent_id, i.author_id, i.internal_only, i.field_ids, i.created_at,
                   i.closed_at is not null, i.seal, i.hidden_at is not null
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
    """The comment, if the actor may see its item, or may `vote` there, or `delete` or `hide` the comment. A hidden one is
    there for its author and moderators, to `see`, `delete` or `hide`."""
    there = comment_sight(actor) if to in ("see", "delete", "hide") else "c.deleted_at is null"
    comment = await tx.row(
        f"""select c.id, c.item_id, c.author_id, c.hidden_at is not null from feed_comment c
            where c.org_id = %(org)s and c.id = %(id)s and {there}""",
        {"id": comment_id, "viewer": actor.id},
        into=CommentRow,
    )
    if comment is None:
        raise NotFound()
    item = await access_item(tx, actor, comment.item_id, to="vote" if to == "vote" else "read")
    him = in_thread(tx, actor, item)
    if to == "delete" and comment.author_id != him.id and not him.moderator:
        raise Forbidden("Only its author and moderators may delete a comment.")
    if to == "hide" and not him.moderator:
        raise Forbidden("Only moderators hide comments and show them again.")
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


UNDO_HOURS = 24


_LATELY = f"{{0}}.deleted_at > now() - interval '{UNDO_HOURS} hours'"


async def access_gone_item(tx: Tx, actor: people.Actor, item_id: int) -> ItemRow:
    """A deleted item, if the actor may restore it: who deleted it for a day, and moderators."""
    viewer = await records.viewer(tx, actor)
    found = await tx.tuples(
        f"""select i.deleted_by, {_LATELY.format("i")}, i.id, i.kind, i.parent_id, i.author_id, i.internal_only, i.field_ids,
                   i.created_at, i.closed_at is not null, i.seal, i.hidden_at is not null
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
    """The item of a deleted comment, if the actor sees that and may restore the comment; one that was hidden is for
    moderators."""
    found = await tx.tuples(
        f"""select c.item_id, c.deleted_by, c.hidden_at is null and {_LATELY.format("c")} from feed_comment c
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


async def thread_readers(tx: Tx, thread_id: int, users: set[int]) -> set[int]:
    """Which of these users may see what they were told of: an item, a record, a person, or their own digest."""
    match ids.type_of(thread_id):
        case Type.FEED_ITEM:
            item = await stored_item(tx, thread_id)
            return await who_may_see(tx, item, users) if item else set()
        case Type.USER:
            return users & await people.colleagues(tx, users)
        case Type.DIGEST:
            return users
    return await records.viewers_of(tx, thread_id, users)
