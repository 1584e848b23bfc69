"""The server is killed while people write: what they did says that it has not arrived, is tried again, and is there once."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
from collections.abc import AsyncIterator
from datetime import date

import httpx
import msgspec
import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from hubbub.cli import processes, serving
from hubbub.core import ids
from hubbub.core.config import Settings
from tests.browser.conftest import Visit
from tests.cast import Company, House

pytestmark = pytest.mark.browser


class Mortal:
    """A web server in a process of its own, on the database of the run."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.child: processes.Child | None = None
        self.listening: socket.socket | None = None

    @property
    def url(self) -> str:
        return self.settings.url

    async def start(self) -> None:
        self.listening = serving.listen(self.settings)
        words = ("web", "--fd", str(self.listening.fileno()))
        self.child = processes.Child("web", *words, settings=self.settings, listening=self.listening)
        self.child.start()
        async with httpx.AsyncClient() as client:
            for _ in range(600):
                with contextlib.suppress(httpx.HTTPError):
                    if (await client.get(f"{self.url}/health", timeout=2)).status_code == 200:
                        return
                await asyncio.sleep(0.1)
        raise RuntimeError("the server did not start")

    def freeze(self) -> None:
        """It takes what is sent, and does nothing with it."""
        assert self.child and self.child.process
        os.kill(self.child.process.pid, signal.SIGSTOP)

    def kill(self) -> None:
        if self.child and self.child.process:
            assert isinstance(self.child.process, subprocess.Popen)
            self.child.process.kill()
            self.child.process.wait()
        if self.listening:
            self.listening.close()


@pytest_asyncio.fixture(loop_scope="session")
async def mortal(house: House) -> AsyncIterator[Mortal]:
    server = Mortal(msgspec.structs.replace(house.settings, port=house.settings.port + 5))
    await server.start()
    try:
        yield server
    finally:
        server.kill()


async def write(page: Page, form: str, text: str) -> None:
    await page.locator(f"{form} textarea:visible, {form} .ProseMirror:visible").first.click()
    await expect(page.locator(f"{form} .ProseMirror")).to_be_focused()
    await page.keyboard.type(text)


async def test_what_is_done_while_the_server_is_dead_is_tried_again(
    company: Company, visit: Visit, mortal: Mortal
) -> None:
    await (await company.client("omar")).submit("/posts", subject=company.key("omar"), text="Tide is high")
    page = await visit("omar", expect_errors=True)
    await page.goto(f"{mortal.url}/")
    item = page.locator(".item[data-item]", has_text="Tide is high")
    await write(page, "#composer", "Warm")  # the rich box is loaded
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".item[data-item]", has_text="Warm")).to_have_count(1)
    await write(page, ".item[data-item]:has-text('Tide is high') .comment-form", "warm too")
    await page.keyboard.press("Control+Enter")
    await expect(item.locator(".comment[id]")).to_have_count(1)

    # It dies in the middle of a post.
    mortal.freeze()
    await write(page, "#composer", "Said into the dark")
    await page.keyboard.press("Control+Enter")
    post = page.locator("article.sending")
    await expect(post).to_contain_text("Said into the dark")
    await expect(post.locator(".state")).to_be_visible()  # on its way
    mortal.kill()
    await expect(post).to_contain_text("Not sent")

    # And while it is dead: a comment, a like, a bookmark, half a thought.
    await write(page, ".item[data-item]:has-text('Tide is high') .comment-form", "answered into the dark")
    await page.keyboard.press("Control+Enter")
    comment = item.locator(".comment.sending.failed")
    await expect(comment).to_contain_text("Not sent")
    like = item.locator(".bar [data-like]")
    await item.locator(".bar > .menu:not(.faces) > summary").click()
    await item.locator("[data-bookmark]").click()
    await expect(page.locator(".notice")).to_contain_text("Not sent")
    await expect(item.locator(".state.kept")).to_have_count(0)
    await like.click()
    await expect(like).to_have_text("Like")
    await expect(like).not_to_have_class("act on")
    await write(page, "#composer", "Half a thought")
    await expect(page.locator("#composer .draft-state")).to_have_attribute("data-state", "unsaved")

    await mortal.start()
    await post.get_by_role("button", name="Try again").click()
    await comment.get_by_role("button", name="Try again").click()
    await page.locator(".notice").get_by_role("button", name="Try again").click()
    await expect(page.locator(".sending")).to_have_count(0)
    await expect(like).to_have_text("Liked")
    await item.locator(".bar > .menu:not(.faces) > summary").click()
    await item.locator("[data-bookmark]").click()
    await expect(item.locator(".state.kept")).to_have_count(1)
    # The tab keeps what is written until the server has it.
    await page.wait_for_function("() => !Object.keys(sessionStorage).some(each => each.startsWith('draft '))")

    await page.reload()
    await expect(page.locator(".item[data-item]", has_text="Said into the dark")).to_have_count(1)
    await expect(item.locator(".comment[id]", has_text="answered into the dark")).to_have_count(1)
    await expect(item.locator(".bar [data-like]")).to_have_text("Liked")
    await expect(item.locator(".state.kept")).to_have_count(1)
    await expect(page.locator("#composer-text")).to_have_value("Half a thought")


async def test_what_one_person_could_not_send_is_not_shown_to_the_next(
    company: Company, visit: Visit, mortal: Mortal
) -> None:
    deal = await company.make(
        "omar", "Opportunity", Name="Gauges", StageName="Prospecting", CloseDate=date(2027, 1, 31)
    )
    omar = await visit("omar", expect_errors=True)
    await omar.goto(f"{mortal.url}/r/{ids.show(deal)}")
    await write(omar, "#composer", "Not for others")
    mortal.kill()
    await omar.keyboard.type(".")
    await expect(omar.locator("#composer .draft-state")).to_have_attribute("data-state", "unsaved")
    place = await omar.locator("#composer hub-write").get_attribute("data-place")
    kept = await omar.evaluate("() => Object.entries(sessionStorage).flat().join()")
    assert "Not for others." in kept and place and place in kept
    # His session ends before the server is back, and the next person goes on in the same tab.
    await omar.goto("about:blank")
    await omar.context.clear_cookies()
    await mortal.start()
    jar = (await company.client("noor")).cookies.jar
    await omar.context.add_cookies(
        [{"name": each.name, "value": each.value or "", "url": mortal.url} for each in jar]
    )
    await omar.goto(f"{mortal.url}/r/{ids.show(deal)}")
    await expect(omar.locator(".me .unseen")).to_contain_text("Noor")
    await expect(omar.locator("#composer-text")).to_have_value("")
