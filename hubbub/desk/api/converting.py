"""REST: converting leads, as Salesforce's invocable action does."""

from typing import Any

from litestar import Response, post

from hubbub import people, records
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, Refused
from hubbub.core.handlers import Request, Transaction
from hubbub.core.ids import Type
from hubbub.core.rest import input_of, json_answer
from hubbub.desk import actions

NAME = "convertLead"
MOST = 100


@post("/actions/standard/convertLead")
async def convert(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """POST /actions/standard/convertLead — converts up to 100 leads: `{"inputs": [{"leadId", "convertedStatus", "accountId",
    "contactId", "createOpportunity", "opportunityName", "ownerId", "overwriteLeadSource"}]}`. An account or contact that
    is named must be one I may edit; an opportunity is made unless `createOpportunity` is false. Answers a list, one result
    an input: `{"actionName", "errors": null | [{"statusCode", "message", "fields"}], "isSuccess", "outputValues":
    {"leadId", "accountId", "contactId", "opportunityId"} | null}`; 200, or 400 if one was refused: then none is converted."""
    given = (await input_of(request)).get("inputs")
    if not isinstance(given, list) or not 1 <= len(given) <= MOST:
        raise Invalid("INVALID_INPUT", f"inputs is a list of 1 to {MOST} inputs.", fields=["inputs"])
    results = []
    for each in given:
        try:
            async with tx.savepoint():
                results.append(_done(await _convert(tx, actor, each)))
        except Refused as refused:
            results.append(_failed(refused))
    if all(each["isSuccess"] for each in results):
        return json_answer(results)
    return json_answer([_rolled_back() if each["isSuccess"] else each for each in results], 400)


async def _convert(tx: Tx, actor: people.Actor, given: Any) -> dict[str, str | None]:
    if not isinstance(given, dict):
        raise Invalid("INVALID_INPUT", "An input is an object.")
    status = given.get("convertedStatus")
    if status != records.CONVERTED:
        raise Invalid(
            "INVALID_STATUS", f"invalid convertedStatus: say {records.CONVERTED}", fields=["convertedStatus"]
        )
    name = given.get("opportunityName")
    if name is not None and not isinstance(name, str):
        raise Invalid("INVALID_INPUT", "opportunityName is a text.", fields=["opportunityName"])
    done = await actions.convert_lead(
        tx,
        actor,
        ids.parse(given.get("leadId")),
        account_id=_id(given, "accountId", Type.ACCOUNT),
        contact_id=_id(given, "contactId", Type.CONTACT),
        opportunity_name=(name or "") if _truth(given, "createOpportunity", True) else None,
        owner_id=_id(given, "ownerId", Type.USER),
        overwrite_lead_source=_truth(given, "overwriteLeadSource", False),
    )
    return {
        "leadId": ids.show(done.lead_id),
        "accountId": ids.show(done.account_id),
        "contactId": ids.show(done.contact_id),
        "opportunityId": ids.show(done.opportunity_id) if done.opportunity_id else None,
    }


def _id(given: dict[str, Any], name: str, type: Type) -> int | None:
    value = given.get(name)
    return ids.parse(value, type) if value else None


def _truth(given: dict[str, Any], name: str, usual: bool) -> bool:
    value = given.get(name)
    if value is None:
        return usual
    if not isinstance(value, bool):
        raise Invalid("INVALID_INPUT", f"{name} is true or false.", fields=[name])
    return value


def _done(values: dict[str, str | None]) -> dict[str, Any]:
    return {"actionName": NAME, "errors": None, "isSuccess": True, "outputValues": values}


def _rolled_back() -> dict[str, Any]:
    return _failed(
        Invalid(
            "ALL_OR_NONE_OPERATION_ROLLED_BACK",
            "Record rolled back because not all records were valid and the request was using AllOrNone",
        )
    )


def _failed(refused: Refused) -> dict[str, Any]:
    error = {"statusCode": refused.code, "message": refused.message, "fields": refused.fields}
    return {"actionName": NAME, "errors": [error], "isSuccess": False, "outputValues": None}


ROUTES = [convert]
