"""Answers to questions: the best one, which the asker chooses, and those that a moderator has verified."""

from hubbub import notify, people
from hubbub.core import events
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid
from hubbub.feed.access import access_answer, access_item, access_question, in_thread
from hubbub.feed.actions.telling import to_tell


async def choose_best_answer(tx: Tx, actor: people.Actor, item_id: int, comment_id: int | None) -> None:
    """Say which comment answers a question best, or (None) that none does any more."""
    item = await access_question(tx, actor, item_id, to="choose")
    him = in_thread(tx, actor, item)
    answer = None
    if comment_id is not None:
        answer = await access_answer(tx, actor, comment_id)
        if answer.item_id != item_id:
            raise Invalid("INVALID_INPUT", "That is no answer to this question.", fields=["bestAnswerId"])
    chosen = await tx.run(
        """update feed_item set best_comment_id = %(best)s, best_by = case when %(best)s::bigint is null then null else %(me)s end
           where org_id = %(org)s and id = %(item)s and best_comment_id is distinct from %(best)s""",
        {"item": item_id, "best": comment_id, "me": him.id},
    )
    if chosen and answer and comment_id:
        told = await to_tell(tx, actor, item, {answer.author_id: "best_answer"})
        await notify.tell(tx, told, comment_id, thread_id=item_id, by=him.id)
    if chosen and comment_id:
        await events.record(tx, him, "feed.best_answer.set", comment_id, parent=item_id)
    elif chosen:
        await events.record(tx, him, "feed.best_answer.removed", item_id, parent=item.parent_id)


async def verify_answer(tx: Tx, actor: people.Actor, comment_id: int, *, verified: bool) -> None:
    """Say for the company that an answer is right, or take that back."""
    answer = await access_answer(tx, actor, comment_id, to="verify")
    him = in_thread(tx, actor, await access_item(tx, actor, answer.item_id))
    done = await tx.run(
        f"""update feed_comment set verified_at = {"now()" if verified else "null"},
              verified_by = {"%(me)s" if verified else "null"}
            where org_id = %(org)s and id = %(id)s and verified_at is {"null" if verified else "not null"}""",
        {"id": comment_id, "me": him.id},
    )
    if done and verified:
        await events.record(tx, him, "feed.answer.verified", comment_id, parent=answer.item_id)
    elif done:
        await events.record(tx, him, "feed.answer.unverified", comment_id, parent=answer.item_id)
