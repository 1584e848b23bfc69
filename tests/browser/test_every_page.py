"""What stands beside the main pages, each with something in it: accessible, no wider than a phone, and it stays open."""

import re

import pytest
from playwright.async_api import expect

from hubbub.core import ids
from tests.browser.conftest import Visit
from tests.browser.looks import faults
from tests.browser.test_pages import story
from tests.cast import Company
from tests.feed.test_posts import V
from tests.feed.test_talk import comment
from tests.outbox import sends_mail
from tests.people.test_invitations import invite

__all__ = ["sends_mail"]
pytestmark = pytest.mark.browser


async def test_every_page_is_accessible_and_fits(company: Company, visit: Visit) -> None:
    deal = await story(company)
    omar = await company.client("omar")
    api = await company.api("omar")
    element = await api.post(
        f"{V}/feed-elements",
        json={"subjectId": "me", "body": {"messageSegments": [{"type": "Text", "text": "Tide #gauges"}]}},
    )
    post = element.json()["id"]
    said = (await comment(company, "noor", element.json(), "How many?"))["id"]
    mine = (await comment(company, "omar", element.json(), "Six"))["id"]
    await (await company.client("noor")).submit(f"/posts/{post}/likes")
    await omar.submit(f"/comments/{mine}/edit", text="Seven", revision="1", subject=post)
    await omar.submit(f"/posts/{post}/bookmark")
    await omar.submit(f"/subjects/{deal}/follow")
    made = await omar.submit("/streams", name="Harbours", description="All of them", subject=deal)
    await omar.submit("/drafts", place=deal, text="Half a thought")
    stream = made.headers["location"].rpartition("/")[2]
    await omar.submit(
        f"/r/{deal}/asks", title="Who knows locks?", need="advice", urgency="today", names="Noor Rahman"
    )
    maya = company.key("maya")
    campaign = await company.make("omar", "Campaign", Name="Harbour Days")
    tove = await company.make("omar", "Lead", LastName="Lind", Company="Fjordline")
    await company.make("omar", "CampaignMember", CampaignId=campaign, LeadId=tove)
    fair = ids.show(campaign)
    pages = {
        "omar": [
            "/feeds/to", "/feeds/bookmarks", "/feeds/muted", "/feeds/people", "/feeds/topics", "/feeds/search?q=tide",
            "/jump", "/jump?q=t",
            "/?filter=questions", f"/feeds/streams/{stream}", "/streams", f"/streams/{stream}", "/drafts", "/topics",
            "/topics/gauges", "/trending", "/notices", "/notices/preferences", "/following", "/following/many", "/bin", "/digest",
            "/people?q=omra", f"/people/{maya}", f"/people/{maya}/chart", f"/people/{company.key('omar')}/edit",
            f"/people/{company.key('omar')}/photo", "/invitations", "/invitations?state=withdrawn",
            "/api-reference?q=likes", "/api-reference/read_element", "/api-bodies/FeedItem",
            f"/posts/{post}", f"/posts/{post}/edit", f"/posts/{post}/likes", f"/posts/{post}/share",
            f"/posts/{post}/guests", f"/posts/{post}/flags", f"/posts/{post}/topics", f"/posts/{post}/record",
            f"/comments/{said}/reply", f"/comments/{mine}/edit", f"/comments/{mine}/revisions",
            f"/audience/{company.key('omar')}", f"/audience/{deal}", f"/people/{maya}/thanks", f"/subjects/{deal}/level",
            "/o/Opportunity", "/o/Opportunity?filtered=1&f=Amount&op=greaterThan&v=5&sort=Amount", "/o/Opportunity/board",
            "/o/Opportunity/board?stage=Prospecting", f"/r/{deal}?tab=related", f"/r/{deal}?tab=details&saved=1",
            f"/r/{deal}/fields/Amount", f"/r/{fair}?tab=members",
            f"/r/{deal}/ask", f"/r/{deal}/history", f"/r/{deal}/why", f"/r/{deal}/sharing", f"/r/{deal}/topics",
        ],
        "ada": [
            "/invitations", f"/setup/people/{company.key('omar')}/leaving", f"/setup/people/{company.key('maya')}/leaving",
            f"/setup/people/{company.key('ada')}/leaving",
        ],
        "mo": ["/moderation", f"/posts/{post}/flags"],
        "gus": ["/jump", "/feeds/to", "/notices", "/drafts", f"/r/{deal}", f"/audience/{deal}", f"/people/{company.key('gus')}"],
    }  # fmt: skip
    for who, names in (("omar", ("iris", "pim")), ("ada", ("lena",))):
        await invite(company, who, *[f"{name}@elsewhere.example" for name in names])
    asked = await omar.get("/invitations")
    [withdrawn, *_] = re.findall(r"/invitations/(\w+)/delete", asked.text)
    await omar.submit(f"/invitations/{withdrawn}/delete")
    await (await company.client("nina")).submit(f"/comments/{said}/flags", kind="FlagAsSpam", note="Twice")
    found: list[str] = []
    for name, addresses in pages.items():
        page = await visit(name)
        for address in addresses:
            answer = await page.goto(address)
            assert answer is not None and answer.status == 200, address
            await page.wait_for_selector("html.scripted")
            await expect(page.locator("hub-live")).to_have_attribute("data-state", "live")
            found += await faults(page, f"{name} {address}")
            found += [f"{name} {address} is gone"] if await page.locator(".notice").count() else []
    assert not found, "\n".join(found)
