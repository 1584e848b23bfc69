"""Signing up by work e-mail: who founds, who joins, and what nobody learns or gets by it."""

import asyncio
import hashlib
import re
from contextlib import AsyncExitStack
from typing import Any

import idna
import msgspec
import pytest

from hubbub import people
from hubbub.core import ids
from hubbub.people.actions import links
from tests.cast import PASSWORD, Browser, Company, found_company
from tests.city.watch import counted
from tests.outbox import mails_to, sends_mail, work

__all__ = ["sends_mail"]
INVITATIONS = "/services/data/v62.0/hubbub/invitations"


async def link(company: Company, browser: Browser, email: str, path: str = "/sign-up") -> str:
    """Ask for a link, and take its address out of the mail."""
    asked = await browser.submit(path, email=email)
    assert asked.status_code == 200, asked.text
    await work(company)
    [sent] = await mails_to(company, email.strip().lower())
    assert sent.address, sent.lines
    return sent.address.removeprefix(company.house.settings.url)


async def enter(browser: Browser, path: str, **told: Any) -> Any:
    return await browser.submit(path, **{"last_name": "Founder", "password": PASSWORD, **told})


def domain_of(company: Company, name: str = "new") -> str:
    return f"{name}-{company.org.domain}"


async def test_the_first_of_a_domain_founds_and_moderates_and_later_ones_join(company: Company):
    domain = domain_of(company)
    first, second = await company.nobody(), await company.nobody()
    path = await link(company, first, f"Fay@{domain.upper()}")
    page = await first.get(path)
    assert domain in page.text and 'name="company"' in page.text
    done = await enter(first, path, first_name="Fay", company="New Lights")
    assert (done.status_code, done.headers["location"]) == (303, "/")
    home = await first.get("/")
    assert home.status_code == 200 and "New Lights" in home.text and "First steps" in home.text
    assert (await first.get("/setup")).status_code == 200

    path = await link(company, second, f"sam@{domain}")
    page = await second.get(path)
    assert "New Lights" in page.text and 'name="company"' not in page.text
    assert (await enter(second, path, last_name="Second")).status_code == 303
    assert (await second.get("/setup")).status_code in (403, 404)
    them = (await second.get("/people")).text
    assert "Fay Founder" in them and "Second" in them and "Omar" not in them
    assert "First steps" not in (await second.get("/")).text

    # The founder takes a post of another away, and the log says so.
    me = re.search(r"/people/(005\w+)/edit", them)
    assert me is not None
    assert (await second.submit("/posts", subject=me[1], text="Buy my boat")).status_code == 303
    feed = (await first.get("/company")).text
    assert "Buy my boat" in feed and "First steps" not in (await first.get("/")).text
    [post] = set(re.findall(r"/posts/(0D5\w+)", feed))
    assert (await first.submit(f"/posts/{post}/delete")).status_code == 303
    async with company.database.act(None) as tx:
        org = await tx.value("select org_id from company_domain where domain = %(d)s", {"d": domain})
        await tx.enter(org)
        log = await tx.values("select name from event where org_id = %(org)s order by id")
    assert {"people.org.founded", "people.sign_up.completed", "feed.item.deleted"} <= set(log)


async def test_of_many_at_once_one_founds(company: Company):
    domain = domain_of(company)
    browsers = [await company.nobody() for _ in range(12)]
    paths = [await link(company, browser, f"p{number}@{domain}") for number, browser in enumerate(browsers)]
    done = await asyncio.gather(*(enter(*each) for each in zip(browsers, paths, strict=True)))
    assert [each.status_code for each in done] == [303] * 12
    admins = [browser for browser in browsers if (await browser.get("/setup")).status_code == 200]
    assert len(admins) == 1
    async with company.database.act(None) as tx:
        org = await tx.value("select org_id from company_domain where domain = %(d)s", {"d": domain})
        members = await tx.value("select count(*) from login_org where org_id = %(o)s", {"o": org})
    assert members == 12


