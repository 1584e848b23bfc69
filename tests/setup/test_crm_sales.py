"""maps/crm-sales.toml on the published data set, which stays outside the project."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from hubbub import people, records, setup
from tests.cast import Company

CHECKOUT = Path(__file__).parent.parent.parent
DATA = CHECKOUT.parent / "shared" / "data" / "crm-sales"
MAP = CHECKOUT / "maps" / "crm-sales.toml"


@pytest.mark.slow
@pytest.mark.skipif(not DATA.is_dir(), reason="the CRM sales data set is not in ../shared/data/crm-sales")
async def test_all_of_it_is_loaded_once(company: Company, tmp_path: Path) -> None:
    async def load() -> list[setup.Outcome]:
        ada = await company.actor("ada")
        return await setup.import_folder(company.database, ada, DATA, MAP, refused=tmp_path)

    outcomes = {outcome.name: outcome for outcome in await load()}
    assert [str(outcome) for outcome in outcomes.values()] == [
        "Role: 16 read, 16 created, 0 updated, 0 refused",
        "User: 41 read, 41 created, 0 updated, 0 refused",
        "Product2: 7 read, 7 created, 0 updated, 0 refused",
        "Account: 85 read, 85 created, 0 updated, 0 refused",
        "Opportunity: 8,800 read, 8,800 created, 0 updated, 0 refused",
    ]
    assert outcomes["Opportunity"].notes == [
        '"GTXPro" was taken for "GTX Pro" in 1,480 lines',
        "2,089 lines without CloseDate, kept and marked",
    ]
    with (DATA / "sales_pipeline.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    async with company.act() as tx:
        him = await records.viewer(tx, await people.actor(tx, company.id("ada")))
        kind = him.catalog.object("Opportunity")
        found = await records.ids_by_key(tx, him, kind, kind.field("ExternalKey__c"))
        rows = await records.read_rows(tx, him, kind, him.fields(kind), list(found.values()))
    deals = [row.values for row in rows]
    assert len(deals) == len(lines)
    assert sum(deal["AccountId"] is None for deal in deals) == 1425
    assert sum(deal["CloseDateLacking__c"] for deal in deals) == sum(not line["close_date"] for line in lines)
    assert Counter(deal["StageName"] for deal in deals) == {
        "Closed Won": 4238, "Closed Lost": 2473, "Needs Analysis": 1589, "Prospecting": 500
    }  # fmt: skip
    assert sum(deal["Amount"] or 0 for deal in deals) == sum(int(line["close_value"] or 0) for line in lines)
    assert all(outcome.created == outcome.updated == 0 and not outcome.refused for outcome in await load())
