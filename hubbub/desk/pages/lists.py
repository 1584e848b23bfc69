"""Pages of list views: an object's records in columns that one chooses, filtered and sorted."""

from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Response, get
from multidict import MultiMapping

from hubbub import feed, objects, people, records
from hubbub.core import html, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.html import translate as _
from hubbub.core.languages import mark
from hubbub.desk.pages.cells import Cell, cell

PAGE = 50
BLANK_ROWS = 2  # to write further filters into
_LISTS = {"f", "op", "v", "c"}


class Column(msgspec.Struct, frozen=True):
    """A column of a list: its header, and where a click on it leads."""

    name: str
    label: str
    numeric: bool
    sort_url: str | None = None
    sorted: str | None = None  # ascending or descending


class Row(msgspec.Struct, frozen=True):
    """A record in a list."""

    id: int
    url: str
    cells: list[Cell]
    version: int = 0


class Chip(msgspec.Struct, frozen=True):
    """A filter in words, and the list without it."""

    words: str
    url: str


class FilterRow(msgspec.Struct, frozen=True):
    """A row of the form of filters."""

    field: str = ""
    operation: str = ""
    value: str = ""


class ColumnChoice(msgspec.Struct, frozen=True):
    """A field that can be a column."""

    name: str
    label: str
    chosen: bool


OPERATION_WORDS = {
    "equals": mark("is"),
    "notEqual": mark("is not"),
    "lessThan": mark("less than"),
    "greaterThan": mark("greater than"),
    "lessOrEqual": mark("at most"),
    "greaterOrEqual": mark("at least"),
    "contains": mark("contains"),
    "notContain": mark("does not contain"),
    "startsWith": mark("begins with"),
}


