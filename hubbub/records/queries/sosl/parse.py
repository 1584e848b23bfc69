"""From the text of a search to what it asks for. What it says of an object's fields, rows and order is SOQL's."""

import re
from collections.abc import Iterable

import msgspec

from hubbub.records.queries.soql.nodes import FieldPath, Malformed, Query
from hubbub.records.queries.soql.parse import parse
from hubbub.records.queries.sosl.words import MalformedSearch

LONGEST = 20_000
MOST = 2000
GROUPS = ("ALL", "NAME", "EMAIL", "PHONE", "SIDEBAR")
_FIND = re.compile(r"\s*FIND\s*\{((?:[^{}\\]|\\.)*)\}", re.IGNORECASE | re.DOTALL)
_IN = re.compile(r"\s*IN\s+(\w+)\s+FIELDS\b", re.IGNORECASE)
_RETURNING = re.compile(r"\s*RETURNING\b", re.IGNORECASE)
_LIMIT = re.compile(r"\s*LIMIT\s+(\d{1,9})\b", re.IGNORECASE)
_NAME = re.compile(r"\s*([A-Za-z]\w*)\s*")
# What divides fields from the rest, where it stands in no quoted text.
_CLAUSE = re.compile(r"'(?:[^'\\]|\\.)*'|\b(WHERE|ORDER\s+BY|LIMIT|OFFSET)\b", re.IGNORECASE | re.DOTALL)


class Search(msgspec.Struct, frozen=True):
    """What a search asks for: words, in which fields, of which objects; of all where it names none."""

    words: str
    group: str = "ALL"
    returning: tuple[Query, ...] = ()
    limit: int = MOST


def search_for(text: str) -> Search:
    """Read FIND {words} IN … FIELDS RETURNING Object(fields WHERE … ORDER BY … LIMIT …) LIMIT n; raises MALFORMED_SEARCH."""
    if len(text) > LONGEST:
        raise MalformedSearch(f"SOSL statements cannot be longer than {LONGEST} characters.")
    found = _FIND.match(text)
    if found is None:
        raise MalformedSearch("A search begins with FIND {words}; braces inside are written \\{ and \\}.")
    words, rest, group = found[1], text[found.end() :], "ALL"
    if said := _IN.match(rest):
        group, rest = group_of(said[1]), rest[said.end() :]
    objects: list[Query] = []
    if said := _RETURNING.match(rest):
        objects, rest = _objects(rest[said.end() :])
    limit = MOST
    if said := _LIMIT.match(rest):
        limit, rest = int(said[1]), rest[said.end() :]
    if rest.strip():
        raise MalformedSearch(f"unexpected token: '{rest.split()[0][:40]}'")
    return Search(words, group, tuple(objects), limit_of(limit))


def search_with(words: str, group: str, objects: Iterable[tuple[str, str]], limit: int) -> Search:
    """A search of parameters: its words, the fields in which they are looked for, objects each with what RETURNING says of
    one in its parentheses, and how many rows; raises MALFORMED_SEARCH."""
    asked = tuple(returning(name, said) for name, said in objects)
    return Search(words, group_of(group), asked, limit_of(limit))


def group_of(name: str) -> str:
    """In which fields is looked: ALL, NAME, EMAIL, PHONE or SIDEBAR, which is all here."""
    group = name.upper()
    if group not in GROUPS:
        raise MalformedSearch(f"IN takes {', '.join(GROUPS)} FIELDS, not {name[:40]}.")
    return "ALL" if group == "SIDEBAR" else group


def limit_of(number: int) -> int:
    """How many rows are answered."""
    if not 1 <= number <= MOST:
        raise MalformedSearch(f"LIMIT is a number from 1 to {MOST}.")
    return number


def returning(name: str, said: str = "Id") -> Query:
    """What is to be told of an object: `Id, Name WHERE … ORDER BY … LIMIT …`."""
    if not _NAME.fullmatch(name):
        raise MalformedSearch(f"unexpected token: '{name[:40]}'")
    clause = next((each for each in _CLAUSE.finditer(said) if each[1]), None)
    fields, rest = (said, "") if clause is None else (said[: clause.start()], said[clause.start() :])
    try:
        query = parse(f"SELECT {fields} FROM {name} {rest}")
    except Malformed as wrong:
        raise MalformedSearch(wrong.message) from None
    if query.source != name or query.groups or not all(isinstance(each, FieldPath) for each in query.select):
        raise MalformedSearch(f"Of {name} fields are told, with WHERE, ORDER BY, LIMIT and OFFSET.")
    return query


def _objects(rest: str) -> tuple[list[Query], str]:
    """Each object with what stands in its parentheses, and the text behind them."""
    found: list[Query] = []
    while True:
        named = _NAME.match(rest)
        if named is None:
            raise MalformedSearch("RETURNING names objects, with commas between: Account(Id, Name), Contact.")
        name, rest = named[1], rest[named.end() :]
        if rest.startswith("("):
            inside, rest = _parenthesis(rest)
            found.append(returning(name, inside))
        else:
            found.append(returning(name))
        rest = rest.lstrip()
        if not rest.startswith(","):
            return found, rest
        rest = rest[1:]


def _parenthesis(text: str) -> tuple[str, str]:
    """What stands in the parenthesis that opens the text, and what comes behind it."""
    depth = 0
    for sign in re.finditer(r"'(?:[^'\\]|\\.)*'|[()]", text, re.DOTALL):
        depth += (sign[0] == "(") - (sign[0] == ")")
        if depth == 0:
            return text[1 : sign.start()], text[sign.end() :]
    raise MalformedSearch("A parenthesis behind RETURNING is not closed.")
