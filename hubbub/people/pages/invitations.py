"""Pages: inviting people, what came of it, and coming in by an invitation."""

import contextlib
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Response, get, post

from hubbub.core import html, ids
from hubbub.core.config import Settings
from hubbub.core.db import Database, Tx
from hubbub.core.errors import Invalid, NotFound, Refused, Unauthenticated
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.html import translate as _
from hubbub.core.http import credential
from hubbub.core.ids import Type
from hubbub.people import queries
from hubbub.people.access import Actor, Me, authenticate
from hubbub.people.access.domains import readable
from hubbub.people.access.invitations import access_inviting, inviters, may_invite
from hubbub.people.actions import (
    Outcome,
    accept_invitation,
    addresses_in,
    invite,
    invited,
    send_again,
    set_inviters,
    withdraw_invitation,
)
from hubbub.people.actions.invitations import LONGEST_TEXT, MOST_AT_ONCE, PER_DAY
from hubbub.people.pages.forms import (
    come_in_page,
    form_of,
    newcomer_fields,
    origin_of,
    signed_in,
    wrong_fields,
)
from hubbub.people.queries.invitations import STATES
from hubbub.people.queries.invitations import place as invitation_place


class Choice(msgspec.Struct, frozen=True):
    """A state by which the list is narrowed."""

    value: str
    label: str


@get("/invitations")
async def show_invitations(request: Request, tx: Transaction, actor: Me) -> Response[Any]:
    """The form that invites, and whom I have invited; administrators see whom anybody has."""
    return await _page(request, tx, actor)


@post("/invitations", status_code=200)
async def invite_people(request: Request, tx: Transaction, actor: Me) -> Response[Any]:
    """Invite the addresses that were typed or pasted; those that could not be stay in the form, each with the reason."""
    await access_inviting(tx, actor)
    form = await form_of(request)
    message = form.get("message", "")
    text = form.get("invitees", "")
    try:
        async with tx.savepoint():
            outcomes = await invite(
                tx,
                actor,
                request.app.state.settings,
                addresses_in(text),
                message,
                sure=form.get("sure") == "true",
            )
    except Refused as refused:
        status = 422 if isinstance(refused, Invalid) else refused.status
        return await _page(
            request, tx, actor, status=status, error=refused.said, message=message, invitees=text[:LONGEST_TEXT]
        )  # fmt: skip
    left = [each for each in outcomes if each.status == "Unhandled"]
    done = sum(each.status == "Invited" for each in outcomes)
    return await _page(
        request,
        tx,
        actor,
        error=_("These could not be invited. Please look at each of them.") if left else None,
        outcomes=[each for each in outcomes if each.status != "Invited"],
        invitees="\n".join(each.email for each in left),
        message=message if left else "",
        invited_now=done,
    )


@post("/invitations/{key:str}/mails", status_code=303)
async def repeat_invitation(request: Request, tx: Transaction, actor: Me, key: InPath) -> Response[bytes]:
    """Send an invitation once more: the link in the mail before stops working."""
    await send_again(tx, actor, request.app.state.settings, _id(key))
    return html.see_other("/invitations")


@post("/invitations/{key:str}/delete", status_code=303)
async def take_back_invitation(tx: Transaction, actor: Me, key: InPath) -> Response[bytes]:
    """Take an invitation back: its link stops working."""
    await withdraw_invitation(tx, actor, _id(key))
    return html.see_other("/invitations")


@post("/invitations/inviters", status_code=303)
async def save_inviters(request: Request, tx: Transaction, actor: Me) -> Response[bytes]:
    """Say who may invite, as an administrator."""
    if actor.guest:
        raise NotFound()
    await set_inviters(tx, actor, (await form_of(request)).get("inviters", ""))
    return html.see_other("/invitations")


def state_names() -> dict[str, str]:
    """What the states of invitations are called."""
    return {
        "waiting": _("being sent"),
        "sent": _("sent"),
        "expired": _("too old"),
        "refused": _("not delivered"),
        "accepted": _("came"),
        "withdrawn": _("withdrawn"),
    }


