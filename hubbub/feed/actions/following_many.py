"""Following and unfollowing many records at once, by a rule."""

from typing import Any

import msgspec

from hubbub import people, records
from hubbub.core import ids, jobs
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.ids import Type
from hubbub.feed.actions.follows import most_followed

AT_ONCE = 200  # in a request; the worker does the others, so many an act


class Rule(msgspec.Struct, frozen=True):
    """Which records: of an object, of one owner (a user's key), open ones, those that fit conditions (field, operator, value)."""

    object: str
    owner: str | None = None
    open: bool = False
    conditions: tuple[tuple[str, str, str], ...] = ()


class Count(msgspec.Struct, frozen=True):
    """How many records fit a rule of those that its maker sees, and how many of these he follows."""

    matching: int
    followed: int


async def count_rule(tx: Tx, actor: people.Actor, rule: Rule) -> Count:
    """What following by this rule would follow: counted before it is done."""
    fits = await _matching(tx, actor, rule)
    return await _count(tx, fits)


async def follow_rule(tx: Tx, actor: people.Actor, rule: Rule, *, ended: bool = False) -> Count:
    """Follow all records that fit, or (`ended`) follow none of them any more: the first at once, the others by a job."""
    count = await count_rule(tx, actor, rule)
    most = await most_followed(tx)
    if not ended and most is not None:
        after = await people.count_following(tx, actor.id, "true", {}) + count.matching - count.followed
        if after > most:
            raise Invalid(
                "LIMIT_EXCEEDED",
                "You may follow {most:,} people, records and topics, as your administrator set it, and this would be {after:,}. "
                "Nothing was changed: ask for fewer, or unfollow something first.",
                most=most,
                after=after,
            )
    await _step(tx, actor, rule, ended)
    return await count_rule(tx, actor, rule)


async def follow_more(tx: Tx, user: str, rule: dict[str, Any], ended: bool) -> None:
    """The job that goes on with it, as who asked and with his sight now."""
    actor = await people.actor(tx, ids.parse(user, Type.USER), client="following many")
    await _step(tx, actor, msgspec.convert(rule, Rule), ended)


async def _step(tx: Tx, actor: people.Actor, rule: Rule, ended: bool) -> None:
    fits = await _matching(tx, actor, rule)
    followed = people.followed("r.id")
    found = await tx.values(
        f"{fits.sql} and {followed if ended else f'not {followed}'} order by r.id limit {AT_ONCE + 1}",
        fits.params,
    )
    if ended:
        await people.unfollow_many(tx, actor, found[:AT_ONCE])
    else:
        await people.follow_many(tx, actor, found[:AT_ONCE])
    if len(found) > AT_ONCE:
        await jobs.defer(
            tx, "feed.follow_more", user=ids.show(actor.id), rule=msgspec.to_builtins(rule), ended=ended
        )


async def _count(tx: Tx, fits: records.Matching) -> Count:
    found = await tx.row(
        f"""select count(*), count(*) filter (where m.mine)
            from (select r.id, {people.followed("r.id")} as mine from ({fits.sql}) r) m""",
        fits.params,
        into=Count,
    )
    assert found is not None
    return found


async def _matching(tx: Tx, actor: people.Actor, rule: Rule) -> records.Matching:
    if actor.guest:  # they are shown records one by one
        raise NotFound()
    return await records.matching(
        tx,
        await records.viewer(tx, actor),
        rule.object,
        owner_id=ids.parse(rule.owner, Type.USER) if rule.owner else None,
        open_only=rule.open,
        conditions=[records.Condition(*each) for each in rule.conditions],
    )
