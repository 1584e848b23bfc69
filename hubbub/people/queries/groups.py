"""Groups, and by which way somebody is a principal."""

from collections import deque

import msgspec

from hubbub.core.db import Tx
from hubbub.core.ids import NUMBER_BITS, Type
from hubbub.people.access import EVERYONE

_TO_BELOW = (Type.ROLE_AND_BELOW - Type.ROLE) << NUMBER_BITS


class Group(msgspec.Struct, frozen=True):
    """A public group or a queue."""

    id: int
    kind: str  # group or queue
    name: str
    hierarchy: bool
    members: int


class Member(msgspec.Struct, frozen=True):
    """What belongs to a group: a person, a role, a role and those below, another group."""

    id: int
    group_id: int
    member_id: int


class Standing(msgspec.Struct, frozen=True):
    """How somebody comes to be a principal, or to stand above it."""

    path: tuple[int, ...]  # what leads there, the principal itself last
    above: bool  # he stands above it in the role tree: what is shared with it reaches him too


async def groups(tx: Tx) -> list[Group]:
    """All public groups and queues, in the order of their names."""
    return await tx.rows(
        """select a.id, a.kind, a.name, a.hierarchy,
                  (select count(*) from group_member g where g.org_id = %(org)s and g.group_id = a.id)
           from app_group a where a.org_id = %(org)s order by lower(a.name), a.id""",
        into=Group,
    )


async def group_members(tx: Tx, group_id: int) -> list[Member]:
    """What stands in a group itself; what its inner groups hold is not told."""
    return await tx.rows(
        """select id, group_id, member_id from group_member
           where org_id = %(org)s and group_id = %(group)s order by member_id""",
        {"group": group_id},
        into=Member,
    )


async def role_tree(tx: Tx) -> list[tuple[int, str, int | None]]:
    """Every role: id, name, the role above it; in the order of names."""
    return [
        (id, name, parent)
        for id, name, parent in await tx.tuples(
            "select id, name, parent_id from role where org_id = %(org)s order by lower(name), id"
        )
    ]


async def principal_names(tx: Tx, principal_ids: set[int]) -> dict[int, str]:
    """What principals are called, for those who administrate: a role with those below it as the role. Everyone inside has no
    name of its own."""
    found = await tx.tuples(
        """select id, name from app_user where org_id = %(org)s and id = any(%(ids)s)
           union all select id, name from role where org_id = %(org)s and id = any(%(ids)s)
           union all select id + %(below)s, name from role
             where org_id = %(org)s and id + %(below)s = any(%(ids)s)
           union all select id, name from app_group where org_id = %(org)s and id = any(%(ids)s)""",
        {"ids": list(principal_ids), "below": _TO_BELOW},
    )
    return dict(found)


async def standing(tx: Tx, user_id: int) -> dict[int, Standing]:
    """Every principal that somebody is or stands above, with the shortest way there; he need not be active."""
    found = await tx.tuples(
        "select role_id, guest from app_user where org_id = %(org)s and id = %(user)s", {"user": user_id}
    )
    if not found:
        return {}
    role_id, guest = found[0]
    his: dict[int, tuple[int, ...]] = {user_id: (user_id,)}
    theirs: dict[int, tuple[int, ...]] = {}
    if not guest:
        his[EVERYONE] = (user_id, EVERYONE)
    if role_id is not None:
        his[role_id] = (user_id, role_id)
        for (above,) in await tx.tuples(
            "select ancestor from role_closure where org_id = %(org)s and role_id = %(role)s order by depth",
            {"role": role_id},
        ):
            his[above + _TO_BELOW] = (user_id, role_id, above + _TO_BELOW)
        for below, person in await tx.tuples(
            """select c.role_id, u.id from role_closure c
               left join app_user u on u.org_id = %(org)s and u.role_id = c.role_id
               where c.org_id = %(org)s and c.ancestor = %(role)s and c.depth > 0""",
            {"role": role_id},
        ):
            theirs[below] = (user_id, role_id, below)
            theirs[below + _TO_BELOW] = (user_id, role_id, below + _TO_BELOW)
            if person is not None:
                theirs[person] = (user_id, role_id, below, person)
    edges: dict[int, list[tuple[int, bool]]] = {}
    for group, member, hierarchy in await tx.tuples(
        """with recursive around(id) as (
             select unnest(%(starts)s::bigint[])
             union select g.group_id from around a
               join group_member g on g.org_id = %(org)s and g.member_id = a.id)
           select g.group_id, g.member_id, a.hierarchy from around r
           join group_member g on g.org_id = %(org)s and g.member_id = r.id
           join app_group a on a.org_id = %(org)s and a.id = g.group_id""",
        {"starts": [*his, *theirs]},
    ):
        edges.setdefault(member, []).append((group, hierarchy))
    _climb(his, edges, all_groups=True)
    _climb(theirs, edges, all_groups=False)
    return {id: Standing(path, True) for id, path in theirs.items()} | {
        id: Standing(path, False) for id, path in his.items()
    }


def _climb(
    reached: dict[int, tuple[int, ...]], edges: dict[int, list[tuple[int, bool]]], *, all_groups: bool
) -> None:
    """Add the groups that hold what is reached; those above somebody get no further than `hierarchy` lets them."""
    waiting = deque(reached)
    while waiting:
        member = waiting.popleft()
        for group, hierarchy in edges.get(member, ()):
            if group not in reached and (all_groups or hierarchy):
                reached[group] = (*reached[member], group)
                waiting.append(group)


class Grants(msgspec.Struct, frozen=True):
    """What one permission set gives somebody, of an object and of a field."""

    name: str
    abilities: list[str]
    read: bool
    create: bool
    edit: bool
    delete: bool
    view_all: bool
    modify_all: bool
    fields: list[int]  # those of the fields asked for that he may read by it
    edits: list[int]


async def grants(tx: Tx, user_id: int, object: int, field_ids: list[int]) -> list[Grants]:
    """What each of somebody's permission sets says of an object and of fields."""
    return await tx.rows(
        """select s.name, s.abilities, coalesce(o.can_read, false), coalesce(o.can_create, false),
                  coalesce(o.can_edit, false), coalesce(o.can_delete, false), coalesce(o.can_view_all, false),
                  coalesce(o.can_modify_all, false),
                  array(select f.field_id from field_permission f where f.org_id = %(org)s
                        and f.permission_set_id = s.id and f.field_id = any(%(fields)s::bigint[])),
                  array(select f.field_id from field_permission f where f.org_id = %(org)s
                        and f.permission_set_id = s.id and f.field_id = any(%(fields)s::bigint[]) and f.can_edit)
           from permission_assignment a
           join permission_set s on s.org_id = %(org)s and s.id = a.permission_set_id
           left join object_permission o on o.org_id = %(org)s and o.permission_set_id = s.id and o.object = %(object)s
           where a.org_id = %(org)s and a.user_id = %(user)s order by s.name""",
        {"user": user_id, "object": object, "fields": field_ids},
        into=Grants,
    )
