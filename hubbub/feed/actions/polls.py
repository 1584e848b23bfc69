"""Votes in polls: one a person, for good."""

from hubbub import people
from hubbub.core import events
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.feed.access import access_item, closed


async def vote_in_poll(tx: Tx, actor: people.Actor, item_id: int, choice_id: int) -> None:
    """Vote for one choice of a poll. Who has voted for it already changes nothing; for another he cannot vote any more."""
    item = await access_item(tx, actor, item_id)
    if item.kind != "PollPost":
        raise NotFound()
    # Who closes the thread waits for the votes that are being given, and later ones find it closed.
    shut = await tx.value(
        "select closed_at is not null from feed_item where org_id = %(org)s and id = %(item)s for share",
        {"item": item_id},
    )
    vote = {"item": item_id, "choice": choice_id, "me": actor.id}
    if not await tx.value(
        "select 1 from poll_choice where org_id = %(org)s and item_id = %(item)s and id = %(choice)s", vote
    ):
        raise Invalid("INVALID_INPUT", "That is no choice of this poll.", fields=["myChoiceId"])
    given = not shut and await tx.run(
        """insert into poll_vote (org_id, item_id, user_id, choice_id) values (%(org)s, %(item)s, %(me)s, %(choice)s)
           on conflict (org_id, item_id, user_id) do nothing""",
        vote,
    )
    if given:
        await tx.run(
            "update poll_choice set votes = votes + 1 where org_id = %(org)s and id = %(choice)s", vote
        )
        await events.record(tx, actor, "feed.poll.voted", item_id, parent=item.parent_id)
        return
    mine = await tx.value(
        "select choice_id from poll_vote where org_id = %(org)s and item_id = %(item)s and user_id = %(me)s",
        vote,
    )
    if mine == choice_id:
        return
    if shut:
        raise closed()
    raise Invalid(
        "INVALID_OPERATION", "You have voted already; a vote stays as it is.", fields=["myChoiceId"]
    )
