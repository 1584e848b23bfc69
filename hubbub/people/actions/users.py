"""Users: added, changed, deactivated. A login is a person's key to the installation; a user is his row in one org."""

from collections.abc import Sequence

import msgspec

from hubbub.core import events
from hubbub.core.db import Params, Tx
from hubbub.core.errors import Forbidden, Invalid, NotFound, Unauthenticated
from hubbub.core.ids import Type
from hubbub.people.access import Actor, require_admin
from hubbub.people.access.domains import one_domain
from hubbub.people.actions import passwords
from hubbub.people.actions.first_follows import begin_following
from hubbub.people.actions.permissions import STANDARD, keep_an_administrator, raise_version
from hubbub.people.actions.profiles import clean, full_name, index_person


class Newcomer(msgspec.Struct, kw_only=True):
    """Somebody to be added. Without a password he cannot sign in until he gets one."""

    username: str
    last_name: str
    first_name: str | None = None
    email: str | None = None
    title: str | None = None
    about: str | None = None
    role_id: int | None = None
    guest: bool = False
    active: bool = True
    demo: bool = False
    timezone: str = "UTC"
    locale: str = "en_US"
    external_id: str | None = None
    permission_sets: tuple[str, ...] = (STANDARD,)  # exactly one of them a profile
    password: str | None = None
    login_id: int | None = None  # his, where he has proved that it is his


def normal(username: str) -> str:
    """A username as it is kept and compared."""
    name = username.strip().lower()
    local, at, domain = name.rpartition("@")
    if at and not domain.isascii() and (plain := one_domain(domain)):
        return f"{local}@{plain}"
    return name


async def add_user(tx: Tx, actor: Actor | None, new: Newcomer) -> int:
    """Add a person to this organization; tells his id."""
    require_admin(actor)
    username = normal(new.username)
    values = clean(
        {
            "username": username,
            "email": (new.email or username).strip(),
            "first_name": new.first_name,
            "last_name": new.last_name,
            "title": new.title,
            "about": new.about,
            "timezone": new.timezone,
            "locale": new.locale,
        }
    )
    if await tx.value("select 1 from app_user where org_id = %(org)s and username = %(username)s", values):
        raise Invalid(
            "DUPLICATE_USERNAME", "{username} is here already.", fields=["username"], username=username
        )
    user_id = await tx.new_id(Type.USER)
    login_id = new.login_id
    if login_id is None and new.password is not None:
        login_id = await _find_or_make_login(tx, username, new.password)
    # Before anything points at the role or a permission set: who deletes one of them has ended, or waits.
    await raise_version(tx)
    await tx.run(
        """insert into app_user (org_id, id, login_id, username, email, first_name, last_name, name, title, about,
                                 role_id, guest, active, demo, timezone, locale, external_id)
           values (%(org)s, %(id)s, %(login)s, %(username)s, %(email)s, %(first_name)s, %(last_name)s, %(name)s,
                   %(title)s, %(about)s, %(role)s, %(guest)s, %(active)s, %(demo)s, %(timezone)s, %(locale)s,
                   %(external_id)s)""",
        {
            **values,
            "id": user_id,
            "login": login_id,
            "name": full_name(values),
            "role": new.role_id,
            "guest": new.guest,
            "active": new.active,
            "demo": new.demo,
            "external_id": new.external_id,
        },
    )
    if login_id is not None:
        await join_org(tx, login_id, user_id)
    await _give(tx, user_id, new.permission_sets)
    await index_person(tx, user_id)
    if not new.guest:
        await begin_following(tx, user_id)
    await events.record(
        tx,
        actor,
        "people.user.created",
        user_id,
        after={
            "username": username,
            "guest": new.guest,
            "active": new.active,
            "permission_sets": list(new.permission_sets),
        },
    )
    return user_id


