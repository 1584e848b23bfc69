"""What pages of people read from a request, and how they put a session into a browser."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from litestar import Response

from hubbub.core import html
from hubbub.core.config import Settings
from hubbub.core.errors import Invalid, Refused
from hubbub.core.handlers import Request
from hubbub.core.html import Input
from hubbub.core.http import COOKIE, credential
from hubbub.people.access import Origin
from hubbub.people.actions import BadProfile, ask_for_link, leave
from hubbub.people.actions.profiles import LENGTHS, WORDS
from hubbub.people.actions.sessions import LONGEST

# A path on this server. Browsers take a backslash for a slash and skip control characters: "/\evil" is another server.
_LOCAL = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")
# What an app asks for stands in the address to which signing in leads back.
LONGEST_PATH = 8000
_LOOPBACK = re.compile(r"(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?")


async def form_of(request: Request) -> dict[str, str]:
    """The texts of a form; what no text may contain is replaced."""
    return {
        name: value.replace("\0", "\ufffd")
        for name, value in (await request.form()).items()
        if isinstance(value, str)
    }


def origin_of(request: Request) -> Origin:
    """Where the request comes from, for the audit trail."""
    return Origin(
        client=request.headers.get("user-agent", "")[:200] or None,
        address=request.client.host if request.client else None,
        request_id=request.scope.get("request_id"),
    )


async def sent_link(request: Request, purpose: str, template: str) -> Response[Any]:
    """Have a link sent to the address in the form; the answer is the same whether anybody is known by it."""
    settings: Settings = request.app.state.settings
    email = (await form_of(request)).get("email", "")
    sent, error, status = "", None, 200
    try:
        address = await ask_for_link(request.app.state.database, settings, purpose, email, origin_of(request))
        sent = address.text
    except Refused as refused:
        error, status = (
            refused.said,
            422 if isinstance(refused, Invalid) else refused.status,
        )
    return await html.page(
        request,
        None,
        None,
        template,
        status=status,
        email=email[:200],
        error=error,
        sent=sent,
        mails=settings.mails,
        kept=settings.keep_mail and from_here(request),
    )


def text_input(
    name: str,
    label: str,
    longest: int,
    form: Mapping[str, str],
    errors: Mapping[str, str],
    *,
    required: bool = False,
) -> Input:
    """A line of text with what was typed, and what is wrong with it."""
    return Input(
        name=name,
        label=html.translate(label),
        kind="text",
        value=form.get(name, "")[:longest],
        max_length=longest,
        required=required,
        error=html.translate(errors[name]) if name in errors else None,
    )


def newcomer_fields(form: Mapping[str, str], errors: Mapping[str, str]) -> list[Input]:
    """What somebody is asked who comes in by a link: his name."""
    return [
        text_input("first_name", WORDS["first_name"], LENGTHS["first_name"], form, errors),
        text_input("last_name", WORDS["last_name"], LENGTHS["last_name"], form, errors, required=True),
    ]


def wrong_fields(invalid: Invalid) -> dict[str, str]:
    """What is wrong with each field of a form; raises it again where it concerns none."""
    if isinstance(invalid, BadProfile):
        return dict(invalid.by_field)
    if not invalid.fields:
        raise invalid
    return dict.fromkeys(invalid.fields, invalid.said)


async def come_in_page(
    request: Request, template: str, fields: list[Input], errors: Mapping[str, str], **shown: Any
) -> Response[Any]:
    """The page behind a link by which somebody comes in: 422 where what he typed was refused."""
    return await html.page(
        request,
        None,
        None,
        template,
        status=422 if errors else 200,
        fields=fields,
        password_error=html.translate(errors["password"]) if "password" in errors else None,
        error=html.translate("Nothing was saved yet. Please look at the fields that are marked.")
        if errors
        else None,
        **shown,
    )


def local_path(text: str | None) -> str:
    """Where to go after signing in: a path on this server, or nothing."""
    return text if text and len(text) < LONGEST_PATH and _LOCAL.fullmatch(text) else ""


def offers_one_click(request: Request) -> bool:
    """Whether demo people may sign in without a password: only here, and only by a name that means this machine."""
    settings: Settings = request.app.state.settings
    return settings.one_click and from_here(request)


def from_here(request: Request) -> bool:
    """Whether the request was made on this machine, to a name that means this machine."""
    # A page elsewhere can make its own host name point at this machine; its requests would still carry that name.
    # What a proxy passes on comes from another machine, whatever it says.
    passed_on = any(name in request.headers for name in ("forwarded", "x-forwarded-for", "x-real-ip", "via"))
    return not passed_on and _LOOPBACK.fullmatch(request.headers.get("host", "")) is not None


async def signed_in(request: Request, secret: str, target: str) -> Response[bytes]:
    """Put the new secret into the browser. What it held before, planted or its own, is worth nothing any more."""
    settings: Settings = request.app.state.settings
    before = credential(request)
    if before is not None:
        await leave(request.app.state.database, before, origin_of(request))
    response = html.see_other(quote(target or "/", safe="/%?#[]@!$&'()*+,;=:~"))
    put_session(response, secret, settings)
    return response


def put_session(response: Response[Any], secret: str, settings: Settings) -> None:
    """Have the browser keep a session's secret."""
    response.set_cookie(
        COOKIE,
        secret,
        max_age=int(LONGEST.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=settings.is_https,
    )
