"""My digest: what happened under what I follow for it, a day of mine at a time."""

from datetime import date
from typing import Any

from litestar import Response, get, post

from hubbub import people
from hubbub.core import html
from hubbub.core.db import Tx
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.feed import actions, queries

HOURS = [str(hour) for hour in range(24)]


@get("/digest")
async def show_digest(request: Request, tx: Transaction, actor: people.Me) -> Response[str]:
    """The newest one. Shown is read: the bell tells of it no more."""
    days = await queries.digest_days(tx, actor)
    await actions.read_digest(tx, actor)
    return await _page(request, tx, actor, days[0].day if days else None, days)


@get("/digest/{day:str}")
async def show_day(request: Request, tx: Transaction, actor: people.Me, day: InPath) -> Response[str]:
    """The digest of one day, as I see now what happened then."""
    return await _page(request, tx, actor, queries.parse_day(day), await queries.digest_days(tx, actor))


@post("/digest/hour")
async def set_hour(request: Request, tx: Transaction, actor: people.Me) -> Response[Any]:
    """At which hour of my own clock my digest comes: `hour`, 0 to 23."""
    hour = str((await request.form()).get("hour") or "")
    await actions.set_digest_hour(tx, actor, int(hour) if hour in HOURS else None)
    return html.see_other("/digest")


async def _page(
    request: Request, tx: Tx, actor: people.Actor, day: date | None, days: list[queries.Day]
) -> Response[str]:
    return await html.page(
        request,
        tx,
        actor,
        "feed/digest.html",
        digest=await queries.digest(tx, actor, day) if day else None,
        days=days,
        hour=await queries.digest_hour(tx, actor.id),
        hours=[f"{hour:02}:00" for hour in range(24)],
        zone=actor.timezone,
        follows_any=await queries.follows_for_digest(tx, actor.id),
        here=None,
    )


ROUTES = [show_digest, show_day, set_hour]
