"""Public groups and queues, and who belongs to them."""

from typing import Any

from litestar import Response, get, post

from hubbub import objects, people, records
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import NotFound
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.html import Input, Option, see_other
from hubbub.core.html import translate as _
from hubbub.core.ids import Type
from hubbub.setup.pages.forms import (
    Form,
    attempt,
    find,
    id_of,
    linked,
    require_setup,
    show,
    suggestions,
    typed,
)

FIELDS = {"Name": "name", "UserOrGroupId": "member"}
MEMBERS = "rgp"


@get("/setup/groups")
async def show_groups(request: Request, tx: Transaction, actor: people.Me) -> Response[str]:
    """The public groups and queues, and the form of a new one."""
    require_setup(actor)
    return await _list_page(request, tx, actor, Form())


@post("/setup/groups")
async def create_group(request: Request, tx: Transaction, actor: people.Me) -> Response[Any]:
    """Make a public group or a queue."""
    require_setup(actor)
    form = await typed(request)
    made = 0
    async with attempt(tx, form, FIELDS):
        kind = form.value("kind")
        if kind not in ("group", "queue"):
            form.note("kind", _("Choose a group or a queue."))
        made = await people.add_group(
            tx, actor, form.value("name"), queue=kind == "queue", hierarchy=form.ticked("hierarchy")
        )
    if form.refused:
        return await _list_page(request, tx, actor, form)
    return see_other(f"/setup/groups/{ids.show(made)}")


@get("/setup/groups/{key:str}")
async def show_group(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[str]:
    """A group or a queue: its name and its members."""
    require_setup(actor)
    return await _group_page(request, tx, actor, key, Form())


@post("/setup/groups/{key:str}")
async def save_group(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Rename a group, or say whether those above its members see what is shared with it."""
    require_setup(actor)
    group = await _group(tx, key)
    form = await typed(request)
    async with attempt(tx, form, FIELDS):
        await people.edit_group(
            tx, actor, group.id, name=form.value("name"), hierarchy=form.ticked("hierarchy")
        )
    if form.refused:
        return await _group_page(request, tx, actor, key, form)
    return see_other(f"/setup/groups/{key}")


@post("/setup/groups/{key:str}/members")
async def add_member(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Put a person, a role or a group into a group."""
    require_setup(actor)
    group = await _group(tx, key)
    form = await typed(request)
    async with attempt(tx, form, FIELDS, "member"):
        await people.add_member(tx, actor, group.id, await find(tx, actor, form, "member", MEMBERS))
    if form.refused:
        return await _group_page(request, tx, actor, key, form)
    return see_other(f"/setup/groups/{key}#members")


@post("/setup/groups/{key:str}/members/{member:str}/delete")
async def remove_member(tx: Transaction, actor: people.Me, key: InPath, member: InPath) -> Response[Any]:
    """Take a member out of a group."""
    require_setup(actor)
    group = await _group(tx, key)
    await people.remove_member(tx, actor, group.id, id_of(member))
    return see_other(f"/setup/groups/{key}#members")


@post("/setup/groups/{key:str}/delete")
async def delete_group(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Delete a group, or a queue that owns nothing: what was shared with it reaches nobody by it."""
    require_setup(actor)
    group = await _group(tx, key)
    form = Form()
    async with attempt(tx, form):
        await records.delete_group(tx, actor, group.id)
    return await _group_page(request, tx, actor, key, form) if form.refused else see_other("/setup/groups")


@post("/setup/groups/{key:str}/objects")
async def serve(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Say of which objects a queue may own records."""
    require_setup(actor)
    queue = await _group(tx, key)
    if queue.kind != "queue":
        raise NotFound()
    form = await typed(request)
    before = {each.object for each in await people.queue_objects(tx, queue.id)}
    async with attempt(tx, form):
        for object in _ownable(await objects.catalog(tx, actor.access_version)):
            wanted = form.ticked(object.name)
            if wanted and object.code not in before:
                await records.add_queue_object(tx, actor, queue.id, object.name)
            elif not wanted and object.code in before:
                await records.remove_queue_object(tx, actor, queue.id, object.name)
    if form.refused:
        return await _group_page(request, tx, actor, key, form)
    return see_other(f"/setup/groups/{key}#objects")


def _ownable(catalog: objects.Catalog) -> list[objects.Object]:
    return [each for each in catalog.objects if each.owned]


async def _group(tx: Tx, key: str) -> people.Group:
    id = id_of(key, Type.GROUP, Type.QUEUE)
    for group in await people.groups(tx):
        if group.id == id:
            return group
    raise NotFound()


def _inputs(form: Form, group: people.Group | None) -> list[Input]:
    return [
        form.input("name", _("Name"), value=group.name if group else "", required=True, max_length=80),
        form.input(
            "hierarchy",
            _("Those above a member see it too"),
            kind="checkbox",
            value="true" if group is None or group.hierarchy else "",
            help=_("What is shared with the group then also reaches the roles above its members."),
        ),
    ]


async def _list_page(request: Request, tx: Tx, actor: people.Actor, form: Form) -> Response[str]:
    name, hierarchy = _inputs(form, None)
    kind = form.input(
        "kind",
        _("Kind"),
        kind="picklist",
        value="group",
        required=True,
        options=[Option("group", _("Public group")), Option("queue", _("Queue"))],
    )
    return await show(
        request,
        tx,
        actor,
        "setup/groups.html",
        form,
        groups=await people.groups(tx),
        fields=[name, kind, hierarchy],
    )


async def _group_page(request: Request, tx: Tx, actor: people.Actor, key: str, form: Form) -> Response[str]:
    group = await _group(tx, key)
    members = await people.group_members(tx, group.id)
    served = {each.object for each in await people.queue_objects(tx, group.id)}
    return await show(
        request,
        tx,
        actor,
        "setup/group.html",
        form,
        group=group,
        members=await linked(tx, {each.member_id for each in members}),
        reached=await people.count_in_group(tx, group.id),
        fields=_inputs(form, group),
        served=[
            form.input(
                each.name, _(each.plural), kind="checkbox", value="true" if each.code in served else ""
            )
            for each in _ownable(await objects.catalog(tx, actor.access_version))
        ]
        if group.kind == "queue"
        else [],
        member=form.input(
            "member",
            _("Add a member"),
            kind="lookup",
            required=True,
            help=_("A person, a role, a role and those below, or a public group."),
            options=await suggestions(tx, actor, MEMBERS),
        ),
    )


ROUTES = [show_groups, create_group, show_group, save_group, add_member, remove_member, delete_group, serve]
