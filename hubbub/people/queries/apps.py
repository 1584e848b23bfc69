"""Reads of connected apps: for who sets them up, and for whom they act."""

from datetime import datetime

import msgspec

from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.people.access import Actor, Person
from hubbub.people.access.apps import APP_COLUMNS, ConnectedApp


class AppUse(msgspec.Struct, frozen=True):
    """A connected app that acts in somebody's name."""

    id: int
    name: str
    scopes: list[str]
    since: datetime
    seen_at: datetime | None
    tokens: int

    @property
    def key(self) -> str:
        return ids.show(self.id)


class AppUser(msgspec.Struct, frozen=True):
    """Somebody in whose name a connected app acts."""

    person: Person
    since: datetime
    seen_at: datetime | None
    tokens: int


async def connected_apps(tx: Tx) -> list[tuple[ConnectedApp, int]]:
    """The org's connected apps by name, each with the number of people in whose name it can act now."""
    apps = await tx.rows(
        f"""select {APP_COLUMNS} from connected_app c where c.org_id = %(org)s and c.revoked_at is null
            order by lower(c.name), c.id""",
        into=ConnectedApp,
    )
    people = await tx.tuples(
        """select app_id, count(distinct user_id) from token
           where org_id = %(org)s and app_id is not null and revoked_at is null and expires_at > now() group by app_id"""
    )
    counts = dict(people)
    return [(each, counts.get(each.id, 0)) for each in apps]


async def app_users(tx: Tx, app_id: int) -> list[AppUser]:
    """In whose names an app can act now, who used it last first; at most 200."""
    found = await tx.tuples(
        """select u.id, u.name, u.title, u.guest, u.active, min(t.created_at), max(t.seen_at), count(*)
           from token t join app_user u on u.org_id = %(org)s and u.id = t.user_id
           where t.org_id = %(org)s and t.app_id = %(app)s and t.revoked_at is null and t.expires_at > now()
           group by u.id, u.name, u.title, u.guest, u.active
           order by max(t.seen_at) desc nulls last, u.id limit 200""",
        {"app": app_id},
    )
    return [AppUser(Person(*row[:5]), *row[5:]) for row in found]


async def apps_of(tx: Tx, actor: Actor) -> list[AppUse]:
    """The connected apps that act in the actor's name, or that he let in, by name."""
    return await tx.rows(
        """select c.id, c.name,
                  array(select distinct s from (
                          select unnest(t.scopes) s from token t
                          where t.org_id = %(org)s and t.app_id = c.id and t.user_id = %(me)s and t.revoked_at is null
                            and t.expires_at > now()
                          union all select unnest(a.scopes)) x),
                  least(a.created_at, min(k.created_at)), max(k.seen_at), count(k.id)
           from connected_app c
           left join app_consent a on a.org_id = %(org)s and a.app_id = c.id and a.user_id = %(me)s
           left join token k on k.org_id = %(org)s and k.app_id = c.id and k.user_id = %(me)s and k.revoked_at is null
                            and k.expires_at > now()
           where c.org_id = %(org)s and c.revoked_at is null and (a.app_id is not null or k.id is not null)
           group by c.id, c.name, a.scopes, a.created_at order by lower(c.name), c.id""",
        {"me": actor.user_id},
        into=AppUse,
    )


async def consented(tx: Tx, actor: Actor, app_id: int) -> list[str]:
    """What the actor let an app into before; nothing if he never did, or took it back. Until this act ends he does not."""
    return (
        await tx.value(
            "select scopes from app_consent where org_id = %(org)s and app_id = %(app)s and user_id = %(me)s for update",
            {"app": app_id, "me": actor.user_id},
        )
        or []
    )
