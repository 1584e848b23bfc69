"""Answers queries, page by page, in the shape of Salesforce's sObject bodies."""

import base64
import binascii
import zlib
from collections.abc import Mapping
from typing import Any

import msgspec

from hubbub import people
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid
from hubbub.records.access import Viewer, columns, relationships, viewer
from hubbub.records.queries.soql.activities import activities_below
from hubbub.records.queries.soql.compile import Compiled, compile
from hubbub.records.queries.soql.nodes import Malformed, Query, aggregates
from hubbub.records.queries.soql.parse import LONGEST, parse
from hubbub.records.queries.soql.sources import Beside, Source, source

PAGE = 2000
MOST_INNER = 20  # queries inside a selection
MOST_CHILDREN = 20_000  # rows of one query inside a selection
_PREFIX = "01g"


class Answer(msgspec.Struct, frozen=True):
    """A page of what a query found; `locator` names the next one."""

    total: int
    records: list[dict[str, Any]]
    locator: str | None
    viewed: tuple[int, ...] = ()  # what FOR VIEW says that the asker has opened with it


class Place(msgspec.Struct, frozen=True, array_like=True):
    """Where a page begins. It holds no right: the query is compiled anew for whoever brings it."""

    query: str
    total: int
    given: int  # rows on the pages before
    after: int  # id of the last row given; 0 if the query has an order of its own
    deleted: bool = False  # are deleted rows asked for too?


async def query(
    tx: Tx,
    actor: people.Actor,
    text: str,
    *,
    base: str,
    size: int = PAGE,
    deleted: bool = False,
    beside: Beside | None = None,
) -> Answer:
    """Answer a SOQL query as the actor sees the world, with `deleted` also of what lies in the recycle bin; `base` begins
    the addresses in the answer, and `beside` adds what a room above has to be queried."""
    return await _page(tx, actor, Place(text, 0, 0, 0, deleted), base, size, beside, first=True)


async def query_more(
    tx: Tx, actor: people.Actor, locator: str, *, base: str, size: int = PAGE, beside: Beside | None = None
) -> Answer:
    """The page of a query that a locator names."""
    return await _page(tx, actor, _read(locator), base, size, beside, first=False)


async def answer(tx: Tx, him: Viewer, asked: Query, *, base: str) -> list[dict[str, Any]]:
    """All rows of a query that was read already and has a limit."""
    if any(isinstance(each, Query) for each in asked.select):
        raise Malformed("A query inside a selection is answered by /query alone.")
    made = await compile(tx, him, asked)
    sql = _shown(made, f"{made.page} limit {made.limit} offset {made.offset}")
    return _records(made, await tx.tuples(sql, made.params), base)


async def _page(
    tx: Tx, actor: people.Actor, place: Place, base: str, size: int, beside: Beside | None, *, first: bool
) -> Answer:
    him = await viewer(tx, actor)
    asked = parse(place.query)
    more = await beside(tx, him, asked) if beside else None
    made = await compile(tx, him, asked, deleted=place.deleted, beside=more)
    most = made.limit if made.limit is not None else 1 << 40
    if made.counts:
        limited = f" limit {most}" if made.limit is not None else ""
        total = await tx.value(
            f"select count(*) from (select 1 {made.rest}{limited} offset {made.offset}) c", made.params
        )
        return Answer(total, [], None)
    left = max(0, most - place.given)
    # Without an order of its own a query goes on behind the last row given, which later changes cannot shift.
    resumed = bool(place.after) and not made.sorted
    part = f" limit {min(size + 1, left)} offset {0 if resumed else made.offset + place.given}"
    if made.whole:
        sql = f"select {', '.join(made.columns)} {made.rest}{made.order}{part}"
    else:
        page = f"{made.rest} and r.id > %(after)s{made.order}" if resumed else made.page
        sql = _shown(made, page + part)
    rows = await tx.tuples(sql, made.params | {"after": place.after})
    more = len(rows) > size
    rows = rows[:size]
    given = place.given + len(rows)
    total = place.total
    if first:
        total = given
        if more:
            total = await tx.value(
                f"select count(*) from (select 1 {made.rest} limit %(most)s offset {made.offset}) c",
                made.params | {"most": most},
            )
    records = _aggregates(made, rows) if made.aggregate else _records(made, rows, base)
    inner = [each for each in asked.select if isinstance(each, Query)]
    if len(inner) > MOST_INNER:
        raise Malformed(f"A query has at most {MOST_INNER} queries in its selection.")
    for each in inner:
        await add_children(
            tx, him, made.source, each, [row[0] for row in rows], records, base, deleted=place.deleted
        )
    after = rows[-1][0] if rows and not made.sorted else 0
    return Answer(
        total,
        records,
        _write(Place(place.query, total, given, after, place.deleted)) if more else None,
        tuple(row[0] for row in rows)
        if asked.viewed and him.catalog.get(made.source.name) and not made.aggregate
        else (),
    )


def _shown(made: Compiled, page: str) -> str:
    """Two steps: the ids of the rows of one page, then what is shown of them."""
    return f"""select {", ".join(made.columns)} from {made.source.table} r{made.joins}
        where r.org_id = %(org)s and r.id = any(array(select r.id {page})){made.order}"""


