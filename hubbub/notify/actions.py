"""Telling people, and what they do with what they were told."""

from collections.abc import Collection, Mapping
from datetime import datetime

from hubbub import people
from hubbub.core import events, ids, jobs
from hubbub.core.db import Tx
from hubbub.core.ids import Type
from hubbub.notify.access import KINDS, RANKS, Sight

MOST_AT_ONCE = 20
A_JOB = 500  # rows of one statement of a job
NAMED = 3


async def tell(tx: Tx, told: Mapping[int, str], noun_id: int, *, thread_id: int, by: int) -> None:
    """Tell people (by their ids, with why) of something in a thread, done by a person or in a record's name: the first
    twenty in this act, the others by one job. Who may see it was asked by the room that calls, and is asked again when
    it is read."""
    if not told:
        return
    order = sorted(told, key=lambda user_id: (RANKS[told[user_id]], user_id))
    await tell_now(
        tx, {user: told[user] for user in order[:MOST_AT_ONCE]}, noun_id, thread_id=thread_id, by=by
    )
    if rest := order[MOST_AT_ONCE:]:
        await jobs.defer(
            tx,
            "notify.tell",
            told={ids.show(user): told[user] for user in rest},
            noun=ids.show(noun_id),
            thread=ids.show(thread_id),
            by=ids.show(by),
        )


async def tell_now(tx: Tx, told: Mapping[int, str], noun_id: int, *, thread_id: int, by: int) -> None:
    """One notice a person and thread: it counts what happened since it was last read, and says the strongest reason."""
    users = sorted(told)
    reached = await tx.values(
        f"""insert into notice as n (org_id, id, user_id, thread_id, reason, noun_id, actor_ids, last_at)
            select %(org)s, t.id, t.user_id, %(thread)s, t.reason, %(noun)s, array[%(by)s::bigint],
                   date_trunc('milliseconds', clock_timestamp())  -- as REST shows it, and pages go on by it
            from unnest(%(ids)s::bigint[], %(users)s::bigint[], %(reasons)s::text[], %(usual)s::boolean[])
              t(id, user_id, reason, usual)
            where {people.prefers("t.user_id", "'notice.' || t.reason", "t.usual")}
            order by t.user_id
            on conflict (org_id, user_id, thread_id) do update set
              reason = case when {_STRONGER} then n.reason else excluded.reason end,
              noun_id = case when {_STRONGER} then n.noun_id else excluded.noun_id end,
              actor_ids = case when n.read_at is not null then excluded.actor_ids
                when {_STRONGER} then (n.actor_ids[1:1] || array_remove(
                  array_prepend(%(by)s::bigint, array_remove(n.actor_ids[2:], %(by)s::bigint)), n.actor_ids[1]))[1:{NAMED}]
                else (array_prepend(%(by)s::bigint, array_remove(n.actor_ids, %(by)s::bigint)))[1:{NAMED}] end,
              count = case when n.read_at is null then n.count + 1 else 1 end,
              last_at = excluded.last_at, seen_at = null, read_at = null
            where n.org_id = %(org)s
            returning n.user_id""",
        {
            "ids": await tx.new_ids(Type.NOTICE, len(users)),
            "users": users,
            "reasons": [told[user] for user in users],
            "usual": [KINDS[told[user]].usual for user in users],
            "thread": thread_id,
            "noun": noun_id,
            "by": by,
            "order": list(KINDS),
        },
    )
    if reached:
        # Hubbub tells; who did it stands in the event of the act itself, masked where he is.
        await events.record(
            tx,
            None,
            "notify.notice.created",
            thread_id,
            parent=noun_id,
            after={"users": [ids.show(user) for user in reached]},
        )


_STRONGER = """n.read_at is null and array_position(%(order)s::text[], n.reason)
                < array_position(%(order)s::text[], excluded.reason)"""


async def take_back(tx: Tx, thread_id: int, reason: str, by: int) -> None:
    """What somebody did was undone before anybody read of it: those who were told nothing else know nothing of it."""
    gone = await tx.values(
        """delete from notice where org_id = %(org)s and thread_id = %(thread)s and reason = %(reason)s
           and actor_ids = array[%(by)s::bigint] and read_at is null returning user_id""",
        {"thread": thread_id, "reason": reason, "by": by},
    )
    if gone:
        await events.record(
            tx, None, "notify.notice.deleted", thread_id, after={"users": [ids.show(user) for user in gone]}
        )


async def see(tx: Tx, actor: people.Actor, sight: Sight, *, until: datetime) -> None:
    """I have seen my notices up to that moment: the bell counts them no more."""
    await change(tx, actor, sight, seen=True, until=until)


async def change(
    tx: Tx,
    actor: people.Actor,
    sight: Sight,
    *,
    notice_ids: Collection[int] | None = None,
    until: datetime | None = None,
    read: bool | None = None,
    seen: bool | None = None,
) -> None:
    """Mark my notices as read or unread, seen or unseen (None: as they are): these, those up to a moment, or all. What I
    may not see stays as it is. Read is seen, unseen is unread."""
    if read:
        seen = True
    elif seen is False:
        read = False
    sets = {"read_at": read, "seen_at": seen}
    told = [name for name, on in sets.items() if on is not None]
    if not told:
        return
    differs = " or ".join(f"(n.{name} is null) = {'true' if sets[name] else 'false'}" for name in told)
    changed = await tx.run(
        f"""update notice n set {", ".join(f"{name} = {'now()' if sets[name] else 'null'}" for name in told)}
            where n.org_id = %(org)s and n.user_id = %(me)s and ({differs})
              {"and n.id = any(%(ids)s::bigint[])" if notice_ids is not None else ""}
              {"and n.last_at <= %(until)s" if until is not None else ""} and {sight.condition}""",
        {**sight.params, "me": actor.id, "ids": list(notice_ids or ()), "until": until},
    )
    if changed:
        await events.record(
            tx, actor, "notify.notice.changed", actor.id, after={"read": read, "seen": seen, "count": changed}
        )


async def read_thread(tx: Tx, actor: people.Actor, thread_ids: Collection[int]) -> None:
    """I have read these threads: what I was told of them is read, on all my devices."""
    changed = await tx.run(
        """update notice set read_at = now(), seen_at = coalesce(seen_at, now())
           where org_id = %(org)s and user_id = %(me)s and thread_id = any(%(threads)s::bigint[]) and read_at is null""",
        {"me": actor.id, "threads": list(thread_ids)},
    )
    if changed:
        await events.record(
            tx, actor, "notify.notice.changed", actor.id, after={"read": True, "seen": True, "count": changed}
        )


async def forget(tx: Tx, thread_ids: Collection[int]) -> None:
    """What is gone for good leaves no notices."""
    await tx.run(
        "delete from notice where org_id = %(org)s and thread_id = any(%(threads)s::bigint[])",
        {"threads": list(thread_ids)},
    )
