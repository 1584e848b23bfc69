"""To Me and a stream in an open browser: what is new there is counted, and comes when it is asked for."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Visit
from tests.browser.test_live import deal, listening
from tests.cast import Company
from tests.feed.test_live_feeds import stream_of

pytestmark = pytest.mark.browser


async def test_news_of_to_me_and_of_a_stream_arrive(company: Company, visit: Visit) -> None:
    key = await deal(company)
    omar = await company.client("omar")
    stream = await stream_of(company, "maya", key)
    maya, hers = await visit("maya"), await company.client("maya")
    await hers.submit("/posts", subject=company.key("maya"), text="Who knows the ferry?")

    await maya.goto(f"/feeds/streams/{stream}")
    await listening(maya)
    await omar.submit("/posts", subject=company.key("omar"), text="Not in her stream")
    await omar.submit("/posts", subject=key, text="They signed")
    pill = maya.locator(".new-posts button")
    await expect(pill).to_have_text("1 new post")
    await pill.click()
    await expect(maya.locator(".item")).to_have_count(1)
    await expect(maya.locator(".item")).to_contain_text("They signed")

    await maya.goto("/feeds/to")
    await listening(maya)
    await expect(maya.locator(".item")).to_have_count(0)
    await omar.submit("/posts", subject=company.key("maya"), text="For you")
    await expect(pill).to_have_text("1 new post")
    await pill.click()
    await expect(maya.locator(".item")).to_contain_text(["For you"])
    # What she wrote comes here once somebody has answered it, among what is as old as it.
    asked = await hers.get("/company")
    post = asked.text.split('data-item="')
    element = next(part for part in post if "Who knows the ferry?" in part).split('"')[0]
    await omar.submit(f"/posts/{element}/comments", text="I do")
    await expect(pill).to_have_text("1 new post")
    await pill.click()
    await expect(maya.locator(".item")).to_contain_text(["For you", "Who knows the ferry?"])
