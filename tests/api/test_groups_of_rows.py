"""SOQL that groups: what stands behind GROUP BY, HAVING and ORDER BY is about groups."""

from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import pytest

from tests.cast import Company

V = "/services/data/v62.0"


async def soql(api: httpx.AsyncClient, text: str, status: int = 200) -> Any:
    answer = await api.get(f"{V}/query", params={"q": text})
    assert answer.status_code == status, f"{text}: {answer.text}"
    return answer.json()


async def rows(api: httpx.AsyncClient, text: str) -> list[tuple[Any, ...]]:
    return [tuple(row.values())[1:] for row in (await soql(api, text))["records"]]


async def deals(company: Company) -> httpx.AsyncClient:
    for name, stage, day, amount in (
        ("One", "Prospecting", 1, "100"),
        ("Two", "Prospecting", 2, "250.50"),
        ("Three", "Closed Won", 2, "40"),
        ("Four", "Qualification", 3, None),
    ):
        await company.make(
            "omar", "Opportunity", Name=name, StageName=stage, CloseDate=date(2027, 1, day),
            Amount=amount and Decimal(amount),
        )  # fmt: skip
    return await company.api("omar")


async def test_groups_stand_by_what_they_are_grouped_by_whatever_its_type(company: Company) -> None:
    omar = await deals(company)
    fields = (await omar.get(f"{V}/sobjects/Opportunity/describe")).json()["fields"]
    told = {"date", "currency", "percent", "boolean", "reference", "picklist", "datetime"}
    assert told <= {field["type"] for field in fields}
    for field in fields:
        name, long = field["name"], field["type"] == "textarea"
        text = f"SELECT {name}, COUNT(Id) n FROM Opportunity GROUP BY {name} ORDER BY {name} DESC NULLS LAST"
        answer = await omar.get(f"{V}/query", params={"q": text})
        assert answer.status_code == (400 if long else 200), f"{text}: {answer.text}"
    assert await rows(
        omar, "SELECT CloseDate, COUNT(Id) n FROM Opportunity GROUP BY CloseDate ORDER BY CloseDate DESC"
    ) == [("2027-01-03", 1), ("2027-01-02", 2), ("2027-01-01", 1)]
    by_amount = "SELECT Amount FROM Opportunity GROUP BY Amount ORDER BY Amount NULLS LAST"
    assert await rows(omar, by_amount) == [(40.0,), (100.0,), (250.5,), (None,)]
    by_won = "SELECT IsWon, COUNT(Id) n FROM Opportunity GROUP BY IsWon ORDER BY IsWon DESC"
    assert await rows(omar, by_won) == [(True, 1), (False, 3)]


@pytest.mark.parametrize(
    ("having", "found"),
    [
        ("COUNT(Id) > 1", ["Prospecting"]),
        ("COUNT(Id) = 1 AND StageName LIKE 'clo%'", ["Closed Won"]),
        ("(NOT StageName IN ('prospecting')) AND SUM(Amount) != null", ["Closed Won"]),
        ("SUM(Amount) = null", ["Qualification"]),
        ("AVG(Amount) >= 175.25 OR MIN(Amount) < 41", ["Closed Won", "Prospecting"]),
        ("MAX(CloseDate) > 2027-01-02", ["Qualification"]),
        ("MIN(CloseDate) IN (2027-01-01, 2027-01-03)", ["Prospecting", "Qualification"]),
        ("COUNT_DISTINCT(CloseDate) = 2", ["Prospecting"]),
        ("COUNT(Amount) < 1", ["Qualification"]),
    ],
)
async def test_having_keeps_groups(company: Company, having: str, found: list[str]) -> None:
    omar = await deals(company)
    text = f"SELECT StageName FROM Opportunity WHERE Name != 'Five' GROUP BY StageName HAVING {having} ORDER BY StageName"
    assert [stage for (stage,) in await rows(omar, text)] == found
    assert await rows(await company.api("nina"), text) == []


async def test_groups_stand_by_what_is_counted(company: Company) -> None:
    omar = await deals(company)
    text = "SELECT StageName, COUNT(Id) n FROM Opportunity GROUP BY StageName ORDER BY {}"
    assert await rows(omar, text.format("COUNT(Id) DESC, StageName DESC LIMIT 2")) == [
        ("Prospecting", 2),
        ("Qualification", 1),
    ]
    by_sum = text.format("sum(Amount) DESC NULLS LAST")
    assert [stage for stage, _ in await rows(omar, by_sum)] == ["Prospecting", "Closed Won", "Qualification"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("SELECT Id FROM Opportunity WHERE COUNT(Id) > 1", "MALFORMED_QUERY"),
        ("SELECT Id FROM Opportunity ORDER BY COUNT(Id)", "MALFORMED_QUERY"),
        ("SELECT Id FROM Opportunity HAVING COUNT(Id) > 1", "MALFORMED_QUERY"),
        ("SELECT StageName FROM Opportunity GROUP BY StageName HAVING Name = 'One'", "MALFORMED_QUERY"),
        ("SELECT StageName FROM Opportunity GROUP BY StageName HAVING COUNT() > 1", "MALFORMED_QUERY"),
        ("SELECT StageName FROM Opportunity GROUP BY StageName HAVING SUM(Name) > 1", "MALFORMED_QUERY"),
        ("SELECT StageName FROM Opportunity GROUP BY StageName HAVING", "MALFORMED_QUERY"),
        ("SELECT StageName FROM Opportunity GROUP BY StageName HAVING COUNT(Id) > 'a'", "INVALID_FIELD"),
        (
            "SELECT StageName FROM Opportunity GROUP BY StageName HAVING COUNT(Id) LIKE 'a'",
            "INVALID_QUERY_FILTER_OPERATOR",
        ),
        ("SELECT StageName FROM Opportunity GROUP BY StageName HAVING COUNT(Id) > TODAY", "INVALID_FIELD"),
        (
            f"SELECT StageName FROM Opportunity GROUP BY StageName HAVING {'COUNT(Id)=1 OR ' * 501}Id=null",
            "QUERY_TOO_COMPLICATED",
        ),
        ("SELECT Id FROM ListView WHERE COUNT(Id) = 'a'", "MALFORMED_QUERY"),
        ("SELECT Id FROM OpportunityShare WHERE COUNT(OpportunityId) = 'a'", "MALFORMED_QUERY"),
    ],
)
async def test_what_is_no_question_about_groups(company: Company, text: str, code: str) -> None:
    answer = await soql(await company.api("omar"), text, 400)
    assert answer[0]["errorCode"] == code, answer


async def test_having_says_nothing_of_a_field_that_one_may_not_read(company: Company) -> None:
    await deals(company)
    maya = await company.api("maya")
    for behind in ("HAVING SUM({}) > 1", "HAVING COUNT({}) > 0", "ORDER BY MAX({})"):
        text = f"SELECT StageName FROM Opportunity GROUP BY StageName {behind}"
        hidden, unknown = [await soql(maya, text.format(name), 400) for name in ("Amount", "Nonsense")]
        assert hidden[0]["message"].replace("Amount", "Nonsense") == unknown[0]["message"]
        assert hidden[0]["errorCode"] == "INVALID_FIELD"
