"""What Setup holds, as sObjects: who reads, makes and deletes it, and that it holds."""

from contextlib import AsyncExitStack
from typing import Any

import httpx

from hubbub.core import ids
from hubbub.core.ids import Type
from tests.cast import Company, House, found_company

V = "/services/data/v62.0"


async def select(program: httpx.AsyncClient, query: str) -> list[dict[str, Any]]:
    answer = await program.get(f"{V}/query", params={"q": query})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["done"]
    assert body["totalSize"] == len(body["records"])
    return body["records"]


async def refused(program: httpx.AsyncClient, query: str) -> str:
    answer = await program.get(f"{V}/query", params={"q": query})
    assert answer.status_code == 400, answer.text
    return answer.json()[0]["errorCode"]


async def make(program: httpx.AsyncClient, name: str, **values: Any) -> str:
    answer = await program.post(f"{V}/sobjects/{name}", json=values)
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"].endswith(answer.json()["id"])
    return answer.json()["id"]


async def deal(company: Company) -> str:
    values = await company.deal_values()
    del values["AccountId"]
    return ids.show(await company.make("omar", "Opportunity", **values))


async def test_for_others_there_are_no_such_types(company: Company) -> None:
    ada = await company.api("ada")
    for name in ("omar", "gus"):
        other = await company.api(name)
        for type in ("UserRole", "Group", "GroupMember", "PermissionSet", "PermissionSetAssignment",
                     "ObjectPermissions", "FieldPermissions", "Profile", "QueueSobject", "ConnectedApplication",
                     "OauthToken"):  # fmt: skip
            mine = await other.get(f"{V}/query", params={"q": f"SELECT Id FROM {type}"})
            none = await other.get(f"{V}/query", params={"q": "SELECT Id FROM Nothing"})
            assert mine.status_code == none.status_code == 400
            assert mine.json()[0]["errorCode"] == none.json()[0]["errorCode"]
            assert mine.text.replace(type, "Nothing") == none.text
            assert (await other.post(f"{V}/sobjects/{type}", json={"Name": "Mine"})).status_code == 404
            assert (await other.delete(f"{V}/sobjects/{type}/{company.key('ada')}")).status_code == 404
            assert (await other.get(f"{V}/sobjects/{type}/describe")).status_code == 404
            assert (
                await other.patch(f"{V}/sobjects/{type}/{company.key('ada')}", json={})
            ).status_code == 404
            assert await select(ada, f"SELECT Id FROM {type}") or type in (
                "Group",
                "GroupMember",
                "QueueSobject",
                "ConnectedApplication",
                "OauthToken",
            )


async def test_the_company_itself(company: Company, house: House, clients: AsyncExitStack) -> None:
    """Everybody reads his own company and none other; nobody writes it."""
    other_company = await found_company(house, clients)
    key, other = (ids.show(ids.make(Type.ORG, each.org_id)) for each in (company, other_company))
    for name in ("ada", "omar", "gus"):
        program = await company.api(name)
        (row,) = await select(program, "SELECT Id, Name, IsSandbox, TimeZoneSidKey FROM Organization LIMIT 1")
        assert (row["Id"], row["Name"], row["IsSandbox"]) == (key, company.org.name, False)
        assert row["attributes"]["url"].endswith(f"/sobjects/Organization/{key}")
        told = (await program.get(f"{V}/sobjects/Organization/{key}")).json()
        assert (told["Name"], told["TrialExpirationDate"]) == (company.org.name, None)
        described = (await program.get(f"{V}/sobjects/Organization/describe")).json()
        assert (described["keyPrefix"], described["queryable"], described["updateable"]) == (
            "00D",
            True,
            False,
        )
        assert {each["name"] for each in described["fields"]} == told.keys() - {"attributes"}
        assert (await program.get(f"{V}/sobjects/Organization/{other}")).status_code == 404
        assert await select(program, f"SELECT Id FROM Organization WHERE Id = '{other}'") == []
        assert await select(program, "SELECT COUNT(Id) n FROM Organization") == [
            {"attributes": {"type": "AggregateResult"}, "n": 1}
        ]
        for field in described["fields"]:
            (group,) = await select(
                program,
                f"SELECT {field['name']} it, COUNT(Id) n FROM Organization GROUP BY {field['name']} ORDER BY {field['name']}",
            )
            assert (group["it"], group["n"]) == (told[field["name"]], 1)
        for verb in ("PATCH", "DELETE"):
            answer = await program.request(verb, f"{V}/sobjects/Organization/{key}", json={"Name": "Mine"})
            assert answer.status_code == 405


