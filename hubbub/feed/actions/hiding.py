"""Hiding posts and comments: moderators take them out of everybody's sight but the author's and their own, and can show them
again."""

import msgspec

from hubbub import notify, people
from hubbub.core import events, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Forbidden
from hubbub.core.ids import Type
from hubbub.feed.access import access_comment, access_item, in_thread
from hubbub.feed.actions.restoring import put_back, take_out
from hubbub.feed.actions.telling import to_tell


async def hide_item(tx: Tx, actor: people.Actor, item_id: int, *, hidden: bool = True) -> None:
    """Hide a post that I see, as a moderator, from all but its author, who is told; or show it again."""
    item = await access_item(tx, actor, item_id)
    him = in_thread(tx, actor, item)
    if not him.moderator:
        raise Forbidden("Only moderators hide posts and show them again.")
    changed = await tx.run(
        """update feed_item set hidden_at = case when %(hidden)s then now() end,
             hidden_by = case when %(hidden)s then %(me)s::bigint end
           where org_id = %(org)s and id = %(item)s and deleted_at is null and (hidden_at is not null) <> %(hidden)s""",
        {"item": item_id, "hidden": hidden, "me": him.id},
    )
    if not changed:
        return
    if not hidden:
        await notify.take_back(tx, item_id, "hidden", him.id)
        await events.record(tx, him, "feed.item.shown", item_id, parent=item.parent_id)
        return
    # A pin that others do not see would still take one of the three places of its feed.
    await tx.run("delete from feed_pin where org_id = %(org)s and item_id = %(item)s", {"item": item_id})
    if ids.type_of(item.author_id) == Type.USER and item.author_id != him.id:
        now_hidden = msgspec.structs.replace(item, hidden=True)
        told = await to_tell(tx, actor, now_hidden, {item.author_id: "hidden"})
        await notify.tell(tx, told, item_id, thread_id=item_id, by=him.id)
    await events.record(tx, him, "feed.item.hidden", item_id, parent=item.parent_id)


async def hide_comment(tx: Tx, actor: people.Actor, comment_id: int, *, hidden: bool = True) -> None:
    """Hide a comment that I see, as a moderator, from all but its author, who is told; or show it again. For everybody else
    it is deleted."""
    comment = await access_comment(tx, actor, comment_id, to="hide")
    item = await access_item(tx, actor, comment.item_id)
    him = in_thread(tx, actor, item)
    if not hidden:
        if await put_back(tx, comment_id, item.id, hidden=True):
            await notify.take_back(tx, item.id, "hidden_comment", him.id)
            await events.record(tx, him, "feed.comment.shown", comment_id, parent=item.id)
        return
    if not await take_out(tx, comment_id, item.id, him.id, hidden=True):
        return
    if ids.type_of(comment.author_id) == Type.USER and comment.author_id != him.id:
        told = await to_tell(tx, actor, item, {comment.author_id: "hidden_comment"})
        await notify.tell(tx, told, comment_id, thread_id=item.id, by=him.id)
    await events.record(tx, him, "feed.comment.hidden", comment_id, parent=item.id)
