"""What people choose for themselves: a row for each choice that differs from the usual."""

from collections.abc import Mapping

from psycopg.types.json import Jsonb

from hubbub.core import events
from hubbub.core.db import Tx
from hubbub.people.access import Actor
from hubbub.people.queries.preferences import preferences


async def set_preferences(
    tx: Tx, actor: Actor, chosen: Mapping[str, bool], usual: Mapping[str, bool]
) -> None:
    """Switch these on or off for myself, by the names under which rooms ask for them."""
    before = await preferences(tx, actor.id, usual)
    after = {name: value for name, value in chosen.items() if before[name] != value}
    if not after:
        return
    names = sorted(after)
    await tx.run(
        "delete from preference where org_id = %(org)s and user_id = %(me)s and name = any(%(names)s)",
        {"me": actor.id, "names": [name for name in names if after[name] == usual[name]]},
    )
    await tx.run_many(
        """insert into preference (org_id, user_id, name, value) values (%(org)s, %(me)s, %(name)s, %(value)s)
           on conflict (org_id, user_id, name) do update set value = excluded.value""",
        [
            {"me": actor.id, "name": name, "value": Jsonb(after[name])}
            for name in names
            if after[name] != usual[name]
        ],
    )
    await events.record(
        tx,
        actor,
        "people.preference.changed",
        actor.id,
        before={name: before[name] for name in names},
        after=after,
    )
