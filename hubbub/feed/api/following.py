"""REST: followers, following, subscriptions."""

from litestar import Response, delete, get, patch, post

from hubbub import people
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.ids import Type
from hubbub.core.rest import input_of, json_answer, whole
from hubbub.feed import actions, queries
from hubbub.feed.access import access_subject
from hubbub.feed.actions.following_many import Count, Rule
from hubbub.feed.api.asking import shaper, user_of
from hubbub.feed.shapes import Json
from hubbub.feed.shapes.lists import subscription, subscriptions_page


@get(["/users/{key:str}/followers", "/records/{key:str}/followers"])
async def followers(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """GET /chatter/users/{id}/followers or /chatter/records/{id}/followers — Follower Page: page, pageSize 1 to 1,000 (25)."""
    of_user = "/users/" in request.scope["path"]
    subject_id = user_of(key, actor) if of_user else ids.parse(key)
    await access_subject(tx, actor, subject_id)
    size, number = whole(request, "pageSize", 25, 1, 1000), whole(request, "page", 0, 0, 100_000)
    if actor.guest:  # who else is here is not for guests to know
        found, total = [], 0
    else:
        found = await queries.followers(tx, actor, subject_id, size=size, start=number * size)
        total = await people.count_followers(tx, subject_id)
    path = f"/{'users' if of_user else 'records'}/{ids.show(subject_id)}/followers"
    return await _subscriptions(request, tx, actor, "followers", found, total, path, number, size, {})


@get("/users/{key:str}/following")
async def following(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """GET /chatter/users/{id}/following — Following Page: page, pageSize 1 to 1,000 (25), filterType a key prefix."""
    user_id = user_of(key, actor)
    await people.access_user(tx, actor, user_id)
    prefix = request.query_params.get("filterType")
    type = ids.type_of_prefix(prefix) if prefix else None
    size, number = whole(request, "pageSize", 25, 1, 1000), whole(request, "page", 0, 0, 100_000)
    found = await queries.following(tx, actor, user_id, type=type, size=size, start=number * size)
    total = await queries.count_following(tx, actor, user_id, type=type)
    path, query = f"/users/{ids.show(user_id)}/following", {"filterType": prefix} if prefix else {}
    return await _subscriptions(request, tx, actor, "following", found, total, path, number, size, query)


@post("/users/{key:str}/following")
async def create_following(
    request: Request, tx: Transaction, actor: people.Me, key: InPath
) -> Response[bytes]:
    """POST /chatter/users/me/following — {"subjectId"} of a user or record; answers 201 and the Subscription."""
    if user_of(key, actor) != actor.id:
        raise NotFound()
    subject = (await input_of(request)).get("subjectId")
    if not subject:
        raise Invalid("MISSING_ARGUMENT", "subjectId is missing: a user or a record.", fields=["subjectId"])
    made = await actions.follow(tx, actor, ids.parse(subject))
    return await _subscription(request, tx, actor, made.id, status=201)


@get("/subscriptions/{key:str}")
async def read_subscription(
    request: Request, tx: Transaction, actor: people.Me, key: InPath
) -> Response[bytes]:
    """GET /chatter/subscriptions/{id} — one of my subscriptions."""
    return await _subscription(request, tx, actor, ids.parse(key, Type.SUBSCRIPTION))


@delete("/subscriptions/{key:str}", status_code=204)
async def delete_subscription(tx: Transaction, actor: people.Me, key: InPath) -> None:
    """DELETE /chatter/subscriptions/{id} — stops following; 204."""
    await people.end_subscription(tx, actor, ids.parse(key, Type.SUBSCRIPTION))


@patch("/subscriptions/{key:str}")
async def change_subscription(
    request: Request, tx: Transaction, actor: people.Me, key: InPath
) -> Response[bytes]:
    """PATCH /chatter/subscriptions/{id} — {"level": "all", "mentions", "digest" or "mute"}: how much of it reaches me.
    Hubbub's own."""
    followed = await queries.followed(tx, actor, ids.parse(key, Type.SUBSCRIPTION))
    level = (await input_of(request)).get("level")
    await actions.set_level(tx, actor, followed.subject.id, level if isinstance(level, str) else "")
    return await _subscription(request, tx, actor, followed.id)


@get("/following-rule")
async def count_rule(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """GET /chatter/following-rule — object, owner, open: how many records fit of those I see (matching), and how many of
    these I follow (followed). Hubbub's own."""
    return await _ruled(await actions.count_rule(tx, actor, await _rule(request, actor)))


@post("/following-rule", status_code=200)
async def follow_rule(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """POST /chatter/following-rule — {"object", "owner": user id or me, "open": boolean, "conditions": [{"field",
    "operator", "value"}]}: follow all that fit and I see, the first 200 at once, the others by a job. Answers the count.
    Hubbub's own."""
    return await _ruled(await actions.follow_rule(tx, actor, await _rule(request, actor)))


@delete("/following-rule", status_code=200)
async def unfollow_rule(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """DELETE /chatter/following-rule — object, owner, open, conditions: follow none of them any more. Answers the count.
    Hubbub's own."""
    return await _ruled(await actions.follow_rule(tx, actor, await _rule(request, actor), ended=True))


async def _rule(request: Request, actor: people.Actor) -> Rule:
    given = await input_of(request)
    owner, conditions = given.get("owner"), given.get("conditions", [])
    if actor.guest:
        raise NotFound()
    if not isinstance(conditions, list) or not all(isinstance(each, dict) for each in conditions):
        raise Invalid("INVALID_INPUT", "conditions is a list of objects.", fields=["conditions"])
    return Rule(
        str(given.get("object") or ""),
        ids.show(user_of(str(owner), actor)) if owner else None,
        given.get("open") in (True, "true"),
        tuple(
            (str(each.get("field")), str(each.get("operator")), str(each.get("value", "")))
            for each in conditions
        ),
    )


async def _ruled(count: Count) -> Response[bytes]:
    return json_answer({"followed": count.followed, "matching": count.matching})


async def _subscription(
    request: Request, tx: Tx, actor: people.Actor, id: int, status: int = 200
) -> Response[bytes]:
    followed = await queries.followed(tx, actor, id)
    shape = await shaper(request, tx, actor, {followed.subject.id})
    return json_answer(subscription(shape, followed) | {"level": followed.level}, status)


# --- what new people follow ---------------------------------------------------------------------------------------


@get("/first-follows")
async def first_follows(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """GET /hubbub/first-follows — what new colleagues follow from the start, of what I see: `{"subjects": [User Summary,
    Record Summary or Topic], "total"}`; for administrators, 404 for others."""
    _require(actor)
    found = await queries.first_follows(tx, actor)
    shape = await shaper(request, tx, actor, {each.id for each in found})
    return json_answer({"subjects": [shape.subject(each) for each in found], "total": len(found)})


@post("/first-follows", status_code=204)
async def add_first_follow(request: Request, tx: Transaction, actor: people.Me) -> None:
    """POST /hubbub/first-follows {subjectId} — a person, record or topic, 25 at most (LIMIT_EXCEEDED); 204."""
    _require(actor)
    await actions.first_follow(tx, actor, ids.parse((await input_of(request)).get("subjectId")))


@delete("/first-follows/{key:str}", status_code=204)
async def remove_first_follow(tx: Transaction, actor: people.Me, key: InPath) -> None:
    """DELETE /hubbub/first-follows/{subjectId} — 204; who follows it already goes on."""
    _require(actor)
    await actions.no_first_follow(tx, actor, ids.parse(key))


def _require(actor: people.Actor) -> None:
    if not actor.admin:
        raise NotFound()


async def _subscriptions(
    request: Request,
    tx: Tx,
    actor: people.Actor,
    name: str,
    found: list[queries.Followed],
    total: int,
    path: str,
    number: int,
    size: int,
    query: Json,
) -> Response[bytes]:
    shape = await shaper(
        request, tx, actor, {each.subject.id for each in found} | {each.follower.id for each in found}
    )
    return json_answer(subscriptions_page(shape, name, found, total, path, number, size, query))


ROUTES = [
    followers,
    following,
    create_following,
    read_subscription,
    change_subscription,
    delete_subscription,
    count_rule,
    follow_rule,
    unfollow_rule,
]

HUBBUB = [first_follows, add_first_follow, remove_first_follow]
