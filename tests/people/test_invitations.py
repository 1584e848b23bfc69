"""Inviting: who may, who comes in as what, and what nobody learns or gets by it."""

import asyncio
from typing import Any

import httpx
import msgspec
import pytest

from hubbub import people
from hubbub.core import ids, mail
from hubbub.people.actions import invitations
from tests.cast import PASSWORD, Browser, Company, found_company
from tests.outbox import mails_to, sends_mail, work

__all__ = ["sends_mail"]
API = "/services/data/v62.0/hubbub"


async def invite(company: Company, who: str, *emails: str, **told: Any) -> list[dict[str, Any]]:
    """What became of each address, once the mails are written."""
    program = await company.api(who)
    answer = await program.post(f"{API}/invitations", json={"invitees": list(emails), **told})
    assert answer.status_code == 201, answer.text
    await written(company)
    return answer.json()["invitations"]


async def written(company: Company) -> None:
    """Have the mails written, until none waits."""
    for _ in range(40):
        await work(company, "people.send_invitations")
        async with company.act() as tx:
            if not await tx.value("select 1 from invitation where org_id = %(org)s and state = 'waiting'"):
                return
    raise AssertionError("mails that nobody writes")


async def link_to(company: Company, email: str) -> str:
    """The address in the last mail that somebody got."""
    async with company.database.act(None) as tx:
        [(id, address)] = await tx.tuples(
            "select id, address from mail where recipient = %(to)s order by created_at desc limit 1",
            {"to": email},
        )
    return address.removeprefix(company.house.settings.url) + mail.secret_of(company.database, id)


async def join(browser: Browser, path: str, **told: Any) -> httpx.Response:
    return await browser.submit(path, **{"last_name": "Newcomer", "password": PASSWORD, **told})


def mate(company: Company, name: str = "new") -> str:
    return f"{name}@{company.org.domain}"


async def mine(company: Company, who: str) -> list[tuple[str, str]]:
    program = await company.api(who)
    found = (await program.get(f"{API}/invitations?pageSize=250")).json()["invitations"]
    return [(each["email"], each["state"]) for each in found]


async def key_of(company: Company, who: str, email: str) -> str:
    found = (await (await company.api(who)).get(f"{API}/invitations")).json()["invitations"]
    return next(each["id"] for each in found if each["email"] == email)


async def test_who_invited_is_told_who_came(company: Company):
    await invite(company, "omar", mate(company, "nils"))
    await invite(company, "noor", mate(company, "nils"))
    await join(await company.nobody(), await link_to(company, mate(company, "nils")), first_name="Nils")
    await work(company, "notify.tell")
    for who in ("omar", "noor"):
        program = await company.api(who)
        notices = (await program.get("/services/data/v62.0/connect/notifications")).json()["notifications"]
        [told] = [each for each in notices if each["type"] == "joined"]
        assert told["messageTitle"] == "Nils Newcomer accepted your invitation"
        page = await company.client(who)
        led = await page.get(f"/notices/{told['id']}")
        assert led.headers["location"] == f"/people/{told['target']}"
    nina = await company.api("nina")
    assert (await nina.get("/services/data/v62.0/connect/notifications")).json()["notifications"] == []


async def test_a_colleague_joins_by_the_link_and_follows_who_invited_him(company: Company):
    [told] = await invite(company, "omar", mate(company, "Nils").upper(), message="Come and see")
    assert (told["email"], told["status"], told["userId"]) == (mate(company, "nils"), "Invited", None)
    [sent] = await mails_to(company, mate(company, "nils"))
    assert sent.subject.startswith("Omar") and "“Come and see”" in sent.lines and "guest" not in sent.lines[0]
    browser = await company.nobody()
    path = await link_to(company, mate(company, "nils"))
    page = await browser.get(path)
    assert company.org.name in page.text and "Omar" in page.text and "colleagues" in page.text
    done = await join(browser, path, first_name="Nils")
    assert (done.status_code, done.headers["location"]) == (303, "/")
    assert "Nils Newcomer" in (await browser.get("/people")).text
    assert (await browser.get("/setup")).status_code == 404
    async with company.act() as tx:
        nils = await people.user_by_username(tx, mate(company, "nils"))
        assert await tx.values(
            "select subject_id from follow where org_id = %(org)s and follower_id = %(him)s", {"him": nils}
        ) == [company.id("omar")]
    assert await mine(company, "omar") == [(mate(company, "nils"), "accepted")]