async def test_roles(company: Company) -> None:
    ada = await company.api("ada")
    lead = ids.show(company.roles["Sales Lead"])
    made = await make(ada, "UserRole", Name="Pilots", ParentRoleId=lead)
    (row,) = await select(ada, f"SELECT Id, Name, ParentRoleId FROM UserRole WHERE Id = '{made[:15]}'")
    assert (row["Name"], row["ParentRoleId"]) == ("Pilots", lead)
    assert row["attributes"]["type"] == "UserRole"
    assert (await ada.get(row["attributes"]["url"])).json()["Name"] == "Pilots"
    names = [
        each["Name"] for each in await select(ada, "SELECT Name FROM UserRole ORDER BY Name DESC LIMIT 2")
    ]
    assert names == ["Service", "Sales Rep"]
    answer = await ada.post(f"{V}/sobjects/UserRole", json={"Name": "X", "ParentRoleId": company.key("omar")})
    assert answer.status_code == 400
    assert answer.json()[0]["errorCode"] == "MALFORMED_ID"
    answer = await ada.patch(f"{V}/sobjects/UserRole/{made}", json={"Name": "Divers", "ParentRoleId": None})
    assert answer.status_code == 204
    (row,) = await select(ada, f"SELECT Name, DeveloperName, ParentRoleId FROM UserRole WHERE Id = '{made}'")
    assert (row["Name"], row["DeveloperName"], row["ParentRoleId"]) == ("Divers", "Divers", None)
    people = await select(ada, "SELECT Id, UserRole.Name FROM User WHERE UserRole.Name = 'Sales Lead'")
    assert [each["UserRole"]["Name"] for each in people] == ["Sales Lead"]
    (own,) = await select(ada, f"SELECT Profile.Name, ProfileId FROM User WHERE Id = '{company.key('ada')}'")
    (profile,) = await select(ada, f"SELECT Name FROM Profile WHERE Id = '{own['ProfileId']}'")
    assert own["Profile"]["Name"] == profile["Name"]
    assert await refused(await company.api("omar"), "SELECT Profile.Name FROM User") == "INVALID_FIELD"
    assert (await ada.delete(f"{V}/sobjects/UserRole/{made}")).status_code == 204
    assert (await ada.get(f"{V}/sobjects/UserRole/{made}")).status_code == 404
    assert (await ada.delete(f"{V}/sobjects/UserRole/{lead}")).status_code == 400, "it is in use"


async def test_groups_and_members(company: Company) -> None:
    ada, nina = await company.api("ada"), await company.api("nina")
    group = await make(ada, "Group", Name="Desk", Type="Regular")
    inner = await make(ada, "Group", Name="Inner")
    shared = await deal(company)
    await make(
        ada, "OpportunityShare", OpportunityId=shared, UserOrGroupId=group, OpportunityAccessLevel="Read"
    )
    member = await make(ada, "GroupMember", GroupId=group, UserOrGroupId=inner)
    his = await make(ada, "GroupMember", GroupId=inner, UserOrGroupId=company.key("nina"))
    assert (await nina.get(f"{V}/sobjects/Opportunity/{shared}")).status_code == 200
    rows = await select(
        ada, f"SELECT Id, UserOrGroupId FROM GroupMember WHERE GroupId IN ('{group}', '{inner}')"
    )
    assert {row["Id"] for row in rows} == {member, his}
    circle = await ada.post(f"{V}/sobjects/GroupMember", json={"GroupId": inner, "UserOrGroupId": group})
    assert circle.status_code == 400
    assert circle.json()[0]["errorCode"] == "CIRCULAR_DEPENDENCY"
    assert (await ada.delete(f"{V}/sobjects/GroupMember/{his}")).status_code == 204
    assert (await nina.get(f"{V}/sobjects/Opportunity/{shared}")).status_code == 404
    assert (await ada.delete(f"{V}/sobjects/Group/{inner}")).status_code == 204
    assert (await ada.delete(f"{V}/sobjects/Group/{inner}")).status_code == 404


