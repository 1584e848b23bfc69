"""List views: which records stand in a list, in which columns and order; saved, shared, exported; without a leak."""

import csv
import io
import re
from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import quote

import httpx
import pytest

from hubbub import people, records
from hubbub.core import clock, ids
from tests.cast import Browser, Company
from tests.desk.test_pages import deal, text

Q = "/o/Opportunity"


def names(page: str) -> list[str]:
    """The names of a list's rows, in their order."""
    return re.findall(r'<th scope="row"><a href="[^"]*">([^<]*)</a>', page)


def filtered(*rows: tuple[str, str, str], **more: str) -> str:
    pairs = [("filtered", "1")] + [
        (key, value) for row in rows for key, value in zip(("f", "op", "v"), row, strict=True)
    ]
    return Q + "?" + "&".join(f"{key}={quote(value)}" for key, value in [*pairs, *more.items()])


async def three(company: Company) -> list[int]:
    today = clock.now().date()
    account = await company.make("omar", "Account", Name="O'Hara & 100% Sons")
    return [
        await deal(company, Name="Buoys", Amount=Decimal(100), CloseDate=today, AccountId=account),
        await deal(company, Name="Chains", Amount=Decimal(900), CloseDate=today + timedelta(40)),
        await deal(company, Name="Anchors", Amount=None, StageName="Closed Won", CloseDate=date(2025, 1, 5)),
    ]


async def test_filters_of_every_kind_columns_and_sorting(company: Company) -> None:
    await three(company)
    omar = await company.client("omar")

    async def found(*rows: tuple[str, str, str], **more: str) -> set[str]:
        return set(names(await text(omar, filtered(*rows, **more))))

    assert await found() == {"Buoys", "Chains", "Anchors"}
    assert await found(("Amount", "greaterThan", "500")) == {"Chains"}
    assert await found(("Amount", "lessOrEqual", "$100")) == {"Buoys"}
    assert await found(("Amount", "equals", "")) == {"Anchors"}
    assert await found(("Amount", "notEqual", "")) == {"Buoys", "Chains"}
    assert await found(("Amount", "notEqual", "100")) == {"Chains", "Anchors"}, "nothing is not a hundred"
    assert await found(("Name", "contains", "AN")) == {"Anchors"}
    assert await found(("Name", "notContain", "s")) == set()
    assert await found(("Name", "startsWith", "b")) == {"Buoys"}
    assert await found(("StageName", "equals", "Prospecting, Closed Won")) == {"Buoys", "Chains", "Anchors"}
    assert await found(("StageName", "notEqual", "Closed Won,Nothing")) == {"Buoys", "Chains"}
    assert await found(("IsClosed", "equals", "yes")) == {"Anchors"}
    assert await found(("CloseDate", "equals", "today")) == {"Buoys"}
    assert await found(("CloseDate", "greaterThan", "this month")) == {"Chains"}
    assert await found(("CloseDate", "lessThan", "2025-02-01")) == {"Anchors"}
    assert await found(("CloseDate", "equals", "next 60 days")) == {"Chains"}
    assert await found(("CreatedDate", "equals", clock.now().date().isoformat())) == {
        "Buoys",
        "Chains",
        "Anchors",
    }
    assert await found(("CreatedDate", "lessThan", clock.now().date().isoformat())) == set()
    assert await found(("AccountId", "equals", "o'hara & 100% sons")) == {"Buoys"}
    assert await found(("AccountId", "contains", "100%")) == {"Buoys"}
    assert await found(("AccountId", "contains", "1_0")) == set(), "a wildcard stands for itself"
    assert await found(("OwnerId", "startsWith", "Omar")) == {"Buoys", "Chains", "Anchors"}
    assert await found(("Amount", "greaterThan", "50"), ("Name", "contains", "y")) == {"Buoys"}

    async def order(field: str, way: str) -> list[str]:
        return names(await text(omar, f"{Q}?sort={field}&dir={way}"))

    assert await order("Amount", "asc") == ["Buoys", "Chains", "Anchors"], "what is empty stands last"
    assert await order("Amount", "desc") == ["Chains", "Buoys", "Anchors"]
    assert await order("Name", "desc") == ["Chains", "Buoys", "Anchors"]
    assert (await order("AccountId", "asc"))[0] == "Buoys"
    page = await text(omar, f"{Q}?c=NextStep&c=Name&sort=Name&dir=asc")
    assert re.findall(r'<th scope="col"[^>]*>(?:<a[^>]*>)?([\w ]+)', page) == [
        "Next Step",
        "Opportunity Name",
    ]
    assert 'aria-sort="ascending"' in page


