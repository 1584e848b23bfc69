"""Taking away the preview of a page that a post links."""

from typing import Any

from litestar import Response, post

from hubbub import people
from hubbub.core import ids
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.ids import Type
from hubbub.feed import actions
from hubbub.feed.pages.posts import show_talk


@post("/posts/{key:str}/preview/delete")
async def remove_preview(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Take the preview of the linked page away from my post."""
    item_id = ids.parse(key, Type.FEED_ITEM)
    await actions.remove_preview(tx, actor, item_id)
    return await show_talk(request, tx, actor, item_id)


ROUTES = [remove_preview]