async def test_one_spelling_of_a_domain(company: Company):
    tail = company.org.domain
    browsers = [await company.nobody() for _ in range(4)]
    spellings = [f"bücher-{tail}", f"BÜCHER-{tail.upper()}", f"xn--bcher-{tail}", f"bücher-{tail}."]
    spellings[2] = idna.encode(spellings[0], uts46=True).decode()
    for number, (browser, spelt) in enumerate(zip(browsers, spellings, strict=True)):
        asked = await browser.submit("/sign-up", email=f"p{number}@{spelt}")
        assert asked.status_code == 200
        await work(company)
        [sent] = await mails_to(company, f"p{number}@{spellings[2]}")
        path = (sent.address or "").removeprefix(company.house.settings.url)
        page = await browser.get(path)
        assert ('name="company"' in page.text) == (number == 0)
        assert spellings[0] in page.text  # as people read it
        assert (await enter(browser, path)).status_code == 303
    # … and at the door, too.
    again = await company.nobody()
    assert (
        await again.submit("/sign-in", username=f"P0@{spellings[0]}", password=PASSWORD)
    ).status_code == 303


async def test_a_link_works_once_and_not_for_long(company: Company):
    browser, other = await company.nobody(), await company.nobody()
    domain = domain_of(company)
    path = await link(company, browser, f"a@{domain}")
    for _ in range(3):  # whoever only looks uses nothing up
        assert (await other.get(path)).status_code == 200
    assert (await enter(browser, path, last_name="")).status_code == 422
    assert (await enter(browser, path, password="short")).status_code == 422
    done = await asyncio.gather(*(enter(each, path) for each in (browser, other)))
    assert sorted(each.status_code for each in done) == [303, 410]
    assert (await other.get(path)).status_code == 410

    late = await link(company, other, f"b@{domain}")
    async with company.database.act(None) as tx:
        await tx.run("update mail_link set expires_at = now() where email = %(e)s", {"e": f"b@{domain}"})
    assert (await other.get(late)).status_code == (await enter(other, late)).status_code == 410
    forged = late[:-4] + "AAAA"
    assert (await other.get(forged)).status_code == (await enter(other, forged)).status_code == 410
    # A link of one kind opens no other door.
    good = await link(company, other, f"c@{domain}")
    assert (await other.get(good.replace("/sign-up/", "/password/reset/"))).status_code == 410


async def test_the_secret_is_kept_nowhere(company: Company):
    browser = await company.nobody()
    path = await link(company, browser, f"a@{domain_of(company)}")
    secret = path.rpartition("/")[2]
    async with company.database.act(None) as tx:
        for table in ("mail", "mail_link", "procrastinate_jobs"):
            assert not await tx.values(
                f"select 1 from {table} t where position(%(secret)s in t::text) > 0", {"secret": secret}
            )


async def test_the_log_has_no_link(company: Company, capsys: pytest.CaptureFixture[str]):
    browser = await company.nobody()
    path = await link(company, browser, f"a@{domain_of(company)}")
    await enter(browser, path)
    said = capsys.readouterr().out
    assert "/sign-up/…" in said and path.rpartition("/")[2] not in said


async def test_links_lead_to_the_public_address_whatever_a_request_says(company: Company):
    state = company.house.app.app.state
    state.settings = msgspec.structs.replace(state.settings, public_url="https://hub.example")
    browser = await company.nobody()
    await browser.get("/sign-in")
    email = f"a@{domain_of(company)}"
    token = {"_csrf_token": browser.cookies["hubbub_csrf"], "email": email}
    forged = {"host": "evil.example", "x-forwarded-host": "evil.example", "forwarded": "host=evil.example"}
    assert (await browser.post("/sign-up", data=token, headers=forged)).status_code == 200
    await work(company)
    [sent] = await mails_to(company, email)
    assert sent.address and sent.address.startswith("https://hub.example/sign-up/")
    assert "evil" not in str(sent)


