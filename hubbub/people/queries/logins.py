"""Reads of logins, sessions and tokens."""

from datetime import datetime

import msgspec

from hubbub.core import events, ids
from hubbub.core.db import Tx
from hubbub.core.ids import Type
from hubbub.people.access import Actor, Person

DEMO_USERNAME = "ada@tidewater.example"


class Session(msgspec.Struct, frozen=True):
    """A browser in which somebody is signed in."""

    id: int
    client: str | None
    address: str | None
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    current: bool = False


class Token(msgspec.Struct, frozen=True):
    """A program that acts in somebody's name; at the command line it has no name of its own."""

    id: int
    name: str | None
    client: str | None
    address: str | None
    created_at: datetime
    seen_at: datetime | None
    expires_at: datetime


async def every_org(tx: Tx) -> list[int]:
    """All orgs that somebody belongs to; for the command line."""
    return await tx.values("select distinct org_id from login_org order by org_id")


async def org_of_login(tx: Tx, username: str) -> int | None:
    """The first org to which a login belongs; for the command line and the demo company."""
    return await tx.value(
        """select o.org_id from login_name n join login_org o on o.login_id = n.login_id
           where n.name = %(name)s order by o.org_id limit 1""",
        {"name": username.strip().lower()},
    )


async def demo_complete(tx: Tx) -> bool:
    """Whether all of the demo company is there."""
    return await events.happened(tx, "people.demo.completed", ids.make(Type.ORG, tx.org_id))


class DemoPerson(msgspec.Struct, frozen=True):
    """Somebody as whom one click signs in."""

    username: str
    person: Person
    note: str


async def demo_people(tx: Tx) -> list[DemoPerson]:
    """The people of the demo company who can sign in; none where there is no such company."""
    org_id = await org_of_login(tx, DEMO_USERNAME)
    if org_id is None:
        return []
    await tx.enter(org_id)
    found = await tx.tuples(
        """select u.username, u.id, u.name, u.title, u.guest, u.active
           from app_user u join org o on o.org_id = %(org)s and o.demo
           where u.org_id = %(org)s and u.demo and u.active and u.login_id is not null order by u.guest, u.id""",
    )
    return [DemoPerson(row[0], Person(*row[1:]), row[3] or "") for row in found]


async def sessions(tx: Tx, actor: Actor, user_id: int | None = None) -> list[Session]:
    """The browsers in which the actor is signed in, or somebody about whom the caller has asked; the latest first."""
    return await tx.rows(
        """select id, client, address, created_at, seen_at, expires_at, id = %(current)s from session
           where org_id = %(org)s and user_id = %(me)s and ended_at is null and expires_at > now()
           order by seen_at desc, id desc""",
        {"me": user_id or actor.user_id, "current": actor.session_id or 0},
        into=Session,
    )


async def tokens(tx: Tx, actor: Actor) -> list[Token]:
    """The programs that act in the actor's name without being connected apps: what signed in at the command line, or by
    SOAP."""
    return await tx.rows(
        """select t.id, t.name, t.client, t.address, t.created_at, t.seen_at, t.expires_at
           from token t
           where t.org_id = %(org)s and t.user_id = %(me)s and t.revoked_at is null and t.expires_at > now()
             and t.app_id is null
           order by t.created_at desc, t.id desc limit 200""",
        {"me": actor.user_id},
        into=Token,
    )


class Grant(msgspec.Struct, frozen=True):
    """Any token that is good, with what made it and what it opens."""

    id: int
    name: str
    client: str | None
    address: str | None
    created_at: datetime
    seen_at: datetime | None
    expires_at: datetime
    scopes: list[str] | None


async def grants_of(tx: Tx, user_id: int) -> list[Grant]:
    """All programs that act in a person's name: a lasting grant once, not each of the short tokens made from it."""
    return await tx.rows(
        """select t.id, coalesce(a.name, t.name, 'Command line'), t.client, t.address, t.created_at,
                  greatest(t.seen_at, (select max(c.seen_at) from token c
                                       where c.org_id = %(org)s and c.user_id = %(user)s and c.parent_id = t.id)),
                  t.expires_at, t.scopes
           from token t left join connected_app a on a.org_id = %(org)s and a.id = t.app_id
           where t.org_id = %(org)s and t.user_id = %(user)s and t.revoked_at is null and t.expires_at > now()
             and t.parent_id is null
           order by t.created_at desc, t.id desc limit 200""",
        {"user": user_id},
        into=Grant,
    )
