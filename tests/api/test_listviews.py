"""List views over REST: Salesforce's shapes, the SOQL that finds the same, and making them."""

from datetime import date
from decimal import Decimal

from hubbub.core import ids
from tests.cast import Company
from tests.desk.test_pages import deal

V = "/services/data/v62.0"
LISTS = f"{V}/sobjects/Opportunity/listviews"


async def test_list_views_have_salesforces_shapes(company: Company) -> None:
    account = await company.make("omar", "Account", Name="O'Hara")
    await deal(company, Name="Buoys", AccountId=account, Amount=Decimal(5))
    await deal(company, Name="Won", StageName="Closed Won", CloseDate=date(2020, 1, 1))
    omar = await company.api("omar")
    body = (await omar.get(LISTS)).json()
    assert (
        body["done"] is True
        and body["sobjectType"] == "Opportunity"
        and body["size"] == len(body["listviews"])
    )
    labels = {each["label"]: each for each in body["listviews"]}
    assert {
        "All Opportunities",
        "My Opportunities",
        "Open Opportunities",
        "Closing This Month",
    } <= labels.keys()
    every = labels["All Opportunities"]
    assert every == {
        "describeUrl": f"{every['url']}/describe", "developerName": "All", "id": every["id"],
        "label": "All Opportunities", "resultsUrl": f"{every['url']}/results", "soqlCompatible": True,
        "url": f"{LISTS}/{every['id']}",
    }  # fmt: skip
    assert every["id"].startswith("00B") and (await omar.get(every["url"])).json() == every
    described = (await omar.get(labels["My Open Opportunities"]["describeUrl"])).json()
    assert described["scope"] == "mine" and described["sobjectType"] == "Opportunity"
    assert described["whereCondition"] == {
        "conditions": [{"field": "IsClosed", "operator": "equals", "values": ["false"]}], "conjunction": "and",
    }  # fmt: skip
    assert [each["fieldNameOrPath"] for each in described["columns"] if not each["hidden"]] == [
        "Name", "Account.Name", "StageName", "Amount", "CloseDate", "Owner.Name",
    ]  # fmt: skip
    found = (await omar.get(labels["My Open Opportunities"]["resultsUrl"])).json()
    assert found["size"] == 1 and found["done"] is True
    row = {each["fieldNameOrPath"]: each["value"] for each in found["records"][0]["columns"]}
    assert row["Name"] == "Buoys" and row["Account.Name"] == "O'Hara" and row["Owner.Name"] == "Omar Haddad"
    assert (await omar.get(f"{every['resultsUrl']}?limit=1")).json()["done"] is False
    assert (await omar.get(f"{every['resultsUrl']}?limit=1&offset=1")).json()["done"] is True
    assert (await omar.get(f"{every['resultsUrl']}?limit=0")).status_code == 400
    nothing = ids.show(ids.make(ids.Type.LIST_VIEW, 4711))
    for bad in (nothing, "rubbish", ids.show(account)):
        assert (await omar.get(f"{LISTS}/{bad}")).status_code == 404
    assert (await omar.get(f"{V}/sobjects/Account/listviews/{every['id']}")).status_code == 404


