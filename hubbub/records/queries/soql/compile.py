"""From a query to one SQL statement that has sight and field security inside; nothing is filtered afterwards."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from hubbub.core import clock, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid
from hubbub.core.ids import Type
from hubbub.records.access import Viewer
from hubbub.records.queries.soql import moments
from hubbub.records.queries.soql.parse import (
    All,
    AllFields,
    Any_,
    Call,
    Compare,
    FieldPath,
    Literal,
    Malformed,
    Moment,
    Not,
    Order,
    Query,
    like_pattern,
)
from hubbub.records.queries.soql.sources import Column, Source, listed_rows, source

MOST_RELATIONS = 5  # in one path
MOST_JOINS = 35
MOST_ALL_FIELDS = 200
MOST_OFFSET = 2000

_TEXT = frozenset({"string", "textarea", "picklist", "phone", "email", "url"})
_NUMBER = frozenset({"int", "double", "currency", "percent"})
_NO_RECORDS = {
    int(Type.USER): "User",
    int(Type.ROLE): "UserRole",
    int(Type.GROUP): "Group",
    int(Type.QUEUE): "Group",
}
_FUNCTIONS = {
    "COUNT": "count({0})",
    "COUNT_DISTINCT": "count(distinct {0})",
    "SUM": "sum({0})::float8",
    "AVG": "avg({0})::float8",
    "MIN": "min({0})",
    "MAX": "max({0})",
}


class Output(msgspec.Struct, frozen=True):
    """One value of an answered row: where it stands in it, and how it is written."""

    path: tuple[str, ...]  # names of relationships, then the field
    show: Callable[[Any], Any] | None


class Compiled(msgspec.Struct, frozen=True):
    """A query ready to run: `sql` lacks its order, limit and offset."""

    source: Source
    columns: list[str]
    rest: str  # from the table to the conditions
    page: str  # the same with its order, for the ids of some of the rows
    joins: str  # what the columns need
    order: str
    params: dict[str, Any]
    outputs: list[Output]
    parents: dict[tuple[str, ...], str]  # each relationship that is asked for, and the object it leads to
    kinds: dict[int, str]  # what things are called by the type of their ids
    whole: bool  # is it answered in one step: are its rows no rows of a table?
    aggregate: bool
    counts: bool  # SELECT COUNT()
    limit: int | None
    offset: int
    sorted: bool


async def compile(
    tx: Tx, him: Viewer, query: Query, *, deleted: bool = False, beside: dict[str, Source] | None = None
) -> Compiled:
    """Make the statement that answers the query for this viewer; with `deleted` over what lies in the bin too, and with
    what stands `beside` records and people."""
    more = beside or {}
    found = source(him, query.source) or more.get(query.source.lower())
    if found is None:
        raise no_such_type(query.source)
    work = _Compiler(him, found, query.alias, "r", more)
    aggregate = bool(query.groups) or any(isinstance(each, Call) for each in query.select)
    counts = len(query.select) == 1 and isinstance(query.select[0], Call) and query.select[0].path is None
    if counts and (query.groups or query.order):
        raise Malformed("Grouped query cannot use COUNT()")
    if not counts:
        (work.aggregates if aggregate else work.fields)(query)
    work.needed = set()
    where = work.condition(query.where) if query.where is not None else "true"
    order = work.order(query.order, aggregate, query.groups)
    grouping = f" group by {', '.join(work.raws(query.groups))}" if query.groups else ""
    if query.offset is not None and query.offset > MOST_OFFSET:
        raise Invalid("NUMBER_OUTSIDE_VALID_RANGE", f"Maximum SOQL offset allowed is {MOST_OFFSET}")
    whole = aggregate or found.key != "id"
    there, seen, dear = await listed_rows(tx, him, found, "r", deleted=deleted)
    needed = "".join(join for place, join in work.joins.items() if place in work.needed or whole)
    rest, by = f"from {found.table} r{needed} where {there} and {where}", _ordered(order)
    if dear and query.order and not aggregate:
        # Sorted before sight is asked: then it is asked until the page is full, and not for every row that fits.
        keys = "".join(f", {key} as o{at}" for at, (key, _) in enumerate(order))
        again = _ordered([(f"r.o{at}", how) for at, (_, how) in enumerate(order)])
        page = f"from (select r.id, r.owner_id, r.parent_id{keys} {rest}{by} offset 0) r where {seen}{again}"
    else:
        page = f"{rest} and {seen}{by}"
    return Compiled(
        source=found,
        columns=work.columns,
        rest=f"{rest} and {seen}{grouping}",
        page=page,
        joins="".join(work.joins.values()),
        order=by,
        params=him.params | found.params | work.params,
        outputs=work.outputs,
        parents=work.parents,
        kinds=_NO_RECORDS | {each.code: each.name for each in him.catalog.objects},
        whole=whole,
        aggregate=aggregate and not counts,
        counts=counts,
        limit=query.limit,
        offset=query.offset or 0,
        sorted=bool(query.order) or aggregate or found.key != "id",
    )


def no_such_type(name: str) -> Invalid:
    """The one answer to an object that does not exist and to an object that the asker may not read."""
    return Invalid("INVALID_TYPE", f"sObject type '{name[:80]}' is not supported.")


class _Compiler:
    def __init__(
        self, him: Viewer, source: Source, alias: str | None, row: str, beside: dict[str, Source]
    ) -> None:
        self.him = him
        self.beside = beside
        self.source = source
        self.names = {source.name.lower()} | ({alias.lower()} if alias else set())
        self.row = row
        self.columns: list[str] = []
        self.outputs: list[Output] = []
        self.joins: dict[tuple[str, ...], str] = {}
        self.joined: dict[tuple[str, ...], tuple[str, Source]] = {(): (row, source)}
        self.parents: dict[tuple[str, ...], str] = {}
        self.needed: set[tuple[str, ...]] = set()  # the joins that conditions and the order ask for
        self.params: dict[str, Any] = {}

    # -- the selection -----------------------------------------------------------------------------------------------

    def fields(self, query: Query) -> None:
        """The columns of a plain query; the row's id comes first, for its address."""
        self.columns.append(f"{self.row}.id")
        taken: set[tuple[str, ...]] = set()
        for each in query.select:
            if isinstance(each, AllFields):
                if each.kind != "STANDARD" and (query.limit is None or query.limit > MOST_ALL_FIELDS):
                    raise Malformed(
                        f"The SOQL FIELDS function must have a LIMIT of at most {MOST_ALL_FIELDS}"
                    )
                wanted = [
                    FieldPath((column.name,))
                    for column in self.source.columns.values()
                    if each.kind == "ALL" or column.custom == (each.kind == "CUSTOM")
                ]
            else:
                wanted = [each]
            for path in wanted:
                if path.alias:
                    raise Malformed(f"only aggregate expressions use field aliasing: '{path.alias}'")
                place, alias, column = self.resolve(path)
                where = (*place, column.name)
                if where in taken:
                    raise Invalid("INVALID_FIELD", f"duplicate field selected: {column.name}")
                taken.add(where)
                self.columns.append(column.value.replace("{a}", alias))
                self.outputs.append(Output(where, _shown(column.type)))
        for place in sorted({where[:depth] for where in taken for depth in range(1, len(where))}):
            alias, target = self.joined[place]
            self.parents[place] = target.name
            self.columns.append(f"{alias}.id")

    def aggregates(self, query: Query) -> None:
        """The columns of a query that counts, sums or groups."""
        grouped = {(place, alias, column.name) for place, alias, column in map(self.resolve, query.groups)}
        names: set[str] = set()
        for each in query.select:
            if isinstance(each, Call):
                name = each.alias or f"expr{len([o for o in self.outputs if o.path[0].startswith('expr')])}"
                self.columns.append(self._call(each))
                self.outputs.append(Output((name,), self._call_shown(each)))
            elif isinstance(each, FieldPath):
                place, alias, column = self.resolve(each)
                if (place, alias, column.name) not in grouped:
                    raise Malformed(f"Field must be grouped or aggregated: {'.'.join(each.parts)}")
                name = each.alias or column.name
                self.columns.append(column.value.replace("{a}", alias))
                self.outputs.append(Output((name,), _shown(column.type)))
            else:
                raise Malformed("The FIELDS function cannot be used with GROUP BY or aggregates")
            if name.lower() in names:
                raise Malformed(f"duplicate alias: {name}")
            names.add(name.lower())

    def _call(self, call: Call) -> str:
        if call.name not in _FUNCTIONS or (call.path is None and call.name != "COUNT"):
            raise Malformed(f"unknown function: {call.name.lower()}")
        if call.path is None:
            raise Malformed("COUNT() stands alone; use COUNT(Id) beside others")
        _, alias, column = self.resolve(FieldPath(tuple(call.path.split("."))))
        numeric = column.type in _NUMBER
        if call.name in ("SUM", "AVG") and not numeric:
            raise Malformed(f"field {column.name} does not support aggregate operator {call.name}")
        if call.name in ("MIN", "MAX") and not (numeric or column.type in ("date", "datetime")):
            raise Malformed(f"field {column.name} does not support aggregate operator {call.name}")
        if not column.searchable:
            raise Malformed(f"field {column.name} does not support aggregate operator {call.name}")
        return _FUNCTIONS[call.name].format(column.value.replace("{a}", alias))

    def _call_shown(self, call: Call) -> Callable[[Any], Any] | None:
        if call.name in ("MIN", "MAX") and call.path:
            return _shown(self.resolve(FieldPath(tuple(call.path.split("."))))[2].type)
        return None

    # -- paths -------------------------------------------------------------------------------------------------------

    def resolve(self, path: FieldPath) -> tuple[tuple[str, ...], str, Column]:
        """Which column of which joined row a path names: (relationships, alias, column)."""
        parts = list(path.parts)
        if (
            len(parts) > 1
            and parts[0].lower() in self.names
            and parts[0].lower() not in self.source.relations
        ):
            parts = parts[1:]
        if len(parts) - 1 > MOST_RELATIONS:
            raise Malformed(f"A path has at most {MOST_RELATIONS} relationships.")
        place: tuple[str, ...] = ()
        for name in parts[:-1]:
            place = self._join(place, name)
        alias, here = self.joined[place]
        column = here.columns.get(parts[-1].lower())
        if column is None:
            raise Invalid("INVALID_FIELD", f"No such column '{parts[-1][:80]}' on entity '{here.name}'")
        return place, alias, column

    def named(self, name: str) -> Source | None:
        """The source of that name, as the viewer knows it."""
        return source(self.him, name) or self.beside.get(name.lower())

    def _join(self, place: tuple[str, ...], name: str) -> tuple[str, ...]:
        """Join what a relationship leads to, as far as the viewer sees it; otherwise it is empty."""
        alias, here = self.joined[place]
        relation = here.relations.get(name.lower())
        target = self.named(relation.source) if relation else None
        if relation is None or target is None:
            raise Invalid(
                "INVALID_FIELD",
                f"Didn't understand relationship '{name[:80]}' in field path of entity '{here.name}'",
            )
        there = (*place, relation.name)
        self.needed.add(there)
        if there not in self.joined:
            if len(self.joins) >= MOST_JOINS:
                raise Invalid("QUERY_TOO_COMPLICATED", f"A query has at most {MOST_JOINS} relationships.")
            joined = f"{self.row}j{len(self.joins)}"
            self.joined[there] = (joined, target)
            seen = relation.seen(alias, joined) if relation.seen else target.seen(joined)
            self.joins[there] = (
                f" left join {target.table} {joined} on {joined}.id = {relation.raw.replace('{a}', alias)} and {seen}"
            )
            self.params |= target.params
        return there

    # -- conditions --------------------------------------------------------------------------------------------------

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
        raise TypeError(node)

    def _compare(self, node: Compare) -> str:
        _, alias, column = self.resolve(node.path)
        if not column.searchable:
            raise Invalid("INVALID_FIELD", f"field '{column.name}' can not be filtered in a query call")
        raw = column.raw.replace("{a}", alias)
        negated = node.op in ("!=", "not in")
        if isinstance(node.value, Query):
            sql = f"{raw} in ({self._subquery(column, node.value)})"
        elif node.op in ("in", "not in"):
            sql = self._within(column, raw, node.value)
        elif node.op == "like":
            if column.type not in _TEXT:
                raise _bad_operator(column)
            sql = f"{raw} like lower({self._bind(like_pattern(node.value.raw), 'text')})"
        else:
            sql = self._compare_one(column, raw, "=" if negated else node.op, node.value)
        return f"({sql}) is not true" if negated else f"({sql})"

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
            kind = self._kind(column)
            array = self._bind(bound, f"{kind}[]")
            if column.type in _TEXT:
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
        if query.groups or query.order or query.limit is not None or query.offset is not None:
            raise Malformed("A query inside IN has no GROUP BY, ORDER BY, LIMIT or OFFSET.")
        inner = _Compiler(self.him, found, query.alias, f"{self.row}q{len(self.params)}", self.beside)
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
        return tuple(self._bind(datetime.combine(day, time(), zone), "timestamptz") for day in (first, after))  # type: ignore[return-value]

    def _value(self, column: Column, value: Any) -> str:
        bound = self._bind(self._plain(column, value), self._kind(column))
        return f"lower({bound})" if column.type in _TEXT else bound

    def _plain(self, column: Column, value: Any) -> Any:
        """A literal as its column compares it; raises if it is of another type."""
        kind = column.type
        if kind in _TEXT and isinstance(value, Literal):
            return value.text
        if kind in ("id", "reference") and isinstance(value, Literal):
            try:
                return ids.parse(value.text)
            except Invalid:
                raise Invalid(
                    "INVALID_QUERY_FILTER_OPERATOR", f"invalid ID field: {value.text[:40]}"
                ) from None
        if kind in _NUMBER and isinstance(value, Decimal):
            return value
        if kind == "date" and isinstance(value, date) and not isinstance(value, datetime):
            return datetime.combine(value, time(), UTC)
        if kind == "datetime" and isinstance(value, datetime):
            return value
        raise _wrong_type(column, _KINDS.get(kind, kind))

    def _kind(self, column: Column) -> str:
        if column.type in _TEXT:
            return "text"
        if column.type in _NUMBER:
            return "numeric"
        return "timestamptz" if column.type in ("date", "datetime") else "bigint"

    def _bind(self, value: Any, kind: str) -> str:
        name = f"p{len(self.params)}"
        self.params[name] = value
        return f"%({name})s::{kind}"

    # -- order -------------------------------------------------------------------------------------------------------

    def order(
        self, order: tuple[Order, ...], aggregate: bool, groups: tuple[FieldPath, ...]
    ) -> list[tuple[str, str]]:
        """What rows stand by, and how; those that are equal by it stand by their ids, so that pages do not overlap."""
        parts = []
        grouped = {self.resolve(path)[1:] for path in groups}
        for each in order:
            _, alias, column = self.resolve(each.path)
            if not column.searchable:
                raise Invalid("INVALID_FIELD", f"field '{column.name}' can not be sorted in a query call")
            if aggregate and (alias, column) not in grouped:
                raise Malformed(f"Ordered field must be grouped or aggregated: {'.'.join(each.path.parts)}")
            direction = "desc" if each.descending else "asc"
            nulls = "last" if each.nulls_last else "first"
            raw = column.raw if column.type != "boolean" else f"({column.raw} is true)"
            parts.append((raw.replace("{a}", alias), f"{direction} nulls {nulls}"))
        last = self.raws(groups) if aggregate else [f"{self.row}.{self.source.key}"]
        return parts + [(raw, "asc") for raw in last]

    def raws(self, groups: tuple[FieldPath, ...]) -> list[str]:
        """What rows are grouped by: the values themselves."""
        found = []
        for path in groups:
            _, alias, column = self.resolve(path)
            if not column.searchable:
                raise Malformed(f"field '{column.name}' can not be grouped in a query call")
            found.append(column.value.replace("{a}", alias))
        return found


def _ordered(order: list[tuple[str, str]]) -> str:
    return f" order by {', '.join(f'{key} {how}' for key, how in order)}" if order else ""


_KINDS = {**dict.fromkeys(_TEXT, "string"), **dict.fromkeys(_NUMBER, "double"), "id": "id", "reference": "id"}


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


def _shown(type: str) -> Callable[[Any], Any] | None:
    """How a value of that type is written in an answer; None: as it is."""
    if type in ("id", "reference"):
        return ids.show
    if type == "date":
        return date.isoformat
    if type == "datetime":
        return _moment
    return None


def _moment(value: datetime) -> str:
    return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{value.microsecond // 1000:03d}+0000"
