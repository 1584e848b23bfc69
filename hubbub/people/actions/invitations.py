"""Inviting: whom somebody asks in, the mails that carry it, and coming in by one."""

import hmac
import re
from collections.abc import Sequence

import msgspec

from hubbub.core import clock, events, jobs, mail
from hubbub.core.config import Settings
from hubbub.core.db import Database, Tx
from hubbub.core.errors import Invalid, Refused
from hubbub.core.http import hash_secret, spend
from hubbub.core.ids import Type, make
from hubbub.core.languages import Text, language_of
from hubbub.people.access import Actor, Origin, require_admin
from hubbub.people.access.domains import readable, resembles, work_address
from hubbub.people.access.invitations import INVITERS, access_invitation, access_inviting
from hubbub.people.actions import passwords
from hubbub.people.actions.accounts import enter_org, find_login, prove_login
from hubbub.people.actions.follows import follow
from hubbub.people.actions.links import INVITATION, LASTING, BadLink, NoMail, post_link, use_link
from hubbub.people.actions.orgs import org_of_domain
from hubbub.people.actions.permissions import GUEST, STANDARD
from hubbub.people.actions.sessions import begin_session
from hubbub.people.queries.founding import own_domains
from hubbub.people.queries.persons import is_active

MOST_AT_ONCE = 1000
PER_DAY = 2000  # mails with invitations that an org sends in a day
PER_STEP = 50  # mails that one job writes
PAUSE = 600  # seconds until the same invitation may be sent again
LONGEST_MESSAGE = 255
LONGEST_TEXT = 1_000_000


class Outcome(msgspec.Struct, frozen=True):
    """What became of one address, with the status that Chatter has for it."""

    email: str
    # Invited, ActedUponUser (by me before), NoActionNeededUser (is here), Unhandled (why: reason)
    status: str
    reason: Text | None = None
    user_id: int | None = None


class TooMany(Refused):
    """More invitations at once or in a day than there may be."""

    status = 429
    code = "REQUEST_LIMIT_EXCEEDED"


def addresses_in(text: str) -> list[str]:
    """The addresses in a text that was pasted: a line each, or parted by commas, semicolons or tabs as in CSV, with names
    beside them or in "Name <address>". What has none is told as it stands, but for a first line that names columns."""
    if len(text) > LONGEST_TEXT:
        raise Invalid(
            "STRING_TOO_LONG",
            "At most {most:,} characters at a time.",
            fields=["invitees"],
            most=LONGEST_TEXT,
        )
    found: dict[str, None] = {}
    lines = [line.strip() for line in text.splitlines() if line.strip(" \t,;\"'")]
    for at, line in enumerate(lines):
        parts = [word for part in re.split(r"[,;\t]", line) for word in part.split() if "@" in word]
        if not parts and (at or len(lines) == 1):
            parts = [line[:80]]
        found |= dict.fromkeys(part.strip("<>()[]\"'") for part in parts)
    return list(found)


