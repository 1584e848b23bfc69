"""Limits: how often something may be tried in a while."""

from hubbub.core.db import Database, Tx
from hubbub.core.errors import Refused


async def limit(database: Database, key: str, *, hits: int, seconds: int) -> None:
    """Count one hit under the key and refuse when there were more than `hits` within `seconds`."""
    async with database.act(None) as tx:
        count = await tx.value(
            """insert into rate_limit as l (key, window_start, hits) values (%(key)s, now(), 1)
               on conflict (key) do update set
                 hits = case when l.window_start < now() - make_interval(secs => %(seconds)s) then 1 else l.hits + 1 end,
                 window_start = case when l.window_start < now() - make_interval(secs => %(seconds)s)
                                     then now() else l.window_start end
               returning hits""",
            {"key": key[:300], "seconds": seconds},
        )
        if count == 1:
            # Each new key takes old ones away: names that were never asked for again do not pile up.
            await tx.run(
                """delete from rate_limit where key in (
                     select key from rate_limit where window_start < now() - interval '1 day'
                     limit 5 for update skip locked)"""
            )
    if count > hits:
        raise Refused(
            "REQUEST_LIMIT_EXCEEDED",
            "Too many attempts. Please wait {minutes} minutes and try again.",
            status=429,
            headers={"retry-after": str(seconds)},
            minutes=max(1, seconds // 60),
        )


async def spend(tx: Tx, key: str, hits: int, *, most: int, seconds: int) -> int | None:
    """Count many hits at once, as part of the act: what fails costs nothing. Tells how many are left, None where that
    would be more than `most` within `seconds`: then nothing is counted."""
    over = "l.window_start < now() - make_interval(secs => %(seconds)s)"
    counted = await tx.value(
        f"""insert into rate_limit as l (key, window_start, hits)
            select %(key)s, now(), %(hits)s where %(hits)s <= %(most)s
            on conflict (key) do update set
              hits = case when {over} then %(hits)s else l.hits + %(hits)s end,
              window_start = case when {over} then now() else l.window_start end
            where {over} or l.hits + %(hits)s <= %(most)s
            returning hits""",
        {"key": key[:300], "hits": hits, "most": most, "seconds": seconds},
    )
    return None if counted is None else most - counted


async def give_back(database: Database, key: str) -> None:
    """Take one hit back: the attempt that it counted was rightful."""
    async with database.act(None) as tx:
        await tx.run(
            "update rate_limit set hits = greatest(hits - 1, 0) where key = %(key)s", {"key": key[:300]}
        )
