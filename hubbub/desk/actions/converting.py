"""Converting a lead: it becomes an account, a contact and, if wished, an opportunity."""

from datetime import date, timedelta
from typing import Any

from hubbub import feed, objects, people, records
from hubbub.core import html, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid
from hubbub.core.ids import Type
from hubbub.desk.actions.records import create_record, tell_owner, update_record

MOST_ALIKE = 10  # of those offered

# Which of the lead's fields become which of the account's, the contact's and the opportunity's.
BECOMES: dict[str, dict[str, str]] = {
    "Account": {
        "Company": "Name",
        "Phone": "Phone",
        "Fax": "Fax",
        "Website": "Website",
        "Industry": "Industry",
        "Rating": "Rating",
        "AnnualRevenue": "AnnualRevenue",
        "NumberOfEmployees": "NumberOfEmployees",
        "Street": "BillingStreet",
        "City": "BillingCity",
        "State": "BillingState",
        "PostalCode": "BillingPostalCode",
        "Country": "BillingCountry",
    },
    "Contact": {
        "Salutation": "Salutation",
        "FirstName": "FirstName",
        "LastName": "LastName",
        "Title": "Title",
        "Email": "Email",
        "Phone": "Phone",
        "MobilePhone": "MobilePhone",
        "Fax": "Fax",
        "LeadSource": "LeadSource",
        "HasOptedOutOfEmail": "HasOptedOutOfEmail",
        "DoNotCall": "DoNotCall",
        "Description": "Description",
        "Street": "MailingStreet",
        "City": "MailingCity",
        "State": "MailingState",
        "PostalCode": "MailingPostalCode",
        "Country": "MailingCountry",
    },
    "Opportunity": {"LeadSource": "LeadSource"},
}


async def convert_lead(
    tx: Tx,
    actor: people.Actor,
    lead_id: int,
    *,
    account_id: int | None = None,
    contact_id: int | None = None,
    opportunity_name: str | None = None,
    owner_id: int | None = None,
    overwrite_lead_source: bool = False,
) -> records.Conversion:
    """Convert a lead into an account and a contact, new or existing ones that the actor may edit, and into an opportunity
    of that name (empty: the company's) if one is said. What is new belongs to the lead's owner, or to `owner_id`; the
    lead's feed tells it once."""
    lead = await records.access_convertible(tx, actor, lead_id)
    owner = lead.owner_id if owner_id is None else owner_id
    if ids.type_of(owner) != Type.USER:
        raise Invalid(
            "FIELD_INTEGRITY_EXCEPTION",
            "Converted objects can only be owned by users. If the lead is not owned by a user, you must specify a user "
            "for the Owner field.",
            fields=["ownerId"],
        )
    him = await records.viewer(tx, actor)
    account = await _become(tx, actor, him, lead, "Account", account_id, {"OwnerId": owner})
    if contact_id is not None:
        contact = await records.access_record(tx, actor, contact_id, to="edit")
        if contact.values.get("AccountId") not in (None, account):
            raise Invalid(
                "INVALID_CROSS_REFERENCE_KEY",
                "That contact belongs to another account.",
                fields=["contactId"],
            )
    made = {"OwnerId": owner, "AccountId": account}
    always = frozenset({"LeadSource"} if overwrite_lead_source else ())
    contact = await _become(tx, actor, him, lead, "Contact", contact_id, made, always)
    opportunity = None
    if opportunity_name is not None:
        object = records.access_object(him, "Opportunity", to="create")
        first = next(stage.value for stage in object.stages if not stage.closed)
        made |= {
            "Name": opportunity_name or lead.values["Company"],
            "StageName": first,
            "CloseDate": _end_of_quarter(actor),
        }
        opportunity = await _become(tx, actor, him, lead, "Opportunity", None, made)
    done = await records.mark_converted(
        tx, actor, lead, account_id=account, contact_id=contact, opportunity_id=opportunity
    )
    await feed.post_changes(tx, actor, lead.id, await feed.tracked(tx, actor, done.saved))
    if owner != lead.owner_id:
        await tell_owner(tx, actor, opportunity or contact, owner)
    return done


