"""Pages of records: lists, a record with its feed, its forms, its stages."""

from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from hubbub import feed, people, records
from hubbub.core import html, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound, Refused
from hubbub.core.html import see_other, wants_stream
from hubbub.desk import actions
from hubbub.desk.pages.activities import ROUTES as ACTIVITIES
from hubbub.desk.pages.activities import activity_tab, has_activities
from hubbub.desk.pages.acts import ROUTES as ACTS
from hubbub.desk.pages.cells import Cell, cell, show_record
from hubbub.desk.pages.converting import ROUTES as CONVERTING
from hubbub.desk.pages.forms import Form, typed, wrong
from hubbub.desk.pages.jump import ROUTES as JUMP
from hubbub.desk.pages.lifecycle import ROUTES as LIFECYCLE
from hubbub.desk.pages.making import ROUTES as MAKING


class Column(msgspec.Struct, frozen=True):
    """A column of a list."""

    name: str
    label: str
    numeric: bool


class Row(msgspec.Struct, frozen=True):
    """A record in a list."""

    id: int
    url: str
    cells: list[Cell]


def record_id(key: str) -> int:
    """The id in an address; what is none, or another thing's, is not found."""
    try:
        id = ids.parse(key)
    except Invalid:
        raise NotFound() from None
    return id


# --- lists ---------------------------------------------------------------------------------------------------------


@get("/o/{name:str}")
async def list_records(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    name: FromPath[str],
) -> Response[str]:
    """The records of an object that I see, or those that are mine."""
    him = await records.viewer(tx, actor)
    object = records.access_object(him, name)
    owner = request.query_params.get("owner", "all") if object.owned else None
    owner = owner if owner in (None, "mine") else "all"
    page = await records.list_records(
        tx, actor, name, mine=owner == "mine", after=request.query_params.get("after")
    )
    following = {"owner": owner} if owner else {}
    return await html.page(
        request,
        tx,
        actor,
        "desk/records.html",
        object=object,
        columns=[Column(field.name, field.label, field.is_number) for field in page.columns],
        rows=[
            Row(
                row.id,
                row.url,
                [cell(f, row.values[f.name], page.names, actor.timezone) for f in page.columns],
            )
            for row in page.rows
        ],
        count=html.number(page.count)
        if page.count <= records.COUNTED
        else f"{html.number(records.COUNTED)}+",
        next_url=f"/o/{object.name}?{urlencode(following | {'after': page.following})}"
        if page.following
        else None,
        first="after" not in request.query_params,
        may_create=him.can(object).create,
        owner=owner,
    )


# --- a record ------------------------------------------------------------------------------------------------------


@get("/r/{key:str}")
async def show(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    key: FromPath[str],
) -> Response[str]:
    """A record: what it is, and what is said about it."""
    record = await records.access_record(tx, actor, record_id(key))
    page = await show_record(tx, actor, record)
    him = await records.viewer(tx, actor)
    tab = request.query_params.get("tab")
    tab = tab if tab == "details" or (tab == "activity" and has_activities(him, record.object)) else "chatter"
    activity = None
    if tab == "activity":
        before, kind = (request.query_params.get(each) for each in ("before", "new"))
        activity = await activity_tab(tx, actor, record, before=before, kind=kind)
    talk: dict[str, Any] = (
        {
            "feed": await feed.record_feed(request, tx, actor, record.id),
            "composer": await feed.composer(tx, actor, record.id),
        }
        if tab == "chatter"
        else {"feed": None, "composer": None}
    )
    return await html.page(
        request, tx, actor, "desk/record.html", tab=tab, here=record.id, activity=activity,
        has_activities=has_activities(him, record.object), **page.context, **talk,
    )  # fmt: skip


@get("/r/{key:str}/fragment")
async def record_fragment(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    key: FromPath[str],
) -> Response[str]:
    """The record as it stands now, as changes to an open page."""
    page = await show_record(tx, actor, await records.access_record(tx, actor, record_id(key)))
    return html.stream(request, "desk/streams/record.html", actor=actor, here=page.record.id, **page.context)


@get("/o/{name:str}/new")
async def new(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    name: FromPath[str],
) -> Response[str]:
    """The form of a new record."""
    him = await records.viewer(tx, actor)
    form = Form(him, records.access_object(him, name, to="create"), None)
    return await _form_page(request, tx, actor, form, await form.texts(tx))


