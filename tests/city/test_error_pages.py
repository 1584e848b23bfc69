"""Pages that say what went wrong: in the shell for who is known, and without it whatever else has failed."""

import re
from pathlib import Path

import pytest

import hubbub
from hubbub import desk, feed, people, shell
from hubbub.core import ids
from hubbub.core.errors import Unavailable
from tests.cast import Browser, Company
from tests.city.watch import counted

# What browsers and Turbo say when they are about to show the whole of a page.
LOOKING = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


INPUT = re.compile(r"<(?:textarea|input)\b[^>]*>")
NAME = re.compile(r'name="([^"]*)"')


async def german(company: Company, name: str) -> Browser:
    browser = await company.client(name)
    saved = await browser.submit(f"/people/{company.key(name)}/edit", locale="de_DE", last_name=name.title())
    assert saved.status_code == 303
    return browser


async def test_who_is_known_keeps_his_way_on(company: Company) -> None:
    omar, gus = await company.client("omar"), await company.client("gus")
    for path in ("/nowhere/at/all", "/r/001000000000001AAA", "/moderation"):
        answer = await omar.get(path, headers=LOOKING)
        assert answer.status_code in (403, 404)
        assert '<header class="top">' in answer.text and f"/people/{company.key('omar')}" in answer.text
        assert answer.text.count('class="logo"') == 1
    # A guest's has what guests have.
    outside = (await gus.get("/nowhere/at/all", headers=LOOKING)).text
    assert '<header class="top">' in outside and 'href="/people"' not in outside and "/company" not in outside
    nobody = await company.nobody()
    await nobody.get("/sign-in")
    alone = await nobody.get("/nowhere/at/all", headers=LOOKING)
    assert '<header class="top">' not in alone.text and company.org.name not in alone.text


async def test_what_cannot_be_read_as_a_form_has_its_page_too(company: Company) -> None:
    omar = await company.client("omar")
    too_large = await omar.post("/posts", data={"text": "a" * 10_500_000}, headers=LOOKING)
    broken = await omar.post(
        "/posts", content=b"no form", headers={**LOOKING, "content-type": "multipart/form-data; boundary=x"}
    )
    assert (too_large.status_code, broken.status_code) == (413, 400)
    for answer in (too_large, broken):
        assert '<header class="top">' in answer.text and "What you wrote" not in answer.text


async def test_its_buttons_work_and_lead_not_back_to_what_failed(company: Company) -> None:
    omar = await company.client("omar")
    page = (await omar.get("/nowhere/at/all", headers=LOOKING)).text
    token = re.search(r'name="_csrf_token" value="([^"]+)"', page)
    assert token and 'name="next" value="&#x2f;"' in page
    assert (await omar.post("/sign-out", data={"_csrf_token": token[1], "next": "/"})).status_code == 303
    assert (await omar.get("/", headers=LOOKING)).status_code == 303


async def test_what_was_sent_is_not_offered_as_a_link(company: Company) -> None:
    omar = await company.client("omar")
    refused = await omar.post(
        "/posts", data={"text": "Hello"}, headers=LOOKING
    )  # without the token of its form
    assert refused.status_code == 403 and '<header class="top">' in refused.text
    assert 'class="button" href=""' not in refused.text
    assert 'class="button" href=""' in (await omar.get("/nowhere", headers=LOOKING)).text


async def test_it_speaks_the_language_of_the_reader(company: Company) -> None:
    omar = await german(company, "omar")
    for path in ("/nowhere/at/all", "/moderation"):
        page = (await omar.get(path, headers=LOOKING)).text
        assert 'lang="de"' in page and "In meinen Feed" in page
    nobody = await company.nobody()
    wished = await nobody.get("/nowhere/at/all", headers=LOOKING | {"accept-language": "de"})
    assert 'lang="de"' in wished.text


