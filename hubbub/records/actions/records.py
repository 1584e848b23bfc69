"""Changes of records: every one is checked, written with its history, and told to the log."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from psycopg.types.json import Jsonb

from hubbub import people
from hubbub.core import clock, events, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Forbidden, Invalid
from hubbub.core.ids import Type
from hubbub.objects import BadValue, BadValues, Field, Object
from hubbub.records.access import Viewer, access_object, access_record, columns, sight, viewer
from hubbub.records.actions import stages
from hubbub.records.actions.rules import CRITERIA_RULES, fit_rules


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


class NewRecord(msgspec.Struct):
    """A record to be made: parsed values by field name, the required fields that it may lack, and when it was made."""

    values: dict[str, Any]
    may_lack: frozenset[str] = frozenset()
    created_at: datetime | None = None


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
    return (await insert_records(tx, actor, object_name, [NewRecord(values, may_lack, created_at)]))[0]


async def insert_records(
    tx: Tx, actor: people.Actor, object_name: str, new: Sequence[NewRecord]
) -> list[Saved]:
    """Make records of one object: many cost hardly more statements than one. If one is refused, this raises for all."""
    him = await viewer(tx, actor)
    object = access_object(him, object_name, to="create")
    givens = [_writable(him, object, each.values) for each in new]
    owners = [given.pop("OwnerId", None) or actor.user_id for given in givens]
    for each, given in zip(new, givens, strict=True):
        _default(object, given)
        _check_required(object, given, each.may_lack)
        _derive(object, given, given)
    await _check_references(tx, him, object, givens)
    await _check_owners(tx, actor, object, set(owners) - {actor.user_id})
    await _number(tx, object, givens)
    record_ids = await tx.new_ids(object.code, len(new))
    created = [each.created_at or clock.now() for each in new]
    await _insert(tx, actor, object, record_ids, owners, givens, created)
    await _keep_new_keys(tx, object, record_ids, givens)
    await stages.keep(
        tx,
        actor,
        object,
        [stages.Moment(id, 1, given, at) for id, given, at in zip(record_ids, givens, created, strict=True)],
    )
    await fit_rules(tx, actor, object, record_ids)
    plain = [
        {name: object.field(name).to_plain(value) for name, value in given.items() if value is not None}
        for given in givens
    ]
    told = dict(zip(record_ids, plain, strict=True))
    await events.record_many(tx, actor, "records.record.created", told)
    return [Saved(record_id, object, 1, [], []) for record_id in record_ids]


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
    before, rules = await _stored(tx, object, record_id)
    given = {name: value for name, value in given.items() if value != before[name]}
    bad = [
        object.field(name).missing()
        for name, value in given.items()
        if value is None and object.field(name).required
    ]
    if bad:
        raise BadValues(bad)
    await _check_references(tx, him, object, [given])
    if "OwnerId" in given:
        if not record.owned:
            raise Forbidden("Only the owner, those above the owner and administrators give a record away.")
        await _check_owners(tx, actor, object, {given["OwnerId"]})
    if given:
        _derive(object, given, before | given)
    given = {name: value for name, value in given.items() if value != before[name]}
    if not given:
        return Saved(record_id, object, record.version, [], [])
    await _write(tx, actor, object, record_id, given, before | given)
    if "OwnerId" in given:
        await _unshare(tx, actor, record_id)
    await _keep_keys(tx, object, record_id, given)
    changes = [
        Change(field.id, field.name, field.to_plain(before[field.name]), field.to_plain(given[field.name]))
        for field in object.fields
        if field.name in given
    ]
    await _keep_history(tx, actor, record_id, record.version + 1, changes)
    if stages.WATCHED & given.keys():
        moment = stages.Moment(record_id, record.version + 1, before | given)
        await stages.keep(tx, actor, object, [moment])
    await fit_rules(
        tx, actor, object, [record_id], rules=rules, changed={change.field_id for change in changes}
    )
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


def _check_required(object: Object, given: dict[str, Any], may_lack: frozenset[str]) -> None:
    bad = [
        field.missing()
        for field in object.fields
        if field.required and field.writable and given.get(field.name) is None and field.name not in may_lack
    ]
    if bad:
        raise BadValues(bad)


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


async def _number(tx: Tx, object: Object, givens: Sequence[dict[str, Any]]) -> None:
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
            if object.get("ClosedDate") is not None:
                given["ClosedDate"] = whole["ClosedDate"] = clock.now() if stage.closed else None
    expected_revenue = object.get("ExpectedRevenue")
    if expected_revenue is not None and expected_revenue.sources:
        amount, likely = whole.get("Amount"), whole.get("Probability")
        expected = None if amount is None or likely is None else (amount * likely / 100).quantize(amount)
        if whole.get("ExpectedRevenue") != expected:
            given["ExpectedRevenue"] = whole["ExpectedRevenue"] = expected


def _name(object: Object, whole: dict[str, Any]) -> str:
    """A record's name: its Name field, or put together from others."""
    if object.named_by:
        return " ".join(whole[part] for part in object.named_by if whole.get(part))
    return whole.get(object.name_field.name) or ""


