"""Several requests at once: each answered as if it came alone, with the same sight, and undone alone."""

from datetime import date
from typing import Any

import httpx
import pytest

from hubbub import objects, people
from hubbub.core import ids
from tests.cast import Company

V = "/services/data/v62.0"


async def deal(company: Company, owner: str = "omar") -> str:
    made = await company.make(
        owner, "Opportunity", Name="Isdom", StageName="Prospecting", CloseDate=date(2027, 1, 1)
    )
    return ids.show(made)


async def batch(program: httpx.AsyncClient, *asked: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = await program.post(f"{V}/connect/batch", json={"batchRequests": list(asked), **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_batch_answers_each_request_with_a_status_of_its_own(company: Company) -> None:
    omar, key = await company.api("omar"), await deal(company)
    said = await batch(
        omar,
        {"method": "Post", "url": f"/v62.0/chatter/feed-elements?feedElementType=FeedItem&subjectId={key}&text=First"},
        {"method": "Get", "url": f"{V}/chatter/feeds/record/{key}/feed-elements"},
        {"method": "HttpPost", "url": "v62.0/chatter/feed-elements", "richInput": {"subjectId": key, "text": ""}},
        {"method": "GET", "url": f"{V}/chatter/nothing"},
    )  # fmt: skip
    assert [each["statusCode"] for each in said["results"]] == [201, 200, 400, 404]
    assert said["hasErrors"] is True
    post, feed, refused, missing = (each["result"] for each in said["results"])
    assert [each["id"] for each in feed["elements"]] == [post["id"]], (
        "a later one sees what an earlier one did"
    )
    assert refused[0]["errorCode"] and missing[0]["errorCode"] == "NOT_FOUND"
    assert (await omar.get(f"{V}/chatter/feed-elements/{post['id']}")).status_code == 200
    gone = await batch(omar, {"method": "DELETE", "url": f"{V}/chatter/feed-elements/{post['id']}"})
    assert gone == {"hasErrors": False, "results": [{"statusCode": 204, "result": None}]}


async def test_a_failed_part_writes_nothing_and_the_others_stand(company: Company) -> None:
    omar, key = await company.api("omar"), await deal(company)
    patch = {"method": "PATCH", "url": f"{V}/sobjects/Opportunity/{key}"}
    said = await batch(
        omar,
        patch | {"richInput": {"NextStep": "Call"}},
        patch | {"richInput": {"NextStep": "Write", "StageName": "Nothing of the kind"}},
        patch | {"richInput": {"Description": "Kept"}},
    )
    assert [each["statusCode"] for each in said["results"]] == [204, 400, 204]
    now = (await omar.get(f"{V}/sobjects/Opportunity/{key}?fields=NextStep,Description")).json()
    assert (now["NextStep"], now["Description"]) == ("Call", "Kept")


async def test_what_a_failed_part_had_written_is_undone(company: Company) -> None:
    """The second account takes a key that the first has: it is refused when it is there already."""
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"))
        key = objects.NewField(name="Key__c", label="Key", type="string", unique=True, external_id=True)
        await objects.add_field(tx, ada, (await objects.catalog(tx)).object("Account"), key)
    omar = await company.api("omar")
    post = {"method": "POST", "url": f"{V}/sobjects/Account", "richInput": {"Name": "Isdom", "Key__c": "k"}}
    said = await batch(omar, post, post)
    assert [each["statusCode"] for each in said["results"]] == [201, 400]
    found = (await omar.get(f"{V}/query?q=SELECT+Id+FROM+Account")).json()
    assert found["totalSize"] == 1


async def test_a_batch_may_halt_at_the_first_error(company: Company) -> None:
    omar, key = await company.api("omar"), await deal(company)
    patch = {"method": "PATCH", "url": f"{V}/sobjects/Opportunity/{key}"}
    said = await batch(
        omar,
        patch | {"richInput": {"NextStep": "Call"}},
        {"method": "GET", "url": f"{V}/chatter/nothing"},
        patch | {"richInput": {"NextStep": "Write"}},
        haltOnError=True,
    )
    assert [each["statusCode"] for each in said["results"]] == [204, 404, 412]
    assert said["results"][2]["result"][0]["errorCode"] == "BATCH_PROCESSING_HALTED"
    now = (await omar.get(f"{V}/sobjects/Opportunity/{key}?fields=NextStep")).json()
    assert now["NextStep"] == "Call"


async def test_a_batch_shows_each_what_he_may_see(company: Company) -> None:
    key = await deal(company)
    nina, gus = await company.api("nina"), await company.api("gus")
    asked = [
        {"method": "GET", "url": f"{V}/sobjects/Opportunity/{key}"},
        {"method": "GET", "url": f"{V}/chatter/feeds/record/{key}/feed-elements"},
        {"method": "GET", "url": f"{V}/query?q=SELECT+Id+FROM+Opportunity"},
        {
            "method": "POST",
            "url": f"{V}/chatter/feed-elements",
            "richInput": {"subjectId": key, "text": "Hi"},
        },
    ]
    for program in (nina, gus):
        said = await batch(program, *asked)
        for one, result in zip(asked, said["results"], strict=True):
            alone = await program.request(one["method"], one["url"], json=one.get("richInput"))
            assert (result["statusCode"], result["result"]) == (alone.status_code, alone.json())
        assert said["results"][0]["statusCode"] == 404


@pytest.mark.parametrize(
    "url",
    [
        "/services/oauth2/token", "/", "https://example.com/services/data/v62.0/chatter", "/r/x", "", None, 7, [],
        f"{V}/connect/batch", f"{V}/composite", f"{V}/composite/batch", "/services/data/v62.0/%63omposite/batch",
        "/services/data//v62.0/composite", f"{V}//composite/batch", "//services/data/v62.0/connect//batch",
        "/id/x/y", "../../sign-in",
    ],
)  # fmt: skip
async def test_only_resources_of_the_api_are_asked_in_a_batch(company: Company, url: Any) -> None:
    one = {"method": "GET", "url": f"{V}/chatter"}
    inner = {"batchRequests": [one], "compositeRequest": [one | {"referenceId": "one"}]}
    said = await batch(await company.api("omar"), {"method": "POST", "url": url, "richInput": inner})
    assert said["results"][0]["statusCode"] in (400, 404), said
    assert said["hasErrors"]


async def test_a_batch_is_refused_as_a_whole_when_it_is_none(company: Company) -> None:
    omar, nobody = await company.api("omar"), await company.nobody()
    one = {"method": "GET", "url": f"{V}/chatter"}
    for wrong in ({}, {"batchRequests": []}, {"batchRequests": [1]}, {"batchRequests": [one] * 26}):
        answer = await omar.post(f"{V}/connect/batch", json=wrong)
        assert answer.status_code == 400, wrong
    assert (await nobody.post(f"{V}/connect/batch", json={"batchRequests": [one]})).status_code == 401
    said = await batch(omar, {"method": "TRACE", "url": f"{V}/chatter"})
    assert said["results"][0]["statusCode"] == 400


async def test_a_repeated_batch_does_nothing_twice(company: Company) -> None:
    omar, key = await company.api("omar"), await deal(company)
    post = {
        "method": "POST",
        "url": f"{V}/chatter/feed-elements",
        "richInput": {"subjectId": key, "text": "Once"},
    }
    sent = {"json": {"batchRequests": [post]}, "headers": {"idempotency-key": "b1"}}
    first = await omar.post(f"{V}/connect/batch", **sent)
    again = await omar.post(f"{V}/connect/batch", **sent)
    assert first.json() == again.json() and again.headers["idempotent-replay"] == "true"
    feed = (await omar.get(f"{V}/chatter/feeds/record/{key}/feed-elements")).json()
    assert len(feed["elements"]) == 1


async def compose(program: httpx.AsyncClient, *asked: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    answer = await program.post(f"{V}/composite", json={"compositeRequest": list(asked), **more})
    assert answer.status_code == 200, answer.text
    return answer.json()["compositeResponse"]


async def test_a_composite_names_what_earlier_requests_answered(company: Company) -> None:
    omar = await company.api("omar")
    account = {
        "method": "POST", "url": f"{V}/sobjects/Account", "referenceId": "a", "body": {"Name": "Sund / Ø"}
    }  # fmt: skip
    said = await compose(
        omar,
        account,
        {"method": "POST", "url": f"{V}/sobjects/Contact", "referenceId": "c",
         "body": {"LastName": "Lund", "AccountId": "@{a.id}"}},
        {"method": "GET", "url": f"{V}/sobjects/Contact/@{{c.id}}?fields=AccountId", "referenceId": "r"},
        {"method": "GET", "url": f"{V}/query?q=SELECT+Name+FROM+Account+WHERE+Id='@{{a.id}}'", "referenceId": "q"},
        {"method": "GET", "url": f"{V}/query?q=SELECT+Id+FROM+Account+WHERE+Name='@{{q.records[0].Name}}'",
         "referenceId": "n"},
        {"method": "GET", "url": f"{V}/sobjects/Account/@{{nobody.id}}", "referenceId": "x"},
    )  # fmt: skip
    assert [each["httpStatusCode"] for each in said] == [201, 201, 200, 200, 200, 400]
    assert [each["referenceId"] for each in said] == ["a", "c", "r", "q", "n", "x"]
    made = said[0]["body"]["id"]
    assert said[0]["httpHeaders"]["Location"].endswith(made)
    assert said[2]["body"]["AccountId"] == made
    assert said[4]["body"]["records"][0]["Id"] == made
    assert said[5]["body"][0]["errorCode"] == "PROCESSING_HALTED"


async def test_a_composite_is_all_or_nothing_where_that_is_asked(company: Company) -> None:
    omar = await company.api("omar")
    good = {"method": "POST", "url": f"{V}/sobjects/Account", "referenceId": "a", "body": {"Name": "Whole"}}
    bad = {"method": "POST", "url": f"{V}/sobjects/Account", "referenceId": "b", "body": {"Name": ""}}
    said = await compose(omar, good, bad, allOrNone=True)
    assert [each["httpStatusCode"] for each in said] == [400, 400]
    assert said[0]["body"][0]["errorCode"] == "PROCESSING_HALTED"
    assert said[1]["body"][0]["errorCode"] == "REQUIRED_FIELD_MISSING"
    query = f"{V}/query?q=SELECT+Id+FROM+Account+WHERE+Name='Whole'"
    assert (await omar.get(query)).json()["totalSize"] == 0
    said = await compose(omar, good, bad)
    assert [each["httpStatusCode"] for each in said] == [201, 400]
    assert (await omar.get(query)).json()["totalSize"] == 1
