"""SOQL over REST."""

import re
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from hubbub import people, records
from hubbub.api import setup_objects
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid
from hubbub.core.rest import api_base, json_answer

_BATCH = re.compile(r"\bbatchSize\s*=\s*(\d{1,6})\b", re.IGNORECASE)
LEAST, MOST = 200, 2000


@get(["/query", "/queryAll"])
async def query(
    request: Request[Any, Any, Any], tx: NamedDependency[Tx], actor: NamedDependency[people.Actor]
) -> Response[bytes]:
    """GET /query?q= and /queryAll?q= — the rows of a SOQL query, as far as the user sees them; queryAll finds what lies in the
    recycle bin too."""
    text = request.query_params.get("q")
    if not text:
        raise Invalid("MALFORMED_QUERY", "A query is needed: ?q=SELECT+Name+FROM+Account")
    base = api_base(request)
    deleted = request.url.path.rstrip("/").endswith("/queryAll")
    return _answer(
        base,
        await records.query(
            tx, actor, text, base=base, size=_size(request), deleted=deleted, beside=setup_objects.beside
        ),
    )


@get(["/query/{locator:str}", "/queryAll/{locator:str}"])
async def query_more(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    locator: FromPath[str],
) -> Response[bytes]:
    """GET /query/{locator} and /queryAll/{locator} — the next rows of a query."""
    base = api_base(request)
    return _answer(
        base,
        await records.query_more(
            tx, actor, locator, base=base, size=_size(request), beside=setup_objects.beside
        ),
    )


def _size(request: Request[Any, Any, Any]) -> int:
    """How many rows a page has: the client may ask for fewer."""
    asked = _BATCH.search(request.headers.get("sforce-query-options", ""))
    return min(MOST, max(LEAST, int(asked[1]))) if asked else MOST


def _answer(base: str, answer: records.Answer) -> Response[bytes]:
    body: dict[str, Any] = {"totalSize": answer.total, "done": answer.locator is None}
    if answer.locator is not None:
        body["nextRecordsUrl"] = f"{base}/query/{answer.locator}"
    return json_answer(body | {"records": answer.records})


ROUTES = [query, query_more]