async def _give(tx: Tx, user_id: int, names: Sequence[str]) -> None:
    """Give a new person permission sets by their names: one of them is his profile."""
    given = await tx.tuples(
        "select id, profile from permission_set where org_id = %(org)s and name = any(%(names)s)",
        {"names": list(names)},
    )
    if len(given) != len(set(names)):
        raise NotFound(
            text="Not all of these are permission sets: {permission_sets}.",
            permission_sets=", ".join(names),
        )
    if sum(profile for _, profile in given) != 1:
        raise Invalid("REQUIRED_FIELD_MISSING", "Everybody has exactly one profile.", fields=["ProfileId"])
    await tx.run(
        """insert into permission_assignment (org_id, id, user_id, permission_set_id, profile)
           select %(org)s, s.id, %(user)s, s.set_id, s.profile
           from unnest(%(ids)s::bigint[], %(sets)s::bigint[], %(profiles)s::boolean[]) s (id, set_id, profile)""",
        {
            "ids": await tx.new_ids(Type.PERMISSION_ASSIGNMENT, len(given)),
            "user": user_id,
            "sets": [id for id, _ in given],
            "profiles": [profile for _, profile in given],
        },
    )


async def deactivate_user(tx: Tx, actor: Actor | None, user_id: int) -> None:
    """Shut a person out: his sessions and tokens end; what he wrote and owns stays."""
    require_admin(actor)
    if actor is not None and actor.user_id == user_id:
        raise Forbidden("You cannot deactivate yourself.")
    await raise_version(tx)
    await _set_active(tx, user_id, False)
    await keep_an_administrator(tx)
    await end_everything(tx, user_id)
    await events.record(tx, actor, "people.user.deactivated", user_id)


async def activate_user(tx: Tx, actor: Actor | None, user_id: int) -> None:
    """Let a person in again."""
    require_admin(actor)
    await _set_active(tx, user_id, True)
    await raise_version(tx)
    await events.record(tx, actor, "people.user.activated", user_id)


async def set_password(tx: Tx, actor: Actor | None, user_id: int, password: str) -> None:
    """Give a person a password; wherever he was signed in, he has to sign in again."""
    if actor is None or actor.user_id != user_id:
        require_admin(actor)
    found = await tx.tuples(
        "select username, login_id from app_user where org_id = %(org)s and id = %(id)s", {"id": user_id}
    )
    if not found:
        raise NotFound()
    username, login_id = found[0]
    passwords.check_password(password)
    if login_id is None:
        login_id = await _find_or_make_login(tx, username, password)
        await give_login(tx, user_id, login_id)
    else:
        hashed = await passwords.hash_password(password)
        await hold_login(tx, login_id, alone=True)
        # A login may open the doors of several organizations: then no single one of them may change its lock.
        memberships = await tx.tuples(
            "select org_id, user_id from login_org where login_id = %(login)s order by org_id",
            {"login": login_id},
        )
        if actor is not None and actor.user_id != user_id and len(memberships) > 1:
            raise Forbidden(
                "This person belongs to another organization as well; only he can change his password."
            )
        # Whoever sets it for somebody else knows it: the login is not proved to be its owner's any more.
        await store_password(tx, login_id, hashed, verified=False)
        await end_everywhere(tx, login_id)
    await events.record(tx, actor, "people.password.set", user_id)


# --- what several of them do ---------------------------------------------------------------------------------------


async def _find_or_make_login(tx: Tx, username: str, password: str) -> int:
    """The login of that name. One that exists keeps its password: it is not this org's to change."""
    passwords.check_password(password)
    login_id = await tx.value("select login_id from login_name where name = %(name)s", {"name": username})
    if login_id is None:
        login_id = await tx.new_id(Type.LOGIN)
        await tx.run(
            "insert into login (id, password_hash) values (%(login)s, %(hash)s)",
            {"login": login_id, "hash": await passwords.hash_password(password)},
        )
        taken = not await tx.run(
            "insert into login_name (name, login_id) values (%(name)s, %(login)s) on conflict do nothing",
            {"name": username, "login": login_id},
        )
        if taken:
            raise Invalid("DUPLICATE_USERNAME", "This username was taken at the same moment.", status=409)
    return login_id


async def store_password(tx: Tx, login_id: int, hash: str, *, verified: bool | None) -> None:
    """Put a password behind a login: `verified` where its owner has just proved by mail that he is; None says nothing of
    that, for who knew the old password need not be the owner."""
    await tx.run(
        """update login set password_hash = %(hash)s, changed_at = now(),
                  verified_at = case when %(verified)s::boolean is null then verified_at when %(verified)s then now() end
           where id = %(login)s""",
        {"login": login_id, "hash": hash, "verified": verified},
    )
    # Whoever asked for a link before, in his name or in another's, does not change this password with it.
    await tx.run(
        """update mail_link set used_at = now()
           where purpose = 'password' and used_at is null
             and email in (select name from login_name where login_id = %(login)s)""",
        {"login": login_id},
    )


