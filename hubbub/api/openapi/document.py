"""The API as an OpenAPI 3.1 document: addresses from the routes, words from the handlers' docstrings, parameters from their
code, bodies from the tables beside this file. Nothing here is about one resource."""

import re
from functools import lru_cache
from typing import Any

from litestar import Litestar
from litestar.routes import HTTPRoute

from hubbub.api.openapi.bodies import (
    PLAIN,
    answers_of,
    components,
    inputs,
    plain_path,
    request_of,
    schema,
)
from hubbub.api.openapi.reading import ADDRESS, BODY, Taken, takes
from hubbub.core.rest import VERSIONS

Json = dict[str, Any]

COMMUNITY = "/connect/communities/"
LAST_WITH_FEED_ITEMS = 31
LONGEST_SUMMARY = 100
WRITES = ("post", "put", "patch", "delete")
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
OPEN = ("/services/data", "/services/oauth2/token", "/services/oauth2/revoke", "/id/keys", "/openapi.json")

# What any resource may refuse, as components.
REFUSALS = {
    "400": ("BadRequest", "Not understood: JSON_PARSER_ERROR, MALFORMED_ID, INVALID_FIELD, …"),
    "401": ("Unauthorized", "INVALID_SESSION_ID: no token, or one that has ended"),
    "403": ("Forbidden", "Seen, but not allowed"),
    "404": ("NotFound", "Not there, or not there for you"),
    "405": ("NotAllowed", "Not with this method; Allow says with which"),
    "409": ("Conflict", "Somebody changed the same thing at the same moment, or there is a newer version"),
    "410": ("Gone", "A link that is old or used"),
    "412": ("Changed", "ENTITY_IS_CHANGED: not what If-Match names any more"),
    "413": ("TooLarge", "REQUEST_TOO_LARGE: more than 10 MB"),
    "422": ("KeyReused", "IDEMPOTENCY_KEY_REUSED"),
    "429": ("TooMany", "Too many attempts; Retry-After says how long to wait"),
    "503": ("Unavailable", "The database is away, or it took too long; nothing was changed"),
}
INTRO = (
    "Hubbub answers Salesforce's REST API. A client written for Salesforce works with its login address set to your Hubbub. "
    "Ids are taken with 15 or 18 characters; `me` stands for the user of the token. What a body of Chatter, Connect or Hubbub's "
    "own resources holds may stand in the address as well, where it is no list or object."
)
TAGS = (
    ("/services/oauth2", "OAuth"),
    ("/id/", "OAuth"),
    ("/services/Soap", "SOAP"),
    ("/composite", "Several at once"),
    ("/connect/batch", "Several at once"),
    ("/sobjects", "Records"),
    ("/tooling", "Records"),
    ("/query", "Queries and search"),
    ("/search", "Queries and search"),
    ("/parameterizedSearch", "Queries and search"),
    ("/chatter/feeds", "Feeds"),
    ("/chatter/feed-elements", "Feed elements"),
    ("/chatter/feed-items", "Feed items of old versions"),
    ("/chatter/comments", "Comments"),
    ("/chatter/users", "People"),
    ("/connect/user-profiles", "People"),
    ("/chatter", "Chatter"),
    ("/connect/topics", "Topics"),
    ("/connect/records", "Topics"),
    ("/connect/notifications", "Notifications"),
    ("/connect", "Connect"),
    ("/hubbub", "Hubbub's own"),
    ("/feed-tracking", "Hubbub's own"),
    ("", "Versions and limits"),
)


@lru_cache(maxsize=8)
def document(app: Litestar, version: int, server: str) -> Json:
    """The whole document for one version of the API."""
    paths: dict[str, Json] = {}
    names: set[str] = set()
    for route in sorted(rest_routes(app), key=lambda each: each.path):
        path = plain_path(route.path)
        if "/feed-items" in path and version > LAST_WITH_FEED_ITEMS:
            continue
        place = paths.setdefault(path.replace("{version}", f"v{version}.0"), {})
        for method, handler in sorted(_methods(route).items()):
            place[method] = _operation(path, method, handler, names)
    used = {each["tags"][0] for place in paths.values() for each in place.values()}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Hubbub", "version": f"{version}.0", "description": INTRO},
        "servers": [{"url": server}],
        "tags": [{"name": name} for name in dict.fromkeys(tag for _, tag in TAGS) if name in used],
        "security": [{"bearer": []}, {"oauth": []}],
        "paths": paths,
        "components": {
            "schemas": components() | {"Error": _error(), "OAuthError": _oauth_error()},
            "responses": {
                name: {"description": words, "content": _content({"$ref": "#/components/schemas/Error"})}
                for name, words in REFUSALS.values()
            },
            "parameters": {"IdempotencyKey": _idempotency_key()},
            "securitySchemes": _security(server),
        },
    }


