"""REST: what is announced to the company."""

from litestar import Response, delete, get, patch, post

from hubbub import people
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.ids import Type
from hubbub.core.rest import boolean, connect_date, input_of, json_answer, whole
from hubbub.feed import actions, queries
from hubbub.feed.api.asking import body_of, has_body, shaper, shown_in
from hubbub.feed.shapes import Json, Shaper


@get("/announcements")
async def announcements(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """GET /chatter/announcements — Announcement Page: the newest first, also those that expired or were archived; parentId
    the organization's id (usual), page from 0, pageSize 1 to 250 (25). 404 for guests."""
    _check_parent(request.query_params.get("parentId"), actor)
    page, size = whole(request, "page", 0, 0, 10_000), whole(request, "pageSize", 25, 1, 250)
    found = await queries.announcements(tx, actor, size=size + 1, start=page * size)
    shape = await shaper(request, tx, actor, shown_in([each.item for each in found]))

    def url(number: int) -> str:
        return shape.url("/announcements", page=str(number), pageSize=str(size))

    return json_answer(
        {
            "announcements": [announcement(shape, each) for each in found[:size]],
            "currentPageUrl": url(page),
            "nextPageUrl": url(page + 1) if len(found) > size else None,
            "previousPageUrl": url(page - 1) if page else None,
        }
    )


@post("/announcements")
async def announce(request: Request, tx: Transaction, actor: people.Me) -> Response[bytes]:
    """POST /chatter/announcements {body, expirationDate (a day of mine, to its end, or a moment; within a year), parentId (the
    organization's id, usual), sendEmails: a mail tells everybody of it, five times a day at most (429); Hubbub's own mustRead} —
    201 and the Announcement; 403 unless by a moderator. feedItemId instead of body announces a post that is there already and
    that everybody inside sees: 400 for others, and for what is announced already; 404 for what the user does not see."""
    given = await input_of(request)
    _check_parent(given.get("parentId"), actor)
    item = given.get("feedItemId")
    if not item and not has_body(given):
        raise Invalid("REQUIRED_FIELD_MISSING", "body is missing.", fields=["body"])
    if item and has_body(given):
        raise Invalid("INVALID_INPUT", "Announce either a body or a post.", fields=["body", "feedItemId"])
    item_id = ids.parse(item, Type.FEED_ITEM) if item else None
    expires_at = actions.last_moment(actor, given.get("expirationDate"))
    must_read = "mustRead" in given and boolean(given, "mustRead")
    mails = given.get("sendEmails") and boolean(given, "sendEmails")
    mailed_by = request.app.state.settings if mails else None
    if item_id is not None:
        made = await actions.announce_item(
            tx, actor, item_id, expires_at=expires_at, must_read=must_read, mailed_by=mailed_by
        )
    else:
        made = await actions.announce(
            tx,
            actor,
            body=await body_of(tx, actor, given),
            expires_at=expires_at,
            must_read=must_read,
            mailed_by=mailed_by,
        )
    return await _answer(request, tx, actor, made, 201)


@get("/announcements/{key:str}")
async def read_announcement(
    request: Request, tx: Transaction, actor: people.Me, key: InPath
) -> Response[bytes]:
    """GET /chatter/announcements/{id} — Announcement, with Hubbub's own mustRead, isReadByMe and lastReadDateByMe."""
    return await _answer(request, tx, actor, ids.parse(key, Type.ANNOUNCEMENT))


@patch("/announcements/{key:str}")
async def change_announcement(
    request: Request, tx: Transaction, actor: people.Me, key: InPath
) -> Response[bytes]:
    """PATCH /chatter/announcements/{id} {expirationDate, isArchived} — lets it stand longer, or takes it from the top of the
    feed; the Announcement. For moderators, 403 for others."""
    announcement_id = ids.parse(key, Type.ANNOUNCEMENT)
    await queries.access_announcement(tx, actor, announcement_id, to="change")
    given = await input_of(request)
    await actions.change_announcement(
        tx,
        actor,
        announcement_id,
        expires_at=actions.last_moment(actor, given["expirationDate"]) if "expirationDate" in given else None,
        archived=boolean(given, "isArchived") if "isArchived" in given else None,
    )
    return await _answer(request, tx, actor, announcement_id)


@delete("/announcements/{key:str}", status_code=204)
async def delete_announcement(tx: Transaction, actor: people.Me, key: InPath) -> None:
    """DELETE /chatter/announcements/{id} — takes it away with its post, but a post that was there before it stays;
    204. For moderators, 403 for others."""
    await actions.delete_announcement(tx, actor, ids.parse(key, Type.ANNOUNCEMENT))


@post("/announcements/{key:str}/acknowledgements", status_code=204)
async def acknowledge(tx: Transaction, actor: people.Me, key: InPath) -> None:
    """POST /chatter/announcements/{id}/acknowledgements — I have read it; 204. Hubbub's own."""
    await actions.acknowledge(tx, actor, ids.parse(key, Type.ANNOUNCEMENT))


@get("/announcements/{key:str}/acknowledgements")
async def acknowledgements(
    request: Request, tx: Transaction, actor: people.Me, key: InPath
) -> Response[bytes]:
    """GET /chatter/announcements/{id}/acknowledgements — for moderators, 403 for others: {"read": [{"user", "readDate"}],
    "readTotal", "unread": [User Summary], "unreadTotal"}, 500 names of each at most. Hubbub's own."""
    found = await queries.access_announcement(tx, actor, ids.parse(key, Type.ANNOUNCEMENT), to="change")
    readers = await queries.announcement_readers(tx, actor, found)
    named = {each.user.id for each in (*readers.has, *readers.has_not)}
    shape = await shaper(request, tx, actor, named)
    return json_answer(
        {
            "read": [
                {"readDate": connect_date(each.read_at), "user": shape.person(each.user)}
                for each in readers.has
                if each.read_at
            ],
            "readTotal": readers.read_total,
            "unread": [shape.person(each.user) for each in readers.has_not],
            "unreadTotal": readers.unread_total,
        }
    )


async def _answer(
    request: Request, tx: Tx, actor: people.Actor, announcement_id: int, status: int = 200
) -> Response[bytes]:
    found = await queries.access_announcement(tx, actor, announcement_id)
    shape = await shaper(request, tx, actor, shown_in([found.item]))
    return json_answer(announcement(shape, found), status)


def announcement(shape: Shaper, found: queries.Announcement) -> Json:
    """Announcement."""
    return {
        "expirationDate": connect_date(found.expires_at),
        "feedElement": shape.item(found.item),
        "id": found.key,
        "isArchived": found.archived,
        "isReadByMe": found.read_at is not None,
        "lastReadDateByMe": connect_date(found.read_at) if found.read_at else None,
        "mustRead": found.must_read,
        "sendEmails": found.mailed,
        "url": shape.url(f"/announcements/{found.key}"),
    }


def _check_parent(given: object, actor: people.Actor) -> None:
    if given and ids.parse(given) != ids.make(Type.ORG, actor.org_id):
        raise NotFound()


ROUTES = [
    announcements,
    announce,
    read_announcement,
    change_announcement,
    delete_announcement,
    acknowledge,
    acknowledgements,
]
