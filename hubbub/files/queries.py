"""Reading files by their ids. Who may see them is asked by the rooms that show them."""

from collections.abc import Collection

from litestar import Response

from hubbub import people
from hubbub.core import blobs
from hubbub.core.db import Tx
from hubbub.core.handlers import Request
from hubbub.files.access import File

_COLUMNS = "id, owner_id, title, media_type, width, height, bytes, digest, small_digest, made_at"


async def files(tx: Tx, file_ids: Collection[int]) -> dict[int, File]:
    """These files by their ids, whoever may see them."""
    found = await tx.rows(
        f"select {_COLUMNS} from file where org_id = %(org)s and id = any(%(ids)s::bigint[])",
        {"ids": list(file_ids)},
        into=File,
    )
    return {file.id: file for file in found}


async def files_of(tx: Tx, actor: people.Actor, *, size: int, start: int = 0) -> list[File]:
    """What the actor sent, the newest first."""
    return await tx.rows(
        f"""select {_COLUMNS} from file where org_id = %(org)s and owner_id = %(me)s
            order by made_at desc, id desc limit %(size)s offset %(start)s""",
        {"me": actor.id, "size": size, "start": start},
        into=File,
    )


async def owned(tx: Tx, actor: people.Actor, file_ids: Collection[int]) -> dict[int, File]:
    """Those of these files that the actor sent."""
    found = await files(tx, file_ids)
    return {id: file for id, file in found.items() if file.owner_id == actor.id}


async def answer(request: Request, tx: Tx, file: File, *, small: bool = False) -> Response[bytes]:
    """The bytes of a picture that the reader is known to see; whether he still does is asked each time."""
    digest = file.small_digest if small else file.digest
    headers = {
        "etag": f'"{digest}"',
        "cache-control": "private, no-cache",
        "content-disposition": "inline",
        "x-content-type-options": "nosniff",
    }
    if f'"{digest}"' in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=headers)
    return Response(await blobs.read(tx, digest), media_type=file.media_type, headers=headers)
