"""The shell: going anywhere from the keyboard, what stays when the line is cut, and what was sent arrives once."""

import asyncio
import re
from datetime import date
from typing import Any

import pytest
from playwright.async_api import Page, Route, expect

from hubbub.core import ids, languages
from tests.browser.conftest import Visit
from tests.browser.looks import LOOKS, violations
from tests.cast import Company

pytestmark = pytest.mark.browser


async def test_anywhere_from_the_keyboard(company: Company, visit: Visit) -> None:
    deal = await company.make(
        "omar", "Opportunity", Name="Norrsund, gauges", StageName="Prospecting", CloseDate=date(2027, 1, 31)
    )
    omar = await visit("omar")
    await omar.keyboard.press("Control+k")
    field = omar.locator("#palette input")
    await expect(field).to_be_focused()
    await expect(omar.locator("#palette [role=option][aria-selected=true]")).to_contain_text("What I Follow")
    assert await violations(omar) == []
    await omar.keyboard.type("norrs")
    chosen = omar.locator("#palette [role=option][aria-selected=true]")
    await expect(chosen).to_contain_text("Norrsund, gauges")
    assert await field.get_attribute("aria-activedescendant") == await chosen.get_attribute("id")
    await omar.keyboard.press("Enter")
    await expect(omar).to_have_url(
        f"{omar.url.split('/', 3)[0]}//{omar.url.split('/')[2]}/r/{ids.show(deal)}"
    )
    # On another page, from a field that is being written in; Escape gives the focus back.
    await omar.locator("#composer-text, .ProseMirror").first.focus()
    await omar.keyboard.press("Control+k")
    await expect(field).to_be_focused()
    await omar.keyboard.press("Escape")
    await expect(omar.locator("#palette")).not_to_be_visible()
    # A command: the colours change at once, and stay.
    await omar.keyboard.press("Control+k")
    await omar.keyboard.type("dark col")
    await expect(chosen).to_contain_text("Dark colours")
    await omar.keyboard.press("Enter")
    await expect(omar.locator("html")).to_have_attribute("data-theme", "dark")
    await omar.keyboard.press("Control+k")
    await expect(field).to_be_focused()
    await omar.keyboard.type("sign out")
    await expect(chosen).to_contain_text("Sign out")
    await omar.keyboard.press("Enter")
    await expect(omar.locator("#username")).to_be_visible()


async def test_the_palette_says_that_nothing_is_called_so_only_once_it_knows(
    company: Company, visit: Visit
) -> None:
    omar = await visit("omar")
    answered = asyncio.Event()

    async def hold(route: Route) -> None:
        await answered.wait()
        await route.continue_()

    await omar.route("**/jump/found?*", hold)
    await omar.keyboard.press("Control+k")
    async with omar.expect_request("**/jump/found?q=xyzzy"):
        await omar.keyboard.type("xyzzy")
    said = omar.locator("#palette [role=status]")
    await expect(omar.locator("#palette [role=option]:visible")).to_have_count(0)
    await expect(said).to_have_text("")
    answered.set()
    await expect(said).to_have_text("Nothing is called that.")


async def test_the_palette_is_a_page_without_script(company: Company, visit: Visit) -> None:
    await company.make(
        "omar", "Opportunity", Name="Norrsund, gauges", StageName="Prospecting", CloseDate=date(2027, 1, 31)
    )
    omar = await visit("omar", java_script_enabled=False)
    await omar.locator(".top .jump").click()
    await omar.fill("main [name=q]", "norr")
    await omar.locator("main .primary").click()
    await omar.get_by_role("link", name="Norrsund, gauges").click()
    await expect(omar.locator("h1")).to_have_text("Norrsund, gauges")


async def kept_by_worker(page: Page) -> list[str]:
    return await page.evaluate(
        """async () => (await Promise.all((await caches.keys()).map(async name =>
            (await (await caches.open(name)).keys()).map(each => new URL(each.url).pathname)))).flat()"""
    )


