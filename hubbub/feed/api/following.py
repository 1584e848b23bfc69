"""REST: followers, following, subscriptions."""

from typing import Any

from litestar import Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from hubbub import people
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.ids import Type
from hubbub.core.rest import input_of, json_answer, whole
from hubbub.feed import actions, queries
from hubbub.feed.access import access_subject
from hubbub.feed.api.asking import shaper, user_of
from hubbub.feed.shapes import Json


@get(["/users/{key:str}/followers", "/records/{key:str}/followers"])
async def followers(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    key: FromPath[str],
) -> Response[bytes]:
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
async def following(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    key: FromPath[str],
) -> Response[bytes]:
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
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    key: FromPath[str],
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
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[people.Actor],
    key: FromPath[str],
) -> Response[bytes]:
    """GET /chatter/subscriptions/{id} — one of my subscriptions."""
    return await _subscription(request, tx, actor, ids.parse(key, Type.SUBSCRIPTION))


@delete("/subscriptions/{key:str}", status_code=204)
async def delete_subscription(
    tx: NamedDependency[Tx], actor: NamedDependency[people.Actor], key: FromPath[str]
) -> None:
    """DELETE /chatter/subscriptions/{id} — stops following; 204."""
    await people.end_subscription(tx, actor, ids.parse(key, Type.SUBSCRIPTION))


async def _subscription(
    request: Request[Any, Any, Any], tx: Tx, actor: people.Actor, id: int, status: int = 200
) -> Response[bytes]:
    followed = await queries.followed(tx, actor, id)
    shape = await shaper(request, tx, actor, {followed.subject.id})
    return json_answer(shape.subscription(followed), status)


async def _subscriptions(
    request: Request[Any, Any, Any],
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
    return json_answer(shape.subscriptions_page(name, found, total, path, number, size, query))


ROUTES = [followers, following, create_following, read_subscription, delete_subscription]
