"""Permission sets: what each grants on objects and fields, and who has it."""

from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from hubbub import objects, people
from hubbub.core import html, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Forbidden, Invalid, NotFound, Refused
from hubbub.core.html import see_other
from hubbub.core.html import translate as _
from hubbub.core.ids import Type
from hubbub.setup.pages.forms import (
    Input,
    Wrong,
    find,
    id_of,
    mistakes,
    require_setup,
    suggestions,
    summary,
    typed,
)

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


class ObjectRow(msgspec.Struct, frozen=True):
    """What a permission set grants on an object."""

    object: objects.Object
    granted: list[tuple[str, str, bool]]  # letter, words, granted?


class FieldRow(msgspec.Struct, frozen=True):
    """What a permission set grants on a field."""

    id: int
    label: str
    name: str
    read: bool
    edit: bool
    writable: bool


@get("/setup/permission-sets")
async def show_sets(
    request: Request[Any, Any, Any], tx: NamedDependency[Tx], actor: NamedDependency[people.Actor]
) -> Response[str]:
    """The permission sets, and the form of a new one."""
    require_setup(actor)
    return await _list_page(request, tx, actor, {}, {}, None)


@post("/setup/permission-sets")
async def create_set(
    request: Request[Any, Any, Any], tx: NamedDependency[Tx], actor: NamedDependency[people.Actor]
) -> Response[Any]:
    """Make a permission set that grants nothing yet."""
    require_setup(actor)
    given = await typed(request)
    name = given.get("name", "").strip()
    try:
        if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
            raise Wrong({"name": _("A name has 1 to 80 characters.")})
        if name.casefold() in {each.name.casefold() for each in await people.permission_sets(tx)}:
            raise Wrong({"name": _("There is a permission set of this name already.")})
        made = await people.add_permission_set(tx, actor, name)
    except Wrong as refused:
        return await _list_page(request, tx, actor, given, refused.errors, refused)
    return see_other(f"/setup/permission-sets/{ids.show(made)}")


@get("/setup/permission-sets/{key:str}")
async def show_set(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    key: FromPath[str],
) -> Response[str]:
    """What a permission set grants, and who has it."""
    require_setup(actor)
    return await _set_page(request, tx, actor, await _set(tx, key), {}, {}, None)


@post("/setup/permission-sets/{key:str}/objects")
async def save_objects(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    key: FromPath[str],
) -> Response[Any]:
    """Say what a permission set grants on objects."""
    require_setup(actor)
    held = await _set(tx, key)
    given = await typed(request)
    before = {each.object: each.rights for each in await people.object_grants(tx, held.id)}
    for object in (await objects.catalog(tx, actor.access_version)).objects:
        wanted = "".join(letter for letter, _words in rights() if given.get(f"{object.name}.{letter}"))
        if wanted != before.get(object.code, ""):
            await people.grant_object(tx, actor, held.name, object.code, wanted)
    return see_other(f"/setup/permission-sets/{ids.show(held.id)}")


@post("/setup/permission-sets/{key:str}/fields/{name:str}")
async def save_fields(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    key: FromPath[str],
    name: FromPath[str],
) -> Response[Any]:
    """Say which fields of an object a permission set grants."""
    require_setup(actor)
    held = await _set(tx, key)
    object = (await objects.catalog(tx, actor.access_version)).object(name)
    given = await typed(request)
    before = {each.field_id: each.edit for each in await people.field_grants(tx, held.id)}
    for field in object.fields:
        if not field.permissionable:
            continue
        edit = field.writable and bool(given.get(f"{field.name}.e"))
        read = edit or bool(given.get(f"{field.name}.r"))
        if not read and field.id in before:
            await people.withdraw_field(tx, actor, held.name, field.id)
        elif read and before.get(field.id) != edit:
            await people.grant_field_to(tx, actor, held.name, field.id, can_edit=edit)
    return see_other(f"/setup/permission-sets/{ids.show(held.id)}?object={object.name}#fields")


