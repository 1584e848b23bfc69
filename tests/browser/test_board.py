"""The board and fields edited in place, in real browsers: by mouse, by keyboard, by form, and while others do the same."""

import pytest
from playwright.async_api import Page, expect

from hubbub import desk, people
from hubbub.core import ids
from tests.browser.conftest import Visit
from tests.cast import Company
from tests.desk.test_pages import deal

pytestmark = pytest.mark.browser

B = "/o/Opportunity/board"


def lane(page: Page, stage: str):
    return page.locator(f'.lane[data-stage="{stage}"]')


async def ready(page: Page, path: str) -> None:
    await page.goto(path)
    await page.wait_for_selector("html.scripted")
    await expect(page.locator("hub-live")).to_have_attribute("data-state", "live")


async def stage_of(company: Company, record_id: int) -> str:
    async with company.act() as tx:
        return await tx.value(
            "select t1 from record where org_id = %(org)s and id = %(id)s", {"id": record_id}
        )


async def test_a_card_is_moved_by_mouse_and_others_see_it(company: Company, visit: Visit) -> None:
    record = await deal(company, Name="Buoys")
    await deal(company, Name="Chains", StageName="Qualification")
    omar, noor = await visit("omar"), await visit("noor")
    for page in (omar, noor):
        await ready(page, B)
    await omar.locator(f"#card-{ids.show(record)}").drag_to(
        lane(omar, "Qualification").locator(".lane-cards")
    )
    await expect(lane(omar, "Qualification").locator(".card-name")).to_have_text(["Buoys", "Chains"])
    await expect(lane(noor, "Qualification").locator(".card-name")).to_have_text(["Buoys", "Chains"])
    for page in (omar, noor):
        await expect(lane(page, "Qualification").locator(".lane-head")).to_contain_text("2")
        await expect(lane(page, "Qualification").locator(".lane-total")).to_have_text("$90,280")
        await expect(lane(page, "Prospecting").locator(".lane-head")).to_contain_text("0")
    assert await stage_of(company, record) == "Qualification"
    await omar.locator(".notice button").first.click()
    await expect(lane(omar, "Prospecting").locator(".card-name")).to_have_text(["Buoys"])
    await expect(lane(noor, "Prospecting").locator(".card-name")).to_have_text(["Buoys"])
    await expect(lane(omar, "Prospecting").locator(".lane-total")).to_have_text("$45,140")
    assert await stage_of(company, record) == "Prospecting"


async def test_a_card_is_moved_by_keyboard_and_it_is_told(company: Company, visit: Visit) -> None:
    record = await deal(company, Name="Buoys")
    omar = await visit("omar")
    await ready(omar, B)
    await omar.locator(f"#card-{ids.show(record)} .card-name").focus()
    await omar.keyboard.press("Alt+ArrowRight")
    heard = omar.locator("[role=status], [role=alert], [aria-live]", has_text="Buoys: Moved to")
    await expect(heard).to_have_count(1)  # said once, not in two voices
    await expect(heard).to_contain_text("Buoys: Moved to Qualification")
    await expect(lane(omar, "Qualification").locator(".card-name")).to_be_focused()
    await expect(lane(omar, "Qualification").locator(".lane-total")).to_have_text("$45,140")
    await omar.keyboard.press("Alt+ArrowRight")
    await expect(lane(omar, "Needs Analysis").locator(".card-name")).to_be_focused()
    await expect(lane(omar, "Needs Analysis").locator(".lane-total")).to_have_text("$45,140")
    await omar.keyboard.press("Alt+ArrowLeft")
    await expect(lane(omar, "Qualification").locator(".card-name")).to_be_focused()
    await expect(heard).to_contain_text("Buoys: Moved to Qualification")
    assert await stage_of(company, record) == "Qualification"
    assert omar.url.endswith(B), "Alt and an arrow left the page"


