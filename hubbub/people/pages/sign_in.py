"""Pages: signing in and out."""

from typing import Any

from litestar import Response, get, post

from hubbub.core import html
from hubbub.core.db import Database
from hubbub.core.errors import NotFound, Refused
from hubbub.core.handlers import Request, Transaction
from hubbub.core.http import COOKIE
from hubbub.people import queries
from hubbub.people.access import Me
from hubbub.people.actions import (
    WrongPassword,
    end_session,
    sign_in,
    sign_in_demo,
)
from hubbub.people.pages.forms import form_of, local_path, offers_one_click, origin_of, signed_in


@get("/sign-in")
async def show_sign_in(request: Request) -> Response[Any]:
    """The form to sign in with."""
    return await _sign_in_page(request, local_path(request.query_params.get("next")))


@post("/sign-in", status_code=303)
async def start_session(request: Request) -> Response[Any]:
    """Sign in by username and password."""
    form = await form_of(request)
    username, target = form.get("username", ""), local_path(form.get("next"))
    database: Database = request.app.state.database
    try:
        secret, _ = await sign_in(database, username, form.get("password", ""), origin_of(request))
    except Refused as refused:
        return await _refuse(request, refused, target, username)
    return await signed_in(request, secret, target)


@post("/sign-in/demo", status_code=303)
async def start_demo_session(request: Request) -> Response[Any]:
    """Sign in as one of the demo company, with one click."""
    if not offers_one_click(request):
        raise NotFound()
    form = await form_of(request)
    target = local_path(form.get("next"))
    try:
        secret, _ = await sign_in_demo(
            request.app.state.database, form.get("username", ""), origin_of(request)
        )
    except Refused as refused:
        return await _refuse(request, refused, target, "")
    return await signed_in(request, secret, target)


@post("/sign-out", status_code=303)
async def end_this_session(request: Request, tx: Transaction, actor: Me) -> Response[bytes]:
    """Sign out of this browser."""
    if actor.session_id is not None:
        await end_session(tx, actor, actor.session_id)
    response = html.see_other("/sign-in")
    response.delete_cookie(COOKIE, path="/")
    return response


async def _refuse(request: Request, refused: Refused, target: str, username: str) -> Response[Any]:
    status = 422 if isinstance(refused, WrongPassword) else refused.status
    response = await _sign_in_page(
        request, target, username=username[:200], error=refused.said, status=status
    )
    for name, value in refused.headers.items():
        response.headers[name] = value
    return response


async def _sign_in_page(
    request: Request, target: str, *, username: str = "", error: str | None = None, status: int = 200
) -> Response[Any]:
    demo: list[queries.DemoPerson] = []
    if offers_one_click(request):
        database: Database = request.app.state.database
        async with database.act(None, read=True) as tx:
            demo = await queries.demo_people(tx)
    return await html.page(
        request,
        None,
        None,
        "people/sign_in.html",
        status=status,
        username=username,
        next=target,
        error=html.translate(error) if error else None,
        demo=demo,
    )


ROUTES = [show_sign_in, start_session, start_demo_session, end_this_session]
