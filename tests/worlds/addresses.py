"""What one person may ask for: every address with every id, queries, completions, and writes that must be refused."""

import re
from random import Random
from typing import Any
from urllib.parse import quote

import msgspec

from hubbub.core import ids
from tests.worlds.worlds import World

V = "/services/data/v62.0"
LEAVE_OUT = re.compile(r"^/(assets|sign-out|live|health)")
KINDS = ("news", "company", "user-profile", "record", "profile", "topic", "bookmarks", "to", "people", "topics",
         "muted", "mute", "search", "filter", "streams", "favorites")  # fmt: skip
SETUP = ("UserRole", "Group", "GroupMember", "PermissionSet", "PermissionSetAssignment", "OpportunityShare",
         "OpportunityTeamMember", "UserRecordAccess")  # fmt: skip
OBJECTS = (
    "Opportunity",
    "Account",
    "Contact",
    "Product2",
    "User",
    "opportunity",
    "Nothing",
    "FeedItem",
    *SETUP,
)
PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")


def routes(app: Any) -> list[tuple[str, frozenset[str]]]:
    """Every address that the app answers, as its pattern, with its methods; written down in routes.py and nowhere here."""
    found = []
    for route in app.app.routes:
        methods = frozenset(getattr(route, "methods", ()) or ()) - {"OPTIONS", "HEAD"}
        if methods and not LEAVE_OUT.match(route.path):
            found.append((route.path, methods))
    return sorted(found)


def fill(
    pattern: str, world: World, name: str, kind: str, object: str, text: str, field: str = "Name"
) -> str:
    """The pattern with these values in it."""

    def value(match: re.Match[str]) -> str:
        match match[1]:
            case "version":
                return "v62.0"
            case "community":
                return "internal"
            case "kind":
                return kind
            case "name" | "topic" if "/topics/" in pattern:
                return quote(text, safe="")
            case "name" | "object" | "sobject" | "type":
                return object
            case "field":
                return field
        return world.key(name) if name in world.made else quote(name, safe="")

    return PARAMETER.sub(value, pattern)


class Guess(msgspec.Struct, frozen=True):
    """Values to fill an address with."""

    pattern: str
    name: str
    kind: str
    object: str
    text: str
    query: str = ""

    def address(self, world: World) -> str:
        return fill(self.pattern, world, self.name, self.kind, self.object, self.text) + self.query


PAGING = ["", "", "?pageSize=1", "?pageSize=2&page=1", "?sort=LastModifiedDateDesc", "?sort=activity", "?show=talk",
          "?sort=activity&show=talk", "?tab=details", "?filterType=006", "?filterType=005", "?q=secret",
          "?q=ke", "?q=am", "?q=secret*", "?q=hidden&show=changes", "?filter=unread", "?filter=AllQuestions", "?filter=Unread",
          "?density=FewerUpdates", "?show=fewer", "?elementsPerBundle=2", "?sort=viewed", "?sort=MostViewed",
          "?sort=top", "?sort=Relevance"]  # fmt: skip
NEAR = {
    "common",
    "campaign",
    "harbour",
    "omar",
    "noor",
    "nina",
    "gus",
    "topic:tides",
    "topic:port",
}  # what secrets are about or were done by
TOPICS = ["tides", "Port", "hush", "Hush", "HUSH", "Gone", "gone", "nowhere"]


