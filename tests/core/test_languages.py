"""Every text can be said in another language, and is; a page can be read from right to left."""

import ast
import re
from datetime import date
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po

from hubbub.core import html, ids, languages
from hubbub.core.errors import Invalid
from hubbub.core.languages import Text
from tests.cast import Company
from tests.city import texts
from tests.core.test_html import WHOLE, hostile_context

CATALOGUES = sorted(languages.FOLDER.glob("*.po"))
_TURNED = re.compile("\u202e.*?\u202c ?~*", re.DOTALL)
# What is called the same everywhere, data of the hostile context, and how dates are written.
SAME = re.compile(
    r"\b(hub|bub|Hubbub|API|UTC|CSV|REST|SOQL|JSON|script|alert|img|src|onerror|raw|javascript|textarea|title|tests|core|test_html|html"
    r"|Hostile object at|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|May|June|July|August"
    r"|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Nov|Dec|ago|min|hr|days?|0x[0-9a-f]+)\b"
)
EMPTY = {
    "core/mail.html",
    "desk/inline_saved.html",
    "feed/streams/removed.html",
}  # templates without a word of their own
SAID = ("aria-label", "title", "placeholder", "alt")


def left_over(page: str, data: re.Pattern[str] | None = None) -> set[str]:
    """The words of a page that stayed English though everything that can be translated was turned around."""
    body = re.sub(r"<(script|style|svg|code|kbd)\b.*?</\1>", " ", page, flags=re.DOTALL)
    shown = [re.sub(r"<[^>]*>", "\n", body)]
    shown += [found[1] for name in SAID for found in re.finditer(rf'\s{name}="([^"]*)"', body)]
    words = set()
    for part in shown:
        for line in _TURNED.sub("\n", part).splitlines():
            said = unescape(line)
            if data is not None:
                said = data.sub("", said)
            words |= set(re.findall(r"[A-Za-z]{3,}(?: [A-Za-z]+)*", SAME.sub("", said)))
    return words


@pytest.mark.parametrize("name", WHOLE)
def test_no_text_of_a_page_is_english_alone(name: str) -> None:
    """With every translatable text turned around, no English is left but what is data."""
    if name in ("core/ui.html", "core/fields.html", "core/trace.html"):
        return  # macros; and what only shows to who works on Hubbub
    page = html.render(name, html.View(locale=languages.TURNED), **hostile_context(name))
    assert not left_over(page)
    if name not in EMPTY:
        assert "\u202e" in page


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_a_language_is_complete(path: Path) -> None:
    """Each text is translated, and each catalogue is what `bin/texts` writes."""
    content, missing = texts.current(path)
    assert not missing, f"{len(missing)} texts to translate: bin/texts lists them"
    assert content == path.read_bytes(), "bin/texts brings it up to date"


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_translations_keep_the_gaps(path: Path) -> None:
    """Whatever is filled into a text is filled into its translation, too."""
    with path.open("rb") as file:
        known = read_po(file, locale=path.stem)
    for message in known:
        if not message.id:
            continue
        one: Any = (message.id, message.string)
        ids, said = one if isinstance(message.id, tuple) else ([one[0]], [one[1]])
        gaps = set(re.findall(r"\{(\w+)", ids[-1]))
        for text in said:
            # The form for one need not say the number.
            assert gaps - {"n"} <= set(re.findall(r"\{(\w+)", text)) <= gaps | {"n"}, (message.id, text)


