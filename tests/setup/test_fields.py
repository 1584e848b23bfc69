"""Fields of one's own, by page and by REST: at once there for programs, also as an external id."""

from tests.cast import Company

V = "/services/data/v62.0"


async def test_an_administrator_adds_an_external_id(company: Company) -> None:
    ada, omar = await company.client("ada"), await company.api("omar")
    at = f"{V}/sobjects/Account/Key__c/k1"
    assert (await omar.patch(at, json={"Name": "Isdom"})).status_code == 404
    added = await ada.submit(
        "/setup/fields/Account", label="Key", name="Key", type="string", external_id="true", unique="true"
    )
    assert added.status_code == 303, added.text
    page = (await ada.get("/setup/fields/Account")).text
    assert "Key__c" in page and "external id" in page and "unique" in page
    assert (await omar.patch(at, json={"Name": "Isdom"})).json()["created"] is True
    assert (await omar.patch(at, json={"Name": "Isdom II"})).json()["created"] is False
    fields = (await omar.get(f"{V}/sobjects/Account/describe")).json()["fields"]
    (told,) = [each for each in fields if each["name"] == "Key__c"]
    assert told["externalId"] and told["unique"] and told["custom"]


async def test_what_is_wrong_with_a_field_is_told_and_kept_in_the_form(company: Company) -> None:
    ada = await company.client("ada")
    for wrong in (
        {"label": "", "name": "Key", "type": "string"},
        {"label": "Key", "name": "1 key", "type": "string"},
        {"label": "Key", "name": "Key", "type": "nothing"},
        {"label": "Key", "name": "Key", "type": "date", "external_id": "true"},
        {"label": "Key", "name": "Key", "type": "string", "length": "many"},
        {"label": "Key", "name": "Key", "type": "string", "length": "999999"},
    ):
        answer = await ada.submit("/setup/fields/Account", **wrong)
        assert answer.status_code == 422, wrong
    assert "Key__c</code>" not in (await ada.get("/setup/fields/Account")).text


async def test_programs_add_fields_as_with_salesforce(company: Company) -> None:
    ada, omar = await company.api("ada"), await company.api("omar")
    at = f"{V}/tooling/sobjects/CustomField"
    field = {
        "FullName": "Account.Depth__c",
        "Metadata": {"label": "Depth", "type": "Number", "externalId": True},
    }
    assert (await omar.post(at, json=field)).status_code == 404
    made = await ada.post(at, json=field)
    assert made.status_code == 201 and len(made.json()["id"]) == 18, made.text
    assert (await ada.post(at, json=field)).json()[0]["errorCode"] == "DUPLICATE_DEVELOPER_NAME"
    assert (await omar.patch(f"{V}/sobjects/Account/Depth__c/40", json={"Name": "Sund"})).status_code == 201
    for metadata in (
        {},
        {"label": 1, "type": "Text"},
        {"label": "A", "type": []},
        {"label": "A", "type": "Text", "length": -1},
    ):
        refused = await ada.post(at, json={"FullName": "Account.A__c", "Metadata": metadata})
        assert refused.status_code == 400, metadata
