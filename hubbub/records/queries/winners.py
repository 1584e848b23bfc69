"""Who has won deals like this one, as far as somebody sees those deals."""

from typing import Any

import msgspec

from hubbub.core.db import Tx
from hubbub.core.ids import Type
from hubbub.records.access import Record, columns, listed
from hubbub.records.access.viewer import Viewer

MOST_DEALS = 2000  # the latest, of those that the viewer sees
NEAR = 2  # a deal is of about the same size from half to twice the amount


class Winner(msgspec.Struct, frozen=True):
    """Somebody who has won deals: of the same account, of about the same size, of the same type."""

    user_id: int
    of_account: int
    of_size: int
    of_type: int


async def winners(tx: Tx, him: Viewer, record: Record, account_id: int | None) -> list[Winner]:
    """Owners of won deals that are like a record which the viewer has: only deals and fields that he may read count."""
    deals = him.catalog.object("Opportunity")
    won, amount, kind, account = (deals.field(name) for name in ("IsWon", "Amount", "Type", "AccountId"))
    if not him.can(deals).read or not him.may_read(deals, won):
        return []
    like: dict[str, str] = {}
    params: dict[str, Any] = {"near": NEAR, "record": record.id, "most": MOST_DEALS}
    alike = record.object.code == deals.code
    if account_id is not None and him.may_read(deals, account):
        like["account"] = "r.parent_id = %(account)s"
        params["account"] = account_id
    if alike and record.values.get("Amount"):
        like["size"] = (
            f"{columns.stored(amount, 'r')} between %(amount)s / %(near)s and %(amount)s * %(near)s"
        )
        params["amount"] = record.values["Amount"]
    if alike and record.values.get("Type"):
        like["type"] = f"{columns.stored(kind, 'r')} = %(type)s"
        params["type"] = record.values["Type"]
    if not like:
        return []
    counts = ", ".join(
        f"count(*) filter (where {like[name]})" if name in like else "0"
        for name in ("account", "size", "type")
    )
    rows = await tx.tuples(
        f"""select r.owner_id, {counts} from (
              select r.* from record r
              where r.org_id = %(org)s and r.object = {deals.code} and r.deleted_at is null and r.id <> %(record)s
                and r.{won.column} = 1 and r.owner_id >> 48 = {Type.USER:d} and ({" or ".join(like.values())})
                and {await listed(tx, him, deals, "r")}
              order by r.modified_at desc limit %(most)s) r
            group by r.owner_id""",
        him.params | params,
    )
    return [Winner(*row) for row in rows]
