"""Pages of what became of records: a record's history, and the recycle bin."""

from typing import Any
from urllib.parse import quote

from litestar import Response, get, post

from hubbub import people, records
from hubbub.core import html, ids
from hubbub.core.errors import NotFound
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.html import see_other
from hubbub.desk import actions


@get("/r/{key:str}/history")
async def history(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[str]:
    """Who changed what on a record, and when; the fields that I may read."""
    record = await records.access_record(tx, actor, ids.of_address(key))
    after = request.query_params.get("after")
    page = await records.history(tx, actor, record, after=after)
    return await html.page(
        request,
        tx,
        actor,
        "desk/history.html",
        record=record,
        entries=page.entries,
        first=after is None,
        next_url=f"/r/{record.key}/history?after={quote(page.following)}" if page.following else None,
    )


@get("/bin")
async def recycle_bin(request: Request, tx: Transaction, actor: people.Me) -> Response[str]:
    """The recycle bin: what I deleted; for administrators what anybody did."""
    after = request.query_params.get("after")
    page = await records.recycle_bin(tx, actor, after=after)
    return await html.page(
        request,
        tx,
        actor,
        "desk/bin.html",
        rows=page.records,
        persons=await people.cards(tx, {each.deleted_by for each in page.records}),
        everybody=actor.modify_all,
        first=after is None,
        next_url=f"/bin?after={quote(page.following)}" if page.following else None,
    )


@post("/bin/{key:str}/restore")
async def restore(tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Take a record out of the bin."""
    restored = await actions.restore_record(tx, actor, ids.of_address(key))
    try:
        await records.access_record(tx, actor, restored.id)
    except NotFound:  # who may no longer see it
        return see_other("/bin")
    return see_other(f"/r/{restored.key}")


@post("/bin/{key:str}/purge")
async def purge(tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Delete a record in the bin for good."""
    await actions.purge_record(tx, actor, ids.of_address(key))
    return see_other("/bin")


ROUTES = [history, recycle_bin, restore, purge]