def rest_routes(app: Litestar) -> list[HTTPRoute]:
    """Every address of the API that speaks JSON; those below a community are the same once more."""
    return [
        each
        for each in app.routes
        if isinstance(each, HTTPRoute)
        and each.path.startswith(("/services/", "/id/"))
        and not each.path.startswith("/services/Soap/")
        and COMMUNITY not in each.path
    ]


# Where a docstring speaks of an address: GET /query?q= — …, …/mute {isMutedByMe} — …
_SPOKEN_OF = re.compile(r"(?:^|(?<=[.;] ))(?:[A-Z]+ )?(\S*/\S*)(?: \{[^}]*\})? — ")


def summary(handler: Any, path: str = "") -> str:
    """What a handler does, in one sentence: the first of its docstring after the address, which is that address where it
    speaks of several."""
    words = " ".join((handler.fn.__doc__ or "").split())
    said = words.partition(" — ")[2] or words
    for part in _SPOKEN_OF.finditer(words):
        if _thing(part[1]) == _thing(path):
            said = words[part.end() :]
            break
    first = re.split(r"(?<=[a-z\])`}0-9])[.;](?= |$)", said, maxsplit=1)[0].strip().rstrip(".")
    if (
        not first[:1].isalpha() or len(first) > LONGEST_SUMMARY
    ):  # it begins with a status or a body, or tells it all
        first = handler.fn.__name__.strip("_").replace("_", " ")
    return first[:1].upper() + first[1:]


def _thing(address: str) -> str:
    """What an address is about: its last word."""
    return re.sub(r"(/\{\w+\})*(\?.*)?$", "", address).rpartition("/")[2]


def _methods(route: HTTPRoute) -> dict[str, Any]:
    return {
        method.lower(): handler
        for handler in route.route_handlers
        for method in handler.http_methods
        if method not in ("OPTIONS", "HEAD")
    }


