"""The role tree: who stands above whom."""

from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from hubbub import people
from hubbub.core import html, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound, Refused
from hubbub.core.html import see_other
from hubbub.core.html import translate as _
from hubbub.core.ids import Type
from hubbub.setup.pages.forms import Input, Option, Wrong, id_of, mistakes, require_setup, summary, typed

FIELDS = {"Name": "name", "ParentRoleId": "parent"}


class Role(msgspec.Struct, frozen=True):
    """A role at its place in the tree."""

    id: int
    name: str
    parent_id: int | None
    depth: int


async def tree(tx: Tx) -> list[Role]:
    """Every role below the one above it, those at one place in the order of their names."""
    below: dict[int | None, list[tuple[int, str]]] = {}
    for id, name, parent in await people.role_tree(tx):
        below.setdefault(parent, []).append((id, name))
    found: list[Role] = []
    waiting = [(id, name, None, 0) for id, name in reversed(below.get(None, []))]
    while waiting:
        id, name, parent, depth = waiting.pop()
        found.append(Role(id, name, parent, depth))
        waiting += [(child, called, id, depth + 1) for child, called in reversed(below.get(id, []))]
    return found


@get("/setup/roles")
async def show_roles(
    request: Request[Any, Any, Any], tx: NamedDependency[Tx], actor: NamedDependency[people.Actor]
) -> Response[str]:
    """The role tree, and the form of a new role."""
    require_setup(actor)
    return await _tree_page(request, tx, actor, {}, {}, None)


@post("/setup/roles")
async def create_role(
    request: Request[Any, Any, Any], tx: NamedDependency[Tx], actor: NamedDependency[people.Actor]
) -> Response[Any]:
    """Add a role under another, or at the top."""
    require_setup(actor)
    given = await typed(request)
    try:
        async with tx.savepoint():
            parent = _parent(await tree(tx), given)
            await people.add_role(tx, actor, given.get("name", ""), parent)
    except Invalid as refused:
        return await _tree_page(request, tx, actor, given, mistakes(refused, FIELDS), refused)
    return see_other("/setup/roles")


@get("/setup/roles/{key:str}")
async def show_role(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    key: FromPath[str],
) -> Response[str]:
    """The form of a role: its name, and above it."""
    require_setup(actor)
    roles = await tree(tx)
    role = _role(roles, key)
    given = {"name": role.name, "parent": ids.show(role.parent_id) if role.parent_id else ""}
    return await _role_page(request, tx, actor, roles, role, given, {}, None)


@post("/setup/roles/{key:str}")
async def save_role(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    key: FromPath[str],
) -> Response[Any]:
    """Rename a role, or hang it with all below it under another."""
    require_setup(actor)
    roles = await tree(tx)
    role = _role(roles, key)
    given = await typed(request)
    try:
        async with tx.savepoint():
            name = given.get("name", role.name)
            if name.strip() != role.name:
                await people.rename_role(tx, actor, role.id, name)
            if "parent" in given and (parent := _parent(roles, given)) != role.parent_id:
                await people.move_role(tx, actor, role.id, parent)
    except Invalid as refused:
        errors = mistakes(refused, FIELDS)
        return await _role_page(request, tx, actor, roles, role, given, errors, refused)
    return see_other("/setup/roles")


def _role(roles: list[Role], key: str) -> Role:
    id = id_of(key, Type.ROLE)
    for role in roles:
        if role.id == id:
            return role
    raise NotFound()


def _parent(roles: list[Role], given: dict[str, str]) -> int | None:
    """The role that was chosen as the one above."""
    chosen = given.get("parent", "")
    if not chosen:
        return None
    for role in roles:
        if ids.show(role.id) == chosen:
            return role.id
    raise Wrong({"parent": _("There is no such role.")})


def _inputs(roles: list[Role], given: dict[str, str], errors: dict[str, str]) -> list[Input]:
    return [
        Input("name", _("Name"), "text", given.get("name", ""), True, errors.get("name"), max_length=80),
        Input(
            "parent",
            _("Stands below"),
            "picklist",
            given.get("parent", ""),
            error=errors.get("parent"),
            help=_("Who stands above sees what those below own."),
            options=[Option(ids.show(role.id), "\u2003" * role.depth + role.name) for role in roles],
        ),
    ]


async def _tree_page(
    request: Request[Any, Any, Any],
    tx: Tx,
    actor: people.Actor,
    given: dict[str, str],
    errors: dict[str, str],
    refused: Refused | None,
) -> Response[str]:
    roles = await tree(tx)
    return await html.page(
        request,
        tx,
        actor,
        "setup/roles.html",
        status=422 if refused else 200,
        roles=roles,
        fields=_inputs(roles, given, errors),
        error=summary(errors, refused) if refused else None,
    )


async def _role_page(
    request: Request[Any, Any, Any],
    tx: Tx,
    actor: people.Actor,
    roles: list[Role],
    role: Role,
    given: dict[str, str],
    errors: dict[str, str],
    refused: Refused | None,
) -> Response[str]:
    return await html.page(
        request,
        tx,
        actor,
        "setup/role.html",
        status=422 if refused else 200,
        role=role,
        fields=_inputs(roles, given, errors),
        error=summary(errors, refused) if refused else None,
    )


ROUTES = [show_roles, create_role, show_role, save_role]
