"""Passwords over REST, as Salesforce has them: an administrator gives another person a new one."""

import secrets

from litestar import Response, delete, get, post

from hubbub import people
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Forbidden, Invalid, NotFound
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.http import tells_secret
from hubbub.core.ids import Type
from hubbub.core.rest import input_of, json_answer


@get("/sobjects/{name:str}/{key:str}/password")
async def read_password(tx: Transaction, actor: people.Me, name: InPath, key: InPath) -> Response[bytes]:
    """GET /sobjects/User/{id}/password — {isExpired}: passwords do not grow old here; 404 whom one does not see."""
    await _access(tx, actor, name, key)
    return json_answer({"isExpired": False})


@post("/sobjects/{name:str}/{key:str}/password", status_code=204)
async def give_password(
    request: Request, tx: Transaction, actor: people.Me, name: InPath, key: InPath
) -> None:
    """POST /sobjects/User/{id}/password {NewPassword} — give somebody a password, 8 to 200 characters, and sign him out
    everywhere; 403 unless by an administrator, for who belongs to this org alone, and not for oneself."""
    user_id = await _access(tx, actor, name, key, to="change")
    given = (await input_of(request)).get("NewPassword")
    if not isinstance(given, str):
        raise Invalid("REQUIRED_FIELD_MISSING", "NewPassword: a text is missing.", fields=["NewPassword"])
    await people.set_password(tx, actor, user_id, given)


@delete("/sobjects/{name:str}/{key:str}/password", status_code=200)
async def make_password(
    request: Request, tx: Transaction, actor: people.Me, name: InPath, key: InPath
) -> Response[bytes]:
    """DELETE /sobjects/User/{id}/password — give somebody a password made here. {NewPassword}, told this once; 409 for a
    repetition with the same Idempotency-Key."""
    tells_secret(request)
    user_id = await _access(tx, actor, name, key, to="change")
    made = secrets.token_urlsafe(12)
    await people.set_password(tx, actor, user_id, made)
    return json_answer({"NewPassword": made})


async def _access(tx: Tx, actor: people.Actor, name: str, key: str, *, to: str = "read") -> int:
    """The person whose password it is."""
    if name.lower() != "user":
        raise NotFound()
    person = await people.access_user(tx, actor, ids.parse(key, Type.USER))
    if to == "change":
        if person.id == actor.id:
            # A program's token may not become its owner's password, which opens his other companies as well.
            raise Forbidden("Your own password is changed on its page, with the present one.")
        people.require_admin(actor)
    return person.id


ROUTES = [read_password, give_password, make_password]
