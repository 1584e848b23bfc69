"""Pages where posts and comments are edited, and where everybody who sees them finds what they said before."""

from typing import Any

import msgspec
from litestar import Response, get, post

from hubbub import people
from hubbub.core import html, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.html import see_other
from hubbub.core.ids import Type
from hubbub.feed import actions, queries
from hubbub.feed.access import access_comment
from hubbub.feed.actions import Conflict
from hubbub.feed.actions.bodies import Segment, for_editor
from hubbub.feed.queries import Comment, Item


class Edited(msgspec.Struct, frozen=True):
    """What is edited on a page: a post or a comment, and what stands in the form.

    `latest`: what it says meanwhile, where somebody else was quicker; the form's `revision` is then that one.
    """

    url: str
    back: str
    subject: str  # whose readers may be mentioned
    comment: bool
    text: str
    segments: str
    title: str | None
    revision: int
    error: str | None = None
    latest: str | None = None


@get(["/posts/{key:str}/edit", "/comments/{key:str}/edit"])
async def show_edit(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[str]:
    """The form to edit a post or a comment."""
    target_id = ids.parse(key, Type.FEED_ITEM, Type.COMMENT)
    comment = ids.type_of(target_id) == Type.COMMENT
    item = await actions.access_edit(tx, actor, target_id, comment=comment)
    said = await _said(tx, actor, target_id)
    body = await queries.stored_body(tx, target_id)
    names = await queries.names_of_links(tx, actor, body)
    return await _form(
        request,
        tx,
        actor,
        Edited(
            url=_url(said),
            back=f"/posts/{ids.show(item.id)}",
            subject=ids.show(item.id),
            comment=comment,
            text=actions.write_light(body, names),
            segments=_json(body, names),
            title=said.title if isinstance(said, Item) else None,
            revision=said.revision,
        ),
    )


@post(["/posts/{key:str}/edit", "/comments/{key:str}/edit"])
async def save_edit(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Save what a post or comment says now; if somebody else saved meanwhile, show both."""
    target_id = ids.parse(key, Type.FEED_ITEM, Type.COMMENT)
    comment = ids.type_of(target_id) == Type.COMMENT
    item = await actions.access_edit(tx, actor, target_id, comment=comment)
    form = await request.form()
    text, segments, title = form.get("text"), form.get("segments"), form.get("title")
    back = f"/posts/{ids.show(item.id)}"
    try:
        revision = _revision(form.get("revision"))
        async with tx.savepoint():
            before = await queries.stored_body(tx, target_id)
            body = await actions.parse_form(tx, actor, text=text, segments=segments, before=before)
            if comment:
                await actions.edit_comment(tx, actor, target_id, body=body, revision=revision)
            else:
                await actions.edit_item(tx, actor, target_id, body=body, title=title, revision=revision)
    except Invalid as refused:
        said = await _said(tx, actor, target_id)
        conflict = isinstance(refused, Conflict)
        again = Edited(
            url=_url(said),
            back=back,
            subject=ids.show(item.id),
            comment=comment,
            text=str(text or "")[:200_000],
            segments=str(segments or "")[:200_000],
            title=None if title is None else str(title)[:1000],
            revision=said.revision if conflict else _revision(form.get("revision"), usual=said.revision),
            error=html.translate(
                "Somebody else changed this meanwhile. Nothing is lost: their words are below, yours are in the box."
            )
            if conflict
            else refused.said,
            latest=html.plain(said.body) if conflict else None,
        )
        return await _form(request, tx, actor, again, status=409 if conflict else 422)
    return see_other(f"{back}#comment-on-{ids.show(target_id)}" if comment else back)


@get(["/posts/{key:str}/revisions", "/comments/{key:str}/revisions"])
async def show_revisions(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[str]:
    """What a post or comment said in each of its versions, and what each changed."""
    said = await _said(tx, actor, ids.parse(key, Type.FEED_ITEM, Type.COMMENT))
    item_id = said.item_id if isinstance(said, Comment) else said.id
    return await html.page(
        request,
        tx,
        actor,
        "feed/revisions.html",
        author=said.author,
        comment=isinstance(said, Comment),
        back=f"/posts/{ids.show(item_id)}",
        revisions=await queries.revisions(tx, actor, said),
    )


async def _said(tx: Tx, actor: people.Actor, target_id: int) -> Item | Comment:
    if ids.type_of(target_id) == Type.FEED_ITEM:
        return await queries.item(tx, actor, target_id)
    await access_comment(tx, actor, target_id)
    return await queries.comment(tx, actor, target_id)


async def _form(
    request: Request, tx: Tx, actor: people.Actor, edited: Edited, status: int = 200
) -> Response[str]:
    return await html.page(request, tx, actor, "feed/edit.html", status=status, edited=edited)


def _url(said: Item | Comment) -> str:
    return f"/comments/{said.key}" if isinstance(said, Comment) else f"/posts/{said.key}"


def _json(body: list[Segment], names: dict[str, str]) -> str:
    """The body as the editor reads it, where its plain form does not say all."""
    plain = all(segment["type"] in ("Text", "Hashtag", "Link") for segment in body)
    return "" if plain else msgspec.json.encode(for_editor(body, names)).decode()


def _revision(given: object, usual: int | None = None) -> int:
    if isinstance(given, str) and given.isascii() and given.isdigit() and len(given) < 9:
        return int(given)
    if usual is not None:
        return usual
    raise Invalid("INVALID_INPUT", "The form does not say which version it is of. Load the page again.")


ROUTES = [show_edit, save_edit, show_revisions]