@post("/o/{name:str}/new")
async def create(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    name: FromPath[str],
) -> Response[Any]:
    """Make a record."""
    him = await records.viewer(tx, actor)
    form = Form(him, records.access_object(him, name, to="create"), None)
    said = await typed(request)
    try:
        async with tx.savepoint():
            saved = await actions.create_record(tx, actor, name, await form.read(tx, said))
    except Invalid as refused:
        return await _form_page(request, tx, actor, form, said, refused)
    return see_other(f"/r/{ids.show(saved.id)}")


@get("/r/{key:str}/edit")
async def edit(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    key: FromPath[str],
) -> Response[str]:
    """The form of a record."""
    record = await records.access_record(tx, actor, record_id(key), to="edit")
    form = Form(await records.viewer(tx, actor), record.object, record)
    return await _form_page(request, tx, actor, form, await form.texts(tx))


@post("/r/{key:str}/edit")
async def update(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    key: FromPath[str],
) -> Response[Any]:
    """Save what was changed in the form; a save over somebody else's is refused."""
    record = await records.access_record(tx, actor, record_id(key), to="edit", lock=True)
    form = Form(await records.viewer(tx, actor), record.object, record)
    said = await typed(request)
    version = said.get("_version", "")
    try:
        async with tx.savepoint():
            if version and not (version.isascii() and version.isdigit() and len(version) < 10):
                raise records.Changed()
            if version and int(version) != record.version:
                raise records.Changed()
            await actions.update_record(tx, actor, record.id, await form.read(tx, said))
    except Invalid as refused:
        return await _form_page(request, tx, actor, form, said, refused)
    try:
        await records.access_record(tx, actor, record.id)
    except NotFound:  # who gives a record away may no longer see it
        return see_other(f"/o/{record.object.name}")
    return see_other(f"/r/{key}?tab=details")


async def _form_page(
    request: Request[Any, Any, Any],
    tx: Tx,
    actor: people.Actor,
    form: Form,
    texts: dict[str, str],
    refused: Refused | None = None,
) -> Response[str]:
    message, errors = wrong(refused)
    record = form.record
    return await html.page(
        request,
        tx,
        actor,
        "desk/edit.html",
        status=200 if refused is None else 409 if refused.status == 409 else 422,
        object=form.object,
        record=record,
        action=f"/r/{record.key}/edit" if record else f"/o/{form.object.name}/new",
        cancel_url=record.url if record else f"/o/{form.object.name}",
        version=record.version if record else None,
        error=message,
        fields=await form.inputs(tx, texts, errors),
    )


@post("/r/{key:str}/stage")
async def move_stage(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    key: FromPath[str],
) -> Response[Any]:
    """Move a record along its path."""
    form = await request.form()
    stage, about = form.get("stage"), form.get("about")
    id = record_id(key)
    await actions.move_stage(tx, actor, id, stage if isinstance(stage, str) else "")
    if isinstance(about, str) and about:  # it was checked off on the page of what it is about
        return see_other(f"/r/{ids.show(record_id(about))}?tab=activity")
    if not wants_stream(request):
        return see_other(f"/r/{key}")
    page = await show_record(tx, actor, await records.access_record(tx, actor, id))
    return html.stream(request, "desk/streams/record.html", actor=actor, here=id, **page.context)


@post("/r/{key:str}/take")
async def take(
    tx: NamedDependency[Tx], actor: NamedDependency[people.Actor], key: FromPath[str]
) -> Response[Any]:
    """Take a record out of the queue that it belongs to."""
    await actions.take_record(tx, actor, record_id(key))
    return see_other(f"/r/{key}")


@post("/r/{key:str}/delete")
async def delete(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    key: FromPath[str],
) -> Response[Any]:
    """Delete a record for everybody."""
    record = await actions.delete_record(tx, actor, record_id(key))
    return see_other(f"/o/{record.object.name}")


ROUTES = [
    list_records,
    show,
    record_fragment,
    new,
    create,
    edit,
    update,
    move_stage,
    take,
    delete,
    *LIFECYCLE,
    *ACTIVITIES,
    *ACTS,
    *CONVERTING,
    *MAKING,
    *JUMP,
]
