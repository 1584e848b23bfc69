"""What requests may cost: the number of statements stands in budgets.txt, and does not grow with the page."""

import re
import shlex
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest_asyncio

from tests.cast import House
from tests.city.conftest import Story, begin
from tests.city.test_routes import VERSION, Row, send
from tests.city.watch import counted

TABLE = Path(__file__).parent / "budgets.txt"


def budgets() -> list[tuple[int, str, Row]]:
    found = []
    for number, line in enumerate(TABLE.read_text().splitlines(), 1):
        if words := shlex.split(line, comments=True):
            most, who, method, path, *fields = words
            found.append((int(most), who, Row(number, (), method, path, tuple(fields))))
    return found


async def cost(story: Story, who: str, row: Row) -> list[str]:
    """The statements of a request by who has just asked for something else: as on a busy day."""
    nouns = {name for text in (row.path, *row.fields) for name in re.findall(r"\{(\w+)\}", text)}
    made = {name: await story.noun(name, who, fresh=row.method != "GET") for name in nouns}
    ready = Row(
        row.line, (), row.method, row.path.format(**made), tuple(field.format(**made) for field in row.fields)
    )
    await send(story, who, Row(0, (), "GET", "V/chatter/users/me"))
    await send(story, who, Row(0, (), "GET", "/people/sessions"))
    with counted() as statements:
        answer = await send(story, who, ready)
    assert answer.status_code < 400, f"{row}: {answer.status_code}"
    return statements


async def furnish(story: Story, posts: int) -> None:
    """Talk by several people, with comments, likes, mentions and changes, where omar reads it."""
    omar, noor = await story.program("omar"), await story.program("noor")
    deal = await story.noun("deal", "omar", fresh=False)
    for number in range(posts):
        for program, subject in ((omar, "me"), (noor, deal)):
            answer = await program.post(
                f"{VERSION}/chatter/feed-elements",
                json={"subjectId": subject, "text": f"@Maya Lindqvist number {number} #tides"},
            )
            url = answer.json()["url"]
            for each in (omar, noor):
                await each.post(f"{url}/capabilities/comments/items", json={"text": "Yes"})
                await each.post(f"{url}/capabilities/chatter-likes/items")
    await omar.post(f"{VERSION}/chatter/users/me/following", json={"subjectId": deal})


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def story(house: House) -> AsyncIterator[Story]:
    """A story of their own: what other tests leave in feeds is not counted here."""
    async with AsyncExitStack() as clients:
        yield await begin(house, clients)


async def test_requests_keep_to_their_budget(story: Story) -> None:
    await furnish(story, 14)  # more than a page
    over = []
    for most, who, row in budgets():
        statements = await cost(story, who, row)
        if len(statements) > most:
            listed = "\n".join(f"    {' '.join(sql.split())[:150]}" for sql in statements)
            over.append(f"line {row.line}: {len(statements)} statements, {most} allowed: {row}\n{listed}")
    assert not over, "\n".join(over)


async def test_more_connected_apps_cost_no_more_statements(story: Story) -> None:
    row = Row(0, (), "GET", "V/hubbub/apps", ())
    ada = await story.program("ada")
    sets = await ada.get(f"{VERSION}/query?q=SELECT+Id+FROM+PermissionSet+LIMIT+1")
    for_whom = [sets.json()["records"][0]["Id"]]
    counts = []
    for number in range(3):
        given = {"name": f"Reports {number}", "permissionSets": for_whom}
        assert (await ada.post(f"{VERSION}/hubbub/apps", json=given)).status_code == 201
        counts.append(len(await cost(story, "ada", row)))
    assert counts == [counts[0]] * 3
    listed = (await ada.get(f"{VERSION}/hubbub/apps")).json()["apps"]
    assert [each["permissionSets"] for each in listed if each["name"].startswith("Reports ")] == [
        for_whom
    ] * 3


async def test_a_longer_page_costs_no_more_statements(story: Story) -> None:
    read = [row for _, who, row in budgets() if row.method == "GET"]
    before = {str(row): len(await cost(story, "omar", row)) for row in read}
    await furnish(story, 14)
    after = {str(row): len(await cost(story, "omar", row)) for row in read}
    # A feed that was looked at for the first time may have found out how wide somebody's sight is.
    assert {row: count for row, count in after.items() if count > before[row]} == {}
