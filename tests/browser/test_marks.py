"""Two devices of one person, and what is done with threads: read by scrolling, faces, replies, undo."""

import os

import pytest
from playwright.async_api import Locator, Page, expect

from hubbub import feed, people
from tests.browser.conftest import Visit
from tests.cast import Company

pytestmark = pytest.mark.browser


async def shot(page: Page, name: str) -> None:
    """A picture of the page, for who asked for pictures."""
    if where := os.environ.get("HUBBUB_PICTURES"):
        await page.screenshot(path=f"{where}/{name}.png")


async def talk(company: Company, posts: int) -> list[int]:
    async with company.act() as tx:
        omar = await people.actor(tx, company.id("omar"))
        maya = await people.actor(tx, company.id("maya"))
        made = []
        for number in range(posts):
            body = await feed.parse_text(tx, omar, f"Gauge {number} reads the tide.\n\nAnd the wind too.")
            made.append(await feed.post(tx, omar, parent_id=omar.id, body=body))
        first = await feed.comment(tx, maya, item_id=made[-1], body=[{"type": "Text", "text": "Which pier?"}])
        await feed.comment(
            tx, omar, item_id=made[-1], body=[{"type": "Text", "text": "The old one"}], thread_parent_id=first
        )
        return made


async def agreed(one: Page, other: Page) -> int:
    """So many are unread on one device when the other says the same, and goes on saying it."""
    before = None
    for _ in range(40):
        left = await one.locator(".new-dot").count()
        same = await other.locator(".unread-line b").inner_text() == f"{left} unread"
        if same and left == before:
            return left
        before = left if same else None
        await one.wait_for_timeout(1000)
    raise AssertionError("the devices do not agree")


async def open_menu(item: Locator) -> None:
    """What is told meanwhile may close a menu: it is opened until it stays open."""
    menu = item.locator(".bar > .menu:not(.faces)")
    for _ in range(20):
        if await menu.get_attribute("open") is None:
            await menu.locator("> summary").click()
        await item.page.wait_for_timeout(500)
        if await menu.get_attribute("open") is not None:
            return
    raise AssertionError("the menu does not stay open")


async def test_what_is_scrolled_past_is_read_on_the_other_device(company: Company, visit: Visit) -> None:
    await talk(company, 8)
    laptop, tablet = await visit("nina"), await visit("nina", viewport={"width": 390, "height": 844})
    for page in (laptop, tablet):
        await page.goto("/company")
        await expect(page.locator("hub-live")).to_have_attribute("data-state", "live")
        await expect(page.locator(".unread-line b")).to_have_text("8 unread")
        await expect(page.locator(".new-dot")).to_have_count(8)
    await shot(laptop, "unread-light")
    await shot(tablet, "unread-phone")
    await laptop.locator(".item").nth(3).evaluate("one => one.scrollIntoView({ block: 'start' })")
    await expect(laptop.locator(".new-dot")).not_to_have_count(8)
    left = await agreed(laptop, tablet)  # what else was passed on the way is sent along
    assert 4 <= left <= 7
    await expect(tablet.locator(".new-dot")).to_have_count(left)
    await expect(laptop.locator(".left .unread-count[data-feed='company']")).to_have_text(str(left))
    await tablet.locator(".unread-line button").click()
    await expect(laptop.locator(".new-dot")).to_have_count(
        left
    )  # until it is loaded again, its dots stay as they were read
    await laptop.reload()
    await expect(laptop.locator(".new-dot")).to_have_count(0)


async def test_faces_replies_and_undo(company: Company, visit: Visit) -> None:
    await talk(company, 1)
    omar = await visit("omar", viewport={"width": 1100, "height": 900})
    await omar.goto("/company")
    item = omar.locator(".item")
    await item.locator(".bar .faces > summary").click()
    await shot(omar, "faces-light")
    await item.locator(".bar .faces button[value='love']").click()
    await expect(item.locator(".bar [data-like]")).to_contain_text("❤️")
    await item.locator(".comment", has_text="Which pier?").get_by_role("link", name="Reply").click()
    await expect(item.locator(".comment-form .replying")).to_contain_text("Replying to Maya Lindqvist")
    box = item.locator(".comment-form .box:visible")
    await box.fill("The one with the crane")
    await box.press("Control+Enter")
    reply = item.locator(".comment", has_text="The one with the crane").last
    await expect(reply).to_contain_text("replying to Maya Lindqvist")
    await expect(item.locator(".comment-form .replying")).to_have_count(0)
    await open_menu(item)
    await shot(omar, "menu-light")
    await item.get_by_role("button", name="Bookmark").click()
    await expect(item.locator(".bar .state")).to_have_count(1)
    await open_menu(item)
    await item.locator(".bar .sure > summary", has_text="Delete").click()
    await item.get_by_role("button", name="Delete post").click()
    await expect(omar.locator("article.item")).to_have_count(0)
    await shot(omar, "undo-light")
    await omar.locator(".notice button").first.click()
    await expect(omar.locator("article.item")).to_have_count(1)
    await omar.goto(await omar.locator("article.item .quiet-link").first.get_attribute("href") or "")
    await shot(omar, "thread-light")
    await omar.emulate_media(color_scheme="dark")
    await shot(omar, "thread-dark")
