"""Several records at once, and which changed: Salesforce's collections, trees, recent, updated and limits."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import httpx

from hubbub import objects, people
from hubbub.core import clock, ids
from tests.cast import Company

V = "/services/data/v62.0"


async def add_key(company: Company, *, unique: bool = True) -> None:
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"), client="test")
        account = (await objects.catalog(tx)).object("Account")
        key = objects.NewField(name="Ext__c", label="Ext", type="string", unique=unique, external_id=True)
        await objects.add_field(tx, ada, account, key)


def accounts(*names: str, **more: Any) -> list[dict[str, Any]]:
    return [{"attributes": {"type": "Account"}, "Name": name, **more} for name in names]


async def names(program: httpx.AsyncClient) -> list[str]:
    rows = (await program.get(f"{V}/query?q=SELECT+Name+FROM+Account+ORDER+BY+Name")).json()["records"]
    return [row["Name"] for row in rows]


async def test_several_records_are_made_changed_read_and_deleted(company: Company) -> None:
    omar = await company.api("omar")
    made = (await omar.post(f"{V}/composite/sobjects", json={"records": accounts("Isdom", "Sund")})).json()
    assert [(each["success"], each["errors"]) for each in made] == [(True, []), (True, [])]
    isdom, sund = (each["id"] for each in made)
    change = [{"attributes": {"type": "Account"}, "id": isdom, "Phone": "1"},
              {"attributes": {"type": "Account"}, "Id": sund, "Phone": "2"}]  # fmt: skip
    assert all(
        each["success"]
        for each in (await omar.patch(f"{V}/composite/sobjects", json={"records": change})).json()
    )
    nothing = "001000000000001AAA"
    read = (
        await omar.get(f"{V}/composite/sobjects/Account?ids={sund},{nothing},{isdom}&fields=Name,Phone")
    ).json()
    assert [row and (row["Name"], row["Phone"], row["Id"]) for row in read] == [
        ("Sund", "2", sund),
        None,
        ("Isdom", "1", isdom),
    ]
    assert read == (
        await omar.post(f"{V}/composite/sobjects/Account", json={"ids": [sund, nothing, isdom], "fields": ["Name", "Phone"]})
    ).json()  # fmt: skip
    gone = (await omar.delete(f"{V}/composite/sobjects?ids={isdom},{nothing}")).json()
    assert [each["success"] for each in gone] == [True, False]
    assert gone[1]["errors"][0]["statusCode"] == "NOT_FOUND"
    assert await names(omar) == ["Sund"]


async def test_what_fails_among_several_is_told_and_the_others_stand(company: Company) -> None:
    omar = await company.api("omar")
    sent = {"records": [*accounts("Isdom", ""), {"Name": "Typeless"}, *accounts("Sund", Nothing__c=1)]}
    made = (await omar.post(f"{V}/composite/sobjects", json=sent)).json()
    assert [each["success"] for each in made] == [True, False, False, False]
    assert [each["errors"][0]["statusCode"] for each in made[1:]] == [
        "REQUIRED_FIELD_MISSING", "INVALID_TYPE", "INVALID_FIELD"
    ]  # fmt: skip
    assert made[1]["errors"][0]["fields"] == ["Name"]
    assert await names(omar) == ["Isdom"]


async def test_all_or_none_of_several(company: Company) -> None:
    omar = await company.api("omar")
    made = (
        await omar.post(f"{V}/composite/sobjects", json={"allOrNone": True, "records": accounts("Isdom", "")})
    ).json()
    assert [each["success"] for each in made] == [False, False]
    assert [each["errors"][0]["statusCode"] for each in made] == [
        "ALL_OR_NONE_OPERATION_ROLLED_BACK", "REQUIRED_FIELD_MISSING"
    ]  # fmt: skip
    assert await names(omar) == []


async def test_an_object_that_is_not_there_is_told_of_its_record(company: Company) -> None:
    nina, gone = await company.api("nina"), {"attributes": {"type": "Nothing"}, "Name": "X"}
    for verb, more in (("POST", {}), ("PATCH", {"id": "001000000000001AAA"})):
        given = {"records": [gone | more, *accounts("Isdom", **more)]}
        told = (await nina.request(verb, f"{V}/composite/sobjects", json=given)).json()
        assert told[0] == {
            "success": False,
            "errors": [
                {
                    "statusCode": "INVALID_TYPE",
                    "message": "sObject type 'Nothing' is not supported.",
                    "fields": [],
                }
            ],
        }
        assert told[1]["success"] == (verb == "POST")


async def test_several_records_are_put_by_external_id(company: Company) -> None:
    await add_key(company, unique=False)
    omar, at = await company.api("omar"), f"{V}/composite/sobjects/Account/Ext__c"
    await omar.post(f"{V}/composite/sobjects", json={"records": accounts("Isdom", Ext__c="a")})
    put = (
        await omar.patch(
            at, json={"records": [*accounts("Isdom II", Ext__c="a"), *accounts("Sund", Ext__c="b")]}
        )
    ).json()
    assert [(each["success"], each["created"]) for each in put] == [(True, False), (True, True)]
    assert await names(omar) == ["Isdom II", "Sund"]
    await omar.post(f"{V}/composite/sobjects", json={"records": accounts("Twin", Ext__c="b")})
    put = (await omar.patch(at, json={"records": [*accounts("X", Ext__c="b"), *accounts("Keyless")]})).json()
    assert [each["errors"][0]["statusCode"] for each in put] == ["DUPLICATE_EXTERNAL_ID", "MISSING_ARGUMENT"]
    assert [(each["success"], each["created"]) for each in put] == [(False, False), (False, False)]
    one = await omar.patch(f"{V}/sobjects/Account/Ext__c/b", json={"Name": "Y"})
    assert one.status_code == 300 and len(one.json()) == 2
    put = (
        await omar.patch(
            at, json={"allOrNone": True, "records": [*accounts("New", Ext__c="n"), *accounts("", Ext__c="m")]}
        )
    ).json()
    assert [(each["success"], each["created"]) for each in put] == [(False, False), (False, False)]
    assert (await omar.get(f"{V}/sobjects/Account/Ext__c/n")).status_code == 404


async def test_a_unique_external_id_is_one_record_in_any_case(company: Company) -> None:
    await add_key(company)
    omar = await company.api("omar")
    made = (
        await omar.post(f"{V}/composite/sobjects", json={"records": accounts("Isdom", "Twin", Ext__c="a")})
    ).json()
    assert [each["success"] for each in made] == [True, False]
    assert made[1]["errors"][0]["statusCode"] == "DUPLICATE_VALUE"
    assert (await omar.patch(f"{V}/sobjects/Account/Ext__c/A", json={"Phone": "1"})).json()[
        "created"
    ] is False


async def test_several_records_of_which_one_is_not_mine(company: Company) -> None:
    """What nina may not see is as if it were not there: in collections, trees and lists of what changed."""
    made = ids.show(
        await company.make(
            "omar", "Opportunity", Name="Isdom", StageName="Prospecting", CloseDate=date(2027, 1, 1)
        )
    )
    none = "006000000000001AAA"
    for name in ("nina", "gus"):
        program = await company.api(name)
        for key in (made, none):
            read = await program.get(f"{V}/composite/sobjects/Opportunity?ids={key}&fields=Name")
            assert read.json() == [None]
            change = [{"attributes": {"type": "Opportunity"}, "id": key, "Name": "Mine"}]
            said = (await program.patch(f"{V}/composite/sobjects", json={"records": change})).json()
            assert [(each["success"], each["errors"][0]["statusCode"]) for each in said] == [
                (False, "NOT_FOUND")
            ]
            said = (await program.delete(f"{V}/composite/sobjects?ids={key}")).json()
            assert [(each["success"], each["errors"][0]["statusCode"]) for each in said] == [
                (False, "NOT_FOUND")
            ]
        assert (await program.get(f"{V}/recent")).json() == []
        since, until = clock.now() - timedelta(hours=1), clock.now() + timedelta(hours=1)
        spell = {"start": since.isoformat(), "end": until.isoformat()}
        assert (await program.get(f"{V}/sobjects/Opportunity/updated", params=spell)).json()["ids"] == []
        omar = await company.api("omar")
        assert (await omar.get(f"{V}/sobjects/Opportunity/updated", params=spell)).json()["ids"] == [made]
        await (await company.client("omar")).get(f"/r/{made}")
        assert [row["Id"] for row in (await omar.get(f"{V}/recent?limit=5")).json()] == [made]


async def test_hidden_fields_of_several_are_missing_ones(company: Company) -> None:
    """maya may read the deal, but not its amount."""
    made = await company.make(
        "omar",
        "Opportunity",
        Name="Isdom",
        StageName="Prospecting",
        CloseDate=date(2027, 1, 1),
        Amount=Decimal(1),
    )
    await company.share(made, "maya", 2)
    maya, key = await company.api("maya"), ids.show(made)
    said = [
        (await maya.get(f"{V}/composite/sobjects/Opportunity?ids={key}&fields={name}")).json()
        for name in ("Amount", "Nothing")
    ]
    assert said[0][0]["errorCode"] == said[1][0]["errorCode"] == "INVALID_FIELD"
    change = [{"attributes": {"type": "Opportunity"}, "id": key, name: 2} for name in ("Amount", "Nothing")]
    said = (await maya.patch(f"{V}/composite/sobjects", json={"records": change})).json()
    words = [each["errors"][0]["message"].replace("Nothing", "Amount") for each in said]
    assert words[0] == words[1]


async def test_a_tree_is_made_whole_or_not_at_all(company: Company) -> None:
    omar = await company.api("omar")

    def tree(last: str) -> dict[str, Any]:
        person = {"attributes": {"type": "Contact", "referenceId": "c1"}, "LastName": last}
        return {
            "records": [
                {
                    "attributes": {"type": "Account", "referenceId": "a1"},
                    "Name": "Isdom",
                    "Contacts": {"records": [person]},
                }
            ]
        }

    refused = await omar.post(f"{V}/composite/tree/Account", json=tree(""))
    assert refused.status_code == 400
    assert refused.json()["hasErrors"] is True
    assert refused.json()["results"][0]["referenceId"] == "c1"
    assert await names(omar) == []
    made = await omar.post(f"{V}/composite/tree/Account", json=tree("Lund"))
    assert made.status_code == 201, made.text
    account, contact = (each["id"] for each in made.json()["results"])
    assert (await omar.get(f"{V}/sobjects/Contact/{contact}?fields=AccountId")).json()["AccountId"] == account


async def test_limits_are_none(company: Company) -> None:
    omar = await company.api("omar")
    said = (await omar.get(f"{V}/limits")).json()
    assert {"DailyApiRequests", "DataStorageMB", "FileStorageMB"} <= set(said)
    assert all(each["Remaining"] == each["Max"] for each in said.values())


async def test_refusals_of_collections(company: Company) -> None:
    omar = await company.api("omar")
    many = {"records": accounts(*["Isdom"] * 201)}
    for wrong in ({}, {"records": 1}, {"records": [1]}, {"records": []}, many):
        assert (await omar.post(f"{V}/composite/sobjects", json=wrong)).status_code == 400
    assert (await omar.delete(f"{V}/composite/sobjects")).status_code == 400
    assert (await omar.get(f"{V}/composite/sobjects/Account?ids=x&fields=Name")).status_code == 400
    for name in ("Name) FROM User--", "(SELECT Id FROM Contacts)", "Id, Name", ""):
        said = await omar.get(
            f"{V}/composite/sobjects/Account", params={"ids": "001000000000001AAA", "fields": name}
        )
        assert said.status_code in (200, 400), name
    assert (await omar.get(f"{V}/sobjects/Account/updated?start=x&end=y")).status_code == 400


async def test_a_reference_may_name_what_it_leads_to_by_an_external_id(company: Company) -> None:
    """As tools that load data do: they know the other system's keys, and no ids."""
    await add_key(company, unique=False)
    omar = await company.api("omar")
    for name in ("Isdom", "Sund", "Twin", "Twin"):
        await omar.post(f"{V}/sobjects/Account", json={"Name": name, "Ext__c": name.lower()})

    async def account(contact: str) -> str:
        read = (await omar.get(f"{V}/query?q=SELECT+Account.Name+FROM+Contact+WHERE+Id='{contact}'")).json()
        return read["records"][0]["Account"]["Name"]

    made = await omar.post(f"{V}/sobjects/Contact", json={"LastName": "Lund", "Account": {"Ext__c": "isdom"}})
    assert made.status_code == 201, made.text
    contact = made.json()["id"]
    assert await account(contact) == "Isdom"
    named = {"attributes": {"type": "Account"}, "ext__c": "sund"}
    changed = await omar.patch(f"{V}/sobjects/Contact/{contact}", json={"account": named})
    assert (changed.status_code, await account(contact)) == (204, "Sund")
    several = [
        {"attributes": {"type": "Contact"}, "LastName": key, "Account": {"Ext__c": key}}
        for key in ("isdom", "twin", "none")
    ]
    told = (await omar.post(f"{V}/composite/sobjects", json={"records": several})).json()
    assert [each["success"] for each in told] == [True, False, False]
    assert await account(told[0]["id"]) == "Isdom"
    assert [each["errors"][0]["statusCode"] for each in told[1:]] == [
        "DUPLICATE_EXTERNAL_ID",
        "INVALID_FIELD",
    ]
    assert told[2]["errors"][0]["message"] == (
        "Foreign key external ID: none not found for field Ext__c in entity Account"
    )
    for wrong in ({}, {"Name": "Isdom"}, {"Nonsense": "x"}, {"Ext__c": "isdom", "Name": "x"}, {"Ext__c": ["isdom"]},
                  {"attributes": {"type": "Contact"}, "Ext__c": "isdom"}):  # fmt: skip
        answer = await omar.post(f"{V}/sobjects/Contact", json={"LastName": "Lund", "Account": wrong})
        assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "INVALID_FIELD"), wrong
    both = {"LastName": "Lund", "AccountId": None, "Account": {"Ext__c": "isdom"}}
    assert (await omar.post(f"{V}/sobjects/Contact", json=both)).status_code == 400


async def test_what_one_does_not_see_is_not_found_by_its_external_id(company: Company) -> None:
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"), client="test")
        deal = (await objects.catalog(tx)).object("Opportunity")
        key = objects.NewField(name="Ext__c", label="Ext", type="string", unique=True, external_id=True)
        await objects.add_field(tx, ada, deal, key)
    omar, nina = await company.api("omar"), await company.api("nina")
    hidden = {"Name": "Isdom", "StageName": "Prospecting", "CloseDate": "2027-01-01", "Ext__c": "isdom"}
    assert (await omar.post(f"{V}/sobjects/Opportunity", json=hidden)).status_code == 201
    for program, status in ((omar, 201), (nina, 400)):
        what = {"attributes": {"type": "Opportunity"}, "Ext__c": "isdom"}
        answer = await program.post(f"{V}/sobjects/Task", json={"Subject": "Call", "What": what})
        assert answer.status_code == status, answer.text
    what["Ext__c"] = "nothing"
    missing = await nina.post(f"{V}/sobjects/Task", json={"Subject": "Call", "What": what})
    assert missing.text == answer.text.replace("ID: isdom", "ID: nothing")
