"""The reference of the API, to search and to read: every resource and every body, from the document that programs get."""

import re
from functools import lru_cache
from typing import Any

import msgspec
from litestar import Litestar, Response, get

from hubbub import people
from hubbub.api.openapi.bodies import Property, answers, component, inputs, names_in, requests, shapes
from hubbub.api.openapi.document import document, latest
from hubbub.core import html
from hubbub.core.errors import NotFound
from hubbub.core.handlers import InPath, Request, Transaction

LAST_OLD = 31  # feed items are in no version after it
GROUPS = {"S": "Small", "M": "Medium", "B": "Big"}


class Part(msgspec.Struct, frozen=True):
    """A piece of a type: words, and the body that it leads to."""

    text: str
    url: str | None = None


class Taken(msgspec.Struct, frozen=True):
    """A parameter, or a property of what is sent."""

    name: str
    where: str
    types: list[Part]


class Answered(msgspec.Struct, frozen=True):
    """What is answered with a status; no type where there is no body."""

    status: str
    types: list[Part]


class Row(msgspec.Struct, frozen=True):
    """A property of a body."""

    name: str
    types: list[Part]
    group: str
    always: bool


class Operation(msgspec.Struct, frozen=True):
    """One resource and method."""

    name: str
    method: str
    path: str
    area: str
    summary: str
    description: str
    takes: list[Taken]
    answers: list[Answered]
    open: bool

    @property
    def url(self) -> str:
        return f"/api-reference/{self.name}"

    @property
    def searched(self) -> str:
        """All the words by which it is found."""
        words = [self.method, self.path, self.area, self.summary, self.description]
        return " ".join([*words, *(each.name for each in self.takes)]).lower()


class Area(msgspec.Struct, frozen=True):
    """Operations that belong together."""

    name: str
    operations: list[Operation]


@get("/api-reference")
async def show_reference(request: Request, tx: Transaction, actor: people.Me) -> Response[str]:
    """What programs may ask of Hubbub: every resource by area, and those whose words somebody looks for."""
    q = request.query_params.get("q", "").replace("\0", "").strip()[:100]
    words = q.lower().split()
    found = [each for each in operations(request.app) if all(word in each.searched for word in words)]
    known = sorted(shapes()) if not words else [each for each in sorted(shapes()) if _matches(each, words)]
    return await html.page(
        request,
        tx,
        actor,
        "api/reference.html",
        q=q,
        areas=[
            Area(name, [each for each in found if each.area == name])
            for name in dict.fromkeys(each.area for each in found)
        ],
        bodies=[Part(each, _body_url(each)) for each in known],
        document_url=f"/services/data/v{latest()}.0/openapi.json",
    )


@get("/api-reference/{name:str}")
async def show_operation(request: Request, tx: Transaction, actor: people.Me, name: InPath) -> Response[str]:
    """One resource: what it takes, what it answers, what it refuses."""
    found = next((each for each in operations(request.app) if each.name == name), None)
    if found is None:
        raise NotFound()
    return await html.page(request, tx, actor, "api/operation.html", operation=found)


@get("/api-bodies/{name:str}")
async def show_body(request: Request, tx: Transaction, actor: people.Me, name: InPath) -> Response[str]:
    """One body: its properties, their types and filter groups, and the resources that answer with it."""
    title = next((each for each in shapes() if component(each) == name), None)
    if title is None:
        raise NotFound()
    sent = title in inputs()
    using = {
        (each.method, each.path)
        for each in (requests() if sent else answers())
        if title in names_in(each.shape)
    }
    used = [
        each
        for each in operations(request.app)
        if (each.method, f"/services/data/{{version}}{each.path}") in using
    ]
    return await html.page(
        request,
        tx,
        actor,
        "api/body.html",
        title=title,
        sent=sent,
        properties=[
            Row(each.name, _parts(" | ".join(each.types)), GROUPS.get(each.group, "Big"), each.always)
            for each in shapes()[title].values()
        ],
        used=used,
    )


