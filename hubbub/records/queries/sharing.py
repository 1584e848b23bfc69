"""What is shared: rules with their progress, teams, and the shares of a record."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from hubbub import people
from hubbub.core.db import Tx
from hubbub.records.access import access_record, criteria, viewer
from hubbub.records.access.criteria import Condition
from hubbub.records.queries.lists import COUNTED

# Memberships of teams, for SOQL.
TEAM_ROWS = "record_team"


class Rule(msgspec.Struct, frozen=True):
    """A sharing rule, and how far it is filled: `filled` of `total` records were looked at."""

    id: int
    object: int
    name: str
    kind: str  # owner or criteria
    source_id: int | None
    target_id: int
    level: int
    criteria: list[dict[str, Any]] | None
    filled: int
    total: int | None
    filled_at: datetime | None


class TeamMember(msgspec.Struct, frozen=True):
    """Somebody on the team of a record, or, with `left_at`, somebody who was."""

    id: int
    record_id: int
    user_id: int
    team_role: str | None
    level: int
    joined_at: datetime
    left_at: datetime | None


class Share(msgspec.Struct, frozen=True):
    """That a record is shared with a principal, to read (1) or edit (2), and why: manual, team, rule."""

    id: int | None
    record_id: int
    principal_id: int
    level: int
    cause: str


async def rules(tx: Tx, actor: people.Actor, object_name: str | None = None) -> list[Rule]:
    """The sharing rules of an object, or of all, in the order of their names; for administrators."""
    people.require_admin(actor)
    code = None if object_name is None else (await viewer(tx, actor)).catalog.object(object_name).code
    return await tx.rows(
        """select id, object, name, kind, source_id, target_id, level, criteria, filled, total, filled_at
           from sharing_rule where org_id = %(org)s and (%(object)s::int is null or object = %(object)s)
           order by object, lower(name), id""",
        {"object": code},
        into=Rule,
    )


async def count_rule(
    tx: Tx,
    actor: people.Actor,
    object_name: str,
    *,
    source_id: int | None = None,
    conditions: Sequence[Condition] | None = None,
) -> int:
    """How many records a rule would share, before it is saved; COUNTED + 1 stands for more than COUNTED."""
    people.require_admin(actor)
    him = await viewer(tx, actor)
    object = him.catalog.object(object_name)
    params: dict[str, Any] = {"object": object.code, "most": COUNTED + 1}
    begin = ""
    if conditions is not None:
        fits = criteria.fits(object, criteria.check(him, object, conditions), "r", params, "c")
    else:
        begin = f"""with recursive origin as (select 0 as object, 1 as level, %(source)s::bigint as id),
            {people.lent("origin")}"""
        params["source"] = source_id
        fits = "r.owner_id in (select id from lent)"
    return await tx.value(
        f"""{begin} select count(*) from (select 1 from record r
            where r.org_id = %(org)s and r.object = %(object)s and r.deleted_at is null and {fits} limit %(most)s) counted""",
        params,
    )


async def team(tx: Tx, actor: people.Actor, record_id: int, *, past: bool = False) -> list[TeamMember]:
    """Who is on the team of a record that the actor sees; with `past` also who was."""
    await access_record(tx, actor, record_id)
    return await tx.rows(
        f"""select id, record_id, user_id, team_role, level, joined_at, left_at from record_team
            where org_id = %(org)s and record_id = %(record)s {"" if past else "and left_at is null"}
            order by joined_at, id""",
        {"record": record_id},
        into=TeamMember,
    )


async def shares(tx: Tx, actor: people.Actor, record_id: int) -> list[Share]:
    """With whom a record is shared, for those who may share it."""
    await access_record(tx, actor, record_id, to="share")
    return await tx.rows(
        """select s.id, s.record_id, s.principal_id, s.level, s.cause from record_share s
           where s.org_id = %(org)s and s.record_id = %(record)s
             and (s.cause <> 'rule' or exists (select 1 from sharing_rule t where t.org_id = %(org)s and t.id = s.principal_id))
           order by s.cause, s.principal_id""",
        {"record": record_id},
        into=Share,
    )
