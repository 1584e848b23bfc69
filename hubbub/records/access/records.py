"""A record that somebody has: to have it is to be allowed what was asked for."""

from datetime import datetime
from typing import Any

import msgspec

from hubbub import people
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Forbidden, NotFound
from hubbub.core.ids import Type
from hubbub.core.languages import mark
from hubbub.objects import Field, Object
from hubbub.records.access import columns, sight
from hubbub.records.access.activities import computed, computed_fields
from hubbub.records.access.viewer import Viewer, viewer

_SHARES = {
    Type.ACCOUNT: Type.ACCOUNT_SHARE,
    Type.CONTACT: Type.CONTACT_SHARE,
    Type.OPPORTUNITY: Type.OPPORTUNITY_SHARE,
}


class Record(msgspec.Struct):
    """A record as one person sees it: `values` holds the fields that he may read, by name."""

    id: int
    object: Object
    name: str
    owner_id: int
    version: int
    modified_at: datetime
    values: dict[str, Any]
    editable: bool  # may he write its fields?
    owned: bool  # is it his, or that of somebody below him: may he delete it, share it, give it away?
    deletable: bool

    @property
    def key(self) -> str:
        return ids.show(self.id)

    @property
    def queued(self) -> bool:
        """Does it belong to a queue?"""
        return ids.type_of(self.owner_id) == Type.QUEUE

    @property
    def label(self) -> str:
        return self.object.label

    @property
    def url(self) -> str:
        return f"/r/{self.key}"


def share_type(code: int) -> Type:
    """What type of id the shares of an object's records have."""
    return {int(object): share for object, share in _SHARES.items()}.get(code, Type.SHARE)


_NO_RIGHT = {
    "create": mark("You have no right to create {plural:lower}."),
    "edit": mark("You have no right to edit {plural:lower}."),
    "delete": mark("You have no right to delete {plural:lower}."),
}
_READS_ONLY = {
    "edit": mark("You may read this {label:lower}, but not edit it."),
    "delete": mark("You may read this {label:lower}, but not delete it."),
    "share": mark("You may read this {label:lower}, but not share it."),
}


def access_object(viewer: Viewer, name: str, to: str = "read") -> Object:
    """The object type of that name, if the viewer may read (create, edit, delete) records of it at all."""
    object = viewer.catalog.get(name)
    if object is None or not viewer.can(object).read:
        raise NotFound()
    if not getattr(viewer.can(object), to):
        raise Forbidden(_NO_RIGHT[to], plural=object.plural)
    return object


async def access_record(
    tx: Tx, actor: people.Actor, record_id: int, to: str = "read", *, lock: bool = False, active: bool = False
) -> Record:
    """The record, if the actor may `read`, `edit`, `delete` or `share` it. Unseen: NotFound; seen, not allowed: Forbidden.

    `lock` keeps others from changing it until this act ends; with `active` it also says when something was last done
    about it.
    """
    him = await viewer(tx, actor)
    object = him.catalog.of(record_id)
    rights = him.can(object)
    if not rights.read:
        raise NotFound()
    rows = await tx.tuples(
        _statement(him, object, active=active) + (" for no key update of r" if lock else ""),
        him.params | {"id": record_id},
    )
    if not rows:
        raise NotFound()
    version, name, owner, modified, shared_to_edit, owned, *values = rows[0]
    fields = _fields(him, object, active=active)
    record = Record(
        id=record_id,
        object=object,
        name=name,
        owner_id=owner,
        version=version,
        modified_at=modified,
        values={field.name: value for field, value in zip(fields, values, strict=True)},
        editable=rights.edit and shared_to_edit,
        owned=owned and rights.edit,
        deletable=owned and rights.delete,
    )
    allowed = {"read": True, "edit": record.editable, "delete": record.deletable, "share": record.owned}[to]
    if not allowed:
        raise Forbidden(_READS_ONLY[to], label=object.label)
    return record


def _fields(him: Viewer, object: Object, *, active: bool) -> tuple[Field, ...]:
    return (*him.fields(object), *computed_fields(object)) if active else him.fields(object)


def _statement(him: Viewer, object: Object, *, active: bool) -> str:
    key = ("record", object.code, active)
    if key not in him.compiled:
        listed = ", ".join(
            computed(him, object, field, "r") if field.computed else columns.seen(him, object, field, "r")
            for field in _fields(him, object, active=active)
        )
        him.compiled[key] = f"""
            select r.version, r.name, r.owner_id, r.modified_at,
                   {sight.probe(him, object, "r", sight.EDIT)}, {sight.held(him, object, "r")}, {listed}
            from record r
            where r.org_id = %(org)s and r.id = %(id)s and r.object = {object.code} and r.deleted_at is null
              and {sight.probe(him, object, "r")}"""
    return him.compiled[key]
