"""`directory`: searching 10,000 people. The answer over REST as a ratio to its statement alone, question by question."""

from typing import Any
from urllib.parse import quote

from bench.board import by_turns
from bench.crowd import crowd, move_in
from bench.ground import Client, Figures, acts, data_folder, database, say, server
from hubbub import objects, people
from hubbub.core.db import Tx

PEOPLE, ROUNDS = 10_000, 20
# Names, begun and mistyped ones, skills, titles, places, and several of them together.
QUESTIONS = (
    "katarzyna kowalski", "kat", "sorensn", "jurgen muller", "machine learning", "crane operaton", "forklift driver",
    "lawyer lisbon", "radar tromso", "project management hamburg", "smith", "accountant in oslo who knows excel",
)  # fmt: skip


async def measure(count: int = PEOPLE, rounds: int = ROUNDS) -> Figures:
    """The figure named directory in the contract."""
    with data_folder() as settings, database(settings):
        async with acts(settings) as opened:
            org = await people.found_org(
                opened, "Directory", "directory.example", objects=objects.standard_objects()
            )
            somebodies = crowd(count)
            async with opened.act(org.id) as tx:
                for start in range(0, count, 2000):
                    await move_in(tx, somebodies[start : start + 2000], f"d{start}.example")
                user_id = await people.add_user(
                    tx, None, people.Newcomer(username="who@directory.example", last_name="Who")
                )
                me = await people.actor(tx, user_id, client="bench")
                token = await people.issue_token(tx, me)
            async with opened.act(None) as tx:
                await tx.run("analyze app_user, person_word, word_form, user_skill")
            async with server(settings):
                client = await Client.connect(settings)
                each: dict[str, Figures] = {}
                for question in QUESTIONS:
                    each[question] = await _of(opened, client, token, me, question, rounds)
                    say(f"  {question}: {each[question]}")
                client.close()
    return {
        "people": count,
        "ratio": max(found["ratio"] for found in each.values()),
        "slowest_ms": max(found["answer_ms"] for found in each.values()),
        "questions": each,
    }


async def _of(
    opened: Any, client: Client, token: str, me: people.Actor, question: str, rounds: int
) -> Figures:
    """A question over REST and its statement alone, by turns."""
    address = f"/services/data/v62.0/hubbub/people?q={quote(question)}"

    async def ask() -> None:
        answer = await client.get(address, f"authorization: Bearer {token}\r\n")
        assert answer.status == 200 and b'"name"' in answer.body, answer.body[:300]

    noted: list[tuple[str, Any]] = []
    execute = Tx._execute

    async def noting(self: Tx, sql: str, params: Any) -> Any:
        noted.append((sql, params))
        return await execute(self, sql, params)

    async with opened.act(me.org_id, read=True) as tx:
        Tx._execute = noting  # type: ignore[method-assign]
        try:
            await people.search_people(tx, me, question)
        finally:
            Tx._execute = execute  # type: ignore[method-assign]
    (statement,) = noted

    async def bare() -> None:
        async with opened.act(me.org_id, read=True) as tx:
            await tx.tuples(*statement)

    answers, statements = await by_turns(rounds, ask, bare)
    return {
        "answer_ms": answers,
        "statement_ms": statements,
        "ratio": round(answers / statements, 2),
    }