async def invite(
    tx: Tx,
    actor: Actor,
    settings: Settings,
    invitees: Sequence[str],
    message: str = "",
    *,
    sure: bool = False,
) -> list[Outcome]:
    """Have a mail with a link sent to each address; tells what became of each. A domain that may be taken for ours is
    invited only if the inviter is `sure`. Raises LIMIT_EXCEEDED, REQUEST_LIMIT_EXCEEDED (429), FUNCTIONALITY_NOT_ENABLED
    (403); then nobody was invited."""
    await access_inviting(tx, actor)
    if not settings.mails:
        raise NoMail()
    line = _checked(message)
    if len(invitees) > MOST_AT_ONCE:
        raise Invalid(
            "LIMIT_EXCEEDED",
            "At most {most:,} addresses at a time; these are {count:,}. Nobody was invited.",
            fields=["invitees"],
            most=MOST_AT_ONCE,
            count=len(invitees),
        )
    if not invitees:
        raise Invalid("REQUIRED_FIELD_MISSING", "Give at least one e-mail address.", fields=["invitees"])
    own = await own_domains(tx, actor)
    outcomes: dict[str, Outcome] = {}
    order: list[str] = []
    wanted: list[str] = []
    for text in dict.fromkeys(invitees):
        try:
            address = work_address(text)
        except Invalid:
            order.append(text)
            outcomes[text] = Outcome(text[:80], "Unhandled", Text("This is not an e-mail address."))
            continue
        email = address.text
        order.append(email)
        if not sure and (reason := looks_like(address.domain, own)):
            outcomes[email] = Outcome(email, "Unhandled", reason)
        else:
            wanted.append(email)
    for email, user_id, active in await _here(tx, wanted):
        reason = None if active else Text("Has no access any more; an administrator can let him in again.")
        outcomes[email] = Outcome(email, "NoActionNeededUser", reason, user_id)
    before = await _open(tx, actor, wanted)
    new = sorted(set(wanted) - outcomes.keys() - before)
    await _count(tx, len(new))
    made = await tx.tuples(
        """insert into invitation as i (org_id, id, email, invited_by, message)
           select %(org)s, n.id, n.email, %(me)s, %(message)s
           from unnest(%(ids)s::bigint[], %(emails)s::text[]) n (id, email)
           on conflict (org_id, invited_by, email) where state in ('waiting', 'sent') do update
             set state = 'waiting', message = excluded.message, created_at = now(), expires_at = null
             where i.expires_at <= now()
           returning i.id, i.email""",
        {"me": actor.user_id, "message": line, "ids": await tx.new_ids(Type.INVITATION, len(new)), "emails": new},
    )  # fmt: skip
    outcomes |= {email: Outcome(email, "Invited") for _, email in made}
    outcomes |= {
        email: Outcome(email, "ActedUponUser", Text("You have invited this address already."))
        for email in set(wanted) - outcomes.keys()
    }
    if made:
        await events.record_many(
            tx, actor, "people.invitation.created", {id: {"email": email} for id, email in made}
        )
        await jobs.defer(tx, "people.send_invitations", base=settings.url)
    return [outcomes[key] for key in dict.fromkeys(order)]


def looks_like(domain: str, own: Sequence[str]) -> Text | None:
    """Why an address's domain should be looked at twice before somebody is invited there."""
    if domain in own:
        return None
    for ours in own:
        if resembles(domain, ours):
            return Text(
                "{domain} looks like {ours} and is not yours.", domain=_both(domain), ours=readable(ours)
            )
    if readable(domain) != domain:
        return Text(
            "{domain} is written with special letters; as machines read it, it is {machines}.",
            domain=readable(domain),
            machines=domain,
        )
    return None


def _both(domain: str) -> str:
    """A domain as people read it, and as machines do where that is different."""
    return domain if readable(domain) == domain else f"{readable(domain)} ({domain})"


def _checked(message: str) -> str | None:
    message = " ".join(message.split())
    if len(message) > LONGEST_MESSAGE or not message.isprintable():
        raise Invalid(
            "STRING_TOO_LONG",
            "Message: at most {most} characters, in one line.",
            fields=["message"],
            most=LONGEST_MESSAGE,
        )
    return message or None


async def _here(tx: Tx, emails: list[str]) -> list[tuple[str, int, bool]]:
    """Those of the addresses whose people are in this org. Logins elsewhere are never asked."""
    return [
        (email, user_id, active)
        for email, user_id, active in await tx.tuples(
            """select n.email, u.id, u.active from unnest(%(emails)s::text[]) n (email)
               join app_user u on u.org_id = %(org)s and (u.username = n.email or lower(u.email) = n.email)
               order by u.active""",
            {"emails": emails},
        )
    ]


async def _open(tx: Tx, actor: Actor, emails: list[str]) -> set[str]:
    """Those of the addresses that the actor has invited, and that may still come."""
    return set(
        await tx.values(
            """select email from invitation where org_id = %(org)s and invited_by = %(me)s
                 and email = any(%(emails)s) and state in ('waiting', 'sent')
                 and (expires_at is null or expires_at > now())""",
            {"me": actor.user_id, "emails": emails},
        )
    )


async def _count(tx: Tx, mails: int) -> None:
    """Count mails against what the org may send in a day."""
    if mails and await spend(tx, f"invitations:{tx.org_id}", mails, most=PER_DAY, seconds=86_400) is None:
        raise TooMany(
            text="A company sends at most {most:,} invitations a day, and these {mails:,} would be more. "
            "Nobody was invited. Please go on tomorrow, or with fewer.",
            headers={"retry-after": "86400"},
            most=PER_DAY,
            mails=mails,
        )


