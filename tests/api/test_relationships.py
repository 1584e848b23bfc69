"""From one record to those above and below it: by address, by queries inside a selection; and requests only for what nobody
changed meanwhile."""

from datetime import UTC, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

from hubbub import people, records
from hubbub.core import ids
from tests.cast import Company
from tests.desk.test_activities import make

V = "/services/data/v62.0"


async def ask(company: Company, who: str, query: str) -> Any:
    return (await (await company.api(who)).get(f"{V}/query", params={"q": query})).json()


async def harbour(company: Company) -> tuple[str, list[str], str]:
    """nina's account, two deals of omar's at it, one of them shared with maya, and a contact."""
    account = await make(company, "omar", "Account", Name="Quay & Sons")
    deals = [
        await make(
            company, "omar", "Opportunity", Name=name, AccountId=account, StageName="Prospecting",
            CloseDate="2027-01-01", Amount=amount,
        )
        for name, amount in (("Buoys", 10), ("Chains", 20))
    ]  # fmt: skip
    await company.share(ids.parse(deals[0]), "maya")
    return account, deals, await make(company, "omar", "Contact", LastName="Quay", AccountId=account)


async def test_a_relationship_leads_up_and_down_as_far_as_one_sees(company: Company) -> None:
    account, deals, _ = await harbour(company)
    for who, seen in (("omar", 2), ("noor", 2), ("maya", 1)):
        api = await company.api(who)
        below = (await api.get(f"{V}/sobjects/Account/{account}/Opportunities")).json()
        assert (below["totalSize"], below["done"], len(below["records"])) == (seen, True, seen), who
        above = (await api.get(f"{V}/sobjects/Opportunity/{deals[0]}/Account")).json()
        assert (above["Id"], above["Name"]) == (account, "Quay & Sons")
        owner = (await api.get(f"{V}/sobjects/Opportunity/{deals[0]}/Owner?fields=Name")).json()
        assert owner["Id"] == company.key("omar")
    api, maya = await company.api("omar"), await company.api("maya")
    few = (await api.get(f"{V}/sobjects/Account/{account}/opportunities?fields=Name")).json()["records"]
    assert set(few[0]) == {"attributes", "Name", "Id"}
    # she may not read amounts, which is told as for a field that does not exist
    for name in ("Amount", "Amoun"):
        answer = await maya.get(f"{V}/sobjects/Account/{account}/Opportunities?fields={name}")
        assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "INVALID_FIELD")
    assert (
        "Amount" not in (await maya.get(f"{V}/sobjects/Account/{account}/Opportunities")).json()["records"][0]
    )
    for who, address in (
        ("omar", f"Account/{account}/Nothing"),
        ("omar", f"Account/{account}/Parent"),  # it has none
        ("omar", f"Account/{deals[0]}/Opportunities"),
        ("gus", f"Account/{account}/Opportunities"),
        ("nina", f"Opportunity/{deals[0]}/Account"),
    ):
        answer = await (await company.api(who)).get(f"{V}/sobjects/{address}")
        assert answer.status_code == 404, (who, address)


async def test_queries_inside_a_selection_answer_for_each_row(company: Company) -> None:
    _, deals, contact = await harbour(company)
    await make(company, "omar", "Account", Name="Alone")
    query = """SELECT Name, (SELECT Name, Amount FROM Opportunities ORDER BY Name DESC), (SELECT Id FROM Contacts)
               FROM Account ORDER BY Name"""
    alone, quay = (await ask(company, "omar", query))["records"]
    assert (alone["Opportunities"], alone["Contacts"]) == (None, None)
    below = quay["Opportunities"]
    assert (below["totalSize"], below["done"]) == (2, True)
    assert [(each["Name"], each["Amount"]) for each in below["records"]] == [
        ("Chains", 20.0),
        ("Buoys", 10.0),
    ]
    assert below["records"][0]["attributes"]["url"] == f"{V}/sobjects/Opportunity/{deals[1]}"
    assert [each["Id"] for each in quay["Contacts"]["records"]] == [contact]
    one = """SELECT Id, (SELECT Name FROM Opportunities WHERE Amount > 5 ORDER BY Name LIMIT 1 OFFSET 1)
             FROM Account WHERE Name = 'Quay & Sons'"""
    (found,) = (await ask(company, "omar", one))["records"]
    assert [each["Name"] for each in found["Opportunities"]["records"]] == ["Chains"]
    # what she does not see is not there, and no count tells of it; a hidden field is a missing one
    seen = "SELECT Id, (SELECT Name FROM Opportunities) FROM Account WHERE Name LIKE 'Quay%'"
    (hers,) = (await ask(company, "maya", seen))["records"]
    assert (hers["Opportunities"]["totalSize"], hers["Opportunities"]["records"][0]["Name"]) == (1, "Buoys")
    (nobodys,) = (await ask(company, "mo", seen))["records"] or [{"Opportunities": None}]
    assert nobodys["Opportunities"] is None
    for bad, code in (
        ("SELECT Id, (SELECT Amount FROM Opportunities) FROM Account", "INVALID_FIELD"),
        ("SELECT Id, (SELECT Id FROM Nothing) FROM Account", "INVALID_TYPE"),
        ("SELECT Id, (SELECT COUNT() FROM Opportunities) FROM Account", "MALFORMED_QUERY"),
        ("SELECT Id, (SELECT Id, (SELECT Id FROM Tasks) FROM Opportunities) FROM Account", "MALFORMED_QUERY"),
        ("SELECT Id, (SELECT Id FROM Contacts), (SELECT Id FROM Contacts) FROM Account", "INVALID_FIELD"),
        ("SELECT COUNT(Id), (SELECT Id FROM Contacts) FROM Account", "MALFORMED_QUERY"),
    ):
        answer = await ask(company, "maya", bad)
        assert answer[0]["errorCode"] == code, (bad, answer)


