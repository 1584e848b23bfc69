"""Importing CSV files: what is made, changed, refused and reported, and what a second import does."""

import csv
from pathlib import Path
from typing import Any

import pytest

from hubbub import objects, people, records, setup
from hubbub.core.errors import Forbidden, NotFound
from tests.cast import Company

MAP = """
[[field]]
object = "Account"
name = "Key__c"
label = "Key"
type = "string"
unique = true
external_id = true

[[field]]
object = "Opportunity"
name = "Key__c"
label = "Key"
type = "string"
unique = true
external_id = true

[[field]]
object = "Opportunity"
name = "NoCloseDate__c"
label = "Imported without close date"
type = "boolean"

[[role]]
name = "Offices"

[[role]]
file = "people.csv"
name = "{office}"
above = "Offices"

[[role]]
file = "people.csv"
name = "{office}, team"
above = "{office}"

[[user]]
file = "people.csv"
key = "{boss}"
name = "{boss}"
username = "{boss}@sales.example"
title = "Boss"
role = "{office}"

[[user]]
file = "people.csv"
key = "{agent}"
name = "{agent}"
username = "{agent}@sales.example"
role = "{office}, team"

[[record]]
object = "Account"
file = "accounts.csv"
key = "{name}"
key_field = "Key__c"

[record.known]
parent = "Account"
sector = ["technology", "health"]

[record.fields]
Name = "{name}"
ParentId = "{parent}"
Industry = { from = "{sector}", values = { technology = "Technology", health = "Healthcare" } }
AnnualRevenue = { from = "{millions}", times = 1_000_000 }

[[record]]
object = "Opportunity"
file = "deals.csv"
key = "{id}"
key_field = "Key__c"
created = "{begun}"

[record.known]
account = "Account"
agent = "User"

[record.may_lack]
CloseDate = { column = "stage", is = ["open"] }

[record.fields]
Name = ["{account}, {what}", "{what}"]
AccountId = "{account}"
OwnerId = "{agent}"
CloseDate = "{closes}"
NoCloseDate__c = { lacks = "closes" }
Amount = "{amount}"
StageName = { from = "{stage}", values = { open = "Prospecting", won = "Closed Won" } }
"""

PEOPLE = "agent,boss,office\nAnn Lee,Bo Berg,North\nMei-Mei Johns,Bo Berg,North\n"
ACCOUNTS = (
    "name,parent,sector,millions\nGull,Tern,technolgy,1.5\nTern,,health,20\nPlover & Sons,Tern,technology,\n"
)
DEALS = """id,agent,account,what,stage,begun,closes,amount
D1,Ann Lee,Gull,buoys,won,2026-01-10,2026-03-01,1000
D2,Mei-Mei Johns,Plover and Sons,gauges,open,2026-02-01,,
D3,Ann Lee,,sonar,open,,,
"""


class Loader:
    """A folder of files with a map, to be imported as somebody of a company."""

    def __init__(self, company: Company, folder: Path) -> None:
        self.company = company
        self.folder = folder
        self.imports = 0
        self.write("people.csv", PEOPLE)
        self.write("accounts.csv", ACCOUNTS)
        self.write("deals.csv", DEALS)
        self.write("map.toml", MAP)

    def write(self, name: str, text: str | bytes) -> None:
        data = text.encode() if isinstance(text, str) else text
        (self.folder / name).write_bytes(data)

    async def load(self, who: str = "ada", **more: Any) -> dict[str, setup.Outcome]:
        self.imports += 1
        outcomes = await setup.import_folder(
            self.company.database,
            await self.company.actor(who),
            self.folder,
            self.folder / "map.toml",
            refused=self.folder / f"refused-{self.imports}",
            **more,
        )
        return {outcome.name: outcome for outcome in outcomes}

    async def refused(self) -> str:
        """The one line that tells why nothing was imported."""
        before = await self.count()
        with pytest.raises(setup.BadFile) as bad:
            await self.load()
        assert await self.count() == before, "nothing is written of files that cannot be read"
        assert "\n" not in bad.value.message
        return bad.value.message

    async def count(self) -> tuple[int, int]:
        async with self.company.act() as tx:
            users = await tx.value("select count(*) from app_user where org_id = %(org)s")
            return users, await tx.value("select count(*) from record where org_id = %(org)s")

    async def records(self, object: str) -> dict[str, dict[str, Any]]:
        """All records of an object as ada sees them, by key."""
        async with self.company.act() as tx:
            him = await records.viewer(tx, await people.actor(tx, self.company.id("ada")))
            kind = him.catalog.object(object)
            found = await records.ids_by_key(tx, him, kind, kind.field("Key__c"))
            rows = await records.read_rows(tx, him, kind, him.fields(kind), list(found.values()))
            return {row.values["Key__c"]: row.values for row in rows}


