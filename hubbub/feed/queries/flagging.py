"""How often items are flagged, for moderators."""

import msgspec

from hubbub.core.db import Tx


class Flags(msgspec.Struct, frozen=True):
    """How many people flagged something, as what, and whether I am among them."""

    inappropriate: int = 0
    spam: int = 0
    mine: bool = False

    @property
    def count(self) -> int:
        return self.inappropriate + self.spam


async def count_flags(tx: Tx, target_ids: list[int], user_id: int) -> dict[int, Flags]:
    """The flags of those things that have any."""
    rows = await tx.tuples(
        """select target_id, count(*) filter (where kind = 'FlagAsInappropriate'),
                  count(*) filter (where kind = 'FlagAsSpam'), bool_or(user_id = %(me)s)
           from feed_flag where org_id = %(org)s and target_id = any(%(ids)s::bigint[]) group by target_id""",
        {"ids": target_ids, "me": user_id},
    )
    return {target: Flags(*counts) for target, *counts in rows}
