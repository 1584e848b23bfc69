"""Who sees a record: shares by hand, its team, and why somebody sees it."""

from typing import Any

import msgspec
from litestar import Response, get, post

from hubbub import people, records
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Forbidden, Invalid, NotFound
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.html import Option, see_other
from hubbub.core.html import translate as _
from hubbub.core.ids import Type
from hubbub.setup.pages.forms import (
    Form,
    Wrong,
    asked,
    attempt,
    find,
    id_of,
    level_of,
    levels,
    names_of,
    show,
    suggestions,
    typed,
)
from hubbub.setup.pages.home import access_words

TEAMS = ("Account", "Opportunity")
PRINCIPALS = "ergqp"


class Shared(msgspec.Struct, frozen=True):
    """With whom a record is shared, and why."""

    principal_id: int
    name: str
    level: int
    cause: str
    words: str


class Mate(msgspec.Struct, frozen=True):
    """Somebody who is, or was, on the team of a record."""

    person: people.Person
    member: records.TeamMember


class Line(msgspec.Struct, frozen=True):
    """One reason, in words."""

    words: str
    level: int
    url: str | None = None
    via: str | None = None


@get("/r/{key:str}/sharing")
async def show_sharing(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[str]:
    """Who works on a record, for everybody inside who sees it; with whom it is shared, and who was on its team, for
    those who may share it."""
    record = await records.access_record(tx, actor, id_of(key))
    if not record.owned and (actor.guest or record.object.name not in TEAMS):
        raise Forbidden()
    return await _page(request, tx, actor, record, Form())


@post("/r/{key:str}/shares")
async def share(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Share a record with a person, a role, a group, or everyone inside."""
    record = await records.access_record(tx, actor, id_of(key), to="share")
    form = await typed(request)
    async with attempt(tx, form, usual="whom"):
        principal, level = 0, 1
        with form.noting():
            principal = await find(tx, actor, form, "whom", PRINCIPALS)
        with form.noting():
            level = level_of(form)
        if not form.errors:
            await records.share_record(tx, actor, record.id, principal, level)
    if form.refused:
        return await _page(request, tx, actor, record, form)
    return see_other(f"{record.url}/sharing")


@post("/r/{key:str}/shares/{principal:str}/delete")
async def unshare(tx: Transaction, actor: people.Me, key: InPath, principal: InPath) -> Response[Any]:
    """Take back what was shared by hand."""
    record = await records.access_record(tx, actor, id_of(key), to="share")
    await records.unshare_record(tx, actor, record.id, id_of(principal))
    return see_other(await _after(tx, actor, record))


@post("/r/{key:str}/team")
async def join(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Put a person on the team of a record."""
    record = await records.access_record(tx, actor, id_of(key), to="share")
    form = await typed(request)
    async with attempt(tx, form, {"TeamMemberRole": "role", "UserId": "member"}, "member"):
        person, level = 0, 1
        with form.noting():
            person = await find(tx, actor, form, "member", "p")
        with form.noting():
            level = level_of(form, "team_level")
        if not form.errors:
            await records.join_team(tx, actor, record.id, person, team_role=form.value("role"), level=level)
    if form.refused:
        return await _page(request, tx, actor, record, form)
    return see_other(f"{record.url}/sharing#team")


@post("/r/{key:str}/team/{person:str}/delete")
async def leave(tx: Transaction, actor: people.Me, key: InPath, person: InPath) -> Response[Any]:
    """Take a person off the team of a record; that he was on it is kept."""
    record = await records.access_record(tx, actor, id_of(key))
    await records.leave_team(tx, actor, record.id, id_of(person, Type.USER))
    return see_other(await _after(tx, actor, record))


async def _after(tx: Tx, actor: people.Actor, record: records.Record) -> str:
    """Where to go once something was withdrawn, perhaps from oneself."""
    try:
        found = await records.access_record(tx, await people.actor(tx, actor.user_id), record.id)
    except NotFound:
        return f"/o/{record.object.name}"
    return f"{record.url}/sharing" if found.owned else record.url


async def _page(
    request: Request, tx: Tx, actor: people.Actor, record: records.Record, form: Form
) -> Response[str]:
    has_team = record.object.name in TEAMS
    team = await records.team(tx, actor, record.id, past=record.owned) if has_team else []
    cards = await people.cards(tx, {record.owner_id, *(each.user_id for each in team)}, actor)
    return await show(
        request,
        tx,
        actor,
        "setup/sharing.html",
        form,
        record=record,
        owner=cards.get(record.owner_id),
        queue=(await people.queue_names(tx, [record.owner_id])).get(record.owner_id)
        if record.queued
        else None,
        default=access_words()[record.object.access],
        may_share=record.owned,
        shares=await _shares(tx, actor, record) if record.owned else [],
        share_fields=[
            form.input(
                "whom",
                _("Share with"),
                kind="lookup",
                required=True,
                help=_("A person, a role, a group, a queue, or everyone inside."),
                options=await suggestions(tx, actor, PRINCIPALS) if record.owned else [],
            ),
            form.input("level", _("Access"), kind="picklist", value="1", required=True, options=levels()),
        ],
        has_team=has_team,
        mates=[Mate(cards[each.user_id], each) for each in team if each.left_at is None],
        past=[Mate(cards[each.user_id], each) for each in team if each.left_at is not None],
        team_fields=[
            form.input(
                "member",
                _("Add to the team"),
                kind="lookup",
                required=True,
                options=await suggestions(tx, actor, "p") if has_team and record.owned else [],
            ),
            form.input("role", _("As"), max_length=80),
            form.input(
                "team_level", _("Access"), kind="picklist", value="1", required=True, options=levels()
            ),
        ],
    )


async def _shares(tx: Tx, actor: people.Actor, record: records.Record) -> list[Shared]:
    """With whom a record is shared, in words."""
    found = await records.shares(tx, actor, record.id)
    rules = (
        {rule.id: rule for rule in await records.rules(tx, actor, record.object.name)}
        if actor.admin and any(each.cause == "rule" for each in found)
        else {}
    )
    names = await names_of(
        tx, {each.principal_id for each in found} | {rule.target_id for rule in rules.values()}
    )
    shown = []
    for each in found:
        words = {"manual": _("shared by hand"), "team": _("on the team"), "rule": _("by a sharing rule")}
        name = names.get(each.principal_id, "")
        if each.cause == "rule":
            rule = rules.get(each.principal_id)
            name = names.get(rule.target_id, "") if rule else _("Those whom a sharing rule names")
            words["rule"] = _("by the sharing rule “{name}”", name=rule.name) if rule else words["rule"]
        shown.append(
            Shared(each.principal_id, name, each.level, each.cause, words.get(each.cause, each.cause))
        )
    return shown


# --- why -----------------------------------------------------------------------------------------------------------


@get("/r/{key:str}/why")
async def show_why(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[str]:
    """Why I see a record, or a field of it; administrators may ask for anybody."""
    record = await records.access_record(tx, actor, id_of(key))
    him = await records.viewer(tx, actor)
    form = asked(request)
    user_id = actor.user_id
    if form.value("person").strip():
        if not actor.admin:
            raise Forbidden(_("Only administrators may ask this for others."))
        async with attempt(tx, form):
            user_id = await _whom(tx, actor, form)
    field = form.value("field") or None
    if field and record.object.get(field) not in him.fields(record.object):
        async with attempt(tx, form):
            raise Wrong(form.errors | {"field": _("There is no such field.")})
        field = None
    found = await records.explain(tx, actor, user_id, record.id, field)
    person = (await people.cards(tx, {user_id}))[user_id]
    if not form.errors:
        form.given["person"] = person.name if user_id != actor.user_id else ""
    inputs = [
        form.input(
            "field",
            _("Field"),
            kind="picklist",
            options=[Option(each.name, _(each.label)) for each in him.fields(record.object)],
        )
    ]
    if actor.admin:
        people_input = form.input(
            "person", _("Person"), kind="lookup", options=await suggestions(tx, actor, "p")
        )
        inputs.insert(0, people_input)
    return await show(
        request,
        tx,
        actor,
        "setup/why.html",
        form,
        record=record,
        person=person,
        field=record.object.field(field) if field else None,
        found=found,
        grants=await _lines(tx, actor, [each for each in found.reasons if each.level]),
        bars=await _lines(tx, actor, [each for each in found.reasons if not each.level]),
        fields=inputs,
    )


async def _whom(tx: Tx, actor: people.Actor, form: Form) -> int:
    """The person that is asked about: by name, or by id where a page of Setup leads here."""
    try:
        user_id = ids.parse(form.value("person").strip(), Type.USER)
    except Invalid:
        return await find(tx, actor, form, "person", "p")
    if not await people.cards(tx, {user_id}):
        raise Wrong({"person": _("There is no such person.")})
    return user_id


async def _lines(tx: Tx, actor: people.Actor, reasons: list[records.Reason]) -> list[Line]:
    """Reasons in words, each once."""
    principals = {id for each in reasons for id in (*each.path, each.principal_id) if id}
    names = await names_of(tx, principals)
    cards = await records.visible_cards(tx, actor, {each.via for each in reasons if each.via})
    rules = (
        {rule.id: rule.name for rule in await records.rules(tx, actor)}
        if actor.admin and any(each.rule_id for each in reasons)
        else {}
    )
    found: dict[tuple[str, int, int | None], Line] = {}
    for each in reasons:
        words = _words(each, each.because if each.via else each.cause, names, rules)
        card = cards.get(each.via) if each.via else None
        via = None
        if each.via:
            name = card.name if card else _("a record that you do not see")
            via = {
                "parent": _("This record is seen as {name} is.", name=name),
                "child": _("Who sees {name} sees what it belongs to.", name=name),
                "account": _("It belongs to {name}.", name=name),
                "about": _("It is about {name}.", name=name),
            }.get(each.cause, name)
        line = Line(words, each.level, f"/r/{ids.show(each.via)}" if card and each.via else None, via)
        found.setdefault((words, each.level, each.via), line)
    return list(found.values())


def _words(reason: records.Reason, cause: str | None, names: dict[int, str], rules: dict[int, str]) -> str:
    way = " → ".join(names.get(id, "?") for id in reason.path)
    whom = names.get(reason.principal_id or 0, "")
    by = reason.permission_set or ""
    rule = rules.get(reason.rule_id or 0)
    words = {
        "ViewAllData": _("The permission set {name} lets see all data.", name=by),
        "ModifyAllData": _("The permission set {name} lets change all data.", name=by),
        "view all": _("The permission set {name} lets see all records of the object.", name=by),
        "modify all": _("The permission set {name} lets change all records of the object.", name=by),
        "default": _("By default everyone inside may."),
        "owner": _("Owns it."),
        "queue": _("It belongs to {whom} ({way}).", whom=whom, way=way),
        "above queue": _("Stands above somebody in {whom} ({way}).", whom=whom, way=way),
        "above owner": _("Stands above the owner in the role tree ({way}).", way=way),
        "manual": _("It is shared by hand with {whom} ({way}).", whom=whom, way=way),
        "team": _("{whom} is on the team ({way}).", whom=whom, way=way),
        "rule": _("The sharing rule “{name}” shares it with {whom} ({way}).", name=rule, whom=whom, way=way)
        if rule
        else _("A sharing rule shares it with {whom} ({way}).", whom=whom, way=way),
        "field": _("The permission set {name} shows the field.", name=by),
        "private": _("Nothing shares it."),
        "inactive": _("The person is not active."),
        "object permission": _(
            "No permission set grants this on the object: {right:_}.", right=reason.because or ""
        ),
        "field permission": _(
            "No permission set grants this on the field: {right:_}.", right=reason.because or ""
        ),
    }
    return words.get(cause or "", cause or "")


ROUTES = [show_sharing, share, unshare, join, leave, show_why]
