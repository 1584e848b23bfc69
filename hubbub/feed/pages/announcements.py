"""Pages and forms of what is announced: writing it, having read it, who has."""

from typing import Any

from litestar import Response, get, post

from hubbub import people
from hubbub.core import html, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Forbidden, Invalid, NotFound
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.html import see_other, wants_stream
from hubbub.core.ids import Type
from hubbub.feed import actions, queries


@get("/announcements/new")
async def announcement_form(request: Request, tx: Transaction, actor: people.Me) -> Response[str]:
    """The form by which a moderator announces something: what he writes, or with `post` what is there already."""
    return await _form(request, tx, actor, await _post(tx, actor, request.query_params.get("post")))


@post("/announcements")
async def announce(request: Request, tx: Transaction, actor: people.Me) -> Response[Any]:
    """Announce something to everybody inside, until a day."""
    form = await request.form()
    text, expires = str(form.get("text") or ""), str(form.get("expires") or "")
    item = await _post(tx, actor, form.get("post"))
    must_read = "must_read" in form
    mailed_by = request.app.state.settings if "send_emails" in form else None
    try:
        async with tx.savepoint():
            last = actions.last_moment(actor, expires)
            if item is not None:
                await actions.announce_item(
                    tx, actor, item.id, expires_at=last, must_read=must_read, mailed_by=mailed_by
                )
            else:
                body = await actions.parse_words(tx, actor, text)
                await actions.announce(
                    tx, actor, body=body, expires_at=last, must_read=must_read, mailed_by=mailed_by
                )
    except Invalid as refused:
        ticked = {each: each in form for each in ("must_read", "send_emails")}
        return await _form(request, tx, actor, item, text, expires, refused.said, **ticked)
    return see_other("/company")


@get("/announcements/bar")
async def announcement_bar(request: Request, tx: Transaction, actor: people.Me) -> Response[str]:
    """What stands on top of the company's feed now, as a change to an open page."""
    return await _bar(request, tx, actor)


@post("/announcements/{key:str}/acknowledgements")
async def acknowledge(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """I have read it."""
    await actions.acknowledge(tx, actor, ids.parse(key, Type.ANNOUNCEMENT))
    if wants_stream(request):
        return await _bar(request, tx, actor)
    return see_other(await html.back(request))


@post("/announcements/{key:str}/archive")
async def archive(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Take it from the top of the feed; the post stays."""
    await actions.change_announcement(tx, actor, ids.parse(key, Type.ANNOUNCEMENT), archived=True)
    if wants_stream(request):
        return await _bar(request, tx, actor)
    return see_other(await html.back(request))


@get("/announcements/{key:str}/readers")
async def announcement_readers(
    request: Request, tx: Transaction, actor: people.Me, key: InPath
) -> Response[str]:
    """For moderators: who has said that he read it, and who has not."""
    found = await queries.access_announcement(tx, actor, ids.parse(key, Type.ANNOUNCEMENT), to="change")
    return await html.page(
        request,
        tx,
        actor,
        "feed/announcement_readers.html",
        announcement=found,
        found=await queries.announcement_readers(tx, actor, found),
        here=None,
    )


async def _bar(request: Request, tx: Tx, actor: people.Actor) -> Response[str]:
    if actor.guest:
        raise NotFound()
    announced = await queries.announced(tx, actor)
    return html.stream(request, "feed/streams/announced.html", actor=actor, announced=announced)


async def _post(tx: Tx, actor: people.Actor, key: object) -> queries.Item | None:
    """The post that is to be announced, if one was named."""
    return await queries.item(tx, actor, ids.of_address(str(key))) if key else None


async def _form(
    request: Request,
    tx: Tx,
    actor: people.Actor,
    item: queries.Item | None = None,
    text: str = "",
    expires: str = "",
    error: str | None = None,
    *,
    must_read: bool = False,
    send_emails: bool = False,
) -> Response[str]:
    if actor.guest:
        raise NotFound()
    if not actor.moderator:
        raise Forbidden("Only moderators announce something to everybody.")
    return await html.page(
        request, tx, actor, "feed/announce.html", status=422 if error else 200, item=item, text=text, expires=expires,
        must=must_read, mailed=send_emails, mails=request.app.state.settings.mails, error=error,
    )  # fmt: skip


ROUTES = [announcement_form, announce, announcement_bar, acknowledge, archive, announcement_readers]
