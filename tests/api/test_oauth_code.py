"""OAuth's authorization code: an app sends a browser, its person lets it in, and a code becomes tokens once."""

import asyncio
import base64
import hashlib
import html
import secrets
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import msgspec
import pytest

from hubbub import people
from hubbub.core import ids
from hubbub.core.http import Credential
from hubbub.core.ids import Type
from hubbub.people.actions import apps
from hubbub.people.pages import authorize
from tests.cast import PASSWORD, Browser, Company, found_company
from tests.moments import at_once, waits_for

AUTHORIZE, PAGE, TOKEN = "/services/oauth2/authorize", "/authorize", "/services/oauth2/token"
BACK = "https://reports.example/back?from=hubbub"


class App:
    """A connected app as its owner knows it, and what it keeps between the two halves of the way in."""

    def __init__(self, company: Company, app_id: int, client_id: str, secret: str) -> None:
        self.company, self.id, self.client_id, self.secret = company, app_id, client_id, secret
        self.verifier = secrets.token_urlsafe(48)
        self.state = secrets.token_urlsafe(8)

    @property
    def challenge(self) -> str:
        made = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(made).rstrip(b"=").decode()

    def asks(self, **other: str | None) -> dict[str, str]:
        """What it sends the browser with."""
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": BACK,
            "state": self.state,
            "code_challenge": self.challenge,
            "code_challenge_method": "S256",
            **other,
        }
        return {name: value for name, value in asked.items() if value is not None}

    async def redeem(self, code: str, **other: str | None) -> httpx.Response:
        """Change a code into tokens."""
        given = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": BACK,
            "client_id": self.client_id,
            "client_secret": self.secret or None,
            "code_verifier": self.verifier,
            **other,
        }
        browser = await self.company.nobody()
        return await browser.post(TOKEN, data={k: v for k, v in given.items() if v is not None})

    async def renew(self, refresh_token: str, **other: str) -> httpx.Response:
        given = {"grant_type": "refresh_token", "refresh_token": refresh_token, "client_id": self.client_id}
        secret = {"client_secret": self.secret} if self.secret else {}
        return await (await self.company.nobody()).post(TOKEN, data=given | secret | other)


async def make(company: Company, **how: Any) -> App:
    settings = people.AppSettings(**({"name": "Reports", "callbacks": [BACK]} | how))
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"))
        app_id = await people.create_app(tx, ada, settings)
        secret = "" if settings.public else await people.change_secret(tx, ada, app_id)
        return App(company, app_id, (await people.access_app(tx, app_id)).client_id, secret)


def told(answer: httpx.Response) -> dict[str, str]:
    """What the app is told: the parameters at the end of the address to which the browser is sent."""
    assert answer.status_code in (302, 303), answer.text
    address = answer.headers["location"]
    assert address.startswith(BACK + "&"), address
    return {name: value for name, [value] in parse_qs(urlsplit(address).query).items() if name != "from"}


async def allow(browser: Browser, app: App, **other: str | None) -> dict[str, str]:
    """Let the app in, on the page that asks."""
    page = await browser.get(PAGE, params=app.asks(**other))
    assert page.status_code == 200, page.text
    return told(await browser.submit(PAGE, answer="allow", **app.asks(**other)))


async def let_in(company: Company, app: App, name: str = "omar", **other: str | None) -> dict[str, Any]:
    """The tokens of an app that somebody lets in."""
    answer = await allow(await company.client(name), app, **other)
    tokens = await app.redeem(answer["code"])
    assert tokens.status_code == 200, tokens.text
    return tokens.json()


async def ask(company: Company, token: str, path: str) -> httpx.Response:
    browser = await company.nobody()
    return await browser.get(path, headers={"authorization": f"Bearer {token}"})


async def works(company: Company, token: str) -> bool:
    return (await ask(company, token, "/services/oauth2/userinfo")).status_code == 200


# --- the way in ----------------------------------------------------------------------------------------------------


