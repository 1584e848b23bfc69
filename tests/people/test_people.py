"""The people of an org, and what a profile says."""

import re
from html import unescape

import pytest

from hubbub import people
from tests.cast import Company


def names(page: str) -> list[str]:
    """Who is listed, in order."""
    return list(re.findall(r'href="/people/005\w+"[^>]*>([^<]+)<', page.partition("<main")[2]))


async def test_those_inside_see_everybody(company: Company):
    page = (await (await company.client("nina")).get("/people")).text
    listed = [name for name in names(page) if name.strip()]
    assert list(dict.fromkeys(listed)) == [
        "Ada Kovacs",
        "Gus Berg",
        "Maya Lindqvist",
        "Mo Okafor",
        "Nina Petrova",
        "Noor Rahman",
        "Omar Haddad",
    ]


async def test_a_guest_gets_no_people_list(company: Company):
    gus = await company.client("gus")
    refused = await gus.get("/people")
    assert refused.status_code == 404
    assert "Omar" not in refused.text
    for name in ("omar", "ada"):
        assert (await gus.get(f"/people/{company.key(name)}")).status_code == 404
        assert (await gus.get(f"/people/{company.key(name)}/edit")).status_code == 404
    assert (await gus.get(f"/people/{company.key('gus')}/edit")).status_code == 200


async def test_a_person_is_found_by_the_beginning_of_each_word(company: Company):
    nina = await company.client("nina")

    async def found(q: str) -> set[str]:
        return set(names((await nina.get("/people", params={"q": q})).text)) - {""}

    assert await found("OM") == {"Omar Haddad"}
    assert await found("h om") == {"Omar Haddad"}
    assert await found("mar") == {"Omar Haddad"}, "a letter is missing"
    assert await found("%") == set()
    assert await found("_zzz") == set()
    assert await found("\\") == set()
    assert "Nobody is called" in (await nina.get("/people", params={"q": "<b>x"})).text
    assert "<b>x" not in (await nina.get("/people", params={"q": "<b>x"})).text


async def test_many_people_come_in_pages(company: Company):
    async with company.act() as tx:
        for number in range(60):
            await people.add_user(
                tx,
                None,
                people.Newcomer(
                    username=f"p{number}@{company.org.domain}", last_name="Smith, O'Neil", first_name="Al"
                ),
            )
    nina = await company.client("nina")
    seen, url = [], "/people"
    while url:
        page = unescape((await nina.get(url)).text).partition("<main")[2]
        seen += re.findall(r'href="/people/(005\w+)"', page)
        more = re.search(r'href="(/people\?[^"]*after[^"]*)"', page)
        url = more.group(1) if more else ""
    assert len(set(seen)) == 67
    assert (await nina.get("/people?after=nonsense")).status_code == 400
    assert (await nina.get("/people?after=")).status_code == 200


async def test_people_of_another_org_do_not_exist(company: Company, house, clients):
    from tests.cast import found_company

    other = await found_company(house, clients)
    ada = await company.client("ada")
    assert (await ada.get(f"/people/{other.key('omar')}")).status_code == 404
    assert (await ada.get(f"/people/{other.key('omar')}/edit")).status_code == 404
    saved = await ada.submit(f"/people/{other.key('omar')}/edit", last_name="Taken")
    assert saved.status_code == 404
    assert other.org.domain not in (await ada.get("/people")).text


# --- editing -------------------------------------------------------------------------------------------------------


async def test_i_edit_my_profile(company: Company):
    omar = await company.client("omar")
    form = await omar.get(f"/people/{company.key('omar')}/edit")
    assert 'value="Haddad"' in form.text
    saved = await omar.submit(
        f"/people/{company.key('omar')}/edit",
        first_name="Omar ",
        last_name="Haddad-Bell",
        title="Closer",
        about="I sell <b>instruments</b>.\r\nAsk me.",
        timezone="Europe/Berlin",
    )
    assert (saved.status_code, saved.headers["location"]) == (303, f"/people/{company.key('omar')}")
    page = (await (await company.client("nina")).get(f"/people/{company.key('omar')}")).text
    assert "Omar Haddad-Bell" in page and "Closer" in page
    assert "<b>instruments" not in page and "instruments" in page
    [(actor, noun, _, _, _, before, after)] = await company.events("people.user.changed")
    assert actor == noun == company.id("omar")
    assert before["last_name"] == "Haddad" and after["timezone"] == "Europe/Berlin"
    # The same once more is no change.
    await omar.submit(f"/people/{company.key('omar')}/edit", last_name="Haddad-Bell")
    assert len(await company.events("people.user.changed")) == 1


async def test_only_the_person_and_administrators_edit(company: Company):
    path = f"/people/{company.key('omar')}/edit"
    for name in ("nina", "noor", "mo"):
        client = await company.client(name)
        assert (await client.get(path)).status_code == 403
        assert (await client.submit(path, last_name="Taken")).status_code == 403
    assert (await (await company.client("gus")).submit(path, last_name="Taken")).status_code == 404
    assert (await (await company.nobody()).submit(path, last_name="Taken")).status_code in (303, 401)
    assert (await (await company.client("ada")).submit(path, last_name="Haddid")).status_code == 303
    assert (await company.actor("omar")).name == "Omar Haddid"


async def test_every_wrong_field_is_told_and_nothing_is_saved(company: Company):
    omar = await company.client("omar")
    refused = await omar.submit(
        f"/people/{company.key('omar')}/edit",
        first_name="x" * 41,
        last_name="  ",
        title="right\u202eto left",
        about="y" * 1001,
        timezone="Middle/Earth",
    )
    assert refused.status_code == 422
    for words in (
        "First name: at most 40 characters, this has 41.",
        "Last name: please fill this in.",
        "Title: contains a character that cannot be shown.",
        "About me: at most 1000 characters, this has 1001.",
        "is not a time zone such as",
    ):
        assert words in refused.text.replace("&#x27;", "'")
    assert "x" * 41 in refused.text  # what was typed is not lost
    assert (await company.actor("omar")).name == "Omar Haddad"


@pytest.mark.parametrize("title", [b"%00", b"a%00b", b"%ED%A0%80", b"%FF", b"\xff"])
async def test_broken_text_breaks_nothing(company: Company, title: bytes):
    omar = await company.client("omar")
    saved = await omar.post(
        f"/people/{company.key('omar')}/edit",
        content=b"_csrf_token=" + omar.cookies["hubbub_csrf"].encode() + b"&title=" + title,
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    assert saved.status_code == 303
    assert set((await company.actor("omar")).title or "") <= set("abÿ�")


async def test_a_form_that_is_sent_twice_works_once(company: Company):
    omar = await company.client("omar")
    path = f"/people/{company.key('omar')}/edit"
    first = await omar.submit(path, title="Once", _key="the-same-key")
    again = await omar.submit(path, title="Once", _key="the-same-key")
    assert first.status_code == again.status_code == 303
    assert again.headers["idempotent-replay"] == "true"
    assert len(await company.events("people.user.changed")) == 1
    assert (await omar.submit(path, title="Twice", _key="the-same-key")).status_code == 422


async def test_a_picture_says_nothing_to_a_stranger(company: Company):
    stranger = await company.nobody()
    picture = await stranger.get(f"/profilephoto/{company.key('omar')}/T")
    assert picture.headers["content-type"].startswith("image/svg+xml")
    assert "O" not in picture.text.replace("OH", "") and "Omar" not in picture.text
    assert (await stranger.get(f"/profilephoto/{company.key('omar')}/X")).status_code == 404
    assert (await stranger.get("/profilephoto/001000000000001AAA/T")).status_code == 400
