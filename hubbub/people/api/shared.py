"""What several resources of people have in common: whom an address names, User Detail, pictures that are sent."""

from collections.abc import Awaitable, Callable, Collection
from typing import Any

import msgspec
from litestar import Response
from litestar.datastructures import UploadFile

from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid
from hubbub.core.handlers import Request
from hubbub.core.ids import Type
from hubbub.core.images import Crop
from hubbub.core.rest import api_base, json_answer
from hubbub.people import queries, shapes
from hubbub.people.access import Actor, access_user
from hubbub.people.actions import crop_of, put_photo
from hubbub.people.queries import Counts, Profile
from hubbub.people.shapes import Json

# What people follow besides people is known to rooms above: the map of the city hands in who counts it.
CountFollows = Callable[[Tx, Actor, Collection[int]], Awaitable[dict[int, Counts]]]


def user_id_of(key: str, actor: Actor) -> int:
    """The person whom an address names; `me` is who asks."""
    return actor.user_id if key == "me" else ids.parse(key, Type.USER)


async def details(request: Request, tx: Tx, actor: Actor, profiles: Collection[Profile]) -> list[Json]:
    """User Detail of each, in a few statements for all of them."""
    count: CountFollows = request.app.state.count_follows
    user_ids = [each.id for each in profiles]
    if not user_ids:
        return []
    subscriptions = await queries.follows(tx, actor, user_ids)
    # Who else is here is not for guests to know.
    counts = {} if actor.guest else await count(tx, actor, user_ids)
    return [
        shapes.user_detail(
            each,
            api_base(request),
            subscription_id=subscriptions.get(each.id),
            counts=counts.get(each.id),
            encode=request.headers.get("x-chatter-entity-encoding", "").lower() != "false",
        )
        for each in profiles
    ]


async def read_photo_of(request: Request, tx: Tx, actor: Actor, key: str) -> Response[bytes]:
    """Photo of somebody."""
    person = await access_user(tx, actor, user_id_of(key, actor))
    return json_answer(shapes.photo(person, api_base(request)))


async def create_photo_of(request: Request, tx: Tx, actor: Actor, key: str) -> Response[bytes]:
    """Keep the picture that was sent as somebody's photo; answers Photo (201)."""
    user_id = user_id_of(key, actor)
    await access_user(tx, actor, user_id, to="edit")
    content, crop = await uploaded(request)
    person = await put_photo(tx, actor, user_id, content, crop=crop)
    return json_answer(shapes.photo(person, api_base(request)), 201)


async def uploaded(request: Request) -> tuple[bytes, Crop | None]:
    """The picture of a multipart body, and which part of it to keep."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise Invalid(
            "INVALID_INPUT", "Send the picture as fileUpload in multipart/form-data.", fields=["fileUpload"]
        )
    parts = await request.form()
    file = parts.get("fileUpload")
    if not isinstance(file, UploadFile):
        raise Invalid("INVALID_INPUT", "There is no file in fileUpload.", fields=["fileUpload"])
    given = {name: value for name, value in request.query_params.items() if name.startswith("crop")}
    given |= {name: value for name, value in parts.items() if isinstance(value, str)}
    said = parts.get("json")
    if isinstance(said, UploadFile):
        said = await said.read()
    if said:
        try:
            given |= msgspec.json.decode(said if isinstance(said, bytes) else str(said), type=dict[str, Any])
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise Invalid("JSON_PARSER_ERROR", f"The part json is not a JSON object: {error}") from None
    return await file.read(), crop_of(given)
