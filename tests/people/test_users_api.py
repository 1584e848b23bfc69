"""The Chatter REST API of people."""

import pytest

from hubbub import people
from tests.cast import Company, found_company

V = "/services/data/v62.0/chatter"
SUMMARY = {
    "additionalLabel", "communityNickname", "companyName", "displayName", "firstName", "id", "isActive",
    "isInThisCommunity", "lastName", "motif", "mySubscription", "name", "outOfOffice", "photo", "reputation", "stamps",
    "title", "type", "url", "userType",
}  # fmt: skip
DETAIL = SUMMARY | {
    "aboutMe", "address", "bannerPhoto", "chatterActivity", "chatterInfluence", "email", "followersCount",
    "followingCounts", "groupCount", "hasChatter", "managerId", "managerName", "phoneNumbers", "thanksReceived",
    "username",
}  # fmt: skip


async def test_a_page_of_users(company: Company):
    await (await company.client("omar")).submit(f"/people/{company.key('omar')}/edit", manager="Noor Rahman")
    api = await company.api("nina")
    page = (await api.get(f"{V}/users")).json()
    assert page["currentPageUrl"] == f"{V}/users?page=0"
    assert page["nextPageUrl"] is page["previousPageUrl"] is None
    assert [user["username"] for user in page["users"]] == [
        company.username(name) for name in ("ada", "gus", "maya", "mo", "nina", "noor", "omar")
    ]
    assert all(set(user) == DETAIL for user in page["users"])
    omar = page["users"][-1]
    assert omar["id"] == company.key("omar")
    assert omar["url"] == f"{V}/users/{company.key('omar')}"
    assert omar["userType"] == "Internal" and page["users"][1]["userType"] == "ChatterGuest"
    assert omar["companyName"] == company.org.name
    assert (omar["firstName"], omar["lastName"], omar["name"]) == ("Omar", "Haddad", "Omar Haddad")
    assert (omar["managerId"], omar["managerName"]) == (company.key("noor"), "Noor Rahman")


async def test_pages_follow_one_another(company: Company):
    api = await company.api("nina")
    seen, page = [], {"nextPageUrl": f"{V}/users?pageSize=3"}
    while page["nextPageUrl"]:
        page = (await api.get(page["nextPageUrl"])).json()
        seen += [user["id"] for user in page["users"]]
    assert len(seen) == len(set(seen)) == 7
    assert page["previousPageUrl"] == f"{V}/users?pageSize=3&page=1"


@pytest.mark.parametrize(
    "query", ["pageSize=0", "pageSize=251", "pageSize=x", "page=-1", "page=99999999999", "q=a", "q=*"]
)
async def test_what_is_out_of_range(company: Company, query: str):
    refused = await (await company.api("nina")).get(f"{V}/users?{query}")
    assert refused.status_code == 400
    [error] = refused.json()
    assert error["fields"] == [query.partition("=")[0]]


async def test_users_are_found_by_name(company: Company):
    api = await company.api("nina")
    for q in ("om", "OMAR had", "omar*"):
        users = (await api.get(f"{V}/users", params={"q": q})).json()["users"]
        assert [user["name"] for user in users] == ["Omar Haddad"]
    page = (await api.get(f"{V}/users", params={"q": "om"})).json()
    assert page["currentPageUrl"] == f"{V}/users?q=om&page=0"


async def test_one_user(company: Company):
    api = await company.api("omar")
    me = (await api.get(f"{V}/users/me")).json()
    assert me == (await api.get(f"{V}/users/{company.key('omar')}")).json()
    assert me == (await api.get(f"{V}/users/{company.key('omar')[:15]}")).json()
    community = (await api.get("/services/data/v50.0/connect/communities/internal/chatter/users/me")).json()
    assert (
        community["url"]
        == f"/services/data/v50.0/connect/communities/internal/chatter/users/{company.key('omar')}"
    )


@pytest.mark.parametrize(
    ("key", "status", "code"),
    [
        ("0050000000000ZZ", 404, "NOT_FOUND"),
        ("nonsense", 400, "MALFORMED_ID"),
        ("001000000000001AAA", 400, "MALFORMED_ID"),
        ("you", 400, "MALFORMED_ID"),
    ],
)
async def test_who_does_not_exist(company: Company, key: str, status: int, code: str):
    refused = await (await company.api("ada")).get(f"{V}/users/{key}")
    assert (refused.status_code, refused.json()[0]["errorCode"]) == (status, code)


