"""Changing fields where they stand, undoing it, and two editors of one record."""

import re
from datetime import timedelta
from decimal import Decimal

from hubbub.core import clock, ids
from tests.cast import Company
from tests.desk.test_pages import deal, text, version_in

STREAM = {"accept": "text/vnd.turbo-stream.html"}


async def test_one_field_is_changed_where_it_stands(company: Company) -> None:
    record = await deal(company)
    path = f"/r/{ids.show(record)}"
    omar = await company.client("omar")
    assert f'href="{path}/fields/Amount"' in await text(omar, f"{path}?tab=details")
    assert 'data-edit="Amount"' in await text(omar, "/o/Opportunity")
    assert "Edit Isdom" in await text(omar, f"{path}/fields/Amount"), "without script it is a page"
    form = await omar.get(f"{path}/fields/amount", headers=STREAM)
    assert form.status_code == 200 and form.text.count("<input") == 4 and "45140" in form.text
    wrong = await omar.post(
        f"{path}/fields/Amount", headers=STREAM,
        data={"_csrf_token": omar.cookies["hubbub_csrf"], "Amount": "lots", "_version": "1"},
    )  # fmt: skip
    assert wrong.status_code == 422 and "Enter an amount" in wrong.text and 'value="lots"' in wrong.text
    right = await omar.post(
        f"{path}/fields/Amount", headers=STREAM,
        data={"_csrf_token": omar.cookies["hubbub_csrf"], "Amount": "1,250", "_version": "1"},
    )  # fmt: skip
    assert right.status_code == 200 and "$1,250" in right.text and 'data-version="2"' in right.text
    plain = await omar.submit(f"{path}/fields/NextStep", NextStep="=1+1", _version="2")
    assert plain.status_code == 303 and plain.headers["location"].endswith("?tab=details&saved=3")
    page = await text(omar, plain.headers["location"])
    assert f"{path}/undo?version=3" in page
    required = await omar.submit(f"{path}/fields/Name", Name="", _version="3")
    assert required.status_code == 422 and "This is needed" in required.text


async def test_whom_a_field_is_not_for(company: Company) -> None:
    record = await deal(company)
    await company.share(record, "maya", 2)
    path = f"/r/{ids.show(record)}"
    maya, nina, gus = [await company.client(name) for name in ("maya", "nina", "gus")]
    for name, status in (
        ("NextStep", 200),
        ("Amount", 400),
        ("Nonsense", 400),
        ("IsClosed", 404),
        ("OwnerId", 404),
    ):
        assert (await maya.get(f"{path}/fields/{name}")).status_code == status, name
    hidden, missing = await maya.get(f"{path}/fields/Amount"), await maya.get(f"{path}/fields/Nonsens")
    told = [re.sub(r'(nonce|content)="[^"]*"|Request \w+', "", page.text) for page in (hidden, missing)]
    assert told[0].replace("Amount", "") == told[1].replace("Nonsens", "")
    assert (await maya.submit(f"{path}/fields/Amount", Amount="1")).status_code == 400
    for other in (nina, gus):
        assert (await other.get(f"{path}/fields/NextStep")).status_code == 404
        assert (await other.submit(f"{path}/fields/NextStep", NextStep="x")).status_code == 404
        assert (await other.submit(f"{path}/undo", version="1")).status_code == 404


async def test_undo_gives_back_what_was_unless_somebody_changed_it_since(company: Company) -> None:
    record = await deal(company, NextStep="Write")
    key = ids.show(record)
    await company.share(record, "maya", 2)
    omar, maya = await company.client("omar"), await company.client("maya")
    await omar.submit(f"/r/{key}/edit", NextStep="Call", Amount="7", _version="1")
    assert (await maya.submit(f"/r/{key}/undo", version="2")).status_code == 409, "only what one did oneself"
    # what others change beside it does not stand in the way
    await maya.submit(f"/r/{key}/edit", Description="Said so", _version="2")
    assert (await omar.submit(f"/r/{key}/undo", version="2")).status_code == 303
    page = await text(omar, f"/r/{key}?tab=details")
    assert "Write" in page and "45,140" in page and "Said so" in page
    assert (await omar.submit(f"/r/{key}/undo", version="2")).status_code == 409, "once"
    await omar.submit(f"/r/{key}/edit", NextStep="Call")
    await maya.submit(f"/r/{key}/edit", NextStep="Meet")
    refused = await omar.submit(f"/r/{key}/undo", version="5")
    assert refused.status_code == 409 and "Next Step" in refused.text
    assert "Meet" in await text(omar, f"/r/{key}?tab=details")
    for bad in ("", "x", "99999", "1", "0"):
        assert (await omar.submit(f"/r/{key}/undo", version=bad)).status_code == 409
    assert "Undone" not in await text(omar, f"/r/{key}/history")