async def test_a_refused_move_goes_back_and_can_be_tried_again(company: Company, visit: Visit) -> None:
    record = await deal(company, Name="Buoys")
    omar = await visit("omar", expect_errors=True)
    await ready(omar, B)
    await omar.route("**/stage", lambda route: route.abort())
    card = omar.locator(f"#card-{ids.show(record)}")
    await card.locator("summary").click()
    await card.locator("select").select_option("Closed Won")
    await card.locator("form button").click()
    await expect(omar.locator(".notice")).to_contain_text("Not moved.")
    await expect(lane(omar, "Prospecting").locator(".card-name")).to_have_text(["Buoys"])
    await omar.unroute("**/stage")
    await omar.locator(".notice button").first.click()
    await expect(lane(omar, "Closed Won").locator(".lane-total")).to_have_text("$45,140")
    assert await stage_of(company, record) == "Closed Won"


async def test_a_move_that_changed_nothing_is_not_told_as_undone(company: Company, visit: Visit) -> None:
    record = await deal(company, Name="Buoys")
    omar = await visit("omar")
    await omar.route_web_socket("**/live", lambda socket: None)  # the word of the other move does not arrive
    await omar.goto(B)
    await omar.wait_for_selector("html.scripted")
    async with company.act() as tx:
        await desk.move_stage(
            tx, await people.actor(tx, company.id("omar"), client="t"), record, "Qualification"
        )
    await omar.locator(f"#card-{ids.show(record)} .card-name").focus()
    await omar.keyboard.press("Alt+ArrowRight")
    await expect(omar.locator("#notices")).to_have_text("Buoys: Was already at Qualification")


async def test_a_board_without_script(company: Company, visit: Visit) -> None:
    record = await deal(company, Name="Buoys")
    omar = await visit("omar", java_script_enabled=False)
    await omar.goto(B)
    card = omar.locator(f"#card-{ids.show(record)}")
    await card.locator("summary").click()
    await card.locator("select").select_option("Closed Won")
    await card.locator("form button").click()
    await expect(lane(omar, "Closed Won").locator(".card-name")).to_have_text(["Buoys"])
    await omar.get_by_role("button", name="Undo").click()
    await expect(lane(omar, "Prospecting").locator(".card-name")).to_have_text(["Buoys"])


async def test_a_field_is_changed_in_a_list_by_keyboard_and_undone(company: Company, visit: Visit) -> None:
    record = await deal(company, Name="Buoys")
    omar = await visit("omar", expect_errors=True)
    await ready(omar, "/o/Opportunity")
    amount = omar.locator('td[data-edit="Amount"]')
    await omar.locator('td[data-edit="StageName"]').focus()
    await omar.keyboard.press("ArrowRight")
    await expect(amount).to_be_focused()
    await omar.keyboard.press("Enter")
    box = amount.locator("input[name=Amount]")
    await expect(box).to_be_focused()
    await box.fill("lots")
    await omar.keyboard.press("Enter")
    await expect(amount.locator(".field-error")).to_contain_text("Enter an amount")
    await amount.locator("input[name=Amount]").fill("1250")
    await omar.keyboard.press("Enter")
    await expect(amount.locator(".value")).to_have_text("$1,250")
    await expect(amount).to_be_focused()
    await omar.get_by_role("button", name="Undo").click()
    await expect(amount.locator(".value")).to_have_text("$45,140")
    await expect(omar.locator(".notice")).to_have_text("Undone")
    await amount.dblclick()
    await expect(amount.locator("input[name=Amount]")).to_be_focused()
    await omar.keyboard.press("Escape")
    await expect(amount).to_be_focused()
    async with company.act() as tx:
        kept = await tx.tuples(
            "select version, n1 from record where org_id = %(org)s and id = %(id)s", {"id": record}
        )
    assert kept == [(3, 45140)]


async def test_a_field_is_changed_on_a_record_and_a_conflict_is_told(company: Company, visit: Visit) -> None:
    record = await deal(company, Name="Buoys", NextStep="Write")
    omar = await visit("omar", expect_errors=True)
    await ready(omar, f"/r/{ids.show(record)}?tab=details")
    step = omar.locator('[data-edit="NextStep"]')
    await step.hover()
    await step.locator(".pencil").click()
    await step.locator("input[name=NextStep]").fill("Call")
    noor = await company.client("noor")
    assert (
        await noor.submit(f"/r/{ids.show(record)}/edit", NextStep="Meet", Name="Buoys")
    ).status_code == 303
    await step.locator("form .primary").click()
    await expect(step.locator(".field-error")).to_contain_text("changed this meanwhile to “Meet”")
    await expect(step.locator("input[name=NextStep]")).to_have_value("Call")
    await step.locator("form .primary").click()
    await expect(step.locator(".value")).to_have_text("Call")


