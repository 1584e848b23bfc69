"""Pages of records: lists, a record with its feed, its forms, its stages."""

from typing import Any

from litestar import Response, get, post

from hubbub import feed, people, records
from hubbub.core import html, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound, Refused
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.html import see_other, wants_stream
from hubbub.desk import actions
from hubbub.desk.pages.activities import ROUTES as ACTIVITIES
from hubbub.desk.pages.activities import activity_tab
from hubbub.desk.pages.acts import ROUTES as ACTS
from hubbub.desk.pages.board import ROUTES as BOARD
from hubbub.desk.pages.cells import show_record
from hubbub.desk.pages.converting import ROUTES as CONVERTING
from hubbub.desk.pages.export import ROUTES as EXPORT
from hubbub.desk.pages.forms import Form, given, typed, wrong
from hubbub.desk.pages.inline import ROUTES as INLINE
from hubbub.desk.pages.jump import ROUTES as JUMP
from hubbub.desk.pages.lifecycle import ROUTES as LIFECYCLE
from hubbub.desk.pages.lists import ROUTES as LISTS
from hubbub.desk.pages.making import ROUTES as MAKING
from hubbub.desk.pages.members import ROUTES as MEMBERS
from hubbub.desk.pages.members import member_tab
from hubbub.desk.pages.merging import Merged, merge
from hubbub.desk.pages.related import show_related
from hubbub.desk.pages.views import ROUTES as VIEWS

# --- a record ------------------------------------------------------------------------------------------------------


@get("/r/{key:str}")
async def show(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[str]:
    """A record: what it is, and what is said about it."""
    record = await records.access_record(tx, actor, ids.of_address(key))
    if request.headers.get("x-sec-purpose") != "prefetch":  # a link that was only pointed at
        await records.note_viewed(tx, actor, [record.id])
    page = await show_record(tx, actor, record)
    him = await records.viewer(tx, actor)
    tab = request.query_params.get("tab")
    some = {"activity": page.has_activities, "members": page.has_members}
    if tab not in ("details", "related") and not some.get(tab or ""):
        tab = "chatter"
    saved = request.query_params.get("saved", "")
    activity = None
    if tab == "activity":
        before, kind = (request.query_params.get(each) for each in ("before", "new"))
        activity = await activity_tab(tx, actor, record, before=before, kind=kind)
    members = None
    if tab == "members":
        members = await member_tab(tx, actor, record, after=request.query_params.get("after"))
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
        members=members, **page.context, **talk,
        related=await show_related(tx, him, record) if tab == "related" else [],
        saved=saved if saved.isascii() and saved.isdigit() and len(saved) < 10 else None,
    )  # fmt: skip


