"""REST: list views in Salesforce's shapes; making and changing them, and undoing a change, which Salesforce has no resource
for."""

from typing import Any

from litestar import Response, delete, get, patch, post

from hubbub import desk, people, records
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.ids import Type
from hubbub.core.rest import api_base, boolean, input_of, json_answer, whole

MOST_RESULTS, MOST_OFFSET = 2000, 2000
Json = dict[str, Any]


def _view_url(base: str, view: records.ListView) -> str:
    return f"{base}/sobjects/{view.object.name}/listviews/{ids.show(view.id)}"


def _shape(base: str, view: records.ListView) -> Json:
    url = _view_url(base, view)
    words = view.key.replace("-", " ").title() if view.built_in else view.name
    return {
        "describeUrl": f"{url}/describe",
        "developerName": "".join(char for char in words if char.isascii() and char.isalnum())
        or ids.show(view.id),
        "id": ids.show(view.id),
        "label": view.name,
        "resultsUrl": f"{url}/results",
        "soqlCompatible": True,
        "url": url,
    }


async def _of(tx: Tx, actor: people.Actor, name: str, key: str) -> tuple[records.Viewer, records.Listed]:
    him = await records.viewer(tx, actor)
    object = records.access_object(him, name)
    try:
        view = await records.access_view(tx, him, ids.parse(key))
    except Invalid:
        raise NotFound() from None
    if view.object.code != object.code:
        raise NotFound()
    return him, records.as_seen(him, view)


@get("/sobjects/{name:str}/listviews")
async def list_views(request: Request, tx: Transaction, actor: people.Me, name: InPath) -> Response[bytes]:
    """GET /sobjects/X/listviews — the list views of an object that I have: those built in, my own, everybody's; limit 1 to
    2000 (200), offset."""
    him = await records.viewer(tx, actor)
    object = records.access_object(him, name)
    limit, offset = whole(request, "limit", 200, 1, 2000), whole(request, "offset", 0, 0, 2000)
    found = await records.views(tx, him, [object])
    base, shown = api_base(request), found[offset : offset + limit]
    more = offset + limit < len(found)
    following = f"{base}/sobjects/{object.name}/listviews?limit={limit}&offset={offset + limit}"
    return json_answer(
        {
            "done": not more,
            "listviews": [_shape(base, view) for view in shown],
            "nextRecordsUrl": following if more else None,
            "size": len(shown),
            "sobjectType": object.name,
        }
    )


@get("/sobjects/{name:str}/listviews/{view:str}")
async def read_view(
    request: Request, tx: Transaction, actor: people.Me, name: InPath, view: InPath
) -> Response[bytes]:
    """GET /sobjects/X/listviews/{id} — one list view."""
    _, shown = await _of(tx, actor, name, view)
    return json_answer(_shape(api_base(request), shown.view))


@get("/sobjects/{name:str}/listviews/{view:str}/describe")
async def describe_view(tx: Transaction, actor: people.Me, name: InPath, view: InPath) -> Response[bytes]:
    """GET /sobjects/X/listviews/{id}/describe — its columns, conditions and order, and the SOQL that finds the same; fields
    that I may not read are not there."""
    him, shown = await _of(tx, actor, name, view)
    return json_answer(_described(him, shown))


def _described(him: records.Viewer, shown: records.Listed) -> Json:
    way = "descending" if shown.descending else "ascending"
    columns = _columns(him, shown)
    return {
        "columns": columns,
        "id": ids.show(shown.view.id),
        "orderBy": [
            {
                "fieldNameOrPath": records.path_of(him, shown.sort),
                "nullsPosition": "last",
                "sortDirection": way,
            }
        ],
        "query": records.soql(him, shown),
        "scope": "mine" if shown.view.mine else None,
        "sobjectType": shown.view.object.name,
        "whereCondition": {
            "conditions": [
                {"field": field.name, "operator": each.operation, "values": [each.value]}
                for field, each in shown.filters
            ],
            "conjunction": "and",
        },
    }


def _columns(him: records.Viewer, shown: records.Listed) -> list[Json]:
    object, found = shown.view.object, []
    paths = [(records.path_of(him, field), field) for field in shown.columns]
    hidden = [("Id", object.field("Id"))] if all(path != "Id" for path, _ in paths) else []
    for path, field in [*paths, *hidden]:
        sorts = field.id == shown.sort.id
        text = field.is_text or field.type == "reference"
        found.append(
            {
                "ascendingLabel": "A-Z" if text else "Low to High",
                "descendingLabel": "Z-A" if text else "High to Low",
                "fieldNameOrPath": path,
                "hidden": (path, field) in hidden,
                "label": field.label,
                "selectListItem": path,
                "sortDirection": ("descending" if shown.descending else "ascending") if sorts else None,
                "sortIndex": 0 if sorts else None,
                "sortable": records.filterable(field),
                "type": "string" if path != field.name else field.type,
            }
        )
    return found


