"""A company has several domains: one more by who proves an address of it and administers the company."""

from contextlib import AsyncExitStack

from tests.cast import Company, found_company
from tests.outbox import mails_to, sends_mail, work

__all__ = ["sends_mail"]
API = "/services/data/v62.0/hubbub"


async def link_to(company: Company, email: str) -> str:
    await work(company, "people.send_domain_link")
    [sent] = await mails_to(company, email)
    assert sent.address
    return sent.address.removeprefix(company.house.settings.url)


async def test_an_administrator_adds_a_domain_and_gives_one_up(company: Company):
    ada, omar, mo = [await company.client(who) for who in ("ada", "omar", "mo")]
    new = f"second-{company.org.domain}"
    assert (await mo.submit("/domains", email=f"boss@{new}")).status_code == 403
    page = await ada.submit("/domains", email=f"boss@{new}")
    assert page.status_code == 200 and "We have sent a mail" in page.text
    path = await link_to(company, f"boss@{new}")
    # To nobody but who administers this company it is worth anything.
    for who, status in ((omar, 403), (mo, 403), (await company.nobody(), 303)):
        assert (await who.get(path)).status_code == status
    assert (await omar.submit(path)).status_code == 403
    assert new in (await ada.get(path)).text
    assert (await ada.submit(path)).status_code == 303
    assert (await ada.get(path)).status_code == (await ada.submit(path)).status_code == 410
    assert new in (await ada.get("/domains")).text

    browser = await company.nobody()
    await browser.submit("/sign-up", email=f"nils@{new}")
    await work(company)
    [sent] = await mails_to(company, f"nils@{new}")
    into = (sent.address or "").removeprefix(company.house.settings.url)
    assert company.org.name in (await browser.get(into)).text
    assert (await browser.submit(into, last_name="Nils", password="correct horse")).status_code == 303
    assert "Omar" in (await browser.get("/people")).text

    old = company.org.domain
    assert (await omar.submit(f"/domains/{old}/delete")).status_code == 403
    assert (await ada.submit(f"/domains/{old}/delete")).status_code == 303
    last = await ada.submit(f"/domains/{new}/delete")
    assert last.status_code == 403 and "at least one domain" in last.text
    assert (await omar.get("/people")).status_code == 200  # who is here stays
    async with company.act() as tx:
        assert await tx.value("select domain from org where org_id = %(org)s") == new
    assert [name[-2:] for name in await company.events("people.domain.removed")] == [({"domain": old}, None)]


async def test_another_companys_domain_is_not_taken(company: Company, clients: AsyncExitStack):
    other = await found_company(company.house, clients)
    ada, theirs = await company.api("ada"), await other.api("ada")
    email = f"boss@{other.org.domain}"
    # Whose it is, is told to nobody before the address is proved.
    unknown = await ada.post(f"{API}/domains", json={"email": f"boss@x{other.org.domain}"})
    known = await ada.post(f"{API}/domains", json={"email": email})
    assert unknown.status_code == known.status_code == 202
    secret = (await link_to(company, email)).rpartition("/")[2]
    foreign = await theirs.post(f"{API}/domains/confirmations", json={"secret": secret})
    assert foreign.status_code == 410  # a link of ours does nothing for others, and is not used up by them
    taken = await ada.post(f"{API}/domains/confirmations", json={"secret": secret})
    assert taken.status_code == 409 and "another company" in taken.text
    assert (await theirs.get(f"{API}/domains")).json()["domains"] == [other.org.domain]
    assert (await ada.delete(f"{API}/domains/{other.org.domain}")).status_code == 404
    for refused in ("boss@gmail.com", f"boss@{company.org.domain}", "boss"):
        assert (await ada.post(f"{API}/domains", json={"email": refused})).status_code == 400
    async with company.database.act(None) as tx:
        assert not await tx.values(
            "select 1 from mail where position(%(s)s in mail::text) > 0", {"s": secret}
        )


async def test_mails_to_prove_domains_have_a_limit(company: Company):
    ada = await company.api("ada")
    asked = [
        (await ada.post(f"{API}/domains", json={"email": f"a@d{n}.{company.org.domain}"})).status_code
        for n in range(21)
    ]
    assert asked == [202] * 20 + [429]