def _long(object: Object) -> list[Field]:
    return [field for field in object.fields if field.column == "long"]


async def _stored(tx: Tx, object: Object, record_id: int) -> tuple[dict[str, Any], list[list[Any]] | None]:
    """All values of the locked record, whoever asks: to tell what changes; and the rules that it may come to fit."""
    fields = [field for field in object.fields if field.column != "deleted_at"]
    listed = ", ".join(columns.stored(field, "r") for field in fields)
    rows = await tx.tuples(
        f"select {CRITERIA_RULES}, {listed} from record r where r.org_id = %(org)s and r.id = %(id)s",
        {"id": record_id, "object": object.code},
    )
    rules, *values = rows[0]
    return {field.name: value for field, value in zip(fields, values, strict=True)}, rules


async def _insert(
    tx: Tx,
    actor: people.Actor,
    object: Object,
    record_ids: Sequence[int],
    owners: Sequence[int],
    givens: Sequence[dict[str, Any]],
    created: Sequence[datetime],
) -> None:
    now = clock.now()
    slots = {
        field.column: field
        for field in object.fields
        if field.column not in ("long", "name", "owner_id") and any(field.name in given for given in givens)
    }
    names = [
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
    marks = [f"%({name})s" for name in names] + [f"%({c})s{columns.cast(f)}" for c, f in slots.items()]
    await tx.run_many(
        f"insert into record (org_id, {', '.join([*names, *slots])}) values (%(org)s, {', '.join(marks)})",
        [
            {
                "id": record_id,
                "object": object.code,
                "name": _name(object, given),
                "owner_id": owner,
                "created_by": actor.user_id,
                "modified_by": actor.user_id,
                "created_at": at,
                "modified_at": now,
                "long": Jsonb(
                    {f.name: given[f.name] for f in _long(object) if given.get(f.name) is not None}
                ),
            }
            | {
                column: columns.slot_value(field, given[field.name]) if field.name in given else None
                for column, field in slots.items()
            }
            for record_id, owner, given, at in zip(record_ids, owners, givens, created, strict=True)
        ],
    )


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


async def _check_references(tx: Tx, him: Viewer, object: Object, givens: Sequence[dict[str, Any]]) -> None:
    """A reference points at a record of the right object that the writer sees; others do not exist for him. It is locked:
    who purges it waits, and then finds what points at it."""
    for field in object.fields:
        if field.type != "reference" or field.column == "owner_id" or not field.to:
            continue
        given_ids = {given[field.name] for given in givens if given.get(field.name) is not None}
        by_type: dict[int, set[int]] = {}
        for each in given_ids:
            by_type.setdefault(ids.type_of(each), set()).add(each)
        codes = {Type.USER if name == "User" else him.catalog.object(name).code for name in field.to}
        if wrong := next((each for each in given_ids if ids.type_of(each) not in codes), None):
            raise BadValues([field.wrong_reference(ids.show(wrong))])
        for code, targets in by_type.items():
            if targets - await _known(tx, him, code, targets):
                raise BadValues([_unknown(field)])


async def _known(tx: Tx, him: Viewer, code: int, targets: set[int]) -> set[int]:
    """Those of these people or records of one object that are there for him; records are locked."""
    if code == Type.USER:
        return {id for id, person in (await people.cards(tx, targets)).items() if person.active}
    target = him.catalog.codes[code]
    if not him.can(target).read:
        return set()
    return set(
        await tx.values(
            f"""select r.id from record r where r.org_id = %(org)s and r.id = any(%(targets)s)
                and r.deleted_at is null and {sight.probe(him, target, "r")} for key share of r""",
            him.params | {"targets": list(targets)},
        )
    )


async def _check_owners(tx: Tx, actor: people.Actor, object: Object, owner_ids: set[int | None]) -> None:
    """Records belong to active people, or to a queue for records of that object; who may change everything may also leave
    them to people who are not invited yet."""
    if not owner_ids:
        return
    field = object.field("OwnerId")
    people_ids = {id for id in owner_ids if id is not None and ids.type_of(id) == Type.USER}
    queue_ids = {id for id in owner_ids if id is not None and ids.type_of(id) == Type.QUEUE}
    if wrong := owner_ids - people_ids - queue_ids:
        owner_id = wrong.pop()
        raise BadValues([field.wrong_reference(ids.show(owner_id) if owner_id else "null")])
    if queue_ids and queue_ids - await people.queues_for(tx, object.code, queue_ids):
        raise BadValues([_unknown(field)])
    owners = await people.cards(tx, people_ids)
    if people_ids - owners.keys():
        raise BadValues([_unknown(field)])
    for owner in owners.values():
        if not owner.active and not actor.modify_all:
            message = (
                f"operation performed with inactive user [{owner.key}] as owner of {object.name.lower()}"
            )
            raise BadValues(
                [BadValue(field, "INACTIVE_OWNER_OR_USER", message, f"{owner.name} is not active.")]
            )


async def _unshare(tx: Tx, actor: people.Actor, record_id: int) -> None:
    """What was shared by hand was the old owner's to share: it ends with the change, the new owner's own share too.
    Teams and rules are not his, and stay."""
    gone = await tx.values(
        """delete from record_share where org_id = %(org)s and record_id = %(id)s and cause = 'manual'
           returning principal_id""",
        {"id": record_id},
    )
    for principal in sorted(gone):
        await events.record(
            tx, actor, "records.share.deleted", record_id, before={"principal": str(principal)}
        )


def _unknown(field: Field) -> BadValue:
    words = "There is no such record that you can see."
    return BadValue(field, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", words)


async def _keep_keys(tx: Tx, object: Object, record_id: int, given: dict[str, Any]) -> None:
    """A record's unique values replace those that it had."""
    fields = [field.id for field in object.fields if field.unique and field.name in given]
    if fields:
        await tx.run(
            "delete from record_key where org_id = %(org)s and record_id = %(record)s and field_id = any(%(fields)s)",
            {"record": record_id, "fields": fields},
        )
        await _keep_new_keys(tx, object, [record_id], [given])


async def keep_keys_again(tx: Tx, object: Object, record_id: int) -> None:
    """A record that comes back takes its unique values again; raises BadValues if another has them meanwhile."""
    if any(field.unique for field in object.fields):
        values, _ = await _stored(tx, object, record_id)
        await _keep_new_keys(tx, object, [record_id], [values])


async def _keep_new_keys(
    tx: Tx, object: Object, record_ids: Sequence[int], givens: Sequence[dict[str, Any]]
) -> None:
    """What must be unique in its object is a row of its own, so that two acts at once cannot both have it."""
    for field in object.fields:
        if not field.unique:
            continue
        keys = {
            id: str(given[field.name])
            for id, given in zip(record_ids, givens, strict=True)
            if given.get(field.name) is not None
        }
        if not keys:
            continue
        kept = await tx.run(
            """insert into record_key (org_id, field_id, value, record_id)
               select %(org)s, %(field)s, lower(k.value), k.id from unnest(%(ids)s::bigint[], %(keys)s::text[]) k (id, value)
               order by lower(k.value) on conflict (org_id, field_id, value) do nothing""",
            {"field": field.id, "ids": list(keys), "keys": list(keys.values())},
        )
        if kept < len(keys):
            message = f"duplicate value found: {field.name} duplicates value on another record"
            words = "Another record has this value already."
            raise BadValues([BadValue(field, "DUPLICATE_VALUE", message, words)])


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
