"""Reads of who follows what. Whether the reader may see a subject is asked by the room that shows it."""

from collections.abc import Collection, Iterable
from typing import Any

import msgspec

from hubbub.core.db import Tx
from hubbub.core.errors import NotFound
from hubbub.core.ids import Type
from hubbub.people.access import Actor, Subscription

# How much of a subject reaches who follows it: everything; what names him; the digest; nothing.
LEVELS = ("all", "mentions", "digest", "mute")

# SQL for other rooms' statements: the ids (column id) of what %(viewer)s follows and wants in his feed.
FOLLOWED = """select subject_id as id from follow
  where org_id = %(org)s and follower_id = %(viewer)s and level = 'all'"""

# SQL, likewise: what he follows for his digest.
FOR_DIGEST = """select subject_id as id from follow
  where org_id = %(org)s and follower_id = %(viewer)s and level = 'digest'"""


def followed(id: str) -> str:
    """SQL: does %(viewer)s follow this subject (an expression)?"""
    return f"""exists (select 1 from follow mine where mine.org_id = %(org)s and mine.follower_id = %(viewer)s
        and mine.subject_id = {id})"""


def hushed(user: str, subjects: str, weak: str) -> str:
    """SQL: does this user follow one of the subjects so that he hears nothing of it, or nothing that is `weak` (SQL)?"""
    return f"""exists (select 1 from follow hush where hush.org_id = %(org)s and hush.follower_id = {user}
        and hush.subject_id in ({subjects}) and (hush.level = 'mute' or hush.level in ('mentions', 'digest') and {weak}))"""


class Counts(msgspec.Struct, frozen=True):
    """How many follow a person, and how many people and other things he follows."""

    followers: int = 0
    people: int = 0
    records: int = 0


async def follow_state(tx: Tx, user_id: int, subject_id: int) -> tuple[bool, int]:
    """Does somebody follow a subject, and how many do?"""
    found = await tx.tuples(
        """select exists (select 1 from follow mine where mine.org_id = %(org)s and mine.follower_id = %(user)s
                            and mine.subject_id = %(subject)s),
                  (select count(*) from follow f where f.org_id = %(org)s and f.subject_id = %(subject)s)""",
        {"user": user_id, "subject": subject_id},
    )
    return found[0]


async def level_of(tx: Tx, actor: Actor, subject_id: int) -> str | None:
    """How much of a subject reaches the actor; None: he does not follow it."""
    return await tx.value(
        "select level from follow where org_id = %(org)s and follower_id = %(me)s and subject_id = %(subject)s",
        {"me": actor.user_id, "subject": subject_id},
    )


async def count_followers(tx: Tx, subject_id: int) -> int:
    return await tx.value(
        "select count(*) from follow where org_id = %(org)s and subject_id = %(subject)s",
        {"subject": subject_id},
    )


async def count_following(
    tx: Tx, user_id: int, sight: str, params: dict[str, Any], *, type: int | None = None
) -> int:
    """How much somebody follows, of what `sight` (SQL over the subject's id, f.subject_id) lets the asker know of."""
    return await tx.value(
        f"""select count(*) from follow f where f.org_id = %(org)s and f.follower_id = %(follower)s
            {"and f.subject_id >> 48 = %(type)s" if type else ""} and {sight}""",
        {**params, "follower": user_id, "type": type},
    )


async def followers_among(tx: Tx, subject_ids: Iterable[int], user_ids: set[int]) -> list[tuple[int, int]]:
    """Those of these people in whose feeds one of the subjects arrives because they follow it, each with that subject."""
    return await tx.tuples(
        """select follower_id, subject_id from follow
           where org_id = %(org)s and subject_id = any(%(subjects)s::bigint[])
             and follower_id = any(%(users)s::bigint[]) and level = 'all'""",
        {"subjects": list(subject_ids), "users": list(user_ids)},
    )


async def follows(tx: Tx, actor: Actor, subject_ids: Collection[int]) -> dict[int, int]:
    """Which of the subjects the actor follows: the subscription's id by subject."""
    if not subject_ids:
        return {}
    found = await tx.tuples(
        """select subject_id, id from follow
           where org_id = %(org)s and follower_id = %(me)s and subject_id = any(%(subjects)s)""",
        {"me": actor.user_id, "subjects": list(subject_ids)},
    )
    return dict(found)


async def first_follows(tx: Tx) -> list[int]:
    """What new people follow from the start, as it was chosen."""
    return await tx.values(
        "select subject_id from first_follow where org_id = %(org)s order by added_at, subject_id"
    )


async def followers(tx: Tx, subject_id: int, *, size: int, start: int) -> list[Subscription]:
    """Who follows a subject that the asker is known to see, the newest first."""
    return await tx.rows(
        """select f.id, f.follower_id, f.subject_id, f.created_at, f.level from follow f
           where f.org_id = %(org)s and f.subject_id = %(subject)s
           order by f.created_at desc, f.id desc limit %(size)s offset %(start)s""",
        {"subject": subject_id, "size": size, "start": start},
        into=Subscription,
    )


async def following(
    tx: Tx, user_id: int, sight: str, params: dict[str, Any], *, type: int | None, size: int, start: int
) -> list[Subscription]:
    """What somebody follows, the newest first, of what `sight` lets the asker know of; `type` keeps one kind of id."""
    return await tx.rows(
        f"""select f.id, f.follower_id, f.subject_id, f.created_at, f.level from follow f
            where f.org_id = %(org)s and f.follower_id = %(follower)s
              {"and f.subject_id >> 48 = %(type)s" if type else ""} and {sight}
            order by f.created_at desc, f.id desc limit %(size)s offset %(start)s""",
        {**params, "follower": user_id, "type": type, "size": size, "start": start},
        into=Subscription,
    )


async def subscription(tx: Tx, actor: Actor, subscription_id: int) -> Subscription:
    """One of the actor's own subscriptions; other people's do not exist for him."""
    found = await tx.row(
        """select f.id, f.follower_id, f.subject_id, f.created_at, f.level from follow f
           where f.org_id = %(org)s and f.id = %(id)s and f.follower_id = %(me)s""",
        {"id": subscription_id, "me": actor.user_id},
        into=Subscription,
    )
    if found is None:
        raise NotFound()
    return found


async def follow_counts(
    tx: Tx, user_ids: Collection[int], sight: str, params: dict[str, Any]
) -> dict[int, Counts]:
    """For each of the people how many follow him, how many people he follows, and how many other things: of those that
    `sight` (SQL over the subject's id, f.subject_id) lets the asker know of."""
    wanted = {**params, "ids": list(user_ids), "user": int(Type.USER)}
    followers = dict(
        await tx.tuples(
            """select subject_id, count(*) from follow
               where org_id = %(org)s and subject_id = any(%(ids)s::bigint[]) group by subject_id""",
            wanted,
        )
    )
    following = {
        user: (people, records)
        for user, people, records in await tx.tuples(
            f"""select f.follower_id, count(*) filter (where f.subject_id >> 48 = %(user)s),
                       count(*) filter (where f.subject_id >> 48 <> %(user)s)
                from follow f
                where f.org_id = %(org)s and f.follower_id = any(%(ids)s::bigint[]) and {sight}
                group by f.follower_id""",
            wanted,
        )
    }
    return {id: Counts(followers.get(id, 0), *following.get(id, (0, 0))) for id in user_ids}
