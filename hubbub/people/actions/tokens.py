"""Tokens: how programs act in somebody's name. Only hashes are kept."""

import base64
import hashlib
import hmac
import re
from datetime import datetime, timedelta
from typing import Any

import msgspec

from hubbub.core import events, ids
from hubbub.core.db import Database, Tx
from hubbub.core.errors import NotFound, Refused
from hubbub.core.http import hash_secret, new_secret, same_secret
from hubbub.core.ids import Type
from hubbub.people.access import Actor, Origin, actor
from hubbub.people.access.apps import (
    LASTING,
    ConnectedApp,
    app_of_client,
    may_use,
    may_use_app,
    org_of,
    scopes_of,
)
from hubbub.people.actions.sessions import PER_ADDRESS, counted, signing_in
from hubbub.people.actions.users import end_tokens, hold_user

ACCESS = timedelta(hours=2)
SESSION_SECONDS = int(ACCESS.total_seconds())
# RFC 7636 ends at 128 characters; jsforce sends 171.
_VERIFIER = re.compile(r"[\w.~-]{43,256}", re.ASCII)


class Tokens(msgspec.Struct, frozen=True):
    """What a program gets: in whose name it acts now, and the secrets for it."""

    actor: Actor
    access_token: str
    refresh_token: str | None
    scopes: list[str]
    signed_in: bool = False  # did the person sign in here and send the app with a code?
    nonce: str | None = None  # what the app said then, to know the answer again


class BadClient(Refused):
    """No app of that id, or not its secret."""

    status = 400
    code = "invalid_client"
    text = "invalid client credentials"


class BadToken(Refused):
    """A token that has ended or never was."""

    status = 400
    code = "invalid_grant"
    text = "expired access/refresh token"


class BadCode(Refused):
    """A code that was used, is too old, or was made for another app."""

    status = 400
    code = "invalid_grant"
    text = "invalid authorization code"


class NotForHim(Refused):
    """An app that is not for this person."""

    status = 400
    code = "invalid_grant"
    text = "user is not admin approved to access this app"


class NotSo(Refused):
    """An app that may not get tokens in this way."""

    status = 400
    code = "unauthorized_client"
    text = "the app may not get tokens in this way"


async def issue_token(
    tx: Tx,
    actor: Actor,
    *,
    app_id: int | None = None,
    parent_id: int | None = None,
    lasting: timedelta = ACCESS,
    scopes: list[str] | None = None,
    name: str | None = None,
) -> str:
    """An access token with which a program acts as this person, as far as the scopes go. `name` says what made it,
    where that is no connected app."""
    token, _ = await _issue_access(
        tx, actor, app_id=app_id, parent_id=parent_id, lasting=lasting, scopes=scopes, name=name
    )
    return token


async def issue_by_password(
    database: Database,
    client_id: str,
    client_secret: str,
    username: str,
    password: str,
    origin: Origin,
    *,
    scope: str = "",
) -> Tokens:
    """An app's tokens for the person whose password it brings; raises BadClient or WrongPassword."""
    app = await access_client(database, client_id, client_secret, origin)
    if app.public:  # it cannot prove that it is the one to whom the password is told
        raise NotSo()
    scopes_of(scope, app.scopes)  # refused before the password is compared
    async with signing_in(database, username, password, origin, org_id=app.org_id) as (tx, user_id):
        app = await _hold_app(tx, app)
        scopes = scopes_of(scope, app.scopes)
        tokens, _ = await _grant(tx, app, await actor(tx, user_id, origin=origin), scopes)
        return tokens


async def issue_to_client(
    database: Database, client_id: str, client_secret: str, origin: Origin, *, scope: str = ""
) -> Tokens:
    """An app's token for the person as whom it runs; raises BadClient."""
    app = await access_client(database, client_id, client_secret, origin)
    async with database.act(app.org_id) as tx:
        app = await _hold_app(tx, app)
        if app.run_as is None:
            raise NotSo(text="no client credentials user enabled")
        scopes = [each for each in scopes_of(scope, app.scopes) if each != LASTING]
        if not await hold_user(tx, app.run_as):  # he was deactivated
            raise BadClient()
        me = await actor(tx, app.run_as, origin=origin)
        tokens, _ = await _grant(tx, app, me, scopes)
        return tokens


