"""The map of the city: the addresses of all rooms, who is told live of which event, who does which job."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any

import msgspec
from litestar import Litestar, Response, Router, WebSocket, get, websocket
from litestar.config.compression import CompressionConfig
from litestar.config.csrf import CSRFConfig
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import WebSocketDisconnect
from litestar.middleware import DefineMiddleware
from litestar.middleware.compression import CompressionMiddleware

from hubbub import desk, feed, inbox, objects, people, records, shell
from hubbub.api import (
    collections,
    custom_fields,
    describe,
    identity,
    listviews,
    oauth,
    openapi,
    openid,
    passwords,
    query,
    resources,
    scopes,
    search,
    sessions,
    several,
    sizes,
    soap,
    sobjects,
    tracking,
    versions,
)
from hubbub.api import pages as api_pages
from hubbub.core import edge, html, installed, jobs, languages, live, mail, metrics
from hubbub.core.addresses import whole_values
from hubbub.core.config import Settings
from hubbub.core.db import LOST, Database, Tx
from hubbub.core.errors import NotFound, Unauthenticated, Unavailable
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.http import (
    WRITES,
    act_of,
    answer_error,
    begin_idempotent,
    credential,
    is_api,
    is_ours,
    one_act,
    own_forms,
    received,
)
from hubbub.core.migrate import RELAY, pending
from hubbub.core.rest import known_version
from hubbub.desk import api as desk_api
from hubbub.desk import pages as desk_pages
from hubbub.feed import api as feed_api
from hubbub.feed import pages as feed_pages
from hubbub.inbox import api as inbox_api
from hubbub.inbox import pages as inbox_pages
from hubbub.people import api as people_api
from hubbub.people import pages as people_pages
from hubbub.setup import pages as setup_pages

EXPIRY_SECONDS = 60  # how long an open page may outlive its session
GZIP = CompressionConfig(
    backend="gzip", minimum_size=1400, gzip_compress_level=6, exclude_opt_key="packed_already"
)
FOR_EVER = "public, max-age=31536000, immutable"
MEDIA = {
    "css": "text/css",
    "js": "text/javascript",
    "json": "application/json",
    "svg": "image/svg+xml",
}

# Who may know of an event, topic by topic.
AUDIENCES: dict[str, live.Audience] = {
    **dict.fromkeys(
        (
            "feed.answer.unverified",
            "feed.answer.verified",
            "feed.best_answer.set",
            "feed.best_answer.removed",
            "feed.comment.created",
            "feed.comment.deleted",
            "feed.comment.edited",
            "feed.comment.hidden",
            "feed.comment.restored",
            "feed.comment.shown",
            "feed.item.closed",
            "feed.item.created",
            "feed.item.deleted",
            "feed.item.edited",
            "feed.item.hidden",
            "feed.item.moved",
            "feed.item.reopened",
            "feed.item.restored",
            "feed.item.shown",
            "feed.like.changed",
            "feed.like.created",
            "feed.like.deleted",
            "feed.pin.created",
            "feed.pin.deleted",
            "feed.poll.voted",
            "feed.preview.added",
            "feed.preview.removed",
            "feed.vote.changed",
        ),
        feed.audience,
    ),
    "feed.announcement.acknowledged": feed.announcement_audience,
    "feed.announcement.changed": feed.announcement_audience,
    "feed.announcement.created": feed.announcement_audience,
    "feed.announcement.deleted": feed.announcement_audience,
    "feed.record.created": feed.made_audience,
    "feed.mark.changed": feed.mark_audience,
    "feed.topic.added": feed.topic_audience,
    "feed.topic.changed": feed.topic_audience,
    "feed.topic.removed": feed.topic_audience,
    "notify.notice.created": inbox.audience,
    "notify.notice.changed": inbox.audience,
    "notify.notice.deleted": inbox.audience,
    "records.record.created": records.audience,
    "records.record.updated": records.audience,
    "records.record.deleted": records.audience,
    "records.record.restored": records.audience,
}

# What ends somebody's right to listen.
CLOSINGS: dict[str, live.Closing] = {
    "people.session.ended": lambda event: live.Ended(session_id=event.noun_id),
    "people.user.deactivated": lambda event: live.Ended(user_id=event.noun_id),
}

# How open pages are asked again whether they may still show what they show.
SIGHT = live.Sight(
    version=feed.access_version, withdrawn=feed.withdrawn, near=feed.topics_near, kept=feed.topics_kept
)

# What the worker does, by the name under which acts leave it.
JOBS: dict[str, jobs.Work] = {
    "desk.forget": desk.forget_records,
    "notify.tell": feed.tell_rest,
    **feed.JOBS,
    **people.JOBS,
    **records.JOBS,
}


def errands(settings: Settings) -> dict[str, jobs.Errand]:
    """What the worker does outside of any transaction, because it talks to the network: given the database, opens its acts."""
    return {mail.JOB: partial(mail.send, settings), **feed.ERRANDS}


# Every page, room by room.
PAGES: list[Any] = [
    *people_pages.ROUTES,
    *feed_pages.ROUTES,
    *desk_pages.ROUTES,
    *inbox_pages.ROUTES,
    *setup_pages.ROUTES,
    *api_pages.ROUTES,
]

# Records, their metadata and SOQL: under /services/data/vXX.0.
DATA: list[Any] = [
    *describe.ROUTES,
    *listviews.ROUTES,
    *sobjects.ROUTES,
    *resources.ROUTES,
    *collections.ROUTES,
    *custom_fields.ROUTES,
    *several.ROUTES,
    *query.ROUTES,
    *search.ROUTES,
    *tracking.ROUTES,
    *passwords.ROUTES,
    *openapi.ROUTES,
    *desk_api.ACTIONS,
]

# Chatter's resources: under /services/data/vXX.0/chatter, and again under its community.
CHATTER: list[Any] = [*people_api.CHATTER, *feed_api.ROUTES, *desk_api.ROUTES]

# Resources beside Chatter's: under /services/data/vXX.0/connect.
CONNECT: list[Any] = [*people_api.CONNECT, *inbox_api.ROUTES, *feed_api.CONNECT]

# What Salesforce has no resource for: under /services/data/vXX.0/hubbub.
HUBBUB: list[Any] = [
    *feed_api.HUBBUB,
    *people_api.HUBBUB,
    *desk_api.HUBBUB,
    *sessions.HUBBUB,
    *listviews.HUBBUB,
]

# The API's addresses that belong to no version, and the roots of the versions.
API: list[Any] = [*oauth.ROUTES, *openid.ROUTES, *soap.ROUTES, *identity.ROUTES, *versions.ROUTES]


# --- what handlers may ask for -------------------------------------------------------------------------------------


async def provide_tx(request: Request) -> Tx:
    """The request's transaction, in the org that its credential names."""
    given = credential(request)
    if given is not None and request.method in WRITES:
        await received(request)  # now: who sends slowly would keep the connection from everybody else
    return await act_of(request.scope).open(given.org_id if given else None)


