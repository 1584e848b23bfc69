"""REST: asking for help, which Salesforce has no resource for. Mounted under /services/data/vXX.0/hubbub.

What is asked is a feed element with the capabilities `questionAndAnswers` and `ask`; it is answered, liked and chosen by
the resources of the feed.
"""

from urllib.parse import urlencode

from litestar import Response, get, post

from hubbub import people, records
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Forbidden, Invalid
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.ids import Type
from hubbub.core.rest import api_base, boolean, input_of, json_answer, whole
from hubbub.feed import actions, queries
from hubbub.feed.api.asking import body_of, has_body, shaper, shown_in


@get("/asks")
async def asks(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """GET /hubbub/asks?recordId= — what was asked on a record, as feed elements, the newest first: {asks: [Feed Item],
    nextPageUrl}; pageSize (1 to 100, 25), `page` the id of the last one of the page before."""
    record_id = _record_id(request.query_params.get("recordId"))
    await records.access_record(tx, actor, record_id)
    size, before = whole(request, "pageSize", 25, 1, 100), request.query_params.get("page")
    found = await queries.asks_on(
        tx, actor, record_id, before=ids.parse(before, Type.FEED_ITEM) if before else None, size=size + 1
    )
    items = await queries.items(tx, actor, found[:size])
    shape = await shaper(request, tx, actor, shown_in(items))
    asked = {"recordId": ids.show(record_id)} | ({"pageSize": size} if size != 25 else {})
    more = (
        f"{api_base(request)}/hubbub/asks?" + urlencode(asked | {"page": items[-1].key})
        if len(found) > size
        else None
    )
    return json_answer({"asks": [shape.item(item) for item in items], "nextPageUrl": more})


@post("/asks")
async def create_ask(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """POST /hubbub/asks — {recordId, kind (advice, review, answer, introduction, work), urgency (whenever, week, today),
    title, body or text, team (true: my team), userIds (at most 50 in all), inRecordsName (true: nobody is told who
    asks)}; answers 201 and the Feed Item. 400 for somebody who cannot see the record, 403 for guests."""
    given = await input_of(request)
    record_id = _record_id(given.get("recordId"))
    await records.access_record(tx, actor, record_id)
    sealed = boolean(given, "inRecordsName") if "inRecordsName" in given else False
    user_ids = given.get("userIds", [])
    if not isinstance(user_ids, list):
        raise Invalid("INVALID_INPUT", "userIds is a list of ids.", fields=["userIds"])
    asked = dict.fromkeys((ids.parse(each, Type.USER) for each in user_ids), "chosen")
    if "team" in given and boolean(given, "team"):
        mates = await queries.team(tx, actor, record_id, sealed=sealed)
        asked = dict.fromkeys((person.id for person in mates), "team") | asked
    item_id = await actions.ask(
        tx,
        actor,
        record_id=record_id,
        need=str(given.get("kind", "advice")),
        urgency=str(given.get("urgency", "whenever")),
        title=given.get("title"),
        body=await body_of(tx, actor, given) if has_body(given) else [],
        asked=asked,
        sealed=sealed,
    )
    return await _element(request, tx, actor, item_id)


@get("/asks/experts")
async def experts(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """GET /hubbub/asks/experts?recordId= — whom to ask, the best first: {experts: [{user, reasons: [text], canSee}], team:
    [User Summary]}. Only what the reader may read counts; who cannot see the record cannot be asked."""
    record_id = _record_id(request.query_params.get("recordId"))
    await records.access_record(tx, actor, record_id)
    if actor.guest:
        raise Forbidden("Guests ask by writing where something was shared with them.")
    found = await queries.experts(tx, actor, record_id)
    team = await queries.team(tx, actor, record_id)
    shape = await shaper(request, tx, actor, {each.person.id for each in found} | {each.id for each in team})
    return json_answer(
        {
            "experts": [
                {
                    "canSee": each.may_see,
                    "reasons": [shape.text(str(reason)) for reason in each.reasons],
                    "user": shape.person(each.person),
                }
                for each in found
            ],
            "team": [shape.person(each) for each in team],
        }
    )


@post("/asks/{key:str}/publications")
async def publish(request: Request, tx: Transaction, actor: people.Me, key: InPath) -> Response[bytes]:
    """POST /hubbub/asks/{feedElementId}/publications — {commentId, title, body or text, nameHelper (true)}: publish an
    answer, worded anew, as a post in the record's name without who asked; answers 201 and that Feed Item. For who asked
    and moderators, others get 403; 409 when it was published before."""
    given = await input_of(request)
    published_id = await actions.publish_answer(
        tx,
        actor,
        ids.parse(key, Type.FEED_ITEM),
        ids.parse(given.get("commentId"), Type.COMMENT),
        title=given.get("title"),
        answer=await body_of(tx, actor, given),
        name_helper=boolean(given, "nameHelper") if "nameHelper" in given else True,
    )
    return await _element(request, tx, actor, published_id)


async def _element(request: Request, tx: Tx, actor: people.Actor, item_id: int) -> Response[bytes]:
    item = await queries.item(tx, actor, item_id)
    unreached = await queries.unreached(tx, actor, item_id, item.body)
    return json_answer((await shaper(request, tx, actor, shown_in([item]), unreached)).item(item), 201)


def _record_id(key: object) -> int:
    found = ids.parse(key)
    if ids.type_of(found) in (Type.USER, Type.TOPIC):
        raise Invalid("INVALID_INPUT", "recordId is the id of a record.", fields=["recordId"])
    return found


ROUTES = [asks, create_ask, experts, publish]
