"""Does an answer, and what was sent and accepted, have the shape that the OpenAPI document gives it?"""

import json
import re
from typing import Any

import httpx
import jsonschema_rs

from hubbub.api.openapi.document import document
from tests.cast import House

VERSIONS = re.compile(r"^(?:V|/services/data/v(?P<version>\d\d)\.0)\b")


def wrong(house: House, method: str, path: str, answer: httpx.Response) -> str | None:
    """What is wrong with an answer, by the document; nothing for pages, and for answers that have no body."""
    if not path.startswith(("V", "/services/", "/id/")):
        return None
    found = VERSIONS.match(path)
    version = int(found["version"]) if found and found["version"] else 62
    plain = VERSIONS.sub(f"/services/data/v{version}.0", path).partition("?")[0]
    operation = _operation(house, version, method.lower(), plain)
    if operation is None:
        return None  # no route, or none of this version: the table says what is answered there
    status = str(answer.status_code)
    if status not in operation["responses"]:
        return f"{status} is not among {', '.join(operation['responses'])}"
    said = operation["responses"][status]
    if "$ref" in said:
        said = document(house.app.app, version, house.settings.url)["components"]["responses"][
            said["$ref"].rpartition("/")[2]
        ]
    kind = answer.headers.get("content-type", "")
    if kind.startswith("image/") and kind in said.get("content", {}):
        return None  # a picture, of which the document says nothing more
    shape = said.get("content", {}).get("application/json", {}).get("schema")
    if shape is None:
        return f"a body where none is told of: {answer.text[:80]}" if answer.content else None
    if "x-www-form-urlencoded" in kind:
        return None
    problem = next(
        iter(_validator(house, version, json.dumps(shape, sort_keys=True)).iter_errors(answer.json())), None
    )
    return f"{'/'.join(map(str, problem.instance_path))}: {problem.message[:200]}" if problem else None


def wrongly_described(house: House, request: httpx.Request) -> str | None:
    """What is wrong with the document, where it forbids a body that was taken."""
    path = request.url.path
    found = VERSIONS.match(path)
    if "json" not in request.headers.get("content-type", "") or not found:
        return None
    version = int(found["version"] or 62)
    operation = _operation(house, version, request.method.lower(), path)
    if operation is None or "requestBody" not in operation:
        return f"a body where none is told of: {request.content[:80]!r}"
    shape = operation["requestBody"]["content"]["application/json"]["schema"]
    sent = _typed(json.loads(request.content))
    problem = next(
        iter(_validator(house, version, json.dumps(shape, sort_keys=True)).iter_errors(sent)), None
    )
    return f"{'/'.join(map(str, problem.instance_path))}: {problem.message[:200]}" if problem else None


def _typed(sent: Any) -> Any:
    """What was sent as the document has it: the table of the city sends texts, and some are numbers and truths."""
    if isinstance(sent, dict):
        return {name: _typed(value) for name, value in sent.items()}
    if isinstance(sent, list):
        return [_typed(each) for each in sent]
    known = {"true": True, "false": False}
    return known.get(sent, int(sent) if sent.isdigit() else sent) if isinstance(sent, str) else sent


def _operation(house: House, version: int, method: str, path: str) -> dict[str, Any] | None:
    matching = [
        (template.count("{"), template, place[method])
        for template, pattern, place in _patterns(house, version)
        if method in place and pattern.fullmatch(path)
    ]
    return min(matching, key=lambda each: each[:2])[2] if matching else None


_kept: dict[Any, Any] = {}


def _patterns(house: House, version: int) -> list[tuple[str, re.Pattern[str], dict[str, Any]]]:
    if ("paths", version) not in _kept:
        paths = document(house.app.app, version, house.settings.url)["paths"]
        _kept["paths", version] = [
            (template, re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template))), place)
            for template, place in paths.items()
        ]
    return _kept["paths", version]


def _validator(house: House, version: int, shape: str) -> Any:
    if (version, shape) not in _kept:
        told = document(house.app.app, version, house.settings.url)
        _kept[version, shape] = jsonschema_rs.validator_for(
            {**json.loads(shape), "components": told["components"]}
        )
    return _kept[version, shape]
