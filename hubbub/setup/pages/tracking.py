"""What the feeds of records tell: per object its tracked fields, whether at all, and new records that point at it."""

import contextlib
from collections.abc import Iterator
from typing import Any

import msgspec
from litestar import Response, get, post

from hubbub import feed, objects, people
from hubbub.core import html
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, Several
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.html import Input, see_other
from hubbub.core.html import translate as _
from hubbub.setup.pages.forms import require_setup


class Row(msgspec.Struct, frozen=True):
    """An object in the list, with how much of it feeds tell."""

    object: objects.Object
    words: str


class Box(msgspec.Struct, frozen=True):
    """A field that can be tracked, or why it cannot."""

    field: objects.Field
    ticked: bool
    was: bool  # when the form was shown: what another administrator ticks meanwhile stays
    reason: str | None


class Typed(msgspec.Struct):
    """What came with a form, each value of each input."""

    values: dict[str, list[str]]

    def last(self, name: str) -> str | None:
        return self.values[name][-1] if name in self.values else None

    def switched(self, name: str) -> bool | None:
        """A box that was ticked or unticked since the form was shown; None if it was left as it was."""
        if name not in self.values:
            return None
        ticked = self.last(name) == "true"
        return None if ticked == (self.last(f"{name}_was") == "true") else ticked


async def _typed(request: Request) -> Typed:
    values: dict[str, list[str]] = {}
    for name, value in (await request.form()).multi_items():
        if isinstance(value, str):
            values.setdefault(name, []).append(value.replace("\0", ""))
    return Typed(values)


# --- the list, and the limits --------------------------------------------------------------------------------------


@get("/setup/tracking")
async def show_tracking(request: Request, tx: Transaction, actor: people.Me) -> Response[str]:
    """What feeds tell of each object, and how much may be tracked for how long."""
    require_setup(actor)
    return await _list_page(request, tx, actor, None, None)


@post("/setup/tracking")
async def save_limits(request: Request, tx: Transaction, actor: people.Me) -> Response[Any]:
    """Say how many fields of an object may be tracked, how long feeds keep changes that nobody answered, and how long a
    post may be."""
    require_setup(actor)
    given = await _typed(request)
    before = await feed.read_tracking(tx)
    wrong: list[Invalid] = []

    def number(name: str, field: str, words: str) -> int | None:
        """What an input says; its mistake is noted."""
        text = (given.last(name) or "").strip()
        if text.isascii() and text.isdigit() and len(text) < 7:
            return int(text)
        wrong.append(Invalid("INVALID_INPUT", words, fields=[field]))
        return None

    digits = _("Say how many, in digits.")
    most = number("most", "mostTrackedFields", digits)
    days = given.last("days")
    kept = None
    if days is None or days.strip():
        kept = number("days", "quietDays", _("Say how many days, in digits, or leave it empty."))
    length = number("characters", "mostCharacters", digits) if given.last("characters") is not None else None
    followed = given.last("followed")
    cap = None
    if followed and followed.strip():
        cap = number("followed", "mostFollowed", _("Say how many, in digits, or leave it empty."))
    try:
        async with tx.savepoint():
            with _noting(wrong):
                await feed.limit_tracking(
                    tx,
                    actor,
                    most_tracked=before.most_tracked if most is None else most,
                    quiet_days=kept,
                    most_characters=length,
                )
            if followed is not None:
                with _noting(wrong):
                    await feed.limit_following(tx, actor, cap)
            if wrong:
                raise Several(wrong)
    except Invalid as refused:
        return await _list_page(request, tx, actor, given, refused)
    return see_other("/setup/tracking")


@contextlib.contextmanager
def _noting(wrong: list[Invalid]) -> Iterator[None]:
    """Note what is wrong here, and go on."""
    try:
        yield
    except Invalid as refused:
        wrong += getattr(refused, "each", [refused])


@post("/setup/link-previews")
async def save_previews(request: Request, tx: Transaction, actor: people.Me) -> Response[Any]:
    """Turn previews of linked pages on or off."""
    require_setup(actor)
    await feed.turn_previews(tx, actor, on=(await _typed(request)).last("on") == "true")
    return see_other("/setup/tracking#previews")


