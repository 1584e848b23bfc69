"""REST: one post shared with guests. Salesforce has no such resource."""

from litestar import Response, delete, get, post

from hubbub import people
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.ids import Type
from hubbub.core.rest import connect_date, input_of, json_answer
from hubbub.feed import actions, queries
from hubbub.feed.access import access_item


@get("/feed-elements/{key:str}/guest-shares")
async def read_shares(tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """GET /chatter/feed-elements/{id}/guest-shares — `{"shares": [{"userId", "name", "sharedDate"}]}`, for who may share
    the post."""
    item = await access_item(tx, actor, ids.parse(key, Type.FEED_ITEM), to="share")
    return await _shares(tx, item.id)


@post("/feed-elements/{key:str}/guest-shares")
async def create_share(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """POST /chatter/feed-elements/{id}/guest-shares — `{"userId"}`, a guest; answers 201 and all shares."""
    item_id = ids.parse(key, Type.FEED_ITEM)
    await access_item(tx, actor, item_id, to="share")
    guest = ids.parse((await input_of(request)).get("userId"), Type.USER)
    await actions.share_item(tx, actor, item_id, guest)
    return await _shares(tx, item_id, 201)


@delete("/feed-elements/{key:str}/guest-shares/{user:str}", status_code=204)
async def delete_share(tx: Transaction, actor: people.Me, key: InPath, user: InPath) -> None:
    """DELETE /chatter/feed-elements/{id}/guest-shares/{userId} — 204."""
    await actions.unshare_item(tx, actor, ids.parse(key, Type.FEED_ITEM), ids.parse(user, Type.USER))


async def _shares(tx: Tx, item_id: int, status: int = 200) -> Response[bytes]:
    told = [
        {"userId": each.key, "name": each.user.name, "sharedDate": connect_date(each.shared_at)}
        for each in await queries.guest_shares(tx, item_id)
    ]
    return json_answer({"shares": told}, status)


ROUTES = [read_shares, create_share, delete_share]
