"""Every page in the language that nobody speaks: what is left in English is data, or a text that nobody can translate."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
import pytest_asyncio

from hubbub.core import languages
from tests.cast import House
from tests.city.conftest import Story, begin
from tests.city.test_routes import ROWS, Row, send
from tests.core.test_languages import left_over

# What people and administrators have written: it is called as they called it.
WRITTEN = {
    "org": "name",
    "app_user": "name, username, title, department, city, about, nickname",
    "user_skill": "name",
    "record": "name",
    "feed_item": "body, title",
    "feed_comment": "body",
    "feed_revision": "body",
    "poll_choice": "text",
    "topic": "name, description",
    "stream": "name, description",
    "favorite": "name, search_text",
    "draft": "form",
    "role": "name",
    "app_group": "name",
    "permission_set": "name, label",
    "list_view": "name",
    "sharing_rule": "name, criteria",
    "custom_field": "label",
    "connected_app": "name, callbacks, scopes",
    "company_domain": "domain",
    "look_alike": "domain",
    "invitation": "email, message",
    "link_preview": "url, title, description, site",
    "session": "client",
}
# The API speaks English, and so does what describes it.
NO_PAGE = ("V", "/services", "/id/", "/api-", "/.well-known")
# No form of ours sends this: who does is told the names that programs use.
FORGED = ("badge=crown", "records/new?object=Account")
# Places and languages by their own names; names for programs; what a browser asked for.
OWN_NAMES = re.compile(
    r'<select[^>]* name="(?:timezone|locale)".*?</select>|<span class="small mono">.*?</span>|<p class="small mono">.*?</p>'
    r'|placeholder="https://…"|<title>.*?</title>(?=.*class="error-page)|data-[\w-]+="[^"]*"',
    re.DOTALL,
)
# Keys of the keyboard; addresses of the tests' computers; days and months, which CLDR does not write from right to left; what
# only programs send.
SAME = re.compile(
    r"\b(Ctrl|Alt|Shift|(?:Mon|Tues|Wednes|Thurs|Fri|Satur)day|January|February|March|April|June|July|August|September"
    r"|October|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Dec|httpx|python|badge|[0-9A-Za-z]{3}0{5}[0-9A-Za-z]{7,10}|reports\.example|ZZZ|fd00:[0-9a-f:]+)\b"
)


async def written(story: Story, row: Row) -> re.Pattern[str]:
    """Whatever somebody has written in the story, or sends with this request, as it stands on pages."""
    found = {value for field in row.fields if len(value := field.partition("=")[2]) > 2}
    found |= set(re.findall(r"=(\w{3,})", row.path))
    async with story.company.act() as tx:
        for table, columns in WRITTEN.items():
            kept = await tx.values(
                f"select to_jsonb(t) from (select {columns} from {table} where org_id = %(org)s) t"
            )
            found |= {text for each in kept for text in _texts(each)}
    said = "|".join(re.escape(each) for each in sorted(found, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{said})(?!\w)")


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for each in value.values() for text in _texts(each)]
    if isinstance(value, list):
        return [text for each in value for text in _texts(each)]
    return [value] if isinstance(value, str) and len(value) > 2 else []


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def turned(house: House) -> AsyncIterator[Story]:
    """A story of its own: nobody else is to be spoken to in this language, and nothing that other tests wrote is in it."""
    async with AsyncExitStack() as clients:
        yield await begin(house, clients)


@pytest.mark.parametrize("who", ["ada", "omar", "gus"])
async def test_pages_say_nothing_that_cannot_be_translated(turned: Story, who: str) -> None:
    """Pages of the whole map, also those of refused forms: each word is turned around, or somebody wrote it."""
    story = turned
    async with story.company.act() as tx:
        await tx.run(
            "update app_user set locale = %(turned)s where org_id = %(org)s", {"turned": languages.TURNED}
        )
    english: dict[str, list[str]] = {}
    for row in ROWS:
        # Forms are refused in the same words, whoever is refused.
        if (
            row.path.startswith(NO_PAGE)
            or str(row).endswith(FORGED)
            or (who != "ada" and row.method != "GET")
        ):
            continue
        answer = await send(story, who, row)
        kind = answer.headers.get("content-type", "")
        if not kind.startswith(("text/html", "text/vnd.turbo")) or '<html lang="en"' in answer.text:
            continue  # who is not signed in is spoken to as his browser wishes, and no browser wishes this
        shown = OWN_NAMES.sub(" ", answer.text)
        if left_over(shown, SAME):
            data = await written(story, row)
            for words in left_over(shown, re.compile(f"{data.pattern}|{SAME.pattern}")):
                english.setdefault(words, []).append(str(row))
    assert not english, "\n".join(f"{words!r}: {places[0]}" for words, places in sorted(english.items()))
