"""Deals by stage: what stands where, what it comes to, moving cards without script, and what others may not know."""

import re
from datetime import date
from decimal import Decimal

import httpx

from hubbub import people, records
from hubbub.core import ids
from tests.cast import Browser, Company
from tests.desk.test_pages import deal, text

B = "/o/Opportunity/board"


def lanes(page: str) -> dict[str, tuple[str, str, list[str]]]:
    """Each stage with its count, its sum and the names of its cards."""
    found = {}
    for part in page.split('<section class="lane')[1:]:
        head = re.search(r"<h2>([^<]*)</h2><span[^>]*>([^<]*)</span>(?:<span[^>]*>([^<]*)</span>)?", part)
        assert head
        cards = re.findall(r'class="card-name"[^>]*>([^<]*)</a>', part)
        found[head[1].replace("&#x2f;", "/")] = (head[2], head[3] or "", cards)
    return found


async def test_stages_count_and_sum_what_one_sees_and_nothing_else(company: Company) -> None:
    shared = await deal(company, Name="Buoys", Amount=Decimal(100))
    await deal(company, Name="Chains", Amount=Decimal(900))
    await deal(company, Name="Won", StageName="Closed Won", Amount=Decimal(5))
    await company.share(shared, "maya")
    await company.share(shared, "gus")
    omar, noor, maya, nina, gus = [
        await company.client(name) for name in ("omar", "noor", "maya", "nina", "gus")
    ]
    for browser in (omar, noor):
        found = lanes(await text(browser, B))
        assert found["Prospecting"] == ("2", "$1,000", ["Chains", "Buoys"])
        assert found["Closed Won"] == ("1", "$5", ["Won"])
        assert found["Qualification"] == ("0", "", [])
        assert next(iter(found)) == "Prospecting" and list(found)[-1] == "Closed Lost"
    page = await text(maya, B)
    assert lanes(page)["Prospecting"] == ("1", "", ["Buoys"]), "she may not read amounts: there are no sums"
    assert "$" not in page and "data-movable" not in page
    assert lanes(await text(gus, B))["Prospecting"][0::2] == ("1", ["Buoys"])
    assert all(lane == ("0", "", []) for lane in lanes(await text(nina, B)).values())
    only = lanes(await text(omar, f"{B}?filtered=1&f=Amount&op=greaterThan&v=500"))
    assert only["Prospecting"] == ("1", "$900", ["Chains"]) and only["Closed Won"][0] == "0"
    assert (await omar.get("/o/Account/board")).status_code == 404, "accounts have no path"
    for other in ("Lead", "Case", "Task", "Contract"):
        await text(omar, f"/o/{other}/board")


async def test_a_card_is_moved_by_a_form_and_the_move_undone(company: Company) -> None:
    key = ids.show(await deal(company, Name="Buoys", Probability=Decimal(35)))
    omar = await company.client("omar")
    page = await text(omar, f"{B}?view=open")
    assert f'action="/r/{key}/stage"' in page and 'name="next" value="/o/Opportunity/board?view=open"' in page
    moved = await omar.submit(f"/r/{key}/stage", stage="Negotiation/Review", next=f"{B}?view=open")
    assert moved.status_code == 303
    assert moved.headers["location"] == f"{B}?view=open&moved={key}&saved=2"
    again = await omar.submit(f"/r/{key}/stage", stage="Negotiation/Review", next=f"{B}?view=open")
    assert again.headers["location"] == f"{B}?view=open", (
        "nothing changed: nothing to undo, and still the board"
    )
    page = await text(omar, moved.headers["location"])
    assert lanes(page)["Negotiation/Review"][2] == ["Buoys"] and f'action="/r/{key}/undo"' in page
    undone = await omar.submit(f"/r/{key}/undo", version="2", next=moved.headers["location"])
    assert undone.status_code == 303 and "saved=" not in undone.headers["location"]
    assert lanes(await text(omar, B))["Prospecting"][2] == ["Buoys"]
    details = await text(omar, f"/r/{key}?tab=details")
    assert "35 %" in details, "what followed from the move is undone with it"
    evil = await omar.submit(f"/r/{key}/stage", stage="Qualification", next="//evil.example/")
    assert evil.headers["location"].startswith("/?moved=")


