"""Pages: signing in and out, where I am signed in, the people of the org, editing a profile."""

import re
from typing import Any
from urllib.parse import quote, urlencode

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from hubbub.core import html, ids
from hubbub.core.config import Settings
from hubbub.core.db import Database, Tx
from hubbub.core.errors import NotFound, Refused
from hubbub.core.http import COOKIE, credential
from hubbub.core.ids import Type
from hubbub.people import queries
from hubbub.people.access import Actor, Origin, access_user
from hubbub.people.actions import (
    BadProfile,
    WrongPassword,
    edit_profile,
    end_session,
    end_token,
    leave,
    sign_in,
    sign_in_demo,
)
from hubbub.people.actions.sessions import LONGEST, client_name
from hubbub.people.actions.users import LENGTHS, PROFILE, WORDS

PAGE_SIZE = 50

# A path on this server. Browsers take a backslash for a slash and skip control characters: "/\evil" is another server.
_LOCAL = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")
_LOOPBACK = re.compile(r"(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?")


# --- reading the request -------------------------------------------------------------------------------------------


async def form_of(request: Request[Any, Any, Any]) -> dict[str, str]:
    """The texts of a form; what no text may contain is replaced."""
    return {
        name: value.replace("\0", "\ufffd")
        for name, value in (await request.form()).items()
        if isinstance(value, str)
    }


def origin_of(request: Request[Any, Any, Any]) -> Origin:
    """Where the request comes from, for the audit trail."""
    return Origin(
        client=request.headers.get("user-agent", "")[:200] or None,
        address=request.client.host if request.client else None,
        request_id=request.scope.get("request_id"),
    )


def local_path(text: str | None) -> str:
    """Where to go after signing in: a path on this server, or nothing."""
    return text if text and len(text) < 2000 and _LOCAL.fullmatch(text) else ""


def offers_one_click(request: Request[Any, Any, Any]) -> bool:
    """Whether demo people may sign in without a password: only here, and only by a name that means this machine."""
    settings: Settings = request.app.state.settings
    # A page elsewhere can make its own host name point at this machine; its requests would still carry that name.
    # What a proxy passes on comes from another machine, whatever it says.
    passed_on = any(name in request.headers for name in ("forwarded", "x-forwarded-for", "x-real-ip", "via"))
    return (
        settings.one_click
        and not passed_on
        and _LOOPBACK.fullmatch(request.headers.get("host", "")) is not None
    )


# --- signing in and out --------------------------------------------------------------------------------------------


@get("/sign-in")
async def show_sign_in(request: Request[Any, Any, Any]) -> Response[Any]:
    """The form to sign in with."""
    return await _sign_in_page(request, local_path(request.query_params.get("next")))


@post("/sign-in", status_code=303)
async def start_session(request: Request[Any, Any, Any]) -> Response[Any]:
    """Sign in by username and password."""
    form = await form_of(request)
    username, target = form.get("username", ""), local_path(form.get("next"))
    database: Database = request.app.state.database
    try:
        secret, _ = await sign_in(database, username, form.get("password", ""), origin_of(request))
    except Refused as refused:
        return await _refuse(request, refused, target, username)
    return await _signed_in(request, secret, target)


@post("/sign-in/demo", status_code=303)
async def start_demo_session(request: Request[Any, Any, Any]) -> Response[Any]:
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
    return await _signed_in(request, secret, target)


@post("/sign-out", status_code=303)
async def end_this_session(
    request: Request[Any, Any, Any], tx: NamedDependency[Tx], actor: NamedDependency[Actor]
) -> Response[bytes]:
    """Sign out of this browser."""
    if actor.session_id is not None:
        await end_session(tx, actor, actor.session_id)
    response = html.see_other("/sign-in")
    response.delete_cookie(COOKIE, path="/")
    return response


async def _refuse(
    request: Request[Any, Any, Any], refused: Refused, target: str, username: str
) -> Response[Any]:
    status = 422 if isinstance(refused, WrongPassword) else refused.status
    response = await _sign_in_page(
        request, target, username=username[:200], error=refused.message, status=status
    )
    for name, value in refused.headers.items():
        response.headers[name] = value
    return response