@post("/setup/permission-sets/{key:str}/people")
async def assign(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    key: FromPath[str],
) -> Response[Any]:
    """Give a person what a permission set allows."""
    require_setup(actor)
    held = await _set(tx, key)
    given = await typed(request)
    try:
        async with tx.savepoint():
            person = await find(tx, actor, "person", given.get("person", ""), "p")
            await people.assign_permission_set(tx, actor, person, held.name)
    except Invalid as refused:
        errors = mistakes(refused, {}, "person")
        return await _set_page(request, tx, actor, held, given, errors, refused)
    return see_other(f"/setup/permission-sets/{ids.show(held.id)}#people")


@post("/setup/permission-sets/{key:str}/people/{person:str}/delete")
async def withdraw(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    key: FromPath[str],
    person: FromPath[str],
) -> Response[Any]:
    """Take from a person what a permission set allows; the last who manages people keeps that right."""
    require_setup(actor)
    held = await _set(tx, key)
    user_id = id_of(person, Type.USER)
    try:
        async with tx.savepoint():
            await people.withdraw_permission_set(tx, actor, user_id, held.name)
    except (Invalid, Forbidden) as refused:
        return await _set_page(request, tx, actor, held, {}, {}, refused)
    if user_id == actor.user_id and people.MANAGE_USERS in held.abilities:
        return see_other("/setup" if await _still_admin(tx, actor) else "/")
    return see_other(f"/setup/permission-sets/{ids.show(held.id)}#people")


async def _still_admin(tx: Tx, actor: people.Actor) -> bool:
    return (await people.actor(tx, actor.user_id)).admin


async def _set(tx: Tx, key: str) -> people.PermissionSet:
    id = id_of(key, Type.PERMISSION_SET)
    for each in await people.permission_sets(tx):
        if each.id == id:
            return each
    raise NotFound()


async def _list_page(
    request: Request[Any, Any, Any],
    tx: Tx,
    actor: people.Actor,
    given: dict[str, str],
    errors: dict[str, str],
    refused: Refused | None,
) -> Response[str]:
    name = Input(
        "name",
        _("Name"),
        "text",
        given.get("name", ""),
        True,
        errors.get("name"),
        help=_("It grants nothing until you say what."),
        max_length=LONGEST_NAME,
    )
    return await html.page(
        request,
        tx,
        actor,
        "setup/permission_sets.html",
        status=422 if refused else 200,
        sets=await people.permission_sets(tx),
        fields=[name],
        error=summary(errors, refused) if refused else None,
    )


async def _set_page(
    request: Request[Any, Any, Any],
    tx: Tx,
    actor: people.Actor,
    held: people.PermissionSet,
    given: dict[str, str],
    errors: dict[str, str],
    refused: Refused | None,
) -> Response[str]:
    catalog = await objects.catalog(tx, actor.access_version)
    granted = {each.object: each.rights for each in await people.object_grants(tx, held.id)}
    fields = {each.field_id: each.edit for each in await people.field_grants(tx, held.id)}
    asked = request.query_params.get("object")
    chosen = catalog.object(asked) if asked else catalog.objects[0]
    return await html.page(
        request,
        tx,
        actor,
        "setup/permission_set.html",
        status=422 if refused else 200,
        held=held,
        rights=rights(),
        rows=[
            ObjectRow(
                each, [(letter, words, letter in granted.get(each.code, "")) for letter, words in rights()]
            )
            for each in catalog.objects
        ],
        objects=catalog.objects,
        chosen=chosen,
        field_rows=[
            FieldRow(
                field.id,
                field.label,
                field.name,
                field.id in fields,
                fields.get(field.id, False),
                field.writable,
            )
            for field in chosen.fields
            if field.permissionable
        ],
        people=await people.assigned(tx, held.id),
        person=Input(
            "person",
            _("Give it to"),
            "lookup",
            given.get("person", ""),
            True,
            errors.get("person"),
            options=await suggestions(tx, actor, "p"),
        ),
        error=summary(errors, refused) if refused else None,
    )


ROUTES = [show_sets, create_set, show_set, save_objects, save_fields, assign, withdraw]
