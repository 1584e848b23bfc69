"""`…Share` and UserRecordAccess: every row with its cause, to whom they are told, and that they say what is so."""

from typing import Any

import httpx
import pytest

from hubbub import objects, people, records
from hubbub.core import ids
from hubbub.core.ids import Type
from tests.api.test_setup_objects import V, make, refused, select
from tests.cast import Company
from tests.city.watch import counted

FLAGS = "HasReadAccess, HasEditAccess, HasDeleteAccess, HasTransferAccess, HasAllAccess, MaxAccessLevel"


async def rows(program: httpx.AsyncClient, object: str, key: str) -> set[tuple[Any, ...]]:
    """The shares of a record: with whom, how far, why."""
    found = await select(
        program,
        f"SELECT UserOrGroup.Name, {object}AccessLevel, RowCause FROM {object}Share WHERE {object}Id = '{key}'",
    )
    return {(each["UserOrGroup"]["Name"], each[f"{object}AccessLevel"], each["RowCause"]) for each in found}


async def world(company: Company) -> tuple[str, str]:
    """An account of omar's that is shared for editing, and a deal below it of noor's, shared in every way."""
    ada = await company.actor("ada")
    async with company.act() as tx:
        await objects.set_default(tx, ada, "Account", "Private")
    account = await company.make("omar", "Account", Name="Harbour Light")
    values = await company.deal_values() | {"AccountId": account}
    deal = await company.make("noor", "Opportunity", **values)
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"))
        desk = await people.add_group(tx, ada, "Desk")
        await people.add_member(tx, ada, desk, company.id("nina"))
        await records.share_record(tx, ada, deal, desk)
        await records.join_team(tx, ada, deal, company.id("maya"), level=2)
        await records.share_record(tx, ada, account, company.id("nina"), 2)
        role = await tx.value(
            "select role_id from app_user where org_id = %(org)s and id = %(id)s", {"id": company.id("noor")}
        )
        await records.add_rule(
            tx, ada, "Opportunity", "Noor's", target_id=company.roles["Service"], source_id=role
        )
    return ids.show(account), ids.show(deal)


async def test_every_cause_has_its_row(company: Company) -> None:
    account, deal = await world(company)
    ada, noor, omar = [await company.api(name) for name in ("ada", "noor", "omar")]
    names = {name: (await company.actor(name)).name for name in ("omar", "noor", "nina", "maya")}
    of_deal = {
        (names["noor"], "All", "Owner"),
        ("Desk", "Read", "Manual"),
        (names["maya"], "Edit", "Team"),
        ("Service", "Read", "Rule"),
        (names["omar"], "Read", "ImplicitChild"),
        (names["nina"], "Read", "ImplicitChild"),
    }
    assert await rows(ada, "Opportunity", deal) == of_deal
    assert await rows(noor, "Opportunity", deal) == of_deal, "who owns a record is told the same"
    of_account = await rows(ada, "Account", account)
    assert {(names["omar"], "All", "Owner"), (names["nina"], "Edit", "Manual")} <= of_account
    assert {each for each in of_account if each[2] == "ImplicitParent"} == {
        (names["noor"], "Read", "ImplicitParent"),
        ("Desk", "Read", "ImplicitParent"),
        (names["maya"], "Read", "ImplicitParent"),
        ("Service", "Read", "ImplicitParent"),
    }
    assert await rows(omar, "Account", account) == of_account
    maya = await company.api("maya")
    assert (await maya.get(f"{V}/sobjects/Account/{account}")).status_code == 200
    assert await rows(maya, "Account", account) == set(), (
        "to see a record is not to see with whom it is shared"
    )


