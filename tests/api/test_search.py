"""SOSL and parameterized search: what is found, in whose eyes, and what is no search."""

from typing import Any

import httpx
import pytest

from hubbub.core import ids
from hubbub.records.queries.soql.nodes import All, Any_, Not, Says
from hubbub.records.queries.sosl.parse import search_for
from hubbub.records.queries.sosl.words import MalformedSearch, conditions
from tests.cast import Company

V = "/services/data/v62.0"
DEAL = {"StageName": "Prospecting", "CloseDate": "2026-12-01"}


async def found(api: httpx.AsyncClient, sosl: str) -> list[dict[str, Any]]:
    answer = await api.get(f"{V}/search/", params={"q": sosl})
    assert answer.status_code == 200, answer.text
    return answer.json()["searchRecords"]


async def names(api: httpx.AsyncClient, words: str, returning: str = "Account(Id, Name)") -> list[str]:
    return sorted(row["Name"] for row in await found(api, f"FIND {{{words}}} RETURNING {returning}"))


async def make(api: httpx.AsyncClient, object: str, **values: Any) -> str:
    answer = await api.post(f"{V}/sobjects/{object}", json=values)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def test_words(company: Company) -> None:
    api = await company.api("omar")
    for name, more in {
        "Harbour Light": {"Phone": "+45 33 12 34 56", "Website": "https://harbour.example"},
        "Harbour & Sons": {"Description": "They build lighthouses. " * 40 + "Ask for the keeper."},
        "Ørsted Vind": {"Industry": "Energy"},
        "Lightship": {},
    }.items():
        await make(api, "Account", Name=name, **more)
    for words, expected in {
        "harbour": ["Harbour & Sons", "Harbour Light"],
        "HARBOUR light": ["Harbour Light"],
        "light": ["Harbour Light"],  # a word, not a part of one
        "light*": ["Harbour & Sons", "Harbour Light", "Lightship"],
        "l?ghtsh*p": ["Lightship"],
        "ørsted": ["Ørsted Vind"],
        "ØRST*": ["Ørsted Vind"],
        "lightship OR vind": ["Lightship", "Ørsted Vind"],
        "harbour AND NOT sons": ["Harbour Light"],
        "harbour AND (sons OR vind)": ["Harbour & Sons"],
        '"harbour light"': ["Harbour Light"],
        '"light harbour"': [],
        "harbour \\& sons": ["Harbour & Sons"],
        '"ask for the keeper"': ["Harbour & Sons"],  # texts that no query filters by are searched
        "harbour.example": ["Harbour Light"],
        "nothing": [],
    }.items():
        assert await names(api, words) == expected, words
    assert await names(api, "harbour", "Account(Name WHERE Name LIKE '%Light' ORDER BY Name LIMIT 5)") == [
        "Harbour Light"
    ]
    assert len(await found(api, "FIND {harbour} RETURNING Account LIMIT 1")) == 1
    assert await found(api, "FIND {energy} IN NAME FIELDS RETURNING Account") == []
    assert await found(api, "FIND {harbour} IN PHONE FIELDS RETURNING Account") == []
    (row,) = await found(api, 'find {"33 12 34"} in phone fields returning Account(Phone)')
    assert (row["attributes"]["type"], row["Phone"]) == ("Account", "+45 33 12 34 56")
    everywhere = await found(api, "FIND {Haddad}")
    assert [each["attributes"]["type"] for each in everywhere] == ["User"]
    assert (everywhere[0]["Id"], set(everywhere[0])) == (company.key("omar"), {"attributes", "Id"})
    old = await api.get("/services/data/v36.0/search", params={"q": "FIND {vind} RETURNING Account(Name)"})
    assert [row["Name"] for row in old.json()] == ["Ørsted Vind"]


