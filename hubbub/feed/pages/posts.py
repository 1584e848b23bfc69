"""Pages and forms of single posts: sharing, commenting, liking, following, taking away."""

from typing import Any

import msgspec
from litestar import Response, get, post

from hubbub import people
from hubbub.core import html, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.html import see_other, wants_stream
from hubbub.core.html import translate as _
from hubbub.core.ids import Type
from hubbub.core.images import BadPicture
from hubbub.feed import actions, queries
from hubbub.feed.access import access_comment, access_item, access_subject, access_target, may_share
from hubbub.feed.pages.composing import composer
from hubbub.feed.pages.drafts import form_of
from hubbub.feed.pages.files import sent_with
from hubbub.feed.queries import Item


@post("/posts")
async def share(request: Request, tx: Transaction, actor: people.Me) -> Response[Any]:
    """Post on my profile, a colleague's, or a record."""
    form = await request.form()
    subject_id = ids.parse(form.get("subject"))
    said = form_of(form)
    try:
        async with tx.savepoint():
            said = msgspec.structs.replace(said, text=await sent_with(request, tx, actor, said.text))
            body = await actions.body_of(tx, actor, said)
            item_id = await actions.write_post(tx, actor, subject_id, said, body)
            await actions.forget_draft(tx, actor, subject_id)
    except (Invalid, BadPicture) as refused:
        # The text may have been refused before anybody asked whether he may post there.
        await access_subject(tx, actor, subject_id, to="post")
        again = await composer(tx, actor, subject_id, form=said, error=refused.said)
        if wants_stream(request):
            return html.stream(request, "feed/streams/refused.html", actor=actor, status=422, composer=again)
        return await html.page(request, tx, actor, "feed/refused.html", status=422, composer=again, here=None)
    unreached = await queries.unreached(tx, actor, item_id, body)
    if wants_stream(request):
        return html.stream(
            request,
            "feed/streams/posted.html",
            actor=actor,
            item=await queries.item(tx, actor, item_id),
            composer=await composer(tx, actor, subject_id),
            here=subject_id,
            unreached=unreached,
            told=_("Posted"),
        )
    return see_other(f"/posts/{ids.show(item_id)}" if subject_id != actor.id or unreached else "/")


