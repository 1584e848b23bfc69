"""Records over REST: create, read, update, delete, by id or by an external id."""

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import msgspec
from litestar import Response, delete, get, patch, post

from hubbub import desk, objects, people, records
from hubbub.api import setup_objects
from hubbub.api.persons import change_person
from hubbub.api.rows import check_unmodified, header_moment, leads_up_to, person, related, shape
from hubbub.api.values import key_field_of, values_of
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Forbidden, Invalid, NotFound
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.ids import Type
from hubbub.core.rest import api_base, json_answer, version_of

# From this version on an upsert that updates answers with a body.
UPSERT_TELLS = 46


# --- by id ---------------------------------------------------------------------------------------------------------


@post("/sobjects/{name:str}", status_code=201)
async def create(request: Request, tx: Transaction, actor: people.Me, name: InPath) -> Response[bytes]:
    """POST /sobjects/X — make a record."""
    him = await records.viewer(tx, actor)
    if kind := setup_objects.kinds(him).get(name.lower()):
        return await setup_objects.create(request, tx, actor, kind, await body_of(request))
    object = object_of(him, name, to="create")
    values = await values_of(tx, him, object, await body_of(request))
    saved = await desk.create_record(tx, actor, object.name, values, told=feeds_are_told(request))
    return _created(request, object, saved.id)


@get("/sobjects/{name:str}/{key:str}")
async def read(
    request: Request, tx: Transaction, actor: people.Me, name: InPath, key: InPath
) -> Response[bytes]:
    """GET /sobjects/X/{id}?fields= — a record, as far as the user may read it; If-Modified-Since answers 304, If-Unmodified-Since
    412 where that is so."""
    him = await records.viewer(tx, actor)
    if kind := setup_objects.kinds(him).get(name.lower()):
        return json_answer(await setup_objects.read(request, tx, actor, kind, key))
    if name.lower() == "user":
        return json_answer(await person(request, tx, actor, key))
    object = object_of(him, name)
    record = await records.access_record(tx, actor, _id(object, key), active=True)
    check_unmodified(request, record)
    modified = format_datetime(record.modified_at.astimezone(UTC).replace(microsecond=0), usegmt=True)
    since = header_moment(request, "if-modified-since")
    if since is not None and record.modified_at.replace(microsecond=0) <= since:
        return Response(b"", status_code=304, headers={"last-modified": modified})
    answer = json_answer(shape(request, him, record))
    answer.headers["last-modified"] = modified
    return answer


@patch("/sobjects/{name:str}/{key:str}", status_code=204)
async def update(request: Request, tx: Transaction, actor: people.Me, name: InPath, key: InPath) -> None:
    """PATCH /sobjects/X/{id} — change fields of a record; 412 where it changed after If-Unmodified-Since.
    PATCH /sobjects/User/{id} changes what a profile says (AboutMe, City, CommunityNickname, Country,
    Department, FirstName, LastName, LocaleSidKey, ManagerId, MobilePhone, Phone,
    TimeZoneSidKey, Title), for oneself and administrators; IsActive shuts a person out, at once and everywhere, or lets him in
    again; 403 unless by an administrator, and for oneself and the last one."""
    if name.lower() == "user":
        return await change_person(tx, actor, key, await body_of(request))
    him = await records.viewer(tx, actor)
    if kind := setup_objects.kinds(him).get(name.lower()):
        return await setup_objects.change(tx, actor, kind, key, await body_of(request))
    object = object_of(him, name)
    await _change(request, tx, actor, _id(object, key))


@delete("/sobjects/{name:str}/{key:str}", status_code=204)
async def remove(tx: Transaction, actor: people.Me, name: InPath, key: InPath) -> None:
    """DELETE /sobjects/X/{id} — delete a record."""
    him = await records.viewer(tx, actor)
    if kind := setup_objects.kinds(him).get(name.lower()):
        return await setup_objects.remove(tx, actor, kind, key)
    object = object_of(him, name)
    await desk.delete_record(tx, actor, _id(object, key))


@get("/sobjects/{name:str}/deleted")
async def read_deleted(request: Request, tx: Transaction, actor: people.Me, name: InPath) -> Response[bytes]:
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
    request: Request, tx: Transaction, actor: people.Me, name: InPath, field: InPath, value: InPath
) -> Response[bytes]:
    """GET /sobjects/X/{external id field}/{value} — the record with that external id. GET /sobjects/X/{id}/{relationship}
    ?fields= — what a record leads to by that relationship: the record above it, or those below as a query answers them; 404
    where it leads to nothing that the user sees."""
    him = await records.viewer(tx, actor)
    object = object_of(him, name)
    if object.get(field) is None and (id := _id_or_none(object, field)) is not None:
        return await related(
            request, tx, actor, await records.access_record(tx, actor, id, active=True), value
        )
    found = await records.find_by_key(tx, him, object, key_field_of(him, object, field), value)
    if not found:
        raise NotFound()
    if len(found) > 1:
        return _ambiguous(request, object, found)
    record = await records.access_record(tx, actor, found[0], active=True)
    return json_answer(shape(request, him, record))


