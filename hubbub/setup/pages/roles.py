"""The role tree: who stands above whom, and who has which role."""

from typing import Any

import msgspec
from litestar import Response, get, post

from hubbub import people, records
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import NotFound
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.html import Input, Option, see_other
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

FIELDS = {"Name": "name", "ParentRoleId": "parent"}
SHOWN = 50  # people on a role's page; the list of people has them all


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


def role_options(roles: list[Role]) -> list[Option]:
    """The roles to choose from, set in as they stand in the tree."""
    return [Option(ids.show(role.id), "\u2003" * role.depth + role.name) for role in roles]


def chosen_role(roles: list[Role], form: Form, name: str) -> int | None:
    """The role that was chosen in an input, or none."""
    chosen = form.value(name)
    if not chosen:
        return None
    for role in roles:
        if ids.show(role.id) == chosen:
            return role.id
    raise Wrong({name: _("There is no such role.")})


@get("/setup/roles")
async def show_roles(request: Request, tx: Transaction, actor: people.Me) -> Response[str]:
    """The role tree, and the form of a new role."""
    require_setup(actor)
    return await _tree_page(request, tx, actor, Form())


@post("/setup/roles")
async def create_role(request: Request, tx: Transaction, actor: people.Me) -> Response[Any]:
    """Add a role under another, or at the top."""
    require_setup(actor)
    form = await typed(request)
    async with attempt(tx, form, FIELDS):
        await people.add_role(tx, actor, form.value("name"), chosen_role(await tree(tx), form, "parent"))
    return await _tree_page(request, tx, actor, form) if form.refused else see_other("/setup/roles")


@get("/setup/roles/{key:str}")
async def show_role(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[str]:
    """A role: its name, what stands above it, and who has it."""
    require_setup(actor)
    return await _role_page(request, tx, actor, key, Form())


@post("/setup/roles/{key:str}")
async def save_role(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Rename a role, or hang it with all below it under another."""
    require_setup(actor)
    roles = await tree(tx)
    role = _role(roles, key)
    form = await typed(request)
    async with attempt(tx, form, FIELDS):
        name = form.value("name", role.name)
        if name.strip() != role.name:
            await people.rename_role(tx, actor, role.id, name)
        if "parent" in form.given and (parent := chosen_role(roles, form, "parent")) != role.parent_id:
            await people.move_role(tx, actor, role.id, parent)
    return await _role_page(request, tx, actor, key, form) if form.refused else see_other("/setup/roles")


@post("/setup/roles/{key:str}/people")
async def give(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Give a person this role; the one that he had before he has no longer."""
    require_setup(actor)
    role = _role(await tree(tx), key)
    form = await typed(request)
    async with attempt(tx, form, usual="person"):
        await people.give_role(tx, actor, await find(tx, actor, form, "person", "p"), role.id)
    if form.refused:
        return await _role_page(request, tx, actor, key, form)
    return see_other(f"/setup/roles/{key}#people")


@post("/setup/roles/{key:str}/people/{person:str}/delete")
async def take(tx: Transaction, actor: people.Me, key: InPath, person: InPath) -> Response[Any]:
    """Take this role from a person: he has none then."""
    require_setup(actor)
    role = _role(await tree(tx), key)
    found, _more = await people.directory(tx, actor, only=id_of(person, Type.USER), role_id=role.id)
    if not found:
        raise NotFound()
    await people.give_role(tx, actor, found[0].id, None)
    return see_other(f"/setup/roles/{key}#people")


@post("/setup/roles/{key:str}/delete")
async def delete_role(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Delete a role that nothing hangs on any more."""
    require_setup(actor)
    role = _role(await tree(tx), key)
    form = Form()
    async with attempt(tx, form):
        await records.delete_role(tx, actor, role.id)
    return await _role_page(request, tx, actor, key, form) if form.refused else see_other("/setup/roles")


def _role(roles: list[Role], key: str) -> Role:
    id = id_of(key, Type.ROLE)
    for role in roles:
        if role.id == id:
            return role
    raise NotFound()


def _inputs(roles: list[Role], form: Form, role: Role | None) -> list[Input]:
    parent = ids.show(role.parent_id) if role and role.parent_id else ""
    return [
        form.input("name", _("Name"), value=role.name if role else "", required=True, max_length=80),
        form.input(
            "parent",
            _("Stands below"),
            kind="picklist",
            value=parent,
            help=_("Who stands above sees what those below own."),
            options=role_options(roles),
        ),
    ]


async def _tree_page(request: Request, tx: Tx, actor: people.Actor, form: Form) -> Response[str]:
    roles = await tree(tx)
    return await show(
        request,
        tx,
        actor,
        "setup/roles.html",
        form,
        roles=roles,
        held=await people.people_in_roles(tx),
        fields=_inputs(roles, form, None),
    )


async def _role_page(request: Request, tx: Tx, actor: people.Actor, key: str, form: Form) -> Response[str]:
    roles = await tree(tx)
    role = _role(roles, key)
    holders, more = await people.directory(tx, actor, role_id=role.id, size=SHOWN)
    return await show(
        request,
        tx,
        actor,
        "setup/role.html",
        form,
        role=role,
        fields=_inputs(roles, form, role),
        people=holders,
        more=more,
        person=form.input(
            "person",
            _("Give it to"),
            kind="lookup",
            required=True,
            help=_("Everybody has at most one role."),
            options=await suggestions(tx, actor, "p"),
        ),
    )


ROUTES = [show_roles, create_role, show_role, save_role, give, take, delete_role]
