"""HTTP: one act per request, credentials, idempotency keys, limits, errors of the right status and shape."""

import gzip
import hashlib
import hmac
import secrets
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import quote

import msgspec
import psycopg
import structlog
from litestar import Request, Response
from litestar.connection import ASGIConnection
from litestar.datastructures import Headers, UploadFile
from litestar.enums import MediaType
from litestar.exceptions import (
    HTTPException,
    NotFoundException,
    PermissionDeniedException,
    ValidationException,
)
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from hubbub.core import ids, languages
from hubbub.core.db import LOST, Database, Tx
from hubbub.core.errors import Forbidden, Invalid, NotFound, Refused, Unauthenticated, Unavailable

log = structlog.get_logger("hubbub.http")

COOKIE = "hubbub_session"
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


# --- credentials ---------------------------------------------------------------------------------------------------


class Credential(msgspec.Struct, frozen=True):
    """What a request brought to say who is asking. The org stands in it, so that its rows can be looked up."""

    kind: str  # 'session' (a browser's cookie) or 'token' (a bearer)
    org_id: int
    secret: str

    @property
    def hash(self) -> bytes:
        return hash_secret(self.secret)


def new_secret() -> str:
    """256 random bits as text."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> bytes:
    """What is stored instead of a secret. Secrets are random and long: no salt, no slow hash."""
    return hashlib.sha256(secret.encode()).digest()


def is_api(scope: Scope | Any) -> bool:
    """Whether this address speaks Salesforce's protocol (bearer tokens, JSON errors) instead of a browser's."""
    return scope["path"].startswith(("/services/", "/id/"))


def credential(connection: ASGIConnection[Any, Any, Any, Any]) -> Credential | None:
    """The credential of a request: addresses of the API take bearer tokens only, pages take cookies only. Pictures are shown
    by both."""
    pictures = connection.scope["path"].startswith("/profilephoto/") and "authorization" in connection.headers
    if is_api(connection.scope) or pictures:
        scheme, _, value = connection.headers.get("authorization", "").partition(" ")
        if scheme.lower() not in ("bearer", "oauth"):
            # Only the identity address takes its token as a parameter: clients send it there and nowhere else.
            if not connection.scope["path"].startswith("/id/"):
                return None
            value = connection.query_params.get("oauth_token", "")
        org, mark, _ = value.strip().partition("!")
        try:
            return (
                Credential("token", ids.parse(org, ids.Type.ORG) & 0x7FFFFFFF, value.strip())
                if mark
                else None
            )
        except Invalid:
            return None
    value = connection.cookies.get(COOKIE, "")
    org, mark, _ = value.partition(".")
    if not mark or not org.isascii() or not org.isdigit() or len(org) > 10 or int(org) > 0x7FFFFFFF:
        return None
    return Credential("session", int(org), value)


# --- one act per request -------------------------------------------------------------------------------------------


class Act:
    """The transaction of a request, opened when a handler first asks for it and ended before a byte is sent."""

    def __init__(self, database: Database, *, read: bool) -> None:
        self.database = database
        self.read = read
        self.tx: Tx | None = None
        self.done = False
        self.keep: IdempotentAct | None = None
        self.secret = False  # whether the answer tells one: see tells_secret

    async def open(self, org_id: int | None) -> Tx:
        if self.tx is None:
            self.tx = await self.database.begin(org_id, read=self.read)
        return self.tx

    async def end(self, *, commit: bool) -> None:
        self.done = True
        if self.tx is not None:
            await self.database.end(self.tx, commit=commit)


class Part(Act):
    """The act of a request that came inside another: a part of that one's transaction, which may be undone alone."""

    def __init__(self, outer: Act) -> None:
        super().__init__(outer.database, read=outer.read)
        self.outer = outer

    async def open(self, org_id: int | None) -> Tx:
        if self.tx is None:
            tx = await self.outer.open(org_id)
            await tx.begin_part()
            self.tx = tx
        return self.tx

    async def end(self, *, commit: bool) -> None:
        self.done = True
        self.outer.secret |= self.secret  # the whole answer tells what a part of it tells
        if self.tx is not None:
            await self.tx.end_part(keep=commit)


