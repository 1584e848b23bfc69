"""The conditions of a query as SQL."""

import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from hubbub.core import clock, ids
from hubbub.core.errors import Invalid
from hubbub.records.queries.soql import moments
from hubbub.records.queries.soql.functions import LABEL, labels
from hubbub.records.queries.soql.nodes import (
    All,
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
    Query,
    Says,
    like_pattern,
)
from hubbub.records.queries.soql.paths import Paths, no_such_type
from hubbub.records.queries.soql.sources import Column

TEXT = frozenset({"string", "textarea", "picklist", "phone", "email", "url"})
_SEARCHED = {"ALL": TEXT, "NAME": TEXT, "EMAIL": frozenset({"email"}), "PHONE": frozenset({"phone"})}
NUMBER = frozenset({"int", "double", "currency", "percent"})


class Conditions(Paths):
    """What a query asks of its rows."""

    def condition(self, node: Any) -> str:
        """A condition as SQL. What is unknown to SQL is false here, so that NOT of it is true, as in SOQL."""
        match node:
            case All():
                return "(" + " and ".join(map(self.condition, node.parts)) + ")"
            case Any_():
                return "(" + " or ".join(map(self.condition, node.parts)) + ")"
            case Not():
                return f"({self.condition(node.part)} is not true)"
            case Compare():
                return self._compare(node)
            case Says():
                return self._says(node)
        raise TypeError(node)

    def _says(self, node: Says) -> str:
        """Words in the row's texts, long ones too; those that the viewer may not read are not among its columns."""
        pattern = self.bind(node.pattern, "text")
        texts = [
            column.raw.replace("{a}", self.row)
            for column in self.source.columns.values()
            if column.type in _SEARCHED[node.group]
            and (column.searchable or column.type == "textarea")
            and (node.group != "NAME" or column.name in self._names())
        ]
        return "(" + " or ".join(f"{text} ~* {pattern}" for text in texts) + ")" if texts else "false"

    def _names(self) -> set[str]:
        """The columns by which a row is called."""
        object = self.him.catalog.get(self.source.name)
        return {"Name", "Subject"} | ({object.name_field.name} if object else set())

    def compared(self, path: Compared) -> Column:
        """What is compared, and sorted by: the column of one row, with its alias."""
        if isinstance(path, Call):
            raise Malformed(f"{path.name} is compared behind HAVING, where rows are grouped.")
        _, alias, column = self.resolve(path)
        return msgspec.structs.replace(column, raw=column.raw.replace("{a}", alias))

    def _compare(self, node: Compare) -> str:
        if isinstance(node.path, Function) and node.path.name == LABEL:
            node = self._by_label(node.path.of, node)
        column = self.compared(node.path)
        if not column.searchable:
            raise Invalid("INVALID_FIELD", f"field '{column.name}' can not be filtered in a query call")
        raw = column.raw
        negated = node.op in ("!=", "not in")
        if isinstance(node.value, Query):
            sql = f"{raw} in ({self._subquery(column, node.value)})"
        elif node.op in ("in", "not in"):
            sql = self._within(column, raw, node.value)
        elif node.op == "like":
            if column.type not in TEXT:
                raise _bad_operator(column)
            sql = f"{raw} like lower({self.bind(like_pattern(node.value.raw), 'text')})"
        else:
            sql = self._compare_one(column, raw, "=" if negated else node.op, node.value)
        return f"({sql}) is not true" if negated else f"({sql})"

    def _by_label(self, path: Any, node: Compare) -> Compare:
        """The same about the values of a picklist that are called so in the viewer's language."""
        if node.op not in ("=", "!=", "in", "not in") or isinstance(node.value, Query):
            raise Malformed("toLabel is compared with = and != and IN alone")
        called = self.labels(path)
        found: list[Any] = []
        for each in node.value if isinstance(node.value, tuple) else (node.value,):
            wanted = each.text.casefold() if isinstance(each, Literal) else None
            values = [value for value, label in called.items() if label.casefold() == wanted]
            found += [Literal(re.sub(r"(['\\])", r"\\\1", value)) for value in values] or [each]
        return Compare(path, "in" if node.op in ("=", "in") else "not in", tuple(found))

    def labels(self, path: Any) -> dict[str, str]:
        """What the values of a picklist are called in the viewer's language."""
        if not isinstance(path, FieldPath):
            raise Malformed("toLabel takes a field")
        place, _, column = self.resolve(path)
        object = self.him.catalog.get(self.joined[place][1].name)
        return labels(self.him, object.get(column.name) if object else None, column)

    def _compare_one(self, column: Column, raw: str, op: str, value: Any) -> str:
        if isinstance(value, Literal) and not value.raw:
            value = None  # an empty text is no text
        if value is None:
            if op != "=":
                raise _bad_operator(column)
            return "false" if column.type == "boolean" else f"{raw} is null"
        if isinstance(value, Moment):
            first, after = self._bounds(column, value)
            return {
                "=": f"{raw} >= {first} and {raw} < {after}",
                "<": f"{raw} < {first}",
                "<=": f"{raw} < {after}",
                ">": f"{raw} >= {after}",
                ">=": f"{raw} >= {first}",
            }[op]
        if column.type == "boolean":
            if not isinstance(value, bool):
                raise _wrong_type(column, "boolean")
            if op != "=":
                raise _bad_operator(column)
            return raw if value else f"{raw} is not true"
        return f"{raw} {op} {self._value(column, value)}"

    def _within(self, column: Column, raw: str, values: tuple[Any, ...]) -> str:
        """One of several values; those that a set cannot hold (nothing, stretches of days) stand beside it."""
        apart = [
            v
            for v in values
            if v is None or isinstance(v, Moment | bool) or (isinstance(v, Literal) and not v.raw)
        ]
        plain = [v for v in values if v not in apart]
        parts = [self._compare_one(column, raw, "=", v) for v in dict.fromkeys(apart)]
        if plain:
            if column.type == "boolean":
                raise _wrong_type(column, "boolean")
            bound = [self._plain(column, value) for value in plain]
            kind = self.kind(column)
            array = self.bind(bound, f"{kind}[]")
            if column.type in TEXT:
                array = f"array(select lower(x) from unnest({array}) x)"
            parts.append(f"{raw} = any({array})")
        return "(" + " or ".join(parts) + ")"

    def _subquery(self, column: Column, query: Query) -> str:
        """The ids that another query selects, with its own sight."""
        found = self.named(query.source)
        if found is None:
            raise no_such_type(query.source)
        if (
            column.type not in ("id", "reference")
            or len(query.select) != 1
            or not isinstance(query.select[0], FieldPath)
        ):
            raise Malformed("A query inside IN selects one id or reference, for an id or reference.")
        if query.scope is not None:
            raise Malformed("USING SCOPE is not supported in a query inside IN")
        if query.groups or query.order or query.limit is not None or query.offset is not None:
            raise Malformed("A query inside IN has no GROUP BY, ORDER BY, LIMIT or OFFSET.")
        inner = Conditions(self.him, found, query.alias, f"{self.row}q{len(self.params)}", self.beside)
        inner.params = self.params
        self.params |= found.params
        _, alias, selected = inner.resolve(query.select[0])
        if selected.type not in ("id", "reference"):
            raise Malformed("A query inside IN selects one id or reference, for an id or reference.")
        where = inner.condition(query.where) if query.where is not None else "true"
        return (
            f"select {selected.raw.replace('{a}', alias)} from {found.table} {inner.row}{''.join(inner.joins.values())} "
            f"where {found.seen(inner.row)} and {where}"
        )

    def _bounds(self, column: Column, moment: Moment) -> tuple[str, str]:
        """The stretch of time of a date literal: whole days, of the viewer's zone where moments are compared."""
        if column.type not in ("date", "datetime"):
            raise _wrong_type(column, _KINDS.get(column.type, column.type))
        zone = ZoneInfo(self.him.actor.timezone)
        first, after = moments.stretch(moment, clock.now().astimezone(zone).date())
        if column.type == "date":
            return self._value(column, first), self._value(column, after)
        return tuple(self.bind(datetime.combine(day, time(), zone), "timestamptz") for day in (first, after))  # type: ignore[return-value]

    def _value(self, column: Column, value: Any) -> str:
        bound = self.bind(self._plain(column, value), self.kind(column))
        return f"lower({bound})" if column.type in TEXT else bound

    def _plain(self, column: Column, value: Any) -> Any:
        """A literal as its column compares it; raises if it is of another type."""
        kind = column.type
        if kind in TEXT and isinstance(value, Literal):
            return value.text
        if kind in ("id", "reference") and isinstance(value, Literal):
            try:
                return ids.parse(value.text)
            except Invalid:
                raise Invalid(
                    "INVALID_QUERY_FILTER_OPERATOR", f"invalid ID field: {value.text[:40]}"
                ) from None
        if kind in NUMBER and isinstance(value, Decimal):
            return value
        if kind == "date" and isinstance(value, date) and not isinstance(value, datetime):
            return datetime.combine(value, time(), UTC)
        if kind == "datetime" and isinstance(value, datetime):
            return value
        raise _wrong_type(column, _KINDS.get(kind, kind))

    def kind(self, column: Column) -> str:
        """The type by which PostgreSQL compares its values."""
        if column.type in TEXT:
            return "text"
        if column.type in NUMBER:
            return "numeric"
        return "timestamptz" if column.type in ("date", "datetime") else "bigint"


_KINDS = {**dict.fromkeys(TEXT, "string"), **dict.fromkeys(NUMBER, "double"), "id": "id", "reference": "id"}


def _wrong_type(column: Column, kind: str) -> Invalid:
    quoted = "should be" if kind in ("string", "id") else "should not be"
    return Invalid(
        "INVALID_FIELD",
        f"value of filter criterion for field '{column.name}' must be of type {kind} and {quoted} enclosed in quotes",
    )


def _bad_operator(column: Column) -> Invalid:
    return Invalid(
        "INVALID_QUERY_FILTER_OPERATOR", f"invalid operator on {column.type} field '{column.name}'"
    )
