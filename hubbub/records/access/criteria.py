"""Criteria of sharing rules: simple conditions over fields, all of which a record must fit."""

from collections.abc import Sequence
from typing import Any

import msgspec

from hubbub.core.errors import Invalid
from hubbub.objects import Field, Object
from hubbub.records.access import columns
from hubbub.records.access.viewer import Viewer

MOST_CONDITIONS = 10
LONGEST_VALUE = 255

_COMPARED = {"lessThan": "<", "greaterThan": ">", "lessOrEqual": "<=", "greaterOrEqual": ">="}
_TEXTUAL = {
    "contains": "position(lower({v}) in lower({c})) > 0",
    "startsWith": "starts_with(lower({c}), lower({v}))",
}
OPERATORS = ("equals", "notEqual", *_COMPARED, *_TEXTUAL)


class Condition(msgspec.Struct, frozen=True):
    """One condition as it is asked for: a field's name, one of OPERATORS, and a value as JSON carries it."""

    field: str
    operator: str
    value: Any = None


def check(him: Viewer, object: Object, conditions: Sequence[Condition]) -> list[dict[str, Any]]:
    """The conditions as they are kept; raises for fields that do not exist for him, and for what cannot be compared."""
    if not 1 <= len(conditions) <= MOST_CONDITIONS:
        raise Invalid(
            "LIMIT_EXCEEDED", "A rule has 1 to {most} conditions.", fields=["criteria"], most=MOST_CONDITIONS
        )
    return [_check(him.field(object, each.field), object, each) for each in conditions]


def _check(field: Field, object: Object, said: Condition) -> dict[str, Any]:
    # What changes without being written itself (names put together of others, times of change) would not be noticed.
    usable = not field.system or (field.column == "name" and not object.named_by)
    if not usable or field.column == "long":
        raise Invalid("INVALID_FIELD", "A rule cannot ask for {name}.", fields=[field.name], name=field.name)
    if said.operator not in OPERATORS or (said.operator in _TEXTUAL and not field.is_text):
        raise Invalid(
            "INVALID_OPERATOR", "{name} cannot be compared so.", fields=[field.name], name=field.name
        )
    if said.value is None or said.value == "":
        if said.operator not in ("equals", "notEqual"):
            raise Invalid(
                "INVALID_INPUT",
                "{name}: there is nothing to compare with.",
                fields=[field.name],
                name=field.name,
            )
        value = None
    elif isinstance(said.value, str) and len(said.value) > LONGEST_VALUE:
        raise Invalid(
            "STRING_TOO_LONG",
            "{name}: at most {most} characters.",
            fields=[field.name],
            name=field.name,
            most=LONGEST_VALUE,
        )
    elif said.operator in _TEXTUAL:
        if not isinstance(said.value, str) or "\0" in said.value:
            raise Invalid(
                "INVALID_INPUT", "{name} is compared with a text.", fields=[field.name], name=field.name
            )
        value = said.value
    else:
        value = field.parse_json(said.value)
    return {"field": str(field.id), "operator": said.operator, "value": field.to_plain(value)}


def field_ids(criteria: list[dict[str, Any]]) -> set[int]:
    """The fields that a rule looks at."""
    return {int(each["field"]) for each in criteria}


def fits(
    object: Object, criteria: list[dict[str, Any]], alias: str, params: dict[str, Any], name: str
) -> str:
    """SQL: does the record under that alias fit? Binds its values in `params` under names that begin with `name`.

    A rule that asks for a field that is gone fits nothing.
    """
    parts = []
    for number, each in enumerate(criteria):
        field = object.by_id(int(each["field"]))
        if field is None:
            return "false"
        column = columns.stored(field, alias)
        operator, value = each["operator"], field.from_plain(each["value"])
        if value is None and field.type == "boolean":
            value = False
        if value is None:
            parts.append(f"{column} is {'not ' if operator == 'notEqual' else ''}null")
            continue
        bound = f"{name}_{number}"
        params[bound] = value
        placed = f"%({bound})s{_cast(field)}"
        if operator in _TEXTUAL:
            parts.append(_TEXTUAL[operator].format(c=column, v=placed))
            continue
        if field.is_text:
            column, placed = f"lower({column})", f"lower({placed})"
        if operator == "equals":
            parts.append(f"{column} = {placed}")
        elif operator == "notEqual":
            parts.append(f"{column} is distinct from {placed}")
        else:
            parts.append(f"{column} {_COMPARED[operator]} {placed}")
    return f"({' and '.join(parts)})"


def _cast(field: Field) -> str:
    if field.type == "boolean":
        return "::boolean"
    return "::date" if field.type == "date" else columns.cast(field)