@get("/sobjects/{name:str}/listviews/{view:str}/results")
async def view_results(
    request: Request, tx: Transaction, actor: people.Me, name: InPath, view: InPath
) -> Response[bytes]:
    """GET /sobjects/X/listviews/{id}/results — the records in it that I see, values as texts; limit 1 to 2000 (25), offset at
    most 2000."""
    him, shown = await _of(tx, actor, name, view)
    limit, offset = whole(request, "limit", 25, 1, MOST_RESULTS), whole(request, "offset", 0, 0, MOST_OFFSET)
    query = f"{records.soql(him, shown)} LIMIT {limit + 1} OFFSET {offset}"
    found = (await records.query(tx, actor, query, base=api_base(request), size=limit + 1)).records
    columns = _columns(him, shown)
    return json_answer(
        {
            "columns": columns,
            "developerName": _shape("", shown.view)["developerName"],
            "done": len(found) <= limit,
            "id": ids.show(shown.view.id),
            "label": shown.view.name,
            "records": [
                {
                    "columns": [
                        {
                            "fieldNameOrPath": each["fieldNameOrPath"],
                            "value": _value(row, each["fieldNameOrPath"]),
                        }
                        for each in columns
                    ]
                }
                for row in found[:limit]
            ],
            "size": min(len(found), limit),
        }
    )


def _value(row: Json, path: str) -> str | None:
    value: Any = row
    for part in path.split("."):
        value = value.get(part) if value else None
    return None if value is None else str(value).lower() if isinstance(value, bool) else str(value)


# --- what Salesforce has no resource for ---------------------------------------------------------------------------


@post("/listviews", status_code=201)
async def add_view(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """POST /hubbub/listviews — `{"sobjectType", "label", "columns": [field], "filters": [{"field", "operation", "value"}],
    "scope": "everything" or "mine", "sort": field, "descending", "shared"}`; answers 201 and the list view. INVALID_FIELD for
    fields that do not exist for me, INVALID_FILTER and INVALID_FILTER_VALUE for what cannot be compared."""
    given = await input_of(request)
    view = await records.save_view(
        tx,
        actor,
        _text(given, "sobjectType"),
        given.get("label", ""),
        _wanted(given),
        shared=boolean(given, "shared", False),
    )
    return json_answer(_shape(api_base(request), view), 201)


@patch("/listviews/{view:str}")
async def change_view(request: Request, tx: Transaction, actor: people.Me, view: InPath) -> Response[bytes]:
    """PATCH /hubbub/listviews/{id} — label and shared; with columns, filters, scope or sort all of these anew; the list view.
    403 unless it is mine, or everybody's and I am an administrator."""
    view_id, given = ids.parse(view, Type.LIST_VIEW), await input_of(request)
    shows = any(each in given for each in ("columns", "filters", "scope", "sort", "descending"))
    changed = await records.change_view(
        tx, actor, view_id, name=given.get("label"), wanted=_wanted(given) if shows else None,
        shared=boolean(given, "shared") if "shared" in given else None,
    )  # fmt: skip
    return json_answer(_shape(api_base(request), changed))


@delete("/listviews/{view:str}", status_code=204)
async def delete_view(tx: Transaction, actor: people.Me, view: InPath) -> None:
    """DELETE /hubbub/listviews/{id} — 204; its records stay, and nobody keeps it as a feed any more."""
    await desk.delete_view(tx, actor, ids.parse(view, Type.LIST_VIEW))


@post("/records/{key:str}/undo", status_code=200)
async def undo(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """POST /hubbub/records/{id}/undo — `{"version"}`: gives back what I changed with the save that made that version; answers
    `{"id", "version"}`. 409 ENTITY_IS_CHANGED where somebody changed one of those fields since, 409 INVALID_INPUT where
    nothing of mine is to be undone."""
    given = await input_of(request)
    version = given.get("version")
    if isinstance(version, str) and version.isascii() and version.isdigit():
        version = int(version[:9])
    if not isinstance(version, int) or isinstance(version, bool) or not 0 <= version < 1 << 31:
        raise Invalid("INVALID_INPUT", "version is a whole number.", fields=["version"])
    try:
        record_id = ids.parse(key)
    except Invalid:
        raise NotFound() from None
    saved = await desk.undo_change(tx, actor, record_id, version)
    return json_answer({"id": ids.show(saved.id), "version": saved.version})


def _wanted(given: Json) -> records.Wanted:
    filters, columns = given.get("filters") or [], given.get("columns") or []
    if not isinstance(filters, list) or not all(isinstance(each, dict) for each in filters):
        raise Invalid("INVALID_INPUT", "filters is a list of {field, operation, value}.", fields=["filters"])
    if not isinstance(columns, list) or not all(isinstance(each, str) for each in columns):
        raise Invalid("INVALID_INPUT", "columns is a list of fields' names.", fields=["columns"])
    if given.get("scope") not in (None, "everything", "mine"):
        raise Invalid("INVALID_INPUT", "scope is everything or mine.", fields=["scope"])
    return records.Wanted(
        filters=tuple(
            records.FilterOn(*(_text(each, name) for name in ("field", "operation", "value")))
            for each in filters
        ),
        columns=tuple(columns),
        sort=_text(given, "sort") or None,
        descending=boolean(given, "descending", False),
        mine=given.get("scope") == "mine",
    )


def _text(given: Json, name: str) -> str:
    value = given.get(name)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    if value is not None and not isinstance(value, str):
        raise Invalid("INVALID_INPUT", f"{name} is a text.", fields=[name])
    return value or ""


ROUTES = [list_views, read_view, describe_view, view_results]
HUBBUB = [add_view, change_view, delete_view, undo]
