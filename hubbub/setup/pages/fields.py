"""The fields of each object, and fields of one's own: also those by which other systems know the records."""

from typing import Any

import msgspec
from litestar import Response, get, post

from hubbub import objects, people
from hubbub.core.db import Tx
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.html import Input, Option, see_other
from hubbub.core.html import translate as _
from hubbub.setup.pages.forms import Form, attempt, require_setup, show, typed

LONGEST = 40  # of a label, and of a name without its __c


class Row(msgspec.Struct, frozen=True):
    """A field in the list, and what it holds in words."""

    field: objects.Field
    kind: str


@get("/setup/fields")
async def show_objects(request: Request, tx: Transaction, actor: people.Me) -> Response[str]:
    """The objects, each with how many fields it has and how many of them are one's own."""
    require_setup(actor)
    return await show(
        request, tx, actor, "setup/fields.html", Form(), objects=(await objects.catalog(tx)).objects
    )


@get("/setup/fields/{name:str}")
async def show_fields(request: Request, tx: Transaction, actor: people.Me, name: InPath) -> Response[str]:
    """An object's fields, and a form for another."""
    require_setup(actor)
    return await _fields_page(request, tx, actor, name, Form())


@post("/setup/fields/{name:str}")
async def add_field(request: Request, tx: Transaction, actor: people.Me, name: InPath) -> Response[Any]:
    """Give an object a field of one's own."""
    require_setup(actor)
    object = (await objects.catalog(tx)).object(name)
    form = await typed(request)
    async with attempt(tx, form, {"length": "length"}, usual="name"):
        await objects.add_field(tx, actor, object, _new(form))
    if form.refused:
        return await _fields_page(request, tx, actor, object.name, form)
    return see_other(f"/setup/fields/{object.name}")


def _new(form: Form) -> objects.NewField:
    """What was said of a new field, with what is wrong noted."""
    label, length = form.value("label").strip(), form.value("length", "").strip()
    if not label:
        form.note("label", _("Give it a label."))
    type = form.value("type")
    if type not in {each.value for each in _types()}:
        form.note("type", _("Choose what it holds."))
        type = "string"
    if length and not (length.isascii() and length.isdigit() and len(length) < 7):
        form.note("length", _("A whole number."))
        length = ""
    return objects.NewField(
        name=form.value("name").strip().removesuffix("__c") + "__c",
        label=label or _("Label"),
        type=type,
        length=int(length) if length else 255,
        unique=form.ticked("unique"),
        external_id=form.ticked("external_id"),
    )


def _types() -> list[Option]:
    return [
        Option("string", _("Text")),
        Option("textarea", _("Long text")),
        Option("email", _("E-mail address")),
        Option("phone", _("Phone number")),
        Option("url", _("Web address")),
        Option("int", _("Whole number")),
        Option("double", _("Number")),
        Option("currency", _("Money")),
        Option("percent", _("Percent")),
        Option("date", _("Date")),
        Option("datetime", _("Date and time")),
        Option("boolean", _("Yes or no")),
    ]


def _standard_types() -> list[Option]:
    """What only standard fields hold."""
    return [
        Option("id", _("Identifier")),
        Option("reference", _("Link to a record or person")),
        Option("picklist", _("One of a list")),
    ]


async def _fields_page(request: Request, tx: Tx, actor: people.Actor, name: str, form: Form) -> Response[str]:
    object = (await objects.catalog(tx)).object(name)
    known = {each.value: each.label for each in [*_types(), *_standard_types()]}
    inputs: list[Input] = [
        form.input("label", _("Label"), required=True, max_length=LONGEST),
        form.input(
            "name",
            _("Name for programs"),
            required=True,
            max_length=LONGEST + 3,
            help=_("Letters and digits; __c is added."),
        ),
        form.input("type", _("It holds"), kind="picklist", value="string", options=_types(), required=True),
        form.input(
            "length", _("At most so many characters"), kind="number", help=_("Of texts; 255 if not said.")
        ),
        form.input(
            "external_id",
            _("Other systems know the record by it"),
            kind="checkbox",
            help=_(
                "Programs find, change and make records by it (external id). A text, an e-mail address or a number."
            ),
        ),
        form.input("unique", _("No two records have the same"), kind="checkbox"),
    ]
    return await show(
        request,
        tx,
        actor,
        "setup/object_fields.html",
        form,
        object=object,
        rows=[Row(each, known.get(each.type, each.type)) for each in object.fields],
        fields=inputs,
    )


ROUTES = [show_objects, show_fields, add_field]
