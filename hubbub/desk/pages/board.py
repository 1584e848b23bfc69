"""The board: a list view by the stages of its records, to move them by mouse, by keyboard, or by a form."""

from typing import Any

import msgspec
from litestar import Response, get

from hubbub import objects, people, records
from hubbub.core import html, ids
from hubbub.core.db import Tx
from hubbub.core.errors import NotFound
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.html import translate as _
from hubbub.core.html import wants_stream
from hubbub.desk.pages.cells import Cell, cell
from hubbub.desk.pages.lists import Asked, asked, frame

CARDS = 20  # of a stage at first, and with each "more"


class Card(msgspec.Struct, frozen=True):
    """A record on the board."""

    id: int
    name: str
    url: str
    cells: list[Cell]
    may_move: bool
    stage: str


class Lane(msgspec.Struct, frozen=True):
    """The records of a stage; `number` is its place among the stages."""

    number: int
    value: str | None  # none: no stage that is offered
    label: str
    count: str
    total: str | None
    closed: bool
    won: bool
    cards: list[Card]
    more_url: str | None


class Stage(msgspec.Struct, frozen=True):
    """Where a card can be moved to."""

    value: str
    label: str


@get("/o/{name:str}/board")
async def board(request: Request, tx: Transaction, actor: people.Me, name: InPath) -> Response[str]:
    """A list view as a board; with `stage` and `after` the next cards of one stage."""
    him = await records.viewer(tx, actor)
    query = request.query_params
    list_of = await asked(tx, him, name, query)
    object, path = list_of.object, _path(him, list_of.object)
    if "stage" in query:
        return await _more(request, tx, actor, him, list_of, path)
    lanes = await _lanes(tx, him, list_of)
    moved, saved = query.get("moved", ""), query.get("saved", "")
    return await html.page(
        request,
        tx,
        actor,
        "desk/board.html",
        status=422 if list_of.error else 200,
        lanes=lanes,
        stages=_stages(object),
        card_url=list_of.url("/board/KEY"),
        back=list_of.url("/board"),
        undo=(ids.show(ids.of_address(moved)), saved)
        if moved and saved.isascii() and saved.isdigit() and len(saved) < 10
        else None,
        **await frame(tx, actor, him, list_of, query, board=True),
        error=list_of.error,
        called="",
    )


@get("/o/{name:str}/board/{key:str}")
async def board_card(
    request: Request, tx: Transaction, actor: people.Me, name: InPath, key: InPath
) -> Response[str]:
    """Where a card stands now, with what the stages come to, as changes to an open board."""
    him = await records.viewer(tx, actor)
    list_of = await asked(tx, him, name, request.query_params)
    path = _path(him, list_of.object)
    record_id = ids.of_address(key)
    lanes = await _lanes(tx, him, list_of, size=0)
    card = None
    if await records.in_view(tx, him, list_of.shown, record_id):
        fields = _fields(him, list_of.object)
        rows = await records.read_rows(tx, him, list_of.object, (*fields, path), [record_id])
        names = await records.names(tx, him, _references(fields, rows), seen=True)
        movable = await records.editable_versions(tx, him, list_of.object, [record_id])
        (card,) = _cards(him, fields, path, rows, names, movable)
    return html.stream(
        request, "desk/streams/card.html", actor=actor, key_of=ids.show(record_id), lanes=lanes, card=card,
        lane=next((each for each in lanes if card and each.value == card.stage), None),
        stages=_stages(list_of.object), back=list_of.url("/board"),
    )  # fmt: skip


async def _more(
    request: Request, tx: Tx, actor: people.Actor, him: records.Viewer, list_of: Asked, path: objects.Field
) -> Response[str]:
    """The next cards of a stage: into an open board, or as a page of their own."""
    object, stage = list_of.object, str(request.query_params.get("stage") or "")
    fields = _fields(him, object)
    shown = msgspec.structs.replace(list_of.shown, columns=(*fields, path))
    page = await records.view_page(
        tx, him, shown, after=request.query_params.get("after"), size=CARDS, count=False, stage=stage
    )
    movable = await records.editable_versions(tx, him, object, [row.id for row in page.rows])
    number = next(at for at, each in enumerate(object.stages) if each.value == stage)
    lane = Lane(
        number, stage, object.stages[number].label or stage, "", None, False, False,
        _cards(him, fields, path, page.rows, page.names, movable),
        list_of.url("/board", stage=stage, after=page.following) if page.following else None,
    )  # fmt: skip
    context: dict[str, Any] = {
        "lane": lane, "stages": _stages(object), "object": object, "back": list_of.url("/board"),
    }  # fmt: skip
    if wants_stream(request):
        return html.stream(request, "desk/streams/lane.html", actor=actor, **context)
    return await html.page(request, tx, actor, "desk/lane.html", view=list_of.view, **context)


def _path(him: records.Viewer, object: objects.Object) -> objects.Field:
    """The field by whose values the board stands; none that he may read: there is no board."""
    if object.path is None or not him.may_read(object, object.field(object.path)):
        raise NotFound()
    return object.field(object.path)


def _stages(object: objects.Object) -> list[Stage]:
    return [Stage(each.value, each.label or each.value) for each in object.stages]


def _fields(him: records.Viewer, object: objects.Object) -> tuple[objects.Field, ...]:
    """What a card says below its name: the first few of what lists say."""
    wanted = [object.field(name) for name in object.columns]
    return tuple(
        each
        for each in wanted
        if each.column != "name" and each.name != object.path and him.may_read(object, each)
    )[:4]


def _references(fields: tuple[objects.Field, ...], rows: list[records.Row]) -> set[int]:
    return {
        row.values[field.name]
        for row in rows
        for field in fields
        if field.type == "reference" and row.values[field.name]
    }


async def _lanes(tx: Tx, him: records.Viewer, list_of: Asked, *, size: int = CARDS) -> list[Lane]:
    object, path = list_of.object, _path(him, list_of.object)
    fields = _fields(him, object)
    found = await records.board(tx, him, list_of.shown, (*fields, path), size=size)
    movable = await records.editable_versions(
        tx, him, object, [row.id for lane in found.lanes for row in lane.rows]
    )
    lanes = []
    for number, lane in enumerate(found.lanes):
        stage = lane.stage
        more = (
            list_of.url("/board", stage=stage.value, after=lane.following)
            if stage and lane.following
            else None
        )
        lanes.append(
            Lane(
                number=number,
                value=stage.value if stage else None,
                label=(stage.label or stage.value) if stage else _("No {field}", field=_(path.label)),
                count=html.number(lane.count),
                total=html.money(lane.total) if lane.total is not None else None,
                closed=stage is not None and stage.closed,
                won=stage is not None and stage.won,
                cards=_cards(him, fields, path, lane.rows, found.names, movable),
                more_url=more if size else None,
            )
        )
    return lanes


def _cards(
    him: records.Viewer,
    fields: tuple[objects.Field, ...],
    path: objects.Field,
    rows: list[records.Row],
    names: records.Names,
    movable: dict[int, int],
) -> list[Card]:
    object = him.catalog.of(rows[0].id) if rows else None
    return [
        Card(
            row.id,
            row.name,
            row.url,
            [cell(f, row.shown[f.name], names, him.actor.timezone) for f in fields],
            may_move=row.id in movable and object is not None and him.may_edit(object, path),
            stage=row.values[path.name] or "",
        )
        for row in rows
    ]


ROUTES = [board, board_card]
