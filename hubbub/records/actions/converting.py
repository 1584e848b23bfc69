"""What becomes of a lead's own row when it is converted, and of what points at it."""

from typing import Any

import msgspec

from hubbub import people
from hubbub.core import html
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid
from hubbub.objects import Object
from hubbub.records.access import ACTIVITIES, Record, access_record, viewer
from hubbub.records.actions.records import Saved, save
from hubbub.records.actions.rows import stored
from hubbub.records.actions.sense import CONVERTED, already_converted


class Conversion(msgspec.Struct, frozen=True):
    """What a lead became."""

    lead_id: int
    account_id: int
    contact_id: int
    opportunity_id: int | None
    saved: Saved


async def access_convertible(tx: Tx, actor: people.Actor, lead_id: int) -> Record:
    """The lead, locked, if the actor may change it and it is not converted yet."""
    him = await viewer(tx, actor)
    if him.catalog.of(lead_id).name != "Lead":
        raise Invalid("INVALID_CROSS_REFERENCE_KEY", "Only leads are converted.", fields=["leadId"])
    lead = await access_record(tx, actor, lead_id, to="edit", lock=True)
    before, _ = await stored(tx, lead.object, lead_id)
    if before["IsConverted"]:
        raise already_converted()
    return lead


async def mark_converted(
    tx: Tx, actor: people.Actor, lead: Record, *, account_id: int, contact_id: int, opportunity_id: int | None
) -> Conversion:
    """Close a lead that the actor has as converted: its row says what it became, and what points at it, whoever owns that,
    points at the contact."""
    before, rules = await stored(tx, lead.object, lead.id)
    today = html.today(actor.timezone)
    given = {
        "Status": CONVERTED,
        "IsConverted": True,
        "ConvertedDate": today,
        "ConvertedAccountId": account_id,
        "ConvertedContactId": contact_id,
        "ConvertedOpportunityId": opportunity_id,
    }
    saved = await save(tx, actor, lead, given, before, rules)
    him = await viewer(tx, actor)
    for name in ACTIVITIES:
        await _move(tx, actor, him.catalog.object(name), "WhoId", lead.id, {"WhoId": contact_id})
    member = him.catalog.object("CampaignMember")
    await _move(tx, actor, member, "LeadId", lead.id, {"LeadId": None, "ContactId": contact_id}, once=True)
    return Conversion(lead.id, account_id, contact_id, opportunity_id, saved)


async def _move(
    tx: Tx,
    actor: people.Actor,
    object: Object,
    by: str,
    lead_id: int,
    given: dict[str, Any],
    *,
    once: bool = False,
) -> None:
    """Let what points at the lead by that field point at what it became, each with its history. What may be there `once`
    below a record stays as it is where what it became stands there already."""
    twice = ""
    if once:
        (contact,) = (object.field(name) for name in given if given[name] is not None)
        twice = f"""and not exists (select 1 from record t where t.org_id = %(org)s and t.object = r.object
            and t.parent_id = r.parent_id and t.{contact.column} = %(contact)s and t.deleted_at is null)"""
    rows = await tx.tuples(
        f"""select id, name, owner_id, version, modified_at from record r
            where org_id = %(org)s and {object.field(by).column} = %(lead)s and object = %(object)s
              and deleted_at is null {twice} order by id for no key update""",
        {"lead": lead_id, "object": object.code, "contact": next(filter(None, given.values()))},
    )
    for id, name, owner_id, version, modified_at in rows:
        before, rules = await stored(tx, object, id)
        record = Record(id, object, name, owner_id, version, modified_at, {}, True, True, True)
        await save(tx, actor, record, given, before, rules)
