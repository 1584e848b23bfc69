"""Connected apps and their tokens: how programs act in somebody's name. Only hashes are kept."""

from datetime import timedelta

import msgspec

from hubbub.core import events, ids
from hubbub.core.db import Database, Tx
from hubbub.core.errors import NotFound, Refused
from hubbub.core.http import hash_secret, new_secret, same_secret
from hubbub.core.ids import Type
from hubbub.people.access import Actor, Origin, actor
from hubbub.people.actions.sessions import PER_ADDRESS, check_login, counted

ACCESS = timedelta(hours=2)
REFRESH = timedelta(days=90)
# A program starts many times at once, and its secret cannot be guessed: this only stops a flood.
PER_CLIENT = 60
_ORG_DIGITS = 15


class App(msgspec.Struct, frozen=True):
    """A connected app that has proved to be itself."""

    org_id: int
    id: int
    name: str
    run_as: int


class Tokens(msgspec.Struct, frozen=True):
    """What a program gets: in whose name it acts now, and the secrets for it."""

    actor: Actor
    access_token: str
    refresh_token: str | None


class BadClient(Refused):
    """No app of that id, or not its secret."""

    status = 400
    code = "invalid_client"
    message = "invalid client credentials"


class BadToken(Refused):
    """A token that has ended or never was."""

    status = 400
    code = "invalid_grant"
    message = "expired access/refresh token"


async def add_app(tx: Tx, actor: Actor, name: str) -> tuple[str, str]:
    """Make a connected app, which by its own credentials acts as this person; tells its id and secret, once."""
    app_id = await tx.new_id(Type.APP)
    # The org stands in the client id, so that the app can be looked up before anybody is known.
    client_id, secret = f"{ids.show15(ids.make(Type.ORG, tx.org_id))}.{new_secret()[:24]}", new_secret()
    name = name.strip()[:80] or "App"
    await tx.run(
        """insert into connected_app (org_id, id, client_id, name, secret_hash, run_as, created_by)
           values (%(org)s, %(id)s, %(client)s, %(name)s, %(hash)s, %(user)s, %(user)s)""",
        {"id": app_id, "client": client_id, "name": name, "hash": hash_secret(secret), "user": actor.user_id},
    )
    await events.record(tx, actor, "people.app.created", app_id, parent=actor.user_id, after={"name": name})
    return client_id, secret


async def issue_token(
    tx: Tx,
    actor: Actor,
    *,
    app_id: int | None = None,
    parent_id: int | None = None,
    lasting: timedelta = ACCESS,
) -> str:
    """An access token with which a program acts as this person."""
    # Salesforce's shape, and the org by which the token can be looked up.
    token = f"{ids.show15(ids.make(Type.ORG, tx.org_id))}!{new_secret()}"
    await _store(tx, actor, token, "access", lasting, app_id=app_id, parent_id=parent_id)
    return token


async def issue_by_password(
    database: Database, client_id: str, client_secret: str, username: str, password: str, origin: Origin
) -> Tokens:
    """An app's tokens for the person whose password it brings; raises BadClient or WrongPassword."""
    app = await _access_app(database, client_id, client_secret, origin)
    _, user_id = await check_login(database, username, password, origin, org_id=app.org_id)
    async with database.act(app.org_id) as tx:
        me = await actor(tx, user_id, origin=origin)
        refresh = f"{ids.show15(ids.make(Type.ORG, app.org_id))}!{new_secret()}"
        refresh_id = await _store(tx, me, refresh, "refresh", REFRESH, app_id=app.id)
        return Tokens(me, await issue_token(tx, me, app_id=app.id, parent_id=refresh_id), refresh)


async def issue_to_client(database: Database, client_id: str, client_secret: str, origin: Origin) -> Tokens:
    """An app's token for the person as whom it runs; raises BadClient."""
    app = await _access_app(database, client_id, client_secret, origin)
    async with database.act(app.org_id) as tx:
        try:
            me = await actor(tx, app.run_as, origin=origin)
        except NotFound:  # he was deactivated
            raise BadClient() from None
        return Tokens(me, await issue_token(tx, me, app_id=app.id), None)


