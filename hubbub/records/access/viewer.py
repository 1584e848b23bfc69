"""What one person may do with records at all: his two sets, his rights to objects and to fields.

Kept in the process under the version of the org's access, which every change of roles, people or permissions raises.
"""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

import msgspec

from hubbub import objects, people
from hubbub.core import html
from hubbub.core.db import Database, Ids, Tx
from hubbub.core.errors import Invalid
from hubbub.objects import Field, Object

_MOST_REMEMBERED = 20_000
_remembered: WeakKeyDictionary[Database, OrderedDict[tuple[int, int, frozenset[str]], "Viewer"]] = (
    WeakKeyDictionary()
)

# What a rule shares *from* are owners whose records somebody sees, for that object and level; never principals that he is.
_VIEWER = f"""
with {people.TWO_SETS},
 rule as materialized (select id, object, kind, source_id, level from sharing_rule
     where org_id = %(org)s and target_id in (select id from pr)),
 origin as (select object, level, source_id as id from rule where kind = 'owner'),
 {people.lent("origin")},
 {people.GRANTS}
select {people.ACCESS_VERSION},
       (select array_agg(id) from pr where id >> 48 in {people.OWNERS}),
       (select array_agg(id) from (select id from pr union all select id from rule where kind = 'criteria') x),
       (select jsonb_agg(jsonb_build_array(object, level, people))
        from (select object, level, array_agg(distinct id) as people from lent group by object, level) x),
       (select array_agg(array[object, r::int, c::int, e::int, d::int, v::int, m::int]) from granted_object),
       (select array_agg(field_id) from granted_field),
       (select array_agg(field_id) from granted_field where e)
"""


class Rights(msgspec.Struct, frozen=True):
    """What somebody may do with records of one object, where their sharing allows it."""

    read: bool = False
    create: bool = False
    edit: bool = False
    delete: bool = False
    view_all: bool = False  # whoever owns them
    modify_all: bool = False


class Viewer(msgspec.Struct):
    """One person's reach over the records of his organisation."""

    actor: people.Actor
    version: int
    catalog: objects.Catalog
    rights: dict[int, Rights]
    readable_ids: frozenset[int]
    editable_ids: frozenset[int]
    # What the fragments bind: zone (of his days), viewer, own, prin, readable_fields; own_34_1 and such where rules add owners.
    params: dict[str, Any]
    reach: dict[int, int]  # by object: how many of its records does he see? counted when first needed
    compiled: dict[Any, Any]  # statements and their parts, as compiled for him

    def can(self, object: Object) -> Rights:
        """His rights to an object: none unless a permission set grants them."""
        return self.rights.get(object.code, Rights())

    def may_read(self, object: Object, field: Field) -> bool:
        """May he know of this field at all? What is computed from a hidden field is hidden too."""
        if field.permissionable and field.id not in self.readable_ids:
            return False
        return all(self.may_read(object, object.field(source)) for source in field.sources)

    def may_edit(self, object: Object, field: Field) -> bool:
        """May he write this field, on records that he may edit?"""
        if not field.writable or not self.may_read(object, field):
            return False
        return not field.permissionable or field.id in self.editable_ids

    def fields(self, object: Object) -> tuple[Field, ...]:
        """The fields of an object that he may read, in their order."""
        key = ("fields", object.code)
        found = self.compiled.get(key)
        if found is None:
            found = self.compiled[key] = tuple(
                field for field in object.fields if self.may_read(object, field)
            )
        return found

    def field(self, object: Object, name: str) -> Field:
        """A field that he may read; raises INVALID_FIELD just as for one that does not exist."""
        field = object.get(name)
        if field is None or not self.may_read(object, field):
            raise object.no_such_field(name)
        return field

    def sees_all(self, object: Object) -> bool:
        """Does he see every record of this object, so that sharing need not be asked?"""
        if self.actor.view_all or self.can(object).view_all:
            return True
        return object.access in ("Read", "ReadWrite") and not self.actor.guest

    def edits_all(self, object: Object) -> bool:
        """May he edit every record of this object, so that sharing need not be asked?"""
        return self.controls_all(object) or (object.access == "ReadWrite" and not self.actor.guest)

    def controls_all(self, object: Object) -> bool:
        """May he do with every record of this object what its owner may?"""
        return self.actor.modify_all or self.can(object).modify_all

    def own(self, object: Object, level: int) -> str:
        """What binds the owners whose records of the object he may read (1) or edit (2)."""
        name = f"own_{object.code}_{level}"
        return name if name in self.params else "own"


def relationships(him: Viewer, object: Object) -> list[tuple[Object, Field]]:
    """By what records point at records of the object, as far as the viewer may know."""
    return [
        (child, field)
        for child, field in him.catalog.references_to(object.name)
        if field.children and him.can(child).read and him.may_read(child, field)
    ]


async def viewer(tx: Tx, actor: people.Actor) -> Viewer:
    """The actor's reach; it costs a statement only when something has changed or he is new here."""
    known = _remembered.setdefault(tx.database, OrderedDict())
    key = (tx.org_id, actor.user_id, actor.abilities)
    found = known.get(key)
    if found is not None and found.version == actor.access_version:
        known.move_to_end(key)
        return msgspec.structs.replace(found, actor=actor, params=found.params | {"zone": _zone(actor)})
    ((version, own, prin, lent, rights, readable, editable),) = await tx.tuples(
        _VIEWER, {"viewer": actor.user_id}
    )
    found = Viewer(
        actor=actor,
        version=version,
        catalog=await objects.catalog(tx, version),
        rights={code: Rights(*(bool(flag) for flag in flags)) for code, *flags in rights or ()},
        readable_ids=frozenset(readable or ()),
        editable_ids=frozenset(editable or ()),
        params={},
        reach={},
        compiled={},
    )
    fields = {
        field.id
        for each in found.catalog.objects
        if found.can(each).read
        for field in each.fields
        if found.may_read(each, field)
    }
    # Whose records he sees as their owners do; what he is or stands above; what he may know of. Encoded once.
    found.params |= {
        "zone": _zone(actor),
        "viewer": actor.user_id,
        "own": Ids.of(own or ()),
        "prin": Ids.of(prin or ()),
        "readable_fields": Ids.of(fields),
    }
    base, by_rule = set(own or ()), {(object, level): set(ids) for object, level, ids in lent or ()}
    for object in {object for object, _ in by_rule}:
        edits = base | by_rule.get((object, 2), set())
        found.params[f"own_{object}_2"] = Ids.of(edits)
        found.params[f"own_{object}_1"] = Ids.of(edits | by_rule.get((object, 1), set()))
    # An act that raised the version itself may still be rolled back: only what is agreed on is remembered.
    if version == actor.access_version:
        known[key] = found
        known.move_to_end(key)
        if len(known) > _MOST_REMEMBERED:
            known.popitem(last=False)
    return found


def _zone(actor: people.Actor) -> str:
    return html.zone_of(actor.timezone).key


def parse_values(him: Viewer, object: Object, given: Mapping[str, Any]) -> dict[str, Any]:
    """What a program sent of a record, each value as its field takes it; all that is wrong is told at once."""
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