@pytest.fixture
def loader(company: Company, tmp_path: Path) -> Loader:
    return Loader(company, tmp_path)


async def test_all_is_loaded_and_a_second_import_changes_nothing(loader: Loader) -> None:
    first = await loader.load()
    assert [str(outcome) for outcome in first.values()] == [
        "Role: 3 read, 3 created, 0 updated, 0 refused",
        "User: 3 read, 3 created, 0 updated, 0 refused",
        "Account: 3 read, 3 created, 0 updated, 0 refused",
        "Opportunity: 3 read, 3 created, 0 updated, 0 refused",
    ]
    was = await loader.records("Account"), await loader.records("Opportunity")
    second = await loader.load()
    assert all(outcome.created == outcome.updated == 0 and not outcome.refused for outcome in second.values())
    assert (await loader.records("Account"), await loader.records("Opportunity")) == was


async def test_values_references_and_slips_of_the_pen(loader: Loader) -> None:
    outcomes = await loader.load()
    accounts, deals = await loader.records("Account"), await loader.records("Opportunity")
    assert accounts["Gull"]["ParentId"] == accounts["Tern"]["Id"], "a parent further down in the file"
    assert (accounts["Gull"]["Industry"], accounts["Gull"]["AnnualRevenue"]) == ("Technology", 1_500_000)
    assert accounts["Plover & Sons"]["AnnualRevenue"] is None
    assert deals["D2"]["AccountId"] == accounts["Plover & Sons"]["Id"]
    assert outcomes["Account"].notes == ['"technolgy" was taken for "technology" in 1 line']
    assert '"Plover and Sons" was taken for "Plover & Sons" in 1 line' in outcomes["Opportunity"].notes


async def test_deals_keep_what_their_source_lacks(loader: Loader) -> None:
    loader.write("deals.csv", DEALS.replace("Plover and Sons", "PLOVER SONS"))
    outcomes = await loader.load()
    deals, accounts = await loader.records("Opportunity"), await loader.records("Account")
    assert deals["D2"]["AccountId"] == accounts["Plover & Sons"]["Id"]
    assert deals["D2"]["Name"] == "Plover & Sons, gauges"
    assert (deals["D3"]["AccountId"], deals["D3"]["Name"]) == (None, "sonar")
    assert [deals[key]["NoCloseDate__c"] for key in ("D1", "D2", "D3")] == [False, True, True]
    assert (deals["D1"]["StageName"], deals["D1"]["IsWon"]) == ("Closed Won", True)
    assert deals["D1"]["CreatedDate"].date().isoformat() == "2026-01-10"
    assert "2 lines without CloseDate, kept and marked" in outcomes["Opportunity"].notes


