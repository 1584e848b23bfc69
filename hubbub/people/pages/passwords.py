"""Pages: a new password for who has forgotten his, and for who has not."""

from typing import Any

from litestar import Response, get, post

from hubbub.core import html
from hubbub.core.config import Settings
from hubbub.core.db import Database
from hubbub.core.errors import Invalid
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.people.access import Me
from hubbub.people.actions import PASSWORD, change_password, read_link, reset_password
from hubbub.people.pages.forms import form_of, origin_of, sent_link, signed_in


@get("/password/forgot")
async def show_forgot(request: Request) -> Response[Any]:
    """The form that asks for the address of who has forgotten his password."""
    settings: Settings = request.app.state.settings
    return await html.page(
        request, None, None, "people/forgot.html", email="", error=None, sent="", mails=settings.mails
    )


@post("/password/forgot", status_code=200)
async def send_reset_link(request: Request) -> Response[Any]:
    """Have a link sent by which a new password is chosen; the answer is the same whether anybody is known there."""
    return await sent_link(request, PASSWORD, "people/forgot.html")


@get("/password/reset/{secret:str}")
async def show_reset(request: Request, secret: InPath) -> Response[Any]:
    """The form to which the link in the mail leads."""
    database: Database = request.app.state.database
    async with database.act(None, read=True) as tx:
        link = await read_link(tx, PASSWORD, secret)
    return await html.page(
        request, None, None, "people/reset.html", secret=secret, email=link.email, error=None
    )


@post("/password/reset/{secret:str}", status_code=303)
async def save_reset(request: Request, secret: InPath) -> Response[Any]:
    """Choose a new password by a link, and go in."""
    form = await form_of(request)
    database: Database = request.app.state.database
    try:
        session, _ = await reset_password(database, secret, form.get("password", ""), origin_of(request))
    except Invalid as invalid:
        async with database.act(None, read=True) as tx:
            link = await read_link(tx, PASSWORD, secret)
        return await html.page(
            request, None, None, "people/reset.html", status=422, secret=secret, email=link.email,
            error=invalid.said,
        )  # fmt: skip
    return await signed_in(request, session, "/")


@get("/password")
async def show_password(request: Request, tx: Transaction, actor: Me) -> Response[Any]:
    """The form in which I change my password."""
    return await html.page(request, tx, actor, "people/password.html", errors={})


@post("/password", status_code=303)
async def save_password(request: Request, tx: Transaction, actor: Me) -> Response[Any]:
    """Change my password; everywhere else I am signed out."""
    form = await form_of(request)
    try:
        await change_password(tx, actor, present=form.get("present", ""), new=form.get("password", ""))
    except Invalid as invalid:
        errors = dict.fromkeys(invalid.fields, invalid.said)
        return await html.page(request, tx, actor, "people/password.html", status=422, errors=errors)
    return html.see_other("/people/sessions")


ROUTES = [show_forgot, send_reset_link, show_reset, save_reset, show_password, save_password]
