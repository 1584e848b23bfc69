"""OAuth: tokens for programs, as clients of Salesforce ask for them."""

import base64
import hashlib
import hmac
from urllib.parse import parse_qs

import httpx
import pytest

from hubbub import people
from hubbub.core import ids
from hubbub.core.ids import Type
from hubbub.people.actions import sessions
from tests.cast import PASSWORD, Company, found_company

TOKEN = "/services/oauth2/token"


class Client(dict):
    """A connected app's id and secret, as parameters."""

    @property
    def basic(self) -> tuple[str, str]:
        return self["client_id"], self["client_secret"]


async def app(company: Company, name: str = "omar") -> Client:
    async with company.act() as tx:
        actor = await people.actor(tx, company.id(name))
        client_id, secret = await people.add_app(tx, actor, "Reports")
    return Client(client_id=client_id, client_secret=secret)


async def granted(company: Company, client: Client) -> dict[str, str]:
    """The tokens that omar's password gets."""
    browser = await company.nobody()
    answer = await browser.post(
        TOKEN,
        data={"grant_type": "password", "username": company.username("omar"), "password": PASSWORD, **client},
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


async def send(
    browser: httpx.AsyncClient, method: str, path: str, place: str, given: dict, headers: dict | None = None
) -> httpx.Response:
    """The parameters as a form, or in the address."""
    if place == "data":
        return await browser.request(method, path, data=given, headers=headers)
    return await browser.request(method, path, params=given, headers=headers)


async def who(company: Company, token: str, scheme: str = "Bearer") -> httpx.Response:
    browser = await company.nobody()
    return await browser.get("/services/oauth2/userinfo", headers={"authorization": f"{scheme} {token}"})


# --- getting tokens ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["data", "params"])
async def test_a_password_gets_tokens(company: Company, place: str):
    client = await app(company, "ada")
    browser = await company.nobody()
    given = {
        "grant_type": "password",
        "username": company.username("omar"),
        "password": PASSWORD,
        **client,
    }
    answer = await send(browser, "POST", TOKEN, place, given, {"host": "evil.example"})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    org, user = ids.show(ids.make(Type.ORG, company.org_id)), company.key("omar")
    assert body["id"] == f"{company.house.settings.url}/id/{org}/{user}"
    assert body["instance_url"] == company.house.settings.url  # never what the request calls us
    assert body["token_type"] == "Bearer"
    assert body["access_token"].startswith(f"{org[:15]}!")
    assert body["access_token"].count(".") < 2
    signed = hmac.new(
        client["client_secret"].encode(), (body["id"] + body["issued_at"]).encode(), hashlib.sha256
    )
    assert body["signature"] == base64.b64encode(signed.digest()).decode()
    for scheme in ("Bearer", "OAuth", "bearer"):
        assert (await who(company, body["access_token"], scheme)).json()["user_id"] == user


async def test_client_credentials_act_as_the_apps_user(company: Company):
    client = await app(company)
    browser = await company.nobody()
    by_basic = await browser.post(TOKEN, data={"grant_type": "client_credentials"}, auth=client.basic)
    in_body = await browser.post(TOKEN, data={"grant_type": "client_credentials", **client})
    in_query = await browser.post(TOKEN, params={"grant_type": "client_credentials", **client})
    for answer in (by_basic, in_body, in_query):
        assert answer.status_code == 200
        assert "refresh_token" not in answer.json()
        told = (await who(company, answer.json()["access_token"])).json()
        assert told["preferred_username"] == company.username("omar")


async def test_a_refresh_token_gets_new_access_tokens(company: Company):
    client = await app(company)
    first = await granted(company, client)
    browser = await company.nobody()
    refresh = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = await browser.post(TOKEN, data={**refresh, **client})
    assert second.status_code == 200
    assert "refresh_token" not in second.json()
    assert second.json()["access_token"] != first["access_token"]
    for token in (first["access_token"], second.json()["access_token"]):
        assert (await who(company, token)).status_code == 200
    # A refresh token opens nothing by itself.
    assert (await who(company, first["refresh_token"])).status_code == 401


async def test_only_hashes_are_kept(company: Company):
    client = await app(company)
    given = await granted(company, client)
    async with company.act() as tx:
        kept = str(
            await tx.tuples(
                """select encode(token_hash, 'escape'), kind from token where org_id = %(org)s
                   union all select encode(secret_hash, 'escape'), client_id from connected_app where org_id = %(org)s"""
            )
        )
    for secret in (given["access_token"], given["refresh_token"], client["client_secret"]):
        assert (secret not in kept and secret.partition("!")[2]) or secret not in kept


# --- refusals ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "error", "description"),
    [
        ({"password": "wrong"}, "invalid_grant", "authentication failure"),
        ({"username": "nobody@nowhere.example"}, "invalid_grant", "authentication failure"),
        ({"username": "\0", "password": "\0"}, "invalid_grant", "authentication failure"),
        ({"client_secret": "wrong"}, "invalid_client", "invalid client credentials"),
        ({"client_secret": ""}, "invalid_client", "invalid client credentials"),
        ({"client_id": "3MVG9unknown"}, "invalid_client", "invalid client credentials"),
        ({"client_id": "00D000000zzzzzz.abc"}, "invalid_client", "invalid client credentials"),
        ({"client_id": "\0"}, "invalid_client", "invalid client credentials"),
        ({"client_id": ""}, "invalid_client_id", "client identifier invalid"),
        ({"grant_type": "magic"}, "unsupported_grant_type", "grant type not supported"),
        ({"grant_type": ""}, "invalid_request", "grant_type is missing"),
        ({"username": ""}, "invalid_request", "username is missing"),
        ({"password": "x" * 5000}, "invalid_request", "a parameter is too long"),
    ],
)
async def test_what_gets_no_token(company: Company, change: dict[str, str], error: str, description: str):
    given = {
        "grant_type": "password",
        "username": company.username("omar"),
        "password": PASSWORD,
        **(await app(company)),
    }
    browser = await company.nobody()
    refused = await browser.post(TOKEN, data=given | change)
    assert refused.status_code == 400
    assert refused.json() == {"error": error, "error_description": description}
    async with company.act() as tx:
        assert await tx.value("select count(*) from token where org_id = %(org)s") == 0