async def _become(
    tx: Tx,
    actor: people.Actor,
    him: records.Viewer,
    lead: records.Record,
    name: str,
    existing_id: int | None,
    made: dict[str, Any],
    always: frozenset[str] = frozenset(),
) -> int:
    """Make a record of the lead's values, as far as the actor may read and write them; of an existing one only what is
    empty is filled."""
    if existing_id is None:
        object = records.access_object(him, name, to="create")
        given = _values(him, lead, object) | {
            each: value for each, value in made.items() if him.may_edit(object, object.field(each))
        }
        saved = await create_record(tx, actor, name, given, told=False)
        await feed.follow_created(tx, actor, saved.id)
        return saved.id
    record = await records.access_record(tx, actor, existing_id, to="edit", lock=True)
    if record.object.name != name:
        raise Invalid(
            "INVALID_CROSS_REFERENCE_KEY",
            "That is no {name}.",
            fields=[f"{name.lower()}Id"],
            name=name.lower(),
        )
    values = _values(him, lead, record.object)
    if "AccountId" in made:
        values["AccountId"] = made["AccountId"]
    blank = {
        each: value for each, value in values.items() if record.values.get(each) is None or each in always
    }
    if blank:
        await update_record(tx, actor, existing_id, blank)
    return existing_id


def _values(him: records.Viewer, lead: records.Record, object: objects.Object) -> dict[str, Any]:
    """The lead's values under the names that they have there, cut to what fits."""
    found: dict[str, Any] = {}
    for source, name in BECOMES[object.name].items():
        field = object.get(name)
        value = lead.values.get(source)
        if field is None or value is None or not him.may_edit(object, field):
            continue
        fits = not (field.restricted and field.choice(value) is None)
        if fits:
            found[field.name] = value[: field.length] if field.is_text else value
    return found


def _end_of_quarter(actor: people.Actor) -> date:
    """When a deal made of a lead is expected to close until somebody says so."""
    today = html.today(actor.timezone)
    month = (today.month - 1) // 3 * 3 + 4
    return date(today.year + (month > 12), (month - 1) % 12 + 1, 1) - timedelta(days=1)


async def alike(
    tx: Tx, actor: people.Actor, lead: records.Record
) -> tuple[list[records.Card], list[tuple[records.Card, str]]]:
    """The accounts called like the lead's company, and the contacts of the same name or e-mail address with where they
    belong: of those that the actor may edit."""
    him = await records.viewer(tx, actor)
    company = lead.values.get("Company")
    accounts = await records.find_named(tx, him, "Account", company, size=MOST_ALIKE) if company else []
    contacts = await records.find_named(tx, him, "Contact", lead.name, size=MOST_ALIKE)
    email = lead.values.get("Email")
    object = him.catalog.object("Contact")
    if email and him.can(object).read and him.may_read(object, object.field("Email")):
        found = await records.find_by_key(tx, him, object, object.field("Email"), email)
        cards = await records.cards(tx, actor, found[:MOST_ALIKE])
        contacts += [card for id, card in cards.items() if id not in {each.id for each in contacts}]
    writable = await records.editable_versions(
        tx, him, him.catalog.object("Account"), [card.id for card in accounts]
    )
    changeable = await records.editable_versions(tx, him, object, [card.id for card in contacts])
    offered = [card for card in contacts if card.id in changeable]
    by = object.field("AccountId")
    rows = (
        await records.read_rows(tx, him, object, (by,), [card.id for card in offered])
        if him.may_read(object, by)
        else []
    )
    above = {row.id: row.values["AccountId"] for row in rows if row.values["AccountId"]}
    belongs = await records.cards(tx, actor, above.values())
    named = [
        (card, f"{card.name} ({belongs[above[card.id]].name})" if card.id in above else card.name)
        for card in offered
    ]
    return [card for card in accounts if card.id in writable], named
