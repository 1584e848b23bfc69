"""Activities read from the record that they are about, and when something was last done about it: as far as one sees them."""

from typing import Any

from hubbub.core import ids
from tests.api.test_relationships import V, ask
from tests.cast import Company
from tests.desk.test_activities import days, make
from tests.desk.test_making import DATA
from tests.feed.test_posts import deal

BELOW = """SELECT Name, (SELECT Subject, ActivityDate, IsTask, Status, Location, Owner.Name FROM OpenActivities
             ORDER BY ActivityDate ASC NULLS LAST), (SELECT Subject FROM ActivityHistories ORDER BY ActivityDate DESC)
           FROM Opportunity WHERE Id = '{}'"""


def subjects(row: dict[str, Any], name: str) -> list[str]:
    return [each["Subject"] for each in (row[name] or {"records": []})["records"]]


async def about(company: Company, key: str) -> None:
    """Two open activities and two that are over, about a deal of omar's."""
    for subject, due, status in (
        ("Send the offer", days(3), "Not Started"),
        ("Called the port", days(-9), "Completed"),
        ("Some day", None, "Not Started"),
    ):
        await make(company, "omar", "Task", Subject=subject, WhatId=key, ActivityDate=due, Status=status)
    for subject, day in (("Visit", 2), ("Visited", -5)):
        at = f"{days(day)}T10:00:00Z"
        end = f"{days(day)}T11:00:00Z"
        await make(
            company,
            "omar",
            "Event",
            Subject=subject,
            WhatId=key,
            StartDateTime=at,
            EndDateTime=end,
            Location="Quay",
        )


async def test_open_activities_and_what_was_done_are_read_from_the_record(company: Company) -> None:
    key = await deal(company)
    await about(company, key)
    (row,) = (await ask(company, "omar", BELOW.format(key)))["records"]
    assert subjects(row, "OpenActivities") == ["Visit", "Send the offer", "Some day"]
    assert subjects(row, "ActivityHistories") == ["Visited", "Called the port"]
    visit, offer, _ = row["OpenActivities"]["records"]
    assert (visit["attributes"]["type"], visit["attributes"]["url"].split("/")[-2]) == (
        "OpenActivity",
        "Event",
    )
    assert (visit["IsTask"], visit["Location"], visit["Status"], visit["ActivityDate"]) == (
        False,
        "Quay",
        None,
        days(2),
    )
    assert (offer["IsTask"], offer["Location"], offer["Status"]) == (True, None, "Not Started")
    assert offer["Owner"]["Name"] == "Omar Haddad" or offer["Owner"]["Name"]
    few = f"""SELECT Id, (SELECT Id, WhatId, What.Name FROM OpenActivities WHERE IsTask = true
              AND ActivityDate = NEXT_N_DAYS:7 LIMIT 1)
              FROM Opportunity WHERE Id = '{key}'"""
    (row,) = (await ask(company, "omar", few))["records"]
    assert [(each["WhatId"], each["What"]["Name"]) for each in row["OpenActivities"]["records"]] == [
        (key, "Isdom")
    ]
    # they are there for a record alone, and only where activities may be about it
    for query, code in (
        ("SELECT Subject FROM OpenActivity", "INVALID_TYPE_FOR_OPERATION"),
        ("SELECT Subject FROM ActivityHistory LIMIT 1", "INVALID_TYPE_FOR_OPERATION"),
        ("SELECT Id, (SELECT Id FROM OpenActivities) FROM User", "INVALID_TYPE"),
        ("SELECT Id, (SELECT Id FROM OpenActivities) FROM Task", "INVALID_TYPE"),
        ("SELECT Id, (SELECT Nothing FROM OpenActivities) FROM Account", "INVALID_FIELD"),
    ):
        assert (await ask(company, "omar", query))[0]["errorCode"] == code, query
    told = (await (await company.api("omar")).get(f"{V}/sobjects/Contact/describe")).json()
    assert ("OpenActivity", "WhoId", "OpenActivities") in [
        (each["childSObject"], each["field"], each["relationshipName"]) for each in told["childRelationships"]
    ]