async def _list_page(
    request: Request, tx: Tx, actor: people.Actor, given: Typed | None, refused: Invalid | None
) -> Response[str]:
    setup = await feed.read_tracking(tx)
    cap = await feed.most_followed(tx)
    each_of: list[Invalid] = getattr(refused, "each", [refused]) if refused else []
    wrong = {field: each.said for each in reversed(each_of) for field in each.fields}
    days = "" if setup.quiet_days is None else str(setup.quiet_days)
    typed = given or Typed({})
    return await html.page(
        request,
        tx,
        actor,
        "setup/tracking.html",
        previews=setup.link_previews,
        status=422 if refused else 200,
        rows=[
            Row(each, _words(setup, each))
            for each in (await objects.catalog(tx, actor.access_version)).objects
        ],
        fields=[
            Input(
                name="most",
                label=_("Tracked fields of an object, at most"),
                kind="number",
                value=typed.last("most") or str(setup.most_tracked),
                required=True,
                error=wrong.get("mostTrackedFields"),
            ),
            Input(
                name="days",
                label=_("Days until unanswered changes leave feeds"),
                kind="number",
                value=days if (text := typed.last("days")) is None else text,
                error=wrong.get("quietDays"),
                help=_("Empty: they stay. The history of a record keeps every change anyway."),
            ),
            Input(
                name="characters",
                label=_("Characters of a post or comment, at most"),
                kind="number",
                value=typed.last("characters") or str(setup.most_characters),
                required=True,
                error=wrong.get("mostCharacters"),
            ),
            Input(
                name="followed",
                label=_("People, records and topics that one person may follow"),
                kind="number",
                value=str(cap or "") if (text := typed.last("followed")) is None else text,
                error=wrong.get("mostFollowed"),
                help=_("Empty: any number. What is followed already stays."),
            ),
        ],
        error=_("This could not be saved.") if refused else None,
    )


def _words(setup: feed.Tracking, object: objects.Object) -> str:
    if not setup.told(object):
        return _("Off: feeds tell nothing of these records")
    count = len(setup.tracked(object))
    fields = (
        _("1 field of at most {most}", most=setup.most_tracked)
        if count == 1
        else _("{count} fields of at most {most}", count=count, most=setup.most_tracked)
    )
    return _("{fields}, and related records", fields=fields) if setup.related(object) else fields


# --- one object ----------------------------------------------------------------------------------------------------


@get("/setup/tracking/{name:str}")
async def show_tracked(request: Request, tx: Transaction, actor: people.Me, name: InPath) -> Response[str]:
    """The fields of an object, those ticked whose changes feeds tell."""
    require_setup(actor)
    object = (await objects.catalog(tx, actor.access_version)).object(name)
    return await _object_page(request, tx, actor, object, None, None)


@post("/setup/tracking/{name:str}")
async def save_tracked(request: Request, tx: Transaction, actor: people.Me, name: InPath) -> Response[Any]:
    """Change what feeds tell of an object: what was ticked or unticked since the form was shown, and no more."""
    require_setup(actor)
    object = (await objects.catalog(tx, actor.access_version)).object(name)
    given = await _typed(request)
    ticked, was = set(given.values.get("field", ())), set(given.values.get("was", ()))
    try:
        async with tx.savepoint():
            told, related = given.switched("told"), given.switched("related")
            if told is not None or related is not None:
                await feed.track_object(tx, actor, object.name, told=told, related=related)
            if changed := {name: name in ticked for name in sorted(ticked ^ was)}:
                await feed.track_fields(tx, actor, object.name, changed)
    except Invalid as refused:
        return await _object_page(request, tx, actor, object, given, refused)
    return see_other("/setup/tracking")


async def _object_page(
    request: Request,
    tx: Tx,
    actor: people.Actor,
    object: objects.Object,
    given: Typed | None,
    refused: Invalid | None,
) -> Response[str]:
    setup = await feed.read_tracking(tx)
    now = {object.by_id(id).name for id in setup.tracked(object)}  # type: ignore[union-attr]
    told, related = setup.by_object.get(object.code, (True, False))
    ticked, was = now, now
    if given is not None:
        ticked, was = set(given.values.get("field", ())), set(given.values.get("was", ()))
    boxes = [
        Box(
            field,
            field.name in ticked,
            field.name in was,
            why.said if (why := feed.why_untracked(field)) else None,
        )
        for field in object.fields
    ]
    pointing = [
        _("{objects:_} ({field:_})", objects=child.plural, field=field.label)
        for child, field in (await objects.catalog(tx, actor.access_version)).references_to(object.name)
    ]
    return await html.page(
        request,
        tx,
        actor,
        "setup/tracking_object.html",
        status=422 if refused else 200,
        object=object,
        told=(given.last("told") == "true") if given else told,
        told_was=(given.last("told_was") == "true") if given else told,
        related=(given.last("related") == "true") if given else related,
        related_was=(given.last("related_was") == "true") if given else related,
        pointing=pointing,
        boxes=[box for box in boxes if box.reason is None],
        others=[box for box in boxes if box.reason is not None],
        most=setup.most_tracked,
        error=refused.said if refused else None,
    )


ROUTES = [show_tracking, save_limits, save_previews, show_tracked, save_tracked]
