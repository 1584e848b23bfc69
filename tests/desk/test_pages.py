"""Pages of records as the cast meets them in a browser."""

import re
from datetime import date
from decimal import Decimal

from hubbub.core import ids
from tests.cast import Browser, Company


async def deal(company: Company, **more) -> int:
    values = {
        "Name": "Isdom, tide gauges",
        "StageName": "Prospecting",
        "CloseDate": date(2026, 12, 1),
        "Amount": Decimal(45140),
    }
    return await company.make("omar", "Opportunity", **(values | more))


def version_in(page: str) -> str:
    found = re.search(r'name="_version" value="(\d+)"', page)
    assert found
    return found[1]


async def text(browser: Browser, path: str, status: int = 200) -> str:
    answer = await browser.get(path)
    assert answer.status_code == status, answer.text
    return answer.text.replace("&#x2f;", "/")  # the engine writes slashes so, where a value is printed


async def test_record_page_shows_highlights_path_and_details(company: Company) -> None:
    account = await company.make("omar", "Account", Name="Isdom & Co")
    path = f"/r/{ids.show(await deal(company, AccountId=account))}"
    omar = await company.client("omar")
    page = await text(omar, path)
    assert (
        "Isdom, tide gauges" in page
        and "Isdom &amp; Co" in page
        and "45,140" in page
        and "Omar Haddad" in page
    )
    assert f"/r/{ids.show(account)}" in page
    assert "Needs Analysis" in page and "Share with the people on this opportunity" in page
    details = await text(omar, f"{path}?tab=details")
    assert "Forecast Category" in details and "Pipeline" in details


async def test_unseen_record_is_404_on_every_page_and_act(company: Company) -> None:
    key = ids.show(await deal(company))
    nina = await company.client("nina")
    nothing = ids.show(ids.make(ids.Type.OPPORTUNITY, 4711))
    for tail in ("", "/edit", "/fragment"):
        unseen, unknown = await nina.get(f"/r/{key}{tail}"), await nina.get(f"/r/{nothing}{tail}")
        assert unseen.status_code == unknown.status_code == 404
        same = [re.sub(r'(nonce|content)="[^"]*"|Request \w+', "", page.text) for page in (unseen, unknown)]
        assert same[0].replace(key, nothing) == same[1]
    for act in ("edit", "stage", "delete"):
        answer = await nina.submit(f"/r/{key}/{act}", stage="Closed Won", Name="Mine")
        assert answer.status_code == 404
    assert (await nina.get("/r/rubbish")).status_code == 404
    assert (await nina.get("/o/Rubbish")).status_code == 404


async def test_names_are_offered_as_they_are_in_every_language(company: Company) -> None:
    await company.make("omar", "Account", Name="Open")  # a word that pages have, too
    key = ids.show(await deal(company))
    omar = await company.client("omar")
    await omar.submit(f"/people/{company.key('omar')}/edit", locale="de_DE", last_name="Haddad")
    page = await text(omar, f"/r/{key}/edit")
    assert "Abbrechen" in page and '<option value="Open">' in page


async def test_reader_gets_no_form_and_403(company: Company) -> None:
    record_id = await deal(company)
    await company.share(record_id, "maya")
    maya = await company.client("maya")
    page = await text(maya, f"/r/{ids.show(record_id)}?tab=details")
    assert f"/r/{ids.show(record_id)}/edit" not in page and "45,140" not in page and "Amount" not in page
    await text(maya, f"/r/{ids.show(record_id)}/edit", 403)
    answer = await maya.submit(f"/r/{ids.show(record_id)}/stage", stage="Closed Won")
    assert answer.status_code == 403


async def test_form_saves_what_was_changed_and_says_what_is_wrong_beside_each_field(company: Company) -> None:
    key = ids.show(await deal(company))
    omar = await company.client("omar")
    form = await text(omar, f"/r/{key}/edit")
    assert 'name="Amount"' in form and 'value="45140' in form and 'name="IsClosed"' not in form
    wrong = await omar.submit(
        f"/r/{key}/edit", Amount="lots", CloseDate="tomorrow", Name="", NextStep="<b>call</b>", _version="1"
    )
    assert wrong.status_code == 422
    assert "Enter an amount" in wrong.text and "Enter a date" in wrong.text and "This is needed" in wrong.text
    assert "&lt;b&gt;call" in wrong.text, "what was typed is still there, and is text"
    right = await omar.submit(f"/r/{key}/edit", Amount="50,000.50", NextStep="Call", _version="1")
    assert right.status_code == 303
    page = await text(omar, f"/r/{key}?tab=details")
    assert "50,000.50" in page and "Call" in page and "Isdom, tide gauges" in page
    stale = await omar.submit(f"/r/{key}/edit", Amount="1", _version="1")
    assert stale.status_code == 409 and "Somebody else changed this" in stale.text


