"""The shapes of bodies, which answer has which and which request takes which: bodies.txt, inputs.txt, answers.txt and
requests.txt, read once."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

HERE = Path(__file__).parent
PLAIN: dict[str, dict[str, Any]] = {
    "string": {"type": "string"},
    "id": {"type": "string", "minLength": 15, "maxLength": 18},
    "me": {"const": "me"},
    "bytes": {"type": "string", "format": "binary"},
    "moment": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "null": {"type": "null"},
    "Error": {"$ref": "#/components/schemas/Error"},
    "any": {},
}


def keep() -> None:
    """Read the tables now: later the checkout may hold those of a newer version."""
    for path in HERE.glob("*.txt"):
        _lines(path.name)


class Property(msgspec.Struct, frozen=True):
    """A property of a body: its filter group (S, M or B; none in what is sent), the types it may have, and whether it is always
    there. `*` stands for any further one."""

    name: str
    group: str
    types: tuple[str, ...]
    always: bool = True

    @property
    def shapes(self) -> tuple[str, ...]:
        """The bodies that it holds, or that its list holds."""
        return tuple(each for kind in self.types for each in names_in(kind) if each not in PLAIN)


class Answer(msgspec.Struct, frozen=True):
    """What a resource answers when all goes well; '-' is no body, 'picture' the bytes of an image."""

    method: str
    status: int
    path: str
    shape: str


class Request(msgspec.Struct, frozen=True):
    """What a resource takes as its body."""

    method: str
    path: str
    shape: str


def shapes() -> dict[str, dict[str, Property]]:
    """Every body by its name, with its properties by theirs."""
    return bodies() | inputs()


@cache
def bodies() -> dict[str, dict[str, Property]]:
    """The bodies that we answer."""
    return _read("bodies.txt", grouped=True)


@cache
def inputs() -> dict[str, dict[str, Property]]:
    """The bodies that are sent to us."""
    return _read("inputs.txt", grouped=False)


def _read(file: str, *, grouped: bool) -> dict[str, dict[str, Property]]:
    """Bodies by their names: a line for each, and below it one for each property: its name, its group, its types."""
    found: dict[str, dict[str, Property]] = {}
    body: dict[str, Property] = {}
    for line in _lines(file):
        if not line.startswith(" "):
            body = found[line.strip()] = {}
            continue
        said, rest = line.split(None, 1)
        group, types = rest.split(None, 1) if grouped else ("", rest)
        name = said.rstrip("?")
        body[name] = Property(name, group, _split(types), always=name == said)
    return found


@cache
def requests() -> tuple[Request, ...]:
    """Every request that has a body, in the order of the file."""
    split = (line.split(None, 2) for line in _lines("requests.txt"))
    return tuple(
        Request(method, path.replace("V", "/services/data/{version}", 1), shape.strip())
        for method, path, shape in split
    )


@cache
def request_of(method: str, path: str) -> str | None:
    """The name of the body that a resource takes, if it takes one."""
    return next((each.shape for each in requests() if (each.method, each.path) == (method, path)), None)


@cache
def answers() -> tuple[Answer, ...]:
    """Every answer, in the order of the file."""
    found = []
    for line in _lines("answers.txt"):
        method, status, path, shape = line.split(None, 3)
        found.append(Answer(method, int(status), path.replace("V", "/services/data/{version}", 1), shape))
    return tuple(found)


@cache
def answers_of(method: str, path: str) -> tuple[Answer, ...]:
    """What a resource answers: `/services/data/{version}/chatter/users/{key}`."""
    return tuple(each for each in answers() if each.method == method and each.path == path)


def plain_path(path: str) -> str:
    """A route's address without the kinds of its gaps."""
    return re.sub(r"\{(\w+):\w+\}", r"{\1}", path)


def schema(types: str | tuple[str, ...]) -> dict[str, Any]:
    """The JSON schema of a type: a name, `[a list]`, or several."""
    said = _split(types) if isinstance(types, str) else types
    each = [_one(one) for one in said]
    if len(each) == 1:
        return each[0]
    kinds = [one["type"] for one in each if set(one) == {"type"}]
    return {"type": kinds} if len(kinds) == len(each) else {"anyOf": each}


def components() -> dict[str, Any]:
    """The schema of every body."""
    return {
        component(name): {
            "type": "object",
            "title": name,
            "required": [each.name for each in body.values() if each.always and each.name != "*"],
            "properties": {each.name: schema(each.types) for each in body.values() if each.name != "*"},
        }
        | ({"additionalProperties": schema(body["*"].types)} if "*" in body else {})
        for name, body in shapes().items()
    }


def component(name: str) -> str:
    """A body's name as addresses inside the document have it."""
    return re.sub(r"\W", "", name.title() if name.islower() else name)


def names_in(types: str) -> list[str]:
    """The names in a type: `[A | B]` and `{A | B}` have two."""
    return [part.strip("[]{} ") for part in types.split("|")]


def _one(name: str) -> dict[str, Any]:
    if name.startswith("["):
        return {"type": "array", "items": schema(name[1:-1])}
    if name.startswith("{"):
        return {"type": "object", "additionalProperties": schema(name[1:-1])}
    return dict(PLAIN[name]) if name in PLAIN else {"$ref": f"#/components/schemas/{component(name)}"}


def _split(text: str) -> tuple[str, ...]:
    """The types that stand beside each other; those inside a list or of an object's properties belong to it."""
    found, depth, start = [], 0, 0
    for place, sign in enumerate(text):
        depth += (sign in "[{") - (sign in "]}")
        if sign == "|" and depth == 0:
            found.append(text[start:place].strip())
            start = place + 1
    return (*found, text[start:].strip())


@cache
def _lines(name: str) -> list[str]:
    text = (HERE / name).read_text()
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
