"""The page on which somebody lets an app act in his name (OAuth 2.0, authorization code)."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import msgspec
from litestar import Response, get, post

from hubbub.core import html, ids, languages
from hubbub.core.db import Database, Tx
from hubbub.core.errors import Refused, Unauthenticated
from hubbub.core.handlers import Request
from hubbub.core.html import translate as _
from hubbub.core.http import credential
from hubbub.core.ids import Type
from hubbub.people import queries
from hubbub.people.access import Actor, authenticate
from hubbub.people.access.apps import (
    LASTING,
    BadScope,
    ConnectedApp,
    app_of_client,
    callback_fits,
    may_use_app,
    org_of,
    scopes_of,
)
from hubbub.people.actions.apps import allow_app
from hubbub.people.pages.forms import form_of, origin_of
from hubbub.people.queries.apps import consented

LONGEST = 2000  # of one parameter
_CHALLENGE = re.compile(r"[\w-]{43}", re.ASCII)
PARAMETERS = (
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
    "prompt",
    "nonce",
)


class BadRequest(Refused):
    """A request that names no app, or nowhere to go back to: nobody is sent anywhere."""

    status = 400
    code = "invalid_request"


class Told(Refused):
    """An answer that the app is told, by sending the browser back to it."""

    code = "invalid_request"


class Asked(msgspec.Struct, frozen=True):
    """What an app asks for, once it is known that it may ask."""

    app: ConnectedApp
    given: dict[str, str]
    scopes: list[str]
    challenge: str | None

    @property
    def callback(self) -> str:
        return self.given["redirect_uri"]

    @property
    def prompt(self) -> set[str]:
        return set(self.given.get("prompt", "").split())


@get("/authorize")
async def show_consent(request: Request) -> Response[Any]:
    """What an app asks for, and whether I let it in; who let it in before is not asked again."""
    query = request.scope["query_string"].decode("latin-1")
    return await _answer(request, _parameters(parse_qsl(query, keep_blank_values=True)), None)


@post("/authorize", status_code=303)
async def answer_consent(request: Request) -> Response[Any]:
    """Let an app in, or do not; the browser goes back to it either way."""
    form = await form_of(request)
    return await _answer(request, _parameters(form.items()), form.get("answer", ""))


async def _answer(request: Request, given: dict[str, str], answered: str | None) -> Response[Any]:
    database: Database = request.app.state.database
    app = await _access_client(database, given)
    try:
        asked = _asked(app, given)
        held = credential(request)
        if held is None or (answered is None and "login" in asked.prompt):
            return _sign_in_first(asked)
        # One act from the question to the code: what was asked is still so when the code is made, and whoever signs out,
        # changes the app or sends it away at this moment waits, and then ends the code.
        async with database.act(held.org_id) as tx:
            origin = origin_of(request)
            try:
                actor = await authenticate(
                    tx, held, client=origin.client, address=origin.address, request_id=origin.request_id
                )
            except Unauthenticated:
                return _sign_in_first(asked)
            languages.speak_to(actor.locale)
            if actor.org_id != app.org_id:
                return await _elsewhere(request, tx, actor, asked)
            app = await _app(tx, given, hold=True)
            asked = _asked(app, given)
            if not await may_use_app(tx, app.id, actor.user_id):
                raise Told("access_denied", "user is not admin approved to access this app")
            if answered is None:
                known = await consented(tx, actor, app.id)
                # Any program on a device can say that it is a public app: there a person is asked every time.
                if app.public or not set(asked.scopes) <= set(known) or "consent" in asked.prompt:
                    return await _consent_page(request, tx, actor, asked, known=bool(known))
            elif answered != "allow":
                raise Told("access_denied", "end-user denied authorization")
            try:
                code = await allow_app(
                    tx, actor, app, callback=asked.callback, scopes=asked.scopes, challenge=asked.challenge,
                    nonce=asked.given.get("nonce"),
                )  # fmt: skip
            except Unauthenticated:
                return _sign_in_first(asked)
        return await _go(request, app, given, {"code": code})
    except Told as told:
        return await _go(request, app, given, {"error": told.code, "error_description": told.message})


# --- what is asked -------------------------------------------------------------------------------------------------


def _parameters(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The parameters that mean something, each at most once."""
    given: dict[str, str] = {}
    for name, value in pairs:
        if name in PARAMETERS:
            if name in given:
                raise BadRequest(text=_("The app asked for something twice over: {name}.", name=name))
            if len(value) > LONGEST:
                raise BadRequest(text=_("The app sent something that is too long: {name}.", name=name))
            given[name] = value.replace("\0", "\ufffd")
    return given


async def _access_client(database: Database, given: dict[str, str]) -> ConnectedApp:
    """The app that asks, where it says truly where it lives; before that, nobody is sent anywhere."""
    org_id = org_of(given.get("client_id", "").partition(".")[0])
    if org_id is None:
        raise _unknown()
    async with database.act(org_id, read=True) as tx:
        return await _app(tx, given)