async def test_everybody_else_joins_as_a_guest_who_sees_nothing(company: Company):
    email = f"kim-{company.org_id}@harbour.example"
    await invite(company, "omar", email)
    [sent] = await mails_to(company, email)
    assert "as a guest" in sent.lines[0]
    browser = await company.nobody()
    path = await link_to(company, email)
    assert "a guest" in (await browser.get(path)).text
    assert (await join(browser, path)).status_code == 303
    for hidden in ("/people", "/company", "/invitations", f"/people/{company.key('omar')}"):
        assert (await browser.get(hidden)).status_code == 404
    assert "Omar" not in (await browser.get("/")).text
    async with company.act() as tx:
        kim = await people.user_by_username(tx, email)
        assert kim is not None
        assert (await people.actor(tx, kim)).guest
        assert not await tx.value(
            "select 1 from follow where org_id = %(org)s and follower_id = %(id)s", {"id": kim}
        )


async def test_what_is_pasted_is_understood(company: Company):
    assert invitations.addresses_in(
        'First name;Last name;E-mail\r\nAda;Rey;ada@a.example\n"Bo Li" <bo@b.example>, cy@c.example\n'
        "\tdi@d.example ada@a.example\n;;;\nnobody at home\n"
    ) == ["ada@a.example", "bo@b.example", "cy@c.example", "di@d.example", "nobody at home"]
    assert invitations.addresses_in("=cmd()@x") == ["=cmd()@x"]
    assert invitations.addresses_in("") == []


async def test_what_cannot_be_invited_stays_in_the_form_with_its_reason(company: Company):
    omar = await company.client("omar")
    pasted = f"{mate(company, 'a')}\nnot an address@\n{company.username('nina')}, {mate(company, 'b')}"
    page = await omar.submit("/invitations", invitees=pasted, message="Hi")
    assert page.status_code == 200
    assert "2 invitations are on their way" in page.text and "This is not an e-mail address." in page.text
    assert "Is here already." in page.text and company.key("nina") in page.text
    kept = page.text[page.text.index("<textarea") : page.text.index("</textarea>")]
    assert (
        "address@" in kept
        and mate(company, "a").replace("@", "&#x40;") not in kept
        and mate(company, "a") not in kept
    )
    # The same once more invites nobody twice.
    again = await omar.submit("/invitations", invitees=mate(company, "a"))
    assert "You have invited this address already." in again.text
    await written(company)
    assert len(await mails_to(company, mate(company, "a"))) == 1
    assert (await omar.submit("/invitations", invitees="")).status_code == 422
    assert (
        await omar.submit("/invitations", invitees=mate(company, "c"), message="x" * 256)
    ).status_code == 422


async def test_nobody_learns_who_else_invites_or_has_a_login_elsewhere(company: Company, clients: Any):
    """Of two addresses, one unknown, one invited by another and with a login in another company, all is alike."""
    other = await found_company(company.house, clients)
    known = other.username("omar")
    await invite(company, "ada", known, sure=True)
    unknown = f"omar@{'x' + other.org.domain}"
    answers = []
    for email in (known, unknown):
        [told] = await invite(company, "nina", email, sure=True)
        answers.append({**told, "email": "…"})
    assert answers[0] == answers[1]
    assert [state for _, state in await mine(company, "nina")] == ["sent", "sent"]
    subjects = [[each.subject for each in await mails_to(company, email)] for email in (known, unknown)]
    assert len(subjects[0]) == 2 and len(subjects[1]) == 1 and len({*subjects[0], *subjects[1]}) == 2
    # nina sees hers alone, and does nothing to ada's.
    nina = await company.api("nina")
    async with company.act() as tx:
        adas = await tx.value(
            "select id from invitation where org_id = %(org)s and invited_by = %(ada)s",
            {"ada": company.id("ada")},
        )
    assert (await nina.post(f"{API}/invitations/{ids.show(adas)}/mails")).status_code == 404
    assert (await nina.delete(f"{API}/invitations/{ids.show(adas)}")).status_code == 404
    # Whoever has the link is asked for no password where he has one already: it stays.
    browser = await company.nobody()
    async with company.database.act(None) as tx:
        await tx.run(
            """update login set verified_at = now() from login_name n where n.login_id = id and n.name = %(n)s""",
            {"n": known},
        )
    path = await link_to(company, known)
    assert 'name="password"' not in (await browser.get(path)).text
    assert (await join(browser, path, password="another one")).status_code == 303
    again = await company.nobody()
    assert (await again.submit("/sign-in", username=known, password=PASSWORD)).status_code == 303
    # Both who invited him see that he came.
    assert {state for email, state in await mine(company, "ada") if email == known} == {"accepted"}


