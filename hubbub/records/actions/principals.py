"""What becomes of roles, groups and queues that records hang on: nothing goes while something refers to it."""

from hubbub import objects, people
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid
from hubbub.core.ids import NUMBER_BITS, Type, type_of
from hubbub.core.languages import Text

_TO_BELOW = (Type.ROLE_AND_BELOW - Type.ROLE) << NUMBER_BITS
COUNTED_USES = 1000  # further than this it is not counted how much hangs on something


async def add_queue_object(tx: Tx, actor: people.Actor, queue_id: int, object_name: str) -> int:
    """Let a queue own records of an object; tells the id of that. Salesforce's QueueSobject."""
    people.require_admin(actor)
    object = (await objects.catalog(tx)).object(object_name)
    if not object.owned:
        raise Invalid(
            "INVALID_INPUT",
            "{plural:_} have no owner: no queue can own them.",
            fields=["SobjectType"],
            plural=object.plural,
        )
    return await people.add_queue_object(tx, actor, queue_id, object.code)


async def remove_queue_object(tx: Tx, actor: people.Actor, queue_id: int, object_name: str) -> None:
    """Let a queue get no more records of an object; raises DEPENDENCY_EXISTS while it owns some."""
    object = (await objects.catalog(tx)).object(object_name)
    name = await people.lock_group(tx, actor, queue_id)
    await _refuse_owner(tx, queue_id, name, object.code)
    await people.remove_queue_object(tx, actor, queue_id, object.code)


async def delete_group(tx: Tx, actor: people.Actor, group_id: int) -> None:
    """Delete a group or a queue: what was shared with it reaches nobody by it any more. Raises DEPENDENCY_EXISTS for a
    queue that owns records, also in the recycle bin: they would be nobody's."""
    name = await people.lock_group(tx, actor, group_id)
    if type_of(group_id) == Type.QUEUE:
        await _refuse_owner(tx, group_id, name, None)
    await people.delete_group(tx, actor, group_id)


async def delete_role(tx: Tx, actor: people.Actor, role_id: int) -> None:
    """Delete a role that nothing refers to any more; raises DEPENDENCY_EXISTS and says what does: people, roles below it,
    groups, sharing rules, shares."""
    people.require_admin(actor)
    # The version's row is locked first: who adds a person, a role or a rule waits for this act.
    await people.raise_version(tx)
    uses = await people.role_uses(tx, role_id)
    same = {"role": role_id, "below": role_id + _TO_BELOW}
    rules = await tx.values(
        """select name from sharing_rule where org_id = %(org)s
           and (source_id in (%(role)s, %(below)s) or target_id in (%(role)s, %(below)s)) order by name""",
        same,
    )
    if rules:
        uses.append(Text("sharing rules: {names}", names=people.listed(rules)))
    shares = await tx.value(
        f"""select count(*) from (select 1 from record_share
            where org_id = %(org)s and principal_id in (%(role)s, %(below)s) limit {COUNTED_USES + 1}) counted""",
        same,
    )
    if shares:
        uses.append(Text("shares of records: {count}", count=_many(shares)))
    if uses:
        raise Invalid("DEPENDENCY_EXISTS", "This role is in use by {uses}.", uses=uses)
    await people.delete_role(tx, actor, role_id)


async def _refuse_owner(tx: Tx, queue_id: int, name: str, code: int | None) -> None:
    owned = await tx.value(
        f"""select count(*) from (select 1 from record where org_id = %(org)s and owner_id = %(queue)s and not purged
            and object = any(%(objects)s::int[]) limit {COUNTED_USES + 1}) counted""",
        {
            "queue": queue_id,
            "objects": [each.code for each in (await objects.catalog(tx)).objects]
            if code is None
            else [code],
        },
    )
    if owned:
        raise Invalid(
            "DEPENDENCY_EXISTS",
            "{name} owns {owned} records, those in the recycle bin included: give them to somebody first."
            if owned > 1
            else "{name} owns {owned} record, those in the recycle bin included: give them to somebody first.",
            name=name,
            owned=_many(owned),
        )


def _many(count: int) -> Text | int:
    return Text("more than {count}", count=COUNTED_USES) if count > COUNTED_USES else count
