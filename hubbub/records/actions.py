"""Changes of records: every one is checked, written with its history, and told to the log."""

from datetime import datetime
from typing import Any

import msgspec
from psycopg import errors
from psycopg.types.json import Jsonb

from hubbub import people
from hubbub.core import clock, events, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Forbidden, Invalid, NotFound
from hubbub.core.ids import Type
from hubbub.objects import BadValue, BadValues, Field, Object
from hubbub.records.access import READ, Record, Viewer, access_object, access_record, columns, sight, viewer


class Change(msgspec.Struct, frozen=True):
    """What one save made of one field; the values as history keeps them."""

    field_id: int
    name: str
    old: Any
    new: Any


class Saved(msgspec.Struct, frozen=True):
    """What became of a save: the record, its new version, and what changed in fields that are tracked in feeds."""

    id: int
    object: Object
    version: int
    changes: list[Change]
    tracked: list[Change]


class Changed(Invalid):
    """Somebody else saved the record since it was read."""

    status = 409
    code = "ENTITY_IS_CHANGED"
    message = "Somebody else changed this record while you were editing it. Look at what is there now, then save again."


async def insert_record(
    tx: Tx,
    actor: people.Actor,
    object_name: str,
    values: dict[str, Any],
    *,
    may_lack: frozenset[str] = frozenset(),
    created_at: datetime | None = None,
) -> Saved:
    """Make a record out of parsed values by field name. Required fields in `may_lack` may be empty: an import keeps
    what the source never had."""
    him = await viewer(tx, actor)
    object = access_object(him, object_name, to="create")
    given = _writable(him, object, values)
    owner = given.pop("OwnerId", None) or actor.user_id
    bad = [
        field.missing()
        for field in object.fields
        if field.required and field.writable and given.get(field.name) is None and field.name not in may_lack
    ]
    if bad:
        raise BadValues(bad)
    _default(object, given)
    _derive(object, given, given)
    await _check_references(tx, him, object, given)
    if owner != actor.user_id:
        await _check_owner(tx, actor, object, owner)
    record_id = await tx.new_id(object.code)
    now = created_at or clock.now()
    names = [
        "org_id",
        "id",
        "object",
        "name",
        "owner_id",
        "created_by",
        "modified_by",
        "created_at",
        "modified_at",
        "long",
    ]
    params: dict[str, Any] = {
        "id": record_id,
        "object": object.code,
        "name": _name(object, given),
        "owner_id": owner,
        "created_by": actor.user_id,
        "modified_by": actor.user_id,
        "created_at": now,
        "modified_at": clock.now(),
        "long": Jsonb({f.name: given[f.name] for f in _long(object) if given.get(f.name) is not None}),
    }
    marks = ["%(org)s"] + [f"%({name})s" for name in names[1:]]
    for field in object.fields:
        if field.name in given and field.column not in ("long", "name", "owner_id"):
            names.append(field.column)
            marks.append(f"%({field.column})s{columns.cast(field)}")
            params[field.column] = columns.slot_value(field, given[field.name])
    await tx.run(f"insert into record ({', '.join(names)}) values ({', '.join(marks)})", params)
    await _keep_keys(tx, object, record_id, given, fresh=True)
    plain = {name: object.field(name).to_plain(value) for name, value in given.items() if value is not None}
    await events.record(tx, actor, "records.record.created", record_id, after=plain)
    return Saved(record_id, object, 1, [], [])


async def update_record(
    tx: Tx, actor: people.Actor, record_id: int, values: dict[str, Any], *, version: int | None = None
) -> Saved:
    """Write parsed values by field name over a record; with `version`, only if nobody has saved since. Keeps history."""
    record = await access_record(tx, actor, record_id, to="edit", lock=True)
    object = record.object
    if version is not None and version != record.version:
        raise Changed()
    him = await viewer(tx, actor)
    given = _writable(him, object, values)
    before = await _stored(tx, object, record_id)
    given = {name: value for name, value in given.items() if value != before[name]}
    bad = [
        object.field(name).missing()
        for name, value in given.items()
        if value is None and object.field(name).required
    ]
    if bad:
        raise BadValues(bad)
    await _check_references(tx, him, object, given)
    if "OwnerId" in given:
        if not record.owned:
            raise Forbidden("Only the owner, those above the owner and administrators give a record away.")
        await _check_owner(tx, actor, object, given["OwnerId"])
    if given:
        _derive(object, given, before | given)
    given = {name: value for name, value in given.items() if value != before[name]}
    if not given:
        return Saved(record_id, object, record.version, [], [])
    await _write(tx, actor, object, record_id, given, before | given)
    await _keep_keys(tx, object, record_id, given, fresh=False)
    changes = [
        Change(field.id, field.name, field.to_plain(before[field.name]), field.to_plain(given[field.name]))
        for field in object.fields
        if field.name in given
    ]
    await _keep_history(tx, actor, record_id, record.version + 1, changes)
    await events.record(
        tx,
        actor,
        "records.record.updated",
        record_id,
        before={change.name: change.old for change in changes},
        after={change.name: change.new for change in changes},
    )
    tracked = [change for change in changes if object.field(change.name).tracked]
    return Saved(record_id, object, record.version + 1, changes, tracked)


