"""A page as it looks to others: in the light, in the dark and on a phone, each asked for what axe-core finds there."""

import json
from pathlib import Path
from typing import Any

from playwright.async_api import CDPSession, Page

AXE = Path(__file__).parent.parent.parent / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What differs where only the colours do.
COLOURS = ["color-contrast"]
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "is_mobile": True,
        "has_touch": True,
        "color_scheme": "dark",
    },
}


async def violations(page: Page, rules: list[str] = RULES) -> list[str]:
    """What axe-core finds. Run from outside the page, whose own policy would not let it in."""
    return await _violations(await page.context.new_cdp_session(page), rules)


async def _violations(session: CDPSession, rules: list[str]) -> list[str]:
    async def run(expression: str) -> dict[str, Any]:
        asked = {"expression": expression, "awaitPromise": True, "returnByValue": True}
        answer = await session.send("Runtime.evaluate", asked)
        assert "exceptionDetails" not in answer, answer
        return answer["result"]

    if (await run("typeof axe"))["value"] == "undefined":
        await run(AXE.read_text() + ";0")
    found = await run(
        f"axe.run(document, {{runOnly: {rules}, resultTypes: ['violations']}}).then(r => JSON.stringify("
        "r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 120)).slice(0, 3).join(' | '))))"
    )
    return json.loads(found["value"])


async def faults(page: Page, name: str) -> list[str]:
    """What is wrong with an open page in any of the looks: it changes its clothes, it is not loaded again. Light and dark
    differ in nothing but colours, so the dark one is asked for those."""
    session = await page.context.new_cdp_session(page)
    found: list[str] = []
    for look, wears in LOOKS.items():
        await _wear(session, wears)
        found += [
            f"{name} {look} {each}"
            for each in await _violations(session, COLOURS if look == "dark" else RULES)
        ]
        wide = await page.evaluate(
            "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        found += [f"{name} {look} is {wide} px too wide"] if wide > 0 else []
    await _wear(session, LOOKS["light"])
    await session.detach()
    return found


async def _wear(session: CDPSession, look: dict[str, Any]) -> None:
    phone = "is_mobile" in look
    metrics = look["viewport"] | {"deviceScaleFactor": 1, "mobile": phone}
    await session.send("Emulation.setDeviceMetricsOverride", metrics)
    await session.send("Emulation.setTouchEmulationEnabled", {"enabled": phone})
    media = {"prefers-color-scheme": look["color_scheme"], "prefers-reduced-motion": "reduce"}
    features = [{"name": name, "value": value} for name, value in media.items()]
    await session.send("Emulation.setEmulatedMedia", {"features": features})
    shown = "[matchMedia('(pointer: coarse)').matches, matchMedia('(prefers-color-scheme: dark)').matches, innerWidth]"
    told = await session.send("Runtime.evaluate", {"expression": shown, "returnByValue": True})
    assert told["result"]["value"] == [phone, look["color_scheme"] == "dark", look["viewport"]["width"]]
    # Nothing moves for who wants no motion, so the colours of the next frame are those that stay.
    frame = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(0))))"
    await session.send("Runtime.evaluate", {"expression": frame, "awaitPromise": True})