async def test_the_query_of_a_view_finds_what_stands_in_it(company: Company) -> None:
    account = await company.make("omar", "Account", Name="O'Hara \\ 100%_x")
    for number in range(6):
        await deal(
            company, Name=f"D{number}", Amount=Decimal(number) if number else None,
            AccountId=account if number % 2 else None, StageName="Closed Won" if number == 5 else "Prospecting",
        )  # fmt: skip
    omar = await company.api("omar")
    for filters in (
        [],
        [("Amount", "notEqual", "3")],
        [("Amount", "greaterThan", "1.5"), ("IsClosed", "equals", "no")],
        [("AccountId", "contains", "100%_"), ("Name", "notContain", "1")],
        [("AccountId", "equals", "o'hara \\ 100%_x")],
        [("AccountId", "notEqual", ids.show(account))],
        [("StageName", "notEqual", "Closed Won, Closed Lost")],
        [("CreatedDate", "greaterOrEqual", "today"), ("CloseDate", "lessThan", "2026-12-02")],
        [("CreatedDate", "lessOrEqual", "2020-01-01")],
        [("CloseDate", "equals", "next 5 years"), ("NextStep", "equals", "")],
        [("CreatedDate", "equals", "last 3 days")],
    ):
        made = await omar.post(
            f"{V}/hubbub/listviews",
            json={
                "sobjectType": "Opportunity", "label": "V", "sort": "Amount", "descending": True, "scope": "mine",
                "filters": [dict(zip(("field", "operation", "value"), each, strict=True)) for each in filters],
            },
        )  # fmt: skip
        assert made.status_code == 201, made.text
        page = (await omar.get(f"{made.json()['resultsUrl']}?limit=100")).json()
        by_view = [row["columns"][0]["value"] for row in page["records"]]
        query = (await omar.get(made.json()["describeUrl"])).json()["query"]
        answer = await omar.get(f"{V}/query", params={"q": query})
        assert answer.status_code == 200, (query, answer.text)
        assert [row["Name"] for row in answer.json()["records"]] == by_view, query
        browser = await company.client("omar")
        shown = await browser.get(f"/o/Opportunity?view={made.json()['id']}")
        assert [name for name in by_view if name not in shown.text] == []
        assert shown.text.count('<th scope="row">') == len(by_view), query


async def test_making_changing_and_deleting_views(company: Company) -> None:
    omar, noor, ada, gus = [await company.api(name) for name in ("omar", "noor", "ada", "gus")]
    url = f"{V}/hubbub/listviews"
    made = await omar.post(
        url, json={"sobjectType": "Opportunity", "label": "Mine", "columns": ["Amount", "Name"]}
    )
    key = made.json()["id"]
    assert (
        (await noor.get(f"{LISTS}/{key}")).status_code
        == (await noor.patch(f"{url}/{key}", json={})).status_code
        == 404
    )
    assert (await omar.patch(f"{url}/{key}", json={"shared": True, "label": "Ours"})).json()[
        "label"
    ] == "Ours"
    columns = (await noor.get(f"{LISTS}/{key}/describe")).json()["columns"]
    assert [each["fieldNameOrPath"] for each in columns] == ["Amount", "Name", "Id"]
    assert (await noor.delete(f"{url}/{key}")).status_code == 403
    assert (await gus.get(f"{LISTS}/{key}")).status_code == 404
    for wrong, code in (
        ({"label": ""}, "REQUIRED_FIELD_MISSING"),
        ({"columns": ["Nonsense"]}, "INVALID_FIELD"),
        ({"columns": "Name"}, "INVALID_INPUT"),
        ({"filters": [{"field": "Amount", "operation": "like", "value": "1"}]}, "INVALID_FILTER"),
        ({"filters": [{"field": "Amount", "operation": "equals", "value": "x"}]}, "INVALID_FILTER_VALUE"),
        ({"filters": [{"field": "Name", "operation": "equals", "value": "x" * 1001}]}, "STRING_TOO_LONG"),
        ({"filters": [{"field": "Name", "operation": "equals"}] * 11}, "LIMIT_EXCEEDED"),
        ({"filters": [7]}, "INVALID_INPUT"),
        ({"scope": "team"}, "INVALID_INPUT"),
        ({"sort": "Description"}, "INVALID_FIELD"),
        ({"shared": "perhaps"}, "INVALID_INPUT"),
        ({"sort": ["Name"]}, "INVALID_INPUT"),
    ):
        given = {"sobjectType": "Opportunity", "label": "V", **wrong}
        answer = await omar.post(url, json=given)
        assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, code), wrong
    assert (await omar.post(url, json={"sobjectType": "Nothing", "label": "V"})).status_code == 404
    every = (await omar.get(LISTS)).json()["listviews"][0]["id"]
    assert (await ada.patch(f"{url}/{every}", json={"label": "Mine"})).status_code == 403, "built in"
    assert (await ada.delete(f"{url}/{key}")).status_code == 204
    assert (await omar.get(f"{LISTS}/{key}")).status_code == 404


