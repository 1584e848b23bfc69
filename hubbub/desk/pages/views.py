"""Keeping a list as a view, changing it, deleting it."""

from typing import Any

from litestar import Response, post
from multidict import MultiDict

from hubbub import people, records
from hubbub.core import ids
from hubbub.core.errors import Invalid
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.html import see_other
from hubbub.core.ids import Type
from hubbub.desk import actions
from hubbub.desk.pages.lists import asked, list_page, wanted_of


@post("/o/{name:str}/views")
async def save_view(request: Request, tx: Transaction, actor: people.Me, name: InPath) -> Response[Any]:
    """Keep the list that is shown as a view, for myself or for everybody."""
    form = await request.form()
    called = str(form.get("name") or "")
    him = await records.viewer(tx, actor)
    list_of = await asked(tx, him, name, form)
    if list_of.error:
        return await list_page(request, tx, actor, name, form, called=called)
    try:
        async with tx.savepoint():
            view = await records.save_view(
                tx, actor, name, called, wanted_of(list_of.shown, {}), shared=form.get("shared") == "1"
            )
    except Invalid as refused:
        return await list_page(request, tx, actor, name, form, error=refused.said, called=called)
    return see_other(view.url)


@post("/o/{name:str}/views/{key:str}")
async def change_view(
    request: Request, tx: Transaction, actor: people.Me, name: InPath, key: InPath
) -> Response[Any]:
    """Change what a view is called and who has it, and let it show what is shown."""
    form = await request.form()
    him = await records.viewer(tx, actor)
    view_id = ids.of_address(key, Type.LIST_VIEW)
    kept = await records.access_view(tx, him, view_id, to="edit")
    said = MultiDict(
        [*((field, value) for field, value in form.multi_items() if field != "view"), ("view", kept.key)]
    )
    list_of = await asked(tx, him, name, said)
    if list_of.error:
        return await list_page(request, tx, actor, name, said)
    try:
        async with tx.savepoint():
            view = await records.change_view(
                tx, actor, view_id, name=str(form.get("name") or ""), shared=form.get("shared") == "1",
                wanted=wanted_of(list_of.shown, {}) if list_of.changed else None,
            )  # fmt: skip
    except Invalid as refused:
        return await list_page(request, tx, actor, name, said, error=refused.said)
    return see_other(view.url)


@post("/o/{name:str}/views/{key:str}/delete")
async def delete_view(tx: Transaction, actor: people.Me, name: InPath, key: InPath) -> Response[Any]:
    """Delete a view; the records stay."""
    him = await records.viewer(tx, actor)
    records.access_object(him, name)
    view = await actions.delete_view(tx, actor, ids.of_address(key, Type.LIST_VIEW))
    return see_other(f"/o/{view.object.name}")


ROUTES = [save_view, change_view, delete_view]