@pytest.mark.parametrize("basic", ["x", "Zm9v", "/w==", "Og==", ""])
async def test_broken_basic(company: Company, basic: str):
    browser = await company.nobody()
    refused = await browser.post(
        TOKEN,
        data={"grant_type": "client_credentials"},
        headers={"authorization": f"Basic {basic}"},
    )
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_client")


async def test_a_refresh_token_of_another_app_or_org_gets_nothing(company: Company, house, clients):
    client, other_app = await app(company), await app(company, "noor")
    other = await found_company(house, clients)
    other_org = await app(other)
    given = await granted(company, client)
    browser = await company.nobody()
    for stranger in (other_app, other_org):
        refused = await browser.post(
            TOKEN,
            data={"grant_type": "refresh_token", "refresh_token": given["refresh_token"], **stranger},
        )
        assert refused.status_code == 400
        assert refused.json() == {
            "error": "invalid_grant",
            "error_description": "expired access/refresh token",
        }
    access_as_refresh = await browser.post(
        TOKEN,
        data={"grant_type": "refresh_token", "refresh_token": given["access_token"], **client},
    )
    assert access_as_refresh.json()["error"] == "invalid_grant"


async def test_an_app_opens_only_its_own_org(company: Company, house, clients):
    other = await found_company(house, clients)
    browser = await company.nobody()
    refused = await browser.post(
        TOKEN,
        data={
            "grant_type": "password",
            "username": company.username("omar"),
            "password": PASSWORD,
            **(await app(other)),
        },
    )
    assert refused.json() == {"error": "invalid_grant", "error_description": "authentication failure"}


async def test_a_name_is_limited(company: Company):
    client = await app(company)
    given = {
        "grant_type": "password",
        "username": company.username("omar"),
        "password": "wrong",
        **client,
    }
    browsers = []
    for number in range(3):
        company.address = f"{company.address}{number}"
        browsers.append(await company.nobody())
    for number in range(sessions.PER_NAME):
        # From several addresses: it is the name that is full.
        assert (await browsers[number % 2].post(TOKEN, data=given)).status_code == 400
    refused = await browsers[2].post(TOKEN, data=given | {"password": PASSWORD, **client})
    assert refused.status_code == 429
    assert refused.json()["error"] == "REQUEST_LIMIT_EXCEEDED"
    assert refused.headers["retry-after"] == "900"


@pytest.mark.parametrize("grant", ["password", "client_credentials", "refresh_token"])
async def test_every_address_is_limited(company: Company, grant: str):
    browser = await company.nobody()
    given = {
        "grant_type": grant,
        "client_secret": "x",
        "username": "x",
        "password": "x",
        "refresh_token": "x",
    }
    for number in range(sessions.PER_ADDRESS):
        refused = await browser.post(TOKEN, data={**given, "client_id": f"unknown{number}"})
        assert refused.status_code == 400
    assert (await browser.post(TOKEN, data={**given, **await app(company)})).status_code == 429


async def test_refusals_are_in_the_audit_trail(company: Company):
    client = await app(company)
    browser = await company.nobody()
    await browser.post(
        TOKEN,
        data={
            "grant_type": "password",
            "username": company.username("omar"),
            "password": "wrong",
            **client,
        },
    )
    await browser.post(TOKEN, data={"grant_type": "client_credentials", **client, "client_secret": "x"})
    await granted(company, client)
    [(actor, noun, _, _, address, *_)] = await company.events("people.sign_in.failed")
    assert (actor, noun, address) == (None, company.id("omar"), company.address)
    assert len(await company.events("people.app.refused")) == 1
    issued = await company.events("people.token.issued")
    assert [(actor, after["kind"]) for actor, *_, after in issued] == [
        (company.id("omar"), "refresh"),
        (company.id("omar"), "access"),
    ]
    assert client["client_secret"] not in str(issued)