async def test_the_page_is_the_same_for_known_and_unknown(company: Company):
    known, unknown = company.username("omar"), f"nobody@{company.org.domain}"
    for path in ("/sign-up", "/password/forgot"):
        answers = []
        for email in (known, unknown):
            browser = await company.nobody()
            answer = await browser.submit(path, email=email)
            text = answer.text.replace(email.replace("@", "&#x40;"), "…").replace(email, "…")
            text = re.sub(r'(csp-nonce" content|csrf-token" content|nonce|value)="[^"]*"', "", text)
            answers.append((answer.status_code, text))
        assert answers[0] == answers[1]
    await work(company)
    told = {email: [each.subject for each in await mails_to(company, email)] for email in (known, unknown)}
    assert told == {
        known: ["You have an account on Hubbub already", "A new password for Hubbub"],
        unknown: ["Confirm your address for Hubbub", "No account on Hubbub"],
    }


async def test_asking_costs_the_same_statements(company: Company):
    asked = []
    for email in (company.username("omar"), f"nobody@{company.org.domain}"):
        browser = await company.nobody()
        await browser.get("/sign-up")
        with counted() as statements:
            await browser.submit("/password/forgot", email=email)
        asked.append([each for each in statements if "rate_limit where key in" not in each])
    assert asked[0] == asked[1]


async def test_limits_of_an_address_and_of_a_place(company: Company, monkeypatch: pytest.MonkeyPatch):
    browser = await company.nobody()
    email = f"a@{domain_of(company)}"
    for _ in range(links.PER_RECIPIENT):
        assert (await browser.submit("/sign-up", email=email)).status_code == 200
    for path in ("/sign-up", "/password/forgot"):
        refused = await browser.submit(path, email=email.upper())
        assert refused.status_code == 429 and "Too many" in refused.text
    monkeypatch.setattr(links, "PER_ADDRESS", links.PER_RECIPIENT + 3)
    assert (await browser.submit("/sign-up", email=f"b@{domain_of(company)}")).status_code == 200
    assert (await browser.submit("/sign-up", email=f"c@{domain_of(company)}")).status_code == 429
    await work(company)
    assert len(await mails_to(company, email)) == links.PER_RECIPIENT


@pytest.mark.parametrize(
    "email",
    ["", "omar", "a@localhost", "a@127.0.0.1", "a@b.example\r\nBcc: x@evil.example", "a@b.example,c@d.example",
     "é@b.example", f"{'a' * 65}@b.example",
     "a@-b.example", "a@b..example", f"a@{'b' * 64}.example", "a@xn--a.example", "a b@c.example"],
)  # fmt: skip
async def test_what_is_no_address_is_said_at_once(company: Company, email: str):
    browser = await company.nobody()
    assert (await browser.submit("/sign-up", email=email)).status_code == 422


async def test_public_mail_providers_found_nothing_unless_allowed(company: Company):
    browser = await company.nobody()
    for email in ("a@gmail.com", "a@GMX.de.", "a@mail.yandex.ru"):
        refused = await browser.submit("/sign-up", email=email)
        assert refused.status_code == 422 and "names no company" in refused.text
    state = company.house.app.app.state
    state.settings = msgspec.structs.replace(state.settings, open_domains=("gmx.net",))
    assert (await browser.submit("/sign-up", email="a@gmx.net")).status_code == 200
    assert (await browser.submit("/sign-up", email="a@gmx.de")).status_code == 422


async def test_look_alikes_are_shown_to_the_moderators_of_the_real_one(company: Company):
    own = company.org.domain
    twin = own.replace(".example", "a.example")
    browser = await company.nobody()
    await enter(browser, await link(company, browser, f"a@{twin}"))
    await work(company, "people.compare_domain")
    for who, status in (("ada", 200), ("mo", 200), ("omar", 403), ("gus", 403)):
        page = await (await company.client(who)).get("/domains")
        assert page.status_code == status, who
        assert (twin in page.text) == (status == 200)
    told = await mails_to(company, company.username("mo"))
    assert twin in told[-1].subject
    theirs = await browser.get("/domains")  # who came second is told of nobody
    assert own not in theirs.text.replace(twin, "")


