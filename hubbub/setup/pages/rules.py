"""Sharing rules: what some people own, or records that fit conditions, shared with others."""

from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from hubbub import objects, people, records
from hubbub.core import html
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound, Refused
from hubbub.core.html import see_other
from hubbub.core.html import translate as _
from hubbub.core.ids import Type
from hubbub.setup.pages.forms import (
    Input,
    Option,
    Wrong,
    find,
    id_of,
    level_of,
    levels,
    mistakes,
    names_of,
    require_setup,
    suggestions,
    summary,
    typed,
)

CONDITIONS = 5  # rows that the form offers
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
        if field.column != "long" and (not field.system or (field.name == "Name" and not object.named_by))
    ]


@get("/setup/rules")
async def show_rules(
    request: Request[Any, Any, Any], tx: NamedDependency[Tx], actor: NamedDependency[people.Actor]
) -> Response[str]:
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
async def show_new_rule(
    request: Request[Any, Any, Any], tx: NamedDependency[Tx], actor: NamedDependency[people.Actor]
) -> Response[str]:
    """The form of a new rule; once it is filled in, how many records it would share."""
    require_setup(actor)
    given = {name: value.replace("\0", "") for name, value in request.query_params.items()}
    him, object, kind = await _asked(tx, actor, given)
    if "name" not in given:
        return await _form(request, tx, him, object, kind, given, {}, None, None)
    try:
        said = await _said(tx, him, object, kind, given)
        count = await records.count_rule(
            tx, actor, object.name, source_id=said.source_id, conditions=said.conditions
        )
    except Invalid as refused:
        return await _form(request, tx, him, object, kind, given, _errors(refused, given), refused, None)
    return await _form(request, tx, him, object, kind, given, {}, None, count)


@post("/setup/rules")
async def create_rule(
    request: Request[Any, Any, Any], tx: NamedDependency[Tx], actor: NamedDependency[people.Actor]
) -> Response[Any]:
    """Make a rule: what it shares by owner is shared at once, what fits conditions is found by a job."""
    require_setup(actor)
    given = await typed(request)
    him, object, kind = await _asked(tx, actor, given)
    try:
        async with tx.savepoint():
            said = await _said(tx, him, object, kind, given)
            await records.add_rule(
                tx,
                actor,
                object.name,
                said.name,
                target_id=said.target_id,
                level=said.level,
                source_id=said.source_id,
                conditions=said.conditions,
            )
    except Invalid as refused:
        return await _form(request, tx, him, object, kind, given, _errors(refused, given), refused, None)
    return see_other("/setup/rules")


@post("/setup/rules/{key:str}/delete")
async def delete_rule(
    tx: NamedDependency[Tx], actor: NamedDependency[people.Actor], key: FromPath[str]
) -> Response[Any]:
    """Delete a rule: nobody sees anything by it any more."""
    require_setup(actor)
    await records.delete_rule(tx, actor, id_of(key, Type.RULE))
    return see_other("/setup/rules")


# --- the steps -----------------------------------------------------------------------------------------------------


async def _asked(
    tx: Tx, actor: people.Actor, given: dict[str, str]
) -> tuple[records.Viewer, objects.Object, str]:
    him = await records.viewer(tx, actor)
    object = him.catalog.object(given.get("object", ""))
    kind = given.get("kind", "")
    if kind not in KINDS or object not in shareable(him.catalog):
        raise NotFound()
    return him, object, kind


