"""Connected apps: who may use one, where it may send browsers back to, and what it may be let into."""

import re
from collections.abc import Collection
from datetime import datetime
from urllib.parse import urlsplit

import msgspec

from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.ids import Type
from hubbub.core.languages import Text

# What an app can be let into, in Salesforce's names, the widest first.
SCOPES = ("full", "api", "chatter_api", "id", "profile", "openid", "refresh_token")
LASTING = "refresh_token"
# OpenID Connect's name for the same.
_SAME = {"offline_access": LASTING}

MOST_CALLBACKS = 20
LONGEST_CALLBACK = 1000
_LOOPBACK = frozenset({"127.0.0.1", "::1"})
# An address goes into a header and into an attribute: neither may end in it.
_PLAIN = re.compile(r"[!#-;=?-\[\]_a-z~]+")
# RFC 8252: a scheme of one's own is a domain of one's own, backwards. So `javascript:` is none.
_OWN_SCHEME = re.compile(r"[a-z][a-z0-9-]*(\.[a-z0-9-]+)+")


class ConnectedApp(msgspec.Struct, frozen=True):
    """A program that people let act in their names."""

    org_id: int
    id: int
    client_id: str
    name: str
    secret_hash: bytes | None
    public: bool
    run_as: int | None
    callbacks: list[str]
    scopes: list[str]
    rotates: bool
    refresh_days: int
    for_everybody: bool
    created_at: datetime

    @property
    def key(self) -> str:
        return ids.show(self.id)


APP_COLUMNS = """c.org_id, c.id, c.client_id, c.name, c.secret_hash, c.public, c.run_as, c.callbacks, c.scopes, c.rotates,
       c.refresh_days, c.for_everybody, c.created_at"""


def may_use(app: str, user: str) -> str:
    """SQL that is true where the app (a row of connected_app by that alias) is still there, and for this person."""
    return f"""({app}.revoked_at is null and ({app}.for_everybody or exists (
        select 1 from app_permission_set p join permission_assignment pa
          on pa.org_id = %(org)s and pa.permission_set_id = p.permission_set_id and pa.user_id = {user}
        where p.org_id = %(org)s and p.app_id = {app}.id)))"""


def org_of(text: str) -> int | None:
    """The org named in front of a token or client id; None if there is none."""
    if len(text) != 15:
        return None
    try:
        return ids.parse(text, Type.ORG) & 0x7FFFFFFF
    except Invalid:
        return None


async def app_of_client(tx: Tx, client_id: str, *, hold: bool = False) -> ConnectedApp | None:
    """The app of that client id, in the org of this act, which stands in the client id. `hold`: until this act ends nobody
    changes it."""
    return await tx.row(
        f"""select {APP_COLUMNS} from connected_app c
            where c.org_id = %(org)s and c.client_id = %(client)s and c.revoked_at is null{" for share" if hold else ""}""",
        {"client": client_id},
        into=ConnectedApp,
    )


async def access_app(tx: Tx, app_id: int, *, to: str = "read") -> ConnectedApp:
    """The app; for administrators, which the caller has checked. To `edit` it waits for whoever edits it now."""
    app = await tx.row(
        f"""select {APP_COLUMNS} from connected_app c
            where c.org_id = %(org)s and c.id = %(id)s and c.revoked_at is null{" for no key update" if to == "edit" else ""}""",
        {"id": app_id},
        into=ConnectedApp,
    )
    if app is None:
        raise NotFound()
    return app


async def app_permission_sets(tx: Tx, app_ids: Collection[int]) -> dict[int, list[int]]:
    """The permission sets whose people each of these apps is for."""
    found: dict[int, list[int]] = {id: [] for id in app_ids}
    if found:
        rows = await tx.tuples(
            """select app_id, permission_set_id from app_permission_set
               where org_id = %(org)s and app_id = any(%(apps)s::bigint[]) order by permission_set_id""",
            {"apps": list(found)},
        )
        for app_id, set_id in rows:
            found[app_id].append(set_id)
    return found


async def may_use_app(tx: Tx, app_id: int, user_id: int) -> bool:
    """Whether an app is for this person."""
    return bool(
        await tx.value(
            f"select 1 from connected_app c where c.org_id = %(org)s and c.id = %(app)s and {may_use('c', '%(user)s')}",
            {"app": app_id, "user": user_id},
        )
    )


# --- where browsers are sent back to -------------------------------------------------------------------------------


def callback_fits(callbacks: Collection[str], given: str) -> bool:
    """Whether an address is one of the app's, letter by letter. Only a program on the person's own machine chooses its
    port when it starts (RFC 8252): by a number, not by a name, which others may answer to."""
    if given in callbacks:
        return True
    wanted = _without_port(given)
    return wanted is not None and any(_without_port(each) == wanted for each in callbacks)


def _without_port(address: str) -> tuple[str, str, str] | None:
    """What is compared of an address on the loopback; None for any other."""
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018 - raises where it is no number
    except ValueError:
        return None
    plain = _PLAIN.fullmatch(address) and "@" not in parts.netloc and "#" not in address
    return (
        (parts.hostname, parts.path, parts.query)
        if plain and parts.scheme == "http" and parts.hostname in _LOOPBACK
        else None
    )


def check_callback(address: str) -> None:
    """Refuse an address that no browser should be sent to with a code; raises INVALID_INPUT."""
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018 - raises where it is no number
    except ValueError:
        parts = None
    if (
        parts is None
        or len(address) > LONGEST_CALLBACK
        or not _PLAIN.fullmatch(address)
        or "#" in address
        or "@" in parts.netloc
    ):
        raise _wrong(
            Text(
                "“{address}” is no address, or has a part that it may not have (a name and password, a #).",
                address=address[:80],
            )
        )
    if parts.scheme in ("http", "https"):
        if not parts.hostname:
            raise _wrong(Text("“{address}” has no host.", address=address[:80]))
        if parts.scheme == "http" and parts.hostname not in (*_LOOPBACK, "localhost"):
            raise _wrong(
                Text(
                    "“{address}” has to begin with https, unless it is on the person's own machine.",
                    address=address[:80],
                )
            )
    elif not _OWN_SCHEME.fullmatch(parts.scheme):
        raise _wrong(
            Text(
                "“{address}” has to begin with https, or with a scheme of your own that has a dot, as com.example.app:/back.",
                address=address[:80],
            )
        )


def _wrong(why: Text) -> Invalid:
    return Invalid("INVALID_INPUT", why, fields=["callbacks"])


# --- what an app is let into ---------------------------------------------------------------------------------------


class BadScope(Invalid):
    """An app asks for more than it may be let into."""

    code = "invalid_scope"

    def __init__(self) -> None:
        super().__init__(text="the requested scope is invalid, unknown, or malformed")


def scopes_of(text: str, allowed: Collection[str]) -> list[str]:
    """The scopes that a request names, all of the allowed where it names none; raises BadScope beyond those."""
    names = {_SAME.get(name, name) for name in text.split()} or set(allowed)
    # Who may have everything may ask for less of it; lasting longer is not a part of everything.
    reach = set(allowed) | (set(SCOPES) - {LASTING} if "full" in allowed else set())
    if not names <= reach:
        raise BadScope()
    return [name for name in SCOPES if name in names]
