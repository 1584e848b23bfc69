"""SOQL's functions of a field: toLabel, FORMAT, parts of dates; and USING SCOPE."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest

from tests.api.test_groups_of_rows import V, deals, rows, soql
from tests.cast import Company


async def settle(company: Company, name: str, **values: Any) -> httpx.AsyncClient:
    """Somebody who has said of himself where he is and how he writes."""
    program = await company.api(name)
    assert (await program.patch(f"{V}/sobjects/User/{company.key(name)}", json=values)).status_code == 204
    return program


async def talks(company: Company) -> None:
    for name, *moment in (
        ("Eve", 2026, 12, 31, 23, 30),
        ("Year", 2027, 1, 1, 0, 30),
        ("May", 2027, 5, 9, 12, 0),
    ):
        at = datetime(*moment, tzinfo=UTC)
        await company.make("omar", "Event", Subject=name, StartDateTime=at, EndDateTime=at)


async def test_rows_are_grouped_by_parts_of_a_date(company: Company) -> None:
    omar = await deals(company)
    text = "SELECT CALENDAR_YEAR(CloseDate) y, COUNT(Id), SUM(Amount) FROM Opportunity GROUP BY calendar_year(CloseDate)"
    (found,) = (await soql(omar, text))["records"]
    assert (found["y"], found["expr0"], found["expr1"]) == (2027, 4, 390.5)
    text = "SELECT DAY_IN_MONTH(CloseDate), COUNT(Id) n FROM Opportunity GROUP BY DAY_IN_MONTH(CloseDate) "
    assert await rows(omar, text + "ORDER BY DAY_IN_MONTH(CloseDate) DESC") == [(3, 1), (2, 2), (1, 1)]
    assert await rows(omar, text + "HAVING DAY_IN_MONTH(CloseDate) > 1 AND COUNT(Id) > 1") == [(2, 2)]
    text = "SELECT DAY_IN_WEEK(CloseDate) d, CloseDate FROM Opportunity GROUP BY CloseDate ORDER BY CloseDate LIMIT 1"
    assert await rows(omar, text) == [(6, "2027-01-01")], "a Friday; Sunday is 1"
    text = "SELECT StageName, CALENDAR_MONTH(CloseDate) FROM Opportunity GROUP BY StageName, CALENDAR_MONTH(CloseDate)"
    assert sorted(await rows(omar, text)) == [("Closed Won", 1), ("Prospecting", 1), ("Qualification", 1)]


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("CALENDAR_MONTH", 5), ("CALENDAR_QUARTER", 2), ("CALENDAR_YEAR", 2027), ("DAY_IN_MONTH", 9), ("DAY_IN_WEEK", 1),
        ("DAY_IN_YEAR", 129), ("FISCAL_MONTH", 5), ("FISCAL_QUARTER", 2), ("FISCAL_YEAR", 2027), ("HOUR_IN_DAY", 12),
        ("WEEK_IN_MONTH", 2), ("WEEK_IN_YEAR", 19), ("DAY_ONLY", "2027-05-09"),
    ],
)  # fmt: skip
async def test_every_part_of_a_moment(company: Company, part: str, value: Any) -> None:
    await talks(company)
    omar = await company.api("omar")
    text = f"SELECT {part}(StartDateTime) FROM Event WHERE Subject = 'May' GROUP BY {part}(StartDateTime)"
    assert await rows(omar, text) == [(value,)]
    text = f"SELECT Subject FROM Event WHERE {part}(StartDateTime) = {value} AND StartDateTime > 2027-02-01T00:00:00Z"
    assert await rows(omar, text) == [("May",)]
    if part not in ("DAY_ONLY", "HOUR_IN_DAY"):
        deal = {"Name": "One", "StageName": "Prospecting", "CloseDate": date(2027, 5, 9)}
        await company.make("omar", "Opportunity", **deal)
        assert await rows(omar, f"SELECT Name FROM Opportunity WHERE {part}(CloseDate) = {value}") == [
            ("One",)
        ]


async def test_moments_are_of_utc_unless_converted_to_ones_own_zone(company: Company) -> None:
    await talks(company)
    omar = await settle(company, "omar", TimeZoneSidKey="America/New_York")
    text = "SELECT Subject FROM Event WHERE CALENDAR_YEAR({}) = 2026 ORDER BY StartDateTime"
    assert await rows(omar, text.format("StartDateTime")) == [("Eve",)]
    assert await rows(omar, text.format("convertTimezone(StartDateTime)")) == [("Eve",), ("Year",)]
    text = "SELECT HOUR_IN_DAY({0}) h, COUNT(Id) n FROM Event GROUP BY HOUR_IN_DAY({0}) ORDER BY HOUR_IN_DAY({0})"
    assert await rows(omar, text.format("StartDateTime")) == [(0, 1), (12, 1), (23, 1)]
    assert await rows(omar, text.format("convertTimezone(StartDateTime)")) == [(8, 1), (18, 1), (19, 1)]
    text = "SELECT Subject FROM Event WHERE DAY_ONLY(convertTimezone(StartDateTime)) = 2026-12-31 ORDER BY Subject"
    assert await rows(omar, text) == [("Eve",), ("Year",)]


async def test_labels_and_values_as_their_reader_writes_them(company: Company) -> None:
    await deals(company)
    omar = await settle(company, "omar", LocaleSidKey="de_DE", TimeZoneSidKey="Europe/Berlin")
    text = "SELECT StageName, toLabel(StageName) called, FORMAT(Amount) said, FORMAT(CloseDate) FROM Opportunity "
    (found,) = await rows(omar, text + "WHERE Name = 'Two'")
    label = found[1]
    assert (
        found == ("Prospecting", label, "250,50\xa0€".replace("€", "$"), "02.01.27")
        and label != "Prospecting"
    )
    assert await rows(omar, "SELECT toLabel(StageName) FROM Opportunity WHERE Name = 'One'") == [(label,)]
    by = "SELECT Name FROM Opportunity WHERE {} ORDER BY Name"
    assert await rows(omar, by.format(f"toLabel(StageName) = '{label}'")) == [("One",), ("Two",)]
    assert await rows(omar, by.format(f"toLabel(StageName) IN ('{label.upper()}')")) == [("One",), ("Two",)]
    assert await rows(omar, by.format(f"toLabel(StageName) != '{label}'")) == [("Four",), ("Three",)]
    assert await rows(omar, "SELECT FORMAT(MAX(Amount)) most, FORMAT(COUNT(Id)) FROM Opportunity") == [
        ("250,50\xa0$", "4")
    ]
    text = "SELECT toLabel(StageName), FORMAT(CloseDate) d FROM Opportunity WHERE Name = 'One' GROUP BY StageName, CloseDate"
    assert await rows(omar, text) == [(label, "01.01.27")]
    ada = await company.api("ada")
    assert await rows(
        ada, "SELECT toLabel(StageName), FORMAT(Amount) FROM Opportunity WHERE Name = 'Two'"
    ) == [("Prospecting", "$250.50")]
    await company.make("omar", "Contact", LastName="Lund")
    (row,) = (await soql(omar, "SELECT FORMAT(Owner.CreatedDate) since, toLabel(Salutation) FROM Contact"))[
        "records"
    ]
    assert set(row) == {"attributes", "since", "Salutation"}


async def test_only_what_is_ones_own(company: Company) -> None:
    omar = await deals(company)
    await company.make("ada", "Opportunity", Name="Hers", StageName="Prospecting", CloseDate=date(2027, 1, 9),
                       Amount=Decimal(1))  # fmt: skip
    told = (await omar.get(f"{V}/sobjects/Opportunity/describe")).json()["supportedScopes"]
    assert [each["name"] for each in told] == ["everything", "mine"]
    ada, text = await company.api("ada"), "SELECT COUNT(Id) n FROM Opportunity USING SCOPE {}"
    assert await rows(ada, text.format("mine")) == [(1,)]
    assert await rows(ada, text.format("Everything WHERE Name != 'One'")) == [(4,)]
    mine = "SELECT Name FROM Opportunity o using  scope Mine WHERE o.Name = 'Hers' OR o.Name = 'One' LIMIT 5"
    assert (await rows(ada, mine), await rows(omar, mine)) == ([("Hers",)], [("One",)])
    await company.share(await company.make("nina", "Opportunity", **await company.deal_values() | {"AccountId": None}),
                        "omar")  # fmt: skip
    assert await rows(await company.api("nina"), text.format("everything")) == [(1,)]


async def test_groups_count_what_one_sees(company: Company) -> None:
    await deals(company)
    text = "SELECT CALENDAR_YEAR(CloseDate), COUNT(Id) n FROM Opportunity GROUP BY CALENDAR_YEAR(CloseDate)"
    for name in ("nina", "gus", "maya"):
        assert await rows(await company.api(name), text) == []


@pytest.mark.parametrize(
    "text",
    [
        "SELECT FORMAT({}) FROM Opportunity",
        "SELECT toLabel({}) FROM Opportunity",
        "SELECT FORMAT(SUM({})) FROM Opportunity",
        "SELECT COUNT(Id) FROM Opportunity GROUP BY CALENDAR_YEAR({})",
        "SELECT Id FROM Opportunity WHERE CALENDAR_YEAR({}) = 2027",
        "SELECT Id FROM Opportunity WHERE DAY_ONLY(convertTimezone({})) = 2027-01-01",
        "SELECT Id FROM Opportunity WHERE toLabel({}) = 'x'",
        "SELECT StageName FROM Opportunity GROUP BY StageName HAVING HOUR_IN_DAY({}) = 1",
        "SELECT Id FROM Opportunity ORDER BY DAY_IN_MONTH({})",
    ],
)
async def test_a_hidden_field_is_not_there_in_a_function_either(company: Company, text: str) -> None:
    await deals(company)
    maya = await company.api("maya")
    hidden, unknown = [await soql(maya, text.format(name), 400) for name in ("Amount", "Nonsense")]
    assert hidden[0]["message"] == "No such column 'Amount' on entity 'Opportunity'"
    assert unknown[0]["message"] == "No such column 'Nonsense' on entity 'Opportunity'"
    assert hidden[0]["errorCode"] == unknown[0]["errorCode"] == "INVALID_FIELD"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("SELECT CALENDAR_YEAR(CloseDate) FROM Opportunity", "grouped"),
        ("SELECT CALENDAR_YEAR(CloseDate) FROM Opportunity GROUP BY CALENDAR_MONTH(CloseDate)", "grouped"),
        ("SELECT convertCurrency(Amount) FROM Opportunity", "convertCurrency is not supported"),
        ("SELECT FORMAT(convertCurrency(Amount)) FROM Opportunity", "convertCurrency is not supported"),
        ("SELECT convertTimezone(CreatedDate) FROM Opportunity", "inside date functions"),
        ("SELECT COUNT(Id) FROM Opportunity GROUP BY ROLLUP(StageName, Type)", "ROLLUP is not supported"),
        ("SELECT COUNT(Id) FROM Opportunity GROUP BY CUBE(StageName)", "CUBE is not supported"),
        ("SELECT GROUPING(StageName) FROM Opportunity GROUP BY StageName", "GROUPING is not supported"),
        ("SELECT Id FROM Opportunity WHERE HOUR_IN_DAY(CloseDate) = 1", "no dateTime field"),
        (
            "SELECT Id FROM Opportunity WHERE CALENDAR_YEAR(convertTimezone(CloseDate)) = 1",
            "no dateTime field",
        ),
        ("SELECT Id FROM Opportunity WHERE CALENDAR_YEAR(Name) = 1", "no date or dateTime field"),
        ("SELECT Id FROM Opportunity WHERE CALENDAR_YEAR(CALENDAR_YEAR(CloseDate)) = 1", "takes a field"),
        ("SELECT Id FROM Opportunity WHERE CALENDAR_YEAR(MAX(CloseDate)) = 1", "not supported here"),
        ("SELECT Id FROM Opportunity WHERE FORMAT(Amount) = '1'", "not supported here"),
        ("SELECT toLabel(Name) FROM Opportunity", "no picklist"),
        ("SELECT Id FROM Opportunity WHERE toLabel(StageName) LIKE 'P%'", "toLabel"),
        ("SELECT Id FROM Opportunity ORDER BY toLabel(StageName)", "not supported here"),
        ("SELECT COUNT(Id) FROM Opportunity GROUP BY toLabel(StageName)", "not supported here"),
        ("SELECT COUNT(Id) FROM Opportunity GROUP BY COUNT(Id)", "grouped"),
        ("SELECT SUM(CALENDAR_YEAR(CloseDate)) FROM Opportunity", "one field alone"),
        ("SELECT FORMAT(FORMAT(Amount)) FROM Opportunity", "not supported"),
        ("SELECT Id FROM Opportunity USING SCOPE team", "scope team is not supported"),
        ("SELECT Id FROM User USING SCOPE mine", "scope mine is not supported"),
        (
            "SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Opportunity USING SCOPE mine)",
            "USING SCOPE",
        ),
        ("SELECT Name, (SELECT FORMAT(COUNT(Id)) FROM Opportunities) FROM Account", "neither counts"),
    ],
)
async def test_what_is_not_supported_says_so(company: Company, text: str, says: str) -> None:
    (refused,) = await soql(await company.api("omar"), text, 400)
    assert refused["errorCode"] == "MALFORMED_QUERY" and says in refused["message"], refused