async def test_undo_over_rest(company: Company) -> None:
    key = ids.show(await deal(company, NextStep="Write"))
    omar, nina = await company.api("omar"), await company.api("nina")
    await omar.patch(f"{V}/sobjects/Opportunity/{key}", json={"NextStep": "Call"})
    assert (await nina.post(f"{V}/hubbub/records/{key}/undo", json={"version": 2})).status_code == 404
    undone = await omar.post(f"{V}/hubbub/records/{key}/undo", json={"version": 2})
    assert undone.json() == {"id": key, "version": 3}
    assert (await omar.get(f"{V}/sobjects/Opportunity/{key}")).json()["NextStep"] == "Write"
    again = await omar.post(f"{V}/hubbub/records/{key}/undo", json={"version": 2})
    assert again.status_code == 409 and again.json()[0]["errorCode"] == "ENTITY_IS_CHANGED"
    assert (await omar.post(f"{V}/hubbub/records/{key}/undo", json={"version": "two"})).status_code == 400


async def test_a_list_view_kept_as_a_feed(company: Company) -> None:
    shared = await deal(company, Name="Buoys")
    await deal(company, Name="Chains")
    omar, maya, noor = [await company.api(name) for name in ("omar", "maya", "noor")]
    for name in ("Buoys", "Chains"):
        record = (
            await omar.get(f"{V}/query", params={"q": f"SELECT Id FROM Opportunity WHERE Name = '{name}'"})
        ).json()
        said = {"body": {"messageSegments": [{"type": "Text", "text": f"About {name}"}]}}
        await omar.post(f"{V}/chatter/feed-elements", json={"subjectId": record["records"][0]["Id"], **said})
    await company.share(shared, "maya")
    made = await omar.post(
        f"{V}/hubbub/listviews",
        json={"sobjectType": "Opportunity", "label": "All of us", "shared": True,
              "filters": [{"field": "Name", "operation": "notEqual", "value": "Nothing"}]},
    )  # fmt: skip
    view = made.json()["id"]
    favorites = f"{V}/chatter/feeds/favorites/me"

    async def talk(api) -> list[str]:
        kept = await api.post(favorites, json={"targetId": view})
        assert (
            kept.status_code == 201
            and kept.json()["type"] == "ListView"
            and kept.json()["target"]["id"] == view
        )
        assert kept.json()["name"] == "All of us"
        page = await api.get(f"{favorites}/{kept.json()['id']}/feed-elements")
        return sorted(each["body"]["text"] for each in page.json()["elements"] if each["type"] == "TextPost")

    assert await talk(omar) == await talk(noor) == ["About Buoys", "About Chains"]
    assert await talk(maya) == ["About Buoys"], "of the list she has what she sees"
    nina = await company.api("nina")
    assert await talk(nina) == []
    narrow = {"filters": [{"field": "Name", "operation": "equals", "value": "Chains"}]}
    await omar.patch(f"{V}/hubbub/listviews/{view}", json=narrow)
    assert await talk(maya) == [] and await talk(omar) == ["About Chains"]
    browser = await company.client("omar")
    page = await browser.get(f"/feeds/lists/{view}")
    assert page.status_code == 200 and "About Chains" in page.text and "About Buoys" not in page.text
    kept = await browser.submit("/favorites", view=view)
    assert "About Chains" in (await browser.get(kept.headers["location"])).text
    assert "All of us" in (await browser.get("/streams")).text
    await omar.patch(f"{V}/hubbub/listviews/{view}", json={"shared": False})
    assert (await maya.get(favorites)).json() == {"favorites": [], "total": 0}, "it is not hers any more"
    assert (await omar.delete(f"{V}/hubbub/listviews/{view}")).status_code == 204
    assert (await omar.get(favorites)).json()["total"] == 0
    assert (await omar.post(favorites, json={"targetId": view})).status_code == 404