@pytest.mark.parametrize("row", [("Amount", "equals", "much"), ("CloseDate", "equals", "some day"), ("Amount", "contains", "1"),
                                 ("Nothing", "equals", "1"), ("Description", "equals", "1"), ("Name", "like", "1"),
                                 ("CloseDate", "equals", "last 99999 years"), ("Name", "contains", ""),
                                 ("IsClosed", "equals", "perhaps"), ("Amount", "equals", "9e999"),
                                 ("CloseDate", "equals", "9999-99-99")])  # fmt: skip
async def test_a_wrong_filter_is_told_and_what_was_written_stays(
    company: Company, row: tuple[str, str, str]
) -> None:
    await three(company)
    omar = await company.client("omar")
    answer = await omar.get(filtered(row))
    assert answer.status_code == 422
    assert f'value="{row[2]}"' in answer.text and len(names(answer.text)) == 3


async def test_pages_by_place_neither_skip_nor_repeat_whatever_they_are_sorted_by(company: Company) -> None:
    for number in range(120):
        amount = Decimal(number % 7) if number % 3 else None
        await deal(company, Name=f"Deal {number:03}", Amount=amount)
    omar = await company.client("omar")
    for sort in (
        "Amount",
        "Name",
        "LastModifiedDate",
        "CloseDate",
        "AccountId",
        "IsClosed",
        "StageName",
        "OwnerId",
    ):
        for way in ("asc", "desc"):
            seen, url = [], f"{Q}?sort={sort}&dir={way}"
            while url:
                page = await text(omar, url)
                seen += names(page)
                following = re.search(r'<a class="button" href="([^"]*)">Next page', page)
                url = following[1].replace("&amp;", "&") if following else ""
                if len(seen) == 50:
                    await deal(company, Name="Deal 000 a newcomer")
            kept = [name for name in seen if "newcomer" not in name]
            assert sorted(kept) == [f"Deal {n:03}" for n in range(120)], (sort, way)
    for bad in ("rubbish", "WzEsdHJ1ZSwxLCIxIl0", ""):
        assert (await omar.get(f"{Q}?sort=Amount&after={bad}")).status_code == 400


