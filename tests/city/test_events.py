"""Every event that the code writes is documented, and so is what open pages are told of it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from hubbub import routes
from hubbub.core.events import COLUMNS, Event
from tests.city.conftest import Story, tell_all
from tests.city.test_routes import VERSION
from tests.city.test_sql import HUBBUB

DOC = HUBBUB.parent / "docs" / "events.md"


def written() -> Iterator[tuple[Path, str]]:
    """The name of each event that the code writes down, and where."""
    for path in sorted(HUBBUB.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ("record", "record_many")
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "events"
            ):
                name = node.args[2]
                assert isinstance(name, ast.Constant) and isinstance(name.value, str), (
                    f"{path}:{node.lineno}: the name is written out"
                )
                yield path, name.value


def described() -> tuple[list[list[str]], list[list[str]]]:
    """The rows of the two tables of the document."""
    tables = []
    for table in re.split(r"^\|---.*$", DOC.read_text(), flags=re.M)[1:]:
        lines = table.strip("\n").splitlines()
        rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line[:1] == "|"]
        tables.append([row for row in rows if row[0].startswith("`")])
    first, second = tables
    return first, second


def test_every_event_is_documented_and_none_is_made_up() -> None:
    names = [row[0].strip("`") for row in described()[0]]
    assert names == sorted(set(names)), "each once, in order"
    assert set(names) == {name for _, name in written()}
    assert all(row[1] and row[3] for row in described()[0]), "a noun, and when it happens"


def test_events_are_room_noun_past() -> None:
    for path, name in written():
        room, noun, past = name.split(".")
        assert room == path.relative_to(HUBBUB).parts[0], f"{path} writes {name}"
        assert re.fullmatch(r"[a-z_]+", noun), name
        assert re.fullmatch(r"(\w+_)?([a-z]+ed|set|given|hidden|shown|withdrawn)", past), (
            f"{name}: what happened stands in the past"
        )


def test_what_pages_are_told_is_documented() -> None:
    names = [name for row in described()[1] for name in re.findall(r"`([\w.]+)`", row[0])]
    assert sorted(names) == sorted(routes.AUDIENCES)
    written_names = {name for _, name in written()}
    assert set(names) | set(routes.CLOSINGS) <= written_names
    closing = re.search(r"^(.*) close the sockets", DOC.read_text(), re.M)
    assert closing is not None
    assert set(re.findall(r"`([\w.]+)`", closing[1])) == set(routes.CLOSINGS)


async def test_topics_are_documented(story: Story) -> None:
    await tell_all(story)
    omar, noor = await story.program("omar"), await story.program("noor")
    chatter = f"{VERSION}/chatter"
    await omar.post(f"{chatter}/users/me/following", json={"subjectId": story.company.key("noor")})
    entity = {"entityId": story.company.key("noor")}
    await omar.post(f"{chatter}/streams", json={"name": "Noor", "subscriptionsToAdd": [entity]})
    await noor.post(f"{chatter}/feed-elements", json={"subjectId": "me", "text": "#ebb"})
    ebb = (await omar.get(f"{VERSION}/connect/topics?q=ebb")).json()["topics"][0]["id"]
    await omar.post(f"{chatter}/users/me/following", json={"subjectId": ebb})
    topics = {
        name: set(re.findall(r"`([\w/{}]+)`", row[1]))
        for row in described()[1]
        for name in re.findall(r"`([\w.]+)`", row[0])
    }
    everybody = set(story.company.ids.values())
    seen: dict[str, set[str]] = {}
    async with story.company.act() as tx:
        happened = await tx.rows(f"select {COLUMNS} from event e where e.org_id = %(org)s", into=Event)
        for event in happened:
            if event.name in routes.AUDIENCES:
                told = await routes.AUDIENCES[event.name](tx, event, everybody)
                seen.setdefault(event.name, set()).update(re.sub(r"/.+", "/{id}", topic) for topic in told)
    assert seen, "the story has events that pages are told of"
    for name, found in seen.items():
        assert found <= topics[name], name
    assert set().union(*seen.values()) == set().union(*topics.values())


async def test_the_story_writes_down_who_did_what_and_from_where(story: Story) -> None:
    omar = await story.program("omar")
    answer = await omar.post(
        "/services/data/v62.0/chatter/feed-elements",
        json={"subjectId": "me", "text": "For the record"},
        headers={"user-agent": "audited/1"},
    )
    assert answer.status_code == 201
    actor, noun, parent, client, address, _, after = (await story.company.events("feed.item.created"))[-1]
    assert (actor, parent) == (story.company.id("omar"), story.company.id("omar"))
    assert (client, address) == ("audited/1", story.company.address)
    assert noun and after["kind"] == "TextPost"
