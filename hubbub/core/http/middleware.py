"""Around every request: the act begins with it and ends when its answer starts."""

from typing import cast
from urllib.parse import urlsplit

from litestar.datastructures import Headers
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from hubbub.core import languages
from hubbub.core.config import Settings
from hubbub.core.db import Database
from hubbub.core.errors import Forbidden
from hubbub.core.http.acts import WRITES, Act, Part
from hubbub.core.http.credentials import is_api
from hubbub.core.http.errors import answer_error
from hubbub.core.http.idempotency import keep_answer


def _new_act(scope: Scope, database: Database) -> Act:
    """The act of a request: its own, or a part of another's if it came inside one (core/several.py)."""
    outer = cast(Act | None, scope.get("part_of"))
    return Part(outer) if outer else Act(database, read=scope["method"] not in WRITES)  # type: ignore[typeddict-item]


def wished(scope: Scope) -> str:
    """The language that a browser wishes, until it is known who asks."""
    return languages.accepted(Headers.from_scope(scope).get("accept-language", ""))


def one_act(app: ASGIApp) -> ASGIApp:
    """Middleware: ends the request's act when its answer starts. A failing commit becomes an error answer."""

    async def middleware(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        database: Database = scope["litestar_app"].state.database
        act = _new_act(scope, database)
        scope["state"]["act"] = act
        dropped = False
        held: Message | None = None

        async def finish(start: Message, body: bytes | None) -> bool:
            """End the act; answer instead with the error if that fails. Tells whether the answer still stands."""
            nonlocal dropped
            status = start["status"]  # type: ignore[typeddict-item]
            try:
                if status < 400 and act.keep is not None and act.tx is not None and body is not None:
                    await keep_answer(act.tx, act.keep, start, None if act.secret else body)
                await act.end(commit=status < 400)
            except Exception as failure:
                dropped = True
                request = scope["litestar_app"].request_class(scope, receive, send)
                response = answer_error(request, failure)
                await response.to_asgi_response(None, request)(scope, receive, send)  # type: ignore[arg-type]
                return False
            return True

        async def sending(message: Message) -> None:
            nonlocal held
            if dropped:
                return
            if message["type"] == "http.response.start" and not act.done:
                if act.keep is not None:
                    held = message  # the answer is stored in the act: wait for its body
                    return
                if not await finish(message, None):
                    return
            elif message["type"] == "http.response.body" and held is not None:
                start, held = held, None
                if not await finish(start, message.get("body", b"")):
                    return
                await send(start)
            await send(message)

        try:
            with languages.listening(languages.ENGLISH if is_api(scope) else wished(scope)):
                await app(scope, receive, sending)
        finally:
            if not act.done:
                await act.end(commit=False)

    return middleware


def is_ours(origin: str, headers: Headers, settings: Settings) -> bool:
    """Whether a page from there, as a browser says, is one of ours: of the address that was asked for, or of the public one."""
    place = origin.partition("://")[2]
    return place != "" and place in (headers.get("host"), urlsplit(settings.url).netloc)


def own_forms(app: ASGIApp) -> ASGIApp:
    """Middleware: refuses what a browser says to have sent from a page of another site, whatever token it brings. Sites on the
    same machine or below the same domain can put a cookie of theirs, with its token, into our place."""

    async def middleware(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] in WRITES and not is_api(scope):
            headers = Headers.from_scope(scope)
            settings: Settings = scope["litestar_app"].state.settings
            if "origin" in headers and not is_ours(headers["origin"], headers, settings):
                raise Forbidden("This was sent from another site. Open the page here, and send it once more.")
        await app(scope, receive, send)

    return middleware
