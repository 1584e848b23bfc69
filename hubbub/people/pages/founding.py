"""Pages: signing up by work e-mail, domains like ours, and the mail that is kept where there is no mail server."""

from typing import Any

import msgspec
from litestar import Response, get, post

from hubbub.core import html
from hubbub.core.config import Settings
from hubbub.core.db import Database, Tx
from hubbub.core.errors import Forbidden, Invalid, NotFound, Refused
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.languages import mark
from hubbub.people import queries
from hubbub.people.access import Actor, Me
from hubbub.people.access.domains import readable
from hubbub.people.actions import (
    SIGN_UP,
    Welcome,
    ask_for_domain,
    confirm_domain,
    domain_to_confirm,
    remove_domain,
    sign_up,
    welcome,
)
from hubbub.people.actions.accounts import LONGEST_COMPANY
from hubbub.people.pages.forms import (
    come_in_page,
    form_of,
    from_here,
    newcomer_fields,
    origin_of,
    sent_link,
    signed_in,
    text_input,
    wrong_fields,
)

# --- signing up ----------------------------------------------------------------------------------------------------


@get("/sign-up")
async def show_sign_up(request: Request) -> Response[Any]:
    """The form that asks for an address."""
    settings: Settings = request.app.state.settings
    return await html.page(
        request, None, None, "people/sign_up.html", email="", error=None, sent="", mails=settings.mails
    )


@post("/sign-up", status_code=200)
async def send_sign_up_link(request: Request) -> Response[Any]:
    """Have a link sent to an address; the answer is the same whether anybody is known by it."""
    return await sent_link(request, SIGN_UP, "people/sign_up.html")


@get("/sign-up/{secret:str}")
async def show_welcome(request: Request, secret: InPath) -> Response[Any]:
    """What a link from a mail leads to. It is not used yet: programs that look into mail open it, too."""
    database: Database = request.app.state.database
    async with database.act(None, read=True) as tx:
        found = await welcome(tx, secret)
    return await _welcome_page(request, secret, found, {}, {})


@post("/sign-up/{secret:str}", status_code=303)
async def finish_sign_up(request: Request, secret: InPath) -> Response[Any]:
    """Confirm an address and go in."""
    form = await form_of(request)
    database: Database = request.app.state.database
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
            timezone=form.get("timezone", ""),
            objects=request.app.state.standard_objects(),
        )
    except Invalid as invalid:
        errors = wrong_fields(invalid)
    else:
        return await signed_in(request, session, "/")
    async with database.act(None, read=True) as tx:
        found = await welcome(tx, secret)
    return await _welcome_page(request, secret, found, form, errors)


async def _welcome_page(
    request: Request, secret: str, found: Welcome, form: dict[str, str], errors: dict[str, str]
) -> Response[Any]:
    fields = newcomer_fields(form, errors)
    if found.company is None:
        fields.append(text_input("company", "Company", LONGEST_COMPANY, form, errors))
    return await come_in_page(request, "people/welcome.html", fields, errors, secret=secret, found=found)


# --- domains like ours ---------------------------------------------------------------------------------------------


class Domain(msgspec.Struct, frozen=True):
    """A look-alike as the page shows it."""

    shown: str
    domain: str
    own: str
    reason: str
    created_at: Any


REASONS = {
    "letters": mark("looks the same, letter for letter"),
    "one letter": mark("is one letter off"),
    "name": mark("has the same name under another ending"),
}


@get("/domains")
async def show_domains(request: Request, tx: Transaction, actor: Me) -> Response[Any]:
    """The org's domains, and those that were founded elsewhere and look like them; for moderators and administrators."""
    return await _domains_page(request, tx, actor)


@post("/domains", status_code=200)
async def add_domain(request: Request, tx: Transaction, actor: Me) -> Response[Any]:
    """Have a link sent to an address of a domain that is to be ours, too."""
    email = (await form_of(request)).get("email", "")
    try:
        async with tx.savepoint():
            address = await ask_for_domain(tx, actor, request.app.state.settings, email)
    except Forbidden:
        raise
    except Refused as refused:
        status = 422 if isinstance(refused, Invalid) else refused.status
        return await _domains_page(request, tx, actor, status=status, error=refused.said, email=email[:200])
    return await _domains_page(request, tx, actor, sent=address.text)


@post("/domains/{domain:str}/delete", status_code=303)
async def give_up_domain(tx: Transaction, actor: Me, domain: InPath) -> Response[bytes]:
    """Give up a domain of ours: who is here stays."""
    await remove_domain(tx, actor, domain)
    return html.see_other("/domains")


@get("/domains/confirm/{secret:str}")
async def show_domain(request: Request, tx: Transaction, actor: Me, secret: InPath) -> Response[Any]:
    """What the link in the mail leads to, for an administrator of the company that asked."""
    link = await domain_to_confirm(tx, actor, secret)
    return await html.page(
        request, tx, actor, "people/domain.html", secret=secret, domain=readable(link.address.domain)
    )


@post("/domains/confirm/{secret:str}", status_code=303)
async def take_domain(tx: Transaction, actor: Me, secret: InPath) -> Response[bytes]:
    """Let the people of a domain join us from now on."""
    await confirm_domain(tx, actor, secret)
    return html.see_other("/domains")


async def _domains_page(
    request: Request,
    tx: Tx,
    actor: Actor,
    *,
    status: int = 200,
    error: str | None = None,
    email: str = "",
    sent: str = "",
) -> Response[Any]:
    settings: Settings = request.app.state.settings
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
    own = [(domain, readable(domain)) for domain in await queries.own_domains(tx, actor)]
    return await html.page(
        request,
        tx,
        actor,
        "people/domains.html",
        status=status,
        rows=rows,
        own=own,
        may=actor.admin,
        mails=settings.mails,
        error=error,
        email=email,
        sent=sent,
    )


# --- mail that was kept --------------------------------------------------------------------------------------------


@get("/dev/mail")
async def show_kept_mail(request: Request, tx: Transaction, actor: Me) -> Response[Any]:
    """The mail that nobody was sent, where Hubbub tries itself out on one machine; for administrators: what is for
    their company, or for none yet."""
    settings: Settings = request.app.state.settings
    if not (settings.keep_mail and settings.smtp is None and actor.admin and from_here(request)):
        raise NotFound()
    return await html.page(
        request, tx, actor, "people/dev_mail.html", mails=await queries.kept_mail(tx, actor)
    )


ROUTES = [
    show_sign_up,
    send_sign_up_link,
    show_welcome,
    finish_sign_up,
    show_domains,
    add_domain,
    give_up_domain,
    show_domain,
    take_domain,
    show_kept_mail,
]
