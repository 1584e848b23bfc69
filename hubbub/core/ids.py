"""Ids: a number in the database, Salesforce's 15 or 18 characters in addresses and in the API.

An id is `type code << 48 | number`. The number is unique in the whole installation and says nothing about time.
"""

from enum import IntEnum
from functools import lru_cache

from hubbub.core.errors import Invalid, NotFound
from hubbub.core.languages import mark

NUMBER_BITS = 48
FIRST_CUSTOM_OBJECT = 1024
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_VALUE = {digit: value for value, digit in enumerate(_DIGITS)}
_CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


class Type(IntEnum):
    """The type codes. Never renumber: they are inside every stored id."""

    USER = 1
    ROLE = 2
    ROLE_AND_BELOW = 3
    GROUP = 4
    QUEUE = 5
    RULE = 6
    EVERYONE = 7
    PROFILE = 9
    ORG = 10
    LOGIN = 11
    PERMISSION_SET = 12
    APP = 13
    SUBSCRIPTION = 14
    EVENT = 15
    FIELD = 16
    SESSION = 17
    TOKEN = 18
    HISTORY = 19
    GROUP_MEMBER = 20
    SHARE = 21
    ACCOUNT_SHARE = 22
    CONTACT_SHARE = 23
    OPPORTUNITY_SHARE = 24
    ACCOUNT_TEAM_MEMBER = 25
    OPPORTUNITY_TEAM_MEMBER = 26
    PERMISSION_ASSIGNMENT = 27
    OBJECT_PERMISSIONS = 28
    FIELD_PERMISSIONS = 29
    QUEUE_OBJECT = 30
    STAGE_HISTORY = 31
    ACCOUNT = 32
    CONTACT = 33
    OPPORTUNITY = 34
    PRODUCT2 = 35
    LEAD = 36
    CASE = 37
    TASK = 38
    MEETING = 39  # Salesforce's Event; EVENT is the log's
    CAMPAIGN = 40
    CAMPAIGN_MEMBER = 41
    CONTRACT = 42
    ASSET = 43
    FEED_ITEM = 64
    TRACKED_CHANGE = 65
    COMMENT = 66
    LIKE = 67
    TOPIC = 68
    POLL_CHOICE = 69
    STREAM = 70
    FAVORITE = 71
    FLAG = 72
    DRAFT = 73
    NOTICE = 74
    FOLLOWED_SEARCH = 75
    LIST_VIEW = 76
    INVITATION = 90
    DIGEST = 96
    ANNOUNCEMENT = 97
    FILE = 98
    PHOTO = 91


# Types without a Salesforce counterpart get prefixes that Salesforce leaves unused.
PREFIX: dict[int, str] = {
    Type.USER: "005",
    Type.ROLE: "00E",
    Type.ROLE_AND_BELOW: "zR0",
    Type.GROUP: "00G",
    Type.QUEUE: "zQ0",
    Type.RULE: "02c",
    Type.EVERYONE: "zE0",
    Type.PROFILE: "00e",
    Type.ORG: "00D",
    Type.LOGIN: "zL0",
    Type.PERMISSION_SET: "0PS",
    Type.APP: "0H4",
    Type.SUBSCRIPTION: "0E8",
    Type.EVENT: "zV0",
    Type.FIELD: "00N",
    Type.SESSION: "0Ak",
    Type.TOKEN: "0CQ",
    Type.HISTORY: "017",
    Type.GROUP_MEMBER: "011",
    Type.SHARE: "zS0",
    Type.ACCOUNT_SHARE: "00r",
    Type.CONTACT_SHARE: "03s",
    Type.OPPORTUNITY_SHARE: "00t",
    Type.ACCOUNT_TEAM_MEMBER: "01M",
    Type.OPPORTUNITY_TEAM_MEMBER: "00q",
    Type.PERMISSION_ASSIGNMENT: "0Pa",
    Type.OBJECT_PERMISSIONS: "110",
    Type.FIELD_PERMISSIONS: "01k",
    Type.QUEUE_OBJECT: "03g",
    Type.STAGE_HISTORY: "008",
    Type.ACCOUNT: "001",
    Type.CONTACT: "003",
    Type.OPPORTUNITY: "006",
    Type.PRODUCT2: "01t",
    Type.LEAD: "00Q",
    Type.CASE: "500",
    Type.TASK: "00T",
    Type.MEETING: "00U",
    Type.CAMPAIGN: "701",
    Type.CAMPAIGN_MEMBER: "00v",
    Type.CONTRACT: "800",
    Type.ASSET: "02i",
    Type.FEED_ITEM: "0D5",
    Type.TRACKED_CHANGE: "0D6",
    Type.COMMENT: "0D7",
    Type.LIKE: "0I0",
    Type.TOPIC: "0TO",
    Type.POLL_CHOICE: "09A",
    Type.STREAM: "zT0",
    Type.FAVORITE: "zF0",
    Type.FLAG: "zG0",
    Type.DRAFT: "zD0",
    Type.NOTICE: "zN0",
    Type.FOLLOWED_SEARCH: "zH0",
    Type.LIST_VIEW: "00B",
    Type.INVITATION: "zI0",
    Type.DIGEST: "zY0",
    Type.ANNOUNCEMENT: "0BT",
    Type.FILE: "069",
    Type.PHOTO: "729",
}
_BY_PREFIX = {prefix: code for code, prefix in PREFIX.items()}


