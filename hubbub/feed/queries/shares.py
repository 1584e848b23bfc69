"""With which guests a post is shared."""

from datetime import datetime

import msgspec

from hubbub import people
from hubbub.core import ids
from hubbub.core.db import Tx


class GuestShare(msgspec.Struct, frozen=True):
    """A post is shared with this guest."""

    user: people.Person
    shared_at: datetime

    @property
    def key(self) -> str:
        return ids.show(self.user.id)


async def guest_shares(tx: Tx, item_id: int, actor: people.Actor | None = None) -> list[GuestShare]:
    """The guests with whom a post is shared that the actor is known to be allowed to share, the first ones first."""
    rows = await tx.tuples(
        """select user_id, shared_at from feed_share where org_id = %(org)s and item_id = %(item)s
           order by shared_at, user_id""",
        {"item": item_id},
    )
    persons = await people.cards(tx, {user for user, _ in rows}, actor)
    return [GuestShare(persons[user], at) for user, at in rows]
