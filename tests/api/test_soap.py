"""SOAP's login, for clients that know no other: answers, faults, and XML that wants more than to be read."""

import re

import httpx
import pytest

from hubbub import people
from hubbub.core import ids
from hubbub.core.ids import Type
from hubbub.people.actions import sessions
from tests.cast import PASSWORD, Company, found_company

AT = "/services/Soap/u/59.0"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"


def envelope(body: str, header: str = "") -> str:
    return (
        f'<?xml version="1.0" encoding="utf-8" ?><env:Envelope xmlns:env="{SOAP}">'
        f"<env:Header>{header}</env:Header><env:Body>{body}</env:Body></env:Envelope>"
    )


def login(username: str, password: str, header: str = "") -> str:
    return envelope(
        f'<n1:login xmlns:n1="urn:partner.soap.sforce.com"><n1:username>{username}</n1:username>'
        f"<n1:password>{password}</n1:password></n1:login>",
        header,
    )


def with_session(session: str, operation: str) -> str:
    header = (
        f'<SessionHeader xmlns="urn:partner.soap.sforce.com"><sessionId>{session}</sessionId></SessionHeader>'
    )
    return envelope(f'<{operation} xmlns="urn:partner.soap.sforce.com"/>', header)


async def send(company: Company, body: str | bytes, at: str = AT) -> httpx.Response:
    browser = await company.nobody()
    return await browser.post(
        at, content=body, headers={"content-type": "text/xml; charset=UTF-8", "soapaction": '""'}
    )


def told(answer: httpx.Response, name: str) -> str:
    """What stands in an element, found as jsforce finds it."""
    found = re.search(rf"<{name}>([^<]+)</{name}>", answer.text)
    assert found is not None, answer.text
    return found[1]


async def test_a_password_gets_a_session(company: Company):
    answer = await send(company, login(company.username("omar"), PASSWORD))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    org = ids.show(ids.make(Type.ORG, company.org_id))
    assert told(answer, "userId") == company.key("omar")
    assert told(answer, "organizationId") == org
    assert told(answer, "serverUrl") == f"{company.house.settings.url}{AT}/{org[:15]}"
    assert told(answer, "userName") == company.username("omar")
    assert told(answer, "passwordExpired") == "false"
    session = told(answer, "sessionId")
    browser = await company.nobody()
    me = await browser.get(
        "/services/data/v62.0/chatter/users/me", headers={"authorization": f"Bearer {session}"}
    )
    assert me.json()["id"] == company.key("omar")
    info = await send(company, with_session(session, "getUserInfo"), f"{AT}/{org[:15]}")
    assert told(info, "userId") == company.key("omar")
    assert "T" in told(await send(company, with_session(session, "getServerTimestamp")), "timestamp")
    gone = await send(company, with_session(session, "logout"))
    assert gone.status_code == 200 and "<logoutResponse></logoutResponse>" in gone.text
    dead = await browser.get("/services/oauth2/userinfo", headers={"authorization": f"Bearer {session}"})
    assert dead.status_code == 401
    again = await send(company, with_session(session, "getUserInfo"))
    assert told(again, "sf:exceptionCode") == "INVALID_SESSION_ID"


async def test_the_session_is_among_my_tokens(company: Company):
    client = '<CallOptions xmlns="urn:partner.soap.sforce.com"><client>loader&lt;b&gt;</client></CallOptions>'
    await send(company, login(company.username("omar"), PASSWORD, client))
    browser = await company.client("omar")
    assert "SOAP: loader&lt;b&gt;" in (await browser.get("/people/sessions")).text


async def test_the_enterprise_address_says_the_same_in_its_words(company: Company):
    answer = await send(company, login(company.username("omar"), PASSWORD), "/services/Soap/c/59.0")
    assert 'xmlns="urn:enterprise.soap.sforce.com"' in answer.text
    assert "/services/Soap/c/59.0/" in told(answer, "serverUrl")


