"""What must hold between the fields of one record for it to make sense, as Salesforce has it for its standard objects."""

from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, date, timedelta
from typing import Any

from hubbub.core.errors import Invalid
from hubbub.core.languages import Text
from hubbub.objects import BadValue, BadValues, Object

CONVERTED = "Closed - Converted"
ACTIVATED = "Activated"


def fill_in(object: Object, given: dict[str, Any], before: dict[str, Any]) -> None:
    """What follows from what was said: when a contract ends; of whole days only the days are kept, as days of UTC."""
    whole = before | given
    if object.name == "Contract" and not before and given.get("EndDate") is None:
        start, months = given.get("StartDate"), given.get("ContractTerm")
        if start is not None and months is not None:
            given["EndDate"] = _after(start, months)
    if object.name == "Event" and whole.get("IsAllDayEvent"):
        for name in ("StartDateTime", "EndDateTime"):
            if (moment := whole.get(name)) is not None:
                given[name] = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def check_sense(object: Object, given: dict[str, Any], before: dict[str, Any]) -> None:
    """Raise where the values `given` over those `before` (none: it is new) make no sense together."""
    if check := _CHECKS.get(object.name):
        check(object, given, before)


def already_converted() -> Invalid:
    """The refusal of a change of a lead that was converted."""
    return Invalid("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead")


def _event(object: Object, given: dict[str, Any], before: dict[str, Any]) -> None:
    if not {"StartDateTime", "EndDateTime"} & given.keys():
        return
    whole = before | given
    start, end = whole.get("StartDateTime"), whole.get("EndDateTime")
    if start is not None and end is not None and end < start:
        raise _contradicts(
            object,
            "EndDateTime",
            "Event duration can not be negative",
            Text("It cannot end before it begins."),
        )


def _lead(object: Object, given: dict[str, Any], before: dict[str, Any]) -> None:
    if before.get("IsConverted"):
        raise already_converted()
    if given.get("Status") == CONVERTED:
        raise _refused(
            object,
            "Status",
            "INVALID_STATUS",
            f"A lead becomes {CONVERTED} by converting it",
            Text("Convert the lead instead: that makes its account, its contact and its opportunity."),
        )


def _member(object: Object, given: dict[str, Any], before: dict[str, Any]) -> None:
    whole = before | given
    if (whole.get("LeadId") is None) == (whole.get("ContactId") is None):
        raise _contradicts(
            object,
            "LeadId",
            "A campaign member is either a lead or a contact",
            Text("Choose a lead or a contact: one of the two."),
        )
    # As in Salesforce a membership is of one campaign and one person for good.
    moved = next((name for name in ("CampaignId", "LeadId", "ContactId") if before and name in given), None)
    if moved is not None:
        raise _refused(
            object,
            moved,
            "INVALID_FIELD_FOR_INSERT_UPDATE",
            f"Unable to create/update fields: {moved}",
            Text("This stays as it is: delete the member and add another."),
        )


def _contract(object: Object, given: dict[str, Any], before: dict[str, Any]) -> None:
    whole = before | given
    if whole.get("Status") == ACTIVATED and not before:
        raise _contradicts(
            object,
            "Status",
            "Choose a valid contract status and save your changes: a new contract is a draft",
            Text("A new contract is a draft: activate it when it is signed."),
        )
    if before.get("Status") == ACTIVATED and "Status" in given:
        raise _contradicts(
            object,
            "Status",
            "An activated contract cannot go back",
            Text("An activated contract stays activated."),
        )
    if before.get("Status") == ACTIVATED and "AccountId" in given:
        raise _contradicts(
            object,
            "AccountId",
            "The account of an activated contract cannot change",
            Text("The account of an activated contract stays as it is."),
        )
    if not {"StartDate", "EndDate"} & given.keys():
        return
    start, end = whole.get("StartDate"), whole.get("EndDate")
    if start is not None and end is not None and end < start:
        raise _contradicts(
            object, "EndDate", "A contract ends after it begins", Text("It cannot end before it begins.")
        )


_CHECKS: dict[str, Callable[[Object, dict[str, Any], dict[str, Any]], None]] = {
    "Event": _event,
    "Lead": _lead,
    "CampaignMember": _member,
    "Contract": _contract,
}


def _contradicts(object: Object, name: str, message: str, words: Text) -> BadValues:
    """The refusal of values that do not go together."""
    return _refused(object, name, "FIELD_INTEGRITY_EXCEPTION", message, words)


def _refused(object: Object, name: str, code: str, message: str, words: Text) -> BadValues:
    return BadValues([BadValue(object.field(name), code, message, words)])


def _after(start: date, months: int) -> date:
    """The last day of so many months from that day on."""
    at = start.year * 12 + start.month - 1 + months
    year, month = min(at // 12, 3999), at % 12 + 1
    return date(year, month, min(start.day, monthrange(year, month)[1])) - timedelta(days=1)
