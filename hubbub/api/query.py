"""SOQL over REST."""

import re

from litestar import Response, get

from hubbub import people, records
from hubbub.api import setup_objects
from hubbub.api.rows import answer_of
from hubbub.core.errors import Invalid
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.rest import api_base, json_answer

_BATCH = re.compile(r"\bbatchSize\s*=\s*(\d{1,6})\b", re.IGNORECASE)
LEAST, MOST = 200, 2000


@get(["/query", "/queryAll"])
async def query(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """GET /query?q= — the rows of a SOQL query, as far as the user sees them; GET /queryAll?q= — the rows of a SOQL query,
    with what lies in the recycle bin. FOR VIEW counts the rows as opened: see /recent."""
    text = request.query_params.get("q")
    if not text:
        raise Invalid("MALFORMED_QUERY", "A query is needed: ?q=SELECT+Name+FROM+Account")
    base = api_base(request)
    deleted = request.url.path.rstrip("/").endswith("/queryAll")
    answer = await records.query(
        tx, actor, text, base=base, size=_size(request), deleted=deleted, beside=setup_objects.beside
    )
    if answer.viewed:
        await records.note_viewed(tx, actor, answer.viewed)
    return json_answer(answer_of(base, answer))


@get(["/query/{locator:str}", "/queryAll/{locator:str}"])
async def query_more(request: Request, tx: Transaction, actor: people.Me, locator: InPath) -> Response[bytes]:
    """GET /query/{locator} — the next rows of a query; GET /queryAll/{locator} — the next rows of a query with the bin."""
    base = api_base(request)
    answer = await records.query_more(
        tx, actor, locator, base=base, size=_size(request), beside=setup_objects.beside
    )
    return json_answer(answer_of(base, answer))


def _size(request: Request) -> int:
    """How many rows a page has: the client may ask for fewer."""
    asked = _BATCH.search(request.headers.get("sforce-query-options", ""))
    return min(MOST, max(LEAST, int(asked[1]))) if asked else MOST


ROUTES = [query, query_more]
