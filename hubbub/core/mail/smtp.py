"""The network's side of mail: one connection a mail, and what its failures mean."""

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from email.message import EmailMessage
from email.utils import parseaddr

import aiosmtplib
from aiosmtplib import SMTPException, SMTPResponseException

from hubbub.core.config import Smtp

TIMEOUT = 30  # seconds, for each answer of the server


class NotNow(Exception):
    """It was not taken, and may be later."""


class Never(Exception):
    """It was not taken, and will not be."""


class Unsure(Exception):
    """The line broke after its text had been given: it may have been taken."""


@asynccontextmanager
async def ready(server: Smtp, message: EmailMessage) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """A server that will take this mail from us for its recipient, and what hands it over. Raises NotNow, Never, Unsure."""
    client = aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        username=server.username,
        password=server.password,
        timeout=TIMEOUT,
        use_tls=server.security == "tls",
        start_tls=server.security == "starttls",
        tls_context=None
        if server.security == "none"
        else ssl.create_default_context(cafile=str(server.ca) if server.ca else None),
    )
    try:
        await client.connect()
        await client.mail(parseaddr(str(message["From"]))[1])
        await client.rcpt(parseaddr(str(message["To"]))[1])
    except (SMTPException, OSError) as failure:
        client.close()
        raise _meaning(failure) from failure

    async def hand_over() -> None:
        try:
            await client.data(message.as_bytes())
        except SMTPResponseException as failure:  # the server has answered: it has not taken it
            raise _meaning(failure) from failure
        except (SMTPException, OSError) as failure:
            raise Unsure(_words(failure)) from failure

    try:
        yield hand_over
    finally:
        with suppress(SMTPException, OSError):
            await client.quit()
        client.close()


def _meaning(failure: Exception) -> NotNow | Never:
    """5xx is for good, but for refused credentials: whoever mends them wants his mail sent."""
    lasting = (
        isinstance(failure, SMTPResponseException)
        and 500 <= failure.code < 600
        and not isinstance(failure, aiosmtplib.SMTPAuthenticationError)
    )
    return Never(_words(failure)) if lasting else NotNow(_words(failure))


def _words(failure: Exception) -> str:
    if isinstance(failure, aiosmtplib.SMTPRecipientRefused):
        return f"{failure.code} {failure.message}"
    if isinstance(failure, SMTPResponseException):
        return f"{failure.code} {failure.message}"
    return f"{type(failure).__name__}: {failure}"
