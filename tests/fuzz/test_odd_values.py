"""Every resource is sent what no client should send, value by value: whatever it is, the fault is the sender's."""

import json
import os
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from hubbub.api.openapi.bodies import Property, component, inputs, names_in
from hubbub.api.openapi.document import document, latest
from tests.cast import House
from tests.city.conftest import Story
from tests.fuzz.conftest import keys_of

LONG = int(os.environ.get("HUBBUB_FUZZ_SECONDS", "20")) > 120

# As JSON has them: what PostgreSQL refuses (NUL), what UTF-8 refuses (half a surrogate pair), what no column holds.
VALUES = [
    '"\\u0000"', '"a\\u0000b"', '"\\ud800"', '"\\udfff\\ud800x"', str(10**400), "-1", "1e400", "1e-400", str(2**63),
    "0", "true", "null", "[]", "{}", '[null]', '{"a":{"b":[]}}', '[[["x"]]]', '""', '" "', '"me"', '"' + "9" * 300 + '"',
    '"2027-02-30"', '"99999-01-01T00:00:00Z"', '"0001-01-01T00:00:00.000+2359"', '"' + "a" * 70_000 + '"', '"001"',
    '"000000000000000AAA"', '"zzzzzzzzzzzzzzz"', '"\\u202e\\u0300\\ufeff"', '"%00"', "NaN",
]  # fmt: skip
TEXTS = [
    "\0",
    "a\0b",
    "-1",
    "9" * 400,
    "٣",
    "",
    " ",
    "'",
    "%",
    "\\",
    "null",
    "[]",
    "x" * 3000,
    "1e9",
    "2027-02-30",
    "𝒳\u202e",
]
SHORT = ["\0", "-1", "9" * 400, "٣"]  # those of them that found most, for a run of CI
BODIES = [
    b"", b"{", b"[]", b"null", b"1", b'"x"', b"\xff\xfe", b"{}", b'{"a":1,"a":2}', b"\0", b"[" * 5000 + b"]" * 5000,
    b'{"a":' * 5000 + b"1" + b"}" * 5000, b'{"\\u0000":1}', b'{"\\ud800":1}', "{\u00a0}".encode(),
]  # fmt: skip
KINDS = [
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/xml",
    "",
    "x/y; charset=\x7f",
]
FIELDS = (
    "Name",
    "StageName",
    "CloseDate",
    "Amount",
    "OwnerId",
    "AccountId",
    "WhatId",
    "ActivityDate",
    "Subject",
    "Description",
)


def operations(house: House) -> list[tuple[str, str, dict[str, Any]]]:
    told: dict[tuple[str, str], tuple[str, str, dict[str, Any]]] = {}
    for version in (31, latest()):
        for path, place in document(house.app.app, version, house.settings.url)["paths"].items():
            for method, operation in place.items():
                told[
                    method, path.replace("/v31.0", f"/v{latest()}.0") if "feed-items" not in path else path
                ] = (
                    method.upper(),
                    path if "feed-items" in path else path.replace("/v31.0", f"/v{latest()}.0"),
                    operation,
                )
    return list(told.values())


class Sender:
    """Sends requests as one person, and remembers those that made the server fail."""

    def __init__(self, program: httpx.AsyncClient) -> None:
        self.program = program
        self.failures: list[str] = []
        self.sent = 0

    async def send(self, method: str, url: str, **sent: Any) -> None:
        self.sent += 1
        try:
            answer = await self.program.request(method, url, **sent)
        except httpx.InvalidURL:
            return
        if answer.status_code >= 500 and answer.status_code != 503:
            self.failures.append(f"{answer.status_code} {method} {url[:200]} {str(sent)[:200]}")


def addresses(path: str, keys: dict[str, list[str]]) -> str:
    for name, known in keys.items():
        path = path.replace("{" + name + "}", known[0])
    return path


def _inside(shape: dict[str, Property], value: str, key: str) -> list[str]:
    """Bodies whose own parts, and their parts, hold a value; what else is required is there."""
    found = []
    for name, each in shape.items():
        for kind in [one for one in each.types if any(part in inputs() for part in names_in(one))]:
            part = inputs()[names_in(kind)[0]]
            inner = "{" + ",".join(f"{json.dumps(one)}:{value}" for one in part if one != "*") + "}"
            for said in [inner, *_inside(part, value, key)] if part is not shape else [inner]:
                others = [one for one, other in shape.items() if other.always and one not in (name, "*")]
                wrapped = f"[{said}]" if kind.startswith("[") else said
                found.append(
                    "{"
                    + ",".join([*(f'{json.dumps(one)}:"{key}"' for one in others), f'"{name}":{wrapped}'])
                    + "}"
                )
    return found


# An administrator gets further; that is for the longer run.
@pytest.mark.parametrize("who", ["omar", "ada"] if LONG else ["omar"])
async def test_odd_values_in_bodies(story: Story, house: House, who: str) -> None:
    sender, keys = Sender(await story.program(who)), await keys_of(story)
    for method, path, operation in operations(house):
        if "requestBody" not in operation or "/oauth2/" in path:
            continue
        url = addresses(path, keys)
        told = next(iter(operation["requestBody"]["content"].values()))["schema"]
        shape = inputs()[next(each for each in inputs() if told["$ref"].endswith(f"/{component(each)}"))]
        names = list(FIELDS) if "*" in shape else list(shape)
        for value in VALUES:
            body = "{" + ",".join(f"{json.dumps(name)}:{value}" for name in names) + "}"
            await sender.send(method, url, content=body, headers={"content-type": "application/json"})
            for body in _inside(shape, value, keys["key"][0]):
                await sender.send(method, url, content=body, headers={"content-type": "application/json"})
        for name in names:
            for value in VALUES if LONG else VALUES[:3:2]:
                body = json.dumps({other: keys["key"][0] for other in names if other != name})
                body = body[:-1] + ("," if len(body) > 2 else "") + f"{json.dumps(name)}:{value}" + "}"
                await sender.send(method, url, content=body, headers={"content-type": "application/json"})
    print(f"{sender.sent} requests")
    assert not sender.failures, "\n".join(sender.failures)


