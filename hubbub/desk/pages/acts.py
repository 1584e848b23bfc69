"""Acts on a record from a post on it: moving its stage, giving it to somebody, logging a call."""

from typing import Any

from litestar import Response, get, post

from hubbub import feed, objects, people, records
from hubbub.core import html, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.html import see_other
from hubbub.core.ids import Type
from hubbub.desk import actions

OWNERS = 200


@get("/posts/{key:str}/acts")
async def show_acts(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[str]:
    """What can be done with the record on which a post stands."""
    return await _page(request, tx, actor, ids.parse(key, Type.FEED_ITEM))


@post("/posts/{key:str}/stage")
async def move_stage(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Move the record along its path, with a word to it."""
    item_id = ids.parse(key, Type.FEED_ITEM)
    record = await actions.access_record_of(tx, actor, item_id, to="edit")
    form = await request.form()
    text, stage = str(form.get("text") or ""), str(form.get("stage") or "")
    try:
        async with tx.savepoint():
            body = await feed.parse_words(tx, actor, text)
            await actions.change_status(tx, actor, record.id, stage, body)
    except Invalid as refused:
        return await _page(request, tx, actor, item_id, "stage", refused.said, text)
    return see_other(record.url)


@post("/posts/{key:str}/owner")
async def assign(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Give the record to somebody, with a word to it."""
    item_id = ids.parse(key, Type.FEED_ITEM)
    record = await actions.access_record_of(tx, actor, item_id, to="share")
    form = await request.form()
    text, name = str(form.get("text") or ""), str(form.get("owner") or "").strip()
    try:
        async with tx.savepoint():
            body = await feed.parse_words(tx, actor, text)
            found = (await people.named(tx, actor, [name])).get(name.casefold()) if name else None
            if found is None:
                raise Invalid(
                    "INVALID_CROSS_REFERENCE_KEY", "There is no “{name}” that you can see.", name=name[:80]
                )
            await actions.assign_record(tx, actor, record.id, found.id, body)
    except Invalid as refused:
        return await _page(request, tx, actor, item_id, "owner", refused.said, text, name)
    try:
        await records.access_record(tx, actor, record.id)
    except NotFound:  # who gives a record away may no longer see it
        return see_other(f"/o/{record.object.name}")
    return see_other(record.url)


@post("/posts/{key:str}/calls")
async def log_call(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Log a call on the record."""
    item_id = ids.parse(key, Type.FEED_ITEM)
    record = await actions.access_record_of(tx, actor, item_id)
    form = await request.form()
    text, minutes = str(form.get("text") or ""), str(form.get("minutes") or "").strip()
    try:
        async with tx.savepoint():
            if minutes and not (minutes.isascii() and minutes.isdigit() and len(minutes) < 6):
                raise Invalid("INVALID_INPUT", "Minutes are a whole number.", fields=["minutes"])
            body = await feed.parse_words(tx, actor, text)
            await feed.post(
                tx, actor, parent_id=record.id, body=body, kind="CallLogPost", title=str(form.get("subject") or ""),
                detail={"minutes": int(minutes) if minutes else None},
            )  # fmt: skip
    except Invalid as refused:
        return await _page(request, tx, actor, item_id, "call", refused.said, text)
    return see_other(record.url)


async def _page(
    request: Request,
    tx: Tx,
    actor: people.Actor,
    item_id: int,
    act: str | None = None,
    error: str | None = None,
    text: str = "",
    owner: str = "",
) -> Response[str]:
    """The acts that the actor may do; of a refused one what was wrong and what was typed."""
    record = await actions.access_record_of(tx, actor, item_id)
    item = await feed.item(tx, actor, item_id)
    him = await records.viewer(tx, actor)
    path = record.object.path
    field = him.field(record.object, path) if path and path in record.values else None
    stages: list[objects.Choice] = []
    if field is not None and record.editable and him.may_edit(record.object, field):
        stages = list(record.object.stages)
    gives = (
        record.owned and record.object.owned and him.may_edit(record.object, record.object.field("OwnerId"))
    )
    owners = await people.find_people(tx, actor, "", size=OWNERS) if gives else []
    return await html.page(
        request, tx, actor, "desk/acts.html", status=422 if error else 200, item=item, record=record, stages=stages,
        stage=record.values.get(path) if path else None, owners=owners, act=act, error=error, text=text, owner=owner,
    )  # fmt: skip


ROUTES = [show_acts, move_stage, assign, log_call]