async def send_again(tx: Tx, actor: Actor, settings: Settings, invitation_id: int) -> None:
    """Send an invitation once more; the link that was sent before stops working. Raises TooMany (429) within ten minutes."""
    found = await access_invitation(tx, actor, invitation_id, to="edit")
    await access_inviting(tx, actor)
    if not settings.mails:
        raise NoMail()
    if found.sent_at and (clock.now() - found.sent_at).total_seconds() < PAUSE:
        raise TooMany(
            text="This was sent less than {minutes} minutes ago. Please give the mail time to arrive.",
            headers={"retry-after": str(PAUSE)},
            minutes=PAUSE // 60,
        )
    await _count(tx, 1)
    await tx.run(
        """update invitation set state = 'waiting', expires_at = null where org_id = %(org)s and id = %(id)s""",
        {"id": found.id},
    )
    await events.record(tx, actor, "people.invitation.repeated", found.id)
    await jobs.defer(tx, "people.send_invitations", base=settings.url)


async def withdraw_invitation(tx: Tx, actor: Actor, invitation_id: int) -> None:
    """Take an invitation back: its link stops working."""
    found = await access_invitation(tx, actor, invitation_id, to="edit")
    await tx.run(
        "update invitation set state = 'withdrawn' where org_id = %(org)s and id = %(id)s", {"id": found.id}
    )
    await events.record(tx, actor, "people.invitation.withdrawn", found.id)


async def set_inviters(tx: Tx, actor: Actor, inviters: str) -> None:
    """Say who may invite: everybody `inside`, or `administrators` alone."""
    require_admin(actor)
    if inviters not in INVITERS:
        raise Invalid(
            "INVALID_INPUT", "inviters is one of {choices}.", fields=["inviters"], choices=", ".join(INVITERS)
        )
    before = await tx.value("select inviters from org where org_id = %(org)s for update")
    if before == inviters:
        return
    await tx.run("update org set inviters = %(inviters)s where org_id = %(org)s", {"inviters": inviters})
    await events.record(
        tx,
        actor,
        "people.inviters.changed",
        make(Type.ORG, tx.org_id),
        before={"inviters": before},
        after={"inviters": inviters},
    )


# --- the worker ----------------------------------------------------------------------------------------------------


async def send_invitations(tx: Tx, *, base: str) -> None:
    """Write the mails of invitations that wait, some at a time: nobody waits for a thousand."""
    waiting = await tx.tuples(
        """select i.id, i.email, i.message, u.name, u.locale, o.name from invitation i
           join app_user u on u.org_id = %(org)s and u.id = i.invited_by
           join org o on o.org_id = %(org)s
           where i.org_id = %(org)s and i.state = 'waiting'
           order by i.id limit %(step)s for update of i skip locked""",
        {"step": PER_STEP},
    )
    for id, email, message, inviter, locale, company in waiting:
        guest = await org_of_domain(tx, work_address(email).domain) != tx.org
        mail_id = await post_link(
            tx,
            INVITATION,
            email,
            base,
            subject=Text("{inviter} invites you to {company} on Hubbub", inviter=inviter, company=company),
            lines=[
                Text(
                    "{inviter} invites you to {company} on Hubbub, as a guest: you will see what is shared with you there.",
                    inviter=inviter,
                    company=company,
                )
                if guest
                else Text("{inviter} invites you to {company} on Hubbub.", inviter=inviter, company=company),
                *([Text("“{message}”", message=message)] if message else []),
                Text(
                    "The link works once, for {days} days. If you do not know who asks, there is nothing to do.",
                    days=LASTING[INVITATION].days,
                ),
            ],
            label=Text("Go to {company}", company=company),
            # Nobody knows yet what the invited one reads: probably what his host does.
            language=language_of(locale),
            org_id=tx.org_id,
            noun_id=id,
        )
        await tx.run(
            """update invitation set state = 'sent', sent_at = now(), expires_at = now() + %(lasting)s, mail_id = %(mail)s
               where org_id = %(org)s and id = %(id)s""",
            {"id": id, "lasting": LASTING[INVITATION], "mail": mail_id},
        )
    if len(waiting) == PER_STEP:
        await jobs.defer(tx, "people.send_invitations", base=base)


# --- coming in -----------------------------------------------------------------------------------------------------