async def test_a_link_works_once_and_says_why_it_does_not(company: Company):
    email = mate(company)
    await invite(company, "omar", email)
    path = await link_to(company, email)
    one, two = await company.nobody(), await company.nobody()
    for _ in range(3):  # whoever only looks uses nothing up
        assert (await two.get(path)).status_code == 200
    assert (await join(one, path, last_name="")).status_code == 422
    assert (await join(one, path, password="short")).status_code == 422
    done = await asyncio.gather(join(one, path), join(two, path))
    assert sorted(each.status_code for each in done) == [303, 410]
    late = await company.nobody()
    gone = await late.get(path)
    assert gone.status_code == 410 and "accepted already" in gone.text

    await invite(company, "omar", mate(company, "b"))
    path = await link_to(company, mate(company, "b"))
    async with company.database.act(None) as tx:
        await tx.run("update mail_link set expires_at = now() where email = %(e)s", {"e": mate(company, "b")})
    gone = await late.get(path)
    assert gone.status_code == (await join(late, path)).status_code == 410 and "too old" in gone.text
    forged = path[:-4] + "AAAA"
    assert (await late.get(forged)).status_code == (await join(late, forged)).status_code == 410
    assert (await late.get(path.replace("/join/", "/sign-up/"))).status_code == 410


async def test_sending_again_and_withdrawing_end_the_link_before(
    company: Company, monkeypatch: pytest.MonkeyPatch
):
    email = mate(company)
    await invite(company, "omar", email)
    first = await link_to(company, email)
    key = await key_of(company, "omar", email)
    omar, nobody = await company.client("omar"), await company.nobody()
    assert (await omar.submit(f"/invitations/{key}/mails")).status_code == 429  # the mail has only just gone
    monkeypatch.setattr(invitations, "PAUSE", 0)
    assert (await omar.submit(f"/invitations/{key}/mails")).status_code == 303
    waiting = await nobody.get(first)
    assert waiting.status_code == 410 and "newer mail" in waiting.text
    await written(company)
    second = await link_to(company, email)
    assert first != second
    assert [(await nobody.get(each)).status_code for each in (first, second)] == [410, 200]
    assert (await join(nobody, first)).status_code == 410
    assert (await omar.submit(f"/invitations/{key}/delete")).status_code == 303
    gone = await nobody.get(second)
    assert gone.status_code == (await join(nobody, second)).status_code == 410 and "taken back" in gone.text
    for act in ("mails", "delete"):
        assert (await omar.submit(f"/invitations/{key}/{act}")).status_code == 403
    assert await mine(company, "omar") == [(email, "withdrawn")]
    # He may be invited anew.
    assert [each["status"] for each in await invite(company, "omar", email)] == ["Invited"]


async def test_who_may_invite_is_for_administrators_to_say(company: Company):
    omar, gus = await company.api("omar"), await company.api("gus")
    assert (await gus.post(f"{API}/invitations", json={"invitees": [mate(company)]})).status_code == 404
    assert (await omar.patch(f"{API}/invitations", json={"inviters": "administrators"})).status_code == 403
    ada = await company.client("ada")
    assert (await ada.submit("/invitations/inviters", inviters="administrators")).status_code == 303
    refused = await omar.post(f"{API}/invitations", json={"invitees": [mate(company)]})
    assert refused.status_code == 403
    page = await (await company.client("omar")).get("/invitations")
    assert (
        page.status_code == 200 and "Only administrators invite" in page.text and "<textarea" not in page.text
    )
    assert [each["status"] for each in await invite(company, "ada", mate(company))] == ["Invited"]
    [told] = await company.events("people.inviters.changed")
    assert told[-2:] == ({"inviters": "inside"}, {"inviters": "administrators"})


async def test_domains_that_look_like_ours_are_shown_first(company: Company):
    own = company.org.domain
    twin = own.replace(".example", "s.example")
    special = f"bücher-{own}"
    for email in (f"a@{twin}", f"a@{special}"):
        [told] = await invite(company, "omar", email)
        assert told["status"] == "Unhandled" and told["reason"]
    assert "xn--" in told["reason"] and special in told["reason"]
    omar = await company.client("omar")
    page = await omar.submit("/invitations", invitees=f"a@{twin}")
    assert "looks like" in page.text and 'name="sure"' in page.text
    assert await mine(company, "omar") == []
    german = {"first_name": "Omar", "last_name": "Haddad", "locale": "de_DE"}
    assert (await omar.submit(f"/people/{company.key('omar')}/edit", **german)).status_code == 303
    page = await omar.submit("/invitations", invitees=f"a@{twin}\na@{special}\nnobody@", sure="")
    for words in (
        f"{twin} sieht aus wie {own} und ist nicht Ihre.",
        "ist mit besonderen Buchstaben geschrieben",
        "Dies ist keine E-Mail-Adresse.",
    ):
        assert words in page.text, words
    english = {"first_name": "Omar", "last_name": "Haddad", "locale": "en_GB"}
    assert (await omar.submit(f"/people/{company.key('omar')}/edit", **english)).status_code == 303
    page = await omar.submit("/invitations", invitees=f"a@{twin}", sure="true")
    assert "1 invitation is on its way" in page.text


