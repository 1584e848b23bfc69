"""Searching records and people by their words: SOSL, and the same with parameters."""

from typing import Any

from litestar import Response, get, post

from hubbub import people, records
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid
from hubbub.core.handlers import Request, Transaction
from hubbub.core.rest import api_base, input_of, json_answer, version_of, whole

Json = dict[str, Any]

MOST = 2000
# From this version on the rows stand in an object.
IN_AN_OBJECT = 37


@get("/search")
async def search(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """GET /search?q=FIND {words} IN ALL FIELDS RETURNING Account(Id, Name WHERE … ORDER BY … LIMIT …), Contact LIMIT n — the
    records and people that say the words of a SOSL search. Of those that the user sees, in fields that he may read:
    {searchRecords}, object by object, with their Ids where RETURNING names no fields. IN: ALL, NAME, EMAIL, PHONE, SIDEBAR.
    Words with AND, OR, AND NOT, "phrases", parentheses, * and ?. 400 MALFORMED_SEARCH, INVALID_TYPE, INVALID_FIELD."""
    text = request.query_params.get("q")
    if not text:
        raise records.MalformedSearch(
            "A search is needed: ?q=FIND {tides} IN ALL FIELDS RETURNING Account(Id, Name)"
        )
    return await _answer(request, tx, actor, records.search_for(text))


@get("/parameterizedSearch")
async def search_by_address(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """GET /parameterizedSearch?q=words — the records and people that say the words. in (ALL), sobject (again for each; of
    all objects without), fields, and {object}.fields, {object}.where, {object}.orderBy, {object}.limit; defaultLimit,
    overallLimit, 1 to 2000. {searchRecords}; 400 MALFORMED_SEARCH, INVALID_TYPE, INVALID_FIELD."""
    asked = request.query_params
    usual = whole(request, "defaultLimit", MOST, 1, MOST)
    objects = [
        _said(name, {part: asked.get(f"{name}.{part}") for part in ("fields", "where", "orderBy", "limit")}
              | ({} if asked.get(f"{name}.fields") else {"fields": asked.get("fields")}), usual)
        for name in dict.fromkeys(asked.getall("sobject", []))
    ]  # fmt: skip
    found = records.search_with(
        asked.get("q", ""), asked.get("in", "ALL"), objects, whole(request, "overallLimit", MOST, 1, MOST)
    )
    return await _answer(request, tx, actor, found)


@post("/parameterizedSearch", status_code=200)
async def search_by_body(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """POST /parameterizedSearch — the records and people that say the words of a body. {q, in, fields: [field], sobjects:
    [{name, fields, where, orderBy, limit}], defaultLimit, overallLimit}; answers as by address."""
    given = await input_of(request)
    sobjects = given.get("sobjects") or []
    if not isinstance(sobjects, list) or not all(isinstance(each, dict) for each in sobjects):
        raise Invalid("INVALID_INPUT", "sobjects is a list of objects.", fields=["sobjects"])
    usual = _limit(given.get("defaultLimit"), "defaultLimit")
    fields = given.get("fields")
    objects = [_said(_text(each.get("name"), "name"), {"fields": fields} | each, usual) for each in sobjects]
    found = records.search_with(
        _text(given.get("q"), "q"),
        _text(given.get("in") or "ALL", "in"),
        objects,
        _limit(given.get("overallLimit"), "overallLimit"),
    )
    return await _answer(request, tx, actor, found)


async def _answer(request: Request, tx: Tx, actor: people.Actor, asked: records.Search) -> Response[bytes]:
    base = api_base(request)
    found = await records.search(tx, actor, asked, base=base)
    return json_answer({"searchRecords": found} if version_of(base) >= IN_AN_OBJECT else found)


def _said(name: str, given: Json, usual: int) -> tuple[str, str]:
    """What is asked of one object, as RETURNING says it."""
    fields = given.get("fields") or "Id"
    if isinstance(fields, list):
        fields = ", ".join(_text(each, "fields") for each in fields)
    said = [_text(fields, "fields")]
    if where := given.get("where"):
        said.append(f"WHERE {_text(where, 'where')}")
    if order := given.get("orderBy"):
        said.append(f"ORDER BY {_text(order, 'orderBy')}")
    said.append(f"LIMIT {_limit(given.get('limit'), 'limit', usual)}")
    return name, " ".join(said)


def _limit(given: object, name: str, usual: int = MOST) -> int:
    if given is None:
        return usual
    text = str(given) if isinstance(given, int | str) and not isinstance(given, bool) else ""
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= MOST):
        raise Invalid("INVALID_INPUT", f"{name} is a whole number from 1 to {MOST}.", fields=[name])
    return int(text)


def _text(given: object, name: str) -> str:
    if not isinstance(given, str):
        raise Invalid("INVALID_INPUT", f"{name} is a text.", fields=[name])
    return given


ROUTES = [search, search_by_address, search_by_body]