async def _page(
    request: Request,
    tx: Tx,
    actor: Actor,
    *,
    status: int = 200,
    error: str | None = None,
    outcomes: list[Outcome] | None = None,
    invitees: str = "",
    message: str = "",
    invited_now: int = 0,
) -> Response[Any]:
    if actor.guest:
        raise NotFound()
    settings: Settings = request.app.state.settings
    asked = request.query_params.get("state")
    state = asked if asked in STATES else ""
    found, more = await queries.invitations(
        tx, actor, state=state or None, after=invitation_place(request.query_params.get("after"))
    )
    last = f"{found[-1].key},{found[-1].created_at.isoformat()}" if more else ""
    domains = await queries.own_domains(tx, actor)
    outcomes = outcomes or []
    return await html.page(
        request,
        tx,
        actor,
        "people/invitations.html",
        status=status,
        may=await may_invite(tx, actor),
        mails=settings.mails,
        error=error,
        outcomes=outcomes,
        doubtful=any(each.status == "Unhandled" and "@" in each.email for each in outcomes),
        invitees=invitees,
        message=message,
        invited=invited_now,
        invitations=found,
        state=state,
        choices=[
            Choice("", _("All")),
            Choice("open", _("Open")),
            Choice("expired", _("Too old")),
            Choice("accepted", _("Came")),
            Choice("withdrawn", _("Withdrawn")),
        ],
        names=state_names(),
        waiting=await queries.count_waiting(tx, actor),
        next_url="/invitations?" + urlencode({"state": state, "after": last}) if more else None,
        inviters=await inviters(tx) if actor.admin else None,
        domains=[readable(domain) for domain in domains],
        per_day=PER_DAY,
        at_once=MOST_AT_ONCE,
    )


def _id(key: str) -> int:
    try:
        return ids.parse(key, Type.INVITATION)
    except Invalid:
        raise NotFound() from None


# --- coming in -----------------------------------------------------------------------------------------------------


@get("/join/{secret:str}")
async def show_invitation(request: Request, secret: InPath) -> Response[Any]:
    """What an invitation leads to. It is not used yet: programs that look into mail open it, too."""
    return await _join_page(request, secret, {}, {})


@post("/join/{secret:str}", status_code=303)
async def join_by_invitation(request: Request, secret: InPath) -> Response[Any]:
    """Come in by an invitation; who was signed in in this browser is signed out there."""
    form = await form_of(request)
    try:
        session, _me = await accept_invitation(
            request.app.state.database,
            secret,
            origin_of(request),
            first_name=form.get("first_name", ""),
            last_name=form.get("last_name", ""),
            password=form.get("password", ""),
            timezone=form.get("timezone", ""),
        )
    except Invalid as invalid:
        return await _join_page(request, secret, form, wrong_fields(invalid))
    return await signed_in(request, session, "/")


async def _join_page(
    request: Request, secret: str, form: dict[str, str], errors: dict[str, str]
) -> Response[Any]:
    database: Database = request.app.state.database
    async with database.act(None, read=True) as tx:
        found = await invited(tx, secret)
    fields = newcomer_fields(form, errors) if found.needs_name else []
    return await come_in_page(
        request,
        "people/join.html",
        fields,
        errors,
        secret=secret,
        found=found,
        here=await _other_here(request, found.email),
    )


async def _other_here(request: Request, email: str) -> str | None:
    """Who is signed in in this browser, if it is somebody else than the invitation is for."""
    given = credential(request)
    if given is None or given.kind != "session":
        return None
    database: Database = request.app.state.database
    with contextlib.suppress(Unauthenticated):
        async with database.act(given.org_id, read=True) as tx:
            me = await authenticate(tx, given)
        if me.username != email:
            return me.name
    return None


ROUTES = [
    show_invitations,
    invite_people,
    repeat_invitation,
    take_back_invitation,
    save_inviters,
    show_invitation,
    join_by_invitation,
]