async def test_ten_thousand_are_refused_whole_and_a_day_has_an_end(
    company: Company, monkeypatch: pytest.MonkeyPatch
):
    omar = await company.client("omar")
    many = "\n".join(f"p{number}@{company.org.domain}" for number in range(10_000))
    page = await omar.submit("/invitations", invitees=many)
    assert page.status_code == 422 and "these are 10,000. Nobody was invited." in page.text
    api = await company.api("omar")
    refused = await api.post(f"{API}/invitations", json={"invitees": many.splitlines()})
    assert refused.status_code == 400 and refused.json()[0]["errorCode"] == "LIMIT_EXCEEDED"
    assert await mine(company, "omar") == []
    monkeypatch.setattr(invitations, "PER_DAY", 130)
    told = await invite(company, "omar", *many.splitlines()[:120])
    assert {each["status"] for each in told} == {"Invited"}
    assert len(await mails_to(company, f"p119@{company.org.domain}")) == 1
    nina = await company.api("nina")
    over = await nina.post(f"{API}/invitations", json={"invitees": many.splitlines()[200:211]})
    assert over.status_code == 429 and "Nobody was invited" in over.text
    # What was refused cost nothing.
    assert len(await invite(company, "nina", *many.splitlines()[200:210])) == 10
    assert (await nina.post(f"{API}/invitations", json={"invitees": ["z@z.example"]})).status_code == 429


async def test_many_at_once_keep_to_the_days_limit(company: Company, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(invitations, "PER_DAY", 20)
    programs = [await company.api(who) for who in ("omar", "nina", "maya", "noor")]
    done = await asyncio.gather(
        *(
            program.post(
                f"{API}/invitations", json={"invitees": [f"p{at}{n}@{company.org.domain}" for n in range(8)]}
            )
            for at, program in enumerate(programs)
        )
    )
    assert sorted(each.status_code for each in done) == [201, 201, 429, 429]


async def test_who_is_signed_in_as_somebody_else_is_told_and_signed_out(company: Company):
    email = mate(company)
    await invite(company, "ada", email)
    path = await link_to(company, email)
    omar = await company.client("omar")
    before = omar.cookies["hubbub_session"]
    page = await omar.get(path)
    assert page.status_code == 200 and "Omar" in page.text and "Stay signed in" in page.text
    assert (await join(omar, path, first_name="Nils")).status_code == 303
    assert "Nils Newcomer" in (await omar.get("/")).text
    old = await company.nobody()
    old.cookies.set("hubbub_session", before.strip('"'), domain="127.0.0.1", path="/")
    assert (await old.get("/")).status_code == 303


async def test_who_was_shut_out_does_not_come_back_by_an_invitation(company: Company):
    email = mate(company)
    await invite(company, "omar", email)
    path = await link_to(company, email)
    async with company.act() as tx:
        him = await people.add_user(tx, None, people.Newcomer(username=email, last_name="Out"))
        await people.deactivate_user(tx, await people.actor(tx, company.id("ada")), him)
    browser = await company.nobody()
    assert (await join(browser, path)).status_code == 403
    [told] = await invite(company, "omar", mate(company))
    assert told["status"] in ("NoActionNeededUser", "ActedUponUser")


async def test_signing_up_fulfils_an_invitation(company: Company):
    email = mate(company)
    await invite(company, "omar", email)
    browser = await company.nobody()
    asked = await browser.submit("/sign-up", email=email)
    assert asked.status_code == 200
    await work(company)
    path = ((await mails_to(company, email))[-1].address or "").removeprefix(company.house.settings.url)
    assert path.startswith("/sign-up/")
    assert (await join(browser, path)).status_code == 303
    assert await mine(company, "omar") == [(email, "accepted")]


async def test_links_lead_to_the_public_address(company: Company):
    state = company.house.app.app.state
    state.settings = msgspec.structs.replace(state.settings, public_url="https://hub.example")
    omar = await company.api("omar")
    headers = {"host": "evil.example", "x-forwarded-host": "evil.example"}
    await omar.post(f"{API}/invitations", json={"invitees": [mate(company)]}, headers=headers)
    await written(company)
    [sent] = await mails_to(company, mate(company))
    assert sent.address and sent.address.startswith("https://hub.example/join/")
    secret = sent.address.rpartition("/")[2]
    async with company.database.act(None) as tx:
        for table in ("mail", "mail_link", "procrastinate_jobs"):
            assert not await tx.values(
                f"select 1 from {table} t where position(%(secret)s in t::text) > 0", {"secret": secret}
            )


async def test_without_a_mail_server_nobody_is_invited(company: Company):
    state = company.house.app.app.state
    state.settings = msgspec.structs.replace(state.settings, keep_mail=False, smtp=None)
    omar = await company.client("omar")
    assert "cannot send mail yet" in (await omar.get("/invitations")).text
    assert (await omar.submit("/invitations", invitees=mate(company))).status_code == 403