async def test_permission_sets(company: Company) -> None:
    ada, nina = await company.api("ada"), await company.api("nina")
    shared = await deal(company)
    extra = await make(ada, "PermissionSet", Name="Auditors")
    whole = await make(
        ada, "ObjectPermissions", ParentId=extra, SobjectType="Opportunity", PermissionsRead=True,
        PermissionsViewAllRecords=True,
    )  # fmt: skip
    assert (await nina.get(f"{V}/sobjects/Opportunity/{shared}")).status_code == 404
    assigned = await make(
        ada, "PermissionSetAssignment", AssigneeId=company.key("nina"), PermissionSetId=extra
    )
    assert (await nina.get(f"{V}/sobjects/Opportunity/{shared}")).status_code == 200
    (row,) = await select(
        ada,
        "SELECT Id, PermissionsRead, PermissionsEdit, PermissionsViewAllRecords FROM ObjectPermissions "
        f"WHERE ParentId = '{extra}'",
    )
    assert row["Id"] == whole
    assert (row["PermissionsRead"], row["PermissionsEdit"], row["PermissionsViewAllRecords"]) == (
        True,
        False,
        True,
    )
    (row,) = await select(
        ada,
        f"SELECT Id FROM PermissionSetAssignment WHERE AssigneeId = '{company.key('nina')}' AND PermissionSetId = '{extra}'",
    )
    assert row["Id"] == assigned
    assert (await ada.delete(f"{V}/sobjects/PermissionSetAssignment/{assigned}")).status_code == 204
    assert (await nina.get(f"{V}/sobjects/Opportunity/{shared}")).status_code == 404
    changed = await ada.patch(
        f"{V}/sobjects/ObjectPermissions/{whole}",
        json={"PermissionsEdit": True, "PermissionsViewAllRecords": False},
    )
    assert changed.status_code == 204
    read = (await ada.get(f"{V}/sobjects/ObjectPermissions/{whole}")).json()
    assert (read["PermissionsEdit"], read["PermissionsViewAllRecords"]) == (True, False)
    assert (await ada.delete(f"{V}/sobjects/ObjectPermissions/{whole}")).status_code == 204
    assert await select(ada, f"SELECT Id FROM ObjectPermissions WHERE ParentId = '{extra}'") == []
    answer = await ada.patch(
        f"{V}/sobjects/PermissionSet/{extra}", json={"Label": "Audit", "PermissionsViewAllData": True}
    )
    assert answer.status_code == 204
    read = (await ada.get(f"{V}/sobjects/PermissionSet/{extra}")).json()
    assert (read["Name"], read["Label"], read["PermissionsViewAllData"]) == ("Auditors", "Audit", True)
    assert (read["IsOwnedByProfile"], read["ProfileId"]) == (False, None)
    assert (await ada.delete(f"{V}/sobjects/PermissionSet/{extra}")).status_code == 204
    assert await select(ada, f"SELECT Id FROM PermissionSet WHERE Id = '{extra}'") == []


