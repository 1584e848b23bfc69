"""What somebody may no longer see leaves his open pages at once: the record's page, feeds, lists."""

import pytest
from playwright.async_api import expect

from hubbub import people, records
from hubbub.core import ids
from tests.browser.conftest import Visit
from tests.browser.test_live import deal, listening
from tests.cast import Company
from tests.feed.test_posts import follow, send

pytestmark = pytest.mark.browser


async def test_a_withdrawn_share_leaves_every_open_page(company: Company, visit: Visit) -> None:
    key, kept = await deal(company), await deal(company)
    for each in (key, kept):
        await follow(company, "maya", each)
        await send(company, "omar", f"About {each}", subject=each)
    maya = await visit("maya", expect_errors=True)  # the page of what is gone answers 404
    home, listed, post = [await maya.context.new_page() for _ in range(3)]
    for page, path in ((maya, f"/r/{key}"), (home, "/"), (listed, "/o/Opportunity")):
        await page.goto(path)
        await listening(page)
    await expect(home.locator(".item")).to_have_count(2)
    await post.goto(
        await home.locator(".item", has_text=key).locator("a[href^='/posts/']").first.get_attribute("href")
        or ""
    )
    await listening(post)

    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"))
        await records.unshare_record(tx, ada, ids.parse(key), company.id("maya"))

    for page in (maya, post):
        await expect(page.locator("h1")).to_have_text("Nothing here that you can see")
        await expect(page.get_by_text("tide gauges")).to_have_count(0)
    await expect(home.locator(".item")).to_have_count(1)
    await expect(home.get_by_text(f"About {kept}")).to_be_visible()
    await expect(listed.locator(f"a[href='/r/{key}']")).to_have_count(0)
    await expect(listed.locator(f"a[href='/r/{kept}']")).to_have_count(1)


async def test_a_field_that_may_no_longer_be_read_leaves_the_page(company: Company, visit: Visit) -> None:
    key = await deal(company)
    await company.share(ids.parse(key), "mo")
    mo = await visit("mo")
    await mo.goto(f"/r/{key}?tab=details")
    await listening(mo)
    await expect(mo.locator("#record-details")).to_contain_text("Amount")
    async with company.act() as tx:
        await people.assign_permission_set(tx, None, company.id("mo"), people.STANDARD_WITHOUT_AMOUNT)
    await expect(mo.locator("#record-details")).not_to_contain_text("Amount")
    await expect(mo.locator("#record-details")).to_contain_text("Stage")
