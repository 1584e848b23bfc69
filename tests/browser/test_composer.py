"""Writing in a real browser: the rich box by keyboard alone, completion, drafts, what is being sent, and no script at all."""

import asyncio
import re
from typing import Any

import pytest
from playwright.async_api import Page, expect

from hubbub.core import ids
from tests.browser.conftest import Visit
from tests.browser.looks import LOOKS, faults, violations
from tests.browser.test_pages import story
from tests.cast import Company

pytestmark = pytest.mark.browser

BOX = "#composer .ProseMirror"


async def write_on(page: Page, address: str) -> None:
    """Go there, and into the box, which is rich then."""
    await page.goto(address)
    await page.wait_for_selector("html.scripted")
    await page.focus("#composer-text")
    await expect(page.locator(BOX)).to_be_focused()


async def saved(page: Page) -> None:
    await expect(page.locator("#composer .draft-state")).to_have_text("Draft saved")


async def stored(company: Company, words: str) -> None:
    """Wait until these words stand in a draft as it is kept for all devices."""
    for _ in range(150):
        async with company.act() as tx:
            forms = await tx.values("select form::text from draft where org_id = %(org)s")
        if any(words in form for form in forms):
            return
        await asyncio.sleep(0.2)
    raise AssertionError(f"no draft says {words!r}")


async def test_rich_text_by_keyboard_alone(company: Company, visit: Visit) -> None:
    page = await visit("omar")
    await write_on(page, "/")
    await page.keyboard.type("Met the ")
    await page.keyboard.press("Control+b")
    await page.keyboard.type("harbour master")
    await page.keyboard.press("Control+b")
    await page.keyboard.type(" today")
    await page.keyboard.press("Enter")
    await page.keyboard.type("- pumps")
    await page.keyboard.press("Enter")
    await page.keyboard.type("gauges")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    await page.keyboard.type("https://example.com/x and 2*3*4")
    # The toolbar is one stop; arrows walk in it.
    await page.keyboard.press("Tab")
    await expect(page.locator("[data-do=bold]")).to_be_focused()
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("End")
    await expect(page.locator("[data-do=emoji]")).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.type("ship")
    await expect(page.locator(".emoji-grid button").first).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator(BOX)).to_be_focused()
    await page.keyboard.press("Control+Enter")

    item = page.locator(".item:not(.sending)").first
    await expect(item.locator("b", has_text="harbour master")).to_be_visible()
    await expect(item.locator("li")).to_have_text(["pumps", "gauges"])
    await expect(item.locator(".text")).to_contain_text("2*3*4")
    await expect(item.locator('a[href="https://example.com/x"]')).to_be_visible()
    await expect(page.locator(BOX)).to_have_attribute("data-empty", "true")
    await page.keyboard.press("Escape")
    await expect(page.locator(BOX)).not_to_be_focused()


async def test_completion_offers_who_sees_and_nobody_else(company: Company, visit: Visit) -> None:
    key = await story(company)
    page = await visit("omar")
    await write_on(page, f"/r/{key}")
    await page.keyboard.type("Ask @Nin")
    await page.wait_for_timeout(600)
    await expect(page.locator(".completions")).to_be_hidden()
    for _ in range(3):
        await page.keyboard.press("Backspace")
    await page.keyboard.type("Noo")
    await expect(page.locator(".completions [role=option]")).to_contain_text(["Noor Rahman"])
    active = await page.locator(BOX).get_attribute("aria-activedescendant")
    assert active is not None
    await expect(page.locator(f"#{active}")).to_contain_text("Noor Rahman")
    assert await violations(page) == []
    await page.keyboard.press("Enter")
    await page.keyboard.type("about #ter")
    await expect(page.locator(".completions [role=option]")).to_contain_text(["#terms"])
    await page.keyboard.press("Tab")
    await page.keyboard.press("Control+Enter")
    item = page.locator(".item:not(.sending)").first
    await expect(item.locator(f'a.mention[href="/people/{company.key("noor")}"]')).to_be_visible()
    await expect(item.locator("a.topic")).to_have_text("#terms")


async def test_a_draft_is_restored_on_another_device_and_the_newer_wins(
    company: Company, visit: Visit
) -> None:
    laptop = await visit("omar")
    await write_on(laptop, "/")
    await laptop.keyboard.press("Control+i")
    await laptop.keyboard.type("From the laptop")
    await saved(laptop)

    phone = await visit("omar", **LOOKS["phone"])
    await write_on(phone, "/")
    await expect(phone.locator(f"{BOX} i")).to_have_text("From the laptop")
    await phone.keyboard.type(", then the phone")
    await stored(company, "then the phone")

    # The laptop has not seen it: what is written there is newer, and the phone's is offered beside it.
    await laptop.keyboard.type(" alone")
    other = laptop.locator("#composer .draft-other")
    await expect(other).to_contain_text("then the phone")
    assert await violations(laptop) == []
    await other.locator("[data-use]").click()
    await expect(laptop.locator(BOX)).to_have_text("From the laptop, then the phone")
    await stored(company, "then the phone")
    await phone.goto("/drafts")
    await expect(phone.locator(".draft").first).to_contain_text("then the phone")
    await expect(phone.locator(".earlier")).to_contain_text("From the laptop alone")


