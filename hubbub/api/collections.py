"""Several records at once: sObject collections and trees, in Salesforce's shapes."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
from litestar import Response, delete, get, patch, post

from hubbub import desk, objects, people, records
from hubbub.api.sobjects import (
    SeveralMatch,
    body_of,
    feeds_are_told,
    object_of,
    upsert_one,
)
from hubbub.api.values import key_field_of, values_of
from hubbub.core import ids
from hubbub.core.db import LOST, Tx
from hubbub.core.errors import Invalid, NotFound, Refused
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.http import as_refusal
from hubbub.core.rest import api_base, json_answer

Json = dict[str, Any]

MOST = 200
MOST_READ = 2000
DEEPEST = 5
_FIELD = re.compile(r"[A-Za-z]\w*(?:\.[A-Za-z]\w*){0,5}")


class NotAll(Exception):
    """One of several failed, and all of them were asked for or none."""


# --- collections ---------------------------------------------------------------------------------------------------


@post("/composite/sobjects", status_code=200)
async def create_several(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """POST /composite/sobjects — {records: [{attributes: {type}, …}], allOrNone}: makes at most 200 records. For each, in
    their order, {id, success, errors: [{statusCode, message, fields}]}; with allOrNone none are made if one cannot be."""
    given = await body_of(request)
    him = await records.viewer(tx, actor)

    async def make(each: Json) -> Json:
        object = _object(him, _type(each), to="create")
        values = await values_of(tx, him, object, _fields(each))
        saved = await desk.create_record(tx, actor, object.name, values, told=feeds_are_told(request))
        return {"id": ids.show(saved.id), "success": True, "errors": []}

    return json_answer(await _each(tx, _records(given), make, whole=_whole(given)))


@patch("/composite/sobjects")
async def update_several(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """PATCH /composite/sobjects — {records: [{attributes: {type}, id, …}], allOrNone}: changes at most 200 records; the same
    answers as for making them."""
    given = await body_of(request)
    him = await records.viewer(tx, actor)

    async def change(each: Json) -> Json:
        object = _object(him, _type(each))
        key = next((value for name, value in each.items() if name.lower() == "id"), None)
        if key is None:
            raise Invalid("MISSING_ARGUMENT", "Id not specified in an update call", fields=["Id"])
        record = await records.access_record(tx, actor, ids.parse(key, object.code), to="edit")
        values = await values_of(tx, him, object, _fields(each, "id"))
        await desk.update_record(tx, actor, record.id, values, told=feeds_are_told(request))
        return {"id": ids.show(record.id), "success": True, "errors": []}

    return json_answer(await _each(tx, _records(given), change, whole=_whole(given)))


@delete("/composite/sobjects", status_code=200)
async def delete_several(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """DELETE /composite/sobjects?ids=&allOrNone= — deletes at most 200 records, whose ids stand with commas between; the same
    answers as for making them."""
    keys = request.query_params.get("ids", "")

    async def remove(key: str) -> Json:
        record = ids.parse(key)
        await desk.delete_record(tx, actor, record)
        return {"id": ids.show(record), "success": True, "errors": []}

    asked = [key.strip() for key in keys.split(",")] if keys else []
    _count(asked, "ids")
    whole = request.query_params.get("allOrNone") == "true"
    return json_answer(await _each(tx, asked, remove, whole=whole))


@patch("/composite/sobjects/{name:str}/{field:str}")
async def upsert_several(
    request: Request, tx: Transaction, actor: people.Me, name: InPath, field: InPath
) -> Response[bytes]:
    """PATCH /composite/sobjects/X/{external id field} — {records: [{attributes: {type}, {field}, …}], allOrNone}: changes the
    records with these external ids, or makes them; the answers also say whether one was `created`."""
    given = await body_of(request)
    him = await records.viewer(tx, actor)
    object = object_of(him, name)
    key_field = key_field_of(him, object, field)

    async def put(each: Json) -> Json:
        if _type(each).lower() != object.name.lower():
            raise Invalid("INVALID_TYPE", f"These are records of {object.name}.", fields=["attributes"])
        key = next((value for name, value in each.items() if name.lower() == key_field.name.lower()), None)
        if key is None or key == "":
            raise Invalid("MISSING_ARGUMENT", f"{key_field.name} not specified", fields=[key_field.name])
        try:
            saved, created = await upsert_one(
                tx,
                actor,
                him,
                key_field,
                str(key),
                await values_of(tx, him, object, _fields(each, key_field.name)),
                object=object,
                make=True,
                told=feeds_are_told(request),
            )
        except SeveralMatch as several:
            found = ", ".join(ids.show(each) for each in several.found)
            raise Invalid(
                "DUPLICATE_EXTERNAL_ID",
                f"{key_field.name}: more than one record found for external id field: [{found}]",
                fields=[key_field.name],
            ) from None
        return {"id": ids.show(saved), "success": True, "errors": [], "created": created}

    return json_answer(await _each(tx, _records(given), put, whole=_whole(given), upserting=True))


@get("/composite/sobjects/{name:str}")
async def read_several(request: Request, tx: Transaction, actor: people.Me, name: InPath) -> Response[bytes]:
    """GET /composite/sobjects/X?ids=&fields= — at most 2,000 records in the order of their ids, null for those that are not
    there or not there for the user."""
    asked = request.query_params
    return await _read(
        request, tx, actor, name, asked.get("ids", "").split(","), asked.get("fields", "").split(",")
    )


@post("/composite/sobjects/{name:str}", status_code=200)
async def read_many(request: Request, tx: Transaction, actor: people.Me, name: InPath) -> Response[bytes]:
    """POST /composite/sobjects/X — {ids, fields}: the same, for addresses that would be too long."""
    given = await body_of(request)
    wanted, fields = given.get("ids"), given.get("fields")
    if not isinstance(wanted, list) or not isinstance(fields, list):
        raise Invalid("INVALID_INPUT", "ids and fields are lists.", fields=["ids", "fields"])
    return await _read(request, tx, actor, name, wanted, fields)


async def _read(
    request: Request, tx: Tx, actor: people.Actor, name: str, keys: list[Any], fields: list[Any]
) -> Response[bytes]:
    him = await records.viewer(tx, actor)
    object = object_of(him, name)
    _count(keys, "ids", MOST_READ)
    wanted = [ids.show(ids.parse(key.strip() if isinstance(key, str) else key, object.code)) for key in keys]
    chosen = [each.strip() if isinstance(each, str) else "" for each in fields] or ["Id"]
    for each in chosen:
        if not _FIELD.fullmatch(each):
            raise object.no_such_field(each[:80])
    select = ", ".join(dict.fromkeys([*chosen, *([] if "id" in map(str.lower, chosen) else ["Id"])]))
    listed = ", ".join(f"'{key}'" for key in dict.fromkeys(wanted))
    found = await records.query(
        tx,
        actor,
        f"SELECT {select} FROM {object.name} WHERE Id IN ({listed})",
        base=api_base(request),
        size=MOST_READ,
    )
    by_key = {row["Id"]: row for row in found.records}
    return json_answer([by_key.get(key) for key in wanted])


# --- trees ---------------------------------------------------------------------------------------------------------


@post("/composite/tree/{name:str}", status_code=201)
async def create_tree(request: Request, tx: Transaction, actor: people.Me, name: InPath) -> Response[bytes]:
    """POST /composite/tree/X — {records: [{attributes: {type, referenceId}, …, Contacts: {records: […]}}]}: makes records
    with their children, at most 200 in five levels, all or none. 201 {hasErrors, results: [{referenceId, id}]}, or 400 with
    the errors of the one that cannot be made."""
    given = await body_of(request)
    him = await records.viewer(tx, actor)
    roots = _records(given)
    made: list[Json] = []
    planted: set[str] = set()

    async def plant(each: Json, object_name: str, above: Json, depth: int) -> None:
        reference = _reference(each, planted)
        try:
            if _type(each).lower() != object_name.lower():
                raise Invalid(
                    "INVALID_TYPE", f"A record of {object_name} is due here.", fields=["attributes"]
                )
            object = _object(him, object_name, to="create")
            branches = {name: value for name, value in each.items() if _is_branch(value)}
            fields = {name: value for name, value in _fields(each).items() if name not in branches}
            if len(planted) > MOST or depth > DEEPEST:
                raise Invalid("LIMIT_EXCEEDED", f"At most {MOST} records in {DEEPEST} levels.")
            values = await values_of(tx, him, object, fields | above)
            saved = await desk.create_record(tx, actor, object.name, values, told=feeds_are_told(request))
            made.append({"referenceId": reference, "id": ids.show(saved.id)})
        except Refused as refused:
            raise _Withered(reference, refused) from None
        for relation, branch in branches.items():
            child, field = _child(him, object, relation, reference)
            for one in branch["records"]:
                if not isinstance(one, dict):
                    raise _Withered(reference, Invalid("INVALID_INPUT", "records are objects."))
                await plant(one, child.name, {field.name: ids.show(saved.id)}, depth + 1)

    try:
        for root in roots:
            await plant(root, name, {}, 1)
    except _Withered as withered:
        results = [{"referenceId": withered.reference, "errors": errors_of(withered.refused)}]
        return json_answer({"hasErrors": True, "results": results}, 400)
    return json_answer({"hasErrors": False, "results": made}, 201)


class _Withered(Exception):
    """A record of a tree that cannot be made, and with it none of the tree."""

    def __init__(self, reference: str, refused: Refused) -> None:
        self.reference = reference
        self.refused = refused


def _reference(given: Json, planted: set[str]) -> str:
    attributes = given.get("attributes")
    reference = attributes.get("referenceId") if isinstance(attributes, dict) else None
    if not isinstance(reference, str) or not reference or reference in planted:
        raise Invalid(
            "INVALID_INPUT", "Each record has attributes.referenceId, of its own.", fields=["referenceId"]
        )
    planted.add(reference)
    return reference


def _is_branch(value: object) -> bool:
    return isinstance(value, dict) and isinstance(value.get("records"), list)


def _child(
    him: records.Viewer, object: objects.Object, relation: str, reference: str
) -> tuple[objects.Object, objects.Field]:
    """The object and the field by which records are an object's `Contacts`."""
    for child in him.catalog.objects:
        for field in child.fields:
            named = (field.children or "").lower() == relation.lower() and object.name in field.to
            if named and him.can(child).read and him.may_read(child, field):
                return child, field
    raise _Withered(reference, object.no_such_field(relation[:80]))