def _operation(path: str, method: str, handler: Any, names: set[str]) -> Json:
    taken = takes(handler.fn)
    given = list(taken.parameters.values())
    reads_body = method in WRITES and taken.whole_body and method != "delete"
    inside = [each for each in given if each.where != ADDRESS and reads_body]
    outside = [each for each in given if each not in inside and each.name]
    operation: Json = {
        "operationId": _name(path, method, handler, names),
        "tags": [next(tag for start, tag in TAGS if start in path)],
        "summary": summary(handler, path),
        "description": " ".join((handler.fn.__doc__ or "").split()),
        "parameters": [
            *({"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
              for name in re.findall(r"\{(\w+)\}", path) if name != "version"),
            *(_parameter(each) for each in outside),
            *([{"$ref": "#/components/parameters/IdempotencyKey"}] if method in WRITES else []),
        ],
        "responses": _responses(path, method, handler),
    }  # fmt: skip
    if reads_body:
        operation["requestBody"] = _body(request_of(method.upper(), path), inside)
    if path.endswith(OPEN):
        operation["security"] = []
    return operation


def _name(path: str, method: str, handler: Any, names: set[str]) -> str:
    plain = handler.fn.__name__.strip("_")
    words = [word for word in re.split(r"\W+", re.sub(r"\{\w+\}", "", path)) if word]
    for name in (plain, f"{plain}_{words[-1]}", "_".join([method, *re.split(r"\W+", path.strip("/"))])):
        if name not in names:
            names.add(name)
            return name
    raise ValueError(f"two operations are called {plain}: {method} {path}")


def _parameter(taken: Taken) -> Json:
    return {"name": taken.name, "in": "query", "required": False, "schema": _kind(taken)}


def _kind(taken: Taken) -> Json:
    """What the code says of a parameter; what it says nothing of may be anything in a body, and is text in an address."""
    match taken.kind:
        case "integer":
            kind: Json = {"type": "integer"}
            kind |= {"minimum": taken.least} if taken.least is not None else {}
            kind |= {"maximum": taken.most} if taken.most is not None else {}
        case "boolean":
            kind = {"type": "boolean"}
        case "id":
            kind = {"type": "string"}
        case _:
            kind = {"type": "string"} if taken.where == ADDRESS else {}
    return kind | ({"default": taken.usual} if taken.usual not in (None, "") else {})


def _body(shape: str | None, inside: list[Taken]) -> Json:
    """What a resource takes as JSON and, where that can be said so, as a form; a form alone where no shape is told."""
    form = "application/x-www-form-urlencoded"
    if shape is None:
        texts = {each.name: _kind(each) or {"type": "string"} for each in inside if each.name}
        return {"required": False, "content": {form: {"schema": {"type": "object", "properties": texts}}}}
    told = inputs()[shape]
    if any("bytes" in each.types for each in told.values()):
        return {"required": True, "content": {"multipart/form-data": {"schema": schema(shape)}}}
    content = _content(schema(shape))
    in_address = any(each.where != BODY for each in inside)  # there it may stand as well
    plain = {
        each.name: each
        for each in told.values()
        if each.types[0] in PLAIN and each.types[0] != "null" and each.name != "*"
    }
    if in_address and all(each.name in plain for each in told.values() if each.always):
        properties = {
            name: schema(tuple(kind for kind in each.types if kind in PLAIN and kind != "null"))
            for name, each in plain.items()
        }
        required = [name for name, each in plain.items() if each.always]
        content[form] = {"schema": {"type": "object", "required": required, "properties": properties}}
    return {"required": not in_address, "content": content}


def _responses(path: str, method: str, handler: Any) -> Json:
    told = answers_of(method.upper(), path)
    found: Json = {}
    for each in told:
        found[str(each.status)] = {"description": "No body" if each.shape == "-" else each.shape}
        if each.shape == "picture":
            found[str(each.status)]["content"] = {kind: {} for kind in PICTURES}
        elif each.shape != "-":
            found[str(each.status)]["content"] = _content(schema(each.shape))
    if not told:
        found[str(handler.status_code)] = {"description": summary(handler, path)}
    if "/oauth2/" in path and "userinfo" not in path:
        refused = _content({"$ref": "#/components/schemas/OAuthError"})
        refused |= {"application/x-www-form-urlencoded": {}} if "revoke" in path else {}
        found["400"] = {"description": "invalid_request, invalid_grant, …", "content": refused}
        found["429"] = {"description": "Too many attempts", "content": refused}
    for status, (name, _) in REFUSALS.items():
        found.setdefault(status, {"$ref": f"#/components/responses/{name}"})
    return found


def _content(shape: Json) -> Json:
    return {"application/json": {"schema": shape}}


def _error() -> Json:
    return {
        "type": "array",
        "title": "Error",
        "items": {
            "type": "object",
            "required": ["errorCode", "message"],
            "properties": {
                "errorCode": {"type": "string"},
                "message": {"type": "string"},
                "fields": {"type": "array", "items": {"type": "string"}},
            },
        },
    }


def _oauth_error() -> Json:
    text = {"type": "string"}
    return {
        "type": "object",
        "title": "OAuth Error",
        "required": ["error", "error_description"],
        "properties": {"error": text, "error_description": text},
    }


def _idempotency_key() -> Json:
    return {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": "The same key with the same request gets the first answer again.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
    }


def _security(server: str) -> Json:
    token = f"{server}/services/oauth2/token"
    scopes = {
        "api": "Records and queries",
        "chatter_api": "Chatter",
        "id": "Who I am",
        "refresh_token": "Stay",
    }
    return {
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "description": "An access token, or bin/hubbub token's",
        },
        "oauth": {
            "type": "oauth2",
            "flows": {
                "password": {"tokenUrl": token, "scopes": scopes},
                "clientCredentials": {"tokenUrl": token, "scopes": scopes},
                "authorizationCode": {
                    "authorizationUrl": f"{server}/services/oauth2/authorize",
                    "tokenUrl": token,
                    "refreshUrl": token,
                    "scopes": scopes,
                },
            },
        },
    }


def latest() -> int:
    return VERSIONS[-1]