async def test_the_focus_comes_back_to_a_card_that_was_renewed_meanwhile(
    company: Company, visit: Visit
) -> None:
    record = await deal(company, Name="Buoys")
    noor = await visit("noor")
    await ready(noor, B)
    card = noor.locator(f"#card-{ids.show(record)} .card-name")
    await card.focus()
    await noor.keyboard.press("?")
    await expect(noor.locator("#shortcuts")).to_be_visible()
    async with company.act() as tx:
        values = {"Name": "Bell buoys", "StageName": "Qualification"}
        await desk.update_record(tx, await people.actor(tx, company.id("omar")), record, values)
    await expect(lane(noor, "Qualification").locator(".card-name")).to_have_text(["Bell buoys"])
    await noor.keyboard.press("Escape")
    await expect(card).to_be_focused()


async def test_a_card_that_comes_from_elsewhere_arrives_on_an_open_board(
    company: Company, visit: Visit
) -> None:
    away = await deal(company, Name="Buoys", NextStep="Wait")
    noor = await visit("noor")
    await ready(noor, f"{B}?filtered=1&f=NextStep&op=equals&v=Call")
    await expect(noor.locator(".board-card")).to_have_count(0)
    async with company.act() as tx:
        await desk.update_record(tx, await people.actor(tx, company.id("omar")), away, {"NextStep": "Call"})
    await expect(lane(noor, "Prospecting").locator(".card-name")).to_have_text(["Buoys"])
    async with company.act() as tx:
        await desk.update_record(tx, await people.actor(tx, company.id("omar")), away, {"NextStep": "Wait"})
    await expect(noor.locator(".board-card")).to_have_count(0)


async def test_a_new_deal_arrives_on_the_open_boards_of_those_who_see_it(
    company: Company, visit: Visit
) -> None:
    noor, nina = await visit("noor"), await visit("nina")
    chosen = await visit("noor")
    await ready(noor, B)
    await ready(nina, B)
    await ready(chosen, f"{B}?filtered=1&f=NextStep&op=equals&v=Call")
    asked: list[str] = []
    nina.on("request", lambda request: asked.append(request.url))
    before = await nina.locator("hub-board").inner_text()
    await deal(company, Name="Buoys")
    called = await deal(company, Name="Chains", NextStep="Call", StageName="Qualification")
    await expect(lane(noor, "Prospecting").locator(".card-name")).to_have_text(["Buoys"])
    await expect(lane(noor, "Qualification").locator(".card-name")).to_have_text(["Chains"])
    await expect(lane(noor, "Prospecting").locator(".lane-head")).to_contain_text("1")
    await expect(lane(noor, "Prospecting").locator(".lane-total")).to_have_text("$45,140")
    # a board shows only what its filter lets through
    await expect(lane(chosen, "Qualification").locator(".card-name")).to_have_text(["Chains"])
    await expect(chosen.locator(".board-card")).to_have_count(1)
    assert await nina.locator("hub-board").inner_text() == before and asked == []
    await company.share(called, "nina")
    async with company.act() as tx:
        await desk.update_record(tx, await people.actor(tx, company.id("omar")), called, {"NextStep": None})
    await expect(nina.locator(".card-name")).to_have_text(["Chains"])
    assert not any(ids.show(called) not in url for url in asked), "she asks for nothing but what she sees"


async def test_a_task_added_elsewhere_arrives_on_the_open_tab(company: Company, visit: Visit) -> None:
    record = await deal(company, Name="Buoys")
    noor = await visit("noor")
    await ready(noor, f"/r/{ids.show(record)}?tab=activity")
    await expect(noor.locator(".activity")).to_have_count(0)
    await company.make("omar", "Task", Subject="Send the offer", WhatId=record)
    await expect(noor.locator(".activity")).to_contain_text("Send the offer")