async def provide_actor(request: Request, tx: Transaction) -> people.Actor:
    """Who asks; refuses who is not signed in, and gives the kept answer to who repeats himself."""
    given = credential(request)
    if given is None:
        raise Unauthenticated()
    actor = await people.authenticate(
        tx,
        given,
        client=request.headers.get("user-agent", "")[:200] or None,
        address=request.client.host if request.client else None,
        request_id=request.scope.get("request_id"),
    )
    if not is_api(request.scope):  # clients compare texts; people read them
        languages.speak_to(actor.locale)
    scopes.require(request.scope["path"], actor)
    await begin_idempotent(request, tx, actor.user_id)
    return actor


# --- what belongs to no room ---------------------------------------------------------------------------------------


@get("/health")
async def health(state: State) -> Response[dict[str, str]]:
    """200 when Hubbub can be used: migrations applied and, where it belongs here, the demo company complete."""
    database: Database = state.database
    settings: Settings = state.settings
    try:
        async with database.act(None, read=True) as tx:
            if await pending(tx):
                return Response({"status": "migrating"}, status_code=503)
            org_id = await people.org_of_login(tx, people.DEMO_USERNAME) if settings.demo else None
        if settings.demo:
            if org_id is None:
                return Response({"status": "building the demo company"}, status_code=503)
            async with database.act(org_id, read=True) as tx:
                if not await people.demo_complete(tx):
                    return Response({"status": "building the demo company"}, status_code=503)
    except (Unavailable, *LOST):
        return Response({"status": "no database"}, status_code=503)
    return Response({"status": "ok"})


@get("/assets/{name:str}", include_in_schema=False, packed_already=True)
async def built_file(request: Request, name: InPath) -> Response[bytes]:
    """A part of the front end, packed as it was when it was built. Its name holds its hash: it may be kept for ever."""
    packed = "gzip" in request.headers.get("accept-encoding", "")
    content = html.built(name, packed=packed)
    if content is None:
        raise NotFound()
    # No page: it says so in few words, and not in those of a page's policy.
    headers = {
        "cache-control": FOR_EVER,
        "content-security-policy": "default-src 'none'; sandbox",
        "vary": "accept-encoding",
    }
    return Response(
        content,
        media_type=MEDIA[name.rpartition(".")[2]],
        headers=headers | ({"content-encoding": "gzip"} if packed else {}),
    )


