"""A day at the keyboard: signing in, posting, answering, records, the board, menus and dialogs, with no other hand."""

from datetime import date

import pytest
from playwright.async_api import Page, expect

from hubbub.core import ids
from tests.browser.conftest import Visit
from tests.cast import PASSWORD, Company

pytestmark = pytest.mark.browser

# What has the focus: does it match, does it show that it has it, is it in sight (not off the screen, not under the top bar)?
_FOCUSED = """selector => {
    const at = document.activeElement, box = at.getBoundingClientRect();
    const marked = style => (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
    const around = at.closest('label, .box, .card, form') ?? at;
    const x = Math.min(Math.max(box.x + box.width / 2, 0), innerWidth - 1), y = box.y + Math.min(box.height / 2, 12);
    const there = document.elementFromPoint(x, y), nowhere = at.tagName === 'BODY';
    return {
        name: at.tagName + '.' + at.className + ' ' + at.textContent.trim().slice(0, 40),
        matches: at.matches(selector),
        shows: nowhere || marked(getComputedStyle(at)) || marked(getComputedStyle(around)),
        seen: nowhere || (there !== null && (at.contains(there) || there.contains(at))),
    };
}"""


async def tab_to(page: Page, selector: str, key: str = "Tab", most: int = 120) -> None:
    """Press Tab until what is meant has the focus; on the way each stop shows itself."""
    for _ in range(most):
        await page.keyboard.press(key)
        at = await page.evaluate(_FOCUSED, selector)
        assert at["shows"], f"{at['name']} does not show that it has the focus"
        assert at["seen"], f"{at['name']} has the focus where nobody sees it"
        if at["matches"]:
            return
    raise AssertionError(f"{selector} is not reached")


