"""The event log: every act writes what it did in its own transaction; relays and browsers read it by cursor."""

from collections.abc import Mapping
from typing import Any, Protocol

import msgspec
from psycopg.types.json import Jsonb

from hubbub.core.db import Tx
from hubbub.core.ids import Type


class Who(Protocol):
    """Who acts, as far as the log needs to know."""

    @property
    def user_id(self) -> int | None: ...
    @property
    def client(self) -> str | None: ...
    @property
    def address(self) -> str | None: ...
    @property
    def request_id(self) -> str | None: ...


class Event(msgspec.Struct, frozen=True):
    """One thing that happened."""

    org_id: int
    id: int
    name: str
    actor_id: int | None
    noun_id: int | None
    parent_id: int | None
    before: Any
    after: Any


async def record(
    tx: Tx,
    actor: Who | None,
    name: str,
    noun_id: int | None,
    *,
    parent: int | None = None,
    before: Any = None,
    after: Any = None,
) -> None:
    """Write down that `name` (room.noun.past) happened, in the act's own transaction."""
    await tx.run(_RECORD, await _told(tx, actor, name, noun_id, parent, before, after))
    tx.recorded += 1


async def record_many(
    tx: Tx, actor: Who | None, name: str, after: Mapping[int, Any], *, before: Any = None
) -> None:
    """Write down that the same happened to many nouns, with what each is now, and what all of them were `before`."""
    await tx.run_many(
        _RECORD, [await _told(tx, actor, name, noun_id, None, before, now) for noun_id, now in after.items()]
    )
    tx.recorded += len(after)


_RECORD = """
insert into event (org_id, id, name, actor_id, noun_id, parent_id, client, address, request_id, before, after)
values (%(org)s, %(id)s, %(name)s, %(actor)s, %(noun)s, %(parent)s, %(client)s, %(address)s, %(request)s, %(before)s, %(after)s)
"""


async def _told(
    tx: Tx, actor: Who | None, name: str, noun_id: int | None, parent: int | None, before: Any, after: Any
) -> dict[str, Any]:
    return {
        "id": await tx.new_id(Type.EVENT),
        "name": name,
        "actor": actor.user_id if actor else None,
        "noun": noun_id,
        "parent": parent,
        "client": actor.client if actor else None,
        "address": actor.address if actor else None,
        "request": actor.request_id if actor else None,
        "before": Jsonb(before) if before is not None else None,
        "after": Jsonb(after) if after is not None else None,
    }


async def happened(tx: Tx, name: str, noun_id: int) -> bool:
    """Whether the log tells of this, ever."""
    return bool(
        await tx.value(
            "select 1 from event where org_id = %(org)s and noun_id = %(noun)s and name = %(name)s limit 1",
            {"noun": noun_id, "name": name},
        )
    )


async def cursor(tx: Tx) -> str:
    """Where the log stands at this moment: what a page reads now is older, what comes later can be caught up from here."""
    return await tx.value("select pg_current_snapshot()::text")


def amid(since: str, until: str, event: Event) -> str:
    """A cursor right after one event, of what became visible between two snapshots: a page may be cut off anywhere."""
    return f"{since}~{until}~{event.id}"


def spans(cursor: str, until: str) -> list[tuple[str, str, int | None]]:
    """From where to where, and after which event, there is something to catch up for a page that has this cursor."""
    since, *rest = cursor.split("~")
    if len(rest) == 2 and rest[1].isascii() and rest[1].isdigit() and len(rest[1]) < 19:
        return [(since, rest[0], int(rest[1])), (rest[0], until, None)]
    return [(cursor, until, None)]


def is_ahead(cursor: str, until: str) -> bool:
    """Whether a cursor knows of transactions that are yet to come: it is of another server, or of before a restore."""
    try:
        return int(cursor.split(":")[1]) > int(until.split(":")[1])
    except (IndexError, ValueError):
        return True


COLUMNS = "e.org_id, e.id, e.name, e.actor_id, e.noun_id, e.parent_id, e.before, e.after"

# What became visible between two snapshots. Neither ids nor times follow the order of commits.
SINCE = f"""
select s::text, {COLUMNS}, extract(epoch from clock_timestamp() - e.created_at)::float8
from pg_current_snapshot() s
left join event e on e.xid >= pg_snapshot_xmin(%(cursor)s::pg_snapshot)
                 and not pg_visible_in_snapshot(e.xid, %(cursor)s::pg_snapshot)
order by e.xid, e.id
"""

BETWEEN = f"""
select {COLUMNS} from event e
where e.org_id = %(org)s and e.xid >= pg_snapshot_xmin(%(cursor)s::pg_snapshot)
  and not pg_visible_in_snapshot(e.xid, %(cursor)s::pg_snapshot)
  and pg_visible_in_snapshot(e.xid, %(until)s::pg_snapshot)
  and (%(after)s::bigint is null or (e.xid, e.id) >
       (select x.xid, x.id from event x where x.org_id = %(org)s and x.id = %(after)s))
order by e.xid, e.id
limit %(most)s
"""
