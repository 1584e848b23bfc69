"""OAuth: tokens for programs, their end, and who they act as."""

import base64
import binascii
import hashlib
import hmac
from typing import Any
from urllib.parse import unquote_plus, urlencode

import msgspec
from litestar import HttpMethod, Response, get, post, route

from hubbub import people
from hubbub.api.errors import oauth_answer
from hubbub.api.identity import identity_address, identity_url, userinfo_body
from hubbub.api.openid import id_token, metadata
from hubbub.core.clock import now
from hubbub.core.config import Settings
from hubbub.core.db import Database
from hubbub.core.errors import Refused
from hubbub.core.handlers import Request, Transaction
from hubbub.core.rest import json_answer

NO_STORE = {"cache-control": "no-store", "pragma": "no-cache"}
LONGEST = 4000  # of one parameter


class Unsupported(Refused):
    status = 400
    code = "unsupported_grant_type"
    text = "grant type not supported"


class Incomplete(Refused):
    status = 400
    code = "invalid_request"


@post("/services/oauth2/token", status_code=200)
async def create_token(request: Request) -> Response[bytes]:
    """POST /services/oauth2/token — grant_type authorization_code, refresh_token, password or client_credentials;
    parameters in a form, in the address, or client id and secret by HTTP Basic. Errors are `{error, error_description}`."""
    settings: Settings = request.app.state.settings
    try:
        given = await _parameters(request)
        client_id, client_secret = _client(request, given)
        tokens = await _issue(request, given, client_id, client_secret)
    except people.WrongPassword:
        return oauth_answer(Refused("invalid_grant", "authentication failure"))
    except Refused as refused:
        return oauth_answer(refused)
    id = identity_url(settings.url, tokens.actor)
    issued_at = str(int(now().timestamp() * 1000))
    signature = hmac.new(client_secret.encode(), (id + issued_at).encode(), hashlib.sha256).digest()
    body = {
        "access_token": tokens.access_token,
        "instance_url": settings.url,
        "id": id,
        "token_type": "Bearer",
        "issued_at": issued_at,
        "signature": base64.b64encode(signature).decode(),
        "scope": " ".join(tokens.scopes),
    }
    if tokens.refresh_token:
        body["refresh_token"] = tokens.refresh_token
    if tokens.signed_in and "openid" in tokens.scopes:
        body["id_token"] = id_token(settings, tokens, client_id)
    return Response(
        content=msgspec.json.encode(body), media_type="application/json;charset=UTF-8", headers=NO_STORE
    )


async def _issue(
    request: Request, given: dict[str, str], client_id: str, client_secret: str
) -> people.Tokens:
    database: Database = request.app.state.database
    origin, scope = origin_of(request), given.get("scope", "")
    match given.get("grant_type", ""):
        case "authorization_code":
            code, callback = _needed(given, "code"), _needed(given, "redirect_uri")
            return await people.issue_by_code(
                database, client_id, client_secret, code, callback, given.get("code_verifier", ""), origin
            )
        case "password":
            username, password = _needed(given, "username"), _needed(given, "password")
            return await people.issue_by_password(
                database, client_id, client_secret, username, password, origin, scope=scope
            )
        case "client_credentials":
            return await people.issue_to_client(database, client_id, client_secret, origin, scope=scope)
        case "refresh_token":
            token = _needed(given, "refresh_token")
            return await people.issue_by_refresh(
                database, client_id, client_secret, token, origin, scope=scope
            )
        case "":
            raise Incomplete(text="grant_type is missing")
    raise Unsupported()


@route("/services/oauth2/revoke", http_method=[HttpMethod.POST, HttpMethod.GET], status_code=200)
async def revoke_token(request: Request) -> Response[bytes]:
    """POST (or GET) /services/oauth2/revoke — ends `token`, and with a refresh token all that was made from it. Errors
    are form-encoded, which is what clients parse."""
    try:
        token = (await _parameters(request)).get("token", "")
    except Refused as refused:
        token, error = "", (refused.code, refused.message)
    else:
        error = ("invalid_request", "token is missing")
    if token:
        if await people.revoke_token(request.app.state.database, token, origin_of(request)):
            return Response(content=b"", headers=NO_STORE)
        error = ("invalid_token", "this token has ended or never was")
    return Response(
        content=urlencode({"error": error[0], "error_description": error[1]}).encode(),
        status_code=400,
        media_type="application/x-www-form-urlencoded",
        headers=NO_STORE,
    )


