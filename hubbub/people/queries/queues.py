"""Queues as owners of records, and what refers to a role."""

from collections.abc import Collection

import msgspec

from hubbub.core.db import Tx
from hubbub.core.ids import NUMBER_BITS, Type
from hubbub.core.languages import Text, mark

_TO_BELOW = (Type.ROLE_AND_BELOW - Type.ROLE) << NUMBER_BITS
_MOST_NAMED = 5  # in a sentence that says who refers to something


class QueueObject(msgspec.Struct, frozen=True):
    """That a queue may own records of an object. Salesforce's QueueSobject."""

    id: int
    queue_id: int
    object: int


async def queue_objects(tx: Tx, queue_id: int | None = None) -> list[QueueObject]:
    """Of which objects a queue, or each of all, may own records."""
    return await tx.rows(
        """select id, queue_id, object from queue_object
           where org_id = %(org)s and (%(queue)s::bigint is null or queue_id = %(queue)s) order by queue_id, object""",
        {"queue": queue_id},
        into=QueueObject,
    )


async def queues_for(tx: Tx, object: int, queue_ids: Collection[int]) -> set[int]:
    """Those of the queues that may own records of the object, kept so until this act ends."""
    return set(
        await tx.values(
            """select q.queue_id from queue_object q join app_group a on a.org_id = %(org)s and a.id = q.queue_id
               where q.org_id = %(org)s and q.object = %(object)s and q.queue_id = any(%(ids)s::bigint[])
               for key share of q, a""",
            {"object": object, "ids": list(queue_ids)},
        )
    )


async def queue_names(tx: Tx, queue_ids: Collection[int]) -> dict[int, str]:
    """What queues are called, for who sees a record that belongs to them."""
    return dict(
        await tx.tuples(
            "select id, name from app_group where org_id = %(org)s and id = any(%(ids)s::bigint[])",
            {"ids": list(queue_ids)},
        )
    )


async def queue_named(tx: Tx, object: int, name: str) -> int | None:
    """The queue of that name, in any case, that may own records of the object."""
    found = await tx.values(
        """select a.id from app_group a join queue_object q on q.org_id = %(org)s and q.queue_id = a.id
           where a.org_id = %(org)s and q.object = %(object)s and lower(a.name) = lower(%(name)s) limit 2""",
        {"object": object, "name": name},
    )
    return found[0] if len(found) == 1 else None


_USES = {
    "people": mark("people: {names}"),
    "roles below it": mark("roles below it: {names}"),
    "groups": mark("groups: {names}"),
}


async def role_uses(tx: Tx, role_id: int) -> list[Text]:
    """What of people, roles and groups refers to a role, in words."""
    found = await tx.tuples(
        """select 'people', name from app_user where org_id = %(org)s and role_id = %(role)s
           union all select 'roles below it', name from role where org_id = %(org)s and parent_id = %(role)s
           union all select 'groups', a.name from group_member g
             join app_group a on a.org_id = %(org)s and a.id = g.group_id
             where g.org_id = %(org)s and g.member_id in (%(role)s, %(role)s + %(below)s)
           order by 1, 2""",
        {"role": role_id, "below": _TO_BELOW},
    )
    names: dict[str, list[str]] = {}
    for kind, name in found:
        names.setdefault(kind, []).append(name)
    return [Text(_USES[kind], names=listed(several)) for kind, several in sorted(names.items())]


def listed(names: list[str]) -> Text | str:
    """Some names in a sentence, of many the first."""
    more = len(names) - _MOST_NAMED
    shown = ", ".join(names[:_MOST_NAMED])
    return Text("{names} and {more} more", names=shown, more=more) if more > 0 else shown