class MalformedId(Invalid):
    """The text is not an id, or is an id of another kind of thing."""

    def __init__(self, text: object) -> None:
        super().__init__(
            "MALFORMED_ID", mark("Invalid identifier: {given}"), fields=["Id"], given=str(text)[:40]
        )


def make(code: int, number: int) -> int:
    """The id of that type with that number."""
    return code << NUMBER_BITS | number


def type_of(id: int) -> int:
    """The type code of an id."""
    return id >> NUMBER_BITS


def show15(id: int) -> str:
    """The id as 15 case-sensitive characters."""
    number = id & ((1 << NUMBER_BITS) - 1)
    text = ""
    for _ in range(12):
        number, digit = divmod(number, 62)
        text = _DIGITS[digit] + text
    return PREFIX[type_of(id)] + text


@lru_cache(maxsize=65536)  # an answer names the same people and records many times over
def show(id: int) -> str:
    """The id as 18 characters: the 15 and a suffix that survives systems blind to case."""
    text = show15(id)
    suffix = ""
    for start in (0, 5, 10):
        bits = sum(1 << at for at, char in enumerate(text[start : start + 5]) if "A" <= char <= "Z")
        suffix += _CHECK[bits]
    return text + suffix


def parse(text: object, *types: int) -> int:
    """The id behind 15 or 18 characters; raises MalformedId unless it is one, of one of the types if any are named."""
    if not isinstance(text, str) or len(text) not in (15, 18):
        raise MalformedId(text)
    if len(text) == 18:
        text = _restore_case(text)
    number = 0
    for char in text[3:]:
        if char not in _VALUE:
            raise MalformedId(text)
        number = number * 62 + _VALUE[char]
    code = _BY_PREFIX.get(text[:3])
    if code is None or number >= 1 << NUMBER_BITS or (types and code not in types):
        raise MalformedId(text)
    return make(code, number)


def of_address(text: str, *types: int) -> int:
    """The id that an address names; what is none, or of another kind of thing, is not found."""
    try:
        return parse(text, *types)
    except MalformedId:
        raise NotFound() from None


def _restore_case(text: str) -> str:
    """The 15 characters, their case put right by the suffix."""
    restored = ""
    for group, check in enumerate(text[15:].upper()):
        bits = _CHECK.find(check)
        if bits < 0:
            raise MalformedId(text)
        for at, char in enumerate(text[group * 5 : group * 5 + 5]):
            restored += char.upper() if bits >> at & 1 else char.lower()
    return restored


def type_of_prefix(prefix: str) -> int:
    """The type code behind a key prefix such as 005 or 006; raises MalformedId for one that means nothing here."""
    if prefix not in _BY_PREFIX:
        raise MalformedId(prefix)
    return _BY_PREFIX[prefix]
