"""Every address and every person: who gets what stands in who_gets_what.txt, and nowhere else."""

import re
import shlex
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.cast import House
from tests.city import conforming
from tests.city.conftest import PEOPLE, Story

TABLE = Path(__file__).parent / "who_gets_what.txt"
VERSION = "/services/data/v62.0"
COMMUNITY = "/connect/communities/{community:str}"


class Row(msgspec.Struct, frozen=True):
    """One line of the table: who gets which status for a request."""

    line: int
    statuses: tuple[int, ...]
    method: str
    path: str
    fields: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.method} {self.path} {' '.join(self.fields)}".strip()


def rows() -> list[Row]:
    found = []
    for number, line in enumerate(TABLE.read_text().splitlines(), 1):
        words = shlex.split(line, comments=True)
        if not words:
            continue
        if not words[0].isdigit():
            assert words == PEOPLE, f"{TABLE.name}:{number}: the columns are {PEOPLE}"
            continue
        statuses, (method, path, *fields) = words[: len(PEOPLE)], words[len(PEOPLE) :]
        found.append(Row(number, tuple(map(int, statuses)), method, path, tuple(fields)))
    return found


ROWS = rows()


async def send(story: Story, who: str, row: Row, **how: Any) -> Any:
    """The request of a row as that person sends it; what it would change is made for it alone."""
    fresh = row.method != "GET"
    names = {name for text in (row.path, *row.fields) for name in re.findall(r"\{(\w+)\}", text)}
    nouns = {name: await story.noun(name, who, fresh=fresh) for name in sorted(names)}
    path = re.sub(r"^V\b", VERSION, row.path).format(**nouns)
    fields = {
        name: value.format(**nouns) for name, _, value in (field.partition("=") for field in row.fields)
    }
    if path.startswith(("/services/", "/id/")):
        program = how.get("client") or await story.program(who)
        form = path.startswith("/services/oauth2")
        body = {
            name: msgspec.json.decode(value) if value[:1] in ("[", "{") else value
            for name, value in fields.items()
        }
        return await program.request(
            row.method, path, data=fields if form else None, json=body if fields and not form else None
        )
    browser = how.get("client") or await story.browser(who)
    if path in ("/sign-out", "/sign-out/everywhere") and who != "nobody" and "client" not in how:
        browser = await story.company.client(who)  # the one that everybody uses stays signed in
        if path == "/sign-out/everywhere" and not how:
            story.browsers.pop(who, None)
            story.programs.pop(who, None)
    if row.method == "GET":
        return await browser.get(path)
    token = {} if how.get("no_token") else {"_csrf_token": browser.cookies["hubbub_csrf"]}
    return await browser.request(row.method, path, data={**token, **fields}, headers=how.get("headers"))


@pytest.mark.parametrize("who", PEOPLE)
async def test_everybody_gets_what_the_table_says(story: Story, who: str) -> None:
    wrong = []
    for row in ROWS:
        expected = row.statuses[PEOPLE.index(who)]
        answer = await send(story, who, row)
        if answer.status_code != expected:
            wrong.append(f"line {row.line}: {who} gets {answer.status_code}, not {expected}: {row}")
        elif answer.status_code >= 500:
            wrong.append(f"line {row.line}: {who} gets {answer.status_code}: {row}")
        elif said := conforming.wrong(story.company.house, row.method, row.path, answer):
            wrong.append(f"line {row.line}: {who} is answered what the API does not describe: {row}: {said}")
        elif answer.is_success and (
            said := conforming.wrongly_described(story.company.house, answer.request)
        ):
            wrong.append(f"line {row.line}: {who} sends what the API does not describe: {row}: {said}")
    assert not wrong, "\n".join(wrong)


def routes(house: House) -> set[tuple[str, str]]:
    """Every method and address that Hubbub answers."""
    found = set()
    for route in house.app.app.routes:
        for method in getattr(route, "methods", {"WS"}):
            if method not in ("OPTIONS", "HEAD"):
                found.add((method, route.path))
    return found


# Sockets have tests of their own: what of an event reaches whom is not a status. Nor is what SOAP says with its faults.
ELSEWHERE = {("WS", "/live"): "tests/feed/test_live.py"} | {
    ("POST", f"/services/Soap/{kind}/{{version:str}}{org}"): "tests/api/test_soap.py"
    for kind in "uc"
    for org in ("", "/{org:str}")
}


