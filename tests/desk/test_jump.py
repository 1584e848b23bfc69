"""Going anywhere by typing: what is found is what one sees, and nothing that one does not see moves it."""

from datetime import date
from html import unescape

from hubbub.core import ids
from tests.cast import Company


async def deal(company: Company, name: str, title: str) -> int:
    return await company.make(
        name, "Opportunity", Name=title, StageName="Prospecting", CloseDate=date(2027, 1, 31)
    )


async def found(company: Company, name: str, q: str) -> str:
    answer = await (await company.client(name)).get("/jump/found", params={"q": q})
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
    return unescape(answer.text)


async def test_people_records_and_topics_are_found_by_how_they_begin(company: Company) -> None:
    made = await deal(company, "omar", "Norrsund, gauges")
    omar = await company.client("omar")
    await omar.submit("/posts", subject=ids.show(made), text="To the harbour #norrsund-locks")
    text = await found(company, "omar", "nor")
    assert "Noor" not in text  # it does not begin like this
    assert "Norrsund, gauges" in text and f'data-url="/r/{ids.show(made)}"' in text
    assert "norrsund-locks" in text
    assert "Noor" in await found(company, "omar", "noo")
    page = unescape((await omar.get("/jump", params={"q": "nor"})).text)
    assert f'<a class="jump-row" href="/r/{ids.show(made)}">' in page


async def test_records_are_found_by_any_word_of_their_names(company: Company) -> None:
    made = await deal(company, "omar", "Port of Norrsund, tide gauges")
    for q in ("norrsund", "Tide", "gau norr", "port tide"):
        assert ids.show(made) in await found(company, "omar", q), q
        assert ids.show(made) not in await found(company, "nina", q), q
    for q in ("sund", "norrsund x", "ide"):
        assert ids.show(made) not in await found(company, "omar", q), q


async def test_what_one_does_not_see_is_not_found_and_moves_nothing(company: Company) -> None:
    seen = await deal(company, "nina", "Quay B")
    before = {name: await found(company, name, "quay") for name in ("nina", "gus")}
    assert ids.show(seen) in before["nina"] and ids.show(seen) not in before["gus"]
    for number in range(6):  # more than are offered, and before it in the order of names
        hidden = await deal(company, "omar", f"Quay A{number}")
        await (await company.client("omar")).submit("/posts", subject=ids.show(hidden), text="See #quayside")
    for name, text in before.items():
        assert await found(company, name, "quay") == text
    assert ids.show(seen) in await found(
        company, "nina", "b"
    )  # by a later word, past those that she does not see
    assert await found(company, "gus", "noo") == await found(company, "gus", "xyzzy")
    assert "Quay A0" in await found(company, "omar", "quay")


async def test_commands_are_what_one_may_do(company: Company) -> None:
    pages = {
        name: unescape((await (await company.client(name)).get("/jump/standing")).text)
        for name in ("ada", "omar", "gus")
    }
    assert 'data-url="/setup"' in pages["ada"] and 'data-url="/setup"' not in pages["omar"]
    assert 'data-url="/o/Opportunity/new"' in pages["omar"]
    assert '/new"' not in pages["gus"]
    for address in ("/#composer", "/company", "/people", "/bin"):
        assert f'data-url="{address}"' not in pages["gus"], address
    assert 'data-post="/sign-out"' in pages["gus"]


async def test_words_are_no_pattern_and_no_markup(company: Company) -> None:
    await deal(company, "omar", "100% <b>sure</b>")
    assert "Opportunity" not in await found(company, "omar", "%")
    page = (await (await company.client("omar")).get("/jump", params={"q": "100%"})).text
    assert "&lt;b&gt;sure" in page and "<b>sure" not in page
    for q in ("\x00", "_", "'", "x" * 500, "#", " "):
        assert "Opportunity" not in await found(company, "omar", q)