async def test_profiles(company: Company) -> None:
    ada, omar = await company.api("ada"), await company.api("omar")
    (own,) = await select(
        ada,
        "SELECT Id, IsOwnedByProfile, Profile.Name FROM PermissionSet WHERE Name = 'System Administrator'",
    )
    assert (own["IsOwnedByProfile"], own["Profile"]["Name"]) == (True, "System Administrator")
    (profile,) = await select(
        ada, "SELECT Id, PermissionsManageUsers FROM Profile WHERE PermissionsManageUsers = true"
    )
    (her,) = await select(ada, f"SELECT ProfileId FROM User WHERE Id = '{company.key('ada')}'")
    assert her["ProfileId"] == profile["Id"]
    assert profile["Id"].startswith("00e")
    assert (await ada.delete(f"{V}/sobjects/Profile/{profile['Id']}")).status_code == 405
    (last,) = await select(
        ada,
        "SELECT Id, Assignee.Name, PermissionSet.Profile.Name FROM PermissionSetAssignment "
        "WHERE PermissionSet.PermissionsManageUsers = true",
    )
    assert last["Assignee"]["Name"] == "Ada Kovacs"
    answer = await ada.delete(f"{V}/sobjects/PermissionSetAssignment/{last['Id']}")
    assert answer.status_code == 403, "the last administrator"
    assert (await omar.get(f"{V}/sobjects/Profile/{profile['Id']}")).status_code == 404


async def test_queues_own_records_of_the_objects_they_serve(company: Company) -> None:
    ada = await company.api("ada")
    queue = await make(ada, "Group", Name="Leads", Type="Queue")
    serves = await make(ada, "QueueSobject", QueueId=queue, SobjectType="Opportunity")
    (row,) = await select(
        ada, f"SELECT Id, QueueId, Queue.Name, SobjectType FROM QueueSobject WHERE QueueId = '{queue}'"
    )
    assert (row["Id"], row["Queue"]["Name"], row["SobjectType"]) == (serves, "Leads", "Opportunity")
    assert (await ada.delete(f"{V}/sobjects/QueueSobject/{serves}")).status_code == 204
    assert (await ada.delete(f"{V}/sobjects/Group/{queue}")).status_code == 204


async def test_fields(company: Company) -> None:
    ada, noor = await company.api("ada"), await company.api("noor")
    await deal(company)
    standard = (await select(ada, "SELECT Id FROM PermissionSet WHERE Name = 'Standard User'"))[0]["Id"]
    where = f"ParentId = '{standard}' AND Field = 'Opportunity.Amount'"
    (row,) = await select(ada, f"SELECT Id, PermissionsEdit FROM FieldPermissions WHERE {where}")
    assert row["PermissionsEdit"] is True
    assert (await ada.delete(f"{V}/sobjects/FieldPermissions/{row['Id']}")).status_code == 204
    assert await refused(noor, "SELECT Amount FROM Opportunity") == "INVALID_FIELD"
    again = await make(
        ada, "FieldPermissions", ParentId=standard, SobjectType="Opportunity", Field="Opportunity.Amount",
        PermissionsRead=True, PermissionsEdit=False,
    )  # fmt: skip
    assert (await ada.get(f"{V}/sobjects/FieldPermissions/{row['Id']}")).status_code == 404
    (row,) = await select(
        ada, f"SELECT Id, PermissionsEdit, SobjectType, Parent.Name FROM FieldPermissions WHERE {where}"
    )
    assert (row["Id"], row["PermissionsEdit"], row["SobjectType"], row["Parent"]["Name"]) == (
        again,
        False,
        "Opportunity",
        "Standard User",
    )
    changed = await ada.patch(f"{V}/sobjects/FieldPermissions/{again}", json={"PermissionsEdit": True})
    assert changed.status_code == 204
    read = await ada.get(
        f"{V}/sobjects/FieldPermissions/{again}", params={"fields": "PermissionsEdit, Field"}
    )
    assert (read.json()["PermissionsEdit"], read.json()["Field"]) == (True, "Opportunity.Amount")
    assert (await noor.get(f"{V}/query", params={"q": "SELECT Amount FROM Opportunity"})).status_code == 200


