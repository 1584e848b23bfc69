"""Fields of one's own over REST, as Salesforce's Tooling API makes them."""

from typing import Any

from litestar import Response, post

from hubbub import objects, people
from hubbub.api.sobjects import body_of
from hubbub.core import ids
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.handlers import Request, Transaction
from hubbub.core.rest import json_answer

# Salesforce's metadata types, and ours.
TYPES = {
    "Text": "string",
    "TextArea": "textarea",
    "LongTextArea": "textarea",
    "Email": "email",
    "Phone": "phone",
    "Url": "url",
    "Number": "double",
    "Currency": "currency",
    "Percent": "percent",
    "Date": "date",
    "DateTime": "datetime",
    "Checkbox": "boolean",
}


@post("/tooling/sobjects/CustomField", status_code=201)
async def create_field(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """POST /tooling/sobjects/CustomField — {FullName: "Account.Key__c", Metadata: {label, type, length, precision, scale,
    unique, externalId}}: gives an object a field of one's own; type is Text, TextArea, LongTextArea, Email, Phone, Url, Number,
    Currency, Percent, Date, DateTime or Checkbox. For administrators; 201 and its id."""
    if not actor.admin:
        raise NotFound()
    given = await body_of(request)
    full, said = given.get("FullName"), given.get("Metadata")
    if not isinstance(full, str) or "." not in full or not isinstance(said, dict):
        raise Invalid(
            "INVALID_INPUT", "FullName is Object.Field__c, Metadata an object.", fields=["FullName"]
        )
    object_name, _, name = full.partition(".")
    object = (await objects.catalog(tx)).object(object_name)
    type = TYPES.get(said["type"]) if isinstance(said.get("type"), str) else None
    if type is None:
        raise Invalid("INVALID_TYPE", f"type is one of {', '.join(TYPES)}.", fields=["type"])
    label = said.get("label")
    if not isinstance(label, str):
        raise Invalid("REQUIRED_FIELD_MISSING", "Required fields are missing: [label]", fields=["label"])
    field = await objects.add_field(
        tx,
        actor,
        object,
        objects.NewField(
            name=name,
            label=label,
            type=type,
            length=_whole(said, "length", 32_768 if said["type"] == "LongTextArea" else 255),
            precision=_whole(said, "precision", 18),
            scale=_whole(said, "scale", 2),
            unique=said.get("unique") is True,
            external_id=said.get("externalId") is True,
        ),
    )
    return json_answer({"id": ids.show(field.id), "success": True, "errors": []}, 201)


def _whole(given: dict[str, Any], name: str, usual: int) -> int:
    value = given.get(name, usual)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1_000_000:
        raise Invalid("INVALID_INPUT", f"{name} is a whole number.", fields=[name])
    return value


ROUTES = [create_field]
