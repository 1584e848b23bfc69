"""REST: my digests. Salesforce has none."""

from litestar import Response, get, patch

from hubbub import people
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.rest import api_base, connect_date, input_of, json_answer
from hubbub.feed import actions, queries
from hubbub.feed.api.asking import shaper, shown_in
from hubbub.feed.shapes import Json


@get("/digests")
async def digests(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """GET /hubbub/digests — the digests that I was told of, the newest 30: {"digests": [{"day", "since", "until", "url"}],
    "hour": of my own clock, at which they come}."""
    days = await queries.digest_days(tx, actor)
    hour = await queries.digest_hour(tx, actor.id)
    return json_answer({"digests": [_day(request, each) for each in days], "hour": hour})


@patch("/digests")
async def change_digests(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """PATCH /hubbub/digests {"hour": 0 to 23, usually 8} — at which hour of my own clock my digest comes; answers {"hour"}."""
    given = await input_of(request)
    hour = given.get("hour")
    if isinstance(hour, str) and hour.isascii() and hour.isdigit() and len(hour) < 3:
        hour = int(hour)
    await actions.set_digest_hour(tx, actor, hour)
    return json_answer({"hour": await queries.digest_hour(tx, actor.id)})


@get("/digests/{day:str}")
async def digest(request: Request, tx: Transaction, actor: people.Me, day: InPath) -> Response[bytes]:
    """GET /hubbub/digests/{day} — the digest of a day of mine (2026-12-01), as I see now what happened then: {"day", "since",
    "until", "subjects": [{"subject", "elements": [Feed Item]}], "hasMore": over 100 items}; 404 for a day without one."""
    found = await queries.digest(tx, actor, queries.parse_day(day))
    items = [item for section in found.sections for item in section.items]
    shape = await shaper(request, tx, actor, shown_in(items) | {each.about.id for each in found.sections})
    return json_answer(
        _day(request, found.span)
        | {
            "hasMore": found.more,
            "subjects": [
                {
                    "elements": [shape.item(item) for item in each.items],
                    "subject": shape.subject(each.about),
                }
                for each in found.sections
            ],
        }
    )


def _day(request: Request, day: queries.Day) -> Json:
    return {
        "day": day.key,
        "since": connect_date(day.since),
        "until": connect_date(day.until),
        "url": f"{api_base(request)}/hubbub/digests/{day.key}",
    }


ROUTES = [digests, change_digests, digest]
