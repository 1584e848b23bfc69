"""Permission sets: what each grants on objects and fields, and who has it."""

from typing import Any

import msgspec
from litestar import Response, get, post

from hubbub import objects, people
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.html import Option, see_other
from hubbub.core.html import translate as _
from hubbub.core.ids import Type
from hubbub.setup.pages.forms import (
    Form,
    Wrong,
    attempt,
    find,
    id_of,
    require_setup,
    show,
    suggestions,
    typed,
)
from hubbub.setup.pages.people import abilities, still

LONGEST_NAME = 80


def rights() -> list[tuple[str, str]]:
    """What a permission set may grant on an object, by letter."""
    return [
        ("r", _("Read")),
        ("c", _("Create")),
        ("e", _("Edit")),
        ("d", _("Delete")),
        ("v", _("View all")),
        ("m", _("Modify all")),
    ]


class Box(msgspec.Struct, frozen=True):
    """A box of the matrix; `news` says who set it otherwise since the page was opened: they, or me, unsaved."""

    name: str
    label: str
    ticked: bool
    news: str | None = None


class Row(msgspec.Struct, frozen=True):
    """A row of the matrix: an object or a field, and its boxes; None stands where there can be none."""

    label: str
    name: str
    boxes: list[Box | None]


class Matrix(msgspec.Struct, frozen=True):
    """What is granted, as boxes of a form: all their names, and those that are ticked."""

    names: list[str]
    ticked: frozenset[str]

    def told(self) -> str:
        """The ticked boxes, for a form to bring back: what somebody saw when he decided."""
        return " ".join(name for name in self.names if name in self.ticked)


class Merged(msgspec.Struct, frozen=True):
    """What two people want of a matrix that both had open, neither of them lost."""

    ticked: frozenset[str]
    theirs: frozenset[str]  # boxes that somebody else set since I opened it
    mine: frozenset[str]  # boxes that I set and that are not saved yet


def merge(seen: frozenset[str], now: frozenset[str], wanted: frozenset[str]) -> Merged:
    """My changes of what I saw, on top of what there is now."""
    ticked = (now | (wanted - seen)) - (seen - wanted)
    return Merged(ticked, seen ^ now, ticked ^ now)


@get("/setup/permission-sets")
async def show_sets(request: Request, tx: Transaction, actor: people.Me) -> Response[str]:
    """The permission sets, and the form of a new one."""
    require_setup(actor)
    return await _list_page(request, tx, actor, Form())


@post("/setup/permission-sets")
async def create_set(request: Request, tx: Transaction, actor: people.Me) -> Response[Any]:
    """Make a permission set that grants nothing yet."""
    require_setup(actor)
    form = await typed(request)
    made = 0
    async with attempt(tx, form):
        name = form.value("name").strip()
        if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
            raise Wrong({"name": _("A name has 1 to 80 characters.")})
        if name.casefold() in {each.name.casefold() for each in await people.permission_sets(tx)}:
            raise Wrong({"name": _("There is a profile or permission set of this name already.")})
        made = await people.add_permission_set(tx, actor, name, profile=form.value("kind") == "profile")
    if form.refused:
        return await _list_page(request, tx, actor, form)
    return see_other(f"/setup/permission-sets/{ids.show(made)}")


