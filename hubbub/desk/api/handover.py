"""REST: handing over what a colleague owns who leaves. Salesforce has a wizard for it."""

from litestar import Response, get, post

from hubbub import people
from hubbub.core import ids
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.ids import Type
from hubbub.core.rest import input_of, json_answer
from hubbub.desk import actions


@get("/people/{key:str}/owned")
async def read_owned(tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """GET /hubbub/people/{id}/owned — {objects: [{name, label, count}]}: how many records of which object somebody owns; 403
    unless by an administrator who may change all data."""
    found = await actions.owned(tx, actor, ids.parse(key, Type.USER))
    return json_answer(
        {"objects": [{"name": each.name, "label": each.plural, "count": count} for each, count in found]}
    )


@post("/people/{key:str}/hand-over", status_code=200)
async def hand_over(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """POST /hubbub/people/{id}/hand-over {to} — make all that somebody owns a colleague's: {records: {Account: 12, …}}; 403
    unless by an administrator who may change all data, 400 for who is a guest, inactive or the same person."""
    user_id = ids.parse(key, Type.USER)
    to_id = ids.parse((await input_of(request)).get("to"), Type.USER)
    return json_answer({"records": await actions.hand_over(tx, actor, user_id, to_id)})


HUBBUB = [read_owned, hand_over]