class IdempotentAct(msgspec.Struct):
    """The key under which this act's answer is kept, so that a repetition gets the same answer and does nothing."""

    user_id: int  # not the person's: see whose_key
    key: str
    answer: dict[str, Any] | None = None


def act_of(scope: Scope | Any) -> Act:
    return scope["state"]["act"]


def tells_secret(request: Request[Any, Any, Any]) -> None:
    """Let this request's answer be kept nowhere: it tells a secret, this once."""
    act_of(request.scope).secret = True


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
                    await _keep_answer(act.tx, act.keep, start, None if act.secret else body)
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


# --- idempotency keys ----------------------------------------------------------------------------------------------


class Replay(Exception):
    """This key was used for the same request before: the kept answer is given again."""

    def __init__(self, response: Response[bytes]) -> None:
        self.response = response


async def begin_idempotent(request: Request[Any, Any, Any], tx: Tx, user_id: int) -> None:
    """Claim the request's idempotency key, or raise Replay with the answer that it got the first time."""
    if request.method not in WRITES:
        return
    key = request.headers.get("idempotency-key") or await _form_key(request)
    if not key:
        return
    if len(key) > 200 or not key.isprintable():
        raise Invalid("INVALID_IDEMPOTENCY_KEY", "An idempotency key has 1 to 200 printable characters.")
    act = act_of(request.scope)
    if act.keep is not None:
        return
    asked = [request.method.encode(), request.scope["path"].encode(), request.scope["query_string"]]
    content = hashlib.sha256(b"\0".join([*asked, await _content(request)])).hexdigest()
    digest = tx.keyed_hash(f"asked:{content}")  # among what is asked are passwords, which can be guessed
    whose = whose_key(tx, user_id, key)
    params = {"user": whose, "key": key, "hash": digest}
    claimed = await tx.run(
        """insert into idempotency_key (org_id, user_id, key, request_hash)
           values (%(org)s, %(user)s, %(key)s, %(hash)s) on conflict do nothing""",
        params,
    )
    if claimed:
        act.keep = IdempotentAct(whose, key)
        if digest[0] == 0:  # now and then: nobody repeats a request after a week
            await tx.run(
                "delete from idempotency_key where org_id = %(org)s and created_at < now() - interval '7 days'"
            )
        return
    kept = await tx.tuples(
        """select request_hash, status, headers, body from idempotency_key
           where org_id = %(org)s and user_id = %(user)s and key = %(key)s""",
        params,
    )
    if not kept or bytes(kept[0][0]) != digest:
        raise Invalid(
            "IDEMPOTENCY_KEY_REUSED",
            "This idempotency key was used for another request. Send a new key.",
            status=422,
        )
    _, status, headers, body = kept[0]
    if body is None:
        raise Refused(
            "SECRET_TOLD_ONCE",
            "This was done. Its answer told a secret, which is kept nowhere: ask with a new key for a new one.",
            status=409,
        )
    raise Replay(
        Response(content=bytes(body), status_code=status, headers={**headers, "idempotent-replay": "true"})
    )


def whose_key(tx: Tx, user_id: int, key: str) -> int:
    """A number for this key of this person, that tells of neither: kept answers name nobody."""
    return int.from_bytes(tx.keyed_hash(f"repeat:{user_id}:{key}")[:8]) >> 1


async def received(request: Request[Any, Any, Any]) -> None:
    """Wait for the whole body. The files of a form were read where its token was looked for: its bytes are gone by then."""
    if not is_api(request.scope) and request.headers.get("content-type", "").startswith("multipart/"):
        await request.form()
    else:
        await request.body()


def _is_form(request: Request[Any, Any, Any]) -> bool:
    kinds = ("application/x-www-form-urlencoded", "multipart/form-data")
    return not is_api(request.scope) and request.headers.get("content-type", "").startswith(kinds)


async def _form_key(request: Request[Any, Any, Any]) -> str | None:
    value = (await request.form()).get("_key") if _is_form(request) else None
    return value if isinstance(value, str) else None


