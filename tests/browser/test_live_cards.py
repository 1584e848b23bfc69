"""What a post shows of records stays as it is now: cards, and what was made of it."""

import pytest
from playwright.async_api import expect

from hubbub.core import ids
from tests.browser.conftest import Visit
from tests.browser.test_live import deal, listening
from tests.cast import Company
from tests.feed.test_changes import save
from tests.feed.test_posts import V

pytestmark = pytest.mark.browser


async def test_a_card_follows_its_record_and_what_its_reader_may_read(company: Company, visit: Visit) -> None:
    from decimal import Decimal

    key = await deal(company)
    await company.share(ids.parse(key), "maya")
    omar = await company.client("omar")
    await omar.submit("/posts", subject=company.key("omar"), text=f"Look at [it](/r/{key})")
    noor, maya = await visit("noor"), await visit("maya")
    for page in (noor, maya):
        await page.goto("/company")
        await listening(page)
        await expect(page.locator(".live-card")).to_contain_text("Prospecting")
    await save(company, key, StageName="Qualification", Amount=Decimal(777))
    await expect(noor.locator(".live-card")).to_contain_text("$777")
    await expect(noor.locator(".live-card")).to_contain_text("Qualification")
    await expect(maya.locator(".live-card")).to_contain_text("Qualification")
    assert "$777" not in await maya.content(), "she may not read the amount"
    async with company.act() as tx:
        from hubbub import people, records

        ada = await people.actor(tx, company.id("ada"))
        await records.unshare_record(tx, ada, ids.parse(key), company.id("maya"))
    await expect(maya.locator(".live-card")).to_have_count(0)
    await expect(noor.locator(".live-card")).to_have_count(1)


async def test_what_is_made_of_a_post_shows_at_once(company: Company, visit: Visit) -> None:
    key = await deal(company)
    post = await (await company.api("omar")).post(
        f"{V}/feed-elements", json={"subjectId": key, "text": "Call them"}
    )
    noor = await visit("noor")
    await noor.goto(f"/posts/{post.json()['id']}")
    await listening(noor)
    made = await (await company.api("omar")).post(
        f"{V}/feed-elements/{post.json()['id']}/records",
        json={"object": "Task", "fields": {"Subject": "Ring twice"}},
    )
    assert made.status_code == 201, made.text
    await expect(noor.locator(".made")).to_contain_text("Ring twice")
