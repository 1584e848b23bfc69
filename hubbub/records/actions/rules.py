"""Sharing rules: what people of one principal own, or records that fit criteria, shared with another principal."""

import asyncio
from collections.abc import Collection, Sequence
from typing import Any

import msgspec
from psycopg.types.json import Jsonb

from hubbub import people
from hubbub.core import events, ids, jobs
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.ids import NUMBER_BITS, Type
from hubbub.objects import Object, catalog
from hubbub.records.access import READ, criteria, sight, viewer
from hubbub.records.access.criteria import Condition

MOST_RULES, MOST_CRITERIA_RULES = 300, 50  # of one object, as in Salesforce
LONGEST_NAME = 80
FILLED_AT_ONCE = 2_000
COLLECTED_AT_ONCE = 5_000
FILL, COLLECT = "records.fill_rule", "records.collect_rule"
_WAITS_SECONDS = 20.0
_SOURCES = (Type.ROLE, Type.ROLE_AND_BELOW, Type.GROUP, Type.QUEUE)


class _Rule(msgspec.Struct):
    object: int
    name: str
    kind: str
    source_id: int | None
    target_id: int
    level: int
    criteria: list[dict[str, Any]] | None


async def add_rule(
    tx: Tx,
    actor: people.Actor,
    object_name: str,
    name: str,
    *,
    target_id: int,
    level: int = READ,
    source_id: int | None = None,
    conditions: Sequence[Condition] | None = None,
) -> int:
    """Share with a principal, to read (1) or edit (2), what the people of `source_id` own, or the records that fit all
    the conditions; tells the rule's id.

    What an owner rule shares is shared at once; records that fit conditions are found by a job, whose progress
    `rules` tells. Salesforce's sharing rules.
    """
    people.require_admin(actor)
    await people.raise_version(tx)
    him = await viewer(tx, actor)
    object = him.catalog.object(object_name)
    kept = None if conditions is None else criteria.check(him, object, conditions)
    return await _add(
        tx, actor, object, _Rule(object.code, name, _kind(source_id, kept), source_id, target_id, level, kept)
    )


async def edit_rule(
    tx: Tx,
    actor: people.Actor,
    rule_id: int,
    *,
    name: str | None = None,
    target_id: int | None = None,
    level: int | None = None,
    source_id: int | None = None,
    conditions: Sequence[Condition] | None = None,
) -> int:
    """Change a rule; what is not said stays. Tells its id, which is a new one unless only its name changed: what the
    old rule granted is gone at once, and what the new one grants is found anew."""
    people.require_admin(actor)
    await people.raise_version(tx)
    old = await _access_rule(tx, rule_id)
    him = await viewer(tx, actor)
    object = him.catalog.codes[old.object]
    if (source_id is not None and old.kind != "owner") or (conditions is not None and old.kind != "criteria"):
        raise Invalid("INVALID_INPUT", "A rule stays what it is: by owner, or by criteria.")
    new = _Rule(
        old.object,
        old.name if name is None else name,
        old.kind,
        old.source_id if source_id is None else source_id,
        old.target_id if target_id is None else target_id,
        old.level if level is None else level,
        old.criteria if conditions is None else criteria.check(him, object, conditions),
    )
    if new == old:
        return rule_id
    if msgspec.structs.replace(new, name=old.name) == old:
        await tx.run(
            "update sharing_rule set name = %(name)s where org_id = %(org)s and id = %(id)s",
            {"id": rule_id, "name": _checked(new.name)},
        )
        await events.record(
            tx, actor, "records.rule.renamed", rule_id, before={"name": old.name}, after={"name": new.name}
        )
        return rule_id
    await _delete(tx, actor, rule_id, old)
    return await _add(tx, actor, object, new)


async def delete_rule(tx: Tx, actor: people.Actor, rule_id: int) -> None:
    """Delete a rule: nobody sees anything by it from this moment on; the rows that it left are collected by a job."""
    people.require_admin(actor)
    await people.raise_version(tx)
    await _delete(tx, actor, rule_id, await _access_rule(tx, rule_id))


# The rules that a record of %(object)s may fit, for a column list: id, level, criteria of each.
CRITERIA_RULES = """(select jsonb_agg(jsonb_build_array(id::text, level, criteria)) from sharing_rule
    where org_id = %(org)s and object = %(object)s and kind = 'criteria')"""


