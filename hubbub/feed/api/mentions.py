"""REST: whom a post may mention."""

from litestar import Response, get

from hubbub import people
from hubbub.core import ids
from hubbub.core.errors import Invalid
from hubbub.core.handlers import Request, Transaction
from hubbub.core.ids import Type
from hubbub.core.rest import json_answer, whole
from hubbub.feed import queries
from hubbub.feed.actions import MOST_MENTIONS
from hubbub.feed.api.asking import shaper
from hubbub.feed.shapes.lists import completion_page

KINDS = ("All", "Group", "User")
VISIBILITIES = ("AllUsers", "InternalUsers")


@get("/mentions/completions")
async def completions(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """GET /chatter/mentions/completions — Mention Completion Page: people who see what is written in the context, a word of
    whose names begins like `q`. contextId: an item, a record or a person; none: anywhere. type All, Group or User; page
    (from 0), pageSize 1 to 100 (25)."""
    asked = request.query_params
    if not asked.get("q"):
        raise Invalid("MISSING_ARGUMENT", "q is missing: the beginning of a name.", fields=["q"])
    if asked.get("type", "All") not in KINDS:
        raise Invalid("INVALID_INPUT", f"type is one of {', '.join(KINDS)}.", fields=["type"])
    size, number = whole(request, "pageSize", 25, 1, 100), whole(request, "page", 0, 0, 1000)
    context = ids.parse(asked["contextId"]) if asked.get("contextId") else None
    found = await queries.people_to_mention(
        tx, actor, asked["q"], context, size=size + 1, start=number * size
    )
    if asked.get("type") == "Group":
        found = []
    shape = await shaper(request, tx, actor)
    query = {name: asked[name] for name in ("contextId", "pageSize", "q", "type") if name in asked}
    return json_answer(completion_page(shape, found[:size], query, number, more=len(found) > size))


@get("/mentions/validations")
async def validations(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """GET /chatter/mentions/validations — Mention Validations of at most 25 recordIds (with commas) in a post on parentId
    with that visibility: Ok; Inaccessible, who may be mentioned and sees nothing of it; Disallowed, what is nobody."""
    asked = request.query_params
    for name in ("parentId", "recordIds", "visibility"):
        if not asked.get(name):
            raise Invalid("MISSING_ARGUMENT", f"{name} is missing.", fields=[name])
    if asked["visibility"] not in VISIBILITIES:
        raise Invalid(
            "INVALID_INPUT", f"visibility is one of {', '.join(VISIBILITIES)}.", fields=["visibility"]
        )
    given = [ids.parse(key.strip()) for key in asked["recordIds"].split(",", MOST_MENTIONS + 1)]
    if len(given) > MOST_MENTIONS:
        raise Invalid("LIMIT_EXCEEDED", f"At most {MOST_MENTIONS} recordIds.", fields=["recordIds"])
    found = await queries.mentions_allowed(
        tx,
        actor,
        [id for id in given if ids.type_of(id) == Type.USER],
        actor.id if asked["parentId"] == "me" else ids.parse(asked["parentId"]),
        internal_only=asked["visibility"] == "InternalUsers",
    )
    statuses = [
        {
            "recordId": ids.show(id),
            "validationStatus": "Disallowed" if id not in found else "Ok" if found[id] else "Inaccessible",
        }
        for id in given
    ]
    return json_answer(
        {
            "hasErrors": any(each["validationStatus"] == "Disallowed" for each in statuses),
            "mentionValidations": statuses,
        }
    )


ROUTES = [completions, validations]
