"""Bodies of the Chatter REST API that show people.

Every property that the reference names is there, null when it is empty.
"""

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol
from zoneinfo import ZoneInfo

from hubbub.core import clock, ids
from hubbub.core.ids import Type
from hubbub.core.rest import encode_text
from hubbub.people.access import Actor, Person

if TYPE_CHECKING:
    from hubbub.people.queries.finding import Hit
    from hubbub.people.queries.persons import Profile

Json = dict[str, Any]

_COLORS = {
    Type.USER: "34BECD",
    Type.ACCOUNT: "7F8DE1",
    Type.CONTACT: "A094ED",
    Type.OPPORTUNITY: "FCB95B",
    Type.PRODUCT2: "B781D3",
    Type.LEAD: "F88962",
    Type.CASE: "F2CF5B",
    Type.TASK: "4BC076",
    Type.MEETING: "EB7092",
    Type.CAMPAIGN: "F49756",
    Type.CAMPAIGN_MEMBER: "F49756",
    Type.CONTRACT: "6EC06E",
    Type.ASSET: "317CA4",
}


class Profiled(Protocol):
    """What User Detail says of a person beyond his card."""

    @property
    def person(self) -> Person: ...
    @property
    def about(self) -> str | None: ...
    @property
    def email(self) -> str: ...
    @property
    def username(self) -> str: ...
    @property
    def first_name(self) -> str | None: ...
    @property
    def last_name(self) -> str: ...
    @property
    def company(self) -> str: ...
    @property
    def city(self) -> str | None: ...
    @property
    def country(self) -> str | None: ...
    @property
    def place(self) -> str: ...
    @property
    def phone(self) -> str | None: ...
    @property
    def mobile(self) -> str | None: ...
    @property
    def banner(self) -> int | None: ...
    @property
    def manager(self) -> Person | None: ...


class Counted(Protocol):
    """How much somebody follows, and how many follow him, of what the reader may know of."""

    @property
    def followers(self) -> int: ...
    @property
    def people(self) -> int: ...
    @property
    def records(self) -> int: ...


# --- bodies --------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1024)
def motif(type: int) -> Json:
    """Motif: the colour of a kind of thing."""
    return {
        "color": _COLORS.get(Type(type), "95AEC5") if type in Type._value2member_map_ else "95AEC5",
        "largeIconUrl": None,
        "mediumIconUrl": None,
        "smallIconUrl": None,
        "svgIconUrl": None,
    }


def photo_url(person: Person) -> str:
    """The address of a person's picture."""
    return photo_address(person.photo, "T")


def photo_address(photo_id: int | None, size: str) -> str:
    """Where a photo is in full (F) or small (T); without one, the figure that stands for anybody."""
    return f"/profilephoto/{ids.show(photo_id) if photo_id else '005'}/{size}"


def photo(person: Person, base: str) -> Json:
    """Photo."""
    large, small = photo_address(person.photo, "F"), photo_url(person)
    return {
        "fullEmailPhotoUrl": large,
        "largePhotoUrl": large,
        "mediumPhotoUrl": large,
        "photoVersionId": ids.show(person.photo) if person.photo else None,
        "smallPhotoUrl": small,
        "standardEmailPhotoUrl": small,
        "url": f"{base}/chatter/users/{person.key}/photo",
    }


def banner(profile: Profiled, base: str) -> Json:
    """Banner Photo."""
    return {
        "bannerPhotoUrl": photo_address(profile.banner, "F") if profile.banner else None,
        "bannerPhotoVersionId": ids.show(profile.banner) if profile.banner else None,
        "url": f"{base}/connect/user-profiles/{profile.person.key}/banner-photo",
    }


def user_summary(
    person: Person, base: str, *, subscription_id: int | None = None, encode: bool = True
) -> Json:
    """User Summary; `base` is the request's "/services/data/vXX.0" with a community where it has one."""
    first, _, last = person.name.rpartition(" ")
    text = encode_text if encode else _as_it_is
    return {
        "additionalLabel": None,
        "communityNickname": text(person.name),
        "companyName": None,
        "displayName": text(person.name),
        "firstName": text(first) or None,
        "id": person.key,
        "isActive": person.active,
        "isInThisCommunity": True,
        "lastName": text(last),
        "motif": motif(Type.USER),
        "mySubscription": _reference(base, subscription_id),
        "name": text(person.name),
        "outOfOffice": None,
        "photo": photo(person, base),
        "reputation": None,
        "stamps": None,
        "title": text(person.title),
        "type": "User",
        "url": f"{base}/chatter/users/{person.key}",
        "userType": "ChatterGuest" if person.guest else "Internal",
    }


