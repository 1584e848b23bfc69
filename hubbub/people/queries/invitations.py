"""Reads of invitations."""

from datetime import datetime

import msgspec

from hubbub.core import ids, mail
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.ids import Type
from hubbub.people.access import Actor
from hubbub.people.access.invitations import INVITATION_ROW, Invitation, own

STATES = {
    "open": "i.state in ('waiting', 'sent') and (i.expires_at is null or i.expires_at > now())",
    "expired": "i.state = 'sent' and i.expires_at <= now()",
    "accepted": "i.state = 'accepted'",
    "withdrawn": "i.state = 'withdrawn'",
}


async def invitations(
    tx: Tx,
    actor: Actor,
    *,
    state: str | None = None,
    after: tuple[datetime, int] | None = None,
    size: int = 50,
) -> tuple[list[Invitation], bool]:
    """My invitations, an administrator's those of all, the latest first and from that moment and id on; and whether there
    are more. `state`: one of STATES."""
    found = await tx.rows(
        f"""{INVITATION_ROW} and {own(actor)} {f"and {STATES[state]}" if state else ""}
            {"and (i.created_at, i.id) < (%(at)s, %(after)s)" if after else ""}
            order by i.created_at desc, i.id desc limit %(limit)s""",
        {
            "viewer": actor.user_id,
            "at": after[0] if after else None,
            "after": after[1] if after else None,
            "limit": size + 1,
        },
        into=Invitation,
    )
    shown = found[:size]
    refused = await mail.refused(tx, {each.mail_id for each in shown if each.mail_id})
    return [msgspec.structs.replace(each, refused=refused.get(each.mail_id or "")) for each in shown], len(
        found
    ) > size


async def count_waiting(tx: Tx, actor: Actor) -> int:
    """How many of the invitations that the actor sees wait for their mail to be written."""
    return await tx.value(
        f"select count(*) from invitation i where i.org_id = %(org)s and i.state = 'waiting' and {own(actor)}",
        {"viewer": actor.user_id},
    )


def place(text: str | None) -> tuple[datetime, int] | None:
    """Where the last page ended: the id and moment of its last invitation, as an address has them."""
    key, comma, moment = (text or "").partition(",")
    if not comma:
        return None
    try:
        at, id = datetime.fromisoformat(moment.replace(" ", "+")), ids.parse(key, Type.INVITATION)
    except (ValueError, Invalid):
        raise NotFound() from None
    if at.tzinfo is None:
        raise NotFound()
    return at, id