async def test_another_orgs_users_do_not_exist(company: Company, house, clients):
    other = await found_company(house, clients)
    api = await company.api("ada")
    missing = await api.get(f"{V}/users/0050000000000ZZ")
    hidden = await api.get(f"{V}/users/{other.key('omar')}")
    assert (hidden.status_code, hidden.json()) == (missing.status_code, missing.json())


async def test_a_guest_sees_himself_alone(company: Company):
    gus = await company.api("gus")
    assert [user["id"] for user in (await gus.get(f"{V}/users")).json()["users"]] == [company.key("gus")]
    assert (await gus.get(f"{V}/users", params={"q": "omar"})).json()["users"] == []
    assert (await gus.get(f"{V}/users/{company.key('omar')}")).status_code == 404
    assert (await gus.get(f"{V}/users/{company.key('omar')}/photo")).status_code == 404
    me = (await gus.get(f"{V}/users/me")).json()
    assert me["managerId"] is None and me["followersCount"] == 0


async def test_counts_of_follows_tell_only_what_the_reader_may_see(company: Company):
    deal = await company.make("omar", "Opportunity", **await company.deal_values())
    async with company.act() as tx:
        noor = await people.actor(tx, company.id("noor"))
        for subject in (deal, company.id("omar"), company.id("ada")):
            await people.follow(tx, noor, subject)
    path = f"{V}/users/{company.key('noor')}"
    for name in ("noor", "omar", "ada"):
        counts = (await (await company.api(name)).get(path)).json()["followingCounts"]
        assert counts == {"people": 2, "records": 1, "total": 3}
    counts = (await (await company.api("nina")).get(path)).json()["followingCounts"]
    assert counts == {"people": 2, "records": 0, "total": 2}
    noor_api = await company.api("noor")
    omar = (await noor_api.get(f"{V}/users/{company.key('omar')}")).json()
    assert omar["followersCount"] == 1
    assert omar["mySubscription"]["url"] == f"{V}/subscriptions/{omar['mySubscription']['id']}"
    assert (await (await company.api("nina")).get(f"{V}/users/{company.key('omar')}")).json()[
        "mySubscription"
    ] is None


async def test_about_me(company: Company):
    api = await company.api("omar")
    answer = await api.patch(f"{V}/users/me", json={"aboutMe": 'I <3 instruments & "deals"\''})
    assert answer.status_code == 200
    assert answer.json()["aboutMe"] == "I &lt;3 instruments &amp; &quot;deals&quot;&#39;"
    raw = await api.get(f"{V}/users/me", headers={"X-Chatter-Entity-Encoding": "false"})
    assert raw.json()["aboutMe"] == 'I <3 instruments & "deals"\''
    # As a parameter, and by the method that old clients can send.
    answer = await api.post(f"{V}/users/me?_HttpMethod=PATCH&aboutMe=Seller")
    assert (answer.status_code, answer.json()["aboutMe"]) == (200, "Seller")
    assert (await api.patch(f"{V}/users/me", json={"aboutMe": None})).json()["aboutMe"] is None


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"aboutMe": "x" * 1001}, "STRING_TOO_LONG"),
        ({"aboutMe": 7}, "INVALID_INPUT"),
        ({"aboutMe": ["x"]}, "INVALID_INPUT"),
        ({"aboutMe": "\0"}, "INVALID_INPUT"),
        ({}, "INVALID_INPUT"),
    ],
)
async def test_what_about_me_cannot_be(company: Company, body, code: str):
    refused = await (await company.api("omar")).patch(f"{V}/users/me", json=body)
    assert refused.status_code == 400
    assert (refused.json()[0]["errorCode"], refused.json()[0]["fields"]) == (code, ["aboutMe"])


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"aboutMe": "\xff"}', b"\xff", b'{"aboutMe": "\\ud800"}'])
async def test_a_body_that_is_no_json(company: Company, body: bytes):
    refused = await (await company.api("omar")).patch(
        f"{V}/users/me", content=body, headers={"content-type": "application/json"}
    )
    assert (refused.status_code, refused.json()[0]["errorCode"]) == (400, "JSON_PARSER_ERROR")