async def _app(tx: Tx, given: dict[str, str], *, hold: bool = False) -> ConnectedApp:
    app = await app_of_client(tx, given.get("client_id", ""), hold=hold)
    if app is None:
        raise _unknown()
    if not callback_fits(app.callbacks, given.get("redirect_uri", "")):
        raise BadRequest(
            "redirect_uri_mismatch",
            _(
                "The app that sent you here asks to go back to where it does not live: redirect_uri must match configuration."
            ),
        )
    return app


def _unknown() -> BadRequest:
    return BadRequest(
        "invalid_client_id", _("The app that sent you here is not known: client identifier invalid.")
    )


def _asked(app: ConnectedApp, given: dict[str, str]) -> Asked:
    """What the app asks for; raises Told."""
    if given.get("response_type") != "code":
        raise Told("unsupported_response_type", "response type not supported")
    challenge = given.get("code_challenge") or None
    # Salesforce's clients send no method; S256 is the only one that it knows.
    if challenge is not None and given.get("code_challenge_method", "S256") != "S256":
        raise Told("invalid_request", "code challenge method not supported")
    if challenge is not None and not _CHALLENGE.fullmatch(challenge):
        raise Told("invalid_request", "invalid code challenge")
    if challenge is None and app.public:
        raise Told("invalid_request", "missing required code challenge")
    try:
        scopes = scopes_of(given.get("scope", ""), app.scopes)
    except BadScope as bad:
        raise Told(bad.code, bad.message) from None
    if not set(scopes) - {LASTING}:
        raise Told("invalid_scope", "the requested scope opens nothing")
    return Asked(app, given, scopes, challenge)


# --- who answers ---------------------------------------------------------------------------------------------------


def _sign_in_first(asked: Asked) -> Response[bytes]:
    """The page to sign in, which leads back here."""
    if "none" in asked.prompt:
        raise Told("login_required", "the end-user is not signed in")
    again = dict(asked.given)
    if "prompt" in again:
        again["prompt"] = " ".join(sorted(asked.prompt - {"login"}))
    return html.see_other(f"/sign-in?next={quote(f'/authorize?{urlencode(again)}')}")


async def _elsewhere(request: Request, tx: Tx, actor: Actor, asked: Asked) -> Response[str]:
    """An app acts in its own org only: who is at work in another of his orgs goes there first."""
    if "none" in asked.prompt:
        raise Told("interaction_required", "the end-user is in another organization")
    wanted = ids.show(ids.make(Type.ORG, asked.app.org_id))
    mine = await queries.memberships(tx, actor)
    here, there = (
        next((org for org in mine if org.current), None),
        next((org for org in mine if org.key == wanted), None),
    )
    if here is None or there is None:
        # Of an org that is not his he is told nothing, not even that it has such an app.
        raise _unknown()
    return await html.page(
        request,
        None,
        None,
        "people/authorize_elsewhere.html",
        here=here,
        there=there,
        app=asked.app.name,
        next=f"/authorize?{urlencode(asked.given)}",
    )


async def _consent_page(
    request: Request, tx: Tx, actor: Actor, asked: Asked, *, known: bool
) -> Response[str]:
    if "none" in asked.prompt:
        raise Told("consent_required", "the end-user has to be asked")
    org = next(each for each in await queries.memberships(tx, actor) if each.current)
    person = (await queries.cards(tx, [actor.user_id]))[actor.user_id]
    host = urlsplit(asked.callback)
    return await html.page(
        request,
        None,
        None,
        "people/authorize.html",
        app=asked.app.name,
        org=org.name,
        person=person,
        username=actor.username,
        scopes=[word for each in asked.scopes if (word := scope_words().get(each))],
        known=known,
        host=host.netloc if host.scheme in ("http", "https") else host.scheme,
        days=asked.app.refresh_days if LASTING in asked.scopes else 0,
        public=asked.app.public,
        given=list(asked.given.items()),
    )


def scope_words() -> dict[str, str]:
    """What each scope lets an app do, as people are told."""
    return {
        "full": _("do everything that you may do"),
        "api": _("read and change every record that you may, and search"),
        "chatter_api": _("read your feeds, and post, comment and like as you"),
        "id": _("know your name, e-mail address, language and time zone"),
        "profile": _("know your profile"),
        "openid": _("know that it is you who signed in"),
        LASTING: _("do this also while you are away, until you send it away"),
    }


# --- back to the app -----------------------------------------------------------------------------------------------


async def _go(
    request: Request, app: ConnectedApp, given: dict[str, str], answer: dict[str, str]
) -> Response[Any]:
    """Send the browser back to the app, with the state that it gave."""
    if "state" in given:
        answer["state"] = given["state"]
    # Which server answers, for apps that know several (RFC 9207).
    answer["iss"] = request.app.state.settings.url
    callback = given["redirect_uri"]
    address = f"{callback}{'&' if '?' in callback else '?'}{urlencode(answer)}"
    # A form of ours leads nowhere else, say our pages (form-action), not even by way of a redirection. A browser that
    # comes from one gets a page that goes on by itself.
    if request.headers.get("sec-fetch-site") == "same-origin":
        return await html.page(
            request,
            None,
            None,
            "people/authorize_done.html",
            app=app.name,
            address=address,
            ok="code" in answer,
        )
    return html.see_other(address)


ROUTES = [show_consent, answer_consent]