def test_every_route_is_in_the_table_and_nothing_else(house: House) -> None:
    known = {each for each in routes(house) if COMMUNITY not in each[1]}
    patterns = {
        (method, path): re.compile(
            re.sub(r"\{\w+:path\}", ".+", re.sub(r"\{\w+:\w+\}", "[^/]+", _plain(path)))
        )
        for method, path in known
    }
    asked: set[tuple[str, str]] = set()
    for row in ROWS:
        path = re.sub(r"^V\b", VERSION, row.path).partition("?")[0]
        matching = [each for each in patterns if each[0] == row.method and patterns[each].fullmatch(path)]
        # The most particular one answers: the one with the fewest gaps.
        asked |= set(sorted(matching, key=lambda each: each[1].count("{"))[:1])
    missing = sorted(known - asked - set(ELSEWHERE))
    assert not missing, f"routes that {TABLE.name} does not know: {missing}"
    for file in ELSEWHERE.values():
        assert (TABLE.parent.parent.parent / file).exists()


def _plain(path: str) -> str:
    return path.replace(".", r"\.")


def test_communities_have_the_same_addresses(house: House) -> None:
    known = routes(house)
    plain = {(m, p) for m, p in known if p.startswith("/services/data/{version:str}/chatter")}
    community = {(m, p.replace(COMMUNITY, "")) for m, p in known if "communities" in p}
    assert plain == community


async def test_communities_answer_the_same(story: Story) -> None:
    ada, nina = await story.program("ada"), await story.program("nina")
    post = await story.noun("post", "omar", fresh=False)
    for path in ("/chatter/users/me", f"/chatter/feed-elements/{post}", "/chatter/feeds/nothing"):
        for program in (ada, nina):
            here = await program.get(VERSION + path)
            there = await program.get(f"{VERSION}/connect/communities/internal{path}")
            assert here.status_code == there.status_code
        assert (await ada.get(f"{VERSION}/connect/communities/other{path}")).status_code == 404


async def test_no_form_works_without_the_token_of_its_page(story: Story) -> None:
    for row in ROWS:
        if row.method == "POST" and not row.path.startswith(("/services", "V")):
            answer = await send(story, "ada", row, no_token=True)
            assert answer.status_code == 403, str(row)


async def test_no_form_works_from_the_page_of_another_site(story: Story) -> None:
    """Not even with the token of ours, which a site below the same domain can plant."""
    ada = await story.browser("ada")
    for row in ROWS:
        if row.method == "POST" and not row.path.startswith(("/services", "V")):
            for origin in (
                "https://elsewhere.example",
                "null",
                f"{ada.base_url}.elsewhere.example",
                "http://[",
            ):
                answer = await send(story, "ada", row, client=ada, headers={"origin": origin})
                assert answer.status_code == 403, f"{origin}: {row}"
    ours = {"origin": str(ada.base_url).rstrip("/")}
    row = next(row for row in ROWS if row.path == "/theme/dark")
    assert (await send(story, "ada", row, client=ada, headers=ours)).status_code == 303


async def test_the_api_takes_no_cookie(story: Story) -> None:
    ada = await story.browser("ada")
    for row in ROWS:
        if row.path.startswith(("V", "/id/")) and row.statuses[-1] == 401:
            assert (await send(story, "ada", row, client=ada)).status_code == 401, str(row)


async def test_pages_take_no_token(story: Story) -> None:
    ada = await story.program("ada")
    for row in ROWS:
        if row.method == "GET" and row.path.startswith("/") and row.statuses[-1] == 303:
            assert (await send(story, "ada", row, client=ada)).status_code == 303, str(row)


async def test_errors_say_what_is_wrong_in_the_shape_of_their_place(story: Story) -> None:
    """Salesforce's list under the API's addresses, a page elsewhere; a trace nowhere."""
    for row in ROWS:
        for who in ("nina", "nobody"):
            if row.statuses[PEOPLE.index(who)] < 400 or row.path.startswith(("/assets", "/services/oauth2")):
                continue
            answer = await send(story, who, row)
            assert "Traceback" not in answer.text, str(row)
            if row.path.startswith(("V", "/services", "/id/")):
                assert isinstance(answer.json(), list), str(row)
                first = answer.json()[0]
                assert set(first) <= {"errorCode", "message", "fields"}, str(row)
                assert first["errorCode"].isupper(), str(row)
                assert first["message"], str(row)
            else:
                assert answer.headers["content-type"].startswith("text/html"), str(row)
                assert "<h1" in answer.text, str(row)


