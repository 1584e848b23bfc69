"""What a mail says, as text and as HTML."""

import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from urllib.parse import urlsplit

import msgspec

from hubbub.core import html
from hubbub.core.config import Settings
from hubbub.core.errors import Invalid

# What headers carry is of one line and printable; more is nobody's address.
_RECIPIENT = re.compile(r"[!-;=?A-Z^-~]{1,64}@[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.A)
_POLICY = SMTP.clone(cte_type="7bit")  # not every server on the way takes eight


class Mail(msgspec.Struct, frozen=True):
    """A mail: what it says in lines, and the one link that it may have."""

    id: str
    recipient: str
    subject: str
    lines: list[str]
    label: str | None  # what the link is for
    address: str | None  # the whole link, with its secret
    created_at: datetime


def checked(recipient: str, subject: str) -> tuple[str, str]:
    """An address as a header may carry it, and a subject of one line; raises INVALID_EMAIL_ADDRESS."""
    local, _, domain = recipient.rpartition("@")
    recipient = f"{local}@{domain.lower()}"
    if not _RECIPIENT.fullmatch(recipient) or len(recipient) > 254:
        raise Invalid("INVALID_EMAIL_ADDRESS", "This is no address to which mail can be sent.")
    return recipient, " ".join("".join(c if c.isprintable() else " " for c in subject).split())[:200]


def text_of(mail: Mail) -> str:
    """The mail as plain text."""
    link = [f"{mail.label}:\n{mail.address}"] if mail.address else []
    return "\n\n".join([*mail.lines, *link]) + "\n"


def message(mail: Mail, settings: Settings, language: str) -> EmailMessage:
    """The mail as it is sent: text and HTML, one recipient, no header that somebody else wrote."""
    name, sender = parseaddr(settings.mail_from)
    made = EmailMessage(policy=_POLICY)
    made["From"] = Address(name, addr_spec=sender)
    made["To"] = Address(addr_spec=mail.recipient)
    made["Subject"] = mail.subject
    made["Date"] = format_datetime(mail.created_at)
    # The same however often it is tried: who gets it twice may drop the second.
    made["Message-ID"] = f"<{mail.id}@{urlsplit(settings.url).hostname}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(text_of(mail))
    made.add_alternative(html.render("core/mail.html", html.View(locale=language), mail=mail), subtype="html")
    # Now: what is said of the content earlier becomes the first part's.
    made["Content-Language"] = language.replace("_", "-")
    return made
