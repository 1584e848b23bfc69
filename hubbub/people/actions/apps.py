"""Connected apps: made and changed by administrators, let in and sent away by everybody for himself."""

import hashlib
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

import msgspec

from hubbub.core import events, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound, Several
from hubbub.core.http import hash_secret, new_secret
from hubbub.core.ids import Type
from hubbub.people.access import Actor, require_admin
from hubbub.people.access.apps import (
    LASTING,
    MOST_CALLBACKS,
    SCOPES,
    ConnectedApp,
    access_app,
    app_permission_sets,
    check_callback,
)
from hubbub.people.actions.users import end_tokens, hold_session

CODE = timedelta(minutes=10)
USUAL_SCOPES = ("api", "chatter_api", "id", LASTING)
LONGEST_NAME = 80
MOST_REFRESH_DAYS = 3650


class AppSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What administrators say of a connected app."""

    name: str
    callbacks: list[str] = []
    scopes: Sequence[str] = USUAL_SCOPES
    public: bool = False  # stays as it was made
    rotates: bool = False
    refresh_days: int = 90
    run_as: int | None = None
    permission_sets: list[int] | None = None  # None: it is for everybody


class AppChanged(Invalid):
    """Somebody else was faster."""

    status = 412
    code = "ENTITY_IS_CHANGED"
    text = "Somebody changed this app since you opened it. Look at it again before you save."


async def add_app(tx: Tx, actor: Actor, name: str) -> tuple[str, str]:
    """Make a connected app, which by its own credentials acts as this person; tells its id and secret, once."""
    app_id = await _make(tx, actor, AppSettings(name=name.strip()[:80] or "App", run_as=actor.user_id))
    return (await access_app(tx, app_id)).client_id, await _new_secret(tx, app_id)


async def create_app(tx: Tx, actor: Actor, new: AppSettings) -> int:
    """Make a connected app; tells its id. It has no secret yet: `change_secret` tells one."""
    require_admin(actor)
    return await _make(tx, actor, new)


async def app_settings(tx: Tx, app: ConnectedApp) -> AppSettings:
    """What administrators said of a connected app."""
    return (await apps_settings(tx, [app]))[app.id]


async def apps_settings(tx: Tx, apps: Sequence[ConnectedApp]) -> dict[int, AppSettings]:
    """What administrators said of connected apps, by their ids: one statement for all of them."""
    sets = await app_permission_sets(tx, [app.id for app in apps if not app.for_everybody])
    return {
        app.id: AppSettings(
            name=app.name,
            callbacks=app.callbacks,
            scopes=app.scopes,
            public=app.public,
            rotates=app.rotates,
            refresh_days=app.refresh_days,
            run_as=app.run_as,
            permission_sets=sets.get(app.id),
        )
        for app in apps
    }


def app_tag(settings: AppSettings) -> str:
    """By which two states of an app's settings are told apart."""
    return hashlib.sha256(msgspec.json.encode(settings)).hexdigest()[:32]


async def edit_app(tx: Tx, actor: Actor, app_id: int, new: AppSettings, *, seen: str | None = None) -> None:
    """Change a connected app. What its tokens opened already and it may open no more, they open no more. `seen` is the tag of
    the settings that the editor has before him: raises AppChanged where they are others by now."""
    require_admin(actor)
    app = await access_app(tx, app_id, to="edit")
    before = await app_settings(tx, app)
    if seen is not None and seen != app_tag(before):
        raise AppChanged()
    values = await _checked(tx, msgspec.structs.replace(new, public=app.public))
    await tx.run(
        """update connected_app set name = %(name)s, run_as = %(run_as)s, callbacks = %(callbacks)s, scopes = %(scopes)s,
                  rotates = %(rotates)s, refresh_days = %(days)s, for_everybody = %(everybody)s
           where org_id = %(org)s and id = %(id)s""",
        _params(values) | {"id": app_id},
    )
    await tx.run("delete from app_permission_set where org_id = %(org)s and app_id = %(id)s", {"id": app_id})
    await _give_to(tx, app_id, values.permission_sets)
    await _narrow(tx, app_id, values.scopes)
    await events.record(tx, actor, "people.app.changed", app_id, before=_told(before), after=_told(values))


async def change_secret(tx: Tx, actor: Actor, app_id: int) -> str:
    """Give a connected app a secret, told this once; the one before stops working at once."""
    require_admin(actor)
    app = await access_app(tx, app_id)
    if app.public:
        raise Invalid("INVALID_OPERATION", "A public app has no secret: it could not keep one.", status=422)
    secret = await _new_secret(tx, app_id)
    await events.record(tx, actor, "people.app.secret_changed", app_id)
    return secret


async def delete_app(tx: Tx, actor: Actor, app_id: int) -> None:
    """Delete a connected app: all its tokens end at once."""
    require_admin(actor)
    app = await access_app(tx, app_id, to="edit")
    await _end_app(tx, app_id)
    await tx.run(
        "update connected_app set revoked_at = now() where org_id = %(org)s and id = %(id)s", {"id": app_id}
    )
    await events.record(tx, actor, "people.app.deleted", app_id, before={"name": app.name})


