"""Announcing something to the company: a moderator's post on top of its feed until it expires."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hubbub import notify, people
from hubbub.core import clock, events, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Forbidden, Invalid
from hubbub.core.ids import Type
from hubbub.feed.access import access_item
from hubbub.feed.actions.bodies import Segment
from hubbub.feed.actions.items import delete_item, post
from hubbub.feed.actions.kinds import ANNOUNCEMENT
from hubbub.feed.actions.telling import to_tell
from hubbub.feed.queries.announcements import access_announcement

LONGEST = timedelta(days=366)


def last_moment(actor: people.Actor, text: object) -> datetime:
    """Until when something is announced: to the end of a day of the actor's clock, or to a moment."""
    wrong = Invalid(
        "INVALID_INPUT", "expirationDate is a day such as 2026-12-01, or a moment.", fields=["expirationDate"]
    )
    if not isinstance(text, str):
        raise wrong
    zone = ZoneInfo(actor.timezone)
    try:
        if len(text) == 10:
            moment = datetime.combine(date.fromisoformat(text), time(23, 59, 59), zone)
        else:
            moment = datetime.fromisoformat(text)
            moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
        late = moment > clock.now() + LONGEST
    except (ValueError, OverflowError):
        raise wrong from None
    if moment <= clock.now() or late:
        raise Invalid(
            "INVALID_INPUT",
            "An announcement expires in the future, within a year.",
            fields=["expirationDate"],
        )
    return moment


async def announce(
    tx: Tx, actor: people.Actor, *, body: list[Segment], expires_at: datetime, must_read: bool = False
) -> int:
    """Announce something to all colleagues, as a moderator; what they must read the bell tells them of, too."""
    _require_moderator(actor)
    announcement_id = await tx.new_id(Type.ANNOUNCEMENT)
    item_id = await post(
        tx,
        actor,
        parent_id=actor.id,
        body=body,
        kind=ANNOUNCEMENT,
        internal_only=True,
        detail={"announcement": ids.show(announcement_id)},
    )
    await tx.run(
        """insert into announcement (org_id, id, item_id, expires_at, must_read)
           values (%(org)s, %(id)s, %(item)s, %(expires)s, %(must)s)""",
        {"id": announcement_id, "item": item_id, "expires": expires_at, "must": must_read},
    )
    if must_read:
        item = await access_item(tx, actor, item_id)
        meant = dict.fromkeys(await people.insiders(tx) - {actor.id}, "announced")
        await notify.tell(tx, await to_tell(tx, actor, item, meant), item_id, thread_id=item_id, by=actor.id)
    await events.record(
        tx,
        actor,
        "feed.announcement.created",
        announcement_id,
        parent=item_id,
        after={"expires": expires_at.isoformat(), "must_read": must_read},
    )
    return announcement_id


async def change_announcement(
    tx: Tx,
    actor: people.Actor,
    announcement_id: int,
    *,
    expires_at: datetime | None = None,
    archived: bool | None = None,
) -> None:
    """Let it stand longer or shorter, or take it from the top of the feed (`archived`) and put it there again."""
    now = await access_announcement(tx, actor, announcement_id, to="change")
    await tx.run(
        """update announcement set expires_at = coalesce(%(expires)s, expires_at),
             archived_at = case when %(archived)s::boolean is null then archived_at when %(archived)s then now() end
           where org_id = %(org)s and id = %(id)s""",
        {"id": announcement_id, "expires": expires_at, "archived": archived},
    )
    await events.record(
        tx,
        actor,
        "feed.announcement.changed",
        announcement_id,
        parent=now.item.id,
        before={"expires": now.expires_at.isoformat(), "archived": now.archived},
        after={
            "expires": (expires_at or now.expires_at).isoformat(),
            "archived": now.archived if archived is None else archived,
        },
    )


async def delete_announcement(tx: Tx, actor: people.Actor, announcement_id: int) -> None:
    """Take an announcement away, with its post."""
    now = await access_announcement(tx, actor, announcement_id, to="change")
    await delete_item(tx, actor, now.item.id)


async def acknowledge(tx: Tx, actor: people.Actor, announcement_id: int) -> None:
    """Say that I have read it. Nobody but moderators is shown that."""
    now = await access_announcement(tx, actor, announcement_id)
    made = await tx.run(
        """insert into announcement_reading (org_id, announcement_id, user_id) values (%(org)s, %(id)s, %(me)s)
           on conflict (org_id, announcement_id, user_id) do nothing""",
        {"id": announcement_id, "me": actor.id},
    )
    if made:
        await events.record(tx, actor, "feed.announcement.acknowledged", announcement_id, parent=now.item.id)
    await notify.read_thread(tx, actor, [now.item.id])


def _require_moderator(actor: people.Actor) -> None:
    if not actor.moderator:
        raise Forbidden("Only moderators announce something to everybody.")
