"""Topics by what people call them: found, and made where there are none yet."""

from collections.abc import Mapping

from hubbub.core.db import Tx
from hubbub.core.errors import Invalid
from hubbub.core.ids import Type

MOST_ON_POST = 10
MOST_NAME = 150


async def topics_named(tx: Tx, names: Mapping[str, str]) -> dict[int, str]:
    """The topics of these names by their keys, each with the name given; what there is none of yet is made.

    A name of a topic that was merged into another means that other one.
    """
    if not names:
        return {}
    if len(names) > MOST_ON_POST:
        raise Invalid(
            "LIMIT_EXCEEDED",
            "At most {most} topics on a post, this has {count}.",
            most=MOST_ON_POST,
            count=len(names),
        )
    fresh = await tx.new_ids(Type.TOPIC, len(names))
    await tx.run(
        """insert into topic (org_id, id, name, key)
           select %(org)s, t.id, t.name, t.key
           from unnest(%(ids)s::bigint[], %(names)s::text[], %(keys)s::text[]) t(id, name, key)
           order by t.key on conflict (org_id, key) where deleted_at is null do nothing""",
        {"ids": fresh, "names": list(names.values()), "keys": list(names)},
    )
    return await topics_known(tx, names)


async def topics_known(tx: Tx, names: Mapping[str, str]) -> dict[int, str]:
    """Those of the topics of these names that there are."""
    if not names:
        return {}
    found = await tx.tuples(
        """select coalesce(merged_into, id), key from topic
           where org_id = %(org)s and key = any(%(keys)s) and deleted_at is null order by key desc""",
        {"keys": list(names)},
    )
    return {id: names[key] for id, key in found}