async def test_a_view_is_saved_shared_changed_and_deleted_by_whom_it_belongs_to(company: Company) -> None:
    await three(company)
    omar, noor, nina, ada, gus = [
        await company.client(name) for name in ("omar", "noor", "nina", "ada", "gus")
    ]
    said = {
        "filtered": "1",
        "f": "Amount",
        "op": "greaterThan",
        "v": "50",
        "c": ["Name", "Amount"],
        "sort": "Amount",
    }

    async def save(browser: Browser, **more: str) -> httpx.Response:
        return await browser.submit(f"{Q}/views", name="Big ones", view="all", **said, **more)

    mine = (await save(omar)).headers["location"]
    key = mine.rpartition("=")[2]
    page = await text(omar, mine)
    assert names(page) == ["Buoys", "Chains"] and "Big ones" in page and "Amount greater than 50" in page
    assert (await noor.get(mine)).status_code == (await ada.get(mine)).status_code == 404, "it is his own"
    assert "Big ones" not in await text(ada, Q)
    assert (await ada.submit(f"{Q}/views/{key}", name="Mine", shared="1")).status_code == 404
    assert (await ada.submit(f"{Q}/views/{key}/delete")).status_code == 404

    assert (await omar.submit(f"{Q}/views/{key}", name="Big deals", shared="1")).status_code == 303
    assert names(await text(noor, mine)) == ["Buoys", "Chains"], "noor stands above omar"
    assert "Big deals" in await text(nina, Q)
    assert names(await text(nina, mine)) == [], "nina has the view, and sees what she sees anyway"
    assert (await gus.get(mine)).status_code == 404 and "Big deals" not in await text(gus, Q)
    for other in (noor, nina):
        assert (await other.submit(f"{Q}/views/{key}", name="Mine")).status_code == 403
        assert (await other.submit(f"{Q}/views/{key}/delete")).status_code == 403
    # who may not change it makes his own of it
    own = await noor.submit(f"{Q}/views", name="Noor's", view=key, filtered="1", mine="1")
    assert own.status_code == 303 and names(await text(noor, own.headers["location"])) == []
    assert (await gus.submit(f"{Q}/views", name="For all", shared="1")).status_code == 403
    assert (await gus.submit(f"{Q}/views", name="For me")).status_code == 303
    wrong = {"filtered": "1", "f": "Amount", "op": "equals", "v": "much"}
    assert (await omar.submit(f"{Q}/views", name="Wrong", **wrong)).status_code == 422
    assert (await omar.submit(f"{Q}/views/{key}", name="Wrong", **wrong)).status_code == 422
    assert "Wrong" not in await text(omar, Q)
    for name in ("", "  ", "x" * 81):
        assert (await omar.submit(f"{Q}/views", name=name)).status_code == 422

    renamed = await ada.submit(
        f"{Q}/views/{key}", name="Ada's say", shared="1", filtered="1", f="Name", op="equals", v="Buoys"
    )
    assert renamed.status_code == 303 and names(await text(omar, mine)) == ["Buoys"]
    assert (await ada.submit(f"{Q}/views/{key}/delete")).status_code == 303
    assert (await omar.get(mine)).status_code == 404
    for built_in in ("all", "mine", "open", "mine-open", "closing", "recent"):
        await text(omar, f"{Q}?view={built_in}")
    wanted = f"{Q}?view={ids.show(ids.make(ids.Type.LIST_VIEW, 99))}"
    assert (await omar.get(wanted)).status_code == (await omar.get(f"{Q}?view=rubbish")).status_code == 404
    assert len(await company.events("records.view.created")) == 3


async def test_a_hidden_field_is_a_missing_field_in_views_that_others_share(company: Company) -> None:
    """maya may not read amounts: filters, columns and order by them are not there for her, and tell her nothing."""
    big, small, _ = await three(company)
    await company.share(big, "maya", 2)
    await company.share(small, "maya", 2)
    omar, maya = await company.client("omar"), await company.client("maya")
    shared = {"name": "By amount", "shared": "1", "sort": "Amount", "dir": "desc", "c": ["Amount", "Name"]}
    plain = (await omar.submit(f"{Q}/views", **shared)).headers["location"]
    asking = (
        await omar.submit(f"{Q}/views", **shared, filtered="1", f="Amount", op="greaterThan", v="4321")
    ).headers["location"]
    page = await text(maya, plain)
    assert "Amount" not in page and "$900" not in page
    usual = names(await text(maya, f"{Q}?view=all"))
    assert names(page) == usual, "sorted as lists usually are"
    page = await text(maya, asking)
    assert names(page) == [] and '"4321"' not in page and "Amount" not in page and "cannot read" in page
    assert 'class="small">' not in re.sub(r".*list-head", "", page, flags=re.DOTALL)[:900], "no count"
    # asked for by herself: the same words as for a field that is not there
    for url in (filtered(("{}", "greaterThan", "5")), f"{Q}?sort={{}}", f"{Q}?c={{}}"):
        hidden, missing = [
            await maya.get(url.replace("%7B%7D", "{}").format(name)) for name in ("Amount", "Nonsens")
        ]
        assert hidden.status_code == missing.status_code == 422
        told = [re.search(r'role="alert".*?<p>([^<]*)', each.text, re.DOTALL) for each in (hidden, missing)]
        assert told[0] and told[1] and told[0][1].replace("Amount", "") == told[1][1].replace("Nonsens", "")
    exported = (await maya.get(plain.replace("?", "/export?"))).text
    assert "Amount" not in exported and "900" not in exported
    assert len((await maya.get(asking.replace("?", "/export?"))).text.splitlines()) == 1
    # her own copy of what she cannot read lacks it, and is no way to guess
    own = await maya.submit(f"{Q}/views", name="Copy", view=asking.rpartition("=")[2])
    assert own.status_code == 303
    assert "Amount" not in await text(maya, own.headers["location"])


