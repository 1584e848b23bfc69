"""When somebody leaves: what he owns is handed over, he is signed out everywhere and shut out; and let in again."""

from typing import Any

from litestar import Response, get, post

from hubbub import desk, people
from hubbub.core.db import Tx
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.html import see_other
from hubbub.core.html import translate as _
from hubbub.setup.pages.forms import Form, attempt, find, require_setup, show, suggestions, typed
from hubbub.setup.pages.people import find_person, person_page, url_of


@get("/setup/people/{key:str}/leaving")
async def show_leaving(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[str]:
    """What somebody owns, to be handed over, and whether he is to be shut out."""
    require_setup(actor)
    return await _page(request, tx, actor, await find_person(tx, actor, key), Form())


@post("/setup/people/{key:str}/deactivate")
async def deactivate(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Shut somebody out: his sessions end at once; what he wrote stays, and what he owns, unless it is handed over."""
    require_setup(actor)
    person = await find_person(tx, actor, key)
    form = await typed(request)
    async with attempt(tx, form, usual="to" if form.value("to").strip() else None):
        if form.value("to").strip():
            await desk.hand_over(tx, actor, person.id, await find(tx, actor, form, "to", "p"))
        await people.deactivate_user(tx, actor, person.id)
    return await _page(request, tx, actor, person, form) if form.refused else see_other(url_of(person))


@post("/setup/people/{key:str}/hand-over")
async def hand_over(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Make all that somebody owns a colleague's."""
    require_setup(actor)
    person = await find_person(tx, actor, key)
    form = await typed(request)
    async with attempt(tx, form, usual="to"):
        await desk.hand_over(tx, actor, person.id, await find(tx, actor, form, "to", "p"))
    return await _page(request, tx, actor, person, form) if form.refused else see_other(url_of(person))


@post("/setup/people/{key:str}/activate")
async def activate(tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Let somebody in again."""
    require_setup(actor)
    person = await find_person(tx, actor, key)
    await people.activate_user(tx, actor, person.id)
    return see_other(url_of(person))


@post("/setup/people/{key:str}/sign-out")
async def sign_out(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """End all sessions of somebody and all that programs may do in his name: he signs in anew, and lets them in anew."""
    require_setup(actor)
    person = await find_person(tx, actor, key)
    await people.end_sessions_of(tx, actor, person.id)
    return await person_page(request, tx, actor, person, Form(), ended=True)


async def _page(
    request: Request, tx: Tx, actor: people.Actor, person: people.Entry, form: Form
) -> Response[str]:
    owned = await desk.owned(tx, actor, person.id) if actor.modify_all else []
    return await show(
        request,
        tx,
        actor,
        "setup/leaving.html",
        form,
        person=person,
        owned=owned,
        total=sum(count for _object, count in owned),
        to=form.input(
            "to",
            _("Hand over to"),
            kind="lookup",
            max_length=121,
            help=_("A colleague's name. Left empty, everything stays with its owner."),
            options=await suggestions(tx, actor, "p"),
        ),
    )


ROUTES = [show_leaving, deactivate, hand_over, activate, sign_out]
