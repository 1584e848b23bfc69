"""The page that converts a lead: what it becomes, new or something that is there already."""

from typing import Any

import msgspec
from litestar import Response, get, post

from hubbub import people, records
from hubbub.core import html, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.html import Option, see_other
from hubbub.core.ids import Type
from hubbub.desk import actions
from hubbub.desk.pages.forms import typed, wrong


class Typed(msgspec.Struct, frozen=True):
    """What was chosen on the page."""

    account: str = ""
    contact: str = ""
    opportunity: str = ""
    makes_deal: bool = True


@get("/r/{key:str}/conversion")
async def show_conversion(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """What a lead would become; of one that is converted, its page says what it became."""
    lead = await _lead(tx, actor, key)
    if lead.values.get("IsConverted"):
        return see_other(lead.url)
    return await _page(request, tx, actor, lead, Typed(opportunity=lead.values.get("Company") or lead.name))


@post("/r/{key:str}/conversion")
async def convert(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Convert it."""
    lead = await _lead(tx, actor, key)
    said = await typed(request)
    chosen = Typed(
        said.get("account", ""),
        said.get("contact", ""),
        said.get("opportunity", ""),
        said.get("deal") == "true",
    )
    try:
        async with tx.savepoint():
            done = await actions.convert_lead(
                tx,
                actor,
                lead.id,
                account_id=ids.parse(chosen.account, Type.ACCOUNT) if chosen.account else None,
                contact_id=ids.parse(chosen.contact, Type.CONTACT) if chosen.contact else None,
                opportunity_name=chosen.opportunity if chosen.makes_deal else None,
                owner_id=actor.user_id if lead.queued else None,
            )
    except Invalid as refused:
        if refused.code == "CANNOT_UPDATE_CONVERTED_LEAD":  # somebody was faster
            return see_other(lead.url)
        return await _page(request, tx, actor, lead, chosen, refused)
    return see_other(f"/r/{ids.show(done.opportunity_id or done.contact_id)}")


async def _lead(tx: Tx, actor: people.Actor, key: str) -> records.Record:
    record = await records.access_record(tx, actor, ids.of_address(key), to="edit")
    if record.object.name != "Lead":
        raise NotFound()
    return record


async def _page(
    request: Request,
    tx: Tx,
    actor: people.Actor,
    lead: records.Record,
    chosen: Typed,
    refused: Invalid | None = None,
) -> Response[str]:
    him = await records.viewer(tx, actor)
    accounts, contacts = await actions.alike(tx, actor, lead)
    message, errors = wrong(refused)
    return await html.page(
        request, tx, actor, "desk/conversion.html", status=200 if refused is None else 422, record=lead,
        company=lead.values.get("Company") or lead.name,
        accounts=[Option(card.key, card.name) for card in accounts],
        contacts=[Option(card.key, name) for card, name in contacts],
        chosen=chosen, may_deal=him.can(him.catalog.object("Opportunity")).create,
        error=message, errors=errors,
    )  # fmt: skip


ROUTES = [show_conversion, convert]