async def test_somebody_lets_an_app_in(company: Company):
    app, browser = await make(company), await company.nobody()
    began = await browser.get(AUTHORIZE, params=app.asks())
    assert began.status_code == 302
    sent = await browser.get(began.headers["location"])
    assert sent.status_code == 303
    assert sent.headers["location"].startswith("/sign-in?next=")
    signing = await browser.get(sent.headers["location"])
    target = parse_qs(urlsplit(sent.headers["location"]).query)["next"][0]
    assert target.startswith(PAGE) and "Sign in" in signing.text
    back = await browser.submit("/sign-in", username=company.username("omar"), password=PASSWORD, next=target)
    page = await browser.get(back.headers["location"])
    assert page.status_code == 200
    for words in ("Reports", "Omar", company.org.name, company.username("omar"), "reports.example"):
        assert words in page.text
    assert "read and change every record" in page.text and "while you are away" in page.text
    answer = told(await browser.submit(PAGE, answer="allow", **app.asks()))
    assert answer["state"] == app.state
    assert answer["iss"] == company.house.settings.url
    tokens = (await app.redeem(answer["code"])).json()
    assert tokens["scope"] == "api chatter_api id refresh_token"
    assert tokens["instance_url"] == company.house.settings.url
    org = ids.show(ids.make(Type.ORG, company.org_id))
    assert tokens["id"].endswith(f"/id/{org}/{company.key('omar')}")
    me = await ask(company, tokens["access_token"], "/services/data/v62.0/chatter/users/me")
    assert me.json()["id"] == company.key("omar")
    assert (await app.renew(tokens["refresh_token"])).status_code == 200
    [(actor, noun, parent, *_, after)] = await company.events("people.app.allowed")
    assert (actor, noun, parent) == (company.id("omar"), app.id, company.id("omar"))
    assert after["scopes"] == tokens["scope"].split()


async def test_somebody_does_not_let_it_in(company: Company):
    app, browser = await make(company), await company.client("omar")
    answer = told(await browser.submit(PAGE, answer="deny", **app.asks()))
    assert answer["error"] == "access_denied"
    assert answer["error_description"] == "end-user denied authorization"
    assert answer["state"] == app.state
    assert await company.events("people.app.allowed") == []


async def test_who_let_it_in_is_not_asked_again_for_the_same_or_less(company: Company):
    app, browser = await make(company), await company.client("omar")
    await allow(browser, app, scope="api id")
    assert "code" in told(await browser.get(PAGE, params=app.asks(scope="id api")))
    assert "code" in told(await browser.get(PAGE, params=app.asks(scope="id")))
    for more in ({"scope": "api id refresh_token"}, {"scope": "id", "prompt": "consent"}):
        assert (await browser.get(PAGE, params=app.asks(**more))).status_code == 200
    # Somebody else, and who took it back, are.
    nina = await company.client("nina")
    assert (await nina.get(PAGE, params=app.asks(scope="id"))).status_code == 200
    assert (await browser.submit(f"/people/apps/{ids.show(app.id)}/withdraw")).status_code == 303
    assert (await browser.get(PAGE, params=app.asks(scope="id"))).status_code == 200


async def test_a_public_app_asks_every_time(company: Company):
    app, browser = await make(company, public=True), await company.client("omar")
    tokens = await app.redeem((await allow(browser, app))["code"])
    assert tokens.status_code == 200
    page = await browser.get(PAGE, params=app.asks())
    assert page.status_code == 200
    assert "You let it in before" in page.text


@pytest.mark.parametrize(
    ("prompt", "signed_in", "error"),
    [("none", False, "login_required"), ("none", True, "consent_required"), ("login", True, None)],
)
async def test_prompts(company: Company, prompt: str, signed_in: bool, error: str | None):
    app = await make(company)
    browser = await (company.client("omar") if signed_in else company.nobody())
    answer = await browser.get(PAGE, params=app.asks(prompt=prompt))
    if error:
        assert told(answer)["error"] == error
    else:
        assert answer.headers["location"].startswith("/sign-in?next=")
        assert "login" not in answer.headers["location"].partition("next=")[2].replace("%2Flogin", "")


async def test_a_browser_is_not_sent_elsewhere_by_a_form_of_ours(company: Company):
    app, browser = await make(company), await company.client("omar")
    browser.headers["sec-fetch-site"] = "same-origin"
    page = await browser.submit(PAGE, answer="allow", **app.asks())
    assert page.status_code == 200
    written = html.unescape(page.text)
    assert 'http-equiv="refresh" content="0; url=https://reports.example/back?from=hubbub&code=' in written
    assert "form-action 'self';" in page.headers["content-security-policy"]


