"""REST: drafts and scheduled posts. The draft feed and publish-draft are Salesforce's, /chatter/drafts is Hubbub's own."""

from datetime import datetime
from typing import Any

import msgspec
from litestar import Response, delete, get, patch, post

from hubbub import people
from hubbub.core import html, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound, Refused
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.ids import Type
from hubbub.core.rest import connect_date, input_of, json_answer, whole
from hubbub.feed import actions, queries
from hubbub.feed.actions import drafts
from hubbub.feed.actions.drafts import DraftRow, Form
from hubbub.feed.api.asking import shaper, shown_in
from hubbub.feed.queries import Draft, Item, Mine
from hubbub.feed.shapes import Json
from hubbub.feed.shapes import feeds as shapes

PATH = "/feeds/draft/me"


@get(PATH)
async def draft_feed(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """GET /chatter/feeds/draft/me — Feed."""
    return json_answer(shapes.feed(await shaper(request, tx, actor), PATH))


@get(f"{PATH}/feed-elements")
async def draft_elements(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """GET /chatter/feeds/draft/me/feed-elements — Feed Element Page of the posts that I have begun, the last saved first:
    pageSize 1 to 100 (25), page. An element's status capability says Draft; it is read and changed as /chatter/drafts/{id}."""
    size, token = whole(request, "pageSize", 25, 1, 100), _token(request)
    listed, following = await queries.drafts(tx, actor, size=size, after=token)
    author = (await people.cards(tx, [actor.id], actor))[actor.id]
    items = [
        (each, _item(each, author, await _body(tx, actor, each.row.form)))
        for each in listed
        if each.on is not None and each.item is None
    ]
    shape = await shaper(request, tx, actor, shown_in(item for _, item in items))
    status = {"feedEntityStatus": "Draft", "isApprovableByMe": False}
    elements = [
        shape.item(item) | {"capabilities": {"status": status}, "url": shape.url(f"/drafts/{each.key}")}
        for each, item in items
    ]
    url = shape.url(f"{PATH}/feed-elements", pageSize=size)
    return json_answer(
        {
            "currentPageToken": str(token) if token else None,
            "currentPageUrl": url + (f"&page={token}" if token else ""),
            "elements": elements,
            "isModifiedToken": None,
            "isModifiedUrl": None,
            "nextPageToken": str(following) if following else None,
            "nextPageUrl": f"{url}&page={following}" if following else None,
            "updatesToken": None,
            "updatesUrl": None,
        }
    )


@post("/feed-elements/publish-draft")
async def publish_draft(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """POST /chatter/feed-elements/publish-draft — `feedElementId`: the draft, in the address or the body. With a `body` that is
    posted instead of what the draft says. Answers 201 and the Feed Item."""
    given = await input_of(request)
    draft_id = ids.parse(given.get("feedElementId"), Type.DRAFT)
    draft = await drafts.access_draft(tx, actor, draft_id)
    if ids.type_of(draft.place_id) in (Type.FEED_ITEM, Type.COMMENT):
        raise NotFound()
    if "body" in given or "text" in given:
        form = _form(given | {"kind": draft.form.kind})
        await drafts.save_draft(tx, actor, place_id=draft.place_id, form=form, version=draft.version)
    item_id = await drafts.publish_draft(tx, actor, draft_id)
    item = await queries.item(tx, actor, item_id)
    return json_answer((await shaper(request, tx, actor, shown_in([item]))).item(item), 201)


# --- Hubbub's own --------------------------------------------------------------------------------------------------


@get("/drafts")
async def list_drafts(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """GET /chatter/drafts — `{"drafts": [Draft], "nextPageToken"}`: mine, of comments too, the last saved first; pageSize 1
    to 100 (25), page.

    Draft: `id`, `placeId` (the person, record, item or comment; null: a scheduled post on what I see no more), `kind`,
    `title`, `text` (light markup), `messageSegments` (as an input, or null), `choices`, `version` (microseconds),
    `savedDate`, `publishAt` (null: not scheduled), `refused` (why it was not posted), `earlier` (what other devices had
    written: `text`, `messageSegments`, `savedDate`)."""
    listed, following = await queries.drafts(
        tx, actor, size=whole(request, "pageSize", 25, 1, 100), after=_token(request)
    )
    return json_answer(
        {
            "drafts": [_shape(each) for each in listed],
            "nextPageToken": str(following) if following else None,
        }
    )


@post("/drafts")
async def save(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """POST /chatter/drafts — `placeId` (me, a person, record, item or comment) and what is written there: `text` or
    `body.messageSegments`, `kind`, `title`, `choices`, and the `version` that the writer knows. Answers 201 and the Draft; what
    it wrote over and the writer did not know is in its `earlier`. With `publishAt` (ISO 8601 with its offset, at most a
    year ahead) it is a scheduled post of its own. Saving nothing ends the draft: 200 and `{"version": 0}`."""
    given = await input_of(request)
    place = given.get("placeId")
    place_id = actor.id if place == "me" else ids.parse(place)
    form = _form(given)
    if given.get("publishAt") is not None:
        draft_id = await drafts.schedule_post(
            tx, actor, place_id=place_id, form=form, publish_at=_time(given["publishAt"])
        )
        return json_answer(_shape(await queries.draft(tx, actor, draft_id)), 201)
    version = given.get("version", 0)
    if not isinstance(version, int):
        raise Invalid("INVALID_INPUT", "version is a number.", fields=["version"])
    await drafts.save_draft(tx, actor, place_id=place_id, form=form, version=version)
    kept = await queries.draft_on(tx, actor, place_id)
    if kept is None:
        return json_answer({"version": 0})
    return json_answer(_shape(await queries.draft(tx, actor, kept.id)), 201)


@get("/drafts/{key:str}")
async def read(tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """GET /chatter/drafts/{id} — Draft."""
    return json_answer(_shape(await queries.draft(tx, actor, ids.parse(key, Type.DRAFT))))


@patch("/drafts/{key:str}")
async def move(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """PATCH /chatter/drafts/{id} — `publishAt`: another time for a scheduled post; null makes it a draft again. The Draft."""
    draft_id = ids.parse(key, Type.DRAFT)
    row = await drafts.access_draft(tx, actor, draft_id)
    given = await input_of(request)
    if "publishAt" not in given:
        raise Invalid("MISSING_ARGUMENT", "publishAt is missing: a time, or null.", fields=["publishAt"])
    if given["publishAt"] is not None:
        await drafts.reschedule_post(tx, actor, draft_id, _time(given["publishAt"]))
        return json_answer(_shape(await queries.draft(tx, actor, draft_id)))
    await drafts.unschedule_post(tx, actor, draft_id)
    kept = await queries.draft_on(tx, actor, row.place_id)
    if kept is None:
        raise NotFound()
    return json_answer(_shape(await queries.draft(tx, actor, kept.id)))


@delete("/drafts/{key:str}", status_code=204)
async def discard(tx: Transaction, actor: people.Me, key: InPath) -> None:
    """DELETE /chatter/drafts/{id} — 204: it is thrown away, and if it was scheduled it is not posted."""
    await drafts.discard_draft(tx, actor, ids.parse(key, Type.DRAFT))


def _token(request: Request) -> int | None:
    token = request.query_params.get("page")
    if token is None:
        return None
    if not token.isdecimal() or len(token) > 17:
        raise Invalid("INVALID_INPUT", "page is a token of the page before.", fields=["page"])
    return int(token)


def _time(value: object) -> datetime:
    try:
        moment = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Invalid(
            "INVALID_INPUT",
            "publishAt is a time with its offset, such as 2027-01-31T09:00:00Z.",
            fields=["publishAt"],
        )
    return moment


def _form(given: Json) -> Form:
    body = given.get("body") or {}
    if not isinstance(body, dict):
        raise Invalid("INVALID_INPUT", "body is an object with messageSegments.", fields=["body"])
    segments = body.get("messageSegments")
    if segments is not None and not isinstance(segments, list):
        raise Invalid("INVALID_INPUT", "messageSegments is a list.", fields=["body"])
    text = given.get("text", body.get("text"))
    if text is None:
        text = html.plain(segments) if segments and all(isinstance(each, dict) for each in segments) else ""
    choices = given.get("choices") or []
    if not isinstance(choices, list):
        raise Invalid("INVALID_INPUT", "choices is a list of texts.", fields=["choices"])
    return Form(
        text=str(text),
        segments=msgspec.json.encode(segments).decode() if segments else "",
        kind=str(given.get("kind", "TextPost")),
        title=str(given.get("title") or ""),
        choices=tuple(str(each) for each in choices),
    )


def _segments(form: Form) -> Any:
    try:
        return msgspec.json.decode(form.segments) if form.segments else None
    except msgspec.DecodeError:
        return None


async def _body(tx: Tx, actor: people.Actor, form: Form) -> list[Json]:
    """What the draft would say; one that could not be posted yet, as its text."""
    try:
        return await actions.parse_form(tx, actor, text=form.text, segments=form.segments)
    except Refused:
        return [{"type": "Text", "text": form.text}]


def _item(draft: Draft, author: people.Person, body: list[Json]) -> Item:
    assert draft.on is not None
    row: DraftRow = draft.row
    return Item(
        id=row.id,
        kind=row.form.kind,
        author=author,
        parent=draft.on,
        title=row.form.title or None,
        body=body,
        changes=[],
        shown=[],
        created_at=row.saved_at,
        last_activity=row.saved_at,
        internal_only=False,
        like_count=0,
        comment_count=0,
        up_count=0,
        down_count=0,
        my_like=None,
        my_vote=None,
        mine=Mine(),
        edited_at=None,
        closed=False,
        likes=[],
        comments=[],
        may_delete=True,
    )


def _shape(draft: Draft) -> Json:
    row = draft.row
    return {
        "choices": list(row.form.choices),
        "earlier": [
            {
                "messageSegments": _segments(each.form),
                "savedDate": connect_date(each.saved_at),
                "text": each.form.text,
            }
            for each in row.earlier
        ],
        "id": row.key,
        "kind": row.form.kind,
        "messageSegments": _segments(row.form),
        "placeId": ids.show(row.place_id) if draft.on else None,
        "publishAt": connect_date(row.publish_at) if row.publish_at else None,
        "refused": str(row.refused) if row.refused else None,
        "savedDate": connect_date(row.saved_at),
        "text": row.form.text,
        "title": row.form.title or None,
        "version": row.version,
    }


ROUTES = [draft_feed, draft_elements, publish_draft, list_drafts, save, read, move, discard]
