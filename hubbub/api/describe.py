"""The list of objects and all about each, as Salesforce's describe tells it."""

from functools import cache
from typing import Any

from litestar import Response, get

from hubbub import feed, objects, people, records
from hubbub.api import setup_objects
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.ids import Type
from hubbub.core.rest import api_base, json_answer

_NOTHING = records.Rights(read=True)
RECENT = 5


@cache
def user_object() -> objects.Object:
    """User as an object: it is read like one, though people are no records."""
    fields = tuple(
        objects.make_field(
            id=objects.standard_field_id(Type.USER, number),
            name=name,
            label=label,
            type=type,
            column="",
            said={"length": length, "writable": False, "system": True},
        )
        for number, (name, label, type, length, _) in enumerate(people.USER_FIELDS, 1)
    )
    shape = objects.Object(
        code=Type.USER,
        name="User",
        label="User",
        plural="Users",
        access="Read",
        fields=fields,
        index={},
        owned=False,
    )
    return objects.make_object(shape)


def known(him: records.Viewer, name: str) -> tuple[objects.Object, records.Rights]:
    """An object that the viewer may know of, with his rights to it; raises NotFound."""
    if name.lower() == "user":
        return user_object(), _NOTHING
    object = records.access_object(him, name)
    return object, him.can(object)


# OpenActivity and ActivityHistory are read from a record alone: nothing can be done with them but describe them.
_LISTED = records.Rights()
_BELOW_ALONE = dict.fromkeys(
    ("queryable", "retrieveable", "searchable", "replicateable", "layoutable", "mruEnabled"), False
)


def _activity(him: records.Viewer, name: str) -> objects.Object | None:
    return next((each for each in records.activity_objects(him) if each.name.lower() == name.lower()), None)


def _describe_activity(him: records.Viewer, activity: objects.Object, base: str) -> dict[str, Any]:
    whole = objects.describe(
        activity, _LISTED, activity.fields, lambda _: False, him.catalog, base, fed=False
    )
    nowhere = {
        "recordTypeInfos": [],
        "supportedScopes": [],
        "compactLayoutable": False,
        "searchLayoutable": False,
    }
    pages = dict.fromkeys(("uiDetailTemplate", "uiEditTemplate", "uiNewRecord"))
    return whole | _BELOW_ALONE | nowhere | {"urls": whole["urls"] | pages}


@get("/sobjects")
async def list_objects(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """GET /sobjects — the objects that the user may read."""
    him = await records.viewer(tx, actor)
    base = api_base(request)
    seen = [each for each in him.catalog.objects if him.can(each).read]
    setup = await feed.tracking(tx, him)
    found = [objects.summary(each, him.can(each), base, fed=setup.told(each)) for each in seen]
    found.append(objects.summary(user_object(), _NOTHING, base))
    found += [setup_objects.summary(each, base) for each in setup_objects.kinds(him).values()]
    found += [
        objects.summary(each, _LISTED, base, fed=False) | _BELOW_ALONE
        for each in records.activity_objects(him)
    ]
    return json_answer(
        {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": sorted(found, key=lambda each: each["name"])}
    )


def recent_item(base: str, him: records.Viewer, card: records.Card) -> dict[str, Any]:
    """A record as lists of recent ones name it."""
    attributes = {"type": card.object, "url": f"{base}/sobjects/{card.object}/{card.key}"}
    return {
        "attributes": attributes,
        "Id": card.key,
        him.catalog.object(card.object).name_field.name: card.name,
    }


@get("/sobjects/{name:str}")
async def read_object(request: Request, tx: Transaction, actor: people.Me, name: InPath) -> Response[bytes]:
    """GET /sobjects/X — an object in brief, and those of its records that the user opened last."""
    him = await records.viewer(tx, actor)
    base = api_base(request)
    if kind := setup_objects.kinds(him).get(name.lower()):
        return json_answer({"objectDescribe": setup_objects.summary(kind, base), "recentItems": []})
    if activity := _activity(him, name):
        whole = objects.summary(activity, _LISTED, base, fed=False) | _BELOW_ALONE
        return json_answer({"objectDescribe": whole, "recentItems": []})
    object, rights = known(him, name)
    fed = (await feed.tracking(tx, him)).told(object)
    # Nobody keeps which profiles somebody opened.
    opened = (
        [] if object.code == Type.USER else await records.recently_viewed(tx, him, size=RECENT, object=object)
    )
    return json_answer(
        {
            "objectDescribe": objects.summary(object, rights, base, fed=fed),
            "recentItems": [recent_item(base, him, card) for card in opened],
        }
    )


@get("/sobjects/{name:str}/describe")
async def describe_object(
    request: Request, tx: Transaction, actor: people.Me, name: InPath
) -> Response[bytes]:
    """GET /sobjects/X/describe — all about an object, with the fields that the user may read."""
    him = await records.viewer(tx, actor)
    if kind := setup_objects.kinds(him).get(name.lower()):
        return json_answer(setup_objects.describe(him, kind, api_base(request)))
    if activity := _activity(him, name):
        return json_answer(_describe_activity(him, activity, api_base(request)))
    object, rights = known(him, name)
    fields = object.fields if object.code == Type.USER else him.fields(object)
    fields = (*fields, *records.computed_fields(object))
    whole = objects.describe(
        object,
        rights,
        fields,
        lambda field: him.may_edit(object, field),
        him.catalog,
        api_base(request),
        fed=(await feed.tracking(tx, him)).told(object),
    )
    whole["childRelationships"] += [
        objects.child(called, field, name)
        for name, called, field in records.activity_relationships(him, object)
    ]
    return json_answer(whole)


ROUTES = [list_objects, read_object, describe_object]
