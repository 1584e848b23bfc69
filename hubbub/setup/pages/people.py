"""A person as administrators see him: who he is, what he may do, and why he sees what he sees."""

import re
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Response, get, post

from hubbub import people
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.html import Input, Option, see_other
from hubbub.core.html import translate as _
from hubbub.core.ids import Type
from hubbub.setup.pages.forms import (
    Form,
    Linked,
    Wrong,
    asked,
    attempt,
    id_of,
    linked,
    require_setup,
    show,
    typed,
)
from hubbub.setup.pages.roles import Role, chosen_role, role_options, tree

_RECORD = re.compile(r"(?:.*/r/)?([0-9A-Za-z]{15,18})(?:[/?#].*)?")


class Belongs(msgspec.Struct, frozen=True):
    """A group or queue that somebody is in, and by which way."""

    group: Linked
    way: str | None  # None: he is a member himself


def abilities() -> dict[str, tuple[str, str]]:
    """What permission sets allow beyond objects and fields: in a word, and what that means."""
    return {
        people.MANAGE_USERS: (_("Administrator"), _("Opens Setup and decides who may do what.")),
        people.VIEW_ALL_DATA: (_("Sees all data"), _("Reads every record, whoever owns it.")),
        people.MODIFY_ALL_DATA: (
            _("Changes all data"),
            _("Reads, edits, gives away and deletes every record."),
        ),
        people.MODERATE: (_("Moderator"), _("Removes posts and comments of others.")),
    }


