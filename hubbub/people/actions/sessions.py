"""Signing in and out. A session is a random secret in a cookie; only its hash is kept."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import msgspec
import structlog

from hubbub.core import events
from hubbub.core.db import Database, Tx
from hubbub.core.errors import NotFound, Refused
from hubbub.core.http import Credential, give_back, hash_secret, limit, new_secret
from hubbub.core.ids import Type
from hubbub.people.access import Actor, Origin, access_user, actor, require_admin
from hubbub.people.actions import passwords
from hubbub.people.actions.users import end_everything, end_everywhere, hold_login, hold_user, normal

log = structlog.get_logger("hubbub.people")

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=30)

# Failed attempts within a quarter of an hour, for one name and from one address.
WINDOW = 900
PER_NAME = 10
PER_ADDRESS = 60
# The one-click people of a demo: nothing to guess, but nothing to flood either.
DEMO_PER_ADDRESS = 300

# Every failed attempt takes as long, whatever it failed at.
FAILURE_SECONDS = 0.2


class WrongPassword(Refused):
    """The one answer to an unknown name, a wrong password and a person who was shut out."""

    status = 401
    code = "INVALID_LOGIN"
    text = "E-mail address and password do not fit together. Please check both."


async def sign_in(database: Database, username: str, password: str, origin: Origin) -> tuple[str, Actor]:
    """Sign in by password; tells the secret for the cookie. Raises WrongPassword, or REQUEST_LIMIT_EXCEEDED (429)."""
    async with signing_in(database, username, password, origin) as (tx, user_id):
        return await begin_session(tx, user_id, origin)


async def sign_in_demo(database: Database, username: str, origin: Origin) -> tuple[str, Actor]:
    """Sign in as one of the demo company without a password; the caller has checked that this server offers it."""
    await limit(database, f"demo:{origin.address}", hits=DEMO_PER_ADDRESS, seconds=WINDOW)
    name = normal(username)
    async with database.act(None, read=True) as tx:
        members = await _memberships(tx, name)
        for org_id, user_id in members:
            await tx.enter(org_id)
            if await tx.value(
                """select 1 from app_user u join org o on o.org_id = %(org)s
                   where u.org_id = %(org)s and u.id = %(user)s and u.active and u.demo and o.demo""",
                {"user": user_id},
            ):
                break
        else:
            raise WrongPassword()
    async with database.act(org_id) as tx:
        return await begin_session(tx, user_id, origin)


class Proved(msgspec.Struct, frozen=True):
    """Who brought a password that was right, and what it was compared with."""

    org_id: int
    user_id: int
    login_id: int
    password_hash: str


@asynccontextmanager
async def signing_in(
    database: Database, username: str, password: str, origin: Origin, *, org_id: int | None = None
) -> AsyncIterator[tuple[Tx, int]]:
    """The act in which the person behind a username and password (in that org, if one is named) gets what he signs in for.
    Raises WrongPassword, or REQUEST_LIMIT_EXCEEDED (429)."""
    proved = await _check_login(database, username, password, origin, org_id)
    async with database.act(proved.org_id) as tx:
        # Comparing is slow, so it came before the act: only here, with both held, is it known that nothing changed since.
        if await _is_still_proved(tx, proved):
            yield tx, proved.user_id
            return
    await _record_failure(database, [(proved.org_id, proved.user_id)], origin)
    raise WrongPassword()


async def _is_still_proved(tx: Tx, proved: Proved) -> bool:
    """Whether the password is still the one that was compared, and its person still let in: until this act ends it stays
    so. Whoever changes the password or shuts him out waits, and then ends what begins here."""
    return await hold_login(tx, proved.login_id) == proved.password_hash and await hold_user(
        tx, proved.user_id
    )


async def _check_login(
    database: Database, username: str, password: str, origin: Origin, org_id: int | None
) -> Proved:
    """Who is behind a username and password (in that org, if one is named); counts and records attempts."""
    started = asyncio.get_running_loop().time()
    name = normal(username)[:200]
    async with counted(database, {f"address:{origin.address}": PER_ADDRESS, f"name:{name}": PER_NAME}):
        async with database.act(None, read=True) as tx:
            logins = await tx.tuples(
                "select l.id, l.password_hash from login_name n join login l on l.id = n.login_id where n.name = %(name)s",
                {"name": name},
            )
            members = [each for each in await _memberships(tx, name) if org_id in (None, each[0])]
        login_id, kept = logins[0] if logins else (0, None)
        right = await passwords.is_password(password, kept)
        if kept and right and (found := await _first_active(database, members)):
            return Proved(*found, login_id, kept)
        await _record_failure(database, members, origin)
        await asyncio.sleep(FAILURE_SECONDS - (asyncio.get_running_loop().time() - started))
        raise WrongPassword()


@asynccontextmanager
async def counted(database: Database, keys: dict[str, int]) -> AsyncIterator[None]:
    """An attempt to sign in, refused where a key has had more failures than that within a quarter of an hour.

    Counted before it is known how it ends, so that many at once cannot slip through; given back when it was rightful.
    """
    for key, hits in keys.items():
        await limit(database, key, hits=hits, seconds=WINDOW)
    yield
    for key in keys:
        await give_back(database, key)


async def end_session(tx: Tx, actor: Actor, session_id: int, *, of: int | None = None) -> None:
    """End one of my sessions, or of whom `whose_session` told; its open pages are closed within a second."""
    user_id = of or actor.user_id
    ended = await tx.run(
        """update session set ended_at = now()
           where org_id = %(org)s and id = %(id)s and user_id = %(user)s and ended_at is null""",
        {"id": session_id, "user": user_id},
    )
    if not ended:
        raise NotFound()
    await events.record(tx, actor, "people.session.ended", session_id, parent=user_id)


async def end_sessions_of(tx: Tx, actor: Actor, user_id: int) -> None:
    """End all sessions and tokens of a person in this org: mine, or somebody else's for an administrator."""
    if user_id != actor.user_id:
        await access_user(tx, actor, user_id)
        require_admin(actor)
    await end_everything(tx, user_id)
    await events.record(tx, actor, "people.user.sessions_ended", user_id)


