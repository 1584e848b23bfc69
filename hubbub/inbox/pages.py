"""The bell and its page: what I was told, and what I want to be told."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Response, get, post

from hubbub import notify, people
from hubbub.core import html, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.html import see_other, wants_stream
from hubbub.core.ids import Type
from hubbub.inbox import queries
from hubbub.inbox.actions import choose, preferences

PAGE = 25
FEW = 8  # in the bell


class Choice(msgspec.Struct, frozen=True):
    """One line of the page of preferences."""

    name: str
    label: str
    on: bool


def place_of(text: str | None) -> tuple[datetime, int] | None:
    """The moment and notice after which a page goes on; raises Invalid for what no page gave out."""
    if not text:
        return None
    moment, _, key = text.partition(",")
    try:
        at = datetime.fromisoformat(moment)
        if at.tzinfo is None:
            raise ValueError
        at = at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid(
            "INVALID_PAGE_TOKEN", "This page token cannot be read. Start from the first page."
        ) from None
    return at, ids.parse(key, Type.NOTICE)


def place(line: queries.Line) -> str:
    return f"{line.last_at.astimezone(UTC).isoformat()},{line.key}"


@get("/notices")
async def show_notices(request: Request, tx: Transaction, actor: people.Me) -> Response[str]:
    """What I was told, the newest first. Shown is seen: the bell counts it no more."""
    unread, before = (
        request.query_params.get("show") == "unread",
        place_of(request.query_params.get("before")),
    )
    lines = await _page(tx, actor, PAGE + 1, before, unread)
    older = (
        {**({"show": "unread"} if unread else {}), "before": place(lines[PAGE - 1])}
        if len(lines) > PAGE
        else None
    )
    return await html.page(
        request,
        tx,
        actor,
        "inbox/notices.html",
        lines=lines[:PAGE],
        unread=unread,
        until=lines[0].last_at.isoformat() if lines else "",
        older_url=f"/notices?{urlencode(older)}" if older else None,
    )


@get("/notices/list")
async def show_few(request: Request, tx: Transaction, actor: people.Me) -> Response[str]:
    """The newest few, for the bell of an open page."""
    lines = await _page(tx, actor, FEW, None, False)
    return html.fragment(
        request,
        "inbox/_list.html",
        actor=actor,
        lines=lines,
        small=True,
    )


@get("/notices/bell")
async def show_bell(request: Request, tx: Transaction, actor: people.Me) -> Response[str]:
    """How many I have not seen, as a change to an open page."""
    return await _bell(request, tx, actor)


@get("/notices/{key:str}")
async def open_notice(tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """Go to what a notice is about: it is read then."""
    sight = await queries.sight(tx, actor)
    notice = await notify.access_notice(tx, actor, ids.parse(key, Type.NOTICE), sight)
    if not notice.read:
        await notify.change(tx, actor, sight, notice_ids=[notice.id], read=True)
    (line,) = await queries.lines(tx, actor, [notice])
    return see_other(line.url)


@post(["/notices/{key:str}/read", "/notices/{key:str}/unread"])
async def mark_notice(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Mark one notice as read, or as unread again."""
    sight = await queries.sight(tx, actor)
    notice = await notify.access_notice(tx, actor, ids.parse(key, Type.NOTICE), sight)
    read = request.scope["path"].endswith("/read")
    await notify.change(tx, actor, sight, notice_ids=[notice.id], read=read)
    if not wants_stream(request):
        return see_other(await html.back(request))
    (line,) = await queries.lines(tx, actor, [msgspec.structs.replace(notice, read=read)])
    return await _bell(request, tx, actor, line)


@post("/notices/read")
async def mark_all(request: Request, tx: Transaction, actor: people.Me) -> Response[Any]:
    """Mark everything as read that was there when the page was made."""
    until = (await request.form()).get("until")
    try:
        moment = datetime.fromisoformat(until) if isinstance(until, str) and until else None
        if moment is not None and moment.tzinfo is None:
            raise ValueError
    except ValueError:
        raise Invalid("INVALID_INPUT", "until is a moment.", fields=["until"]) from None
    await notify.change(tx, actor, await queries.sight(tx, actor), until=moment, read=True)
    return see_other("/notices")


@get("/notices/preferences")
async def show_preferences(request: Request, tx: Transaction, actor: people.Me) -> Response[str]:
    """What I want to be told, and what I follow by itself."""
    on = await preferences(tx, actor)
    return await html.page(
        request,
        tx,
        actor,
        "inbox/preferences.html",
        choices=[
            Choice(kind.name, html.translate(kind.label), on[kind.name]) for kind in notify.KINDS.values()
        ],
        follow_created=on["follow_created"],
        saved=request.query_params.get("saved") == "1",
    )


@post("/notices/preferences")
async def save_preferences(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """Keep what is ticked, and nothing else."""
    form = await request.form()
    await choose(tx, actor, {name: name in form for name in await preferences(tx, actor)})
    return see_other("/notices/preferences?saved=1")


async def _page(
    tx: Tx, actor: people.Actor, size: int, before: tuple[datetime, int] | None, unread: bool
) -> list[queries.Line]:
    sight = await queries.sight(tx, actor)
    found = await notify.notices(tx, actor, sight, size=size, before=before, unread=unread)
    if before is None and any(not each.seen for each in found):
        await notify.see(tx, actor, sight, until=found[0].last_at)
    return await queries.lines(tx, actor, found)


async def _bell(
    request: Request, tx: Tx, actor: people.Actor, line: queries.Line | None = None
) -> Response[str]:
    unseen = await queries.count_unseen(tx, actor)
    return html.stream(request, "inbox/streams/bell.html", actor=actor, unseen=unseen, line=line)


ROUTES = [
    show_notices,
    show_few,
    show_bell,
    open_notice,
    mark_notice,
    mark_all,
    show_preferences,
    save_preferences,
]
