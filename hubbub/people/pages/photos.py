"""Pages: photos and banners, and the pictures themselves."""

from typing import Any

from litestar import Response, get, post
from litestar.datastructures import UploadFile

from hubbub.core import html, ids
from hubbub.core.db import Tx
from hubbub.core.errors import NotFound, Unauthenticated
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.http import Credential, credential
from hubbub.core.ids import Type
from hubbub.core.images import MOST_BYTES, BadPicture
from hubbub.people import queries
from hubbub.people.access import Actor, Me, Person, access_user, authenticate
from hubbub.people.actions import crop_of, delete_photo, put_photo
from hubbub.people.queries.photos import Photo

SIZES = {"F": 200, "T": 64}
# A picture is no page: whatever is in it, it may load and run nothing.
PICTURE = {
    "content-security-policy": "default-src 'none'; sandbox",
    "cross-origin-resource-policy": "same-origin",
    "content-disposition": "inline",
    "vary": "cookie, authorization",
}


@get("/profilephoto/{key:str}/{size:str}")
async def show_photo(request: Request, key: InPath, size: InPath) -> Response[Any]:
    """The picture of a person, by his id or the photo's, in full (F) or small (T). Who may not see his profile, or is not
    signed in, gets the figure that stands for whoever has none: in the colour of the id, which says nothing of anybody."""
    if size not in SIZES:
        raise NotFound()
    # 005 alone is Salesforce's address of no photo.
    id = ids.parse(key, Type.USER, Type.PHOTO) if key != "005" else ids.make(Type.USER, 0)
    given = credential(request)
    found = await _shown(request, given, id, size) if given else None
    if found is None:
        return _answer(request, f"none-{html.hue(id)}-{size}", "image/svg+xml", _figure(id, size), kept=False)
    photo, content = found
    return _answer(request, photo.digest[:32], photo.media_type, content, kept=ids.type_of(id) == Type.PHOTO)


async def _shown(request: Request, given: Credential, id: int, size: str) -> tuple[Photo, bytes] | None:
    async with request.app.state.database.act(given.org_id, read=True) as tx:
        try:
            actor = await authenticate(tx, given)
        except Unauthenticated:
            return None
        photo = await queries.shown_photo(tx, actor, id, full=size == "F")
        return (photo, await photo.content(tx)) if photo else None


def _answer(request: Request, tag: str, kind: str, content: bytes | str, *, kept: bool) -> Response[Any]:
    """A picture for this reader's browser alone; what has an id of its own never changes."""
    headers = PICTURE | {
        "etag": f'"{tag}"',
        "cache-control": "private, max-age=604800, immutable" if kept else "private, no-cache",
    }
    if f'"{tag}"' in request.headers.get("if-none-match", ""):
        return Response(content=b"", status_code=304, headers=headers)
    return Response(content=content, media_type=kind, headers=headers)


def _figure(id: int, size: str) -> str:
    hue, pixels = html.hue(id) * 30, SIZES[size]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{pixels}" height="{pixels}" viewBox="0 0 64 64">'
        f'<rect width="64" height="64" fill="hsl({hue} 45% 42%)"/><g fill="#fff" fill-opacity=".9">'
        '<circle cx="32" cy="25" r="11"/><path d="M11 60c1-14 10-20 21-20s20 6 21 20z"/></g></svg>'
    )


# --- changing them -------------------------------------------------------------------------------------------------


@get("/people/{key:str}/photo")
async def show_photo_form(request: Request, tx: Transaction, actor: Me, key: InPath) -> Response[Any]:
    """The forms for a profile's photo and banner."""
    return await _form(request, tx, actor, await access_user(tx, actor, ids.parse(key, Type.USER), to="edit"))


@post(["/people/{key:str}/photo", "/people/{key:str}/banner"], status_code=303)
async def save_photo(request: Request, tx: Transaction, actor: Me, key: InPath) -> Response[Any]:
    """Give a profile another photo or banner."""
    kind = request.scope["path"].rpartition("/")[2]
    person = await access_user(tx, actor, ids.parse(key, Type.USER), to="edit")
    form = await request.form()
    try:
        file = form.get("fileUpload")
        content = await file.read() if isinstance(file, UploadFile) else b""
        crop = crop_of(form)
        await put_photo(tx, actor, person.id, content, kind=kind, crop=crop)
    except BadPicture as bad:
        status = bad.status if bad.status != 400 else 422
        return await _form(request, tx, actor, person, {kind: bad.said}, status)
    return html.see_other(f"/people/{person.key}")


@post(["/people/{key:str}/photo/delete", "/people/{key:str}/banner/delete"], status_code=303)
async def remove_photo(request: Request, tx: Transaction, actor: Me, key: InPath) -> Response[Any]:
    """Show a profile without its photo or banner."""
    kind = request.scope["path"].split("/")[-2]
    person = await delete_photo(tx, actor, ids.parse(key, Type.USER), kind=kind)
    return html.see_other(f"/people/{person.key}")


async def _form(
    request: Request,
    tx: Tx,
    actor: Actor,
    person: Person,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response[Any]:
    profile = await queries.profile(tx, actor, person.id)
    return await html.page(
        request,
        tx,
        actor,
        "people/photo.html",
        status=status,
        person=profile,
        errors=errors or {},
        most=MOST_BYTES // 1_000_000,
    )


ROUTES = [show_photo, show_photo_form, save_photo, remove_photo]
