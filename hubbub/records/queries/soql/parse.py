"""From the text of a query to what it asks for; the grammar beside this file says which texts are queries."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import msgspec
from lark import Lark, Token, Transformer, UnexpectedInput, v_args

from hubbub.core.errors import Invalid

LONGEST = 20_000  # parsing holds up everybody else: about 10 µs a character
DEEPEST = 50
MOST_CONDITIONS = 500
MOST_ROWS = 2_000_000_000


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


class TypeOf(msgspec.Struct, frozen=True):
    """Fields of what a reference leads to, by what kind of thing that is; `otherwise` of all others."""

    relation: str
    whens: tuple[tuple[str, tuple[FieldPath, ...]], ...]
    otherwise: tuple[FieldPath, ...] | None


class Compare(msgspec.Struct, frozen=True):
    """A field, or behind HAVING an aggregate, compared with a value or with several; `op` is one of = != < <= > >= like in,
    not in."""

    path: FieldPath | Call
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

    path: FieldPath | Call
    descending: bool
    nulls_last: bool


class Query(msgspec.Struct, frozen=True):
    """What a query asks for."""

    select: tuple[Any, ...]
    source: str
    alias: str | None
    where: Any
    groups: tuple[FieldPath, ...]
    order: tuple[Order, ...]
    limit: int | None
    offset: int | None
    viewed: bool = False  # FOR VIEW: its rows count as opened by who asks
    having: Any = None


def parse(text: str) -> Query:
    """Read a query; raises MALFORMED_QUERY and says where it stopped making sense."""
    if len(text) > LONGEST:
        raise Malformed(f"SOQL statements cannot be longer than {LONGEST} characters.")
    if any(char == "\0" or "\ud800" <= char <= "\udfff" for char in text):
        raise Malformed("The query contains characters that no stored text has.")
    if _depth(text) > DEEPEST:
        raise Malformed(f"The query is nested more than {DEEPEST} deep.")
    try:
        query: Query = _GRAMMAR.parse(text)  # type: ignore[assignment]  # the reader makes it one
    except UnexpectedInput as wrong:
        raise _at(text, wrong) from None
    if _count(query.where) + _count(query.having) > MOST_CONDITIONS:
        raise _too_complicated()
    return query


def pinned(query: Query, name: str) -> set[str] | None:
    """The texts to one of which a query holds that field of its source, by = or IN that nothing else can loosen; None where
    it does not."""
    found: set[str] | None = None
    for part in query.where.parts if isinstance(query.where, All) else (query.where,):
        if not isinstance(part, Compare) or isinstance(part.path, Call):
            continue
        if part.path.parts[-1].lower() != name.lower():
            continue
        if len(part.path.parts) > 1 and part.path.parts[0].lower() not in (
            query.source.lower(),
            (query.alias or "").lower(),
        ):
            continue
        values = part.value if part.op == "in" else (part.value,)
        if part.op in ("=", "in") and isinstance(values, tuple):
            texts = {each.text for each in values if isinstance(each, Literal)}
            found = texts if found is None else found & texts
    return found


def _count(node: Any) -> int:
    match node:
        case All() | Any_():
            return sum(map(_count, node.parts))
        case Not():
            return _count(node.part)
        case Compare():
            return 1 + (_count(node.value.where) if isinstance(node.value, Query) else 0)
    return 0


def _too_complicated() -> Invalid:
    return Invalid("QUERY_TOO_COMPLICATED", f"A query has at most {MOST_CONDITIONS} conditions.")


def _depth(text: str) -> int:
    """How deep parentheses are nested. A query that is read calls itself as deep."""
    deepest = depth = 0
    for char in re.sub(r"'(?:[^'\\]|\\.)*'", "", text, flags=re.DOTALL):
        depth += (char == "(") - (char == ")")
        deepest = max(deepest, depth)
    return deepest


def _at(text: str, wrong: UnexpectedInput) -> Malformed:
    position = (
        wrong.pos_in_stream if wrong.pos_in_stream is not None and wrong.pos_in_stream >= 0 else len(text)
    )
    token = getattr(wrong, "token", None)
    if position >= len(text) or (token is not None and token.type == "$END"):
        return Malformed("unexpected end of the query: something is missing at its end")
    start = max(0, position - 20)
    row = text.count("\n", 0, position) + 1
    column = position - (text.rfind("\n", 0, position) + 1) + 1
    excerpt = " ".join(text[start : position + 20].split())
    found = re.match(r"[\w.:]+|.", text[position:], re.DOTALL)
    return Malformed(
        f"\n{excerpt}\nERROR at Row:{row}:Column:{column}\nunexpected token: '{found[0] if found else ''}'"
    )


@v_args(inline=True)
class _Reader(Transformer):
    """From the grammar's tree to the structs above."""

    def query(self, select, source, alias, where, with_, groups, order, limit, offset, for_):  # type: ignore[no-untyped-def]
        return Query(
            select=select,
            source=str(source),
            alias=alias,
            where=where,
            groups=groups[0] if groups else (),
            having=groups[1] if groups else None,
            order=order or (),
            limit=_whole(limit),
            offset=_whole(offset),
            viewed=for_ == "VIEW",
        )

    def for_(self, purpose: Token) -> str:
        return purpose.upper()

    def alias(self, name: Token) -> str:
        return str(name)

    def selection(self, *items: Any) -> tuple[Any, ...]:
        return items

    def path(self, text: Token) -> FieldPath:
        return FieldPath(tuple(part.strip() for part in text.split(".")))

    def select_path(self, path: FieldPath) -> FieldPath:
        return path

    def select_named(self, path: FieldPath, name: Token) -> FieldPath:
        return FieldPath(path.parts, str(name))

    def select_fields(self, kind: Token) -> AllFields:
        if kind.upper() not in ("ALL", "STANDARD", "CUSTOM"):
            raise Malformed(f"FIELDS takes ALL, STANDARD or CUSTOM, not {kind}")
        return AllFields(kind.upper())

    def typeof(self, name: Token, *cases: Any) -> TypeOf:
        *whens, otherwise = cases
        return TypeOf(str(name), tuple(whens), otherwise)

    def when(self, name: Token, paths: tuple[FieldPath, ...]) -> tuple[str, tuple[FieldPath, ...]]:
        return str(name), paths

    def paths(self, *paths: FieldPath) -> tuple[FieldPath, ...]:
        return paths

    def call_all(self, name: Token, alias: Token | None = None) -> Call:
        return Call(name.rstrip("( \t\r\n").upper(), None, str(alias) if alias else None)

    def call(self, name: Token, path: FieldPath, alias: Token | None = None) -> Call:
        return Call(name.rstrip("( \t\r\n").upper(), ".".join(path.parts), str(alias) if alias else None)

    def all_(self, first: Any, second: Any) -> All:
        return All(_more(first.parts if isinstance(first, All) else (first,), second))

    def any_(self, first: Any, second: Any) -> Any_:
        return Any_(_more(first.parts if isinstance(first, Any_) else (first,), second))

    def not_(self, part: Any) -> Not:
        return part.part if isinstance(part, Not) else Not(part)

    def compare(self, path: FieldPath | Call, op: Token, value: Any) -> Compare:
        return Compare(path, {"<>": "!="}.get(op, str(op)), value)

    def like(self, path: FieldPath | Call, text: Token) -> Compare:
        return Compare(path, "like", Literal(str(text)[1:-1]))

    def within(self, path: FieldPath | Call, values: tuple[Any, ...]) -> Compare:
        return Compare(path, "in", values)

    def not_within(self, path: FieldPath | Call, values: tuple[Any, ...]) -> Compare:
        return Compare(path, "not in", values)

    def within_query(self, path: FieldPath | Call, query: Query) -> Compare:
        return Compare(path, "in", query)

    def not_within_query(self, path: FieldPath | Call, query: Query) -> Compare:
        return Compare(path, "not in", query)

    def values(self, *values: Any) -> tuple[Any, ...]:
        return values

    def string(self, text: Token) -> Literal:
        return Literal(str(text)[1:-1])

    def number(self, text: Token) -> Decimal:
        try:
            number = Decimal(str(text)[:100])
        except InvalidOperation:
            raise Malformed(f"{text} is no number") from None
        if abs(number.adjusted()) > 100:
            raise Malformed(f"{text[:40]} is out of range")
        return number

    def date(self, text: Token) -> date:
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise Malformed(f"line 1, column {text.column}: invalid date: {text}") from None

    def datetime(self, text: Token) -> datetime:
        try:
            return datetime.fromisoformat(text.upper()).astimezone(UTC)
        except (ValueError, OverflowError):
            raise Malformed(f"invalid date: {text}") from None

    def word(self, text: Token) -> Value:
        name, _, n = str(text).upper().replace(" ", "").partition(":")
        simple = {"TRUE": True, "FALSE": False, "NULL": None}
        if not n and name in simple:
            return simple[name]
        if not _MOMENT.fullmatch(name) or bool(n) != ("_N_" in f"_{name}"):
            raise Malformed(f"unexpected token: '{text}'")
        return Moment(name, int(n[:9]) if n else None)

    def grouping(self, *parts: Any) -> tuple[tuple[FieldPath, ...], Any]:
        *paths, having = parts
        return tuple(paths), having

    def orders(self, *orders: Order) -> tuple[Order, ...]:
        return orders

    def order(self, path: FieldPath | Call, direction: Token | None, nulls: Token | None) -> Order:
        return Order(
            path,
            descending=direction is not None and direction.upper() == "DESC",
            nulls_last=nulls is not None and nulls.upper().endswith("LAST"),
        )


_UNIT = "DAY|WEEK|MONTH|QUARTER|YEAR|FISCAL_QUARTER|FISCAL_YEAR"
_MOMENT = re.compile(
    rf"TODAY|YESTERDAY|TOMORROW|(LAST|THIS|NEXT)_({_UNIT})|(LAST|NEXT)_90_DAYS|(LAST|NEXT)_N_({_UNIT})S|N_({_UNIT})S_AGO"
)


def _more(parts: tuple[Any, ...], part: Any) -> tuple[Any, ...]:
    if len(parts) >= MOST_CONDITIONS:
        raise _too_complicated()
    return (*parts, part)


def _whole(text: Token | None) -> int | None:
    if text is None:
        return None
    return min(int(text[:12]), MOST_ROWS)


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


_GRAMMAR = Lark(
    Path(__file__).with_name("grammar.lark").read_text(),
    start="query",
    parser="lalr",
    transformer=_Reader(),
    maybe_placeholders=True,
)
