"""Smaller answers: `filterGroup`, `include` and `exclude`, as Connect has them, over any answer of Chatter and Connect."""

import re
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from hubbub.api.openapi.bodies import Property, answers_of, bodies, names_in, plain_path
from hubbub.core.errors import Invalid

GROUPS = {"Small": "S", "Medium": "SM", "Big": "SMB-"}
Path = tuple[str, ...]
_COMMUNITY = re.compile(r"/connect/communities/\{\w+\}(?=/chatter)")
_ALL = GROUPS["Big"]


class Wanted(msgspec.Struct, frozen=True):
    """What a request asks for of its answer: the letters of the groups, what comes besides, and what does not come."""

    groups: str
    include: tuple[Path, ...] = ()
    exclude: tuple[Path, ...] = ()


def sized(app: ASGIApp) -> ASGIApp:
    """Middleware: takes out of an answer what was not asked for. It asks before the handler does anything."""

    async def middleware(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] == "DELETE" or (wanted := _wanted(scope)) is None:
            await app(scope, receive, send)
            return
        types = _types(scope)
        start: Message | None = None

        async def sending(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            if message["type"] == "http.response.body" and start is not None:
                head, start = start, None
                body = message.get("body", b"")
                if head["status"] < 400 and body:  # type: ignore[typeddict-item]
                    body = msgspec.json.encode(sift(msgspec.json.decode(body), types, wanted))
                kept = [each for each in head["headers"] if each[0].lower() != b"content-length"]  # type: ignore[typeddict-item]
                length = (b"content-length", str(len(body)).encode())
                await send({**head, "headers": [*kept, length]})  # type: ignore[arg-type,misc]
                await send({**message, "body": body})  # type: ignore[arg-type,misc]
                return
            await send(message)

        await app(scope, receive, sending)

    return middleware


def _wanted(scope: HTTPScope) -> Wanted | None:
    """What the parameters of an address ask for; None if they ask for no less than all."""
    query = scope["query_string"]
    if b"filterGroup" not in query and b"clude=" not in query:
        return None
    given = dict(parse_qsl(query.decode("latin-1")))
    group, include, exclude = (given.get(name) for name in ("filterGroup", "include", "exclude"))
    if group is None and include is None and exclude is None:
        return None
    if group is not None and group not in GROUPS:
        raise Invalid(
            "INVALID_FILTER_VALUE", f"filterGroup is one of {', '.join(GROUPS)}.", fields=["filterGroup"]
        )
    # Named alone, what is included is all that there is.
    groups = GROUPS[group] if group else "" if include else _ALL
    return Wanted(groups, _paths("include", include), _paths("exclude", exclude))


def _paths(name: str, text: str | None) -> tuple[Path, ...]:
    found = []
    for path in (text or "").split("|") if text else ():
        steps = tuple(path[1:].split("/"))
        if not path.startswith("/") or not all(steps):
            raise Invalid(
                "INVALID_FILTER_VALUE",
                f"{name}: properties like /id or /body/text, with | between them.",
                fields=[name],
            )
        found.append(steps)
    return tuple(found)


def sift(value: Any, types: tuple[str, ...], wanted: Wanted) -> Any:
    """What is wanted of a value whose body is one of these types."""
    if isinstance(value, list):
        inner = tuple(part for each in types for part in names_in(each))
        return [sift(each, inner, _into(each, wanted)) for each in value]
    if not isinstance(value, dict):
        return value
    body = _body_of(value, types)
    kept: dict[str, Any] = {}
    for name, each in value.items():
        known = body.get(name)
        include = tuple(path[1:] for path in wanted.include if path[0] == name)
        exclude = tuple(path[1:] for path in wanted.exclude if path[0] == name)
        if () in exclude:
            continue
        if () in include:
            groups, include = _ALL, ()
        elif (known.group if known else "-" if body else "S") in wanted.groups:
            groups = wanted.groups
        elif include:
            groups = ""
        else:
            continue
        kept[name] = sift(each, known.types if known else (), Wanted(groups, include, exclude))
    return kept


def _into(item: Any, wanted: Wanted) -> Wanted:
    """Paths as an item of a list has them: XML names the items (`/elements/feedElement/id`), JSON does not."""

    def step(path: Path) -> Path:
        named = isinstance(item, dict) and len(path) > 1 and path[0] not in item and path[1] in item
        return path[1:] if named else path

    return Wanted(wanted.groups, tuple(map(step, wanted.include)), tuple(map(step, wanted.exclude)))


def _body_of(value: dict[str, Any], types: tuple[str, ...]) -> dict[str, Property]:
    """The body that an object is: of those that it may be, the one whose properties it has; of any, where none is told."""
    known = bodies()
    named = tuple(each for each in types if each in known)
    return known.get(_likest(frozenset(value), named), {})


@cache
def _likest(names: frozenset[str], types: tuple[str, ...]) -> str:
    known = bodies()

    def likeness(each: str) -> float:
        return len(names & known[each].keys()) / max(1, len(names | known[each].keys()))

    best = max(types or known, key=likeness)
    return best if types or likeness(best) > 0.5 else ""


def _types(scope: HTTPScope) -> tuple[str, ...]:
    """The body with which a resource answers."""
    path = _COMMUNITY.sub("", plain_path(scope.get("path_template", "")))
    return tuple(part.strip() for each in answers_of(scope["method"], path) for part in each.shape.split("|"))