# --- the end of a token --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_a_revoked_token_opens_nothing(company: Company, method: str):
    given = await granted(company, await app(company))
    browser = await company.nobody()
    place = "data" if method == "POST" else "params"
    token = {"token": given["access_token"]}
    done = await send(browser, method, "/services/oauth2/revoke", place, token)
    assert (done.status_code, done.text) == (200, "")
    assert (await who(company, given["access_token"])).status_code == 401
    again = await send(browser, method, "/services/oauth2/revoke", place, token)
    assert again.status_code == 400
    assert parse_qs(again.text)["error"] == ["invalid_token"]
    assert len(await company.events("people.token.revoked")) == 1


async def test_a_refresh_token_takes_its_access_tokens_with_it(company: Company):
    client = await app(company)
    given = await granted(company, client)
    browser = await company.nobody()
    refresh = {"grant_type": "refresh_token", "refresh_token": given["refresh_token"], **client}
    second = (await browser.post(TOKEN, data=refresh)).json()["access_token"]
    bystander = await company.token("omar")
    await browser.post("/services/oauth2/revoke", data={"token": given["refresh_token"]})
    for token in (given["access_token"], second):
        assert (await who(company, token)).status_code == 401
    assert (await who(company, bystander)).status_code == 200
    assert (await browser.post(TOKEN, data=refresh)).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "token", ["", "nonsense", "00D000000000001!x", "00D000000zzzzzz!x", "\0!\0", "x" * 5000]
)
async def test_revoking_what_is_no_token(company: Company, token: str):
    browser = await company.nobody()
    refused = await browser.post("/services/oauth2/revoke", data={"token": token})
    assert refused.status_code == 400
    assert refused.headers["content-type"] == "application/x-www-form-urlencoded"
    assert "error" in parse_qs(refused.text)


@pytest.mark.parametrize("kind", ["access", "refresh"])
async def test_tokens_expire(company: Company, kind: str):
    client = await app(company)
    given = await granted(company, client)
    async with company.act() as tx:
        hours = await tx.value(
            """select extract(epoch from expires_at - now()) / 3600 from token
               where org_id = %(org)s and kind = %(kind)s""",
            {"kind": kind},
        )
        assert round(hours) == (2 if kind == "access" else 90 * 24)
        await tx.run(
            "update token set expires_at = now() where org_id = %(org)s and kind = %(kind)s", {"kind": kind}
        )
    if kind == "access":
        refused = await who(company, given["access_token"])
        assert (refused.status_code, refused.json()) == (401, EXPIRED)
    else:
        browser = await company.nobody()
        refresh = {"grant_type": "refresh_token", "refresh_token": given["refresh_token"], **client}
        assert (await browser.post(TOKEN, data=refresh)).json()["error"] == "invalid_grant"


EXPIRED = [{"errorCode": "INVALID_SESSION_ID", "message": "Session expired or invalid"}]


async def test_a_person_who_was_shut_out_takes_his_programs_with_him(company: Company):
    client = await app(company)
    given = await granted(company, client)
    async with company.act() as tx:
        await people.deactivate_user(tx, None, company.id("omar"))
    refused = await who(company, given["access_token"])
    assert (refused.status_code, refused.json()) == (401, EXPIRED)
    browser = await company.nobody()
    for grant in (
        {"grant_type": "password", "username": company.username("omar"), "password": PASSWORD},
        {"grant_type": "refresh_token", "refresh_token": given["refresh_token"]},
        {"grant_type": "client_credentials"},
    ):
        assert (await browser.post(TOKEN, data={**grant, **client})).status_code == 400
    async with company.act() as tx:
        await people.activate_user(tx, None, company.id("omar"))
    # What ended stays ended.
    assert (await who(company, given["access_token"])).status_code == 401


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer 00D000000000001!x",
        "Bearer 00D000000zzzzzz!x",
        "Bearer 005000000000001!x",
        "Basic eDp5",
        "Bearer \0!\0",
        "Bearer !",
    ],
)
async def test_what_is_no_token(company: Company, header: str):
    browser = await company.nobody()
    for path in (
        "/services/oauth2/userinfo",
        "/services/data/v60.0/",
        "/services/data/v60.0/chatter/users/me",
    ):
        refused = await browser.get(path, headers=[(b"authorization", header.encode())])
        assert (refused.status_code, refused.json()) == (401, EXPIRED)


async def test_a_token_opens_only_its_own_org(company: Company, house, clients):
    other = await found_company(house, clients)
    token = await company.token("omar")
    forged = ids.show15(ids.make(Type.ORG, other.org_id)) + "!" + token.partition("!")[2]
    assert (await who(company, forged)).status_code == 401
