"""Making a task, a case or a lead of a post."""

from typing import Any

from litestar import Response, get, post

from hubbub import feed, objects, people, records
from hubbub.core import html, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, Refused
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.html import see_other
from hubbub.core.ids import Type
from hubbub.desk import actions
from hubbub.desk.pages.forms import Form, typed, wrong


@get("/posts/{key:str}/records/new")
async def new(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[str]:
    """The small form of what is to be made of a post."""
    item = await feed.item(tx, actor, ids.parse(key, Type.FEED_ITEM))
    him = await records.viewer(tx, actor)
    asked = request.query_params.get("object") or next((each.name for each in _offered(him)), "Task")
    form = await _form(tx, actor, item, actions.access_made(him, asked))
    return await _page(request, tx, actor, item, form, await form.texts(tx))


@post("/posts/{key:str}/records/new")
async def make(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Make it: the post shows it, to who may see it."""
    item = await feed.item(tx, actor, ids.parse(key, Type.FEED_ITEM))
    him = await records.viewer(tx, actor)
    said = await typed(request)
    form = await _form(tx, actor, item, actions.access_made(him, said.get("object", "")))
    try:
        async with tx.savepoint():
            await actions.make_of_post(tx, actor, item.id, form.object.name, await form.read(tx, said))
    except Invalid as refused:
        return await _page(request, tx, actor, item, form, said, refused)
    return see_other(f"/posts/{item.key}")


def _offered(him: records.Viewer) -> list[objects.Object]:
    """What he may make of a post."""
    found = [him.catalog.object(name) for name in actions.MADE]
    return [each for each in found if him.can(each).read and him.can(each).create]


async def _form(tx: Tx, actor: people.Actor, item: feed.Item, object: objects.Object) -> Form:
    him = await records.viewer(tx, actor)
    given = await actions.beginning(tx, actor, item, object)
    return Form(him, object, None, only=actions.MADE[object.name], given=given)


async def _page(
    request: Request,
    tx: Tx,
    actor: people.Actor,
    item: feed.Item,
    form: Form,
    texts: dict[str, str],
    refused: Refused | None = None,
) -> Response[str]:
    message, errors = wrong(refused)
    return await html.page(
        request, tx, actor, "desk/make.html", status=200 if refused is None else 422, item=item,
        object=form.object, offered=_offered(form.him), error=message, fields=await form.inputs(tx, texts, errors),
    )  # fmt: skip


ROUTES = [new, make]
