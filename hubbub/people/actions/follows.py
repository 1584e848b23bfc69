"""Following: whatever happens to a subject arrives in the follower's feed. A subject is only an id here; the room
that calls has asked whether the actor may see it."""

from collections.abc import Collection

from hubbub.core import events, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.ids import Type
from hubbub.people.access import Actor, Subscription
from hubbub.people.queries.follows import LEVELS


async def follow(tx: Tx, actor: Actor, subject_id: int, *, most: int | None = None) -> Subscription:
    """Follow a subject, as one of at `most` so many (None: any number); following it again changes nothing."""
    if subject_id == actor.user_id:
        raise Invalid("INVALID_CROSS_REFERENCE_KEY", "You cannot follow yourself.", fields=["subjectId"])
    params = {"me": actor.user_id, "subject": subject_id, "id": await tx.new_id(Type.SUBSCRIPTION)}
    made = await tx.row(
        """insert into follow (org_id, follower_id, subject_id, id)
           values (%(org)s, %(me)s, %(subject)s, %(id)s) on conflict (org_id, follower_id, subject_id) do nothing
           returning id, follower_id, subject_id, created_at, level, true""",
        params,
        into=Subscription,
    )
    if made is None:
        kept = await tx.row(
            """select id, follower_id, subject_id, created_at, level from follow
               where org_id = %(org)s and follower_id = %(me)s and subject_id = %(subject)s""",
            params,
            into=Subscription,
        )
        if kept is None:  # ended by another request between the two statements
            raise Invalid(
                "UNABLE_TO_LOCK_ROW", "This changed at the same moment. Please try again.", status=409
            )
        return kept
    if most is not None:
        await _check_cap(tx, actor, most)
    await events.record(tx, actor, "people.follow.created", made.id, parent=subject_id)
    return made


async def _check_cap(tx: Tx, actor: Actor, most: int) -> None:
    # The person's row is locked: of two who follow at once the second counts the first.
    await tx.run(
        "select 1 from app_user where org_id = %(org)s and id = %(me)s for no key update", {"me": actor.id}
    )
    count = await tx.value(
        "select count(*) from follow where org_id = %(org)s and follower_id = %(me)s", {"me": actor.id}
    )
    if count > most:
        raise Invalid(
            "LIMIT_EXCEEDED",
            "You may follow {most:,} people, records and topics, as your administrator set it, "
            "and this would be {count:,}. Unfollow something first.",
            fields=["subjectId"],
            most=most,
            count=count,
        )


async def set_level(tx: Tx, actor: Actor, subject_id: int, level: str) -> None:
    """Say how much of what I follow reaches me: `all`, `mentions`, `digest` or `mute`."""
    if level not in LEVELS:
        raise Invalid(
            "INVALID_INPUT", "level is one of {choices}.", fields=["level"], choices=", ".join(LEVELS)
        )
    params = {"me": actor.user_id, "subject": subject_id, "level": level}
    before = await tx.value(
        """select level from follow where org_id = %(org)s and follower_id = %(me)s and subject_id = %(subject)s
           for update""",
        params,
    )
    if before is None:
        raise NotFound()
    if before == level:
        return
    id = await tx.value(
        """update follow set level = %(level)s
           where org_id = %(org)s and follower_id = %(me)s and subject_id = %(subject)s returning id""",
        params,
    )
    await events.record(
        tx,
        actor,
        "people.follow.changed",
        id,
        parent=subject_id,
        before={"level": before},
        after={"level": level},
    )


async def unfollow(tx: Tx, actor: Actor, subject_id: int) -> None:
    """Stop following a subject; if it was not followed nothing changes."""
    ended = await tx.value(
        """delete from follow where org_id = %(org)s and follower_id = %(me)s and subject_id = %(subject)s
           returning id""",
        {"me": actor.user_id, "subject": subject_id},
    )
    if ended is not None:
        await events.record(tx, actor, "people.follow.ended", ended, parent=subject_id)


async def follow_many(tx: Tx, actor: Actor, subject_ids: Collection[int]) -> None:
    """Follow many subjects at once; those that are followed already stay as they are."""
    wanted = sorted(subject_ids)
    made = await tx.tuples(
        """insert into follow (org_id, follower_id, subject_id, id)
           select %(org)s, %(me)s, f.subject_id, f.id
           from unnest(%(subjects)s::bigint[], %(ids)s::bigint[]) f(subject_id, id) order by f.subject_id
           on conflict (org_id, follower_id, subject_id) do nothing returning id, subject_id""",
        {"me": actor.user_id, "subjects": wanted, "ids": await tx.new_ids(Type.SUBSCRIPTION, len(wanted))},
    )
    if made:
        after = {id: {"subject": ids.show(subject_id)} for id, subject_id in made}
        await events.record_many(tx, actor, "people.follow.created", after)


async def unfollow_many(tx: Tx, actor: Actor, subject_ids: Collection[int]) -> None:
    """Stop following many subjects at once."""
    ended = await tx.tuples(
        """delete from follow where org_id = %(org)s and follower_id = %(me)s
           and subject_id = any(%(subjects)s::bigint[]) returning id, subject_id""",
        {"me": actor.user_id, "subjects": sorted(subject_ids)},
    )
    if ended:
        after = {id: {"subject": ids.show(subject_id)} for id, subject_id in ended}
        await events.record_many(tx, actor, "people.follow.ended", after)


async def end_subscription(tx: Tx, actor: Actor, subscription_id: int) -> None:
    """Stop following, by the subscription's id; other people's subscriptions do not exist for me."""
    subject_id = await tx.value(
        "delete from follow where org_id = %(org)s and id = %(id)s and follower_id = %(me)s returning subject_id",
        {"id": subscription_id, "me": actor.user_id},
    )
    if subject_id is None:
        raise NotFound()
    await events.record(tx, actor, "people.follow.ended", subscription_id, parent=subject_id)


async def forget_subjects(tx: Tx, subject_ids: list[int]) -> None:
    """Nobody follows these any more: they are gone."""
    await tx.run(
        "delete from follow where org_id = %(org)s and subject_id = any(%(subjects)s)",
        {"subjects": subject_ids},
    )
    await tx.run(
        "delete from first_follow where org_id = %(org)s and subject_id = any(%(subjects)s)",
        {"subjects": subject_ids},
    )


async def move_followers(tx: Tx, old_id: int, new_id: int) -> None:
    """Who follows the one subject follows the other: the two became one."""
    given = {"old": old_id, "new": new_id}
    await tx.run(
        """delete from follow a where a.org_id = %(org)s and a.subject_id = %(old)s and exists (
             select 1 from follow b where b.org_id = %(org)s and b.subject_id = %(new)s
               and b.follower_id = a.follower_id)""",
        given,
    )
    await tx.run(
        "update follow set subject_id = %(new)s where org_id = %(org)s and subject_id = %(old)s", given
    )
    chosen = await tx.run("delete from first_follow where org_id = %(org)s and subject_id = %(old)s", given)
    if chosen:
        await tx.run(
            """insert into first_follow (org_id, subject_id) values (%(org)s, %(new)s)
               on conflict (org_id, subject_id) do nothing""",
            given,
        )