async def test_close_date_that_people_filled_in_survives_the_next_import(loader: Loader) -> None:
    await loader.load()
    deal = (await loader.records("Opportunity"))["D3"]
    async with loader.company.act() as tx:
        ada = await people.actor(tx, loader.company.id("ada"))
        close = (await objects.catalog(tx)).object("Opportunity").field("CloseDate").parse_json("2026-12-24")
        await records.update_record(tx, ada, deal["Id"], {"CloseDate": close, "NoCloseDate__c": False})
    outcomes = await loader.load()
    assert outcomes["Opportunity"].updated == 0
    after = (await loader.records("Opportunity"))["D3"]
    assert (after["CloseDate"], after["NoCloseDate__c"]) == (close, False)


async def test_closed_deal_without_close_date_is_refused(loader: Loader) -> None:
    loader.write("deals.csv", DEALS.replace("won,2026-01-10,2026-03-01", "won,2026-01-10,"))
    outcome = (await loader.load())["Opportunity"]
    assert [(line.number, reason) for line, reason in outcome.refused] == [(2, "CloseDate: This is needed.")]


async def test_people_are_inactive_and_the_tree_lets_managers_see(loader: Loader) -> None:
    await loader.load()
    async with loader.company.act() as tx:
        found = await people.users_by_external_id(tx, ["Bo Berg", "Ann Lee", "Mei-Mei Johns"])
        cards = await people.cards(tx, found.values())
        assert {card.name for card in cards.values()} == set(found)
        assert not any(card.active for card in cards.values())
        assert await people.user_by_username(tx, "mei-mei.johns@sales.example") == found["Mei-Mei Johns"]
        ada = await people.actor(tx, loader.company.id("ada"))
        for name in found:
            await people.activate_user(tx, ada, found[name])
    deal = (await loader.records("Opportunity"))["D1"]
    async with loader.company.act() as tx:
        assert await records.access_record(tx, await people.actor(tx, found["Bo Berg"]), deal["Id"])
        with pytest.raises(NotFound):
            await records.access_record(tx, await people.actor(tx, found["Mei-Mei Johns"]), deal["Id"])


async def test_who_was_invited_keeps_his_title_and_moves_in_the_tree(loader: Loader) -> None:
    await loader.load()
    async with loader.company.act() as tx:
        found = await people.users_by_external_id(tx, ["Bo Berg", "Ann Lee"])
        ada = await people.actor(tx, loader.company.id("ada"))
        await people.activate_user(tx, ada, found["Bo Berg"])
        await people.edit_profile(tx, ada, found["Bo Berg"], {"title": "Head of the North"})
    loader.write("people.csv", PEOPLE.replace("North", "South"))
    assert (await loader.load())["User"].updated == 3
    async with loader.company.act() as tx:
        profiles = await people.profiles(tx, ada, list(found.values()))
    assert {each.name: (each.title, each.role) for each in profiles} == {
        "Bo Berg": ("Head of the North", "South"),
        "Ann Lee": (None, "South, team"),
    }


async def test_changed_line_changes_its_record_and_is_silent_unless_asked(loader: Loader) -> None:
    await loader.load()
    key = (await loader.records("Opportunity"))["D1"]["Id"]
    loader.write("deals.csv", DEALS.replace(",1000", ",1250.50"))
    outcomes = await loader.load()
    assert (outcomes["Opportunity"].updated, outcomes["Account"].updated) == (1, 0)
    assert str((await loader.records("Opportunity"))["D1"]["Amount"]) == "1250.50"
    assert await items_on(loader.company, key) == 0, "nothing is told in feeds"
    loader.write("deals.csv", DEALS.replace(",1000", ",1300"))
    await loader.load(feed=True)
    assert await items_on(loader.company, key) == 1


async def test_new_records_are_told_when_asked(loader: Loader) -> None:
    await loader.load(feed=True)
    deals = await loader.records("Opportunity")
    assert [await items_on(loader.company, deals[key]["Id"]) for key in ("D1", "D2")] == [1, 1]


async def items_on(company: Company, record_id: int) -> int:
    async with company.act() as tx:
        return await tx.value(
            "select count(*) from feed_item where org_id = %(org)s and parent_id = %(record)s",
            {"record": record_id},
        )