async def test_odd_bodies_and_kinds(story: Story, house: House) -> None:
    sender, keys = Sender(await story.program("omar")), await keys_of(story)
    for method, path, operation in operations(house):
        if method in ("GET",) or "/oauth2/" in path:
            continue
        for kind in KINDS if "requestBody" in operation else KINDS[:1]:
            for body in BODIES if kind == KINDS[0] else BODIES[:6] if LONG else BODIES[:2]:
                headers = {"content-type": kind.encode("latin-1")} if kind else {}
                await sender.send(method, addresses(path, keys), content=body, headers=headers)
    print(f"{sender.sent} requests")
    assert not sender.failures, "\n".join(sender.failures)


async def test_odd_values_in_addresses(story: Story, house: House) -> None:
    sender, keys = Sender(await story.program("omar")), await keys_of(story)
    for method, path, operation in operations(house):
        gaps = [each["name"] for each in operation["parameters"] if each.get("in") == "path"]
        asked = [each["name"] for each in operation["parameters"] if each.get("in") == "query"]
        for gap in gaps:
            others = addresses(path.replace("{" + gap + "}", "\x01"), keys)
            for text in [*SHORT, *keys["key"][:4]] if not LONG else [*TEXTS, *keys["key"]]:
                if text:
                    await sender.send(method, others.replace("\x01", quote(text, safe="")))
        if method == "GET":
            url = addresses(path, keys)
            for name in asked:
                for text in TEXTS if LONG else SHORT[:2]:
                    await sender.send(method, f"{url}?{name}={quote(text, safe='')}")
            for text in TEXTS if LONG else SHORT:
                await sender.send(method, f"{url}?{'&'.join(f'{name}={quote(text)}' for name in asked)}")
            await sender.send(method, f"{url}?%ff=%ff&%00&a[]=1&=&&;")
    print(f"{sender.sent} requests")
    assert not sender.failures, "\n".join(sender.failures)


QUERIES = [
    "SELECT FIELDS(ALL) FROM Account LIMIT 5",
    "SELECT Id FROM Account LIMIT 99999999999999999999999",
    "SELECT Id FROM Account OFFSET 9999999999999999999",
    "SELECT Id FROM Account WHERE Name = '\0'",
    "SELECT Id FROM Account WHERE Name = '\ud800'",
    "SELECT Id FROM Account WHERE CreatedDate > 99999-01-01T00:00:00Z",
    "SELECT Id FROM Account WHERE CreatedDate > 9999-12-31T23:59:59-23:59",
    "SELECT Id FROM Account WHERE CreatedDate > 0001-01-01T00:00:00+23:59",
    "SELECT Id FROM Account WHERE CreatedDate = LAST_N_DAYS:99999999999",
    "SELECT Id FROM Account WHERE CreatedDate = NEXT_N_YEARS:9999",
    "SELECT Id FROM Opportunity WHERE Amount > " + "9" * 400,
    "SELECT Id FROM Opportunity WHERE Amount = 1e400",
    "SELECT Id FROM Opportunity WHERE CloseDate = 0000-00-00",
    "SELECT Id FROM Account WHERE " + "(" * 3000 + "Id = 'x'" + ")" * 3000,
    "SELECT Id FROM Account WHERE " + " AND ".join(["Name = 'x'"] * 3000),
    "SELECT Id FROM Account WHERE " + "NOT " * 3000 + "Name = 'x'",
    "SELECT " + ", ".join(["Id"] * 5000) + " FROM Account",
    "SELECT Id FROM Account WHERE Id IN (" + ",".join(["'x'"] * 5000) + ")",
    "SELECT Account.Account.Account.Account.Account.Account.Name FROM Contact",
    "SELECT SUM(Name) FROM Account",
    "SELECT MAX(Id), COUNT() FROM Account",
    "SELECT Id FROM Account ORDER BY Nothing NULLS LAST",
    "SELECT Id FROM Account WHERE Name LIKE '%" + "_%" * 1000 + "'",
    "SELECT Id FROM Account WHERE Name LIKE '\\'",
    "SELECT Id FROM Account WHERE Id = NULL AND Name IN ()",
    "select id from account where not not not name like null",
    "SELECT Id FROM User WHERE Id = '" + "a" * 10000 + "'",
    "SELECT COUNT(Id) c FROM Opportunity GROUP BY StageName HAVING COUNT(Id) > 9999999999999999999999",
    "SELECT What.Name FROM Task WHERE WhatId = 'x'",
]


async def test_odd_queries(story: Story) -> None:
    for who in ("omar", "ada"):
        sender = Sender(await story.program(who))
        for query in QUERIES:
            for at in ("query", "queryAll"):
                text = quote(query.encode("utf-8", "surrogatepass"))
                await sender.send("GET", f"/services/data/v{latest()}.0/{at}?q={text}")
        assert not sender.failures, "\n".join(sender.failures)
