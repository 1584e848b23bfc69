"""Bodies: what somebody typed or a client sent becomes message segments; nothing else is ever stored."""

import re
from typing import Any
from urllib.parse import urlsplit

from hubbub import people
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.ids import Type

MOST_CHARACTERS = 10_000
MOST_MENTIONS = 25
SCHEMES = ("http", "https", "mailto")

Segment = dict[str, Any]

# A name after an @ has up to four words; which of them are meant is decided by who exists.
_TOKEN = re.compile(
    r"(?P<link>\b(?:https?://|mailto:)[^\s<>\"]+)"
    r"|(?<![\w@#/&])#(?:\[(?P<words>[^\]\n]{1,99})\]|(?P<tag>\w[\w-]{0,98}))"
    r"|(?<![\w@#/])@(?P<name>[^\W\d_][\w.'+@-]*(?: [^\W\d_][\w.'-]*){0,3})"
)


async def parse_text(tx: Tx, actor: people.Actor, text: object) -> list[Segment]:
    """Segments of a plain text: @names of people whom the author may see, #topics and links are recognized."""
    return _checked(await _segments_of(tx, actor, clean(text)))


async def parse_segments(tx: Tx, actor: people.Actor, given: object) -> list[Segment]:
    """Segments as a client sends them (`messageSegments`), checked one by one."""
    if not isinstance(given, list) or not given or not all(isinstance(segment, dict) for segment in given):
        raise Invalid(
            "INVALID_INPUT",
            "A body needs messageSegments: a list with at least one segment.",
            fields=["body"],
        )
    if len(given) > 1000:
        raise Invalid("INVALID_INPUT", "A body has at most 1,000 segments.", fields=["body"])
    parsed: list[Segment] = []
    for segment in given:
        match segment.get("type"):
            case "Text" | None:
                parsed += await _segments_of(tx, actor, clean(segment.get("text")))
            case "Mention":
                parsed.append(await _mention(tx, actor, segment))
            case "Hashtag":
                tag = clean(segment.get("tag")).strip().lstrip("#").strip("[]")
                if not tag or len(tag) > 99 or "\n" in tag:
                    raise Invalid(
                        "INVALID_INPUT", "A hashtag has 1 to 99 characters in one line.", fields=["tag"]
                    )
                parsed.append(_hashtag(tag))
            case "Link":
                parsed.append(_link(clean(segment.get("url"))))
            case other:
                raise Invalid(
                    "INVALID_INPUT",
                    f"Segments of type {str(other)[:40]!r} are not accepted here.",
                    fields=["type"],
                )
    return _checked(parsed)


def clean(text: object) -> str:
    """The text as it may be stored: no NUL, no half characters, newlines as one sort."""
    if not isinstance(text, str):
        raise Invalid("INVALID_INPUT", "A text is missing or is not a text.", fields=["text"])
    if "\x00" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise Invalid("INVALID_INPUT", "The text has characters that are not text.", fields=["text"])
    return text.replace("\r\n", "\n").replace("\r", "\n")


def plain(body: list[Segment]) -> str:
    """The body as plain text."""
    return "".join(segment.get("text", "") for segment in body)


def mentioned(body: list[Segment]) -> set[int]:
    """The people whom a body mentions."""
    return {ids.parse(segment["id"]) for segment in body if segment["type"] == "Mention"}


def topics(body: list[Segment]) -> dict[str, str]:
    """The topics of a body, as name by key: the spelling first used wins, case does not matter."""
    found: dict[str, str] = {}
    for segment in body:
        if segment["type"] == "Hashtag":
            found.setdefault(topic_key(segment["tag"]), segment["tag"])
    return found


def topic_key(name: str) -> str:
    return " ".join(name.casefold().split())


def _checked(body: list[Segment]) -> list[Segment]:
    text = plain(body)
    if not text.strip():
        raise Invalid("REQUIRED_FIELD_MISSING", "Write something first.", fields=["text"])
    if len(text) > MOST_CHARACTERS:
        raise Invalid(
            "STRING_TOO_LONG",
            f"This has {len(text):,} characters; {MOST_CHARACTERS:,} is the most.",
            fields=["text"],
        )
    if len(mentioned(body)) > MOST_MENTIONS:
        raise Invalid(
            "LIMIT_EXCEEDED", f"At most {MOST_MENTIONS} people can be mentioned at once.", fields=["text"]
        )
    return body


async def _segments_of(tx: Tx, actor: people.Actor, text: str) -> list[Segment]:
    if len(text) > MOST_CHARACTERS:  # before any pattern looks at it
        raise Invalid(
            "STRING_TOO_LONG",
            f"This has {len(text):,} characters; {MOST_CHARACTERS:,} is the most.",
            fields=["text"],
        )
    candidates: set[str] = set()
    for match in _TOKEN.finditer(text):
        if match["name"]:
            candidates.update(_readings(match["name"]))
    known = await people.named(tx, actor, candidates) if candidates else {}
    body: list[Segment] = []
    at = 0
    while match := _TOKEN.search(text, at):
        segment, end = _recognized(match, known)
        if segment is None:
            end = match.start() + 1
            _append_text(body, text[at:end])
        else:
            _append_text(body, text[at : match.start()])
            body.append(segment)
        at = end
    _append_text(body, text[at:])
    return body


def _recognized(match: re.Match[str], known: dict[str, people.Person]) -> tuple[Segment | None, int]:
    if match["link"]:
        url = match["link"].rstrip(".,;:!?)'")
        try:
            return _link(url), match.start() + len(url)
        except Invalid:  # nobody asked for a link here
            return None, match.end()
    if match["tag"] or match["words"]:
        return _hashtag((match["tag"] or match["words"]).strip()), match.end()
    for reading in _readings(match["name"]):
        if reading.casefold() in known:
            return _person(known[reading.casefold()]), match.start("name") + len(reading)
    return None, match.end()


def _readings(name: str) -> list[str]:
    """What "@Ann Lee said." may mean, the longest first: Ann Lee said., Ann Lee said, Ann Lee, Ann."""
    words = name.split(" ")
    readings = []
    for count in range(len(words), 0, -1):
        whole = " ".join(words[:count])
        readings.append(whole)
        if whole != (short := whole.rstrip(".'-")):
            readings.append(short)
    return readings


async def _mention(tx: Tx, actor: people.Actor, segment: Segment) -> Segment:
    if segment.get("id"):
        return _person(await people.access_user(tx, actor, ids.parse(segment["id"], Type.USER)))
    username = clean(segment.get("username"))
    found = await people.named(tx, actor, {username})
    if username.casefold() not in found:
        raise NotFound()
    return _person(found[username.casefold()])


def _person(person: people.Person) -> Segment:
    return {"type": "Mention", "id": person.key, "name": person.name, "text": f"@{person.name}"}


def _hashtag(tag: str) -> Segment:
    return {"type": "Hashtag", "tag": tag, "text": f"#{tag}"}


def _link(url: str) -> Segment:
    try:
        scheme = urlsplit(url.strip()).scheme.lower()
    except ValueError:
        scheme = ""
    if scheme not in SCHEMES or any(char.isspace() for char in url.strip()) or len(url) > 2000:
        raise Invalid("INVALID_INPUT", "Links start with http, https or mailto.", fields=["url"])
    return {"type": "Link", "url": url.strip(), "text": url.strip()}


def _append_text(body: list[Segment], text: str) -> None:
    if not text:
        return
    if body and body[-1]["type"] == "Text":
        body[-1]["text"] += text
    else:
        body.append({"type": "Text", "text": text})
