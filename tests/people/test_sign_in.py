"""Signing in and out, through the front door."""

import asyncio

import msgspec
import pytest
from argon2 import PasswordHasher

from hubbub import people
from hubbub.core.http import COOKIE
from hubbub.people.actions import passwords, sessions
from tests.cast import PASSWORD, Company, found_company

WRONG = "Username and password do not fit together. Please check both."


async def test_who_is_not_signed_in_is_sent_to_sign_in_and_back(company: Company):
    browser = await company.nobody()
    asked = await browser.get("/people?q=o+h")
    assert asked.status_code == 303
    assert asked.headers["location"] == "/sign-in?next=/people%3Fq%3Do%2Bh"
    form = await browser.get(asked.headers["location"])
    assert 'name="next" value="/people?q=o+h"' in form.text.replace("&#x2f;", "/")
    done = await browser.submit(
        "/sign-in", username=company.username("omar"), password=PASSWORD, next="/people?q=o+h"
    )
    assert (done.status_code, done.headers["location"]) == (303, "/people?q=o+h")
    assert (await browser.get("/people")).status_code == 200


async def test_the_cookie_is_for_this_server_and_no_script(company: Company):
    browser = await company.nobody()
    done = await browser.submit("/sign-in", username=company.username("omar").upper(), password=PASSWORD)
    cookie = next(each for each in done.headers.get_list("set-cookie") if each.startswith(COOKIE))
    said = {part.strip().lower() for part in cookie.split(";")}
    assert {"httponly", "samesite=lax", "path=/"} <= said
    assert "secure" not in said  # this server speaks plain HTTP
    settings = company.house.app.app.state.settings
    company.house.app.app.state.settings = msgspec.structs.replace(settings, public_url="https://hub.example")
    try:
        done = await browser.submit("/sign-in", username=company.username("omar"), password=PASSWORD)
    finally:
        company.house.app.app.state.settings = settings
    assert any(COOKIE in each and "secure" in each.lower() for each in done.headers.get_list("set-cookie"))


async def test_only_a_hash_of_the_secret_is_kept(company: Company):
    browser = await company.client("omar")
    secret = browser.cookies[COOKIE].strip('"')
    async with company.act() as tx:
        kept = await tx.values(
            "select key from rate_limit where key = any(%(keys)s)", {"keys": [f"name:{old}", f"name:{new}"]}
        )
    assert kept == [f"name:{new}"]


async def test_rightful_sign_ins_are_not_counted(company: Company):
    for _ in range(sessions.PER_NAME + 2):
        await company.client("omar")


async def test_who_was_shut_out_cannot_sign_in(company: Company):
    inside = await company.client("omar")
    async with company.act() as tx:
        await people.deactivate_user(tx, await people.actor(tx, company.id("ada")), company.id("omar"))
    assert (await inside.get("/people")).status_code == 303
    browser = await company.nobody()
    refused = await browser.submit("/sign-in", username=company.username("omar"), password=PASSWORD)
    assert refused.status_code == 422
    assert WRONG in refused.text


async def test_a_new_password_ends_what_was_open(company: Company):
    inside, program = await company.client("omar"), await company.api("omar")
    async with company.act() as tx:
        await people.set_password(tx, None, company.id("omar"), "another password")
    assert (await inside.get("/people")).status_code == 303
    assert (await program.get("/services/oauth2/userinfo")).status_code == 401
    browser = await company.nobody()
    refused = await browser.submit("/sign-in", username=company.username("omar"), password=PASSWORD)
    assert refused.status_code == 422
    done = await browser.submit("/sign-in", username=company.username("omar"), password="another password")
    assert done.status_code == 303


@pytest.mark.parametrize("secret", ["", "1", "1.", ".x", "9999999999.x", "-1.x", "x.y", "1.\x7f", "٣.x"])
async def test_a_broken_cookie_is_nobody(company: Company, secret: str):
    browser = await company.nobody()
    planted = [(b"cookie", f"{COOKIE}={secret}".encode())]
    assert (await browser.get("/people", headers=planted)).status_code == 303


async def test_what_no_form_would_send(company: Company):
    browser = await company.nobody()
    for fields in (
        {},
        {"username": company.username("omar")},
        {"username": "\0", "password": "\0"},
        {"username": "x" * 100_000, "password": "y" * 100_000},
        {"username": "'; drop table login; --", "password": "<script>alert(1)</script>"},
    ):
        answer = await browser.submit("/sign-in", **fields)
        assert answer.status_code == 422
        assert "<script>alert" not in answer.text


# --- the demo company ----------------------------------------------------------------------------------------------


async def test_one_click_only_where_the_server_offers_it(house, clients):
    company = await found_company(house, clients, demo=True)
    browser = await company.nobody()
    refused = await browser.submit("/sign-in/demo", username=company.username("omar"))
    assert refused.status_code == 404
    state = house.app.app.state
    settings = state.settings
    state.settings = msgspec.structs.replace(settings, one_click=True)
    try:
        elsewhere = await browser.submit("/sign-in/demo", username=company.username("omar"))
        assert elsewhere.status_code == 303
        # A page of another server that has made its name point at this machine.
        browser.headers["host"] = "evil.example"
        assert (await browser.submit("/sign-in/demo", username=company.username("noor"))).status_code == 404
        del browser.headers["host"]
        # Neither who is no demo account, nor a demo account outside the demo company.
        ordinary = await found_company(house, clients)
        async with company.act() as tx:
            await tx.run(
                "update app_user set demo = false where org_id = %(org)s and id = %(id)s",
                {"id": company.id("noor")},
            )
        async with ordinary.act() as tx:
            await tx.run("update app_user set demo = true where org_id = %(org)s")
        for username in (company.username("noor"), ordinary.username("omar"), "nobody@nowhere.example", ""):
            refused = await browser.submit("/sign-in/demo", username=username)
            assert refused.status_code == 422
            assert WRONG in refused.text
    finally:
        state.settings = settings
