"""Salesforce's REST protocol: versions in addresses, inputs as JSON or parameters, answers."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec
from litestar import Response
from litestar.connection import ASGIConnection

from hubbub.core.clock import now
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.handlers import Request

VERSIONS = range(23, 68)


def api_base(request: Request) -> str:
    """What the addresses inside an answer start with: the version, and the community if the request named one."""
    version, community = request.path_params["version"], request.path_params.get("community")
    return f"/services/data/{version}" + (f"/connect/communities/{community}" if community else "")


def version_of(base: str) -> int:
    """The version that an address of the API names: 31 of `/services/data/v31.0/…`."""
    return int(base.split("/")[3][1:3])


async def known_version(connection: ASGIConnection[Any, Any, Any, Any], _: Any) -> None:
    """A guard: addresses of the API name a version that Hubbub speaks, and no community but the internal one.

    Async because a plain function would be run in a thread.
    """
    version = connection.path_params.get("version", "")
    number = version[1:-2]
    if not (
        version.startswith("v")
        and version.endswith(".0")
        and number.isascii()
        and number.isdigit()
        and len(number) == 2
        and int(number) in VERSIONS
    ):
        raise NotFound()
    if connection.path_params.get("community", "internal") != "internal":
        raise NotFound()


async def input_of(request: Request) -> dict[str, Any]:
    """What the caller sent: parameters of the address or of a form, and a JSON object, which wins."""
    given: dict[str, Any] = {
        name: value for name, value in request.query_params.items() if name != "_HttpMethod"
    }
    body = await request.body()
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        given |= dict((await request.form()).items())
    elif body.strip():
        try:
            decoded = msgspec.json.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise Invalid("JSON_PARSER_ERROR", f"The body is not JSON: {error}") from None
        if not isinstance(decoded, dict):
            raise Invalid("JSON_PARSER_ERROR", "The body has to be a JSON object.")
        given |= decoded
    return given


def whole(request: Request, name: str, usual: int, least: int, most: int) -> int:
    """A whole number of the query string; raises Invalid outside its range."""
    text = request.query_params.get(name)
    if text is None:
        return usual
    try:
        value = int(text) if text.isascii() and len(text) < 10 else least - 1
    except ValueError:
        value = least - 1
    if not least <= value <= most:
        raise Invalid("INVALID_INPUT", f"{name} is a whole number from {least} to {most}.", fields=[name])
    return value


def boolean(given: Mapping[str, Any], name: str, usual: bool | None = None) -> bool:
    """A property that is true or false, as JSON or as a parameter; `usual` where it is not sent."""
    value = given.get(name, usual)
    if value is True or value is False:
        return value
    if value in ("true", "false"):
        return value == "true"
    raise Invalid("INVALID_INPUT", f"{name} is true or false.", fields=[name])


def json_answer(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response[bytes]:
    """An answer of the API."""
    return Response(
        content=msgspec.json.encode(body),
        status_code=status,
        media_type="application/json;charset=UTF-8",
        headers={"sforce-limit-info": "api-usage=1/15000000", **(headers or {})},
    )


@lru_cache(maxsize=16384)
def connect_date(value: datetime) -> str:
    """A moment as Connect writes it: UTC, milliseconds, Z."""
    return value.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def relative_date(value: datetime) -> str:
    """How long ago, for less than two days; the date and time before that."""
    passed = (now() - value).total_seconds()
    if passed < 60:
        return "Just now"
    if passed < 3600:
        return f"{int(passed // 60)}m ago"
    if passed < 86400:
        return f"{int(passed // 3600)}h ago"
    if passed < 2 * 86400:
        return "Yesterday"
    return _in_words(value)


@lru_cache(maxsize=16384)
def _in_words(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%B %-d, %Y at %-I:%M %p")


_SPECIAL = re.compile("[&<>\"']")
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})


def encode_text(value: str | None) -> str | None:
    """Text with the five HTML entities, which is how Connect sends it unless asked for raw text."""
    return value.translate(_ENTITIES) if value and _SPECIAL.search(value) else value
