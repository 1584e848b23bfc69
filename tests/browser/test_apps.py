"""Letting an app in, in a real browser: from the app to Hubbub and back, past the pages' own policy."""

import base64
import hashlib
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.async_api import expect

from hubbub import people
from hubbub.core import ids
from tests.browser.conftest import Visit
from tests.browser.looks import faults
from tests.cast import PASSWORD, Company

pytestmark = pytest.mark.browser

BACK = "https://reports.example/back"
VERIFIER = "v" * 43


async def make(company: Company, **how: Any) -> people.ConnectedApp:
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"))
        settings = people.AppSettings(**({"name": "Reports", "callbacks": [BACK]} | how))
        return await people.access_app(tx, await people.create_app(tx, ada, settings))


def begin(app: people.ConnectedApp, **more: str) -> str:
    """The address to which an app sends a browser."""
    made = hashlib.sha256(VERIFIER.encode()).digest()
    asked = {
        "response_type": "code",
        "client_id": app.client_id,
        "redirect_uri": BACK,
        "state": "mine & yours",
        "code_challenge": base64.urlsafe_b64encode(made).rstrip(b"=").decode(),
    }
    return f"/services/oauth2/authorize?{urlencode(asked | more)}"


@pytest.mark.parametrize("script", [True, False])
async def test_an_app_is_let_in_and_the_browser_goes_back(
    company: Company, visit: Visit, script: bool
) -> None:
    app = await make(company)
    page = await visit(None, expect_errors=True, java_script_enabled=script)
    await page.route(
        f"{BACK}**", lambda route: route.fulfill(body="<h1>Reports</h1>", content_type="text/html")
    )
    await page.goto(begin(app))
    await page.fill("#username", company.username("omar"))
    await page.fill("#password", PASSWORD)
    await page.click(".fields .primary")
    await expect(page.get_by_role("heading", name="Let Reports in?")).to_be_visible()
    await page.get_by_role("button", name="Allow", exact=True).click()
    await page.wait_for_url(f"{BACK}**")
    told = {name: value for name, [value] in parse_qs(urlsplit(page.url).query).items()}
    assert told["state"] == "mine & yours"
    browser = await company.nobody()
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"))
        secret = await people.change_secret(tx, ada, app.id)
    given = {"grant_type": "authorization_code", "code": told["code"], "redirect_uri": BACK}
    given |= {"client_id": app.client_id, "client_secret": secret, "code_verifier": VERIFIER}
    assert (await browser.post("/services/oauth2/token", data=given)).status_code == 200
    # Again: he is not asked, also where he has to sign in on the way.
    await page.goto("/people/sessions")
    await page.context.clear_cookies()
    await page.goto(begin(app))
    await page.fill("#username", company.username("omar"))
    await page.fill("#password", PASSWORD)
    await page.click(".fields .primary")
    await page.wait_for_url(f"{BACK}**")
    assert "code=" in page.url


async def test_who_does_not_let_it_in_goes_back_too(company: Company, visit: Visit) -> None:
    app, page = await make(company), await visit("omar", expect_errors=True)
    await page.route(
        f"{BACK}**", lambda route: route.fulfill(body="<h1>Reports</h1>", content_type="text/html")
    )
    await page.goto(begin(app))
    await page.get_by_role("button", name="Do not allow").click()
    await page.wait_for_url(f"{BACK}**")
    assert "error=access_denied" in page.url and "code=" not in page.url


async def test_pages_of_apps_are_accessible_and_fit(company: Company, visit: Visit) -> None:
    app = await make(company, public=True)
    other = await make(company, name="Ledger", scopes=list(people.SCOPES), permission_sets=[])
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"))
        await people.issue_token(tx, ada, app_id=app.id, scopes=["api", "id"])
    page = await visit("ada")
    found: list[str] = []
    for address in (
        begin(app),
        "/people/apps",
        "/people/sessions",
        "/setup/apps",
        f"/setup/apps/{app.key}",
        f"/setup/apps/{other.key}",
    ):
        await page.goto(address)
        found += await faults(page, address)
    assert not found, "\n".join(found)


async def test_a_secret_is_shown_once(company: Company, visit: Visit) -> None:
    app, page = await make(company), await visit("ada", expect_errors=True)
    await page.goto(f"/setup/apps/{app.key}")
    await page.get_by_role("button", name="Make the secret").click()
    secret = await page.locator("dd code").nth(1).inner_text()
    assert len(secret) == 43
    await page.goto(f"/setup/apps/{app.key}")
    assert secret not in await page.content()
    await page.fill("#f-name", "")
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.locator(".field.wrong #f-name")).to_be_visible()
    assert ids.show(app.id) in page.url
