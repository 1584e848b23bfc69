"""Pages of drafts: kept while somebody writes, listed, sent, scheduled, thrown away."""

import contextlib
from datetime import datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from litestar import Response, get, post
from litestar.params import FromPath

from hubbub import people
from hubbub.core import html, ids
from hubbub.core.clock import now
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, Refused
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.html import see_other, wants_stream
from hubbub.core.ids import Type
from hubbub.core.rest import connect_date, json_answer
from hubbub.feed import queries
from hubbub.feed.access import access_subject
from hubbub.feed.actions import drafts
from hubbub.feed.actions.drafts import DraftRow, Earlier, Form
from hubbub.feed.pages.composing import composer

Json = dict[str, Any]


def form_of(given: Any) -> Form:
    """What the composer's form holds."""
    return Form(
        text=str(given.get("text") or "").replace("\r\n", "\n"),
        segments=str(given.get("segments") or ""),
        kind=str(given.get("kind") or "TextPost"),
        title=str(given.get("title") or ""),
        choices=tuple(str(each) for each in given.getall("choice", [])),
    )


def _zone(actor: people.Actor) -> tzinfo:
    with contextlib.suppress(ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo(actor.timezone)
    return ZoneInfo("UTC")


def time_of(actor: people.Actor, text: object) -> datetime:
    """The moment that a form's field names, in the person's own time."""
    try:
        moment = datetime.fromisoformat(str(text or ""))
    except ValueError:
        raise Invalid("INVALID_INPUT", "Say when: a day and a time.", fields=["publish_at"]) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=_zone(actor))


def _wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")


def _shape(form: Form, version: int, saved_at: datetime | None) -> Json:
    return {
        "version": version,
        "text": form.text,
        "segments": form.segments,
        "kind": form.kind,
        "title": form.title,
        "choice": list(form.choices),
        "saved": connect_date(saved_at) if saved_at else None,
    }


@get("/drafts")
async def list_drafts(request: Request, tx: Transaction, actor: people.Me) -> Response[str]:
    """My Drafts: what I have begun to write, and what is to be posted later."""
    return await _page(request, tx, actor)


async def _page(
    request: Request, tx: Tx, actor: people.Actor, *, error: str | None = None, at: int | None = None
) -> Response[str]:
    """The list; with what was refused, and on which draft."""
    listed, _ = await queries.drafts(tx, actor, size=500)
    return await html.page(
        request,
        tx,
        actor,
        "feed/drafts.html",
        status=422 if error else 200,
        scheduled=sorted(
            (each for each in listed if each.publish_at), key=lambda each: each.publish_at or now()
        ),
        drafts=[each for each in listed if not each.publish_at],
        local={each.id: f"{each.publish_at.astimezone(_zone(actor)):%Y-%m-%dT%H:%M}" for each in listed if each.publish_at},
        zone_name=actor.timezone,
        error=error,
        at=at,
        here=None,
    )  # fmt: skip


@get("/drafts/on/{key:str}")
async def draft_on(tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """What I am writing on a person, record, item or comment, as the composer holds it; version 0: nothing."""
    place_id = ids.parse(key)
    await drafts.access_place(tx, actor, place_id)
    found = await queries.draft_on(tx, actor, place_id)
    return json_answer(_kept(found) if found else _shape(Form(), 0, None))


def _kept(row: DraftRow) -> Json:
    return _shape(row.form, row.version, row.saved_at)


def _over(over: Earlier | None) -> Json | None:
    return _shape(over.form, drafts.version_of(over.saved_at), over.saved_at) if over else None


@post("/drafts")
async def save(request: Request, tx: Transaction, actor: people.Me) -> Response[Any]:
    """Keep what I am writing: for the page's script as JSON, with what another device wrote; else on to My Drafts."""
    form = await request.form()
    version = str(form.get("version") or "0")
    saved = await drafts.save_draft(
        tx,
        actor,
        place_id=ids.parse(form.get("place") or form.get("subject")),
        form=form_of(form),
        version=int(version) if version.isdecimal() and len(version) < 18 else 0,
        keep=bool(form.get("keep")),
    )
    if _wants_json(request):
        return json_answer({"version": saved.version, "over": _over(saved.over)}, 200)
    return see_other("/drafts")


@post("/drafts/scheduled")
async def schedule(request: Request, tx: Transaction, actor: people.Me) -> Response[Any]:
    """Have what is in the composer posted later."""
    form = await request.form()
    subject_id, said = ids.parse(form.get("subject")), form_of(form)
    try:
        async with tx.savepoint():
            moment = time_of(actor, form.get("publish_at"))
            draft_id = await drafts.schedule_post(
                tx, actor, place_id=subject_id, form=said, publish_at=moment
            )
    except Invalid as refused:
        await access_subject(tx, actor, subject_id, to="post")
        again = await composer(tx, actor, subject_id, form=said, error=refused.said)
        if wants_stream(request):
            return html.stream(request, "feed/streams/refused.html", actor=actor, status=422, composer=again)
        return await html.page(request, tx, actor, "feed/refused.html", status=422, composer=again, here=None)
    if wants_stream(request):
        return html.stream(
            request,
            "feed/streams/scheduled.html",
            actor=actor,
            draft=await queries.draft(tx, actor, draft_id),
            composer=await composer(tx, actor, subject_id),
        )
    return see_other(f"/drafts#draft-{ids.show(draft_id)}")


@post("/drafts/{key:str}/delete")
async def discard(tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Throw a draft away, or take back a scheduled post."""
    await drafts.discard_draft(tx, actor, ids.parse(key, Type.DRAFT))
    return see_other("/drafts")


@post("/drafts/{key:str}/posts")
async def publish(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Send a draft now."""
    draft_id = ids.parse(key, Type.DRAFT)
    draft = await drafts.access_draft(tx, actor, draft_id)
    try:
        async with tx.savepoint():
            sent_id = await drafts.publish_draft(tx, actor, draft_id)
    except Refused as refused:
        why = drafts.GONE if refused.status == 404 else refused.why
        return await _page(request, tx, actor, error=why.said, at=draft_id)
    if ids.type_of(sent_id) == Type.COMMENT:
        return see_other(f"/posts/{ids.show(draft.place_id)}#comment-on-{ids.show(sent_id)}")
    return see_other(f"/posts/{ids.show(sent_id)}")


@post(["/drafts/{key:str}/schedule", "/drafts/{key:str}/schedule/delete"])
async def move(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Have a scheduled post posted at another time, or make it a draft again."""
    draft_id = ids.parse(key, Type.DRAFT)
    await drafts.access_draft(tx, actor, draft_id)
    try:
        async with tx.savepoint():
            if request.scope["path"].endswith("/delete"):
                await drafts.unschedule_post(tx, actor, draft_id)
            else:
                moment = time_of(actor, (await request.form()).get("publish_at"))
                await drafts.reschedule_post(tx, actor, draft_id, moment)
    except Refused as refused:
        why = drafts.GONE if refused.status == 404 else refused.why
        return await _page(request, tx, actor, error=why.said, at=draft_id)
    return see_other("/drafts")


@post("/drafts/{key:str}/earlier/{number:int}")
async def take_earlier(
    tx: Transaction, actor: people.Me, key: InPath, number: FromPath[int]
) -> Response[Any]:
    """Go on with what another device had written."""
    await drafts.use_earlier(tx, actor, ids.parse(key, Type.DRAFT), number)
    return see_other("/drafts")


ROUTES = [list_drafts, draft_on, save, schedule, discard, publish, move, take_earlier]
