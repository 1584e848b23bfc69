"""Lists of records: pages of an object's records, and the deals that wait for their owner."""

import base64
import binascii
from collections.abc import Collection
from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec

from hubbub import people
from hubbub.core import clock, html, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid
from hubbub.objects import BadValue, Field, Object
from hubbub.records.access import EDIT, Viewer, columns, probe, viewer
from hubbub.records.access.activities import WHOLE, WHOLE_DAYS, as_days, computed

COUNTED = 2000  # further than this a list is not counted: a full count costs many times the page
QUIET_DAYS = 14


class Row(msgspec.Struct, frozen=True):
    """A record in a list, with the values of the columns shown."""

    id: int
    name: str
    values: dict[str, Any]
    whole_days: bool = False  # it is an event that takes whole days

    @property
    def url(self) -> str:
        return f"/r/{ids.show(self.id)}"

    @property
    def shown(self) -> dict[str, Any]:
        """The values for people to read."""
        return as_days({**self.values, WHOLE_DAYS: True}) if self.whole_days else self.values


async def read_rows(
    tx: Tx, him: Viewer, object: Object, fields: tuple[Field, ...], record_ids: list[int]
) -> list[Row]:
    """The records of these ids, which the viewer is known to see, in this order."""
    if not record_ids:
        return []
    whole = object.get(WHOLE_DAYS) if any(field.name in WHOLE for field in fields) else None
    days = (
        f"coalesce({columns.seen(him, object, whole, 'r')}, false)"
        if whole and him.may_read(object, whole)
        else "false"
    )
    listed = ", ".join(["r.id", "r.name", days] + [_column(him, object, field) for field in fields])
    rows = await tx.tuples(
        f"""select {listed} from unnest(%(ids)s::bigint[]) with ordinality p(id, at)
            join record r on r.org_id = %(org)s and r.id = p.id order by p.at""",
        him.params | {"ids": record_ids},
    )
    return [
        Row(id, name, {field.name: value for field, value in zip(fields, values, strict=True)}, whole_days)
        for id, name, whole_days, *values in rows
    ]


def _column(him: Viewer, object: Object, field: Field) -> str:
    if field.computed:
        return computed(him, object, field, "r")
    return columns.seen(him, object, field, "r")


async def editable_versions(tx: Tx, him: Viewer, object: Object, record_ids: list[int]) -> dict[int, int]:
    """Those of these records, which the viewer is known to see, whose fields he may write, with their versions."""
    if not record_ids or not him.can(object).edit:
        return {}
    return dict(
        await tx.tuples(
            f"""select r.id, r.version from record r where r.org_id = %(org)s and r.id = any(%(ids)s::bigint[])
                and {probe(him, object, "r", EDIT)}""",
            him.params | {"ids": record_ids},
        )
    )


async def ids_by_key(
    tx: Tx, him: Viewer, object: Object, field: Field, texts: Collection[str] | None = None
) -> dict[str, int]:
    """The records that the viewer sees, by what they are called in that text field: those of these texts, in any case,
    or all."""
    column = columns.stored(field, "r")
    wanted = (
        f"and lower({column}) = any(array(select lower(t) from unnest(%(texts)s::text[]) t))"
        if texts is not None
        else f"and {column} is not null"
    )
    return dict(
        await tx.tuples(
            f"""select {column}, r.id from record r
                where r.org_id = %(org)s and r.object = {object.code} and r.deleted_at is null {wanted}
                  and {probe(him, object, "r")} order by r.id desc""",
            him.params | {"texts": list(texts or ())},
        )
    )


async def find_by_key(tx: Tx, him: Viewer, object: Object, field: Field, text: str) -> list[int]:
    """The records that the viewer sees with that value in a field by which records are known elsewhere."""
    try:
        value = field.parse_json(text)
    except BadValue:
        return []
    if value is None:
        return []
    raw = f"r.{field.column}"
    same = f"lower({raw}) = lower(%(key)s)" if field.is_text else f"{raw} = %(key)s"
    return await tx.values(
        f"""select r.id from record r
            where r.org_id = %(org)s and r.object = {object.code} and r.deleted_at is null and {same}
              and {probe(him, object, "r")} order by r.id limit 100""",
        him.params | {"key": value},
    )


