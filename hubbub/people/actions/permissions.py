"""Permission sets: what the people to whom they are assigned may do with objects and fields, and beyond."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from hubbub.core import events
from hubbub.core.db import Tx
from hubbub.core.errors import Forbidden, Invalid, NotFound
from hubbub.core.ids import Type
from hubbub.people.access import (
    MANAGE_USERS,
    MODERATE,
    MODIFY_ALL_DATA,
    VIEW_ALL_DATA,
    Actor,
    require_admin,
)

ADMINISTRATOR = "System Administrator"
STANDARD = "Standard User"
STANDARD_WITHOUT_AMOUNT = "Standard User without Amount"
MODERATOR = "Moderator"
GUEST = "Guest"


_RIGHTS = "rcedvm"
_GRANT_OBJECTS = """insert into object_permission
    (org_id, id, permission_set_id, object, can_read, can_create, can_edit, can_delete, can_view_all, can_modify_all)
    select %(org)s, o.id, %(set)s, o.code, %(r)s, %(c)s, %(e)s, %(d)s, %(v)s, %(m)s
    from unnest(%(ids)s::bigint[], %(objects)s::int[]) o (id, code)"""


def _whole(rights: str) -> str:
    """The rights with those that they imply: who may modify all may view all, edit and delete; every right reads."""
    if "m" in rights:
        rights += "edv"
    return "".join(right for right in _RIGHTS if right in rights or (right == "r" and rights))


def _flags(rights: str) -> dict[str, bool]:
    return {right: right in rights for right in _RIGHTS}


class GrantedField(Protocol):
    """What a permission set needs to know of a field: objects are a room above this one."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def writable(self) -> bool: ...


