"""Changes of the metadata."""

import re
from typing import Any

import msgspec
from psycopg.types.json import Jsonb

from hubbub import people
from hubbub.core import events
from hubbub.core.db import Tx
from hubbub.core.errors import Forbidden, Invalid
from hubbub.core.ids import Type
from hubbub.objects.access import DEFAULTS, SLOTS, Field, Object, make_field
from hubbub.objects.access.fields import NUMBER
from hubbub.objects.queries import catalog

_NAME = re.compile(r"[A-Za-z](?:_?[A-Za-z0-9])*__c")
_LABEL_LENGTH = 40


class NewField(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What is said of a new field; `to` names the object that a reference points at."""

    name: str
    label: str
    type: str
    length: int = 255
    precision: int = 18
    scale: int = 2
    required: bool = False
    restricted: bool = False
    tracked: bool = False
    unique: bool = False
    external_id: bool = False
    to: str | None = None
    values: list[str] = []
    help: str | None = None


async def add_field(tx: Tx, actor: people.Actor, object: Object, new: NewField) -> Field:
    """Give an object a field of one's own; it is readable and editable where the object is."""
    if not actor.admin:
        raise Forbidden("Only an administrator adds fields.")
    known = await catalog(tx)
    object = known.object(object.name)
    _check(object, new)
    if new.type == "reference" and (new.to is None or (known.get(new.to) is None and new.to != "User")):
        raise Invalid(
            "INVALID_TYPE", "{name}: '{to}' is no object that a field can point at.", name=new.name, to=new.to
        )
    slot = _free_slot(object, new)
    definition: dict[str, Any] = msgspec.to_builtins(new)
    del definition["name"], definition["label"], definition["type"]
    if new.type == "int":
        definition |= {"precision": min(new.precision, 18), "scale": 0}
    if new.type == "reference":
        definition |= {"length": 18, "relation": new.name.removesuffix("__c") + "__r"}
    field = make_field(
        id=await tx.new_id(Type.FIELD),
        name=new.name,
        label=new.label,
        type=new.type,
        column=slot,
        said=definition | {"custom": True},
    )
    await tx.run(
        """
        insert into custom_field (org_id, id, object, name, label, type, slot, definition)
        values (%(org)s, %(id)s, %(object)s, %(name)s, %(label)s, %(type)s, %(slot)s, %(definition)s)
        """,
        {
            "id": field.id,
            "object": object.code,
            "name": field.name,
            "label": field.label,
            "type": field.type,
            "slot": f"long.{field.name}" if slot == "long" else slot,
            "definition": Jsonb(definition),
        },
    )
    await people.grant_field(tx, actor, object.code, field.id, can_edit=True)
    await events.record(
        tx, actor, "objects.field.created", field.id, after={"object": object.name, "name": field.name}
    )
    return field


async def set_default(tx: Tx, actor: people.Actor | None, name: str, access: str) -> None:
    """Say what everyone inside may do with the records of an object: Private, Read, ReadWrite, or ControlledByParent,
    which means what they may do with the record above it."""
    people.require_admin(actor)
    await people.raise_version(tx)
    object = (await catalog(tx)).object(name)
    if access not in DEFAULTS:
        raise Invalid(
            "INVALID_INPUT", "A default is one of {choices}.", fields=["access"], choices=", ".join(DEFAULTS)
        )
    if access == "ControlledByParent" and object.parent is None:
        raise Invalid("INVALID_INPUT", "{plural:_} have no parent.", fields=["access"], plural=object.plural)
    if access == "Private" and not object.owned:
        raise Invalid(
            "INVALID_INPUT",
            "{plural:_} have no owner to be private to.",
            fields=["access"],
            plural=object.plural,
        )
    await tx.run(
        """insert into object_default (org_id, object, access) values (%(org)s, %(object)s, %(access)s)
           on conflict (org_id, object) do update set access = excluded.access""",
        {"object": object.code, "access": access},
    )
    await events.record(
        tx,
        actor,
        "objects.default.changed",
        None,
        before={"object": object.name, "access": object.access},
        after={"object": object.name, "access": access},
    )


def _check(object: Object, new: NewField) -> None:
    if not _NAME.fullmatch(new.name) or len(new.name) > _LABEL_LENGTH + 3:
        raise Invalid(
            "INVALID_FIELD", "'{name}' is no name for a field: letters, digits, then __c.", name=new.name[:60]
        )
    if object.get(new.name) is not None:
        raise Invalid(
            "DUPLICATE_DEVELOPER_NAME",
            "{name} has a field {name2} already.",
            name=object.name,
            name2=new.name,
        )
    if not 1 <= len(new.label.strip()) <= _LABEL_LENGTH:
        raise Invalid(
            "STRING_TOO_LONG",
            "{name}: a label has 1 to {label_length} characters.",
            name=new.name,
            label_length=_LABEL_LENGTH,
        )
    if new.external_id and new.type not in ("string", "email", "int", "double"):
        raise Invalid(
            "INVALID_TYPE", "{name}: an external id is a text, an e-mail address or a number.", name=new.name
        )
    if not (1 <= new.precision <= 18 and 0 <= new.scale <= new.precision):
        raise Invalid(
            "INVALID_TYPE",
            "{name}: a number has up to 18 digits, and no more decimals than digits.",
            name=new.name,
        )
    if not 1 <= new.length <= (131_072 if new.type == "textarea" else 255):
        raise Invalid(
            "INVALID_TYPE",
            "{name}: a length of {length} is too much for its type.",
            fields=["length"],
            name=new.name,
            length=new.length,
        )


def _free_slot(object: Object, new: NewField) -> str:
    """The first free slot of the field's kind: those with an index come first, so who is looked up by gets one."""
    if new.type == "textarea" and new.length > 255:
        return "long"
    kind = (
        "reference"
        if new.type == "reference"
        else "time"
        if new.type in ("date", "datetime")
        else "number"
        if new.type in NUMBER or new.type == "boolean"
        else "text"
    )
    taken = {field.column for field in object.fields}
    free = [slot for slot in SLOTS[kind] if slot not in taken]
    if kind != "reference" and not (new.external_id or new.unique):
        free = [
            slot for slot in free if int(slot[1:]) > 4
        ] + free  # leave the indexed ones to those who need them
    if not free:
        raise Invalid(
            "LIMIT_EXCEEDED",
            "{name} has no room for another field of type {type}.",
            name=object.name,
            type=new.type,
        )
    return free[0]