async def test_who_does_not_see_an_activity_is_not_told_of_it_by_any_way(company: Company) -> None:
    key = await deal(company)
    account = await make(company, "omar", "Account", Name="Quay & Sons")
    person = await make(company, "omar", "Contact", LastName="Quay", AccountId=account)
    await company.share(ids.parse(account), "nina")
    await company.share(ids.parse(key), "gus")
    await about(company, key)
    # about the contact, whom nina sees; two of them with a deal that she does not see
    for subject, due, more in (
        ("Hers", days(-20), {}),
        ("Not hers", days(-1), {"WhatId": key}),
        ("Nor this", days(4), {"WhatId": key, "Status": "Not Started"}),
    ):
        values = {"Status": "Completed"} | more
        await make(company, "omar", "Task", Subject=subject, WhoId=person, ActivityDate=due, **values)
    seen = """SELECT LastActivityDate, (SELECT Subject FROM OpenActivities), (SELECT Subject FROM ActivityHistories)
              FROM Contact"""
    (hers,) = (await ask(company, "nina", seen))["records"]
    assert (hers["LastActivityDate"], hers["OpenActivities"]) == (days(-20), None)
    assert subjects(hers, "ActivityHistories") == ["Hers"]
    (his,) = (await ask(company, "omar", seen))["records"]
    assert (his["LastActivityDate"], subjects(his, "OpenActivities")) == (days(-1), ["Nor this"])
    for who, found in (("nina", 0), ("omar", 1)):
        for condition in (f"LastActivityDate > {days(-10)}", "LastActivityDate = LAST_N_DAYS:5"):
            answer = await ask(company, who, f"SELECT COUNT() FROM Contact WHERE {condition}")
            assert answer["totalSize"] == found, (who, condition)
    api = await company.api("nina")
    assert (await api.get(f"{DATA}/sobjects/Contact/{person}")).json()["LastActivityDate"] == days(-20)
    # a guest has the deal, and no plans about it
    (row,) = (
        await ask(company, "gus", BELOW.format(key).replace("Status, ", "").replace(", Owner.Name", ""))
    )["records"] or [{}]
    assert not row.get("OpenActivities") and not row.get("ActivityHistories")
    told = (await (await company.api("gus")).get(f"{DATA}/sobjects/Opportunity/{key}")).json()
    assert told["LastActivityDate"] is None


async def test_when_something_was_last_done_is_a_field_like_others(company: Company) -> None:
    first, second = await deal(company, Name="Buoys"), await deal(company, Name="Chains")
    omar = await company.api("omar")
    at = f"{DATA}/sobjects/Opportunity/{first}"
    assert (await omar.get(at)).json()["LastActivityDate"] is None
    await about(company, first)
    # what is open counts from when it is closed; an event by its day, one that is still to come too, as in Salesforce
    assert (await omar.get(at)).json()["LastActivityDate"] == days(2)
    assert (await omar.get(f"{at}?fields=LastActivityDate")).json()["LastActivityDate"] == days(2)
    ordered = "SELECT Name FROM Opportunity ORDER BY LastActivityDate {} NULLS LAST, Name"
    await make(
        company, "omar", "Task", Subject="Paid", WhatId=second, ActivityDate=days(-1), Status="Completed"
    )
    for way, names in (("ASC", ["Chains", "Buoys"]), ("DESC", ["Buoys", "Chains"])):
        found = (await ask(company, "omar", ordered.format(way)))["records"]
        assert [each["Name"] for each in found] == names, way
    described = (await omar.get(f"{DATA}/sobjects/Opportunity/describe")).json()["fields"]
    (field,) = [each for each in described if each["name"] == "LastActivityDate"]
    assert (field["type"], field["filterable"], field["sortable"], field["nillable"]) == (
        "date",
        True,
        True,
        True,
    )
    assert not (field["createable"] or field["updateable"] or field["permissionable"])
    refused = await omar.patch(at, json={"LastActivityDate": days(0)})
    assert refused.status_code == 400
    assert "LastActivityDate" not in (await omar.get(f"{DATA}/sobjects/Task/describe")).text
    assert (await ask(company, "omar", "SELECT LastActivityDate FROM Task"))[0][
        "errorCode"
    ] == "INVALID_FIELD"
    grouped = "SELECT MAX(LastActivityDate) latest FROM Opportunity"
    assert (await ask(company, "omar", grouped))["records"][0]["latest"] == days(2)
    # taken away with what was done
    await omar.get(at)
    (paid,) = (await ask(company, "omar", "SELECT Id FROM Task WHERE Subject = 'Paid'"))["records"]
    assert (await omar.delete(f"{DATA}/sobjects/Task/{paid['Id']}")).status_code == 204
    assert (await omar.get(f"{DATA}/sobjects/Opportunity/{second}")).json()["LastActivityDate"] is None


