"""Sharing rules: what some people own, or records that fit conditions, shared with others."""

from typing import Any

import msgspec
from litestar import Response, get, post

from hubbub import objects, people, records
from hubbub.core import html, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.html import Input, Option, see_other
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
    principals,
    require_setup,
    show,
    suggestions,
    typed,
)

CONDITIONS = 10  # as many as a rule may have; the form offers those that are filled in, and two more
SOURCES, TARGETS = "rgq", "ergqp"
KINDS = ("owner", "criteria")
_FIELDS = {"name": "name", "target": "target", "source": "source", "level": "level", "criteria": "field1"}
_TEXTUAL = ("contains", "startsWith")


def operators() -> dict[str, str]:
    """How a field is compared, in words."""
    words = {
        "equals": _("is"),
        "notEqual": _("is not"),
        "lessThan": _("is less than"),
        "greaterThan": _("is greater than"),
        "lessOrEqual": _("is at most"),
        "greaterOrEqual": _("is at least"),
        "contains": _("contains"),
        "startsWith": _("starts with"),
    }
    return {each: words[each] for each in records.OPERATORS}


class Shown(msgspec.Struct, frozen=True):
    """A rule in words."""

    id: int
    name: str
    object: objects.Object
    what: str
    target: str
    level: int
    progress: tuple[int, int | None] | None  # None: it is all in force


class Draft(msgspec.Struct, frozen=True):
    """A rule in its form, new or as it stands."""

    him: records.Viewer
    object: objects.Object
    kind: str
    url: str  # the page of the form
    action: str  # where it is saved
    before: dict[str, str] = {}  # what the inputs held when it was opened
    rule: records.Rule | None = None
    lost: bool = False  # it asks for a field that is gone, or that who edits it may not read


class Said(msgspec.Struct, frozen=True):
    """What a form of a rule says, understood."""

    name: str
    target_id: int
    level: int
    source_id: int | None
    conditions: list[records.Condition] | None


def shareable(catalog: objects.Catalog) -> list[objects.Object]:
    """The objects whose records are shared one by one."""
    return [each for each in catalog.objects if each.owned and not each.controlled]


def comparable(him: records.Viewer, object: objects.Object) -> list[objects.Field]:
    """The fields that a condition may ask for."""
    return [
        field
        for field in him.fields(object)
        if field.column != "long" and (not field.system or (field.column == "name" and not object.named_by))
    ]


@get("/setup/rules")
async def show_rules(request: Request, tx: Transaction, actor: people.Me) -> Response[str]:
    """The sharing rules, and how far each is filled."""
    require_setup(actor)
    him = await records.viewer(tx, actor)
    found = await records.rules(tx, actor)
    names = await names_of(
        tx, {each.target_id for each in found} | {each.source_id for each in found if each.source_id}
    )
    return await html.page(
        request,
        tx,
        actor,
        "setup/rules.html",
        rules=[_shown(him, each, names) for each in found if each.object in him.catalog.codes],
        objects=shareable(him.catalog),
    )


@get("/setup/new-rule")
async def show_new_rule(request: Request, tx: Transaction, actor: people.Me) -> Response[str]:
    """The form of a new rule; once it is filled in, how many records it would share."""
    require_setup(actor)
    form = asked(request)
    return await _form(request, tx, await _new(tx, actor, form), form, counted="name" in form.given)


@post("/setup/rules")
async def create_rule(request: Request, tx: Transaction, actor: people.Me) -> Response[Any]:
    """Make a rule: what it shares by owner is shared at once, what fits conditions is found by a job."""
    require_setup(actor)
    form = await typed(request)
    draft = await _new(tx, actor, form)
    async with attempt(tx, form, _names(form)):
        said = await _said(tx, draft, form)
        await records.add_rule(
            tx,
            actor,
            draft.object.name,
            said.name,
            target_id=said.target_id,
            level=said.level,
            source_id=said.source_id,
            conditions=said.conditions,
        )
    return await _form(request, tx, draft, form) if form.refused else see_other("/setup/rules")


