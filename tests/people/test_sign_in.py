"""Signing in and out, through the front door."""

import asyncio

import msgspec
import pytest
from argon2 import PasswordHasher

from hubbub import people
from hubbub.core.http import COOKIE
from hubbub.people.actions import passwords, sessions
from tests.cast import PASSWORD, Company, found_company

WRONG = "E-mail address and password do not fit together. Please check both."


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
        kept = await tx.values("select encode(token_hash, 'escape') from session where org_id = %(org)s")
    assert len(kept) == 1 and secret not in kept[0]


@pytest.mark.parametrize("name", ["omar", "nobody-of-that-name"])
async def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(company: Company, name: str):
    browser = await company.nobody()
    refused = await browser.submit("/sign-in", username=company.username(name), password="wrong password")
    assert refused.status_code == 422
    assert WRONG in refused.text
    assert COOKIE not in browser.cookies
    assert company.username(name) in refused.text.replace("&#x40;", "@")
    assert "wrong password" not in refused.text


async def test_an_unknown_name_is_compared_with_a_hash_as_well(company: Company, monkeypatch):
    compared = []

    class Watched(PasswordHasher):
        def verify(self, hash, password):
            compared.append(hash)
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "hasher", Watched(time_cost=1, memory_cost=64, parallelism=1))
    browser = await company.nobody()
    for name in ("omar", "nobody-of-that-name"):
        await browser.submit("/sign-in", username=company.username(name), password="wrong password")
    # Both compared with a hash of the same cost: as much work, so as much time.
    assert [hash.rpartition("$")[0].rpartition("$")[0] for hash in compared] == [
        "$argon2id$v=19$m=64,t=1,p=1"
    ] * 2


async def test_a_failed_sign_in_is_in_the_audit_trail(company: Company):
    browser = await company.nobody()
    await browser.submit("/sign-in", username=company.username("omar"), password="wrong password")
    [(actor, noun, _, client, address, _, after)] = await company.events("people.sign_in.failed")
    assert (actor, noun, address, after) == (None, company.id("omar"), company.address, None)
    assert client and client.startswith("python-httpx")
    await company.client("omar")
    [(actor, _, parent, *_)] = await company.events("people.session.started")
    assert actor == parent == company.id("omar")


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "evil",
        "/a\r\nset-cookie: x=y",
    ],
)
async def test_nobody_is_sent_to_another_server(company: Company, target: str):
    browser = await company.nobody()
    done = await browser.submit("/sign-in", username=company.username("omar"), password=PASSWORD, next=target)
    assert (done.status_code, done.headers["location"]) == (303, "/")
    assert "evil" not in (await browser.get("/sign-in", params={"next": target})).text


async def test_a_planted_cookie_is_worth_nothing_after_signing_in(company: Company):
    attacker = await company.client("nina")
    planted = attacker.cookies[COOKIE]
    victim = await company.nobody()
    victim.cookies.set(COOKIE, planted, domain="127.0.0.1", path="/")
    await victim.submit("/sign-in", username=company.username("omar"), password=PASSWORD)
    held = [cookie.value for cookie in victim.cookies.jar if cookie.name == COOKIE]
    assert planted not in held or len(held) > 1
    thief = await company.nobody()
    thief.headers["cookie"] = f"{COOKIE}={planted}"
    assert (await thief.get("/people")).status_code == 303


async def test_a_form_without_its_token_is_refused(company: Company):
    browser = await company.nobody()
    refused = await browser.post(
        "/sign-in", data={"username": company.username("omar"), "password": PASSWORD}
    )
    assert refused.status_code == 403
    assert "This form has grown old" in refused.text
    assert COOKIE not in browser.cookies


async def test_signing_out_ends_the_session(company: Company):
    browser = await company.client("omar")
    secret = browser.cookies[COOKIE]
    out = await browser.submit("/sign-out")
    assert (out.status_code, out.headers["location"]) == (303, "/sign-in")
    assert COOKIE not in browser.cookies
    thief = await company.nobody()
    thief.headers["cookie"] = f"{COOKIE}={secret}"
    assert (await thief.get("/people")).status_code == 303
    [(_, _, parent, *_)] = await company.events("people.session.ended")
    assert parent == company.id("omar")


async def test_too_many_failures_of_one_name_are_refused(company: Company):
    browser = await company.nobody()
    username = company.username("omar")
    for _ in range(sessions.PER_NAME):
        assert (await browser.submit("/sign-in", username=username, password="no")).status_code == 422
    refused = await browser.submit("/sign-in", username=username, password=PASSWORD)
    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "900"
    assert "Too many attempts" in refused.text
    # Only this name: others go on signing in from there.
    assert (
        await browser.submit("/sign-in", username=company.username("noor"), password=PASSWORD)
    ).status_code == 303


async def test_too_many_failures_from_one_address_are_refused(company: Company):
    browser = await company.nobody()
    answers = [
        await browser.submit("/sign-in", username=f"{number}@{company.org.domain}", password="no")
        for number in range(sessions.PER_ADDRESS + 1)
    ]
    assert [answer.status_code for answer in answers] == [422] * sessions.PER_ADDRESS + [429]
    refused = await browser.submit("/sign-in", username=company.username("omar"), password=PASSWORD)
    assert refused.status_code == 429


async def test_many_at_once_cannot_slip_past_the_limit(company: Company):
    browser = await company.nobody()
    await browser.get("/sign-in")
    answers = await asyncio.gather(
        *(
            browser.submit("/sign-in", username=company.username("omar"), password="no")
            for _ in range(3 * sessions.PER_NAME)
        )
    )
    assert sum(answer.status_code == 422 for answer in answers) == sessions.PER_NAME


async def test_the_counts_of_names_that_nobody_asks_for_do_not_pile_up(company: Company):
    browser = await company.nobody()
    old, new = (f"name:{name}@{company.org.domain}" for name in ("old", "new"))
    await browser.submit("/sign-in", username=old.removeprefix("name:"), password="no")
    async with company.act() as tx:
        await tx.run(
            "update rate_limit set window_start = now() - interval '2 days' where key = %(key)s", {"key": old}
        )
    await browser.submit("/sign-in", username=new.removeprefix("name:"), password="no")
    async with company.act() as tx:
        assert await tx.values(
            "select key from rate_limit where key = any(%(keys)s)", {"keys": [old, new]}
        ) == [new]


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
