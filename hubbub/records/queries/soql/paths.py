"""What a path of a query names: a column of a row, joined as far as the viewer sees it."""

from collections.abc import Callable
from typing import Any

from hubbub.core.errors import Invalid
from hubbub.records.access import Viewer
from hubbub.records.queries.soql.functions import DATES, dated
from hubbub.records.queries.soql.nodes import Call, FieldPath, Function, Malformed
from hubbub.records.queries.soql.sources import NAMED, OWNER, Column, Relation, Source, source

MOST_RELATIONS = 5  # in one path
MOST_JOINS = 35


def no_such_type(name: str) -> Invalid:
    """The one answer to an object that does not exist and to an object that the asker may not read."""
    return Invalid("INVALID_TYPE", f"sObject type '{name[:80]}' is not supported.")


def _no_relation(name: str, here: Source) -> Invalid:
    return Invalid(
        "INVALID_FIELD",
        f"Didn't understand relationship '{name[:80]}' in field path of entity '{here.name}'",
    )


class Paths:
    """The rows of one query: its source's, and what relationships join to them."""

    def __init__(
        self, him: Viewer, source: Source, alias: str | None, row: str, beside: dict[str, Source]
    ) -> None:
        self.him = him
        self.beside = beside
        self.source = source
        self.names = {source.name.lower()} | ({alias.lower()} if alias else set())
        self.row = row
        self.joins: dict[tuple[str, ...], str] = {}
        self.joined: dict[tuple[str, ...], tuple[str, Source]] = {(): (row, source)}
        self.needed: set[tuple[str, ...]] = set()  # the joins that conditions and the order ask for
        self.params: dict[str, Any] = {}

    def resolve(self, path: FieldPath | Function) -> tuple[tuple[str, ...], str, Column]:
        """Which column of which joined row a path names: (relationships, alias, column). A part of a date is a column, too."""
        if isinstance(path, Function):
            return self._part(path)
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
        return place, alias, here.column(parts[-1])

    def _part(self, function: Function) -> tuple[tuple[str, ...], str, Column]:
        """The same for a part of a date."""
        if function.name not in DATES or isinstance(function.inmost, Call):
            raise Malformed(f"{function.name} is not supported here")
        place, alias, column = self.resolve(function.inmost)
        self.params["my_zone"] = self.him.actor.timezone
        return place, alias, dated(function, column)

    def named(self, name: str) -> Source | None:
        """The source of that name, as the viewer knows it."""
        return source(self.him, name) or self.beside.get(name.lower())

    def _join(self, place: tuple[str, ...], name: str) -> tuple[str, ...]:
        """Join what a relationship leads to, as far as the viewer sees it; otherwise it is empty."""
        alias, here = self.joined[place]
        relation = here.relations.get(name.lower())
        target = self.named(relation.source) if relation else None
        if relation is None or target is None:
            raise _no_relation(name, here)
        there = (*place, relation.name)
        self.needed.add(there)
        if there not in self.joined:
            self._add(there, alias, relation, target, relation.seen)
        return there

    def relation(self, name: str) -> str:
        """The name of a reference that may lead to several kinds of things."""
        found = self.source.relations.get(name.lower())
        if found is None:
            raise _no_relation(name, self.source)
        if found.source not in (NAMED, OWNER):
            raise Malformed(f"TYPEOF needs a reference to several objects; {found.name} leads to one.")
        return found.name

    def join_case(self, there: tuple[str, ...], name: str, kind: str | None) -> tuple[str, Source]:
        """Join what a reference leads to where that is of one kind (None: of any), as far as the viewer sees it."""
        relation = self.source.relations[name.lower()]
        target = self.named(kind or relation.source)
        if target is None:
            raise no_such_type(kind or name)
        self._add(there, self.row, relation, target, relation.seen if kind is None else None)
        return self.joined[there]

    def _add(
        self,
        there: tuple[str, ...],
        alias: str,
        relation: Relation,
        target: Source,
        seen: Callable[[str, str], str] | None,
    ) -> None:
        if len(self.joins) >= MOST_JOINS:
            raise Invalid("QUERY_TOO_COMPLICATED", f"A query has at most {MOST_JOINS} relationships.")
        joined = f"{self.row}j{len(self.joins)}"
        self.joined[there] = (joined, target)
        visible = seen(alias, joined) if seen else target.seen(joined)
        self.joins[there] = (
            f" left join {target.table} {joined} on {joined}.id = {relation.raw.replace('{a}', alias)} and {visible}"
        )
        self.params |= target.params

    def bind(self, value: Any, kind: str) -> str:
        name = f"p{len(self.params)}"
        self.params[name] = value
        return f"%({name})s::{kind}"
