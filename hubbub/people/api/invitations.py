"""Invitations: who was asked to come, and who may ask."""

from urllib.parse import urlencode

from litestar import Response, delete, get, patch, post

from hubbub.core import ids
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.ids import Type
from hubbub.core.rest import api_base, connect_date, input_of, json_answer, whole
from hubbub.people import queries
from hubbub.people.access import Me
from hubbub.people.access.invitations import access_inviting, inviters
from hubbub.people.actions import invite, send_again, set_inviters, withdraw_invitation
from hubbub.people.queries.invitations import STATES, place


@get("/invitations")
async def read_invitations(request: Request, tx: Transaction, actor: Me) -> Response[bytes]:
    """GET /hubbub/invitations — {invitations: [{id, email, state, invitedBy, userId, sentDate, expiresDate}], nextPageUrl,
    inviters}: those of the user, an administrator's those of all, the latest first; state (open, expired, accepted,
    withdrawn), pageSize 1 to 250 (50). `inviters` (inside, administrators) is who may invite; 404 for guests."""
    if actor.guest:
        raise NotFound()
    state = request.query_params.get("state")
    if state is not None and state not in STATES:
        raise Invalid("INVALID_INPUT", f"state is one of {', '.join(STATES)}.", fields=["state"])
    size = whole(request, "pageSize", 50, 1, 250)
    found, more = await queries.invitations(
        tx, actor, state=state, after=place(request.query_params.get("page")), size=size
    )
    kept = {"state": state} if state else {}
    last = {"pageSize": size, "page": f"{found[-1].key},{found[-1].created_at.isoformat()}"} if more else {}
    return json_answer(
        {
            "invitations": [
                {
                    "id": each.key,
                    "email": each.email,
                    "state": each.shown_state,
                    "invitedBy": ids.show(each.inviter_id),
                    "userId": ids.show(each.accepted_by) if each.accepted_by else None,
                    "sentDate": connect_date(each.sent_at) if each.sent_at else None,
                    "expiresDate": connect_date(each.expires_at) if each.expires_at else None,
                }
                for each in found
            ],
            "nextPageUrl": f"{api_base(request)}/hubbub/invitations?{urlencode(kept | last)}"
            if more
            else None,
            "inviters": await inviters(tx),
        }
    )


@post("/invitations")
async def create_invitations(request: Request, tx: Transaction, actor: Me) -> Response[bytes]:
    """POST /hubbub/invitations {invitees: [address], message, sure} — Invite Collection: each Invite with email, status
    (Invited, ActedUponUser, NoActionNeededUser, Unhandled), userId and a reason. Up to 1,000 at a time, 2,000 a day for the
    org (429). A domain that may be taken for the org's own is Unhandled unless `sure`; 403 for who may not invite."""
    await access_inviting(tx, actor)
    given = await input_of(request)
    invitees, message = given.get("invitees"), given.get("message") or ""
    if not isinstance(invitees, list) or not all(isinstance(each, str) for each in invitees):
        raise Invalid("INVALID_INPUT", "Send invitees, a list of e-mail addresses.", fields=["invitees"])
    if not isinstance(message, str):
        raise Invalid("INVALID_INPUT", "message is a text.", fields=["message"])
    outcomes = await invite(
        tx, actor, request.app.state.settings, invitees, message, sure=given.get("sure") is True
    )
    return json_answer(
        {
            "invitations": [
                {
                    "email": each.email,
                    "status": each.status,
                    "userId": ids.show(each.user_id) if each.user_id else None,
                    "reason": str(each.reason) if each.reason else None,
                }
                for each in outcomes
            ]
        },
        201,
    )


@patch("/invitations")
async def update_inviters(request: Request, tx: Transaction, actor: Me) -> Response[bytes]:
    """PATCH /hubbub/invitations {inviters} — who may invite: inside or administrators; answers {inviters}; 403 unless by an
    administrator."""
    if actor.guest:
        raise NotFound()
    await set_inviters(tx, actor, str((await input_of(request)).get("inviters", "")))
    return json_answer({"inviters": await inviters(tx)})


@post("/invitations/{key:str}/mails", status_code=204)
async def repeat_invitation(request: Request, tx: Transaction, actor: Me, key: InPath) -> None:
    """POST /hubbub/invitations/{id}/mails — send it once more, with a new link; 429 within ten minutes, 403 once somebody
    came by it or it was withdrawn, 404 for who does not see it."""
    await send_again(tx, actor, request.app.state.settings, _invitation_id(key))


@delete("/invitations/{key:str}", status_code=204)
async def remove_invitation(tx: Transaction, actor: Me, key: InPath) -> None:
    """DELETE /hubbub/invitations/{id} — withdraw it: its link stops working; 403 once somebody came by it, 404 for who does
    not see it."""
    await withdraw_invitation(tx, actor, _invitation_id(key))


def _invitation_id(key: str) -> int:
    try:
        return ids.parse(key, Type.INVITATION)
    except Invalid:
        raise NotFound() from None


HUBBUB = [read_invitations, create_invitations, update_inviters, repeat_invitation, remove_invitation]
