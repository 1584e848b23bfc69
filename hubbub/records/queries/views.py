"""What stands in a list view: its pages, its board, itself as SOQL, the records of which it is a feed."""

import base64
import binascii
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid
from hubbub.objects import Choice, Field, Object
from hubbub.records.access import Viewer, columns
from hubbub.records.access.views import Listed, reaches
from hubbub.records.queries.cards import Names, names
from hubbub.records.queries.filters import condition, literal
from hubbub.records.queries.lists import COUNTED, Row, read_rows
from hubbub.records.queries.soql.listing import Listing, listing
from hubbub.records.queries.soql.nodes import All, Any_, Compare, FieldPath, Literal, Moment, Not

MOST_IN_FEED = 10_000


class ViewPage(msgspec.Struct, frozen=True):
    """A page of a list view: its rows, what their references are called, and where the next page begins."""

    rows: list[Row]
    names: Names
    count: int  # COUNTED + 1 stands for more than COUNTED
    following: str | None


async def _listing(tx: Tx, him: Viewer, shown: Listed, more: Any = None) -> Listing:
    where = condition(him, shown)
    if more is not None:
        where = more if where is None else All((where, more))
    return await listing(
        tx,
        him,
        shown.view.object,
        where,
        sort=shown.sort,
        descending=shown.descending,
        mine=shown.view.mine,
    )


async def view_page(
    tx: Tx,
    him: Viewer,
    shown: Listed,
    *,
    after: str | None = None,
    size: int = 50,
    count: bool = True,
    stage: str | None = None,
) -> ViewPage:
    """A page of what stands in a view for the viewer, of one `stage` where it is named; `after` is where the last page
    ended."""
    object = shown.view.object
    list_of = await _listing(tx, him, shown, _at(object, stage) if stage is not None else None)
    places, following = await _places(tx, list_of, shown, after, size)
    total = 0
    if count:
        total = await tx.value(
            f"select count(*) from (select 1 {list_of.rows} and {list_of.counted} limit {COUNTED + 1}) counted",
            list_of.params,
        )
    rows = await read_rows(tx, him, object, shown.columns, [id for id, _ in places])
    return ViewPage(rows, await named(tx, him, shown.columns, rows), total, following)


async def _places(
    tx: Tx, list_of: Listing, shown: Listed, after: str | None, size: int
) -> tuple[list[tuple[int, str | None]], str | None]:
    params = list_of.params | {"size": size + 1}
    empty = False
    if after is not None:
        key, params["after_id"] = read_place(after, shown, list_of.kind)
        params["after_key"], empty = key, key is None
    places = await tx.tuples(list_of.page(resumed=after is not None, empty=empty), params)
    following = _write_place(shown, *places[size - 1]) if len(places) > size else None
    return places[:size], following


async def named(tx: Tx, him: Viewer, fields: Sequence[Field], rows: Sequence[Row]) -> Names:
    """What the references in these rows are called, which the viewer is known to see."""
    references = {
        row.values[field.name]
        for row in rows
        for field in fields
        if field.type == "reference" and row.values[field.name]
    }
    return await names(tx, him, references, seen=True)


def _write_place(shown: Listed, id: int, key: str | None) -> str:
    place = (shown.sort.id, shown.descending, id, key)
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def read_place(text: str, shown: Listed, kind: str) -> tuple[Any, int]:
    """Where a page begins: the key and id of the row before it. It only says where: what is seen from there is decided
    anew."""
    try:
        sort, descending, id, key = msgspec.json.decode(
            base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=tuple[int, bool, int, str | None]
        )
        if (sort, descending) != (shown.sort.id, shown.descending) or not 0 <= id < 1 << 63:
            raise ValueError
        return (None if key is None else _READ[kind](key)), id
    except (ValueError, KeyError, InvalidOperation, binascii.Error, msgspec.MsgspecError):
        raise Invalid(
            "INVALID_INPUT", "This page cannot be found again. Begin with the first page."
        ) from None


def _text(key: str) -> str:
    if "\0" in key:
        raise ValueError
    return key


_READ: dict[str, Any] = {
    "text": _text,
    "numeric": Decimal,
    "timestamptz": datetime.fromisoformat,
    "boolean": {"true": True, "false": False}.__getitem__,
    "bigint": int,
}


async def view_ids(tx: Tx, him: Viewer, shown: Listed) -> tuple[str, dict[str, Any]]:
    """The statement of the ids of the first 10,000 records in a view, and what it binds: for composing into others."""
    list_of = await _listing(tx, him, shown)
    return (
        f"select v.id from ({list_of.page(resumed=False, empty=False, most=str(MOST_IN_FEED))}) v",
        list_of.params,
    )


# --- as SOQL -------------------------------------------------------------------------------------------------------


def path_of(him: Viewer, field: Field) -> str:
    """How SOQL names what a column shows: a reference by the name of what it points at."""
    if field.type != "reference" or not field.relation or not reaches(him, field):
        return field.name
    return f"{field.relation}.Name"


