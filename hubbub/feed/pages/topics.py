"""Pages of topics: their directory, one topic, what trends; choosing those of a post or record; moderating them."""

from typing import Any
from urllib.parse import unquote, urlencode

import msgspec
from litestar import Response, get, post

from hubbub import people, records
from hubbub.core import html, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.html import see_other
from hubbub.core.ids import Type
from hubbub.feed import actions, queries
from hubbub.feed.access import access_tagged, access_topic
from hubbub.feed.pages.parts import choice, read_feed
from hubbub.feed.queries import Topic

PAGE = 50


@get("/topics")
async def topics(request: Request, tx: Transaction, actor: people.Me) -> Response[str]:
    """The topics that I know of: those first about which most people talk, or by name."""
    return await _directory(request, tx, actor)


async def _directory(
    request: Request,
    tx: Tx,
    actor: people.Actor,
    *,
    error: str | None = None,
    name: str = "",
    description: str = "",
) -> Response[str]:
    if actor.guest:
        raise NotFound()
    asked = request.query_params
    q, by_name = asked.get("q", "").strip(), asked.get("sort") == "name"
    number = int(asked["page"]) if asked.get("page", "").isdecimal() and len(asked["page"]) < 5 else 0
    found = await queries.directory(tx, actor, q=q, by_name=by_name, size=PAGE + 1, start=number * PAGE)
    query = {"q": q, "sort": "name" if by_name else ""}
    return await html.page(
        request, tx, actor, "feed/topics.html", status=422 if error else 200, error=error, name=name,
        description=description, q=q, by_name=by_name, topics=found[:PAGE],
        followed=set(await people.follows(tx, actor, [each.id for each in found])),
        by_name_url=_with(query | {"sort": "name"}), popular_url=_with(query | {"sort": ""}),
        next_url=_with(query | {"page": str(number + 1)}) if len(found) > PAGE else None,
        trending=await queries.trending(tx, actor) if not q and not number else [],
    )  # fmt: skip


def _with(query: dict[str, str]) -> str:
    asked = {name: value for name, value in query.items() if value}
    return f"/topics?{urlencode(asked)}" if asked else "/topics"


@post("/topics")
async def create_topic(request: Request, tx: Transaction, actor: people.Me) -> Response[Any]:
    """Make a topic by itself: everybody inside knows of it."""
    form = await request.form()
    name, description = str(form.get("name") or ""), str(form.get("description") or "")
    try:
        made = await actions.create_topic(tx, actor, name=name, description=description)
    except Invalid as refused:
        return await _directory(request, tx, actor, error=refused.said, name=name, description=description)
    return see_other((await queries.topic(tx, actor, made)).url)


@get("/topics/{name:path}")
async def topic(request: Request, tx: Transaction, actor: people.Me) -> Response[Any]:
    """What was said under a topic, by whom, and what goes with it; its name may have slashes."""
    name = unquote(request.scope["raw_path"].decode()).removeprefix("/topics/")
    found = await queries.find_topic(tx, actor, name)
    if "".join(found.name.casefold().split()) != "".join(name.casefold().split()):
        return see_other(found.url)  # it was merged into this one
    chosen = choice(request)
    key = ids.show(found.id)
    page = await queries.subject(tx, actor, found.id, chosen.ask(f"topic/{key}"))
    following, followers = await people.follow_state(tx, actor.id, found.id)
    return await html.page(
        request, tx, actor, "feed/topic.html", topic=found,
        following=following,
        followers=followers,
        talkers=await queries.talkers(tx, actor, found.id),
        related=await queries.related(tx, actor, found.id),
        records=await queries.records_on(tx, actor, found.id),
        feed=await read_feed(tx, actor, f"topic/{key}", found.url, chosen, page),
        here=None,
    )  # fmt: skip


@get("/trending")
async def trending(request: Request, tx: Transaction, actor: people.Me) -> Response[str]:
    """What more people talk about this week than usual, of what I see. Home loads it when its right side shows."""
    if actor.guest:
        raise NotFound()
    topics = await queries.trending(tx, actor)
    if request.headers.get("turbo-frame"):
        return html.fragment(request, "feed/_trending.html", actor=actor, topics=topics)
    return await html.page(request, tx, actor, "feed/trending.html", topics=topics)


# --- moderating ----------------------------------------------------------------------------------------------------