async def test_an_account_is_told_of_what_is_about_its_deals_contracts_and_contacts(company: Company) -> None:
    account = await make(company, "omar", "Account", Name="Quay & Sons")
    other = await make(company, "omar", "Account", Name="Lock Ltd")
    sold = await deal(company, Name="Buoys", AccountId=ids.parse(account))
    kept = await make(
        company, "omar", "Contract", AccountId=account, StartDate=days(0), ContractTerm=12, Status="Draft"
    )
    person = await make(company, "omar", "Contact", LastName="Quay", AccountId=account)
    case = await make(company, "omar", "Case", Subject="Rust", AccountId=account)
    omar, nina = await company.api("omar"), await company.api("nina")

    async def last(who: Any, key: str = account) -> str | None:
        """When something was last done about an account: its field, a query and a list say the same."""
        told = (await who.get(f"{DATA}/sobjects/Account/{key}")).json()["LastActivityDate"]
        query = f"SELECT Id FROM Account WHERE Id = '{key}' AND LastActivityDate = {told or 'null'}"
        assert (await who.get(f"{DATA}/query", params={"q": query})).json()["totalSize"] == 1
        return told

    async def done(number: int, **values: Any) -> str:
        return await make(
            company, "omar", "Task", Subject=f"Day {number}", ActivityDate=days(number), Status="Completed", **values
        )  # fmt: skip

    assert await last(omar) is None
    await done(-20, WhoId=person)
    # contacts and contracts are seen with their account
    assert (await last(omar), await last(nina)) == (days(-20), days(-20))
    await done(-9, WhatId=kept)
    await done(-1, WhatId=case)  # a case is no deal: Salesforce does not count it either
    assert (await last(omar), await last(nina)) == (days(-9), days(-9))
    about = await done(-8, WhatId=sold, WhoId=person)
    # nina has a task about the deal, which she does not see: that it is the account's would tell of the deal
    hers = await done(-7, WhatId=sold, OwnerId=ids.show(company.id("nina")))
    assert (await nina.get(f"{DATA}/sobjects/Task/{hers}")).json()["WhatId"] is None
    assert (await last(omar), await last(nina)) == (days(-7), days(-9))
    for who, key in ((nina, hers), (omar, about)):
        assert (await who.delete(f"{DATA}/sobjects/Task/{key}")).status_code == 204
    assert await last(omar) == days(-9)
    # what the deal moves to has it from then on, and what an activity is moved to
    about = await done(-6, WhatId=sold)
    moved = await omar.patch(f"{DATA}/sobjects/Opportunity/{sold}", json={"AccountId": other})
    assert moved.status_code == 204, moved.text
    assert (await last(omar), await last(omar, other)) == (days(-9), days(-6))
    await omar.patch(f"{DATA}/sobjects/Task/{about}", json={"WhatId": kept})
    assert (await last(omar), await last(omar, other)) == (days(-6), None)
    await omar.patch(f"{DATA}/sobjects/Task/{about}", json={"WhatId": None, "WhoId": person})
    assert (await last(omar), await last(nina)) == (days(-6), days(-6))
    assert (await omar.delete(f"{DATA}/sobjects/Contact/{person}")).status_code == 204
    assert (await last(omar), await last(nina)) == (days(-9), days(-9))