async def test_parameters(company: Company) -> None:
    api = await company.api("omar")
    account = await make(api, "Account", Name="Tidal Works", Phone="12345678")
    await make(api, "Contact", LastName="Tidal", FirstName="Tess")
    at = f"{V}/parameterizedSearch"
    for answer in (
        await api.get(at, params={"q": "tidal", "sobject": "Account", "Account.fields": "Id,Name", "Account.limit": "1"}),
        await api.get(at, params={"q": "tidal", "sobject": "Account", "fields": "Id, Name", "in": "NAME"}),
        await api.get(at, params={"q": "tidal", "sobject": "Account", "fields": "Id,Name", "Account.where": "Phone != null"}),
        await api.post(at, json={"q": "tidal", "fields": ["Id", "Name"], "sobjects": [{"name": "Account"}]}),
        await api.post(
            at, json={"q": "tidal", "sobjects": [{"name": "Account", "fields": ["Id", "Name"], "where": "Name LIKE 'Ti%'"}]}
        ),
    ):  # fmt: skip
        assert answer.status_code == 200, answer.text
        (row,) = answer.json()["searchRecords"]
        assert (row["Id"], row["Name"]) == (account, "Tidal Works")
    both = await api.get(at, params=[("q", "tidal"), ("sobject", "Contact"), ("sobject", "Account")])
    assert [row["attributes"]["type"] for row in both.json()["searchRecords"]] == ["Contact", "Account"]
    one = await api.post(at, json={"q": "tidal", "overallLimit": 1})
    assert len(one.json()["searchRecords"]) == 1


async def test_nobody_finds_what_he_may_not_read(company: Company) -> None:
    ada, omar = await company.api("ada"), await company.api("omar")
    deal = await make(omar, "Opportunity", Name="Quayside", NextStep="Zephyr clause", **DEAL)
    asked = "Opportunity(Name)"
    assert await names(await company.api("noor"), "zephyr", asked) == ["Quayside"]
    for who in ("nina", "gus"):  # neither sees the deal; a guest no colleague either
        api = await company.api(who)
        assert await names(api, "quayside OR zephyr", asked) == []
        assert [row["attributes"]["type"] for row in await found(api, "FIND {quayside OR zephyr}")] == []
    assert await found(await company.api("gus"), "FIND {haddad}") == []
    await company.share(ids.parse(deal), "gus")
    assert await names(await company.api("gus"), "quayside", asked) == ["Quayside"]
    # A field that one may not read finds nothing, by word, by filter or by its absence.
    where = "Parent.Name = 'Standard User' AND Field = 'Opportunity.NextStep'"
    rows = await ada.get(f"{V}/query", params={"q": f"SELECT Id FROM FieldPermissions WHERE {where}"})
    row = rows.json()["records"][0]["Id"]
    assert (await ada.delete(f"{V}/sobjects/FieldPermissions/{row}")).status_code == 204
    noor = await company.api("noor")
    assert await names(noor, "zephyr", asked) == []
    assert await names(noor, "quayside", asked) == ["Quayside"]
    assert await names(noor, "quayside AND NOT zephyr", asked) == ["Quayside"]
    assert await names(ada, "zephyr", asked) == ["Quayside"]
    refused = await noor.get(f"{V}/search", params={"q": "FIND {quayside} RETURNING Opportunity(NextStep)"})
    missing = await noor.get(f"{V}/search", params={"q": "FIND {quayside} RETURNING Opportunity(Nothing)"})
    for answer, name in ((refused, "NextStep"), (missing, "Nothing")):
        assert answer.status_code == 400
        assert answer.json()[0]["message"].replace(name, "X") == "No such column 'X' on entity 'Opportunity'"
    assert (await omar.delete(f"{V}/sobjects/Opportunity/{deal}")).status_code == 204
    assert await names(omar, "quayside", asked) == []


