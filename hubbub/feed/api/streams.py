"""REST: streams, which their owner puts together, and favourites, which he keeps."""

from functools import partial

from litestar import Response, delete, get, patch, post

from hubbub import people
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.ids import Type
from hubbub.core.rest import boolean, input_of, json_answer, whole
from hubbub.feed import actions, queries
from hubbub.feed.api.asking import old_version, shaper
from hubbub.feed.api.feeds import Read, asked, elements_page
from hubbub.feed.queries import Sift, Stream
from hubbub.feed.shapes import Json, old
from hubbub.feed.shapes import feeds as shapes

# What is in a favourite, as today and as up to version 31.
PAGES = {"feed-elements": shapes.page, "feed-items": old.page}


@get("/streams")
async def streams(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """GET /chatter/streams — Chatter Stream Collection: my streams by name; pageSize 1 to 250 (25), page, q in the name,
    sort Ascending (usual) or Descending."""
    size, number = whole(request, "pageSize", 25, 1, 250), whole(request, "page", 0, 0, 100_000)
    sort, q = request.query_params.get("sort", "Ascending"), request.query_params.get("q", "").lower()
    if sort not in ("Ascending", "Descending"):
        raise Invalid("INVALID_INPUT", "sort is Ascending or Descending.", fields=["sort"])
    found = [each for each in await queries.streams(tx, actor) if q in each.name.lower()]
    if sort == "Descending":
        found.reverse()
    shown = found[number * size : (number + 1) * size]
    shape = await shaper(request, tx, actor, _shown(shown))
    query = {
        name: request.query_params[name] for name in ("pageSize", "sort", "q") if name in request.query_params
    }
    more = (number + 1) * size < len(found)
    return json_answer(
        {
            "currentPageUrl": shape.url("/streams", **query, **({"page": number} if number else {})),
            "items": [shapes.stream(shape, each) for each in shown],
            "nextPageUrl": shape.url("/streams", **query, page=number + 1) if more else None,
            "total": len(found),
        }
    )


@post("/streams")
async def add_stream(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """POST /chatter/streams — a Chatter Stream Input: name (120 characters), description (1,000), subscriptionsToAdd, at most
    25 [{entityId}] of people, records and topics; answers 201 and the Chatter Stream."""
    given = await input_of(request)
    made = await actions.add_stream(
        tx,
        actor,
        given.get("name", ""),
        given.get("description"),
        _entities(given, "subscriptionsToAdd"),
    )
    return await _stream(request, tx, actor, made, status=201)


@get("/streams/{key:str}")
async def read_stream(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """GET /chatter/streams/{id} — Chatter Stream: one of mine."""
    return await _stream(request, tx, actor, ids.parse(key, Type.STREAM))


@patch("/streams/{key:str}")
async def change_stream(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """PATCH /chatter/streams/{id} — name, description, subscriptionsToAdd and subscriptionsToRemove; the Chatter Stream."""
    stream_id, given = ids.parse(key, Type.STREAM), await input_of(request)
    await actions.change_stream(
        tx,
        actor,
        stream_id,
        name=given.get("name"),
        description=given.get("description"),
        add=_entities(given, "subscriptionsToAdd"),
        remove=_entities(given, "subscriptionsToRemove"),
    )
    return await _stream(request, tx, actor, stream_id)


@delete("/streams/{key:str}", status_code=204)
async def delete_stream(tx: Transaction, actor: people.Me, key: InPath) -> None:
    """DELETE /chatter/streams/{id} — 204."""
    await actions.delete_stream(tx, actor, ids.parse(key, Type.STREAM))


async def _stream(
    request: Request, tx: Tx, actor: people.Actor, stream_id: int, status: int = 200
) -> Response[bytes]:
    found = await queries.stream(tx, actor, stream_id)
    return json_answer(shapes.stream(await shaper(request, tx, actor, _shown([found])), found), status)


def _shown(streams: list[Stream]) -> set[int]:
    return {subject.id for each in streams for subject in each.subjects}


def _entities(given: Json, name: str) -> list[int]:
    """The ids of Stream Subscription Inputs, as a list or inside `subscriptions`."""
    inputs = given.get(name) or []
    if isinstance(inputs, dict):
        inputs = inputs.get("subscriptions") or []
    if not isinstance(inputs, list) or not all(isinstance(each, dict) for each in inputs):
        raise Invalid("INVALID_INPUT", f"{name} is a list of {{entityId}}.", fields=[name])
    return [ids.parse(each.get("entityId")) for each in inputs]


# --- favourites ----------------------------------------------------------------------------------------------------


@get("/feeds/favorites/me")
async def favorites(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """GET /chatter/feeds/favorites/me — Favorites Page: the searches, topics and list views that I keep as feeds."""
    found = await queries.favorites(tx, actor)
    shape = await shaper(request, tx, actor)
    return json_answer({"favorites": [shapes.favorite(shape, each) for each in found], "total": len(found)})


@post("/feeds/favorites/me")
async def add_favorite(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """POST /chatter/feeds/favorites/me — searchText, or targetId of a topic or ListView; answers 201 and the Favorite.
    Hubbub's own: with `followed` true a search is followed too."""
    given = await input_of(request)
    text, target = given.get("searchText"), given.get("targetId")
    if text is not None and not isinstance(text, str):
        raise Invalid("INVALID_INPUT", "searchText is a text.", fields=["searchText"])
    kept = ids.parse(target, Type.TOPIC, Type.LIST_VIEW) if target is not None else None
    made = await actions.add_favorite(tx, actor, search=text, target_id=kept)
    if "followed" in given and boolean(given, "followed"):
        await actions.follow_search(tx, actor, made)
    return await _favorite(request, tx, actor, made, status=201)


@get("/feeds/favorites/me/{key:str}")
async def read_favorite(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """GET /chatter/feeds/favorites/me/{id} — Favorite."""
    return await _favorite(request, tx, actor, ids.parse(key, Type.FAVORITE))


@patch("/feeds/favorites/me/{key:str}")
async def view_favorite(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """PATCH /chatter/feeds/favorites/me/{id} — updateLastViewDate true: I have just looked at it; and Hubbub's own `followed`:
    what says the words of the search arrives in What I Follow, or no longer (25 searches at most; INVALID_INPUT for a topic
    and for wildcards inside words); the Favorite."""
    favorite_id, given = ids.parse(key, Type.FAVORITE), await input_of(request)
    if "followed" in given:
        change = actions.follow_search if boolean(given, "followed") else actions.unfollow_search
        await change(tx, actor, favorite_id)
    looked = "followed" not in given or "updateLastViewDate" in given
    if looked and boolean(given, "updateLastViewDate"):
        await actions.view_favorite(tx, actor, favorite_id)
    return await _favorite(request, tx, actor, favorite_id)


@delete("/feeds/favorites/me/{key:str}", status_code=204)
async def delete_favorite(tx: Transaction, actor: people.Me, key: InPath) -> None:
    """DELETE /chatter/feeds/favorites/me/{id} — 204."""
    await actions.delete_favorite(tx, actor, ids.parse(key, Type.FAVORITE))


@get([f"/feeds/favorites/me/{{key:str}}/{name}" for name in PAGES], guards=[old_version])
async def favorite_elements(
    request: Request, tx: Transaction, actor: people.Me, key: InPath
) -> Response[bytes]:
    """GET /chatter/feeds/favorites/me/{id}/feed-elements, up to v31 also feed-items — Feed Element Page or Feed
    Item Page, with the parameters that feeds have."""
    kept = await queries.favorite(tx, actor, ids.parse(key, Type.FAVORITE))
    ask = asked(request, "")
    if kept.topic_id is not None:
        read: Read = partial(queries.subject, tx, actor, kept.topic_id)
    elif kept.view_id is not None:
        read = partial(queries.of_view, tx, actor, kept.view_id)
    else:
        read = partial(queries.everything, tx, actor)
        ask = ask.then(sift=Sift(q=kept.search, fewer=ask.sift.fewer, filter=ask.sift.filter))
    name = request.scope["path"].rpartition("/")[2]
    path = f"/feeds/favorites/me/{kept.key}/{name}"
    return await elements_page(request, tx, actor, read, ask, path, body=PAGES[name])


async def _favorite(
    request: Request, tx: Tx, actor: people.Actor, favorite_id: int, status: int = 200
) -> Response[bytes]:
    kept = await queries.favorite(tx, actor, favorite_id)
    return json_answer(shapes.favorite(await shaper(request, tx, actor), kept), status)


ROUTES = [
    streams,
    add_stream,
    read_stream,
    change_stream,
    delete_stream,
    favorites,
    add_favorite,
    read_favorite,
    view_favorite,
    delete_favorite,
    favorite_elements,
]
