"""The outbox: what acts leave to be sent, and the worker that sends it, each once."""

import secrets
import sys
from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec
import structlog

from hubbub.core import jobs
from hubbub.core.config import Settings
from hubbub.core.db import Database, Tx
from hubbub.core.languages import ENGLISH, Text
from hubbub.core.mail import smtp
from hubbub.core.mail.messages import Mail, checked, message

log = structlog.get_logger("hubbub.mail")

JOB = "mail.send"
MOST_KEPT = 50


class Row(msgspec.Struct, frozen=True):
    """A mail as it is stored: its secret is not."""

    id: str
    recipient: str
    subject: str
    lines: list[str]
    label: str | None
    address: str | None
    secret: bool
    state: str
    created_at: datetime


_ROW = "select id, recipient, subject, lines, label, address, secret, state, created_at from mail"


async def post(
    tx: Tx,
    *,
    to: str,
    subject: Text,
    lines: Sequence[Text],
    label: Text | None = None,
    address: str | None = None,
    secret: bool = False,
    language: str = ENGLISH,
) -> str:
    """Leave a mail to be sent once this act is committed: lines of text in the language of who gets it, and at most one
    link with its label.

    Tells its id. With `secret` the link ends with what `secret_of` makes of that, so that its hash can be kept. Call last:
    it is the act's job. Raises INVALID_EMAIL_ADDRESS.
    """
    to, line = checked(to, subject.say(language))
    id = secrets.token_hex(16)
    await tx.run(
        """insert into mail (id, recipient, subject, lines, label, address, secret)
           values (%(id)s, %(to)s, %(subject)s, %(lines)s, %(label)s, %(address)s, %(secret)s)""",
        {
            "id": id,
            "to": to,
            "subject": line,
            "lines": [each.say(language) for each in lines],
            "label": label.say(language) if label else None,
            "address": address,
            "secret": secret,
        },
    )
    # Nobody needs it after a week, sent or not.
    await tx.run(
        """delete from mail where id in (select id from mail where created_at < now() - interval '7 days'
                                         order by created_at limit 20 for update skip locked)"""
    )
    await jobs.defer(tx, JOB, mail=id, language=language)
    return id


def secret_of(database: Database, id: str) -> str:
    """The secret of a mail's link: whoever has only the database cannot make it."""
    return database.derived(f"mail:{id}")


async def kept(tx: Tx, which: str = "true") -> list[Mail]:
    """The mails that were kept because there is no mail server, the latest first; those for which that SQL is true."""
    rows = await tx.rows(
        f"{_ROW} where state = 'kept' and {which} order by created_at desc, id limit %(most)s",
        {"most": MOST_KEPT},
        into=Row,
    )
    return [_whole(tx.database, row) for row in rows]


async def refused(tx: Tx, ids: Collection[str]) -> dict[str, str]:
    """Those of the mails that the mail server refused for good, with what it said."""
    return dict(
        await tx.tuples(
            "select id, coalesce(problem, '') from mail where id = any(%(ids)s) and state = 'refused'",
            {"ids": list(ids)},
        )
    )


def _told_at_the_terminal(mail: Mail) -> None:
    """Say what is kept to who runs Hubbub on this machine: the first person of an installation has no other way in. What
    others wrote into it is left out."""
    link = f"\n  {mail.address}" if mail.address else ""
    print(f"Mail for {mail.recipient}, kept for want of a mail server.{link}", file=sys.stderr, flush=True)


async def send(settings: Settings, database: Database, *, mail: str, language: str = ENGLISH) -> None:
    """Send a mail that waits, saying in which language it is written.

    What fails before its text is handed over is tried again; what the server has been given, or
    may have been given, never is: better none than two."""
    async with database.act(None, read=True) as tx:
        row = await tx.row(f"{_ROW} where id = %(id)s", {"id": mail}, into=Row)
    if row is None or row.state != "waiting":
        return
    if settings.smtp is None:
        if not settings.keep_mail:
            raise smtp.NotNow("no mail server is configured: HUBBUB_SMTP_URL")
        if await _mark(database, mail, "waiting", "kept"):
            _told_at_the_terminal(_whole(database, row))
        return
    given = message(_whole(database, row), settings, language)
    ours = "waiting"
    try:
        async with smtp.ready(settings.smtp, given) as hand_over:
            # Committed before a byte of it leaves: a worker that is killed here leaves it as it is, for good.
            if not await _mark(database, mail, "waiting", "sending"):
                return
            ours = "sending"
            await hand_over()
    except smtp.NotNow as failure:
        await _mark(database, mail, ours, "waiting", str(failure))
        log.warning("mail not taken yet", mail=mail, reason=str(failure))
        raise
    except smtp.Never as failure:
        await _mark(database, mail, ours, "refused", str(failure))
        log.warning("mail refused", mail=mail, reason=str(failure))
    except smtp.Unsure as failure:
        await _mark(database, mail, "sending", "unsure", str(failure))
        log.warning("mail perhaps sent", mail=mail, reason=str(failure))
    else:
        await _mark(database, mail, "sending", "sent")


async def _mark(database: Database, id: str, before: str, state: str, problem: str = "") -> bool:
    """Put a mail into another state, unless somebody else did; what it said is forgotten with the last one."""
    async with database.act(None) as tx:
        return bool(
            await tx.run(
                """update mail set state = %(state)s, problem = nullif(%(problem)s, ''), changed_at = now(),
                          lines = case when %(over)s then '{}' else lines end
                   where id = %(id)s and state = %(before)s""",
                {
                    "id": id,
                    "before": before,
                    "state": state,
                    "problem": problem[:300],
                    "over": state in ("sent", "refused", "unsure"),
                },
            )
        )


def _whole(database: Database, row: Row) -> Mail:
    address = f"{row.address}{secret_of(database, row.id)}" if row.address and row.secret else row.address
    return Mail(row.id, row.recipient, row.subject, row.lines, row.label, address, row.created_at)
