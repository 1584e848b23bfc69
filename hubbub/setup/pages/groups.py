"""Public groups and queues, and who belongs to them."""

from typing import Any

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
from hubbub.setup.pages.forms import (
    Input,
    Option,
    Wrong,
    find,
    id_of,
    mistakes,
    names_of,
    require_setup,
    suggestions,
    summary,
    typed,
)

FIELDS = {"Name": "name", "UserOrGroupId": "member"}
MEMBERS = "rgp"


@get("/setup/groups")
async def show_groups(
    request: Request[Any, Any, Any], tx: NamedDependency[Tx], actor: NamedDependency[people.Actor]
) -> Response[str]:
    """The public groups and queues, and the form of a new one."""
    require_setup(actor)
    return await _list_page(request, tx, actor, {"kind": "group", "hierarchy": "true"}, {}, None)


@post("/setup/groups")
async def create_group(
    request: Request[Any, Any, Any], tx: NamedDependency[Tx], actor: NamedDependency[people.Actor]
) -> Response[Any]:
    """Make a public group or a queue."""
    require_setup(actor)
    given = await typed(request)
    try:
        async with tx.savepoint():
            if given.get("kind") not in ("group", "queue"):
                raise Wrong({"kind": _("Choose a group or a queue.")})
            made = await people.add_group(
                tx,
                actor,
                given.get("name", ""),
                queue=given["kind"] == "queue",
                hierarchy=given.get("hierarchy") == "true",
            )
    except Invalid as refused:
        return await _list_page(request, tx, actor, given, mistakes(refused, FIELDS), refused)
    return see_other(f"/setup/groups/{ids.show(made)}")


@get("/setup/groups/{key:str}")
async def show_group(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    key: FromPath[str],
) -> Response[str]:
    """A group or a queue: its name and its members."""
    require_setup(actor)
    return await _group_page(request, tx, actor, await _group(tx, key), {}, {}, None)


@post("/setup/groups/{key:str}")
async def save_group(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    key: FromPath[str],
) -> Response[Any]:
    """Rename a group, or say whether those above its members see what is shared with it."""
    require_setup(actor)
    group = await _group(tx, key)
    given = await typed(request)
    try:
        async with tx.savepoint():
            await people.edit_group(
                tx, actor, group.id, name=given.get("name", ""), hierarchy=given.get("hierarchy") == "true"
            )
    except Invalid as refused:
        return await _group_page(request, tx, actor, group, given, mistakes(refused, FIELDS), refused)
    return see_other(f"/setup/groups/{ids.show(group.id)}")


@post("/setup/groups/{key:str}/members")
async def add_member(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    key: FromPath[str],
) -> Response[Any]:
    """Put a person, a role or a group into a group."""
    require_setup(actor)
    group = await _group(tx, key)
    given = await typed(request)
    try:
        async with tx.savepoint():
            member = await find(tx, actor, "member", given.get("member", ""), MEMBERS)
            await people.add_member(tx, actor, group.id, member)
    except Invalid as refused:
        errors = mistakes(refused, FIELDS, "member")
        return await _group_page(request, tx, actor, group, given, errors, refused)
    return see_other(f"/setup/groups/{ids.show(group.id)}")


@post("/setup/groups/{key:str}/members/{member:str}/delete")
async def remove_member(
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    key: FromPath[str],
    member: FromPath[str],
) -> Response[Any]:
    """Take a member out of a group."""
    require_setup(actor)
    group = await _group(tx, key)
    await people.remove_member(tx, actor, group.id, id_of(member))
    return see_other(f"/setup/groups/{ids.show(group.id)}")


@post("/setup/groups/{key:str}/delete")
async def delete_group(
    tx: NamedDependency[Tx], actor: NamedDependency[people.Actor], key: FromPath[str]
) -> Response[Any]:
    """Delete a group: what was shared with it reaches nobody by it."""
    require_setup(actor)
    await people.delete_group(tx, actor, (await _group(tx, key)).id)
    return see_other("/setup/groups")


async def _group(tx: Tx, key: str) -> people.Group:
    id = id_of(key, Type.GROUP, Type.QUEUE)
    for group in await people.groups(tx):
        if group.id == id:
            return group
    raise NotFound()


def _inputs(given: dict[str, str], errors: dict[str, str]) -> list[Input]:
    return [
        Input("name", _("Name"), "text", given.get("name", ""), True, errors.get("name"), max_length=80),
        Input(
            "hierarchy",
            _("Those above a member see it too"),
            "checkbox",
            given.get("hierarchy", ""),
            help=_("What is shared with the group then also reaches the roles above its members."),
        ),
    ]


async def _list_page(
    request: Request[Any, Any, Any],
    tx: Tx,
    actor: people.Actor,
    given: dict[str, str],
    errors: dict[str, str],
    refused: Refused | None,
) -> Response[str]:
    name, hierarchy = _inputs(given, errors)
    kind = Input(
        "kind",
        _("Kind"),
        "picklist",
        given.get("kind", ""),
        True,
        errors.get("kind"),
        options=[Option("group", _("Public group")), Option("queue", _("Queue"))],
    )
    return await html.page(
        request,
        tx,
        actor,
        "setup/groups.html",
        status=422 if refused else 200,
        groups=await people.groups(tx),
        fields=[name, kind, hierarchy],
        error=summary(errors, refused) if refused else None,
    )


async def _group_page(
    request: Request[Any, Any, Any],
    tx: Tx,
    actor: people.Actor,
    group: people.Group,
    given: dict[str, str],
    errors: dict[str, str],
    refused: Refused | None,
) -> Response[str]:
    before = {"name": group.name, "hierarchy": "true" if group.hierarchy else ""}
    member = Input(
        "member",
        _("Add a member"),
        "lookup",
        given.get("member", ""),
        True,
        errors.get("member"),
        help=_("A person, a role, a role and those below, or a public group."),
        options=await suggestions(tx, actor, MEMBERS),
    )
    members = await people.group_members(tx, group.id)
    names = await names_of(tx, {each.member_id for each in members})
    return await html.page(
        request,
        tx,
        actor,
        "setup/group.html",
        status=422 if refused else 200,
        group=group,
        members=sorted(
            ((each.member_id, names.get(each.member_id, "")) for each in members), key=lambda m: m[1].lower()
        ),
        fields=_inputs(before | given if "name" in given else before, errors),
        member=member,
        error=summary(errors, refused) if refused else None,
    )


ROUTES = [show_groups, create_group, show_group, save_group, add_member, remove_member, delete_group]
