"""Announcing something to the company: a moderator's post on top of its feed until it expires."""

from contextlib import suppress
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hubbub import notify, people
from hubbub.core import clock, events, ids, jobs, mail
from hubbub.core.config import Settings
from hubbub.core.db import Tx
from hubbub.core.errors import Forbidden, Invalid, Refused
from hubbub.core.http import spend
from hubbub.core.ids import Type
from hubbub.core.languages import Text, language_of
from hubbub.feed.access import NOTED, access_item, who_may_see
from hubbub.feed.actions.bodies import Segment
from hubbub.feed.actions.items import delete_item, post
from hubbub.feed.actions.kinds import ANNOUNCEMENT
from hubbub.feed.actions.telling import to_tell
from hubbub.feed.queries.announcements import access_announcement

LONGEST = timedelta(days=366)
MAIL_JOB = "feed.mail_announcement"
MAILS_AT_ONCE = 50
MAILINGS_A_DAY = 5


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
    tx: Tx,
    actor: people.Actor,
    *,
    body: list[Segment],
    expires_at: datetime,
    must_read: bool = False,
    mailed_by: Settings | None = None,
) -> int:
    """Announce something to all colleagues, as a moderator; what they must read the bell tells them of, too. With
    `mailed_by`, who knows the mail server, a mail tells them that there is something to read."""
    _require_moderator(actor)
    if mailed_by:
        await _count_mailing(tx, mailed_by)
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
    await _put_on_top(tx, actor, announcement_id, item_id, expires_at, must_read, mailed_by)
    return announcement_id


async def announce_item(
    tx: Tx,
    actor: people.Actor,
    item_id: int,
    *,
    expires_at: datetime,
    must_read: bool = False,
    mailed_by: Settings | None = None,
) -> int:
    """Announce a post that is there already, as a moderator: it stays what it is and where it stands. Only what everybody
    inside sees can be announced to everybody."""
    item = await access_item(tx, actor, item_id)
    _require_moderator(actor)
    inside = await people.insiders(tx)
    if item.hidden or item.kind in NOTED or await who_may_see(tx, item, inside) != inside:
        raise Invalid(
            "INVALID_INPUT",
            "Only a post that everybody here sees can be announced.",
            fields=["feedItemId"],
        )
    if mailed_by:
        await _count_mailing(tx, mailed_by)
    announcement_id = await tx.new_id(Type.ANNOUNCEMENT)
    await _put_on_top(tx, actor, announcement_id, item_id, expires_at, must_read, mailed_by)
    await tx.run(
        """update feed_item set detail = coalesce(detail, '{}'::jsonb) || jsonb_build_object('announcement', %(key)s::text)
           where org_id = %(org)s and id = %(item)s""",
        {"item": item_id, "key": ids.show(announcement_id)},
    )
    return announcement_id


async def _put_on_top(
    tx: Tx,
    actor: people.Actor,
    announcement_id: int,
    item_id: int,
    expires_at: datetime,
    must_read: bool,
    mailed_by: Settings | None,
) -> None:
    """The post stands on top of the company's feed from now on, and is told as it was asked for."""
    made = await tx.run(
        """insert into announcement (org_id, id, item_id, expires_at, must_read, send_emails)
           values (%(org)s, %(id)s, %(item)s, %(expires)s, %(must)s, %(mailed)s)
           on conflict (org_id, item_id) do nothing""",
        {
            "id": announcement_id,
            "item": item_id,
            "expires": expires_at,
            "must": must_read,
            "mailed": mailed_by is not None,
        },
    )
    if not made:
        raise Invalid("INVALID_OPERATION", "This post is an announcement already.", fields=["feedItemId"])
    if must_read:
        item = await access_item(tx, actor, item_id)
        meant = dict.fromkeys(await people.insiders(tx) - {actor.id, item.author_id}, "announced")
        await notify.tell(tx, await to_tell(tx, actor, item, meant), item_id, thread_id=item_id, by=actor.id)
    await events.record(
        tx,
        actor,
        "feed.announcement.created",
        announcement_id,
        parent=item_id,
        after={"expires": expires_at.isoformat(), "must_read": must_read, "mailed": mailed_by is not None},
    )
    if mailed_by:
        key, announcer = ids.show(announcement_id), ids.show(actor.id)
        await jobs.defer(tx, MAIL_JOB, announcement=key, by=announcer, base=mailed_by.url)