@get("/t/{key:str}")
async def by_id(tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """A topic by its id: leads to its name."""
    topic_id = await access_topic(tx, actor, ids.parse(key, Type.TOPIC))
    return see_other((await queries.topic(tx, actor, topic_id)).url)


@get("/t/{key:str}/edit")
async def edit_topic(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[str]:
    """The form in which moderators spell a topic, describe it, merge others into it, delete it."""
    topic_id = await access_topic(tx, actor, ids.parse(key, Type.TOPIC), to="change")
    found = await queries.topic(tx, actor, topic_id)
    return await _editing(request, tx, actor, found, Typed(found.name, found.description or "", ""))


class Typed(msgspec.Struct, frozen=True):
    """What stands in the form of a topic."""

    name: str
    description: str
    merge: str


@post("/t/{key:str}/edit")
async def change_topic(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Spell a topic otherwise, say what it is, merge others into it: from then on everybody inside knows of it."""
    topic_id = await access_topic(tx, actor, ids.parse(key, Type.TOPIC), to="change")
    form = await request.form()
    typed = Typed(*(str(form.get(name) or "") for name in ("name", "description", "merge")))
    try:
        others = [await _named(tx, actor, each) for each in typed.merge.split(",") if each.strip()]
        changed = await actions.change_topic(
            tx, actor, topic_id, name=typed.name, description=typed.description, merge=others
        )
    except Invalid as refused:
        found = await queries.topic(tx, actor, topic_id)
        return await _editing(request, tx, actor, found, typed, refused)
    return see_other((await queries.topic(tx, actor, changed)).url)


async def _named(tx: Tx, actor: people.Actor, name: str) -> int:
    try:
        return (await queries.find_topic(tx, actor, name.strip().removeprefix("#"))).id
    except NotFound:
        raise Invalid(
            "INVALID_CROSS_REFERENCE_KEY",
            "There is no topic “{name}”.",
            fields=["idsToMerge"],
            name=name.strip(),
        ) from None


async def _editing(
    request: Request, tx: Tx, actor: people.Actor, found: Topic, typed: Typed, refused: Invalid | None = None
) -> Response[str]:
    return await html.page(
        request, tx, actor, "feed/topic_edit.html", status=422 if refused else 200, topic=found, typed=typed,
        error=refused.said if refused else None, wrong=(refused.fields or ["name"])[0] if refused else "",
    )  # fmt: skip


@post("/t/{key:str}/delete")
async def delete_topic(tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Delete a topic; what was said under it stays, its hashtags as words."""
    await actions.delete_topic(tx, actor, ids.parse(key, Type.TOPIC))
    return see_other("/topics")


# --- the topics of posts and records -------------------------------------------------------------------------------


def _tagged(request: Request, key: str) -> int:
    on_post = request.scope["path"].startswith("/posts/")
    try:
        id = ids.parse(key)
    except Invalid:
        raise NotFound() from None
    if on_post != (ids.type_of(id) == Type.FEED_ITEM):
        raise NotFound()
    return id


@get(["/posts/{key:str}/topics", "/r/{key:str}/topics"])
async def topics_on(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[str]:
    """The topics of a post or record, and those that may fit it."""
    return await _topics_on(request, tx, actor, _tagged(request, key))


@post(["/posts/{key:str}/topics", "/r/{key:str}/topics"])
async def add_topic(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Put a post or record under a topic, by its name."""
    tagged_id = _tagged(request, key)
    await access_tagged(tx, actor, tagged_id)
    name = str((await request.form()).get("name") or "")
    try:
        await actions.add_topic(tx, actor, tagged_id, name)
    except Invalid as refused:
        return await _topics_on(request, tx, actor, tagged_id, error=refused.said, name=name)
    return see_other(request.scope["path"])


@post(["/posts/{key:str}/topics/{topic:str}/delete", "/r/{key:str}/topics/{topic:str}/delete"])
async def remove_topic(
    request: Request, tx: Transaction, actor: people.Me, key: InPath, topic: InPath
) -> Response[Any]:
    """Take a post or record from under a topic."""
    tagged_id = _tagged(request, key)
    await access_tagged(tx, actor, tagged_id)
    await actions.remove_topic(tx, actor, tagged_id, ids.parse(topic, Type.TOPIC))
    return see_other(request.scope["path"].split("/topics/")[0] + "/topics")


async def _topics_on(
    request: Request, tx: Tx, actor: people.Actor, tagged_id: int, *, error: str | None = None, name: str = ""
) -> Response[str]:
    await access_tagged(tx, actor, tagged_id)
    may = await queries.may_choose_topics(tx, actor, tagged_id)
    if ids.type_of(tagged_id) == Type.FEED_ITEM:
        item = await queries.item(tx, actor, tagged_id)
        place, url = item.author.name, f"/posts/{item.key}"
        body, suggested = item.body, await queries.suggest_for_post(tx, actor, tagged_id) if may else []
    else:
        card = (await records.cards(tx, actor, [tagged_id]))[tagged_id]
        place, url = card.name, card.url
        body, suggested = [], await queries.suggest_for_record(tx, actor, tagged_id) if may else []
    return await html.page(
        request, tx, actor, "feed/topics_on.html", status=422 if error else 200, error=error, name=name,
        on_post=ids.type_of(tagged_id) == Type.FEED_ITEM, place=place, url=url, body=body, may_tag=may,
        tags=await queries.tags_of(tx, tagged_id), suggested=[each.name for each in suggested],
    )  # fmt: skip


ROUTES = [
    topics,
    create_topic,
    topic,
    trending,
    by_id,
    edit_topic,
    change_topic,
    delete_topic,
    topics_on,
    add_topic,
    remove_topic,
]