async def test_bad_lines_refuse_only_themselves_and_say_why(loader: Loader) -> None:
    bad = [
        "D4,Ann Lee,Gull,x,open,,2026-13-01,",
        "D5,Ann Lee,Gull,x,open,,,lots",
        "D6,Nobody Knows,Gull,x,open,,,",
        "D7,Ann Lee,Albatross,x,open,,,",
        "D8,Ann Lee,Gull,x,lost,,,",
        "D1,Ann Lee,Gull,twice,open,,,",
        ",Ann Lee,Gull,no key,open,,,",
        "D9,Ann Lee,Gull,x,open",
        "D10,Ann Lee,Gull,x,open,,,,,",
        f"D11,Ann Lee,Gull,{'x' * 200},open,,,",
        "D12,Ann Lee,Gull,x,open,someday,,",
    ]
    loader.write("deals.csv", DEALS + "\n".join(bad) + "\nD13,Ann Lee,Gull,last,open,,,\n")
    outcome = (await loader.load())["Opportunity"]
    assert str(outcome) == "Opportunity: 15 read, 4 created, 0 updated, 11 refused"
    assert outcome.file is not None and outcome.file.stat().st_mode & 0o077 == 0
    with outcome.file.open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0][:3] == ["line", "reason", "id"]
    reasons = {row[0]: row[1] for row in rows[1:]}
    expected = {
        "5": "CloseDate: Enter a date as year-month-day",
        "6": "Amount: Enter an amount",
        "7": "OwnerId: there is no User 'Nobody Knows'.",
        "8": "AccountId: there is no Account 'Albatross'.",
        "9": "StageName: the map does not say what 'lost' is.",
        "10": "'D1' is in line 2 already.",
        "11": "There is no key",
        "12": "This line has 5 fields, the first line names 8.",
        "13": "This line has 10 fields",
        "14": "Name: At most 120 characters",
        "15": "Created: 'someday' is no date",
    }
    assert reasons.keys() == expected.keys()
    for line, words in expected.items():
        assert words in reasons[line]
    assert (await loader.records("Opportunity")).keys() == {"D1", "D2", "D3", "D13"}
    again = (await loader.load())["Opportunity"]
    assert str(again) == "Opportunity: 15 read, 0 created, 0 updated, 11 refused"


async def test_value_that_another_record_has_refuses_one_line_of_a_batch(loader: Loader) -> None:
    await loader.load()
    async with loader.company.act() as tx:
        ada = await people.actor(tx, loader.company.id("ada"))
        deal = (await objects.catalog(tx)).object("Opportunity")
        new = objects.NewField(name="Code__c", label="Code", type="string", unique=True)
        await objects.add_field(tx, ada, deal, new)
    loader.write("map.toml", MAP.replace('Amount = "{amount}"', 'Amount = "{amount}"\nCode__c = "{amount}"'))
    more = [f"E{n},Ann Lee,Gull,x,open,,,{n}" for n in range(1, 6)] + ["E6,Ann Lee,Gull,x,open,,,3"]
    loader.write("deals.csv", DEALS + "\n".join(more) + "\n")
    outcome = (await loader.load())["Opportunity"]
    assert str(outcome) == "Opportunity: 9 read, 5 created, 1 updated, 1 refused"
    assert [(line.number, reason) for line, reason in outcome.refused] == [
        (10, "Code__c: Another record has this value already.")
    ]


async def test_accounts_that_stand_above_themselves_are_refused(loader: Loader) -> None:
    loader.write("accounts.csv", "name,parent,sector,millions\nA1,B1,,\nB1,A1,,\nC1,C1,,\nD1,,,\n")
    outcome = (await loader.load())["Account"]
    assert outcome.created == 1 and len(outcome.refused) == 3


async def test_import_is_for_administrators(loader: Loader) -> None:
    before = await loader.count()
    for who in ("omar", "mo", "gus"):
        with pytest.raises(Forbidden):
            await loader.load(who)
    assert await loader.count() == before