@lru_cache(maxsize=4)
def operations(app: Litestar) -> list[Operation]:
    """Every resource as pages show it: of the newest version, and what only old ones have."""
    new = _operations(app, latest())
    known = {each.name for each in new}
    return new + [each for each in _operations(app, LAST_OLD) if each.name not in known]


def _operations(app: Litestar, version: int) -> list[Operation]:
    told = document(app, version, "")
    order = {each["name"]: place for place, each in enumerate(told["tags"])}
    found = [
        _operation(method, path.removeprefix(f"/services/data/v{version}.0") or "/", said)
        for path, place in told["paths"].items()
        for method, said in place.items()
    ]
    return sorted(found, key=lambda each: (order[each.area], each.path))


def _operation(method: str, path: str, said: dict[str, Any]) -> Operation:
    takes = [
        Taken(each["name"], each["in"], _of_schema(each["schema"]))
        for each in said["parameters"]
        if "$ref" not in each
    ]
    sent = next(iter(said.get("requestBody", {}).get("content", {}).values()), {"schema": {}})["schema"]
    if "$ref" in sent:
        takes += [
            Taken(each.name, "body", _parts(" | ".join(each.types)))
            for each in shapes()[_title(sent)].values()
        ]
    takes += [Taken(name, "body", _of_schema(shape)) for name, shape in sent.get("properties", {}).items()]
    good = [(status, each) for status, each in said["responses"].items() if status < "400"]
    answered = [Answered(status, _of_content(each.get("content", {}))) for status, each in good]
    return Operation(
        said["operationId"],
        method.upper(),
        path,
        said["tags"][0],
        said["summary"],
        said["description"],
        takes,
        answered,
        said.get("security") == [],
    )


def _of_content(content: dict[str, Any]) -> list[Part]:
    """The body of an answer in words: its JSON, or the kinds of bytes that it may be."""
    told = content.get("application/json")
    return _of_schema(told["schema"]) if told else [Part(" | ".join(content))] if content else []


def _of_schema(schema: dict[str, Any]) -> list[Part]:
    """A JSON schema in words, as far as the document uses it."""
    if "$ref" in schema:
        title = _title(schema)
        return [Part(title, _body_url(title) if title in shapes() else None)]
    if "anyOf" in schema:
        parts: list[Part] = []
        for each in schema["anyOf"]:
            parts += [*([Part(" | ")] if parts else []), *_of_schema(each)]
        return parts
    if schema.get("type") == "array":
        return [Part("["), *_of_schema(schema["items"]), Part("]")]
    if "additionalProperties" in schema:
        return [Part("{"), *_of_schema(schema["additionalProperties"]), Part("}")]
    kind = schema.get("const") or schema.get("type", "any")
    text = " | ".join(kind) if isinstance(kind, list) else kind
    if "minimum" in schema and "maximum" in schema:
        text += f" {schema['minimum']}–{schema['maximum']}"
    return [Part(text + (f" ({schema['default']})" if "default" in schema else ""))]


def _title(schema: dict[str, Any]) -> str:
    """The name of a body, as people read it, by its address inside the document."""
    name: str = schema["$ref"].rpartition("/")[2]
    return next((each for each in shapes() if component(each) == name), name)


def _parts(types: str) -> list[Part]:
    """A type of bodies.txt, where the bodies in it lead to theirs."""
    pieces = re.split(r"(\s*\|\s*|[\[\]{}])", types)
    return [Part(each, _body_url(each) if each in shapes() else None) for each in pieces if each]


def _body_url(name: str) -> str:
    return f"/api-bodies/{component(name)}"


def _matches(name: str, words: list[str]) -> bool:
    told: list[Property] = list(shapes()[name].values())
    text = " ".join([name, *(each.name for each in told)]).lower()
    return all(word in text for word in words)


ROUTES = [show_reference, show_operation, show_body]
