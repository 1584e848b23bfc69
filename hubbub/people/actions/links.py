"""Links that prove that an e-mail address is somebody's: asked for by anybody, sent by mail, used once."""

from datetime import datetime, timedelta

import msgspec

from hubbub.core import jobs, mail
from hubbub.core.config import Settings
from hubbub.core.db import Database, Tx
from hubbub.core.errors import Invalid, Refused
from hubbub.core.http import hash_secret, limit
from hubbub.core.languages import ENGLISH, Text, language_of, spoken
from hubbub.people.access import Origin
from hubbub.people.access.domains import WorkAddress, is_public, readable, work_address
from hubbub.people.actions.orgs import org_of_domain

SIGN_UP, PASSWORD, INVITATION, DOMAIN = "sign-up", "password", "invitation", "domain"
LASTING = {
    SIGN_UP: timedelta(hours=24),
    PASSWORD: timedelta(hours=1),
    INVITATION: timedelta(days=7),
    DOMAIN: timedelta(hours=24),
}
PATHS = {
    SIGN_UP: "/sign-up/",
    PASSWORD: "/password/reset/",
    INVITATION: "/join/",
    DOMAIN: "/domains/confirm/",
}

# Mails within an hour: to one address, and asked for from one place.
WINDOW = 3600
PER_RECIPIENT = 5
PER_ADDRESS = 40


class BadLink(Refused):
    """The one answer to a link that was never sent, was used, or has grown old."""

    status = 410
    code = "INVALID_LINK"
    text = "This link was used already, or it is too old. Ask for a new one."


class NoMail(Refused):
    """Nothing can be sent from here."""

    status = 403
    code = "FUNCTIONALITY_NOT_ENABLED"
    text = "This Hubbub cannot send mail yet. Please ask who runs it."


class Link(msgspec.Struct, frozen=True):
    """A link that is still good: whose address it proves."""

    email: str
    expires_at: datetime
    org_id: int | None = None  # where it leads to one org only
    noun_id: int | None = None  # the invitation that it carries

    @property
    def address(self) -> WorkAddress:
        return work_address(self.email)


async def ask_for_link(
    database: Database, settings: Settings, purpose: str, email: str, origin: Origin
) -> WorkAddress:
    """Have a link sent to an address. Whether anybody is known by it decides the worker: what happens here, and for how
    long, is the same for all. Raises INVALID_EMAIL_ADDRESS, REQUEST_LIMIT_EXCEEDED (429), FUNCTIONALITY_NOT_ENABLED (403)."""
    if not settings.mails:
        raise NoMail()
    address = work_address(email)
    if purpose == SIGN_UP:
        refuse_public(settings, address.domain)
    await limit(database, f"mail from:{origin.address}", hits=PER_ADDRESS, seconds=WINDOW)
    await limit(database, f"mail to:{address.text}", hits=PER_RECIPIENT, seconds=WINDOW)
    async with database.act(None) as tx:
        # The address that people type, as this server was told it: never the one that a request claims.
        await jobs.defer(
            tx,
            "people.send_link",
            purpose=purpose,
            email=address.text,
            base=settings.url,
            language=spoken(),
        )
    return address


def refuse_public(settings: Settings, domain: str) -> None:
    """Refuse the domain of a public mail provider, unless this installation allows it."""
    if is_public(domain) and domain not in settings.open_domains:
        raise Invalid(
            "PUBLIC_MAIL_PROVIDER",
            "Anybody can get an address there, so it names no company. "
            "Please use your address at work, or have a colleague invite you.",
            fields=["email"],
        )


async def send_link(tx: Tx, *, purpose: str, email: str, base: str, language: str = ENGLISH) -> None:
    """Write the mail that answers somebody who asked: a link, or what to do instead. In the language of whose address it
    is, or as the browser wished in which it was asked for."""
    address = work_address(email)
    standing, locale = await _standing(tx, address)
    language = language_of(locale) if locale else language
    asked = Text(
        "Somebody, probably you, asked for this at {base}. If it was not you, there is nothing to do.",
        base=base,
    )
    if standing == "shut out":
        await _say_shut_out(tx, email, asked, language)
    elif purpose == SIGN_UP and standing == "active":
        await mail.post(
            tx,
            to=email,
            language=language,
            subject=Text("You have an account on Hubbub already"),
            lines=[
                Text(
                    "{email} has an account here. Sign in with it; if you do not know its password any more, "
                    "the sign-in page sends you a link for a new one.",
                    email=email,
                ),
                asked,
            ],
            label=Text("Sign in"),
            address=f"{base}/sign-in",
        )
    elif purpose == SIGN_UP:
        await post_link(
            tx,
            purpose,
            email,
            base,
            language=language,
            subject=Text("Confirm your address for Hubbub"),
            lines=[
                Text(
                    "With this link you confirm that {email} is yours and go in. "
                    "You will be with the people of {domain}.",
                    email=email,
                    domain=readable(address.domain),
                ),
                Text("It works once, for 24 hours."),
                asked,
            ],
            label=Text("Confirm and go on"),
        )
    elif standing in ("active", "elsewhere"):
        await post_link(
            tx,
            purpose,
            email,
            base,
            language=language,
            subject=Text("A new password for Hubbub"),
            lines=[
                Text(
                    "With this link you choose a new password. Wherever you are signed in, you are signed out then."
                ),
                Text("It works once, for an hour. Until you use it your present password stays."),
                asked,
            ],
            label=Text("Choose a new password"),
        )
    else:
        await mail.post(
            tx,
            to=email,
            language=language,
            subject=Text("No account on Hubbub"),
            lines=[
                Text(
                    "A new password was asked for, but nobody is known here as {email}. "
                    "If you have another address, try that one; if you are new, sign up.",
                    email=email,
                ),
                asked,
            ],
            label=Text("Sign up"),
            address=f"{base}/sign-up",
        )


