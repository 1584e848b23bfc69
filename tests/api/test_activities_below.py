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
