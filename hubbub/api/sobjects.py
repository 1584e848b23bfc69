"""Records over REST: create, read, update, delete, by id or by an external id."""

from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from hubbub import desk, objects, people, records
from hubbub.api import setup_objects
from hubbub.api.describe import user_object
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Forbidden, Invalid, NotFound
from hubbub.core.ids import Type
from hubbub.core.rest import api_base, json_answer

# From this version on an upsert that updates answers with a body.
UPSERT_TELLS = 46


# --- by id ---------------------------------------------------------------------------------------------------------


@post("/sobjects/{name:str}", status_code=201)
async def create(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    name: FromPath[str],
) -> Response[bytes]:
    """POST /sobjects/X — make a record."""
    him = await records.viewer(tx, actor)
    if kind := setup_objects.kinds(him).get(name.lower()):
        return await setup_objects.create(request, tx, actor, kind, await body_of(request))
    object = object_of(him, name, to="create")
    values = values_of(him, object, await body_of(request))
    saved = await desk.create_record(tx, actor, object.name, values, told=feeds_are_told(request))
    return _created(request, object, saved.id)


@get("/sobjects/{name:str}/{key:str}")
async def read(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    name: FromPath[str],
    key: FromPath[str],
) -> Response[bytes]:
    """GET /sobjects/X/{id}?fields= — a record, as far as the user may read it."""
    him = await records.viewer(tx, actor)
    if kind := setup_objects.kinds(him).get(name.lower()):
        return json_answer(await setup_objects.read(request, tx, actor, kind, key))
    if name.lower() == "user":
        return json_answer(await _user(request, tx, actor, key))
    object = object_of(him, name)
    return json_answer(_shape(request, him, await records.access_record(tx, actor, _id(object, key))))


@patch("/sobjects/{name:str}/{key:str}", status_code=204)
async def update(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    name: FromPath[str],
    key: FromPath[str],
) -> None:
    """PATCH /sobjects/X/{id} — change fields of a record. PATCH /sobjects/User/{id} {IsActive} shuts a person out, at once
    and everywhere, or lets him in again; 403 unless by an administrator, and for oneself and the last one."""
    if name.lower() == "user":
        return await _let_in_or_out(tx, actor, key, await body_of(request))
    him = await records.viewer(tx, actor)
    if kind := setup_objects.kinds(him).get(name.lower()):
        return await setup_objects.change(tx, actor, kind, key, await body_of(request))
    object = object_of(him, name)
    record = await records.access_record(tx, actor, _id(object, key), to="edit")
    values = values_of(him, object, await body_of(request))
    await desk.update_record(tx, actor, record.id, values, told=feeds_are_told(request))


@delete("/sobjects/{name:str}/{key:str}", status_code=204)
async def remove(
    tx: NamedDependency[Tx], actor: NamedDependency[people.Actor], name: FromPath[str], key: FromPath[str]
) -> None:
    """DELETE /sobjects/X/{id} — delete a record."""
    him = await records.viewer(tx, actor)
    if kind := setup_objects.kinds(him).get(name.lower()):
        return await setup_objects.remove(tx, actor, kind, key)
    object = object_of(him, name)
    await desk.delete_record(tx, actor, _id(object, key))


@get("/sobjects/{name:str}/deleted")
async def read_deleted(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    name: FromPath[str],
) -> Response[bytes]:
    """GET /sobjects/X/deleted?start=&end= — the records that were deleted between two moments, of those that the user saw."""
    him = await records.viewer(tx, actor)
    object = object_of(him, name)
    start, end = (moment(request, each) for each in ("start", "end"))
    found = await records.deleted_between(tx, him, object, start, end)
    json_moment = object.field("LastModifiedDate").to_json
    return json_answer(
        {
            "deletedRecords": [{"id": ids.show(id), "deletedDate": json_moment(at)} for id, at in found],
            "earliestDateAvailable": json_moment(start),
            "latestDateCovered": json_moment(end),
        }
    )


# --- by an external id ---------------------------------------------------------------------------------------------