async def _sign_in_page(
    request: Request[Any, Any, Any],
    target: str,
    *,
    username: str = "",
    error: str | None = None,
    status: int = 200,
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


async def _signed_in(request: Request[Any, Any, Any], secret: str, target: str) -> Response[bytes]:
    """Put the new secret into the browser. What it held before, planted or its own, is worth nothing any more."""
    settings: Settings = request.app.state.settings
    before = credential(request)
    if before is not None:
        await leave(request.app.state.database, before, origin_of(request))
    response = html.see_other(quote(target or "/", safe="/%?#[]@!$&'()*+,;=:~"))
    response.set_cookie(
        COOKIE,
        secret,
        max_age=int(LONGEST.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=settings.is_https,
    )
    return response


# --- where I am signed in ------------------------------------------------------------------------------------------


@get("/people/sessions")
async def show_sessions(
    request: Request[Any, Any, Any], tx: NamedDependency[Tx], actor: NamedDependency[Actor]
) -> Response[Any]:
    """The browsers and programs that act in my name."""
    sessions = [
        msgspec.structs.replace(session, client=client_name(session.client))
        for session in await queries.sessions(tx, actor)
    ]
    return await html.page(
        request, tx, actor, "people/sessions.html", sessions=sessions, tokens=await queries.tokens(tx, actor)
    )


@post("/sessions/{key:str}/end", status_code=303)
async def end_one(
    tx: NamedDependency[Tx], actor: NamedDependency[Actor], key: FromPath[str]
) -> Response[bytes]:
    """End one of my sessions or tokens: it stops working at once."""
    ended = ids.parse(key, Type.SESSION, Type.TOKEN)
    if ids.type_of(ended) == Type.TOKEN:
        await end_token(tx, actor, ended)
    else:
        await end_session(tx, actor, ended)
    return html.see_other("/sign-in" if ended == actor.session_id else "/people/sessions")


# --- people --------------------------------------------------------------------------------------------------------


@get("/people")
async def show_people(
    request: Request[Any, Any, Any], tx: NamedDependency[Tx], actor: NamedDependency[Actor]
) -> Response[Any]:
    """The people of the org, for those inside."""
    if actor.guest:
        raise NotFound()
    q = request.query_params.get("q", "").replace("\0", "")[:100].strip()
    after = _place(request.query_params.get("after"))
    people, more = await queries.people_after(tx, actor, q=q, after=after, size=PAGE_SIZE)
    following = await queries.follows(tx, actor, [person.id for person in people])
    last = urlencode({"q": q, "after": f"{people[-1].key},{people[-1].name}"}) if more else ""
    return await html.page(
        request,
        tx,
        actor,
        "people/people.html",
        people=people,
        followed=list(following),
        q=q,
        next_url=f"/people?{last}" if more else None,
    )


def _place(text: str | None) -> tuple[str, int] | None:
    """Where the last page ended: the id and name of its last person."""
    if not text or "\0" in text:
        return None
    key, _, name = text.partition(",")
    return name[:200], ids.parse(key, Type.USER)


class Input(msgspec.Struct, frozen=True):
    """One field of the form of a profile."""

    name: str
    label: str
    kind: str
    value: str
    max_length: int
    required: bool
    error: str | None = None


@get("/people/{key:str}/edit")
async def show_edit(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[Actor],
    key: FromPath[str],
) -> Response[Any]:
    """The form for what a profile says."""
    person = await access_user(tx, actor, ids.parse(key, Type.USER), to="edit")
    profile = await queries.profile(tx, actor, person.id)
    values = {name: getattr(profile, name) or "" for name in PROFILE}
    return await html.page(
        request, tx, actor, "people/edit.html", person=person, error=None, fields=_inputs(values, {})
    )


@post("/people/{key:str}/edit", status_code=303)
async def save_edit(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[Actor],
    key: FromPath[str],
) -> Response[Any]:
    """Change what a profile says."""
    person = await access_user(tx, actor, ids.parse(key, Type.USER), to="edit")
    form = await form_of(request)
    values = {name: form[name] for name in PROFILE if name in form}
    try:
        await edit_profile(tx, actor, person.id, values)
    except BadProfile as bad:
        return await html.page(
            request,
            tx,
            actor,
            "people/edit.html",
            status=422,
            person=person,
            error=html.translate("Nothing was saved yet. Please look at the fields that are marked."),
            fields=_inputs(values, bad.by_field),
        )
    return html.see_other(f"/people/{person.key}")


def _inputs(values: dict[str, str], errors: dict[str, str]) -> list[Input]:
    return [
        Input(
            name=name,
            label=html.translate(WORDS[name]),
            kind="textarea" if name == "about" else "text",
            value=values.get(name, ""),
            max_length=LENGTHS[name],
            required=name in ("last_name", "timezone"),
            error=errors.get(name),
        )
        for name in PROFILE
    ]


@get("/profilephoto/{key:str}/{size:str}")
async def show_photo(key: FromPath[str], size: FromPath[str]) -> Response[str]:
    """The picture of who has none: a figure in the colour of his id, which says nothing about him to a stranger."""
    hue = html.hue(ids.parse(key, Type.USER)) * 30
    pixels = {"F": 200, "T": 64}.get(size)
    if pixels is None:
        raise NotFound()
    figure = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{pixels}" height="{pixels}" viewBox="0 0 64 64">'
        f'<rect width="64" height="64" fill="hsl({hue} 45% 42%)"/><g fill="#fff" fill-opacity=".9">'
        '<circle cx="32" cy="25" r="11"/><path d="M11 60c1-14 10-20 21-20s20 6 21 20z"/></g></svg>'
    )
    return Response(
        content=figure, media_type="image/svg+xml", headers={"cache-control": "public, max-age=86400"}
    )


ROUTES = [
    show_sign_in,
    start_session,
    start_demo_session,
    end_this_session,
    show_sessions,
    end_one,
    show_people,
    show_edit,
    save_edit,
    show_photo,
]
