"""Polls, best answers and shares in real browsers: in place with script, and without it."""

from playwright.async_api import expect

from tests.browser.conftest import Visit
from tests.cast import Company
from tests.feed.test_kinds import ask, make, poll
from tests.feed.test_talk import comment


async def test_a_vote_shows_how_it_stands_in_place(company: Company, visit: Visit) -> None:
    await poll(company, "omar", "Radar", "Float")
    page = await visit("nina")
    await page.goto("/company")
    await page.evaluate("window.kept = true")
    await page.get_by_label("Float").check()
    await page.get_by_role("button", name="Vote", exact=True).click()
    await page.locator(".poll.results .mine").get_by_text("100 % · 1 vote").wait_for()
    assert await page.evaluate("window.kept"), "the page was not loaded anew"


async def test_the_best_answer_goes_on_top_in_place_and_without_script(
    company: Company, visit: Visit
) -> None:
    element = await ask(company, "omar", "Who knows the port?")
    await comment(company, "nina", element, "Ines does")
    page = await visit("omar")
    await page.goto(f"/posts/{element['id']}")
    await page.get_by_role("button", name="Best answer", exact=True).click()
    await page.get_by_role("region", name="Best answer").get_by_text("Ines does").wait_for()
    plain = await visit("omar", java_script_enabled=False)
    await plain.goto(f"/posts/{element['id']}")
    await plain.get_by_role("button", name="Not the best answer").click()
    await expect(plain.get_by_role("region", name="Best answer")).to_have_count(0)


async def test_a_post_is_shared_without_script(company: Company, visit: Visit) -> None:
    await make(company, "nina", "me", "Tides", questionAndAnswers={"questionTitle": "When is high water?"})
    page = await visit("omar", java_script_enabled=False)
    await page.goto("/company")
    await page.locator(".item").get_by_role("link", name="Share", exact=True).click()
    await page.get_by_label("What you say to it").fill("Look")
    await page.get_by_role("button", name="Share", exact=True).click()
    await page.locator(".original").get_by_text("When is high water?").wait_for()
