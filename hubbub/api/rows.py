"""Records in answers: one, what it leads to, a page of a query; and requests that are only for what did not change."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from litestar import Response

from hubbub import people, records
from hubbub.api.describe import user_object
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.handlers import Request
from hubbub.core.ids import Type
from hubbub.core.rest import api_base, json_answer


def shape(request: Request, him: records.Viewer, record: records.Record) -> dict[str, Any]:
    """A record as Salesforce writes it, with the fields asked for or all that the user may read."""
    object = record.object
    asked = request.query_params.get("fields")
    known = {field.name.lower(): field for field in records.computed_fields(object)}
    fields = (
        [known.get(name.strip().lower()) or him.field(object, name.strip()) for name in asked.split(",")]
        if asked
        else (*him.fields(object), *known.values())
    )
    url = f"{api_base(request)}/sobjects/{object.name}/{record.key}"
    body: dict[str, Any] = {"attributes": {"type": object.name, "url": url}}
    for field in fields:
        body[field.name] = field.to_json(record.values[field.name])
    return body if "Id" in body else body | {"Id": record.key}


async def person(request: Request, tx: Tx, actor: people.Actor, key: str) -> dict[str, Any]:
    """A person as Salesforce writes him, with the fields asked for or all."""
    asked = request.query_params.get("fields")
    names = (
        [user_object().field(name.strip()).name for name in asked.split(",")]
        if asked
        else [f[0] for f in people.USER_FIELDS]
    )
    try:
        wanted = ids.show(ids.parse(key, Type.USER))
    except Invalid:
        raise NotFound() from None
    chosen = ", ".join(dict.fromkeys([*names, "Id"]))
    found = await records.query(
        tx, actor, f"SELECT {chosen} FROM User WHERE Id = '{wanted}'", base=api_base(request)
    )
    if not found.records:
        raise NotFound()
    return found.records[0]


def answer_of(base: str, answer: records.Answer) -> dict[str, Any]:
    """A page of what a query found, as Salesforce writes it."""
    body: dict[str, Any] = {"totalSize": answer.total, "done": answer.locator is None}
    if answer.locator is not None:
        body["nextRecordsUrl"] = f"{base}/query/{answer.locator}"
    return body | {"records": answer.records}


def leads_up_to(him: records.Viewer, record: records.Record, relationship: str) -> int | None:
    """The id of what a record that the user has leads up to by the relationship of that name; None where nothing is called
    so. Raises NotFound where it leads to nothing that the user sees."""
    for field in (*him.fields(record.object), *records.computed_fields(record.object)):
        if (field.relation or "").lower() == relationship.lower():
            above = record.values[field.name]
            if above is None or ids.type_of(above) == Type.QUEUE:
                raise NotFound()
            return above
    return None


async def related(
    request: Request, tx: Tx, actor: people.Actor, record: records.Record, relationship: str
) -> Response[bytes]:
    """What a record that the user has leads to by a relationship of that name, up or down."""
    him, wanted, base = await records.viewer(tx, actor), relationship.lower(), api_base(request)
    if (above := leads_up_to(him, record, relationship)) is not None:
        if ids.type_of(above) == Type.USER:
            return json_answer(await person(request, tx, actor, ids.show(above)))
        return json_answer(shape(request, him, await records.access_record(tx, actor, above, active=True)))
    for child, field in records.relationships(him, record.object):
        if (field.children or "").lower() == wanted:
            asked = request.query_params.get("fields")
            names = (
                [him.field(child, each.strip()).name for each in asked.split(",")]
                if asked
                else [each.name for each in him.fields(child)]
            )
            chosen = ", ".join(dict.fromkeys([*names, "Id"]))
            found = await records.query(
                tx, actor, f"SELECT {chosen} FROM {child.name} WHERE {field.name} = '{record.key}'", base=base
            )
            return json_answer(answer_of(base, found))
    raise NotFound()


def check_unmodified(request: Request, record: records.Record) -> None:
    """Raise 412 where the request is only for a record that nobody changed since then; header times are whole seconds."""
    since = header_moment(request, "if-unmodified-since")
    if since is not None and record.modified_at.replace(microsecond=0) > since:
        raise Invalid(
            "CONDITION_FAILED", "The record was modified since the time in If-Unmodified-Since.", status=412
        )


def header_moment(request: Request, name: str) -> datetime | None:
    """The time that a header names; what is no time counts as not said, as HTTP has it."""
    try:
        moment = parsedate_to_datetime(request.headers.get(name, ""))
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