async def test_rows_are_found_by_id_and_taken_apart(company: Company) -> None:
    _, deal = await world(company)
    noor, nina, maya, gus = [await company.api(name) for name in ("noor", "nina", "maya", "gus")]
    where = f"WHERE OpportunityId = '{deal}'"
    found = await select(noor, f"SELECT Id, RowCause, Opportunity.Name FROM OpportunityShare {where}")
    assert {each["Opportunity"]["Name"] for each in found} == {"Harbour Light renewal"}
    for each in found:
        if each["Id"] is None:
            assert each["RowCause"] in ("Rule", "ImplicitChild"), "computed when it is read"
            continue
        read = await noor.get(each["attributes"]["url"], params={"fields": "RowCause"})
        assert read.json()["RowCause"] == each["RowCause"]
        for other in (nina, maya, gus):
            assert (await other.get(each["attributes"]["url"])).status_code == 404
        if each["RowCause"] != "Manual":
            assert (await noor.delete(each["attributes"]["url"])).status_code == 403
            answer = await noor.patch(each["attributes"]["url"], json={"OpportunityAccessLevel": "Edit"})
            assert answer.status_code == 403
    (mine,) = [each for each in found if each["RowCause"] == "Manual"]
    assert (
        await noor.patch(mine["attributes"]["url"], json={"OpportunityAccessLevel": "Edit"})
    ).status_code == 204
    (row,) = await select(
        noor, f"SELECT OpportunityAccessLevel FROM OpportunityShare WHERE Id = '{mine['Id']}'"
    )
    assert row["OpportunityAccessLevel"] == "Edit"
    (row,) = await select(noor, f"SELECT Id FROM OpportunityShare {where} AND RowCause = 'Team'")
    ordered = await select(
        noor, f"SELECT RowCause FROM OpportunityShare {where} ORDER BY RowCause DESC LIMIT 2"
    )
    assert [each["RowCause"] for each in ordered] == ["Team", "Rule"]
    counted = await noor.get(f"{V}/query", params={"q": f"SELECT COUNT() FROM OpportunityShare {where}"})
    assert counted.json()["totalSize"] == len(found)


async def test_who_may_not_share_learns_nothing_of_shares(company: Company) -> None:
    """Whatever is asked about the shares of a record, the answer is that of a record that does not exist."""
    _, deal = await world(company)
    nothing = ids.show(ids.make(Type.OPPORTUNITY, 3))
    for name in ("omar", "nina", "maya", "gus"):
        other = await company.api(name)
        for text in (
            "SELECT Id, UserOrGroupId FROM OpportunityShare WHERE OpportunityId = '{}'",
            "SELECT COUNT() FROM OpportunityShare WHERE OpportunityId = '{}'",
            "SELECT RowCause, COUNT(Id) FROM OpportunityShare WHERE OpportunityId = '{}' GROUP BY RowCause",
            "SELECT Id FROM OpportunityShare WHERE OpportunityId = '{}' AND UserOrGroup.Name LIKE 'D%'",
        ):
            one, none = [
                await other.get(f"{V}/query", params={"q": text.format(key)}) for key in (deal, nothing)
            ]
            assert (one.status_code, one.text) == (none.status_code, none.text) == (200, none.text)


async def test_teams(company: Company) -> None:
    _, deal = await world(company)
    noor, maya, gus = [await company.api(name) for name in ("noor", "maya", "gus")]
    query = f"SELECT Id, User.Name, OpportunityAccessLevel FROM OpportunityTeamMember WHERE OpportunityId = '{deal}'"
    (row,) = await select(maya, query)
    url = row["attributes"]["url"]
    assert row["OpportunityAccessLevel"] == "Edit"
    assert (await maya.patch(url, json={"TeamMemberRole": "Lead"})).status_code == 403
    assert (await noor.patch(url, json={"TeamMemberRole": "Lead"})).status_code == 204
    (again,) = await select(maya, query + " AND TeamMemberRole = 'Lead'")
    assert again["Id"] == row["Id"], "the membership goes on"
    assert (await noor.patch(url, json={"OpportunityAccessLevel": "Read"})).status_code == 204
    assert (await maya.patch(f"{V}/sobjects/Opportunity/{deal}", json={"NextStep": "x"})).status_code == 403
    assert await select(gus, query) == []
    made = await make(noor, "OpportunityTeamMember", OpportunityId=deal, UserId=company.key("nina"))
    assert {each["Id"] for each in await select(noor, "SELECT Id FROM OpportunityTeamMember")} == {
        row["Id"],
        made,
    }
    assert (await noor.delete(f"{V}/sobjects/OpportunityTeamMember/{made}")).status_code == 204