async def test_what_is_no_search_is_told(company: Company) -> None:
    api = await company.api("omar")
    for text, code in {
        "": "MALFORMED_SEARCH",
        "SELECT Id FROM Account": "MALFORMED_SEARCH",
        "FIND {tides} IN SOME FIELDS": "MALFORMED_SEARCH",
        "FIND {tides} RETURNING Account(COUNT())": "MALFORMED_SEARCH",
        "FIND {tides} RETURNING Account(Id FROM User)": "MALFORMED_SEARCH",
        "FIND {tides} RETURNING Account(Id) LIMIT 2001": "MALFORMED_SEARCH",
        "FIND {tides} RETURNING Account(Id WHERE)": "MALFORMED_SEARCH",
        "FIND {tides} RETURNING Nothing(Id)": "INVALID_TYPE",
        "FIND {tides} RETURNING PermissionSet": "INVALID_TYPE",
        "FIND {tides} RETURNING Account(Nothing)": "INVALID_FIELD",
    }.items():
        answer = await api.get(f"{V}/search", params={"q": text})
        assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, code), (text, answer.text)
    at = f"{V}/parameterizedSearch"
    for sent in ({}, {"q": 1}, {"q": "tides", "sobjects": "Account"}, {"q": "tides", "sobjects": [{"name": "A B"}]},
                 {"q": "tides", "overallLimit": 0},
                 {"q": "tides", "sobjects": [{"name": "Account", "where": "Id FROM"}]}):  # fmt: skip
        assert (await api.post(at, json=sent)).status_code == 400, sent
    assert (await (await company.nobody()).get(f"{V}/search?q=FIND+%7Btides%7D")).status_code == 401


def test_how_words_are_read() -> None:
    def leaf(pattern: str) -> Says:
        return Says("ALL", rf"\m{pattern}\M")

    a, b, c = leaf("aa"), leaf("bb"), leaf("cc")
    for text, expected in {
        "aa": a,
        "aa bb": All((a, b)),
        "aa and bb": All((a, b)),
        "aa OR bb cc": Any_((a, All((b, c)))),
        "(aa OR bb) cc": All((Any_((a, b)), c)),
        "aa AND NOT (bb OR cc)": All((a, Not(Any_((b, c))))),
        "aa NOT bb": All((a, Not(b))),
        '"aa.bb"': leaf(r"aa\W+bb"),
        "aa.bb": leaf(r"aa\W+bb"),
        "aa & bb": All((a, b)),
        '"OR"': leaf("OR"),
        "a*b": leaf(r"a\w*b"),
        "aa**": leaf(r"aa\w*"),
        "a?b": leaf(r"a\wb"),
        "aa\\*": a,
    }.items():
        assert conditions(text, "ALL") == expected, text


@pytest.mark.parametrize("text", ["", "  ", "a", "a*", "*aa", "?aa", "&&", "aa AND", "AND aa", "OR aa", "aa OR", "NOT aa",
                                  "(aa", "aa)", "()", '"aa', "aa AND OR bb", "(" * 40 + "aa" + ")" * 40, "aa " * 40,
                                  "a" * 2000, "a\0b", "\ud800a"])  # fmt: skip
def test_words_that_are_none(text: str) -> None:
    with pytest.raises(MalformedSearch):
        conditions(text, "ALL")


def test_statements() -> None:
    said = search_for(
        "FIND {a\\}b} IN EMAIL FIELDS RETURNING Account(Id, Name WHERE Name = ')(' LIMIT 3), Contact LIMIT 9"
    )
    assert (said.words, said.group, said.limit) == ("a\\}b", "EMAIL", 9)
    assert [(each.source, each.limit) for each in said.returning] == [("Account", 3), ("Contact", None)]
    for text in ("FIND {a", "FIND a", "FIND {a} RETURNING", "FIND {a} RETURNING Account(", "FIND {a} RETURNING Account,",
                 "FIND {a} WITH x", "FIND {a} LIMIT 0", "FIND {a} RETURNING Account()", "x" * 30_000):  # fmt: skip
        with pytest.raises(MalformedSearch):
            search_for(text)
