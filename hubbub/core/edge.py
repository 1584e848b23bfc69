"""What wraps the app from outside: request ids, security headers, method overrides, the access log."""

import re
import secrets
import time
from collections.abc import Callable
from urllib.parse import parse_qsl

import structlog
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from hubbub.core import metrics
from hubbub.core.addresses import as_routed, spoken

log = structlog.get_logger("hubbub.access")

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


_SECRET = re.compile(r"/[\w-]{43}(?=/|$)")


def wrap(app: ASGIApp, *, tls: bool) -> Callable[[Scope, Receive, Send], object]:
    """The app as it is served: Litestar's own middleware does not see requests that match no route."""

    async def edge(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id = secrets.token_hex(8)
        nonce = secrets.token_urlsafe(16)
        scope["request_id"], scope["nonce"] = request_id, nonce  # type: ignore[typeddict-unknown-key]
        head = scope["method"] == "HEAD"
        method = "GET" if head else scope["method"]
        if method == "POST" and b"_HttpMethod" in scope["query_string"]:
            method = _overridden(scope["query_string"]) or method
        scope["method"] = method  # type: ignore[typeddict-item]
        if b"%" in (raw := scope.get("raw_path") or b""):
            scope["path"] = as_routed(raw)
        status = 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = [(name.lower(), value) for name, value in message["headers"]]
                given = {name for name, _ in headers}
                for name, value in [
                    (b"content-security-policy", POLICY.format(nonce=nonce).encode()),
                    (b"x-content-type-options", b"nosniff"),
                    (b"referrer-policy", b"same-origin"),
                    (b"cross-origin-opener-policy", b"same-origin"),
                    (b"cache-control", b"no-store"),
                    (b"x-request-id", request_id.encode()),
                    *([(b"strict-transport-security", b"max-age=31536000")] if tls else []),
                ]:
                    if name not in given:
                        headers.append((name, value))
                message = {**message, "headers": headers}  # type: ignore[assignment]
            elif message["type"] == "http.response.body" and head:
                message = {**message, "body": b""}  # type: ignore[assignment]
            await send(message)

        structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            await app(scope, receive, sending)
        finally:
            seconds = time.perf_counter() - started
            route = scope.get("path_template") or "(none)"
            told = method if method in METHODS else "(other)"
            metrics.requests.labels(told, route, status).inc()
            metrics.request_seconds.labels(route).observe(seconds)
            log.info(
                "request",
                method=scope["method"],
                path=_SECRET.sub("/…", spoken(scope["path"])),  # whoever reads the log goes in by no link
                status=status,
                ms=round(seconds * 1000, 1),
            )
            structlog.contextvars.clear_contextvars()

    return edge


def _overridden(query: bytes) -> str | None:
    """Salesforce's `?_HttpMethod=PATCH` on a POST, for clients that cannot send the method itself."""
    wanted = dict(parse_qsl(query.decode("latin-1"))).get("_HttpMethod")
    return wanted if wanted in ("PATCH", "DELETE", "PUT", "GET") else None
