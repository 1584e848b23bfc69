"""Following people, records and topics."""

from hubbub import people
from hubbub.core.db import Tx
from hubbub.feed.access import access_subject


async def follow(tx: Tx, actor: people.Actor, subject_id: int) -> people.Subscription:
    """Follow somebody or something that I may see: what happens there arrives in my feed."""
    await access_subject(tx, actor, subject_id, to="follow")
    return await people.follow(tx, actor, subject_id)


async def unfollow(tx: Tx, actor: people.Actor, subject_id: int) -> None:
    """Stop following; also what I can no longer see, and without complaint what I never followed."""
    await people.unfollow(tx, actor, subject_id)