async def fit_rules(
    tx: Tx,
    actor: people.Actor | None,
    object: Object,
    record_ids: Collection[int],
    *,
    rules: list[list[Any]] | None = None,
    changed: set[int] | None = None,
) -> None:
    """Write anew which rules these records fit, after they were made or, with `changed`, after those fields were.

    The rules are read after the records were written or locked: a rule that is being filled finds what is written here,
    or waits for it. Who changes a record brings the `rules` that he read.
    """
    if changed is None:
        rules = await tx.value(f"select {CRITERIA_RULES}", {"object": object.code})
    rules_by_id = {
        int(id): (level, said)
        for id, level, said in rules or ()
        if changed is None or changed & criteria.field_ids(said)
    }
    if not rules_by_id:
        return
    params: dict[str, Any] = {"ids": list(record_ids), "rules": list(rules_by_id)}
    each = [
        f"""select r.id, {rule_id}::bigint from record r where r.org_id = %(org)s and r.id = any(%(ids)s::bigint[])
            and {criteria.fits(object, said, "r", params, f"c{rule_id}")}"""
        for rule_id, (_, said) in rules_by_id.items()
    ]
    fitting = set(await tx.tuples(" union all ".join(each), params))
    granted: set[tuple[int, int]] = set()
    if changed is not None:
        granted = set(
            await tx.tuples(
                """select record_id, principal_id from record_share where org_id = %(org)s and cause = 'rule'
                   and record_id = any(%(ids)s::bigint[]) and principal_id = any(%(rules)s::bigint[])""",
                params,
            )
        )
    for record_id, rule_id in sorted(granted - fitting):
        await tx.run(
            """delete from record_share where org_id = %(org)s and record_id = %(record)s and principal_id = %(rule)s
               and cause = 'rule'""",
            {"record": record_id, "rule": rule_id},
        )
        await events.record(tx, actor, "records.share.deleted", record_id, before={"principal": str(rule_id)})
    new = sorted(fitting - granted)
    if new:
        await tx.run(
            """insert into record_share (org_id, record_id, principal_id, level, cause)
               select %(org)s, s.record, s.rule, s.level, 'rule'
               from unnest(%(records)s::bigint[], %(rules)s::bigint[], %(levels)s::smallint[]) s(record, rule, level)
               on conflict (org_id, record_id, principal_id, cause) do nothing""",
            {
                "records": [record for record, _ in new],
                "rules": [rule for _, rule in new],
                "levels": [rules_by_id[rule][0] for _, rule in new],
            },
        )


async def fill_rule(tx: Tx, rule_id: int) -> None:
    """Find the next records that fit a rule, and leave the rest to another job."""
    fence = await tx.value(
        # The lesser: a fence from before a restore may be of a server that had counted further than this one.
        """select least(fence::xid8, pg_snapshot_xmax(pg_current_snapshot()))::text from sharing_rule
           where org_id = %(org)s and id = %(id)s and filled_at is null""",
        {"id": rule_id},
    )
    if fence is None:
        return
    ended = await _wait_for(tx, fence)
    # Locked: deleting the rule waits until what is written here can be collected.
    found = await tx.tuples(
        """select object, level, criteria, filled_to, total from sharing_rule
           where org_id = %(org)s and id = %(id)s and filled_at is null for update""",
        {"id": rule_id},
    )
    if not found:
        return
    code, level, said, filled_to, total = found[0]
    object = (await catalog(tx)).codes[code]
    if total is None:
        total = await tx.value(
            "select count(*) from record where org_id = %(org)s and object = %(object)s", {"object": code}
        )
    batch: list[int] = []
    if ended:
        # Locked before they are looked at: who changes one meanwhile is waited for, or finds this rule's row.
        batch = await tx.values(
            """select r.id from record r where r.org_id = %(org)s and r.id > %(after)s and r.id < %(end)s
               order by r.id limit %(most)s for no key update""",
            {
                "after": filled_to or code << NUMBER_BITS,
                "end": code + 1 << NUMBER_BITS,
                "most": FILLED_AT_ONCE,
            },
        )
        params: dict[str, Any] = {"ids": batch, "rule": rule_id, "level": level}
        await tx.run(
            f"""insert into record_share (org_id, record_id, principal_id, level, cause)
                select %(org)s, r.id, %(rule)s, %(level)s, 'rule' from record r
                where r.org_id = %(org)s and r.id = any(%(ids)s::bigint[]) and {criteria.fits(object, said, "r", params, "c")}
                on conflict (org_id, record_id, principal_id, cause) do nothing""",
            params,
        )
    done = ended and len(batch) < FILLED_AT_ONCE
    await tx.run(
        """update sharing_rule set fence = %(fence)s, total = greatest(%(total)s, filled + %(more)s),
                  filled = filled + %(more)s, filled_to = %(to)s, filled_at = case when %(done)s then now() end
           where org_id = %(org)s and id = %(id)s""",
        {
            "id": rule_id,
            "fence": fence,
            "total": total,
            "more": len(batch),
            "to": batch[-1] if batch else filled_to,
            "done": done,
        },
    )
    if not done:
        await jobs.defer(tx, FILL, rule_id=rule_id)


