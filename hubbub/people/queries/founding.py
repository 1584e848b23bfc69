"""Reads of what a login belongs to, and of domains that look like the org's own."""

from datetime import datetime

import msgspec

from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Forbidden
from hubbub.core.ids import Type
from hubbub.people.access import Actor


class Membership(msgspec.Struct, frozen=True):
    """An org in which the login is somebody."""

    org_id: int
    name: str
    domain: str
    person: str
    guest: bool
    current: bool

    @property
    def key(self) -> str:
        return ids.show(ids.make(Type.ORG, self.org_id))


class LookAlike(msgspec.Struct, frozen=True):
    """A domain that was founded and looks like one of the org's."""

    domain: str
    own: str
    reason: str  # 'letters', 'one letter' or 'name'
    created_at: datetime


async def memberships(tx: Tx, actor: Actor) -> list[Membership]:
    """The orgs that the actor's login belongs to, where he is active; the act goes on in his own."""
    if actor.login_id is None:
        return []
    found = []
    there = await tx.tuples(
        "select org_id, user_id from login_org where login_id = %(login)s order by org_id",
        {"login": actor.login_id},
    )
    for org_id, user_id in there:
        await tx.enter(org_id)
        found += await tx.tuples(
            """select o.org_id, o.name, o.domain, u.name, u.guest from org o
               join app_user u on u.org_id = %(org)s and u.id = %(user)s and u.active
               where o.org_id = %(org)s""",
            {"user": user_id},
        )
    await tx.enter(actor.org_id)
    return [Membership(*row, current=row[0] == actor.org_id) for row in found]


async def own_domains(tx: Tx, actor: Actor) -> list[str]:
    """The domains whose people join the actor's org."""
    return await tx.values(
        """select d.domain from org o join company_domain d on d.org_id = o.org_id
           where o.org_id = %(org)s order by d.created_at, d.domain"""
    )


async def look_alikes(tx: Tx, actor: Actor) -> list[LookAlike]:
    """The domains that look like the org's own, the latest first; for its moderators and administrators."""
    if not (actor.moderator or actor.admin):
        raise Forbidden("Only moderators and administrators are shown the domains that look like yours.")
    return await tx.rows(
        """select domain, own, reason, created_at from look_alike where org_id = %(org)s
           order by created_at desc, domain limit 200""",
        into=LookAlike,
    )
