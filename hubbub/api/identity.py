"""Who a token acts as: Salesforce's identity URL, and OpenID Connect's user info."""

from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from litestar import Response, get

from hubbub import people
from hubbub.core import ids
from hubbub.core.clock import now
from hubbub.core.errors import NotFound
from hubbub.core.handlers import InPath, Request, Transaction
from hubbub.core.ids import Type
from hubbub.core.rest import connect_date, json_answer

Json = dict[str, Any]


def identity_url(server: str, actor: people.Actor) -> str:
    """The address that names a user of an org; clients take both ids from its end."""
    return identity_address(server, actor.org_id, actor.user_id)


def identity_address(server: str, org_id: int, user_id: int) -> str:
    """The same of somebody by his id."""
    return f"{server}/id/{ids.show(ids.make(Type.ORG, org_id))}/{ids.show(user_id)}"


@get("/id/{org:str}/{user:str}")
async def identity(
    request: Request, tx: Transaction, actor: people.Me, org: InPath, user: InPath
) -> Response[bytes]:
    """GET /id/{organization}/{user} — the identity of the token's user, or of somebody whom he may see."""
    if ids.parse(org, Type.ORG) != ids.make(Type.ORG, actor.org_id):
        raise NotFound()
    profile = await people.profile(tx, actor, ids.parse(user, Type.USER))
    return json_answer(identity_body(request.app.state.settings.url, actor, profile))


def identity_body(server: str, actor: people.Actor, profile: people.Profile) -> Json:
    """Salesforce's identity."""
    org, user = ids.show(ids.make(Type.ORG, actor.org_id)), profile.key
    changed = profile.modified_at.strftime("%Y-%m-%dT%H:%M:%S.000+0000") if profile.modified_at else None
    return {
        # Clients take this for a name, not an address, and insist on its scheme.
        "id": f"https://{server.partition('://')[2]}/id/{org}/{user}",
        "asserted_user": profile.id == actor.user_id,
        "user_id": user,
        "organization_id": org,
        "username": profile.username,
        "nick_name": profile.username.partition("@")[0],
        "display_name": profile.name,
        "email": profile.email,
        "email_verified": False,
        "first_name": profile.first_name,
        "last_name": profile.last_name,
        "timezone": profile.timezone,
        "photos": _photos(server, profile),
        "addr_street": None,
        "addr_city": None,
        "addr_state": None,
        "addr_country": None,
        "addr_zip": None,
        "mobile_phone": None,
        "mobile_phone_verified": False,
        "is_lightning_login_user": False,
        "status": {"created_date": None, "body": None},
        "urls": _urls(server, user),
        "active": profile.active,
        "user_type": "CSN_ONLY" if profile.guest else "STANDARD",
        "language": profile.locale,
        "locale": profile.locale,
        "utcOffset": _utc_offset(profile.timezone),
        "last_modified_date": changed,
        "is_app_installed": True,
    }


def userinfo_body(server: str, actor: people.Actor, profile: people.Profile) -> Json:
    """OpenID Connect's user info, with what Salesforce adds to it."""
    return {
        "sub": identity_url(server, actor),
        "user_id": profile.key,
        "organization_id": ids.show(ids.make(Type.ORG, actor.org_id)),
        "preferred_username": profile.username,
        "nickname": profile.username.partition("@")[0],
        "name": profile.name,
        "email": profile.email,
        "email_verified": False,
        "given_name": profile.first_name,
        "family_name": profile.last_name,
        "zoneinfo": profile.timezone,
        "photos": _photos(server, profile),
        "profile": f"{server}/people/{profile.key}",
        "picture": _photos(server, profile)["picture"],
        "address": {},
        "urls": _urls(server, profile.key),
        "active": profile.active,
        "user_type": "CSN_ONLY" if profile.guest else "STANDARD",
        "language": profile.locale,
        "locale": profile.locale,
        "utcOffset": _utc_offset(profile.timezone),
        "updated_at": connect_date(profile.modified_at) if profile.modified_at else None,
        "is_app_installed": True,
    }


def _photos(server: str, profile: people.Profile) -> Json:
    return {
        "picture": f"{server}/profilephoto/{profile.key}/F",
        "thumbnail": f"{server}/profilephoto/{profile.key}/T",
    }


def _utc_offset(zone: str) -> int:
    """How far a time zone is from UTC now, in milliseconds."""
    try:
        offset = now().astimezone(ZoneInfo(zone)).utcoffset()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        offset = None
    return int(offset.total_seconds() * 1000) if offset else 0


def _urls(server: str, user: str) -> Json:
    """Where to go on; {version} is for the client to fill in."""
    data = f"{server}/services/data/v{{version}}"
    return {
        "rest": f"{data}/",
        "sobjects": f"{data}/sobjects/",
        "query": f"{data}/query/",
        "search": f"{data}/search/",
        "recent": f"{data}/recent/",
        "profile": f"{server}/{user}",
        "feeds": f"{data}/chatter/feeds",
        "groups": f"{data}/chatter/groups",
        "users": f"{data}/chatter/users",
        "feed_items": f"{data}/chatter/feed-items",
        "feed_elements": f"{data}/chatter/feed-elements",
        "custom_domain": server,
    }


ROUTES = [identity]
