"""Saving, changing and deleting list views."""

from typing import Any

import msgspec
from psycopg.types.json import Jsonb

from hubbub import people
from hubbub.core import events
from hubbub.core.db import Tx
from hubbub.core.errors import Forbidden, Invalid
from hubbub.core.ids import Type
from hubbub.objects import Field, Object
from hubbub.records.access import Viewer, access_object, viewer
from hubbub.records.access.activities import list_field
from hubbub.records.access.views import (
    OPERATIONS,
    Filter,
    ListView,
    access_view,
    as_seen,
    filterable,
)
from hubbub.records.queries.filters import condition

MOST_VIEWS = 200  # of one person
MOST_FILTERS = 10
MOST_COLUMNS = 30
LONGEST_NAME, LONGEST_VALUE = 80, 1000


class FilterOn(msgspec.Struct, frozen=True):
    """A filter as it is asked for: a field's name, one of OPERATIONS, a value."""

    field: str
    operation: str
    value: str = ""


class Wanted(msgspec.Struct, frozen=True):
    """What a list shall show: fields by their names. `sort` None: as the object's lists usually are."""

    filters: tuple[FilterOn, ...] = ()
    columns: tuple[str, ...] = ()
    sort: str | None = None
    descending: bool = False
    mine: bool = False


def shaped(him: Viewer, view: ListView, wanted: Wanted) -> ListView:
    """The view with these filters, columns and order in place of its own; raises for fields that do not exist for the
    viewer and for what cannot be compared."""
    object = view.object
    if len(wanted.filters) > MOST_FILTERS:
        raise Invalid("LIMIT_EXCEEDED", "At most {most} filters.", fields=["filters"], most=MOST_FILTERS)
    if len(wanted.columns) > MOST_COLUMNS:
        raise Invalid("LIMIT_EXCEEDED", "At most {most} columns.", fields=["columns"], most=MOST_COLUMNS)
    filters = []
    for each in wanted.filters:
        field = list_field(him, object, each.field)
        if each.operation not in OPERATIONS or not filterable(field):
            raise Invalid(
                "INVALID_FILTER", "{label:_} cannot be filtered so.", fields=[field.name], label=field.label
            )
        if len(each.value) > LONGEST_VALUE:
            raise Invalid(
                "STRING_TOO_LONG",
                "{label:_}: at most {most} characters.",
                fields=[field.name],
                label=field.label,
                most=LONGEST_VALUE,
            )
        filters.append(Filter(str(field.id), each.operation, each.value.strip()))
    columns = dict.fromkeys(list_field(him, object, name).id for name in wanted.columns)
    sort = list_field(him, object, wanted.sort or object.sort[0])
    if not filterable(sort):
        raise _unsortable(sort)
    return msgspec.structs.replace(
        view,
        mine=wanted.mine and object.owned,
        filters=tuple(filters),
        columns=tuple(columns) or tuple(object.field(name).id for name in object.columns),
        sort_id=sort.id,
        descending=wanted.descending if wanted.sort else object.sort[1] == "desc",
    )


async def save_view(
    tx: Tx, actor: people.Actor, object_name: str, name: str, wanted: Wanted, *, shared: bool = False
) -> ListView:
    """Keep a list view: for myself, or for everybody inside."""
    him = await viewer(tx, actor)
    object = access_object(him, object_name)
    if shared and actor.guest:
        raise Forbidden("Guests keep views for themselves.")
    view = shaped(him, _blank(object, actor), wanted)
    _check(him, view)
    view_id = await tx.new_id(Type.LIST_VIEW)
    made = await tx.run(
        """insert into list_view (org_id, id, object, owner_id, name, shared, mine, filters, columns, sort_id, descending)
           select %(org)s, %(id)s, %(object)s, %(me)s, %(name)s, %(shared)s, %(mine)s, %(filters)s, %(columns)s,
             %(sort)s, %(descending)s
           where (select count(*) from list_view where org_id = %(org)s and owner_id = %(me)s) < %(most)s""",
        _stored(view, _named(name), shared)
        | {"id": view_id, "object": object.code, "me": actor.user_id, "most": MOST_VIEWS},
    )
    if not made:
        raise Invalid("LIMIT_EXCEEDED", "At most {most} list views: delete one first.", most=MOST_VIEWS)
    await events.record(tx, actor, "records.view.created", view_id, after={"name": name, "shared": shared})
    return await access_view(tx, him, view_id)


async def change_view(
    tx: Tx,
    actor: people.Actor,
    view_id: int,
    *,
    name: str | None = None,
    wanted: Wanted | None = None,
    shared: bool | None = None,
) -> ListView:
    """Change what a list view is called, what it shows and who has it; what is None stays as it is."""
    him = await viewer(tx, actor)
    before = await access_view(tx, him, view_id, to="edit")
    if shared and actor.guest:
        raise Forbidden("Guests keep views for themselves.")
    view = before
    if wanted is not None:
        view = shaped(him, before, wanted)
        _check(him, view)
    for_all = before.shared if shared is None else shared
    called = before.name if name is None else _named(name)
    await tx.run(
        """update list_view set name = %(name)s, shared = %(shared)s, mine = %(mine)s, filters = %(filters)s,
             columns = %(columns)s, sort_id = %(sort)s, descending = %(descending)s, modified_at = now()
           where org_id = %(org)s and id = %(id)s""",
        _stored(view, called, for_all) | {"id": view_id},
    )
    await events.record(
        tx,
        actor,
        "records.view.changed",
        view_id,
        before={"name": before.name, "shared": before.shared},
        after={"name": called, "shared": for_all},
    )
    return msgspec.structs.replace(view, name=called, shared=for_all)


async def delete_view(tx: Tx, actor: people.Actor, view_id: int) -> ListView:
    """Delete a list view, for everybody who had it; its records stay as they are."""
    him = await viewer(tx, actor)
    view = await access_view(tx, him, view_id, to="edit")
    await tx.run("delete from list_view where org_id = %(org)s and id = %(id)s", {"id": view_id})
    await events.record(
        tx, actor, "records.view.deleted", view_id, before={"name": view.name, "shared": view.shared}
    )
    return view


def _check(him: Viewer, view: ListView) -> None:
    """Raise for filters that cannot be answered, before they are kept."""
    condition(him, as_seen(him, view))


def _blank(object: Object, actor: people.Actor) -> ListView:
    return ListView(id=0, object=object, name="", key="", owner_id=actor.user_id, shared=False)


def _named(name: object) -> str:
    text = " ".join(name.replace("\0", " ").split()) if isinstance(name, str) else ""
    if not text:
        raise Invalid("REQUIRED_FIELD_MISSING", "Give the view a name.", fields=["name"])
    if len(text) > LONGEST_NAME:
        raise Invalid(
            "STRING_TOO_LONG", "Name: at most {most} characters.", fields=["name"], most=LONGEST_NAME
        )
    return text


def _stored(view: ListView, name: str, shared: bool) -> dict[str, Any]:
    return {
        "name": name,
        "shared": shared,
        "mine": view.mine,
        "filters": Jsonb([msgspec.to_builtins(each) for each in view.filters]),
        "columns": Jsonb(list(view.columns)),
        "sort": view.sort_id,
        "descending": view.descending,
    }


def _unsortable(field: Field) -> Invalid:
    return Invalid(
        "INVALID_FIELD", "Lists are not sorted by {label:_}.", fields=[field.name], label=field.label
    )
