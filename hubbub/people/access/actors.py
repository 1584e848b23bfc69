"""Who is asking, and which people he may see."""

import asyncio
import contextlib
from datetime import datetime

import msgspec
from litestar.di import NamedDependency

from hubbub.core import ids
from hubbub.core.db import LOST, Database, Tx
from hubbub.core.errors import Forbidden, NotFound, Unauthenticated, Unavailable
from hubbub.core.http import Credential
from hubbub.people.access.apps import may_use

# What permission sets may allow beyond objects and fields, in Salesforce's names.
MANAGE_USERS = "ManageUsers"
VIEW_ALL_DATA = "ViewAllData"
MODIFY_ALL_DATA = "ModifyAllData"
MODERATE = "ModerateChatter"


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """The user on whose behalf an act is done."""

    org_id: int
    user_id: int
    login_id: int | None
    name: str
    username: str
    title: str | None
    guest: bool
    role_id: int | None
    timezone: str
    locale: str
    abilities: frozenset[str]
    # What was computed under an older version of the org's roles, people, permissions and fields is not used again.
    access_version: int
    photo: int | None
    # Where the log of events stood when he was recognised: what this act reads is no older.
    cursor: str
    session_id: int | None = None
    app_id: int | None = None
    # What the token opens; None: all that its person may do.
    scopes: frozenset[str] | None = None
    client: str | None = None
    address: str | None = None
    request_id: str | None = None

    @property
    def id(self) -> int:
        return self.user_id

    @property
    def view_all(self) -> bool:
        return VIEW_ALL_DATA in self.abilities or MODIFY_ALL_DATA in self.abilities

    @property
    def modify_all(self) -> bool:
        return MODIFY_ALL_DATA in self.abilities

    @property
    def admin(self) -> bool:
        return MANAGE_USERS in self.abilities

    @property
    def moderator(self) -> bool:
        return MODERATE in self.abilities


Me = NamedDependency[Actor]  # what a handler calls actor


class Origin(msgspec.Struct, frozen=True):
    """Where a request comes from, while nobody is known yet: what the audit trail says of an attempt to sign in."""

    client: str | None = None
    address: str | None = None
    request_id: str | None = None
    user_id: int | None = None


class Person(msgspec.Struct, frozen=True):
    """Somebody as others see him: a name, what he does, whether he is from outside."""

    id: int
    name: str
    title: str | None = None
    guest: bool = False
    active: bool = True
    photo: int | None = None  # where the reader may see it

    @property
    def key(self) -> str:
        return ids.show(self.id)

    @property
    def url(self) -> str:
        return f"/people/{self.key}"


class Subscription(msgspec.Struct, frozen=True):
    """Somebody follows something."""

    id: int
    follower_id: int
    subject_id: int
    created_at: datetime
    level: str = "all"
    new: bool = False  # was it made just now?


def require_admin(actor: Actor | None) -> None:
    """Refuse who may not manage people. Nobody is who runs the machine: founding, the command line."""
    if actor is not None and not actor.admin:
        raise Forbidden("Only an administrator manages people.")


_ACTOR = """
select u.org_id, u.id, u.login_id, u.name, u.username, u.title, u.guest, u.role_id, u.timezone, u.locale, u.photo_id,
       (select coalesce(array_agg(distinct ability), '{{}}')
        from permission_assignment a
        join permission_set s on s.org_id = %(org)s and s.id = a.permission_set_id, unnest(s.abilities) ability
        where a.org_id = %(org)s and a.user_id = u.id),
       (select version from org_access where org_id = %(org)s), pg_current_snapshot()::text,
       {session}, {app}, {scopes}, {held}, {stale}
from {source}
where u.org_id = %(org)s and u.active and {condition}
"""

# How long ago something may have been used last before that is written down again.
_STALE = "coalesce({held}.seen_at, '-infinity') < now() - interval '5 minutes'"

_BY_SESSION = _ACTOR.format(
    session="s.id",
    app="null::bigint",
    scopes="null::text[]",
    held="s.id",
    stale=_STALE.format(held="s"),
    source="session s join app_user u on u.org_id = %(org)s and u.id = s.user_id",
    condition="s.org_id = %(org)s and s.token_hash = %(hash)s and s.ended_at is null and s.expires_at > now()",
)
_BY_TOKEN = _ACTOR.format(
    session="null::bigint",
    app="t.app_id",
    scopes="t.scopes",
    held="t.id",
    stale=_STALE.format(held="t"),
    source="token t join app_user u on u.org_id = %(org)s and u.id = t.user_id",
    condition=f"""t.org_id = %(org)s and t.token_hash = %(hash)s and t.kind = 'access'
      and t.revoked_at is null and t.expires_at > now()
      and (t.app_id is null or exists (select 1 from connected_app c
                                       where c.org_id = %(org)s and c.id = t.app_id and {may_use("c", "t.user_id")}))""",
)
_BY_ID = _ACTOR.format(
    session="null::bigint",
    app="null::bigint",
    scopes="null::text[]",
    held="null::bigint",
    stale="false",
    source="app_user u",
    condition="u.id = %(user)s",
)

