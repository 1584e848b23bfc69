"""The API describes itself: every resource is in the document, with words, parameters, and the shape of its answers."""

import re
from typing import Any

import pytest
from openapi_spec_validator import validate

from hubbub.api.openapi.bodies import (
    PLAIN,
    answers,
    bodies,
    inputs,
    names_in,
    plain_path,
    request_of,
    requests,
    shapes,
)
from hubbub.api.openapi.document import document, rest_routes
from hubbub.api.openapi.reading import ADDRESS, takes
from hubbub.api.sessions import _NAMES
from hubbub.people.shapes import PROFILE_NAMES
from tests.cast import House

VERSIONS = (23, 31, 32, 67)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_document_is_openapi(house: House, version: int) -> None:
    validate(document(house.app.app, version, house.settings.url))


def operations(house: House) -> set[tuple[str, str]]:
    """Every method and address of the API."""
    return {
        (method, plain_path(route.path))
        for route in rest_routes(house.app.app)
        for handler in route.route_handlers
        for method in handler.http_methods
        if method not in ("OPTIONS", "HEAD")
    }


def test_every_resource_is_described(house: House) -> None:
    described = {
        (method.upper(), re.sub(r"/v\d\d\.0", "/{version}", path))
        for version in VERSIONS
        for path, place in document(house.app.app, version, house.settings.url)["paths"].items()
        for method in place
    }
    assert described == operations(house)


def test_every_resource_says_what_it_is_and_what_it_answers(house: House) -> None:
    silent = []
    for path, place in document(house.app.app, 31, house.settings.url)["paths"].items():
        for method, operation in place.items():
            good = [each for status, each in operation["responses"].items() if status < "400"]
            bodies = [each["content"] for each in good if "content" in each]
            bodiless = all(each.get("description") == "No body" for each in good)
            if not operation["summary"].strip() or not (bodies or bodiless):
                silent.append(f"{method.upper()} {path}")
    assert not silent, f"without a summary, or with no line in hubbub/api/openapi/answers.txt: {silent}"


# What stands at several addresses: on a post, a comment and a post of old versions; of a person and of any record.
SAME = {
    "chatter-likes": "likes",
    "moderation": "moderation-flags",
    "feed-items": "feed-elements",
    "link-preview": "link",
}


def test_every_summary_says_what_that_resource_does(house: House) -> None:
    """No two resources have one summary, unless they are the same thing of something else; and none points at another."""
    things: dict[tuple[str, str], set[str]] = {}
    pointing = []
    for path, place in document(house.app.app, 31, house.settings.url)["paths"].items():
        plain = re.sub(r"(/\{\w+\}|/items)*$", "", path).rpartition("/")[2]
        for method, operation in place.items():
            said = operation["summary"]
            things.setdefault((method, said), set()).add(SAME.get(plain, plain))
            if re.match(r"(that|the same|answers|the capability)\b", said, re.IGNORECASE):
                pointing.append(f"{method.upper()} {path}: {said}")
    assert not pointing
    assert not {said: found for said, found in things.items() if len(found) > 1}


def test_oauth_refuses_in_its_own_shape(house: House) -> None:
    told = document(house.app.app, 67, house.settings.url)["paths"]
    for name in ("token", "introspect", "revoke"):
        for status in ("400", "429"):
            answer = told[f"/services/oauth2/{name}"]["post"]["responses"][status]
            assert answer["content"]["application/json"]["schema"]["$ref"].endswith("/OAuthError")


def _taken(house: House) -> dict[tuple[str, str], set[str]]:
    """The names that each resource's code asks a body for, by method and address."""
    found = {}
    for route in rest_routes(house.app.app):
        for handler in route.route_handlers:
            taken = takes(handler.fn)
            for method in handler.http_methods - {"GET", "HEAD", "OPTIONS", "DELETE"}:
                if taken.whole_body and "/oauth2/" not in route.path:
                    names = {each.name for each in taken.parameters.values() if each.where != ADDRESS}
                    found[method, plain_path(route.path)] = names
    return found


def test_every_body_that_is_taken_is_described(house: House) -> None:
    taken = _taken(house)
    said = {(each.method, each.path) for each in requests()}
    assert said == taken.keys(), "hubbub/api/openapi/requests.txt"
    named = {each.shape for each in requests()}
    inner = {shape for body in inputs().values() for each in body.values() for shape in each.shapes}
    assert named | inner == inputs().keys(), "a body that nothing takes, or a request without its body"