@patch("/sobjects/{name:str}/{field:str}/{value:str}")
async def upsert(
    request: Request, tx: Transaction, actor: people.Me, name: InPath, field: InPath, value: InPath
) -> Response[Any]:
    """PATCH /sobjects/X/{external id field}/{value} — change the record with that external id, or make it.
    PATCH /sobjects/X/{id}/{relationship} — change the record above that a record leads to by that relationship, as by its own
    address: 204; 404 where it leads to nothing that the user sees."""
    him = await records.viewer(tx, actor)
    object = object_of(him, name)
    if object.get(field) is None and (id := _id_or_none(object, field)) is not None:
        above = await _above(tx, actor, him, id, value)
        if ids.type_of(above) == Type.USER:
            await change_person(tx, actor, ids.show(above), await body_of(request))
        else:
            await _change(request, tx, actor, above)
        return Response(None, status_code=204)
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
            await values_of(tx, him, object, given),
            object=object,
            make=request.query_params.get("updateOnly") != "true",
            told=feeds_are_told(request),
        )
    except SeveralMatch as several:
        return _ambiguous(request, object, several.found)
    if created:
        return _created(request, object, saved, created=True)
    if version_of(api_base(request)) < UPSERT_TELLS:
        return Response(None, status_code=204)
    return json_answer({"id": ids.show(saved), "success": True, "errors": [], "created": False})


@delete("/sobjects/{name:str}/{field:str}/{value:str}", status_code=200)
async def remove_by_key(
    request: Request, tx: Transaction, actor: people.Me, name: InPath, field: InPath, value: InPath
) -> Response[Any]:
    """DELETE /sobjects/X/{external id field}/{value} — delete the record with that external id. DELETE /sobjects/X/{id}/
    {relationship} — delete the record above that a record leads to by that relationship; 404 where it leads to nothing that
    the user sees."""
    him = await records.viewer(tx, actor)
    object = object_of(him, name)
    if object.get(field) is None and (id := _id_or_none(object, field)) is not None:
        above = await _above(tx, actor, him, id, value)
        if ids.type_of(above) == Type.USER:
            raise Forbidden("People are not deleted; IsActive shuts them out.")
        record = await records.access_record(tx, actor, above, to="delete", lock=_conditional(request))
        check_unmodified(request, record)
        await desk.delete_record(tx, actor, above)
        return Response(None, status_code=204)
    found = await records.find_by_key(tx, him, object, key_field_of(him, object, field), value)
    if not found:
        raise NotFound()
    if len(found) > 1:
        return _ambiguous(request, object, found)
    await desk.delete_record(tx, actor, found[0])
    return Response(None, status_code=204)


async def _above(tx: Tx, actor: people.Actor, him: records.Viewer, record_id: int, relationship: str) -> int:
    """What a record leads up to; what stands below it is not changed by its relationship."""
    above = leads_up_to(him, await records.access_record(tx, actor, record_id, active=True), relationship)
    if above is None:
        raise NotFound()
    return above


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


async def _change(request: Request, tx: Tx, actor: people.Actor, record_id: int) -> None:
    """Write the fields in the body over a record, if nobody changed it after If-Unmodified-Since."""
    record = await records.access_record(tx, actor, record_id, to="edit", lock=_conditional(request))
    check_unmodified(request, record)
    values = await values_of(tx, await records.viewer(tx, actor), record.object, await body_of(request))
    await desk.update_record(tx, actor, record.id, values, told=feeds_are_told(request))


def _conditional(request: Request) -> bool:
    """Is it only for a record that nobody changed? Then nobody may until this act ends."""
    return "if-unmodified-since" in request.headers


# --- the steps -----------------------------------------------------------------------------------------------------


def object_of(him: records.Viewer, name: str, to: str = "read") -> objects.Object:
    if name.lower() == "user":
        raise Forbidden("People are not changed as records.")
    return records.access_object(him, name, to=to)


def moment(request: Request, name: str) -> datetime:
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


def feeds_are_told(request: Request) -> bool:
    """May feeds tell of it? A program that changes much asks for silence, as SOAP's DisableFeedTrackingHeader does."""
    return request.headers.get("sforce-disable-feed-tracking", "").strip().lower() != "true"


def _id(object: objects.Object, key: str) -> int:
    """The id in an address; what is none, or of another object, is not found."""
    try:
        return ids.parse(key, object.code)
    except Invalid:
        raise NotFound() from None


def _id_or_none(object: objects.Object, key: str) -> int | None:
    try:
        return ids.parse(key, object.code)
    except Invalid:
        return None


async def body_of(request: Request) -> dict[str, Any]:
    body = await request.body()
    try:
        given = msgspec.json.decode(body) if body.strip() else {}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
        raise Invalid("JSON_PARSER_ERROR", f"The body is not JSON: {wrong}") from None
    if not isinstance(given, dict):
        raise Invalid("JSON_PARSER_ERROR", "The body has to be a JSON object.")
    given.pop("attributes", None)
    return given


def _created(request: Request, object: objects.Object, record_id: int, **more: Any) -> Response[bytes]:
    key = ids.show(record_id)
    return json_answer(
        {"id": key, "success": True, "errors": []} | more,
        201,
        {"location": f"{api_base(request)}/sobjects/{object.name}/{key}"},
    )


def _ambiguous(request: Request, object: objects.Object, found: list[int]) -> Response[bytes]:
    """More than one record has this external id: the addresses of all."""
    return json_answer([f"{api_base(request)}/sobjects/{object.name}/{ids.show(id)}" for id in found], 300)


ROUTES = [create, read_deleted, read, update, remove, read_by_key, upsert, remove_by_key]