# A session ends twelve hours after it was used last, and thirty days after it began.
_SEEN = {
    "session": """update session set seen_at = now(),
                         expires_at = least(now() + interval '12 hours', created_at + interval '30 days')
                  where org_id = %(org)s and id = %(id)s and ended_at is null and seen_at < now() - interval '5 minutes'""",
    "token": "update token set seen_at = now() where org_id = %(org)s and id = %(id)s",
}
_writing: set[asyncio.Task[None]] = set()


async def authenticate(
    tx: Tx,
    credential: Credential,
    *,
    client: str | None = None,
    address: str | None = None,
    request_id: str | None = None,
) -> Actor:
    """The user behind a session or token that is still good; raises Unauthenticated."""
    sql = _BY_SESSION if credential.kind == "session" else _BY_TOKEN
    rows = await tx.tuples(sql, {"hash": credential.hash})
    if not rows:
        raise Unauthenticated()
    *_, held, stale = rows[0]
    if stale:
        # Not in this act, which may be a read or fail, and not before it: it would wait for a second connection.
        task = asyncio.create_task(_write_seen(tx.database, credential, held))
        _writing.add(task)
        task.add_done_callback(_writing.discard)
    return _actor(rows[0], client=client, address=address, request_id=request_id)


async def _write_seen(database: Database, credential: Credential, held: int) -> None:
    """Write down that a session or token was used."""
    with contextlib.suppress(Unavailable, *LOST):
        async with database.act(credential.org_id) as tx:
            await tx.run(_SEEN[credential.kind], {"id": held})


async def written() -> None:
    """Wait until every use so far is written down."""
    while _writing:
        await asyncio.wait(set(_writing))


async def actor(tx: Tx, user_id: int, *, client: str | None = None, origin: Origin | None = None) -> Actor:
    """Act as that user, from a job, the command line or a socket; raises NotFound unless he is active."""
    rows = await tx.tuples(_BY_ID, {"user": user_id})
    if not rows:
        raise NotFound()
    origin = origin or Origin(client=client)
    return _actor(rows[0], client=origin.client, address=origin.address, request_id=origin.request_id)


def _actor(row: tuple, **origin: str | None) -> Actor:
    (
        org,
        user,
        login,
        name,
        username,
        title,
        guest,
        role,
        zone,
        locale,
        photo,
        abilities,
        version,
        cursor,
        session,
        app,
        scopes,
        *_,
    ) = row
    return Actor(
        org_id=org,
        user_id=user,
        login_id=login,
        name=name,
        username=username,
        title=title,
        guest=guest,
        role_id=role,
        timezone=zone,
        locale=locale,
        photo=photo,
        abilities=frozenset(abilities),
        access_version=version,
        cursor=cursor,
        session_id=session,
        app_id=app,
        scopes=None if scopes is None else frozenset(scopes),
        **origin,
    )


def sight(actor: Actor, id: str) -> str:
    """SQL that is true for the people (by the expression `id`) whose profile and posts the actor may see: colleagues
    see everybody, a guest himself. Binds %(viewer)s."""
    return f"{id} = %(viewer)s" if actor.guest else "true"


def card(actor: Actor | None, user: str = "u") -> str:
    """SQL: the columns of a Person, of the user under that alias. Photos are for those inside; a guest sees his own, and
    where nobody says who reads there is none."""
    if actor is None:
        photo = "null::bigint"
    elif actor.guest:
        photo = f"case when {user}.id = {int(actor.user_id)} then {user}.photo_id end"
    else:
        photo = f"{user}.photo_id"
    return f"{user}.id, {user}.name, {user}.title, {user}.guest, {user}.active, {photo}"


async def access_user(tx: Tx, actor: Actor, user_id: int, to: str = "read") -> Person:
    """The person, if the actor may `read` or `edit` his profile."""
    person = await tx.row(
        f"""select {card(actor)} from app_user u
            where u.org_id = %(org)s and u.id = %(id)s and {sight(actor, "u.id")}""",
        {"id": user_id, "viewer": actor.user_id},
        into=Person,
    )
    if person is None:
        raise NotFound()
    if to == "edit" and user_id != actor.user_id and not actor.admin:
        raise Forbidden("Only the person and administrators may edit a profile.")
    return person
