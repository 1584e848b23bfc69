"""Versions, identity and user info: what clients ask for right after they have a token."""

import pytest

from hubbub.core import ids
from hubbub.core.ids import Type
from tests.cast import Company, found_company


async def test_the_versions_need_no_token(company: Company):
    browser = await company.nobody()
    for path in ("/services/data/", "/services/data"):
        versions = (await browser.get(path)).json()
        assert versions[-1] == {"version": "67.0", "label": "Summer '26", "url": "/services/data/v67.0"}
    labels = {each["version"]: each["label"] for each in versions}
    assert labels["50.0"] == "Winter '21"
    assert labels["59.0"] == "Winter '24"
    assert labels["66.0"] == "Spring '26"


async def test_the_root_of_a_version(company: Company):
    api = await company.api("omar")
    for path in ("/services/data/v60.0/", "/services/data/v60.0"):
        root = (await api.get(path)).json()
        assert root["chatter"] == "/services/data/v60.0/chatter"
        assert root["sobjects"] == "/services/data/v60.0/sobjects"
    # The only one that is absolute: clients fetch it as it stands.
    assert root["identity"].startswith(f"{company.house.settings.url}/id/00D")
    identity = await api.get(root["identity"])
    assert identity.json()["user_id"] == company.key("omar")
    assert (await api.get("/services/data/v10.0/")).status_code == 404


async def test_identity(company: Company):
    org, user = ids.show(ids.make(Type.ORG, company.org_id)), company.key("omar")
    browser, token = await company.nobody(), await company.token("omar")
    # As jsforce asks: the token in the address.
    answer = await browser.get(f"/id/{org}/{user}", params={"format": "json", "oauth_token": token})
    assert answer.status_code == 200
    body = answer.json()
    assert body["id"] == f"{company.house.settings.url.replace('http:', 'https:')}/id/{org}/{user}"
    assert (body["user_id"], body["organization_id"]) == (user, org)
    assert (body["username"], body["email"]) == (company.username("omar"), company.username("omar"))
    assert (body["display_name"], body["asserted_user"], body["active"]) == ("Omar Haddad", True, True)
    assert set(body["photos"]) == {"picture", "thumbnail"}
    assert "{version}" in body["urls"]["rest"]
    assert all(isinstance(url, str) for url in body["urls"].values())


async def test_whose_identity_is_told(company: Company, house, clients):
    org = ids.show(ids.make(Type.ORG, company.org_id))
    other = await found_company(house, clients)
    other_org = ids.show(ids.make(Type.ORG, other.org_id))
    omar, gus = await company.api("omar"), await company.api("gus")
    colleague = (await omar.get(f"/id/{org}/{company.key('noor')}")).json()
    assert (colleague["display_name"], colleague["asserted_user"]) == ("Noor Rahman", False)
    assert (await gus.get(f"/id/{org}/{company.key('gus')}")).status_code == 200
    assert (await gus.get(f"/id/{org}/{company.key('omar')}")).status_code == 404
    for path in (f"/id/{other_org}/{other.key('omar')}", f"/id/{org}/{other.key('omar')}"):
        assert (await omar.get(path)).status_code == 404
    nobody = await company.nobody()
    refused = await nobody.get(f"/id/{org}/{company.key('omar')}")
    assert (refused.status_code, refused.json()[0]["errorCode"]) == (401, "INVALID_SESSION_ID")


async def test_the_token_stands_in_the_address_of_the_identity_only(company: Company):
    browser, token = await company.nobody(), await company.token("omar")
    for path in (
        "/services/oauth2/userinfo",
        "/services/data/v60.0/",
        "/services/data/v60.0/chatter/users/me",
    ):
        assert (await browser.get(path, params={"oauth_token": token})).status_code == 401


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_user_info(company: Company, method: str):
    api = await company.api("gus")
    body = (await api.request(method, "/services/oauth2/userinfo")).json()
    assert body["user_id"] == company.key("gus")
    assert body["organization_id"] == ids.show(ids.make(Type.ORG, company.org_id))
    assert (body["preferred_username"], body["name"]) == (company.username("gus"), "Gus Berg")
    assert (body["given_name"], body["family_name"]) == ("Gus", "Berg")
    assert body["zoneinfo"] == "UTC" and body["utcOffset"] == 0
    assert body["updated_at"].endswith("Z")
