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
from hubbub.records.access import viewer
from hubbub.records.queries.soql.compile import Compiled, compile
from hubbub.records.queries.soql.parse import LONGEST, parse
from hubbub.records.queries.soql.sources import Beside

PAGE = 2000
_PREFIX = "01g"


class Answer(msgspec.Struct, frozen=True):
    """A page of what a query found; `locator` names the next one."""

    total: int
    records: list[dict[str, Any]]
    locator: str | None


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
    what = ", ".join(made.columns)
    part = f" limit {min(size + 1, left)} offset {0 if resumed else made.offset + place.given}"
    if made.whole:
        sql = f"select {what} {made.rest}{made.order}{part}"
    else:
        page = f"{made.rest} and r.id > %(after)s{made.order}" if resumed else made.page
        # Two steps: the ids of the rows of one page, then what is shown of them.
        sql = f"""select {what} from {made.source.table} r{made.joins}
            where r.org_id = %(org)s and r.id = any(array(select r.id {page}{part})){made.order}"""
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
    after = rows[-1][0] if rows and not made.sorted else 0
    return Answer(
        total, records, _write(Place(place.query, total, given, after, place.deleted)) if more else None
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