async def test_no_server_is_said_and_nothing_is_shown_from_memory(company: Company, visit: Visit) -> None:
    omar = await visit("omar", expect_errors=True)
    await omar.wait_for_function("() => navigator.serviceWorker.controller")
    for address in ("/notices", "/", f"/people/{company.key('omar')}"):
        await omar.goto(address)
    kept = await kept_by_worker(omar)
    assert "/offline" in kept and all(each == "/offline" or each.startswith("/assets/") for each in kept)
    await omar.context.set_offline(True)
    await omar.goto("/notices")
    await expect(omar.locator("h1")).to_have_text("Hubbub cannot be reached")
    assert "Omar" not in await omar.content()
    await omar.context.set_offline(False)
    await expect(omar.locator("h1")).to_have_text("Notifications")  # by itself


async def test_an_answer_that_is_lost_does_not_post_twice(company: Company, visit: Visit) -> None:
    omar = await visit("omar", expect_errors=True)
    lost: list[Any] = []

    async def lose(route: Route) -> None:
        if not lost:
            lost.append((await route.fetch()).status)  # the server has it
            await route.abort()
        else:
            await route.continue_()

    await omar.route("**/posts", lose)
    await omar.fill("#composer-text", "Said once")
    await omar.keyboard.press("Control+Enter")
    failed = omar.locator(".sending.failed")
    await expect(failed).to_contain_text("Not sent")
    await failed.get_by_role("button", name="Try again").click()
    await expect(omar.locator(".sending")).to_have_count(0)
    await expect(omar.locator(".item[data-item]", has_text="Said once")).to_have_count(1)
    await omar.reload()
    await expect(omar.locator(".item[data-item]", has_text="Said once")).to_have_count(1)
    assert len(lost) == 1


async def test_a_like_shows_before_it_is_answered_and_goes_back_when_it_fails(
    company: Company, visit: Visit
) -> None:
    await (await company.client("omar")).submit("/posts", subject=company.key("omar"), text="Tide is high")
    omar = await visit("omar", expect_errors=True)
    like = omar.locator(".item [data-like]").first

    async def refuse(route: Route) -> None:
        await omar.wait_for_function("() => document.querySelector('.item [data-like].on')")
        await route.abort()

    await omar.route("**/likes", refuse)
    await like.click()
    await expect(omar.locator(".notice")).to_contain_text("Not sent")
    await expect(like).not_to_have_class("act on")
    await omar.unroute("**/likes")
    await omar.locator(".notice button").first.click()
    await expect(like).to_have_text("Liked")
    await omar.reload()
    await expect(omar.locator(".item [data-like]").first).to_have_text("Liked")


async def test_what_opens_on_a_phone_is_on_it(company: Company, visit: Visit) -> None:
    omar, noor = await company.client("omar"), await company.client("noor")
    made = await omar.submit("/posts", subject=company.key("omar"), text="Tide gauges")
    assert made.status_code == 303, made.text
    [post] = re.findall(r'data-item="(\w+)"', (await omar.get("/")).text)
    await noor.submit(f"/posts/{post}/comments", text="How many?")
    phone = await visit("omar", viewport={"width": 390, "height": 600}, is_mobile=True, has_touch=True)
    for menu in (".feed-filter", ".bar > .faces", ".comment .faces", ".bar > .menu:not(.faces)", ".me"):
        await phone.locator(f"{menu} > summary").first.tap()
        shown = phone.locator(f"{menu}[open] > .menu-list")
        await expect(shown).to_be_visible()
        box = await shown.bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390, (menu, box)
        assert await phone.evaluate("document.scrollingElement.scrollWidth") == 390, menu
        await phone.keyboard.press("Escape")
    await phone.locator(".me > summary").tap()
    last = phone.get_by_role("button", name="Sign out")
    await last.scroll_into_view_if_needed()
    await expect(last).to_be_in_viewport(ratio=1)
    # How many there are stands on one line, whatever the list is called.
    await phone.goto("/o/Account")
    count = await phone.locator(".list-head > .small").bounding_box()
    assert count and count["height"] < 30


