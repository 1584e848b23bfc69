"""What a body says of a record, and by which fields a record is found without its id."""

from typing import Any

from hubbub import objects, records
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound

Json = dict[str, Any]


async def values_of(tx: Tx, him: records.Viewer, object: objects.Object, given: Json) -> Json:
    """The values of a record, by the names of its fields. What a reference leads to may be named by an external id instead
    of its id: {"Account": {"Key__c": "7"}}."""
    found: Json = {}
    for name, value in given.items():
        field = _reference(him, object, name) if isinstance(value, dict) else None
        if field is None:
            found[name] = value
            continue
        if field.name.lower() in map(str.lower, given):
            raise Invalid(
                "INVALID_FIELD",
                f"{field.name} and {field.relation} say the same: give one of them.",
                fields=[field.name],
            )
        found[field.name] = ids.show(await _named(tx, him, field, value))
    return records.parse_values(him, object, found)


def key_field_of(him: records.Viewer, object: objects.Object, name: str) -> objects.Field:
    """The external id of that name, or Id; raises NotFound."""
    field = object.get(name)
    if field is None or not him.may_read(object, field) or not (field.external_id or field.type == "id"):
        raise NotFound(text=f"Provided external ID field does not exist or is not accessible: {name[:80]}")
    return field


def _reference(him: records.Viewer, object: objects.Object, name: str) -> objects.Field | None:
    return next(
        (each for each in him.fields(object) if (each.relation or "").lower() == name.lower()),
        None,
    )


async def _named(tx: Tx, him: records.Viewer, field: objects.Field, given: Json) -> int:
    """The id of the record that `given` names by one external id, of those that the viewer sees."""
    attributes = given.get("attributes")
    said = attributes.get("type") if isinstance(attributes, dict) else None
    kind = next((each for each in field.to if isinstance(said, str) and each.lower() == said.lower()), None)
    target = him.catalog.get(kind or (field.to[0] if said is None and len(field.to) == 1 else ""))
    keys = [name for name in given if name != "attributes"]
    if target is None or not him.can(target).read or len(keys) != 1:
        raise Invalid(
            "INVALID_FIELD",
            f"{field.relation}: one external id is needed, and attributes.type where it may lead to several objects.",
            fields=[field.name],
        )
    try:
        key_field = key_field_of(him, target, keys[0])
    except NotFound as unknown:
        raise Invalid("INVALID_FIELD", unknown.message, fields=[field.name]) from None
    value = given[keys[0]]
    found = (
        await records.find_by_key(tx, him, target, key_field, str(value))
        if isinstance(value, str | int | float)
        else []
    )
    if not found:
        raise Invalid(
            "INVALID_FIELD",
            f"Foreign key external ID: {str(value)[:80]} not found for field {key_field.name} in entity {target.name}",
            fields=[field.name],
        )
    if len(found) > 1:
        raise Invalid(
            "DUPLICATE_EXTERNAL_ID",
            f"{key_field.name}: more than one record found for external id field",
            fields=[field.name],
        )
    return found[0]
