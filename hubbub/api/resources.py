"""What was opened and what changed last, in which limits, and where the resources of a version are."""

from datetime import UTC, datetime

from litestar import Response, get

from hubbub import people, records
from hubbub.api.describe import recent_item
from hubbub.api.sobjects import moment, object_of
from hubbub.core.clock import now
from hubbub.core.errors import Invalid
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.rest import api_base, json_answer, whole

RECENT = 50
MOST_UPDATED = 20_000
# Hubbub counts and caps nothing: what clients take for a limit is as much as they may expect to be left.
NO_LIMIT = {"Max": 15_000_000, "Remaining": 15_000_000}
LIMITS = (
    "DailyApiRequests",
    "DailyBulkApiRequests",
    "DailyStreamingApiEvents",
    "DataStorageMB",
    "FileStorageMB",
    "HourlyDashboardRefreshes",
    "MassEmail",
    "SingleEmail",
)


@get("/recent")
async def recent(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """GET /recent?limit= — the records that the user opened last, the latest first, of those that he still sees: limit 1 to
    200 (50). Opened is what he looked at on its page, or asked for by SOQL with FOR VIEW."""
    size = whole(request, "limit", RECENT, 1, records.MOST_VIEWED)
    him = await records.viewer(tx, actor)
    base = api_base(request)
    return json_answer(
        [recent_item(base, him, card) for card in await records.recently_viewed(tx, him, size=size)]
    )


@get("/sobjects/{name:str}/updated")
async def read_updated(request: Request, tx: Transaction, actor: people.Me, name: InPath) -> Response[bytes]:
    """GET /sobjects/X/updated?start=&end= — ids of the records that were made or changed between two moments, of those that
    the user sees; 400 EXCEEDED_ID_LIMIT for more than 20,000."""
    him = await records.viewer(tx, actor)
    object = object_of(him, name)
    start, end = (moment(request, each) for each in ("start", "end"))
    asked = (
        f"SELECT Id FROM {object.name} WHERE LastModifiedDate >= {_literal(start)} "
        f"AND LastModifiedDate < {_literal(end)} ORDER BY LastModifiedDate, Id"
    )
    answer = await records.query(tx, actor, asked, base=api_base(request), size=MOST_UPDATED)
    if answer.locator is not None:
        raise Invalid("EXCEEDED_ID_LIMIT", f"More than {MOST_UPDATED} records: ask for a shorter time.")
    return json_answer(
        {
            "ids": [row["Id"] for row in answer.records],
            "latestDateCovered": object.field("LastModifiedDate").to_json(min(end, now())),
        }
    )


@get("/limits")
async def limits(actor: people.Me) -> Response[bytes]:
    """GET /limits — {DailyApiRequests: {Max, Remaining}, …}: Hubbub caps none of it, so what remains is always all."""
    return json_answer(dict.fromkeys(LIMITS, NO_LIMIT))


def _literal(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


ROUTES = [recent, read_updated, limits]
