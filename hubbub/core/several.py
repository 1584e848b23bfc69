"""Several requests in one: each is answered by its own handler, as part of the outer request's act."""

from typing import Any

import msgspec
from litestar.types import Message, Scope
from litestar.utils import normalize_path

from hubbub.core.addresses import as_routed
from hubbub.core.errors import Invalid
from hubbub.core.handlers import Request
from hubbub.core.http import act_of

# What a request inside another takes over from it: who asks, and how texts are to be sent.
HEADERS = (b"authorization", b"user-agent", b"x-chatter-entity-encoding", b"sforce-disable-feed-tracking")
METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"})
# Whatever holds several requests is in no other; tokens are asked for on their own.
ALONE = ("/composite", "/connect/batch")


class Answered(msgspec.Struct):
    """The answer to one of several requests."""

    status: int
    headers: dict[str, str]
    body: Any  # as JSON has it; None where there is none

    @property
    def failed(self) -> bool:
        return self.status >= 400


async def ask(
    request: Request,
    method: object,
    url: object,
    body: Any = None,
    headers: dict[str, str] | None = None,
    *,
    within: tuple[str, ...] = (),
) -> Answered:
    """Answer a request inside this one; what it wrote is undone if it fails. `within` are addresses that may come here though
    they hold several."""
    try:
        scope = _scope(request, _method(method), _address(url, within), headers or {})
    except Invalid as refused:
        return Answered(
            400, {}, [{"errorCode": refused.code, "message": refused.message, "fields": refused.fields}]
        )
    sent = b"" if body is None else body.encode() if isinstance(body, str) else msgspec.json.encode(body)
    parts: list[bytes] = []
    start: dict[str, Any] = {"status": 500, "headers": []}

    async def receive() -> Message:
        return {"type": "http.request", "body": sent, "more_body": False}  # type: ignore[return-value]

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.update(message)  # type: ignore[arg-type]
        elif message["type"] == "http.response.body":
            parts.append(message.get("body", b""))

    await request.app(scope, receive, send)  # type: ignore[arg-type]
    said = b"".join(parts)
    told = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in start["headers"]}
    is_json = told.get("content-type", "").startswith("application/json")
    return Answered(start["status"], told, msgspec.json.decode(said) if said and is_json else None)


def _method(given: object) -> str:
    """`Get`, `GET` and `HttpGet` are the same."""
    method = given.upper().removeprefix("HTTP") if isinstance(given, str) else ""
    if method not in METHODS:
        raise Invalid("INVALID_INPUT", f"method is one of {', '.join(sorted(METHODS))}.", fields=["method"])
    return "GET" if method == "HEAD" else method


def _address(given: object, within: tuple[str, ...]) -> bytes:
    """The path and the parameters of an address: `/services/data/v62.0/…`, `/v62.0/…` or `v62.0/…`."""
    if not isinstance(given, str) or not given:
        raise Invalid("INVALID_INPUT", "url is missing: /services/data/vXX.0/…", fields=["url"])
    try:
        address = given.encode()
    except UnicodeEncodeError:
        raise Invalid("INVALID_INPUT", "url is no text.", fields=["url"]) from None
    if not address.startswith(b"/services/"):
        address = b"/services/data/" + address.lstrip(b"/")
    # Judged as the router will read it: it takes many slashes for one.
    path = normalize_path(as_routed(address.partition(b"?")[0]))
    rest = path.removeprefix("/services/data/").partition("/")[2]
    held = any(f"/{rest}".startswith(each) for each in ALONE)
    if not path.startswith("/services/data/v") or (held and f"/{rest}" not in within):
        raise Invalid("INVALID_INPUT", f"{given[:200]} cannot be asked for among others.", fields=["url"])
    return address


def _scope(request: Request, method: str, address: bytes, headers: dict[str, str]) -> Scope:
    raw, _, query = address.partition(b"?")
    outer = request.scope
    kept = [(name, value) for name, value in outer["headers"] if name.lower() in HEADERS]
    own = [
        (name.lower().encode("latin-1", "replace"), value.encode("latin-1", "replace"))
        for name, value in headers.items()
        if name.lower()
        in ("sforce-disable-feed-tracking", "x-chatter-entity-encoding", "sforce-query-options")
    ]
    scope = {
        "type": "http",
        "asgi": outer["asgi"],
        "http_version": outer["http_version"],
        "method": method,
        "scheme": outer["scheme"],
        "path": as_routed(raw),
        "raw_path": raw,
        "query_string": query,
        "root_path": "",
        "headers": [*kept, (b"content-type", b"application/json"), *own],
        "client": outer.get("client"),
        "server": outer.get("server"),
        "extensions": {},
        "request_id": outer.get("request_id"),
        "nonce": outer.get("nonce"),
        "part_of": act_of(outer),
    }
    return scope  # type: ignore[return-value]