@pytest.mark.parametrize("who", ["omar", "stranger", "gone"])
async def test_a_wrong_password_says_nothing_of_the_name(company: Company, who: str):
    name = company.username("omar" if who == "omar" else "nina" if who == "gone" else "stranger")
    if who == "gone":
        async with company.act() as tx:
            ada = await people.actor(tx, company.id("ada"))
            await people.deactivate_user(tx, ada, company.id("nina"))
    refused = await send(company, login(name, PASSWORD if who == "gone" else "wrong"))
    assert refused.status_code == 500
    assert told(refused, "faultcode") == "INVALID_LOGIN"
    assert told(refused, "sf:exceptionCode") == "INVALID_LOGIN"
    assert told(refused, "faultstring") == (
        "INVALID_LOGIN: Invalid username, password, security token; or user locked out."
    )


async def test_attempts_are_limited_as_at_the_front_door(company: Company):
    name = company.username("omar")
    for _ in range(sessions.PER_NAME - 1):
        await send(company, login(name, "wrong"))
    browser = await company.nobody()
    assert (await browser.submit("/sign-in", username=name, password="wrong")).status_code == 422
    refused = await send(company, login(name, PASSWORD))
    assert told(refused, "sf:exceptionCode") == "LOGIN_RATE_EXCEEDED"
    assert refused.headers["retry-after"] == "900"


async def test_the_header_names_one_of_my_orgs(company: Company, house, clients):
    other = await found_company(house, clients)

    def scope(one: Company) -> str:
        org = ids.show(ids.make(Type.ORG, one.org_id))
        inside = f"<L:organizationId>{org}</L:organizationId>"
        return f'<L:LoginScopeHeader xmlns:L="urn:partner.soap.sforce.com">{inside}</L:LoginScopeHeader>'

    name = company.username("omar")
    assert (await send(company, login(name, PASSWORD, scope(company)))).status_code == 200
    refused = await send(company, login(name, PASSWORD, scope(other)))
    assert told(refused, "sf:exceptionCode") == "INVALID_LOGIN"


LAUGHS = """<?xml version="1.0"?><!DOCTYPE e [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>"""
OUTSIDE = """<?xml version="1.0"?><!DOCTYPE e [<!ENTITY x SYSTEM "file:///etc/passwd">]>"""


@pytest.mark.parametrize(
    "body",
    [
        "",
        "nonsense",
        "<a/>",
        f'<Envelope xmlns="{SOAP}"><Body>',
        f'{LAUGHS}<Envelope xmlns="{SOAP}"><Body><login><username>&b;</username></login></Body></Envelope>',
        f'{OUTSIDE}<Envelope xmlns="{SOAP}"><Body><login><username>&x;</username></login></Body></Envelope>',
        f'<!DOCTYPE e SYSTEM "http://127.0.0.1:1/x.dtd"><Envelope xmlns="{SOAP}"/>',
        f'<Envelope xmlns="{SOAP}"><Body>' + "<a>" * 40 + "</a>" * 40 + "</Body></Envelope>",
        "<" + "x" * 70_000,
        b'<?xml version="1.0" encoding="utf-7"?><a/>',
        b"\xff\xfe\x00",
        envelope("<login/><login/>"),
        envelope("<query><queryString>SELECT Id FROM User</queryString></query>"),
        envelope(""),
    ],
)
async def test_what_cannot_be_read_is_a_fault(company: Company, body: str | bytes):
    refused = await send(company, body)
    assert refused.status_code == 500
    assert told(refused, "sf:exceptionCode") in (
        "UNKNOWN_EXCEPTION",
        "INVALID_OPERATION",
        "EXCEEDED_MAX_SIZE_REQUEST",
    )
    assert "root:" not in refused.text and "haha" not in refused.text


async def test_a_version_that_is_not_spoken(company: Company):
    refused = await send(company, login("x", "y"), "/services/Soap/u/9.0")
    assert told(refused, "sf:exceptionCode") == "UNSUPPORTED_API_VERSION"


async def test_a_token_opens_it_as_far_as_its_scopes_go(company: Company):
    async with company.act() as tx:
        omar = await people.actor(tx, company.id("omar"))
        narrow = await people.issue_token(tx, omar, scopes=["chatter_api"])
        wide = await people.issue_token(tx, omar, scopes=["api"])
    assert (await send(company, with_session(wide, "getUserInfo"))).status_code == 200
    refused = await send(company, with_session(narrow, "getUserInfo"))
    assert told(refused, "sf:exceptionCode") == "INVALID_SESSION_ID"