async def _said(
    tx: Tx, him: records.Viewer, object: objects.Object, kind: str, given: dict[str, str]
) -> Said:
    """What the form says; raises Wrong with all that is wrong with it."""
    errors: dict[str, str] = {}
    found: dict[str, int] = {}
    name = given.get("name", "").strip()
    if not name:
        errors["name"] = _("Give the rule a name.")
    for input, kinds in (("source", SOURCES), ("target", TARGETS)):
        if input == "target" or kind == "owner":
            try:
                found[input] = await find(tx, him.actor, input, given.get(input, ""), kinds)
            except Wrong as wrong:
                errors |= wrong.errors
    level = 1
    try:
        level = level_of(given.get("level", ""))
    except Wrong as wrong:
        errors |= wrong.errors
    conditions: list[records.Condition] | None = None
    if kind == "criteria":
        conditions = []
        for number in range(1, CONDITIONS + 1):
            asked = given.get(f"field{number}", "")
            if not asked:
                continue
            try:
                conditions.append(
                    _condition(
                        him,
                        object,
                        asked,
                        given.get(f"operator{number}", ""),
                        given.get(f"value{number}", ""),
                    )
                )
            except Invalid as wrong:
                errors[f"field{number}"] = (
                    wrong.words if isinstance(wrong, objects.BadValue) else wrong.message
                )
        if not conditions and not errors:
            errors["field1"] = _("Say which records.")
    if errors:
        raise Wrong(errors)
    return Said(name, found["target"], level, found.get("source"), conditions)


def _condition(
    him: records.Viewer, object: objects.Object, name: str, operator: str, text: str
) -> records.Condition:
    field = him.field(object, name)
    value: Any = text.strip() or None
    if value is not None and operator not in _TEXTUAL and field.type != "reference":
        value = field.to_json(field.parse_form(text, him.actor.timezone))
    return records.Condition(field.name, operator, value)


def _errors(refused: Invalid, given: dict[str, str]) -> dict[str, str]:
    """What is wrong with each input: of a field, at the condition that asks for it."""
    rows = {
        given[f"field{number}"]: f"field{number}"
        for number in range(CONDITIONS, 0, -1)
        if given.get(f"field{number}")
    }
    return mistakes(refused, _FIELDS | rows)


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
    return f"{field.label} {operators().get(said['operator'], said['operator'])} {value or _('empty')}"


async def _form(
    request: Request[Any, Any, Any],
    tx: Tx,
    him: records.Viewer,
    object: objects.Object,
    kind: str,
    given: dict[str, str],
    errors: dict[str, str],
    refused: Refused | None,
    count: int | None,
) -> Response[str]:
    fields = [
        Input("name", _("Name"), "text", given.get("name", ""), True, errors.get("name"), max_length=80),
    ]
    if kind == "owner":
        fields.append(
            Input(
                "source",
                _("Owned by"),
                "lookup",
                given.get("source", ""),
                True,
                errors.get("source"),
                help=_("A role, a role and those below, a group or a queue."),
                options=await suggestions(tx, him.actor, SOURCES),
            )
        )
    fields += [
        Input(
            "target",
            _("Shared with"),
            "lookup",
            given.get("target", ""),
            True,
            errors.get("target"),
            help=_("A role, a group, a queue, a person, or everyone inside."),
            options=await suggestions(tx, him.actor, TARGETS),
        ),
        Input(
            "level", _("To"), "picklist", given.get("level", "1"), True, errors.get("level"), options=levels()
        ),
    ]
    rows = [
        (
            number,
            given.get(f"field{number}", ""),
            given.get(f"operator{number}", "equals"),
            given.get(f"value{number}", ""),
            errors.get(f"field{number}"),
        )
        for number in range(1, CONDITIONS + 1)
    ]
    kept = [
        f"{part}{number}" for number in range(1, CONDITIONS + 1) for part in ("field", "operator", "value")
    ]
    return await html.page(
        request,
        tx,
        him.actor,
        "setup/rule.html",
        status=422 if refused else 200,
        object=object,
        kind=kind,
        fields=fields,
        rows=rows if kind == "criteria" else [],
        wrong=[
            *fields,
            *(Input(f"field{n}", _("Condition {n}", n=n), "", error=e) for n, _f, _o, _v, e in rows),
        ],
        choices=[Option(field.name, field.label) for field in comparable(him, object)],
        operators=[Option(value, words) for value, words in operators().items()],
        hidden=[
            (name, given.get(name, ""))
            for name in ("name", "source", "target", "level", *kept)
            if given.get(name)
        ],
        count=None
        if count is None
        else html.number(count)
        if count <= records.COUNTED
        else _("more than {n}", n=html.number(records.COUNTED)),
        one=count == 1,
        error=summary(errors, refused) if refused else None,
    )


ROUTES = [show_rules, show_new_rule, create_rule, delete_rule]
