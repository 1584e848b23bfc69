"""List views: which of an object's records a list shows, in which columns and order; those built in, and those that people
save for themselves or for everybody."""

from typing import Any

import msgspec

from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Forbidden, NotFound
from hubbub.core.ids import Type
from hubbub.core.languages import Text
from hubbub.objects import Catalog, Field, Object
from hubbub.records.access.activities import list_fields
from hubbub.records.access.viewer import Viewer

# Numbers of the views built in stand above all that `new_id` will ever hand out: they are the same in every org.
_BUILT_IN = 1 << 40

COMPARED = {"lessThan": "<", "greaterThan": ">", "lessOrEqual": "<=", "greaterOrEqual": ">="}
TEXTUAL = ("contains", "notContain", "startsWith")
OPERATIONS = ("equals", "notEqual", *COMPARED, *TEXTUAL)
_LONGEST_FILTERED = 255  # longer texts are neither compared nor sorted by


class Filter(msgspec.Struct, frozen=True):
    """One condition: a field (by its id), one of OPERATIONS, and what is compared with, as a person writes it."""

    field: str
    operation: str
    value: str = ""


class ListView(msgspec.Struct, frozen=True):
    """A list view as it is kept; fields by their ids."""

    id: int
    object: Object
    name: str
    key: str  # of a view built in what its address says; of others its id
    owner_id: int | None = None  # none: it is built in
    shared: bool = True
    mine: bool = False  # only what the viewer owns
    filters: tuple[Filter, ...] = ()
    columns: tuple[int, ...] = ()
    sort_id: int = 0
    descending: bool = False
    text: Text | None = None  # the name of a view built in, for whoever reads it

    @property
    def title(self) -> str:
        """What pages call it: what people have saved is called as they called it."""
        return self.text.said if self.text else self.name

    @property
    def built_in(self) -> bool:
        return self.owner_id is None

    @property
    def url(self) -> str:
        return f"/o/{self.object.name}?view={self.key}"


class Listed(msgspec.Struct, frozen=True):
    """A list view as one viewer has it: only fields that he may read are in it."""

    view: ListView
    columns: tuple[Field, ...]
    filters: tuple[tuple[Field, Filter], ...]
    sort: Field
    descending: bool
    lacking: bool  # it asks for a field that is hidden from him, or gone: then it holds nothing for him


def built_in(object: Object) -> list[ListView]:
    """The views that an object has from the start, as far as its fields allow."""
    names = {field.name for field in object.fields}
    columns = tuple(object.field(name).id for name in object.columns)
    sort, descending = object.field(object.sort[0]).id, object.sort[1] == "desc"
    plural, found = object.plural, list[ListView]()

    def add(number: int, key: str, text: Text, *filters: tuple[str, str, str], **more: Any) -> None:
        kept = tuple(Filter(str(object.field(field).id), *rest) for field, *rest in filters)
        view = ListView(
            id=ids.make(Type.LIST_VIEW, _BUILT_IN + object.code * 100 + number),
            object=object,
            name=str(text),
            text=text,
            key=key,
            filters=kept,
            columns=columns,
            sort_id=sort,
            descending=descending,
        )
        found.append(msgspec.structs.replace(view, **more))

    is_open = ("IsClosed", "equals", "false")
    add(1, "all", Text("All {plural:_}", plural=plural))
    if object.owned:
        add(2, "mine", Text("My {plural:_}", plural=plural), mine=True)
    if "IsClosed" in names:
        add(3, "open", Text("Open {plural:_}", plural=plural), is_open)
        if object.owned:
            add(4, "mine-open", Text("My Open {plural:_}", plural=plural), is_open, mine=True)
        if "CloseDate" in names:
            closing = ("CloseDate", "equals", "THIS_MONTH")
            by_close = {"sort_id": object.field("CloseDate").id, "descending": False}
            add(5, "closing", Text("Closing This Month"), is_open, closing, **by_close)  # fmt: skip
        if "ActivityDate" in names:
            due = {"sort_id": object.field("ActivityDate").id, "descending": False}
            add(
                6,
                "overdue",
                Text("Overdue {plural:_}", plural=plural),
                is_open,
                ("ActivityDate", "lessThan", "TODAY"),
                **due,
            )
            add(
                7,
                "today",
                Text("{plural:_} Due Today", plural=plural),
                is_open,
                ("ActivityDate", "equals", "TODAY"),
                **due,
            )
    made = object.field("CreatedDate").id
    lately = ("CreatedDate", "equals", "LAST_N_DAYS:30")
    add(9, "recent", Text("Recently Created"), lately, sort_id=made, descending=True)
    return found