async def test_nobody_else_can_frame_the_page_or_send_its_form(company: Company):
    app, browser = await make(company), await company.client("omar")
    page = await browser.get(PAGE, params=app.asks())
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    forged = await browser.post(PAGE, data={"answer": "allow", **app.asks()})
    assert forged.status_code == 403
    assert await company.events("people.app.allowed") == []


# --- where nobody is sent ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "callback",
    [
        "https://evil.example/back?from=hubbub",
        "https://reports.example/back",
        "https://reports.example/back?from=hubbub&more=1",
        "https://reports.example/back/../evil?from=hubbub",
        "https://reports.example:444/back?from=hubbub",
        "https://reports.example@evil.example/back?from=hubbub",
        "https://reports.example/back?from=hubbub#x",
        "http://reports.example/back?from=hubbub",
        "https://REPORTS.example/back?from=hubbub",
        "//reports.example/back?from=hubbub",
        "javascript:alert(1)",
        "",
        None,
    ],
)
@pytest.mark.parametrize("signed_in", [True, False])
async def test_nobody_is_sent_where_the_app_does_not_live(
    company: Company, callback: str | None, signed_in: bool
):
    app = await make(company)
    browser = await (company.client("omar") if signed_in else company.nobody())
    for answer in (
        await browser.get(PAGE, params=app.asks(redirect_uri=callback)),
        await browser.submit(PAGE, answer="allow", **app.asks(redirect_uri=callback)),
        # Nor by a mistake in the rest of what is asked.
        await browser.get(PAGE, params=app.asks(redirect_uri=callback, response_type="x")),
    ):
        assert answer.status_code == 400
        assert "location" not in answer.headers
        assert "evil" not in answer.text
    assert await company.events("people.app.allowed") == []


@pytest.mark.parametrize("port", ["", ":1717", ":49152"])
@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]"])
async def test_a_program_on_the_own_machine_chooses_its_port(company: Company, host: str, port: str):
    app = await make(company, public=True, callbacks=[f"http://{host}/cb", "http://localhost:1717/cb"])
    browser = await company.client("omar")
    fits = await browser.get(PAGE, params=app.asks(redirect_uri=f"http://{host}{port}/cb"))
    assert fits.status_code == 200
    for other in (
        f"http://{host}{port}/other",
        f"https://{host}{port}/cb",
        f"http://{host}{port}/cb?x=1",
        f"http://x@{host}{port}/cb",
        f"http://{host}:x/cb",
        "http://localhost:1718/cb",
        "http://127.0.0.2/cb",
    ):
        assert (await browser.get(PAGE, params=app.asks(redirect_uri=other))).status_code == 400, other
    named = await browser.get(PAGE, params=app.asks(redirect_uri="http://localhost:1717/cb"))
    assert named.status_code == 200


@pytest.mark.parametrize(
    "callback",
    [
        "http://reports.example/back",
        "https://",
        "https://reports.example/#x",
        "https://me:secret@reports.example/",
        "https://reports.example/a b",
        'https://reports.example/"',
        "https://reports.example:port/",
        "https://reports.exämple/",
        "javascript:alert(1)",
        "data:text/html,x",
        "myapp:/back",
        "/back",
        "https://reports.example/" + "x" * 1000,
    ],
)
async def test_addresses_that_no_app_may_have(company: Company, callback: str):
    with pytest.raises(Exception, match=r"address|https|host"):
        await make(company, callbacks=[callback])


async def test_a_scheme_of_ones_own(company: Company):
    app = await make(company, public=True, callbacks=["com.example.reports:/back"])
    browser = await company.client("omar")
    asked = app.asks(redirect_uri="com.example.reports:/back")
    assert "com.example.reports:" in (await browser.get(PAGE, params=asked)).text
    sent = await browser.submit(PAGE, answer="allow", **asked)
    assert sent.headers["location"].startswith("com.example.reports:/back?code=")