async def test_it_costs_little_and_pieces_cost_nothing(company: Company) -> None:
    omar = await company.client("omar")
    await omar.get("/people")
    with counted() as whole:
        await omar.get("/nowhere/at/all", headers=LOOKING)
    assert len(whole) <= 2
    for accept in ("text/html", "text/vnd.turbo-stream.html", "application/json", "image/avif,*/*"):
        with counted() as piece:
            await omar.get("/nowhere/at/all", headers={"accept": accept})
        assert not piece, accept


@pytest.mark.parametrize("failure", [Unavailable(), RuntimeError("the shell is broken")])
async def test_it_is_told_without_what_failed(
    company: Company, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    omar = await company.client("omar")

    async def fails(*_: object) -> None:
        raise failure

    monkeypatch.setattr(shell, "assemble", fails)
    answer = await omar.get("/nowhere/at/all", headers=LOOKING)
    assert answer.status_code == 404 and "Nothing here that you can see" in answer.text
    assert '<header class="top">' not in answer.text


async def test_a_failed_act_gives_its_connection_back_first(company: Company) -> None:
    omar = await company.client("omar")
    pool = company.database.pool
    before = pool.get_stats().get("pool_available")
    for _ in range(3 * pool.max_size):
        answer = await omar.get("/r/001000000000001AAA", headers=LOOKING)
        assert answer.status_code == 404 and '<header class="top">' in answer.text
    assert pool.get_stats().get("pool_available") == before


@pytest.mark.parametrize("name", ["omar", "nina"], ids=["deleted", "out of sight"])
async def test_what_was_written_into_a_form_is_not_lost(company: Company, name: str) -> None:
    """Who saves what was deleted meanwhile, or taken from his sight, gets the same page, with his words on it."""
    deal = await company.make("omar", "Opportunity", **await company.deal_values())
    async with company.act() as tx:
        omar = await people.actor(tx, company.id("omar"))
        about = await feed.post(tx, omar, parent_id=deal, body=await feed.parse_text(tx, omar, "Soon"))
        said = await feed.comment(tx, omar, item_id=about, body=await feed.parse_text(tx, omar, "Yes"))
        if name == "omar":
            await desk.delete_record(tx, omar, deal)
    browser = await company.client(name)
    browser.headers.update(LOOKING)
    words = "Bring <both> keys & the lamp"
    lost: dict[str, dict[str, str]] = {
        f"/r/{ids.show(deal)}/edit": {
            "NextStep": words,
            "Amount": "45140",
            "IsPrivate": "true",
            "_version": "3",
        },
        f"/r/{ids.show(deal)}/activities": {"kind": "call", "Description": words},
        f"/posts/{ids.show(about)}/edit": {"text": words, "revision": "1"},
        f"/posts/{ids.show(about)}/comments": {"text": words},
        f"/comments/{ids.show(said)}/edit": {"text": words, "password": "never", "token": "never"},
        "/o/Account/views/00B000000000001AAA": {"name": words},
    }
    for path, form in lost.items():
        answer = await browser.submit(path, **form)
        assert answer.status_code == 404, path
        kept = answer.text.partition('class="written"')[2].partition("</section>")[0]
        assert kept.count("Bring &lt;both&gt; keys &amp; the lamp") == 1, path
        assert "never" not in answer.text and "Tide gauges" not in answer.text, path
        if "NextStep" in form:
            assert "Next Step" in kept and "45140" in kept and "Private" not in kept
    assert "What you wrote" not in (await browser.get("/nowhere/at/all")).text


async def test_a_password_is_never_shown_again() -> None:
    inputs = [
        tag
        for path in Path(hubbub.__file__).parent.glob("*/templates/*.html")
        for tag in INPUT.findall(path.read_text())
    ]
    secret = {name for tag in inputs for name in NAME.findall(tag) if 'type="password"' in tag}
    assert secret and not secret & shell.WRITTEN.keys()
    # And whatever people write many words into is.
    long = {name for tag in inputs for name in NAME.findall(tag) if tag.startswith("<textarea")}
    assert long - {"{{ field.name }}"} <= shell.WRITTEN.keys()