async def test_an_import_that_is_stopped_is_finished_by_the_next(
    loader: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = "".join(f"N{n},Ann Lee,Gull,x,open,,,{n}\n" for n in range(600))
    loader.write("deals.csv", DEALS + lines)

    class Stop(Exception):
        pass

    def stop(name: str, done: int, of: int) -> None:
        if name == "Opportunity" and done:
            raise Stop

    with pytest.raises(Stop):
        await loader.load(progress=stop)
    outcome = (await loader.load())["Opportunity"]
    assert (outcome.created, outcome.read, outcome.refused) == (603 - 250, 603, [])
    assert len(await loader.records("Opportunity")) == 603


async def test_the_log_tells_of_an_import(loader: Loader) -> None:
    await loader.load()
    ((actor, *_, after),) = await loader.company.events("setup.import.completed")
    assert actor == loader.company.id("ada")
    assert "Opportunity: 3 read, 3 created, 0 updated, 0 refused" in after["done"]
    assert len(await loader.company.events("records.record.created")) == 6


# --- files that cannot be read -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "deals.csv is empty"),
        (DEALS.encode().replace(b"buoys", b"b\xf6jen"), "deals.csv, line 2: byte 0xF6 is not UTF-8."),
        (DEALS.encode().replace(b"sonar", b"son\0ar"), "deals.csv, line 4: a NUL character."),
        (DEALS.encode("utf-16"), "deals.csv is UTF-16"),
        (DEALS.encode().replace(b",amount\n", b"\n"), "deals.csv lacks the column amount"),
        (DEALS.encode().replace(b",", b";"), "deals.csv lacks the column"),
        (DEALS.encode().replace(b"gauges", b'"gauges'), "deals.csv, line 3: a quotation mark opens there"),
        (DEALS.encode().replace(b"id,agent", b"id,id"), "more than one column id"),
    ],
)
async def test_broken_csv_is_one_clear_line(loader: Loader, data: bytes, words: str) -> None:
    loader.write("deals.csv", data)
    assert words in await loader.refused()


async def test_missing_file_is_one_clear_line(loader: Loader) -> None:
    (loader.folder / "accounts.csv").unlink()
    assert "accounts.csv is missing in" in await loader.refused()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "map.toml says nothing"),
        ("[[record", "map.toml:"),
        (MAP.replace('file = "deals.csv"\n', ""), "missing required field `file`"),
        (MAP.replace("key_field", "keyfield"), "unknown field `keyfield`"),
        (MAP.replace('object = "Opportunity"\nfile', 'object = "Deal"\nfile'), "there is no object Deal"),
        (MAP.replace('Amount = "{amount}"', 'Amuont = "{amount}"'), "Opportunity has no field Amuont"),
        (MAP.replace('Amount = "{amount}"', 'IsWon = "{amount}"'), "Opportunity.IsWon cannot be written"),
        (MAP.replace('Amount = "{amount}"', 'Amount = "{amount"'), "map.toml: '{amount'"),
        (MAP.replace('Amount = "{amount}"', 'Amount = "{0.__class__}"'), "lacks the column 0.__class__"),
        (MAP.replace('"people.csv"', '"../people.csv"'), "should be the name of a file in the folder"),
        (MAP.replace('key_field = "Key__c"', 'key_field = "Name"'), "has to be a unique text field"),
    ],
)
async def test_broken_map_is_one_clear_line(loader: Loader, text: str, words: str) -> None:
    loader.write("map.toml", text)
    assert words in await loader.refused()


async def test_hostile_texts_are_only_texts(loader: Loader) -> None:
    loader.write(
        "deals.csv", DEALS + "D4,Ann Lee,Gull,\"<script>alert('1')</script> %(org)s {agent}\",open,,,\n"
    )
    await loader.load()
    assert (await loader.records("Opportunity"))["D4"][
        "Name"
    ] == "Gull, <script>alert('1')</script> %(org)s {agent}"
