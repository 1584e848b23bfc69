"""Pictures in posts and comments: sending one, and showing it to who sees what holds it."""

from litestar import Response, get, post
from litestar.datastructures import UploadFile

from hubbub import files, people
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.ids import Type
from hubbub.core.rest import json_answer
from hubbub.feed.access import access_file
from hubbub.feed.actions.images import send_picture


@post("/files")
async def send(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """Send a picture from the rich box, which puts it where the cursor is."""
    picture = (await request.form()).get("picture")
    if not isinstance(picture, UploadFile):
        raise Invalid("REQUIRED_FIELD_MISSING", "Choose a picture.", fields=["picture"])
    made = await send_picture(tx, actor, await picture.read(), picture.filename)
    return json_answer({"id": made.key, "url": made.url, "width": made.width, "height": made.height}, 201)


@get("/files/{key:str}")
async def show(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """A picture, as it stands in what I see."""
    return await files.answer(request, tx, await access_file(tx, actor, ids.parse(key, Type.FILE)))


async def sent_with(request: Request, tx: Tx, actor: people.Actor, text: str) -> str:
    """The text of a form and the picture that was chosen in it, as light markup: for who writes without an editor."""
    form = await request.form()
    picture = form.get("picture")
    if not isinstance(picture, UploadFile) or not picture.filename:
        return text
    made = await send_picture(tx, actor, await picture.read(), picture.filename)
    alt = "".join(" " if char in "[]\\\n\r\0" else char for char in str(form.get("picture_alt") or ""))
    return f"{text}\n![{' '.join(alt.split())[:500]}]({made.url})".strip()


ROUTES = [send, show]