async def test_other_peoples_profiles_are_theirs(company: Company):
    path = f"{V}/users/{company.key('omar')}"
    for name, status in (("nina", 403), ("noor", 403), ("gus", 404), ("ada", 200)):
        answer = await (await company.api(name)).patch(path, json={"aboutMe": name})
        assert answer.status_code == status
    assert (await (await company.api("omar")).get(path)).json()["aboutMe"] == "ada"


async def test_some_users_at_once(company: Company):
    api = await company.api("omar")
    keys = f"{company.key('noor')},nonsense,{company.key('ada')},0050000000000ZZ"
    answer = (await api.get(f"{V}/users/batch/{keys}")).json()
    assert answer["hasErrors"] is True
    assert [each["statusCode"] for each in answer["results"]] == [200, 400, 200, 404]
    assert answer["results"][0]["result"]["name"] == "Noor Rahman"
    assert answer["results"][3]["result"][0]["errorCode"] == "NOT_FOUND"
    gus = (await (await company.api("gus")).get(f"{V}/users/batch/{keys}")).json()
    assert [each["statusCode"] for each in gus["results"]] == [404, 400, 404, 404]


async def test_a_photo(company: Company):
    photo = (await (await company.api("nina")).get(f"{V}/users/{company.key('omar')}/photo")).json()
    assert set(photo) == {
        "fullEmailPhotoUrl", "largePhotoUrl", "mediumPhotoUrl", "photoVersionId", "smallPhotoUrl",
        "standardEmailPhotoUrl", "url",
    }  # fmt: skip
    assert (await (await company.nobody()).get(photo["smallPhotoUrl"])).status_code == 200


@pytest.mark.parametrize("version", ["v22.0", "v68.0", "v62.1", "62.0", "vxx.0", "v٦٢.0", "v062.0"])
async def test_versions_that_hubbub_does_not_speak(company: Company, version: str):
    answer = await (await company.api("omar")).get(f"/services/data/{version}/chatter/users/me")
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (404, "NOT_FOUND")


async def test_a_profile_is_written_as_an_sobject(company: Company):
    ada, omar, nina, gus = [await company.api(name) for name in ("ada", "omar", "nina", "gus")]
    url = f"/services/data/v62.0/sobjects/User/{company.key('omar')}"
    said = {
        "AboutMe": "Sells light",
        "phone": "+47 22 33 44 55",
        "MobilePhone": "+47 900 12 345",
        "TimeZoneSidKey": "Europe/Oslo",
        "ManagerId": company.key("noor"),
        "Title": "Agent",
    }
    assert (await omar.patch(url, json=said)).status_code == 204
    read = (await omar.get(f"{url}?fields=AboutMe,Phone,MobilePhone,TimeZoneSidKey,ManagerId,Title")).json()
    assert {name: read[name] for name in said if name != "phone"} == {
        name: value for name, value in said.items() if name != "phone"
    }
    assert read["Phone"] == said["phone"]
    assert (await ada.patch(url, json={"Title": "Senior Agent", "ManagerId": None})).status_code == 204
    for program, status in ((nina, 403), (gus, 404)):
        assert (await program.patch(url, json={"Title": "x"})).status_code == status
    assert (await omar.patch(url, json={"IsActive": True, "Title": "x"})).status_code == 403
    for wrong, field in (
        ({"TimeZoneSidKey": "Atlantis", "Title": "x"}, "TimeZoneSidKey"),
        ({"Phone": 5}, "Phone"),
        ({"Username": "boss"}, "Username"),
    ):
        refused = await omar.patch(url, json=wrong)
        assert (refused.status_code, refused.json()[0]["fields"]) == (400, [field]), wrong
    for manager in ("Noor Rahman", company.key("omar"), "005x"):  # no name, not himself, no id
        assert (await omar.patch(url, json={"ManagerId": manager})).status_code == 400, manager
    read = (await omar.get(f"{url}?fields=Title,ManagerId,IsActive")).json()
    assert (read["Title"], read["ManagerId"], read["IsActive"]) == ("Senior Agent", None, True)