async def test_a_day_by_keyboard_alone(company: Company, visit: Visit) -> None:
    deal = await company.make(
        "omar", "Opportunity", Name="Norrsund, gauges", StageName="Prospecting", CloseDate=date(2027, 1, 31)
    )
    page = await visit(None)
    await page.wait_for_selector("html.scripted")
    await tab_to(page, "#username")
    await page.keyboard.type(company.username("omar"))
    await tab_to(page, "#password")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_selector("html.scripted .me")

    # A post, a like, a comment, a bookmark from the menu.
    await page.keyboard.press("c")
    await expect(page.locator("#composer .ProseMirror")).to_be_focused()
    await page.keyboard.type("By hand")
    await page.keyboard.press("Control+Enter")
    item = page.locator(".item[data-item]", has_text="By hand")
    await expect(item).to_have_count(1)
    await tab_to(page, ".item[data-item] [data-like]")
    await page.keyboard.press("Space")
    await expect(item.locator("[data-like]")).to_have_text("Liked")
    await expect(item.locator("[data-like]")).to_be_focused()  # the answer replaces the bar, not where one is
    await tab_to(page, ".item .faces > summary")
    await page.keyboard.press("Enter")
    await tab_to(page, ".item .faces [value=love]")
    await page.keyboard.press("Escape")
    await expect(item.locator(".bar .faces > summary")).to_be_focused()
    await tab_to(page, ".item .bar > .menu:not(.faces) > summary")
    await page.keyboard.press("Enter")
    await tab_to(page, ".item [data-bookmark]")
    await page.keyboard.press("Enter")
    await expect(item.locator(".state.kept")).to_be_visible()
    await tab_to(page, ".item .comment-form .ProseMirror, .item .comment-form textarea")
    await expect(item.locator(".comment-form .ProseMirror")).to_be_focused()
    await page.keyboard.type("And answered")
    await tab_to(page, ".item .comment-form button.primary")
    await page.keyboard.press("Enter")
    await expect(item.locator(".comment[id]")).to_contain_text("And answered")

    # To a record, and a field changed where it stands.
    await page.keyboard.press("Control+k")
    await page.keyboard.type("norrs")
    await expect(page.locator("#palette [role=option][aria-selected=true]")).to_contain_text("Norrsund")
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**/r/{ids.show(deal)}")
    await expect(page.locator("h1")).to_have_text("Norrsund, gauges")
    await tab_to(page, ".tabs a[href*='tab=details']")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**tab=details")
    await tab_to(page, "[data-edit=NextStep] .pencil")
    await page.keyboard.press("Enter")
    await expect(page.locator("input[name=NextStep]")).to_be_focused()
    await page.keyboard.type("Call")
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-edit=NextStep] .value")).to_have_text("Call")
    await expect(page.locator("[data-edit=NextStep] .pencil")).to_be_focused()
    await page.keyboard.press("u")  # undo, without the way to the foot of the page
    await expect(page.locator("[data-edit=NextStep] .value")).not_to_have_text("Call")

    # The board.
    await page.keyboard.press("Control+k")
    await page.keyboard.type("opportunities")
    await expect(page.locator("#palette [role=option][aria-selected=true]")).to_contain_text("Opportunities")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/o/Opportunity*")
    await tab_to(page, "main a[href*='/board']")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/board*")
    await tab_to(page, ".board-card .card-name")
    await page.keyboard.press("Alt+ArrowRight")
    await expect(page.locator("#notices")).to_contain_text("Norrsund, gauges: Moved to Qualification")
    card = page.locator('.lane[data-stage="Qualification"] .card-name')
    await expect(card).to_be_focused()

    # Dialogs give the focus back.
    await page.keyboard.press("?")
    await expect(page.locator("#shortcuts")).to_be_visible()
    assert await page.evaluate("() => document.activeElement.closest('#shortcuts') !== null")
    await page.keyboard.press("Escape")
    await expect(card).to_be_focused()
    await page.keyboard.press("Control+k")
    await expect(page.locator("#palette input")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(card).to_be_focused()

    # Out again, by the menu of the account.
    await tab_to(page, ".me > summary", key="Shift+Tab")
    await page.keyboard.press("Enter")
    await tab_to(page, ".me [formaction='/sign-out']")
    await page.keyboard.press("Enter")
    await expect(page.locator("#username")).to_be_visible()


async def test_no_act_leaves_the_focus_nowhere(company: Company, visit: Visit) -> None:
    page = await visit("omar")
    told = page.locator("#told")
    for text in ("First", "Second"):
        await page.keyboard.press("c")
        await expect(page.locator("#composer .ProseMirror")).to_be_focused()
        await page.keyboard.type(text)
        await page.keyboard.press("Control+Enter")
        await expect(page.locator(".item[data-item]", has_text=text)).to_have_count(1)
        await expect(told).to_have_text("Posted")
        await page.keyboard.press("Escape")
        await expect(page.locator("#main")).to_be_focused()
    first = page.locator(".item[data-item]", has_text="First")
    second = page.locator(".item[data-item]", has_text="Second")

    # By single keys: read out, and the post keeps the focus.
    await page.keyboard.press("j")
    for key, word in (("l", "Liked"), ("l", "Undone"), ("b", "Bookmarked")):
        await page.keyboard.press(key)
        await expect(told).to_have_text(word)
        await expect(second).to_be_focused()

    # What a menu does gives the focus back to the menu.
    await tab_to(page, ".item .bar > .menu:not(.faces) > summary")
    await page.keyboard.press("Enter")
    await tab_to(page, ".item [formaction$='/mute']")
    await page.keyboard.press("Enter")
    await expect(told).to_have_text("Muted")
    await expect(second.locator(".bar > .menu:not(.faces) > summary")).to_be_focused()

    # Who leaves the box is on the post; who takes the post away is on the next.
    await page.keyboard.press("c")
    await expect(second.locator(".ProseMirror")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(second).to_be_focused()
    await tab_to(page, ".item .bar > .menu:not(.faces) > summary")
    await page.keyboard.press("Enter")
    await tab_to(page, ".item .sure > summary")
    await page.keyboard.press("Enter")
    await tab_to(page, ".item .sure .danger")
    await page.keyboard.press("Enter")
    await expect(page.locator("#notices")).to_contain_text("The post is deleted.")
    await expect(first).to_be_focused()
    await page.keyboard.press("u")
    await expect(told).to_have_text("Undone")
    await expect(second).to_be_visible()

    # A page that comes without being loaded begins at its content.
    await tab_to(page, ".item .item-head .quiet-link")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/posts/*")
    await expect(page.locator("#main")).to_be_focused()


async def test_what_a_form_proposes_is_replaced_by_what_one_types(company: Company, visit: Visit) -> None:
    lead = ids.show(await company.make("omar", "Lead", LastName="Lind", Company="Fjordline"))
    page = await visit("omar")
    await page.goto(f"/r/{lead}?tab=activity")
    subject = page.locator("form.planning [name=Subject]")
    for load in (False, True):
        await (page.reload() if load else page.locator("a[href$='new=call']").click())
        await page.wait_for_selector("html.scripted")
        await expect(subject).to_be_focused()
        await expect(subject).to_have_value("Call")
        await page.wait_for_function("document.activeElement.selectionEnd === 4")
        await page.keyboard.type("Rang about the lock")
        await expect(subject).to_have_value("Rang about the lock")


async def test_a_task_is_checked_off_beside_what_is_being_typed(company: Company, visit: Visit) -> None:
    deal = await company.make(
        "omar", "Opportunity", Name="Norrsund", StageName="Prospecting", CloseDate=date(2027, 1, 31)
    )
    for subject in ("Send the offer", "Book the crane"):
        await company.make(
            "omar",
            "Task",
            Subject=subject,
            Status="Not Started",
            Priority="Normal",
            WhatId=deal,
            OwnerId=company.id("omar"),
        )
    page = await visit("omar")
    await page.goto(f"/r/{ids.show(deal)}?tab=activity&new=task")
    await page.wait_for_selector("html.scripted")
    await page.locator(".planning [name=Subject]").fill("Half typed")
    await page.locator(".check-off").first.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#told")).to_have_text("Checked off")
    await expect(page.locator(".check-off")).to_have_count(1)
    await expect(page.locator(".check-off")).to_be_focused()  # the next one
    await page.keyboard.press("Enter")
    await expect(page.locator(".check-off")).to_have_count(0)
    await expect(page.locator("#main")).to_be_focused()
    await expect(page.locator(".planning [name=Subject]")).to_have_value("Half typed")