def guesses(
    app: Any, world: World, names: list[str], secrets: list[str], random: Random, most: int
) -> list[Guess]:
    """Every address with every id, the hidden ones first; of very many a sample."""
    patterns = [path for path, methods in routes(app) if "GET" in methods and "communities" not in path]
    hidden: list[Guess] = []
    near: list[Guess] = []
    rest: list[Guess] = []
    for pattern in patterns:
        parameters = {match[1] for match in PARAMETER.finditer(pattern)}
        of_topic = bool("/topics/" in pattern and parameters & {"name", "topic"})
        of_object = bool(parameters & {"object", "sobject", "type", "name"}) and not of_topic
        of_id = bool(parameters - {"version", "kind", "object", "sobject", "type", "name", "topic", "field"})
        for name in names if of_id else [""]:
            right_object, right_kinds = _FITS.get(
                ids.type_of(world.id(name)) if name else 0, ("Opportunity", KINDS)
            )
            kinds = [*right_kinds, random.choice(KINDS)] if "kind" in parameters else [""]
            types = ([right_object, random.choice(OBJECTS)] if name else OBJECTS) if of_object else [""]
            for kind in dict.fromkeys(kinds):
                for object in dict.fromkeys(types):
                    for topic in TOPICS if of_topic else [""]:
                        guess = Guess(pattern, name, kind, object, topic, random.choice(PAGING))
                        (
                            hidden
                            if name in secrets or (of_topic and not of_id)
                            else near
                            if name in NEAR
                            else rest
                        ).append(guess)
    for some in (hidden, near, rest):
        random.shuffle(some)
    return (hidden[: most // 3] + near[: most // 3] + rest + near + hidden)[:most]


_FITS: dict[int, tuple[str, tuple[str, ...]]] = {
    1: ("User", ("profile", "user-profile")),
    32: ("Account", ("record",)),
    33: ("Contact", ("record",)),
    34: ("Opportunity", ("record",)),
    35: ("Product2", ("record",)),
    68: ("Opportunity", ("topic",)),
}


def writes(app: Any, names: list[str], random: Random, most: int) -> list[tuple[str, Guess, str]]:
    """Every way of changing something, tried on the hidden things."""
    found = []
    for pattern, methods in routes(app):
        if "communities" in pattern or re.search(r"sign-in|oauth|token|sessions|Soap", pattern):
            continue
        for method in sorted(methods - {"GET"}):
            if not PARAMETER.search(pattern.replace("{version:str}", "")):
                found += [(method, Guess(pattern, "", "", "", ""), name) for name in names]
            else:
                object = "Opportunity"
                found += [(method, Guess(pattern, name, "news", object, "x"), name) for name in names]
    random.shuffle(found)
    return found[:most]


def sent(pattern: str, key: str) -> dict[str, Any]:
    """What a write sends: everything that the different ones ask for."""
    if pattern.startswith("/services/"):
        if "/composite" in pattern or pattern.endswith("/batch"):
            one = {
                "method": "GET",
                "url": f"/services/data/v62.0/sobjects/Opportunity/{key}",
                "referenceId": "a",
            }
            return {
                "records": [
                    {"attributes": {"type": "Opportunity", "referenceId": "a"}, "id": key, "Name": "Guess"}
                ],
                "ids": [key],
                "fields": ["Name", "Amount"],
                "batchRequests": [one, one | {"url": f"/v62.0/chatter/feed-elements/{key}"}],
                "compositeRequest": [one],
            }
        if "sobjects" in pattern:
            return {"Name": "Guess"}
        return {
            "subjectId": key,
            "text": "guess",
            "body": {"messageSegments": [{"type": "Text", "text": "guess"}]},
            "vote": "Up",
            "entityId": key,
            "upToId": key,
            "invitees": ["iris@elsewhere.example"],
            **dict.fromkeys(
                ("isPinned", "isClosed", "isBookmarkedByCurrentUser", "isMutedByMe", "isReadByMe", "isFollowedByMe",
                 "isLikedByCurrentUser"), True,
            ),
        }  # fmt: skip
    return {
        "subject": key,
        "record": key,
        "items": key,
        "up_to": key,
        "vote": "up",
        "face": "love",
        "invitees": "iris@elsewhere.example",
        "text": "guess",
        "Name": "Guess",
        "StageName": "Closed Lost",
        "stage": "Closed Lost",
    }


# --- queries -------------------------------------------------------------------------------------------------------

FIELDS = {
    "Opportunity": ["Id", "Name", "StageName", "Amount", "ExpectedRevenue", "CloseDate", "AccountId", "Account.Name", "OwnerId",
                    "Owner.Name", "Probability", "NextStep", "IsClosed", "LastModifiedDate", "CreatedDate", "Nonsense"],
    "Account": ["Id", "Name", "Industry", "ParentId", "Parent.Name", "OwnerId", "Owner.Name", "LastModifiedDate"],
    "Contact": ["Id", "Name", "LastName", "AccountId", "Account.Name", "OwnerId"],
    "Product2": ["Id", "Name"],
    "User": ["Id", "Name", "Title", "IsActive", "Username"],
    "UserRole": ["Id", "Name", "ParentRoleId"], "Group": ["Id", "Name", "Type"],
    "GroupMember": ["Id", "GroupId", "UserOrGroupId"],
    "PermissionSet": ["Id", "Name", "Label"], "PermissionSetAssignment": ["Id", "PermissionSetId", "AssigneeId"],
    "OpportunityShare": ["Id", "OpportunityId", "UserOrGroupId", "RowCause"],
    "OpportunityTeamMember": ["Id", "OpportunityId", "UserId", "TeamMemberRole"],
    "UserRecordAccess": ["RecordId", "UserId", "HasReadAccess", "MaxAccessLevel"],
}  # fmt: skip
TEXTS = ["%e%", "Secret deal", "%deal", "Prospecting", "Closed Won"]
VALUES = {
    "Amount": ["777", "31000000", "5", "4321", "null", "1000"], "ExpectedRevenue": ["1", "null"], "Probability": ["10", "50"],
    "CloseDate": ["2026-02-15", "TODAY", "null"], "IsClosed": ["true", "false"],
    "LastModifiedDate": ["LAST_N_DAYS:10", "2026-01-01T00:00:00Z"], "CreatedDate": ["LAST_N_DAYS:90"],
}  # fmt: skip


def queries(names: list[str], random: Random, most: int) -> list[tuple[str, str]]:
    """SOQL with every field anywhere: as text with `{id}` and the name of whose id is meant."""
    found = []
    for _ in range(most):
        object = random.choice([*FIELDS, "Opportunity", "Opportunity", "Opportunity", "Account"])
        fields = FIELDS[object]
        picked = random.sample(fields, random.randint(1, min(4, len(fields))))
        select = random.choice([", ".join(picked), ", ".join(picked), "COUNT()"])
        name = random.choice(names)
        text = f"SELECT {select} FROM {object}"
        if random.random() < 0.7:
            text += " WHERE " + random.choice([" AND ", " OR "]).join(
                _condition(fields, random) for _ in range(random.randint(1, 2))
            )
        if select != "COUNT()" and random.random() < 0.6:
            text += (
                f" ORDER BY {random.choice(fields)} {random.choice(['ASC', 'DESC', 'DESC NULLS LAST'])}, Id"
            )
        if random.random() < 0.4:
            text += f" LIMIT {random.randint(1, 5)}"
        found.append((text, name))
    return found


def _condition(fields: list[str], random: Random) -> str:
    field = random.choice(fields)
    operator = random.choice(["=", "!=", "<", ">", ">="])
    if field.endswith("Id"):
        return f"{field} {random.choice(['=', '!='])} '{{id}}'"
    if field in VALUES:
        return f"{field} {operator} {random.choice(VALUES[field])}"
    return f"{field} {random.choice(['=', '!=', 'LIKE'])} '{random.choice(TEXTS)}'"


COMPLETIONS = [
    "/complete/people?q={q}&subject={id}",
    "/complete/people?q={q}",
    "/complete/topics?q={topic}",
    V + "/chatter/mentions/completions?q={q}&contextId={id}&pageSize=3",
    V + "/chatter/mentions/validations?parentId={id}&recordIds={people}&visibility=AllUsers",
]


def completions(names: list[str], random: Random, most: int) -> list[tuple[str, str]]:
    """What an editor asks while somebody writes on any of these things: as text with `{id}`, and the name."""
    return [
        (
            random.choice(COMPLETIONS)
            .replace("{q}", random.choice(["n", "m", "o", "g", "ma", "x"]))
            .replace("{topic}", random.choice(["t", "h", "hu", "p", "g", "n", ""])),
            random.choice(names),
        )
        for _ in range(most)
    ]


def completion_address(text: str, world: World, name: str) -> str:
    people = ",".join(world.key(who) for who in ("omar", "noor", "nina", "gus"))
    return text.replace("{id}", world.key(name)).replace("{people}", people)


def query_address(text: str, world: World, name: str) -> str:
    return f"{V}/query?q={quote(text.replace('{id}', world.key(name)))}"
