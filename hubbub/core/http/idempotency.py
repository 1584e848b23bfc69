"""Idempotency keys: a request that comes again gets its first answer and does nothing."""

import gzip
import hashlib

import msgspec
from litestar import Response
from litestar.datastructures import UploadFile
from litestar.types import Message

from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, Refused
from hubbub.core.handlers import Request
from hubbub.core.http.acts import WRITES, IdempotentAct, act_of
from hubbub.core.http.credentials import is_api


class Replay(Exception):
    """This key was used for the same request before: the kept answer is given again."""

    def __init__(self, response: Response[bytes]) -> None:
        self.response = response


async def begin_idempotent(request: Request, tx: Tx, user_id: int) -> None:
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


async def received(request: Request) -> None:
    """Wait for the whole body. The files of a form were read where its token was looked for: its bytes are gone by then."""
    if not is_api(request.scope) and request.headers.get("content-type", "").startswith("multipart/"):
        await request.form()
    else:
        await request.body()


def is_form(request: Request) -> bool:
    """Did a page's form send this?"""
    kinds = ("application/x-www-form-urlencoded", "multipart/form-data")
    return not is_api(request.scope) and request.headers.get("content-type", "").startswith(kinds)


async def _form_key(request: Request) -> str | None:
    value = (await request.form()).get("_key") if is_form(request) else None
    return value if isinstance(value, str) else None


async def _content(request: Request) -> bytes:
    """What a repetition has to say again. A form's token is another after signing in anew, its content is not. In which order
    its fields come differs from process to process: a repetition may come after a restart."""
    if not is_form(request) and not request.headers.get("content-type", "").startswith("multipart/"):
        return await request.body()
    said = [
        (name, value if isinstance(value, str) else await _upload(value))
        for name, value in (await request.form()).multi_items()
        if name != "_csrf_token"
    ]
    return msgspec.json.encode(sorted(said, key=lambda each: each[0]))


async def _upload(file: UploadFile) -> list[str]:
    """A file of a form by its name and what is in it."""
    digest = hashlib.sha256(await file.read()).hexdigest()
    await file.seek(0)
    return [file.filename, digest]


async def keep_answer(tx: Tx, keep: IdempotentAct, start: Message, body: bytes | None) -> None:
    """Keep the answer of an act for who repeats its request; without its body where that tells a secret."""
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