async def issue_by_code(
    database: Database,
    client_id: str,
    client_secret: str,
    code: str,
    callback: str,
    verifier: str,
    origin: Origin,
) -> Tokens:
    """An app's tokens for the person who let it in; a code that comes again ends what was made of it."""
    app = await access_client(database, client_id, client_secret, origin)
    async with counted(database, {f"address:{origin.address}": PER_ADDRESS}):
        async with database.act(app.org_id) as tx:
            # What is refused is written down as well: the code is spent, and what a thief made of it has ended.
            outcome = await _redeem(tx, app, code, callback, verifier, origin)
        if isinstance(outcome, Refused):
            raise outcome
        return outcome


async def _redeem(
    tx: Tx, app: ConnectedApp, code: str, callback: str, verifier: str, origin: Origin
) -> Tokens | Refused:
    params = {"hash": hash_secret(code), "app": app.id}
    found = await tx.tuples(
        """update authorization_code set used_at = now()
           where org_id = %(org)s and code_hash = %(hash)s and app_id = %(app)s and used_at is null
           returning user_id, callback, scopes, challenge, nonce, expires_at > now()""",
        params,
    )
    if not found:
        before = await tx.tuples(
            """select token_id, user_id from authorization_code
               where org_id = %(org)s and code_hash = %(hash)s and app_id = %(app)s and token_id is not null""",
            params,
        )
        for token_id, user_id in before:
            await _revoke(tx, origin, token_id, user_id)
            await events.record(tx, origin, "people.token.copied", token_id, parent=user_id)
        return BadCode()
    user_id, kept_callback, scopes, challenge, nonce, fresh = found[0]
    if not fresh:
        return BadCode(text="expired authorization code")
    if callback != kept_callback:
        return BadCode("redirect_uri_mismatch", "redirect_uri must match configuration")
    # Without a challenge nothing proves that who asks is who began: a verifier then comes from somebody who was cut out.
    if challenge is None if verifier else challenge is not None:
        return BadCode(text="invalid code verifier")
    if challenge is not None and not fits_challenge(verifier, challenge):
        return BadCode(text="invalid code verifier")
    try:
        me = await actor(tx, user_id, origin=origin)
    except NotFound:  # he was deactivated
        return BadCode()
    try:
        tokens, token_id = await _grant(tx, app, me, scopes)
    except NotForHim as refused:
        return refused
    await tx.run(
        "update authorization_code set token_id = %(token)s where org_id = %(org)s and code_hash = %(hash)s",
        {"token": token_id, "hash": params["hash"]},
    )
    return msgspec.structs.replace(tokens, signed_in=True, nonce=nonce)


def fits_challenge(verifier: str, challenge: str) -> bool:
    """Whether a verifier is the one whose SHA-256 was shown before (PKCE)."""
    made = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
    return _VERIFIER.fullmatch(verifier) is not None and hmac.compare_digest(made, challenge.encode())


async def issue_by_refresh(
    database: Database,
    client_id: str,
    client_secret: str,
    refresh_token: str,
    origin: Origin,
    *,
    scope: str = "",
) -> Tokens:
    """A new access token for a refresh token of the same app, and where the app says so the next refresh token: the old
    one that comes again ends all of them. Raises BadClient or BadToken."""
    app = await access_client(database, client_id, client_secret, origin)
    async with counted(database, {f"address:{origin.address}": PER_ADDRESS}):
        async with database.act(app.org_id) as tx:
            outcome = await _refresh(tx, app, refresh_token, scope, origin)
        if isinstance(outcome, Refused):
            raise outcome
        return outcome