async def test_an_activity_says_to_which_account_it_belongs(company: Company) -> None:
    account = await make(company, "omar", "Account", Name="Quay & Sons")
    other = await make(company, "omar", "Account", Name="Lock Ltd")
    sold = await deal(company, Name="Buoys", AccountId=ids.parse(account))
    person = await make(company, "omar", "Contact", LastName="Quay", AccountId=other)
    case = await make(company, "omar", "Case", Subject="Rust", AccountId=account)
    omar, nina, ada = [await company.api(name) for name in ("omar", "nina", "ada")]

    async def told(who: Any, key: str, object: str = "Task") -> str | None:
        """The account of an activity: read, asked for, filtered by, grouped by, and by its relationship it is the same."""
        at, ask = f"{DATA}/sobjects/{object}/{key}", f"{DATA}/query"
        found = (await who.get(at)).json()["AccountId"]
        assert (await who.get(f"{at}?fields=AccountId")).json()["AccountId"] == found
        (row,) = (
            await who.get(
                ask,
                params={
                    "q": f"""SELECT AccountId, Account.Name FROM {object}
            WHERE Id = '{key}' AND AccountId = {f"'{found}'" if found else "null"}"""
                },
            )
        ).json()["records"]
        assert (row["AccountId"], (row["Account"] or {}).get("Name")) == (found, names.get(found))
        for asked, right in ((account, found == account), (other, found == other)):
            where = f"SELECT COUNT() FROM {object} WHERE Id = '{key}' AND AccountId = '{asked}'"
            assert (await who.get(ask, params={"q": where})).json()["totalSize"] == right
        grouped = f"SELECT AccountId FROM {object} WHERE Id = '{key}' GROUP BY AccountId HAVING COUNT(Id) = 1"
        (row,) = (await who.get(ask, params={"q": grouped})).json()["records"]
        assert row["AccountId"] == found
        above = await who.get(f"{at}/Account")
        assert above.status_code == (200 if found else 404) and names.get(found, "") in above.text
        return found

    names = {account: "Quay & Sons", other: "Lock Ltd"}
    assert await told(omar, await make(company, "omar", "Task", Subject="a", WhatId=account)) == account
    assert await told(omar, await make(company, "omar", "Task", Subject="b", WhoId=person)) == other
    assert await told(omar, await make(company, "omar", "Task", Subject="c", WhatId=case)) is None
    assert await told(omar, await make(company, "omar", "Task", Subject="d")) is None
    task = await make(company, "omar", "Task", Subject="e", WhatId=sold, WhoId=person)
    visit = await make(
        company, "omar", "Event", Subject="f", WhatId=sold, StartDateTime="2027-01-01T10:00:00Z",
        EndDateTime="2027-01-01T11:00:00Z",
    )  # fmt: skip
    for key, object in ((task, "Task"), (visit, "Event")):
        assert (await told(omar, key, object), await told(ada, key, object)) == (account, account)
    # hers is a task about a deal that she does not see: whose deal it is she does not learn, from whatever she asks
    hers = await make(company, "omar", "Task", Subject="g", WhatId=sold, OwnerId=company.key("nina"))
    assert (await told(nina, hers), await told(omar, hers)) == (None, account)
    await company.share(ids.parse(sold), "nina")
    assert await told(nina, hers) == account
    await omar.patch(f"{DATA}/sobjects/Opportunity/{sold}", json={"AccountId": other})
    assert (await told(nina, hers), await told(omar, task)) == (other, other)
    assert (await omar.delete(f"{DATA}/sobjects/Account/{other}")).status_code == 204
    for who in (nina, omar):
        assert (await who.get(f"{DATA}/sobjects/Task/{hers}")).status_code in (200, 404)
    # nobody writes it
    (field,) = [
        each
        for each in (await omar.get(f"{DATA}/sobjects/Task/describe")).json()["fields"]
        if each["name"] == "AccountId"
    ]
    assert (field["referenceTo"], field["relationshipName"]) == (["Account"], "Account")
    assert not (field["createable"] or field["updateable"] or field["permissionable"])
    again = await make(company, "omar", "Task", Subject="h")
    refused = await omar.patch(f"{DATA}/sobjects/Task/{again}", json={"AccountId": account})
    assert refused.status_code == 400


