"""Mail, given to a real SMTP server: sent once, by whom and to whom it says."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from procrastinate import App

from hubbub.core import config, jobs, mail
from hubbub.core.config import Smtp, Trouble
from hubbub.core.errors import Invalid
from hubbub.core.languages import Text
from tests.cast import House
from tests.mailbox import PORT, Mailbox, certificate


@pytest_asyncio.fixture(loop_scope="session")
async def mailbox() -> AsyncIterator[Mailbox]:
    async with Mailbox() as box:
        yield box


async def send(house: House, id: str, box: Mailbox | None, language: str = "en", **told: Any) -> None:
    """What the worker does with one mail."""
    settings = msgspec.structs.replace(
        house.settings, smtp=box and Smtp("127.0.0.1", PORT, security="none"), **told
    )
    await mail.send(settings, house.database, mail=id, language=language)


async def post(house: House, **told: Any) -> str:
    """A mail that waits; tells its id."""
    what = {"to": "gus@harbour.example", "subject": "Welcome", "lines": ["Hello Gus,", "come in."], **told}
    what["lines"] = [Text(line) for line in what["lines"]]
    what |= {name: Text(what[name]) for name in ("subject", "label") if name in what}
    async with house.database.act(None) as tx:
        await mail.post(tx, **what)
        return await tx.value("select id from mail order by created_at desc limit 1")


def said(message: EmailMessage, kind: str) -> str:
    """What a message says as that kind of text."""
    part = message.get_body((kind,))
    assert part is not None
    return part.get_content()


@pytest.mark.parametrize(
    ("language", "begins", "greeting"),
    [("en", '<html lang="en" dir="ltr">', "Sign in"), ("de", '<html lang="de" dir="ltr">', "Anmelden"),
     ("ar_XB", '<html lang="ar-XB" dir="rtl">', "\u202eSign in\u202c")],
)  # fmt: skip
async def test_a_mail_says_in_which_language_it_is(
    house: House, mailbox: Mailbox, language: str, begins: str, greeting: str
) -> None:
    id = await post(house, label="Sign in", address="https://hub.example/sign-in", language=language)
    async with house.database.act(None) as tx:
        told = await tx.value("select args from procrastinate_jobs where args->>'mail' = %(id)s", {"id": id})
    assert told["mail"] == id
    await send(house, id, mailbox, language=told["language"])
    [message] = mailbox.messages
    page = said(message, "html")
    assert begins in page and f"<b>{greeting}" in page
    assert message["Content-Language"] == language.replace("_", "-")


async def state(house: House, id: str) -> tuple[str, str | None]:
    async with house.database.act(None) as tx:
        [found] = await tx.tuples("select state, problem from mail where id = %(id)s", {"id": id})
    return found


async def test_a_mail_is_text_and_html_to_one_person(house: House, mailbox: Mailbox):
    id = await post(house, subject="Grüße", label="Go in", address="https://hub.example/in")
    await send(
        house, id, mailbox, mail_from="The Hub <hub@company.example>", public_url="https://hub.example"
    )
    [got] = mailbox.messages
    assert (got["from"], got["to"], got["subject"]) == (
        "The Hub <hub@company.example>", "gus@harbour.example", "Grüße",
    )  # fmt: skip
    assert got["message-id"] == f"<{id}@hub.example>"
    assert mailbox.envelopes[0] == ("hub@company.example", ["gus@harbour.example"])
    text, html = (said(got, kind) for kind in ("plain", "html"))
    assert "come in." in text and "https://hub.example/in" in text
    assert 'href="https:&#x2f;&#x2f;hub.example&#x2f;in"' in html or 'href="https://hub.example/in"' in html
    assert await state(house, id) == ("sent", None)
    async with house.database.act(None) as tx:
        assert await tx.value("select lines from mail where id = %(id)s", {"id": id}) == []


async def test_a_mail_is_sent_once_however_often_its_job_runs(house: House, mailbox: Mailbox):
    mailbox.slow = 0.2
    id = await post(house)
    await asyncio.gather(*(send(house, id, mailbox) for _ in range(5)))
    await send(house, id, mailbox)
    assert len(mailbox.messages) == 1


async def test_what_the_server_does_not_take_now_is_tried_again(house: House, mailbox: Mailbox):
    id = await post(house)
    for refusing in ("rcpt", "data"):
        mailbox.answers[refusing] = "451 later, please"
        with pytest.raises(Exception, match="451"):
            await send(house, id, mailbox)
        assert (await state(house, id))[0] == "waiting"
        mailbox.answers.clear()
    await send(house, id, mailbox)
    assert len(mailbox.messages) == 1


async def test_what_it_refuses_for_good_is_not(house: House, mailbox: Mailbox):
    for refusing in ("rcpt", "data"):
        mailbox.answers[refusing] = "550 no such person"
        id = await post(house)
        await send(house, id, mailbox)
        assert await state(house, id) == ("refused", "550 no such person")
        mailbox.answers.clear()
        await send(house, id, mailbox)
    assert mailbox.messages == []


async def test_what_it_may_have_taken_is_not_sent_again(house: House, mailbox: Mailbox):
    mailbox.hang_up = True
    id = await post(house)
    await send(house, id, mailbox)
    assert (await state(house, id))[0] == "unsure"
    mailbox.hang_up = False
    await send(house, id, mailbox)
    assert len(mailbox.messages) == 1  # the one after which the line broke


async def test_a_server_that_is_away_is_tried_again(house: House):
    id = await post(house)
    with pytest.raises(Exception, match="Connect"):
        await send(house, id, Mailbox())
    with pytest.raises(Exception, match="HUBBUB_SMTP_URL"):
        await send(house, id, None, keep_mail=False)
    assert (await state(house, id))[0] == "waiting"
    async with Mailbox() as box:
        await send(house, id, box)
        assert len(box.messages) == 1


@pytest.mark.parametrize(
    "to",
    ["a@b.example\r\nBcc: x@evil.example", "a@b.example,x@evil.example", "a b@c.example", "a@b", "<a@b.example>", "",
     "a@b.example>\n", "é@b.example", f"{'a' * 65}@b.example", "a@b.example\0", "a\u2028@b.example"],
)  # fmt: skip
async def test_nobody_writes_into_the_envelope(house: House, to: str):
    with pytest.raises(Invalid, match="no address"):
        await post(house, to=to)


async def test_nobody_writes_a_header(house: House, mailbox: Mailbox):
    id = await post(
        house,
        subject="Hello\r\nBcc: x@evil.example\r\n\r\n<script>\u2028x",
        lines=["Dear <b>you</b>,\r\nBcc: x@evil.example", "."],
    )
    await send(house, id, mailbox)
    [got] = mailbox.messages
    assert got["bcc"] is None and len(got.get_all("subject") or []) == 1
    assert got["subject"] == "Hello Bcc: x@evil.example <script> x"
    assert mailbox.envelopes[0][1] == ["gus@harbour.example"]
    assert "<b>you" not in said(got, "html")


async def test_the_secret_of_a_link_is_in_the_mail_and_nowhere_else(house: House, mailbox: Mailbox):
    async with house.database.act(None) as tx:
        id = await mail.post(
            tx, to="gus@harbour.example", subject=Text("In"), lines=[Text("In:")], label=Text("In"),
            address="https://hub.example/in/", secret=True,
        )  # fmt: skip
        secret = mail.secret_of(house.database, id)
        [row] = await tx.tuples("select m::text from mail m where id = %(id)s", {"id": id})
        [job] = await tx.tuples(
            "select args::text from procrastinate_jobs where args ->> 'mail' = %(id)s", {"id": id}
        )
    assert len(secret) == 43 and secret not in row[0] and secret not in job[0]
    await send(house, id, mailbox)
    assert f"https://hub.example/in/{secret}" in said(mailbox.messages[0], "plain")


async def test_without_a_server_it_is_kept(house: House):
    id = await post(house)
    await send(house, id, None, keep_mail=True)
    async with house.database.act(None) as tx:
        assert next(each for each in await mail.kept(tx) if each.id == id).lines == ["Hello Gus,", "come in."]


async def test_over_tls_only_a_server_that_is_trusted_gets_it(house: House, tmp_path: Path):
    cert, key = certificate(tmp_path)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(cert, key)
    for security, how in (("starttls", {"starttls": serving}), ("tls", {"tls": serving})):
        async with Mailbox(**how) as box:
            server = Smtp("localhost", PORT, security=security)
            for ca in (None, cert):
                id = await post(house)
                settings = msgspec.structs.replace(
                    house.settings, smtp=msgspec.structs.replace(server, ca=ca)
                )
                if ca is None:
                    with pytest.raises(Exception, match=r"(?i)certificate"):
                        await mail.send(settings, house.database, mail=id)
                else:
                    await mail.send(settings, house.database, mail=id)
            assert len(box.messages) == 1
    async with Mailbox() as box:  # offers no TLS: nothing is sent in the open
        id = await post(house)
        settings = msgspec.structs.replace(house.settings, smtp=Smtp("localhost", PORT))
        with pytest.raises(Exception, match=r"(?i)starttls"):
            await mail.send(settings, house.database, mail=id)
        assert box.messages == []


async def test_the_worker_sends_it_and_tries_again(house: House, mailbox: Mailbox):
    id = await post(house)
    settings = msgspec.structs.replace(house.settings, smtp=Smtp("127.0.0.1", PORT, security="none"))
    app = App(connector=jobs.create_app(house.settings.app_url).connector)
    jobs.register_errand(app, mail.JOB, partial(mail.send, settings, house.database))
    mailbox.answers["rcpt"] = "451 later, please"
    async with app.open_async():
        mine = {"task": mail.JOB, "args": {"org": None, "mail": id}}
        await _run_job(app, house, mine["args"])
        async with house.database.act(None) as tx:
            [(status, attempts, due)] = await tx.tuples(
                """select status::text, attempts, scheduled_at > now() from procrastinate_jobs
                   where args ->> 'mail' = %(id)s""",
                {"id": id},
            )
        assert (status, attempts, due) == ("todo", 1, True)
        mailbox.answers.clear()
        async with house.database.act(None) as tx:
            await tx.run(
                "update procrastinate_jobs set scheduled_at = null where args ->> 'mail' = %(id)s", {"id": id}
            )
        await _run_job(app, house, mine["args"])
    assert len(mailbox.messages) == 1


async def _run_job(app: App, house: House, args: dict[str, Any]) -> None:
    """Run the worker over this job alone: others of the run wait in the same queue."""
    async with house.database.act(None) as tx:
        await tx.run(
            "update procrastinate_jobs set queue_name = 'mine' where args ->> 'mail' = %(mail)s", args
        )
    await app.run_worker_async(queues=["mine"], wait=False, install_signal_handlers=False)


@pytest.mark.parametrize(
    "url",
    ["http://x", "smtp://", "smtps://h?security=none", "smtp://h?security=maybe", "smtp://h:99999", "smtp://h?x=1",
     "smtp://u:p@mail.example?security=none", "smtp://h?ca=/nowhere"],
)  # fmt: skip
def test_settings_that_cannot_be_are_said_at_once(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HUBBUB_SMTP_URL", url)
    monkeypatch.setenv("HUBBUB_MAIL_FROM", "hub@company.example")
    with pytest.raises(Trouble, match="HUBBUB_SMTP_URL"):
        config.load(tmp_path / "x")


def test_settings_of_mail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HUBBUB_SMTP_URL", "smtp://hub%40x:p%3A@mail.example")
    with pytest.raises(Trouble, match="HUBBUB_MAIL_FROM"):
        config.load(tmp_path / "x")
    monkeypatch.setenv("HUBBUB_MAIL_FROM", "Hub <hub@company.example>")
    monkeypatch.setenv("HUBBUB_PUBLIC_URL", "https://hub.example/")
    told = config.load(tmp_path / "x", keep_mail=True)
    assert told.smtp == Smtp("mail.example", 587, "hub@x", "p:", "starttls")
    assert "p:" not in repr(told.smtp) and not told.keep_mail and told.url == "https://hub.example"
    assert config.from_json(config.to_json(told)) == told