async def _refresh(
    tx: Tx, app: ConnectedApp, refresh_token: str, scope: str, origin: Origin
) -> Tokens | Refused:
    next = _new_token(tx) if app.rotates else refresh_token
    params = {"hash": hash_secret(refresh_token), "next": hash_secret(next), "app": app.id}
    found = await tx.tuples(
        """update token set seen_at = now(), token_hash = %(next)s
           where org_id = %(org)s and token_hash = %(hash)s and kind = 'refresh' and app_id = %(app)s
             and revoked_at is null and expires_at > now()
           returning id, user_id, scopes""",
        params,
    )
    if not found:
        before = await tx.tuples(
            """select t.id, t.user_id from spent_token s
               join token t on t.org_id = %(org)s and t.id = s.token_id and t.app_id = %(app)s and t.revoked_at is null
               where s.org_id = %(org)s and s.token_hash = %(hash)s""",
            params,
        )
        for token_id, user_id in before:
            await _revoke(tx, origin, token_id, user_id)
            await events.record(tx, origin, "people.token.copied", token_id, parent=user_id)
        return BadToken()
    token_id, user_id, granted = found[0]
    try:
        scopes = scopes_of(scope, granted) if scope else granted
    except Refused as refused:
        return refused
    if app.rotates:
        await tx.run(
            "insert into spent_token (org_id, token_hash, token_id) values (%(org)s, %(hash)s, %(token)s)",
            {"hash": params["hash"], "token": token_id},
        )
    try:
        me = await actor(tx, user_id, origin=origin)
    except NotFound:  # he was deactivated
        return BadToken()
    if not await may_use_app(tx, app.id, user_id):
        return NotForHim()
    access, _ = await _issue_access(tx, me, app_id=app.id, parent_id=token_id, scopes=scopes)
    return Tokens(me, access, next if app.rotates else None, scopes)


async def issue_to_person(
    database: Database,
    username: str,
    password: str,
    origin: Origin,
    *,
    name: str,
    org_id: int | None = None,
) -> tuple[Actor, str]:
    """A token for a program that brings somebody's name and password and is no connected app, as SOAP's login does; `name`
    says what the person reads of it. Raises WrongPassword, or REQUEST_LIMIT_EXCEEDED (429)."""
    async with signing_in(database, username, password, origin, org_id=org_id) as (tx, user_id):
        me = await actor(tx, user_id, origin=origin)
        return me, await issue_token(tx, me, name=name)


class TokenFacts(msgspec.Struct, frozen=True):
    """What an app is told of a token that was made for it."""

    user_id: int
    username: str
    kind: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime


async def introspect_token(
    database: Database, client_id: str, client_secret: str, token: str, origin: Origin
) -> tuple[ConnectedApp, TokenFacts | None]:
    """What a token opens; None unless it is good and was made for the app that asks. Raises BadClient."""
    app = await access_client(database, client_id, client_secret, origin)
    async with database.act(app.org_id, read=True) as tx:
        return app, await tx.row(
            f"""select u.id, u.username, t.kind, coalesce(t.scopes, '{{}}'), t.created_at, t.expires_at
                from token t join app_user u on u.org_id = %(org)s and u.id = t.user_id and u.active
                join connected_app c on c.org_id = %(org)s and c.id = t.app_id and {may_use("c", "t.user_id")}
                where t.org_id = %(org)s and t.token_hash = %(hash)s and t.app_id = %(app)s and t.revoked_at is null
                  and t.expires_at > now()""",
            {"hash": hash_secret(token), "app": app.id},
            into=TokenFacts,
        )


async def revoke_token(database: Database, token: str, origin: Origin) -> bool:
    """End a token, and with a refresh token all that was made from it; tells whether there was anything to end."""
    org_id = org_of(token.partition("!")[0])
    if org_id is None:
        return False
    async with database.act(org_id) as tx:
        found = await tx.tuples(
            """select id, user_id from token
               where org_id = %(org)s and token_hash = %(hash)s and revoked_at is null and expires_at > now()""",
            {"hash": hash_secret(token)},
        )
        if not found:
            return False
        await _revoke(tx, origin, *found[0])
    return True


async def end_token(tx: Tx, actor: Actor, token_id: int, *, of: int | None = None) -> None:
    """End one of my tokens, or of whom `whose_session` told, and what was made from it."""
    user_id = of or actor.user_id
    if not await tx.value(
        """select 1 from token
           where org_id = %(org)s and id = %(id)s and user_id = %(me)s and revoked_at is null""",
        {"id": token_id, "me": user_id},
    ):
        raise NotFound()
    await _revoke(tx, actor, token_id, user_id)


