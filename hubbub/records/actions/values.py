"""What a record may hold: who may write which field, what is required, and what follows from other fields."""

from collections.abc import Sequence
from typing import Any

from hubbub.core import clock
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid
from hubbub.objects import BadValues, Object
from hubbub.records.access import Viewer


def writable(him: Viewer, object: Object, values: dict[str, Any]) -> dict[str, Any]:
    """The values under the fields' own names; raises for fields that do not exist for him or that he may not write."""
    given: dict[str, Any] = {}
    for name, value in values.items():
        field = him.field(object, name)
        if not him.may_edit(object, field):
            raise Invalid(
                "INVALID_FIELD_FOR_INSERT_UPDATE",
                "Unable to create/update fields: {name}. "
                "Please check the security settings of this field and verify "
                "that it is read/write for your profile or permission set.",
                fields=[field.name],
                name=field.name,
            )
        given[field.name] = value
    return given


def check_required(object: Object, given: dict[str, Any], may_lack: frozenset[str]) -> None:
    bad = [
        field.missing()
        for field in object.fields
        if field.required and field.writable and given.get(field.name) is None and field.name not in may_lack
    ]
    if bad:
        raise BadValues(bad)


def default(object: Object, given: dict[str, Any]) -> None:
    """Fill what a new record was not told."""
    for field in object.fields:
        if field.system or field.sources:
            continue
        if field.type == "boolean":
            given.setdefault(field.name, False)
        elif field.choices and given.get(field.name) is None:
            default = next((choice for choice in field.choices if choice.default), None)
            if default is not None:
                given[field.name] = default.value


async def number(tx: Tx, object: Object, givens: Sequence[dict[str, Any]]) -> None:
    """Give new records the next numbers of their object. Who makes others meanwhile waits: no number is given twice."""
    field = next((field for field in object.fields if field.auto), None)
    if field is None:
        return
    last = await tx.value(
        """insert into record_number as n (org_id, object, last) values (%(org)s, %(object)s, 1000 + %(many)s)
           on conflict (org_id, object) do update set last = n.last + %(many)s where n.org_id = %(org)s
           returning last""",
        {"object": object.code, "many": len(givens)},
    )
    for at, given in enumerate(givens, last - len(givens) + 1):
        given[field.name] = f"{at:08d}"


def derive(object: Object, given: dict[str, Any], whole: dict[str, Any]) -> None:
    """What follows from other fields: a deal's stage says how likely it is and whether it is over."""
    if object.path and object.path in given:
        stage = object.field(object.path).choice(given[object.path])
        if stage is not None:
            whole_of_stage = {
                "Probability": stage.probability,
                "IsClosed": stage.closed,
                "IsWon": stage.won,
                "ForecastCategoryName": stage.forecast,
            }
            for name, value in whole_of_stage.items():
                if object.get(name) is not None and not (name == "Probability" and name in given):
                    given[name] = whole[name] = value
            if object.get("ClosedDate") is not None:
                given["ClosedDate"] = whole["ClosedDate"] = clock.now() if stage.closed else None
    expected_revenue = object.get("ExpectedRevenue")
    if expected_revenue is not None and expected_revenue.sources:
        amount, likely = whole.get("Amount"), whole.get("Probability")
        expected = None if amount is None or likely is None else (amount * likely / 100).quantize(amount)
        if whole.get("ExpectedRevenue") != expected:
            given["ExpectedRevenue"] = whole["ExpectedRevenue"] = expected


def name_of(object: Object, whole: dict[str, Any]) -> str:
    """A record's name: its Name field, or put together from others."""
    if object.named_by:
        return " ".join(whole[part] for part in object.named_by if whole.get(part))
    return whole.get(object.name_field.name) or ""
