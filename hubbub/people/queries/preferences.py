"""Reading what people chose for themselves."""

from collections.abc import Mapping

from hubbub.core.db import Tx


async def preferences(tx: Tx, user_id: int, usual: Mapping[str, bool]) -> dict[str, bool]:
    """What somebody chose, and the usual where he chose nothing."""
    chosen = await tx.tuples(
        "select name, value from preference where org_id = %(org)s and user_id = %(user)s and name = any(%(names)s)",
        {"user": user_id, "names": list(usual)},
    )
    return {**usual, **dict(chosen)}


def prefers(user: str, name: str, usual: str) -> str:
    """SQL: has this user (an expression) the preference of this name (an expression) on, `usual` if he chose nothing?"""
    return f"""coalesce((select chosen.value = 'true'::jsonb from preference chosen
        where chosen.org_id = %(org)s and chosen.user_id = {user} and chosen.name = {name}), {usual})"""
