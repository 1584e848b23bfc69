"""What somebody opened last."""

from collections.abc import Sequence

from hubbub import people
from hubbub.core.db import Tx

MOST_VIEWED = 200  # of one person: what he opened before is forgotten


async def note_viewed(tx: Tx, actor: people.Actor, record_ids: Sequence[int]) -> None:
    """Remember for the actor alone that he opened these records, which he is known to see."""
    await tx.run(
        f"""with noted as (
              insert into record_view (org_id, record_id, user_id)
              select %(org)s, id, %(me)s from unnest(%(ids)s::bigint[]) id
              on conflict (org_id, record_id, user_id) do update set viewed_at = now())
            delete from record_view where org_id = %(org)s and user_id = %(me)s and record_id <> all(%(ids)s::bigint[])
              and record_id in (
                select record_id from record_view where org_id = %(org)s and user_id = %(me)s
                order by viewed_at desc, record_id offset {MOST_VIEWED - 1})""",
        {"ids": list(record_ids), "me": actor.user_id},
    )