# --- UserRecordAccess ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("default", ["Private", "Read", "ReadWrite"])
async def test_user_record_access_says_what_explain_says(company: Company, default: str) -> None:
    await world(company)
    ada = await company.actor("ada")
    async with company.act() as tx:
        await objects.set_default(tx, ada, "Opportunity", default)
        for name in ("omar", "noor", "nina", "gus"):
            for object, values in (
                ("Account", {"Name": "A"}),
                ("Contact", {"LastName": "C"}),
                ("Product2", {"Name": "P"}),
            ):
                if name != "gus":
                    me = await people.actor(tx, company.id(name))
                    await records.insert_record(tx, me, object, dict(values))
        keys = await tx.values("select id from record where org_id = %(org)s and deleted_at is null")
    program = await company.api("ada")
    listed = ", ".join(f"'{ids.show(key)}'" for key in keys)
    levels = set()
    for name in company.ids:
        found = await select(
            program,
            f"SELECT RecordId, {FLAGS} FROM UserRecordAccess WHERE UserId = '{company.key(name)}' AND RecordId IN ({listed})",
        )
        assert {each["RecordId"] for each in found} == {ids.show(key) for key in keys}
        for each in found:
            async with company.act() as tx:
                ada = await people.actor(tx, company.id("ada"))
                told = await records.explain(tx, ada, company.id(name), ids.parse(each["RecordId"]))
            assert (
                each["HasReadAccess"],
                each["HasEditAccess"],
                each["HasDeleteAccess"],
                each["HasTransferAccess"],
                each["HasAllAccess"],
            ) == (told.reads, told.edits, told.deletes, told.shares, told.deletes and told.shares), (
                name,
                each,
            )
            levels.add(each["MaxAccessLevel"])
    assert {"None", "Read", "All"} <= levels


async def test_two_hundred_records_cost_what_one_costs(company: Company) -> None:
    ada, omar = await company.api("ada"), await company.api("omar")
    async with company.act() as tx:
        me = await people.actor(tx, company.id("omar"))
        made = [
            ids.show((await records.insert_record(tx, me, "Account", {"Name": f"A {n}"})).id)
            for n in range(200)
        ]
    spent = []
    for keys in (made[:1], made):
        listed = ", ".join(f"'{key}'" for key in keys)
        for who in (ada, omar):
            text = (
                f"SELECT RecordId, HasEditAccess FROM UserRecordAccess WHERE UserId = '{company.key('omar')}' "
                f"AND RecordId IN ({listed})"
            )
            costs = []
            for _ in range(4):  # now and then somebody else's statement comes between
                with counted() as statements:
                    assert len(await select(who, text)) == len(keys)
                costs.append(len(statements))
            spent.append(min(costs))
    assert spent[:2] == spent[2:]
    many = ", ".join(f"'{ids.show(ids.make(Type.ACCOUNT, n))}'" for n in range(201))
    text = f"SELECT RecordId FROM UserRecordAccess WHERE UserId = '{company.key('omar')}' AND RecordId IN ({many})"
    assert await refused(omar, text) == "MALFORMED_QUERY"


async def test_who_is_not_active_has_no_access_and_whom_nobody_knows_no_rows(company: Company) -> None:
    _, deal = await world(company)
    ada = await company.api("ada")
    async with company.act() as tx:
        await people.deactivate_user(tx, await people.actor(tx, company.id("ada")), company.id("maya"))
    text = f"SELECT {FLAGS} FROM UserRecordAccess WHERE RecordId = '{deal}' AND UserId = "
    (row,) = await select(ada, f"{text}'{company.key('maya')}'")
    assert (row["HasReadAccess"], row["MaxAccessLevel"]) == (False, "None")
    assert await select(ada, f"{text}'{ids.show(ids.make(Type.USER, 3))}'") == []
    assert await select(ada, f"{text}'{company.key('noor')}' AND HasEditAccess = false") == []