async def add_children(
    tx: Tx,
    him: Viewer,
    parent: Source,
    asked: Query,
    parent_ids: list[int],
    found: list[dict[str, Any]],
    base: str,
    *,
    deleted: bool,
) -> None:
    """Put into each of the rows that a query found what points at it by a relationship, as a query inside its selection
    asks; one statement for all of them."""
    name, source, column = _below(him, parent, asked.source)
    if any(isinstance(each, Query) or aggregates(each) for each in asked.select) or asked.groups:
        raise Malformed("A query inside a selection lists rows: it neither counts nor holds another.")
    asked = msgspec.structs.replace(asked, source=source.name)
    made = await compile(tx, him, asked, deleted=deleted, beside={source.name.lower(): source})
    if any(name in record for record in found):
        raise Invalid("INVALID_FIELD", f"duplicate field selected: {name}")
    rows = await tx.tuples(
        f"""select {", ".join(made.columns)}, {column} from record r{made.joins}
            where r.org_id = %(org)s and r.id = any(array(select k.id from (
                select r.id, row_number() over (partition by {column}{made.order}) as n
                {made.rest} and {column} = any(%(parents)s::bigint[])) k
              where k.n > {made.offset} {f"and k.n <= {made.offset + made.limit}" if made.limit is not None else ""}
              limit {MOST_CHILDREN + 1})){made.order}""",
        made.params | {"parents": parent_ids},
    )
    if len(rows) > MOST_CHILDREN:
        raise Invalid(
            "QUERY_TOO_COMPLICATED", f"{name}: more than {MOST_CHILDREN} rows in one answer; give it a LIMIT."
        )
    below: dict[int, list[dict[str, Any]]] = {}
    for row, body in zip(rows, _records(made, [row[:-1] for row in rows], base), strict=True):
        body["attributes"]["type"] = source.name  # its address says whether it is a task or an event
        below.setdefault(row[-1], []).append(body)
    for id, record in zip(parent_ids, found, strict=True):
        some = below.get(id)
        record[name] = {"totalSize": len(some), "done": True, "records": some} if some else None


def _below(him: Viewer, parent: Source, relationship: str) -> tuple[str, Source, str]:
    """What a relationship leads down to: its name, the rows, and the column that says to which row above each belongs."""
    object, wanted = him.catalog.get(parent.name), relationship.lower()
    if object is not None:
        for child, field in relationships(him, object):
            found = source(him, child.name) if (field.children or "").lower() == wanted else None
            if found is not None:
                return field.children or "", found, columns.stored(field, "r")
        if (activities := activities_below(him, object, relationship)) is not None:
            return activities
    raise Invalid(
        "INVALID_TYPE",
        f"Didn't understand relationship '{relationship[:80]}' in FROM part of query call.",
    )


def _records(made: Compiled, rows: list[tuple[Any, ...]], base: str) -> list[dict[str, Any]]:
    outputs = [(output.path[:-1], output.path[-1], output.show) for output in made.outputs]
    parents = list(made.parents.items())
    first_parent = 1 + len(outputs)
    found = []
    for row in rows:
        body: dict[str, Any] = {"attributes": _attributes(made.source.name, row[0], base, made.kinds)}
        places: dict[tuple[str, ...], dict[str, Any] | None] = {(): body}
        known = {
            place: None
            if row[first_parent + at] is None
            else {"attributes": _attributes(name, row[first_parent + at], base, made.kinds)}
            for at, (place, name) in enumerate(parents)
        }
        for (place, name, show), value in zip(outputs, row[1:first_parent], strict=True):
            for depth in range(
                1, len(place) + 1
            ):  # a relationship stands where its first field was asked for
                here = place[:depth]
                if here not in places:
                    above = places[here[:-1]]
                    places[here] = known[here] if above is not None else None
                    if above is not None:
                        above[here[-1]] = known[here]
            target = places[place]
            if target is not None:
                target[name] = value if show is None or value is None else show(value)
        for name, cases in made.cases.items():  # the one case that is true
            kinds = [body.pop(case, None) for case in cases]
            body[name] = next((each for each in kinds if each is not None), None)
        found.append(body)
    return found


def _aggregates(made: Compiled, rows: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    return [
        {
            "attributes": {"type": "AggregateResult"},
            **{
                output.path[0]: value if output.show is None or value is None else output.show(value)
                for output, value in zip(made.outputs, row, strict=True)
            },
        }
        for row in rows
    ]


def _attributes(name: str, id: int | None, base: str, kinds: Mapping[int, str]) -> dict[str, str]:
    if id is None:  # computed when it is read
        return {"type": name}
    # what may be of several kinds says of which it is
    name = kinds.get(ids.type_of(id), name)
    return {"type": name, "url": f"{base}/sobjects/{name}/{ids.show(id)}"}


def _write(place: Place) -> str:
    packed = zlib.compress(msgspec.json.encode(place), 9)
    return _PREFIX + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def _read(locator: str) -> Place:
    try:
        if not locator.startswith(_PREFIX):
            raise ValueError
        text = locator.removeprefix(_PREFIX)
        packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        place = msgspec.json.decode(zlib.decompressobj().decompress(packed, 6 * LONGEST), type=Place)
        if not (0 <= place.total < 1 << 40 and 0 <= place.given < 1 << 40 and 0 <= place.after < 1 << 63):
            raise ValueError
        return place
    except (ValueError, binascii.Error, zlib.error, msgspec.MsgspecError):
        raise Invalid("INVALID_QUERY_LOCATOR", "invalid query locator") from None