async def test_who_was_shut_out_does_not_come_back_by_signing_up(company: Company):
    async with company.act() as tx:
        await people.deactivate_user(tx, await people.actor(tx, company.id("ada")), company.id("omar"))
    browser = await company.nobody()
    for path in ("/sign-up", "/password/forgot"):
        await browser.submit(path, email=company.username("omar"))
    await work(company)
    for sent in await mails_to(company, company.username("omar")):
        assert sent.address is None and "closed by an administrator" in sent.lines[0]


async def test_a_link_that_was_sent_before_one_was_shut_out_lets_nobody_in(company: Company):
    browser = await company.nobody()
    path = await link(company, browser, company.username("omar"), "/password/forgot")
    async with company.act() as tx:
        await people.deactivate_user(tx, await people.actor(tx, company.id("ada")), company.id("omar"))
    assert (await browser.submit(path, password="another password")).status_code == 403


async def test_who_took_an_address_in_first_is_out_when_its_owner_comes(company: Company):
    """An administrator elsewhere adds a person with an address that is not his, and a password that he knows."""
    email = f"boss@{domain_of(company)}"
    async with company.act() as tx:
        await people.add_user(
            tx, None, people.Newcomer(username=email, last_name="Boss", guest=True, password="known to others",
                                      permission_sets=(people.GUEST,)),
        )  # fmt: skip
    squatter = await company.nobody()
    signed = await squatter.submit("/sign-in", username=email, password="known to others")
    assert signed.status_code == 303
    # … and even makes it look like his own choice.
    await squatter.submit("/password", present="known to others", password="known to others, too")
    browser = await company.nobody()
    path = await link(company, browser, email)
    assert (await enter(browser, path, company="Boss & Co")).status_code == 303
    assert (await squatter.get("/")).status_code == 303
    for known in ("known to others", "known to others, too"):
        assert (await squatter.submit("/sign-in", username=email, password=known)).status_code == 422
    # One login, two orgs: a founder here, a guest there.
    page = (await browser.get("/orgs")).text
    assert "Boss &amp; Co" in page and company.org.name in page and "as a guest" in page
    # The other org's administrator no longer changes what opens both.
    async with company.act() as tx:
        boss = await people.user_by_username(tx, email)
        assert boss is not None
        with pytest.raises(Exception, match="another organization"):
            await people.set_password(tx, await people.actor(tx, company.id("ada")), boss, "mine now mine")


async def test_one_login_goes_from_org_to_org(company: Company, clients: AsyncExitStack):
    browser = await company.nobody()
    email = f"gus@{domain_of(company)}"
    await enter(browser, await link(company, browser, email), company="Gus & Sons")
    async with company.act() as tx:
        gus = await people.add_user(
            tx, None, people.Newcomer(username=email, last_name="Gus", guest=True, password=PASSWORD,
                                      permission_sets=(people.GUEST,)),
        )  # fmt: skip
    before = browser.cookies["hubbub_session"]
    there = ids.show(ids.make(ids.Type.ORG, company.org_id))
    gone = await browser.submit(f"/orgs/{there}/enter")
    assert (gone.status_code, gone.headers["location"]) == (303, "/")
    assert (await browser.get("/people")).status_code == 404  # he is a guest there
    assert company.org.name in (await browser.get("/")).text
    old = await company.nobody()
    old.cookies.set("hubbub_session", before.strip('"'), domain="127.0.0.1", path="/")
    assert (await old.get("/")).status_code == 303  # where he was has ended
    # Nobody goes where he is nobody, or is nobody any more.
    omar = await company.client("omar")
    async with company.database.act(None) as tx:
        home = await tx.value(
            "select org_id from company_domain where domain = %(d)s", {"d": domain_of(company)}
        )
    home = ids.show(ids.make(ids.Type.ORG, home))
    assert (await omar.submit(f"/orgs/{home}/enter")).status_code == 404
    assert (await omar.get("/")).status_code == 200
    await browser.submit(f"/orgs/{home}/enter")
    async with company.act() as tx:
        await people.deactivate_user(tx, await people.actor(tx, company.id("ada")), gus)
    assert company.org.name not in (await browser.get("/orgs")).text
    assert (await browser.submit(f"/orgs/{there}/enter")).status_code == 404
    assert (await browser.get("/")).status_code == 200


