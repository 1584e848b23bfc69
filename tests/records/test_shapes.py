"""Lists and queries in each shape that sight has: whoever sees few, many or most records gets the same by all of them."""

from datetime import date
from typing import Any

import pytest

from hubbub import desk, objects, people, records
from hubbub.core import ids
from hubbub.records.access import sight
from tests.cast import Company
from tests.records.listing import listing

SHAPES = {"keyed": (1_000_000, 1_000_000), "hashed": (0, 1_000_000), "probe": (0, 0)}
QUERIES = [
    "SELECT Name, AccountId, Account.Name, Owner.Name FROM Opportunity ORDER BY CloseDate DESC NULLS LAST, Name",
    "SELECT Name, Account.Name FROM Opportunity WHERE StageName = 'Prospecting' ORDER BY Account.Name, Name DESC LIMIT 2",
    "SELECT Name FROM Opportunity WHERE Account.Name LIKE 'H%' ORDER BY Owner.Name, Name LIMIT 2 OFFSET 1",
    "SELECT Name, Account.Name FROM Contact ORDER BY Name DESC",
    "SELECT Name FROM Opportunity",
    "SELECT COUNT() FROM Opportunity WHERE Account.Name LIKE 'H%'",
    "SELECT StageName, COUNT(Id) n FROM Opportunity GROUP BY StageName ORDER BY StageName",
]


async def _world(company: Company) -> dict[str, int]:
    async with company.act() as tx:
        for object, access in (("Account", "Private"), ("Contact", "ControlledByParent")):
            await objects.set_default(tx, await people.actor(tx, company.id("ada")), object, access)
    made: dict[str, int] = {}
    for owner, account in (("omar", "Harbour"), ("omar", "Hidden"), ("nina", "Other")):
        made[account] = await company.make(owner, "Account", Name=account)
        for number, stage in enumerate(("Prospecting", "Prospecting", "Qualification")):
            name = f"{account} {number}"
            made[name] = await company.make(
                owner, "Opportunity", Name=name, StageName=stage, CloseDate=date(2027, 1, 9 - number * 3),
                AccountId=made[account],
            )  # fmt: skip
        made[f"{account} person"] = await company.make(
            owner, "Contact", LastName=account, AccountId=made[account]
        )
    await company.share(made["Harbour 1"], "maya")
    await company.share(made["Other 2"], "maya")
    return made


async def _everything(company: Company, name: str) -> list[Any]:
    """What that person gets by all the queries and lists, without what is remembered of him."""
    async with company.act() as tx:
        await people.raise_version(tx)
    found: list[Any] = []
    for query in QUERIES:
        async with company.act() as tx:
            answer = await records.query(tx, await people.actor(tx, company.id(name)), query, base="", size=2)
            pages = [answer]
            while pages[-1].locator:
                actor = await people.actor(tx, company.id(name))
                pages.append(await records.query_more(tx, actor, pages[-1].locator, base="", size=2))
            found.append((answer.total, [record for page in pages for record in page.records]))
    for object in ("Opportunity", "Account", "Contact"):
        async with company.act() as tx:
            page = await listing(tx, await people.actor(tx, company.id(name)), object)
            found.append((page.count, [(row.name, row.values) for row in page.rows], page.names))
    return found


async def test_every_shape_tells_the_same(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    await _world(company)
    told = {}
    for shape, (narrow, wide) in SHAPES.items():
        monkeypatch.setattr(sight, "NARROW", narrow)
        monkeypatch.setattr(sight, "WIDE", wide)
        told[shape] = {
            name: await _everything(company, name) for name in ("omar", "noor", "maya", "nina", "gus")
        }
    assert told["keyed"] == told["hashed"] == told["probe"]
    maya = told["probe"]["maya"]
    assert [(row["Name"], row["Account"]["Name"]) for row in maya[0][1]] == [
        ("Harbour 1", "Harbour"),
        ("Other 2", "Other"),
    ]
    assert len(told["probe"]["omar"][0][1]) == 6
    assert told["probe"]["omar"][5][0] == 6
    assert told["probe"]["gus"][4] == (0, [])


async def test_a_deleted_deal_leads_to_no_account(company: Company) -> None:
    """Whoever sees a deal sees its account, until the deal lies in the bin."""
    made = await _world(company)
    query = "SELECT Name, AccountId, Account.Name FROM Opportunity ORDER BY Name"
    for deleted in (False, True):
        async with company.act() as tx:
            maya = await people.actor(tx, company.id("maya"))
            rows = (await records.query(tx, maya, query, base="", deleted=True)).records
        assert [row["Name"] for row in rows] == ["Harbour 1", "Other 2"]
        assert rows[1]["Account"] and rows[1]["AccountId"] == ids.show(made["Other"])
        assert (rows[0]["AccountId"], rows[0]["Account"] is None) == (
            (None, True) if deleted else (ids.show(made["Harbour"]), False)
        )
        if not deleted:
            async with company.act() as tx:
                await desk.delete_record(tx, await people.actor(tx, company.id("omar")), made["Harbour 1"])


async def test_my_list_has_nothing_of_an_account_that_i_do_not_see(company: Company) -> None:
    """A contact belongs to its account: that it carries my name shows me nothing of it."""
    made = await _world(company)
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"))
        await records.update_record(tx, ada, made["Other person"], {"OwnerId": company.id("maya")})
    async with company.act() as tx:
        maya = await people.actor(tx, company.id("maya"))
        # by the deal that is shared with her she sees the account, and with it its people
        assert [row.name for row in (await listing(tx, maya, "Contact", "mine")).rows] == ["Other"]
        await records.unshare_record(tx, await people.actor(tx, company.id("nina")), made["Other 2"], maya.id)
        assert (await listing(tx, maya, "Contact", "mine")).rows == []
