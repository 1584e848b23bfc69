"""Who may invite, and whose invitations somebody sees: his own, and administrators all."""

from datetime import datetime

import msgspec

from hubbub.core import clock, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Forbidden, NotFound
from hubbub.people.access.actors import Actor

INVITERS = ("inside", "administrators")


class Invitation(msgspec.Struct, frozen=True):
    """Somebody who was asked to join the org."""

    id: int
    email: str
    state: str  # 'waiting' (for the worker), 'sent', 'accepted' or 'withdrawn'
    created_at: datetime
    sent_at: datetime | None
    expires_at: datetime | None
    inviter_id: int
    inviter: str
    accepted_by: int | None
    mail_id: str | None
    refused: str | None = None  # why the mail server did not take it

    @property
    def key(self) -> str:
        return ids.show(self.id)

    @property
    def shown_state(self) -> str:
        """The state as people are told it: 'waiting', 'sent', 'expired', 'refused' (by the mail server), 'accepted',
        'withdrawn'."""
        if self.state == "sent" and self.expires_at and self.expires_at <= clock.now():
            return "expired"
        return "refused" if self.state == "sent" and self.refused is not None else self.state

    @property
    def open(self) -> bool:
        return self.state in ("waiting", "sent")


INVITATION_ROW = """select i.id, i.email, i.state, i.created_at, i.sent_at, i.expires_at, i.invited_by, u.name, i.accepted_by,
       i.mail_id
from invitation i join app_user u on u.org_id = %(org)s and u.id = i.invited_by
where i.org_id = %(org)s"""


async def may_invite(tx: Tx, actor: Actor) -> bool:
    """Whether the actor may invite people: administrators may, and everybody inside unless they said otherwise."""
    return actor.admin or (not actor.guest and await inviters(tx) == "inside")


async def inviters(tx: Tx) -> str:
    """Who may invite: one of INVITERS."""
    return await tx.value("select inviters from org where org_id = %(org)s")


async def access_inviting(tx: Tx, actor: Actor) -> None:
    """Refuse who may not invite; for a guest there is no such thing."""
    if actor.guest:
        raise NotFound()
    if not await may_invite(tx, actor):
        raise Forbidden("Your administrator has decided that only administrators invite people.")


def own(actor: Actor) -> str:
    """SQL that is true for the invitations `i` that the actor sees. Binds %(viewer)s."""
    return "true" if actor.admin else "i.invited_by = %(viewer)s"


async def access_invitation(tx: Tx, actor: Actor, invitation_id: int, to: str = "read") -> Invitation:
    """The invitation, if the actor may `read` it, or `edit` it while nobody has come by it."""
    if actor.guest:
        raise NotFound()
    found = await tx.row(
        f"{INVITATION_ROW} and i.id = %(id)s and {own(actor)}{' for update of i' if to == 'edit' else ''}",
        {"id": invitation_id, "viewer": actor.user_id},
        into=Invitation,
    )
    if found is None:
        raise NotFound()
    if to == "edit" and not found.open:
        raise Forbidden("This invitation was accepted or taken back: nothing is left to do.")
    return found
