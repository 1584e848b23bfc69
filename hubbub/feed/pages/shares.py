"""Sharing a post with a guest, on the page of the post."""

from typing import Any

from litestar import Response, get, post

from hubbub import people
from hubbub.core import html, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.html import see_other
from hubbub.core.ids import Type
from hubbub.feed import actions, queries
from hubbub.feed.access import access_item


@get("/posts/{key:str}/guests")
async def show_guests(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[str]:
    """The guests with whom a post is shared, and those with whom it could be."""
    item = await access_item(tx, actor, ids.parse(key, Type.FEED_ITEM), to="share")
    return await _page(request, tx, actor, item.id)


@post("/posts/{key:str}/guests")
async def share_with_guest(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Let a guest see this post."""
    item_id = ids.parse(key, Type.FEED_ITEM)
    await access_item(tx, actor, item_id, to="share")
    try:
        await actions.share_item(
            tx, actor, item_id, ids.parse((await request.form()).get("guest"), Type.USER)
        )
    except Invalid as refused:
        return await _page(request, tx, actor, item_id, error=refused.said)
    return see_other(f"/posts/{key}/guests")


async def _page(
    request: Request, tx: Tx, actor: people.Actor, item_id: int, error: str | None = None
) -> Response[str]:
    shares = await queries.guest_shares(tx, item_id, actor)
    has = {each.user.id for each in shares}
    others = (await people.cards(tx, await people.guests(tx) - has, actor)).values()
    return await html.page(
        request, tx, actor, "feed/guests.html", status=422 if error else 200, error=error, shares=shares,
        item=await queries.item(tx, actor, item_id), guests=sorted(others, key=lambda each: each.name),
    )  # fmt: skip


@post("/posts/{key:str}/guests/{user:str}/delete")
async def take_from_guest(tx: Transaction, actor: people.Me, key: InPath, user: InPath) -> Response[Any]:
    """Take this post from a guest again."""
    await actions.unshare_item(tx, actor, ids.parse(key, Type.FEED_ITEM), ids.parse(user, Type.USER))
    return see_other(f"/posts/{key}/guests")


ROUTES = [show_guests, share_with_guest, take_from_guest]
