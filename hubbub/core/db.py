"""The database: a transaction is an act, and this is the only file that commits."""

import asyncio
import base64
import functools
import hashlib
import hmac
import json
import re
import struct
import sys
import time
from collections import deque
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, LiteralString, NamedTuple, TypeVar, cast

import msgspec
import psycopg
from psycopg import AsyncConnection
from psycopg.adapt import Buffer, Dumper
from psycopg.pq import Format
from psycopg.types.json import set_json_dumps, set_json_loads
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from hubbub.core import ids, metrics
from hubbub.core.errors import Unavailable

set_json_dumps(lambda value: json.dumps(value, ensure_ascii=False, separators=(",", ":")))
set_json_loads(msgspec.json.decode)

Params = Mapping[str, Any]
Row = TypeVar("Row")
RELAYS = ("hubbub_events", "")
WORKERS = ("procrastinate_any_queue_v1", '{"type": "job_inserted", "job_id": 0}')
# No statement of a page or a job may hold a connection for longer.
LIMITS = "-c statement_timeout=30s -c idle_in_transaction_session_timeout=60s"
# How often a connection is asked the same before it keeps the statement, and how many it keeps.
PREPARE_AFTER, PREPARED_MOST = 5, 100
LOST = (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout)


class Ids(bytes):
    """A set of ids as PostgreSQL's binary bigint[]: encoded once, bound often. Thousands as text cost it milliseconds."""

    @classmethod
    def of(cls, ids: Iterable[int]) -> "Ids":
        numbers = sorted(ids)
        head = struct.pack("!iiI", 1 if numbers else 0, 0, _BIGINT)
        if not numbers:
            return cls(head)
        return cls(
            head + struct.pack("!ii", len(numbers), 1) + b"".join(struct.pack("!iq", 8, id) for id in numbers)
        )


_BIGINT, _BIGINTS = 20, 1016  # their oids, in every PostgreSQL


class _IdsDumper(Dumper):
    format = Format.BINARY
    oid = _BIGINTS

    def dump(self, obj: Ids) -> Buffer:
        return obj


psycopg.adapters.register_dumper(Ids, _IdsDumper)


class Statement(NamedTuple):
    """A statement that was executed, for the trace of bin/dev and the budgets of the tests."""

    sql: str
    seconds: float
    asker: str | None  # the function that asked, where that is traced


@functools.lru_cache(maxsize=1000)
def _numbered(sql: str) -> tuple[bytes, tuple[str, ...]]:
    """A statement as PostgreSQL takes it, $1 where %(name)s was first, and the names in that order. Kept here, because
    psycopg reads a statement of more than 4 KB anew each time, and those of sight are longer."""
    numbers: dict[str, int] = {}
    text = _PARAMETER.sub(
        lambda found: f"${numbers.setdefault(found[1], len(numbers) + 1)}" if found[1] else "%", sql
    )
    return text.encode(), tuple(numbers)


_PARAMETER = re.compile(r"%%|%\((\w+)\)s")


def _asker() -> str | None:
    """The nearest function outside this file: "feed.actions.items.post"."""
    frame = sys._getframe(2)
    while frame is not None:
        name = frame.f_globals.get("__name__", "")
        if name.startswith("hubbub.") and name != __name__:
            return f"{name.removeprefix('hubbub.')}.{frame.f_code.co_name}"
        frame = frame.f_back
    return None