async def test_kept_mail_is_for_administrators_of_this_machine(company: Company):
    email = f"a@{domain_of(company)}"
    path = await link(company, await company.nobody(), email)
    ada, omar = await company.client("ada"), await company.client("omar")
    page = await ada.get("/dev/mail")
    assert page.status_code == 200 and path.rpartition("/")[2] in page.text
    assert (await omar.get("/dev/mail")).status_code == 404
    assert (await ada.get("/dev/mail", headers={"host": "hub.example"})).status_code == 404
    assert (await ada.get("/dev/mail", headers={"x-forwarded-for": "203.0.113.9"})).status_code == 404
    state = company.house.app.app.state
    state.settings = msgspec.structs.replace(state.settings, keep_mail=False)
    assert (await ada.get("/dev/mail")).status_code == 404
    nobody = await company.nobody()
    assert "cannot send mail yet" in (await nobody.get("/sign-up")).text
    assert (await nobody.submit("/sign-up", email=email)).status_code == 403


async def test_kept_mail_is_shown_to_the_company_that_it_is_for(company: Company, house: Any, clients: Any):
    other = await found_company(house, clients)
    async with other.act() as tx:
        both = people.Newcomer(username=company.username("maya"), last_name="Both", password=PASSWORD)
        await people.add_user(tx, None, both)
    nobody = await company.nobody()
    new = f"fay@{domain_of(company)}"
    links = {
        who: (await link(company, nobody, email, path)).rpartition("/")[2]
        for who, email, path in (
            ("a founder", new, "/sign-up"),
            ("omar", company.username("omar"), "/password/forgot"),
            ("a colleague of his", f"new@{company.org.domain}", "/sign-up"),
            ("maya", company.username("maya"), "/password/forgot"),
            ("the other omar", other.username("omar"), "/password/forgot"),
        )
    }
    invited = await company.api("ada")
    stranger, theirs = f"guest@{domain_of(company, 'partner')}", other.username("omar")
    asked = {"invitees": [stranger, theirs], "sure": True}  # domains of tests look alike
    assert (await invited.post(INVITATIONS, json=asked)).status_code == 201
    await work(company, "people.send_invitations")
    for to in (stranger, theirs):
        address = (await mails_to(company, to))[-1].address
        links[f"invitation to {to}"] = (address or "").rpartition("/")[2]
    shown = {}
    for whose in (company, other):
        page = (await (await whose.client("ada")).get("/dev/mail")).text
        shown[whose] = {who for who, secret in links.items() if secret in page}
    # Who reads a mail can do what its link does: nobody gets into another company by it, not even by inviting somebody
    # of there, and not by a colleague who is there as well.
    assert shown[company] == {"a founder", "omar", "a colleague of his", f"invitation to {stranger}"}
    assert shown[other] == {"a founder", "the other omar", f"invitation to {theirs}"}


@pytest.mark.parametrize("by", ["himself", "an administrator"])
async def test_a_link_for_a_new_password_ends_when_the_password_changes(company: Company, by: str):
    path = await link(company, await company.nobody(), company.username("omar"), "/password/forgot")
    if by == "himself":
        omar = await company.client("omar")
        changed = await omar.submit("/password", present=PASSWORD, password="one of his own")
    else:
        url = f"/services/data/v62.0/sobjects/User/{company.key('omar')}/password"
        changed = await (await company.api("ada")).post(url, json={"NewPassword": "one that was given"})
    assert changed.status_code in (204, 303), changed.text
    late = await company.nobody()
    assert (await late.get(path)).status_code == 410
    assert (await late.submit(path, password="a thief's own one")).status_code == 410