async def end_app_tokens(tx: Tx, actor: Actor, app_id: int) -> int:
    """End all tokens of a connected app, of everybody, who is asked again when it comes back; tells how many ended."""
    require_admin(actor)
    await access_app(tx, app_id)
    ended = await _end_app(tx, app_id)
    await events.record(tx, actor, "people.app.tokens_ended", app_id, after={"tokens": ended})
    return ended


async def allow_app(
    tx: Tx,
    actor: Actor,
    app: ConnectedApp,
    *,
    callback: str,
    scopes: list[str],
    challenge: str | None,
    nonce: str | None = None,
) -> str:
    """Let an app act as me, as far as these scopes go; tells the code that it changes into tokens, once and soon. Raises
    Unauthenticated where I was signed out meanwhile: the code is good only for who is still here."""
    await hold_session(tx, actor)
    code = new_secret()
    await tx.run(
        """insert into app_consent as c (org_id, app_id, user_id, scopes) values (%(org)s, %(app)s, %(me)s, %(scopes)s)
           on conflict (org_id, app_id, user_id) do update
             set scopes = array(select distinct s from unnest(c.scopes || excluded.scopes) s)""",
        {"app": app.id, "me": actor.user_id, "scopes": scopes},
    )
    await tx.run(
        """insert into authorization_code (org_id, code_hash, app_id, user_id, callback, scopes, challenge, nonce, expires_at)
           values (%(org)s, %(hash)s, %(app)s, %(me)s, %(callback)s, %(scopes)s, %(challenge)s, %(nonce)s,
                   now() + %(lasting)s)""",
        {
            "hash": hash_secret(code),
            "app": app.id,
            "me": actor.user_id,
            "callback": callback,
            "scopes": scopes,
            "challenge": challenge,
            "nonce": nonce,
            "lasting": CODE,
        },
    )
    # Nobody can tell a code of last week from one that never was.
    await tx.run(
        "delete from authorization_code where org_id = %(org)s and created_at < now() - interval '7 days'"
    )
    await events.record(
        tx, actor, "people.app.allowed", app.id, parent=actor.user_id, after={"scopes": scopes}
    )
    return code


async def withdraw_app(tx: Tx, actor: Actor, app_id: int) -> None:
    """Send an app away: its tokens that act as me end at once, and it has to ask me again."""
    params = {"app": app_id, "me": actor.user_id}
    consents = await tx.run(
        "delete from app_consent where org_id = %(org)s and app_id = %(app)s and user_id = %(me)s", params
    )
    # Before the tokens: a code that just becomes one is waited for.
    await tx.run(
        """update authorization_code set used_at = now()
           where org_id = %(org)s and app_id = %(app)s and user_id = %(me)s and used_at is null""",
        params,
    )
    ended = await end_tokens(tx, "app_id = %(app)s and user_id = %(me)s", params)
    if not consents and not ended:
        raise NotFound()
    await events.record(tx, actor, "people.app.withdrawn", app_id, parent=actor.user_id)


# --- what several of them do ---------------------------------------------------------------------------------------


async def _make(tx: Tx, actor: Actor, new: AppSettings) -> int:
    values = await _checked(tx, new)
    app_id = await tx.new_id(Type.APP)
    # The org stands in the client id, so that the app can be looked up before anybody is known.
    client_id = f"{ids.show15(ids.make(Type.ORG, tx.org_id))}.{new_secret()[:24]}"
    await tx.run(
        """insert into connected_app (org_id, id, client_id, name, run_as, created_by, callbacks, scopes, public, rotates,
                                      refresh_days, for_everybody)
           values (%(org)s, %(id)s, %(client)s, %(name)s, %(run_as)s, %(me)s, %(callbacks)s, %(scopes)s, %(public)s,
                   %(rotates)s, %(days)s, %(everybody)s)""",
        _params(values) | {"id": app_id, "client": client_id, "me": actor.user_id, "public": values.public},
    )
    await _give_to(tx, app_id, values.permission_sets)
    await events.record(tx, actor, "people.app.created", app_id, parent=values.run_as, after=_told(values))
    return app_id


