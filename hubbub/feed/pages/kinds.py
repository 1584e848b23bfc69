"""Forms of polls, of answers to questions and of thanks."""

from typing import Any

from litestar import Response, get, post

from hubbub import people
from hubbub.core import html, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Forbidden, Invalid
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.html import see_other
from hubbub.core.html import translate as _
from hubbub.core.ids import Type
from hubbub.feed import actions, queries
from hubbub.feed.access import access_answer, access_subject
from hubbub.feed.pages.posts import show_talk


@post("/posts/{key:str}/poll-votes")
async def vote_in_poll(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Vote in a poll."""
    item_id = ids.parse(key, Type.FEED_ITEM)
    await queries.item(tx, actor, item_id)
    choice = (await request.form()).get("choice")
    if not choice:
        raise Invalid("INVALID_INPUT", "Choose one before you vote.", fields=["choice"])
    await actions.vote_in_poll(tx, actor, item_id, ids.parse(choice, Type.POLL_CHOICE))
    return await show_talk(request, tx, actor, item_id, told=_("Your vote counts"))


@post(["/comments/{key:str}/best-answer", "/comments/{key:str}/best-answer/delete"])
async def choose_best(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Say that an answer is the best one, or no longer."""
    answer = await access_answer(tx, actor, ids.parse(key, Type.COMMENT))
    best = None if request.scope["path"].endswith("/delete") else answer.id
    await actions.choose_best_answer(tx, actor, answer.item_id, best)
    return await show_talk(
        request, tx, actor, answer.item_id, told=_("Undone") if best is None else _("Best answer")
    )


@post(["/comments/{key:str}/verification", "/comments/{key:str}/verification/delete"])
async def verify(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Say for the company that an answer is right, or take that back."""
    answer = await access_answer(tx, actor, ids.parse(key, Type.COMMENT), to="verify")
    verified = not request.scope["path"].endswith("/delete")
    await actions.verify_answer(tx, actor, answer.id, verified=verified)
    return await show_talk(request, tx, actor, answer.item_id)


@get("/people/{key:str}/thanks")
async def thanks_form(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[str]:
    """The form by which a person is thanked with a badge."""
    user_id = await _whom(tx, actor, key)
    return await _thanks_page(request, tx, actor, user_id)


@post("/people/{key:str}/thanks")
async def thank(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Thank a person with a badge: it stands on his profile."""
    user_id = await _whom(tx, actor, key)
    form = await request.form()
    text, badge = str(form.get("text") or ""), str(form.get("badge") or "")
    try:
        async with tx.savepoint():
            body = await actions.parse_words(tx, actor, text)
            await actions.post(
                tx, actor, parent_id=user_id, body=body, kind="RypplePost", detail={"badge": badge}
            )
    except Invalid as refused:
        return await _thanks_page(request, tx, actor, user_id, text, badge, refused.said)
    return see_other(f"/people/{key}")


async def _whom(tx: Tx, actor: people.Actor, key: str) -> int:
    user_id = ids.parse(key, Type.USER)
    await access_subject(tx, actor, user_id, to="post")
    if user_id == actor.id:
        raise Forbidden("Thanks go to somebody else.")
    return user_id


async def _thanks_page(
    request: Request,
    tx: Tx,
    actor: people.Actor,
    user_id: int,
    text: str = "",
    badge: str = "thanks",
    error: str | None = None,
) -> Response[str]:
    person = (await people.cards(tx, {user_id}, actor))[user_id]
    return await html.page(
        request, tx, actor, "feed/thanks.html", status=422 if error else 200, person=person, badges=actions.BADGES,
        badge=badge, text=text, error=error,
    )  # fmt: skip


ROUTES = [vote_in_poll, choose_best, verify, thanks_form, thank]
