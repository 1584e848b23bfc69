"""Why somebody sees a record, may edit it, or does not: every reason for and against."""

import msgspec

from hubbub import people
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import NotFound
from hubbub.core.ids import Type
from hubbub.core.languages import mark
from hubbub.objects import Catalog, Object
from hubbub.records.access import EDIT, READ, access_record, sight, viewer
from hubbub.records.access.seeing import needs

# What lets somebody do with a record as its owner does.
_OWNING = ("owner", "above owner", "queue", "above queue", "modify all", people.MODIFY_ALL_DATA)


class Reason(msgspec.Struct, frozen=True):
    """One thing that lets somebody read (level 1) or edit (2), or, with level 0, that is in his way.

    `cause`: for it ViewAllData, ModifyAllData, view all, modify all, default, owner, above owner, queue (it
    belongs to one that he is in), above queue (he stands above somebody in it), manual, team, rule,
    parent (as the record above it is seen), child (one below it is seen), account (it is his or shared to be edited),
    about (what the activity is about is seen), field; against it inactive, object permission, field permission, private.
    """

    cause: str
    level: int
    # The principal that is shared with, and how he is it: person, role, groups; `above`: by standing above it.
    principal_id: int | None = None
    path: tuple[int, ...] = ()
    above: bool = False
    rule_id: int | None = None
    # The permission set that says so.
    permission_set: str | None = None
    # The record whose sight implies this one's, and why that is seen.
    via: int | None = None
    because: str | None = None


class Explanation(msgspec.Struct, frozen=True):
    """What somebody may do with a record, or with one field of it, and why. Salesforce's UserRecordAccess, with reasons."""

    user_id: int
    record_id: int
    field: str | None
    reads: bool
    edits: bool
    deletes: bool
    shares: bool  # and gives it to somebody else
    level: int  # the most that sharing allows, before rights to the object and the field: 0, 1 or 2
    reasons: list[Reason]


class _Facts(msgspec.Struct):
    """What is asked once: the person, what he is, and what his permission sets grant on objects."""

    catalog: Catalog
    person: people.Person
    standing: dict[int, people.Standing]
    grants: dict[int, list[people.Grants]]

    def may(self, object: Object, right: str) -> bool:
        return any(getattr(each, right) for each in self.grants[object.code])


async def explain(
    tx: Tx, actor: people.Actor, user_id: int, record_id: int, field: str | None = None
) -> Explanation:
    """Tell an administrator, or the person himself, what the person may do with a record that the asker sees, or with a
    field of it, and every reason; raises NotFound for what the asker does not see."""
    if user_id != actor.user_id:
        people.require_admin(actor)
    await access_record(tx, actor, record_id)
    him = await viewer(tx, actor)
    catalog = him.catalog
    object = catalog.of(record_id)
    asked = None if field is None else him.field(object, field)
    person = (await people.cards(tx, {user_id})).get(user_id)
    if person is None:
        raise NotFound()
    wanted = set() if asked is None else needs(object, asked)
    facts = _Facts(
        catalog,
        person,
        await people.standing(tx, user_id),
        {each.code: await people.grants(tx, user_id, each.code, list(wanted)) for each in catalog.objects},
    )
    reasons = await _sharing(tx, facts, object, record_id)
    level = max((each.level for each in reasons), default=0)
    owns = any((each.because if each.cause == "parent" else each.cause) in _OWNING for each in reasons)
    if not level:
        reasons.append(Reason("private", 0))
    if not person.active:
        reasons.append(Reason("inactive", 0))
    reads = person.active and level >= READ and facts.may(object, "read")
    edits = reads and level >= EDIT and facts.may(object, "edit")
    for right in (mark("read"), mark("edit"), mark("delete")):
        if not facts.may(object, right):
            reasons.append(Reason("object permission", 0, because=right))
    owns = reads and (owns or not object.owned)
    deletes = owns and facts.may(object, "delete")
    shares = owns and facts.may(object, "edit")
    if asked is not None:
        sets = facts.grants[object.code]
        granted = {id for each in sets for id in each.fields}
        reasons += [Reason("field", READ, permission_set=each.name) for each in sets if each.fields]
        if not wanted <= granted:
            reasons.append(Reason("field permission", 0, because="read"))
            reads = edits = False
        elif not asked.writable or (
            asked.permissionable and not any(asked.id in each.edits for each in sets)
        ):
            reasons.append(Reason("field permission", 0, because="edit"))
            edits = False
    return Explanation(
        user_id=user_id,
        record_id=record_id,
        field=None if asked is None else asked.name,
        reads=reads,
        edits=edits,
        deletes=deletes,
        shares=shares,
        level=level,
        reasons=reasons,
    )


