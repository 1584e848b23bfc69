"""Real browsers on the real pages: the app listens on a port, each person gets a browser of his own."""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright, expect

from tests.cast import Company

# Chromium without its own windows: a browser for each visit costs it a sixth of what it costs the one with windows.
CHROMIUM = (
    os.environ.get("HUBBUB_CHROMIUM")
    or shutil.which("chromium-headless-shell")
    or shutil.which("chromium")
    or "/usr/bin/chromium"
)
# Chromium as root needs no sandbox of its own; the other flags keep it from looking up anything elsewhere.
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]

# How long to wait for what must happen: on a busy machine all of it takes its time. What takes too long is a figure of
# bin/bench, and no test.
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)

pytestmark = pytest.mark.browser


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


Visit = Callable[..., Awaitable[Page]]


@pytest_asyncio.fixture(loop_scope="session")
async def visit(address: str, chromium: Browser, company: Company, clients: AsyncExitStack) -> Visit:
    """Open a browser as one of the cast: `await visit("omar")`, with options of the context."""

    async def open(name: str | None, *, expect_errors: bool = False, **options: Any) -> Page:
        context = await chromium.new_context(base_url=address, **options)
        clients.push_async_callback(context.close)
        page = await context.new_page()
        page.set_default_timeout(PATIENCE)
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "console",
            lambda message: (
                faults.append(f"{message.text} {message.location}") if _is_fault(message) else None
            ),
        )
        page.on(
            "request",
            lambda request: (
                None if request.url.startswith((address, "data:")) else faults.append(f"asked {request.url}")
            ),
        )
        page.on("dialog", lambda dialog: faults.append(f"dialog {dialog.message}"))
        page.faults = faults  # type: ignore[attr-defined]
        if not expect_errors:
            clients.callback(lambda: _none(faults))
        if name:
            # Signed in through the front door, but not by typing: tests/browser/test_keyboard.py does that.
            jar = (await company.client(name)).cookies.jar
            await context.add_cookies(
                [{"name": each.name, "value": each.value or "", "url": address} for each in jar]
            )
        await page.goto("/" if name else "/sign-in")
        return page

    return open


def _is_fault(message: ConsoleMessage) -> bool:
    # What is written on may have been deleted since, and its word still be on the way.
    overtaken = "status of 404" in message.text and message.location["url"].endswith("/drafts")
    return message.type == "error" and not overtaken


def _none(faults: list[str]) -> None:
    assert not faults, faults
