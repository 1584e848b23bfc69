"""`page`: the first page in a real browser with nothing in its cache: its bytes, when it can be read over a slow line, and
how long after the press what one sends shows while the server is slow. `memory`: what everything that bin/up starts takes,
idle."""

import asyncio
import os
import shutil
import statistics
from pathlib import Path
from typing import Any

from bench.feed import sign_in
from bench.ground import Client, Figures, Process, data_folder, say

BYTES, REQUESTS, MEGABYTES = 70_000, 10, 200
# A telephone on a poor line: what the browser is held to.
SLOW_LINE = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 200_000,
    "uploadThroughput": 93_750,
}  # ms, bytes/s
SLOW_CPU = 4  # times slower
READABLE_S, ROUNDS, SLOW_SERVER = (
    1.2,
    5,
    1.5,
)  # goal in seconds; times; seconds that the server takes to answer
_WATCH = """
new PerformanceObserver(list => { for (const each of list.getEntries()) window.readable = each.startTime })
    .observe({type: 'largest-contentful-paint', buffered: true});
"""
# From the press of a key (or a button) to the frame in which what it makes is shown, in ms.
_SHOWN = """
([kind, selector]) => new Promise(done => {
    let pressed = 0;
    document.addEventListener(kind, event => { if (kind === 'click' || event.key === 'Enter') pressed = event.timeStamp },
                              {capture: true, once: kind === 'click'});
    const look = () => {
        if (!document.querySelector(selector)) return;
        seen.disconnect();
        requestAnimationFrame(() => setTimeout(() => window.shown(performance.now() - pressed)));
    };
    const seen = new MutationObserver(look);
    seen.observe(document.body, {subtree: true, childList: true, attributes: true});
    window.shown = ms => { window.took = ms };
    done();
})
"""
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
        say(
            f"the same over {SLOW_LINE['downloadThroughput'] * 8 / 1e6} Mbit/s, {SLOW_LINE['latency']} ms, CPU x{SLOW_CPU}"
        )
        readable = [await _readable(context, url) for _ in range(ROUNDS)]
        say(f"what is sent shows while the server takes {SLOW_SERVER} s")
        shown = await _shown(context, url)
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
        "readable_slow_s": round(statistics.median(readable), 2),
        "readable_slow_s_goal": READABLE_S,
        "readable_slow_s_all": [round(each, 2) for each in readable],
        "shown_after_press_ms": {name: round(statistics.median(each)) for name, each in shown.items()},
        "server_took_ms": round(SLOW_SERVER * 1000),
        "files": files,
    }


async def _readable(context: Any, url: str) -> float:
    """Seconds until the largest text of the first page was painted, with nothing in the cache, held to SLOW_LINE."""
    page = await context.new_page()
    await page.add_init_script(_WATCH)
    session = await context.new_cdp_session(page)
    await session.send("Network.enable")
    await session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    await session.send("Network.setBypassServiceWorker", {"bypass": True})
    await session.send("Network.emulateNetworkConditions", SLOW_LINE)
    await session.send("Emulation.setCPUThrottlingRate", {"rate": SLOW_CPU})
    await page.goto(url + "/", wait_until="load")
    await page.wait_for_timeout(300)
    seconds = await page.evaluate("() => window.readable") / 1000
    await page.close()
    return seconds


async def _shown(context: Any, url: str) -> dict[str, list[float]]:
    """Milliseconds from pressing to seeing a post, a comment and a like, by what was pressed."""
    page = await context.new_page()

    async def slowly(route: Any) -> None:
        await asyncio.sleep(SLOW_SERVER)
        await route.continue_()

    await page.route(
        lambda address: address.endswith(("/posts", "/comments", "/likes", "/likes/delete")), slowly
    )
    await page.goto(url + "/", wait_until="networkidle")
    took: dict[str, list[float]] = {"post": [], "comment": [], "like": []}
    for number in range(ROUNDS):
        for name, box, selector in (
            ("post", "#composer", "article.sending"),
            ("comment", ".item .comment-form", ".comment.sending"),
        ):
            await page.locator(f"{box} .box, {box} textarea").first.focus()
            await page.wait_for_selector(f"{box} .ProseMirror, {box} hub-write.rich", timeout=10_000)
            await page.keyboard.type(f"Said {number}")
            await page.evaluate(_SHOWN, ["keydown", selector])
            await page.keyboard.press("Control+Enter")
            await page.wait_for_function("() => window.took")
            took[name].append(
                await page.evaluate("() => { const ms = window.took; delete window.took; return ms }")
            )
            await page.wait_for_selector(selector, state="detached")
        like = page.locator(".item [data-like]").first
        pressed = await like.get_attribute("aria-pressed")
        other = "false" if pressed == "true" else "true"
        await page.evaluate(_SHOWN, ["click", f'.item:first-of-type [data-like][aria-pressed="{other}"]'])
        await like.click()
        await page.wait_for_function("() => window.took")
        took["like"].append(
            await page.evaluate("() => { const ms = window.took; delete window.took; return ms }")
        )
        await page.wait_for_timeout(SLOW_SERVER * 1000 + 500)
    await page.close()
    return took


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
