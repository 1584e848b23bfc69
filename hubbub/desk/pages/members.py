"""The Members tab of a campaign: whom it reaches, how each answered, and a form to add one more."""

from typing import Any

import msgspec
from litestar import Response, post

from hubbub import people, records
from hubbub.core import html, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound, Refused
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.html import Input, Option, see_other
from hubbub.desk import actions
from hubbub.desk.pages.cells import has_members, show_record
from hubbub.desk.pages.forms import Form, typed, wrong

PAGE = 50
ASKED = ("LeadId", "ContactId", "Status")


class Member(msgspec.Struct, frozen=True):
    """A member as the tab shows it; of a person whom the viewer does not see there is no name."""

    id: int
    url: str
    name: str | None
    person_url: str | None
    kind: str | None  # Lead or Contact
    status: str | None
    version: int  # 0: not his to change


class Members(msgspec.Struct, frozen=True):
    """The Members tab."""

    rows: list[Member]
    count: str
    stages: list[Option]
    may_remove: bool
    fields: list[Input]  # of the form to add one; none: he may not
    error: str | None
    next_url: str | None
    first: bool


async def member_tab(
    tx: Tx,
    actor: people.Actor,
    campaign: records.Record,
    *,
    after: str | None = None,
    texts: dict[str, str] | None = None,
    refused: Refused | None = None,
) -> Members:
    """The members of a campaign that the actor has, and the form with what was typed and what was wrong with it."""
    him = await records.viewer(tx, actor)
    object = him.catalog.object("CampaignMember")
    readable = tuple(name for name in ASKED if him.may_read(object, object.field(name)))
    every = records.built_in(object)[0]
    wanted = records.Wanted(
        filters=(records.FilterOn("CampaignId", "equals", campaign.key),),
        columns=readable or (object.name_field.name,),
        sort="CreatedDate",
        descending=True,
    )
    shown = records.as_seen(him, records.shaped(him, every, wanted))
    page = await records.view_page(tx, him, shown, after=after, size=PAGE)
    versions = await records.editable_versions(tx, him, object, [row.id for row in page.rows])
    status = object.field("Status")
    changes = him.may_edit(object, status)
    fields: list[Input] = []
    message, errors = wrong(refused)
    if him.can(object).create and campaign.editable:
        form = _form(him)
        fields = await form.inputs(tx, await form.texts(tx) if texts is None else texts, errors)
    return Members(
        rows=[_member(row, page.names, versions.get(row.id, 0) if changes else 0) for row in page.rows],
        count=html.number(page.count)
        if page.count <= records.COUNTED
        else f"{html.number(records.COUNTED)}+",
        stages=[Option(each.value, each.label or each.value) for each in status.choices],
        may_remove=him.can(object).delete and campaign.owned,
        fields=fields,
        error=message,
        next_url=f"{campaign.url}?tab=members&after={page.following}" if page.following else None,
        first=after is None,
    )


@post("/r/{key:str}/members")
async def add_member(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[Any]:
    """Add a lead or a contact to a campaign that the actor may edit."""
    campaign = await records.access_record(tx, actor, ids.of_address(key), to="edit")
    him = await records.viewer(tx, actor)
    if not has_members(him, campaign.object):
        raise NotFound()
    records.access_object(him, "CampaignMember", to="create")
    said = await typed(request)
    try:
        async with tx.savepoint():
            values = await _form(him).read(tx, said)
            await actions.create_record(tx, actor, "CampaignMember", values | {"CampaignId": campaign.id})
    except Invalid as refused:
        members = await member_tab(tx, actor, campaign, texts=said, refused=refused)
        page = await show_record(tx, actor, campaign)
        return await html.page(
            request, tx, actor, "desk/record.html", status=422, tab="members", here=campaign.id, members=members,
            activity=None, feed=None, composer=None, **page.context,
        )  # fmt: skip
    return see_other(f"{campaign.url}?tab=members")


def _form(him: records.Viewer) -> Form:
    return Form(him, him.catalog.object("CampaignMember"), None, only=ASKED)


def _member(row: records.Row, names: records.Names, version: int) -> Member:
    person = row.values.get("LeadId") or row.values.get("ContactId")
    card = names.records.get(person) if person else None
    return Member(
        id=row.id,
        url=row.url,
        name=card.name if card else None,
        person_url=card.url if card else None,
        kind=card.label if card else None,
        status=row.values.get("Status"),
        version=version,
    )


ROUTES = [add_member]
