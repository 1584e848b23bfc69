"""What a record may point at, and to whom it may belong."""

from collections.abc import Sequence
from typing import Any

from hubbub import people
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.ids import Type
from hubbub.objects import BadValue, BadValues, Field, Object
from hubbub.records.access import Viewer, sight


async def check_references(tx: Tx, him: Viewer, object: Object, givens: Sequence[dict[str, Any]]) -> None:
    """A reference points at a record of the right object that the writer sees; others do not exist for him. It is locked:
    who purges it waits, and then finds what points at it. What has no owner of its own is a part of its parent: who makes it
    or moves it there may edit that."""
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
                raise BadValues([unknown(field)])
            if field.column == "parent_id" and not object.owned:
                if shut := targets - await _known(tx, him, code, targets, sight.EDIT):
                    raise BadValues([_shut(field, ids.show(min(shut)))])


async def _known(tx: Tx, him: Viewer, code: int, targets: set[int], level: int = sight.READ) -> set[int]:
    """Those of these people or records of one object that are there for him, or that he may edit; records are locked."""
    if code == Type.USER:
        return {id for id, person in (await people.cards(tx, targets)).items() if person.active}
    target = him.catalog.codes[code]
    rights = him.can(target)
    if not (rights.read and (level == sight.READ or rights.edit)):
        return set()
    return set(
        await tx.values(
            f"""select r.id from record r where r.org_id = %(org)s and r.id = any(%(targets)s)
                and r.deleted_at is null and {sight.probe(him, target, "r", level)} for key share of r""",
            him.params | {"targets": list(targets)},
        )
    )


async def check_owners(tx: Tx, actor: people.Actor, object: Object, owner_ids: set[int | None]) -> None:
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
        raise BadValues([unknown(field)])
    owners = await people.cards(tx, people_ids)
    if people_ids - owners.keys():
        raise BadValues([unknown(field)])
    for owner in owners.values():
        if not owner.active and not actor.modify_all:
            message = (
                f"operation performed with inactive user [{owner.key}] as owner of {object.name.lower()}"
            )
            raise BadValues(
                [BadValue(field, "INACTIVE_OWNER_OR_USER", message, "{name} is not active.", name=owner.name)]
            )


def _shut(field: Field, key: str) -> BadValue:
    return BadValue(
        field,
        "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
        f"insufficient access rights on cross-reference id: {key}",
        "You may not edit this, and so not what belongs to it.",
    )


def unknown(field: Field) -> BadValue:
    return BadValue(
        field,
        "INVALID_CROSS_REFERENCE_KEY",
        "invalid cross reference id",
        "There is no such record that you can see.",
    )
