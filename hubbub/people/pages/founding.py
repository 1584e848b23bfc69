"""Pages: signing up by work e-mail, domains like ours, and the mail that is kept where there is no mail server."""

from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from hubbub.core import html, mail
from hubbub.core.config import Settings
from hubbub.core.db import Database, Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.people import queries
from hubbub.people.access import Actor
from hubbub.people.access.domains import readable
from hubbub.people.actions import SIGN_UP, BadProfile, Welcome, sign_up, welcome
from hubbub.people.actions.accounts import LONGEST_COMPANY
from hubbub.people.actions.users import LENGTHS, WORDS
from hubbub.people.pages.forms import Input, form_of, from_here, origin_of, sent_link, signed_in

# --- signing up ----------------------------------------------------------------------------------------------------


@get("/sign-up")
async def show_sign_up(request: Request[Any, Any, Any]) -> Response[Any]:
    """The form that asks for an address."""
    settings: Settings = request.app.state.settings
    return await html.page(
        request, None, None, "people/sign_up.html", email="", error=None, sent="", mails=settings.mails
    )


@post("/sign-up", status_code=200)
async def send_sign_up_link(request: Request[Any, Any, Any]) -> Response[Any]:
    """Have a link sent to an address; the answer is the same whether anybody is known by it."""
    return await sent_link(request, SIGN_UP, "people/sign_up.html")


@get("/sign-up/{secret:str}")
async def show_welcome(request: Request[Any, Any, Any], secret: FromPath[str]) -> Response[Any]:
    """What a link from a mail leads to. It is not used yet: programs that look into mail open it, too."""
    database: Database = request.app.state.database
    async with database.act(None, read=True) as tx:
        found = await welcome(tx, secret)
    return await _welcome_page(request, secret, found, {}, {})


@post("/sign-up/{secret:str}", status_code=303)
async def finish_sign_up(request: Request[Any, Any, Any], secret: FromPath[str]) -> Response[Any]:
    """Confirm an address and go in."""
    form = await form_of(request)
    database: Database = request.app.state.database
    errors: dict[str, str] = {}
    try:
        session, _ = await sign_up(
            database,
            request.app.state.settings,
            secret,
            origin_of(request),
            first_name=form.get("first_name", ""),
            last_name=form.get("last_name", ""),
            company=form.get("company", ""),
            password=form.get("password", ""),
            objects=request.app.state.standard_objects(),
        )
    except BadProfile as bad:
        errors = dict(bad.by_field)
    except Invalid as invalid:
        if not invalid.fields:
            raise
        errors = dict.fromkeys(invalid.fields, invalid.message)
    else:
        return await signed_in(request, session, "/")
    async with database.act(None, read=True) as tx:
        found = await welcome(tx, secret)
    return await _welcome_page(request, secret, found, form, errors)


async def _welcome_page(
    request: Request[Any, Any, Any], secret: str, found: Welcome, form: dict[str, str], errors: dict[str, str]
) -> Response[Any]:
    def field(name: str, label: str, longest: int, *, kind: str = "text", required: bool = False) -> Input:
        return Input(
            name=name,
            label=html.translate(label),
            kind=kind,
            value="" if kind == "password" else form.get(name, "")[:longest],
            max_length=longest,
            required=required,
            error=html.translate(errors[name]) if name in errors else None,
        )

    fields = [
        field("first_name", WORDS["first_name"], LENGTHS["first_name"]),
        field("last_name", WORDS["last_name"], LENGTHS["last_name"], required=True),
    ]
    if found.company is None:
        fields.append(field("company", "Company", LONGEST_COMPANY))
    return await html.page(
        request,
        None,
        None,
        "people/welcome.html",
        status=422 if errors else 200,
        secret=secret,
        found=found,
        fields=fields,
        password_error=html.translate(errors["password"]) if "password" in errors else None,
        error=html.translate("Nothing was saved yet. Please look at the fields that are marked.")
        if errors
        else None,
    )


# --- domains like ours ---------------------------------------------------------------------------------------------


class Domain(msgspec.Struct, frozen=True):
    """A look-alike as the page shows it."""

    shown: str
    domain: str
    own: str
    reason: str
    created_at: Any


REASONS = {
    "letters": "looks the same, letter for letter",
    "one letter": "is one letter off",
    "name": "has the same name under another ending",
}


@get("/domains")
async def show_domains(
    request: Request[Any, Any, Any], tx: NamedDependency[Tx], actor: NamedDependency[Actor]
) -> Response[Any]:
    """The org's domains, and those that were founded elsewhere and look like them; for moderators."""
    rows = [
        Domain(
            readable(each.domain),
            each.domain,
            readable(each.own),
            html.translate(REASONS[each.reason]),
            each.created_at,
        )
        for each in await queries.look_alikes(tx, actor)
    ]
    own = [readable(domain) for domain in await queries.own_domains(tx, actor)]
    return await html.page(request, tx, actor, "people/domains.html", rows=rows, own=own)


# --- mail that was kept --------------------------------------------------------------------------------------------


@get("/dev/mail")
async def show_kept_mail(
    request: Request[Any, Any, Any], tx: NamedDependency[Tx], actor: NamedDependency[Actor]
) -> Response[Any]:
    """The mail that nobody was sent, where Hubbub tries itself out on one machine; for administrators."""
    settings: Settings = request.app.state.settings
    if not (settings.keep_mail and settings.smtp is None and actor.admin and from_here(request)):
        raise NotFound()
    return await html.page(request, tx, actor, "people/dev_mail.html", mails=await mail.kept(tx))


ROUTES = [
    show_sign_up,
    send_sign_up_link,
    show_welcome,
    finish_sign_up,
    show_domains,
    show_kept_mail,
]