# --- describe ------------------------------------------------------------------------------------------------------


async def test_they_are_described_and_listed(company: Company) -> None:
    ada, omar, gus = [await company.api(name) for name in ("ada", "omar", "gus")]
    for_all = {
        "AccountShare",
        "OpportunityShare",
        "AccountTeamMember",
        "OpportunityTeamMember",
        "UserRecordAccess",
    }
    for_admins = {"UserRole", "Group", "GroupMember", "QueueSobject", "PermissionSet", "Profile",
                  "PermissionSetAssignment", "ObjectPermissions", "FieldPermissions"}  # fmt: skip
    listed = {each["name"]: each for each in (await ada.get(f"{V}/sobjects")).json()["sobjects"]}
    assert for_all | for_admins <= set(listed)
    for other in (omar, gus):
        known = {each["name"] for each in (await other.get(f"{V}/sobjects")).json()["sobjects"]}
        assert for_all <= known
        assert not for_admins & known
    for name in sorted(for_all | for_admins):
        described = (await ada.get(f"{V}/sobjects/{name}/describe")).json()
        fields = {each["name"]: each for each in described["fields"]}
        assert listed[name]["keyPrefix"] == described["keyPrefix"]
        chosen = ", ".join(fields)
        pins = {
            "UserRecordAccess": f"WHERE UserId = '{company.key('ada')}' AND RecordId = '{company.key('ada')}'"
        }
        pins |= {f"{o}Share": f"WHERE {o}Id = '{company.key('ada')}'" for o in ("Account", "Opportunity")}
        answer = await ada.get(
            f"{V}/query", params={"q": f"SELECT {chosen} FROM {name} {pins.get(name, '')}"}
        )
        assert answer.status_code == 200, answer.text
        assert (await ada.get(f"{V}/sobjects/{name}")).json()["objectDescribe"]["name"] == name
        # what is described as fixed is refused, what is described as writable is not
        if described["createable"]:
            fixed = next(each["name"] for each in fields.values() if not each["createable"])
            answer = await ada.post(f"{V}/sobjects/{name}", json={fixed: "x"})
            assert answer.json()[0]["errorCode"] == "INVALID_FIELD_FOR_INSERT_UPDATE", name
        else:
            assert (await ada.post(f"{V}/sobjects/{name}", json={})).status_code == 405
    assert "ContactShare" in listed
    async with company.act() as tx:
        await objects.set_default(
            tx, await people.actor(tx, company.id("ada")), "Contact", "ControlledByParent"
        )
    answer = await ada.get(f"{V}/sobjects/ContactShare/describe")
    assert answer.status_code == 404, "contacts that go with their account are not shared"


async def test_contacts_with_sharing_of_their_own(company: Company) -> None:
    async with company.act() as tx:
        await objects.set_default(tx, await people.actor(tx, company.id("ada")), "Contact", "Private")
    contact = ids.show(await company.make("omar", "Contact", LastName="Berg"))
    omar, nina = await company.api("omar"), await company.api("nina")
    assert (await nina.get(f"{V}/sobjects/Contact/{contact}")).status_code == 404
    made = await make(
        omar, "ContactShare", ContactId=contact, UserOrGroupId=company.key("nina"), ContactAccessLevel="Read"
    )
    assert made.startswith("03s")
    assert (await nina.get(f"{V}/sobjects/Contact/{contact}")).status_code == 200
    assert (await omar.delete(f"{V}/sobjects/ContactShare/{made}")).status_code == 204
    assert (await nina.get(f"{V}/sobjects/Contact/{contact}")).status_code == 404
