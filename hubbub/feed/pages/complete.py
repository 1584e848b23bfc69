"""What the editor asks while somebody writes: whom and what may be mentioned here, as JSON."""

from litestar import Response, get

from hubbub import people
from hubbub.core import ids
from hubbub.core.handlers import Request, Transaction
from hubbub.core.rest import json_answer
from hubbub.feed import queries

FRESH = {"cache-control": "no-store"}  # who may be mentioned may be another a second later


@get("/complete/people")
async def complete_people(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """At most ten people who see what is written on `subject` (a person, a record or an item; none: anywhere), a word of
    whose names begins like `q`: `[{"id", "name", "detail", "outside", "sees"}]`."""
    subject = request.query_params.get("subject")
    found = await queries.people_to_mention(
        tx, actor, request.query_params.get("q", ""), ids.parse(subject) if subject else None
    )
    return json_answer(
        [
            {
                "id": person.key,
                "name": person.name,
                "detail": person.title,
                "outside": person.guest,
                "sees": True,
            }
            for person in found
        ],
        headers=FRESH,
    )


@get("/complete/topics")
async def complete_topics(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """At most ten topics under which I see something and whose names begin like `q`: `[{"id", "name"}]`."""
    found = await queries.topics_to_name(tx, actor, request.query_params.get("q", ""))
    return json_answer([{"id": topic.key, "name": topic.name} for topic in found], headers=FRESH)


ROUTES = [complete_people, complete_topics]
