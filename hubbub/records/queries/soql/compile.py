"""From a query to one SQL statement that has sight and field security inside; nothing is filtered afterwards."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid
from hubbub.core.ids import Type
from hubbub.records.access import Viewer
from hubbub.records.queries.soql.activities import refuse_alone
from hubbub.records.queries.soql.conditions import NUMBER, TEXT, Conditions
from hubbub.records.queries.soql.functions import DATES, FORMAT, LABEL, ZONE, formatted, label_of
from hubbub.records.queries.soql.nodes import (
    AllFields,
    Call,
    Compared,
    FieldPath,
    Function,
    Malformed,
    Order,
    Query,
    TypeOf,
    aggregates,
)
from hubbub.records.queries.soql.paths import no_such_type
from hubbub.records.queries.soql.sources import Column, Source, listed_rows, source

MOST_ALL_FIELDS = 200
MOST_OFFSET = 2000

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
    cases: dict[str, list[str]]  # for each TYPEOF its cases, which are relationships too
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
        refuse_alone(query.source)
        raise no_such_type(query.source)
    work = Compiler(him, found, query.alias, "r", more)
    aggregate = bool(query.groups) or any(map(aggregates, query.select))
    counts = len(query.select) == 1 and isinstance(query.select[0], Call) and query.select[0].path is None
    if counts and (query.groups or query.order):
        raise Malformed("Grouped query cannot use COUNT()")
    if not counts:
        (work.aggregates if aggregate else work.fields)(query)
    work.needed = set()
    where = work.condition(query.where) if query.where is not None else "true"
    if query.scope is not None:
        where = f"({where}) and {work.within(query.scope)}"
    if aggregate:
        work.grouped = query.groups
    order = work.order(query.order)
    grouping = f" group by {', '.join(work.raws(query.groups))}" if query.groups else ""
    if query.having is not None:
        grouping += f" having {work.condition(query.having)}"
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
        page = f"from (select r.id, r.owner_id, r.parent_id, r.r1, r.r2{keys} {rest}{by} offset 0) r where {seen}{again}"
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
        cases=work.cases,
        kinds=_NO_RECORDS | {each.code: each.name for each in him.catalog.objects},
        whole=whole,
        aggregate=aggregate and not counts,
        counts=counts,
        limit=query.limit,
        offset=query.offset or 0,
        sorted=bool(query.order) or aggregate or found.key != "id",
    )


class Compiler(Conditions):
    def __init__(
        self, him: Viewer, source: Source, alias: str | None, row: str, beside: dict[str, Source]
    ) -> None:
        super().__init__(him, source, alias, row, beside)
        self.columns: list[str] = []
        self.outputs: list[Output] = []
        self.parents: dict[tuple[str, ...], str] = {}
        self.cases: dict[str, list[str]] = {}
        # By what rows are grouped, once conditions and the order are about groups and no more about rows.
        self.grouped: tuple[FieldPath | Function, ...] | None = None

    # -- the selection -----------------------------------------------------------------------------------------------

    def fields(self, query: Query) -> None:
        """The columns of a plain query; the row's id comes first, for its address."""
        self.columns.append(f"{self.row}.id")
        taken: set[tuple[str, ...]] = set()
        for each in query.select:
            if isinstance(each, TypeOf):
                self._typeof(each, taken)
                continue
            if isinstance(each, Query):  # answered by itself, for the rows that this query finds
                continue
            if isinstance(each, Function):
                self._written(each, taken)
                continue
            if isinstance(each, AllFields):
                if each.kind != "STANDARD" and (query.limit is None or query.limit > MOST_ALL_FIELDS):
                    raise Malformed(
                        f"The SOQL FIELDS function must have a LIMIT of at most {MOST_ALL_FIELDS}"
                    )
                wanted = [
                    FieldPath((column.name,))
                    for column in self.source.columns.values()
                    if not column.apart and (each.kind == "ALL" or column.custom == (each.kind == "CUSTOM"))
                ]
            else:
                wanted = [each]
            for path in wanted:
                if len(path.parts) > 1 and path.parts[0].lower() in map(str.lower, self.cases):
                    raise Invalid("INVALID_FIELD", f"duplicate field selected: {path.parts[0]}")
                if path.alias:
                    raise Malformed(f"only aggregate expressions use field aliasing: '{path.alias}'")
                place, alias, column = self.resolve(path)
                where = (*place, column.name)
                if where in taken:
                    raise Invalid("INVALID_FIELD", f"duplicate field selected: {column.name}")
                taken.add(where)
                self.columns.append(column.value.replace("{a}", alias))
                self.outputs.append(Output(where, column.show or _shown(column.type)))
        for place in sorted({where[:depth] for where in taken for depth in range(1, len(where))}):
            alias, target = self.joined[place]
            self.parents[place] = target.name
            self.columns.append(f"{alias}.id")

    def _written(self, asked: Function, taken: set[tuple[str, ...]]) -> None:
        """A column as its reader writes it: toLabel or FORMAT, under the field's name or another."""
        place, name, value, show = self._read(asked)
        where = (asked.alias,) if asked.alias else (*place, name)
        if where in taken:
            raise Invalid("INVALID_FIELD", f"duplicate field selected: {where[-1]}; give it an alias")
        taken.add(where)
        self.columns.append(value)
        self.outputs.append(Output(where, show))

    def _read(self, asked: Function) -> tuple[tuple[str, ...], str, str, Callable[[Any], Any] | None]:
        """What toLabel or FORMAT says: of which place and field, the SQL of the value, and how that is written."""
        if asked.name in DATES:
            raise Malformed(f"{asked.text} is selected only where rows are grouped by it")
        if not isinstance(asked.of, FieldPath):
            raise Malformed(f"{asked.text} is not supported")
        if asked.name == ZONE:
            raise Malformed("convertTimezone is supported inside date functions alone")
        place, alias, column = self.resolve(asked.of)
        show = label_of(self.labels(asked.of)) if asked.name == LABEL else formatted(self.him, column.type)
        return (
            place,
            column.name,
            column.value.replace("{a}", alias),
            show or column.show or _shown(column.type),
        )

    def within(self, scope: str) -> str:
        """SQL of USING SCOPE: what is one's own, or everything that one sees."""
        if scope == "everything":
            return "true"
        if scope != "mine" or "ownerid" not in self.source.columns:
            raise Malformed(f"the scope {scope[:40]} is not supported for {self.source.name}")
        return f"{self.source.columns['ownerid'].raw.replace('{a}', self.row)} = %(viewer)s"

    def _typeof(self, asked: TypeOf, taken: set[tuple[str, ...]]) -> None:
        """The columns of TYPEOF: for each object that the reference may lead to those that are asked for of it."""
        name = self.relation(asked.relation)
        if name in self.cases or any(where[0] == name and len(where) > 1 for where in taken):
            raise Invalid("INVALID_FIELD", f"duplicate field selected: {name}")
        self.cases[name] = []
        for kind, paths in (*asked.whens, *(() if asked.otherwise is None else ((None, asked.otherwise),))):
            case = f"{name} {kind or ''}"  # no relationship has a space in its name
            if (case,) in self.joined:
                raise Malformed(f"duplicate type in TYPEOF: {kind}")
            alias, target = self.join_case((case,), name, kind)
            self.cases[name].append(case)
            for path in paths:
                if len(path.parts) != 1:
                    raise Malformed("TYPEOF asks for fields of what the reference leads to.")
                column = target.column(path.parts[0])
                if (case, column.name) in taken:
                    raise Invalid("INVALID_FIELD", f"duplicate field selected: {column.name}")
                taken.add((case, column.name))
                self.columns.append(column.value.replace("{a}", alias))
                self.outputs.append(Output((case, column.name), _shown(column.type)))

    def aggregates(self, query: Query) -> None:
        """The columns of a query that counts, sums or groups."""
        names: set[str] = set()
        for each in query.select:
            unnamed = f"expr{len([o for o in self.outputs if o.path[0].startswith('expr')])}"
            if isinstance(each, Call):
                name = each.alias or unnamed
                self.columns.append(self._call(each))
                self.outputs.append(Output((name,), self._call_shown(each)))
            elif isinstance(each, Function) and each.name == FORMAT and isinstance(each.of, Call):
                name = each.alias or unnamed
                self.columns.append(self._call(each.of))
                self.outputs.append(Output((name,), formatted(self.him, self._call_type(each.of))))
            elif isinstance(each, Function) and each.name not in DATES:
                _, field, value, show = self._read(each)
                self._grouped(each.of, query.groups)
                name = each.alias or field
                self.columns.append(value)
                self.outputs.append(Output((name,), show))
            elif isinstance(each, FieldPath | Function):
                alias, column = self._grouped(each, query.groups)
                name = each.alias or (column.name if isinstance(each, FieldPath) else unnamed)
                self.columns.append(column.value.replace("{a}", alias))
                self.outputs.append(Output((name,), column.show or _shown(column.type)))
            else:
                raise Malformed("The FIELDS function cannot be used with GROUP BY or aggregates")
            if name.lower() in names:
                raise Malformed(f"duplicate alias: {name}")
            names.add(name.lower())

    def _grouped(
        self, path: FieldPath | Function, groups: tuple[FieldPath | Function, ...]
    ) -> tuple[str, Column]:
        """A column by which rows are grouped, or a part of such a date."""
        place, alias, column = self.resolve(path)
        known = [(place, alias, each.name) for place, alias, each in map(self.resolve, groups)]
        of = self.resolve(path.inmost)[2] if isinstance(path, Function) else column
        if (place, alias, column.name) not in known and (place, alias, of.name) not in known:
            raise Malformed(f"Field must be grouped or aggregated: {path.text}")
        return alias, column

    def _call(self, call: Call) -> str:
        if call.name not in _FUNCTIONS or (call.path is None and call.name != "COUNT"):
            raise Malformed(f"unknown function: {call.name.lower()}")
        if call.path is None:
            raise Malformed("COUNT() stands alone; use COUNT(Id) beside others")
        _, alias, column = self.resolve(FieldPath(tuple(call.path.split("."))))
        numeric = column.type in NUMBER
        if call.name in ("SUM", "AVG") and not numeric:
            raise Malformed(f"field {column.name} does not support aggregate operator {call.name}")
        if call.name in ("MIN", "MAX") and not (numeric or column.type in ("date", "datetime")):
            raise Malformed(f"field {column.name} does not support aggregate operator {call.name}")
        if not column.searchable:
            raise Malformed(f"field {column.name} does not support aggregate operator {call.name}")
        return _FUNCTIONS[call.name].format(column.value.replace("{a}", alias))

    def _call_shown(self, call: Call) -> Callable[[Any], Any] | None:
        return _shown(self._call_type(call)) if call.name in ("MIN", "MAX") else None

    def _call_type(self, call: Call) -> str:
        """Of which type it is what a function makes of several rows."""
        if call.path is None or call.name.startswith("COUNT"):
            return "int"
        return self.resolve(FieldPath(tuple(call.path.split("."))))[2].type

    # -- groups and order --------------------------------------------------------------------------------------------

    def compared(self, path: Compared) -> Column:
        """What is compared and sorted by: a column of a row, or of a group what it is grouped by and what is counted."""
        if self.grouped is None:
            return super().compared(path)
        if isinstance(path, Call):
            sql = self._call(path)
            of = None if path.path is None else self.resolve(FieldPath(tuple(path.path.split("."))))[2]
            type = of.type if of and path.name in ("MIN", "MAX") else "double"
            column = Column(path.text, type, sql, sql)
        else:
            alias, column = self._grouped(path, self.grouped)
            column = msgspec.structs.replace(
                column, value=column.value.replace("{a}", alias), raw=column.raw.replace("{a}", alias)
            )
        # Groups are told apart by values as they are answered; of those alone may be spoken.
        if column.type == "date":
            return msgspec.structs.replace(column, raw=f"({column.value}::timestamp at time zone 'UTC')")
        return column if column.type in TEXT else msgspec.structs.replace(column, raw=column.value)

    def order(self, order: tuple[Order, ...]) -> list[tuple[str, str]]:
        """What rows stand by, and how; those that are equal by it stand by their ids, so that pages do not overlap."""
        parts = []
        for each in order:
            column = self.compared(each.path)
            if not column.searchable:
                raise Invalid("INVALID_FIELD", f"field '{column.name}' can not be sorted in a query call")
            direction = "desc" if each.descending else "asc"
            nulls = "last" if each.nulls_last else "first"
            raw = column.raw if column.type != "boolean" else f"({column.raw} is true)"
            parts.append((raw, f"{direction} nulls {nulls}"))
        last = [f"{self.row}.{self.source.key}"] if self.grouped is None else self.raws(self.grouped)
        return parts + [(raw, "asc") for raw in last]

    def raws(self, groups: tuple[FieldPath | Function, ...]) -> list[str]:
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
