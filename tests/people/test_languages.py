"""Pages speak the language of whoever reads them; the API speaks English."""

import re
from html import unescape

from tests.cast import Company
from tests.outbox import mails_to, sends_mail, work

__all__ = ["sends_mail"]


async def test_pages_speak_the_language_of_the_reader(company: Company) -> None:
    async with company.act() as tx:
        await tx.run(
            "update app_user set locale = 'de_AT' where org_id = %(org)s and id = %(id)s",
            {"id": company.id("omar")},
        )
    omar, noor = await company.client("omar"), await company.client("noor")
    home = (await omar.get("/")).text
    assert '<html lang="de" dir="ltr" data-locale="de-AT"' in home
    assert "Wem ich folge" in home and "What I Follow" not in home
    assert "What I Follow" in (await noor.get("/")).text, "to others it speaks theirs"
    form = (await omar.get("/o/Opportunity/new")).text
    assert "Abschlussdatum" in form and "Close Date" not in form
    api = await company.api("omar")
    answer = await api.post("/services/data/v62.0/sobjects/Opportunity", json={"Name": "x"})
    assert answer.status_code == 400 and "Required fields are missing" in answer.text


async def test_who_is_not_signed_in_is_spoken_to_as_the_browser_wishes(company: Company) -> None:
    browser = await company.nobody()
    german = await browser.get("/sign-in", headers={"accept-language": "fr;q=0.9, de-CH;q=0.8, en;q=0.1"})
    assert '<html lang="de"' in german.text and "Passwort" in german.text
    for wish in ("en-GB, de;q=0.5", "xx", "", "de;q=0", "de;q=ten"):
        answer = await browser.get("/sign-in", headers={"accept-language": wish})
        assert '<html lang="en"' in answer.text, wish


async def test_a_page_can_be_read_from_right_to_left(company: Company) -> None:
    async with company.act() as tx:
        await tx.run(
            "update app_user set locale = 'ar_XB' where org_id = %(org)s and id = %(id)s",
            {"id": company.id("omar")},
        )
    home = (await (await company.client("omar")).get("/")).text
    assert '<html lang="ar-XB" dir="rtl"' in home and "\u202eWhat I Follow\u202c" in home


async def test_a_mail_is_written_in_the_language_of_who_gets_it(company: Company) -> None:
    async with company.act() as tx:
        await tx.run(
            "update app_user set locale = 'de_AT' where org_id = %(org)s and id = %(id)s",
            {"id": company.id("omar")},
        )
    browser = await company.nobody()
    await browser.get("/sign-in")
    for name, subject in (("omar", "Ein neues Passwort für Hubbub"), ("noor", "A new password for Hubbub")):
        answer = await browser.submit("/password/forgot", email=company.username(name))
        assert answer.status_code == 200
        await work(company)
        (mail,) = await mails_to(company, company.username(name))
        assert mail.subject == subject
        assert mail.lines[0].startswith("Mit diesem Link") is (name == "omar")


async def test_a_newcomer_is_spoken_to_as_he_came_and_reads_his_own_hours(company: Company) -> None:
    domain = f"neu.{company.org.domain}"
    for number, (wish, zone, locale, kept) in enumerate(
        [
            ("de-AT,de;q=0.9", "Europe/Vienna", "de_DE", "Europe/Vienna"),
            ("fr", "Nowhere/At All", "en_US", "UTC"),
            ("en", "", "en_US", "UTC"),
        ]
    ):
        browser = await company.nobody()
        browser.headers["accept-language"] = wish
        email = f"p{number}@{domain}"
        assert (await browser.submit("/sign-up", email=email)).status_code == 200
        await work(company)
        (mail,) = await mails_to(company, email)
        path = (mail.address or "").removeprefix(company.house.settings.url)
        assert 'name="timezone" data-own-zone' in (await browser.get(path)).text
        came = await browser.submit(
            path, first_name="Neo", last_name="Newcomer", password="correct horse battery", timezone=zone
        )
        assert came.status_code == 303
        home = unescape((await browser.get("/")).text)
        assert f'lang="{locale[:2]}"' in home and f'data-zone="{kept}"' in home
        me = re.search(r'data-me="(\w+)"', home)
        assert me
        form = unescape((await browser.get(f"/people/{me[1]}/edit")).text)
        assert f'<option value="{locale}" selected' in form and f'<option value="{kept}" selected' in form


async def test_a_name_that_is_also_a_text_stays_as_people_gave_it(company: Company) -> None:
    async with company.act() as tx:
        await tx.run(
            "update app_user set locale = 'de_DE' where org_id = %(org)s and id = %(id)s",
            {"id": company.id("ada")},
        )
    name, german = "Nothing points here", "Nichts verweist hierher"  # of a page that is not opened here
    ada = await company.client("ada")
    made = {
        what: (await ada.submit(f"/setup/{what}", name=name, **more)).headers["location"]
        for what, more in {
            "groups": {"kind": "queue"},
            "permission-sets": {"kind": "set"},
            "apps": {"kind": "public", "callbacks": "https://app.example/done"},
        }.items()
    }
    for what, more in (("groups", {"kind": "group"}), ("roles", {"parent": ""})):
        assert (await ada.submit(f"/setup/{what}", name=name, **more)).status_code == 303
    view = (await ada.submit("/o/Account/views", name=name, shared="1")).headers["location"]
    stream = (await ada.submit("/streams", name=name, subject=company.key("omar"))).headers["location"]
    assert stream.startswith("/feeds/streams/")
    await company.make("ada", "Account", Name=name)
    pages = [
        "/", f"/setup/people/{company.key('nina')}", "/setup/people", "/setup/roles", "/setup/groups",
        "/setup/permission-sets", *made.values(), view, "/jump", "/jump/standing", "/o/Contact/new",
    ]  # fmt: skip
    for page in pages:
        shown = await ada.get(page)
        assert shown.status_code == 200, page
        assert name in shown.text, page
        assert german not in shown.text, page
