"""Each page in light, dark and on a phone: accessible, no wider than the screen, nothing from elsewhere, small."""

from datetime import date
from decimal import Decimal

import pytest
from playwright.async_api import expect

from hubbub.core import ids
from tests.browser.conftest import Visit
from tests.browser.looks import faults
from tests.cast import Company

pytestmark = pytest.mark.browser

MOST_BYTES = 70_000
MOST_REQUESTS = 10


async def story(company: Company) -> str:
    """A deal with talk, changes, a guest and a hostile name."""
    id = await company.make(
        "omar", "Opportunity", Name="Isdom, <i>tide gauges</i> Donaudampfschifffahrtselektrizitätenhauptbetriebswerk",
        StageName="Prospecting", Amount=Decimal(38000), CloseDate=date(2020, 1, 31),
    )  # fmt: skip
    await company.share(id, "gus")
    omar = await company.client("omar")
    await omar.submit(f"/r/{ids.show(id)}/stage", stage="Qualification")
    await omar.submit(
        "/posts", subject=ids.show(id), text="Who knows them? @Noor Rahman #terms https://example.com/x"
    )
    gus = await company.client("gus")
    await gus.submit("/posts", subject=ids.show(id), text="We do. " + "a" * 300)
    return ids.show(id)


async def test_pages_are_accessible_and_fit(company: Company, visit: Visit) -> None:
    key = await story(company)
    page = await visit("omar")
    found: list[str] = []
    for address in [
        "/", "/company", "/people", f"/people/{company.key('maya')}", f"/people/{company.key('omar')}/edit",
        "/people/sessions", "/topics/terms", "/o/Opportunity", "/o/Account", f"/r/{key}", f"/r/{key}?tab=details",
        f"/r/{key}/edit", "/o/Contact/new",
    ]:  # fmt: skip
        answer = await page.goto(address)
        assert answer is not None and answer.status == 200, address
        await page.wait_for_selector("html.scripted")
        found += await faults(page, address)
    await page.goto("/company")
    await page.locator(".item .item-head .quiet-link").first.click()
    await page.wait_for_url("**/posts/*")
    found += await faults(page, "a post")
    await page.goto("/o/Product2")  # with nothing below the menu that it could half cover
    found += await faults(page, "an empty list")
    await page.locator(".me > summary").click()
    found += await faults(page, "the account menu")
    await page.locator("[data-open=shortcuts]").click()
    found += await faults(page, "the shortcuts")
    refused = await visit("omar", expect_errors=True)
    await refused.goto("/o/Opportunity/new")
    await refused.click(".form-foot .primary")
    await expect(refused.locator("[aria-invalid=true]").first).to_be_visible()
    found += await faults(refused, "a refused form")
    nobody = await visit(None, expect_errors=True)
    found += await faults(nobody, "/sign-in")
    await nobody.goto("/no-such-page")
    found += await faults(nobody, "404")
    found += await faults(await visit("gus"), "a guest")
    assert not found, "\n".join(found)


async def test_first_feed_page_is_small(company: Company, visit: Visit) -> None:
    omar = await company.client("omar")
    for number in range(25):
        await omar.submit(
            "/posts", subject=company.key("omar"), text=f"Update {number}: the gauges are on their way."
        )
    page = await visit("omar")
    fresh = await page.context.new_page()
    session = await page.context.new_cdp_session(fresh)
    await session.send("Network.enable")
    await session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    loaded: list[int] = []
    session.on("Network.loadingFinished", lambda event: loaded.append(event["encodedDataLength"]))
    await fresh.goto(page.url)
    await expect(fresh.locator("hub-live")).to_have_attribute("data-state", "live")
    await expect(fresh.locator(".item")).to_have_count(25)
    assert sum(loaded) <= MOST_BYTES and len(loaded) <= MOST_REQUESTS, loaded


async def test_nothing_typed_runs(company: Company, visit: Visit) -> None:
    hostile = "<img src=x onerror=alert(1)><script>alert(2)</script> javascript:alert(3) </textarea><h1>x"
    omar = await visit("omar")
    await omar.fill("#composer-text", hostile)
    await omar.click(".composer .primary")
    await expect(omar.locator(".item .text")).to_have_text(hostile)
    await omar.goto(f"/people/{company.key('omar')}/edit")
    await omar.fill("#f-about", hostile)
    await omar.click(".form-foot .primary")
    await expect(omar.locator(".about")).to_have_text(hostile)
    assert await omar.locator("main img, main script, .text h1").count() == 0


async def test_keyboard_alone(company: Company, visit: Visit) -> None:
    omar = await visit("omar")
    for text in ("first", "second"):
        await omar.fill("#composer-text", text)
        await omar.keyboard.press("Control+Enter")
        await expect(omar.locator(".item[data-item]", has_text=text)).to_have_count(1)  # sent, not being sent
    await omar.reload()
    await omar.keyboard.press("Tab")
    await expect(omar.locator(".skip")).to_be_focused()
    await omar.keyboard.press("Enter")
    await expect(omar.locator("#main")).to_be_focused()
    await omar.keyboard.press("j")
    await omar.keyboard.press("j")
    await expect(omar.locator(".item.chosen")).to_contain_text("first")
    await omar.keyboard.press("l")
    await expect(omar.locator(".item.chosen [data-like]")).to_have_text("Liked")
    await omar.keyboard.press("c")
    await omar.keyboard.type("by hand")
    await omar.keyboard.press("Control+Enter")
    await expect(omar.locator(".item.chosen .comment")).to_contain_text("by hand")
    await omar.keyboard.press("Escape")
    await omar.keyboard.press("?")
    await expect(omar.locator("#shortcuts")).to_be_visible()
    await omar.locator("#shortcuts-on").press(" ")
    await omar.keyboard.press("Escape")
    await omar.keyboard.press("k")
    await expect(omar.locator(".item.chosen")).to_contain_text("first")  # switched off


async def test_without_script(company: Company, visit: Visit) -> None:
    key = await story(company)
    omar = await visit("omar", java_script_enabled=False, expect_errors=True)  # a refused form is a 422
    await omar.fill("#composer-text", "No script needed")
    await omar.click(".composer .primary")
    item = omar.locator(".item", has_text="No script needed")
    await expect(item).to_have_count(1)
    await item.locator("[data-like]").click()
    await expect(item.locator("[data-like]")).to_have_text("Liked")
    await item.locator("textarea").fill("agreed")
    await item.get_by_role("button", name="Comment").click()
    await expect(item.locator(".comment")).to_contain_text("agreed")
    await omar.goto(f"/people/{company.key('maya')}")
    await omar.locator(".profile .follow button").click()
    await expect(omar.locator(".profile .follow button")).to_contain_text("Following")
    await omar.goto(f"/r/{key}")
    await omar.locator(".path button", has_text="Needs Analysis").click()
    await expect(omar.locator(".path .current")).to_contain_text("Needs Analysis")
    await omar.goto(f"/r/{key}/edit")
    await omar.fill("#f-Name", "")
    await omar.click(".form-foot .primary")
    await expect(omar.locator("#f-Name-error")).to_be_visible()
    await omar.fill("#f-Name", "Renamed")
    await omar.click(".form-foot .primary")
    await expect(omar.locator("h1")).to_have_text("Renamed")
    await omar.locator(".me > summary").click()
    await omar.get_by_role("button", name="Sign out").click()
    await expect(omar.locator("#username")).to_be_visible()
