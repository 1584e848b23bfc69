"""Handing over what a colleague owns who leaves."""

from hubbub import notify, people, records
from hubbub.core import events, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Forbidden, Invalid
from hubbub.objects import Object


async def owned(tx: Tx, actor: people.Actor, user_id: int) -> list[tuple[Object, int]]:
    """How many records of which object a person owns, for who may hand them over."""
    await _access(tx, actor, user_id)
    return await records.count_owned(tx, actor, user_id)


async def hand_over(tx: Tx, actor: people.Actor, user_id: int, to_id: int) -> dict[str, int]:
    """Make everything that a person owns a colleague's: he is told once, and no feed of each record. Tells how many of
    which object."""
    await _access(tx, actor, user_id)
    if user_id == to_id or to_id not in await people.colleagues(tx, {to_id}):
        raise Invalid(
            "INVALID_CROSS_REFERENCE_KEY",
            "Choose another colleague, who is active and from inside.",
            fields=["to"],
        )
    done = await records.hand_over(tx, actor, user_id, to_id)
    if done:
        await events.record(
            tx, actor, "desk.owner.replaced", user_id, after={"to": ids.show(to_id), "records": done}
        )
        if to_id != actor.id:
            await notify.tell(tx, {to_id: "handed_over"}, user_id, thread_id=user_id, by=actor.id)
    return done


async def _access(tx: Tx, actor: people.Actor, user_id: int) -> None:
    await people.access_user(tx, actor, user_id)
    # What somebody owns, nobody learns by his id who does not see it anyway.
    if not (actor.admin and actor.modify_all):
        raise Forbidden("Only an administrator who may change all data hands over what somebody owns.")