@get("/setup/permission-sets/{key:str}")
async def show_set(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[str]:
    """What a permission set grants, and who has it."""
    require_setup(actor)
    return await _set_page(request, tx, actor, await _set(tx, key), Form())


@post("/setup/permission-sets/{key:str}/objects")
async def save_objects(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Say what a permission set grants on objects."""
    require_setup(actor)
    held = await _set(tx, key)
    form = await typed(request)
    await people.raise_version(tx)  # who saves at the same moment waits here, and then sees what I did
    catalog = await objects.catalog(tx, actor.access_version)
    now = await _object_matrix(tx, held, catalog)
    merged = _merged(form, now)
    if merged.theirs and merged.mine:
        return await _set_page(request, tx, actor, held, _stale(form), objects_merged=merged)
    for object in catalog.objects:
        wanted = "".join(letter for letter, _words in rights() if f"{object.name}.{letter}" in merged.ticked)
        if any(name.startswith(f"{object.name}.") for name in merged.mine):
            await people.grant_object(tx, actor, held.name, object.code, wanted)
    return see_other(f"/setup/permission-sets/{key}")


@post("/setup/permission-sets/{key:str}/fields/{name:str}")
async def save_fields(
    request: Request, tx: Transaction, actor: people.Me, key: InPath, name: InPath
) -> Response[Any]:
    """Say which fields of an object a permission set grants."""
    require_setup(actor)
    held = await _set(tx, key)
    object = (await objects.catalog(tx, actor.access_version)).object(name)
    form = await typed(request)
    await people.raise_version(tx)  # who saves at the same moment waits here, and then sees what I did
    merged = _merged(form, await _field_matrix(tx, held, object))
    if merged.theirs and merged.mine:
        return await _set_page(
            request, tx, actor, held, _stale(form), chosen=object.name, fields_merged=merged
        )
    for field in object.fields:
        if not {f"{field.name}.r", f"{field.name}.e"} & merged.mine:
            continue
        edit = field.writable and f"{field.name}.e" in merged.ticked
        if edit or f"{field.name}.r" in merged.ticked:
            await people.grant_field_to(tx, actor, held.name, field.id, can_edit=edit)
        else:
            await people.withdraw_field(tx, actor, held.name, field.id)
    return see_other(f"/setup/permission-sets/{key}?object={object.name}#fields")


@post("/setup/permission-sets/{key:str}/people")
async def assign(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Give a person what a permission set allows."""
    require_setup(actor)
    held = await _set(tx, key)
    form = await typed(request)
    async with attempt(tx, form, usual="person"):
        person = await find(tx, actor, form, "person", "p")
        await people.assign_permission_set(tx, actor, person, held.name)
    if form.refused:
        return await _set_page(request, tx, actor, held, form)
    return see_other(f"/setup/permission-sets/{key}#people")


@post("/setup/permission-sets/{key:str}/people/{person:str}/delete")
async def withdraw(
    request: Request, tx: Transaction, actor: people.Me, key: InPath, person: InPath
) -> Response[Any]:
    """Take from a person what a permission set allows; the last who manages people keeps that right."""
    require_setup(actor)
    held = await _set(tx, key)
    user_id = id_of(person, Type.USER)
    form = Form()
    async with attempt(tx, form):
        await people.withdraw_permission_set(tx, actor, user_id, held.name)
    if form.refused:
        return await _set_page(request, tx, actor, held, form)
    return see_other(await still(tx, actor, f"/setup/permission-sets/{key}#people"))


@post("/setup/permission-sets/{key:str}/delete")
async def delete_set(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Delete a permission set or profile that nobody has."""
    require_setup(actor)
    held = await _set(tx, key)
    form = Form()
    async with attempt(tx, form):
        await people.delete_permission_set(tx, actor, held.name)
    return (
        await _set_page(request, tx, actor, held, form)
        if form.refused
        else see_other("/setup/permission-sets")
    )


# --- the matrices --------------------------------------------------------------------------------------------------


async def _object_matrix(tx: Tx, held: people.PermissionSet, catalog: objects.Catalog) -> Matrix:
    granted = {each.object: each.rights for each in await people.object_grants(tx, held.id)}
    return Matrix(
        [f"{each.name}.{letter}" for each in catalog.objects for letter, _words in rights()],
        frozenset(
            f"{each.name}.{letter}" for each in catalog.objects for letter in granted.get(each.code, "")
        ),
    )


async def _field_matrix(tx: Tx, held: people.PermissionSet, object: objects.Object) -> Matrix:
    granted = {each.field_id: each.edit for each in await people.field_grants(tx, held.id)}
    fields = [field for field in object.fields if field.permissionable]
    ticked = {f"{field.name}.r" for field in fields if field.id in granted}
    ticked |= {f"{field.name}.e" for field in fields if granted.get(field.id) and field.writable}
    names = [f"{field.name}.{letter}" for field in fields for letter in ("re" if field.writable else "r")]
    return Matrix(names, frozenset(ticked))


def _merged(form: Form, now: Matrix) -> Merged:
    """What a form wants, put together with what others did since it was opened."""
    names = frozenset(now.names)
    wanted = {name for name in names if form.value(name)}
    wanted |= {f"{name[:-2]}.r" for name in wanted} & names  # every right reads
    seen = frozenset(form.value("seen", now.told()).split()) & names
    return merge(seen, now.ticked, frozenset(wanted))


def _stale(form: Form) -> Form:
    form.refused = Invalid(
        "STALE",
        _(
            "Somebody else changed this while you had it open. Nothing of yours is saved yet, and nothing is lost: the"
            " boxes hold both. Look at the marked ones and save again."
        ),
    )
    return form


def _boxes(matrix: Matrix, merged: Merged | None, names: list[tuple[str, str]]) -> list[Box | None]:
    """The boxes of a row: by name and label; a name that the matrix lacks has none."""
    ticked = merged.ticked if merged else matrix.ticked
    found: list[Box | None] = []
    for name, label in names:
        news = None
        if merged and name in merged.theirs:
            news = "theirs"
        elif merged and name in merged.mine:
            news = "mine"
        found.append(Box(name, label, name in ticked, news) if name in matrix.names else None)
    return found


async def _set(tx: Tx, key: str) -> people.PermissionSet:
    id = id_of(key, Type.PERMISSION_SET)
    for each in await people.permission_sets(tx):
        if each.id == id:
            return each
    raise NotFound()


async def _list_page(request: Request, tx: Tx, actor: people.Actor, form: Form) -> Response[str]:
    name = form.input(
        "name",
        _("Name"),
        required=True,
        help=_("It grants nothing until you say what."),
        max_length=LONGEST_NAME,
    )
    kind = form.input(
        "kind",
        _("Kind"),
        kind="picklist",
        value="set",
        required=True,
        options=[Option("set", _("Permission set")), Option("profile", _("Profile"))],
    )
    sets = await people.permission_sets(tx)
    return await show(
        request,
        tx,
        actor,
        "setup/permission_sets.html",
        form,
        kinds=[
            (_("Profiles"), [each for each in sets if each.profile]),
            (_("Permission sets"), [each for each in sets if not each.profile]),
        ],
        abilities={ability: words for ability, (words, _meaning) in abilities().items()},
        fields=[name, kind],
    )


async def _set_page(
    request: Request,
    tx: Tx,
    actor: people.Actor,
    held: people.PermissionSet,
    form: Form,
    *,
    chosen: str | None = None,
    objects_merged: Merged | None = None,
    fields_merged: Merged | None = None,
) -> Response[str]:
    catalog = await objects.catalog(tx, actor.access_version)
    name = chosen or request.query_params.get("object")
    object = catalog.object(name) if name else catalog.objects[0]
    of_objects = await _object_matrix(tx, held, catalog)
    of_fields = await _field_matrix(tx, held, object)
    words = abilities()
    return await show(
        request,
        tx,
        actor,
        "setup/permission_set.html",
        form,
        held=held,
        abilities=[words[each] for each in held.abilities if each in words],
        rights=[words for _letter, words in rights()],
        rows=[
            Row(
                each.plural,
                each.name,
                _boxes(of_objects, objects_merged, [(f"{each.name}.{r}", label) for r, label in rights()]),
            )
            for each in catalog.objects
        ],
        seen=of_objects.told(),
        stale="objects" if objects_merged else "fields" if fields_merged else "",
        objects=catalog.objects,
        chosen=object,
        field_rows=[
            Row(
                field.label,
                field.name,
                _boxes(
                    of_fields,
                    fields_merged,
                    [(f"{field.name}.r", _("Read")), (f"{field.name}.e", _("Edit"))],
                ),
            )
            for field in object.fields
            if field.permissionable
        ],
        fields_seen=of_fields.told(),
        people=await people.assigned(tx, actor, held.id),
        person=form.input(
            "person",
            _("Give it to"),
            kind="lookup",
            required=True,
            help=_("It takes the place of the profile that the person has.") if held.profile else None,
            options=await suggestions(tx, actor, "p"),
        ),
    )


ROUTES = [show_sets, create_set, show_set, save_objects, save_fields, assign, withdraw, delete_set]
