"""What somebody opened last: for himself alone, and only what he still sees."""

import re
from typing import Any

from hubbub import desk, people, records
from hubbub.core import ids
from hubbub.records.actions import viewing
from tests.cast import Company

V = "/services/data/v62.0"


async def recent(company: Company, who: str, end: str = "") -> list[str]:
    answer = await (await company.api(who)).get(f"{V}/recent{end}")
    assert answer.status_code == 200, answer.text
    return [each["Name"] for each in answer.json()]


async def ask(company: Company, who: str, query: str) -> list[dict[str, Any]]:
    answer = await (await company.api(who)).get(f"{V}/query", params={"q": query})
    assert answer.status_code == 200, answer.text
    return answer.json()["records"]


async def test_what_i_opened_last_comes_first_for_me_alone(company: Company) -> None:
    mill, ferry = [await company.make("omar", "Account", Name=name) for name in ("Mill", "Ferry")]
    omar, noor = await company.client("omar"), await company.client("noor")
    for each in (mill, ferry):
        assert (await omar.get(f"/r/{ids.show(each)}")).status_code == 200
    assert await recent(company, "omar") == ["Ferry", "Mill"]
    assert await recent(company, "omar", "?limit=1") == ["Ferry"]
    for who in ("noor", "ada", "nina", "gus"):  # she stands above him; nobody is told what others open
        assert await recent(company, who) == []
    # a link that was only pointed at is not opened
    other = await company.make("omar", "Account", Name="Quay")
    await omar.get(f"/r/{ids.show(other)}", headers={"x-sec-purpose": "prefetch"})
    assert "Quay" not in await recent(company, "omar")
    palette = (await omar.get("/jump")).text
    assert palette.index("Recently viewed") < palette.index("Ferry") < palette.index("Mill")
    assert "Recently viewed" not in (await noor.get("/jump")).text
    brief = (await (await company.api("omar")).get(f"{V}/sobjects/Account")).json()["recentItems"]
    assert [each["Id"] for each in brief] == [ids.show(ferry), ids.show(mill)]
    assert brief[0]["attributes"] == {"type": "Account", "url": f"{V}/sobjects/Account/{ids.show(ferry)}"}
    assert (await (await company.api("omar")).get(f"{V}/sobjects/Contact")).json()["recentItems"] == []


async def test_what_i_no_longer_see_is_not_among_what_i_opened(company: Company) -> None:
    deal = await company.make("omar", "Opportunity", **await company.deal_values())
    await company.share(deal, "maya")
    assert (await (await company.client("maya")).get(f"/r/{ids.show(deal)}")).status_code == 200
    query = "SELECT Id, Name, Type, LastViewedDate FROM RecentlyViewed ORDER BY LastViewedDate DESC"
    assert [each["Type"] for each in await ask(company, "maya", query)] == ["Opportunity"]
    async with company.act() as tx:
        await records.unshare_record(tx, await people.actor(tx, company.id("ada")), deal, company.id("maya"))
    assert await recent(company, "maya") == []
    assert await ask(company, "maya", query) == []
    # what is purged is forgotten
    async with company.act() as tx:
        omar = await people.actor(tx, company.id("omar"))
        await desk.delete_record(tx, omar, deal)
        await desk.purge_record(tx, omar, deal)
        await desk.forget_records(tx, [str(deal)])
        assert not await tx.value("select count(*) from record_view where org_id = %(org)s")


async def test_soql_tells_when_i_opened_a_record_and_opens_by_for_view(company: Company) -> None:
    mill, ferry = [ids.show(await company.make("omar", "Account", Name=name)) for name in ("Mill", "Ferry")]
    await (await company.client("omar")).get(f"/r/{mill}")
    query = "SELECT Name, LastViewedDate FROM Account ORDER BY LastViewedDate DESC NULLS LAST, Name"
    found = await ask(company, "omar", query)
    assert [(each["Name"], each["LastViewedDate"] is None) for each in found] == [
        ("Mill", False),
        ("Ferry", True),
    ]
    assert {each["LastViewedDate"] for each in await ask(company, "noor", query)} == {None}
    assert [each["Name"] for each in await ask(company, "omar", "SELECT Name FROM Account WHERE LastViewedDate != null")] == [
        "Mill"
    ]  # fmt: skip
    await ask(company, "omar", f"SELECT Id FROM Account WHERE Id = '{ferry}' FOR REFERENCE")
    assert await recent(company, "omar") == ["Mill"]
    await ask(company, "omar", f"SELECT Id FROM Account WHERE Id = '{ferry}' FOR VIEW")
    assert await recent(company, "omar") == ["Ferry", "Mill"]


async def test_a_person_has_so_many_looks_and_no_more(company: Company, monkeypatch: Any) -> None:
    made = [await company.make("omar", "Account", Name=f"A {number}") for number in range(4)]
    monkeypatch.setattr(viewing, "MOST_VIEWED", 2)
    for each in made:
        async with company.act() as tx:
            await records.note_viewed(tx, await people.actor(tx, company.id("omar")), [each])
    assert await recent(company, "omar") == ["A 3", "A 2"]


async def test_what_i_opened_last_stands_beside_the_feeds(company: Company) -> None:
    names = ("Mill", "Ferry", "Quay", "Lock", "Pier", "Dock")
    made = [await company.make("omar", "Account", Name=name) for name in names]
    omar, noor = await company.client("omar"), await company.client("noor")
    assert 'class="recent"' not in (await omar.get("/")).text
    for each in made:
        await omar.get(f"/r/{ids.show(each)}")
    for path in ("/", "/feeds/to", "/people", "/notices"):
        beside = (await omar.get(path)).text.partition('class="recent"')[2].partition("</details>")[0]
        assert re.findall(r"<bdi[^>]*>(\w+)</bdi>", beside) == ["Dock", "Pier", "Lock", "Quay", "Ferry"], path
    assert 'class="recent"' not in (await noor.get("/")).text  # what he opened is for him alone
    deal = await company.make("omar", "Opportunity", **await company.deal_values())
    await company.share(deal, "maya")
    maya = await company.client("maya")
    await maya.get(f"/r/{ids.show(deal)}")
    assert f'href="/r/{ids.show(deal)}"' in (await maya.get("/people")).text.replace("&#x2f;", "/")
    async with company.act() as tx:
        await records.unshare_record(tx, await people.actor(tx, company.id("ada")), deal, company.id("maya"))
    assert 'class="recent"' not in (await maya.get("/people")).text