async def issue_by_refresh(
    database: Database, client_id: str, client_secret: str, refresh_token: str, origin: Origin
) -> Tokens:
    """A new access token for a refresh token of the same app; raises BadClient or BadToken."""
    app = await _access_app(database, client_id, client_secret, origin)
    async with counted(
        database, {f"address:{origin.address}": PER_ADDRESS, f"refresh:{client_id}": PER_CLIENT}
    ):
        async with database.act(app.org_id) as tx:
            found = await tx.tuples(
                """update token set seen_at = now()
                   where org_id = %(org)s and token_hash = %(hash)s and kind = 'refresh' and app_id = %(app)s
                     and revoked_at is null and expires_at > now()
                   returning id, user_id""",
                {"hash": hash_secret(refresh_token), "app": app.id},
            )
            if not found:
                raise BadToken()
            token_id, user_id = found[0]
            try:
                me = await actor(tx, user_id, origin=origin)
            except NotFound:  # he was deactivated
                raise BadToken() from None
            return Tokens(me, await issue_token(tx, me, app_id=app.id, parent_id=token_id), None)


async def revoke_token(database: Database, token: str, origin: Origin) -> bool:
    """End a token, and with a refresh token all that was made from it; tells whether there was anything to end."""
    org_id = _org_of(token.partition("!")[0])
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


async def end_token(tx: Tx, actor: Actor, token_id: int) -> None:
    """End one of my tokens, and what was made from it."""
    if not await tx.value(
        """select 1 from token
           where org_id = %(org)s and id = %(id)s and user_id = %(me)s and revoked_at is null""",
        {"id": token_id, "me": actor.user_id},
    ):
        raise NotFound()
    await _revoke(tx, actor, token_id, actor.user_id)


# --- what several of them do ---------------------------------------------------------------------------------------


async def _revoke(tx: Tx, who: Actor | Origin, token_id: int, user_id: int) -> None:
    await tx.run(
        """update token set revoked_at = now()
           where org_id = %(org)s and (id = %(id)s or (parent_id = %(id)s and user_id = %(user)s)) and revoked_at is null""",
        {"id": token_id, "user": user_id},
    )
    await events.record(tx, who, "people.token.revoked", token_id, parent=user_id)


async def _store(
    tx: Tx,
    actor: Actor,
    token: str,
    kind: str,
    lasting: timedelta,
    *,
    app_id: int | None = None,
    parent_id: int | None = None,
) -> int:
    token_id = await tx.new_id(Type.TOKEN)
    await tx.run(
        """insert into token (org_id, id, token_hash, kind, user_id, app_id, parent_id, client, address, expires_at)
           values (%(org)s, %(id)s, %(hash)s, %(kind)s, %(user)s, %(app)s, %(parent)s, %(client)s, %(address)s,
                   now() + %(lasting)s)""",
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
        },
    )
    await events.record(
        tx, actor, "people.token.issued", token_id, parent=actor.user_id, after={"kind": kind}
    )
    return token_id


async def _access_app(database: Database, client_id: str, client_secret: str, origin: Origin) -> App:
    """The app that brings its id and secret; raises BadClient, or REQUEST_LIMIT_EXCEEDED (429)."""
    org_id = _org_of(client_id.partition(".")[0])
    async with counted(
        database, {f"address:{origin.address}": PER_ADDRESS, f"client:{client_id}": PER_CLIENT}
    ):
        if org_id is None:
            raise BadClient()
        async with database.act(org_id, read=True) as tx:
            found = await tx.tuples(
                """select id, name, run_as, secret_hash from connected_app
                   where org_id = %(org)s and client_id = %(client)s and revoked_at is null""",
                {"client": client_id},
            )
        if not found:
            raise BadClient()
        app_id, name, run_as, secret_hash = found[0]
        if not same_secret(client_secret, bytes(secret_hash)):
            async with database.act(org_id) as tx:
                await events.record(tx, origin, "people.app.refused", app_id)
            raise BadClient()
        return App(org_id, app_id, name, run_as)


def _org_of(text: str) -> int | None:
    """The org named in front of a token or client id; None if there is none."""
    if len(text) != _ORG_DIGITS:
        return None
    try:
        return ids.parse(text, Type.ORG) & 0x7FFFFFFF
    except Refused:
        return None
