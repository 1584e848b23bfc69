"""What new people follow from the start."""

import re
from typing import Any

from litestar import Response, get, post

from hubbub import feed, people
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import NotFound
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.html import see_other
from hubbub.core.html import translate as _
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


@get("/setup/first-follows")
async def show_first_follows(request: Request, tx: Transaction, actor: people.Me) -> Response[str]:
    """The people, topics and records that new people follow, and the form that adds one."""
    require_setup(actor)
    return await _page(request, tx, actor, Form())


@post("/setup/first-follows")
async def add_first_follow(request: Request, tx: Transaction, actor: people.Me) -> Response[Any]:
    """Let new people follow what was typed."""
    require_setup(actor)
    form = await typed(request)
    async with attempt(tx, form, {"subjectId": "subject"}, "subject"):
        await feed.first_follow(tx, actor, await _meant(tx, actor, form))
    if form.refused:
        return await _page(request, tx, actor, form)
    return see_other("/setup/first-follows")


@post("/setup/first-follows/{key:str}/delete")
async def remove_first_follow(tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Let new people follow it no more."""
    require_setup(actor)
    await feed.no_first_follow(tx, actor, id_of(key))
    return see_other("/setup/first-follows")


async def _meant(tx: Tx, actor: people.Actor, form: Form) -> int:
    """The person, #topic or record that the text in the form means; raises Wrong."""
    text = form.value("subject").strip()
    nothing = Wrong({"subject": _("There is nothing like “{text}” that you see.", text=text[:80])})
    try:
        if address := re.search(r"/(?:r|people)/(\w{15,18})\b", text):
            subject_id = id_of(address[1])
            await feed.access_subject(tx, actor, subject_id)
            return subject_id
        if text.startswith("#"):
            return (await feed.find_topic(tx, actor, text[1:])).id
    except NotFound:
        raise nothing from None
    return await find(tx, actor, form, "subject", "p")


async def _page(request: Request, tx: Tx, actor: people.Actor, form: Form) -> Response[str]:
    return await show(
        request,
        tx,
        actor,
        "setup/first_follows.html",
        form,
        subjects=[(ids.show(each.id), each) for each in await feed.first_follows(tx, actor)],
        fields=[
            form.input(
                "subject",
                _("Whom or what"),
                kind="lookup",
                required=True,
                max_length=255,
                options=await suggestions(tx, actor, "p"),
                help=_("A person's name, a #topic, or the address of a record."),
            )
        ],
    )


ROUTES = [show_first_follows, add_first_follow, remove_first_follow]