@websocket("/live")
async def listen(socket: WebSocket[Any, Any, Any], state: State) -> None:
    """The socket of one open page: `{"cursor", "topics"}` in, messages out."""
    relay: live.Relay = state.relay
    given = credential(socket)
    actor: people.Actor | None = None
    if given is not None and is_ours(socket.headers.get("origin", ""), socket.headers, state.settings):
        with contextlib.suppress(Unauthenticated):
            async with state.database.act(given.org_id, read=True) as tx:
                actor = await people.authenticate(tx, given)
    # A refusal before this is an HTTP 403, which a browser cannot tell from a broken line.
    await socket.accept()
    if actor is None or given is None:
        await socket.send_json({"type": "closed"})
        await socket.close(code=4401)
        return

    async def still() -> bool:
        try:
            async with state.database.act(given.org_id, read=True) as tx:
                await people.authenticate(tx, given)
        except Unauthenticated:
            return False
        return True

    listener = live.Listener(actor.org_id, actor.user_id, actor.session_id, still)
    metrics.sockets_open.inc()
    tasks = [
        asyncio.create_task(_send(socket, listener)),
        asyncio.create_task(_close_when_expired(listener, still)),
    ]
    try:
        while True:
            _hello(listener, await socket.receive_data(mode="text"))
            # Also who is attached already: the page he went to has a cursor of its own.
            relay.attach(listener)
    except (WebSocketDisconnect, msgspec.MsgspecError):
        pass
    finally:
        for task in tasks:
            task.cancel()
        relay.detach(listener)
        metrics.sockets_open.dec()


class Hello(msgspec.Struct):
    """What a page says when it opens its socket, and again when it shows something else."""

    topics: list[str] = []
    cursor: str | None = None
    reach: str | None = None


def _hello(listener: live.Listener, text: str | bytes) -> None:
    hello = msgspec.json.decode(text, type=Hello)
    listener.topics = frozenset(topic[:100] for topic in hello.topics[: live.MOST_TOPICS])
    listener.cursor = (hello.cursor or "")[:4000]
    listener.reach = hello.reach[:40] if hello.reach else None


async def _send(socket: WebSocket[Any, Any, Any], listener: live.Listener) -> None:
    while True:
        message = await listener.queue.get()
        await socket.send_data(msgspec.json.encode(message).decode(), mode="text")
        if message.type == "closed":
            await socket.close(code=4401)
            return


async def _close_when_expired(listener: live.Listener, still: Callable[[], Awaitable[bool]]) -> None:
    """A session that is ended is told at once; one that runs out is noticed here."""
    while True:
        await asyncio.sleep(EXPIRY_SECONDS)
        with contextlib.suppress(Unavailable):
            if not await still():
                listener.close()
                return


# --- the app -------------------------------------------------------------------------------------------------------


def create_app(settings: Settings) -> Any:
    """The whole of Hubbub as one ASGI app."""
    database = Database(
        settings.app_url, traced=settings.dev, secret=settings.secrets.sealing, files=settings.files
    )
    relay = live.Relay(database, settings.role_url(RELAY), AUDIENCES, CLOSINGS, SIGHT)

    @contextlib.asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        await database.open()
        running = asyncio.create_task(relay.run())
        try:
            yield
        finally:
            running.cancel()
            await asyncio.wait([running], timeout=2)
            await database.close()

    app = Litestar(
        route_handlers=[
            health,
            built_file,
            listen,
            Router(path="/", route_handlers=installed.ROUTES),
            Router(path="/", route_handlers=PAGES),
            Router(path="/", route_handlers=API),
            Router(path="/services/data/{version:str}", route_handlers=DATA, guards=[known_version]),
            Router(path="/services/data/{version:str}/hubbub", route_handlers=HUBBUB, guards=[known_version]),
            Router(
                path="/services/data/{version:str}/chatter",
                route_handlers=CHATTER,
                guards=[known_version],
                middleware=[sizes.sized],
            ),
            Router(
                path="/services/data/{version:str}/connect",
                route_handlers=CONNECT,
                guards=[known_version],
                middleware=[sizes.sized],
            ),
            Router(
                path="/services/data/{version:str}/connect/communities/{community:str}/chatter",
                route_handlers=CHATTER,
                guards=[known_version],
                middleware=[sizes.sized],
                include_in_schema=False,
            ),
        ],
        dependencies={"tx": Provide(provide_tx), "actor": Provide(provide_actor)},
        exception_handlers={Exception: answer_error},
        # Outermost first: what an act keeps for a repeated request is the answer as it was before compression.
        middleware=[DefineMiddleware(CompressionMiddleware, config=GZIP), one_act, whole_values, own_forms],
        lifespan=[lifespan],
        csrf_config=CSRFConfig(
            secret=settings.secrets.signing,
            cookie_name=html.CSRF,
            cookie_secure=settings.is_https,
            cookie_httponly=True,
            exclude=["^/services/", "^/id/", "^/live", "^/health", "^/assets/"],
        ),
        openapi_config=None,
        logging_config=None,  # the command line sets up logs for every process alike
        state=State(
            {
                "settings": settings,
                "database": database,
                "relay": relay,
                "shell": shell.assemble,
                "error_page": shell.error_page,
                "count_follows": feed.follow_counts,
                "standard_objects": objects.standard_objects,
            }
        ),
        request_max_body_size=10_000_000,
        debug=False,
    )
    wrapped = edge.wrap(app, tls=settings.is_https)
    wrapped.app = app  # type: ignore[attr-defined]  # tests hold its lifespan
    return wrapped
