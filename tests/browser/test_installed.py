"""Hubbub as an installed app: a browser takes it for one, a new version takes over, and nothing of anybody stays behind."""

import json
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from hubbub.core.html import templates
from tests.browser.conftest import Visit
from tests.browser.test_shell import kept_by_worker
from tests.cast import Company

pytestmark = pytest.mark.browser


async def controlled(page: Page) -> None:
    await page.wait_for_function("() => navigator.serviceWorker.controller")


async def test_a_browser_takes_it_for_an_app(company: Company, visit: Visit) -> None:
    page = await visit("omar")
    await controlled(page)
    session = await page.context.new_cdp_session(page)
    told = await session.send("Page.getAppManifest")
    assert told["errors"] == [] and json.loads(told["data"])["display"] == "standalone"
    hindered = (await session.send("Page.getInstallabilityErrors"))["installabilityErrors"]
    # A browser for tests keeps nothing when it ends: it installs nothing for that reason alone.
    assert {each["errorId"] for each in hindered} <= {"in-incognito"}


async def test_a_new_version_takes_over_and_the_old_shell_goes(
    company: Company, visit: Visit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await visit("omar")
    await controlled(page)
    (before,) = await page.evaluate("() => caches.keys()")
    # The next build: its worker has another version, the rest is as it was.
    manifest = json.loads(templates.MANIFEST.read_text())
    for name in manifest.values():
        for file in (name, f"{name}.gz"):
            (tmp_path / file).write_bytes((templates.MANIFEST.parent / file).read_bytes())
    worker = (tmp_path / manifest["worker.js"]).read_text()
    version = before.removeprefix("hubbub ")
    manifest["worker.js"] = "worker-next.js"
    (tmp_path / "worker-next.js").write_text(worker.replace(version, "next"))
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    monkeypatch.setattr(templates, "MANIFEST", tmp_path / "manifest.json")
    await page.evaluate("async () => void (await navigator.serviceWorker.getRegistration()).update()")
    kept: list[str] = []
    for _ in range(60):
        kept = await page.evaluate("() => caches.keys()")
        if kept == ["hubbub next"]:
            break
        await page.wait_for_timeout(250)
    assert kept == ["hubbub next"]
    await page.wait_for_function("() => navigator.serviceWorker.controller?.state === 'activated'")
    assert "/offline" in await kept_by_worker(page)
    await page.goto("/notices")  # the open tab goes on
    await expect(page.locator("h1")).to_have_text("Notifications")


async def test_nothing_of_a_person_is_left_for_the_next_on_this_browser(
    company: Company, visit: Visit
) -> None:
    await (await company.client("omar")).submit(
        "/posts", subject=company.key("omar"), text="For omar's eyes: plum"
    )
    page = await visit("omar", expect_errors=True)
    await controlled(page)
    for address in ("/notices", f"/people/{company.key('omar')}", "/"):
        await page.goto(address)
    await page.get_by_role("link", name="Notifications").first.wait_for()
    await page.evaluate("() => sessionStorage.setItem('draft of somebody', 'half a thought')")
    await page.locator(".me > summary").click()
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.locator("#username")).to_be_visible()
    assert all(each == "/offline" or each.startswith("/assets/") for each in await kept_by_worker(page))
    assert await page.evaluate("() => sessionStorage.length") == 0
    # Back leads to pages that are asked for again, also where nobody answers.
    await page.go_back()
    await expect(page.locator("#username, h1").first).to_be_visible()
    assert "plum" not in await page.content() and "Omar" not in await page.content()
    await page.context.set_offline(True)
    for address in ("/", "/notices", f"/people/{company.key('omar')}"):
        await page.goto(address)
        await expect(page.locator("h1")).to_have_text("Hubbub cannot be reached")
        assert "plum" not in await page.content() and "Omar" not in await page.content()
    await page.context.set_offline(False)
    # The next person, in the same browser.
    await page.goto("/sign-in")
    jar = (await company.client("nina")).cookies.jar
    await page.context.add_cookies(
        [{"name": each.name, "value": each.value or "", "url": page.url} for each in jar]
    )
    await page.goto("/notices")
    await expect(page.locator(".me .unseen")).to_contain_text("Nina")
    await page.context.set_offline(True)
    await page.goto(f"/people/{company.key('omar')}")
    assert "plum" not in await page.content() and "Nina" not in await page.content()
