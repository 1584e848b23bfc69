"""The description of the API that programs read: OpenAPI 3.1, made from the code."""

from litestar import Response, get

from hubbub.api.openapi import bodies, reading
from hubbub.api.openapi.document import document
from hubbub.core.config import Settings
from hubbub.core.handlers import InPath, Request
from hubbub.core.rest import json_answer


@get("/openapi.json")
async def read_openapi(request: Request, version: InPath) -> Response[bytes]:
    """GET /openapi.json — what all resources of this version take and answer, as OpenAPI 3.1; no token needed. Hubbub's own."""
    settings: Settings = request.app.state.settings
    return json_answer(document(request.app, int(version[1:3]), settings.url))


def keep() -> None:
    """Read what the document is made of, for a server below which the checkout may be updated."""
    bodies.keep()
    reading.keep()


ROUTES = [read_openapi]
