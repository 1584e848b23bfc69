"""Who signs in at the very moment in which his password changes, or in which he is shut out, or signed out everywhere."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from hubbub import people
from hubbub.core import ids
from hubbub.core.http import Credential
from hubbub.core.ids import Type
from hubbub.people.actions import passwords, sessions
from tests.cast import PASSWORD, Browser, Company, found_company
from tests.moments import at_once

BETTER = "a much better horse"
USERS = "/services/data/v62.0/sobjects/User"
Meanwhile = Callable[[Company], Awaitable[None]]


async def change_it(company: Company) -> None:
    """Another password; the sessions that there are have ended."""
    async with company.act() as tx:
        await people.set_password(tx, None, company.id("omar"), BETTER)


async def shut_him_out(company: Company) -> None:
    async with company.act() as tx:
        await people.deactivate_user(tx, None, company.id("omar"))


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch, company: Company) -> Callable[[Meanwhile], None]:
    """Have something happen once, right after a password was found to be right."""

    def once(happens: Meanwhile) -> None:
        compare, left = passwords.is_password, [happens]

        async def is_password(given: str, kept: str | None) -> bool:
            right = await compare(given, kept)
            if right and left:
                await left.pop()(company)
            return right

        monkeypatch.setattr(passwords, "is_password", is_password)

    return once


async def by_page(company: Company) -> httpx.Response:
    return await (await company.nobody()).submit(
        "/sign-in", username=company.username("omar"), password=PASSWORD
    )


async def by_grant(company: Company) -> httpx.Response:
    async with company.act() as tx:
        ada = await people.actor(tx, company.id("ada"))
        app_id = await people.create_app(tx, ada, people.AppSettings(name="Reports"))
        secret = await people.change_secret(tx, ada, app_id)
        client_id = (await people.access_app(tx, app_id)).client_id
    given = {"username": company.username("omar"), "password": PASSWORD}
    given |= {"grant_type": "password", "client_id": client_id, "client_secret": secret}
    return await (await company.nobody()).post("/services/oauth2/token", data=given)


async def by_soap(company: Company) -> httpx.Response:
    login = f"<username>{company.username('omar')}</username><password>{PASSWORD}</password>"
    body = f"""<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body>
        <login xmlns="urn:partner.soap.sforce.com">{login}</login></Body></Envelope>"""
    return await (await company.nobody()).post(
        "/services/Soap/u/62.0", content=body, headers={"content-type": "text/xml", "soapaction": '""'}
    )


@pytest.mark.parametrize("happens", [change_it, shut_him_out])
@pytest.mark.parametrize("sign_in", [by_page, by_grant, by_soap])
async def test_a_password_that_was_right_a_moment_ago_opens_nothing(
    company: Company,
    compared: Callable[[Meanwhile], None],
    sign_in: Callable[[Company], Awaitable[httpx.Response]],
    happens: Meanwhile,
):
    # The same way in, while nothing happens.
    assert "INVALID_LOGIN" not in (first := await sign_in(company)).text and first.status_code < 400
    compared(happens)
    refused = await sign_in(company)
    assert refused.status_code in (400, 422, 500), refused.text
    async with company.act() as tx:
        if happens is shut_him_out:
            await people.activate_user(tx, None, company.id("omar"))
        left = await tx.values(
            """select id from session where org_id = %(org)s and user_id = %(omar)s and ended_at is null
               union all
               select id from token where org_id = %(org)s and user_id = %(omar)s and revoked_at is null""",
            {"omar": company.id("omar")},
        )
    assert left == []
    assert len(await company.events("people.sign_in.failed")) == 1


@pytest.mark.parametrize("how", ["/sign-out/everywhere", "/password", "an administrator", "shut out"])
async def test_a_session_that_begins_while_all_are_ended_ends_too(company: Company, how: str):
    browser, ada = await company.client("omar"), await company.api("ada")
    secrets = []

    async def begun(tx: Any) -> None:
        secret, _ = await sessions.begin_session(tx, company.id("omar"), people.Origin())
        secrets.append(secret)

    async def ended() -> httpx.Response:
        if how == "shut out":
            return await ada.patch(f"{USERS}/{company.key('omar')}", json={"IsActive": False})
        if how == "an administrator":
            async with company.act() as tx:
                me = await people.actor(tx, company.id("ada"))
                await people.end_sessions_of(tx, me, company.id("omar"))
            return httpx.Response(204)
        return await browser.submit(how, present=PASSWORD, password=BETTER)

    await at_once(company, begun, ended)
    async with company.act() as tx:
        if how == "shut out":
            await people.activate_user(tx, None, company.id("omar"))
    thief = await company.nobody()
    thief.headers["cookie"] = f"hubbub_session={secrets[0]}"
    assert (await thief.get("/people")).status_code == 303


async def test_who_goes_to_another_org_while_he_is_signed_out_everywhere_is_out(
    company: Company, house: Any, clients: Any
):
    other = await found_company(house, clients)
    async with other.act() as tx:
        await people.add_user(
            tx,
            None,
            people.Newcomer(username=company.username("omar"), last_name="Twice", password=PASSWORD),
        )
    browser, going = await company.client("omar"), await company.client("omar")
    assert (
        await going.submit(f"/orgs/{ids.show(ids.make(Type.ORG, other.org_id))}/enter")
    ).status_code == 303
    secrets = []

    async def begun(tx: Any) -> None:
        # From the org whose sessions are ended last to the one whose are ended first.
        await tx.enter(other.org_id)
        me = await people.authenticate(tx, Credential("session", other.org_id, secret_of(going)))
        secrets.append(await sessions.switch_org(tx, me, company.org_id))
        await tx.enter(company.org_id)

    async def ended() -> httpx.Response:
        return await browser.submit("/sign-out/everywhere")

    await at_once(company, begun, ended)
    thief = await company.nobody()
    thief.headers["cookie"] = f"hubbub_session={secrets[0]}"
    assert (await thief.get("/people")).status_code == 303


def secret_of(browser: Browser) -> str:
    """What the browser holds since it went on: a test's browser keeps the cookie of before beside it."""
    return [each.value or "" for each in browser.cookies.jar if each.name == "hubbub_session"][-1].strip('"')


async def test_who_knows_the_old_password_does_not_overwrite_the_new_one(
    company: Company, compared: Callable[[Meanwhile], None]
):
    thief = await company.client("omar")
    compared(change_it)  # as its owner does by a mail
    refused = await thief.submit("/password", present=PASSWORD, password="the thief's own one")
    assert refused.status_code == 422 and "This is not your present password." in refused.text
    omar = await company.nobody()
    came = await omar.submit("/sign-in", username=company.username("omar"), password=BETTER)
    assert came.status_code == 303
