"""What I follow, how much of it reaches me, and following many records at once."""

from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Response, get, post

from hubbub import people, records
from hubbub.core import html, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.html import see_other
from hubbub.core.ids import Type
from hubbub.core.languages import mark
from hubbub.feed import actions, queries
from hubbub.feed.access import access_subject
from hubbub.feed.actions.following_many import Count, Rule

PAGE = 50
LEVELS = {
    "all": (mark("Everything"), mark("All that happens there is in What I Follow.")),
    "mentions": (
        mark("Mentions"),
        mark("Only what means you: it is not in What I Follow, and the bell tells of nothing else."),
    ),
    "digest": (
        mark("Digest"),
        mark("Not in What I Follow: told of once a day, in your digest. The bell tells of mentions at once."),
    ),
    "mute": (mark("Nothing"), mark("You go on following, and hear nothing of it.")),
}
CONDITIONS = 3
OPERATORS = {
    "equals": mark("is"),
    "notEqual": mark("is not"),
    "lessThan": mark("is less than"),
    "greaterThan": mark("is more than"),
    "contains": mark("contains"),
    "startsWith": mark("begins with"),
}


class Option(msgspec.Struct, frozen=True):
    """One choice of several."""

    value: str
    label: str
    text: str = ""
    current: bool = False


class Followed(msgspec.Struct, frozen=True):
    """One line of the list."""

    subject: queries.Subject
    options: list[Option]


class Filled(msgspec.Struct, frozen=True):
    """One condition of a rule as the form shows it."""

    number: int
    fields: list[Option]
    operators: list[Option]
    value: str


def levels(current: str) -> list[Option]:
    """The levels as choices."""
    return [
        Option(value, html.translate(label), html.translate(text), value == current)
        for value, (label, text) in LEVELS.items()
    ]


@get("/following")
async def show_following(request: Request, tx: Transaction, actor: people.Me) -> Response[str]:
    """What I follow, of what I may see, the newest first."""
    text = request.query_params.get("page", "0")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    found = await queries.following(tx, actor, actor.id, size=PAGE + 1, start=number * PAGE)
    return await html.page(
        request,
        tx,
        actor,
        "feed/following.html",
        rows=[Followed(each.subject, levels(each.level)) for each in found[:PAGE]],
        total=await queries.count_following(tx, actor, actor.id),
        next_url=f"/following?page={number + 1}" if len(found) > PAGE else None,
    )


@get("/subjects/{key:str}/level")
async def show_level(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[str]:
    """How much of something that I follow reaches me."""
    subject_id = ids.parse(key)
    await access_subject(tx, actor, subject_id)
    level = await people.level_of(tx, actor, subject_id)
    subject = (await queries.subjects(tx, actor, [subject_id])).get(subject_id)
    if level is None or subject is None:
        raise NotFound()
    return await html.page(
        request,
        tx,
        actor,
        "feed/level.html",
        subject_key=key,
        title=subject.name,
        back=subject.url,
        choices=levels(level),
    )


@post("/subjects/{key:str}/level")
async def save_level(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """Say how much of it reaches me."""
    subject_id = ids.parse(key)
    await access_subject(tx, actor, subject_id)
    await actions.set_level(tx, actor, subject_id, str((await request.form()).get("level", "")))
    return see_other(await html.back(request, away_from=f"/subjects/{key}/level"))


@get("/following/many")
async def show_many(request: Request, tx: Transaction, actor: people.Me) -> Response[str]:
    """The form of a rule, with how many records fit it once it says enough."""
    return await _many(request, tx, actor, dict(request.query_params.items()))


@post(["/following/many", "/following/many/delete"])
async def follow_many(request: Request, tx: Transaction, actor: people.Me) -> Response[Any]:
    """Follow every record that fits, or none of them any more."""
    form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    ended = request.scope["path"].endswith("/delete")
    try:
        async with tx.savepoint():
            await actions.follow_rule(tx, actor, rule_of(form), ended=ended)
    except Invalid as refused:
        return await _many(request, tx, actor, form, refused=refused)
    kept = {name: value for name, value in form.items() if value and name not in ("_csrf_token", "next")}
    return see_other(f"/following/many?{urlencode(kept | {'done': 'unfollow' if ended else 'follow'})}")


def rule_of(form: dict[str, str]) -> Rule:
    """What a form asks for."""
    conditions = [
        (field, form.get(f"operator_{n}") or "equals", form.get(f"value_{n}", "").replace("\0", ""))
        for n in range(1, CONDITIONS + 1)
        if (field := form.get(f"field_{n}"))
    ]
    return Rule(form.get("object", ""), form.get("owner") or None, bool(form.get("open")), tuple(conditions))


async def _many(
    request: Request, tx: Tx, actor: people.Actor, form: dict[str, str], *, refused: Invalid | None = None
) -> Response[str]:
    if actor.guest:
        raise NotFound()
    him = await records.viewer(tx, actor)
    objects = [each for each in him.catalog.objects if him.can(each).read]
    chosen = next((each for each in objects if each.name == form.get("object")), None)
    count: Count | None = None
    error = refused.said if refused else None
    if chosen is not None and refused is None:
        try:
            count = await actions.count_rule(tx, actor, rule_of(form))
        except Invalid as invalid:
            error = invalid.said
    owner_id = ids.parse(form["owner"], Type.USER) if form.get("owner") else None
    persons = await people.cards(tx, await people.insiders(tx)) if chosen and chosen.owned else {}
    by_name = sorted(persons.values(), key=lambda person: (person.id != actor.id, person.name))
    done = form.get("done")
    going = count is not None and (
        (done == "follow" and count.followed < count.matching) or (done == "unfollow" and count.followed > 0)
    )
    return await html.page(
        request,
        tx,
        actor,
        "feed/following_many.html",
        status=422 if refused else 200,
        objects=[Option(each.name, each.plural, "", each is chosen) for each in objects],
        owners=[
            Option(
                person.key,
                html.translate("Me") if person.id == actor.id else person.name,
                "",
                person.id == owner_id,
            )
            for person in by_name[:500]
        ],
        may_open=chosen is not None
        and (closed := chosen.get("IsClosed")) is not None
        and him.may_read(chosen, closed),
        only_open=bool(form.get("open")),
        conditions=[_filled(him, chosen, form, n) for n in range(1, CONDITIONS + 1)] if chosen else [],
        chosen=chosen.name if chosen else "",
        matching=count,
        done=done if done in ("follow", "unfollow") else None,
        going=going,
        error=error,
    )


def _filled(him: records.Viewer, object: Any, form: dict[str, str], number: int) -> Filled:
    field, operator = form.get(f"field_{number}"), form.get(f"operator_{number}")
    usable = [f for f in him.fields(object) if not f.system and f.column != "long"]
    return Filled(
        number,
        [Option(f.name, f.label, "", f.name == field) for f in usable],
        [Option(value, html.translate(label), "", value == operator) for value, label in OPERATORS.items()],
        form.get(f"value_{number}", ""),
    )


ROUTES = [show_following, show_level, save_level, show_many, follow_many]