@get("/setup/rules/{key:str}")
async def show_rule(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[str]:
    """The form of a rule; once it was counted, how many records it would share as it is filled in."""
    require_setup(actor)
    form = asked(request)
    return await _form(request, tx, await _old(tx, actor, key), form, counted="name" in form.given)


@post("/setup/rules/{key:str}")
async def save_rule(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Change a rule. What it no longer grants is gone at once; what fits new conditions is found by a job."""
    require_setup(actor)
    draft = await _old(tx, actor, key)
    form = await typed(request)
    async with attempt(tx, form, _names(form)):
        said = await _said(tx, draft, form)
        await records.edit_rule(
            tx,
            actor,
            id_of(key, Type.RULE),
            name=said.name,
            target_id=said.target_id,
            level=said.level,
            source_id=said.source_id,
            conditions=said.conditions,
        )
    return await _form(request, tx, draft, form) if form.refused else see_other("/setup/rules")


@post("/setup/rules/{key:str}/delete")
async def delete_rule(tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Delete a rule: nobody sees anything by it any more."""
    require_setup(actor)
    await records.delete_rule(tx, actor, id_of(key, Type.RULE))
    return see_other("/setup/rules")


# --- the steps -----------------------------------------------------------------------------------------------------


async def _new(tx: Tx, actor: people.Actor, form: Form) -> Draft:
    him = await records.viewer(tx, actor)
    object = him.catalog.object(form.value("object"))
    kind = form.value("kind")
    if kind not in KINDS or object not in shareable(him.catalog):
        raise NotFound()
    return Draft(him, object, kind, "/setup/new-rule", "/setup/rules")


async def _old(tx: Tx, actor: people.Actor, key: str) -> Draft:
    """A rule as it stands, for its form."""
    him = await records.viewer(tx, actor)
    id = id_of(key, Type.RULE)
    rule = next((each for each in await records.rules(tx, actor) if each.id == id), None)
    if rule is None or rule.object not in him.catalog.codes:
        raise NotFound()
    object = him.catalog.codes[rule.object]
    labels = dict(await principals(tx, SOURCES + TARGETS))
    names = await names_of(tx, {rule.target_id, rule.source_id or rule.target_id})
    before = {
        "name": rule.name,
        "level": str(rule.level),
        "target": labels.get(rule.target_id) or names.get(rule.target_id, ""),
        "source": labels.get(rule.source_id or 0, ""),
    }
    shown = [
        (field, said)
        for said in rule.criteria or ()
        if (field := object.by_id(int(said["field"]))) is not None and him.may_read(object, field)
    ]
    for number, (field, said) in enumerate(shown, 1):
        value = field.from_plain(said["value"])
        before[f"field{number}"] = field.name
        before[f"operator{number}"] = said["operator"]
        before[f"value{number}"] = field.to_form(value, actor.timezone)
    url = f"/setup/rules/{ids.show(rule.id)}"
    return Draft(him, object, rule.kind, url, url, before, rule, len(shown) < len(rule.criteria or ()))


async def _said(tx: Tx, draft: Draft, form: Form) -> Said:
    """What the form says; raises Wrong with all that is wrong with it."""
    errors: dict[str, str] = {}
    found: dict[str, int] = {}
    name = form.value("name").strip()
    if not name:
        errors["name"] = _("Give the rule a name.")
    for input, kinds in (("source", SOURCES), ("target", TARGETS)):
        if input == "target" or draft.kind == "owner":
            try:
                found[input] = await find(tx, draft.him.actor, form, input, kinds)
            except Wrong as wrong:
                errors |= wrong.errors
    level = 1
    try:
        level = level_of(form)
    except Wrong as wrong:
        errors |= wrong.errors
    conditions: list[records.Condition] | None = None
    if draft.kind == "criteria":
        conditions = []
        for number in range(1, CONDITIONS + 1):
            if not form.value(f"field{number}"):
                continue
            try:
                conditions.append(_condition(draft, form, number))
            except Invalid as wrong:
                errors[f"field{number}"] = wrong.said
        if not conditions and not errors:
            errors["field1"] = _("Say which records.")
    if errors:
        raise Wrong(errors)
    return Said(name, found["target"], level, found.get("source"), conditions)


def _condition(draft: Draft, form: Form, number: int) -> records.Condition:
    field = draft.him.field(draft.object, form.value(f"field{number}"))
    operator, text = form.value(f"operator{number}"), form.value(f"value{number}")
    value: Any = text.strip() or None
    if value is not None and operator not in _TEXTUAL and field.type != "reference":
        value = field.to_json(field.parse_form(text, draft.him.actor.timezone))
    return records.Condition(field.name, operator, value)


def _names(form: Form) -> dict[str, str]:
    """Which input stands for what an action speaks of: a field, for the first condition that asks for it."""
    numbers = range(CONDITIONS, 0, -1)
    return _FIELDS | {form.value(f"field{number}"): f"field{number}" for number in numbers}


def _shown(him: records.Viewer, rule: records.Rule, names: dict[int, str]) -> Shown:
    object = him.catalog.codes[rule.object]
    if rule.kind == "owner":
        what = _("owned by {who}", who=names.get(rule.source_id or 0, _("somebody who is gone")))
    else:
        what = _(" and ").join(_in_words(him, object, each) for each in rule.criteria or ())
    progress = None if rule.kind == "owner" or rule.filled_at else (rule.filled, rule.total)
    target = names.get(rule.target_id, _("somebody who is gone"))
    return Shown(rule.id, rule.name, object, what, target, rule.level, progress)


def _in_words(him: records.Viewer, object: objects.Object, said: dict[str, Any]) -> str:
    field = object.by_id(int(said["field"]))
    if field is None:
        return _("a field that is gone")
    if not him.may_read(object, field):
        return _("a field that you may not read")
    value = (
        field.show(field.from_plain(said["value"]), him.actor.timezone) if said["value"] is not None else None
    )
    return f"{_(field.label)} {operators().get(said['operator'], said['operator'])} {value or _('empty')}"


async def _form(
    request: Request, tx: Tx, draft: Draft, form: Form, *, counted: bool = False
) -> Response[str]:
    count: int | None = None
    if counted:
        async with attempt(tx, form, _names(form)):
            said = await _said(tx, draft, form)
            count = await records.count_rule(
                tx,
                draft.him.actor,
                draft.object.name,
                source_id=said.source_id,
                conditions=said.conditions,
            )
    before = draft.before
    fields = [form.input("name", _("Name"), value=before.get("name", ""), required=True, max_length=80)]
    if draft.kind == "owner":
        fields.append(
            form.input(
                "source",
                _("Owned by"),
                kind="lookup",
                value=before.get("source", ""),
                required=True,
                help=_("A role, a role and those below, a group or a queue."),
                options=await suggestions(tx, draft.him.actor, SOURCES),
            )
        )
    fields += [
        form.input(
            "target",
            _("Shared with"),
            kind="lookup",
            value=before.get("target", ""),
            required=True,
            help=_("A role, a group, a queue, a person, or everyone inside."),
            options=await suggestions(tx, draft.him.actor, TARGETS),
        ),
        form.input(
            "level",
            _("To"),
            kind="picklist",
            value=before.get("level", "1"),
            required=True,
            options=levels(),
        ),
    ]
    rows = _rows(draft, form)
    return await show(
        request,
        tx,
        draft.him.actor,
        "setup/rule.html",
        form,
        object=draft.object,
        kind=draft.kind,
        rule=draft.rule,
        lost=draft.lost,
        url=draft.url,
        action=draft.action,
        fields=fields,
        rows=rows,
        wrong=[
            *fields,
            *(
                Input(name=f"field{n}", label=_("Condition {n}", n=n), error=error)
                for n, _f, _o, _v, error in rows
            ),
        ],
        choices=[Option(field.name, field.label) for field in comparable(draft.him, draft.object)],
        operators=[Option(value, words) for value, words in operators().items()],
        count=None if count is None else _number(count),
        one=count == 1,
    )


def _rows(draft: Draft, form: Form) -> list[tuple[int, str, str, str, str | None]]:
    """The conditions: those that are filled in, at least three, and two more."""
    if draft.kind == "owner":
        return []
    given = form.given if "name" in form.given else draft.before
    used = max((n for n in range(1, CONDITIONS + 1) if given.get(f"field{n}")), default=0)
    return [
        (
            number,
            given.get(f"field{number}", ""),
            given.get(f"operator{number}", "equals"),
            given.get(f"value{number}", ""),
            form.errors.get(f"field{number}"),
        )
        for number in range(1, min(CONDITIONS, max(3, used + 2)) + 1)
    ]


def _number(count: int) -> str:
    if count > records.COUNTED:
        return _("more than {n}", n=html.number(records.COUNTED))
    return html.number(count)


ROUTES = [show_rules, show_new_rule, create_rule, show_rule, save_rule, delete_rule]