def filterable(field: Field) -> bool:
    """Can lists be filtered and sorted by this field?"""
    return not (
        field.type == "id"
        or field.column == "deleted_at"
        or (field.type == "textarea" and field.length > _LONGEST_FILTERED)
    )


def as_seen(him: Viewer, view: ListView) -> Listed:
    """A view as somebody has it: what he may not read is treated as what is gone."""
    object = view.object
    known = {field.id: field for field in list_fields(him, object)}
    columns = tuple(known[each] for each in view.columns if each in known)
    filters = [(known.get(int(each.field)), each) for each in view.filters]
    sort = known.get(view.sort_id)
    usual = object.field(object.sort[0])
    return Listed(
        view=view,
        columns=columns or (object.name_field,),
        filters=tuple((field, each) for field, each in filters if field is not None),
        sort=sort or usual,
        descending=view.descending if sort else object.sort[1] == "desc",
        lacking=any(field is None or not reaches(him, field) for field, _ in filters),
    )


def reaches(him: Viewer, field: Field) -> bool:
    """May he read anything of what the field points at? Else there is nothing to compare."""
    if field.type != "reference" or "User" in field.to or not field.to:
        return True
    return any((to := him.catalog.get(name)) is not None and him.can(to).read for name in field.to)


class _Row(msgspec.Struct, frozen=True):
    id: int
    object: int
    owner_id: int
    name: str
    shared: bool
    mine: bool
    filters: list[dict[str, str]]
    columns: list[int]
    sort_id: int
    descending: bool


_COLUMNS = (
    "v.id, v.object, v.owner_id, v.name, v.shared, v.mine, v.filters, v.columns, v.sort_id, v.descending"
)


def _view(catalog: Catalog, row: _Row) -> ListView:
    return ListView(
        id=row.id,
        object=catalog.codes[row.object],
        name=row.name,
        key=ids.show(row.id),
        owner_id=row.owner_id,
        shared=row.shared,
        mine=row.mine,
        filters=tuple(msgspec.convert(row.filters, list[Filter])),
        columns=tuple(row.columns),
        sort_id=row.sort_id,
        descending=row.descending,
    )


async def views(tx: Tx, him: Viewer, objects: list[Object]) -> list[ListView]:
    """The list views of these objects that the viewer has: those built in, then his own and everybody's by name. Guests have
    those built in and their own."""
    readable = [each for each in objects if him.can(each).read]
    rows = await tx.rows(
        f"""select {_COLUMNS} from list_view v
            where v.org_id = %(org)s and v.object = any(%(objects)s::int[])
              and (v.owner_id = %(viewer)s or v.shared and not %(guest)s)
            order by v.object, lower(v.name), v.id""",
        {
            "objects": [each.code for each in readable],
            "viewer": him.actor.user_id,
            "guest": him.actor.guest,
        },
        into=_Row,
    )
    kept = [_view(him.catalog, row) for row in rows]
    return [
        view
        for each in readable
        for view in (*built_in(each), *(one for one in kept if one.object.code == each.code))
    ]


async def access_view(tx: Tx, him: Viewer, view_id: int, to: str = "read") -> ListView:
    """The list view, if the viewer has it and may `read` or `edit` it. His own and everybody's are there; only its owner and
    administrators change one, and nobody those built in."""
    if ids.type_of(view_id) != Type.LIST_VIEW:
        raise NotFound()
    code, _ = divmod((view_id & ((1 << ids.NUMBER_BITS) - 1)) - _BUILT_IN, 100)
    object = him.catalog.codes.get(code)
    if object is not None and him.can(object).read:
        for each in built_in(object):
            if each.id == view_id:
                if to == "edit":
                    raise Forbidden("The views that are built in stay as they are: save one of your own.")
                return each
    row = await tx.row(
        f"""select {_COLUMNS} from list_view v
            where v.org_id = %(org)s and v.id = %(id)s and (v.owner_id = %(viewer)s or v.shared and not %(guest)s)""",
        {"id": view_id, "viewer": him.actor.user_id, "guest": him.actor.guest},
        into=_Row,
    )
    if row is None or row.object not in him.catalog.codes or not him.can(him.catalog.codes[row.object]).read:
        raise NotFound()
    view = _view(him.catalog, row)
    if to == "edit" and not may_change(him, view):
        raise Forbidden("Only its owner and administrators change a view that everybody has.")
    return view


def may_change(him: Viewer, view: ListView) -> bool:
    """May he change, share and delete this view?"""
    return not view.built_in and (view.owner_id == him.actor.user_id or (view.shared and him.actor.admin))
