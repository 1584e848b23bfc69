"""What a query is made of."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from hubbub.core.errors import Invalid

# Functions of several rows; all others are of one field of one row.
AGGREGATES = frozenset({"COUNT", "COUNT_DISTINCT", "SUM", "AVG", "MIN", "MAX"})


class Malformed(Invalid):
    """The text is not a query."""

    code = "MALFORMED_QUERY"

    def __init__(self, message: str) -> None:
        super().__init__(text=message)


class Literal(msgspec.Struct, frozen=True):
    """A text in quotes: with its escapes, since LIKE reads them otherwise."""

    raw: str

    @property
    def text(self) -> str:
        return _unescape(self.raw)


class Moment(msgspec.Struct, frozen=True):
    """A date literal such as LAST_N_DAYS:30."""

    name: str
    n: int | None


Value = Literal | Decimal | date | datetime | bool | None | Moment


class Call(msgspec.Struct, frozen=True):
    """A function in the selection, in HAVING or ORDER BY; without a path it counts rows."""

    name: str
    path: str | None
    alias: str | None

    @property
    def text(self) -> str:
        return f"{self.name}({self.path or ''})"


class Function(msgspec.Struct, frozen=True):
    """A function of a field, of an aggregate or of another function: CALENDAR_YEAR(convertTimezone(CreatedDate))."""

    name: str  # in upper case
    of: Any
    alias: str | None = None

    @property
    def text(self) -> str:
        return f"{self.name}({self.of.text})"

    @property
    def inmost(self) -> Any:
        """The field or the aggregate that it is about."""
        return self.of.inmost if isinstance(self.of, Function) else self.of


def aggregates(item: Any) -> bool:
    """Does it count or sum several rows?"""
    return isinstance(item, Call) or (isinstance(item, Function) and isinstance(item.inmost, Call))


class AllFields(msgspec.Struct, frozen=True):
    """FIELDS(ALL), FIELDS(STANDARD) or FIELDS(CUSTOM)."""

    kind: str


class FieldPath(msgspec.Struct, frozen=True):
    """A field, or a field of what a reference points at."""

    parts: tuple[str, ...]
    alias: str | None = None

    @property
    def text(self) -> str:
        return ".".join(self.parts)


Compared = FieldPath | Call | Function


class TypeOf(msgspec.Struct, frozen=True):
    """Fields of what a reference leads to, by what kind of thing that is; `otherwise` of all others."""

    relation: str
    whens: tuple[tuple[str, tuple[FieldPath, ...]], ...]
    otherwise: tuple[FieldPath, ...] | None


class Compare(msgspec.Struct, frozen=True):
    """A field, or behind HAVING an aggregate, compared with a value or with several; `op` is one of = != < <= > >= like in,
    not in."""

    path: Compared
    op: str
    value: Any


class Says(msgspec.Struct, frozen=True):
    """One of the row's texts fits a regular expression; `group` says which texts: ALL, NAME, EMAIL or PHONE. No query has
    it: searches add it."""

    group: str
    pattern: str


class All(msgspec.Struct, frozen=True):
    """Conditions that hold together."""

    parts: tuple[Any, ...]


class Any_(msgspec.Struct, frozen=True):
    """Conditions of which one holds."""

    parts: tuple[Any, ...]


class Not(msgspec.Struct, frozen=True):
    """A condition that does not hold."""

    part: Any


class Order(msgspec.Struct, frozen=True):
    """A field or an aggregate to sort by."""

    path: Compared
    descending: bool
    nulls_last: bool


class Query(msgspec.Struct, frozen=True):
    """What a query asks for."""

    select: tuple[Any, ...]
    source: str
    alias: str | None
    where: Any
    groups: tuple[FieldPath | Function, ...]
    order: tuple[Order, ...]
    limit: int | None
    offset: int | None
    viewed: bool = False  # FOR VIEW: its rows count as opened by who asks
    having: Any = None
    scope: str | None = None  # USING SCOPE


_ESCAPES = {
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "b": "\b",
    "f": "\f",
    "'": "'",
    '"': '"',
    "\\": "\\",
    "_": "_",
    "%": "%",
}


def _unescape(raw: str) -> str:
    return re.sub(r"\\(.)", lambda found: _escape(found[1]), raw, flags=re.DOTALL)


def _escape(char: str) -> str:
    if char not in _ESCAPES:
        raise Malformed(f"Invalid string literal. Illegal character sequence '\\{char}' in string literal.")
    return _ESCAPES[char]


def like_pattern(raw: str) -> str:
    """The pattern of a LIKE for PostgreSQL: what is escaped stands for itself."""

    def one(found: re.Match[str]) -> str:
        char = _escape(found[1])
        return "\\" + char if char in "%_\\" else char

    return re.sub(r"\\(.)", one, raw, flags=re.DOTALL)