async def test_an_administrator_gives_a_password_over_rest(company: Company):
    ada, omar = await company.api("ada"), await company.client("omar")
    url = f"/services/data/v62.0/sobjects/User/{company.key('omar')}/password"
    assert (await ada.get(url)).json() == {"isExpired": False}
    assert (await ada.post(url, json={"NewPassword": "short"})).json()[0][
        "errorCode"
    ] == "INVALID_NEW_PASSWORD"
    assert (await ada.post(url, json={"NewPassword": "given by ada"})).status_code == 204
    assert (await omar.get("/")).status_code == 303  # signed out at once
    made = (await ada.delete(url)).json()["NewPassword"]
    name = company.username("omar")
    assert (await omar.submit("/sign-in", username=name, password="given by ada")).status_code == 422
    assert (await omar.submit("/sign-in", username=name, password=made)).status_code == 303


async def test_a_password_that_was_made_is_kept_nowhere(company: Company):
    ada = await company.api("ada")
    v = "/services/data/v62.0"
    url = f"{v}/sobjects/User/{company.key('omar')}/password"
    once: dict[str, Any] = {"headers": {"idempotency-key": "made once"}}
    made = (await ada.delete(url, **once)).json()["NewPassword"]
    again = await ada.delete(url, **once)
    assert (again.status_code, again.json()[0]["errorCode"]) == (409, "SECRET_TOLD_ONCE")
    # Nor where it is a part of another answer, nor what somebody chose, not even as a hash that can be tried.
    request = {"method": "Delete", "url": url.removeprefix("/services/data/")}
    batch: dict[str, Any] = {
        "json": {"batchRequests": [request]},
        "headers": {"idempotency-key": "in a batch"},
    }
    [inner] = (await ada.post(f"{v}/connect/batch", **batch)).json()["results"]
    assert (await ada.post(f"{v}/connect/batch", **batch)).status_code == 409
    chosen = b'{"NewPassword":"chosen by ada"}'
    how: dict[str, Any] = {
        "content": chosen,
        "headers": {"idempotency-key": "chosen", "content-type": "application/json"},
    }
    for _ in range(2):
        assert (await ada.post(url, **how)).status_code == 204
    async with company.act() as tx:
        kept = await tx.tuples("select body, request_hash from idempotency_key where org_id = %(org)s")
    secrets = (made.encode(), inner["result"]["NewPassword"].encode(), b"chosen by ada")
    assert len(kept) >= 3
    assert not [body for body, _ in kept for secret in secrets if secret in bytes(body or b"")]
    plain = hashlib.sha256(b"\0".join([b"POST", url.encode(), b"", chosen])).digest()
    assert plain not in [bytes(asked) for _, asked in kept]


async def test_a_new_password_ends_what_was_opened_with_the_old_one(company: Company):
    here, there, program = (
        await company.client("omar"),
        await company.client("omar"),
        await company.api("omar"),
    )
    me = "/services/data/v62.0/chatter/users/me"
    wrong = await here.submit("/password", present="not this one", password="a better one")
    assert wrong.status_code == 422 and (await there.get("/")).status_code == 200
    assert (await here.submit("/password", present=PASSWORD, password="a better one")).status_code == 303
    assert [(await each.get("/")).status_code for each in (here, there)] == [200, 303]
    assert (await program.get(me)).status_code == 401
    # By a link from a mail: everything ends but where he comes in now.
    path = await link(company, there, company.username("omar"), "/password/forgot")
    assert (await there.submit(path, password="the best one")).status_code == 303
    assert [(await each.get("/")).status_code for each in (here, there)] == [303, 200]
    assert (await there.submit(path, password="again, please")).status_code == 410
    # Signed out everywhere, this browser too.
    assert (await there.submit("/sign-out/everywhere")).status_code == 303
    assert (await there.get("/")).status_code == 303
