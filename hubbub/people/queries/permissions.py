"""Permission sets as those see them who administrate: what each grants, and to whom."""

import msgspec

from hubbub.core.db import Tx
from hubbub.core.ids import NUMBER_BITS, Type
from hubbub.people.access import Actor, Person, card


class PermissionSet(msgspec.Struct, frozen=True):
    """A permission set, and how many people have it; everybody has exactly one that is a `profile`."""

    id: int
    name: str
    label: str
    abilities: list[str]
    people: int
    profile: bool

    @property
    def profile_id(self) -> int:
        """The same as a Profile, where Salesforce tells the two apart: its number under another prefix."""
        return self.id + ((Type.PROFILE - Type.PERMISSION_SET) << NUMBER_BITS)


class ObjectGrant(msgspec.Struct, frozen=True):
    """What a permission set grants on an object."""

    permission_set_id: int
    object: int
    read: bool
    create: bool
    edit: bool
    delete: bool
    view_all: bool
    modify_all: bool

    @property
    def rights(self) -> str:
        """The same as letters of "rcedvm"."""
        given = (self.read, self.create, self.edit, self.delete, self.view_all, self.modify_all)
        return "".join(letter for letter, has in zip("rcedvm", given, strict=True) if has)


class FieldGrant(msgspec.Struct, frozen=True):
    """That a permission set lets its people read a field, and perhaps edit it."""

    permission_set_id: int
    field_id: int
    edit: bool


async def permission_sets(tx: Tx) -> list[PermissionSet]:
    """All permission sets, in the order of their names."""
    return await tx.rows(
        """select s.id, s.name, s.label, s.abilities,
                  (select count(*) from permission_assignment a
                   where a.org_id = %(org)s and a.permission_set_id = s.id), s.profile
           from permission_set s where s.org_id = %(org)s order by lower(s.label), s.id""",
        into=PermissionSet,
    )


async def object_grants(tx: Tx, set_id: int | None = None) -> list[ObjectGrant]:
    """What a permission set, or each of all, grants on objects."""
    return await tx.rows(
        """select permission_set_id, object, can_read, can_create, can_edit, can_delete, can_view_all, can_modify_all
           from object_permission
           where org_id = %(org)s and (%(set)s::bigint is null or permission_set_id = %(set)s)
           order by permission_set_id, object""",
        {"set": set_id},
        into=ObjectGrant,
    )


async def field_grants(tx: Tx, set_id: int | None = None) -> list[FieldGrant]:
    """Which fields a permission set, or each of all, grants."""
    return await tx.rows(
        """select permission_set_id, field_id, can_edit from field_permission
           where org_id = %(org)s and (%(set)s::bigint is null or permission_set_id = %(set)s)
           order by permission_set_id, field_id""",
        {"set": set_id},
        into=FieldGrant,
    )


async def assigned(tx: Tx, actor: Actor, set_id: int, *, most: int = 500) -> list[Person]:
    """The people who have a permission set, by name; of very many, the first."""
    return await tx.rows(
        f"""select {card(actor)} from permission_assignment a
           join app_user u on u.org_id = %(org)s and u.id = a.user_id
           where a.org_id = %(org)s and a.permission_set_id = %(set)s order by lower(u.name), u.id limit %(most)s""",
        {"set": set_id, "most": most},
        into=Person,
    )


async def assignments(tx: Tx) -> list[tuple[int, int]]:
    """Who has which permission set: the person and the set."""
    return [
        (user_id, set_id)
        for user_id, set_id in await tx.tuples(
            """select user_id, permission_set_id from permission_assignment
               where org_id = %(org)s order by user_id, permission_set_id"""
        )
    ]