@get("/posts/{key:str}")
async def show_post(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[str]:
    """One post with all that was said about it."""
    item = await _whole_item(tx, actor, ids.parse(key, Type.FEED_ITEM))
    sharing = await may_share(tx, actor, item.parent.id, item.author.id, item.kind, item.internal_only)
    guests_url = f"/posts/{item.key}/guests" if sharing else None
    mine = [said.body for said in (item, *item.comments) if said.author.id == actor.id]
    return await html.page(
        request,
        tx,
        actor,
        "feed/post.html",
        item=item,
        here=None,
        guests_url=guests_url,
        unreached=await queries.unreached(tx, actor, item.id, *mine),
        to_read=item.mine.read_at is None or item.mine.read_at < item.last_activity,
    )


@get("/posts/{key:str}/fragment")
async def post_fragment(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[str]:
    """The talk of a post as it stands now, as changes to an open page; its removal if it is gone for me."""
    item_id = ids.parse(key, Type.FEED_ITEM)
    try:
        item = await _item_as_shown(request, tx, actor, item_id)
    except NotFound:
        return html.stream(request, "feed/streams/removed.html", actor=actor, item_id=item_id)
    return html.stream(request, "feed/streams/talk.html", actor=actor, item=item)


@post("/posts/{key:str}/delete")
async def delete_post(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Take a post away for everybody."""
    item_id = ids.parse(key, Type.FEED_ITEM)
    await actions.delete_item(tx, actor, item_id)
    if wants_stream(request):
        return html.stream(request, "feed/streams/deleted.html", actor=actor, item_id=item_id)
    return see_other(f"/posts/{key}/restoration")


# --- comments and likes --------------------------------------------------------------------------------------------


@get("/posts/{key:str}/comments")
async def comments(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """All comments of a post: put into the open page, or as the post's own page."""
    item = await _whole_item(tx, actor, ids.parse(key, Type.FEED_ITEM))
    if wants_stream(request):
        return html.stream(request, "feed/streams/comments.html", actor=actor, item=item)
    return see_other(f"/posts/{item.key}")


@post("/posts/{key:str}/comments")
async def add_comment(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Comment on a post."""
    item_id = ids.parse(key, Type.FEED_ITEM)
    await access_item(tx, actor, item_id, to="comment")
    said = form_of(await request.form())
    given = (await request.form()).get("thread_parent")
    answered = ids.parse(given, Type.COMMENT) if given else None
    refused: str | None = None
    unreached: list[people.Person] = []
    try:
        async with tx.savepoint():
            body = await actions.parse_form(tx, actor, text=said.text, segments=said.segments)
            await actions.comment(tx, actor, item_id=item_id, body=body, thread_parent_id=answered)
            await actions.forget_draft(tx, actor, answered or item_id)
            unreached = await queries.unreached(tx, actor, item_id, body)
    except Invalid as invalid:
        refused = invalid.said
    item = await _item_as_shown(request, tx, actor, item_id)
    status = 422 if refused else 200
    replying = await queries.comment(tx, actor, answered) if refused and answered else None
    typed = {"refused": refused, "text": said.text if refused else "", "replying": replying}
    if wants_stream(request):
        return html.stream(
            request,
            "feed/streams/commented.html",
            actor=actor,
            status=status,
            item=item,
            unreached=unreached,
            told="" if refused else _("Your comment is there"),
            **typed,
        )
    if refused:
        return await html.page(
            request, tx, actor, "feed/post.html", status=422, item=item, here=None, **typed
        )
    if unreached:
        return see_other(f"/posts/{item.key}")
    return see_other(f"{await html.back(request)}#item-{item.key}")


@get("/comments/{key:str}/reply")
async def reply(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """The box for a reply to a comment: put into the open page, or on the post's own page."""
    item_id = (await access_comment(tx, actor, ids.parse(key, Type.COMMENT))).item_id
    await access_item(tx, actor, item_id, to="comment")
    replying = await queries.comment(tx, actor, ids.parse(key, Type.COMMENT))
    asked = {"replying": replying, "refused": None, "begun": await queries.draft_on(tx, actor, replying.id)}
    if wants_stream(request):
        item = await queries.item(tx, actor, item_id)
        return html.stream(request, "feed/streams/reply.html", actor=actor, item=item, **asked)
    item = await _whole_item(tx, actor, item_id)
    return await html.page(request, tx, actor, "feed/post.html", item=item, here=None, **asked)


@get(["/posts/{key:str}/likes", "/comments/{key:str}/likes"])
async def likes(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[str]:
    """Who likes a post or a comment, and how."""
    target_id = ids.parse(key, Type.FEED_ITEM, Type.COMMENT)
    item_id = (await access_target(tx, actor, target_id)).id
    page = await queries.likes(tx, actor, target_id, size=200)
    return await html.page(request, tx, actor, "feed/likes.html", page=page, item_id=item_id, here=None)


@post("/comments/{key:str}/delete")
async def delete_comment(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Take a comment away."""
    comment = await access_comment(tx, actor, ids.parse(key, Type.COMMENT), to="delete")
    await actions.delete_comment(tx, actor, comment.id)
    if not wants_stream(request):
        return see_other(f"/comments/{key}/restoration")
    return await show_talk(request, tx, actor, comment.item_id, undo=comment.id)


@post(
    [
        "/posts/{key:str}/likes",
        "/posts/{key:str}/likes/delete",
        "/comments/{key:str}/likes",
        "/comments/{key:str}/likes/delete",
    ]
)
async def like(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Like a post or a comment with one of the faces (`face`), or take that back."""
    target_id = ids.parse(key, Type.FEED_ITEM, Type.COMMENT)
    told = _("Liked")
    if request.scope["path"].endswith("/delete"):
        await actions.unlike(tx, actor, target_id)
        told = _("Undone")
    else:
        await actions.like(tx, actor, target_id, str((await request.form()).get("face") or "like"))
    if ids.type_of(target_id) == Type.FEED_ITEM:
        return await show_talk(request, tx, actor, target_id, told=told)
    return await show_comment(request, tx, actor, target_id, told=told)


async def show_talk(
    request: Request,
    tx: Tx,
    actor: people.Actor,
    item_id: int,
    *,
    form: bool = False,
    done: bool = False,
    undo: int | None = None,
    told: str = "",
) -> Response[Any]:
    """After an act, of which screen readers are `told`: the talk as it stands now. With the `form` anew, with the notice taken
    away that led here (`done`), or with one that lets the deletion of the comment `undo` be undone."""
    if wants_stream(request):
        return html.stream(
            request,
            "feed/streams/talk.html",
            actor=actor,
            item=await _item_as_shown(request, tx, actor, item_id),
            form=form,
            done=done,
            undo=undo,
            told=told,
        )
    return see_other(f"{await html.back(request)}#item-{ids.show(item_id)}")


async def show_comment(
    request: Request, tx: Tx, actor: people.Actor, comment_id: int, *, told: str = ""
) -> Response[Any]:
    """After an act on a comment: the comment as it stands now."""
    comment = await queries.comment(tx, actor, comment_id)
    if wants_stream(request):
        return html.stream(request, "feed/streams/comment.html", actor=actor, comment=comment, told=told)
    return see_other(f"{await html.back(request)}#comment-on-{comment.key}")


async def _item_as_shown(request: Request, tx: Tx, actor: people.Actor, item_id: int) -> Item:
    """The item with its last comments, or with all where the open page has them unfolded."""
    whole = not wants_stream(request) or request.headers.get("x-comments") == "all"
    return await (_whole_item if whole else queries.item)(tx, actor, item_id)


async def _whole_item(tx: Tx, actor: people.Actor, item_id: int) -> Item:
    item = await queries.item(tx, actor, item_id)
    known = {None, *(comment.id for comment in item.comments)}
    if item.comment_count <= len(item.comments) and all(c.parent_id in known for c in item.comments):
        return msgspec.structs.replace(item, comments=queries.in_threads(item.comments))
    return msgspec.structs.replace(item, comments=await queries.thread(tx, actor, item_id))


# --- following -----------------------------------------------------------------------------------------------------


@post(["/subjects/{key:str}/follow", "/subjects/{key:str}/unfollow"])
async def follow(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Follow a person or a record, or stop following."""
    subject_id = ids.parse(key)
    following = request.scope["path"].endswith("/follow")
    await (actions.follow if following else actions.unfollow)(tx, actor, subject_id)
    if not wants_stream(request):
        return see_other(await html.back(request))
    subject = (await queries.subjects(tx, actor, [subject_id])).get(subject_id)
    return html.stream(
        request,
        "people/streams/follow.html",
        actor=actor,
        subject_id=subject_id,
        name=subject.name if subject else "",
        following=following,
        followers=await people.count_followers(tx, subject_id) if subject and not actor.guest else 0,
    )


ROUTES = [
    share,
    show_post,
    post_fragment,
    delete_post,
    comments,
    add_comment,
    reply,
    likes,
    delete_comment,
    like,
    follow,
]