@get("/services/oauth2/authorize", status_code=302)
async def authorize(request: Request) -> Response[bytes]:
    """GET /services/oauth2/authorize — where an app sends a browser for a code: response_type `code`, client_id,
    redirect_uri, scope, state, code_challenge (S256; a public app has to), prompt. Leads on to the page that asks."""
    query = request.scope["query_string"].decode("latin-1")
    return Response(
        content=b"", status_code=302, headers={"location": f"/authorize?{query}", "cache-control": "no-store"}
    )


@post("/services/oauth2/introspect", status_code=200)
async def introspect(request: Request) -> Response[bytes]:
    """POST /services/oauth2/introspect — what a `token` opens, for the app that it was made for: {active, scope, client_id,
    username, sub, token_type, exp, iat, nbf}; of any other {active: false}. Times are seconds since 1970."""
    settings: Settings = request.app.state.settings
    try:
        given = await _parameters(request)
        client_id, client_secret = _client(request, given)
        app, facts = await people.introspect_token(
            request.app.state.database, client_id, client_secret, _needed(given, "token"), origin_of(request)
        )
    except Refused as refused:
        return oauth_answer(refused)
    body: dict[str, Any] = {"active": facts is not None}
    if facts is not None:
        body |= {
            "scope": " ".join(facts.scopes),
            "client_id": app.client_id,
            "username": facts.username,
            "sub": identity_address(settings.url, app.org_id, facts.user_id),
            "token_type": f"{facts.kind}_token",
            "exp": int(facts.expires_at.timestamp()),
            "iat": int(facts.created_at.timestamp()),
            "nbf": int(facts.created_at.timestamp()),
        }
    return Response(
        content=msgspec.json.encode(body), media_type="application/json;charset=UTF-8", headers=NO_STORE
    )


@get("/.well-known/oauth-authorization-server")
async def read_metadata(request: Request) -> Response[bytes]:
    """GET /.well-known/oauth-authorization-server — where OAuth's addresses are and what they know (RFC 8414); no token
    needed."""
    return json_answer(metadata(request.app.state.settings.url))


@route("/services/oauth2/userinfo", http_method=[HttpMethod.GET, HttpMethod.POST], status_code=200)
async def userinfo(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """GET or POST /services/oauth2/userinfo — as whom the token acts, in OpenID Connect's words."""
    profile = await people.profile(tx, actor, actor.user_id)
    return json_answer(userinfo_body(request.app.state.settings.url, actor, profile))


def origin_of(request: Request) -> people.Origin:
    return people.Origin(
        client=request.headers.get("user-agent", "")[:200] or None,
        address=request.client.host if request.client else None,
        request_id=request.scope.get("request_id"),
    )


async def _parameters(request: Request) -> dict[str, str]:
    """Parameters of the address and of the form, which wins."""
    given = dict(request.query_params.items())
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        given |= {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    if any(len(value) > LONGEST for value in given.values()):
        raise Incomplete(text="a parameter is too long")
    return {name: value.replace("\0", "\ufffd") for name, value in given.items()}


def _client(request: Request, given: dict[str, str]) -> tuple[str, str]:
    """The client's id and secret, by HTTP Basic or as parameters; raises BadClient where there are none."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            id, mark, secret = base64.b64decode(value.strip(), validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise people.BadClient() from None
        if not mark:
            raise people.BadClient()
        # RFC 6749 has both form-encoded first; ours contain nothing that would differ.
        return unquote_plus(id), unquote_plus(secret)
    if not given.get("client_id"):
        raise people.BadClient("invalid_client_id", "client identifier invalid")
    return given["client_id"], given.get("client_secret", "")


def _needed(given: dict[str, str], name: str) -> str:
    if not given.get(name):
        raise Incomplete(text=f"{name} is missing")
    return given[name]


ROUTES = [authorize, create_token, revoke_token, introspect, userinfo, read_metadata]