class Tx:
    """One transaction in one org. Every statement names its org as %(org)s, which is filled in here."""

    def __init__(self, database: "Database", connection: AsyncConnection[Any], org_id: int | None) -> None:
        self.database = database
        self.connection = connection
        self.org = org_id
        self.recorded = 0  # events that were written: the relay is woken once they are committed
        self.deferred = False  # a job was written: the worker is woken likewise
        self.log: list[Statement] = []

    @property
    def org_id(self) -> int:
        if self.org is None:
            raise LookupError("this transaction has entered no org")
        return self.org

    async def enter(self, org_id: int) -> None:
        """Go on inside that org: row-level security shows its rows and no others."""
        await self.connection.execute("select set_config('hubbub.org', %s, true)", [str(org_id)])
        self.org = org_id

    async def rows(self, sql: str, params: Params | None = None, *, into: type[Row]) -> list[Row]:
        """All rows, each as a struct whose fields are the statement's columns in their order."""
        cursor = await self._execute(sql, params)
        return [into(*values) for values in await cursor.fetchall()]

    async def row(self, sql: str, params: Params | None = None, *, into: type[Row]) -> Row | None:
        """The first row as a struct, or None."""
        cursor = await self._execute(sql, params)
        values = await cursor.fetchone()
        return into(*values) if values is not None else None

    async def tuples(self, sql: str, params: Params | None = None) -> list[tuple[Any, ...]]:
        """All rows, as plain tuples."""
        return await (await self._execute(sql, params)).fetchall()

    async def value(self, sql: str, params: Params | None = None) -> Any:
        """The first column of the first row, or None."""
        values = await (await self._execute(sql, params)).fetchone()
        return values[0] if values else None

    async def values(self, sql: str, params: Params | None = None) -> list[Any]:
        """The first column of every row."""
        return [row[0] for row in await (await self._execute(sql, params)).fetchall()]

    async def run(self, sql: str, params: Params | None = None) -> int:
        """Execute, and tell how many rows were touched."""
        return (await self._execute(sql, params)).rowcount

    async def run_many(self, sql: str, params: Sequence[Params]) -> None:
        """Execute once for each of the parameter sets, in one round trip."""
        text, names = _numbered(sql)
        given = [{"org": self.org, **each} for each in params]
        async with psycopg.AsyncRawCursor(self.connection) as cursor:
            await cursor.executemany(text, [[each[name] for name in names] for each in given])
        self.log.append(Statement(sql, 0.0, _asker() if self.database.traced else None))

    async def new_id(self, type: ids.Type | int) -> int:
        """A new id of that type."""
        return (await self.new_ids(type, 1))[0]

    async def new_ids(self, type: ids.Type | int, count: int) -> list[int]:
        """That many new ids of that type."""
        numbers = await self.database.numbers.take(count)
        return [ids.make(int(type), number) for number in numbers]

    def keyed_hash(self, text: str) -> bytes:
        """A hash of the text that only this installation can make: who has the database alone cannot try texts against it."""
        if not self.database.secret:
            raise LookupError("this database was opened without the installation's secret")
        return hmac.new(self.database.secret, f"{self.org_id}:{text}".encode(), hashlib.sha256).digest()

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """Part of an act that may fail alone: what it wrote is undone, the act goes on."""
        await self.begin_part()
        try:
            yield
        except BaseException:
            await self.end_part(keep=False)
            raise
        await self.end_part(keep=True)

    async def begin_part(self) -> None:
        """Begin what may be undone alone; parts may have parts."""
        await self.connection.execute("savepoint part")

    async def end_part(self, *, keep: bool) -> None:
        """End the part that was begun last, and undo it unless it is kept."""
        undo = "" if keep else "rollback to savepoint part; "
        await self.connection.execute(cast(LiteralString, f"{undo}release savepoint part"), prepare=False)

    async def commit(self) -> None:
        """Make it last. Called where an act ends, nowhere else."""
        cursor = await self.connection.execute("commit")
        if (
            cursor.statusmessage != "COMMIT"
        ):  # what PostgreSQL answers to the commit of a failed one is ROLLBACK
            raise psycopg.errors.InFailedSqlTransaction("the transaction had failed and was rolled back")

    async def rollback(self) -> None:
        if not self.connection.closed:
            await self.connection.execute("rollback")

    async def _execute(self, sql: str, params: Params | None) -> psycopg.AsyncRawCursor[Any]:
        text, names = _numbered(sql)
        given = {"org": self.org, **(params or {})}
        started = time.perf_counter()
        try:
            return await psycopg.AsyncRawCursor(self.connection).execute(
                text, [given[name] for name in names]
            )
        finally:
            seconds = time.perf_counter() - started
            self.log.append(Statement(sql, seconds, _asker() if self.database.traced else None))


async def _configure(connection: AsyncConnection[Any]) -> None:
    connection.prepare_threshold, connection.prepared_max = PREPARE_AFTER, PREPARED_MOST


class Numbers:
    """Hands out numbers for ids from blocks, each block taken in a short transaction of its own."""

    BLOCK = 1000

    def __init__(self, pool: AsyncConnectionPool[AsyncConnection[Any]]) -> None:
        self.pool = pool
        self.free: deque[int] = deque()
        self.refilling = asyncio.Lock()

    async def take(self, count: int) -> list[int]:
        while len(self.free) < count:
            async with self.refilling:
                if len(self.free) < count:
                    first, size = await self._block(max(self.BLOCK, count))
                    self.free.extend(range(first, first + size))
        return [self.free.popleft() for _ in range(count)]

    async def _block(self, size: int) -> tuple[int, int]:
        async with self.pool.connection() as connection:
            cursor = await connection.execute(
                "update id_block set next = next + %s where name = 'id' returning next - %s", [size, size]
            )
            (first,) = await cursor.fetchone() or (0,)
            return first, size


async def skip_ids(tx: Tx, count: int) -> None:
    """Leave numbers out, so that no new id is one that was handed out in a past that this database does not know."""
    await tx.run("update id_block set next = next + %(count)s where name = 'id'", {"count": count})