async def test_list_views_are_asked_for_as_one_has_them(company: Company) -> None:
    for who, name, shared in (("omar", "Mine alone", False), ("omar", "For all", True)):
        async with company.act() as tx:
            me = await people.actor(tx, company.id(who))
            await records.save_view(tx, me, "Opportunity", name, records.Wanted(), shared=shared)
    query = "SELECT Name, SobjectType, CreatedBy.Name FROM ListView WHERE SobjectType = 'Opportunity' ORDER BY Name"
    for who, kept in (("omar", {"Mine alone", "For all"}), ("nina", {"For all"}), ("gus", set())):
        found = (await ask(company, who, query))["records"]
        names = {each["Name"] for each in found}
        assert "All Opportunities" in names, who
        assert names & {"Mine alone", "For all"} == kept, who
        assert {each["CreatedBy"] is None for each in found if each["Name"].startswith("All ")} == {True}
        assert {each["SobjectType"] for each in found} == {"Opportunity"}
    one = (await ask(company, "omar", "SELECT Id FROM ListView WHERE Name = 'For all'"))["records"][0]["Id"]
    told = await (await company.api("omar")).get(f"{V}/sobjects/Opportunity/listviews/{one}")
    assert told.json()["label"] == "For all"


async def test_a_request_may_be_only_for_what_nobody_changed(company: Company) -> None:
    account = await make(company, "omar", "Account", Name="Quay & Sons")
    api, at = await company.api("omar"), f"{V}/sobjects/Account/{account}"
    told = (await api.get(at)).headers["last-modified"]
    before = format_datetime(parsedate_to_datetime(told).astimezone(UTC) - timedelta(minutes=1), usegmt=True)

    async def change(since: str) -> int:
        headers = {"if-unmodified-since": since}
        return (await api.patch(at, json={"Phone": "0100"}, headers=headers)).status_code

    assert await change(before) == 412
    assert (await api.get(at)).json()["Phone"] is None
    assert (await api.get(at, headers={"if-modified-since": told})).status_code == 304
    assert (await api.get(at, headers={"if-modified-since": before})).status_code == 200
    assert (await api.get(at, headers={"if-unmodified-since": before})).status_code == 412
    assert await change("some day") == 204, "what is no time counts as not said"
    assert (await api.get(at)).json()["Phone"] == "0100"
    later = (await api.get(at)).headers["last-modified"]
    assert await change(later) == 204
    # who may not see it learns nothing by a condition
    gus = await company.api("gus")
    assert (await gus.get(at, headers={"if-unmodified-since": before})).status_code == 404


async def test_what_a_record_leads_up_to_is_changed_and_deleted_by_the_relationship(company: Company) -> None:
    account, deals, contact = await harbour(company)
    omar, maya, nina = [await company.api(who) for who in ("omar", "maya", "nina")]
    by = f"{V}/sobjects/Contact/{contact}/Account"
    modified = (await omar.get(f"{V}/sobjects/Account/{account}")).headers["last-modified"]
    before = parsedate_to_datetime(modified) - timedelta(minutes=1)
    stale = {"if-unmodified-since": format_datetime(before.astimezone(UTC), usegmt=True)}
    assert (await omar.patch(by, json={"Phone": "0100"}, headers=stale)).status_code == 412
    assert (await omar.delete(by, headers=stale)).status_code == 412
    changed = await omar.patch(by, json={"Phone": "0100"}, headers={"if-unmodified-since": modified})
    assert (changed.status_code, changed.content) == (204, b"")
    assert (await omar.get(f"{V}/sobjects/Account/{account}")).json()["Phone"] == "0100"
    refused = await omar.patch(by, json={"Nothing": 1})
    assert (refused.status_code, refused.json()[0]["errorCode"]) == (400, "INVALID_FIELD")
    # one may read the deal and its account; that is no right to write it
    above = f"{V}/sobjects/Opportunity/{deals[0]}/Account"
    assert (await maya.get(above)).status_code == 200
    assert (await maya.patch(above, json={"Phone": "0200"})).status_code == 403
    assert (await maya.delete(above)).status_code == 403
    for verb, body in (("PATCH", {"Phone": "0300"}), ("DELETE", None)):
        assert (await nina.request(verb, above, json=body)).status_code == 404
        for address in (
            f"Account/{account}/Parent",  # it has none
            f"Account/{account}/Opportunities",  # those stand below
            f"Account/{account}/Nothing",
            f"Account/{deals[0]}/Owner",
        ):
            answer = await omar.request(verb, f"{V}/sobjects/{address}", json=body)
            assert answer.status_code == 404, (verb, address)
    owner = f"{V}/sobjects/Opportunity/{deals[0]}/Owner"
    assert (await omar.patch(owner, json={"Title": "Harbour master"})).status_code == 204
    assert (await maya.patch(owner, json={"Title": "Nobody"})).status_code == 403
    assert (await omar.get(f"{owner}?fields=Title")).json()["Title"] == "Harbour master"
    assert (await omar.delete(owner)).status_code == 403
    assert (await omar.get(f"{V}/sobjects/Account/{account}")).json()["Phone"] == "0100"
    assert (await omar.delete(by)).status_code == 204
    assert (await omar.get(f"{V}/sobjects/Account/{account}")).status_code == 404
    assert (await omar.delete(by)).status_code == 404
