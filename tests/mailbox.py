"""A real SMTP server for tests, which keeps what it is given and can be told to misbehave."""

import asyncio
import email
import email.policy
import os
import ssl
import subprocess
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
PORT = int(os.environ.get("HUBBUB_TEST_PORT", "20400")) + 10 * WORKER + 7


class Mailbox:
    """Listens on PORT while it is entered."""

    def __init__(self, *, starttls: ssl.SSLContext | None = None, tls: ssl.SSLContext | None = None) -> None:
        self._starttls, self._tls = starttls, tls
        self._server: asyncio.Server | None = None
        self.messages: list[EmailMessage] = []
        self.envelopes: list[tuple[str, list[str]]] = []
        self.answers: dict[str, str] = {}  # what it says to 'rcpt' and 'data' instead of 250
        self.slow = 0.0
        self.hang_up = False  # takes a mail and never says so

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if "rcpt" not in self.answers:
            envelope.rcpt_tos.append(address)
        return self.answers.get("rcpt", "250 OK")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        await asyncio.sleep(self.slow)
        if "data" in self.answers:
            return self.answers["data"]
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        self.messages.append(email.message_from_bytes(content, policy=email.policy.default))  # type: ignore[arg-type]
        self.envelopes.append((envelope.mail_from or "", list(envelope.rcpt_tos)))
        if self.hang_up and isinstance(server.transport, asyncio.Transport):
            server.transport.abort()
        return "250 taken"

    async def __aenter__(self) -> "Mailbox":
        def protocol() -> SMTP:
            return SMTP(self, hostname="mailbox.example", tls_context=self._starttls)

        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(protocol, "127.0.0.1", PORT, ssl=self._tls)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server:
            self._server.close()
            await self._server.wait_closed()


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for localhost that nobody trusts unless told to, and its key."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", cert],
        check=True, capture_output=True,
    )  # fmt: skip
    return cert, key
