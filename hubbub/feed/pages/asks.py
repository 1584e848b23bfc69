"""Pages where help is asked for on a record, and where an answer is published without who asked."""

from typing import Any

import msgspec
from litestar import Response, get, post

from hubbub import people, records
from hubbub.core import html, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Forbidden, Invalid, NotFound
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.html import see_other
from hubbub.core.ids import Type
from hubbub.feed import actions, queries
from hubbub.feed.access import access_comment, access_item, in_thread, may_publish
from hubbub.feed.actions import NEEDS, URGENCIES


class Typed(msgspec.Struct):
    """What stands in the form of an ask."""

    need: str = "advice"
    urgency: str = "whenever"
    title: str = ""
    text: str = ""
    names: str = ""
    team: bool = False
    experts: frozenset[str] = frozenset()
    sealed: bool = False


def record_of(key: str) -> int:
    """The id of a record in an address; what is none is not found."""
    try:
        found = ids.parse(key)
    except Invalid:
        raise NotFound() from None
    if ids.type_of(found) in (Type.USER, Type.TOPIC):
        raise NotFound()
    return found


@get("/r/{key:str}/ask")
async def show_ask(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[str]:
    """The form that asks for help on a record."""
    return await _ask_page(request, tx, actor, record_of(key), Typed(), None)


@post("/r/{key:str}/asks")
async def ask(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Ask for help on a record."""
    record_id = record_of(key)
    await records.access_record(tx, actor, record_id)
    form = await request.form()
    said = {name: value for name, value in form.items() if isinstance(value, str)}
    typed = Typed(
        need=said.get("need", ""),
        urgency=said.get("urgency", ""),
        title=said.get("title", ""),
        text=said.get("text", ""),
        names=said.get("names", ""),
        team="team" in said,
        experts=frozenset(each for each in form.getall("expert", []) if isinstance(each, str)),
        sealed="sealed" in said,
    )
    try:
        async with tx.savepoint():
            item_id = await actions.ask(
                tx,
                actor,
                record_id=record_id,
                need=typed.need,
                urgency=typed.urgency,
                title=typed.title,
                body=await actions.parse_form(tx, actor, text=typed.text) if typed.text.strip() else [],
                asked=await _asked(tx, actor, record_id, typed),
                sealed=typed.sealed,
            )
    except Invalid as refused:
        return await _ask_page(
            request, tx, actor, record_id, typed, refused.said, named="names" in refused.fields
        )
    return see_other(f"/posts/{ids.show(item_id)}")


async def _asked(tx: Tx, actor: people.Actor, record_id: int, typed: Typed) -> dict[int, str]:
    """Whom the form asks, and as what."""
    asked: dict[int, str] = {}
    for name in filter(None, (name.strip().lstrip("@") for name in typed.names.split(","))):
        person = (await people.named(tx, actor, [name])).get(name.casefold())
        if person is None:
            raise Invalid(
                "INVALID_CROSS_REFERENCE_KEY",
                "There is no one person called “{name}”.",
                fields=["names"],
                name=name[:80],
            )
        asked[person.id] = "chosen"
    asked |= dict.fromkeys((ids.parse(each, Type.USER) for each in sorted(typed.experts)), "expert")
    if typed.team:
        mates = await queries.team(tx, actor, record_id, sealed=typed.sealed)
        asked = dict.fromkeys((person.id for person in mates), "team") | asked
    return asked


async def _ask_page(
    request: Request,
    tx: Tx,
    actor: people.Actor,
    record_id: int,
    typed: Typed,
    error: str | None,
    *,
    named: bool = False,
) -> Response[str]:
    record = await records.access_record(tx, actor, record_id)
    if actor.guest:
        raise Forbidden("Guests ask by writing where something was shared with them.")
    return await html.page(
        request,
        tx,
        actor,
        "feed/ask.html",
        status=422 if error else 200,
        here=None,
        record=record,
        typed=typed,
        needs=list(NEEDS.items()),
        urgencies=list(URGENCIES.items()),
        team=await queries.team(tx, actor, record_id),
        experts=await queries.experts(tx, actor, record_id),
        error=error,
        named=named,
    )


# --- the answer, published -----------------------------------------------------------------------------------------


@get("/comments/{key:str}/publish")
async def show_publish(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[str]:
    """The form that publishes an answer without who asked."""
    return await _publish_page(request, tx, actor, ids.parse(key, Type.COMMENT), None, None, True, None)


@post("/comments/{key:str}/publish")
async def publish(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Publish an answer without who asked."""
    comment = await access_comment(tx, actor, ids.parse(key, Type.COMMENT))
    form = await request.form()
    title, text, named = str(form.get("title", "")), str(form.get("text", "")), "named" in form
    try:
        async with tx.savepoint():
            published_id = await actions.publish_answer(
                tx,
                actor,
                comment.item_id,
                comment.id,
                title=title,
                answer=await actions.parse_form(tx, actor, text=text),
                name_helper=named,
            )
    except Invalid as refused:
        return await _publish_page(request, tx, actor, comment.id, title, text, named, refused.said)
    return see_other(f"/posts/{ids.show(published_id)}")


async def _publish_page(
    request: Request,
    tx: Tx,
    actor: people.Actor,
    comment_id: int,
    title: str | None,
    text: str | None,
    named: bool,
    error: str | None,
) -> Response[str]:
    row = await access_comment(tx, actor, comment_id)
    stored = await access_item(tx, actor, row.item_id)
    item = await queries.item(tx, actor, row.item_id)
    if item.ask is None:
        raise NotFound()
    if not may_publish(in_thread(tx, actor, stored), stored.author_id):
        raise Forbidden("Only who asked and moderators publish the answer.")
    comment = await queries.comment(tx, actor, comment_id)
    body = await queries.stored_body(tx, comment_id)
    return await html.page(
        request,
        tx,
        actor,
        "feed/publish.html",
        status=422 if error else 200,
        here=None,
        item=item,
        comment=comment,
        title=title if title is not None else item.title,
        text=text
        if text is not None
        else actions.write_light(body, await queries.names_of_links(tx, actor, body)),
        named=named,
        helper=comment.author.name if isinstance(comment.author, people.Person) else None,
        error=error,
    )


ROUTES = [show_ask, ask, show_publish, publish]