# --- what an app is told that asks wrongly -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": None}, "unsupported_response_type"),
        ({"scope": "api everything"}, "invalid_scope"),
        ({"scope": "full"}, "invalid_scope"),
        ({"scope": "refresh_token"}, "invalid_scope"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
    ],
)
async def test_an_app_that_asks_wrongly_is_told_so(company: Company, change: dict, error: str):
    app = await make(company, public=True)
    answer = told(await (await company.client("omar")).get(PAGE, params=app.asks(**change)))
    assert answer["error"] == error
    assert answer["state"] == app.state
    assert "code" not in answer


async def test_a_parameter_that_comes_twice_or_is_too_long_leads_nowhere(company: Company):
    app, browser = await make(company), await company.client("omar")
    twice = await browser.get(f"{PAGE}?{urlencode(app.asks())}&redirect_uri=https%3A%2F%2Fevil.example")
    assert twice.status_code == 400 and "location" not in twice.headers
    assert (await browser.get(PAGE, params=app.asks(state="x" * 2001))).status_code == 400


# --- codes ---------------------------------------------------------------------------------------------------------


async def test_a_code_that_comes_again_ends_what_was_made_of_it(company: Company):
    app = await make(company)
    code = (await allow(await company.client("omar"), app))["code"]
    tokens = (await app.redeem(code)).json()
    again = await app.redeem(code)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert not await works(company, tokens["access_token"])
    assert (await app.renew(tokens["refresh_token"])).status_code == 400
    assert len(await company.events("people.token.copied")) == 1


async def test_a_code_is_good_for_ten_minutes(company: Company):
    app = await make(company)
    code = (await allow(await company.client("omar"), app))["code"]
    async with company.act() as tx:
        left = await tx.value("select expires_at - now() from authorization_code where org_id = %(org)s")
        assert timedelta(minutes=9) < left <= timedelta(minutes=10)
        await tx.run("update authorization_code set expires_at = now() where org_id = %(org)s")
    late = await app.redeem(code)
    assert late.json() == {"error": "invalid_grant", "error_description": "expired authorization code"}


async def test_a_code_is_of_no_use_to_another_app_or_org(company: Company, house, clients):
    app, other = await make(company), await make(company, name="Other")
    elsewhere = await make(await found_company(house, clients))
    code = (await allow(await company.client("omar"), app))["code"]
    for thief in (other, elsewhere):
        thief.verifier = app.verifier
        refused = await thief.redeem(code)
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    # It was not theirs to spend.
    assert (await app.redeem(code)).status_code == 200


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"redirect_uri": "https://evil.example"}, "redirect_uri_mismatch"),
        ({"redirect_uri": None}, "invalid_request"),
        ({"code": "nonsense"}, "invalid_grant"),
        ({"code": None}, "invalid_request"),
        ({"code_verifier": None}, "invalid_grant"),
        ({"code_verifier": "x" * 43}, "invalid_grant"),
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"client_secret": None}, "invalid_client"),
    ],
)
async def test_a_code_is_refused(company: Company, change: dict, error: str):
    app = await make(company)
    code = (await allow(await company.client("omar"), app))["code"]
    refused = await app.redeem(**({"code": code} | change))
    assert (refused.status_code, refused.json()["error"]) == (400, error)
    assert await company.events("people.token.issued") == []


async def test_nobody_takes_the_proof_out_of_the_way_in(company: Company):
    """PKCE downgrade: who cuts the challenge out of a request gets a code, which the app's verifier then betrays."""
    app = await make(company)
    browser = await company.client("omar")
    cut = (await allow(browser, app, code_challenge=None, code_challenge_method=None))["code"]
    assert (await app.redeem(cut)).json()["error_description"] == "invalid code verifier"
    # An app that can keep a secret may do without.
    plain = (await allow(browser, app, code_challenge=None, code_challenge_method=None, prompt="consent"))[
        "code"
    ]
    assert (await app.redeem(plain, code_verifier=None)).status_code == 200


async def test_a_wrong_verifier_spends_the_code(company: Company):
    app = await make(company)
    code = (await allow(await company.client("omar"), app))["code"]
    assert (await app.redeem(code, code_verifier="y" * 43)).status_code == 400
    assert (await app.redeem(code)).status_code == 400