async def whose_session(tx: Tx, actor: Actor, id: int) -> int:
    """Whose a session or token is that the actor may end: his own, or anybody's for an administrator; raises NotFound."""
    user_id = await tx.value(
        """select user_id from session where org_id = %(org)s and id = %(id)s
           union all select user_id from token where org_id = %(org)s and id = %(id)s""",
        {"id": id},
    )
    if user_id is None or (user_id != actor.user_id and not actor.admin):
        raise NotFound()
    return user_id


async def end_all(tx: Tx, origin: Origin) -> int:
    """End every session and token of the org, as after a restore; tells how many people had one."""
    ended = await tx.tuples(
        """update session set ended_at = now() where org_id = %(org)s and ended_at is null returning id, user_id"""
    )
    await tx.run("update authorization_code set used_at = now() where org_id = %(org)s and used_at is null")
    revoked = await tx.values(
        """update token set revoked_at = now()
           where org_id = %(org)s and revoked_at is null and expires_at > now() returning user_id"""
    )
    for session_id, user_id in ended:
        await events.record(tx, origin, "people.session.ended", session_id, parent=user_id)
    return len({user_id for _, user_id in ended} | set(revoked))


async def sign_out_everywhere(tx: Tx, actor: Actor) -> None:
    """End all my sessions and tokens, in every org that my login belongs to."""
    if actor.login_id is None:
        raise NotFound()
    await end_everywhere(tx, actor.login_id)


async def switch_org(tx: Tx, actor: Actor, org_id: int) -> str:
    """Go on in another org of my login: a session begins there and this one ends. Tells the secret for the cookie."""
    user_id = await tx.value(
        "select user_id from login_org where login_id = %(login)s and org_id = %(there)s",
        {"login": actor.login_id, "there": org_id},
    )
    if user_id is None or actor.session_id is None:
        raise NotFound()
    # Held first, as whoever signs him out everywhere does; the session from which he goes is good until it ends here.
    await hold_login(tx, actor.login_id or 0)
    await end_session(tx, actor, actor.session_id)
    here = tx.org_id
    await tx.enter(org_id)
    secret, _ = await begin_session(
        tx, user_id, Origin(client=actor.client, address=actor.address, request_id=actor.request_id)
    )
    await tx.enter(here)
    return secret


async def leave(database: Database, left: Credential, origin: Origin) -> None:
    """End the session that a browser held before somebody signed in with it again."""
    async with database.act(left.org_id) as tx:
        found = await tx.tuples(
            """update session set ended_at = now()
               where org_id = %(org)s and token_hash = %(hash)s and ended_at is null returning id, user_id""",
            {"hash": left.hash},
        )
        for session_id, user_id in found:
            await events.record(tx, origin, "people.session.ended", session_id, parent=user_id)


async def begin_session(tx: Tx, user_id: int, origin: Origin) -> tuple[str, Actor]:
    """Sign a person in, in the org of this act; tells the secret for the cookie, which nobody can have known before.
    Raises NotFound unless he is active."""
    if not await hold_user(tx, user_id):
        raise NotFound()
    secret = f"{tx.org_id}.{new_secret()}"
    me = await actor(tx, user_id, origin=origin)
    session_id = await tx.new_id(Type.SESSION)
    await tx.run(
        """insert into session (org_id, id, token_hash, user_id, client, address, expires_at)
           values (%(org)s, %(id)s, %(hash)s, %(user)s, %(client)s, %(address)s, now() + %(idle)s)""",
        {
            "id": session_id,
            "hash": hash_secret(secret),
            "user": user_id,
            "client": origin.client,
            "address": origin.address,
            "idle": IDLE,
        },
    )
    await events.record(tx, me, "people.session.started", session_id, parent=user_id)
    return secret, me


async def _memberships(tx: Tx, name: str) -> list[tuple[int, int]]:
    found = await tx.tuples(
        """select o.org_id, o.user_id from login_name n join login_org o on o.login_id = n.login_id
           where n.name = %(name)s order by o.org_id""",
        {"name": name},
    )
    return [(org_id, user_id) for org_id, user_id in found]


async def _first_active(database: Database, members: list[tuple[int, int]]) -> tuple[int, int] | None:
    async with database.act(None, read=True) as tx:
        for org_id, user_id in members:
            await tx.enter(org_id)
            if await tx.value(
                "select 1 from app_user where org_id = %(org)s and id = %(user)s and active",
                {"user": user_id},
            ):
                return org_id, user_id
    return None


async def _record_failure(database: Database, members: list[tuple[int, int]], origin: Origin) -> None:
    """In a transaction of its own: the request that failed is rolled back, what happened is not."""
    for org_id, user_id in members:
        async with database.act(org_id) as tx:
            await events.record(tx, origin, "people.sign_in.failed", user_id)
    log.warning("sign-in failed", known=bool(members), address=origin.address)


_SYSTEMS = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
]
_BROWSERS = [
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
]


def client_name(agent: str | None) -> str:
    """A user agent as people call it: "Firefox on Linux"; empty if it is none that is known."""
    browser = next((name for mark, name in _BROWSERS if agent and re.search(rf"{mark}\w*/", agent)), "")
    system = next((name for mark, name in _SYSTEMS if agent and mark in agent), "")
    return f"{browser} on {system}" if browser and system else browser or (agent or "").split("/")[0][:40]
