"""A record that somebody has: to have it is to be allowed what was asked for."""

from datetime import datetime
from typing import Any

import msgspec

from hubbub import objects, people
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Forbidden, NotFound
from hubbub.objects import Field, Object
from hubbub.records.access import columns, sight
from hubbub.records.access.viewer import Viewer, viewer


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
    def label(self) -> str:
        return self.object.label

    @property
    def url(self) -> str:
        return f"/r/{self.key}"


def access_object(viewer: Viewer, name: str, to: str = "read") -> Object:
    """The object type of that name, if the viewer may read (create, edit, delete) records of it at all."""
    object = viewer.catalog.get(name)
    if object is None or not viewer.can(object).read:
        raise NotFound()
    if not getattr(viewer.can(object), to):
        raise Forbidden(f"You have no right to {to} {object.plural.lower()}.")
    return object


async def access_record(
    tx: Tx, actor: people.Actor, record_id: int, to: str = "read", *, lock: bool = False
) -> Record:
    """The record, if the actor may `read`, `edit`, `delete` or `share` it. Unseen: NotFound; seen, not allowed: Forbidden.

    `lock` keeps others from changing it until this act ends.
    """
    him = await viewer(tx, actor)
    object = him.catalog.of(record_id)
    rights = him.can(object)
    if not rights.read:
        raise NotFound()
    rows = await tx.tuples(
        _statement(him, object) + (" for no key update of r" if lock else ""), him.params | {"id": record_id}
    )
    if not rows:
        raise NotFound()
    version, name, owner, modified, shared_to_edit, owned, *values = rows[0]
    owned = owned or actor.modify_all or not object.owned
    record = Record(
        id=record_id,
        object=object,
        name=name,
        owner_id=owner,
        version=version,
        modified_at=modified,
        values={field.name: value for field, value in zip(him.fields(object), values, strict=True)},
        editable=rights.edit and shared_to_edit,
        owned=owned and rights.edit,
        deletable=owned and rights.delete,
    )
    allowed = {"read": True, "edit": record.editable, "delete": record.deletable, "share": record.owned}[to]
    if not allowed:
        raise Forbidden(f"You may read this {object.label.lower()}, but not {to} it.")
    return record


def _statement(him: Viewer, object: Object) -> str:
    key = ("record", object.code)
    if key not in him.compiled:
        listed = ", ".join(columns.seen(him, field, "r") for field in him.fields(object))
        him.compiled[key] = f"""
            select r.version, r.name, r.owner_id, r.modified_at,
                   {sight.probe(him, object, "r", sight.EDIT)}, {sight.owned("r")}, {listed}
            from record r
            where r.org_id = %(org)s and r.id = %(id)s and r.object = {object.code} and r.deleted_at is null
              and {sight.probe(him, object, "r")}"""
    return him.compiled[key]


async def viewers_of(tx: Tx, record_id: int, user_ids: set[int], *, deleted: bool = False) -> set[int]:
    """Who of these people sees the record: the question of sight asked the other way round, in one statement.

    With `deleted` also who saw it before it was deleted.
    """
    if not user_ids:
        return set()
    object = (await objects.catalog(tx)).codes.get(ids.type_of(record_id))
    if object is None:
        return set()
    everyone = "not u.guest" if object.access in ("Read", "ReadWrite") else "false"
    alive = "" if deleted else "and r.deleted_at is null"
    condition = f"""
        {people.may_object("u", "read")}
        and exists (
            select 1 from record r where r.org_id = %(org)s and r.id = %(record)s {alive} and (
                {everyone}
                or {people.able("u", people.VIEW_ALL_DATA, people.MODIFY_ALL_DATA)}
                or r.owner_id = u.id
                or {people.leads("u", "r.owner_id")}
                or exists (select 1 from record_share s where s.org_id = %(org)s and s.record_id = r.id
                           and {people.is_or_leads("u", "s.principal_id")})))"""
    params = {"record": record_id, "object": object.code, "users": list(user_ids)}
    return set(await tx.values(people.those_who(condition), params))


async def readers_of(tx: Tx, field_ids: list[int], user_ids: set[int]) -> set[int]:
    """Who of these people may read at least one of the fields."""
    catalog = await objects.catalog(tx)
    needed: list[set[int]] = []
    for object in catalog.objects:
        needed += [_needs(object, field) for field in object.fields if field.id in field_ids]
    if any(not grants for grants in needed):
        return set(user_ids)
    granted: dict[int, set[int]] = {}
    params = {"users": list(user_ids), "fields": list(set().union(*needed))}
    for user, field in await tx.tuples(people.GRANTED_FIELDS, params):
        granted.setdefault(user, set()).add(field)
    return {user for user, has in granted.items() if any(grants <= has for grants in needed)}


def _needs(object: Object, field: Field) -> set[int]:
    """The fields that have to be granted to somebody before he may read this one."""
    own = {field.id} if field.permissionable else set()
    return own.union(*(_needs(object, object.field(source)) for source in field.sources))
