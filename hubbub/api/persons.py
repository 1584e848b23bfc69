"""People as sObjects that are written: what their profiles say, and whether they are let in."""

from typing import Any

from hubbub import people
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.ids import Type

# Salesforce's field, and what the profile calls it.
FIELDS = {
    "FirstName": "first_name",
    "LastName": "last_name",
    "CommunityNickname": "nickname",
    "Title": "title",
    "Department": "department",
    "AboutMe": "about",
    "ManagerId": "manager",
    "Phone": "phone",
    "MobilePhone": "mobile",
    "City": "city",
    "Country": "country",
    "TimeZoneSidKey": "timezone",
    "LocaleSidKey": "locale",
}


async def change_person(tx: Tx, actor: people.Actor, key: str, given: dict[str, Any]) -> None:
    """Change what a profile says, for oneself and administrators; let somebody in or shut him out, for administrators."""
    try:
        user_id = ids.parse(key, Type.USER)
    except Invalid:
        raise NotFound() from None
    person = await people.access_user(tx, actor, user_id, to="edit")
    names = {name.lower(): name for name in (*FIELDS, "IsActive")}
    asked: dict[str, Any] = {}
    for name, value in given.items():
        known = names.get(name.lower())
        if known is None:
            raise Invalid(
                "INVALID_FIELD_FOR_INSERT_UPDATE",
                f"Unable to create/update fields: {name[:80]}.",
                fields=[name[:80]],
            )
        asked[known] = value
    active = None
    if "IsActive" in asked:
        active = asked.pop("IsActive")
        people.require_admin(actor)
        if not isinstance(active, bool):
            raise Invalid("INVALID_INPUT", "IsActive is true or false.", fields=["IsActive"])
    for name, value in asked.items():
        if not isinstance(value, str | None):
            raise Invalid("JSON_PARSER_ERROR", f"{name} is a text.", fields=[name])
    if asked.get("ManagerId"):
        ids.parse(asked["ManagerId"], Type.USER)  # here by id alone
    if asked:
        try:
            await people.edit_profile(
                tx, actor, person.id, {FIELDS[name]: value for name, value in asked.items()}
            )
        except people.BadProfile as bad:
            fields = [name for name, column in FIELDS.items() if column in bad.by_field]
            raise Invalid(bad.code, bad.message, fields=fields) from None
    if active is True and not person.active:
        await people.activate_user(tx, actor, person.id)
    elif active is False and person.active:
        await people.deactivate_user(tx, actor, person.id)