def soql(him: Viewer, shown: Listed) -> str:
    """The query that finds what stands in a view for the viewer, in its order."""
    paths = dict.fromkeys([*(path_of(him, field) for field in shown.columns), "Id"])
    where = condition(him, shown)
    parts = [] if where is None else [_written(where)]
    if shown.view.mine:
        parts.insert(0, f"OwnerId = '{ids.show(him.actor.user_id)}'")
    said = f"SELECT {', '.join(paths)} FROM {shown.view.object.name}"
    if parts:
        said += f" WHERE {' AND '.join(parts)}"
    way = "DESC" if shown.descending else "ASC"
    return f"{said} ORDER BY {path_of(him, shown.sort)} {way} NULLS LAST, Id {way}"


def _written(node: Any) -> str:
    match node:
        case All():
            return f"({' AND '.join(map(_written, node.parts))})"
        case Any_():
            return f"({' OR '.join(map(_written, node.parts))})"
        case Not():
            return f"(NOT {_written(node.part)})"
        case Compare() if isinstance(node.value, tuple):
            values = ", ".join(map(_value, node.value))
            return f"{node.path.text} {node.op.upper()} ({values})"
        case Compare():
            return f"{node.path.text} {node.op.upper()} {_value(node.value)}"
    raise TypeError(node)


def _value(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case Literal():
            return f"'{value.raw}'"
        case Moment():
            return value.name + (f":{value.n}" if value.n is not None else "")
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        case Decimal():
            return f"{value:f}"
    return str(value)


# --- the board -----------------------------------------------------------------------------------------------------


class Lane(msgspec.Struct, frozen=True):
    """The records of one stage: how many there are, what they come to, the first of them, where more begin."""

    stage: Choice | None  # none: they have no stage, or one that is no longer offered
    count: int
    total: Decimal | None
    rows: list[Row]
    following: str | None


class Board(msgspec.Struct, frozen=True):
    """A list view by the stages of its object's path."""

    lanes: list[Lane]
    names: Names


def summed_field(him: Viewer, object: Object) -> Field | None:
    """The amount that a board adds up: the first that the viewer may read of those that its lists show."""
    return next(
        (
            field
            for name in (*object.columns, *object.highlights)
            if (field := object.field(name)).type == "currency" and him.may_read(object, field)
        ),
        None,
    )


async def board(tx: Tx, him: Viewer, shown: Listed, fields: Sequence[Field], *, size: int) -> Board:
    """What stands in a view by stages: counts, sums and the first cards of every stage in one statement, then the cards'
    values of these fields in another. An object without a path, or whose path is hidden, has no board."""
    object = shown.view.object
    path = him.field(object, object.path or "")
    summed = summed_field(him, object)
    list_of = await _listing(tx, him, shown)
    total = f"sum({columns.stored(summed, 'r')})" if summed else "null::numeric"
    found = await tx.tuples(
        f"""select s.stage, s.n, s.total, array(select p.id from unnest(s.ids) p(id)), s.keys from (
              select {columns.stored(path, "r")} as stage, count(*) as n, {total} as total,
                (array_agg(r.id order by {list_of.order}))[1:%(size)s] as ids,
                (array_agg(({list_of.key})::text order by {list_of.order}))[1:%(size)s] as keys
              {list_of.rows} and {list_of.counted} group by 1) s""",
        list_of.params | {"size": size},
    )
    stages = {choice.value: choice for choice in object.stages}
    by_stage: dict[str | None, Any] = {row[0]: row for row in found}
    order: list[str | None] = [*stages, *(value for value in by_stage if value not in stages)]
    rows = {
        row.id: row
        for row in await read_rows(tx, him, object, tuple(fields), [id for each in found for id in each[3]])
    }
    lanes = []
    for value in order:
        _, count, added, record_ids, keys = by_stage.get(value) or (value, 0, None, [], [])
        lanes.append(
            Lane(
                stage=stages.get(value) if value is not None else None,
                count=count,
                total=added if summed else None,
                rows=[rows[id] for id in record_ids if id in rows],
                following=_write_place(shown, record_ids[-1], keys[-1])
                if record_ids and count > len(record_ids)
                else None,
            )
        )
    return Board(lanes, await named(tx, him, fields, list(rows.values())))


async def in_view(tx: Tx, him: Viewer, shown: Listed, record_id: int) -> bool:
    """Does the viewer see that record in the view?"""
    list_of = await _listing(tx, him, shown)
    return bool(
        await tx.value(
            f"select 1 {list_of.rows} and {list_of.counted} and r.id = %(record)s",
            list_of.params | {"record": record_id},
        )
    )


def _at(object: Object, stage: str) -> Any:
    """The condition that a record stands at that stage."""
    if object.path is None or object.field(object.path).choice(stage) is None:
        raise Invalid("INVALID_INPUT", "There is no such stage.")
    return Compare(FieldPath((object.path,)), "=", literal(stage))
