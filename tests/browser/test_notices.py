"""The bell in a real browser: it counts by itself, opens in place, and is the same on every device."""

from playwright.async_api import expect

from hubbub.core import ids
from tests.browser.conftest import Visit
from tests.cast import Company
from tests.inbox.test_notices import say, send


async def test_the_bell_counts_while_the_page_is_open_and_on_both_devices(
    company: Company, visit: Visit
) -> None:
    desk, phone = await visit("omar"), await visit("omar", viewport={"width": 390, "height": 844})
    await desk.goto("/people")
    await phone.goto("/people")
    element = await send(company, "omar", "Tide gauges")
    await say(company, "nina", element, "They want 60 days")
    for page in (desk, phone):
        await page.locator("#bell .badge", has_text="1").wait_for()
    await desk.locator("#bell").click()
    notice = desk.locator(".bell-list .told")
    await notice.wait_for()
    assert "commented on your post" in await notice.inner_text()
    for page in (desk, phone):  # seen on one is seen on both
        await page.locator("#bell .badge").wait_for(state="detached")
    await notice.locator("a").click()
    await desk.wait_for_url(f"**/posts/{element['id']}*")
    await phone.locator("#bell").click()
    await phone.wait_for_url("**/notices")
    assert await phone.locator(".told.fresh").count() == 0, "read there is read here"


async def test_escape_closes_the_bell_and_the_keyboard_reaches_it(company: Company, visit: Visit) -> None:
    await send(company, "nina", "Hello", mentions=("omar",))
    page = await visit("omar")
    await page.goto("/people")
    await page.locator("#bell").focus()
    await page.keyboard.press("Enter")
    await page.locator(".bell-list .told").wait_for()
    await expect(page.locator("#bell .badge")).to_have_count(0)
    await page.keyboard.press("Escape")
    await expect(page.locator(".bell-list")).to_be_hidden()
    await expect(page.locator("#bell")).to_be_focused()


async def test_what_i_lose_sight_of_leaves_the_open_bell(company: Company, visit: Visit) -> None:
    from hubbub import people, records
    from tests.feed.test_posts import deal

    made = ids.parse(await deal(company))
    await company.share(made, "nina")
    await send(company, "omar", "Secret terms", subject=ids.show(made), mentions=("nina",))
    page = await visit("nina")
    await page.goto("/notices")
    await page.locator(".told", has_text="Secret terms").wait_for()
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"))
        await records.unshare_record(tx, ada, made, company.id("nina"))
    await page.locator(".told").wait_for(state="detached")
    assert "Secret terms" not in await page.content()