async def test_shares_and_teams_of_who_may_share(company: Company) -> None:
    omar, nina, maya, gus = [await company.api(name) for name in ("omar", "nina", "maya", "gus")]
    shared = await deal(company)
    mine = await make(
        omar,
        "OpportunityShare",
        OpportunityId=shared,
        UserOrGroupId=company.key("nina"),
        OpportunityAccessLevel="Edit",
    )
    query = f"SELECT Id, UserOrGroupId, OpportunityAccessLevel, RowCause FROM OpportunityShare WHERE OpportunityId = '{shared}'"
    owner, row = await select(omar, query)
    assert (owner["RowCause"], owner["OpportunityAccessLevel"]) == ("Owner", "All")
    assert (row["Id"], row["RowCause"], row["OpportunityAccessLevel"]) == (mine, "Manual", "Edit")
    # Who may not share it, who does not see it, and who asks for what is not there get the same: nothing.
    for other in (nina, maya, gus):
        assert await select(other, query) == []
        assert (await other.get(f"{V}/sobjects/OpportunityShare/{mine}")).status_code == 404
        assert (await other.delete(f"{V}/sobjects/OpportunityShare/{mine}")).status_code in (403, 404)
    assert (await maya.delete(f"{V}/sobjects/OpportunityShare/{mine}")).status_code == 404
    assert await refused(omar, "SELECT Id FROM OpportunityShare") == "MALFORMED_QUERY"
    assert (await nina.get(f"{V}/sobjects/Opportunity/{shared}")).status_code == 200
    assert (await omar.delete(f"{V}/sobjects/OpportunityShare/{mine}")).status_code == 204
    assert (await nina.get(f"{V}/sobjects/Opportunity/{shared}")).status_code == 404
    joined = await make(
        omar,
        "OpportunityTeamMember",
        OpportunityId=shared,
        UserId=company.key("nina"),
        TeamMemberRole="Diver",
    )
    team = f"SELECT Id, UserId, TeamMemberRole FROM OpportunityTeamMember WHERE OpportunityId = '{shared}'"
    for who in (omar, nina):
        (row,) = await select(who, team)
        assert (row["Id"], row["TeamMemberRole"]) == (joined, "Diver")
    for who in (maya, gus):
        assert await select(who, team) == []
        assert (await who.delete(f"{V}/sobjects/OpportunityTeamMember/{joined}")).status_code == 404
        answer = await who.post(
            f"{V}/sobjects/OpportunityShare",
            json={"OpportunityId": shared, "UserOrGroupId": company.key("maya")},
        )
        assert answer.status_code == 400, "as for what is not there"
    assert (await omar.delete(f"{V}/sobjects/OpportunityTeamMember/{joined}")).status_code == 204
    assert (await nina.get(f"{V}/sobjects/Opportunity/{shared}")).status_code == 404


async def test_user_record_access(company: Company) -> None:
    ada, omar, nina = [await company.api(name) for name in ("ada", "omar", "nina")]
    shared = await deal(company)

    def query(who: str, record: str = shared) -> str:
        return (
            "SELECT RecordId, HasReadAccess, HasEditAccess, HasDeleteAccess, MaxAccessLevel FROM UserRecordAccess "
            f"WHERE UserId = '{company.key(who)}' AND RecordId = '{record}'"
        )

    (mine,) = await select(omar, query("omar"))
    assert (mine["HasReadAccess"], mine["MaxAccessLevel"]) == (True, "All")
    (none,) = await select(nina, query("nina"))
    (nothing,) = await select(nina, query("nina", ids.show(ids.make(ids.Type.OPPORTUNITY, 3))))
    for row in (none, nothing):
        assert (row["HasReadAccess"], row["HasEditAccess"], row["MaxAccessLevel"]) == (False, False, "None")
    (told,) = await select(ada, query("nina"))
    assert told["HasReadAccess"] is False
    assert await select(nina, query("omar")) == [], "about others only administrators ask"
    assert await refused(omar, "SELECT RecordId FROM UserRecordAccess") == "MALFORMED_QUERY"


