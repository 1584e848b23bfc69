"""The API describes itself: every resource is in the document, with words, parameters, and the shape of its answers."""

import re

import pytest
from openapi_spec_validator import validate

from hubbub.api.openapi.bodies import PLAIN, answers, bodies, plain_path
from hubbub.api.openapi.document import document, rest_routes
from hubbub.api.openapi.reading import takes
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
            bodies = [each["content"]["application/json"]["schema"] for each in good if "content" in each]
            bodiless = all(each.get("description") == "No body" for each in good)
            if not operation["summary"].strip() or not (bodies or bodiless):
                silent.append(f"{method.upper()} {path}")
    assert not silent, f"without a summary, or with no line in hubbub/api/openapi/answers.txt: {silent}"


def test_the_tables_name_only_what_there_is(house: House) -> None:
    known = operations(house)
    gone = [each for each in answers() if (each.method, each.path) not in known]
    assert not gone, f"answers.txt has lines for routes that are no more: {gone}"
    named = {shape for body in bodies().values() for each in body.values() for shape in each.shapes}
    for each in answers():
        named |= {part.strip("[] ") for part in each.shape.split("|")} - {"-"}
    assert named - set(PLAIN) == set(bodies()), "a body that nothing answers, or an answer without its body"


def test_parameters_are_read_from_the_code(house: House) -> None:
    """By way of example: ranges, both kinds of input, and what helpers ask for."""
    told = document(house.app.app, 62, house.settings.url)["paths"]
    v = "/services/data/v62.0"
    named = {each["name"]: each["schema"] for each in told[f"{v}/connect/notifications"]["get"]["parameters"]}
    assert named["size"] == {"type": "integer", "minimum": 1, "maximum": 50, "default": 10}
    assert {"before", "after", "trimMessages"} <= set(named)
    body = told[f"{v}/chatter/feed-elements"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert {"subjectId", "body", "text", "capabilities", "visibility"} <= set(body["properties"])
    spell = {each["name"] for each in told[f"{v}/sobjects/{{name}}/deleted"]["get"]["parameters"]}
    assert spell == {"name", "start", "end"}


def test_no_parameter_has_lost_its_name(house: House) -> None:
    for route in rest_routes(house.app.app):
        for handler in route.route_handlers:
            for taken in takes(handler.fn).parameters.values():
                assert re.fullmatch(r"[\w-]+", taken.name), (route.path, taken)
