"""From the text of a query to what it asks for; the grammar beside this file says which texts are queries."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import msgspec
from lark import Lark, Token, Transformer, UnexpectedInput, v_args

from hubbub.core.errors import Invalid
from hubbub.records.queries.soql.functions import KNOWN
from hubbub.records.queries.soql.nodes import (
    AGGREGATES,
    All,
    AllFields,
    Any_,
    Call,
    Compare,
    Compared,
    FieldPath,
    Function,
    Literal,
    Malformed,
    Moment,
    Not,
    Order,
    Query,
    TypeOf,
    Value,
)

LONGEST = 20_000  # parsing holds up everybody else: about 10 µs a character
DEEPEST = 50
MOST_CONDITIONS = 500
MOST_ROWS = 2_000_000_000


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
        if not isinstance(part, Compare) or not isinstance(part.path, FieldPath):
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

    def query(self, select, source, alias, scope, where, with_, groups, order, limit, offset, for_):  # type: ignore[no-untyped-def]
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
            scope=str(scope).lower() if scope else None,
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

    def call(self, name: Token, first: Compared, *more: Compared) -> Call | Function:
        called = name.rstrip("( \t\r\n")
        if called.upper() in AGGREGATES:
            if more or not isinstance(first, FieldPath):
                raise Malformed(f"{called} is supported of one field alone")
            return Call(called.upper(), first.text, None)
        if called.upper() not in KNOWN:
            raise Malformed(f"the function {called} is not supported")
        if more:
            raise Malformed(f"{called} takes one field")
        return Function(called.upper(), first)

    def applied_named(self, item: Call | Function, name: Token) -> Call | Function:
        return msgspec.structs.replace(item, alias=str(name))

    def all_(self, first: Any, second: Any) -> All:
        return All(_more(first.parts if isinstance(first, All) else (first,), second))

    def any_(self, first: Any, second: Any) -> Any_:
        return Any_(_more(first.parts if isinstance(first, Any_) else (first,), second))

    def not_(self, part: Any) -> Not:
        return part.part if isinstance(part, Not) else Not(part)

    def compare(self, path: Compared, op: Token, value: Any) -> Compare:
        return Compare(path, {"<>": "!="}.get(op, str(op)), value)

    def like(self, path: Compared, text: Token) -> Compare:
        return Compare(path, "like", Literal(str(text)[1:-1]))

    def within(self, path: Compared, values: tuple[Any, ...]) -> Compare:
        return Compare(path, "in", values)

    def not_within(self, path: Compared, values: tuple[Any, ...]) -> Compare:
        return Compare(path, "not in", values)

    def within_query(self, path: Compared, query: Query) -> Compare:
        return Compare(path, "in", query)

    def not_within_query(self, path: Compared, query: Query) -> Compare:
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

    def grouping(self, *parts: Any) -> tuple[tuple[FieldPath | Function, ...], Any]:
        *paths, having = parts
        if any(isinstance(each, Call) for each in paths):
            raise Malformed(
                "rows are grouped by fields and by parts of dates, not by what is counted of them"
            )
        return tuple(paths), having

    def orders(self, *orders: Order) -> tuple[Order, ...]:
        return orders

    def order(self, path: Compared, direction: Token | None, nulls: Token | None) -> Order:
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


_GRAMMAR = Lark(
    Path(__file__).with_name("grammar.lark").read_text(),
    start="query",
    parser="lalr",
    transformer=_Reader(),
    maybe_placeholders=True,
)
