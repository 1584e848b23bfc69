"""What an address may say: any text that is encoded, a slash too; nothing that is no text."""

from urllib.parse import quote

import pytest

from tests.api.test_collections import V, add_key
from tests.cast import Company

KEYS = ("2027/041", "/", "a//b", "50 % / 7", "%2F", "Zürich/Ä", "a?b#c")


@pytest.mark.parametrize("key", KEYS)
async def test_an_external_id_may_have_a_slash(company: Company, key: str) -> None:
    await add_key(company)
    omar, at = await company.api("omar"), f"{V}/sobjects/Account/Ext__c/{quote(key, safe='')}"
    made = await omar.patch(at, json={"Name": "Isdom"})
    assert (made.status_code, made.json()["created"]) == (201, True)
    read = (await omar.get(at)).json()
    assert (read["Id"], read["Ext__c"]) == (made.json()["id"], key)
    assert (await omar.get(at.replace("%2F", "/"))).status_code == (404 if "/" in key else 200)
    asked = {"method": "PATCH", "url": at, "referenceId": "it", "body": {"Phone": "1"}}
    several = await omar.post(f"{V}/composite", json={"compositeRequest": [asked]})
    assert several.json()["compositeResponse"][0]["body"]["created"] is False
    assert (await omar.get(at)).json()["Phone"] == "1"
    assert (await omar.delete(at)).status_code == 204
    assert (await omar.get(at)).status_code == 404


@pytest.mark.parametrize("key", ["%ff", "a%C3", "%ED%A0%80", "%2f%80"])
@pytest.mark.parametrize(
    "path",
    [
        "sobjects/Account/Ext__c/{}",
        "sobjects/{}",
        "sobjects/Account/{}",
        "query/{}",
        "chatter/feed-elements/{}",
    ],
)
async def test_an_address_that_is_no_text_is_refused(company: Company, path: str, key: str) -> None:
    await add_key(company)
    omar, at = await company.api("omar"), f"{V}/{path.format(key)}"
    for method in ("GET", "PATCH", "DELETE") if "Ext__c" in path else ("GET",):
        answer = await omar.request(method, at, json={"Name": "Isdom"})
        assert answer.status_code == 400, answer.text
        assert answer.json()[0]["errorCode"] == "INVALID_INPUT"
    asked = {"method": "GET", "url": at, "referenceId": "it"}
    several = (await omar.post(f"{V}/composite", json={"compositeRequest": [asked]})).json()
    assert several["compositeResponse"][0]["httpStatusCode"] == 400
    assert (await omar.get(f"{V}/query?q=SELECT+Id+FROM+Account")).json()["totalSize"] == 0


async def test_an_encoded_slash_leads_nowhere_else(company: Company) -> None:
    """It is no part of the address: neither a program nor a page is reached by it that would not be without."""
    omar, page = await company.api("omar"), await company.client("omar")
    for path in (
        "/services%2Fdata",
        "/services/data/v62.0%2Fquery?q=SELECT+Id+FROM+User",
        "/services/data%2Fv62.0",
    ):
        answer = await omar.get(path)
        assert answer.status_code == 404, path
        assert (await page.get(path)).status_code == 404
    asked = [{"method": "POST", "url": f"{V}/composite%2Fbatch", "referenceId": "it", "body": {}}]
    told = (await omar.post(f"{V}/composite", json={"compositeRequest": asked})).json()
    assert told["compositeResponse"][0]["httpStatusCode"] == 400
    assert (await page.get("/r%2F001")).status_code == 404
    refused = await page.get("/r/%ff")
    assert refused.status_code == 400 and "text/html" in refused.headers["content-type"]
    for path in (f"{V}/sobjects/Account/%00", "/r/%00", "/%00"):
        assert (await omar.get(path)).status_code == 404