async def delete_record(tx: Tx, actor: people.Actor, record_id: int) -> Record:
    """Turn a record into a tombstone: it is gone for everybody, and kept."""
    record = await access_record(tx, actor, record_id, to="delete", lock=True)
    await tx.run(
        """update record set deleted_at = now(), version = version + 1, modified_at = now(), modified_by = %(actor)s
           where org_id = %(org)s and id = %(id)s and deleted_at is null""",
        {"id": record_id, "actor": actor.user_id},
    )
    await tx.run("delete from record_key where org_id = %(org)s and record_id = %(id)s", {"id": record_id})
    await events.record(tx, actor, "records.record.deleted", record_id, before={"Name": record.name})
    return record


async def share_record(
    tx: Tx, actor: people.Actor, record_id: int, principal_id: int, level: int = READ
) -> None:
    """Let a principal (a person, a role, everyone internal) read the record (1) or edit it (2)."""
    record = await access_record(tx, actor, record_id, to="share")
    if level not in (sight.READ, sight.EDIT):
        raise Invalid("INVALID_INPUT", "A share reads (1) or edits (2).")
    if not await people.principal_exists(tx, principal_id):
        raise Invalid("INVALID_CROSS_REFERENCE_KEY", "There is nobody of that id to share with.")
    await tx.run(
        """insert into record_share (org_id, record_id, principal_id, level) values (%(org)s, %(id)s, %(principal)s, %(level)s)
           on conflict (org_id, record_id, principal_id, cause) do update set level = excluded.level""",
        {"id": record.id, "principal": principal_id, "level": level},
    )
    await events.record(
        tx, actor, "records.share.created", record.id, after={"principal": str(principal_id), "level": level}
    )


async def unshare_record(tx: Tx, actor: people.Actor, record_id: int, principal_id: int) -> None:
    """Take back what was shared by hand; what is open on that person's pages closes at once."""
    record = await access_record(tx, actor, record_id, to="share")
    gone = await tx.run(
        """delete from record_share where org_id = %(org)s and record_id = %(id)s and principal_id = %(principal)s
             and cause = 'manual'""",
        {"id": record.id, "principal": principal_id},
    )
    if not gone:
        raise NotFound()
    await events.record(
        tx, actor, "records.share.deleted", record.id, before={"principal": str(principal_id)}
    )


# --- the steps -----------------------------------------------------------------------------------------------------


def _writable(him: Viewer, object: Object, values: dict[str, Any]) -> dict[str, Any]:
    """The values under the fields' own names; raises for fields that do not exist for him or that he may not write."""
    given: dict[str, Any] = {}
    for name, value in values.items():
        field = him.field(object, name)
        if not him.may_edit(object, field):
            raise Invalid(
                "INVALID_FIELD_FOR_INSERT_UPDATE",
                f"Unable to create/update fields: {field.name}. Please check the security settings of this field and "
                "verify that it is read/write for your profile or permission set.",
                fields=[field.name],
            )
        given[field.name] = value
    return given


def _default(object: Object, given: dict[str, Any]) -> None:
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


def _derive(object: Object, given: dict[str, Any], whole: dict[str, Any]) -> None:
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
    if object.get("ExpectedRevenue") is not None:
        amount, likely = whole.get("Amount"), whole.get("Probability")
        expected = None if amount is None or likely is None else (amount * likely / 100).quantize(amount)
        if whole.get("ExpectedRevenue") != expected:
            given["ExpectedRevenue"] = whole["ExpectedRevenue"] = expected


def _name(object: Object, whole: dict[str, Any]) -> str:
    """A record's name: its Name field, or put together from others."""
    if object.named_by:
        return " ".join(whole[part] for part in object.named_by if whole.get(part))
    return whole.get("Name") or ""


def _long(object: Object) -> list[Field]:
    return [field for field in object.fields if field.column == "long"]


async def _stored(tx: Tx, object: Object, record_id: int) -> dict[str, Any]:
    """All values of the record, whoever asks: to tell what changes."""
    fields = [field for field in object.fields if field.column != "deleted_at"]
    listed = ", ".join(columns.stored(field, "r") for field in fields)
    rows = await tx.tuples(
        f"select {listed} from record r where r.org_id = %(org)s and r.id = %(id)s", {"id": record_id}
    )
    return {field.name: value for field, value in zip(fields, rows[0], strict=True)}