async def test_saving_a_form_untouched_changes_nothing_even_what_is_hidden(company: Company) -> None:
    account = await company.make("omar", "Account", Name="Isdom")
    record_id = await deal(company, AccountId=account)
    await company.share(record_id, "maya", 2)
    maya = await company.client("maya")
    form = await text(maya, f"/r/{ids.show(record_id)}/edit")
    assert "Amount" not in form
    answer = await maya.submit(
        f"/r/{ids.show(record_id)}/edit", Name="Isdom, tide gauges", AccountId="Isdom", StageName="Prospecting",
        CloseDate="2026-12-01", _version=version_in(form),
    )  # fmt: skip
    assert answer.status_code == 303
    async with company.act() as tx:
        kept = await tx.tuples(
            "select version, parent_id, n1 from record where org_id = %(org)s and id = %(id)s",
            {"id": record_id},
        )
    assert kept == [(1, account, Decimal(45140))]


async def test_new_record_by_form_with_a_lookup_by_name(company: Company) -> None:
    await company.make("omar", "Account", Name="Isdom")
    omar = await company.client("omar")
    assert 'name="StageName"' in await text(omar, "/o/Opportunity/new")
    missing = await omar.submit("/o/Opportunity/new", Name="Buoys")
    assert missing.status_code == 422 and missing.text.count("This is needed") >= 2
    wrong = await omar.submit(
        "/o/Opportunity/new",
        Name="Buoys",
        StageName="Prospecting",
        CloseDate="2026-05-01",
        AccountId="Nobody",
    )
    assert wrong.status_code == 422 and "There is no “Nobody”" in wrong.text
    made = await omar.submit(
        "/o/Opportunity/new", Name="Buoys", StageName="Prospecting", CloseDate="2026-05-01", AccountId="isdom"
    )
    assert made.status_code == 303
    page = await text(omar, made.headers["location"])
    assert "Buoys" in page and "Isdom" in page


async def test_stage_moves_and_the_record_feed_tells_it_once(company: Company) -> None:
    key = ids.show(await deal(company))
    omar = await company.client("omar")
    assert (await omar.submit(f"/r/{key}/stage", stage="Negotiation/Review")).status_code == 303
    page = await text(omar, f"/r/{key}")
    assert "Prospecting" in page and page.count('class="changes"') <= 1 and "Negotiation/Review" in page
    refused = await omar.submit(f"/r/{key}/stage", stage="Rubbish")
    assert refused.status_code in (400, 422)
    async with company.act() as tx:
        assert await tx.value("select count(*) from feed_item where org_id = %(org)s") == 1
    streamed = await omar.post(
        f"/r/{key}/stage",
        data={"_csrf_token": omar.cookies["hubbub_csrf"], "stage": "Closed Won"},
        headers={"accept": "text/vnd.turbo-stream.html"},
    )
    assert streamed.status_code == 200 and "record-head" in streamed.text


async def test_change_of_a_hidden_field_alone_is_no_item_for_who_may_not_read_it(company: Company) -> None:
    record_id = await deal(company)
    await company.share(record_id, "maya")
    key = ids.show(record_id)
    omar, maya = await company.client("omar"), await company.client("maya")
    await omar.submit(f"/r/{key}/edit", Amount="77,713", _version="1")
    assert "77,713" in await text(omar, f"/r/{key}")
    page = await text(maya, f"/r/{key}")
    assert "77,713" not in page and "No talk here yet" in page
    await omar.submit(f"/r/{key}/edit", Amount="88,813", CloseDate="2027-01-02", _version="2")
    page = await text(maya, f"/r/{key}")
    assert "88,813" not in page and "2027" in page


async def test_list_pages_follow_each_other_without_gap_or_overlap(company: Company) -> None:
    for n in range(120):
        await company.make("omar", "Account", Name=f"Account {n % 40:03d}")
    nina = await company.client("nina")
    path, seen = "/o/Account", []
    while path:
        page = await text(nina, path)
        seen += re.findall(r'<th scope="row"><a href="/r/(\w+)">', page)
        found = re.search(r'href="(/o/Account\?[^"]*after=[^"]*)"', page)
        path = found[1].replace("&amp;", "&") if found else ""
    assert len(seen) == len(set(seen)) == 120
    assert (await nina.get("/o/Account?after=rubbish")).status_code == 400
    gus = await company.client("gus")
    assert "No Accounts" in await text(gus, "/o/Account")


async def test_deleted_record_is_gone_and_nobody_follows_it(company: Company) -> None:
    key = ids.show(await deal(company))
    omar = await company.client("omar")
    await omar.submit(f"/subjects/{key}/follow")
    assert (await omar.submit(f"/r/{key}/delete")).status_code == 303
    await text(omar, f"/r/{key}", 404)
    assert "Isdom, tide gauges" not in await text(omar, "/o/Opportunity")


async def test_giving_away_lands_where_one_may_still_be(company: Company) -> None:
    key = ids.show(await deal(company))
    omar = await company.client("omar")
    answer = await omar.submit(f"/r/{key}/edit", OwnerId="Nina Petrova", _version="1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/o/Opportunity")
