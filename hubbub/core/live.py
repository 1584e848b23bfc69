"""The sockets: one a browser tab. A relay reads committed events and tells each listener what he may know of.

A message carries no content, only what happened to which id; the page fetches the fragment with its own eyes.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec
import psycopg
import structlog

from hubbub.core import events, ids
from hubbub.core.db import LOST, Database, Tx
from hubbub.core.errors import Unavailable
from hubbub.core.events import Event

log = structlog.get_logger("hubbub.live")

# For each event: the topics it belongs to, and for each topic which of the asked users may know of it there.
Audience = Callable[[Tx, Event, set[int]], Awaitable[Mapping[str, set[int]]]]
# For each event that ends somebody's right to listen: which sockets, by session or user.
Closing = Callable[[Event], "Ended"]

QUEUE = 200
CATCH_UP = 500
MOST_TOPICS = 100
POLL_SECONDS = 2.0


class Ended(msgspec.Struct, frozen=True):
    """Whose sockets to close."""

    session_id: int | None = None
    user_id: int | None = None


class Message(msgspec.Struct, omit_defaults=True):
    """What a page is told."""

    type: str
    id: str | None = None
    parent: str | None = None
    topics: list[str] = []
    cursor: str | None = None


class Listener:
    """One open page: who looks at it, what it shows, and what he has not been told yet."""

    def __init__(self, org_id: int, user_id: int, session_id: int | None) -> None:
        self.org_id = org_id
        self.user_id = user_id
        self.session_id = session_id
        self.topics: frozenset[str] = frozenset()
        self.cursor: str | None = None
        self.closed = False
        self.queue: asyncio.Queue[Message] = asyncio.Queue(QUEUE)

    def tell(self, message: Message) -> None:
        """Queue it; who cannot keep up is told once that he is behind, and loads the page again."""
        if self.closed:
            return
        if self.queue.full():
            while not self.queue.empty():
                self.queue.get_nowait()
            message = Message("behind", cursor=message.cursor)
        self.queue.put_nowait(message)

    def close(self) -> None:
        self.closed = True
        while not self.queue.empty():
            self.queue.get_nowait()
        self.queue.put_nowait(Message("closed"))


class Relay:
    """Reads what was committed since it last looked, and tells this process's listeners."""

    def __init__(
        self, database: Database, url: str, audiences: Mapping[str, Audience], closings: Mapping[str, Closing]
    ) -> None:
        self.database = database
        self.url = url
        self.audiences = audiences
        self.closings = closings
        self.cursor: str | None = None
        self.listeners: dict[int, set[Listener]] = {}
        self.arriving: list[Listener] = []

    def attach(self, listener: Listener) -> None:
        """Start telling: first what was missed since its cursor, then what comes."""
        self.arriving.append(listener)
        self.database.woken.set()

    def detach(self, listener: Listener) -> None:
        listener.closed = True
        self.listeners.get(listener.org_id, set()).discard(listener)

    async def run(self) -> None:
        """Until cancelled. A lost database is waited for; whoever listened then is told to load the page again."""
        while True:
            try:
                await self._relay()
            except (Unavailable, *LOST) as lost:
                log.warning("relay lost the database", error=str(lost))
            except Exception:
                log.exception("relay failed")  # and goes on: without it no page would hear of anything again
            self.cursor = None
            for listener in [each for some in self.listeners.values() for each in some]:
                listener.tell(Message("behind"))
            await asyncio.sleep(0.5)

    async def _relay(self) -> None:
        async with (
            await psycopg.AsyncConnection.connect(self.url, autocommit=True) as connection,
            await psycopg.AsyncConnection.connect(self.url, autocommit=True) as listening,
        ):
            await listening.execute("listen hubbub_events")
            hearing = asyncio.create_task(self._hear(listening))
            try:
                while True:
                    self.database.woken.clear()
                    await self._step(connection)
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self.database.woken.wait(), POLL_SECONDS)
            finally:
                hearing.cancel()

    async def _hear(self, listening: psycopg.AsyncConnection[Any]) -> None:
        """Other processes tell by NOTIFY that they have written; when the connection is lost, polling goes on."""
        with contextlib.suppress(*LOST):
            async for _ in listening.notifies():
                self.database.woken.set()

    async def _step(self, connection: psycopg.AsyncConnection[Any]) -> None:
        arriving, self.arriving = self.arriving, []
        if self.cursor is None:
            row = await (await connection.execute("select pg_current_snapshot()::text")).fetchone()
            assert row is not None
            self.cursor = row[0]
        else:
            rows = await (await connection.execute(events.SINCE, {"cursor": self.cursor})).fetchall()
            happened = [Event(*row[1:]) for row in rows if row[2] is not None]
            self.cursor = rows[0][0]
            by_org: dict[int, list[Event]] = {}
            for event in happened:
                by_org.setdefault(event.org_id, []).append(event)
            for org_id, some in by_org.items():
                await self._dispatch(org_id, some, self.listeners.get(org_id, set()), self.cursor)
        for listener in arriving:
            await self._arrive(listener)

    async def _arrive(self, listener: Listener) -> None:
        assert self.cursor is not None
        try:
            async with self.database.act(listener.org_id, read=True) as tx:
                missed = await tx.rows(
                    events.BETWEEN,
                    {"cursor": listener.cursor, "until": self.cursor, "most": CATCH_UP + 1},
                    into=Event,
                )
        except psycopg.DataError:
            missed = None  # a cursor of another database, or no cursor at all
        if missed is None or len(missed) > CATCH_UP:
            listener.tell(Message("behind", cursor=self.cursor))
        else:
            await self._dispatch(listener.org_id, missed, {listener}, self.cursor)
            listener.tell(Message("ready", cursor=self.cursor))
        if not listener.closed:
            self.listeners.setdefault(listener.org_id, set()).add(listener)

    async def _dispatch(self, org_id: int, happened: list[Event], listeners: set[Listener], cursor: str | None) -> None:
        """Ask once for each event which of the listeners may know of it, and tell those who show its topic."""
        listeners = set(listeners)
        for event in happened:
            closing = self.closings.get(event.name)
            if closing is not None:
                ended = closing(event)
                for listener in [each for each in listeners if _is(ended, each)]:
                    listeners.discard(listener)
                    self.listeners.get(org_id, set()).discard(listener)
                    listener.close()
        if not listeners:
            return
        async with self.database.act(org_id, read=True) as tx:
            for event in happened:
                audience = self.audiences.get(event.name)
                if audience is None or event.noun_id is None:
                    continue
                told = await audience(tx, event, {listener.user_id for listener in listeners})
                for listener in listeners:
                    topics = [t for t in listener.topics if listener.user_id in told.get(t, ())]
                    if topics:
                        parent = ids.show(event.parent_id) if event.parent_id is not None else None
                        listener.tell(Message(event.name, ids.show(event.noun_id), parent, sorted(topics), cursor))


def _is(ended: Ended, listener: Listener) -> bool:
    if ended.session_id is not None:
        return listener.session_id == ended.session_id
    return ended.user_id is not None and listener.user_id == ended.user_id
