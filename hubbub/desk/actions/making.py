"""Records that are made of posts: a task, a case, a lead."""

from collections.abc import Mapping
from typing import Any

from hubbub import feed, objects, people, records
from hubbub.core import html, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid
from hubbub.core.ids import Type
from hubbub.desk.actions.records import create_record

# What can be made of a post, and which fields the small form asks for.
MADE: dict[str, tuple[str, ...]] = {
    "Task": ("Subject", "OwnerId", "ActivityDate", "Priority", "WhatId", "WhoId", "Description"),
    "Case": ("Subject", "Priority", "AccountId", "ContactId", "Description"),
    "Lead": ("FirstName", "LastName", "Company", "Title", "Email", "Phone", "Description"),
}


def access_made(him: records.Viewer, name: str) -> objects.Object:
    """The object of that name, if it can be made of a post and he may make its records."""
    known = next((each for each in MADE if each.lower() == name.lower()), None)
    if known is None:
        raise Invalid(
            "INVALID_TYPE", "Of a post one makes a {choices}.", fields=["object"], choices=", ".join(MADE)
        )
    return records.access_object(him, known, to="create")


async def beginning(tx: Tx, actor: people.Actor, item: feed.Item, object: objects.Object) -> dict[str, Any]:
    """What a record made of a post begins with: its words, the record it stands on, the guest who wrote it; of these the
    fields that the actor may write."""
    him = await records.viewer(tx, actor)
    text = html.plain(item.body).strip()
    first = next((line.strip() for line in (item.title or text).splitlines() if line.strip()), "")
    about = {} if ids.type_of(item.parent.id) == Type.USER else await _about(tx, actor, item.parent.id)
    values: dict[str, Any] = _person(item)
    if object.name != "Lead":
        values = {"Subject": first or f"{object.label}: {item.parent.name}"}
    values |= {"Description": text}
    if object.name == "Task":
        values["OwnerId"] = actor.user_id
    begun: dict[str, Any] = {}
    for name, value in values.items():
        field = object.field(name)
        if value and him.may_edit(object, field):
            begun[field.name] = _shortened(value, field.length) if field.is_text else value
    for field in object.fields:
        if field.type == "reference" and field.name != "OwnerId" and him.may_edit(object, field):
            found = next((id for name, id in about.items() if name in field.to), None)
            if found is not None and object.name != "Lead" and field.name in MADE[object.name]:
                begun[field.name] = found
    return begun


async def make_of_post(
    tx: Tx, actor: people.Actor, item_id: int, object_name: str, values: Mapping[str, Any]
) -> records.Saved:
    """Make a task, a case or a lead of a post: the record says of which post it is, and the post shows it to who may see it."""
    item = await feed.item(tx, actor, item_id)
    object = access_made(await records.viewer(tx, actor), object_name)
    saved = await create_record(
        tx, actor, object.name, await beginning(tx, actor, item, object) | dict(values)
    )
    await feed.keep_made(tx, actor, item_id, saved.id)
    return saved


async def _about(tx: Tx, actor: people.Actor, record_id: int) -> dict[str, int]:
    """The record on which a post stands and the account that it belongs to, by what they are, as far as he sees them."""
    record = await records.access_record(tx, actor, record_id)
    found = {record.object.name: record.id}
    if account := record.values.get("AccountId"):
        found.setdefault("Account", account)
    return found


def _person(item: feed.Item) -> dict[str, str]:
    """Who may become a customer: the guest who wrote it."""
    author = item.author
    if not isinstance(author, people.Person) or not author.guest:
        return {}
    first, _, last = author.name.rpartition(" ")
    return {"FirstName": first, "LastName": last, "Title": author.title or ""}


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
