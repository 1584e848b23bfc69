"""Reads of what a login belongs to, and of domains that look like the org's own."""

from datetime import datetime

import msgspec

from hubbub.core import ids, mail
from hubbub.core.db import Tx
from hubbub.core.errors import Forbidden, NotFound
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


# Whoever reads a mail can do what its link does, and a login that belongs to two companies opens both: what is another
# company's is never shown, also where it was sent from here. What is nobody's yet may found a company.
_OURS = """
not exists (select 1 from login_name n join login_org o on o.login_id = n.login_id
            where n.name = lower(mail.recipient) and o.org_id <> %(org)s)
and not exists (select 1 from company_domain d
                where d.domain = split_part(lower(mail.recipient), '@', 2) and d.org_id <> %(org)s)
and (exists (select 1 from login_name n join login_org o on o.login_id = n.login_id
             where n.name = lower(mail.recipient) and o.org_id = %(org)s)
  or exists (select 1 from company_domain d
             where d.domain = split_part(lower(mail.recipient), '@', 2) and d.org_id = %(org)s)
  or exists (select 1 from invitation i where i.org_id = %(org)s and i.mail_id = mail.id)
  or (mail.secret and mail.address like '%%/sign-up/'))
"""


async def kept_mail(tx: Tx, actor: Actor) -> list[mail.Mail]:
    """The mails that were kept on this machine to addresses of the administrator's company and of its people alone, with its
    invitations to who is in no other; and the links with which somebody may found a company that is not there yet."""
    if not actor.admin:
        raise NotFound()
    return await mail.kept(tx, _OURS)


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
