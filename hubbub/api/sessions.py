"""Where people are signed in, and the apps that act in their names: listed and ended over REST."""

from typing import Any

import msgspec
from litestar import Response, delete, get, patch, post

from hubbub import people
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.http import tells_secret
from hubbub.core.ids import Type
from hubbub.core.rest import connect_date, input_of, json_answer

Json = dict[str, Any]

_NAMES: dict[str, tuple[str, type]] = {
    "name": ("name", str),
    "callbacks": ("callbacks", list),
    "scopes": ("scopes", list),
    "isPublic": ("public", bool),
    "rotatesRefreshTokens": ("rotates", bool),
    "refreshTokenDays": ("refresh_days", int),
    "runAs": ("run_as", str),
    "permissionSets": ("permission_sets", list),
}
_NAMELESS: Json = {"name": ""}
_NULLABLE = frozenset({"runAs", "permissionSets"})


# --- mine, and those of others for administrators ------------------------------------------------------------------


@get("/users/{user:str}/sessions")
async def read_sessions(tx: Transaction, actor: people.Me, user: InPath) -> Response[bytes]:
    """GET /hubbub/users/{user|me}/sessions — {sessions: [{id, client, address, createdDate, lastSeenDate, expiresDate}],
    tokens: [the same with name and scope]}; 403 for others unless for administrators."""
    user_id = await _access_person(tx, actor, user)
    return json_answer(
        {
            "sessions": [_times(each, each.client) for each in await people.sessions(tx, actor, user_id)],
            "tokens": [
                _times(each, each.client)
                | {"name": each.name, "scope": None if each.scopes is None else " ".join(each.scopes)}
                for each in await people.grants_of(tx, user_id)
            ],
        }
    )


@delete("/users/{user:str}/sessions", status_code=204)
async def end_sessions(tx: Transaction, actor: people.Me, user: InPath) -> None:
    """DELETE /hubbub/users/{user|me}/sessions — end all of a person's sessions and tokens in this org, the one that asks
    too; 403 for others unless for administrators."""
    await people.end_sessions_of(tx, actor, await _access_person(tx, actor, user))


@delete("/sessions/{key:str}", status_code=204)
async def end_one(tx: Transaction, actor: people.Me, key: InPath) -> None:
    """DELETE /hubbub/sessions/{session} — end one session or token: it stops working, and its open pages close, within a
    second. 404 unless mine, or for administrators."""
    ended = ids.parse(key, Type.SESSION, Type.TOKEN)
    user_id = await people.whose_session(tx, actor, ended)
    if ids.type_of(ended) == Type.TOKEN:
        await people.end_token(tx, actor, ended, of=user_id)
    else:
        await people.end_session(tx, actor, ended, of=user_id)


@get("/users/{user:str}/apps")
async def read_my_apps(tx: Transaction, actor: people.Me, user: InPath) -> Response[bytes]:
    """GET /hubbub/users/me/apps — {apps: [{id, name, scopes, since, lastUsedDate, tokens}]}: the connected apps that act in
    my name."""
    _only_me(actor, user)
    return json_answer(
        {
            "apps": [
                {
                    "id": each.key,
                    "name": each.name,
                    "scopes": sorted(each.scopes),
                    "since": connect_date(each.since),
                    "lastUsedDate": connect_date(each.seen_at) if each.seen_at else None,
                    "tokens": each.tokens,
                }
                for each in await people.apps_of(tx, actor)
            ]
        }
    )


@delete("/users/{user:str}/apps/{key:str}", status_code=204)
async def send_away(tx: Transaction, actor: people.Me, user: InPath, key: InPath) -> None:
    """DELETE /hubbub/users/me/apps/{app} — send an app away: its tokens end at once, and it has to ask me again."""
    _only_me(actor, user)
    await people.withdraw_app(tx, actor, ids.parse(key, Type.APP))


def _times(each: Any, client: str | None) -> Json:
    return {
        "id": ids.show(each.id),
        "client": client,
        "address": each.address,
        "createdDate": connect_date(each.created_at),
        "lastSeenDate": connect_date(each.seen_at) if each.seen_at else None,
        "expiresDate": connect_date(each.expires_at),
    }


def _only_me(actor: people.Actor, user: str) -> None:
    if user != "me" and ids.parse(user, Type.USER) != actor.user_id:
        raise NotFound()


async def _access_person(tx: Tx, actor: people.Actor, user: str) -> int:
    """The person whose sessions they are: me, or somebody else for an administrator."""
    user_id = actor.user_id if user == "me" else ids.parse(user, Type.USER)
    if user_id != actor.user_id:
        await people.access_user(tx, actor, user_id)
        people.require_admin(actor)
    return user_id


# --- connected apps, for administrators ----------------------------------------------------------------------------


@get("/apps")
async def read_apps(tx: Transaction, actor: people.Me) -> Response[bytes]:
    """GET /hubbub/apps — {apps: [App]}; for others than administrators there are none (404)."""
    _require_setup(actor)
    found = await people.connected_apps(tx)
    said = await people.apps_settings(tx, [each for each, _ in found])
    return json_answer({"apps": [_shape(each, said[each.id]) | {"people": count} for each, count in found]})


