"""Pages and forms for keeping order: pins, closed threads, flags and moderation, undo, attaching a thread to a record."""

from typing import Any

from litestar import Response, get, post

from hubbub import people, records
from hubbub.core import html, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.html import see_other, wants_stream
from hubbub.core.html import translate as _
from hubbub.core.ids import Type
from hubbub.feed import actions, queries
from hubbub.feed.access import (
    access_comment,
    access_gone_comment,
    access_gone_item,
    access_move,
    access_subject,
    access_target,
)
from hubbub.feed.pages.posts import show_talk


@post(["/posts/{key:str}/pin", "/posts/{key:str}/pin/delete"])
async def pin(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Put a post on top of the feed on which it stands, or take it from there."""
    item = await queries.item(tx, actor, ids.parse(key, Type.FEED_ITEM))
    taking = request.scope["path"].endswith("/delete")
    await (actions.unpin if taking else actions.pin)(tx, actor, item.parent.id, item.id)
    return see_other(await html.back(request))


@post(["/posts/{key:str}/closing", "/posts/{key:str}/closing/delete"])
async def close(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """End a thread, or open it again."""
    item_id = ids.parse(key, Type.FEED_ITEM)
    opening = request.scope["path"].endswith("/delete")
    await actions.close_item(tx, actor, item_id, closed=not opening)
    return await show_talk(
        request, tx, actor, item_id, form=True, told=_("Undone") if opening else _("Closed")
    )


@post(["/posts/{key:str}/hiding", "/posts/{key:str}/hiding/delete"])
async def hide(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Hide a post from all but its author and moderators, or show it again."""
    item_id = ids.parse(key, Type.FEED_ITEM)
    await actions.hide_item(tx, actor, item_id, hidden=not request.scope["path"].endswith("/delete"))
    return await show_talk(request, tx, actor, item_id)


@post(["/comments/{key:str}/hiding", "/comments/{key:str}/hiding/delete"])
async def hide_comment(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Hide a comment from all but its author and moderators, or show it again."""
    comment = await access_comment(tx, actor, ids.parse(key, Type.COMMENT), to="hide")
    hiding = not request.scope["path"].endswith("/delete")
    await actions.hide_comment(tx, actor, comment.id, hidden=hiding)
    return await show_talk(request, tx, actor, comment.item_id)


# --- undo ----------------------------------------------------------------------------------------------------------


@get(["/posts/{key:str}/restoration", "/comments/{key:str}/restoration"])
async def deleted(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[str]:
    """What I have deleted can be brought back here."""
    target_id = ids.parse(key, Type.FEED_ITEM, Type.COMMENT)
    item_id = None
    if ids.type_of(target_id) == Type.COMMENT:
        item_id = await access_gone_comment(tx, actor, target_id)
    else:
        await access_gone_item(tx, actor, target_id)
    return await html.page(
        request, tx, actor, "feed/deleted.html", target_id=target_id, item_id=item_id, here=None
    )


@post("/posts/{key:str}/restoration")
async def restore_post(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Bring a deleted post back."""
    item_id = ids.parse(key, Type.FEED_ITEM)
    await actions.restore_item(tx, actor, item_id)
    if not wants_stream(request):
        return see_other(f"/posts/{key}")
    item = await queries.item(tx, actor, item_id)
    return html.stream(
        request, "feed/streams/restored.html", actor=actor, item=item, here=None, told=_("Undone")
    )


@post("/comments/{key:str}/restoration")
async def restore_comment(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Bring a deleted comment back."""
    item_id = await actions.restore_comment(tx, actor, ids.parse(key, Type.COMMENT))
    if not wants_stream(request):
        return see_other(f"/posts/{ids.show(item_id)}#comment-on-{key}")
    return await show_talk(request, tx, actor, item_id, done=True, told=_("Undone"))


# --- flags ---------------------------------------------------------------------------------------------------------


@get(["/posts/{key:str}/flags", "/comments/{key:str}/flags"])
async def flag_form(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[str]:
    """Tell the moderators what is wrong with a post or a comment."""
    target_id = ids.parse(key, Type.FEED_ITEM, Type.COMMENT)
    return await _flag_page(request, tx, actor, target_id)


@post(["/posts/{key:str}/flags", "/comments/{key:str}/flags"])
async def flag(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Flag a post or a comment: `kind`, and a `note` for the moderators."""
    target_id = ids.parse(key, Type.FEED_ITEM, Type.COMMENT)
    item_id = (await access_target(tx, actor, target_id)).id
    form = await request.form()
    note = str(form.get("note") or "")
    try:
        async with tx.savepoint():
            await actions.flag(tx, actor, target_id, str(form.get("kind") or "FlagAsInappropriate"), note)
    except Invalid as refused:
        return await _flag_page(request, tx, actor, target_id, note=note[:8000], error=refused.said)
    return see_other(f"/posts/{ids.show(item_id)}")


async def _flag_page(
    request: Request, tx: Tx, actor: people.Actor, target_id: int, *, note: str = "", error: str | None = None
) -> Response[str]:
    item_id = (await access_target(tx, actor, target_id)).id
    comment = await queries.comment(tx, actor, target_id) if target_id != item_id else None
    return await html.page(
        request, tx, actor, "feed/flag.html", status=422 if error else 200, here=None,
        item=await queries.item(tx, actor, item_id), comment=comment, note=note, error=error,
        flagged=bool([each for each in await queries.flags(tx, actor, target_id) if each.user.id == actor.id]),
    )  # fmt: skip


@get("/moderation")
async def moderation(request: Request, tx: Transaction, actor: people.Me) -> Response[str]:
    """For moderators: what is flagged and what is hidden, as far as they see it."""
    if not actor.moderator:
        raise NotFound()
    flagged = await queries.flagged(tx, actor)
    return await html.page(
        request,
        tx,
        actor,
        "feed/moderation.html",
        flagged=flagged,
        hidden=await queries.hidden(tx, actor),
        hidden_comments=await queries.hidden_comments(tx, actor),
        here=None,
    )


@post(["/posts/{key:str}/flags/delete", "/comments/{key:str}/flags/delete"])
async def dismiss_flags(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Take the flags from a post or a comment: it may stand."""
    await actions.dismiss_flags(tx, actor, ids.parse(key, Type.FEED_ITEM, Type.COMMENT))
    return see_other(await html.back(request))


# --- attaching to a record -----------------------------------------------------------------------------------------


@get("/posts/{key:str}/record")
async def move_form(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[str]:
    """Attach a post of a profile to a record: find the record by its `name`, see who will see the post, then do it."""
    item_id = ids.parse(key, Type.FEED_ITEM)
    await access_move(tx, actor, item_id)
    name = request.query_params.get("name", "").strip()
    record_id = ids.parse(request.query_params["record"]) if request.query_params.get("record") else None
    readers = place = None
    if record_id is not None:
        await access_move(tx, actor, item_id, record_id)
        await access_subject(tx, actor, record_id, to="post")
        readers = await queries.readers(tx, actor, record_id, named=True)
        place = (await queries.subjects(tx, actor, [record_id]))[record_id]
    found: list[records.Card] = []
    if name and record_id is None:
        viewer = await records.viewer(tx, actor)
        for object in viewer.catalog.objects:
            found += await records.find_named(tx, viewer, object.name, name, size=10)
    return await html.page(
        request, tx, actor, "feed/move.html", here=None, item=await queries.item(tx, actor, item_id),
        name=name, found=found, place=place, readers=readers,
    )  # fmt: skip


@post("/posts/{key:str}/record")
async def move(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Attach a post to the record: who sees the record sees it from now on."""
    item_id = ids.parse(key, Type.FEED_ITEM)
    await access_move(tx, actor, item_id)
    await actions.move_item(tx, actor, item_id, ids.parse((await request.form()).get("record")))
    return see_other(f"/posts/{key}")


ROUTES = [
    pin, close, hide, hide_comment, deleted, restore_post, restore_comment, flag_form, flag, moderation, dismiss_flags,
    move_form, move,
]  # fmt: skip
