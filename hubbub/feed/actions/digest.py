"""The digest of a day: told once, at a set hour of the person's own clock, and only where something happened."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hubbub import notify, people
from hubbub.core import clock, events, ids, jobs
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.ids import Type
from hubbub.feed.queries.digest import anything_happened, digest_hour, follows_for_digest

# A turn that is so late has no job any more: it is given anew.
LATE = timedelta(hours=6)


async def set_level(tx: Tx, actor: people.Actor, subject_id: int, level: str) -> None:
    """Say how much of what I follow reaches me: `all`, `mentions`, `digest` or `mute`."""
    await people.set_level(tx, actor, subject_id, level)
    if level == "digest":
        await await_digest(tx, actor)


async def await_digest(tx: Tx, actor: people.Actor) -> None:
    """See to it that somebody who follows something for his digest is told of it from now on."""
    at = next_turn(actor.timezone, clock.now(), await digest_hour(tx, actor.id))
    params = {"me": actor.id, "id": await tx.new_id(Type.DIGEST), "at": at, "late": clock.now() - LATE}
    given = await tx.values(
        """insert into digest_turn (org_id, user_id, id, next_at) values (%(org)s, %(me)s, %(id)s, %(at)s)
           on conflict (org_id, user_id) do update set next_at = excluded.next_at
             where digest_turn.org_id = %(org)s and digest_turn.next_at < %(late)s
           returning id""",
        params,
    )
    if given:
        await _defer(tx, actor.id, at)


async def set_digest_hour(tx: Tx, actor: people.Actor, hour: object) -> None:
    """Say at which hour of my own clock, 0 to 23, my digest comes."""
    if not isinstance(hour, int) or isinstance(hour, bool) or not 0 <= hour <= 23:
        raise Invalid("INVALID_INPUT", "hour is a whole number from 0 to 23.", fields=["hour"])
    before = await digest_hour(tx, actor.id)
    if hour == before:
        return
    await tx.run(
        """insert into digest_setting (org_id, user_id, hour) values (%(org)s, %(me)s, %(hour)s)
           on conflict (org_id, user_id) do update set hour = excluded.hour where digest_setting.org_id = %(org)s""",
        {"me": actor.id, "hour": hour},
    )
    at = next_turn(actor.timezone, clock.now(), hour)
    moved = await tx.run(
        "update digest_turn set next_at = %(at)s where org_id = %(org)s and user_id = %(me)s and next_at <> %(at)s",
        {"me": actor.id, "at": at},
    )
    if moved:  # the job of the turn that was finds another moment there, and does nothing
        await _defer(tx, actor.id, at)
    await events.record(
        tx, actor, "feed.digest_hour.changed", actor.id, before={"hour": before}, after={"hour": hour}
    )


def next_turn(timezone: str, after: datetime, hour: int) -> datetime:
    """The next time that it is that hour on a clock of the zone, whatever the clock does until then."""
    zone = ZoneInfo(timezone)
    day = after.astimezone(zone).date()
    while (at := datetime.combine(day, time(hour), zone).astimezone(UTC)) <= after:
        day += timedelta(days=1)
    return at


async def send_digest(tx: Tx, user: str, turn: str) -> None:
    """The job of that turn: tell him if something happened, and await the next one. A turn is taken once: whoever comes
    second finds another moment there. A day of his has one digest, even where his zone changed or the clock was put back."""
    user_id, due = ids.parse(user, Type.USER), datetime.fromisoformat(turn)
    found = await tx.tuples(
        """select id, made_at from digest_turn
           where org_id = %(org)s and user_id = %(user)s and next_at = %(due)s for update""",
        {"user": user_id, "due": due},
    )
    if not found:
        return
    ((digest_id, made_at),) = found
    if not await follows_for_digest(tx, user_id):
        await tx.run(
            "delete from digest_turn where org_id = %(org)s and user_id = %(user)s", {"user": user_id}
        )
        return
    zone = "UTC"
    try:
        actor = await people.actor(tx, user_id, client="digest")
    except NotFound:  # shut out for now: what he follows waits for him
        pass
    else:
        zone = actor.timezone
        await _tell(tx, actor, digest_id, made_at)
    following = next_turn(zone, max(clock.now(), due), await digest_hour(tx, user_id))
    await tx.run(
        "update digest_turn set next_at = %(at)s where org_id = %(org)s and user_id = %(user)s",
        {"user": user_id, "at": following},
    )
    await _defer(tx, user_id, following)


async def _tell(tx: Tx, actor: people.Actor, digest_id: int, made_at: datetime) -> None:
    until = await tx.value("select now()")
    last = await tx.value(
        "select max(until) from digest_day where org_id = %(org)s and user_id = %(me)s", {"me": actor.id}
    )
    since = last or made_at
    if not await anything_happened(tx, actor, since, until):
        return
    day = clock.now().astimezone(ZoneInfo(actor.timezone)).date()
    made = await tx.run(
        """insert into digest_day (org_id, user_id, day, since, until)
           values (%(org)s, %(me)s, %(day)s, %(since)s, %(until)s) on conflict (org_id, user_id, day) do nothing""",
        {"me": actor.id, "day": day, "since": since, "until": until},
    )
    if not made:
        return
    await notify.tell_now(tx, {actor.id: "digest"}, digest_id, thread_id=digest_id, by=actor.id)
    await events.record(
        tx, None, "feed.digest.created", digest_id, parent=actor.id, after={"day": day.isoformat()}
    )


async def read_digest(tx: Tx, actor: people.Actor) -> None:
    """I read my digest: the bell tells of it no more."""
    found = await tx.value(
        "select id from digest_turn where org_id = %(org)s and user_id = %(me)s", {"me": actor.id}
    )
    if found is not None:
        await notify.read_thread(tx, actor, [found])


async def _defer(tx: Tx, user_id: int, at: datetime) -> None:
    await jobs.defer(tx, "feed.digest", at=at, user=ids.show(user_id), turn=at.isoformat())
