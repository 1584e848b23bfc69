"""Changing one field where it stands, in a list or on a record's page; and undoing a change."""

from typing import Any

from litestar import Response, get, post

from hubbub import objects, people, records
from hubbub.core import html, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound, Refused
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.html import see_other, wants_stream
from hubbub.desk import actions
from hubbub.desk.pages.cells import cell, may_write, show_record
from hubbub.desk.pages.forms import Form, typed, wrong
from hubbub.desk.pages.merging import Clash, merge


async def _form(
    tx: Tx, actor: people.Actor, key: str, name: str, *, lock: bool = False
) -> tuple[records.Viewer, Form]:
    record = await records.access_record(tx, actor, ids.of_address(key), to="edit", lock=lock)
    him = await records.viewer(tx, actor)
    form = Form(him, record.object, record, only=(him.field(record.object, name).name,))
    if not form.fields or not may_write(him, record, form.fields[0]):
        raise NotFound()
    return him, form


@get("/r/{key:str}/fields/{name:str}")
async def field_form(
    request: Request, tx: Transaction, actor: people.Me, key: InPath, name: InPath
) -> Response[str]:
    """The form of one field of a record."""
    _, form = await _form(tx, actor, key, name)
    return await _answer(request, tx, actor, form, await form.texts(tx))


@post("/r/{key:str}/fields/{name:str}")
async def save_field(
    request: Request, tx: Transaction, actor: people.Me, key: InPath, name: InPath
) -> Response[Any]:
    """Save one field; what others changed beside it stays, and a change of the same field is told first."""
    him, form = await _form(tx, actor, key, name, lock=True)
    said = await typed(request)
    record, field = form.record, form.fields[0]
    assert record is not None
    try:
        async with tx.savepoint():
            merged = await merge(tx, him, form, said)
            if merged.clashes:
                return await _answer(request, tx, actor, form, said, records.Changed(), merged.clashes)
            saved = await actions.update_record(tx, actor, record.id, merged.values)
    except Invalid as refused:
        return await _answer(request, tx, actor, form, said, refused)
    if not wants_stream(request):
        back = said.get("next")
        return see_other(html.local(back) if back else f"{record.url}?tab=details&saved={saved.version}")
    return await _saved(request, tx, actor, record.id, field, saved.version if saved.changes else 0)


async def _saved(
    request: Request, tx: Tx, actor: people.Actor, record_id: int, field: objects.Field, version: int
) -> Response[str]:
    """The value as it stands now."""
    try:
        record = await records.access_record(tx, actor, record_id)
    except NotFound:  # who gives a record away may no longer see it
        return html.fragment(request, "desk/inline_saved.html", actor=actor, cell=None, version=0)
    him = await records.viewer(tx, actor)
    value = records.as_days(record.values)[field.name]
    names = await records.names(tx, him, {value} if field.type == "reference" and value else set())
    shown = cell(field, value, names, actor.timezone)
    return html.fragment(request, "desk/inline_saved.html", actor=actor, cell=shown, version=version)


async def _answer(
    request: Request,
    tx: Tx,
    actor: people.Actor,
    form: Form,
    texts: dict[str, str],
    refused: Refused | None = None,
    clashes: list[Clash] | None = None,
) -> Response[str]:
    """The form: a piece for a page's script, else a page of its own."""
    message, errors = wrong(refused)
    record = form.record
    assert record is not None
    status = 200 if refused is None else 409 if refused.status == 409 else 422
    fields = await form.inputs(tx, texts, errors)
    action = f"/r/{record.key}/fields/{form.fields[0].name}"
    if wants_stream(request):
        return html.fragment(
            request, "desk/inline_form.html", actor=actor, status=status, action=action,
            version=record.version, field=fields[0], error=None if errors else message, clashes=clashes or [],
        )  # fmt: skip
    return await html.page(
        request, tx, actor, "desk/edit.html", status=status, object=form.object, record=record, action=action,
        cancel_url=f"{record.url}?tab=details", version=record.version, error=message, fields=fields,
        clashes=clashes or [], merged=[],
    )  # fmt: skip


@post("/r/{key:str}/undo")
async def undo(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Undo what I changed with one save, unless somebody changed it since."""
    form = await request.form()
    text = str(form.get("version") or request.query_params.get("version") or "")
    version = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    record_id = ids.of_address(key)
    await actions.undo_change(tx, actor, record_id, version)
    if html.wants_nothing(request):
        return Response("", status_code=204)
    if wants_stream(request):
        page = await show_record(tx, actor, await records.access_record(tx, actor, record_id))
        return html.stream(
            request, "desk/streams/undone.html", actor=actor, here=record_id, activity=None, **page.context
        )
    if form.get("next"):
        return see_other(html.local(form.get("next")).partition("&saved=")[0].partition("?saved=")[0])
    return see_other(f"/r/{ids.show(record_id)}")


ROUTES = [field_form, save_field, undo]
