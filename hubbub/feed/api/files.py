"""REST: pictures that people sent, for who sees what holds them."""

from litestar import Response, get, post
from litestar.datastructures import UploadFile

from hubbub import files, people
from hubbub.core import ids
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.ids import Type
from hubbub.core.rest import api_base, connect_date, json_answer, whole
from hubbub.feed.access import access_file
from hubbub.feed.actions.images import send_picture
from hubbub.feed.shapes import Json

RENDITIONS = {"THUMB120BY90": True, "THUMB240BY180": True, "THUMB720BY480": False}


@get("/files/users/{user:str}")
async def read_mine(request: Request, tx: Transaction, actor: people.Me, user: InPath) -> Response[bytes]:
    """GET /connect/files/users/me — what I sent, the newest first: {"files": [File], "currentPageUrl", "nextPageUrl"};
    page from 0, pageSize 1 to 100 (25). Others' are 404."""
    _me(user, actor)
    page, size = whole(request, "page", 0, 0, 10_000), whole(request, "pageSize", 25, 1, 100)
    found = await files.files_of(tx, actor, size=size + 1, start=page * size)
    base = f"{api_base(request)}/connect/files/users/me"
    return json_answer(
        {
            "currentPageUrl": f"{base}?page={page}&pageSize={size}",
            "files": [file_body(request, actor, each) for each in found[:size]],
            "nextPageUrl": f"{base}?page={page + 1}&pageSize={size}" if len(found) > size else None,
        }
    )


@post("/files/users/{user:str}")
async def upload(request: Request, tx: Transaction, actor: people.Me, user: InPath) -> Response[bytes]:
    """POST /connect/files/users/me — multipart with fileData, a PNG, JPEG, GIF or WebP of at most 8 MB and 40 million pixels,
    and title: 201 and the File, its longer side 1,600 pixels at most. What no post shows is gone after a day. 413 for more,
    415 for what is no such picture, 400 LIMIT_EXCEEDED after 200 a day."""
    _me(user, actor)
    form = await request.form()
    given = form.get("fileData")
    if not isinstance(given, UploadFile):
        raise Invalid("REQUIRED_FIELD_MISSING", "fileData is missing.", fields=["fileData"])
    title = form.get("title")
    made = await send_picture(
        tx, actor, await given.read(), title if isinstance(title, str) and title else given.filename
    )
    return json_answer(file_body(request, actor, made), 201)


@get("/files/{key:str}")
async def read_file(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """GET /connect/files/{id} — File, for who sent it and who sees a post or comment that holds it; 404 for others."""
    found = await access_file(tx, actor, ids.parse(key, Type.FILE))
    return json_answer(file_body(request, actor, found))


@get("/files/{key:str}/content")
async def read_content(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """GET /connect/files/{id}/content — the picture itself; with an ETag."""
    return await files.answer(request, tx, await access_file(tx, actor, ids.parse(key, Type.FILE)))


@get("/files/{key:str}/rendition")
async def read_rendition(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """GET /connect/files/{id}/rendition — the picture for type THUMB120BY90 (usual) or THUMB240BY180, its longer side 480
    pixels at most, or THUMB720BY480, all of it."""
    found = await access_file(tx, actor, ids.parse(key, Type.FILE))
    wanted = request.query_params.get("type", "THUMB120BY90")
    if wanted not in RENDITIONS:
        raise Invalid("INVALID_INPUT", f"type is one of {', '.join(RENDITIONS)}.", fields=["type"])
    return await files.answer(request, tx, found, small=RENDITIONS[wanted])


def file_body(request: Request, actor: people.Actor, file: files.File) -> Json:
    """File: who sent it is told to him alone."""
    url = f"{api_base(request)}/connect/files/{file.key}"
    mine = file.owner_id == actor.id
    return {
        "checksum": file.digest,
        "contentSize": file.bytes,
        "contentUrl": f"{url}/content",
        "createdDate": connect_date(file.made_at),
        "downloadUrl": f"{url}/content",
        "fileExtension": file.extension,
        "fileType": file.extension.upper(),
        "height": file.height,
        "id": file.key,
        "isInMyFileSync": False,
        "mimeType": file.media_type,
        "mySubscription": None,
        "name": file.title,
        "origin": "Chatter",
        "owner": {"id": ids.show(actor.id), "name": actor.name, "type": "User"} if mine else None,
        "renditionUrl": f"{url}/rendition?type=THUMB120BY90",
        "renditionUrl240By180": f"{url}/rendition?type=THUMB240BY180",
        "renditionUrl720By480": f"{url}/rendition?type=THUMB720BY480",
        "sharingRole": "Owner" if mine else "Viewer",
        "title": file.title,
        "type": "File",
        "url": url,
        "versionNumber": "1",
        "width": file.width,
    }


def _me(user: str, actor: people.Actor) -> None:
    if user != "me" and ids.parse(user, Type.USER) != actor.id:
        raise NotFound()


CONNECT = [read_mine, upload, read_file, read_content, read_rendition]
