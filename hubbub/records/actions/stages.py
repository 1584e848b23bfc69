"""How a record on a path stood after each save: Salesforce's OpportunityHistory."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from hubbub import people
from hubbub.core.db import Tx
from hubbub.core.ids import Type
from hubbub.objects import Object

# A save that changes one of these is kept, with all four as they are then.
WATCHED = frozenset({"StageName", "Amount", "CloseDate", "Probability"})


class Moment(msgspec.Struct, frozen=True):
    """A record as it was saved: its values by field name."""

    record_id: int
    version: int
    values: dict[str, Any]
    at: datetime | None = None  # now


async def keep(tx: Tx, actor: people.Actor, object: Object, moments: Sequence[Moment]) -> None:
    """Keep how the deals stand now; the paths of other objects are in the history of their fields."""
    if object.path != "StageName":
        return
    fresh = await tx.new_ids(Type.STAGE_HISTORY, len(moments))
    await tx.run_many(
        """insert into stage_history (org_id, id, record_id, version, stage, amount, close_date, probability, changed_by,
                                      changed_at)
           values (%(org)s, %(id)s, %(record)s, %(version)s, %(stage)s, %(amount)s,
                   %(close)s::date::timestamp at time zone 'UTC', %(probability)s, %(actor)s,
                   coalesce(%(at)s::timestamptz, now()))""",
        [
            {
                "id": id,
                "record": each.record_id,
                "version": each.version,
                "stage": each.values.get("StageName"),
                "amount": each.values.get("Amount"),
                "close": each.values.get("CloseDate"),
                "probability": each.values.get("Probability"),
                "actor": actor.user_id,
                "at": each.at,
            }
            for id, each in zip(fresh, moments, strict=True)
        ],
    )