async def test_two_editors_of_one_record(company: Company) -> None:
    record = await deal(company, NextStep="Write")
    key = ids.show(record)
    await company.share(record, "maya", 2)
    omar, maya = await company.client("omar"), await company.client("maya")
    forms = [await text(browser, f"/r/{key}/edit") for browser in (omar, maya)]
    assert [version_in(form) for form in forms] == ["1", "1"]
    same = {
        "Name": "Isdom, tide gauges",
        "StageName": "Prospecting",
        "CloseDate": "2026-12-01",
        "_version": "1",
    }

    # maya saves first; what only one of them changed is merged by itself
    assert (await maya.submit(f"/r/{key}/edit", **same, NextStep="Write")).status_code == 303
    assert (
        await maya.submit(f"/r/{key}/edit", **{**same, "StageName": "Qualification"}, NextStep="Call")
    ).status_code == 303
    merged = await omar.submit(f"/r/{key}/edit", **same, NextStep="Write", Amount="50000")
    assert merged.status_code == 303, "he did not touch what she changed"
    page = await text(omar, f"/r/{key}?tab=details")
    assert "Call" in page and "Qualification" in page and "50,000" in page

    # both changed the same field: he sees whose is what, and chooses
    clash = await omar.submit(
        f"/r/{key}/edit", **same, NextStep="Meet", Amount="60000", Description="New words"
    )
    assert clash.status_code == 409
    assert "Theirs" in clash.text and "Mine" in clash.text and "Maya" in clash.text
    assert re.findall(r'name="_keep_(\w+)" value="theirs"', clash.text) == [
        "Amount",
        "NextStep",
    ] or re.findall(r'name="_keep_(\w+)" value="theirs"', clash.text) == ["NextStep"]
    assert '<option value="Qualification" selected>' in clash.text, "what only she changed is shown as it is"
    assert "New words" in clash.text, "what only he changed stays typed"
    assert '<input type="hidden" name="NextStep" value="Meet">' in clash.text, "asked for once"
    version = version_in(clash.text)
    again = {**same, "StageName": "Qualification", "_version": version, "NextStep": "Meet", "Amount": "60000"}
    kept = await omar.submit(
        f"/r/{key}/edit", **again, Description="New words", _keep_NextStep="theirs", _keep_Amount="mine"
    )
    assert kept.status_code == 303
    page = await text(omar, f"/r/{key}?tab=details")
    assert "Call" in page and "Meet" not in page and "60,000" in page and "New words" in page
    for bad in ("9", "-1", "x", "0", "99999999999"):
        assert (
            await omar.submit(f"/r/{key}/edit", **{**same, "_version": bad}, NextStep="Z")
        ).status_code == 409


async def test_what_one_may_not_read_makes_no_conflict(company: Company) -> None:
    """Omar changes the amount; for maya, who may not read it, nothing has happened."""
    record = await deal(company)
    key = ids.show(record)
    await company.share(record, "maya", 2)
    omar, maya = await company.client("omar"), await company.client("maya")
    await omar.submit(f"/r/{key}/edit", Amount="1", _version="1")
    saved = await maya.submit(f"/r/{key}/edit", NextStep="Call", _version="1")
    assert saved.status_code == 303
    form = await maya.get(f"/r/{key}/fields/NextStep", headers=STREAM)
    clash = await maya.post(
        f"/r/{key}/fields/NextStep", headers=STREAM,
        data={"_csrf_token": maya.cookies["hubbub_csrf"], "NextStep": "Sing", "_version": "2"},
    )  # fmt: skip
    assert form.status_code == 200 and clash.status_code == 409 and "Call" in clash.text
    assert Decimal(1) and "Amount" not in clash.text


async def test_related_lists_show_what_one_sees(company: Company) -> None:
    account = await company.make("omar", "Account", Name="Isdom")
    for number in range(7):
        await deal(company, Name=f"Deal {number}", AccountId=account)
    await company.make("nina", "Case", Subject="Nina's own", AccountId=account)
    await company.make("omar", "Contact", LastName="Sund", AccountId=account)
    today = clock.now().date()
    await company.make(
        "omar", "Task", Subject="Call Isdom", WhatId=account, ActivityDate=today - timedelta(1)
    )
    path = f"/r/{ids.show(account)}?tab=related"
    omar, nina, maya = [await company.client(name) for name in ("omar", "nina", "maya")]

    def heads(page: str) -> dict[str, str]:
        found = re.findall(r'<h2 id="related-\d+">.*?</svg>([^<]*?) <span class="small">\(([^)]*)\)', page)
        return {title: count for title, count in found if count != "0"}

    page = await text(omar, path)
    assert heads(page) == {"Contacts": "1", "Opportunities": "7", "Tasks": "1", "Cases": "1"}
    assert page.count(">Deal ") == 5 and "Call Isdom" in page
    key = ids.show(account)
    every = f"/o/Opportunity?view=all&filtered=1&f=AccountId&op=equals&v={key}"
    assert every.replace("&", "&amp;") in page
    shown = await text(omar, every)
    assert shown.count(">Deal ") == 7 and "Account is Isdom" in shown
    assert f"/o/Contact/new?AccountId={key}" in page
    form = await text(
        omar, f"/o/Opportunity/new?AccountId={key}&StageName=Qualification&IsClosed=true&Amount=x"
    )
    assert 'value="Isdom"' in form and '<option value="Qualification" selected>' in form

    theirs = await text(nina, path)
    assert heads(theirs) == {"Contacts": "1", "Cases": "1", "Tasks": "1"}, (
        "contacts are everybody's, an activity is seen with its account; deals are not hers"
    )
    assert "Deal " not in theirs
    assert heads(await text(maya, path)) == {"Contacts": "1", "Tasks": "1"}
    secret = await deal(company, Name="Hush")
    form = await text(nina, f"/o/Task/new?WhatId={ids.show(secret)}")
    assert "Hush" not in form and f'value="{ids.show(secret)}"' not in form


async def test_a_related_count_stops_at_99(company: Company) -> None:
    account = await company.make("omar", "Account", Name="Isdom")
    for number in range(101):
        await company.make("omar", "Contact", LastName=f"C{number}", AccountId=account)
    omar = await company.client("omar")
    assert "(99+)" in await text(omar, f"/r/{ids.show(account)}?tab=related")