async def _write(
    tx: Tx, actor: people.Actor, object: Object, record_id: int, given: dict[str, Any], whole: dict[str, Any]
) -> None:
    sets = ["version = version + 1", "modified_at = now()", "modified_by = %(actor)s"]
    params: dict[str, Any] = {"id": record_id, "actor": actor.user_id}
    for name, value in given.items():
        field = object.field(name)
        if field.column != "long":
            sets.append(f"{field.column} = %({field.column})s{columns.cast(field)}")
            params[field.column] = columns.slot_value(field, value)
    if set(object.named_by) & set(given):
        sets.append("name = %(name)s")
        params["name"] = _name(object, whole)
    long = {field.name: given[field.name] for field in _long(object) if field.name in given}
    if long:
        sets.append("long = jsonb_strip_nulls(long || %(long)s)")
        params["long"] = Jsonb(long)
    await tx.run(f"update record set {', '.join(sets)} where org_id = %(org)s and id = %(id)s", params)


async def _check_references(tx: Tx, him: Viewer, object: Object, given: dict[str, Any]) -> None:
    """A reference points at a record of the right object that the writer sees; others do not exist for him."""
    for field in object.fields:
        target_id = given.get(field.name)
        if field.type != "reference" or target_id is None or field.column == "owner_id":
            continue
        if field.to == "User":
            if ids.type_of(target_id) != Type.USER:
                raise BadValues([field.wrong_reference(ids.show(target_id))])
            if not await people.is_active(tx, target_id):
                raise BadValues([_unknown(field)])
            continue
        target = him.catalog.object(field.to or "")
        if ids.type_of(target_id) != target.code:
            raise BadValues([field.wrong_reference(ids.show(target_id))])
        known = him.can(target).read and await tx.value(
            f"""select 1 from record r where r.org_id = %(org)s and r.id = %(target)s and r.deleted_at is null
                and {sight.probe(him, target, "r")}""",
            him.params | {"target": target_id},
        )
        if not known:
            raise BadValues([_unknown(field)])


async def _check_owner(tx: Tx, actor: people.Actor, object: Object, owner_id: int | None) -> None:
    """Records belong to active people; who may change everything may also leave them to people who are not invited yet."""
    field = object.field("OwnerId")
    if owner_id is None or ids.type_of(owner_id) != Type.USER:
        raise BadValues([field.wrong_reference(ids.show(owner_id) if owner_id else "null")])
    owner = (await people.cards(tx, [owner_id])).get(owner_id)
    if owner is None:
        raise BadValues([_unknown(field)])
    if not owner.active and not actor.modify_all:
        message = (
            f"operation performed with inactive user [{ids.show(owner_id)}] as owner of {object.name.lower()}"
        )
        raise BadValues([BadValue(field, "INACTIVE_OWNER_OR_USER", message, f"{owner.name} is not active.")])


def _unknown(field: Field) -> BadValue:
    words = "There is no such record that you can see."
    return BadValue(field, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", words)


async def _keep_keys(tx: Tx, object: Object, record_id: int, given: dict[str, Any], *, fresh: bool) -> None:
    """What must be unique in its object is a row of its own, so that two acts at once cannot both have it."""
    for field in object.fields:
        if not field.unique or field.name not in given:
            continue
        if not fresh:
            await tx.run(
                "delete from record_key where org_id = %(org)s and record_id = %(record)s and field_id = %(field)s",
                {"record": record_id, "field": field.id},
            )
        value = given[field.name]
        if value is None:
            continue
        try:
            async with tx.savepoint():
                await tx.run(
                    """insert into record_key (org_id, field_id, value, record_id)
                       values (%(org)s, %(field)s, lower(%(value)s), %(record)s)""",
                    {"field": field.id, "value": str(value), "record": record_id},
                )
        except errors.UniqueViolation:
            raise BadValues(
                [
                    BadValue(
                        field,
                        "DUPLICATE_VALUE",
                        f"duplicate value found: {field.name} duplicates value on another record",
                        "Another record has this value already.",
                    )
                ]
            ) from None


async def _keep_history(
    tx: Tx, actor: people.Actor, record_id: int, version: int, changes: list[Change]
) -> None:
    fresh = await tx.new_ids(Type.HISTORY, len(changes))
    await tx.run(
        """insert into field_history (org_id, id, record_id, field_id, version, old_value, new_value, changed_by)
           select %(org)s, h.id, %(record)s, h.field_id, %(version)s, h.old, h.new, %(actor)s
           from unnest(%(ids)s::bigint[], %(fields)s::bigint[], %(old)s::jsonb[], %(new)s::jsonb[]) h(id, field_id, old, new)""",
        {
            "ids": fresh,
            "fields": [change.field_id for change in changes],
            "old": [None if change.old is None else Jsonb(change.old) for change in changes],
            "new": [None if change.new is None else Jsonb(change.new) for change in changes],
            "record": record_id,
            "version": version,
            "actor": actor.user_id,
        },
    )
