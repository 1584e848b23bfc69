"""The Chatter REST API of people. Mounted like the feed's, under …/chatter."""

from collections.abc import Awaitable, Callable, Collection
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get, patch
from litestar.di import NamedDependency
from litestar.params import FromPath

from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound, Refused
from hubbub.core.ids import Type
from hubbub.core.rest import api_base, connect_date, input_of, json_answer, whole
from hubbub.people import queries, shapes
from hubbub.people.access import Actor, access_user
from hubbub.people.actions import BadProfile, edit_profile
from hubbub.people.queries import Counts, Profile
from hubbub.people.shapes import Json

# What people follow besides people is known to rooms above: the map of the city hands in who counts it.
CountFollows = Callable[[Tx, Actor, Collection[int]], Awaitable[dict[int, Counts]]]

MOST_IN_BATCH = 500


@get("/users")
async def read_users(
    request: Request[Any, Any, Any], tx: NamedDependency[Tx], actor: NamedDependency[Actor]
) -> Response[bytes]:
    """GET /chatter/users — User Page: q (a part of the name), page, pageSize 1 to 250 (25). A guest sees himself."""
    size, number = whole(request, "pageSize", 25, 1, 250), whole(request, "page", 0, 0, 100_000)
    q = request.query_params.get("q", "")
    words = q.translate(str.maketrans("*?\0", "   ")).strip()
    if q and len(words) < 2:
        raise Invalid("INVALID_INPUT", "q has at least two characters that are not wildcards.", fields=["q"])
    found, more = await queries.page_of_profiles(tx, actor, q=words[:100], page=number, size=size)
    base = api_base(request)
    kept = ({"q": q} if q else {}) | ({"pageSize": size} if size != 25 else {})
    url = f"{base}/chatter/users?" + (f"{urlencode(kept)}&page=" if kept else "page=")
    return json_answer(shapes.user_page(await _details(request, tx, actor, found), url, number, more=more))


@get("/users/batch/{keys:str}")
async def read_some_users(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[Actor],
    keys: FromPath[str],
) -> Response[bytes]:
    """GET /chatter/users/batch/{id,id…} — Batch Results: for each id User Detail, or an error of its own."""
    asked = keys.split(",")
    if len(asked) > MOST_IN_BATCH:
        raise Invalid("EXCEEDED_ID_LIMIT", f"At most {MOST_IN_BATCH} ids at a time.")
    wanted: dict[str, int | Refused] = {}
    for key in asked:
        try:
            wanted[key] = _user_id(key, actor)
        except Refused as refused:
            wanted[key] = refused
    profiles = await queries.profiles(tx, actor, {id for id in wanted.values() if isinstance(id, int)})
    details = dict(
        zip([each.id for each in profiles], await _details(request, tx, actor, profiles), strict=True)
    )
    results = []
    for key in asked:
        id = wanted[key]
        if not isinstance(id, Refused) and id in details:
            results.append({"result": details[id], "statusCode": 200})
        else:
            refused = id if isinstance(id, Refused) else NotFound()
            error = [{"errorCode": refused.code, "message": refused.message}]
            results.append({"result": error, "statusCode": refused.status})
    return json_answer({"hasErrors": any(each["statusCode"] != 200 for each in results), "results": results})


@get("/users/{key:str}")
async def read_user(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[Actor],
    key: FromPath[str],
) -> Response[bytes]:
    """GET /chatter/users/{id|me} — User Detail."""
    profile = await queries.profile(tx, actor, _user_id(key, actor))
    return json_answer((await _details(request, tx, actor, [profile]))[0])


@patch("/users/{key:str}")
async def update_user(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[Actor],
    key: FromPath[str],
) -> Response[bytes]:
    """PATCH /chatter/users/{id|me} — changes `aboutMe` (up to 1,000 characters); answers User Detail."""
    user_id = _user_id(key, actor)
    await access_user(tx, actor, user_id, to="edit")
    given = await input_of(request)
    about = given.get("aboutMe", "")
    if "aboutMe" not in given or not isinstance(about, str | None):
        raise Invalid("INVALID_INPUT", "Send aboutMe, a text.", fields=["aboutMe"])
    try:
        await edit_profile(tx, actor, user_id, {"about": about})
    except BadProfile as bad:
        raise Invalid(bad.code, bad.message, fields=["aboutMe"]) from None
    profile = await queries.profile(tx, actor, user_id)
    return json_answer((await _details(request, tx, actor, [profile]))[0])


@get("/users/{key:str}/photo")
async def read_photo(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    actor: NamedDependency[Actor],
    key: FromPath[str],
) -> Response[bytes]:
    """GET /chatter/users/{id|me}/photo — Photo."""
    person = await access_user(tx, actor, _user_id(key, actor))
    return json_answer(shapes.photo(person, api_base(request)))


def _user_id(key: str, actor: Actor) -> int:
    return actor.user_id if key == "me" else ids.parse(key, Type.USER)


async def _details(
    request: Request[Any, Any, Any], tx: Tx, actor: Actor, profiles: Collection[Profile]
) -> list[Json]:
    """User Detail of each, in a few statements for all of them."""
    count: CountFollows = request.app.state.count_follows
    user_ids = [each.id for each in profiles]
    if not user_ids:
        return []
    subscriptions = await queries.follows(tx, actor, user_ids)
    # Who else is here is not for guests to know.
    managers = {} if actor.guest else await queries.managers(tx, user_ids)
    counts = {} if actor.guest else await count(tx, actor, user_ids)
    return [
        shapes.user_detail(
            each,
            api_base(request),
            subscription_id=subscriptions.get(each.id),
            counts=counts.get(each.id),
            manager=managers.get(each.id),
            encode=request.headers.get("x-chatter-entity-encoding", "").lower() != "false",
        )
        for each in profiles
    ]


ROUTES = [read_users, read_some_users, read_user, update_user, read_photo]


@get("/orgs")
async def read_orgs(tx: NamedDependency[Tx], actor: NamedDependency[Actor]) -> Response[bytes]:
    """GET /hubbub/orgs — {orgs: [{id, name, domain, user, isGuest, isCurrent}]}: the orgs of the token's login. A token
    names one of them; for another, ask for a token there."""
    mine = await queries.memberships(tx, actor)
    return json_answer(
        {
            "orgs": [
                {
                    "id": org.key,
                    "name": org.name,
                    "domain": org.domain,
                    "user": org.person,
                    "isGuest": org.guest,
                    "isCurrent": org.current,
                }
                for org in mine
            ]
        }
    )


@get("/domains")
async def read_domains(tx: NamedDependency[Tx], actor: NamedDependency[Actor]) -> Response[bytes]:
    """GET /hubbub/domains — {domains, lookAlikes: [{domain, own, reason, createdDate}]}: the org's domains, and those
    founded elsewhere that look like them (reason: letters, one letter, name); 403 unless for a moderator."""
    like = await queries.look_alikes(tx, actor)
    return json_answer(
        {
            "domains": await queries.own_domains(tx, actor),
            "lookAlikes": [
                {
                    "domain": each.domain,
                    "own": each.own,
                    "reason": each.reason,
                    "createdDate": connect_date(each.created_at),
                }
                for each in like
            ],
        }
    )


HUBBUB = [read_orgs, read_domains]