class Asked(msgspec.Struct, frozen=True):
    """What list an address asks for: a view, and what differs from it."""

    view: records.ListView  # as it is kept
    shown: records.Listed  # as it is asked for
    changed: bool
    said: dict[str, Any]  # what the address says beside the view
    error: str | None = None

    @property
    def object(self) -> objects.Object:
        return self.view.object

    def url(self, tail: str = "", **more: Any) -> str:
        """This list at another address, or with this and that changed."""
        said = {"view": self.view.key, **self.said, **more}
        query = urlencode(
            {name: value for name, value in said.items() if value not in (None, [])}, doseq=True
        )
        return f"/o/{self.object.name}{tail}?{query}"

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What the address says, as the hidden inputs of a form."""
        return _pairs({"view": self.view.key, **self.said})


def _pairs(said: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (name, str(each))
        for name, value in said.items()
        for each in (value if isinstance(value, list) else [value])
    ]


async def asked(tx: Tx, him: records.Viewer, name: str, query: MultiMapping[Any]) -> Asked:
    """The list that an address or a form asks for; a wrong filter is told, and the view stands as it is kept."""
    object = records.access_object(him, name)
    view = await _view(tx, him, object, str(query.get("view") or "all"))
    said = {
        name: [str(each) for each in query.getall(name)] if name in _LISTS else str(query.get(name))
        for name in ("filtered", "f", "op", "v", "mine", "c", "sort", "dir")
        if name in query
    }
    shown = records.as_seen(him, view)
    if not said:
        return Asked(view, shown, False, said)
    try:
        wanted = wanted_of(shown, said)
        changed = records.as_seen(him, records.shaped(him, view, wanted))
        # What he cannot know of stays asked for as long as the filters are the view's own.
        changed = msgspec.structs.replace(changed, lacking=shown.lacking and "filtered" not in said)
        records.condition(him, changed)
    except Invalid as wrong:
        return Asked(view, shown, False, said, wrong.said)
    return Asked(view, changed, True, said)


async def _view(tx: Tx, him: records.Viewer, object: objects.Object, key: str) -> records.ListView:
    found = next((each for each in records.built_in(object) if each.key == key), None)
    if found is None:
        found = await records.access_view(tx, him, ids.of_address(key))
    if found.object.code != object.code:
        raise NotFound()
    return found


def wanted_of(shown: records.Listed, said: dict[str, Any]) -> records.Wanted:
    """What a form says, over what the view has."""
    filters = tuple(records.FilterOn(field.name, each.operation, each.value) for field, each in shown.filters)
    mine = shown.view.mine
    if "filtered" in said:
        rows = zip(said.get("f", []), said.get("op", []), said.get("v", []), strict=False)
        filters = tuple(records.FilterOn(*row) for row in rows if row[0])
        mine = said.get("mine") == "1"
    columns = said.get("c") or [field.name for field in shown.columns]
    return records.Wanted(
        filters=filters,
        columns=tuple(columns),
        sort=said.get("sort") or shown.sort.name,
        descending=said["dir"] == "desc" if "dir" in said else "sort" not in said and shown.descending,
        mine=mine,
    )


# --- the list ------------------------------------------------------------------------------------------------------


@get("/o/{name:str}")
async def list_records(request: Request, tx: Transaction, actor: people.Me, name: InPath) -> Response[str]:
    """The records of an object that I see, as a list view shows them."""
    return await list_page(request, tx, actor, name, request.query_params)


async def list_page(
    request: Request,
    tx: Tx,
    actor: people.Actor,
    name: str,
    query: MultiMapping[Any],
    *,
    error: str | None = None,
    called: str = "",
) -> Response[str]:
    """The page of the list that `query` asks for, with what went wrong when a view was saved as `called`."""
    him = await records.viewer(tx, actor)
    list_of = await asked(tx, him, name, query)
    shown, object = list_of.shown, list_of.object
    page = await records.view_page(tx, him, shown, after=query.get("after"), size=PAGE)
    versions = await records.editable_versions(tx, him, object, [row.id for row in page.rows])
    first = "after" not in query
    return await html.page(
        request,
        tx,
        actor,
        "desk/records.html",
        status=422 if error or list_of.error else 200,
        columns=[_column(list_of, field) for field in shown.columns],
        rows=[
            Row(
                row.id,
                row.url,
                [
                    cell(f, row.shown[f.name], page.names, actor.timezone, edits=_edits(him, object, f, row.id in versions))
                    for f in shown.columns
                ],
                versions.get(row.id, 0),
            )
            for row in page.rows
        ],
        count=html.number(page.count)
        if page.count <= records.COUNTED
        else f"{html.number(records.COUNTED)}+",
        next_url=list_of.url(after=page.following) if page.following else None,
        first_url=None if first else list_of.url(),
        **await frame(tx, actor, him, list_of, query, board=False),
        error=error or list_of.error,
        called=called,
    )  # fmt: skip


def _edits(him: records.Viewer, object: objects.Object, field: objects.Field, editable: bool) -> bool:
    return editable and field.name != "OwnerId" and him.may_edit(object, field)


async def frame(
    tx: Tx, actor: people.Actor, him: records.Viewer, list_of: Asked, query: MultiMapping[Any], *, board: bool
) -> dict[str, Any]:
    """What stands around a list and around a board: the views to choose from, the filters, the columns, what can be done."""
    object, view, shown = list_of.object, list_of.view, list_of.shown
    chosen = [field.name for field in shown.columns]
    for way, at in (("up", -1), ("down", 1)):
        if (moved := query.get(way)) in chosen:
            here = chosen.index(moved)
            chosen.insert(max(0, here + at), chosen.pop(here))
    fields = [
        field
        for field in records.list_fields(him, object)
        if field.type != "id" and field.column != "deleted_at"
    ]
    filters = [FilterRow(field.name, each.operation, each.value) for field, each in shown.filters]
    if list_of.error:
        rows = zip(
            list_of.said.get("f", []), list_of.said.get("op", []), list_of.said.get("v", []), strict=False
        )
        filters = [FilterRow(*row) for row in rows if row[0]]
    return {
        "object": object,
        "view": view,
        "views": await records.views(tx, him, [object]),
        "may_change": records.may_change(him, view),
        "may_create": him.can(object).create,
        "lacking": shown.lacking,
        "chips": await _chips(tx, him, list_of),
        "filter_rows": [*filters, *[FilterRow()] * BLANK_ROWS],
        "mine": shown.view.mine,
        "filter_fields": [field for field in fields if records.filterable(field)],
        "operations": list(OPERATION_WORDS.items()),
        "choices": [ColumnChoice(f, next(each.label for each in fields if each.name == f), True) for f in chosen]
        + [ColumnChoice(each.name, each.label, False) for each in fields if each.name not in chosen],
        "arranging": next(((way, query[way]) for way in ("up", "down") if way in query), None),
        "filters_kept": _pairs({n: v for n, v in list_of.said.items() if n in ("filtered", "f", "op", "v", "mine")}),
        "columns_kept": _pairs({n: v for n, v in list_of.said.items() if n in ("c", "sort", "dir")}),
        "hidden": list_of.hidden,
        "changed": list_of.changed,
        "list_url": list_of.url(),
        "board_url": list_of.url("/board") if object.path and _may_read(him, object, object.path) else None,
        "export_url": list_of.url("/export"),
        "feed_url": None if list_of.changed else f"/feeds/lists/{ids.show(view.id)}",
        "kept": await feed.kept_view(tx, actor, view.id),
        "board": board,
    }  # fmt: skip


def _may_read(him: records.Viewer, object: objects.Object, name: str) -> bool:
    return him.may_read(object, object.field(name))


def _column(list_of: Asked, field: objects.Field) -> Column:
    shown = list_of.shown
    if not records.filterable(field):
        return Column(field.name, field.label, field.is_number)
    here = shown.sort.name == field.name
    turned = "asc" if here and shown.descending else "desc" if here else "asc"
    state = ("descending" if shown.descending else "ascending") if here else None
    return Column(field.name, field.label, field.is_number, list_of.url(sort=field.name, dir=turned), state)


async def _chips(tx: Tx, him: records.Viewer, list_of: Asked) -> list[Chip]:
    """The filters in words; each can be taken away."""
    shown = list_of.shown
    rows = [(field, each) for field, each in shown.filters]
    references = {id for field, each in rows if field.type == "reference" and (id := _id(each.value))}
    names = await records.names(tx, him, references) if references else None
    chips = []
    for at, (field, each) in enumerate(rows):
        id = _id(each.value) if field.type == "reference" else None
        value = (names.name(id) if names and id else None) or each.value or _("nothing")
        if field.type == "boolean":
            value = field.show(each.value.lower() in ("true", "yes", "1"))
        elif field.choice(value) is not None:
            value = field.show(value)
        left = [other for n, (_, other) in enumerate(rows) if n != at]
        left_fields = [other.name for n, (other, _) in enumerate(rows) if n != at]
        url = list_of.url(
            filtered="1",
            f=left_fields,
            op=[other.operation for other in left],
            v=[other.value for other in left],
            mine="1" if shown.view.mine else None,
        )
        chips.append(Chip(f"{_(field.label)} {_(OPERATION_WORDS[each.operation])} {value}", url))
    return chips


def _id(text: str) -> int | None:
    try:
        return ids.parse(text)
    except Invalid:
        return None


ROUTES = [list_records]
