"""Bodies of the Chatter REST API that show people.

Every property that the reference names is there, null when it is empty.
"""

from functools import lru_cache
from typing import Any, Protocol

from hubbub.core import ids
from hubbub.core.ids import Type
from hubbub.core.rest import encode_text
from hubbub.people.access import Person

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


def photo_url(person: Person, base: str) -> str:
    """The address of a person's picture."""
    return f"/profilephoto/{person.key}/T"


def photo(person: Person, base: str) -> Json:
    """Photo."""
    large, small = f"/profilephoto/{person.key}/F", photo_url(person, base)
    return {
        "fullEmailPhotoUrl": large,
        "largePhotoUrl": large,
        "mediumPhotoUrl": large,
        "photoVersionId": None,
        "smallPhotoUrl": small,
        "standardEmailPhotoUrl": small,
        "url": f"{base}/chatter/users/{person.key}/photo",
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
    manager: Person | None = None,
    activity: Json | None = None,
    encode: bool = True,
) -> Json:
    """User Detail."""
    text = encode_text if encode else _as_it_is
    return user_summary(profile.person, base, subscription_id=subscription_id, encode=encode) | {
        "aboutMe": text(profile.about),
        "address": {
            "city": None,
            "country": None,
            "formattedAddress": "",
            "state": None,
            "street": None,
            "zip": None,
        },
        "bannerPhoto": None,
        "chatterActivity": activity,
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
        "managerId": manager.key if manager else None,
        "managerName": text(manager.name) if manager else None,
        "phoneNumbers": [],
        "thanksReceived": None,
        "username": profile.username,
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
