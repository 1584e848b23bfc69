"""Pages of list views: an object's records in columns that one chooses, filtered, sorted, saved, and as a CSV file."""

import csv
import io
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from multidict import MultiDict, MultiMapping

from hubbub import feed, objects, people, records
from hubbub.core import html, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.html import see_other
from hubbub.desk import actions
from hubbub.desk.pages.cells import Cell, cell

PAGE = 50
BLANK_ROWS = 2  # to write further filters into
MOST_EXPORTED = 50_000
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
    "equals": "is",
    "notEqual": "is not",
    "lessThan": "less than",
    "greaterThan": "greater than",
    "lessOrEqual": "at most",
    "greaterOrEqual": "at least",
    "contains": "contains",
    "notContain": "does not contain",
    "startsWith": "begins with",
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
        return Asked(view, shown, False, said, wrong.message)
    return Asked(view, changed, True, said)


async def _view(tx: Tx, him: records.Viewer, object: objects.Object, key: str) -> records.ListView:
    found = next((each for each in records.built_in(object) if each.key == key), None)
    if found is None:
        try:
            found = await records.access_view(tx, him, ids.parse(key))
        except Invalid:
            raise NotFound() from None
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
async def list_records(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    name: FromPath[str],
) -> Response[str]:
    """The records of an object that I see, as a list view shows them."""
    return await _list_page(request, tx, actor, name, request.query_params)


async def _list_page(
    request: Request[Any, Any, Any],
    tx: Tx,
    actor: people.Actor,
    name: str,
    query: MultiMapping[Any],
    *,
    error: str | None = None,
    called: str = "",
) -> Response[str]:
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
                    cell(f, row.values[f.name], page.names, actor.timezone, edits=_edits(him, object, f, row.id in versions))
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
    fields = [field for field in him.fields(object) if field.type != "id" and field.column != "deleted_at"]
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
        "filter_fields": [field for field in fields if records.filterable(object, field)],
        "operations": list(OPERATION_WORDS.items()),
        "choices": [ColumnChoice(f, next(each.label for each in fields if each.name == f), True) for f in chosen]
        + [ColumnChoice(each.name, each.label, False) for each in fields if each.name not in chosen],
        "arranging": any(each in query for each in ("up", "down")),
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
    if not records.filterable(list_of.object, field):
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
        value = (names.name(id) if names and id else None) or each.value or "nothing"
        if field.type == "boolean":
            value = "yes" if each.value.lower() in ("true", "yes", "1") else "no"
        left = [other for n, (_, other) in enumerate(rows) if n != at]
        left_fields = [other.name for n, (other, _) in enumerate(rows) if n != at]
        url = list_of.url(
            filtered="1",
            f=left_fields,
            op=[other.operation for other in left],
            v=[other.value for other in left],
            mine="1" if shown.view.mine else None,
        )
        chips.append(Chip(f"{field.label} {OPERATION_WORDS[each.operation]} {value}", url))
    return chips


def _id(text: str) -> int | None:
    try:
        return ids.parse(text)
    except Invalid:
        return None


# --- saving --------------------------------------------------------------------------------------------------------


@post("/o/{name:str}/views")
async def save_view(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    name: FromPath[str],
) -> Response[Any]:
    """Keep the list that is shown as a view, for myself or for everybody."""
    form = await request.form()
    called = str(form.get("name") or "")
    him = await records.viewer(tx, actor)
    list_of = await asked(tx, him, name, form)
    if list_of.error:
        return await _list_page(request, tx, actor, name, form, called=called)
    try:
        async with tx.savepoint():
            view = await records.save_view(
                tx, actor, name, called, wanted_of(list_of.shown, {}), shared=form.get("shared") == "1"
            )
    except Invalid as refused:
        return await _list_page(request, tx, actor, name, form, error=refused.message, called=called)
    return see_other(view.url)


@post("/o/{name:str}/views/{key:str}")
async def change_view(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    name: FromPath[str],
    key: FromPath[str],
) -> Response[Any]:
    """Change what a view is called and who has it, and let it show what is shown."""
    form = await request.form()
    him = await records.viewer(tx, actor)
    view_id = _view_id(key)
    kept = await records.access_view(tx, him, view_id, to="edit")
    said = MultiDict(
        [*((field, value) for field, value in form.multi_items() if field != "view"), ("view", kept.key)]
    )
    list_of = await asked(tx, him, name, said)
    if list_of.error:
        return await _list_page(request, tx, actor, name, said)
    try:
        async with tx.savepoint():
            view = await records.change_view(
                tx, actor, view_id, name=str(form.get("name") or ""), shared=form.get("shared") == "1",
                wanted=wanted_of(list_of.shown, {}) if list_of.changed else None,
            )  # fmt: skip
    except Invalid as refused:
        return await _list_page(request, tx, actor, name, said, error=refused.message)
    return see_other(view.url)


@post("/o/{name:str}/views/{key:str}/delete")
async def delete_view(
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    name: FromPath[str],
    key: FromPath[str],
) -> Response[Any]:
    """Delete a view; the records stay."""
    him = await records.viewer(tx, actor)
    records.access_object(him, name)
    view = await actions.delete_view(tx, actor, _view_id(key))
    return see_other(f"/o/{view.object.name}")


def _view_id(key: str) -> int:
    try:
        return ids.parse(key, ids.Type.LIST_VIEW)
    except Invalid:
        raise NotFound() from None


# --- as a file -----------------------------------------------------------------------------------------------------


@get("/o/{name:str}/export")
async def export(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    name: FromPath[str],
) -> Response[bytes]:
    """The list as a CSV file: its columns, and the rows that I see, 50,000 at most."""
    him = await records.viewer(tx, actor)
    list_of = await asked(tx, him, name, request.query_params)
    if list_of.error:
        raise Invalid("INVALID_FILTER", list_of.error)
    shown = list_of.shown
    text = io.StringIO()
    # A spreadsheet takes a file without this mark for one in its own country's letters.
    text.write("\ufeff")
    lines = csv.writer(text)
    lines.writerow([defused(field.label) for field in shown.columns])
    after, left = None, MOST_EXPORTED
    while left > 0:
        page = await records.view_page(tx, him, shown, after=after, size=min(1000, left), count=False)
        for row in page.rows:
            lines.writerow(
                [_exported(f, row.values[f.name], page.names, actor.timezone) for f in shown.columns]
            )
        after, left = page.following, left - len(page.rows)
        if after is None:
            break
    file = "".join(char if char.isascii() and char.isalnum() else "-" for char in list_of.view.name)[:60]
    return Response(
        text.getvalue().encode(),
        media_type="text/csv",
        headers={
            "content-disposition": f'attachment; filename="{file or "list"}.csv"',
            "cache-control": "no-store",
        },
    )


def _exported(field: objects.Field, value: Any, names: records.Names, timezone: str) -> str:
    if value is None:
        return ""
    if field.is_number:
        return f"{value:f}" if not isinstance(value, int) else str(value)
    if field.type == "boolean":
        return "true" if value else "false"
    if field.type in ("date", "datetime"):
        return field.to_form(value, timezone).replace("T", " ")
    return defused(names.show(field, value, timezone) or "")


def defused(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


ROUTES = [list_records, save_view, change_view, delete_view, export]