@get("/sobjects/{name:str}/{field:str}/{value:str}")
async def read_by_key(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    name: FromPath[str],
    field: FromPath[str],
    value: FromPath[str],
) -> Response[bytes]:
    """GET /sobjects/X/{external id field}/{value} — the record with that external id."""
    him = await records.viewer(tx, actor)
    object = object_of(him, name)
    found = await records.find_by_key(tx, him, object, key_field_of(him, object, field), value)
    if not found:
        raise NotFound()
    if len(found) > 1:
        return _ambiguous(request, object, found)
    return json_answer(_shape(request, him, await records.access_record(tx, actor, found[0])))


@patch("/sobjects/{name:str}/{field:str}/{value:str}")
async def upsert(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    name: FromPath[str],
    field: FromPath[str],
    value: FromPath[str],
) -> Response[Any]:
    """PATCH /sobjects/X/{external id field}/{value} — change the record with that external id, or make it."""
    him = await records.viewer(tx, actor)
    object = object_of(him, name)
    key_field = key_field_of(him, object, field)
    given = await body_of(request)
    if any(each.lower() == key_field.name.lower() for each in given):
        raise Invalid(
            "INVALID_FIELD", f"The {key_field.name} field should not be specified in the sobject data."
        )
    try:
        saved, created = await upsert_one(
            tx,
            actor,
            him,
            key_field,
            value,
            values_of(him, object, given),
            object=object,
            make=request.query_params.get("updateOnly") != "true",
            told=feeds_are_told(request),
        )
    except SeveralMatch as several:
        return _ambiguous(request, object, several.found)
    if created:
        return _created(request, object, saved, created=True)
    if int(request.path_params["version"][1:3]) < UPSERT_TELLS:
        return Response(None, status_code=204)
    return json_answer({"id": ids.show(saved), "success": True, "errors": [], "created": False})


@delete("/sobjects/{name:str}/{field:str}/{value:str}", status_code=200)
async def remove_by_key(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    name: FromPath[str],
    field: FromPath[str],
    value: FromPath[str],
) -> Response[Any]:
    """DELETE /sobjects/X/{external id field}/{value} — delete the record with that external id."""
    him = await records.viewer(tx, actor)
    object = object_of(him, name)
    found = await records.find_by_key(tx, him, object, key_field_of(him, object, field), value)
    if not found:
        raise NotFound()
    if len(found) > 1:
        return _ambiguous(request, object, found)
    await desk.delete_record(tx, actor, found[0])
    return Response(None, status_code=204)


class SeveralMatch(Exception):
    """More than one record has this external id."""

    def __init__(self, found: list[int]) -> None:
        self.found = found


async def upsert_one(
    tx: Tx,
    actor: people.Actor,
    him: records.Viewer,
    key_field: objects.Field,
    value: str,
    values: dict[str, Any],
    *,
    object: objects.Object,
    make: bool,
    told: bool,
) -> tuple[int, bool]:
    """Change the record with that external id, or make it where that is wanted: its id, and whether it is new."""
    found = await records.find_by_key(tx, him, object, key_field, value)
    if len(found) > 1:
        raise SeveralMatch(found)
    if found:
        return (await desk.update_record(tx, actor, found[0], values, told=told)).id, False
    if key_field.type == "id" or not make:
        raise NotFound()
    object_of(him, object.name, to="create")
    values[key_field.name] = key_field.parse_json(value)
    return (await desk.create_record(tx, actor, object.name, values, told=told)).id, True


# --- the steps -----------------------------------------------------------------------------------------------------


def object_of(him: records.Viewer, name: str, to: str = "read") -> objects.Object:
    if name.lower() == "user":
        raise Forbidden("People are not changed as records.")
    return records.access_object(him, name, to=to)


