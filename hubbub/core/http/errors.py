"""Errors of the right status and shape: Salesforce's JSON for programs, a page for people."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import msgspec
import psycopg
import structlog
from litestar import Response
from litestar.enums import MediaType
from litestar.exceptions import (
    HTTPException,
    NotFoundException,
    PermissionDeniedException,
    ValidationException,
)

from hubbub.core.db import LOST
from hubbub.core.errors import Forbidden, Invalid, NotFound, Refused, Unauthenticated, Unavailable
from hubbub.core.handlers import Request
from hubbub.core.http.credentials import is_api
from hubbub.core.http.idempotency import Replay

log = structlog.get_logger("hubbub.http")


class SfError(msgspec.Struct, omit_defaults=True):
    """Salesforce's error: a code, words, and the fields at fault where there are any."""

    errorCode: str
    message: str
    fields: list[str] = []


def as_refusal(failure: Exception) -> Refused:
    """What to tell the caller about anything that went wrong; details of our own faults stay in the log."""
    match failure:
        case Refused():
            return failure
        case psycopg.errors.UniqueViolation():
            return Invalid("DUPLICATE_VALUE", "A record with this value exists already.")
        case psycopg.errors.SerializationFailure() | psycopg.errors.DeadlockDetected():
            return Refused(
                "UNABLE_TO_LOCK_ROW",
                "Somebody else changed this at the same moment. Please try again.",
                status=409,
            )
        case psycopg.errors.DataError():
            return Invalid(
                "INVALID_INPUT",
                "A value could not be stored: it is too long, or not of the right kind.",
            )
        case psycopg.errors.QueryCanceled():
            return Refused(
                "QUERY_TIMEOUT", "This took too long and was stopped. Nothing was changed.", status=503
            )
        case NotFoundException():
            return NotFound()
        case ValidationException():
            fields = [str(e.get("key", "")) for e in failure.extra or [] if isinstance(e, dict)]  # type: ignore[union-attr]
            return Invalid(
                "INVALID_INPUT",
                "A value is missing or of the wrong kind.",
                fields=[f for f in fields if f],
            )
        case PermissionDeniedException() if "CSRF" in str(failure.detail):
            return Forbidden(
                "This form has grown old, or the browser keeps no cookies. Load the page again and send it once more."
            )
        case HTTPException(status_code=413):
            return Refused(
                "REQUEST_TOO_LARGE",
                "More was sent at once than Hubbub takes, which is 10 MB.",
                status=413,
            )
        case HTTPException():
            codes = {
                401: "INVALID_SESSION_ID",
                403: "INSUFFICIENT_ACCESS",
                405: "METHOD_NOT_ALLOWED",
            }
            return Refused(
                codes.get(failure.status_code, "BAD_REQUEST"),
                str(failure.detail)
                if failure.status_code < 500
                else "Hubbub failed to answer. Nothing was changed.",
                status=failure.status_code,
                headers=dict(failure.headers or {}),
            )
        case _ if isinstance(failure, LOST):
            return Unavailable()
    log.exception("unexpected", exc_info=failure)
    return Refused("UNKNOWN_EXCEPTION", "Hubbub failed to answer. Nothing was changed.", status=500)


ErrorPage = Callable[[Request, Refused], Response[Any]]


def answer_error(request: Request, failure: Exception) -> Response[Any]:
    """The one exception handler: Salesforce's JSON under the API's addresses, a page elsewhere."""
    if isinstance(failure, Replay):
        return failure.response
    refusal = as_refusal(failure)
    if is_api(request.scope):
        each: list[Refused] = getattr(refusal, "each", [refusal])
        body = msgspec.json.encode([SfError(one.code, one.message, one.fields) for one in each])
        return Response(
            content=body,
            status_code=refusal.status,
            media_type="application/json;charset=UTF-8",
            headers=refusal.headers,
        )
    if isinstance(refusal, Unauthenticated) and request.method in ("GET", "HEAD"):
        query = request.scope["query_string"].decode("latin-1")
        target = request.scope["path"] + (f"?{query}" if query else "")
        where = "/sign-in" if target == "/" else f"/sign-in?next={quote(target)}"
        return Response(content=b"", status_code=303, headers={"location": where})
    page: ErrorPage | None = getattr(request.app.state, "error_page", None)
    if page is None:
        return Response(content=refusal.message, status_code=refusal.status, media_type=MediaType.TEXT)
    response = page(request, refusal)
    for name, value in refusal.headers.items():
        response.headers[name] = value
    return response