def user_detail(
    profile: Profiled,
    base: str,
    *,
    subscription_id: int | None = None,
    counts: Counted | None = None,
    encode: bool = True,
) -> Json:
    """User Detail."""
    text = encode_text if encode else _as_it_is
    return user_summary(profile.person, base, subscription_id=subscription_id, encode=encode) | {
        "aboutMe": text(profile.about),
        "address": {
            "city": text(profile.city),
            "country": text(profile.country),
            "formattedAddress": text(profile.place),
            "state": None,
            "street": None,
            "zip": None,
        },
        "bannerPhoto": banner(profile, base),
        "chatterActivity": None,
        "chatterInfluence": None,
        "companyName": text(profile.company),
        "email": profile.email,
        "firstName": text(profile.first_name),
        "followersCount": counts.followers if counts else 0,
        "followingCounts": {
            "people": counts.people if counts else 0,
            "records": counts.records if counts else 0,
            "total": counts.people + counts.records if counts else 0,
        },
        "groupCount": 0,
        "hasChatter": True,
        "lastName": text(profile.last_name),
        "managerId": profile.manager.key if profile.manager else None,
        "managerName": text(profile.manager.name) if profile.manager else None,
        "phoneNumbers": [
            {"label": label, "phoneNumber": text(number), "phoneType": kind, "type": kind}
            for label, kind, number in (("Work", "Work", profile.phone), ("Mobile", "Mobile", profile.mobile))
            if number
        ],
        "thanksReceived": None,
        "username": profile.username,
    }


def user_profile(profile: "Profile", detail: Json, actor: Actor, base: str) -> Json:
    """User Profile."""
    mine = profile.id == actor.user_id
    return {
        "capabilities": {
            "canChat": False,
            "canDirectMessage": False,
            "canEdit": mine or actor.admin,
            "canFollow": not mine,
            "canViewFeed": True,
            "canViewFullProfile": True,
            "isModerator": actor.moderator,
        },
        "id": profile.key,
        "tabs": [{"id": "feed", "isDefault": True, "tabType": "Feed", "tabUrl": profile.url}],
        "url": f"{base}/connect/user-profiles/{profile.key}",
        "userDetail": detail,
    }


# What PATCH /hubbub/people/{id} takes, and what it is called inside.
PROFILE_NAMES = {
    "firstName": "first_name",
    "lastName": "last_name",
    "nickname": "nickname",
    "title": "title",
    "department": "department",
    "about": "about",
    "manager": "manager",
    "skills": "skills",
    "phone": "phone",
    "mobile": "mobile",
    "city": "city",
    "country": "country",
    "timeZone": "timezone",
    "locale": "locale",
    "workFrom": "work_from",
    "workTo": "work_to",
}


def whole_profile(profile: "Profile", works: bool | None, base: str) -> Json:
    """All that a profile says, its clock included."""
    manager = profile.manager
    return (
        {"id": profile.key, "name": profile.name}
        | {name: getattr(profile, column) for name, column in PROFILE_NAMES.items()}
        | {
            "manager": {"id": manager.key, "name": manager.name} if manager else None,
            "isActive": profile.active,
            "isGuest": profile.guest,
            "localTime": clock.now().astimezone(ZoneInfo(profile.timezone)).isoformat(timespec="minutes"),
            "isAtWork": works,
            "photo": photo(profile.person, base),
            "banner": banner(profile, base),
        }
    )


def hit(found: "Hit", base: str) -> Json:
    """Somebody whom the directory found."""
    return {
        "id": found.key,
        "name": found.name,
        "title": found.title,
        "department": found.department,
        "city": found.city,
        "country": found.country,
        "skills": found.skills,
        "isActive": found.active,
        "isGuest": found.guest,
        "photo": photo(found.person, base),
    }


def user_page(users: list[Json], url: str, page: int, *, more: bool) -> Json:
    """User Page; `url` ends where the number of the page belongs."""
    return {
        "currentPageToken": page,
        "currentPageUrl": f"{url}{page}",
        "nextPageToken": page + 1 if more else None,
        "nextPageUrl": f"{url}{page + 1}" if more else None,
        "previousPageToken": page - 1 if page else None,
        "previousPageUrl": f"{url}{page - 1}" if page else None,
        "users": users,
    }


def _reference(base: str, subscription_id: int | None) -> Json | None:
    if subscription_id is None:
        return None
    key = ids.show(subscription_id)
    return {"id": key, "url": f"{base}/chatter/subscriptions/{key}"}


def _as_it_is(value: str | None) -> str | None:
    return value
