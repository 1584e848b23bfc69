"""REST: the preview of the page that a post links."""

from litestar import Response, delete, get

from hubbub import people
from hubbub.core import ids
from hubbub.core.errors import NotFound
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.ids import Type
from hubbub.core.rest import json_answer
from hubbub.feed import actions, queries
from hubbub.feed.api.asking import shaper
from hubbub.feed.shapes.capabilities import link, link_preview


@get(
    [
        "/feed-elements/{key:str}/capabilities/link",
        "/feed-elements/{key:str}/capabilities/link-preview",
    ]
)
async def read_link(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """GET …/capabilities/link, …/capabilities/link-preview — Link Capability: the page that a post is about, `url` and
    `urlName`; Hubbub's own: what the first page that it links says of itself, `url`, `title`, `description`, `siteName`,
    `canBeRemovedByMe`. 404 where there is none."""
    item = await queries.item(tx, actor, ids.parse(key, Type.FEED_ITEM))
    capability = link_preview if request.scope["path"].endswith("-preview") else link
    body = capability(await shaper(request, tx, actor), item, "")
    if body is None:
        raise NotFound()
    return json_answer(body)


@delete("/feed-elements/{key:str}/capabilities/link-preview", status_code=204)
async def delete_preview(tx: Transaction, actor: people.Me, key: InPath) -> None:
    """DELETE …/capabilities/link-preview — 204, for who may edit the post; it does not come back for that page."""
    await actions.remove_preview(tx, actor, ids.parse(key, Type.FEED_ITEM))


ROUTES = [read_link, delete_preview]
