"""The sockets: one a browser tab. A relay reads committed events and tells each listener what he may know of.

A message carries no content, only what happened to which id; the page fetches the fragment with its own eyes.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

import msgspec
import psycopg
import structlog

from hubbub.core import events, ids, metrics
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
MOST_TOPICS = 300
ASKED_AT_ONCE = 4  # connections that asking open pages again may hold
POLL_SECONDS = 2.0


class Kept(msgspec.Struct, frozen=True):
    """What somebody still sees of what his page shows, and a mark that changes with the fields that he may read."""

    topics: set[str]
    reach: str


class Sight(msgspec.Struct, frozen=True):
    """How open pages are asked again whether they may still show what they show."""

    # Raised by every change of roles, people, permissions, groups or rules: then every page is asked.
    version: Callable[[Tx], Awaitable[int]]
    # Which nouns an event may have put out of somebody's sight: then pages that show one of them are asked.
    withdrawn: Callable[[Event], set[int]]
    # Of those topics, the ones that show one of the nouns or something that they let be seen.
    near: Callable[[Tx, set[str], set[int]], Awaitable[set[str]]]
    kept: Callable[[Tx, int, set[str]], Awaitable[Kept]]


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
    reach: str | None = None


class Listener:
    """One open page: who looks at it, what it shows, and what he has not been told yet."""

    def __init__(
        self,
        org_id: int,
        user_id: int,
        session_id: int | None,
        still: Callable[[], Awaitable[bool]] | None = None,
    ) -> None:
        self.still = still  # whether he who opened it is still signed in
        self.org_id = org_id
        self.user_id = user_id
        self.session_id = session_id
        self.topics: frozenset[str] = frozenset()
        self.cursor: str | None = None
        self.reach: str | None = None  # as the page was told; none for who does not ask about fields
        self.closed = False
        self.held: list[Message] | None = None  # while it catches up: what happens meanwhile
        self.ask_again = False
        self.queue: asyncio.Queue[Message] = asyncio.Queue(QUEUE)

    def tell(self, message: Message) -> None:
        """Queue it; while the page catches up, behind what it has missed."""
        if self.held is None:
            self.put(message)
        elif len(self.held) <= QUEUE:
            self.held.append(message)

    def put(self, message: Message) -> None:
        """Queue it now; who cannot keep up is told once that he is behind, and loads the page again."""
        if self.closed:
            return
        if self.queue.full():
            while not self.queue.empty():
                self.queue.get_nowait()
            message = Message("behind", cursor=message.cursor)
        self.queue.put_nowait(message)

    def take(self, topics: set[str]) -> None:
        """Tell it which of its topics it must not show any longer."""
        gone = self.topics & topics
        if gone:
            self.topics -= gone
            self.put(Message("gone", topics=sorted(gone)))

    def close(self) -> None:
        self.closed = True
        while not self.queue.empty():
            self.queue.get_nowait()
        self.queue.put_nowait(Message("closed"))


class Relay:
    """Reads what was committed since it last looked, and tells this process's listeners."""

    def __init__(
        self,
        database: Database,
        url: str,
        audiences: Mapping[str, Audience],
        closings: Mapping[str, Closing],
        sight: Sight,
    ) -> None:
        self.database = database
        self.url = url
        self.audiences = audiences
        self.closings = closings
        self.sight = sight
        self.versions: dict[int, int] = {}  # by org: the version under which its pages were last asked
        self.asking = asyncio.Semaphore(ASKED_AT_ONCE)
        self.entering = asyncio.Semaphore(ASKED_AT_ONCE)
        self.asked: set[asyncio.Task[None]] = set()
        self.cursor: str | None = None
        self.listeners: dict[int, set[Listener]] = {}
        self.arriving: list[Listener] = []

    def attach(self, listener: Listener) -> None:
        """Start telling: first what was missed since its cursor, then what comes."""
        listener.held = []
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
            read = time.monotonic()
            happened = [Event(*row[1:-1]) for row in rows if row[2] is not None]
            since, until = self.cursor, rows[0][0]
            self.cursor = until
            by_org: dict[int, list[Event]] = {}
            for event in happened:
                by_org.setdefault(event.org_id, []).append(event)
            for org_id, some in by_org.items():
                listeners = self.listeners.get(org_id, set())
                await self._dispatch(org_id, some, listeners, since, until)
                await self._ask_again(org_id, some, listeners)
            telling = time.monotonic() - read
            for age in [row[-1] for row in rows if row[-1] is not None]:
                metrics.relay_lag_seconds.observe(max(0.0, age + telling))
        metrics.alive.labels("relay").set_to_current_time()
        assert self.cursor is not None
        for listener in arriving:
            if not listener.closed:
                listener.held = []
                self.listeners.setdefault(listener.org_id, set()).add(listener)
                self._begin(self._arrive(listener, self.cursor))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self.asked.add(task)
        task.add_done_callback(self._answered)

    async def _arrive(self, listener: Listener, until: str) -> None:
        """Catch a page up with what happened between it and now; what happens meanwhile is kept for it."""
        async with self.entering:
            # Asked only here, where the end of his session would be told: it may have ended between the two.
            if listener.still and not await listener.still():
                self.listeners.get(listener.org_id, set()).discard(listener)
                listener.close()
                return
            # Who asks for what he does not see is told so once, whether it exists or not, and of nothing that happens to it.
            await self._ask(listener.org_id, {listener}, None)
            caught = await self._catch_up(listener, until)
            while listener.ask_again:
                listener.ask_again = False
                await self._ask(listener.org_id, {listener}, None)
        listener.put(Message("ready" if caught else "behind", cursor=until))
        held, listener.held = listener.held or [], None
        for message in held:
            listener.tell(message)

    async def _catch_up(self, listener: Listener, until: str) -> bool:
        """Tell what was missed; False where that cannot be known or is too much."""
        spans = events.spans(listener.cursor or "", until)
        if any(events.is_ahead(begin, end) or events.is_ahead(end, until) for begin, end, _ in spans):
            return False
        try:
            async with self.database.act(listener.org_id, read=True) as tx:
                missed = [
                    await tx.rows(
                        events.BETWEEN,
                        {"cursor": begin, "until": end, "after": after, "most": CATCH_UP + 1},
                        into=Event,
                    )
                    for begin, end, after in spans
                ]
        except psycopg.DataError:
            return False  # a cursor of another database, or no cursor at all
        if sum(map(len, missed)) > CATCH_UP:
            return False
        for (begin, end, _), some in zip(spans, missed, strict=True):
            await self._dispatch(listener.org_id, some, {listener}, begin, end, Listener.put)
        return True

    async def _dispatch(
        self,
        org_id: int,
        happened: list[Event],
        listeners: set[Listener],
        since: str,
        until: str,
        tell: Callable[[Listener, Message], None] = Listener.tell,
    ) -> None:
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
                cursor = until if event is happened[-1] else events.amid(since, until, event)
                told = await audience(tx, event, {listener.user_id for listener in listeners})
                parent = ids.show(event.parent_id) if event.parent_id is not None else None
                knowing = set[int]().union(*(told[t] for t in told if parent and t.endswith(f"/{parent}")))
                for listener in listeners:
                    topics = [t for t in listener.topics if listener.user_id in told.get(t, ())]
                    if topics:
                        above = parent if listener.user_id in knowing else None
                        told_of = Message(event.name, ids.show(event.noun_id), above, sorted(topics), cursor)
                        tell(listener, told_of)

    async def _ask_again(self, org_id: int, happened: list[Event], listeners: set[Listener]) -> None:
        """After what may have taken something out of somebody's sight, ask the pages that show it; nobody waits for that."""
        if not listeners:
            return
        nouns: set[int] = set().union(*map(self.sight.withdrawn, happened))
        open_topics: set[str] = set().union(*(listener.topics for listener in listeners))
        async with self.database.act(org_id, read=True) as tx:
            version = await self.sight.version(tx)
            near = await self.sight.near(tx, open_topics, nouns) if nouns and open_topics else set()
        known = self.versions.get(org_id)
        self.versions[org_id] = version
        # The first time nobody knows what it was before.
        everything = version != known
        # Looked at only now: who has arrived in the meantime will not ask again by himself.
        entering = {listener for listener in listeners if listener.held is not None}
        if everything or nouns:
            for listener in entering:
                listener.ask_again = True
        if everything or near:
            self._begin(self._ask(org_id, listeners - entering, None if everything else near))

    def _answered(self, task: asyncio.Task[None]) -> None:
        self.asked.discard(task)
        if not task.cancelled() and (failure := task.exception()):
            # A page that could not be asked may show what it must not: all load again, with their own eyes.
            log.warning("asking open pages again failed", error=str(failure))
            for listener in [each for some in self.listeners.values() for each in some]:
                listener.tell(Message("behind"))

    async def _ask(self, org_id: int, listeners: set[Listener], near: set[str] | None) -> None:
        """Tell each page which of its topics (of those `near`, or of all) its reader no longer sees."""
        by_user: dict[int, list[Listener]] = {}
        for listener in listeners:
            if near is None or listener.topics & near:
                by_user.setdefault(listener.user_id, []).append(listener)

        async def ask(user_id: int, pages: list[Listener]) -> None:
            topics: set[str] = set().union(*(page.topics for page in pages))
            if near is not None:
                topics &= near
            async with self.asking, self.database.act(org_id, read=True) as tx:
                kept = await self.sight.kept(tx, user_id, topics)
            for page in pages:
                page.take(topics - kept.topics)
                if page.reach is not None and page.reach != kept.reach:
                    page.reach = kept.reach
                    page.put(Message("reach", reach=kept.reach))

        await asyncio.gather(*(ask(user_id, pages) for user_id, pages in by_user.items()))


def _is(ended: Ended, listener: Listener) -> bool:
    if ended.session_id is not None:
        return listener.session_id == ended.session_id
    return ended.user_id is not None and listener.user_id == ended.user_id
