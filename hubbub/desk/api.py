"""REST: acts on a record from a feed element on it. Salesforce has quick actions in their place."""

from typing import Any

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from hubbub import feed, people
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid
from hubbub.core.ids import Type
from hubbub.core.rest import input_of, json_answer
from hubbub.desk import actions


@post("/feed-elements/{key:str}/status-changes")
async def change_status(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    key: FromPath[str],
) -> Response[bytes]:
    """POST /chatter/feed-elements/{id}/status-changes — `{"status", "text"}`: moves the record on which the element stands
    along its path; answers 201 `{"id"}` of the ChangeStatusPost (null if it stood there already)."""
    record = await actions.access_record_of(tx, actor, ids.parse(key, Type.FEED_ITEM), to="edit")
    given = await input_of(request)
    body = await feed.parse_words(tx, actor, _text(given))
    made = await actions.change_status(tx, actor, record.id, str(given.get("status") or ""), body)
    return _made(made)


@post("/feed-elements/{key:str}/assignments")
async def assign(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    key: FromPath[str],
) -> Response[bytes]:
    """POST /chatter/feed-elements/{id}/assignments — `{"ownerId", "text"}`: gives the record on which the element stands to a
    person or queue; answers 201 `{"id"}` of the record."""
    record = await actions.access_record_of(tx, actor, ids.parse(key, Type.FEED_ITEM), to="share")
    given = await input_of(request)
    owner = ids.parse(given.get("ownerId"), Type.USER, Type.QUEUE)
    body = await feed.parse_words(tx, actor, _text(given))
    return _made((await actions.assign_record(tx, actor, record.id, owner, body)).id)


def _text(given: dict[str, Any]) -> str:
    text = given.get("text") or ""
    if not isinstance(text, str):
        raise Invalid("INVALID_INPUT", "text is a text.", fields=["text"])
    return text


def _made(id: int | None) -> Response[bytes]:
    return json_answer({"id": ids.show(id) if id else None, "success": True, "errors": []}, 201)


ROUTES = [change_status, assign]
