"""Asking for help in a real browser, without any script."""

import os
from datetime import date
from decimal import Decimal

from hubbub.core import ids
from tests.browser.conftest import Visit
from tests.cast import Company

SHOTS = os.environ.get("HUBBUB_SHOTS")  # a folder for pictures


async def test_help_is_asked_for_in_the_records_name_without_script(visit: Visit, company: Company) -> None:
    account = await company.make("ada", "Account", Name="Harbour Light")
    deal, _ = [
        await company.make(
            who, "Opportunity", Name=name, AccountId=account, StageName=stage, CloseDate=date(2027, 1, 1),
            Amount=Decimal(5000),
        )
        for who, name, stage in (("omar", "Harbour Light renewal", "Prospecting"), ("noor", "First buoys", "Closed Won"))
    ]  # fmt: skip
    await company.share(deal, "noor")
    sizes = {
        "light": {},
        "dark": {"color_scheme": "dark"},
        "phone": {"viewport": {"width": 390, "height": 844}},
    }
    for name, options in sizes.items() if SHOTS else [("light", {})]:
        page = await visit("omar", java_script_enabled=False, **options)
        await page.goto(f"/r/{ids.show(deal)}")
        await page.get_by_role("link", name="Ask for help").click()
        await page.fill("#f-title", "May we give them 60 days?")
        await page.fill("#f-text", "They *insist*, and the quarter ends on Friday.")
        await page.select_option("#f-urgency", "today")
        await page.locator("[name=expert]:not([disabled])").first.check()
        await page.check("[name=sealed]")
        if SHOTS:
            await page.screenshot(path=f"{SHOTS}/ask-{name}.png", full_page=True)
        await page.click(".ask-form .primary")
        assert await page.locator(".ask").inner_text() != ""
        assert "You asked this in the record's name" in await page.locator(".ask").inner_text()
        if SHOTS:
            await page.screenshot(path=f"{SHOTS}/asked-{name}.png", full_page=True)
    noor = await visit("noor")
    await noor.goto(f"/r/{ids.show(deal)}")
    item = noor.locator("article.item", has_text="May we give them 60 days?").first
    assert "Omar" not in await item.inner_text()
    assert "asked in the record's name" in await item.inner_text()
