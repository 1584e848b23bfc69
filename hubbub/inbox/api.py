"""REST: notifications and their settings, under /services/data/vXX.0/connect."""

from datetime import UTC, datetime
from typing import Any

from litestar import Response, delete, get, patch, post

from hubbub import notify, people
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.ids import Type
from hubbub.core.rest import api_base, boolean, connect_date, input_of, json_answer, whole
from hubbub.inbox import queries
from hubbub.inbox.actions import choose, preferences, usual

Json = dict[str, Any]
MOST = 50
TRIMMED = 80


@get("/notifications")
async def read_notifications(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """GET /connect/notifications — Notification Collection, the newest first: size 1 to 50 (10); before or after, a moment
    of mostRecentActivityDate (ISO 8601); trimMessages (true) cuts messages to 80 characters. Reading changes nothing."""
    size = whole(request, "size", 10, 1, MOST)
    before, after = (_moment(request.query_params.get(name), name) for name in ("before", "after"))
    if before and after:
        raise Invalid("INVALID_INPUT", "Give before or after, not both.", fields=["before", "after"])
    sight = await queries.sight(tx, actor)
    found = await notify.notices(
        tx,
        actor,
        sight,
        size=size,
        before=(before, 0) if before else None,
        after=(after, 2**62) if after else None,
    )
    return await _collection(request, tx, actor, found)


@patch("/notifications")
async def change_notifications(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """PATCH /connect/notifications — {"read" or "seen": boolean} for notificationIds (50 at most, a list or with commas
    between), or for all before a moment (ISO 8601), or for all; answers the Notification Collection of what was named."""
    given = await input_of(request)
    read, seen = _marks(given)
    asked = given.get("notificationIds")
    keys = asked.split(",") if isinstance(asked, str) else asked
    if keys is not None and (not isinstance(keys, list) or len(keys) > MOST):
        raise Invalid("INVALID_INPUT", f"notificationIds are at most {MOST} ids.", fields=["notificationIds"])
    named = [ids.parse(key, Type.NOTICE) for key in keys] if keys is not None else None
    before = _moment(given.get("before"), "before")
    sight = await queries.sight(tx, actor)
    await notify.change(tx, actor, sight, notice_ids=named, until=before, read=read, seen=seen)
    found = await notify.notices(
        tx, actor, sight, size=MOST, before=(before, 2**62) if before else None, notice_ids=named
    )
    if named is not None and len(found) < len(set(named)):
        raise NotFound()
    return await _collection(request, tx, actor, found)


@get("/notifications/status")
async def read_status(tx: Transaction, actor: people.Me) -> Response[bytes]:
    """GET /connect/notifications/status — unreadCount and unseenCount (100 means more than 99), oldestUnread, oldestUnseen
    and lastActivity (ISO 8601 or null): of what I may see now."""
    status = await notify.status(tx, actor, await queries.sight(tx, actor))
    return json_answer(
        {
            "lastActivity": _date(status.last_activity),
            "oldestUnread": _date(status.oldest_unread),
            "oldestUnseen": _date(status.oldest_unseen),
            "unreadCount": status.unread,
            "unseenCount": status.unseen,
        }
    )


@get("/notifications/{key:str}")
async def read_notification(
    request: Request, tx: Transaction, actor: people.Me, key: InPath
) -> Response[bytes]:
    """GET /connect/notifications/{id} — one of my notices; 404 while I may not see what it is about."""
    return await _one(request, tx, actor, key)


@patch("/notifications/{key:str}")
async def change_notification(
    request: Request, tx: Transaction, actor: people.Me, key: InPath
) -> Response[bytes]:
    """PATCH /connect/notifications/{id} — {"read" or "seen": boolean}; answers the Notification. Read is seen, too."""
    read, seen = _marks(await input_of(request))
    sight = await queries.sight(tx, actor)
    notice = await notify.access_notice(tx, actor, ids.parse(key, Type.NOTICE), sight)
    await notify.change(tx, actor, sight, notice_ids=[notice.id], read=read, seen=seen)
    return await _one(request, tx, actor, key)


# --- settings ------------------------------------------------------------------------------------------------------


@get("/notifications/settings/organization")
async def read_settings(tx: Transaction, actor: people.Me) -> Response[bytes]:
    """GET /connect/notifications/settings/organization — Notification Settings Collection: for each type whether I am told
    (desktopEnabled), and follow_created: do I follow what I create?"""
    on = await preferences(tx, actor)
    return json_answer({"notificationSettings": [_setting(name, value) for name, value in on.items()]})


@get("/notifications/settings/organization/{kind:str}")
async def read_setting(tx: Transaction, actor: people.Me, kind: InPath) -> Response[bytes]:
    """GET /connect/notifications/settings/organization/{type} — one Notification Setting of mine."""
    return await _one_setting(tx, actor, kind)


@post("/notifications/settings/organization/{kind:str}", status_code=200)
async def change_setting(
    request: Request, tx: Transaction, actor: people.Me, kind: InPath
) -> Response[bytes]:
    """POST /connect/notifications/settings/organization/{type} — {"desktopEnabled": boolean} for myself; answers it."""
    await _one_setting(tx, actor, kind)
    await choose(tx, actor, {kind: boolean(await input_of(request), "desktopEnabled")})
    return await _one_setting(tx, actor, kind)


@delete("/notifications/settings/organization/{kind:str}", status_code=204)
async def reset_setting(tx: Transaction, actor: people.Me, kind: InPath) -> None:
    """DELETE /connect/notifications/settings/organization/{type} — it is as usual again; 204."""
    await _one_setting(tx, actor, kind)
    await choose(tx, actor, {kind: usual(kind)})


async def _one_setting(tx: Tx, actor: people.Actor, kind: str) -> Response[bytes]:
    on = await preferences(tx, actor)
    if kind not in on:
        raise NotFound()
    return json_answer(_setting(kind, on[kind]))


def _setting(name: str, on: bool) -> Json:
    return {
        "apiName": name,
        "desktopEnabled": on,
        "emailEnabled": False,
        "mobileEnabled": False,
        "slackEnabled": False,
    }


# --- shapes --------------------------------------------------------------------------------------------------------


async def _one(request: Request, tx: Tx, actor: people.Actor, key: str) -> Response[bytes]:
    sight = await queries.sight(tx, actor)
    notice = await notify.access_notice(tx, actor, ids.parse(key, Type.NOTICE), sight)
    (line,) = await queries.lines(tx, actor, [notice])
    return json_answer(_notification(request, actor, line, None))


async def _collection(
    request: Request, tx: Tx, actor: people.Actor, found: list[notify.Notice]
) -> Response[bytes]:
    trim = TRIMMED if request.query_params.get("trimMessages", "true") != "false" else None
    lines = await queries.lines(tx, actor, found)
    return json_answer({"notifications": [_notification(request, actor, line, trim) for line in lines]})


def _notification(request: Request, actor: people.Actor, line: queries.Line, most: int | None) -> Json:
    said = line.excerpt if most is None or len(line.excerpt) <= most else line.excerpt[: most - 1] + "…"
    image = f"/profilephoto/{line.actor.key}/T" if isinstance(line.actor, people.Person) else None
    return {
        "additionalData": "",
        "communityId": None,
        "communityName": None,
        "count": line.count,
        "id": line.key,
        "image": image,
        "lastModified": connect_date(line.last_at),
        "messageBody": said,
        "messageTitle": line.title,
        "mostRecentActivityDate": connect_date(line.last_at),
        "organizationId": ids.show(ids.make(Type.ORG, actor.org_id)),
        "read": line.read,
        "recipientId": ids.show(actor.id),
        "seen": line.seen,
        "target": ids.show(line.thread_id),
        "targetPageRef": None,
        "type": line.kind,
        "url": f"{api_base(request)}/connect/notifications/{line.key}",
    }


def _marks(given: Json) -> tuple[bool | None, bool | None]:
    read, seen = (boolean(given, name) if given.get(name) is not None else None for name in ("read", "seen"))
    if read is None and seen is None:
        raise Invalid("MISSING_ARGUMENT", "read or seen is missing.", fields=["read", "seen"])
    if read and seen is False:
        raise Invalid("INVALID_INPUT", "What is read has been seen.", fields=["read", "seen"])
    return read, seen


def _date(moment: datetime | None) -> str | None:
    return connect_date(moment) if moment else None


def _moment(text: object, name: str) -> datetime | None:
    if text is None or text == "":
        return None
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Invalid(
            "INVALID_INPUT", f"{name} is a moment with its zone, such as 2026-12-01T09:00:00Z.", fields=[name]
        )
    return moment.astimezone(UTC)


ROUTES = [
    read_notifications,
    change_notifications,
    read_status,
    read_notification,
    change_notification,
    read_settings,
    read_setting,
    change_setting,
    reset_setting,
]