def write_place(place: tuple[int, str]) -> str:
    """Where a page ends, as the address of the next one says it."""
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def read_place(text: str) -> tuple[str, int]:
    """Where a page begins. It only says where: what is seen from there is decided anew."""
    try:
        id, key = msgspec.json.decode(
            base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=tuple[int, str]
        )
        if not 0 <= id < 1 << 63 or "\0" in key:
            raise ValueError
    except (ValueError, binascii.Error, msgspec.MsgspecError):
        raise Invalid(
            "INVALID_INPUT", "This page cannot be found again. Begin with the first page."
        ) from None
    return key, id


# --- what waits for me ---------------------------------------------------------------------------------------------


class Deal(msgspec.Struct, frozen=True):
    """A deal of mine that needs something from me."""

    id: int
    name: str
    stage: str | None
    amount: Decimal | None
    days_past: int | None  # since its close date
    quiet_days: int | None  # since anything on it changed; None if that is not long ago

    @property
    def url(self) -> str:
        return f"/r/{ids.show(self.id)}"


async def waiting_deals(tx: Tx, actor: people.Actor, *, most: int = 200) -> list[Deal]:
    """My open deals that are past their close date, or on which nothing was changed for 14 days, most pressing first."""
    him = await viewer(tx, actor)
    object = him.catalog.object("Opportunity")
    if not him.can(object).read:
        return []
    today = html.today(actor.timezone)
    amount, stage, close, closed = (
        object.field(name) for name in ("Amount", "StageName", "CloseDate", "IsClosed")
    )
    rows = await tx.tuples(
        f"""select r.id, r.name, {columns.stored(stage, "r")},
                   {columns.stored(amount, "r") if him.may_read(object, amount) else "null"},
                   {columns.stored(close, "r")}, r.modified_at
            from record r
            where r.org_id = %(org)s and r.object = {object.code} and r.owner_id = %(viewer)s and r.deleted_at is null
              and r.{closed.column} = 0
              and (r.{close.column} < %(today)s::date::timestamp at time zone 'UTC'
                   or r.modified_at < now() - make_interval(days => {QUIET_DAYS}))
            order by r.{close.column} nulls last, r.modified_at limit %(most)s""",
        him.params | {"today": today, "most": most},
    )
    return [
        Deal(
            id=id,
            name=name,
            stage=stage_name,
            amount=sum_,
            days_past=(today - closing).days if closing and closing < today else None,
            quiet_days=quiet.days
            if (quiet := clock.now() - modified) >= timedelta(days=QUIET_DAYS)
            else None,
        )
        for id, name, stage_name, sum_, closing, modified in rows
    ]


class Overdue(msgspec.Struct, frozen=True):
    """A task of mine whose day is over."""

    id: int
    name: str
    days_past: int

    @property
    def url(self) -> str:
        return f"/r/{ids.show(self.id)}"


async def overdue_tasks(tx: Tx, actor: people.Actor, *, most: int = 20) -> list[Overdue]:
    """My open tasks that were due before today, the oldest first."""
    him = await viewer(tx, actor)
    object = him.catalog.object("Task")
    due, closed = object.field("ActivityDate"), object.field("IsClosed")
    if not him.can(object).read or not him.may_read(object, due):
        return []
    today = html.today(actor.timezone)
    rows = await tx.tuples(
        f"""select r.id, r.name, {columns.stored(due, "r")} from record r
            where r.org_id = %(org)s and r.object = {object.code} and r.owner_id = %(viewer)s and r.deleted_at is null
              and r.{closed.column} = 0 and r.{due.column} < %(today)s::date::timestamp at time zone 'UTC'
            order by r.{due.column}, r.id limit %(most)s""",
        him.params | {"today": today, "most": most},
    )
    return [Overdue(id, name, (today - day).days) for id, name, day in rows]
