"""Feed tracking over REST: which fields feeds tell, in the words of Salesforce's metadata (`trackFeedHistory`)."""

from litestar import Response, get, patch

from hubbub import feed, objects, people
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.rest import api_base, input_of, json_answer


@get("/feed-tracking")
async def read_limits(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """GET /feed-tracking — the limits, whether linked pages are previewed, and what feeds tell of each object, in brief;
    for administrators.

    `{"mostTrackedFields": 20, "quietDays": 45, "mostCharacters": 10000, "mostFollowed": null,
    "linkPreviews": false, "objects": [{"fullName", "enableFeeds",
    "trackRelatedRecords", "trackedFields", "url"}]}`; `quietDays` null: feeds keep unanswered changes.
    """
    _require(actor)
    setup, base = await feed.read_tracking(tx), api_base(request)
    return json_answer(
        {
            "mostTrackedFields": setup.most_tracked,
            "quietDays": setup.quiet_days,
            "mostCharacters": setup.most_characters,
            "mostFollowed": await feed.most_followed(tx),
            "linkPreviews": setup.link_previews,
            "objects": [
                {
                    "fullName": each.name,
                    "enableFeeds": setup.told(each),
                    "trackRelatedRecords": _asked(setup, each),
                    "trackedFields": len(setup.tracked(each)),
                    "url": f"{base}/feed-tracking/{each.name}",
                }
                for each in (await objects.catalog(tx, actor.access_version)).objects
            ],
        }
    )


@patch("/feed-tracking", status_code=204)
async def change_limits(request: Request, tx: Transaction, actor: people.Me) -> None:
    """PATCH /feed-tracking — `mostTrackedFields` (1 to 200 an object), `quietDays` (1 to 3650, null: for ever) and
    `mostCharacters` (of a post or comment, 1,000 to 100,000), `mostFollowed` (by one person; null: any number),
    `linkPreviews` (true: the server asks linked pages what they say of themselves).

    LIMIT_EXCEEDED while an object tracks more; INVALID_INPUT outside these ranges. What is not sent stays.
    """
    _require(actor)
    given = await input_of(request)
    setup = await feed.read_tracking(tx)
    most = given.get("mostTrackedFields", setup.most_tracked)
    days = given.get("quietDays", setup.quiet_days)
    _check("mostTrackedFields", _is_whole(most), "a whole number")
    length = given.get("mostCharacters", setup.most_characters)
    _check("quietDays", days is None or _is_whole(days), "a whole number, or null")
    _check("mostCharacters", _is_whole(length), "a whole number")
    await feed.limit_tracking(tx, actor, most_tracked=most, quiet_days=days, most_characters=length)
    if "mostFollowed" in given:
        cap = given["mostFollowed"]
        _check("mostFollowed", cap is None or _is_whole(cap), "a whole number or null")
        await feed.limit_following(tx, actor, cap)
    if "linkPreviews" in given:
        on = given["linkPreviews"]
        _check("linkPreviews", isinstance(on, bool), "true or false")
        await feed.turn_previews(tx, actor, on=on)


@get("/feed-tracking/{name:str}")
async def read_tracked(tx: Transaction, actor: people.Me, name: InPath) -> Response[bytes]:
    """GET /feed-tracking/X — what feeds tell of an object: each field with `trackFeedHistory`, `trackable`, and the
    `reason` why one is not; for administrators."""
    _require(actor)
    object = (await objects.catalog(tx, actor.access_version)).object(name)
    setup = await feed.read_tracking(tx)
    reasons = {field.id: feed.why_untracked(field) for field in object.fields}
    return json_answer(
        {
            "fullName": object.name,
            "label": object.label,
            "enableFeeds": setup.told(object),
            "trackRelatedRecords": _asked(setup, object),
            "mostTrackedFields": setup.most_tracked,
            "fields": [
                {
                    "fullName": field.name,
                    "label": field.label,
                    "trackFeedHistory": setup.tracks(field),
                    "trackable": reasons[field.id] is None,
                    "reason": str(reasons[field.id]) if reasons[field.id] else None,
                }
                for field in object.fields
            ],
        }
    )


@patch("/feed-tracking/{name:str}", status_code=204)
async def change_tracked(request: Request, tx: Transaction, actor: people.Me, name: InPath) -> None:
    """PATCH /feed-tracking/X — `enableFeeds`, `trackRelatedRecords`, and `fields`: a list of `{"fullName",
    "trackFeedHistory"}`. What is not sent stays; either all of it is changed, or nothing.

    LIMIT_EXCEEDED beyond the most tracked fields; INVALID_FIELD for a field that there is not or that is not trackable.
    """
    _require(actor)
    object = (await objects.catalog(tx, actor.access_version)).object(name)
    given = await input_of(request)
    told, related = given.get("enableFeeds"), given.get("trackRelatedRecords")
    _check("enableFeeds", told is None or isinstance(told, bool), "true or false")
    _check("trackRelatedRecords", related is None or isinstance(related, bool), "true or false")
    fields = given.get("fields", [])
    _check(
        "fields",
        isinstance(fields, list)
        and all(
            isinstance(each, dict)
            and isinstance(each.get("fullName"), str)
            and isinstance(each.get("trackFeedHistory"), bool)
            for each in fields
        ),
        'a list of {"fullName": text, "trackFeedHistory": true or false}',
    )
    if told is not None or related is not None:
        await feed.track_object(tx, actor, object.name, told=told, related=related)
    if fields:
        wanted = {each["fullName"]: each["trackFeedHistory"] for each in fields}
        await feed.track_fields(tx, actor, object.name, wanted)


def _require(actor: people.Actor) -> None:
    if not actor.admin:
        raise NotFound()


def _asked(setup: feed.Tracking, object: objects.Object) -> bool:
    """Is related records' telling asked for, whether or not feeds tell of the object at all?"""
    return setup.by_object.get(object.code, (True, False))[1]


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _check(name: str, right: bool, what: str) -> None:
    if not right:
        raise Invalid("INVALID_INPUT", f"{name} is {what}.", fields=[name])


ROUTES = [read_limits, change_limits, read_tracked, change_tracked]
