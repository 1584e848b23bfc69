"""A record that somebody has: to have it is to be allowed what was asked for."""

from datetime import datetime
from typing import Any

import msgspec

from hubbub import objects, people
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Forbidden, NotFound
from hubbub.core.ids import Type
from hubbub.objects import Field, Object
from hubbub.records.access import columns, sight
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
        listed = ", ".join(columns.seen(him, object, field, "r") for field in him.fields(object))
        him.compiled[key] = f"""
            select r.version, r.name, r.owner_id, r.modified_at,
                   {sight.probe(him, object, "r", sight.EDIT)}, {sight.held(him, object, "r")}, {listed}
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
    catalog = await objects.catalog(tx)
    object = catalog.codes.get(ids.type_of(record_id))
    if object is None:
        return set()
    parent = catalog.get(object.parent) if object.parent else None
    params = {"record": record_id, "object": object.code, "users": list(user_ids)}
    ctes, condition = _seeing(catalog, object, parent, deleted=deleted)
    return set(await tx.values(f"with recursive {ctes} {people.those_who(condition)}", params))


def seeing(catalog: objects.Catalog, record_id: int) -> people.Those:
    """Those people who see the record, for composing into other statements."""
    object = catalog.of(record_id)
    parent = catalog.get(object.parent) if object.parent else None
    ctes, condition = _seeing(catalog, object, parent, deleted=False)
    return people.Those(condition, ctes, {"record": record_id, "object": object.code})


def reading(catalog: objects.Catalog, field_ids: list[int]) -> str:
    """SQL: may the person under the alias u read at least one of the fields? The question of `readers_of`."""
    needed = [
        needs(object, field) for object in catalog.objects for field in object.fields if field.id in field_ids
    ]
    if any(not grants for grants in needed):
        return "true"
    return f"({' or '.join(people.may_fields('u', grants) for grants in needed) or 'false'})"


def _seeing(
    catalog: objects.Catalog, object: Object, parent: Object | None, *, deleted: bool
) -> tuple[str, str]:
    """Who sees a record, as CTEs and a condition: whose records and shares count (`about`), which principals they reach,
    whom those are.

    What counts has a `way`: 0 the record itself, 1 the parent that controls it, 2 what only implies sight, and then
    not for guests. `also` is the object that one must be able to read besides.
    """
    alive = "" if deleted else "and r.deleted_at is null"
    # a child that was deleted together with its account still counts for who saw the account
    child_alive = (
        "(k.deleted_at is null or k.deleted_at = r.deleted_at)" if deleted else "k.deleted_at is null"
    )
    record = f"from record r where r.org_id = %(org)s and r.id = %(record)s {alive}"
    above = f"""from record r join record a on a.org_id = %(org)s and a.id = r.parent_id
        where r.org_id = %(org)s and r.id = %(record)s {alive}"""
    controlled = object.controlled and parent is not None
    about = [
        f"select r.id, r.object, r.owner_id, 1, 0, null::int {record}"
        + (" and r.parent_id is null" if controlled else "")
    ]
    implying = [
        each.code for each in catalog.objects if each.parent == sight.IMPLYING and not each.controlled
    ]
    if controlled:
        about.append(f"select a.id, a.object, a.owner_id, 1, 1, a.object {above}")
    elif parent is not None and parent.name == sight.IMPLYING:
        about.append(f"select a.id, a.object, a.owner_id, 2, 2, a.object {above}")
    account = object if object.name == sight.IMPLYING else parent if controlled else None
    if account is not None and account.name == sight.IMPLYING and implying:
        about.append(
            f"""select k.id, k.object, k.owner_id, 1, 2, k.object
                from record r join record k on k.org_id = %(org)s
                  and k.parent_id = {"r.parent_id" if controlled else "r.id"}
                  and k.object in ({", ".join(map(str, implying))}) and {child_alive}
                where r.org_id = %(org)s and r.id = %(record)s {alive}"""
        )
    public = "not u.guest" if object.access in ("Read", "ReadWrite") else "false"
    sees_all = people.able("u", people.VIEW_ALL_DATA, people.MODIFY_ALL_DATA)
    reads_parent = "true"
    if controlled and parent is not None:
        reads_parent = f"(f.way = 0 or {people.may_object('u', 'read', str(parent.code))})"
        wide = "not u.guest" if parent.access in ("Read", "ReadWrite") else "false"
        public = f"""({people.may_object("u", "read", str(parent.code))}
            and ({wide} or {people.may_object("u", "view_all", str(parent.code))})
            and exists (select 1 {record} and r.parent_id is not null))"""
    ctes = f"""
         about(id, object, owner_id, level, way, also) as materialized ({" union all ".join(about)}),
         owner as materialized (select distinct owner_id, owner_id as id from about),
         {people.belonging("owner", "owner_id")},
         given(id, via) as (
           select a.owner_id, a.way || ':' || coalesce(a.also, 0) from about a
           union select s.principal_id, a.way || ':' || coalesce(a.also, 0) from about a
             join record_share s on s.org_id = %(org)s and s.record_id = a.id and s.level >= a.level
           union select t.target_id, a.way || ':' || coalesce(a.also, 0) from about a
             join record_share s on s.org_id = %(org)s and s.record_id = a.id and s.level >= a.level
             join sharing_rule t on t.org_id = %(org)s and t.id = s.principal_id and t.kind = 'criteria'
           union select t.target_id, a.way || ':' || coalesce(a.also, 0) from about a
             join belongs b on b.owner_id = a.owner_id
             join sharing_rule t on t.org_id = %(org)s and t.object = a.object and t.kind = 'owner'
               and t.source_id = b.principal and t.level >= a.level),
         {people.reaching("given", "via")},
         f as materialized (select principal, bosses, split_part(via, ':', 1)::int as way,
             split_part(via, ':', 2)::int as also from reaches)"""
    condition = f"""{people.may_object("u", "read", "%(object)s")}
        and exists (select 1 {record})
        and ({sees_all} or {people.may_object("u", "view_all", "%(object)s")} or {public}
             or exists (select 1 from f where {people.reached("u", "f")}
                  and (f.way < 2 or not u.guest) and {reads_parent}
                  and (f.also = 0 or {people.may_object("u", "read", "f.also")})))"""
    return ctes, condition


async def readers_of(tx: Tx, field_ids: list[int], user_ids: set[int]) -> set[int]:
    """Who of these people may read at least one of the fields."""
    catalog = await objects.catalog(tx)
    needed: list[set[int]] = []
    for object in catalog.objects:
        needed += [needs(object, field) for field in object.fields if field.id in field_ids]
    if any(not grants for grants in needed):
        return set(user_ids)
    granted: dict[int, set[int]] = {}
    params = {"users": list(user_ids), "fields": list(set().union(*needed))}
    for user, field in await tx.tuples(people.GRANTED_FIELDS, params):
        granted.setdefault(user, set()).add(field)
    return {user for user, has in granted.items() if any(grants <= has for grants in needed)}


def needs(object: Object, field: Field) -> set[int]:
    """The fields that have to be granted to somebody before he may read this one."""
    own = {field.id} if field.permissionable else set()
    return own.union(*(needs(object, object.field(source)) for source in field.sources))
