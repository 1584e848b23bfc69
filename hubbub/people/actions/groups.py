"""Public groups and queues: principals that are made of people, roles and other groups."""

from hubbub.core import events
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.ids import NUMBER_BITS, Type, type_of
from hubbub.people.access import Actor, require_admin
from hubbub.people.actions.permissions import raise_version

LONGEST_NAME = 80
_TO_BELOW = (Type.ROLE_AND_BELOW - Type.ROLE) << NUMBER_BITS


async def add_group(
    tx: Tx, actor: Actor | None, name: str, *, queue: bool = False, hierarchy: bool = True
) -> int:
    """Add a public group or a queue without members; tells its id. With `hierarchy`, those above a member see as well
    what is shared with it. Salesforce's Group."""
    require_admin(actor)
    name = _checked(name)
    kind = "queue" if queue else "group"
    await raise_version(tx)
    await _check_free(tx, kind, name)
    group_id = await tx.new_id(Type.QUEUE if queue else Type.GROUP)
    await tx.run(
        """insert into app_group (org_id, id, kind, name, hierarchy)
           values (%(org)s, %(id)s, %(kind)s, %(name)s, %(hierarchy)s)""",
        {"id": group_id, "kind": kind, "name": name, "hierarchy": hierarchy},
    )
    await events.record(
        tx,
        actor,
        "people.group.created",
        group_id,
        after={"name": name, "kind": kind, "hierarchy": hierarchy},
    )
    return group_id


async def edit_group(
    tx: Tx, actor: Actor | None, group_id: int, *, name: str | None = None, hierarchy: bool | None = None
) -> None:
    """Call a group otherwise, or let (or no longer let) those above its members see what is shared with it."""
    require_admin(actor)
    await raise_version(tx)
    kind, old_name, old_hierarchy = await _access_group(tx, group_id)
    new_name = old_name if name is None else _checked(name)
    new_hierarchy = old_hierarchy if hierarchy is None else hierarchy
    if new_name != old_name:
        await _check_free(tx, kind, new_name)
    await tx.run(
        "update app_group set name = %(name)s, hierarchy = %(hierarchy)s where org_id = %(org)s and id = %(id)s",
        {"id": group_id, "name": new_name, "hierarchy": new_hierarchy},
    )
    await events.record(
        tx,
        actor,
        "people.group.changed",
        group_id,
        before={"name": old_name, "hierarchy": old_hierarchy},
        after={"name": new_name, "hierarchy": new_hierarchy},
    )


async def lock_group(tx: Tx, actor: Actor | None, group_id: int) -> str:
    """Keep records from coming to a queue until this act ends: it is to be deleted, or to serve fewer objects."""
    require_admin(actor)
    await raise_version(tx)
    await tx.run(
        "select 1 from app_group where org_id = %(org)s and id = %(id)s for update", {"id": group_id}
    )
    return (await _access_group(tx, group_id))[1]


async def delete_group(tx: Tx, actor: Actor | None, group_id: int) -> None:
    """Delete a group that owns nothing: what was shared with it reaches nobody by it any more."""
    name = await lock_group(tx, actor, group_id)
    await tx.run("delete from queue_object where org_id = %(org)s and queue_id = %(id)s", {"id": group_id})
    await tx.run(
        "delete from group_member where org_id = %(org)s and (group_id = %(id)s or member_id = %(id)s)",
        {"id": group_id},
    )
    await tx.run("delete from app_group where org_id = %(org)s and id = %(id)s", {"id": group_id})
    await events.record(tx, actor, "people.group.deleted", group_id, before={"name": name})


async def add_member(tx: Tx, actor: Actor | None, group_id: int, member_id: int) -> int:
    """Put a person, a role, a role and those below, or a public group into a group; tells the membership's id.

    Raises CIRCULAR_DEPENDENCY where the group would come to be inside itself. Salesforce's GroupMember.
    """
    require_admin(actor)
    # The version's row is locked first: two acts at once could make a circle that neither of them sees.
    await raise_version(tx)
    await _access_group(tx, group_id)
    await _check_member(tx, group_id, member_id)
    known = await tx.value(
        "select id from group_member where org_id = %(org)s and group_id = %(group)s and member_id = %(member)s",
        {"group": group_id, "member": member_id},
    )
    if known is not None:
        return known
    membership_id = await tx.new_id(Type.GROUP_MEMBER)
    await tx.run(
        """insert into group_member (org_id, group_id, member_id, id)
           values (%(org)s, %(group)s, %(member)s, %(id)s)""",
        {"group": group_id, "member": member_id, "id": membership_id},
    )
    await events.record(
        tx, actor, "people.group.member_added", group_id, parent=member_id, after={"member": str(member_id)}
    )
    return membership_id


