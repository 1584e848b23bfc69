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
MINIMUM = "Minimum Access"
MODERATOR = "Moderator"
GUEST = "Guest"
LONGEST_LABEL = 80
_KEPT = (ADMINISTRATOR, STANDARD, GUEST)  # people are added with these

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
    """The profiles that every org begins with, and one permission set besides; tells their ids by name."""
    everything = (MANAGE_USERS, VIEW_ALL_DATA, MODIFY_ALL_DATA, MODERATE)
    return {
        ADMINISTRATOR: await add_permission_set(tx, actor, ADMINISTRATOR, everything, objects, profile=True),
        STANDARD: await add_permission_set(tx, actor, STANDARD, (), objects, profile=True),
        STANDARD_WITHOUT_AMOUNT: await add_permission_set(
            tx, actor, STANDARD_WITHOUT_AMOUNT, (), objects, hidden={"Opportunity.Amount"}, profile=True
        ),
        # A guest reads what is shared with him, and only that; objects and fields say nothing about which records.
        GUEST: await add_permission_set(tx, actor, GUEST, (), objects, rights="r", profile=True),
        # Nothing by itself: all that somebody with it may do stands in his permission sets.
        MINIMUM: await add_permission_set(tx, actor, MINIMUM, profile=True),
        MODERATOR: await add_permission_set(tx, actor, MODERATOR, (MODERATE,)),
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
    profile: bool = False,
) -> int:
    """Add a permission set that grants those rights on the objects (read, create, edit, delete, view all, modify all:
    letters of "rcedvm") and all their fields but the `hidden` ones ("Object.Field"); tells its id. Everybody has exactly
    one that is a `profile`, and any number of others."""
    require_admin(actor)
    rights = _whole(rights)
    unseen = set(hidden)
    set_id = await tx.new_id(Type.PERMISSION_SET)
    await tx.run(
        """insert into permission_set (org_id, id, name, label, abilities, profile)
           values (%(org)s, %(id)s, %(name)s, %(name)s, %(abilities)s, %(profile)s)""",
        {"id": set_id, "name": name, "abilities": list(abilities), "profile": profile},
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
    await events.record(
        tx, actor, "people.permission_set.created", set_id, after={"name": name, "profile": profile}
    )
    return set_id


async def edit_permission_set(
    tx: Tx,
    actor: Actor | None,
    name: str,
    *,
    label: str | None = None,
    abilities: Iterable[str] | None = None,
) -> None:
    """Call a permission set otherwise, or let those who have it do other things beyond objects and fields; raises
    Forbidden where nobody would be left to manage people."""
    require_admin(actor)
    await raise_version(tx)
    set_id = await _set_id(tx, name)
    ((old_label, old_abilities),) = await tx.tuples(
        "select label, abilities from permission_set where org_id = %(org)s and id = %(id)s", {"id": set_id}
    )
    before = {"label": old_label, "abilities": sorted(old_abilities)}
    after = {
        "label": old_label if label is None else label.strip(),
        "abilities": before["abilities"] if abilities is None else sorted(abilities),
    }
    if not 1 <= len(after["label"]) <= LONGEST_LABEL or not after["label"].isprintable():
        raise Invalid(
            "STRING_TOO_LONG", "A label has 1 to {most} characters.", fields=["Label"], most=LONGEST_LABEL
        )
    await tx.run(
        "update permission_set set label = %(label)s, abilities = %(abilities)s where org_id = %(org)s and id = %(id)s",
        after | {"id": set_id},
    )
    await keep_an_administrator(tx)
    await events.record(tx, actor, "people.permission_set.changed", set_id, before=before, after=after)


async def delete_permission_set(tx: Tx, actor: Actor | None, name: str) -> None:
    """Delete a permission set or a profile that nobody has; raises DEPENDENCY_EXISTS while somebody does."""
    require_admin(actor)
    # First: who gives it to somebody at the same time waits for this act, and then does not find it.
    await raise_version(tx)
    set_id, _ = await _access_set(tx, name)
    if name in _KEPT:
        raise Forbidden("{name} is a profile that people are added with: it cannot be deleted.", name=name)
    having = await tx.values(
        """select u.name from permission_assignment a join app_user u on u.org_id = %(org)s and u.id = a.user_id
           where a.org_id = %(org)s and a.permission_set_id = %(set)s order by u.name limit 6""",
        {"set": set_id},
    )
    if having:
        others = ", …" if len(having) > 5 else ""
        raise Invalid(
            "DEPENDENCY_EXISTS",
            "{name} is in use by {having}{others}.",
            name=name,
            having=", ".join(having[:5]),
            others=others,
        )
    for table in ("object_permission", "field_permission"):
        await tx.run(
            f"delete from {table} where org_id = %(org)s and permission_set_id = %(set)s", {"set": set_id}
        )
    await tx.run("delete from permission_set where org_id = %(org)s and id = %(set)s", {"set": set_id})
    await events.record(tx, actor, "people.permission_set.deleted", set_id, before={"name": name})


async def assign_permission_set(tx: Tx, actor: Actor | None, user_id: int, name: str) -> int:
    """Give a person what the permission set of that name allows; tells the assignment's id. A profile takes the place
    of the one that he has; raises Forbidden where nobody would be left to manage people."""
    require_admin(actor)
    await raise_version(tx)
    set_id, profile = await _access_set(tx, name)
    before = await _take_profile(tx, user_id, set_id) if profile else None
    await tx.run(
        """insert into permission_assignment (org_id, id, user_id, permission_set_id, profile)
           values (%(org)s, %(id)s, %(user)s, %(set)s, %(profile)s) on conflict do nothing""",
        {
            "id": await tx.new_id(Type.PERMISSION_ASSIGNMENT),
            "user": user_id,
            "set": set_id,
            "profile": profile,
        },
    )
    if not profile:
        await events.record(tx, actor, "people.permission_set.assigned", user_id, parent=set_id)
    elif before is not None:
        await keep_an_administrator(tx)
        await events.record(
            tx, actor, "people.user.profile_given", user_id, parent=set_id, before={"profile": str(before)}
        )
    return await tx.value(
        """select id from permission_assignment
           where org_id = %(org)s and user_id = %(user)s and permission_set_id = %(set)s""",
        {"user": user_id, "set": set_id},
    )


async def _take_profile(tx: Tx, user_id: int, set_id: int) -> int | None:
    """Make room for another profile; tells which one he had, None if it is the same."""
    had = await tx.value(
        "select permission_set_id from permission_assignment where org_id = %(org)s and user_id = %(user)s and profile",
        {"user": user_id},
    )
    if had is None:  # everybody has one
        raise NotFound()
    if had == set_id:
        return None
    await tx.run(
        "delete from permission_assignment where org_id = %(org)s and user_id = %(user)s and profile",
        {"user": user_id},
    )
    return had


async def withdraw_permission_set(tx: Tx, actor: Actor | None, user_id: int, name: str) -> None:
    """Take from a person what the permission set of that name allows; raises Forbidden where nobody would be left to
    manage people, and for a profile: everybody has one, so he is given another."""
    require_admin(actor)
    await raise_version(tx)
    set_id, profile = await _access_set(tx, name)
    if profile:
        raise Forbidden("Everybody has a profile: give this person another one instead.")
    await tx.run(
        """delete from permission_assignment
           where org_id = %(org)s and user_id = %(user)s and permission_set_id = %(set)s""",
        {"user": user_id, "set": set_id},
    )
    await keep_an_administrator(tx)
    await events.record(tx, actor, "people.permission_set.withdrawn", user_id, parent=set_id)


async def keep_an_administrator(tx: Tx) -> None:
    """Refuse an act that leaves nobody who can sign in and manage people. The version was raised before: two such acts
    wait for one another."""
    left = await tx.value(
        f"""select 1 from app_user u join permission_assignment a on a.org_id = %(org)s and a.user_id = u.id
            join permission_set s on s.org_id = %(org)s and s.id = a.permission_set_id
            where u.org_id = %(org)s and u.active and u.login_id is not null and '{MANAGE_USERS}' = any(s.abilities)
            limit 1"""
    )
    if not left:
        raise Forbidden("Somebody has to manage people: give another person that right first.")


async def grant_object(tx: Tx, actor: Actor | None, name: str, object: int, rights: str) -> int:
    """Say what the permission set of that name grants on an object: letters of "rcedvm" (read, create, edit, delete,
    view all, modify all); none of them withdraws the object. Tells the grant's id. Salesforce's ObjectPermissions."""
    require_admin(actor)
    set_id = await _set_id(tx, name)
    if set(rights) - set(_RIGHTS):
        raise Invalid("INVALID_INPUT", "Rights on an object are letters of {rights}.", rights=_RIGHTS)
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


async def grant_field(tx: Tx, actor: Actor, object: int, field_id: int, *, can_edit: bool) -> None:
    """Let everybody who may read the object read that field, and edit it where he may edit the object."""
    require_admin(actor)
    await raise_version(tx)
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
    for set_id, edits in sets:
        await events.record(
            tx,
            actor,
            "people.permission_set.field_granted",
            set_id,
            parent=field_id,
            after={"edit": edits and can_edit},
        )


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
    return (await _access_set(tx, name))[0]


async def _access_set(tx: Tx, name: str) -> tuple[int, bool]:
    """The id of the permission set of that name, and whether it is a profile."""
    found = await tx.tuples(
        "select id, profile from permission_set where org_id = %(org)s and name = %(name)s", {"name": name}
    )
    if not found:
        raise NotFound(text="There is no permission set '{name}'.", name=name)
    return found[0]