def moment(request: Request[Any, Any, Any], name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(request.query_params.get(name, "").replace(" ", "+"))
        if moment.tzinfo is None:
            raise ValueError
    except ValueError:
        raise Invalid(
            "INVALID_PARAMETER_VALUE",
            f"{name}: a moment like 2026-02-25T18:24:31+00:00 is needed.",
            fields=[name],
        ) from None
    return moment


def feeds_are_told(request: Request[Any, Any, Any]) -> bool:
    """May feeds tell of it? A program that changes much asks for silence, as SOAP's DisableFeedTrackingHeader does."""
    return request.headers.get("sforce-disable-feed-tracking", "").strip().lower() != "true"


def _id(object: objects.Object, key: str) -> int:
    """The id in an address; what is none, or of another object, is not found."""
    try:
        return ids.parse(key, object.code)
    except Invalid:
        raise NotFound() from None


def key_field_of(him: records.Viewer, object: objects.Object, name: str) -> objects.Field:
    field = object.get(name)
    if field is None or not him.may_read(object, field) or not (field.external_id or field.type == "id"):
        raise NotFound(message=f"Provided external ID field does not exist or is not accessible: {name[:80]}")
    return field


async def body_of(request: Request[Any, Any, Any]) -> dict[str, Any]:
    body = await request.body()
    try:
        given = msgspec.json.decode(body) if body.strip() else {}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
        raise Invalid("JSON_PARSER_ERROR", f"The body is not JSON: {wrong}") from None
    if not isinstance(given, dict):
        raise Invalid("JSON_PARSER_ERROR", "The body has to be a JSON object.")
    given.pop("attributes", None)
    return given


def values_of(him: records.Viewer, object: objects.Object, given: dict[str, Any]) -> dict[str, Any]:
    """What was sent, each value as its field takes it; all that is wrong is told at once."""
    values: dict[str, Any] = {}
    bad: list[objects.BadValue] = []
    for name, value in given.items():
        field = him.field(object, name)
        if field.type == "id":
            raise Invalid(
                "INVALID_FIELD", "The Id field should not be specified in the sobject data.", fields=["Id"]
            )
        try:
            values[field.name] = field.parse_json(value)
        except objects.BadValue as wrong:
            bad.append(wrong)
    if bad:
        raise objects.BadValues(bad)
    return values


def _shape(request: Request[Any, Any, Any], him: records.Viewer, record: records.Record) -> dict[str, Any]:
    """A record as Salesforce writes it, with the fields asked for or all that the user may read."""
    object = record.object
    asked = request.query_params.get("fields")
    fields = [him.field(object, name.strip()) for name in asked.split(",")] if asked else him.fields(object)
    url = f"{api_base(request)}/sobjects/{object.name}/{record.key}"
    body: dict[str, Any] = {"attributes": {"type": object.name, "url": url}}
    for field in fields:
        body[field.name] = field.to_json(record.values[field.name])
    return body if "Id" in body else body | {"Id": record.key}


async def _user(request: Request[Any, Any, Any], tx: Tx, actor: people.Actor, key: str) -> dict[str, Any]:
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


async def _let_in_or_out(tx: Tx, actor: people.Actor, key: str, given: dict[str, Any]) -> None:
    try:
        person = await people.access_user(tx, actor, ids.parse(key, Type.USER))
    except Invalid:
        raise NotFound() from None
    people.require_admin(actor)
    values = {name.lower(): value for name, value in given.items()}
    if values.keys() != {"isactive"}:
        raise Forbidden("Of people only IsActive is changed here.")
    if not isinstance(values["isactive"], bool):
        raise Invalid("INVALID_INPUT", "IsActive is true or false.", fields=["IsActive"])
    if values["isactive"] and not person.active:
        await people.activate_user(tx, actor, person.id)
    elif not values["isactive"] and person.active:
        await people.deactivate_user(tx, actor, person.id)


def _created(
    request: Request[Any, Any, Any], object: objects.Object, record_id: int, **more: Any
) -> Response[bytes]:
    key = ids.show(record_id)
    return json_answer(
        {"id": key, "success": True, "errors": []} | more,
        201,
        {"location": f"{api_base(request)}/sobjects/{object.name}/{key}"},
    )


def _ambiguous(request: Request[Any, Any, Any], object: objects.Object, found: list[int]) -> Response[bytes]:
    """More than one record has this external id: the addresses of all."""
    return json_answer([f"{api_base(request)}/sobjects/{object.name}/{ids.show(id)}" for id in found], 300)


ROUTES = [create, read_deleted, read, update, remove, read_by_key, upsert, remove_by_key]
