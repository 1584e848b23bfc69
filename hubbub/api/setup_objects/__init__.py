"""What Setup holds, as sObjects: the company, roles, groups, permission sets, shares, teams, and who may do what with a
record.

To add one, describe it as a Kind (see roles.py for short ones) and name it in `kinds`. Roles, groups and permission sets
are for administrators; for others there are no such types.
"""

from typing import Any

from litestar import Response

from hubbub import objects, people, records
from hubbub.api.setup_objects import apps, org, permissions, roles, shares
from hubbub.api.setup_objects.kinds import ID, PRINCIPAL, Column, Kind, Row
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.handlers import Request
from hubbub.core.rest import api_base, json_answer


def kinds(him: records.Viewer) -> dict[str, Kind]:
    """The set-up objects that exist for somebody, by lower-case name."""
    if "kinds" not in him.compiled:
        seen = [each for each in him.catalog.objects if him.can(each).read]
        found = [shares.shares(each) for each in seen if each.owned and not each.controlled]
        found += [
            shares.team(him, each, records.TEAMS[each.code]) for each in seen if each.code in records.TEAMS
        ]
        found += [shares.ACCESS, org.ORG]
        if him.actor.admin:
            found += [roles.ROLE, roles.GROUP, roles.MEMBER, roles.queue_objects(him.catalog)]
            found += [permissions.SET, permissions.PROFILE, permissions.ASSIGNMENT]
            found += [apps.APP, apps.TOKEN]
            found += [permissions.object_permissions(him.catalog), permissions.field_permissions(him.catalog)]
        him.compiled["kinds"] = {each.name.lower(): each for each in found}
    return him.compiled["kinds"]


async def beside(tx: Tx, him: records.Viewer, query: records.Query) -> dict[str, records.Source]:
    """What a query of somebody can be about, beside records and people."""
    if "sources" not in him.compiled:
        him.compiled["sources"] = {
            name: kind.source() for name, kind in kinds(him).items() if kind.pinned is None
        } | {PRINCIPAL.lower(): _principals(him)}
    found = him.compiled["sources"]
    kind = kinds(him).get(query.source.lower())
    if kind is not None and kind.pinned is not None:
        found = found | {query.source.lower(): await kind.pinned_source(tx, him, query)}
    return found


def _principals(him: records.Viewer) -> records.Source:
    """Whom something is shared with, by name; reached only from rows that somebody may read."""
    kind = Kind(
        name="Name",
        label="Name",
        rows=people.SETUP_ROWS["Name"],
        where="{a}.id = %(viewer)s" if him.actor.guest else "true",
        columns=(ID, Column("Name", "{a}.name"), Column("Type", "{a}.kind")),
    )
    return kind.source()


# --- what they are ---------------------------------------------------------------------------------------------------


def summary(kind: Kind, base: str) -> dict[str, Any]:
    """A set-up object in the list of objects."""
    return objects.summary(kind.object, kind.rights, base, fed=False) | _NO_RECORD


def describe(him: records.Viewer, kind: Kind, base: str) -> dict[str, Any]:
    """All about a set-up object, as Salesforce's describe tells it."""
    object = kind.object
    whole = objects.describe(
        object, kind.rights, object.fields, lambda field: field.writable, him.catalog, base, fed=False
    )
    for field, column in zip(whole["fields"], kind.columns, strict=True):
        field |= {
            "createable": column.create and kind.create is not None,
            "updateable": column.change and kind.change is not None,
            "permissionable": False,
        }
    return whole | _NO_RECORD | {"recordTypeInfos": [], "urls": whole["urls"] | _NO_PAGES}


# What records have and these have not: layouts, a place among what was used last, pages of their own.
_NO_RECORD = {"layoutable": False, "mruEnabled": False, "searchable": False, "replicateable": False}
_NO_PAGES = dict.fromkeys(("uiDetailTemplate", "uiEditTemplate", "uiNewRecord"))


# --- by id ---------------------------------------------------------------------------------------------------------


async def read(request: Request, tx: Tx, actor: people.Actor, kind: Kind, key: str) -> dict[str, Any]:
    """One row by its id, with the fields asked for or all."""
    asked = request.query_params.get("fields")
    names = [kind.object.field(name.strip()).name for name in asked.split(",")] if asked else None
    return await _find(tx, actor, kind, key, names, api_base(request))


async def create(
    request: Request, tx: Tx, actor: people.Actor, kind: Kind, given: dict[str, Any]
) -> Response[bytes]:
    """Make a row, as Salesforce answers it."""
    if kind.create is None:
        raise kind.not_allowed("create")
    values = kind.parse(given, creating=True)
    try:
        made = ids.show(await kind.create(tx, actor, values))
    except NotFound:
        raise Invalid("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id") from None
    return json_answer(
        {"id": made, "success": True, "errors": []},
        201,
        {"location": f"{api_base(request)}/sobjects/{kind.name}/{made}"},
    )


async def change(tx: Tx, actor: people.Actor, kind: Kind, key: str, given: dict[str, Any]) -> None:
    """Change a row."""
    if kind.change is None:
        raise kind.not_allowed("update")
    row = await _row(tx, actor, kind, key)
    values = kind.parse(given, creating=False)
    try:
        await kind.change(tx, actor, row, row | values)
    except NotFound:  # the row itself was there
        raise Invalid("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id") from None


async def remove(tx: Tx, actor: people.Actor, kind: Kind, key: str) -> None:
    """Delete a row."""
    if kind.delete is None:
        raise kind.not_allowed("delete")
    await kind.delete(tx, actor, await _row(tx, actor, kind, key))


async def _row(tx: Tx, actor: people.Actor, kind: Kind, key: str) -> Row:
    found = await _find(tx, actor, kind, key, None, "")
    return {
        each.name: ids.parse(found[each.name])
        if each.type in ("id", "reference") and found[each.name]
        else found[each.name]
        for each in kind.columns
    }


async def _find(
    tx: Tx, actor: people.Actor, kind: Kind, key: str, names: list[str] | None, base: str
) -> dict[str, Any]:
    try:
        wanted = ids.show(ids.parse(key))
    except Invalid:
        raise NotFound() from None
    if kind.column("Id") is None:
        raise NotFound()
    listed = ", ".join(dict.fromkeys(names or [each.name for each in kind.columns]))
    found = await records.query(
        tx, actor, f"SELECT {listed} FROM {kind.name} WHERE Id = '{wanted}'", base=base, beside=beside
    )
    if not found.records:
        raise NotFound()
    return found.records[0]