async def remove_member(tx: Tx, actor: Actor | None, group_id: int, member_id: int) -> None:
    """Take a member out of a group: what reached him by it is gone at once."""
    require_admin(actor)
    await raise_version(tx)
    gone = await tx.run(
        "delete from group_member where org_id = %(org)s and group_id = %(group)s and member_id = %(member)s",
        {"group": group_id, "member": member_id},
    )
    if not gone:
        raise NotFound()
    await events.record(
        tx,
        actor,
        "people.group.member_removed",
        group_id,
        parent=member_id,
        before={"member": str(member_id)},
    )


async def add_queue_object(tx: Tx, actor: Actor | None, queue_id: int, object: int) -> int:
    """Let a queue own records of an object; tells the id of that. Salesforce's QueueSobject."""
    name = await lock_group(tx, actor, queue_id)
    if type_of(queue_id) != Type.QUEUE:
        raise Invalid(
            "FIELD_INTEGRITY_EXCEPTION", "{name} is no queue: it owns nothing.", fields=["QueueId"], name=name
        )
    known = await tx.value(
        "select id from queue_object where org_id = %(org)s and queue_id = %(queue)s and object = %(object)s",
        {"queue": queue_id, "object": object},
    )
    if known is not None:
        return known
    made = await tx.new_id(Type.QUEUE_OBJECT)
    await tx.run(
        "insert into queue_object (org_id, queue_id, object, id) values (%(org)s, %(queue)s, %(object)s, %(id)s)",
        {"queue": queue_id, "object": object, "id": made},
    )
    await events.record(tx, actor, "people.queue.object_added", queue_id, after={"object": object})
    return made


async def remove_queue_object(tx: Tx, actor: Actor | None, queue_id: int, object: int) -> None:
    """Let a queue, which owns no records of the object any more, get none."""
    await lock_group(tx, actor, queue_id)
    gone = await tx.run(
        "delete from queue_object where org_id = %(org)s and queue_id = %(queue)s and object = %(object)s",
        {"queue": queue_id, "object": object},
    )
    if not gone:
        raise NotFound()
    await events.record(tx, actor, "people.queue.object_removed", queue_id, before={"object": object})


async def _access_group(tx: Tx, group_id: int) -> tuple[str, str, bool]:
    found = await tx.tuples(
        "select kind, name, hierarchy from app_group where org_id = %(org)s and id = %(id)s", {"id": group_id}
    )
    if not found:
        raise NotFound()
    return found[0]


async def _check_member(tx: Tx, group_id: int, member_id: int) -> None:
    match type_of(member_id):
        case Type.USER:
            known = "select active from app_user where org_id = %(org)s and id = %(id)s"
        case Type.ROLE | Type.ROLE_AND_BELOW:
            known = "select true from role where org_id = %(org)s and id in (%(id)s, %(id)s - %(below)s)"
        case Type.GROUP:
            known = "select true from app_group where org_id = %(org)s and id = %(id)s"
        case _:
            raise Invalid(
                "FIELD_INTEGRITY_EXCEPTION",
                "A member is a person, a role, a role and those below, or a public group.",
                fields=["UserOrGroupId"],
            )
    active = await tx.value(known, {"id": member_id, "below": _TO_BELOW})
    if active is None:
        raise Invalid(
            "INVALID_CROSS_REFERENCE_KEY", "There is no such member to add.", fields=["UserOrGroupId"]
        )
    if not active:
        raise Invalid("INACTIVE_OWNER_OR_USER", "This person is not active.", fields=["UserOrGroupId"])
    inside = await tx.value(
        """with recursive inside(id) as (
             select %(member)s::bigint
             union select g.member_id from inside i
               join group_member g on g.org_id = %(org)s and g.group_id = i.id)
           select 1 from inside where id = %(group)s""",
        {"member": member_id, "group": group_id},
    )
    if inside:
        raise Invalid("CIRCULAR_DEPENDENCY", "A group cannot stand inside itself.", fields=["UserOrGroupId"])


async def _check_free(tx: Tx, kind: str, name: str) -> None:
    if await tx.value(
        "select 1 from app_group where org_id = %(org)s and kind = %(kind)s and name = %(name)s",
        {"kind": kind, "name": name},
    ):
        raise Invalid(
            "DUPLICATE_DEVELOPER_NAME",
            "There is a queue of this name already."
            if kind == "queue"
            else "There is a group of this name already.",
            fields=["Name"],
        )


def _checked(name: str) -> str:
    name = name.strip()
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise Invalid(
            "STRING_TOO_LONG", "A name has 1 to {most} characters.", fields=["Name"], most=LONGEST_NAME
        )
    return name
