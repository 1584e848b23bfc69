"""`page`: the first page in a real browser with nothing in its cache. `memory`: what everything that bin/up starts
takes, idle."""

import asyncio
import os
import shutil
from pathlib import Path
from typing import Any

from bench.feed import sign_in
from bench.ground import Client, Figures, Process, data_folder, say

BYTES, REQUESTS, MEGABYTES = 70_000, 10, 200
SETTLED = 10  # seconds after which it counts as idle


async def measure() -> dict[str, Figures]:
    """The figures named page and memory in the contract."""
    with data_folder() as settings:
        running = Process(settings, "up")
        running.start()
        try:
            await running.healthy(120)
            say(f"memory after {SETTLED} s of rest")
            await asyncio.sleep(SETTLED)
            memory = _memory(settings.data)
            client = await Client.connect(settings)
            username = "omar@tidewater.example"
            cookie = await sign_in(client, username, settings.secrets.demo_password(username))
            client.close()
            say("the first page, cold")
            page = await _page(settings.url, cookie)
            await asyncio.sleep(2)
            memory["after_a_page_mb"] = _memory(settings.data)["pss_mb"]
        finally:
            await asyncio.to_thread(running.stop)
    return {"page": page, "memory": memory}


async def _page(url: str, cookie: str) -> Figures:
    from playwright.async_api import async_playwright

    chromium = os.environ.get("HUBBUB_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
    loaded: dict[str, dict[str, Any]] = {}
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = await browser.new_context(viewport={"width": 1280, "height": 800})
        await context.add_cookies(
            [
                {"name": name, "value": value, "url": url}
                for name, _, value in (each.partition("=") for each in cookie.split("; "))
            ]
        )
        page = await context.new_page()
        session = await context.new_cdp_session(page)

        def asked(told: dict[str, Any]) -> None:
            loaded.setdefault(told["requestId"], {})["url"] = told.get("url") or told["response"]["url"]

        def came(told: dict[str, Any]) -> None:
            loaded.setdefault(told["requestId"], {})["bytes"] = told["encodedDataLength"]

        session.on("Network.responseReceived", asked)
        session.on("Network.webSocketCreated", asked)
        session.on("Network.loadingFinished", came)
        await session.send("Network.enable")
        answer = await page.goto(url + "/", wait_until="networkidle")
        assert answer and answer.status == 200, answer
        items = await page.locator(".item, article").count()
        await page.wait_for_timeout(500)
        await browser.close()
    files = {
        each["url"].removeprefix(url): int(each.get("bytes", 0)) for each in loaded.values() if "url" in each
    }
    total = sum(files.values())
    return {
        "gzip_bytes": total,
        "gzip_bytes_goal": BYTES,
        "requests": len(files),
        "requests_goal": REQUESTS,
        "items": items,
        "files": files,
    }


def _memory(data: Path) -> Figures:
    """Proportional set sizes: what is shared between processes counts once."""
    found: dict[str, float] = {}
    for process in Path("/proc").iterdir():
        if not process.name.isdigit() or not _belongs(process, data):
            continue
        try:
            lines = (process / "smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        kilobytes = next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        found[f"{_name(process)} {process.name}"] = round(kilobytes / 1000, 1)
    return {"pss_mb": round(sum(found.values()), 1), "goal_mb": MEGABYTES, "processes": found}


def _belongs(process: Path, data: Path) -> bool:
    """Whether it or one of its parents was started with that data folder, or lives in it."""
    for _ in range(10):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
            if any(os.fsencode(data) in word for word in words):
                return b"bench" not in words
            told = dict(
                line.split(":", 1) for line in (process / "status").read_text().splitlines() if ":" in line
            )
            parent = told["PPid"].strip()
        except (OSError, KeyError):
            return False
        if parent in ("0", "1"):
            return False
        process = Path("/proc") / parent
    return False


def _name(process: Path) -> str:
    words = (process / "cmdline").read_text(errors="replace").replace("\0", " ").split()
    for word in ("keeper.py", "worker", "up"):
        if any(each.endswith(word) for each in words):
            return word
    return " ".join(words[:3])[:40]
