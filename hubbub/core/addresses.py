"""What stands in the path of an address: text, in which an encoded slash is part of a value and parts nothing."""

import re
from urllib.parse import unquote_to_bytes

from litestar.types import ASGIApp, Receive, Scope, Send

from hubbub.core.errors import Invalid, NotFound

# Stands for an encoded slash until the router has found the handler: no address may hold it for itself.
_SLASH = "\0"
_ENCODED = re.compile(rb"%2f", re.IGNORECASE)


def as_routed(raw: bytes) -> str:
    """The path of an address as the router is to read it."""
    return unquote_to_bytes(_ENCODED.sub(_SLASH.encode(), raw)).decode(errors="replace")


def spoken(path: str) -> str:
    """The same for everybody else: an encoded slash stays encoded."""
    return path.replace(_SLASH, "%2F")


def whole_values(app: ASGIApp) -> ASGIApp:
    """Middleware: handlers are given values with their slashes; an address that is no text is refused."""

    async def middleware(scope: Scope, receive: Receive, send: Send) -> None:
        raw = scope.get("raw_path") or b""
        if scope["type"] == "http" and b"%" in raw:
            try:
                text = unquote_to_bytes(raw).decode()
            except UnicodeDecodeError:
                raise Invalid(
                    "INVALID_INPUT", "The address is no text: it has to be UTF-8, encoded with %."
                ) from None
            if "\0" in text:  # no stored text has it
                raise NotFound()
            scope["path"] = spoken(scope["path"])
            scope["path_params"] = {
                name: value.replace(_SLASH, "/") if isinstance(value, str) else value
                for name, value in scope["path_params"].items()
            }
        await app(scope, receive, send)

    return middleware
