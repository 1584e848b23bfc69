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
READABLE_S = 1.2  # the goal
ROUNDS = 5
SLOW_SERVER = 1.5  # seconds that an answer takes while it is measured how soon an input shows
# When what is read first was painted, and what it waited for: all in ms since the address was called.
_WATCH = """
new PerformanceObserver(list => { for (const each of list.getEntries()) window.readable = each.startTime })
    .observe({type: 'largest-contentful-paint', buffered: true});
"""
_WAITED_FOR = """
() => {
    const [page] = performance.getEntriesByType('navigation'), style = performance.getEntriesByType('resource')
        .filter(each => each.renderBlockingStatus === 'blocking').map(each => each.responseEnd);
    return {first_byte: page.responseStart, html: page.responseEnd, styles: Math.max(0, ...style),
            first_paint: performance.getEntriesByName('first-contentful-paint')[0].startTime, readable: window.readable};
}
"""
# From the press of a key (or a button) until one more of what it makes has been painted, in ms.
_SHOWN = """
([kind, selector]) => {
    const before = document.querySelectorAll(selector).length;
    window.took = new Promise(done => document.addEventListener(kind, function press(event) {
        if (event.key && event.key !== 'Enter') return;
        document.removeEventListener(kind, press, true);
        const painted = () => setTimeout(() => done(performance.now() - event.timeStamp));
        const look = () => document.querySelectorAll(selector).length > before ? painted() : requestAnimationFrame(look);
        requestAnimationFrame(look);
    }, true));
}
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

    chromium = (
        os.environ.get("HUBBUB_CHROMIUM")
        or shutil.which("chromium")
        or shutil.which("chromium-headless-shell")
        or "/usr/bin/chromium"
    )
    loaded: dict[str, dict[str, Any]] = {}
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = await browser.new_context(viewport={"width": 1280, "height": 800}, service_workers="block")
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
        await page.close()  # or it would ask for what is new, once the next pages have posted
        say(
            f"the same over {SLOW_LINE['downloadThroughput'] * 8 / 1e6} Mbit/s, {SLOW_LINE['latency']} ms, CPU x{SLOW_CPU}"
        )
        loads = [await _readable(context, url) for _ in range(ROUNDS)]
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
        "readable_slow_s": round(statistics.median(each["readable"] for each in loads) / 1000, 2),
        "readable_slow_s_goal": READABLE_S,
        "readable_slow_s_all": [round(each["readable"] / 1000, 2) for each in loads],
        "readable_waited_for_ms": {
            name: round(statistics.median(each[name] for each in loads)) for name in loads[0]
        },
        "shown_after_press_ms": {name: round(statistics.median(each)) for name, each in shown.items()},
        "server_took_ms": round(SLOW_SERVER * 1000),
        "files": files,
    }


async def _readable(context: Any, url: str) -> dict[str, float]:
    """When the largest text of the first page was painted and what came before, with nothing in the cache, held to SLOW_LINE."""
    page = await context.new_page()
    await page.add_init_script(_WATCH)
    session = await context.new_cdp_session(page)
    await session.send("Network.enable")
    await session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    await session.send("Network.emulateNetworkConditions", SLOW_LINE)
    await session.send("Emulation.setCPUThrottlingRate", {"rate": SLOW_CPU})
    await page.goto(url + "/", wait_until="load")
    await page.wait_for_function("() => window.readable")
    await page.wait_for_timeout(300)
    waited = await page.evaluate(_WAITED_FOR)
    await page.close()
    return waited


async def _shown(context: Any, url: str) -> dict[str, list[float]]:
    """Milliseconds from pressing to seeing a post, a comment and a like, while the server takes SLOW_SERVER to answer."""
    page = await context.new_page()

    async def slowly(route: Any) -> None:
        if route.request.method == "POST":
            await asyncio.sleep(SLOW_SERVER)
        await route.continue_()

    await page.route(lambda address: address.endswith(("/posts", "/comments", "/likes")), slowly)
    await page.goto(url + "/", wait_until="networkidle")
    took: dict[str, list[float]] = {"post": [], "comment": [], "like": []}
    for number in range(ROUNDS):
        for name, form, made in (
            ("post", "#composer", "article.sending"),
            ("comment", ".item[data-item] .comment-form", ".comment.sending"),
        ):
            box = page.locator(f"{form} textarea:visible, {form} .ProseMirror:visible").first
            await box.click()
            await page.locator(f"{form} hub-write.rich .ProseMirror:focus").wait_for()
            await page.keyboard.type(f"Said {number}")
            await page.evaluate(_SHOWN, ["keydown", made])
            await page.keyboard.press("Control+Enter")
            took[name].append(await page.evaluate("window.took"))
            await page.locator(made).wait_for(state="detached")
        await page.evaluate(_SHOWN, ["click", ".item [data-like][aria-pressed=true]"])
        await page.locator(".item [data-like][aria-pressed=false]").first.click()
        took["like"].append(await page.evaluate("window.took"))
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
    if (process / "comm").read_text().strip() == "hubbub worker":
        return "worker"
    for word in ("keeper.py", "worker", "up"):
        if any(each.endswith(word) for each in words):
            return word
    return " ".join(words[:3])[:40]