async def test_what_is_sent_shows_at_once_and_can_be_sent_again(company: Company, visit: Visit) -> None:
    page = await visit("omar", expect_errors=True)
    await write_on(page, "/")
    await page.route("**/posts", lambda route: route.abort())
    await page.keyboard.type("Said once")
    await page.keyboard.press("Control+Enter")
    failed = page.locator(".sending.failed")
    await expect(failed).to_contain_text("Said once")
    await expect(failed).to_contain_text("cannot be reached")
    await page.keyboard.type("Next")  # the box is free meanwhile
    assert await violations(page) == []

    # The line breaks after the server has it: the second try posts nothing twice.
    async def lost(route: Any) -> None:
        await route.fetch()
        await route.abort()

    await page.unroute("**/posts")
    await page.route("**/posts", lost, times=1)
    await failed.locator("button").first.click()
    await expect(failed).to_be_visible()
    await failed.locator("button").first.click()
    await expect(page.locator(".sending")).to_have_count(0)
    await expect(page.locator(".item:not(.sending) .text")).to_have_text(["Said once"])
    await expect(page.locator(BOX)).to_have_text("Next")
    await page.reload()
    await expect(page.locator(".item .text")).to_have_text(["Said once"])


async def test_what_is_refused_says_why_and_comes_back(company: Company, visit: Visit) -> None:
    page = await visit("omar", expect_errors=True)
    await write_on(page, "/")
    await page.check("[name=kind][value=PollPost]", force=True)
    await page.focus(BOX)
    await page.keyboard.type("Port or starboard?")
    await page.fill("#composer-choice-0", "Port")
    await page.focus(BOX)
    await page.keyboard.press("Control+Enter")
    failed = page.locator(".sending.failed")
    await expect(failed).to_contain_text("2 to 10 choices")
    await failed.locator("button", has_text="Back to the box").click()
    await expect(page.locator(BOX)).to_have_text("Port or starboard?")
    await expect(page.locator("#composer-choice-0")).to_have_value("Port")
    await page.fill("#composer-choice-1", "Starboard")
    await expect(page.locator("#composer-choice-2")).to_be_visible()
    await page.focus(BOX)
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".item:not(.sending)").first).to_contain_text("Port or starboard?")
    await expect(page.locator(".sending")).to_have_count(0)


async def test_scheduling_leaves_no_draft_behind(company: Company, visit: Visit) -> None:
    page = await visit("omar")
    await write_on(page, "/")
    await page.keyboard.type("Later")
    await saved(page)
    await page.click("#composer .later summary")
    year = await page.evaluate("new Date(Date.now() + 864e5 * 30).toISOString().slice(0, 16)")
    await page.fill("#composer-later", year)
    await page.click('[formaction="/drafts/scheduled"]')
    await expect(page.locator(".notice")).to_contain_text("It will be posted")
    await page.wait_for_timeout(2000)
    await page.goto("/drafts")
    await expect(page.locator(".draft")).to_have_count(1)
    await expect(page.locator(".draft")).to_contain_text("Later")
    assert await violations(page) == []


async def test_nothing_of_the_box_is_loaded_before_it_is_wanted(company: Company, visit: Visit) -> None:
    page = await visit("omar")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto("/")
    await page.wait_for_selector("html.scripted")
    assert not [url for url in asked if re.search("editor|emoji|audience|drafts/on", url)]
    await page.focus("#composer-text")
    await expect(page.locator(BOX)).to_be_focused()
    assert [url for url in asked if "editor-" in url] and not [url for url in asked if "emoji" in url]


async def test_writing_is_accessible_and_fits(company: Company, visit: Visit) -> None:
    key = await story(company)
    page = await visit("omar")
    found: list[str] = []
    await write_on(page, f"/r/{key}")
    await page.keyboard.type("Words @noo")
    await expect(page.locator(".completions")).to_be_visible()
    await page.evaluate("scrollTo(0, 0)")
    found += await faults(page, "completions")
    await page.keyboard.press("Enter")
    await page.locator(".who-sees summary").click()
    await expect(page.locator(".who-sees")).to_contain_text("Outside: Gus Berg")
    await saved(page)
    await page.locator("#composer [data-do=emoji]").click()
    await expect(page.locator(".emoji-grid button").first).to_be_visible()
    await page.evaluate("scrollTo(0, 0)")  # what lies half below the top bar is no small target
    found += await faults(page, "emoji")
    await page.keyboard.press("Escape")
    await page.locator(".comment-form textarea").first.focus()
    await expect(page.locator(".comment-form .ProseMirror")).to_be_focused()
    await page.keyboard.type("And a comment")
    await page.evaluate("scrollTo(0, 0)")
    found += await faults(page, "a comment")
    for address in ("/drafts", f"/audience/{key}"):
        await page.goto(address)
        found += await faults(page, address)
    assert found == []


async def test_without_a_script_all_of_it_is_forms(company: Company, visit: Visit) -> None:
    key = await story(company)
    page = await visit("omar", java_script_enabled=False)
    await page.goto("/")
    await page.check("[value=PollPost]", force=True)
    await page.fill("#composer-text", "Port or **starboard**?")
    await page.fill("#composer-choice-0", "Port")
    await page.fill("#composer-choice-1", "Starboard")
    await page.click("#composer .primary")
    await page.goto(f"/people/{company.key('omar')}")
    await expect(page.locator(".item b", has_text="starboard")).to_be_visible()

    await page.goto(f"/r/{key}")
    await page.fill("#composer-text", "Not yet")
    await page.click("#composer .later summary")
    await page.click("#composer [formaction='/drafts']")
    await expect(page.locator(".draft")).to_contain_text("Not yet")
    await page.click("text=Go on writing")
    await expect(page.locator("#composer-text")).to_have_value("Not yet")
    await page.click(".audience-line a")
    await expect(page.locator("main")).to_contain_text("1 person from outside")


async def test_a_guest_is_named_nobody(company: Company, visit: Visit) -> None:
    key = await story(company)
    page = await visit("gus")
    await write_on(page, f"/r/{key}")
    await page.locator(".who-sees summary").click()
    shown = await page.locator(".who-sees").inner_text()
    assert "Noor" not in shown and not re.search(r"\d", shown)
    assert ids.parse(key)