async def test_a_public_app_has_no_secret_to_bring(company: Company):
    app = await make(company, public=True)
    code = (await allow(await company.client("omar"), app))["code"]
    assert (await app.redeem(code, client_secret="guess")).json()["error"] == "invalid_client"
    assert (await app.redeem(code)).status_code == 200
    browser = await company.nobody()
    for grant in ("password", "client_credentials"):
        given = {"grant_type": grant, "username": company.username("omar"), "password": PASSWORD}
        refused = await browser.post(TOKEN, data=given | {"client_id": app.client_id})
        assert refused.json()["error"] == "unauthorized_client"


async def test_nobody_shuts_an_app_out_by_its_id(company: Company):
    """A client id stands in addresses: wrong secrets are counted by where they come from."""
    app = await make(company)
    own, company.address = company.address, f"{company.address}9"
    for _ in range(70):
        await app.redeem("x", client_secret="wrong")
    assert (await app.redeem("x")).status_code == 429
    company.address = own
    assert (await app.redeem("x")).status_code == 400


# --- refresh tokens ------------------------------------------------------------------------------------------------


async def test_refresh_tokens_are_replaced_and_an_old_one_ends_all(company: Company):
    app = await make(company, public=True)
    first = await let_in(company, app)
    second = (await app.renew(first["refresh_token"])).json()
    assert second["refresh_token"] != first["refresh_token"]
    third = (await app.renew(second["refresh_token"])).json()
    assert await works(company, third["access_token"])
    for copied in (first, second):
        refused = await app.renew(copied["refresh_token"])
        assert refused.json() == {
            "error": "invalid_grant",
            "error_description": "expired access/refresh token",
        }
    for tokens in (first, second, third):
        assert not await works(company, tokens["access_token"])
    assert (await app.renew(third["refresh_token"])).status_code == 400
    assert len(await company.events("people.token.copied")) == 1


async def test_an_app_that_keeps_its_refresh_token(company: Company):
    app = await make(company, refresh_days=7)
    first = await let_in(company, app)
    for _ in range(2):
        assert "refresh_token" not in (await app.renew(first["refresh_token"])).json()
    async with company.act() as tx:
        left = await tx.value(
            "select expires_at - now() from token where org_id = %(org)s and kind = 'refresh'"
        )
    assert timedelta(days=6) < left <= timedelta(days=7)


async def test_a_refresh_may_ask_for_less_and_not_for_more(company: Company):
    app = await make(company, scopes=["api", "chatter_api", "id", "refresh_token"])
    tokens = await let_in(company, app, scope="chatter_api id refresh_token")
    less = (await app.renew(tokens["refresh_token"], scope="id")).json()
    assert less["scope"] == "id"
    chatter = "/services/data/v62.0/chatter/users/me"
    assert (await ask(company, less["access_token"], chatter)).status_code == 403
    more = await app.renew(tokens["refresh_token"], scope="id api")
    assert (more.status_code, more.json()["error"]) == (400, "invalid_scope")
    assert (await app.renew(tokens["refresh_token"])).json()["scope"] == "chatter_api id refresh_token"


# --- who may -------------------------------------------------------------------------------------------------------


async def test_an_app_for_some_is_for_nobody_else(company: Company):
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"))
        set_id = await people.add_permission_set(tx, ada, "Reporters", "Reporters")
        await people.assign_permission_set(tx, ada, company.id("omar"), "Reporters")
    app = await make(company, permission_sets=[set_id])
    tokens = await let_in(company, app)
    assert await works(company, tokens["access_token"])
    nina = await company.client("nina")
    for answer in (
        await nina.get(PAGE, params=app.asks()),
        await nina.submit(PAGE, answer="allow", **app.asks()),
    ):
        assert told(answer)["error"] == "access_denied"
    browser = await company.nobody()
    by_password = {
        "grant_type": "password",
        "username": company.username("nina"),
        "password": PASSWORD,
        "client_id": app.client_id,
        "client_secret": app.secret,
    }
    refused = await browser.post(TOKEN, data=by_password)
    assert refused.json()["error_description"] == "user is not admin approved to access this app"
    # Whoever loses it is out at once.
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"))
        await people.withdraw_permission_set(tx, ada, company.id("omar"), "Reporters")
    assert not await works(company, tokens["access_token"])
    assert (await app.renew(tokens["refresh_token"])).status_code == 400


