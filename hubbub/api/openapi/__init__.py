"""The description of the API that programs read: OpenAPI 3.1, made from the code."""

from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from hubbub.api.openapi.document import document
from hubbub.core.config import Settings
from hubbub.core.rest import json_answer


@get("/openapi.json")
async def read_openapi(request: Request[Any, Any, Any], version: FromPath[str]) -> Response[bytes]:
    """GET /openapi.json — what all resources of this version take and answer, as OpenAPI 3.1; no token needed. Hubbub's own."""
    settings: Settings = request.app.state.settings
    return json_answer(document(request.app, int(version[1:3]), settings.url))


ROUTES = [read_openapi]