@post("/apps", status_code=201)
async def create_app(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """POST /hubbub/apps — make a connected app: name, and callbacks, scopes, isPublic, rotatesRefreshTokens,
    refreshTokenDays (1 to 3650), runAs (a user), permissionSets (null: for everybody). Answers App."""
    _require_setup(actor)
    settings = people.AppSettings(**(_NAMELESS | _given(await input_of(request))))
    made = await people.create_app(tx, actor, settings)
    return json_answer(await _app(tx, await people.access_app(tx, made)), 201)


@get("/apps/{key:str}")
async def read_app(tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """GET /hubbub/apps/{app} — App: {id, clientId, name, callbacks, scopes, isPublic, rotatesRefreshTokens,
    refreshTokenDays, runAs, permissionSets, hasSecret, createdDate}; with an ETag of what can be changed."""
    app = await _access_app(tx, actor, key)
    tag = people.app_tag(await people.app_settings(tx, app))
    return json_answer(await _app(tx, app), headers={"etag": f'"{tag}"'})


@patch("/apps/{key:str}", status_code=204)
async def change_app(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> None:
    """PATCH /hubbub/apps/{app} — change it; what is not sent stays. What it may be let into no more, its tokens open no
    more. With If-Match, an ETag that was answered before: 412 ENTITY_IS_CHANGED where somebody changed it since."""
    app = await _access_app(tx, actor, key, to="edit")
    given = _given(await input_of(request))
    if given.pop("public", app.public) != app.public:
        raise Invalid("INVALID_INPUT", "isPublic stays as the app was made.", fields=["isPublic"])
    before = await people.app_settings(tx, app)
    tag = request.headers.get("if-match", "*").strip()
    seen = None if tag == "*" else tag.strip('"')
    await people.edit_app(tx, actor, app.id, msgspec.structs.replace(before, **given), seen=seen)


@delete("/apps/{key:str}", status_code=204)
async def delete_app(tx: Transaction, actor: people.Me, key: InPath) -> None:
    """DELETE /hubbub/apps/{app} — delete it; all its tokens end at once."""
    await people.delete_app(tx, actor, (await _access_app(tx, actor, key)).id)


@post("/apps/{key:str}/secret")
async def change_secret(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """POST /hubbub/apps/{app}/secret — {clientSecret}, told this once; the one before stops working. 409 for a
    repetition with the same Idempotency-Key."""
    tells_secret(request)
    app = await _access_app(tx, actor, key)
    return json_answer({"clientSecret": await people.change_secret(tx, actor, app.id)}, 201)


@get("/apps/{key:str}/users")
async def read_app_users(tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """GET /hubbub/apps/{app}/users — {users: [{id, name, since, lastUsedDate, tokens}]}: in whose names it acts, at most
    200."""
    app = await _access_app(tx, actor, key)
    return json_answer(
        {
            "users": [
                {
                    "id": each.person.key,
                    "name": each.person.name,
                    "since": connect_date(each.since),
                    "lastUsedDate": connect_date(each.seen_at) if each.seen_at else None,
                    "tokens": each.tokens,
                }
                for each in await people.app_users(tx, app.id)
            ]
        }
    )


@delete("/apps/{key:str}/users", status_code=204)
async def end_app_tokens(tx: Transaction, actor: people.Me, key: InPath) -> None:
    """DELETE /hubbub/apps/{app}/users — end all its tokens, of everybody, who is asked anew."""
    await people.end_app_tokens(tx, actor, (await _access_app(tx, actor, key)).id)


def _require_setup(actor: people.Actor) -> None:
    if not actor.admin:
        raise NotFound()


async def _access_app(tx: Tx, actor: people.Actor, key: str, to: str = "read") -> people.ConnectedApp:
    _require_setup(actor)
    return await people.access_app(tx, ids.parse(key, Type.APP), to=to)


async def _app(tx: Tx, app: people.ConnectedApp) -> Json:
    return _shape(app, await people.app_settings(tx, app))


def _shape(app: people.ConnectedApp, said: people.AppSettings) -> Json:
    sets = said.permission_sets
    return {
        "id": app.key,
        "clientId": app.client_id,
        "name": said.name,
        "callbacks": said.callbacks,
        "scopes": said.scopes,
        "isPublic": said.public,
        "rotatesRefreshTokens": said.rotates,
        "refreshTokenDays": said.refresh_days,
        "runAs": ids.show(said.run_as) if said.run_as else None,
        "permissionSets": None if sets is None else [ids.show(each) for each in sets],
        "hasSecret": app.secret_hash is not None,
        "createdDate": connect_date(app.created_at),
    }


def _given(sent: dict[str, Any]) -> Json:
    """What was sent of an app's settings, by the names that the room knows; raises INVALID_INPUT."""
    given: Json = {}
    for name, value in sent.items():
        if name not in _NAMES:
            raise Invalid("INVALID_INPUT", f"There is no property “{name[:80]}”.", fields=[name[:80]])
        own, kind = _NAMES[name]
        listed: list[Any] = value if isinstance(value, list) else []
        fits = (value is None and name in _NULLABLE) or (
            isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
        )
        if not fits or not all(isinstance(each, str) for each in listed):
            raise Invalid("INVALID_INPUT", f"{name}: of the wrong kind.", fields=[name])
        if value is not None and name == "runAs":
            value = ids.parse(value, Type.USER)
        if value is not None and name == "permissionSets":
            value = [ids.parse(each, Type.PERMISSION_SET) for each in listed]
        given[own] = value
    return given


HUBBUB = [
    read_sessions,
    end_sessions,
    end_one,
    read_my_apps,
    send_away,
    read_apps,
    create_app,
    read_app,
    change_app,
    delete_app,
    change_secret,
    read_app_users,
    end_app_tokens,
]