async def test_more_cards_of_a_stage(company: Company) -> None:
    async with company.act() as tx:
        me = await people.actor(tx, company.id("omar"), client="test")
        new = [
            records.NewRecord(
                {"Name": f"D{n:03}", "StageName": "Prospecting", "CloseDate": date(2026, 12, 1)}
            )
            for n in range(55)
        ]
        await records.insert_records(tx, me, "Opportunity", new)
    omar, nina = await company.client("omar"), await company.client("nina")
    page = await text(omar, f"{B}?sort=Name&dir=asc")
    assert lanes(page)["Prospecting"][0] == "55" and len(lanes(page)["Prospecting"][2]) == 20
    seen, url = lanes(page)["Prospecting"][2], re.search(r'href="([^"]*after=[^"]*)"', page)
    while url:
        address = url[1].replace("&amp;", "&")
        page = await text(omar, address)
        assert 'class="card-name"' not in await text(nina, address)
        seen = seen + re.findall(r'class="card-name"[^>]*>([^<]*)</a>', page)
        url = re.search(r'href="([^"]*after=[^"]*)"', page)
    assert seen == [f"D{n:03}" for n in range(55)]
    stream = await omar.get(f"{B}?stage=Prospecting", headers={"accept": "text/vnd.turbo-stream.html"})
    assert stream.text.count("<li class=") == 20 and 'action="append" target="lane-0"' in stream.text
    assert (await omar.get(f"{B}?stage=Nothing")).status_code == 400


async def test_an_open_board_asks_for_one_card(company: Company) -> None:
    record = await deal(company, Name="Buoys")
    key = ids.show(record)
    omar, nina = await company.client("omar"), await company.client("nina")
    told = await text(omar, f"{B}/{key}")
    assert 'action="card" target="lane-0"' in told and told.count("lane-head-") >= 20
    gone = await text(omar, f"{B}/{key}?view=mine-open&filtered=1&f=Name&op=equals&v=Other")
    assert f'action="remove" target="card-{key}"' in gone
    nothing = ids.show(ids.make(ids.Type.OPPORTUNITY, 4711))
    unseen, unknown = await text(nina, f"{B}/{key}"), await text(nina, f"{B}/{nothing}")
    assert unseen == unknown.replace(nothing, key)
    assert (await omar.get(f"{B}/rubbish")).status_code == 404


async def test_a_board_that_fetches_its_cards_is_answered_without_a_page(company: Company) -> None:
    key = ids.show(await deal(company))
    omar, nina = await company.client("omar"), await company.client("nina")
    page = {"accept": "text/vnd.turbo-stream.html"}
    board = page | {"prefer": "return=minimal"}

    async def send(who: Browser, headers: dict[str, str], act: str, **said: str) -> httpx.Response:
        return await who.post(
            f"/r/{key}/{act}", data={"_csrf_token": who.cookies["hubbub_csrf"], **said}, headers=headers
        )

    moved = await send(omar, board, "stage", stage="Closed Won")
    assert (moved.status_code, moved.text, moved.headers["x-version"]) == (204, "", "2")
    again = await send(omar, board, "stage", stage="Closed Won")
    assert again.status_code == 204 and "x-version" not in again.headers
    undone = await send(omar, board, "undo", version="2")
    assert (undone.status_code, undone.text) == (204, "")
    assert lanes(await text(omar, B))["Prospecting"][2] == ["Isdom, tide gauges"]
    # a page of the record itself is told what changed on it
    moved = await send(omar, page, "stage", stage="Closed Won")
    assert moved.status_code == 200 and 'target="record-head"' in moved.text
    for stage in ("Closed Won", "No such stage"):
        assert (await send(nina, board, "stage", stage=stage)).status_code == 404
    assert (await send(omar, board, "stage", stage="No such stage")).status_code == 400