async def _content(request: Request[Any, Any, Any]) -> bytes:
    """What a repetition has to say again. A form's token is another after signing in anew, its content is not."""
    if not _is_form(request) and not request.headers.get("content-type", "").startswith("multipart/"):
        return await request.body()
    return msgspec.json.encode(
        [
            (name, value if isinstance(value, str) else await _upload(value))
            for name, value in (await request.form()).multi_items()
            if name != "_csrf_token"
        ]
    )


async def _upload(file: UploadFile) -> list[str]:
    """A file of a form by its name and what is in it."""
    digest = hashlib.sha256(await file.read()).hexdigest()
    await file.seek(0)
    return [file.filename, digest]


async def _keep_answer(tx: Tx, keep: IdempotentAct, start: Message, body: bytes | None) -> None:
    headers = {
        name.decode(): value.decode("latin-1")
        for name, value in start.get("headers", [])  # type: ignore[attr-defined]
        if name.lower() in (b"content-type", b"location")
    }
    if body and any(name.lower() == b"content-encoding" for name, _ in start.get("headers", [])):  # type: ignore[attr-defined]
        body = gzip.decompress(body)  # who repeats himself may not take it compressed
    await tx.run(
        """update idempotency_key set status = %(status)s, headers = %(headers)s, body = %(body)s
           where org_id = %(org)s and user_id = %(user)s and key = %(key)s""",
        {
            "status": start["status"],  # type: ignore[typeddict-item]
            "headers": msgspec.json.encode(headers).decode(),
            "body": body,
            "user": keep.user_id,
            "key": keep.key,
        },
    )


# --- limits --------------------------------------------------------------------------------------------------------