async def test_bad_queries(company: Company) -> None:
    ada = await company.api("ada")
    for text, least in (
        ("SELECT Id FROM UserRole WHERE Name LIKE 'sales%'", 2),
        ("SELECT Id FROM UserRole WHERE Name = 'Service' OR Name = 'Sales Rep'", 2),
        ("SELECT Id FROM UserRole WHERE NOT Name = 'Service' LIMIT 1", 1),
        ("SELECT ParentRoleId, COUNT(Id) FROM UserRole GROUP BY ParentRoleId", 1),
        ("SELECT Name FROM User WHERE Id IN (SELECT AssigneeId FROM PermissionSetAssignment "
         "WHERE PermissionSet.Name = 'System Administrator')", 1),
    ):  # fmt: skip
        assert len(await select(ada, text)) >= least, text
    # what is escaped stays inside the text
    assert await select(ada, "SELECT Id FROM UserRole WHERE Name = 'x\\' OR Id != \\''") == []
    assert await refused(ada, "SELECT Nothing FROM UserRole") == "INVALID_FIELD"
    assert await refused(ada, "SELECT Id FROM Name") == "INVALID_TYPE"
    assert await refused(ada, "SELECT Id FROM UserRole WHERE Nothing = 'x'") == "INVALID_FIELD"
    for text in (
        "SELECT Id FROM UserRole WHERE",
        "SELECT Id FROM UserRole, Account",
        "SELECT FROM UserRole",
        "SELECT Id FROM UserRole LIMIT x",
        "SELECT Id FROM UserRole WHERE Id IN ()",
        "SELECT Id FROM UserRole WHERE Name = 'x",
        "SELECT" + " " * 19_000 + "FROM UserRole",
        "SELECT Id FROM UserRole WHERE Id = 'x'",
        "SELECT Id FROM UserRole WHERE Name = 'x'" * 1000,
    ):
        assert await refused(ada, text) in (
            "MALFORMED_QUERY",
            "INVALID_FIELD",
            "INVALID_QUERY_FILTER_OPERATOR",
        ), text
    counted = await ada.get(f"{V}/query", params={"q": "SELECT COUNT() FROM UserRole"})
    assert counted.json()["totalSize"] == len(company.roles)
    assert counted.json()["records"] == []
    for values in ({"Nothing": 1}, {"Id": "00E000000000001"}, {}, {"Name": "x" * 200}):
        assert (await ada.post(f"{V}/sobjects/UserRole", json=values)).status_code == 400


async def test_apps_and_their_tokens(company: Company) -> None:
    ada, browser = await company.api("ada"), await company.nobody()
    at = f"{V}/hubbub/apps"
    app = (await ada.post(at, json={"name": "Charts", "runAs": company.key("noor")})).json()
    secret = (await ada.post(f"{at}/{app['id']}/secret")).json()["clientSecret"]
    given = {"grant_type": "client_credentials", "client_id": app["clientId"], "client_secret": secret}
    token = (await browser.post("/services/oauth2/token", data=given)).json()["access_token"]
    (row,) = await select(ada, "SELECT Id, Name, CreatedBy.Name FROM ConnectedApplication")
    assert (row["Id"], row["Name"], row["CreatedBy"]["Name"]) == (app["id"], "Charts", "Ada Kovacs")
    (row,) = await select(ada, "SELECT Id, AppName, UserId FROM OauthToken WHERE User.Name LIKE 'Noor%'")
    assert (row["AppName"], row["UserId"]) == ("Charts", company.key("noor"))
    hashes = await ada.get(f"{V}/query", params={"q": "SELECT TokenHash FROM OauthToken"})
    assert hashes.status_code == 400
    bearer = {"authorization": f"Bearer {token}"}
    assert (await browser.get(f"{V}/hubbub/orgs", headers=bearer)).status_code == 200
    assert (await ada.delete(f"{V}/sobjects/OauthToken/{row['Id']}")).status_code == 204
    assert (await browser.get(f"{V}/hubbub/orgs", headers=bearer)).status_code == 401
    assert await select(ada, "SELECT Id FROM OauthToken") == []
    assert (await ada.delete(at + f"/{app['id']}")).status_code == 204
    assert await select(ada, "SELECT Id FROM ConnectedApplication") == []
