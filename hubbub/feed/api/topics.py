"""REST: topics under /connect; the topics of posts, records and people."""

from litestar import Response, delete, get, patch, post, put

from hubbub import people
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.ids import Type
from hubbub.core.rest import input_of, json_answer, whole
from hubbub.feed import actions, queries
from hubbub.feed.access import access_subject, access_tagged, access_topic
from hubbub.feed.api.asking import shaper, user_of
from hubbub.feed.shapes import Json, topics

SORTS = ("popularDesc", "alphaAsc")


# --- topics: under /connect ----------------------------------------------------------------------------------------


@get("/topics")
async def read_topics(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """GET /connect/topics — Topic Collection of those that I know of: q (words of the name), exactMatch, fallBackToRenamedTopics
    (also by names that were merged), sort popularDesc (usual) or alphaAsc, page, pageSize 1 to 100 (25)."""
    size, number = whole(request, "pageSize", 25, 1, 100), whole(request, "page", 0, 0, 10_000)
    sort = request.query_params.get("sort", "popularDesc")
    if sort not in SORTS:
        raise Invalid("INVALID_INPUT", "sort is popularDesc or alphaAsc.", fields=["sort"])
    exact = _true(request, "exactMatch")
    q = request.query_params.get("q", "")
    if exact and not q.strip():
        raise Invalid("MISSING_ARGUMENT", "exactMatch needs a q: the whole name.", fields=["q"])
    found = await queries.directory(
        tx, actor, q=q, exact=exact, merged=_true(request, "fallBackToRenamedTopics"),
        by_name=sort == "alphaAsc", size=size + 1, start=number * size,
    )  # fmt: skip
    asked = ("exactMatch", "fallBackToRenamedTopics", "pageSize", "q", "sort")
    query = {name: request.query_params[name] for name in asked if name in request.query_params}
    shape = await shaper(request, tx, actor)
    body = topics.collection(
        shape, found[:size], shape.connect("/topics"), query, number, more=len(found) > size
    )
    return json_answer(body)


@post("/topics")
async def create_topic(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """POST /connect/topics — {"name" (1 to 150 characters), "description"?}; answers 201 and the Topic. Everybody inside knows
    of it from then on. 400 DUPLICATE_VALUE: there is one."""
    given = await input_of(request)
    made = await actions.create_topic(tx, actor, name=given.get("name"), description=given.get("description"))
    return await _topic(request, tx, actor, made, status=201)


@get("/topics/trending")
async def trending(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """GET /connect/topics/trending — Topic Collection: maxResults 1 to 25 (5) about which more people talk this week than usual,
    of what I see."""
    found = await queries.trending(tx, actor, size=whole(request, "maxResults", 5, 1, 25))
    shape = await shaper(request, tx, actor)
    return json_answer(topics.collection(shape, found, shape.connect("/topics/trending"), {}))


@get("/topics/suggestions")
async def suggestions(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """GET /connect/topics/suggestions — Topic Suggestion Collection for text, or for recordId, a record or a post: maxResults 1
    to 25 (5). First topics that I know of, then names that the text makes much of."""
    size = whole(request, "maxResults", 5, 1, 25)
    text, record = request.query_params.get("text"), request.query_params.get("recordId")
    if (text is None) == (record is None):
        raise Invalid("INVALID_INPUT", "Give text or recordId.", fields=["text", "recordId"])
    if record is None:
        found = await queries.suggest_for_text(tx, actor, text or "", size=size)
    else:
        found = await _suggested(tx, actor, ids.parse(record), size)
    return json_answer(topics.suggestions(await shaper(request, tx, actor), found))


async def _suggested(tx: Tx, actor: people.Actor, tagged_id: int, size: int) -> list[queries.Suggestion]:
    await access_tagged(tx, actor, tagged_id)
    if ids.type_of(tagged_id) == Type.FEED_ITEM:
        return await queries.suggest_for_post(tx, actor, tagged_id, size=size)
    return await queries.suggest_for_record(tx, actor, tagged_id, size=size)


@get("/topics/{key:str}")
async def read_topic(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """GET /connect/topics/{id} — Topic; talkingAbout: how many people posted or commented under it in the last two months, of
    what I see. The id of one that was merged answers the one it is now."""
    found = await access_topic(tx, actor, ids.parse(key, Type.TOPIC))
    return await _topic(request, tx, actor, found)


@patch("/topics/{key:str}")
async def change_topic(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """PATCH /connect/topics/{id} — name (letters' case and spaces only), description (to 2,000 characters), idsToMerge (at most
    5, as a list, or separated by commas); moderators; answers the Topic, which everybody inside knows of from then on."""
    topic_id = await access_topic(tx, actor, ids.parse(key, Type.TOPIC), to="change")
    now = await queries.topic(tx, actor, topic_id)
    given = await input_of(request)
    merge = given.get("idsToMerge") or []
    merge = merge.split(",") if isinstance(merge, str) else merge
    if not isinstance(merge, list):
        raise Invalid("INVALID_INPUT", "idsToMerge is a list of ids.", fields=["idsToMerge"])
    await actions.change_topic(
        tx, actor, topic_id, name=given.get("name", now.name),
        description=given.get("description", now.description),
        merge=[ids.parse(each, Type.TOPIC) for each in merge],
    )  # fmt: skip
    return await _topic(request, tx, actor, topic_id)


@delete("/topics/{key:str}", status_code=204)
async def delete_topic(tx: Transaction, actor: people.Me, key: InPath) -> None:
    """DELETE /connect/topics/{id} — moderators; 204. Nothing stands under it any more; hashtags stay, as words."""
    await actions.delete_topic(tx, actor, ids.parse(key, Type.TOPIC))


@get("/topics/{key:str}/related-topics")
async def related(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """GET /connect/topics/{id}/related-topics — Topic Collection: the five that stand most often on the same posts and records,
    of those that I see."""
    topic_id = await access_topic(tx, actor, ids.parse(key, Type.TOPIC))
    found = await queries.related(tx, actor, topic_id)
    shape = await shaper(request, tx, actor)
    url = shape.connect(f"/topics/{ids.show(topic_id)}/related-topics")
    return json_answer(topics.collection(shape, found, url, {}))


@get("/topics/{key:str}/knowledgeable-users")
async def knowledgeable_users(
    request: Request, tx: Transaction, actor: people.Me, key: InPath
) -> Response[bytes]:
    """GET /connect/topics/{id}/knowledgeable-users — Knowledgeable People Collection: page, pageSize 1 to 100 (25). Colleagues by
    what they said under it where I see it; `activity` tells their posts, comments, likes and best answers."""
    topic_id = await access_topic(tx, actor, ids.parse(key, Type.TOPIC))
    size, number = whole(request, "pageSize", 25, 1, 100), whole(request, "page", 0, 0, 10_000)
    found = await queries.talkers(tx, actor, topic_id, size=size + 1, start=number * size)
    shape = await shaper(request, tx, actor, {each.person.id for each in found})
    url, query = shape.connect(f"/topics/{ids.show(topic_id)}/knowledgeable-users"), _sized(size)
    return json_answer(topics.talkers(shape, found[:size], url, query, number, more=len(found) > size))


async def _topic(
    request: Request, tx: Tx, actor: people.Actor, topic_id: int, status: int = 200
) -> Response[bytes]:
    found = await queries.topic(tx, actor, topic_id)
    return json_answer(topics.topic(await shaper(request, tx, actor), found), status)


# --- the topics of records and posts -------------------------------------------------------------------------------


@get("/records/{key:str}/topics")
async def record_topics(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """GET /connect/records/{id}/topics — Topic Collection of a record or post that I see."""
    tagged_id = ids.parse(key)
    await access_tagged(tx, actor, tagged_id)
    return await _tagged(request, tx, actor, tagged_id)


@post("/records/{key:str}/topics")
async def add_record_topic(
    request: Request, tx: Transaction, actor: people.Me, key: InPath
) -> Response[bytes]:
    """POST /connect/records/{id}/topics — {"topicId"} or {"topicName"}; answers 201 and the Topic. Of a record who may edit it,
    of a post its author too, and moderators; at most 100 on a record, 10 on a post."""
    return await add_topic_to(request, tx, actor, ids.parse(key))


@put("/records/{key:str}/topics")
async def set_record_topics(
    request: Request, tx: Transaction, actor: people.Me, key: InPath
) -> Response[bytes]:
    """PUT /connect/records/{id}/topics — {"topicNames"} replace those of a record, at most 100; answers the Topic Collection.
    topicSuggestions are taken and change nothing."""
    record_id = ids.parse(key)
    await access_tagged(tx, actor, record_id)
    names = (await input_of(request)).get("topicNames")
    if ids.type_of(record_id) == Type.FEED_ITEM:
        raise NotFound()
    if not isinstance(names, list):
        raise Invalid("MISSING_ARGUMENT", "topicNames is missing: a list of names.", fields=["topicNames"])
    await actions.set_topics(tx, actor, record_id, names)
    return await _tagged(request, tx, actor, record_id)


@delete("/records/{key:str}/topics", status_code=204)
async def remove_record_topic(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> None:
    """DELETE /connect/records/{id}/topics?topicId= — 204; who may add them may."""
    await remove_topic_from(request, tx, actor, ids.parse(key))


@get("/feed-elements/{key:str}/capabilities/topics")
async def element_topics(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """GET …/capabilities/topics — Topics Capability: canAssignTopics, and items, which tell all of each topic."""
    item_id = ids.parse(key, Type.FEED_ITEM)
    await access_tagged(tx, actor, item_id)
    found = await queries.tagged_topics(tx, actor, item_id)
    shape = await shaper(request, tx, actor)
    may = await queries.may_choose_topics(tx, actor, item_id)
    return json_answer({"canAssignTopics": may, "items": [topics.topic(shape, each) for each in found]})


@post("/feed-elements/{key:str}/capabilities/topics")
async def add_element_topic(
    request: Request, tx: Transaction, actor: people.Me, key: InPath
) -> Response[bytes]:
    """POST …/capabilities/topics — {"topicId"} or {"topicName"}; answers 201 and the Topic. At most 10 on a post."""
    return await add_topic_to(request, tx, actor, ids.parse(key, Type.FEED_ITEM))


@delete("/feed-elements/{key:str}/capabilities/topics", status_code=204)
async def remove_element_topic(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> None:
    """DELETE …/capabilities/topics?topicId= — 204; a hashtag in the body stays, as a word."""
    await remove_topic_from(request, tx, actor, ids.parse(key, Type.FEED_ITEM))


async def add_topic_to(request: Request, tx: Tx, actor: people.Actor, tagged_id: int) -> Response[bytes]:
    await access_tagged(tx, actor, tagged_id)
    given = await input_of(request)
    name = given.get("topicName")
    if given.get("topicId"):
        named = await access_topic(tx, actor, ids.parse(given["topicId"], Type.TOPIC))
        name = (await queries.topic(tx, actor, named)).name
    if name is None:
        raise Invalid("MISSING_ARGUMENT", "topicId or topicName is missing.", fields=["topicId", "topicName"])
    return await _topic(request, tx, actor, await actions.add_topic(tx, actor, tagged_id, name), status=201)


async def remove_topic_from(request: Request, tx: Tx, actor: people.Actor, tagged_id: int) -> None:
    await access_tagged(tx, actor, tagged_id)
    topic_id = (await input_of(request)).get("topicId")
    if not topic_id:
        raise Invalid("MISSING_ARGUMENT", "topicId is missing.", fields=["topicId"])
    await actions.remove_topic(tx, actor, tagged_id, ids.parse(topic_id, Type.TOPIC))


async def _tagged(request: Request, tx: Tx, actor: people.Actor, tagged_id: int) -> Response[bytes]:
    found = await queries.tagged_topics(tx, actor, tagged_id)
    shape = await shaper(request, tx, actor)
    url = shape.connect(f"/records/{ids.show(tagged_id)}/topics")
    return json_answer(topics.collection(shape, found, url, {}))


# --- of people -----------------------------------------------------------------------------------------------------


@get("/users/{key:str}/topics")
async def user_topics(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """GET /chatter/users/{id}/topics — Topic Collection: the five under which he posted last, of what I see."""
    user_id = user_of(key, actor)
    await access_subject(tx, actor, user_id)
    found = await queries.recent_topics(tx, actor, user_id)
    shape = await shaper(request, tx, actor)
    return json_answer(topics.collection(shape, found, shape.url(f"/users/{ids.show(user_id)}/topics"), {}))


@get("/users/{key:str}/knowledgeable-about-topics")
async def user_knowledge(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """GET /chatter/users/{id}/knowledgeable-about-topics — Topics People Are Knowledgeable About Collection: page, pageSize 1 to
    100 (25); by what he said where I see it."""
    user_id = user_of(key, actor)
    await access_subject(tx, actor, user_id)
    size, number = whole(request, "pageSize", 25, 1, 100), whole(request, "page", 0, 0, 10_000)
    found = await queries.knowledge(tx, actor, user_id, size=size + 1, start=number * size)
    shape = await shaper(request, tx, actor)
    url = shape.url(f"/users/{ids.show(user_id)}/knowledgeable-about-topics")
    more = len(found) > size
    return json_answer(topics.knowledge(shape, user_id, found[:size], url, _sized(size), number, more=more))


def _true(request: Request, name: str) -> bool:
    given = request.query_params.get(name, "false").lower()
    if given not in ("true", "false"):
        raise Invalid("INVALID_INPUT", f"{name} is true or false.", fields=[name])
    return given == "true"


def _sized(size: int) -> Json:
    return {"pageSize": size} if size != 25 else {}


CONNECT = [
    read_topics,
    create_topic,
    trending,
    suggestions,
    read_topic,
    change_topic,
    delete_topic,
    related,
    knowledgeable_users,
    record_topics,
    add_record_topic,
    set_record_topics,
    remove_record_topic,
]

ROUTES = [element_topics, add_element_topic, remove_element_topic, user_topics, user_knowledge]
