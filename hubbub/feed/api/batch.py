"""REST: several feed elements, or comments, at once, each with a status of its own."""

from typing import Any

import msgspec
from litestar import Response, get, post

from hubbub import people
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound, Refused
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.ids import Type
from hubbub.core.rest import input_of, json_answer
from hubbub.feed import queries
from hubbub.feed.access import access_comment
from hubbub.feed.api.asking import shaper, shown_in
from hubbub.feed.api.elements import post_element
from hubbub.feed.shapes import Json

MOST_IN_BATCH = 500
MOST_COMMENTS = 100


@get("/feed-elements/batch/{keys:str}")
async def read_elements(request: Request, tx: Transaction, actor: people.Me, keys: InPath) -> Response[bytes]:
    """GET /chatter/feed-elements/batch/{id,id…} — Batch Results: for each of at most 500 ids, in their order, 200 and the
    Feed Item, or an error of its own."""
    asked: list[int | Refused] = []
    for key in _at_most(keys.split(",")):
        try:
            asked.append(ids.parse(key, Type.FEED_ITEM))
        except Refused as refused:
            asked.append(refused)
    return await _results(request, tx, actor, asked, status=200)


@post("/feed-elements/batch", status_code=200)
async def create_elements(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """POST /chatter/feed-elements/batch {inputs: [{richInput: Feed Item Input}]} — Batch Results: for each of at most 500
    inputs, in their order, 201 and the Feed Item, or an error of its own; what is refused keeps none of the others back."""
    inputs = (await input_of(request)).get("inputs")
    if not isinstance(inputs, list) or not inputs:
        raise Invalid("MISSING_ARGUMENT", "inputs is missing: a list of {richInput}.", fields=["inputs"])
    posted: list[int | Refused] = []
    for each in _at_most(inputs):
        try:
            async with tx.savepoint():
                posted.append(await post_element(tx, actor, _rich_input(each)))
        except Refused as refused:
            posted.append(refused)
    return await _results(request, tx, actor, posted, status=201)


def _at_most(asked: list[Any]) -> list[Any]:
    if len(asked) > MOST_IN_BATCH:
        raise Invalid("EXCEEDED_ID_LIMIT", f"At most {MOST_IN_BATCH} at a time.")
    return asked


def _rich_input(given: object) -> Json:
    rich = given.get("richInput") if isinstance(given, dict) else None
    if not isinstance(rich, dict):
        raise Invalid("MISSING_ARGUMENT", "richInput is missing: a Feed Item Input.", fields=["richInput"])
    if isinstance(given, dict) and given.get("binaryPartNames"):
        raise Invalid("INVALID_INPUT", "There are no binary parts here.", fields=["binaryPartNames"])
    return rich


async def _results(
    request: Request, tx: Tx, actor: people.Actor, asked: list[int | Refused], status: int
) -> Response[bytes]:
    """Batch Results of elements and refusals; the elements are read together."""
    found = {
        item.id: item
        for item in await queries.items(tx, actor, [each for each in asked if isinstance(each, int)])
    }
    shape = await shaper(request, tx, actor, shown_in(found.values()))
    results: list[Json] = []
    for each in asked:
        if isinstance(each, int) and each in found:
            item = found[each]
            # Who writes is told whom he mentions in vain.
            vain = await queries.unreached(tx, actor, each, item.body) if status == 201 else []
            told = msgspec.structs.replace(shape, unreached=frozenset(person.key for person in vain))
            results.append({"result": told.item(item), "statusCode": status})
        else:
            refused = each if isinstance(each, Refused) else NotFound()
            error = {"errorCode": refused.code, "message": refused.message}
            results.append({"result": [error], "statusCode": refused.status})
    return json_answer({"hasErrors": any(each["statusCode"] >= 400 for each in results), "results": results})


@get("/comments/batch/{keys:str}")
async def read_comments(request: Request, tx: Transaction, actor: people.Me, keys: InPath) -> Response[bytes]:
    """GET /chatter/comments/batch/{id,id…} — Batch Results: for each of at most 100 ids, in their order, 200 and the
    Comment, or an error of its own."""
    given = keys.split(",")
    if len(given) > MOST_COMMENTS:
        raise Invalid("EXCEEDED_ID_LIMIT", f"At most {MOST_COMMENTS} at a time.")
    found: list[queries.Comment | Refused] = []
    for key in given:
        try:
            comment = await access_comment(tx, actor, ids.parse(key, Type.COMMENT))
            found.append(await queries.comment(tx, actor, comment.id))
        except Refused as refused:
            found.append(refused)
    authors = {each.author.id for each in found if not isinstance(each, Refused)}
    shape = await shaper(request, tx, actor, authors)
    results = [
        {"result": [{"errorCode": each.code, "message": each.message}], "statusCode": each.status}
        if isinstance(each, Refused)
        else {"result": shape.comment(each), "statusCode": 200}
        for each in found
    ]
    return json_answer({"hasErrors": any(isinstance(each, Refused) for each in found), "results": results})


ROUTES = [read_elements, create_elements, read_comments]
