"""Reads of the metadata."""

from typing import Any
from weakref import WeakKeyDictionary

import msgspec

from hubbub import people
from hubbub.core.db import Database, Tx
from hubbub.objects.access import Catalog, Field, build_catalog, make_field

# What each org's catalog was at a version of its access; one a database, since tests hold several.
_remembered: WeakKeyDictionary[Database, dict[int, Catalog]] = WeakKeyDictionary()


class _Row(msgspec.Struct):
    version: int
    defaults: dict[str, str] | None
    id: int | None
    object: int | None
    name: str | None
    label: str | None
    type: str | None
    slot: str | None
    definition: dict[str, Any] | None


async def catalog(tx: Tx, version: int | None = None) -> Catalog:
    """The object types of this organisation; with the actor's `access_version` it costs no statement."""
    known = _remembered.setdefault(tx.database, {})
    if version is not None and (found := known.get(tx.org_id)) and found.version == version:
        return found
    rows = await tx.rows(
        f"""
        select {people.ACCESS_VERSION},
               (select jsonb_object_agg(d.object, d.access) from object_default d where d.org_id = %(org)s),
               f.id, f.object, f.name, f.label, f.type, f.slot, f.definition
        from (select 1) one left join custom_field f on f.org_id = %(org)s
        order by f.created_at, f.id
        """,
        into=_Row,
    )
    custom: dict[int, tuple[Field, ...]] = {}
    for row in rows:
        if row.id is not None:
            custom[row.object or 0] = (*custom.get(row.object or 0, ()), _custom_field(row))
    found = build_catalog(
        rows[0].version or 0,
        custom,
        {int(code): access for code, access in (rows[0].defaults or {}).items()},
    )
    # An act that has raised the version itself sees what nobody else may yet: only what is agreed on is remembered.
    if version is not None and found.version == version:
        known[tx.org_id] = found
    return found


def _custom_field(row: _Row) -> Field:
    slot = row.slot or ""
    return make_field(
        id=row.id or 0,
        name=row.name or "",
        label=row.label or "",
        type=row.type or "",
        column="long" if slot.startswith("long.") else slot,
        said=(row.definition or {}) | {"custom": True},
    )