class GrantedObject(Protocol):
    """What a permission set needs to know of an object."""

    @property
    def code(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def fields(self) -> Sequence[GrantedField]: ...


async def raise_version(tx: Tx) -> None:
    """Make everybody's rights be computed anew: what was computed before this act is not used again."""
    await tx.run("update org_access set version = version + 1 where org_id = %(org)s")


async def add_standard_sets(tx: Tx, actor: Actor | None, objects: Sequence[GrantedObject]) -> dict[str, int]:
    """The permission sets that every org begins with; tells their ids by name."""
    everything = (MANAGE_USERS, VIEW_ALL_DATA, MODIFY_ALL_DATA, MODERATE)
    return {
        ADMINISTRATOR: await add_permission_set(tx, actor, ADMINISTRATOR, everything, objects),
        STANDARD: await add_permission_set(tx, actor, STANDARD, (), objects),
        STANDARD_WITHOUT_AMOUNT: await add_permission_set(
            tx, actor, STANDARD_WITHOUT_AMOUNT, (), objects, hidden={"Opportunity.Amount"}
        ),
        MODERATOR: await add_permission_set(tx, actor, MODERATOR, (MODERATE,)),
        # A guest reads what is shared with him, and only that; objects and fields say nothing about which records.
        GUEST: await add_permission_set(tx, actor, GUEST, (), objects, rights="r"),
    }


async def add_permission_set(
    tx: Tx,
    actor: Actor | None,
    name: str,
    abilities: Iterable[str] = (),
    objects: Sequence[GrantedObject] = (),
    *,
    rights: str = "rced",
    hidden: Iterable[str] = (),
) -> int:
    """Add a permission set that grants those rights on the objects (read, create, edit, delete, view all, modify all:
    letters of "rcedvm") and all their fields but the `hidden` ones ("Object.Field"); tells its id."""
    require_admin(actor)
    rights = _whole(rights)
    unseen = set(hidden)
    set_id = await tx.new_id(Type.PERMISSION_SET)
    await tx.run(
        """insert into permission_set (org_id, id, name, label, abilities)
           values (%(org)s, %(id)s, %(name)s, %(name)s, %(abilities)s)""",
        {"id": set_id, "name": name, "abilities": list(abilities)},
    )
    await tx.run(
        _GRANT_OBJECTS + " on conflict do nothing",
        {
            "set": set_id,
            "ids": await tx.new_ids(Type.OBJECT_PERMISSIONS, len(objects)),
            "objects": [each.code for each in objects],
            **_flags(rights),
        },
    )
    fields = [
        (field.id, field.writable and "e" in rights)
        for each in objects
        for field in each.fields
        if f"{each.name}.{field.name}" not in unseen
    ]
    await tx.run(
        """insert into field_permission (org_id, id, permission_set_id, field_id, can_edit)
           select %(org)s, f.id, %(set)s, f.field, f.edit
           from unnest(%(ids)s::bigint[], %(fields)s::bigint[], %(edits)s::boolean[]) as f (id, field, edit)""",
        {
            "set": set_id,
            "ids": await tx.new_ids(Type.FIELD_PERMISSIONS, len(fields)),
            "fields": [id for id, _ in fields],
            "edits": [edit for _, edit in fields],
        },
    )
    await raise_version(tx)
    await events.record(tx, actor, "people.permission_set.created", set_id, after={"name": name})
    return set_id


async def assign_permission_set(tx: Tx, actor: Actor | None, user_id: int, name: str) -> int:
    """Give a person what the permission set of that name allows; tells the assignment's id."""
    require_admin(actor)
    set_id = await _set_id(tx, name)
    await tx.run(
        """insert into permission_assignment (org_id, id, user_id, permission_set_id)
           values (%(org)s, %(id)s, %(user)s, %(set)s) on conflict do nothing""",
        {"id": await tx.new_id(Type.PERMISSION_ASSIGNMENT), "user": user_id, "set": set_id},
    )
    await raise_version(tx)
    await events.record(tx, actor, "people.permission_set.assigned", user_id, parent=set_id)
    return await tx.value(
        """select id from permission_assignment
           where org_id = %(org)s and user_id = %(user)s and permission_set_id = %(set)s""",
        {"user": user_id, "set": set_id},
    )


async def withdraw_permission_set(tx: Tx, actor: Actor | None, user_id: int, name: str) -> None:
    """Take from a person what the permission set of that name allows; raises Forbidden where nobody would be left to
    manage people."""
    require_admin(actor)
    set_id = await _set_id(tx, name)
    await raise_version(tx)
    await tx.run(
        """delete from permission_assignment
           where org_id = %(org)s and user_id = %(user)s and permission_set_id = %(set)s""",
        {"user": user_id, "set": set_id},
    )
    await keep_an_administrator(tx)
    await events.record(tx, actor, "people.permission_set.withdrawn", user_id, parent=set_id)


async def keep_an_administrator(tx: Tx) -> None:
    """Refuse an act that leaves nobody who manages people. The version was raised before: two such acts wait for one
    another."""
    left = await tx.value(
        f"""select 1 from app_user u join permission_assignment a on a.org_id = %(org)s and a.user_id = u.id
            join permission_set s on s.org_id = %(org)s and s.id = a.permission_set_id
            where u.org_id = %(org)s and u.active and '{MANAGE_USERS}' = any(s.abilities) limit 1"""
    )
    if not left:
        raise Forbidden("Somebody has to manage people: give another person that right first.")


async def grant_object(tx: Tx, actor: Actor | None, name: str, object: int, rights: str) -> int:
    """Say what the permission set of that name grants on an object: letters of "rcedvm" (read, create, edit, delete,
    view all, modify all); none of them withdraws the object. Tells the grant's id. Salesforce's ObjectPermissions."""
    require_admin(actor)
    set_id = await _set_id(tx, name)
    if set(rights) - set(_RIGHTS):
        raise Invalid("INVALID_INPUT", f"Rights on an object are letters of {_RIGHTS}.")
    rights = _whole(rights)
    await raise_version(tx)
    grant_id = await tx.value(
        _GRANT_OBJECTS
        + """ on conflict (org_id, permission_set_id, object) do update set
              can_read = excluded.can_read, can_create = excluded.can_create, can_edit = excluded.can_edit,
              can_delete = excluded.can_delete, can_view_all = excluded.can_view_all,
              can_modify_all = excluded.can_modify_all returning id""",
        {
            "set": set_id,
            "ids": [await tx.new_id(Type.OBJECT_PERMISSIONS)],
            "objects": [object],
            **_flags(rights),
        },
    )
    await events.record(
        tx, actor, "people.permission_set.object_granted", set_id, after={"object": object, "rights": rights}
    )
    return grant_id


async def grant_field_to(
    tx: Tx, actor: Actor | None, name: str, field_id: int, *, can_edit: bool = False
) -> int:
    """Let those with the permission set of that name read a field, and edit it if `can_edit`; tells the grant's id.
    Salesforce's FieldPermissions."""
    require_admin(actor)
    set_id = await _set_id(tx, name)
    await raise_version(tx)
    grant_id = await tx.value(
        """insert into field_permission (org_id, id, permission_set_id, field_id, can_edit)
           values (%(org)s, %(id)s, %(set)s, %(field)s, %(edit)s)
           on conflict (org_id, permission_set_id, field_id) do update set can_edit = excluded.can_edit returning id""",
        {
            "id": await tx.new_id(Type.FIELD_PERMISSIONS),
            "set": set_id,
            "field": field_id,
            "edit": can_edit,
        },
    )
    await events.record(
        tx, actor, "people.permission_set.field_granted", set_id, parent=field_id, after={"edit": can_edit}
    )
    return grant_id


async def grant_field(tx: Tx, object: int, field_id: int, *, can_edit: bool) -> None:
    """Let everybody who may read the object read that field, and edit it where he may edit the object."""
    sets = await tx.tuples(
        """select permission_set_id, can_edit from object_permission
           where org_id = %(org)s and object = %(object)s and can_read""",
        {"object": object},
    )
    await tx.run(
        """insert into field_permission (org_id, id, permission_set_id, field_id, can_edit)
           select %(org)s, s.id, s.set_id, %(field)s, s.edits
           from unnest(%(ids)s::bigint[], %(sets)s::bigint[], %(edits)s::boolean[]) as s (id, set_id, edits)
           on conflict (org_id, permission_set_id, field_id) do update set can_edit = excluded.can_edit""",
        {
            "field": field_id,
            "ids": await tx.new_ids(Type.FIELD_PERMISSIONS, len(sets)),
            "sets": [set_id for set_id, _ in sets],
            "edits": [edits and can_edit for _, edits in sets],
        },
    )
    await raise_version(tx)


async def withdraw_field(tx: Tx, actor: Actor | None, name: str, field_id: int) -> None:
    """Hide a field from those who have it by the permission set of that name."""
    require_admin(actor)
    set_id = await _set_id(tx, name)
    await tx.run(
        """delete from field_permission
           where org_id = %(org)s and permission_set_id = %(set)s and field_id = %(field)s""",
        {"set": set_id, "field": field_id},
    )
    await raise_version(tx)
    await events.record(tx, actor, "people.permission_set.field_withdrawn", set_id, parent=field_id)


async def _set_id(tx: Tx, name: str) -> int:
    set_id = await tx.value(
        "select id from permission_set where org_id = %(org)s and name = %(name)s", {"name": name}
    )
    if set_id is None:
        raise NotFound(message=f"There is no permission set '{name}'.")
    return set_id