# --- what they share -----------------------------------------------------------------------------------------------


async def _each(
    tx: Tx,
    asked: list[Any],
    do: Callable[[Any], Awaitable[Json]],
    *,
    whole: bool,
    upserting: bool = False,
) -> list[Json]:
    """Do it for each, in a part of the act of its own; if all or none are wanted, one failure undoes all."""
    results: list[Json] = []
    try:
        async with tx.savepoint():
            for each in asked:
                try:
                    async with tx.savepoint():
                        results.append(await do(each))
                except (Refused, psycopg.Error) as failure:
                    if isinstance(failure, LOST) and not isinstance(failure, psycopg.errors.QueryCanceled):
                        raise
                    results.append({"success": False, "errors": errors_of(as_refusal(failure))})
                    results[-1] |= {"created": False} if upserting else {}
            if whole and not all(each["success"] for each in results):
                raise NotAll
    except NotAll:
        return [each if not each["success"] else _undone(each) for each in results]
    return results


def errors_of(refused: Refused) -> list[Json]:
    """Salesforce's errors of one record: what is an errorCode elsewhere is a statusCode here."""
    each: list[Refused] = getattr(refused, "each", [refused])
    return [{"statusCode": one.code, "message": one.message, "fields": one.fields} for one in each]


def _undone(result: Json) -> Json:
    refused = Invalid(
        "ALL_OR_NONE_OPERATION_ROLLED_BACK",
        "Record rolled back because not all records were valid and the request was using AllOrNone header",
    )
    kept = {"created": False} if "created" in result else {}
    return {"success": False, "errors": errors_of(refused)} | kept