class Database:
    """The pool of connections of one process, under the role that row-level security binds."""

    def __init__(
        self,
        url: str,
        *,
        size: int = 12,
        timeout: float = 10.0,
        traced: bool = False,
        secret: str | None = None,
        files: Path | None = None,
    ) -> None:
        self.url = url
        self.files = files  # where core.blobs keeps bytes
        self.traced = traced
        self.secret = bytes.fromhex(secret) if secret else b""
        self.pool: AsyncConnectionPool[AsyncConnection[Any]] = AsyncConnectionPool(
            url,
            min_size=1,
            max_size=size,
            timeout=timeout,
            open=False,
            kwargs={"autocommit": True, "options": LIMITS},
            configure=_configure,
            name="hubbub",
        )
        # Blocks of ids are taken while an act holds a connection: a pool of their own, or a full pool would deadlock.
        self.id_pool: AsyncConnectionPool[AsyncConnection[Any]] = AsyncConnectionPool(
            url, min_size=0, max_size=2, timeout=timeout, open=False, kwargs={"autocommit": True}, name="ids"
        )
        self.numbers = Numbers(self.id_pool)
        self.woken = asyncio.Event()
        self._telling: asyncio.Task[None] | None = None
        self._untold: set[tuple[str, str]] = set()

    async def open(self) -> None:
        await self.pool.open()
        await self.id_pool.open()
        metrics.pool_size.inc(self.pool.max_size)

    async def close(self) -> None:
        if self._telling:
            await asyncio.wait([self._telling], timeout=2)
        await self.pool.close()
        await self.id_pool.close()
        metrics.pool_size.dec(self.pool.max_size)

    def derived(self, name: str) -> str:
        """A secret as text that this installation makes of a name again and again, and nobody else can."""
        if not self.secret:
            raise LookupError("this database was opened without the installation's secret")
        return base64.urlsafe_b64encode(
            hmac.new(self.secret, name.encode(), hashlib.sha256).digest()
        ).decode()[:43]

    async def new_org_number(self) -> int:
        """A number that no org has had, taken in a transaction of its own."""
        async with self.act(None) as tx:
            return await tx.value("update id_block set next = next + 1 where name = 'org' returning next - 1")

    @asynccontextmanager
    async def act(self, org_id: int | None, *, read: bool = False) -> AsyncIterator[Tx]:
        """One transaction: commits on leaving, rolls back if anything is raised."""
        tx = await self.begin(org_id, read=read)
        try:
            yield tx
        except BaseException:
            await self.end(tx, commit=False)
            raise
        await self.end(tx, commit=True)

    async def begin(self, org_id: int | None, *, read: bool = False) -> Tx:
        """Open a transaction. Reads see one moment; writes see what others commit meanwhile."""
        connection = await self._connection()
        isolation = "repeatable read" if read else "read committed"
        setting = str(int(org_id)) if org_id is not None else ""
        begin = f"begin isolation level {isolation}; set local hubbub.org = '{setting}'"
        try:
            await connection.execute(cast(LiteralString, begin), prepare=False)
        except LOST:
            # The connection went stale (the database was restarted): drop it and try once on a fresh one.
            await connection.close()
            await self.pool.putconn(connection)
            connection = await self._connection()
            try:
                await connection.execute(cast(LiteralString, begin), prepare=False)
            except LOST as lost:
                raise Unavailable() from lost
        metrics.pool_in_use.inc()
        return Tx(self, connection, org_id)

    async def _connection(self) -> AsyncConnection[Any]:
        """One of the pool; metrics tell how many wait for one."""
        with metrics.pool_waiting.track_inprogress():
            try:
                return await self.pool.getconn()
            except LOST as lost:
                raise Unavailable() from lost

    async def end(self, tx: Tx, *, commit: bool) -> None:
        """Commit or roll back, give the connection back, and wake who waits for what was written."""
        try:
            if commit:
                await tx.commit()
            else:
                await tx.rollback()
        except psycopg.Error as failure:
            if isinstance(failure, LOST) or not commit:  # the server ended the connection, perhaps for idling
                await tx.connection.close()
            if isinstance(failure, LOST) and commit:
                raise Unavailable() from failure
            if commit:
                raise
        finally:
            await self.pool.putconn(tx.connection)
            metrics.pool_in_use.dec()
        if commit and tx.recorded:
            metrics.events_recorded.inc(tx.recorded)
            self.woken.set()
        if commit:
            self._untold |= ({RELAYS} if tx.recorded else set()) | ({WORKERS} if tx.deferred else set())
            if self._untold and (self._telling is None or self._telling.done()):
                self._telling = asyncio.create_task(self._tell())

    async def _tell(self) -> None:
        """Wake relays and workers of other processes. Outside the act: a NOTIFY inside serializes all commits."""
        while self._untold:
            channels, self._untold = self._untold, set()
            try:
                async with self.id_pool.connection() as connection:
                    for channel, payload in channels:
                        await connection.execute("select pg_notify(%s, %s)", [channel, payload])
            except LOST:
                return  # they poll as well