@get("/setup/people/{key:str}")
async def show_person(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[str]:
    """What decides on somebody's rights, and all that follows from it."""
    require_setup(actor)
    return await person_page(request, tx, actor, await find_person(tx, actor, key), Form())


@post("/setup/people/{key:str}/role")
async def give_role(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Give somebody a role, or none."""
    require_setup(actor)
    person = await find_person(tx, actor, key)
    form = await typed(request)
    async with attempt(tx, form, usual="role"):
        role = chosen_role(await tree(tx), form, "role")
        if role != person.role_id:
            await people.give_role(tx, actor, person.id, role)
    return await person_page(request, tx, actor, person, form) if form.refused else see_other(url_of(person))


@post("/setup/people/{key:str}/profile")
async def give_profile(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Give somebody another profile; the last who manages people keeps one that lets him."""
    require_setup(actor)
    person = await find_person(tx, actor, key)
    form = await typed(request)
    async with attempt(tx, form, usual="profile"):
        profiles = {ids.show(each.id): each for each in await people.permission_sets(tx) if each.profile}
        if form.value("profile") not in profiles:
            raise Wrong({"profile": _("Choose a profile.")})
        await people.assign_permission_set(tx, actor, person.id, profiles[form.value("profile")].name)
    if form.refused:
        return await person_page(request, tx, actor, person, form)
    return see_other(await still(tx, actor, url_of(person, "sets")))


@post("/setup/people/{key:str}/permission-sets")
async def give_set(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Give somebody what a permission set allows."""
    require_setup(actor)
    person = await find_person(tx, actor, key)
    form = await typed(request)
    async with attempt(tx, form, usual="set"):
        sets = {ids.show(each.id): each for each in await people.permission_sets(tx) if not each.profile}
        if form.value("set") not in sets:
            raise Wrong({"set": _("Choose a permission set.")})
        await people.assign_permission_set(tx, actor, person.id, sets[form.value("set")].name)
    if form.refused:
        return await person_page(request, tx, actor, person, form)
    return see_other(url_of(person, "sets"))


@post("/setup/people/{key:str}/permission-sets/{held:str}/delete")
async def take_set(
    request: Request, tx: Transaction, actor: people.Me, key: InPath, held: InPath
) -> Response[Any]:
    """Take from somebody what a permission set allows; the last who manages people keeps that right."""
    require_setup(actor)
    person = await find_person(tx, actor, key)
    set_id = id_of(held, Type.PERMISSION_SET)
    sets = {each.id: each for each in await people.permission_sets(tx)}
    if set_id not in {id for id, _label in person.sets} or set_id not in sets:
        raise NotFound()
    form = Form()
    async with attempt(tx, form):
        await people.withdraw_permission_set(tx, actor, person.id, sets[set_id].name)
    if form.refused:
        return await person_page(request, tx, actor, person, form)
    return see_other(await still(tx, actor, url_of(person, "sets")))


@post("/setup/people/{key:str}/groups")
async def join_group(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Put somebody into a group or queue."""
    require_setup(actor)
    person = await find_person(tx, actor, key)
    form = await typed(request)
    async with attempt(tx, form, usual="group"):
        groups = {ids.show(each.id): each.id for each in await people.groups(tx)}
        if form.value("group") not in groups:
            raise Wrong({"group": _("Choose a group or queue.")})
        await people.add_member(tx, actor, groups[form.value("group")], person.id)
    if form.refused:
        return await person_page(request, tx, actor, person, form)
    return see_other(url_of(person, "groups"))


@post("/setup/people/{key:str}/groups/{group:str}/delete")
async def leave_group(tx: Transaction, actor: people.Me, key: InPath, group: InPath) -> Response[Any]:
    """Take somebody out of a group or queue."""
    require_setup(actor)
    person = await find_person(tx, actor, key)
    await people.remove_member(tx, actor, id_of(group, Type.GROUP, Type.QUEUE), person.id)
    return see_other(url_of(person, "groups"))


@get("/setup/people/{key:str}/why")
async def ask_why(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Lead to the page that tells why somebody sees a record: by the record's id or its page's address."""
    require_setup(actor)
    person = await find_person(tx, actor, key)
    form = asked(request)
    async with attempt(tx, form):
        said = _RECORD.fullmatch(form.value("record").strip())
        try:
            record = ids.show(ids.parse(said[1])) if said else None
        except Invalid:
            record = None
        if record is None:
            raise Wrong({"record": _("Paste the address of a record's page, or its id.")})
        return see_other(f"/r/{record}/why?{urlencode({'person': person.key})}")
    return await person_page(request, tx, actor, person, form)


def url_of(person: people.Entry, part: str = "") -> str:
    """Where Setup tells of somebody."""
    return f"/setup/people/{person.key}" + (f"#{part}" if part else "")


async def still(tx: Tx, actor: people.Actor, url: str) -> str:
    """Where to go once rights were withdrawn, perhaps one's own."""
    return url if (await people.actor(tx, actor.user_id)).admin else "/"


async def find_person(tx: Tx, actor: people.Actor, key: str) -> people.Entry:
    """Who is meant by an address; raises NotFound."""
    found, _more = await people.directory(tx, actor, only=id_of(key, Type.USER))
    if not found:
        raise NotFound()
    return found[0]


async def person_page(
    request: Request, tx: Tx, actor: people.Actor, person: people.Entry, form: Form, *, ended: bool = False
) -> Response[str]:
    """The page of somebody, or again with what was refused."""
    roles, groups = await tree(tx), await people.groups(tx)
    sets = await people.permission_sets(tx)
    his = {person.profile_id, *(id for id, _label in person.sets)}
    able = {ability for each in sets if each.id in his for ability in each.abilities}
    standing = await people.standing(tx, person.id)
    belongs = await _belongs(tx, {id: each.path for id, each in standing.items() if not each.above})
    direct = {each.group.id for each in belongs if each.way is None}
    return await show(
        request,
        tx,
        actor,
        "setup/person.html",
        form,
        person=person,
        ended=ended,
        above=_above(roles, person.role_id),
        sets=[each for each in sets if each.id in his and not each.profile],
        profile=_choose(
            form,
            "profile",
            _("Profile"),
            [(each.id, each.label) for each in sets if each.profile],
            ids.show(person.profile_id),
        ),
        abilities=[words for ability, words in abilities().items() if ability in able],
        belongs=belongs,
        role=form.input(
            "role",
            _("Role"),
            kind="picklist",
            value=ids.show(person.role_id) if person.role_id else "",
            options=role_options(roles),
        ),
        set_input=_choose(
            form, "set", _("Give"), [(e.id, e.label) for e in sets if not e.profile and e.id not in his]
        ),
        group_input=_choose(
            form, "group", _("Put into"), [(e.id, e.name) for e in groups if e.id not in direct]
        ),
        record=form.input(
            "record",
            _("Record"),
            required=True,
            max_length=500,
            help=_("The address of its page, or its id."),
        ),
    )


def _choose(form: Form, name: str, label: str, found: list[tuple[int, str]], now: str = "") -> Input:
    return form.input(
        name,
        label,
        value=now,
        kind="picklist",
        required=True,
        options=[Option(ids.show(id), words) for id, words in found],
    )


def _above(roles: list[Role], role_id: int | None) -> list[Role]:
    """The roles above a role, the highest first."""
    by_id = {role.id: role for role in roles}
    found: list[Role] = []
    role = by_id.get(role_id or 0)
    while role is not None and role.parent_id is not None:
        role = by_id[role.parent_id]
        found.insert(0, role)
    return found


async def _belongs(tx: Tx, ways: dict[int, tuple[int, ...]]) -> list[Belongs]:
    """The groups and queues that somebody is in, by name."""
    groups = {id: way for id, way in ways.items() if ids.type_of(id) in (Type.GROUP, Type.QUEUE)}
    names = {each.id: each for each in await linked(tx, {id for way in groups.values() for id in way})}
    found = []
    for id, way in groups.items():
        between = " → ".join(names[each].name for each in way[1:-1] if each in names)
        found.append(Belongs(names[id], between or None))
    return sorted(found, key=lambda each: each.group.name.lower())


ROUTES = [
    show_person,
    give_role,
    give_profile,
    give_set,
    take_set,
    join_group,
    leave_group,
    ask_why,
]