async def _count_mailing(tx: Tx, settings: Settings) -> None:
    """Mail to everybody, some times a day; raises INVALID_OPERATION where no mail is sent, REQUEST_LIMIT_EXCEEDED (429)."""
    if not settings.mails:
        raise Invalid(
            "INVALID_OPERATION", "No mail is sent here: no mail server is set up.", fields=["sendEmails"]
        )
    if await spend(tx, f"announced by mail:{tx.org}", 1, most=MAILINGS_A_DAY, seconds=86_400) is None:
        raise Refused(
            "REQUEST_LIMIT_EXCEEDED",
            "At most {most} announcements a day are sent by mail.",
            status=429,
            most=MAILINGS_A_DAY,
        )


async def mail_announcement(
    tx: Tx, announcement: str, base: str, after: str | None = None, by: str | None = None
) -> None:
    """The job that writes the mails of an announcement, some at a time, while it stands. A mail says that there is
    something to read and where, not what: it goes where nobody's sight is asked any more. `by` is who announces it, if that
    is not its author."""
    found = await tx.tuples(
        """select i.author_id, a.must_read from announcement a
           join feed_item i on i.org_id = %(org)s and i.id = a.item_id and i.deleted_at is null
           where a.org_id = %(org)s and a.id = %(id)s and a.archived_at is null and a.expires_at > now()""",
        {"id": ids.parse(announcement, Type.ANNOUNCEMENT)},
    )
    if not found:
        return
    ((author_id, must_read),) = found
    announcer = ids.parse(by, Type.USER) if by else author_id
    author = (await people.cards(tx, [announcer]))[announcer]
    meant = await people.addresses_inside(
        tx, after=ids.parse(after, Type.USER) if after else 0, size=MAILS_AT_ONCE
    )
    for user_id, address, locale in meant:
        if user_id in (author_id, announcer):
            continue
        with suppress(Invalid):  # an address that was loaded from elsewhere and is none
            await mail.post(
                tx,
                to=address,
                subject=Text("{name} announces something to everybody", name=author.name),
                lines=[
                    Text(
                        "{name} announces something to everybody in your company, and asks that you say that you "
                        "have read it.",
                        name=author.name,
                    )
                    if must_read
                    else Text("{name} announces something to everybody in your company.", name=author.name)
                ],
                label=Text("Read it in Hubbub"),
                address=f"{base}/company",
                language=language_of(locale),
            )
    if len(meant) == MAILS_AT_ONCE:
        last = ids.show(meant[-1][0])
        await jobs.defer(tx, MAIL_JOB, announcement=announcement, base=base, after=last, by=by)


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
    """Take an announcement away, with its post; a post that was there before it stays."""
    now = await access_announcement(tx, actor, announcement_id, to="change")
    if now.item.kind == ANNOUNCEMENT:
        return await delete_item(tx, actor, now.item.id)
    params = {"id": announcement_id, "item": now.item.id}
    for table, key in (("announcement_reading", "announcement_id"), ("announcement", "id")):
        await tx.run(f"delete from {table} where org_id = %(org)s and {key} = %(id)s", params)
    await tx.run(
        "update feed_item set detail = nullif(detail - 'announcement', '{}') where org_id = %(org)s and id = %(item)s",
        params,
    )
    await events.record(
        tx,
        actor,
        "feed.announcement.deleted",
        announcement_id,
        parent=now.item.id,
        before={"expires": now.expires_at.isoformat(), "archived": now.archived},
    )


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
