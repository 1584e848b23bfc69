"""Sharing a post: on my profile, a colleague's, or a record, with the original inside."""

from typing import Any

from litestar import Response, get, post

from hubbub import people, records
from hubbub.core import html, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.html import see_other
from hubbub.core.ids import Type
from hubbub.feed import actions, queries
from hubbub.feed.access import access_subject

OFFERED = 8


@get("/posts/{key:str}/share")
async def share_form(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[str]:
    """The form by which a post is shared: `to` says where, `q` looks for somewhere else."""
    original = await actions.access_original(tx, actor, ids.parse(key, Type.FEED_ITEM))
    to = request.query_params.get("to")
    return await _page(request, tx, actor, original.id, ids.parse(to) if to else _usual(actor))


@post("/posts/{key:str}/shares")
async def share(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Share a post with what I say to it."""
    original = await actions.access_original(tx, actor, ids.parse(key, Type.FEED_ITEM))
    form = await request.form()
    subject_id = ids.parse(form.get("subject"))
    text = str(form.get("text") or "")
    await access_subject(tx, actor, subject_id, to="post")
    try:
        async with tx.savepoint():
            body = await actions.parse_words(tx, actor, text)
            made = await actions.post(tx, actor, parent_id=subject_id, body=body, shared_id=original.id)
    except Invalid as refused:
        return await _page(request, tx, actor, original.id, subject_id, text, refused.said)
    return see_other(f"/posts/{ids.show(made)}")


def _usual(actor: people.Actor) -> int | None:
    return None if actor.guest else actor.id


async def _page(
    request: Request,
    tx: Tx,
    actor: people.Actor,
    item_id: int,
    subject_id: int | None,
    text: str = "",
    error: str | None = None,
) -> Response[str]:
    if subject_id is not None:
        await access_subject(tx, actor, subject_id, to="post")
    q = request.query_params.get("q", "").strip()[:99]
    found: list[people.Person | records.Card] = []
    if q:
        if not actor.guest:
            found += await people.find_people(tx, actor, q, size=OFFERED)
        found += await records.find_beginning(tx, await records.viewer(tx, actor), q, size=OFFERED)
    place = (await queries.subjects(tx, actor, [subject_id])).get(subject_id) if subject_id else None
    return await html.page(
        request, tx, actor, "feed/share.html", status=422 if error else 200, item=await queries.item(tx, actor, item_id),
        place=place, mine=subject_id == actor.id, q=q, found=found, text=text, error=error,
    )  # fmt: skip


ROUTES = [share_form, share]