async def _say_shut_out(tx: Tx, email: str, asked: Text, language: str) -> None:
    await mail.post(
        tx,
        to=email,
        language=language,
        subject=Text("Your account on Hubbub"),
        lines=[
            Text(
                "The account of {email} was closed by an administrator. Only he can open it again.",
                email=email,
            ),
            asked,
        ],
    )


async def post_link(
    tx: Tx,
    purpose: str,
    email: str,
    base: str,
    *,
    subject: Text,
    lines: list[Text],
    label: Text,
    language: str = ENGLISH,
    org_id: int | None = None,
    noun_id: int | None = None,
) -> str:
    """Write a mail with a link that works once; tells the mail's id."""
    mail_id = await mail.post(
        tx,
        to=email,
        subject=subject,
        lines=lines,
        label=label,
        address=base + PATHS[purpose],
        secret=True,
        language=language,
    )
    await tx.run(
        """insert into mail_link (token_hash, purpose, email, expires_at, into_org, noun_id)
           values (%(hash)s, %(purpose)s, %(email)s, now() + %(lasting)s, %(of)s, %(noun)s)""",
        {
            "hash": hash_secret(mail.secret_of(tx.database, mail_id)),
            "purpose": purpose,
            "email": email,
            "lasting": LASTING[purpose],
            "of": org_id,
            "noun": noun_id,
        },
    )
    await tx.run(
        """delete from mail_link where token_hash in (
             select token_hash from mail_link where created_at < now() - interval '30 days'
             order by created_at limit 20 for update skip locked)"""
    )
    return mail_id


async def _standing(tx: Tx, address: WorkAddress) -> tuple[str, str | None]:
    """How an address stands here: 'active' or 'shut out' in its domain's org, 'elsewhere' only in others, or 'new'; and
    the locale of who has it."""
    members = await tx.tuples(
        """select o.org_id, o.user_id from login_name n join login_org o on o.login_id = n.login_id
           where n.name = %(name)s order by o.org_id""",
        {"name": address.text},
    )
    home = await org_of_domain(tx, address.domain)
    standing, locale = "new", None
    for org_id, user_id in members:
        await tx.enter(org_id)
        known = await tx.value(
            "select locale from app_user where org_id = %(org)s and id = %(user)s and active",
            {"user": user_id},
        )
        if known:
            locale = known
            standing = "active" if org_id == home else "elsewhere"
            if org_id == home:
                return standing, locale
    if home is not None and standing == "new":
        await tx.enter(home)
        shut_out = await tx.value(
            "select locale from app_user where org_id = %(org)s and username = %(name)s and not active",
            {"name": address.text},
        )
        if shut_out:
            return "shut out", shut_out
    return standing, locale


# --- opening one ---------------------------------------------------------------------------------------------------


async def read_link(tx: Tx, purpose: str, secret: str) -> Link:
    """What a link proves, without using it: programs that look into mail open links, too. Raises INVALID_LINK (410)."""
    link = await tx.row(
        """select email, expires_at, into_org, noun_id from mail_link
           where token_hash = %(hash)s and purpose = %(purpose)s and used_at is null and expires_at > now()""",
        {"hash": hash_secret(secret), "purpose": purpose},
        into=Link,
    )
    if link is None:
        raise BadLink()
    return link


async def use_link(tx: Tx, purpose: str, secret: str) -> Link:
    """What a link proves, once: of several at the same moment one goes on. Raises INVALID_LINK (410)."""
    link = await tx.row(
        """update mail_link set used_at = now()
           where token_hash = %(hash)s and purpose = %(purpose)s and used_at is null and expires_at > now()
           returning email, expires_at, into_org, noun_id""",
        {"hash": hash_secret(secret), "purpose": purpose},
        into=Link,
    )
    if link is None:
        raise BadLink()
    # Whichever of several was used: the others have done their work. Into another org leads another.
    await tx.run(
        """update mail_link set used_at = now() where email = %(email)s and purpose = %(purpose)s and used_at is null
             and into_org is not distinct from %(of)s""",
        {"email": link.email, "purpose": purpose, "of": link.org_id},
    )
    return link