# --- what several of them do ---------------------------------------------------------------------------------------


async def _hold_app(tx: Tx, app: ConnectedApp) -> ConnectedApp:
    """The app as it is now, and stays until this act ends: what it may no more, no token that is made here may."""
    held = await app_of_client(tx, app.client_id, hold=True)
    if held is None:
        raise BadClient()
    return held


async def _revoke(tx: Tx, who: Actor | Origin, token_id: int, user_id: int) -> None:
    await end_tokens(
        tx,
        "(id = %(id)s or (parent_id = %(id)s and user_id = %(user)s))",
        {"id": token_id, "user": user_id},
    )
    await events.record(tx, who, "people.token.revoked", token_id, parent=user_id)


async def _grant(tx: Tx, app: ConnectedApp, me: Actor, scopes: list[str]) -> tuple[Tokens, int]:
    """An app's tokens for a person, and the id of the one with which all of them end."""
    if not await may_use_app(tx, app.id, me.user_id):
        raise NotForHim()
    if LASTING not in scopes:
        access, token_id = await _issue_access(tx, me, app_id=app.id, scopes=scopes)
        return Tokens(me, access, None, scopes), token_id
    refresh = _new_token(tx)
    refresh_id = await _store(
        tx, me, refresh, "refresh", timedelta(days=app.refresh_days), app_id=app.id, scopes=scopes
    )
    access, _ = await _issue_access(tx, me, app_id=app.id, parent_id=refresh_id, scopes=scopes)
    return Tokens(me, access, refresh, scopes), refresh_id


def _new_token(tx: Tx) -> str:
    # Salesforce's shape, and the org by which the token can be looked up.
    return f"{ids.show15(ids.make(Type.ORG, tx.org_id))}!{new_secret()}"


async def _issue_access(tx: Tx, actor: Actor, *, lasting: timedelta = ACCESS, **how: Any) -> tuple[str, int]:
    token = _new_token(tx)
    return token, await _store(tx, actor, token, "access", lasting, **how)


async def _store(
    tx: Tx,
    actor: Actor,
    token: str,
    kind: str,
    lasting: timedelta,
    *,
    app_id: int | None = None,
    parent_id: int | None = None,
    scopes: list[str] | None = None,
    name: str | None = None,
) -> int:
    token_id = await tx.new_id(Type.TOKEN)
    await tx.run(
        """insert into token (org_id, id, token_hash, kind, user_id, app_id, parent_id, client, address, expires_at,
                              scopes, name)
           values (%(org)s, %(id)s, %(hash)s, %(kind)s, %(user)s, %(app)s, %(parent)s, %(client)s, %(address)s,
                   now() + %(lasting)s, %(scopes)s, %(name)s)""",
        {
            "id": token_id,
            "hash": hash_secret(token),
            "kind": kind,
            "user": actor.user_id,
            "app": app_id,
            "parent": parent_id,
            "client": actor.client,
            "address": actor.address,
            "lasting": lasting,
            "scopes": scopes,
            "name": name,
        },
    )
    await events.record(
        tx, actor, "people.token.issued", token_id, parent=actor.user_id, after={"kind": kind}
    )
    return token_id


async def access_client(
    database: Database, client_id: str, client_secret: str, origin: Origin
) -> ConnectedApp:
    """The app that brings its id, and its secret unless it can keep none; raises BadClient, or REQUEST_LIMIT_EXCEEDED
    (429)."""
    org_id = org_of(client_id.partition(".")[0])
    # Client ids stand in addresses: counted by them, anybody could shut an app out.
    async with counted(database, {f"address:{origin.address}": PER_ADDRESS}):
        if org_id is None:
            raise BadClient()
        async with database.act(org_id, read=True) as tx:
            app = await app_of_client(tx, client_id)
        if app is None:
            raise BadClient()
        proved = (
            not client_secret
            if app.public
            else app.secret_hash is not None and same_secret(client_secret, app.secret_hash)
        )
        if not proved:
            async with database.act(org_id) as tx:
                await events.record(tx, origin, "people.app.refused", app.id)
            raise BadClient()
        return app