async def test_who_is_shut_out_lets_nobody_in(company: Company):
    app, browser = await make(company), await company.client("nina")
    code = (await allow(browser, app))["code"]
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"))
        await people.deactivate_user(tx, ada, company.id("nina"))
    assert (await app.redeem(code)).json()["error"] == "invalid_grant"
    again = await browser.submit(PAGE, answer="allow", **app.asks())
    assert again.headers["location"].startswith("/sign-in")


@pytest.mark.parametrize(
    "ended", ["/sign-out/everywhere", "/password", "shut out and let in again", "restored"]
)
async def test_a_code_ends_with_what_it_was_asked_for_in(company: Company, ended: str):
    app, browser = await make(company), await company.client("omar")
    code = (await allow(browser, app))["code"]
    if ended.startswith("/"):
        answer = await browser.submit(ended, present=PASSWORD, password="a better one")
        assert answer.status_code == 303
    else:
        async with company.act() as tx:
            ada = await people.actor(tx, company.id("ada"))
            if ended == "restored":
                await people.end_all(tx, people.Origin())
            else:
                await people.deactivate_user(tx, ada, company.id("omar"))
                await people.activate_user(tx, ada, company.id("omar"))
    late = await app.redeem(code)
    assert late.json() == {"error": "invalid_grant", "error_description": "invalid authorization code"}


async def test_who_renews_while_he_is_signed_out_everywhere_is_out(company: Company):
    app, browser = await make(company), await company.client("omar")
    tokens = await let_in(company, app)

    async with asyncio.TaskGroup() as both:
        async with company.act() as tx:
            # A new token is the row of an app, which nobody may change meanwhile: there the renewal is held.
            await tx.run(
                "select 1 from connected_app where org_id = %(org)s and id = %(app)s for update",
                {"app": app.id},
            )
            renewal = both.create_task(app.renew(tokens["refresh_token"]))
            renewing = await waits_for(tx, await tx.value("select pg_backend_pid()"))
            leaving = both.create_task(browser.submit("/sign-out/everywhere"))
            await waits_for(tx, renewing)
    assert leaving.result().status_code == 303
    assert not await works(company, renewal.result().json()["access_token"])


def what_ends(company: Company, app: App, how: str) -> Callable[[], Awaitable[object]]:
    """What an administrator or the person himself does to end what the app has."""

    async def ended() -> object:
        async with company.act() as tx:
            omar, ada = [await people.actor(tx, company.id(name)) for name in ("omar", "ada")]
            if how == "sent away":
                return await apps.withdraw_app(tx, omar, app.id)
            if how == "all ended":
                return await people.end_app_tokens(tx, ada, app.id)
            if how == "narrowed":
                before = await people.app_settings(tx, await people.access_app(tx, app.id))
                less = msgspec.structs.replace(before, scopes=["id", "refresh_token"])
                return await people.edit_app(tx, ada, app.id, less)
            [refresh] = await tx.values("select id from token where org_id = %(org)s and kind = 'refresh'")
            return await people.end_token(tx, omar, refresh)

    return ended


@pytest.mark.parametrize(
    ("made", "how"),
    [
        ("renewed", "sent away"),
        ("renewed", "all ended"),
        ("renewed", "this one ended"),
        ("renewed", "narrowed"),
        ("redeemed", "sent away"),
        ("redeemed", "narrowed"),
    ],
)
async def test_what_is_made_while_the_app_is_sent_away_ends_too(company: Company, made: str, how: str):
    app, browser = (
        await make(company, scopes=["chatter_api", "id", "refresh_token"]),
        await company.client("omar"),
    )
    code = (await allow(browser, app))["code"]
    tokens = (await app.redeem(code)).json() if made == "renewed" else {}
    async with asyncio.TaskGroup() as both:
        async with company.act() as tx:
            # A new token is the row of somebody, whom nobody may change meanwhile: there it is held.
            await tx.run(
                "select 1 from app_user where org_id = %(org)s and id = %(omar)s for update",
                {"omar": company.id("omar")},
            )
            making = both.create_task(
                app.renew(tokens["refresh_token"]) if made == "renewed" else app.redeem(code)
            )
            held = await waits_for(tx, await tx.value("select pg_backend_pid()"))
            ending = both.create_task(what_ends(company, app, how)())  # pyright: ignore[reportArgumentType]
            await waits_for(tx, held)
    assert ending.exception() is None and making.result().status_code == 200
    token = making.result().json()["access_token"]
    me = await ask(company, token, "/services/data/v62.0/chatter/users/me")
    assert me.status_code == (403 if how == "narrowed" else 401)


