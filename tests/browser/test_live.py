"""Two people, two browsers: what one does arrives at the other without a reload, and only what he may see."""

import asyncio
import json
import re
from datetime import date
from decimal import Decimal

import pytest
from playwright.async_api import Page, Route, expect

from hubbub.core import ids
from tests.browser.conftest import Visit
from tests.cast import Company
from tests.feed.test_live import unshare
from tests.inbox.test_notices import send

pytestmark = pytest.mark.browser


async def deal(company: Company) -> str:
    """omar's deal, shared with maya, who may not read amounts."""
    id = await company.make(
        "omar", "Opportunity", Name="Isdom, tide gauges", StageName="Prospecting", Amount=Decimal(38000),
        CloseDate=date(2027, 1, 31),
    )  # fmt: skip
    await company.share(id, "maya")
    return ids.show(id)


async def listening(page: Page) -> None:
    await expect(page.locator("hub-live")).to_have_attribute("data-state", "live")


async def test_post_comment_like_and_delete_arrive(company: Company, visit: Visit) -> None:
    omar, maya = await visit("omar"), await visit("maya")
    await maya.goto("/company")
    await listening(maya)

    await omar.fill("#composer-text", "Off to <b>Hellum</b>, see https://example.com/ferry")
    await omar.keyboard.press("Control+Enter")
    mine = omar.locator(".item", has_text="Off to <b>Hellum</b>")
    await expect(mine).to_have_count(1)
    await expect(omar.locator("#composer textarea")).to_have_value("")
    await expect(omar.locator(".new-posts button")).to_be_hidden()

    pill = maya.locator(".new-posts button")
    await expect(pill).to_have_text("1 new post")
    await expect(maya.locator(".item")).to_have_count(0)  # nothing moves before she asks
    await pill.click()
    hers = maya.locator(".item", has_text="Off to <b>Hellum</b>")
    await expect(hers).to_have_count(1)
    await expect(pill).to_be_hidden()
    await expect(hers.locator(".text a").first).to_have_attribute("href", "https://example.com/ferry")

    await hers.locator(".box:visible").fill("half a thought")
    await mine.locator(".box:visible").fill("Anybody joining?")
    await mine.locator(".box:visible").press("Control+Enter")
    await expect(hers.locator(".comment")).to_contain_text("Anybody joining?")
    await expect(hers.locator("textarea")).to_have_value("half a thought")
    await expect(mine.locator("textarea")).to_have_value("")

    await hers.locator("[data-like]").click()
    await expect(hers.locator("[data-like]")).to_have_text("Liked")
    await expect(mine.locator(".counts")).to_have_text(re.compile("1 like · 1 comment"))

    await mine.get_by_label("More about this post").click()
    await mine.locator(".sure > summary").first.click()
    await mine.get_by_role("button", name="Delete post").click()
    await expect(mine).to_have_count(0)
    await expect(hers).to_have_count(0)


async def test_nothing_moves_for_who_reads_and_nothing_reaches_who_may_not_see(
    company: Company, visit: Visit
) -> None:
    key = await deal(company)
    author = await company.client("omar")
    for number in range(8):
        await author.submit("/posts", subject=key, text=f"Earlier {number}\nand more\nof it")
    omar, noor, nina = await visit("omar"), await visit("noor"), await visit("nina", expect_errors=True)
    told: list[str] = []
    nina.on(
        "websocket",
        lambda socket: socket.on("framereceived", lambda frame: told.append(json.loads(frame)["type"])),
    )
    for page, path in ((omar, f"/r/{key}"), (noor, f"/r/{key}"), (nina, "/company")):
        await page.goto(path)
        await listening(page)

    read = noor.locator(".item", has_text="Earlier 2")
    await read.scroll_into_view_if_needed()
    # What was below the fold has an estimated height until it is painted.
    painted = "(part) => part.checkVisibility({ contentVisibilityAuto: true })"
    await noor.wait_for_function(painted, arg=await read.locator(".item-main").element_handle())
    before = await read.bounding_box()
    await omar.fill("#composer-text", "They want 60 days")
    await omar.keyboard.press("Control+Enter")
    await omar.locator(".path button", has_text="Qualification").click()
    pill = noor.locator(".new-posts button")
    await expect(pill).to_have_text("2 new posts")
    assert await read.bounding_box() == before
    mine = omar.locator(".item", has_text="They want 60 days")
    await mine.locator(".box:visible").fill("And a discount")
    await mine.locator(".box:visible").press("Control+Enter")
    await mine.locator("[data-like]").first.click()
    await pill.click()
    hers = noor.locator(".item", has_text="They want 60 days")
    await expect(hers).to_contain_text("And a discount")
    await expect(hers.locator(".counts")).to_have_text(re.compile("1 like · 1 comment"))

    assert set(told) == {"ready"}
    assert await nina.locator(".item").count() == 0
    assert await nina.locator(".new-posts button").is_hidden()
    await nina.reload()
    assert await nina.locator(".item").count() == 0
    answer = await nina.goto(f"/r/{key}")
    assert answer is not None and answer.status == 404
    assert "Isdom" not in await nina.content()


class Held:
    """Keeps answers back that the server has given, so that something else can happen before the page has them."""

    def __init__(self) -> None:
        self.read, self.go = asyncio.Event(), asyncio.Event()

    async def __call__(self, route: Route) -> None:
        answer = await route.fetch()
        self.read.set()
        await self.go.wait()
        await route.fulfill(response=answer)