async def limit(database: Database, key: str, *, hits: int, seconds: int) -> None:
    """Count one hit under the key and refuse when there were more than `hits` within `seconds`."""
    async with database.act(None) as tx:
        count = await tx.value(
            """insert into rate_limit as l (key, window_start, hits) values (%(key)s, now(), 1)
               on conflict (key) do update set
                 hits = case when l.window_start < now() - make_interval(secs => %(seconds)s) then 1 else l.hits + 1 end,
                 window_start = case when l.window_start < now() - make_interval(secs => %(seconds)s)
                                     then now() else l.window_start end
               returning hits""",
            {"key": key[:300], "seconds": seconds},
        )
        if count == 1:
            # Each new key takes old ones away: names that were never asked for again do not pile up.
            await tx.run(
                """delete from rate_limit where key in (
                     select key from rate_limit where window_start < now() - interval '1 day'
                     limit 5 for update skip locked)"""
            )
    if count > hits:
        raise Refused(
            "REQUEST_LIMIT_EXCEEDED",
            "Too many attempts. Please wait {minutes} minutes and try again.",
            status=429,
            headers={"retry-after": str(seconds)},
            minutes=max(1, seconds // 60),
        )


async def spend(tx: Tx, key: str, hits: int, *, most: int, seconds: int) -> int | None:
    """Count many hits at once, as part of the act: what fails costs nothing. Tells how many are left, None where that
    would be more than `most` within `seconds`: then nothing is counted."""
    over = "l.window_start < now() - make_interval(secs => %(seconds)s)"
    counted = await tx.value(
        f"""insert into rate_limit as l (key, window_start, hits)
            select %(key)s, now(), %(hits)s where %(hits)s <= %(most)s
            on conflict (key) do update set
              hits = case when {over} then %(hits)s else l.hits + %(hits)s end,
              window_start = case when {over} then now() else l.window_start end
            where {over} or l.hits + %(hits)s <= %(most)s
            returning hits""",
        {"key": key[:300], "hits": hits, "most": most, "seconds": seconds},
    )
    return None if counted is None else most - counted


async def give_back(database: Database, key: str) -> None:
    """Take one hit back: the attempt that it counted was rightful."""
    async with database.act(None) as tx:
        await tx.run(
            "update rate_limit set hits = greatest(hits - 1, 0) where key = %(key)s", {"key": key[:300]}
        )


# --- errors --------------------------------------------------------------------------------------------------------


class SfError(msgspec.Struct, omit_defaults=True):
    """Salesforce's error: a code, words, and the fields at fault where there are any."""

    errorCode: str
    message: str
    fields: list[str] = []


def as_refusal(failure: Exception) -> Refused:
    """What to tell the caller about anything that went wrong; details of our own faults stay in the log."""
    match failure:
        case Refused():
            return failure
        case psycopg.errors.UniqueViolation():
            return Invalid("DUPLICATE_VALUE", "A record with this value exists already.")
        case psycopg.errors.SerializationFailure() | psycopg.errors.DeadlockDetected():
            return Refused(
                "UNABLE_TO_LOCK_ROW",
                "Somebody else changed this at the same moment. Please try again.",
                status=409,
            )
        case psycopg.errors.DataError():
            return Invalid(
                "INVALID_INPUT",
                "A value could not be stored: it is too long, or not of the right kind.",
            )
        case psycopg.errors.QueryCanceled():
            return Refused(
                "QUERY_TIMEOUT", "This took too long and was stopped. Nothing was changed.", status=503
            )
        case NotFoundException():
            return NotFound()
        case ValidationException():
            fields = [str(e.get("key", "")) for e in failure.extra or [] if isinstance(e, dict)]  # type: ignore[union-attr]
            return Invalid(
                "INVALID_INPUT",
                "A value is missing or of the wrong kind.",
                fields=[f for f in fields if f],
            )
        case PermissionDeniedException() if "CSRF" in str(failure.detail):
            return Forbidden(
                "This form has grown old, or the browser keeps no cookies. Load the page again and send it once more."
            )
        case HTTPException(status_code=413):
            return Refused(
                "REQUEST_TOO_LARGE",
                "More was sent at once than Hubbub takes, which is 10 MB.",
                status=413,
            )
        case HTTPException():
            codes = {
                401: "INVALID_SESSION_ID",
                403: "INSUFFICIENT_ACCESS",
                405: "METHOD_NOT_ALLOWED",
            }
            return Refused(
                codes.get(failure.status_code, "BAD_REQUEST"),
                str(failure.detail)
                if failure.status_code < 500
                else "Hubbub failed to answer. Nothing was changed.",
                status=failure.status_code,
                headers=dict(failure.headers or {}),
            )
        case _ if isinstance(failure, LOST):
            return Unavailable()
    log.exception("unexpected", exc_info=failure)
    return Refused("UNKNOWN_EXCEPTION", "Hubbub failed to answer. Nothing was changed.", status=500)


ErrorPage = Callable[[Request[Any, Any, Any], Refused], Response[Any]]


def answer_error(request: Request[Any, Any, Any], failure: Exception) -> Response[Any]:
    """The one exception handler: Salesforce's JSON under the API's addresses, a page elsewhere."""
    if isinstance(failure, Replay):
        return failure.response
    refusal = as_refusal(failure)
    if is_api(request.scope):
        each: list[Refused] = getattr(refusal, "each", [refusal])
        body = msgspec.json.encode([SfError(one.code, one.message, one.fields) for one in each])
        return Response(
            content=body,
            status_code=refusal.status,
            media_type="application/json;charset=UTF-8",
            headers=refusal.headers,
        )
    if isinstance(refusal, Unauthenticated) and request.method in ("GET", "HEAD"):
        query = request.scope["query_string"].decode("latin-1")
        target = request.scope["path"] + (f"?{query}" if query else "")
        where = "/sign-in" if target == "/" else f"/sign-in?next={quote(target)}"
        return Response(content=b"", status_code=303, headers={"location": where})
    page: ErrorPage | None = getattr(request.app.state, "error_page", None)
    if page is None:
        return Response(content=refusal.message, status_code=refusal.status, media_type=MediaType.TEXT)
    response = page(request, refusal)
    for name, value in refusal.headers.items():
        response.headers[name] = value
    return response


def same_secret(given: str, kept: bytes) -> bool:
    """Compare a secret with a kept hash in constant time."""
    return hmac.compare_digest(hash_secret(given), kept)