STREAM = """async ([focused, stream, then]) => {
  document.getElementById("main").insertAdjacentHTML("afterbegin", "<input id=first><input id=second><p id=place></p>")
  document.getElementById(focused)?.focus()
  Turbo.renderStreamMessage(stream)
  document.getElementById(then)?.focus()
  for (let frame = 0; frame < 4; frame++) await new Promise(requestAnimationFrame)
  return document.activeElement.name || document.activeElement.id || null
}"""


@pytest.mark.parametrize(
    ("focused", "stream", "then", "where"),
    [
        ("first", "append place <b>news</b>", "second", "second"),  # somebody went on while it came
        ("first", "append place <b>news</b>", None, "first"),
        ("first", "replace first <input id=first>", None, "first"),
        ("first", "replace first <input id=first>", "second", "second"),
        ("first", "replace first <input name=asks autofocus>", None, "asks"),
        ("first", "append place <input name=asks autofocus>", None, "first"),
    ],
)
async def test_news_leave_the_focus_where_it_is(
    company: Company, visit: Visit, focused: str, stream: str, then: str | None, where: str
) -> None:
    page = await visit("omar")
    await page.wait_for_selector("html.scripted")
    action, target, content = stream.split(" ", 2)
    told = f'<turbo-stream action="{action}" target="{target}"><template>{content}</template></turbo-stream>'
    assert await page.evaluate(STREAM, [focused, told, then]) == where


async def test_from_right_to_left_pages_fit_and_things_stand_where_one_reads(
    company: Company, visit: Visit
) -> None:
    """The pseudo-language turns pages around: nothing is pushed out of a phone, what opens is beside its button, and what
    is written in Latin letters keeps to the side where its label begins."""
    deal = await company.make(
        "omar", "Opportunity", Name="Tide gauges", StageName="Prospecting", CloseDate=date(2030, 1, 31)
    )
    async with company.act() as tx:
        await tx.run(
            "update app_user set locale = %(turned)s where org_id = %(org)s and id = %(id)s",
            {"turned": languages.TURNED, "id": company.id("omar")},
        )
    phone = await visit("omar", viewport={"width": 390, "height": 844})
    for address in ["/", "/company", "/feeds/to", f"/people/{company.key('omar')}", f"/r/{ids.show(deal)}"]:
        await phone.goto(address)
        wide = await phone.evaluate("() => document.documentElement.scrollWidth - innerWidth")
        assert wide == 0, f"{address} is {wide} px too wide"

    page = await visit("omar", viewport={"width": 1280, "height": 900})
    await page.goto(f"/r/{ids.show(deal)}?tab=details")
    for value in await page.locator(".field-grid dd:not(.text) .value:has(a)").all():
        text, cell = await value.bounding_box(), await value.locator("xpath=..").bounding_box()
        assert text and cell and abs(text["x"] + text["width"] - cell["x"] - cell["width"]) < 2
    await page.goto("/")
    seen = page.locator(".recent li", has_text="Tide gauges")
    icon, name = (
        await seen.locator(".icon").bounding_box(),
        await seen.evaluate(
            "li => { const range = document.createRange(); range.selectNodeContents(li.querySelector('.grow'));"
            " return range.getBoundingClientRect().right }"
        ),
    )
    assert icon and 0 < icon["x"] - name < 16
    await page.locator("#bell").click()
    await expect(page.locator(".bell-list")).to_be_visible()
    bell, opened = (
        await page.locator("#bell").bounding_box(),
        await page.locator(".bell-list").bounding_box(),
    )
    assert bell and opened and opened["x"] <= bell["x"] <= opened["x"] + opened["width"]


async def test_the_page_that_searches_feeds_has_its_field_on_a_phone(company: Company, visit: Visit) -> None:
    gus = await visit("gus", **LOOKS["phone"])
    field = gus.locator("#feed-search input[type=search]")
    await expect(field).not_to_be_visible()  # other feeds have it behind their filter
    await gus.goto("/feeds/search")
    await expect(field).to_be_visible()