# The code reads these from whatever is sent, by a table of names, or by a name that it was handed.
UNREAD = {
    "App Change": set(_NAMES),
    "App Input": set(_NAMES),
    "Bookmark Input": {"isBookmarkedByCurrentUser"},
    "Feed Item Input of old versions": {"body", "text", "visibility"},
    "Mute Input": {"isMutedByMe"},
    "Photo Input": {"cropHeight", "cropSize", "cropWidth", "cropX", "cropY", "fileUpload", "json"},
    "Picture Input": {"fileData", "title"},
    "Profile Change": set(PROFILE_NAMES),
    "Read Input": {"isReadByMe"},
    "Record Input": {"*", "attributes"},
    "Thread Follow Input": {"isFollowedByMe"},
}  # fmt: skip


def test_what_is_described_is_what_the_code_asks_for(house: House) -> None:
    wrong = []
    for (method, path), names in _taken(house).items():
        shape = request_of(method, path) or ""
        told = set(inputs()[shape])
        if told - names - UNREAD.get(shape, set()) or names - told:
            wrong.append(f"{method} {path}: {sorted(told ^ names)}")
    assert not wrong, wrong


def test_no_answer_is_an_object_of_which_nothing_is_told(house: House) -> None:
    """A program can be written from the document alone: every body, and every body in it, has its properties."""
    vague = []
    for version in (31, 67):
        told = document(house.app.app, version, house.settings.url)
        for path, place in told["paths"].items():
            for method, operation in place.items():
                for status, answer in operation["responses"].items():
                    for content in answer.get("content", {}).values() if status < "400" else ():
                        if _is_vague(content.get("schema", {})):
                            vague.append(f"{method.upper()} {path} {status}")
        for name, body in told["components"]["schemas"].items():
            if name != "Error":
                vague += [f"{name}.{each}" for each, shape in body["properties"].items() if _is_vague(shape)]
    assert not vague, vague


# What may be of any type: values of records and of requests that stand inside an answer, what a client sent and gets back as
# it was, and this document itself, whose shape is OpenAPI's.
ANYTHING = {
    "Batch Request.richInput",
    "Batch Result Item.result",
    "Composite Request.body",
    "Composite Result.body",
    "Draft.messageSegments",
    "Draft Earlier.messageSegments",
    "OpenAPI Document.components",
    "OpenAPI Document.paths",
    "Record Input.*",
}


def test_every_property_says_of_which_type_it_is() -> None:
    untold = {
        f"{name}.{each.name}"
        for name, body in shapes().items()
        for each in body.values()
        if "any" in re.findall(r"[^][{}|]+", "|".join(each.types).replace(" | ", "|"))
    }
    assert untold == ANYTHING
    assert not [name for name, body in shapes().items() if not body]


def _is_vague(schema: dict[str, Any]) -> bool:
    """Is this an object without properties, or a list or a choice of such?"""
    inner = [*schema.get("anyOf", []), *([schema["items"]] if "items" in schema else [])]
    kinds = schema.get("type")
    is_object = kinds == "object" or (isinstance(kinds, list) and "object" in kinds)
    bare = is_object and not schema.keys() & {"properties", "additionalProperties"}
    return bare or any(_is_vague(each) for each in inner)


def test_the_tables_name_only_what_there_is(house: House) -> None:
    known = operations(house)
    gone = [each for each in answers() if (each.method, each.path) not in known]
    assert not gone, f"answers.txt has lines for routes that are no more: {gone}"
    named = {shape for body in bodies().values() for each in body.values() for shape in each.shapes}
    for each in answers():
        named |= set(names_in(each.shape)) - {"-", "picture"}
    assert named - set(PLAIN) == set(bodies()), "a body that nothing answers, or an answer without its body"


def test_parameters_are_read_from_the_code(house: House) -> None:
    """By way of example: ranges, both kinds of input, and what helpers ask for."""
    told = document(house.app.app, 62, house.settings.url)["paths"]
    v = "/services/data/v62.0"
    named = {each["name"]: each["schema"] for each in told[f"{v}/connect/notifications"]["get"]["parameters"]}
    assert named["size"] == {"type": "integer", "minimum": 1, "maximum": 50, "default": 10}
    assert {"before", "after", "trimMessages"} <= set(named)
    spell = {each["name"] for each in told[f"{v}/sobjects/{{name}}/deleted"]["get"]["parameters"]}
    assert spell == {"name", "start", "end"}


def test_no_parameter_has_lost_its_name(house: House) -> None:
    for route in rest_routes(house.app.app):
        for handler in route.route_handlers:
            for taken in takes(handler.fn).parameters.values():
                assert re.fullmatch(r"[\w-]+", taken.name), (route.path, taken)