@pytest.mark.parametrize(
    ("text", "in_english", "in_german"),
    [
        (Text("This is needed."), "This is needed.", "Dies wird gebraucht."),
        (
            Text("A draft holds at most {most:,} characters.", most=10000),
            "A draft holds at most 10,000 characters.",
            "Ein Entwurf fasst höchstens 10.000 Zeichen.",
        ),
        (
            Text("You have no right to edit {plural:lower}.", plural="Contracts"),
            "You have no right to edit contracts.",
            "Sie haben kein Recht, dies zu bearbeiten: Verträge.",
        ),
        (
            Text("{domain} is yours already.", domain="{names}"),
            "{names} is yours already.",
            "{names} gehört Ihnen schon.",
        ),
        (
            Text("This role is in use by {uses}.", uses=[Text("groups: {names}", names="Bay"), Text("more")]),
            "This role is in use by groups: Bay; more.",
            "Diese Rolle wird verwendet von Gruppen: Bay; more.",
        ),
        (
            Text("The mast is at {0.__class__}"),
            "The mast is at {0.__class__}",
            "The mast is at {0.__class__}",
        ),
    ],
    ids=lambda each: None if isinstance(each, str) else each.template[:20],
)
def test_a_text_is_said_in_the_readers_language(text: Text, in_english: str, in_german: str) -> None:
    """What fills a text is told with it, in the reader's language where it has a name there; English stays as it was."""
    assert str(text) == text.said == in_english
    with languages.listening("de"):
        assert (text.said, str(text)) == (in_german, in_english)
        refused = Invalid("INVALID_INPUT", text)
        assert (refused.said, refused.message, str(refused)) == (in_german, in_english, in_english)


def test_what_pages_refuse_can_be_translated() -> None:
    """No refusal that a page shows is put together before it is known who reads it: its words are texts of the catalogue."""
    put_together = []
    for path in sorted(texts.CODE.rglob("*.py")):
        inside = path.relative_to(texts.CODE).as_posix()
        if texts.UNSAID.search(inside):
            continue
        for words in texts.refused_with(ast.parse(path.read_text())):
            if isinstance(words, ast.JoinedStr | ast.BinOp):
                put_together.append(f"{inside}:{words.lineno}: {ast.unparse(words)}")
    assert not put_together, "\n".join(put_together)


async def test_a_page_refuses_in_german_and_the_api_in_english(company: Company) -> None:
    ada, api = await company.client("ada"), await company.api("ada")
    answer = await ada.submit(
        f"/people/{company.key('ada')}/edit", last_name="Kovacs", timezone="Europe/Berlin", locale="de"
    )
    assert answer.status_code == 303, answer.text
    form = await ada.submit("/o/Opportunity/new", Name="Bojen", StageName="Prospecting", CloseDate="gestern")
    assert form.status_code == 422
    assert "Geben Sie ein Datum als Jahr-Monat-Tag ein" in form.text and "Enter a date" not in form.text
    refused = await api.post(
        "/services/data/v62.0/sobjects/Opportunity",
        json={"Name": "Bojen", "StageName": "Prospecting", "CloseDate": "gestern"},
    )
    assert refused.status_code == 400 and "Cannot deserialize instance of date" in refused.text


async def test_values_of_records_are_written_as_the_reader_writes_them(company: Company) -> None:
    deal = await company.make(
        "ada",
        "Opportunity",
        Name="Bojen",
        StageName="Prospecting",
        CloseDate=date(2027, 3, 31),
        Amount=Decimal(45140),
    )
    ada = await company.client("ada")
    places = [f"/r/{ids.show(deal)}?tab=details", "/o/Opportunity", "/o/Opportunity/board"]
    for place in places:
        page = (await ada.get(place)).text
        assert "Mar 31, 2027" in page and "$45,140" in page, place
    await ada.submit(f"/people/{company.key('ada')}/edit", last_name="Kovacs", timezone="UTC", locale="de_DE")
    for place in places:
        page = unescape((await ada.get(place)).text)
        assert "31.03.2027" in page and "45.140" in page, place
        assert "Mar 31, 2027" not in page and "45,140" not in page, place
    api = await company.api("ada")
    told = await api.get(f"/services/data/v62.0/sobjects/Opportunity/{ids.show(deal)}")
    assert told.json()["CloseDate"] == "2027-03-31"
