"""What somebody owns."""

from hubbub import objects, people
from hubbub.core.db import Tx
from hubbub.objects import Object


async def count_owned(tx: Tx, actor: people.Actor, owner_id: int) -> list[tuple[Object, int]]:
    """How many records of which object a person owns, whoever sees them. Who may ask, the caller asks."""
    owned = {
        each.code: each for each in (await objects.catalog(tx, actor.access_version)).objects if each.owned
    }
    found = await tx.tuples(
        """select object, count(*) from record
           where org_id = %(org)s and object = any(%(objects)s) and owner_id = %(owner)s and deleted_at is null
           group by object""",
        {"objects": list(owned), "owner": owner_id},
    )
    counts = dict(found)
    return [(object, counts[code]) for code, object in owned.items() if code in counts]