async def test_a_csv_file_has_the_columns_and_rows_that_one_sees_and_no_formula(company: Company) -> None:
    bad = [
        '=HYPERLINK("http://evil")',
        "+1",
        "-1+1",
        "@SUM(A1)",
        'a,b "c"',
        "=cmd|' /C calc'!A0",
        "＝1+1",
        "＠SUM(A1)",
    ]
    for name in bad:
        await deal(company, Name=name, Amount=Decimal("-5.50"), NextStep="\t=1")
    omar, nina = await company.client("omar"), await company.client("nina")
    answer = await omar.get(f"{Q}/export?c=Name&c=Amount&c=CloseDate&c=OwnerId&c=IsClosed&c=CreatedDate")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="All-Opportunities.csv"'
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert rows[0] == [
        "Opportunity Name",
        "Amount",
        "Close Date",
        "Opportunity Owner",
        "Closed",
        "Created",
    ]
    assert {row[0] for row in rows[1:]} == {name if name[0] not in "=+-@＝＠" else f"'{name}" for name in bad}
    assert all(row[1:5] == ["-5.50", "2026-12-01", "Omar Haddad", "false"] for row in rows[1:]), (
        "a figure is a figure"
    )
    assert len((await nina.get(f"{Q}/export")).text.splitlines()) == 1
    assert (await omar.get(f"{Q}/export?filtered=1&f=Amount&op=equals&v=much")).status_code == 400
    assert (await omar.get("/o/Nothing/export")).status_code == 404


async def test_more_rows_than_a_page_are_exported(company: Company) -> None:
    async with company.act() as tx:
        me = await people.actor(tx, company.id("omar"), client="test")
        values = {"StageName": "Prospecting", "CloseDate": date(2026, 12, 1)}
        await records.insert_records(
            tx, me, "Opportunity", [records.NewRecord({"Name": f"D{n}", **values}) for n in range(1203)]
        )
    omar = await company.client("omar")
    rows = (await omar.get(f"{Q}/export?c=Name&sort=Name")).text.splitlines()[1:]
    assert len(rows) == len(set(rows)) == 1203
    assert "1,203 opportunities" in await text(omar, Q)


async def test_views_of_every_object_open_and_say_what_to_do_when_empty(company: Company) -> None:
    for name in ("omar", "gus"):
        browser = await company.client(name)
        for object in "Account Contact Opportunity Lead Case Task Event Campaign CampaignMember Contract Asset Product2".split():
            page = await text(browser, f"/o/{object}")
            for key in set(re.findall(rf"/o/{object}\?view=([\w-]+)", page)):
                await text(browser, f"/o/{object}?view={key}")
    omar = await company.client("omar")
    await company.make("omar", "Task", Subject="Call back", ActivityDate=clock.now().date() - timedelta(2))
    await company.make("omar", "Task", Subject="Write", ActivityDate=clock.now().date())
    assert names(await text(omar, "/o/Task?view=overdue")) == ["Call back"]
    assert names(await text(omar, "/o/Task?view=today")) == ["Write"]
    assert "Nothing fits this view" in await text(omar, "/o/Case?view=mine-open")


async def test_values_are_said_in_the_language_of_who_looks(company: Company) -> None:
    await company.make("omar", "Case", Subject="The lamp is out", Priority="High")
    async with company.act() as tx:
        await tx.run(
            "update app_user set locale = 'de' where org_id = %(org)s and id = %(id)s",
            {"id": company.id("omar")},
        )
    address = "/o/Case?filtered=1&f=Priority&op=equals&v=High&c=Subject&c=Priority&c=IsClosed"
    page = (await (await company.client("omar")).get(address)).text
    rows = page.partition("<tbody>")[2].partition("</tbody>")[0]
    assert "Hoch" in rows and "High" not in rows and "Nein" in rows
    assert "ist Hoch" in page
    assert "High" in (await (await company.client("noor")).get(address)).text.partition("<tbody>")[2]
