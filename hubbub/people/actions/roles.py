"""The role tree, kept also as a closure: every role with each role above it."""

from hubbub.core import events
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.ids import Type
from hubbub.people.access import Actor, require_admin
from hubbub.people.actions.permissions import raise_version

LONGEST_NAME = 80


async def add_role(tx: Tx, actor: Actor | None, name: str, parent_id: int | None = None) -> int:
    """Add a role under another, or at the top; tells its id."""
    require_admin(actor)
    _check_name(name)
    await raise_version(tx)
    if parent_id is not None:
        await _access_role(tx, parent_id)
    role_id = await tx.new_id(Type.ROLE)
    await tx.run(
        "insert into role (org_id, id, name, parent_id) values (%(org)s, %(id)s, %(name)s, %(parent)s)",
        {"id": role_id, "name": name.strip(), "parent": parent_id},
    )
    await tx.run(
        """insert into role_closure (org_id, ancestor, role_id, depth)
           select %(org)s, c.ancestor, %(id)s, c.depth + 1 from role_closure c
           where c.org_id = %(org)s and c.role_id = %(parent)s
           union all select %(org)s, %(id)s, %(id)s, 0""",
        {"id": role_id, "parent": parent_id},
    )
    await events.record(
        tx, actor, "people.role.created", role_id, parent=parent_id, after={"name": name.strip()}
    )
    return role_id


async def move_role(tx: Tx, actor: Actor | None, role_id: int, parent_id: int | None) -> None:
    """Hang a role, with all below it, under another role or at the top."""
    require_admin(actor)
    # The version's row is locked first: two moves at once could make a circle that neither of them sees.
    await raise_version(tx)
    before = await _access_role(tx, role_id)
    if parent_id is not None:
        await _access_role(tx, parent_id)
        if await tx.value(
            """select 1 from role_closure
               where org_id = %(org)s and ancestor = %(role)s and role_id = %(parent)s""",
            {"role": role_id, "parent": parent_id},
        ):
            raise Invalid("CIRCULAR_DEPENDENCY", "A role cannot stand below itself.", fields=["ParentRoleId"])
    moved = {"role": role_id, "parent": parent_id}
    await tx.run(
        "update role set parent_id = %(parent)s where org_id = %(org)s and id = %(role)s",
        moved,
    )
    # Cut what is below (itself included) from all that was above and will not be …
    await tx.run(
        """delete from role_closure c
           where c.org_id = %(org)s
             and c.role_id in (select d.role_id from role_closure d where d.org_id = %(org)s and d.ancestor = %(role)s)
             and c.ancestor in (select a.ancestor from role_closure a
                                where a.org_id = %(org)s and a.role_id = %(role)s and a.depth > 0)
             and not exists (select 1 from role_closure k
                             where k.org_id = %(org)s and k.role_id = %(parent)s and k.ancestor = c.ancestor)""",
        moved,
    )
    # … and hang it under all that is above now.
    await tx.run(
        """insert into role_closure (org_id, ancestor, role_id, depth)
           select %(org)s, a.ancestor, d.role_id, a.depth + d.depth + 1
           from role_closure a cross join role_closure d
           where a.org_id = %(org)s and a.role_id = %(parent)s and d.org_id = %(org)s and d.ancestor = %(role)s
           on conflict (org_id, ancestor, role_id) do update set depth = excluded.depth
           where role_closure.depth <> excluded.depth""",
        moved,
    )
    await events.record(tx, actor, "people.role.moved", role_id, parent=parent_id, before={"parent": before})


async def rename_role(tx: Tx, actor: Actor | None, role_id: int, name: str) -> None:
    """Call a role otherwise; who has it, and what stands below it, stays."""
    require_admin(actor)
    _check_name(name)
    before = await tx.value(
        "select name from role where org_id = %(org)s and id = %(id)s for update", {"id": role_id}
    )
    if before is None:
        raise NotFound()
    await tx.run(
        "update role set name = %(name)s where org_id = %(org)s and id = %(id)s",
        {"id": role_id, "name": name.strip()},
    )
    await events.record(
        tx, actor, "people.role.renamed", role_id, before={"name": before}, after={"name": name.strip()}
    )


async def delete_role(tx: Tx, actor: Actor | None, role_id: int) -> None:
    """Delete a role that nobody has, below which none stands and which is in no group."""
    require_admin(actor)
    # First: who gives the role to somebody, or hangs another below it, waits for this act, and then does not find it.
    await raise_version(tx)
    name = await tx.value("select name from role where org_id = %(org)s and id = %(id)s", {"id": role_id})
    parent_id = await _access_role(tx, role_id)
    await tx.run("delete from role_closure where org_id = %(org)s and role_id = %(id)s", {"id": role_id})
    await tx.run("delete from role where org_id = %(org)s and id = %(id)s", {"id": role_id})
    await events.record(tx, actor, "people.role.deleted", role_id, parent=parent_id, before={"name": name})


async def give_role(tx: Tx, actor: Actor | None, user_id: int, role_id: int | None) -> None:
    """Give a person a role, or none."""
    require_admin(actor)
    await raise_version(tx)
    if role_id is not None:
        await _access_role(tx, role_id)
    changed = await tx.run(
        """update app_user set role_id = %(role)s, version = version + 1, modified_at = now()
           where org_id = %(org)s and id = %(user)s""",
        {"role": role_id, "user": user_id},
    )
    if not changed:
        raise NotFound()
    await events.record(tx, actor, "people.user.role_given", user_id, parent=role_id)


async def _access_role(tx: Tx, role_id: int) -> int | None:
    """The role's parent; raises NotFound."""
    found = await tx.tuples(
        "select parent_id from role where org_id = %(org)s and id = %(id)s", {"id": role_id}
    )
    if not found:
        raise NotFound()
    return found[0][0]


def _check_name(name: str) -> None:
    if not 1 <= len(name.strip()) <= LONGEST_NAME:
        raise Invalid(
            "STRING_TOO_LONG", "A role's name has 1 to {most} characters.", fields=["Name"], most=LONGEST_NAME
        )