async def test_what_happens_while_new_posts_are_fetched_is_not_missed(company: Company, visit: Visit) -> None:
    key = await deal(company)
    omar, noor = await visit("omar"), await visit("noor")
    told = asyncio.Queue[str]()
    noor.on(
        "websocket",
        lambda socket: socket.on("framereceived", lambda frame: told.put_nowait(json.loads(frame)["type"])),
    )
    for page in (omar, noor):
        await page.goto(f"/r/{key}")
        await listening(page)
    held = Held()
    await noor.route("**/new?*", held)
    for text in ("They want 60 days", "We said 30"):
        await omar.fill("#composer-text", text)
        await omar.keyboard.press("Control+Enter")
        await omar.locator(".item:not(.sending)", has_text=text).wait_for()
    pill = noor.locator(".new-posts button")
    await expect(pill).to_have_text("2 new posts")
    await pill.click()
    await held.read.wait()
    await omar.locator(".item", has_text="They want 60 days").locator("[data-like]").click()
    await omar.locator(".item", has_text="They want 60 days").locator(".counts", has_text="1 like").wait_for()
    element = await send(company, "omar", "And they called", subject=key)
    withdrawn = omar.locator(".item", has_text="We said 30")
    await withdrawn.get_by_label("More about this post").click()
    await withdrawn.locator(".sure > summary").first.click()
    await withdrawn.get_by_role("button", name="Delete post").click()
    while await asyncio.wait_for(told.get(), 30) != "feed.item.deleted":
        pass
    held.go.set()
    await expect(noor.locator(".item", has_text="They want 60 days").locator(".counts")).to_contain_text(
        "1 like"
    )
    await expect(noor.locator(".item", has_text="We said 30")).to_have_count(0)
    await expect(pill).to_have_text("1 new post")
    await pill.click()
    await noor.locator(f"#item-{element['id']}").wait_for()


async def test_what_i_lose_sight_of_does_not_come_in_late(company: Company, visit: Visit) -> None:
    """The list of notices was read before the share was withdrawn, and came to the page after."""
    key = await deal(company)
    await send(company, "omar", "Secret terms", subject=key, mentions=("maya",))
    page = await visit("maya")
    held = Held()
    await page.route("**/notices/list", held)
    await page.goto("/people")
    await listening(page)
    await page.locator("#bell").click()
    await held.read.wait()
    await unshare(company, key, "maya")
    held.go.set()
    await expect(page.locator(".bell-list")).to_be_visible()
    await expect(page.locator(".told", has_text="Secret terms")).to_have_count(0)


async def test_a_stage_moves_on_every_page_that_shows_it(company: Company, visit: Visit) -> None:
    key = await deal(company)
    omar, maya = await visit("omar"), await visit("maya")
    for page in (omar, maya):
        await page.goto(f"/r/{key}")
        await listening(page)
    await expect(maya.locator("#record-head")).not_to_contain_text("Amount")

    await omar.locator(".path button", has_text="Qualification").click()
    await expect(omar.locator(".path .current")).to_contain_text("Qualification")
    await expect(omar.locator(".item .changes")).to_contain_text(
        "Qualification"
    )  # his own change needs no pill
    await expect(maya.locator(".path .current")).to_contain_text("Qualification")
    await maya.locator(".new-posts button").click()
    await expect(maya.locator(".item .changes")).to_contain_text("Stage")

    await omar.goto(f"/r/{key}/edit")
    await omar.fill("#f-Amount", "45140")
    await omar.click(".form-foot .primary")
    await expect(omar.locator("#record-head")).to_contain_text("$45,140")
    # What maya may not read does not reach her: no pill, no item.
    await maya.wait_for_timeout(700)
    await expect(maya.locator(".new-posts button")).to_be_hidden()
    await expect(maya.locator(".item")).to_have_count(1)


async def test_a_lost_line_catches_up(company: Company, visit: Visit) -> None:
    noor, maya = await visit("noor"), await visit("maya", expect_errors=True)
    lines: list[object] = []
    broken = False

    async def line(socket: object) -> None:
        lines.append(socket)
        if broken:
            await socket.close()  # type: ignore[attr-defined]
        else:
            socket.connect_to_server()  # type: ignore[attr-defined]

    await maya.route_web_socket("**/live", line)  # type: ignore[arg-type]
    await maya.goto("/company")
    await listening(maya)
    broken = True
    await lines[-1].close()  # type: ignore[attr-defined]
    await noor.fill("#composer-text", "Said while maya was cut off")
    await noor.click(".composer .primary")
    await expect(noor.locator(".item")).to_have_count(1)
    await expect(maya.locator("hub-live")).to_have_attribute("data-state", "broken")
    await expect(maya.locator("hub-live")).to_have_text("Reconnecting…")
    broken = False
    await expect(maya.locator(".new-posts button")).to_have_text("1 new post")


async def test_an_ended_session_leaves_its_page(company: Company, visit: Visit) -> None:
    first, second = await visit("maya", expect_errors=True), await visit("maya")
    await listening(first)
    await second.goto("/people/sessions")
    await second.locator(".row", has_not_text="this one").locator("button").first.click()
    await first.wait_for_url("**/sign-in**")


async def test_what_cannot_be_sent_is_kept_and_sent_once(company: Company, visit: Visit) -> None:
    omar = await visit("omar", expect_errors=True)
    await omar.fill("#composer-text", "Written on a train")
    await omar.context.set_offline(True)
    await omar.click(".composer .primary")
    await expect(omar.locator(".sending.failed")).to_contain_text("Not sent")
    await expect(omar.locator(".sending.failed .text")).to_have_text("Written on a train")
    await omar.context.set_offline(False)
    await omar.locator(".sending.failed button").first.click()
    await expect(omar.locator(".sending")).to_have_count(0)
    await expect(omar.locator(".item", has_text="Written on a train")).to_have_count(1)
    await omar.reload()
    await expect(omar.locator(".item", has_text="Written on a train")).to_have_count(1)
    await expect(omar.locator("#composer textarea")).to_have_value("")