# The router takes a written-out part of an address before a gap, and does not go back: a gap that is filled with such a
# word leads nowhere. These gaps never are: what fills them is an id, an object's or a field's name.
NEVER_FILLED_SO = {
    # ids of notices are no words
    ("/notices/{key:str}", "bell"),
    ("/notices/{key:str}", "list"),
    ("/notices/{key:str}", "preferences"),
    ("/notices/{key:str}", "read"),
    ("/services/data/{version:str}/connect/notifications/{key:str}", "settings"),
    ("/services/data/{version:str}/connect/notifications/{key:str}", "status"),
    ("/id/{org:str}", "keys"),
    ("/digest/{day:str}", "hour"),
    ("/announcements/{key:str}", "bar"),
    ("/announcements/{key:str}", "new"),
    ("/services/data/{version:str}/connect/files/{key:str}", "users"),
    ("/drafts/{key:str}", "on"),
    ("/drafts/{key:str}", "scheduled"),
    ("/services/data/{version:str}/chatter/feed-elements/{key:str}", "publish-draft"),
    ("/services/data/{version:str}/chatter/feeds/{kind:str}", "draft"),
    ("/services/data/{version:str}/chatter/comments/{key:str}", "batch"),
    ("/services/data/{version:str}/chatter/feed-elements/{key:str}", "batch"),
    ("/services/data/{version:str}/chatter/feed-items/{key:str}", "batch"),
    ("/services/data/{version:str}/chatter/feeds/{kind:str}/{subject:str}", "feed-items"),
    ("/services/data/{version:str}/chatter/feeds/{kind:str}/{subject:str}/{prefix:str}", "feed-items"),
    ("/services/data/{version:str}/chatter/feeds/{kind:str}/{subject:str}", "unread"),
    ("/services/data/{version:str}/connect/topics/{key:str}", "suggestions"),
    ("/services/data/{version:str}/connect/topics/{key:str}", "trending"),
    ("/services/data/{version:str}/hubbub/asks/{key:str}", "experts"),
    ("/feeds/{kind:str}/{key:str}", "unread"),
    ("/feeds/{kind:str}/{key:str}", "seen"),
    ("/feeds/{kind:str}/{key:str}", "new"),
    ("/people/{key:str}", "apps"),
    ("/people/{key:str}", "sessions"),
    ("/services/data/{version:str}/chatter/feeds/{kind:str}/{subject:str}", "feed-elements"),
    ("/services/data/{version:str}/chatter/users/{key:str}", "batch"),
    ("/services/data/{version:str}/sobjects/{name:str}/{field:str}", "deleted"),
    ("/services/data/{version:str}/sobjects/{name:str}/{field:str}", "updated"),
    ("/services/data/{version:str}/sobjects/{name:str}/{key:str}", "updated"),
    ("/services/data/{version:str}/sobjects/{name:str}/{field:str}", "listviews"),
    ("/services/data/{version:str}/sobjects/{name:str}/{field:str}", "describe"),
    ("/services/data/{version:str}/sobjects/{name:str}/{key:str}", "deleted"),
    ("/services/data/{version:str}/sobjects/{name:str}/{key:str}", "listviews"),
    ("/services/data/{version:str}/sobjects/{name:str}/{key:str}", "describe"),
    ("/services/data/{version:str}/chatter/feeds/{kind:str}", "favorites"),
    ("/services/data/{version:str}/chatter/feeds/{kind:str}/{subject:str}/{prefix:str}", "feed-elements"),
    ("/services/data/{version:str}/chatter/feeds/{kind:str}/{subject:str}/{prefix:str}", "is-modified"),
    (
        "/services/data/{version:str}/chatter/feeds/{kind:str}/{subject:str}/{prefix:str}",
        "pinned-feed-elements",
    ),
    ("/services/data/{version:str}/chatter/feeds/{kind:str}/{subject:str}/{prefix:str}", "unread"),
    ("/domains/{domain:str}", "confirm"),  # a domain has a dot
    ("/services/data/{version:str}/hubbub/domains/{domain:str}", "confirmations"),
    ("/invitations/{key:str}", "inviters"),
}


def test_no_address_hides_another(house: House) -> None:
    paths = {path for _, path in routes(house) if COMMUNITY not in path}
    parts = [path.strip("/").split("/") for path in sorted(paths)]
    hidden = set()
    for mine in parts:
        for place, part in enumerate(mine):
            if not part.startswith("{"):
                continue
            for other in parts:
                word = other[place] if len(other) > place else "{"
                if not word.startswith("{") and other[:place] == mine[:place]:
                    hidden.add(("/" + "/".join(mine[: place + 1]), word))
    assert hidden == NEVER_FILLED_SO