@get("/r/{key:str}/fragment")
async def record_fragment(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[str]:
    """The record as it stands now, as changes to an open page; with `tab=activity` also what is to be done about it."""
    record = await records.access_record(tx, actor, ids.of_address(key))
    page = await show_record(tx, actor, record)
    shows = request.query_params.get("tab") == "activity" and page.has_activities
    activity = await activity_tab(tx, actor, record) if shows else None
    return html.stream(
        request, "desk/streams/record.html", actor=actor, here=record.id, activity=activity, **page.context
    )


@get("/o/{name:str}/new")
async def new(request: Request, tx: Transaction, actor: people.Me, name: InPath) -> Response[str]:
    """The form of a new record."""
    him = await records.viewer(tx, actor)
    object = records.access_object(him, name, to="create")
    form = Form(him, object, None, given=await given(tx, him, object, request.query_params))
    return await _form_page(request, tx, actor, form, await form.texts(tx))


@post("/o/{name:str}/new")
async def create(request: Request, tx: Transaction, actor: people.Me, name: InPath) -> Response[Any]:
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
async def edit(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[str]:
    """The form of a record."""
    record = await records.access_record(tx, actor, ids.of_address(key), to="edit")
    form = Form(await records.viewer(tx, actor), record.object, record)
    return await _form_page(request, tx, actor, form, await form.texts(tx))


@post("/r/{key:str}/edit")
async def update(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Save what was changed in the form; what others changed meanwhile is merged, and who changed the same chooses."""
    record = await records.access_record(tx, actor, ids.of_address(key), to="edit", lock=True)
    form = Form(await records.viewer(tx, actor), record.object, record)
    said = await typed(request)
    merged = None
    try:
        async with tx.savepoint():
            merged = await merge(tx, form.him, form, said)
            if merged.clashes:
                raise records.Changed()
            saved = await actions.update_record(tx, actor, record.id, merged.values)
    except Invalid as refused:
        return await _form_page(request, tx, actor, form, said, refused, merged)
    try:
        await records.access_record(tx, actor, record.id)
    except NotFound:  # who gives a record away may no longer see it
        return see_other(f"/o/{record.object.name}")
    undo = f"&saved={saved.version}" if saved.changes else ""
    return see_other(f"/r/{key}?tab=details{undo}")


async def _form_page(
    request: Request,
    tx: Tx,
    actor: people.Actor,
    form: Form,
    texts: dict[str, str],
    refused: Refused | None = None,
    merged: Merged | None = None,
) -> Response[str]:
    message, errors = wrong(refused)
    record = form.record
    theirs = [field for field in form.fields if merged and field.name in merged.theirs]
    if theirs:
        now = await form.texts(tx)
        texts = texts | {field.name: now[field.name] for field in theirs}
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
        clashes=merged.clashes if merged else [],
        merged=[field.label for field in theirs],
    )


@post("/r/{key:str}/stage")
async def move_stage(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Move a record along its path."""
    form = await request.form()
    stage, about, back = form.get("stage"), form.get("about"), form.get("next")
    id = ids.of_address(key)
    saved = await actions.move_stage(tx, actor, id, stage if isinstance(stage, str) else "")
    if isinstance(about, str) and about:  # it was checked off on the page of what it is about
        return await _checked_off(request, tx, actor, ids.of_address(about))
    if not wants_stream(request):
        if not back:
            return see_other(f"/r/{key}")
        address = html.local(back)
        if saved.changes:  # a board: where the move can be undone
            address += f"{'&' if '?' in address else '?'}moved={key}&saved={saved.version}"
        return see_other(address)
    if html.wants_nothing(request):  # a board, which fetches its cards
        answer = Response("", status_code=204)
    else:
        try:
            record = await records.access_record(tx, actor, id)
        except NotFound:  # a rule showed it to him at the stage where it stood
            return see_other(f"/o/{saved.object.name}")
        page = await show_record(tx, actor, record)
        answer = html.stream(
            request, "desk/streams/record.html", actor=actor, here=id, activity=None, **page.context
        )
    if saved.changes:
        answer.headers["x-version"] = str(saved.version)  # what can be undone
    return answer


async def _checked_off(request: Request, tx: Tx, actor: people.Actor, about: int) -> Response[Any]:
    """The page of what a task is about once the task is done: what is typed there beside the list stays."""
    if not wants_stream(request):
        return see_other(f"/r/{ids.show(about)}?tab=activity")
    record = await records.access_record(tx, actor, about)
    page = await show_record(tx, actor, record)
    return html.stream(
        request,
        "desk/streams/record.html",
        actor=actor,
        here=about,
        activity=await activity_tab(tx, actor, record) if page.has_activities else None,
        told=html.translate("Checked off"),
        **page.context,
    )


@post("/r/{key:str}/take")
async def take(tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Take a record out of the queue that it belongs to."""
    await actions.take_record(tx, actor, ids.of_address(key))
    return see_other(f"/r/{key}")


@post("/r/{key:str}/delete")
async def delete(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Delete a record for everybody."""
    record = await actions.delete_record(tx, actor, ids.of_address(key))
    back = (await request.form()).get("next")
    return see_other(html.local(back) if back else f"/o/{record.object.name}")


ROUTES = [
    show,
    record_fragment,
    new,
    create,
    edit,
    update,
    move_stage,
    take,
    delete,
    *INLINE,
    *LISTS,
    *VIEWS,
    *EXPORT,
    *BOARD,
    *LIFECYCLE,
    *ACTIVITIES,
    *MEMBERS,
    *ACTS,
    *CONVERTING,
    *MAKING,
    *JUMP,
]