async def give_login(tx: Tx, user_id: int, login_id: int) -> None:
    """Let a login sign in as this person, who had none."""
    await join_org(tx, login_id, user_id)
    await tx.run(
        "update app_user set login_id = %(login)s where org_id = %(org)s and id = %(user)s",
        {"login": login_id, "user": user_id},
    )


async def join_org(tx: Tx, login_id: int, user_id: int) -> None:
    """Write down that the login is this org's person, too."""
    await tx.run(
        "insert into login_org (login_id, org_id, user_id) values (%(login)s, %(org)s, %(user)s)",
        {"login": login_id, "user": user_id},
    )


async def _set_active(tx: Tx, user_id: int, active: bool) -> None:
    changed = await tx.run(
        """update app_user set active = %(active)s, version = version + 1, modified_at = now()
           where org_id = %(org)s and id = %(id)s""",
        {"id": user_id, "active": active},
    )
    if not changed:
        raise NotFound()


async def hold_login(tx: Tx, login_id: int, *, alone: bool = False) -> str | None:
    """Keep a login's password as it is until this act ends; tells its hash. Held before its people are, and `alone` by who
    changes it or ends what was begun with it: who signs in waits."""
    return await tx.value(
        f"select password_hash from login where id = %(login)s for {'no key update' if alone else 'share'}",
        {"login": login_id},
    )


async def hold_user(tx: Tx, user_id: int) -> bool:
    """Keep a person let in until this act ends; tells whether he is. Whoever ends what is his waits meanwhile, and then
    finds what began here: each session and token begins with this, or by using up a row that is ended as well."""
    return bool(
        await tx.value(
            "select 1 from app_user where org_id = %(org)s and id = %(id)s and active for share",
            {"id": user_id},
        )
    )


async def hold_session(tx: Tx, actor: Actor) -> None:
    """Keep the session of this act as it is until the act ends: who signs out waits, and then ends what was made in it.
    Raises Unauthenticated where it has ended."""
    if not await tx.value(
        """select 1 from session where org_id = %(org)s and id = %(id)s and ended_at is null and expires_at > now()
           for share""",
        {"id": actor.session_id},
    ):
        raise Unauthenticated()


async def end_tokens(tx: Tx, which: str, params: Params) -> int:
    """End the tokens for which that SQL is true; tells how many. Codes that become tokens are ended before."""
    ended = 0
    # Until there is none: whoever renews one in this moment is waited for, and what he got by it is only there then.
    while more := await tx.run(
        f"update token set revoked_at = now() where org_id = %(org)s and {which} and revoked_at is null",
        params,
    ):
        ended += more
    return ended


async def end_everywhere(tx: Tx, login_id: int, *, but: int = 0) -> None:
    """End the sessions and tokens of a login in all its orgs, `but` one session; the act goes on where it was."""
    here = tx.org
    await hold_login(tx, login_id, alone=True)
    memberships = await tx.tuples(
        "select org_id, user_id from login_org where login_id = %(login)s order by org_id",
        {"login": login_id},
    )
    for org_id, user_id in memberships:
        await tx.enter(org_id)
        await end_everything(tx, user_id, but=but)
    if here is not None:
        await tx.enter(here)


async def end_everything(tx: Tx, user_id: int, *, but: int = 0) -> None:
    """End a person's sessions and tokens, with them his open pages, and the codes of which apps have made no tokens yet."""
    # Whoever signs in at this moment holds the row: what he begins is waited for, and ended as well.
    await tx.run(
        "select 1 from app_user where org_id = %(org)s and id = %(user)s for no key update", {"user": user_id}
    )
    ended = await tx.values(
        """update session set ended_at = now()
           where org_id = %(org)s and user_id = %(user)s and ended_at is null and id <> %(but)s returning id""",
        {"user": user_id, "but": but},
    )
    await tx.run(
        """update authorization_code set used_at = now()
           where org_id = %(org)s and user_id = %(user)s and used_at is null""",
        {"user": user_id},
    )
    await end_tokens(tx, "user_id = %(user)s", {"user": user_id})
    for session_id in ended:
        await events.record(tx, None, "people.session.ended", session_id, parent=user_id)
