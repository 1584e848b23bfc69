"""Records, describe and SOQL over REST, in Salesforce's shapes."""

from typing import Any

import httpx

from hubbub import objects, people
from hubbub.core import ids
from tests.cast import Company

BASE = "/services/data/v60.0"
DEAL = {"Name": "Isdom, tide gauges", "StageName": "Prospecting", "CloseDate": "2026-12-01", "Amount": 45140}


async def make(api: httpx.AsyncClient, object: str = "Opportunity", **values: Any) -> str:
    answer = await api.post(
        f"{BASE}/sobjects/{object}/", json=(DEAL if object == "Opportunity" else {}) | values
    )
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def soql(
    api: httpx.AsyncClient, text: str, status: int = 200, headers: dict[str, str] | None = None
) -> Any:
    answer = await api.get(f"{BASE}/query/", params={"q": text}, headers=headers)
    assert answer.status_code == status, answer.text
    return answer.json()


async def names(api: httpx.AsyncClient, where: str) -> list[str]:
    return [
        row["Name"]
        for row in (await soql(api, f"SELECT Name FROM Opportunity WHERE {where} ORDER BY Name"))["records"]
    ]


async def test_create_read_update_delete(company: Company) -> None:
    api = await company.api("omar")
    answer = await api.post(
        f"{BASE}/sobjects/Opportunity/", json=DEAL | {"attributes": {"type": "Opportunity"}}
    )
    made = answer.json()
    assert (answer.status_code, made["success"], made["errors"], len(made["id"])) == (201, True, [], 18)
    path = answer.headers["location"]
    assert path == f"{BASE}/sobjects/Opportunity/{made['id']}"
    body = (await api.get(path)).json()
    assert body["attributes"] == {"type": "Opportunity", "url": path}
    assert (body["Amount"], body["Probability"], body["IsClosed"], body["CloseDate"]) == (
        45140.0,
        10.0,
        False,
        "2026-12-01",
    )
    assert (
        body["OwnerId"] == company.key("omar")
        and body["CreatedDate"].endswith("+0000")
        and body["NextStep"] is None
    )
    few = (await api.get(path, params={"fields": "Name,StageName"})).json()
    assert set(few) == {"attributes", "Id", "Name", "StageName"}
    answer = await api.patch(path, json={"StageName": "Closed Won", "Amount": "50000.5", "NextStep": None})
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await api.get(path[:-3])).json()["Amount"] == 50000.5, "15 characters name it too"
    assert (await api.delete(path)).status_code == 204
    gone = await api.get(path)
    assert gone.status_code == 404
    assert gone.json() == [{"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}]


async def test_wrong_values_are_refused_each_with_its_code_and_field(company: Company) -> None:
    api = await company.api("omar")
    key = await make(api)
    cases = [
        ({"Nonsense": 1}, "INVALID_FIELD", []),
        ({"Id": key}, "INVALID_FIELD", []),
        ({"StageName": "Rubbish"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", ["StageName"]),
        ({"StageName": None}, "REQUIRED_FIELD_MISSING", ["StageName"]),
        ({"Name": "x" * 121}, "STRING_TOO_LONG", ["Name"]),
        ({"Name": " "}, "REQUIRED_FIELD_MISSING", ["Name"]),
        ({"Name": "a\0b"}, "FIELD_INTEGRITY_EXCEPTION", ["Name"]),
        ({"Name": {"a": 1}}, "JSON_PARSER_ERROR", ["Name"]),
        ({"Amount": "much"}, "JSON_PARSER_ERROR", ["Amount"]),
        ({"Amount": True}, "JSON_PARSER_ERROR", ["Amount"]),
        ({"Amount": 1e30}, "NUMBER_OUTSIDE_VALID_RANGE", ["Amount"]),
        ({"Amount": "NaN"}, "JSON_PARSER_ERROR", ["Amount"]),
        ({"Probability": 101}, "NUMBER_OUTSIDE_VALID_RANGE", ["Probability"]),
        ({"CloseDate": "01.12.2026"}, "JSON_PARSER_ERROR", ["CloseDate"]),
        ({"CloseDate": "0001-01-01"}, "NUMBER_OUTSIDE_VALID_RANGE", ["CloseDate"]),
        ({"AccountId": "rubbish"}, "MALFORMED_ID", ["AccountId"]),
        ({"AccountId": key}, "MALFORMED_ID", ["AccountId"]),
        (
            {"AccountId": ids.show(ids.make(ids.Type.ACCOUNT, 4711))},
            "INVALID_CROSS_REFERENCE_KEY",
            ["AccountId"],
        ),
        ({"OwnerId": ids.show(ids.make(ids.Type.USER, 4711))}, "INVALID_CROSS_REFERENCE_KEY", ["OwnerId"]),
        ({"IsClosed": True}, "INVALID_FIELD_FOR_INSERT_UPDATE", ["IsClosed"]),
        ({"CreatedDate": "2020-01-01T00:00:00Z"}, "INVALID_FIELD_FOR_INSERT_UPDATE", ["CreatedDate"]),
    ]
    for body, code, fields in cases:
        answer = await api.patch(f"{BASE}/sobjects/Opportunity/{key}", json=body)
        assert answer.status_code == 400, (body, answer.text)
        first = answer.json()[0]
        assert (first["errorCode"], first.get("fields", [])) == (code, fields or first.get("fields", [])), (
            body,
            answer.text,
        )
    for raw in (b"{", b"[1]", b"\xff", b'{"Name": "\\ud800"}', b'{"Name": ' + b"[" * 5000):
        answer = await api.patch(
            f"{BASE}/sobjects/Opportunity/{key}", content=raw, headers={"content-type": "application/json"}
        )
        assert answer.status_code == 400 and answer.json()[0]["errorCode"] in (
            "JSON_PARSER_ERROR",
            "FIELD_INTEGRITY_EXCEPTION",
        ), raw
    missing = await api.post(f"{BASE}/sobjects/Opportunity", json={"Name": "x", "Amount": "much"})
    assert [one["errorCode"] for one in missing.json()] == ["JSON_PARSER_ERROR"]
    missing = await api.post(f"{BASE}/sobjects/Opportunity", json={"Name": "x"})
    assert missing.json() == [
        {
            "errorCode": "REQUIRED_FIELD_MISSING",
            "message": "Required fields are missing: [StageName, CloseDate]",
            "fields": ["StageName", "CloseDate"],
        }
    ]
    assert (await api.get(f"{BASE}/sobjects/Opportunity/{key}")).json()["Name"] == DEAL["Name"], (
        "nothing was half-written"
    )


async def test_unseen_is_404_and_seen_but_not_allowed_403(company: Company) -> None:
    omar, nina, maya = await company.api("omar"), await company.api("nina"), await company.api("maya")
    key = await make(omar)
    await company.share(ids.parse(key), "maya")
    path = f"{BASE}/sobjects/Opportunity/{key}"
    for answer in (
        await nina.get(path),
        await nina.patch(path, json={"NextStep": "x"}),
        await nina.delete(path),
    ):
        assert (answer.status_code, answer.json()[0]["errorCode"]) == (404, "NOT_FOUND")
    assert (await maya.patch(path, json={"NextStep": "x"})).status_code == 403
    assert (await maya.delete(path)).status_code == 403
    assert "Amount" not in (await maya.get(path)).json()
    assert (await omar.get(f"{BASE}/sobjects/Account/{key}")).status_code == 404, "an id of another object"
    assert (await omar.get(f"{BASE}/sobjects/Nonsense/{key}")).status_code == 404


async def test_upsert_by_external_id(company: Company) -> None:
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"))
        new = objects.NewField(
            name="ExternalKey__c", label="External key", type="string", unique=True, external_id=True
        )
        await objects.add_field(tx, ada, (await objects.catalog(tx)).object("Opportunity"), new)
    api = await company.api("omar")
    path = f"{BASE}/sobjects/Opportunity/ExternalKey__c/Z063OYW0"
    assert (await api.get(path)).status_code == 404
    made = await api.patch(path, json=DEAL)
    assert (made.status_code, made.json()["created"]) == (201, True)
    again = await api.patch(path, json={"Amount": 1})
    assert (again.status_code, again.json()) == (
        200,
        {"id": made.json()["id"], "success": True, "errors": [], "created": False},
    )
    assert (await api.get(path)).json()["Amount"] == 1.0
    assert (await api.patch(path.replace("v60", "v45"), json={"Amount": 2})).status_code == 204
    assert (
        await api.patch(path.replace("Z063OYW0", "new") + "?updateOnly=true", json=DEAL)
    ).status_code == 404
    unknown = await api.get(f"{BASE}/sobjects/Opportunity/NextStep/x")
    assert unknown.status_code == 404 and "External ID".lower() in unknown.json()[0]["message"].lower()
    nina = await company.api("nina")
    assert (await nina.get(path)).status_code == 404
    assert (await nina.patch(path, json=DEAL)).json()[0]["errorCode"] == "DUPLICATE_VALUE"
    assert (await api.delete(path)).status_code == 204


async def test_describe_names_every_field_that_one_may_read_and_no_other(company: Company) -> None:
    omar, maya = await company.api("omar"), await company.api("maya")
    listed = (await omar.get(f"{BASE}/sobjects/")).json()
    assert (listed["encoding"], listed["maxBatchSize"]) == ("UTF-8", 200)
    by_name = {each["name"]: each for each in listed["sobjects"]}
    assert {each for each in by_name if not by_name[each]["layoutable"]} == {
        *("AccountShare", "ContactShare", "OpportunityShare", "CampaignShare", "CaseShare", "EventShare"),
        *("LeadShare", "TaskShare"),
        *(
            "AccountTeamMember",
            "OpportunityTeamMember",
            "UserRecordAccess",
            "Organization",
            "OpenActivity",
            "ActivityHistory",
        ),
    }
    assert {each for each in by_name if by_name[each]["layoutable"]} == {
        *("Account", "Contact", "Opportunity", "Product2", "User", "Asset", "Campaign", "CampaignMember"),
        *("Case", "Contract", "Event", "Lead", "Task"),
    }
    assert by_name["Opportunity"]["keyPrefix"] == "006" and "fields" not in by_name["Opportunity"]
    whole = (await omar.get(f"{BASE}/sobjects/Opportunity/describe")).json()
    fields = {field["name"]: field for field in whole["fields"]}
    assert fields["StageName"]["picklistValues"][0]["value"] == "Prospecting"
    assert (fields["Amount"]["type"], fields["Amount"]["precision"], fields["Amount"]["scale"]) == (
        "currency",
        18,
        2,
    )
    assert (
        fields["AccountId"]["referenceTo"] == ["Account"]
        and fields["AccountId"]["relationshipName"] == "Account"
    )
    assert fields["IsClosed"]["updateable"] is False and fields["Name"]["nameField"] is True
    hers = {
        field["name"] for field in (await maya.get(f"{BASE}/sobjects/Opportunity/describe")).json()["fields"]
    }
    assert set(fields) - hers == {"Amount", "ExpectedRevenue"}
    opened = await make(omar)
    await (await company.client("omar")).get(f"/r/{opened}")
    for name in (each for each in by_name if by_name[each]["layoutable"]):
        every = [
            field["name"] for field in (await omar.get(f"{BASE}/sobjects/{name}/describe")).json()["fields"]
        ]
        await soql(omar, f"SELECT {', '.join(every)} FROM {name}")
    basic = (await omar.get(f"{BASE}/sobjects/Opportunity")).json()
    assert (
        basic["objectDescribe"]["name"] == "Opportunity" and basic["recentItems"][0]["Name"] == DEAL["Name"]
    )


async def test_query_shapes(company: Company) -> None:
    api = await company.api("omar")
    account = await make(api, "Account", Name="Isdom")
    key = await make(api, AccountId=account)
    answer = await soql(
        api, "SELECT Id, Name, Amount, Account.Name, Account.Owner.Name, Owner.Email FROM Opportunity"
    )
    row = answer["records"][0]
    assert (answer["totalSize"], answer["done"], "nextRecordsUrl" in answer) == (1, True, False)
    assert row["attributes"] == {"type": "Opportunity", "url": f"{BASE}/sobjects/Opportunity/{key}"}
    assert row["Account"]["attributes"]["url"] == f"{BASE}/sobjects/Account/{account}"
    assert row["Account"]["Owner"]["Name"] == "Omar Haddad" and row["Owner"]["Email"].startswith("omar@")
    assert list(row) == ["attributes", "Id", "Name", "Amount", "Account", "Owner"]
    await make(api, AccountId=None, Name="Alone")
    rows = (await soql(api, "SELECT Account.Name FROM Opportunity ORDER BY Account.Name NULLS LAST"))[
        "records"
    ]
    assert [row["Account"] and row["Account"]["Name"] for row in rows] == ["Isdom", None]
    count = await soql(api, "SELECT COUNT() FROM Opportunity")
    assert count == {"totalSize": 2, "done": True, "records": []}
    counted = (await soql(api, "SELECT COUNT(Id), MAX(Amount) most FROM Opportunity"))["records"]
    assert counted == [{"attributes": {"type": "AggregateResult"}, "expr0": 2, "most": 45140.0}]
    grouped = (await soql(api, "SELECT StageName, SUM(Amount) s FROM Opportunity GROUP BY StageName"))[
        "records"
    ]
    assert [(row["StageName"], row["s"]) for row in grouped] == [("Prospecting", 90280.0)]
    user = (
        await soql(
            api,
            f"SELECT Id, Name, Username, IsActive FROM User WHERE Username = '{company.username('nina')}'",
        )
    )["records"]
    assert (user[0]["Id"], user[0]["IsActive"]) == (company.key("nina"), True)
    alone = await soql(await company.api("gus"), "SELECT Name FROM User")
    assert [row["Name"] for row in alone["records"]] == ["Gus Berg"], "a guest sees no people but himself"


async def test_query_conditions(company: Company) -> None:
    api = await company.api("omar")
    account = await make(api, "Account", Name="Isdom")
    await make(
        api, Name="Alpha", Amount=10, CloseDate="2026-01-15", AccountId=account, NextStep="Call O'Hara"
    )
    await make(api, Name="beta_1", Amount=20, CloseDate="2026-02-15", StageName="Closed Won")
    await make(api, Name="Beta%2", Amount=None, CloseDate="2026-03-15", Type="New Customer")
    cases = {
        "Name = 'ALPHA'": ["Alpha"],
        "Name != 'alpha'": ["beta_1", "Beta%2"],
        "Name LIKE 'beta%'": ["beta_1", "Beta%2"],
        r"Name LIKE 'beta\_%'": ["beta_1"],
        r"Name LIKE 'beta\%%'": ["Beta%2"],
        r"NextStep = 'Call O\'Hara'": ["Alpha"],
        "Amount > 10": ["beta_1"],
        "Amount >= 10 AND Amount <= 20": ["Alpha", "beta_1"],
        "Amount = null": ["Beta%2"],
        "Amount != null": ["Alpha", "beta_1"],
        "Amount != 10": ["beta_1", "Beta%2"],
        "NOT Amount = 10": ["beta_1", "Beta%2"],
        "NOT (Amount > 15 OR Type = 'New Customer')": ["Alpha"],
        "Amount IN (10, 20)": ["Alpha", "beta_1"],
        "Name IN ('alpha', 'beta_1')": ["Alpha", "beta_1"],
        "Amount NOT IN (10)": ["beta_1", "Beta%2"],
        "Type IN ('x', null)": ["Alpha", "beta_1"],
        "IsClosed = TRUE": ["beta_1"],
        "IsWon = false": ["Alpha", "Beta%2"],
        "CloseDate > 2026-01-15": ["beta_1", "Beta%2"],
        "CloseDate = 2026-01-15": ["Alpha"],
        "CloseDate IN (2026-01-15, 2026-02-15)": ["Alpha", "beta_1"],
        "CreatedDate = TODAY": ["Alpha", "beta_1", "Beta%2"],
        "CreatedDate > TODAY": [],
        "CreatedDate < 2020-01-01T00:00:00Z": [],
        "LastModifiedDate >= LAST_N_DAYS:2": ["Alpha", "beta_1", "Beta%2"],
        "CloseDate = THIS_YEAR OR CloseDate != THIS_YEAR": ["Alpha", "beta_1", "Beta%2"],
        "Account.Name = 'isdom'": ["Alpha"],
        f"AccountId = '{account}'": ["Alpha"],
        f"AccountId = '{account[:15]}'": ["Alpha"],
        f"AccountId != '{account}'": ["beta_1", "Beta%2"],
        "AccountId IN (SELECT Id FROM Account WHERE Name LIKE 'Is%')": ["Alpha"],
        "Owner.Name LIKE '%haddad'": ["Alpha", "beta_1", "Beta%2"],
        "Opportunity.Name = 'Alpha'": ["Alpha"],
        "StageName = ''": [],
        "(Amount = 10 AND IsClosed = false) OR (Amount = 20 AND IsClosed = true)": ["Alpha", "beta_1"],
    }
    for where, expected in cases.items():
        assert sorted(await names(api, where)) == sorted(expected), where
    ordered = await soql(api, "SELECT Name FROM Opportunity ORDER BY Amount DESC NULLS LAST, Name")
    assert [row["Name"] for row in ordered["records"]] == ["beta_1", "Alpha", "Beta%2"]
    ordered = await soql(api, "SELECT Name FROM Opportunity ORDER BY Amount")
    assert [row["Name"] for row in ordered["records"]] == ["Beta%2", "Alpha", "beta_1"], "nothing comes first"
    assert (await soql(api, "SELECT Id FROM Opportunity LIMIT 2"))["totalSize"] == 2
    assert (await soql(api, "SELECT Id FROM Opportunity ORDER BY Name LIMIT 2 OFFSET 2"))["totalSize"] == 1
    assert (await soql(api, "SELECT FIELDS(ALL) FROM Opportunity LIMIT 1"))["records"][0]["StageName"]


async def test_query_errors(company: Company) -> None:
    api = await company.api("omar")
    cases = {
        "SELECT Id FORM Opportunity": "MALFORMED_QUERY",
        "SELECT Id FROM Opportunity WHERE": "MALFORMED_QUERY",
        "DELETE FROM Opportunity": "MALFORMED_QUERY",
        "SELECT Id FROM Opportunity WHERE Name = 'x": "MALFORMED_QUERY",
        "SELECT Id FROM Opportunity WHERE Name = 'x' AND Amount = 1 OR Amount = 2": "MALFORMED_QUERY",
        r"SELECT Id FROM Opportunity WHERE Name = '\q'": "MALFORMED_QUERY",
        "SELECT Id FROM Opportunity WHERE " + "(" * 900 + "Amount = 1" + ")" * 900: "MALFORMED_QUERY",
        "SELECT Id FROM Opportunity WHERE " + " AND ".join(["Amount = 1"] * 600): "QUERY_TOO_COMPLICATED",
        "SELECT Id FROM Nonsense": "INVALID_TYPE",
        "SELECT Id FROM app_user": "INVALID_TYPE",
        "SELECT Nonsense FROM Opportunity": "INVALID_FIELD",
        "SELECT t1 FROM Opportunity": "INVALID_FIELD",
        "SELECT Nonsense.Name FROM Opportunity": "INVALID_FIELD",
        "SELECT Id, Id FROM Opportunity": "INVALID_FIELD",
        "SELECT Id FROM Opportunity WHERE Amount = '1'": "INVALID_FIELD",
        "SELECT Id FROM Opportunity WHERE Name = 1": "INVALID_FIELD",
        "SELECT Id FROM Opportunity WHERE CloseDate = '2020-01-01'": "INVALID_FIELD",
        "SELECT Id FROM Opportunity WHERE CreatedDate = 2020-01-01": "INVALID_FIELD",
        "SELECT Id FROM Opportunity WHERE IsClosed = 1": "INVALID_FIELD",
        "SELECT Id FROM Opportunity WHERE Description = 'x'": "INVALID_FIELD",
        "SELECT Id FROM Opportunity WHERE Id = 'x'": "INVALID_QUERY_FILTER_OPERATOR",
        "SELECT Id FROM Opportunity WHERE Amount LIKE '1%'": "INVALID_QUERY_FILTER_OPERATOR",
        "SELECT Id FROM Opportunity WHERE Amount > null": "INVALID_QUERY_FILTER_OPERATOR",
        "SELECT Id FROM Opportunity WHERE CloseDate = LAST_N_DAYS:99999999": "MALFORMED_QUERY",
        "SELECT Id FROM Opportunity WHERE CloseDate = N_YEARS_AGO:6000": "MALFORMED_QUERY",
        "SELECT Id FROM Opportunity WHERE Amount > 1e999": "MALFORMED_QUERY",
        "SELECT Id FROM Opportunity OFFSET 2001": "NUMBER_OUTSIDE_VALID_RANGE",
        "SELECT Id, COUNT(Id) FROM Opportunity": "MALFORMED_QUERY",
        "SELECT FIELDS(ALL) FROM Opportunity": "MALFORMED_QUERY",
        "SELECT " + "Account.Parent." * 6 + "Name FROM Opportunity": "MALFORMED_QUERY",
    }
    for text, code in cases.items():
        assert (await soql(api, text, 400))[0]["errorCode"] == code, text
    assert (await api.get(f"{BASE}/query")).status_code == 400


async def test_hidden_field_answers_in_every_clause_like_one_that_does_not_exist(company: Company) -> None:
    maya = await company.api("maya")
    omar = await company.api("omar")
    await company.share(ids.parse(await make(omar)), "maya")
    for field in ("Amount", "ExpectedRevenue"):
        for text in (
            "SELECT {} FROM Opportunity",
            "SELECT Id FROM Opportunity WHERE {} > 1",
            "SELECT Id FROM Opportunity WHERE NOT {} = null",
            "SELECT Id FROM Opportunity ORDER BY {}",
            "SELECT SUM({}) FROM Opportunity",
            "SELECT COUNT(Id) FROM Opportunity GROUP BY {}",
        ):
            hidden = await soql(maya, text.format(field), 400)
            unknown = await soql(maya, text.format("Nonsense"), 400)
            assert hidden[0]["message"].replace(field, "Nonsense") == unknown[0]["message"]
            assert hidden[0]["errorCode"] == unknown[0]["errorCode"] == "INVALID_FIELD"
            assert hidden[0]["message"] == f"No such column '{field}' on entity 'Opportunity'"
    row = (await soql(maya, "SELECT FIELDS(ALL) FROM Opportunity LIMIT 200"))["records"][0]
    assert "Amount" not in row and "ExpectedRevenue" not in row


async def test_query_finds_what_one_sees_and_nothing_else(company: Company) -> None:
    omar = await company.api("omar")
    account = await make(omar, "Account", Name="Isdom")
    key = await make(omar, AccountId=account)
    await make(omar, Name="Not shared")
    for who, seen in {"omar": 2, "noor": 2, "ada": 2, "nina": 0, "maya": 0, "gus": 0}.items():
        assert (await soql(await company.api(who), "SELECT COUNT() FROM Opportunity"))["totalSize"] == seen, (
            who
        )
    await company.share(ids.parse(key), "gus")
    gus = await company.api("gus")
    rows = (await soql(gus, "SELECT Name, AccountId, Account.Name FROM Opportunity"))["records"]
    assert [(row["Name"], row["AccountId"], row["Account"]) for row in rows] == [(DEAL["Name"], None, None)]
    for where in (f"AccountId = '{account}'", "Account.Name = 'Isdom'", "AccountId != null"):
        assert (await soql(gus, f"SELECT Id FROM Opportunity WHERE {where}"))["totalSize"] == 0, where
    assert (await soql(gus, "SELECT Id FROM Opportunity WHERE AccountId IN (SELECT Id FROM Account)"))[
        "totalSize"
    ] == 0
    nina = await company.api("nina")
    assert (await soql(nina, "SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Opportunity)"))[
        "totalSize"
    ] == 0
    assert (await soql(omar, "SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Opportunity)"))[
        "totalSize"
    ] == 1


async def test_pages_of_a_query_and_somebody_elses_locator(company: Company) -> None:
    omar, nina = await company.api("omar"), await company.api("nina")
    async with company.act() as tx:
        await tx.run(
            """insert into record (org_id, id, object, name, owner_id, created_by, modified_by, n2)
               select %(org)s, (34::bigint << 48) + 900000000000 + %(org)s::bigint * 10000 + n, 34, 'Deal ' || n,
                      %(omar)s, %(omar)s, %(omar)s, 0
               from generate_series(1, 450) n""",
            {"omar": company.id("omar")},
        )
    for order in ("", " ORDER BY Name", " ORDER BY Name LIMIT 430"):
        answer = await soql(
            omar, f"SELECT Id FROM Opportunity{order}", headers={"sforce-query-options": "batchSize=200"}
        )
        total, found, pages = answer["totalSize"], list(answer["records"]), 1
        while not answer["done"]:
            more = await omar.get(answer["nextRecordsUrl"], headers={"sforce-query-options": "batchSize=200"})
            assert more.status_code == 200
            stolen = await nina.get(answer["nextRecordsUrl"])
            assert stolen.json()["records"] == []
            answer, pages = more.json(), pages + 1
            assert answer["totalSize"] == total
            found += answer["records"]
        expected = 430 if "LIMIT" in order else 450
        assert (total, len(found), len({row["Id"] for row in found}), pages) == (
            expected,
            expected,
            expected,
            3,
        ), order
    for locator in ("rubbish", "01gAAAA", "01g" + "A" * 3000):
        refused = await omar.get(f"{BASE}/query/{locator}")
        assert refused.status_code == 400 and refused.json()[0]["errorCode"] == "INVALID_QUERY_LOCATOR"
