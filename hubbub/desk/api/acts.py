"""REST: acts on a record from a feed element on it. Salesforce has quick actions in their place."""

from typing import Any

from litestar import Response, get, post

from hubbub import feed, people, records
from hubbub.core import ids
from hubbub.core.errors import Invalid
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.ids import Type
from hubbub.core.rest import api_base, input_of, json_answer
from hubbub.desk import actions


@post("/feed-elements/{key:str}/status-changes")
async def change_status(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """POST /chatter/feed-elements/{id}/status-changes — `{"status", "text"}`: moves the record on which the element stands
    along its path; answers 201 `{"id"}` of the ChangeStatusPost (null if it stood there already)."""
    record = await actions.access_record_of(tx, actor, ids.parse(key, Type.FEED_ITEM), to="edit")
    given = await input_of(request)
    body = await feed.parse_words(tx, actor, _text(given))
    made = await actions.change_status(tx, actor, record.id, str(given.get("status") or ""), body)
    return _made(made)


@post("/feed-elements/{key:str}/assignments")
async def assign(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """POST /chatter/feed-elements/{id}/assignments — `{"ownerId", "text"}`: gives the record on which the element stands to a
    person or queue; answers 201 `{"id"}` of the record."""
    record = await actions.access_record_of(tx, actor, ids.parse(key, Type.FEED_ITEM), to="share")
    given = await input_of(request)
    owner = ids.parse(given.get("ownerId"), Type.USER, Type.QUEUE)
    body = await feed.parse_words(tx, actor, _text(given))
    return _made((await actions.assign_record(tx, actor, record.id, owner, body)).id)


@get("/feed-elements/{key:str}/records")
async def read_made(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """GET /chatter/feed-elements/{id}/records — what was made of the element, as far as I may see it, the newest ten:
    `{"records": [{"id", "type", "name", "url"}]}`. Hubbub's own."""
    item = await feed.item(tx, actor, ids.parse(key, Type.FEED_ITEM))
    base = api_base(request)
    return json_answer(
        {
            "records": [
                {
                    "id": card.key,
                    "type": card.object,
                    "name": card.name,
                    "url": f"{base}/chatter/records/{card.key}",
                }
                for card in item.made
            ]
        }
    )


@post("/feed-elements/{key:str}/records")
async def make(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """POST /chatter/feed-elements/{id}/records — `{"object": "Task" | "Case" | "Lead", "fields": {…}}`: makes a record of the
    element; what is not said begins with the element's words and the record that it stands on. 201 `{"id"}`; 400 what
    cannot be kept, 403 who may make none. Hubbub's own; Salesforce has quick actions in its place."""
    item_id = ids.parse(key, Type.FEED_ITEM)
    await feed.access_item(tx, actor, item_id)
    given = await input_of(request)
    him = await records.viewer(tx, actor)
    object = actions.access_made(him, str(given.get("object") or ""))
    fields = {} if given.get("fields") is None else given["fields"]
    if not isinstance(fields, dict):
        raise Invalid("JSON_PARSER_ERROR", "fields is an object of values by field name.", fields=["fields"])
    values = records.parse_values(him, object, fields)
    return _made((await actions.make_of_post(tx, actor, item_id, object.name, values)).id)


@get("/records/{key:str}/source")
async def read_source(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """GET /chatter/records/{id}/source — the feed element of which a record was made: `{"feedElement": {"id", "url"}}`, null
    if of none that I may see. Hubbub's own."""
    record = await records.access_record(tx, actor, ids.parse(key))
    found = await feed.made_from(tx, actor, record.id)
    item = ids.show(found) if found else None
    url = f"{api_base(request)}/chatter/feed-elements/{item}"
    return json_answer({"feedElement": {"id": item, "url": url} if item else None})


def _text(given: dict[str, Any]) -> str:
    text = given.get("text") or ""
    if not isinstance(text, str):
        raise Invalid("INVALID_INPUT", "text is a text.", fields=["text"])
    return text


def _made(id: int | None) -> Response[bytes]:
    return json_answer({"id": ids.show(id) if id else None, "success": True, "errors": []}, 201)


ROUTES = [change_status, assign, read_made, make, read_source]
