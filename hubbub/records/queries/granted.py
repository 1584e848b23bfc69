"""What is granted on many records at once: with whom each is shared and why, and what one person may do with each."""

from collections.abc import Iterable

import msgspec

from hubbub import people
from hubbub.core.db import Tx
from hubbub.core.errors import NotFound
from hubbub.core.ids import NUMBER_BITS
from hubbub.objects import Object
from hubbub.records.access import EDIT, READ, Viewer, share_type, sight, viewer
from hubbub.records.queries.open import seen_ids

_NUMBER = (1 << NUMBER_BITS) - 1


class Granted(msgspec.Struct, frozen=True):
    """That a principal reads (1), edits (2) or owns (3) a record, and why: Owner, Manual, Team, Rule, ImplicitParent (it
    is an account of which he sees a child), ImplicitChild (it is a child whose account he owns or may edit)."""

    id: int | None  # what is computed when it is read has none
    record_id: int
    principal_id: int
    level: int
    cause: str


class Access(msgspec.Struct, frozen=True):
    """What somebody may do with a record. Salesforce's UserRecordAccess."""

    record_id: int
    reads: bool = False
    edits: bool = False
    deletes: bool = False
    transfers: bool = False


async def granted(
    tx: Tx, him: Viewer, object: Object, record_ids: Iterable[int], share_ids: Iterable[int] = ()
) -> list[Granted]:
    """With whom those records are shared, for who may share them and for administrators who see them; also the records
    of those shares. What he may not know of tells nothing."""
    parent = him.catalog.get(object.parent) if object.parent else None
    shares = list(share_ids)
    # The row of the owner has the record's own number: a number is never given twice.
    owned = [object.code << NUMBER_BITS | id & _NUMBER for id in shares]
    rows = await tx.tuples(
        _granting(him, object, parent),
        him.params | {"records": [*record_ids, *owned], "shares": shares},
    )
    first = int(share_type(object.code)) << NUMBER_BITS
    return [
        Granted(
            first | record & _NUMBER if cause == "Owner" else id,
            record,
            principal,
            level,
            cause,
        )
        for id, record, principal, level, cause in rows
    ]


def _granting(him: Viewer, object: Object, parent: Object | None) -> str:
    """The statement: `about` are the records asked for and those that imply sight of them, with the least level of a
    grant that does."""
    if not him.can(object).read:
        allowed = "false"
    elif him.actor.admin:
        allowed = sight.probe(him, object, "r")
    else:
        held = sight.held(him, object, "r") if him.can(object).edit else "false"
        allowed = f"{sight.probe(him, object, 'r')} and {held}"
    about = ["select a.id, a.id, a.object, a.owner_id, 1, null::text from asked a"]
    if object.name == sight.IMPLYING:
        below = [
            str(each.code)
            for each in him.catalog.objects
            if each.parent == sight.IMPLYING and not each.controlled
        ]
        if below:
            about.append(
                f"""select a.id, k.id, k.object, k.owner_id, {READ}, 'ImplicitParent' from asked a
                    join record k on k.org_id = %(org)s and k.parent_id = a.id and k.deleted_at is null
                      and k.object in ({", ".join(below)})"""
            )
    elif parent is not None and parent.name == sight.IMPLYING:
        about.append(
            f"""select a.id, k.id, k.object, k.owner_id, {EDIT}, 'ImplicitChild' from asked a
                join record k on k.org_id = %(org)s and k.id = a.parent_id and k.deleted_at is null"""
        )
    return f"""
        with recursive
         asked as materialized (
           select r.id, r.object, r.owner_id, r.parent_id from record r
           where r.org_id = %(org)s and r.object = {object.code} and r.deleted_at is null
             and (r.id = any(%(records)s::bigint[]) or r.id in (select s.record_id from record_share s
               where s.org_id = %(org)s and s.id = any(%(shares)s::bigint[]))) and {allowed}),
         about(asked_id, id, object, owner_id, least, via) as materialized ({" union all ".join(about)}),
         holder as materialized (select distinct owner_id, owner_id as id from about),
         {people.belonging("holder", "owner_id")},
         given(asked_id, via, share_id, principal, level, cause) as (
           select a.asked_id, a.via, null::bigint, a.owner_id, 3, 'Owner' from about a
           union all
           select a.asked_id, a.via, s.id, s.principal_id, s.level, initcap(s.cause)
           from about a join record_share s on s.org_id = %(org)s and s.record_id = a.id and s.level >= a.least
             and s.cause <> 'rule'
           union all
           select a.asked_id, a.via, null, t.target_id, s.level, 'Rule'
           from about a join record_share s on s.org_id = %(org)s and s.record_id = a.id and s.level >= a.least
           join sharing_rule t on t.org_id = %(org)s and t.id = s.principal_id and t.kind = 'criteria'
           union all
           select a.asked_id, a.via, null, t.target_id, t.level, 'Rule'
           from about a join belongs b on b.owner_id = a.owner_id
           join sharing_rule t on t.org_id = %(org)s and t.object = a.object and t.kind = 'owner'
             and t.source_id = b.principal and t.level >= a.least)
        select case when via is null then share_id end, asked_id, principal,
               max(case when via is null then level else {READ} end), coalesce(via, cause)
        from given group by 1, 2, 3, 5
        order by 2, array_position(array['Owner', 'Manual', 'Team', 'Rule', 'ImplicitParent', 'ImplicitChild'],
                                   coalesce(via, cause)), 3"""


async def accesses(tx: Tx, actor: people.Actor, user_id: int, record_ids: list[int]) -> list[Access]:
    """What a person may do with each of those records, in a fixed number of statements: oneself, or, for an administrator,
    anybody, as far as he sees the records himself. One's own access to what is not there is none."""
    wanted = list(dict.fromkeys(record_ids))
    if user_id == actor.user_id:
        whose = await viewer(tx, actor)
    elif not actor.admin:
        return []
    else:
        seen = set(await seen_ids(tx, await viewer(tx, actor), wanted))
        wanted = [each for each in wanted if each in seen]
        try:
            whose = await viewer(tx, await people.actor(tx, user_id))
        except NotFound:  # somebody who is not active may do nothing
            known = await people.cards(tx, {user_id})
            return [Access(each) for each in wanted] if known else []
    ways = [
        f"""select r.id, {str(whose.can(each).edit).lower()} and {sight.probe(whose, each, "r", EDIT)},
                   {sight.held(whose, each, "r")}, {str(whose.can(each).delete).lower()}, {str(whose.can(each).edit).lower()}
            from record r where r.org_id = %(org)s and r.object = {each.code} and r.id = any(%(wanted)s::bigint[])
              and r.deleted_at is null and {sight.probe(whose, each, "r")}"""
        for each in whose.catalog.objects
        if whose.can(each).read
    ]
    found = {}
    if ways and wanted:
        for id, edits, held, deletes, changes in await tx.tuples(
            " union all ".join(ways), whose.params | {"wanted": wanted}
        ):
            found[id] = Access(id, True, edits, held and deletes, held and changes)
    return [found.get(each, Access(each)) for each in wanted]