async def test_who_may_not_read_what_an_activity_is_about_is_told_of_no_account(company: Company) -> None:
    account = await make(company, "omar", "Account", Name="Quay & Sons")
    task = await make(company, "omar", "Task", Subject="a", WhatId=account)
    gus_task = await make(company, "omar", "Task", Subject="b", WhatId=account)
    await company.share(ids.parse(gus_task), "gus")
    omar, gus = await company.api("omar"), await company.api("gus")
    query = {"q": f"SELECT AccountId, Account.Name FROM Task WHERE Id = '{gus_task}'"}
    answer = await gus.get(f"{DATA}/query", params=query)
    assert account not in answer.text and "Quay" not in answer.text
    assert (await omar.get(f"{DATA}/sobjects/Task/{task}")).json()["AccountId"] == account


async def test_lists_show_and_are_filtered_by_when_something_was_last_done(company: Company) -> None:
    account = await make(company, "omar", "Account", Name="Quay & Sons")
    await make(company, "omar", "Account", Name="Lock Ltd")
    sold = await deal(company, Name="Buoys", AccountId=ids.parse(account))
    await make(
        company, "omar", "Task", Subject="Paid", WhatId=sold, ActivityDate="2026-02-03", Status="Completed"
    )
    view: dict[str, Any] = {"view": "all", "c": ["Name", "LastActivityDate"], "filtered": "1"}
    since = view | {
        "f": "LastActivityDate",
        "op": "greaterThan",
        "v": "2026-02-01",
        "sort": "LastActivityDate",
    }
    omar, nina = await company.client("omar"), await company.client("nina")
    page = (await omar.get("/o/Account", params=since)).text
    assert "Last Activity" in page and "Feb 3, 2026" in page and "Lock Ltd" not in page
    assert (await omar.get("/o/Account/export", params=since)).text.splitlines()[1:] == [
        "Quay & Sons,2026-02-03"
    ]
    assert (await nina.get("/o/Account/export", params=view)).text.splitlines()[1:] == [
        "Lock Ltd,",
        "Quay & Sons,",
    ]
    assert (await nina.get("/o/Account/export", params=since)).text.splitlines()[1:] == []
    saved = await omar.submit("/o/Account/views", **since, name="Lately", shared="1")
    assert saved.status_code == 303, saved.text
    kept = saved.headers["location"]
    assert "Feb 3, 2026" in (await omar.get(kept)).text
    assert "Feb 3, 2026" not in (await nina.get(kept)).text and "Quay" not in (await nina.get(kept)).text


async def test_open_activities_are_described_and_not_asked(company: Company) -> None:
    omar = await company.api("omar")
    for name, label in (("OpenActivity", "Open Activity"), ("ActivityHistory", "Activity History")):
        told = (await omar.get(f"{DATA}/sobjects/{name}/describe")).json()
        assert (told["name"], told["label"], told["keyPrefix"]) == (name, label, None)
        done = (
            "queryable",
            "retrieveable",
            "searchable",
            "createable",
            "updateable",
            "deletable",
            "layoutable",
        )
        assert not any(told[each] for each in done)
        fields = {each["name"]: each for each in told["fields"]}
        assert {
            "Id",
            "Subject",
            "ActivityDate",
            "IsTask",
            "WhatId",
            "WhoId",
            "OwnerId",
            "Location",
        } <= fields.keys()
        assert (fields["ActivityDate"]["type"], fields["WhatId"]["type"]) == ("date", "reference")
        assert not any(
            each["createable"] or each["updateable"] or not each["label"] for each in told["fields"]
        )
        # what is described is what a query may ask for
        below = "OpenActivities" if name == "OpenActivity" else "ActivityHistories"
        query = f"SELECT Id, (SELECT {', '.join(fields)} FROM {below}) FROM Account"
        assert (await omar.get(f"{DATA}/query", params={"q": query})).status_code == 200
        brief = (await omar.get(f"{DATA}/sobjects/{name}")).json()
        assert (brief["objectDescribe"]["queryable"], brief["recentItems"]) == (False, [])
        assert (await omar.get(f"{DATA}/sobjects/{name}/{company.key('omar')}")).status_code == 404
    everything = {each["name"] for each in (await omar.get(f"{DATA}/sobjects")).json()["sobjects"]}
    assert {"OpenActivity", "ActivityHistory"} <= everything
