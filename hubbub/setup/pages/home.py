"""Setup's first page, and what everyone inside may do with each object."""

from typing import Any

import msgspec
from litestar import Response, get, post

from hubbub import objects, people
from hubbub.core import html
from hubbub.core.db import Tx
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.html import see_other
from hubbub.core.html import translate as _
from hubbub.setup.pages.forms import Form, Wrong, attempt, require_setup, show, typed


def access_words() -> dict[str, str]:
    """The defaults in words."""
    return {
        "Private": _("Private"),
        "Read": _("Everyone inside reads"),
        "ReadWrite": _("Everyone inside reads and edits"),
        "ControlledByParent": _("Controlled by parent"),
    }


class Choice(msgspec.Struct, frozen=True):
    """A default that an object can have, and what changing to it opens or closes."""

    value: str
    label: str
    effect: str
    opens: bool
    closes: bool


# How much a default lets everyone inside do; what a parent controls can be either.
_REACH = {"Private": 0, "Read": 1, "ReadWrite": 2}


def choices(object: objects.Object) -> list[Choice]:
    """The defaults that this object can have."""
    found = []
    for value, label in access_words().items():
        if (value == "Private" and not object.owned) or (value == "ControlledByParent" and not object.parent):
            continue
        opens = closes = False
        if value == object.access:
            effect = _("So it is now.")
        elif value == "ControlledByParent":
            opens = closes = True
            effect = _(
                "Who sees the {parent:_} sees its {records:lower}, nobody else: "
                "rules and shares of {records:lower} do nothing any more.",
                parent=object.parent or "",
                records=object.plural,
            )
        elif value == "Private":
            closes = True
            effect = _(
                "Closes: whoever is neither the owner, nor above the owner, nor shared with "
                "stops seeing {records:lower} at once.",
                records=object.plural,
            )
        elif _REACH.get(value, 0) > _REACH.get(object.access, 0):
            opens = True
            effect = (
                _(
                    "Opens: everyone inside reads every one of the {records:lower} at once.",
                    records=object.plural,
                )
                if value == "Read"
                else _(
                    "Opens: everyone inside reads and edits every one of the {records:lower} at once.",
                    records=object.plural,
                )
            )
        else:
            closes = True
            effect = _(
                "Closes: only owners, those above them and those shared with for editing can still edit {records:lower}.",
                records=object.plural,
            )
        found.append(Choice(value, label, effect, opens, closes))
    return found


@get("/setup")
async def show_setup(request: Request, tx: Transaction, actor: people.Me) -> Response[str]:
    """What administrators set up."""
    require_setup(actor)
    return await html.page(request, tx, actor, "setup/home.html")


@get("/setup/objects")
async def show_defaults(request: Request, tx: Transaction, actor: people.Me) -> Response[str]:
    """What everyone inside may do with each object."""
    require_setup(actor)
    catalog = await objects.catalog(tx, actor.access_version)
    words = access_words()
    return await html.page(
        request,
        tx,
        actor,
        "setup/objects.html",
        objects=[(each, words[each.access]) for each in catalog.objects],
    )


@get("/setup/objects/{name:str}")
async def show_default(request: Request, tx: Transaction, actor: people.Me, name: InPath) -> Response[str]:
    """The form of an object's default, with what each choice opens or closes."""
    require_setup(actor)
    object = (await objects.catalog(tx, actor.access_version)).object(name)
    return await _default_page(request, tx, actor, object, Form())


@post("/setup/objects/{name:str}")
async def save_default(request: Request, tx: Transaction, actor: people.Me, name: InPath) -> Response[Any]:
    """Say what everyone inside may do with an object's records."""
    require_setup(actor)
    object = (await objects.catalog(tx, actor.access_version)).object(name)
    form = await typed(request)
    async with attempt(tx, form, {"access": "access"}):
        access = form.value("access")
        if access != object.access:
            if access in {each.value for each in choices(object)} and not form.ticked("sure"):
                raise Wrong({"sure": _("Say that you know what changes.")})
            await objects.set_default(tx, actor, object.name, access)
    if form.refused:
        return await _default_page(request, tx, actor, object, form)
    return see_other("/setup/objects")


async def _default_page(
    request: Request, tx: Tx, actor: people.Actor, object: objects.Object, form: Form
) -> Response[str]:
    return await show(
        request,
        tx,
        actor,
        "setup/object.html",
        form,
        object=object,
        choices=choices(object),
        chosen=form.value("access", object.access),
        errors=form.errors,
    )


ROUTES = [show_setup, show_defaults, show_default, save_default]