async def test_consent_is_worth_nothing_once_its_session_has_ended(company: Company, monkeypatch: Any):
    app, browser, other = await make(company), await company.client("omar"), await company.client("omar")
    happens(monkeypatch, lambda: other.submit("/sign-out/everywhere"))
    sent = await browser.submit(PAGE, answer="allow", **app.asks())
    assert sent.headers["location"].startswith("/sign-in?next=")
    assert await company.events("people.app.allowed") == []
    async with company.act() as tx:
        assert await tx.values("select 1 from authorization_code where org_id = %(org)s") == []


async def test_who_takes_his_consent_back_at_this_moment_is_asked(company: Company, monkeypatch: Any):
    app, browser = await make(company), await company.client("omar")
    await let_in(company, app)
    assert "code" in told(await browser.get(PAGE, params=app.asks()))  # he is not asked again
    happens(monkeypatch, what_ends(company, app, "sent away"))
    page = await browser.get(PAGE, params=app.asks())
    assert page.status_code == 200 and 'value="allow"' in page.text


async def test_an_app_that_may_less_at_this_moment_gets_no_more(company: Company, monkeypatch: Any):
    app, browser = (
        await make(company, scopes=["chatter_api", "id", "refresh_token"]),
        await company.client("omar"),
    )
    happens(monkeypatch, what_ends(company, app, "narrowed"), "authenticate")
    refused = told(await browser.submit(PAGE, answer="allow", **app.asks(scope="chatter_api")))
    assert refused["error"] == "invalid_scope"


async def test_who_signs_out_everywhere_waits_for_a_consent_and_ends_it(company: Company):
    app, browser, other = await make(company), await company.client("omar"), await company.client("omar")
    codes = []

    async def begun(tx: Any) -> None:
        secret = browser.cookies["hubbub_session"].strip('"')
        me = await people.authenticate(tx, Credential("session", company.org_id, secret))
        known = await people.access_app(tx, app.id)
        asked = {"callback": BACK, "scopes": ["id"], "challenge": app.challenge}
        codes.append(await apps.allow_app(tx, me, known, **asked))

    async def ended() -> httpx.Response:
        return await other.submit("/sign-out/everywhere")

    await at_once(company, begun, ended)
    assert (await app.redeem(codes[0])).json()["error"] == "invalid_grant"


def happens(monkeypatch: Any, what: Callable[[], Awaitable[object]], where: str = "may_use_app") -> None:
    """Have something happen once, when it is known who asks and before he is answered."""
    asked, left = getattr(authorize, where), [what]

    async def meanwhile(*given: Any, **named: Any) -> Any:
        if left:
            await left.pop()()
        return await asked(*given, **named)

    monkeypatch.setattr(authorize, where, meanwhile)


async def test_guests_let_apps_in_that_see_what_they_see(company: Company):
    deal = await company.make("omar", "Opportunity", **await company.deal_values())
    shown = await company.make("omar", "Opportunity", **await company.deal_values())
    await company.share(shown, "gus")
    token = (await let_in(company, await make(company, scopes=["full"]), "gus"))["access_token"]
    at = "/services/data/v62.0"
    assert (await ask(company, token, f"{at}/sobjects/Opportunity/{ids.show(deal)}")).status_code == 404
    assert (await ask(company, token, f"{at}/sobjects/Opportunity/{ids.show(shown)}")).status_code == 200
    found = (await ask(company, token, f"{at}/query?q=SELECT+Id+FROM+Opportunity")).json()
    assert [each["Id"] for each in found["records"]] == [ids.show(shown)]
    assert (await ask(company, token, f"{at}/chatter/feeds/company/feed-elements")).status_code in (403, 404)