async def collect_rule(tx: Tx, rule_id: int) -> None:
    """Remove what a deleted rule left, a part at a time. Nobody has seen anything by it since it was deleted."""
    gone = await tx.run(
        """delete from record_share s where s.org_id = %(org)s and s.principal_id = %(rule)s and s.record_id = any(array(
             select k.record_id from record_share k where k.org_id = %(org)s and k.principal_id = %(rule)s limit %(most)s))""",
        {"rule": rule_id, "most": COLLECTED_AT_ONCE},
    )
    if gone == COLLECTED_AT_ONCE:
        await jobs.defer(tx, COLLECT, rule_id=rule_id)


# --- the steps -----------------------------------------------------------------------------------------------------


async def _wait_for(tx: Tx, fence: str) -> bool:
    """Whether all acts have ended that were going on when the rule was first filled: they may have made records without
    knowing of it."""
    waited = 0.0
    while not await tx.value(
        "select pg_snapshot_xmin(pg_current_snapshot()) >= %(fence)s::text::xid8", {"fence": fence}
    ):
        if waited >= _WAITS_SECONDS:
            return False
        await asyncio.sleep(0.05)
        waited += 0.05
    return True


async def _add(tx: Tx, actor: people.Actor, object: Object, rule: _Rule) -> int:
    if not object.owned or object.controlled:
        raise Invalid(
            "INVALID_INPUT",
            "{plural:_} are not shared one by one: a rule would do nothing.",
            plural=object.plural,
        )
    if rule.level not in (sight.READ, sight.EDIT):
        raise Invalid("INVALID_INPUT", "A rule reads (1) or edits (2).", fields=["level"])
    if not await people.principal_exists(tx, rule.target_id):
        raise Invalid(
            "INVALID_CROSS_REFERENCE_KEY", "There is nobody of that id to share with.", fields=["target"]
        )
    if rule.source_id is not None and (
        ids.type_of(rule.source_id) not in _SOURCES or not await people.principal_exists(tx, rule.source_id)
    ):
        raise Invalid(
            "INVALID_CROSS_REFERENCE_KEY",
            "What is shared belongs to the people of a role, a role and those below, a group or a queue.",
            fields=["source"],
        )
    name = _checked(rule.name)
    every, by_criteria = (
        await tx.tuples(
            """select count(*), count(*) filter (where kind = 'criteria') from sharing_rule
               where org_id = %(org)s and object = %(object)s""",
            {"object": object.code},
        )
    )[0]
    if every >= MOST_RULES or (rule.kind == "criteria" and by_criteria >= MOST_CRITERIA_RULES):
        raise Invalid(
            "LIMIT_EXCEEDED",
            "An object has at most {most} rules, {most2} of them by criteria.",
            most=MOST_RULES,
            most2=MOST_CRITERIA_RULES,
        )
    rule_id = await tx.new_id(Type.RULE)
    await tx.run(
        """insert into sharing_rule (org_id, id, object, name, kind, source_id, target_id, level, criteria)
           values (%(org)s, %(id)s, %(object)s, %(name)s, %(kind)s, %(source)s, %(target)s, %(level)s, %(criteria)s)""",
        {
            "id": rule_id,
            "object": object.code,
            "name": name,
            "kind": rule.kind,
            "source": rule.source_id,
            "target": rule.target_id,
            "level": rule.level,
            "criteria": None if rule.criteria is None else Jsonb(rule.criteria),
        },
    )
    if rule.kind == "criteria":
        await jobs.defer(tx, FILL, rule_id=rule_id)
    await events.record(tx, actor, "records.rule.created", rule_id, after=_told(rule))
    return rule_id


async def _delete(tx: Tx, actor: people.Actor, rule_id: int, rule: _Rule) -> None:
    await tx.run("delete from sharing_rule where org_id = %(org)s and id = %(id)s", {"id": rule_id})
    if rule.kind == "criteria":
        await jobs.defer(tx, COLLECT, rule_id=rule_id)
    await events.record(tx, actor, "records.rule.deleted", rule_id, before=_told(rule))


async def _access_rule(tx: Tx, rule_id: int) -> _Rule:
    rule = await tx.row(
        """select object, name, kind, source_id, target_id, level, criteria from sharing_rule
           where org_id = %(org)s and id = %(id)s for update""",
        {"id": rule_id},
        into=_Rule,
    )
    if rule is None:
        raise NotFound()
    return rule


def _kind(source_id: int | None, kept: list[dict[str, Any]] | None) -> str:
    if (source_id is None) == (kept is None):
        raise Invalid("INVALID_INPUT", "A rule shares by owner or by criteria: one of the two.")
    return "owner" if kept is None else "criteria"


def _checked(name: str) -> str:
    name = name.strip()
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise Invalid(
            "STRING_TOO_LONG", "A rule's name has 1 to {most} characters.", fields=["name"], most=LONGEST_NAME
        )
    return name


def _told(rule: _Rule) -> dict[str, Any]:
    return {
        "object": rule.object,
        "name": rule.name,
        "kind": rule.kind,
        "source": str(rule.source_id) if rule.source_id else None,
        "target": str(rule.target_id),
        "level": rule.level,
        "criteria": rule.criteria,
    }
