"""Where I am signed in: listed, ended, expiring."""

from hubbub.core import ids
from hubbub.core.http import COOKIE
from hubbub.people.access import actors
from tests.cast import Company


async def session_ids(company: Company, name: str) -> list[int]:
    async with company.act() as tx:
        return await tx.values(
            "select id from session where org_id = %(org)s and user_id = %(user)s order by created_at, id",
            {"user": company.id(name)},
        )


async def test_sessions_and_tokens_are_listed_and_ended(company: Company):
    here, there = await company.client("omar"), await company.client("omar")
    program = await company.api("omar")
    page = await here.get("/people/sessions")
    assert page.text.count("/end") == 3
    assert "this one" in page.text and "Command line" in page.text and company.address in page.text
    other = (await session_ids(company, "omar"))[1]
    assert (await here.submit(f"/sessions/{ids.show(other)}/end")).headers["location"] == "/people/sessions"
    assert (await there.get("/people")).status_code == 303
    assert (await here.get("/people")).status_code == 200
    async with company.act() as tx:
        token = await tx.value("select id from token where org_id = %(org)s")
    assert (await here.submit(f"/sessions/{ids.show(token)}/end")).status_code == 303
    assert (await program.get("/services/oauth2/userinfo")).status_code == 401
    assert (await here.get("/people/sessions")).text.count("/end") == 1


async def test_other_peoples_sessions_do_not_exist_for_me(company: Company, house, clients):
    omar, nina = await company.client("omar"), await company.client("nina")
    await company.token("omar")
    [session] = await session_ids(company, "omar")
    async with company.act() as tx:
        token = await tx.value("select id from token where org_id = %(org)s")
    for key in (ids.show(session), ids.show(token)):
        assert (await nina.submit(f"/sessions/{key}/end")).status_code == 404
        assert (await (await company.client("ada")).submit(f"/sessions/{key}/end")).status_code == 404
    assert (await omar.get("/people")).status_code == 200
    assert company.address in (await nina.get("/people/sessions")).text
    assert (await nina.get("/people/sessions")).text.count("/end") == 1


async def test_a_session_ends_when_it_was_not_used(company: Company):
    browser = await company.client("omar")
    async with company.act() as tx:
        hours = await tx.value(
            "select extract(epoch from expires_at - now()) / 3600 from session where org_id = %(org)s"
        )
        assert 11.9 < hours <= 12
        await tx.run("update session set expires_at = now() where org_id = %(org)s")
    assert (await browser.get("/people")).status_code == 303


async def test_use_keeps_a_session_alive_but_not_for_ever(company: Company):
    browser = await company.client("omar")

    async def seen_after(created: str) -> float:
        async with company.act() as tx:
            await tx.run(
                f"""update session set seen_at = now() - interval '1 hour', expires_at = now() + interval '11 hours',
                           created_at = now() - interval '{created}' where org_id = %(org)s"""
            )
        assert (await browser.get("/people")).status_code == 200
        await actors.written()
        async with company.act() as tx:
            return float(
                await tx.value(
                    "select extract(epoch from expires_at - now()) / 3600 from session where org_id = %(org)s"
                )
            )

    assert 11.9 < await seen_after("1 hour") <= 12
    assert 0.9 < await seen_after("29 days 23 hours") <= 1


async def test_a_cookie_is_no_token_and_a_token_no_cookie(company: Company):
    browser, token = await company.client("omar"), await company.token("omar")
    assert (await browser.get("/services/oauth2/userinfo")).status_code == 401
    stranger = await company.nobody()
    stranger.headers["cookie"] = f"{COOKIE}={token}"
    assert (await stranger.get("/people")).status_code == 303
    stranger.headers["authorization"] = f"Bearer {token}"
    assert (await stranger.get("/people")).status_code == 303