def _records(given: Json) -> list[Json]:
    found = given.get("records")
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise Invalid("INVALID_INPUT", "records is a list of objects.", fields=["records"])
    _count(found, "records")
    return found


def _count(given: list[Any], name: str, most: int = MOST) -> None:
    if not given:
        raise Invalid("MISSING_ARGUMENT", f"{name} is missing.", fields=[name])
    if len(given) > most:
        raise Invalid("EXCEEDED_ID_LIMIT", f"{name}: at most {most} at a time.", fields=[name])


def _whole(given: Json) -> bool:
    return given.get("allOrNone") in (True, "true")


def _type(given: Json) -> str:
    attributes = given.get("attributes")
    name = attributes.get("type") if isinstance(attributes, dict) else None
    if not isinstance(name, str):
        raise Invalid("INVALID_TYPE", "attributes.type is missing: of which object?", fields=["attributes"])
    return name


def _object(him: records.Viewer, name: str, to: str = "read") -> objects.Object:
    """The object of one of several records: one that is not there is told of that record, as Salesforce does."""
    try:
        return object_of(him, name, to=to)
    except NotFound:
        raise Invalid("INVALID_TYPE", f"sObject type '{name[:80]}' is not supported.") from None


def _fields(given: Json, *less: str) -> Json:
    left_out = {"attributes", *map(str.lower, less)}
    return {name: value for name, value in given.items() if name.lower() not in left_out}


ROUTES = [
    create_several,
    update_several,
    delete_several,
    upsert_several,
    read_several,
    read_many,
    create_tree,
]