class Invited(msgspec.Struct, frozen=True):
    """What somebody who opens an invitation is told."""

    email: str
    company: str
    inviter: str
    guest: bool
    needs_password: bool  # a login that he has already keeps its own
    needs_name: bool  # who is in this company already has one


async def invited(tx: Tx, secret: str) -> Invited:
    """What the link of an invitation leads to; raises INVALID_LINK (410), which says why it leads nowhere."""
    found = await tx.tuples(
        """select email, into_org, noun_id, used_at is not null, expires_at <= now() from mail_link
           where token_hash = %(hash)s and purpose = %(purpose)s""",
        {"hash": hash_secret(secret), "purpose": INVITATION},
    )
    if not found:
        raise BadLink()
    email, org_id, invitation_id, used, old = found[0]
    address = work_address(email)
    _, verified = await find_login(tx, address)
    home = await org_of_domain(tx, address.domain)
    await tx.enter(org_id)
    ((state, mail_id, company, inviter, new),) = await tx.tuples(
        """select i.state, i.mail_id, o.name, u.name,
                  not exists (select 1 from app_user h where h.org_id = %(org)s and h.username = i.email)
           from invitation i join org o on o.org_id = %(org)s
           join app_user u on u.org_id = %(org)s and u.id = i.invited_by
           where i.org_id = %(org)s and i.id = %(id)s""",
        {"id": invitation_id},
    )
    if why := _why_not(state, used=used, old=old, newest=_is_newest(tx, mail_id, secret), inviter=inviter):
        raise BadLink(text=why)
    return Invited(email, company, inviter, home != org_id, not verified, new)


def _is_newest(tx: Tx, mail_id: str, secret: str) -> bool:
    """Whether it is the link of the last mail with this invitation: those before it ended when that was sent."""
    return hmac.compare_digest(mail.secret_of(tx.database, mail_id), secret)


def _why_not(state: str, *, used: bool, old: bool, newest: bool, inviter: str) -> Text | None:
    """Why a link that was sent once leads nowhere any more: told only to who has it."""
    if state == "accepted" or used:
        return Text("This invitation was accepted already. Sign in with your address and your password.")
    if state == "withdrawn":
        return Text("This invitation was taken back. Ask {inviter}, who invited you.", inviter=inviter)
    if state == "waiting" or not newest:
        return Text(
            "A newer mail with this invitation is on its way to you. Please use the link in that one."
        )
    return (
        Text("This invitation is too old. Ask {inviter} to send it again.", inviter=inviter) if old else None
    )


async def accept_invitation(
    database: Database,
    secret: str,
    origin: Origin,
    *,
    first_name: str,
    last_name: str,
    password: str,
    timezone: str = "",
) -> tuple[str, Actor]:
    """Come in by an invitation: a colleague if the address is of the company's domain, a guest otherwise. Tells the secret
    for the cookie. Raises INVALID_LINK (410), BadProfile, INVALID_NEW_PASSWORD."""
    async with database.act(None, read=True) as tx:
        found = await invited(tx, secret)
    if found.needs_password:
        passwords.check_password(password)
    hashed = await passwords.hash_password(password) if found.needs_password else None
    async with database.act(None) as tx:
        link = await use_link(tx, INVITATION, secret)
        login_id = await prove_login(tx, link.address, hashed)
        guest = await org_of_domain(tx, link.address.domain) != link.org_id
        await tx.enter(link.org_id or 0)
        # Locked: whoever takes it back at the same moment comes before or after, and not in between.
        kept = await tx.tuples(
            """select invited_by, mail_id from invitation
               where org_id = %(org)s and id = %(id)s and state = 'sent' for update""",
            {"id": link.noun_id},
        )
        if not kept or not _is_newest(tx, kept[0][1], secret):
            raise BadLink()
        profile = GUEST if guest else STANDARD
        user_id = await enter_org(
            tx, link.address, login_id, profile, first_name, last_name, guest=guest, timezone=timezone
        )
        session, me = await begin_session(tx, user_id, origin)
        await events.record(tx, me, "people.invitation.accepted", link.noun_id or 0, parent=user_id)
        inviter_id = kept[0][0]
        # Who comes in as a colleague follows who invited him, as in Chatter.
        if not me.guest and inviter_id != me.user_id and await is_active(tx, inviter_id):
            await follow(tx, me, inviter_id)
    return session, me
