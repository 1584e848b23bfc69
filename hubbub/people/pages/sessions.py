"""Pages: where I am signed in, and which orgs I belong to."""

from typing import Any
from urllib.parse import quote

import msgspec
from litestar import Response, get, post

from hubbub.core import html, ids
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.http import COOKIE
from hubbub.core.ids import Type
from hubbub.people import queries
from hubbub.people.access import Me
from hubbub.people.access.apps import SCOPES
from hubbub.people.actions import (
    end_session,
    end_token,
    sign_out_everywhere,
    switch_org,
)
from hubbub.people.actions.apps import withdraw_app
from hubbub.people.actions.sessions import client_name
from hubbub.people.pages.authorize import scope_words
from hubbub.people.pages.forms import form_of, local_path, put_session
from hubbub.people.queries.apps import apps_of


@get("/people/sessions")
async def show_sessions(request: Request, tx: Transaction, actor: Me) -> Response[Any]:
    """The browsers and programs that act in my name."""
    sessions = [
        msgspec.structs.replace(session, client=client_name(session.client))
        for session in await queries.sessions(tx, actor)
    ]
    return await html.page(
        request,
        tx,
        actor,
        "people/sessions.html",
        sessions=sessions,
        tokens=await queries.tokens(tx, actor),
        apps=len(await apps_of(tx, actor)),
    )


@get("/people/apps")
async def show_apps(request: Request, tx: Transaction, actor: Me) -> Response[Any]:
    """The connected apps that act in my name, and what each may do."""
    words = scope_words()
    return await html.page(
        request,
        tx,
        actor,
        "people/apps.html",
        apps=[
            (each, [words[scope] for scope in SCOPES if scope in each.scopes])
            for each in await apps_of(tx, actor)
        ],
    )


@post("/people/apps/{key:str}/withdraw", status_code=303)
async def send_away(tx: Transaction, actor: Me, key: InPath) -> Response[bytes]:
    """Send an app away: its tokens stop working at once, and it has to ask me again."""
    await withdraw_app(tx, actor, ids.parse(key, Type.APP))
    return html.see_other("/people/apps")


@post("/sessions/{key:str}/end", status_code=303)
async def end_one(tx: Transaction, actor: Me, key: InPath) -> Response[bytes]:
    """End one of my sessions or tokens: it stops working at once."""
    ended = ids.parse(key, Type.SESSION, Type.TOKEN)
    if ids.type_of(ended) == Type.TOKEN:
        await end_token(tx, actor, ended)
    else:
        await end_session(tx, actor, ended)
    return html.see_other("/sign-in" if ended == actor.session_id else "/people/sessions")


@post("/sign-out/everywhere", status_code=303)
async def end_all(tx: Transaction, actor: Me) -> Response[bytes]:
    """Sign out everywhere: every browser and program, in every org, this one too."""
    await sign_out_everywhere(tx, actor)
    response = html.see_other("/sign-in")
    response.delete_cookie(COOKIE, path="/")
    return response


# --- which orgs I belong to ----------------------------------------------------------------------------------------


@get("/orgs")
async def show_orgs(request: Request, tx: Transaction, actor: Me) -> Response[Any]:
    """The orgs that my login belongs to."""
    mine = await queries.memberships(tx, actor)
    return await html.page(request, tx, actor, "people/orgs.html", orgs=mine)


@post("/orgs/{key:str}/enter", status_code=303)
async def enter_org(request: Request, tx: Transaction, actor: Me, key: InPath) -> Response[bytes]:
    """Go on in another of my orgs, at its home page or where I was going."""
    target = local_path((await form_of(request)).get("next")) or "/"
    if target.partition("?")[0] == "/orgs":  # where the button stands
        target = "/"
    secret = await switch_org(tx, actor, ids.parse(key, Type.ORG) & 0x7FFFFFFF)
    response = html.see_other(quote(target, safe="/%?#[]@!$&'()*+,;=:~"))
    put_session(response, secret, request.app.state.settings)
    return response


ROUTES = [show_sessions, show_apps, send_away, end_one, end_all, show_orgs, enter_org]