# --- several orgs --------------------------------------------------------------------------------------------------


async def test_who_is_at_work_in_another_org_goes_there_first(company: Company, house, clients):
    other = await found_company(house, clients)
    async with other.act() as tx:
        await people.add_user(
            tx,
            None,
            people.Newcomer(
                username=company.username("omar"), first_name="Omar", last_name="Twice", password=PASSWORD
            ),
        )
    app = await make(other)
    browser = await company.client("omar")
    page = await browser.get(PAGE, params=app.asks())
    assert page.status_code == 200
    assert other.org.name in page.text and company.org.name in page.text
    assert "answer" not in page.text
    assert (await browser.submit(PAGE, answer="allow", **app.asks())).status_code == 200
    assert await other.events("people.app.allowed") == []
    key = ids.show(ids.make(Type.ORG, other.org_id))
    target = f"{PAGE}?{urlencode(app.asks())}"
    went = await browser.submit(f"/orgs/{key}/enter", next=target)
    assert went.headers["location"] == target
    answer = await allow(browser, app)
    tokens = (await app.redeem(answer["code"])).json()
    assert tokens["id"].split("/")[-2] == key


async def test_an_app_of_an_org_that_is_not_mine_is_unknown(company: Company, house, clients):
    app = await make(await found_company(house, clients))
    browser = await company.client("omar")
    there = await browser.get(PAGE, params=app.asks())
    nowhere = await browser.get(PAGE, params=app.asks(client_id="00D000000000001.nothing"))
    assert there.status_code == nowhere.status_code == 400
    request_id = there.headers["x-request-id"], nowhere.headers["x-request-id"]
    nonce = [
        answer.headers["content-security-policy"].partition("nonce-")[2][:22] for answer in (there, nowhere)
    ]
    equal = there.text.replace(request_id[0], "").replace(nonce[0], "")
    assert equal == nowhere.text.replace(request_id[1], "").replace(nonce[1], "")


async def test_going_to_another_org_leads_nowhere_else(company: Company, house, clients):
    browser = await company.client("omar")
    key = ids.show(ids.make(Type.ORG, company.org_id))
    went = await browser.submit(f"/orgs/{key}/enter", next="https://evil.example/")
    assert went.headers["location"] == "/"


# --- introspection and what the server says of itself ----------------------------------------------------------------


async def test_an_app_learns_what_its_own_tokens_open(company: Company):
    app, other = await make(company), await make(company, name="Other")
    tokens = await let_in(company, app)
    browser = await company.nobody()

    async def look(by: App, token: str) -> dict[str, Any]:
        answer = await browser.post(
            "/services/oauth2/introspect", data={"token": token}, auth=(by.client_id, by.secret)
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    found = await look(app, tokens["access_token"])
    assert found["active"] is True
    assert found["username"] == company.username("omar")
    assert found["scope"] == tokens["scope"]
    assert found["sub"] == tokens["id"]
    assert (await look(app, tokens["refresh_token"]))["token_type"] == "refresh_token"
    for by, token in ((other, tokens["access_token"]), (app, "nonsense"), (app, await company.token("omar"))):
        assert await look(by, token) == {"active": False}
    await browser.post("/services/oauth2/revoke", data={"token": tokens["refresh_token"]})
    assert await look(app, tokens["access_token"]) == {"active": False}
    refused = await browser.post(
        "/services/oauth2/introspect", data={"token": "x"}, auth=(app.client_id, "x")
    )
    assert refused.json()["error"] == "invalid_client"


async def test_the_server_says_where_everything_is(company: Company):
    browser, server = await company.nobody(), company.house.settings.url
    told = (await browser.get("/.well-known/oauth-authorization-server")).json()
    assert told["issuer"] == server
    assert told["code_challenge_methods_supported"] == ["S256"]
    for name in ("authorization", "token", "revocation", "introspection", "userinfo"):
        address = told[f"{name}_endpoint"]
        assert address.startswith(f"{server}/services/oauth2/")
        assert (await browser.get(address)).status_code != 404
