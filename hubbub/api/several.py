"""Several requests at once: Connect's batch, and Salesforce's composite and composite batch."""

import re
from typing import Any
from urllib.parse import quote

from litestar import Response, post

from hubbub import people
from hubbub.core.errors import Invalid
from hubbub.core.handlers import Request, Transaction
from hubbub.core.rest import input_of, json_answer
from hubbub.core.several import Answered, ask

Json = dict[str, Any]

MOST = 25
_REFERENCE = re.compile(r"@\{([^{}]{1,300})\}")
_STEP = re.compile(r"([^.\[\]]+)|\[(\d{1,4})\]")


class RolledBack(Exception):
    """One of several failed, and all of them were asked for or none."""


@post(["/composite/batch", "/connect/batch"], status_code=200)
async def batch(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """POST /connect/batch, /composite/batch — {batchRequests: [{method, url, richInput}], haltOnError}: at most 25, one after
    the other, each with a status of its own; what fails is undone alone. With haltOnError nothing is done after the first that
    fails: 412 BATCH_PROCESSING_HALTED. Answers Batch Results. There are no binary parts."""
    given = await input_of(request)
    asked = _list(given, "batchRequests")
    halting = given.get("haltOnError") in (True, "true")
    results: list[Json] = []
    for each in asked:
        if halting and results and results[-1]["statusCode"] >= 400:
            results.append({"statusCode": 412, "result": [_HALTED]})
            continue
        answer = await ask(request, each.get("method"), each.get("url"), each.get("richInput"))
        results.append({"statusCode": answer.status, "result": answer.body})
    return json_answer({"hasErrors": any(each["statusCode"] >= 400 for each in results), "results": results})


@post("/composite", status_code=200)
async def composite(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """POST /composite — {compositeRequest: [{method, url, referenceId, body, httpHeaders}], allOrNone}: at most 25, in their
    order; `@{referenceId.field}` in an address or body is what an earlier one answered. Each has a status of its own. With
    allOrNone all are undone if one fails, and the others say PROCESSING_HALTED."""
    given = await input_of(request)
    asked = _list(given, "compositeRequest")
    names = [each.get("referenceId") for each in asked]
    if not all(isinstance(name, str) and name for name in names) or len(set(names)) < len(names):
        raise Invalid("INVALID_INPUT", "Each request has a referenceId of its own.", fields=["referenceId"])
    answers: dict[str, Answered] = {}
    try:
        async with tx.savepoint():
            for each in asked:
                answers[each["referenceId"]] = await _one(request, each, answers)
            if given.get("allOrNone") in (True, "true") and any(each.failed for each in answers.values()):
                raise RolledBack
    except RolledBack:
        for name, answer in answers.items():
            if not answer.failed:
                answers[name] = Answered(400, {}, [_UNDONE])
    told = [
        {
            "body": answer.body,
            "httpHeaders": {"Location": answer.headers["location"]} if "location" in answer.headers else {},
            "httpStatusCode": answer.status,
            "referenceId": name,
        }
        for name, answer in answers.items()
    ]
    return json_answer({"compositeResponse": told})


async def _one(request: Request, asked: Json, answers: dict[str, Answered]) -> Answered:
    try:
        url = _filled(asked.get("url"), answers, encoded=True)
        body = _filled(asked.get("body"), answers)
    except Invalid as refused:
        return Answered(400, {}, [{"errorCode": refused.code, "message": refused.message}])
    headers = asked.get("httpHeaders")
    named = {str(name): str(value) for name, value in headers.items()} if isinstance(headers, dict) else {}
    return await ask(request, asked.get("method"), url, body, named, within=("/composite/sobjects",))


def _filled(value: Any, answers: dict[str, Answered], *, encoded: bool = False, depth: int = 0) -> Any:
    """What was sent, with references replaced by what they name; a reference alone keeps the kind of its value."""
    if depth > 50:
        raise Invalid("JSON_PARSER_ERROR", "The body is nested too deeply.")
    if isinstance(value, dict):
        return {name: _filled(each, answers, depth=depth + 1) for name, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, answers, depth=depth + 1) for each in value]
    if not isinstance(value, str):
        return value
    whole = _REFERENCE.fullmatch(value)
    if whole and not encoded:
        return _named(whole[1], answers)

    def text(found: re.Match[str]) -> str:
        shown = _named(found[1], answers)
        return quote(str(shown), safe="") if encoded else str(shown)

    return _REFERENCE.sub(text, value)


def _named(path: str, answers: dict[str, Answered]) -> Any:
    """What `name.field`, `name[0].id` stands for in an earlier answer."""
    steps = [name or int(number) for name, number in _STEP.findall(path)]
    answer = answers.get(str(steps[0])) if steps else None
    if answer is not None and not answer.failed:
        value = answer.body
        for step in steps[1:]:
            if isinstance(step, int) and isinstance(value, list) and step < len(value):
                value = value[step]
            elif isinstance(value, dict) and step in value:
                value = value[step]
            else:
                break
        else:
            if not isinstance(value, dict | list):
                return value
    raise Invalid("PROCESSING_HALTED", f"Invalid reference specified. No value for {path} found.")


def _list(given: Json, name: str) -> list[Json]:
    asked = given.get(name)
    if not isinstance(asked, list) or not asked or not all(isinstance(each, dict) for each in asked):
        raise Invalid("INVALID_INPUT", f"{name} is a list of requests: method, url.", fields=[name])
    if len(asked) > MOST:
        raise Invalid("LIMIT_EXCEEDED", f"At most {MOST} requests at a time.", fields=[name])
    return asked


_HALTED = {
    "errorCode": "BATCH_PROCESSING_HALTED",
    "message": "The batch was halted because a request before this one failed.",
}
_UNDONE = {
    "errorCode": "PROCESSING_HALTED",
    "message": "The transaction was rolled back since another operation in the same transaction failed.",
}

ROUTES = [batch, composite]
