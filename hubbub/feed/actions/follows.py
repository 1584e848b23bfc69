"""Following people, records and topics."""

from hubbub import notify, people
from hubbub.core import events, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Forbidden, Invalid, NotFound
from hubbub.core.ids import Type
from hubbub.feed.access import QUIET_DAYS, access_subject
from hubbub.feed.actions.tracking import MOST_TRACKED

FOLLOW_CREATED = "follow.created"  # the preference
MOST_AT_ALL = 1_000_000
MOST_FIRST = 25  # things that new people follow from the start


async def follow(tx: Tx, actor: people.Actor, subject_id: int) -> people.Subscription:
    """Follow somebody or something that I may see: what happens there arrives in my feed; a person is told."""
    await access_subject(tx, actor, subject_id, to="follow")
    made = await people.follow(tx, actor, subject_id, most=await most_followed(tx))
    if made.new and ids.type_of(subject_id) == Type.USER:
        told = await people.colleagues(tx, {subject_id})  # who follows a guest is not for him to know
        reasons = dict.fromkeys(told, "follower")
        await notify.tell(tx, reasons, actor.id, thread_id=subject_id, by=actor.id)
    return made


async def unfollow(tx: Tx, actor: people.Actor, subject_id: int) -> None:
    """Stop following; also what I can no longer see, and without complaint what I never followed."""
    await people.unfollow(tx, actor, subject_id)
    if ids.type_of(subject_id) == Type.USER:
        await notify.take_back(tx, subject_id, "follower", actor.id)


async def follow_created(tx: Tx, actor: people.Actor, record_id: int) -> None:
    """Follow what I created, if I chose so and may follow one more."""
    wanted = await tx.value(
        f"select {people.prefers('%(me)s', '%(name)s', 'false')}", {"me": actor.id, "name": FOLLOW_CREATED}
    )
    if not wanted:
        return
    most = await most_followed(tx)
    if most is None or await people.count_following(tx, actor.id, "true", {}) < most:
        await people.follow(tx, actor, record_id)


async def first_follow(tx: Tx, actor: people.Actor, subject_id: int) -> None:
    """Let new people follow a person, record or topic from the start; who is here already is left alone."""
    _require_admin(actor)
    await access_subject(tx, actor, subject_id, to="follow")
    made = await people.add_first_follow(tx, subject_id, most=MOST_FIRST)
    if made is None:
        raise Invalid(
            "LIMIT_EXCEEDED",
            "New people follow at most {most} things from the start: remove one first.",
            fields=["subjectId"],
            most=MOST_FIRST,
        )
    if made:
        await events.record(tx, actor, "feed.first_follow.added", subject_id)


async def no_first_follow(tx: Tx, actor: people.Actor, subject_id: int) -> None:
    """Let new people follow it no more; who follows it already goes on."""
    _require_admin(actor)
    if not await people.remove_first_follow(tx, subject_id):
        raise NotFound()
    await events.record(tx, actor, "feed.first_follow.removed", subject_id)


def _require_admin(actor: people.Actor) -> None:
    if not actor.admin:
        raise Forbidden("Only an administrator chooses what new people follow.")


async def limit_following(tx: Tx, actor: people.Actor, most: int | None) -> None:
    """Say how much one person may follow (None: any number). What is followed already stays."""
    if not actor.admin:
        raise Forbidden("Only an administrator limits what people follow.")
    if most is not None and not 1 <= most <= MOST_AT_ALL:
        raise Invalid(
            "INVALID_INPUT",
            "People may follow 1 to {most:,} things, or any number.",
            fields=["mostFollowed"],
            most=MOST_AT_ALL,
        )
    before = await most_followed(tx)
    if before == most:
        return
    await tx.run(
        """insert into feed_limits (org_id, most_tracked, quiet_days, most_followed)
           values (%(org)s, %(tracked)s, %(days)s, %(most)s)
           on conflict (org_id) do update set most_followed = excluded.most_followed""",
        {"most": most, "tracked": MOST_TRACKED, "days": QUIET_DAYS},
    )
    await events.record(
        tx, actor, "feed.following_limit.changed", None, before={"most": before}, after={"most": most}
    )


async def most_followed(tx: Tx) -> int | None:
    """How much one person may follow in this org; None: as much as he likes."""
    return await tx.value("select most_followed from feed_limits where org_id = %(org)s")
