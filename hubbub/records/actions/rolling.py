"""To which account tasks and events belong, so that it is known at once when something was last done about an account."""

from collections.abc import Collection, Iterable

from hubbub.core.db import Tx
from hubbub.objects import Catalog, Object
from hubbub.records.access import ABOUT, ACTIVITIES
from hubbub.records.access.activities import BELOW


async def roll_up(
    tx: Tx, catalog: Catalog, object: Object, record_ids: Collection[int], changed: Iterable[str]
) -> None:
    """Say anew to which accounts the activities belong that follow from a change of these fields of these records: of
    themselves, or of what they are about."""
    fields = set(changed)
    task, account = catalog.object(ACTIVITIES[0]), catalog.object("Account")
    what, who = (task.field(name).column for name in ABOUT)
    if object.name in ACTIVITIES and fields & set(ABOUT):
        which = "a.id = any(%(ids)s::bigint[])"
    elif object.name in BELOW and "AccountId" in fields:
        # apart, or neither column's index serves
        which = f"""a.id in (select b.id from record b where b.org_id = %(org)s and b.{what} = any(%(ids)s::bigint[])
            union all select b.id from record b where b.org_id = %(org)s and b.{who} = any(%(ids)s::bigint[]))"""
    else:
        return
    codes = [catalog.object(name).code for name in BELOW]
    await tx.run(
        f"""update record a set rolled_up_to = (
              select case when t.object = {account.code} then t.id when t.object = any(%(below)s::int[]) then t.parent_id end
              from record t where t.org_id = %(org)s and t.id = coalesce(a.{what}, a.{who}))
            where a.org_id = %(org)s and a.object = any(%(activities)s::int[]) and {which}""",
        {
            "ids": list(record_ids),
            "below": codes,
            "activities": [catalog.object(name).code for name in ACTIVITIES],
        },
    )
