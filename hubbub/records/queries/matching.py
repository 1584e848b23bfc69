"""Records that fit what somebody asks for, of those that he sees: for acts on many at once."""

from collections.abc import Sequence
from typing import Any

import msgspec

from hubbub.core.db import Tx
from hubbub.core.errors import Invalid
from hubbub.records.access import Viewer, access_object, criteria, probe
from hubbub.records.access.criteria import Condition


class Matching(msgspec.Struct, frozen=True):
    """SQL that tells the ids (column id) of records under the alias `r`, open for one more `and`, and what it binds."""

    sql: str
    params: dict[str, Any]


async def matching(
    tx: Tx,
    him: Viewer,
    object_name: str,
    *,
    owner_id: int | None = None,
    open_only: bool = False,
    conditions: Sequence[Condition] = (),
) -> Matching:
    """The records of an object that he sees: of one owner (None: whoever owns them), only those that are open, and that fit
    all conditions over fields that he may read."""
    object = access_object(him, object_name)
    params: dict[str, Any] = {**him.params, "owner": owner_id}
    parts = [
        f"r.org_id = %(org)s and r.object = {object.code} and r.deleted_at is null and {probe(him, object, 'r')}"
    ]
    if owner_id is not None:
        if not object.owned:
            raise Invalid(
                "INVALID_INPUT",
                "{plural:_} have no owner of their own.",
                fields=["owner"],
                plural=object.plural,
            )
        parts.append("r.owner_id = %(owner)s")
    if open_only:
        closed = object.get("IsClosed")
        if closed is None or not him.may_read(object, closed):
            raise Invalid(
                "INVALID_INPUT", "{plural:_} are not open or closed.", fields=["open"], plural=object.plural
            )
        parts.append(f"r.{closed.column} = 0")
    if conditions:
        parts.append(criteria.fits(object, criteria.check(him, object, conditions), "r", params, "fit"))
    return Matching("select r.id from record r where " + " and ".join(parts), params)