async def _checked(tx: Tx, new: AppSettings) -> AppSettings:
    """The settings of an app as they are kept; raises all that is wrong with them, each with the field at fault."""
    wrong: list[Invalid] = []
    name = new.name.strip()
    if not name or len(name) > LONGEST_NAME:
        wrong.append(
            Invalid("INVALID_INPUT", "A name has 1 to {most} characters.", fields=["name"], most=LONGEST_NAME)
        )
    callbacks = list(dict.fromkeys(each.strip() for each in new.callbacks if each.strip()))
    if len(callbacks) > MOST_CALLBACKS:
        wrong.append(
            Invalid("INVALID_INPUT", "At most {most} addresses.", fields=["callbacks"], most=MOST_CALLBACKS)
        )
    else:
        try:
            for each in callbacks:
                check_callback(each)
        except Invalid as refused:
            wrong.append(refused)
    if not set(new.scopes) <= set(SCOPES):
        wrong.append(
            Invalid("INVALID_INPUT", "The scopes are {scopes}.", fields=["scopes"], scopes=", ".join(SCOPES))
        )
    elif not set(new.scopes) - {LASTING}:
        wrong.append(Invalid("INVALID_INPUT", "Choose at least one thing that it may do.", fields=["scopes"]))
    if not 1 <= new.refresh_days <= MOST_REFRESH_DAYS:
        wrong.append(
            Invalid(
                "INVALID_INPUT", "From 1 to {most} days.", fields=["refresh_days"], most=MOST_REFRESH_DAYS
            )
        )
    if new.run_as is not None:
        if new.public:
            wrong.append(
                Invalid(
                    "INVALID_INPUT", "A public app cannot act by itself: it has no secret.", fields=["run_as"]
                )
            )
        elif not await tx.value(
            "select 1 from app_user where org_id = %(org)s and id = %(id)s and active", {"id": new.run_as}
        ):
            wrong.append(
                Invalid("INVALID_INPUT", "There is no such person who is active.", fields=["run_as"])
            )
    if wrong:
        raise Several(wrong)
    return msgspec.structs.replace(
        new,
        name=name,
        callbacks=callbacks,
        scopes=[each for each in SCOPES if each in new.scopes],
        # Whoever copies a public app's refresh token needs no secret: that there are two of it has to show.
        rotates=new.rotates or new.public,
        permission_sets=None if new.permission_sets is None else sorted(set(new.permission_sets)),
    )


def _params(values: AppSettings) -> dict[str, Any]:
    return {
        "name": values.name,
        "callbacks": values.callbacks,
        "scopes": list(values.scopes),
        "rotates": values.rotates,
        "days": values.refresh_days,
        "run_as": values.run_as,
        "everybody": values.permission_sets is None,
    }


def _told(values: AppSettings) -> dict[str, Any]:
    """What the log says of an app: ids as addresses show them."""
    sets = values.permission_sets
    return msgspec.structs.asdict(values) | {
        "run_as": None if values.run_as is None else ids.show(values.run_as),
        "permission_sets": None if sets is None else [ids.show(each) for each in sets],
    }


async def _narrow(tx: Tx, app_id: int, scopes: Sequence[str]) -> None:
    """Take from an app's tokens, and from what people let it into, what it may be let into no more."""
    if "full" in scopes:
        return
    lost = [each for each in SCOPES if each not in scopes]
    for narrowing in (
        """update app_consent set scopes = array(select s from unnest(scopes) s where s <> all(%(lost)s::text[]))
           where org_id = %(org)s and app_id = %(app)s and scopes && %(lost)s::text[]""",
        """update authorization_code set used_at = now()
           where org_id = %(org)s and app_id = %(app)s and used_at is null and scopes && %(lost)s::text[]""",
    ):
        await tx.run(narrowing, {"lost": lost, "app": app_id})
    # Last, and until there is none: what a code or a refresh token becomes at this moment is only there then.
    while await tx.run(
        """update token set scopes = array(select s from unnest(scopes) s where s <> all(%(lost)s::text[]))
           where org_id = %(org)s and app_id = %(app)s and revoked_at is null and scopes && %(lost)s::text[]""",
        {"lost": lost, "app": app_id},
    ):
        pass


async def _give_to(tx: Tx, app_id: int, permission_sets: Collection[int] | None) -> None:
    """Say for whom an app is."""
    wanted = sorted(set(permission_sets or ()))
    if not wanted:
        return
    given = await tx.run(
        """insert into app_permission_set (org_id, app_id, permission_set_id)
           select s.org_id, %(app)s, s.id from permission_set s
           where s.org_id = %(org)s and s.id = any(%(sets)s::bigint[])""",
        {"app": app_id, "sets": wanted},
    )
    if given != len(wanted):
        raise Invalid("INVALID_INPUT", "There is no such permission set.", fields=["permission_sets"])


async def _new_secret(tx: Tx, app_id: int) -> str:
    secret = new_secret()
    await tx.run(
        "update connected_app set secret_hash = %(hash)s where org_id = %(org)s and id = %(id)s",
        {"hash": hash_secret(secret), "id": app_id},
    )
    return secret


async def _end_app(tx: Tx, app_id: int) -> int:
    """End what an app has of everybody: tokens, codes, and that they let it in."""
    params = {"app": app_id}
    await tx.run("delete from app_consent where org_id = %(org)s and app_id = %(app)s", params)
    await tx.run(
        "update authorization_code set used_at = now() where org_id = %(org)s and app_id = %(app)s and used_at is null",
        params,
    )
    return await end_tokens(tx, "app_id = %(app)s and expires_at > now()", params)
