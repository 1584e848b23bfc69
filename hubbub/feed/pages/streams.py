"""Pages of streams and favourites: put one together, change it, take it apart; keep a search."""

from typing import Any

from litestar import Response, get, post

from hubbub import people
from hubbub.core import html, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Forbidden, Invalid
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.ids import Type
from hubbub.feed import actions, queries
from hubbub.feed.queries import Stream, StreamSubject

MOST_OFFERED = 100


@get("/streams")
async def streams(request: Request, tx: Transaction, actor: people.Me) -> Response[Any]:
    """My streams and what I keep, and the form that puts a new stream together."""
    return await _page(request, tx, actor, None)


@get("/streams/{key:str}")
async def stream(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """One of my streams, to change it."""
    return await _page(request, tx, actor, await queries.stream(tx, actor, ids.parse(key, Type.STREAM)))


@post("/streams")
async def add_stream(request: Request, tx: Transaction, actor: people.Me) -> Response[Any]:
    """Put a stream together of what is ticked."""
    form = await request.form()
    name, about = str(form.get("name", "")), str(form.get("description", ""))
    try:
        made = await actions.add_stream(tx, actor, name, about, _ticked(form))
    except Invalid as error:
        return await _page(request, tx, actor, None, name=name, about=about, error=error.said)
    return html.see_other(f"/feeds/streams/{ids.show(made)}")


@post("/streams/{key:str}")
async def change_stream(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Change what a stream is called and holds: what was offered and is not ticked leaves it."""
    before = await queries.stream(tx, actor, ids.parse(key, Type.STREAM))
    form = await request.form()
    name, about = str(form.get("name", "")), str(form.get("description", ""))
    ticked, held = _ticked(form), [each.id for each in before.subjects]
    try:
        await actions.change_stream(
            tx,
            actor,
            before.id,
            name=name,
            description=about,
            add=[id for id in ticked if id not in held],
            remove=[id for id in held if id not in ticked],
        )
    except Invalid as error:
        return await _page(request, tx, actor, before, name=name, about=about, error=error.said)
    return html.see_other(before.url)


@post("/streams/{key:str}/delete")
async def delete_stream(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Take a stream apart."""
    await actions.delete_stream(tx, actor, ids.parse(key, Type.STREAM))
    return html.see_other("/streams")


@post("/favorites")
async def add_favorite(request: Request, tx: Transaction, actor: people.Me) -> Response[Any]:
    """Keep a search over all feeds, a topic or a list view as a feed of mine."""
    form = await request.form()
    target, text = form.get("topic") or form.get("view"), form.get("q")
    made = await actions.add_favorite(
        tx,
        actor,
        search=str(text) if text else None,
        target_id=ids.parse(target, Type.TOPIC, Type.LIST_VIEW) if target else None,
    )
    return html.see_other(f"/feeds/favorites/{ids.show(made)}")


@post("/favorites/{key:str}/delete")
async def delete_favorite(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Keep it no more."""
    await actions.delete_favorite(tx, actor, ids.parse(key, Type.FAVORITE))
    return html.see_other("/streams")


@post(["/favorites/{key:str}/follow", "/favorites/{key:str}/unfollow"])
async def follow_favorite(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Follow a search that I keep, so that what says its words arrives in What I Follow; or follow it no more."""
    following = request.scope["path"].endswith("/follow")
    favorite_id = ids.parse(key, Type.FAVORITE)
    await (actions.follow_search if following else actions.unfollow_search)(tx, actor, favorite_id)
    return html.see_other(await html.back(request))


def _ticked(form: Any) -> list[int]:
    return [ids.parse(value) for value in form.getall("subject", [])]


async def _page(
    request: Request,
    tx: Tx,
    actor: people.Actor,
    stream: Stream | None,
    *,
    name: str | None = None,
    about: str | None = None,
    error: str | None = None,
) -> Response[Any]:
    if actor.guest:
        raise Forbidden("Guests have no streams.")
    held = stream.subjects if stream else []
    followed = await queries.following(tx, actor, actor.id, size=MOST_OFFERED)
    offered = [
        StreamSubject(each.subject.id, each.subject.label, each.subject.name, each.subject.url)
        for each in followed
        if each.subject.id not in {subject.id for subject in held}
    ]
    return await html.page(
        request,
        tx,
        actor,
        "feed/streams_page.html",
        status=422 if error else 200,
        stream=stream,
        name=name if name is not None else stream.name if stream else "",
        about=about if about is not None else (stream.description or "") if stream else "",
        held=held,
        offered=offered,
        streams=await queries.streams(tx, actor) if stream is None else [],
        favorites=await queries.favorites(tx, actor) if stream is None else [],
        error=error,
    )


ROUTES = [
    streams,
    stream,
    add_stream,
    change_stream,
    delete_stream,
    add_favorite,
    delete_favorite,
    follow_favorite,
]