async def _sharing(tx: Tx, facts: _Facts, object: Object, record_id: int) -> list[Reason]:
    """All that lets him read or edit the record, whatever his rights to the object are."""
    reasons = [
        Reason(ability, EDIT if ability == people.MODIFY_ALL_DATA else READ, permission_set=each.name)
        for each in facts.grants[object.code]
        for ability in each.abilities
        if ability in (people.VIEW_ALL_DATA, people.MODIFY_ALL_DATA)
    ]
    for each in facts.grants[object.code]:
        if each.view_all:
            reasons.append(Reason("view all", READ, permission_set=each.name))
        if each.modify_all:
            reasons.append(Reason("modify all", EDIT, permission_set=each.name))
    if not facts.person.guest and object.access in ("Read", "ReadWrite"):
        reasons.append(Reason("default", EDIT if object.access == "ReadWrite" else READ))
    ((owner_id, parent_id),) = await tx.tuples(
        "select owner_id, parent_id from record where org_id = %(org)s and id = %(id)s", {"id": record_id}
    )
    if object.controlled and object.parent and parent_id is not None:
        parent = facts.catalog.object(object.parent)
        if facts.may(parent, "read"):
            reasons += [
                Reason("parent", each.level, each.principal_id, each.path, each.above, each.rule_id,
                       each.permission_set, via=parent_id, because=each.cause)
                for each in await _sharing(tx, facts, parent, parent_id)
            ]  # fmt: skip
        return reasons
    reasons += await _granted(tx, facts, object, record_id, owner_id)
    if facts.person.guest:
        return reasons
    if object.name in sight.ACTIVITIES:
        reasons += await _by_what_it_is_about(tx, facts, object, record_id)
    if object.name == sight.IMPLYING:
        for child in facts.catalog.objects:
            if child.parent == sight.IMPLYING and not child.controlled and facts.may(child, "read"):
                reasons += await _implied_by_children(tx, facts, child, record_id)
    elif object.parent == sight.IMPLYING and not object.controlled and parent_id is not None:
        parent = facts.catalog.object(sight.IMPLYING)
        if facts.may(parent, "read"):
            owners = await tx.values(
                "select owner_id from record where org_id = %(org)s and id = %(id)s", {"id": parent_id}
            )
            reasons += [
                Reason("account", READ, each.principal_id, each.path, each.above, each.rule_id,
                       via=parent_id, because=each.cause)
                for each in await _granted(tx, facts, parent, parent_id, owners[0])
                if each.level >= EDIT
            ]  # fmt: skip
    return reasons


async def _implied_by_children(tx: Tx, facts: _Facts, child: Object, account_id: int) -> list[Reason]:
    reasons = []
    for child_id, owner_id in await tx.tuples(
        """select id, owner_id from record where org_id = %(org)s and parent_id = %(account)s and object = %(object)s
           and deleted_at is null order by id limit 1000""",
        {"account": account_id, "object": child.code},
    ):
        reasons += [
            Reason("child", READ, each.principal_id, each.path, each.above, each.rule_id,
                   via=child_id, because=each.cause)
            for each in await _granted(tx, facts, child, child_id, owner_id)
        ]  # fmt: skip
    return reasons


async def _by_what_it_is_about(tx: Tx, facts: _Facts, object: Object, record_id: int) -> list[Reason]:
    reasons = []
    for target_id, code in await tx.tuples(
        f"""select t.id, t.object from record r join record t on t.org_id = %(org)s and t.id = {sight.about(object, "r")}
            and t.deleted_at is null where r.org_id = %(org)s and r.id = %(id)s""",
        {"id": record_id},
    ):
        target = facts.catalog.codes[code]
        if facts.may(target, "read"):
            reasons += [
                Reason("about", READ, each.principal_id, each.path, each.above, each.rule_id,
                       each.permission_set, via=target_id, because=each.cause)
                for each in await _sharing(tx, facts, target, target_id)
            ]  # fmt: skip
    return reasons


async def _granted(tx: Tx, facts: _Facts, object: Object, record_id: int, owner_id: int) -> list[Reason]:
    """What ownership, shares and rules grant."""
    reasons = []
    his = facts.standing
    if owner_id in his:
        way = his[owner_id]
        owner = "queue" if ids.type_of(owner_id) == Type.QUEUE else "owner"
        reasons.append(Reason(f"above {owner}" if way.above else owner, EDIT, owner_id, way.path, way.above))
    for principal, level, cause, target in await tx.tuples(
        """select s.principal_id, s.level, s.cause, t.target_id from record_share s
           left join sharing_rule t on t.org_id = %(org)s and t.id = s.principal_id and t.kind = 'criteria'
           where s.org_id = %(org)s and s.record_id = %(id)s order by s.principal_id, s.cause""",
        {"id": record_id},
    ):
        by_rule = ids.type_of(principal) == Type.RULE
        shared_with = target if by_rule else principal
        if shared_with in his:
            way = his[shared_with]
            reasons.append(
                Reason(cause, level, shared_with, way.path, way.above, principal if by_rule else None)
            )
    rules = [
        rule
        for rule in await tx.tuples(
            """select id, source_id, target_id, level from sharing_rule
               where org_id = %(org)s and object = %(object)s and kind = 'owner' order by id""",
            {"object": object.code},
        )
        if rule[2] in his
    ]
    if rules:
        # What a queue owns is shared from the queue itself, and what its members own is not.
        belongs = {owner_id} | {
            id
            for id, way in (await people.standing(tx, owner_id)).items()
            if not way.above and ids.type_of(id) != Type.QUEUE
        }
        for rule_id, source, target, level in rules:
            if source in belongs:
                way = his[target]
                reasons.append(Reason("rule", level, target, way.path, way.above, rule_id))
    return reasons
