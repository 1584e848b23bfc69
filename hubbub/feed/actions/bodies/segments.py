"""What somebody typed or a client sent, as checked message segments."""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec

from hubbub import files, people, records
from hubbub.core import html, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.ids import Type
from hubbub.feed.actions.bodies.light import read_light
from hubbub.feed.actions.bodies.nesting import nested
from hubbub.feed.actions.tracking import LEAST_CHARACTERS, MOST_CHARACTERS_AT_ALL, tracking

MOST_MENTIONS = 25
MOST_TAG = 150  # characters of a hashtag
MOST_ALT = 500  # of what says in words what a picture shows
MOST_IMAGES = 20  # in one body
MOST_SEGMENTS = 5_000
MOST_BYTES = 2_000_000  # of a body in JSON, as editors send it
SCHEMES = ("http", "https", "mailto")

Segment = dict[str, Any]

_RECORD_PAGE = re.compile(r"/r/(\w{15}(?:\w{3})?)")
# A name after an @ has up to four words; which of them are meant is decided by who exists.
_TOKEN = re.compile(
    r"(?P<link>\b(?:https?://|mailto:)[^\s<>\"]+)"
    r"|(?<![\w@#/&])#(?:\[(?P<words>[^\]\n]{1,99})\]|(?P<tag>\w[\w-]{0,98}))"
    r"|(?<![\w@#/])@(?P<name>[^\W\d_][\w.'+@-]*(?: [^\W\d_][\w.'-]*){0,3})"
)


async def parse_text(
    tx: Tx, actor: people.Actor, text: object, *, before: Iterable[Segment] = ()
) -> list[Segment]:
    """Segments of a plain text: @names of people whom the author may see, #topics and links are recognized."""
    return await _checked(tx, actor, [{"type": "Text", "text": clean(text)}], before)


async def parse_form(
    tx: Tx, actor: people.Actor, *, text: object, segments: object = None, before: Iterable[Segment] = ()
) -> list[Segment]:
    """Segments of what a form sends: `segments`, the API's own JSON as the editor writes it; without it `text`, in which
    light markup counts. What the body held `before` an edit may stay in it.

    Beyond 2 MB of JSON it is 413 REQUEST_TOO_LARGE.
    """
    if segments:
        if not isinstance(segments, str) or len(segments) > MOST_BYTES:
            raise _too_large()
        try:
            given = msgspec.json.decode(segments)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            raise Invalid(
                "JSON_PARSER_ERROR", "What the editor sent cannot be read.", fields=["segments"]
            ) from None
        return await parse_segments(tx, actor, _from_editor(given), before=before)
    typed = clean(text)
    if len(typed) > 2 * MOST_CHARACTERS_AT_ALL:
        raise _too_large()
    return await _checked(tx, actor, read_light(typed), before)


async def parse_words(tx: Tx, actor: people.Actor, text: str) -> list[Segment]:
    """Segments of what somebody may say to an act in a plain box: none where he says nothing."""
    return await parse_form(tx, actor, text=text) if text.strip() else []


async def parse_segments(
    tx: Tx, actor: people.Actor, given: object, *, before: Iterable[Segment] = ()
) -> list[Segment]:
    """Segments as a client sends them (`messageSegments`), checked one by one. What the body held `before` an edit may
    stay in it."""
    if not isinstance(given, list) or not given or not all(isinstance(segment, dict) for segment in given):
        raise Invalid(
            "INVALID_INPUT",
            "A body needs messageSegments: a list with at least one segment.",
            fields=["body"],
        )
    if len(given) > MOST_SEGMENTS:
        raise Invalid(
            "INVALID_INPUT", "A body has at most {most:,} segments.", fields=["body"], most=MOST_SEGMENTS
        )
    return await _checked(tx, actor, [_read(segment) for segment in given], before)


def for_editor(body: Iterable[Segment], names: Mapping[str, str]) -> list[Segment]:
    """A body as the editor reads it: a linked record is a hyperlink to its page, with its name."""
    made: list[Segment] = []
    for segment in body:
        if segment["type"] == "EntityLink":
            name = names.get(segment["id"]) or html.unseen_record()
            made += [
                {"type": "MarkupBegin", "markupType": "Hyperlink", "url": f"/r/{segment['id']}"},
                {"type": "Text", "text": name},
                {"type": "MarkupEnd", "markupType": "Hyperlink"},
            ]
        else:
            made.append(segment)
    return made


def _from_editor(given: object) -> object:
    """The other way round: a hyperlink to a record's page is a linked record."""
    if not isinstance(given, list):
        return given
    made: list[object] = []
    inside = False
    for segment in given:
        known = segment if isinstance(segment, dict) else {}
        record = _RECORD_PAGE.fullmatch(str(known.get("url"))) if known.get("type") == "MarkupBegin" else None
        if record:
            inside = True
            made.append({"type": "EntityLink", "entityId": record[1]})
        elif not inside:
            made.append(segment)
        elif known.get("type") == "MarkupEnd" and known.get("markupType") == "Hyperlink":
            inside = False
    return made


def clean(text: object) -> str:
    """The text as it may be stored: no NUL, no half characters, newlines as one sort."""
    if not isinstance(text, str):
        raise Invalid("INVALID_INPUT", "A text is missing or is not a text.", fields=["text"])
    if "\x00" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise Invalid("INVALID_INPUT", "The text has characters that are not text.", fields=["text"])
    return text.replace("\r\n", "\n").replace("\r", "\n")


def mentioned(body: list[Segment]) -> set[int]:
    """The people whom a body mentions."""
    return {ids.parse(segment["id"]) for segment in body if segment["type"] == "Mention"}


def linked(body: list[Segment]) -> set[int]:
    """The records that a body links."""
    return {ids.parse(segment["id"]) for segment in body if segment["type"] == "EntityLink"}


def topics(body: list[Segment]) -> dict[str, str]:
    """The topics of a body, as name by key: the spelling first used wins, case does not matter."""
    found: dict[str, str] = {}
    for segment in body:
        if segment["type"] == "Hashtag":
            found.setdefault(topic_key(segment["tag"]), segment["tag"])
    return found


def topic_key(name: str) -> str:
    return " ".join(name.casefold().split())


# --- one segment ---------------------------------------------------------------------------------------------------


def _read(segment: Segment) -> Segment:
    """One segment of a client, by itself: ids and names are not looked up yet."""
    match segment.get("type"):
        case "Text" | None:
            return {"type": "Text", "text": clean(segment.get("text"))}
        case "Mention":
            if segment.get("id"):
                return {"type": "Mention", "id": ids.show(ids.parse(segment["id"], Type.USER))}
            return {"type": "Mention", "username": clean(segment.get("username"))}
        case "Hashtag":
            tag = clean(segment.get("tag")).strip().lstrip("#").strip("[]")
            if not tag or len(tag) > MOST_TAG or "\n" in tag:
                raise Invalid(
                    "INVALID_INPUT",
                    "A hashtag has 1 to {most} characters in one line.",
                    fields=["tag"],
                    most=MOST_TAG,
                )
            return _hashtag(tag)
        case "Link":
            return _link(clean(segment.get("url")))
        case "EntityLink":
            return {
                "type": "EntityLink",
                "id": ids.show(_record_id(segment.get("entityId") or segment.get("id"))),
            }
        case "MarkupBegin" | "MarkupEnd" as kind:
            return _markup(kind, segment)
        case "InlineImage":
            alt = " ".join(clean(segment.get("altText") or "").split())
            if len(alt) > MOST_ALT:
                raise Invalid(
                    "STRING_TOO_LONG",
                    "altText has at most {most} characters.",
                    fields=["altText"],
                    most=MOST_ALT,
                )
            return {
                "type": "InlineImage",
                "fileId": ids.show(ids.parse(segment.get("fileId"), Type.FILE)),
                "altText": alt,
            }
        case other:
            raise Invalid(
                "INVALID_INPUT",
                "Segments of type {other!r} are not accepted here.",
                fields=["type"],
                other=str(other)[:40],
            )


def _markup(kind: str, segment: Segment) -> Segment:
    markup = segment.get("markupType")
    if not isinstance(markup, str) or markup not in html.TAGS:
        raise Invalid(
            "INVALID_INPUT",
            "markupType is one of {choices}.",
            fields=["markupType"],
            choices=", ".join(html.TAGS),
        )
    made: Segment = {"type": kind, "markupType": markup}
    if kind == "MarkupBegin" and markup == "Hyperlink":
        made["url"] = _link(clean(segment.get("url")))["url"]
        if segment.get("altText") is not None:
            made["altText"] = clean(segment["altText"])[:255]
    return made


def _record_id(key: object) -> int:
    record_id = ids.parse(key)
    if not (
        ids.type_of(record_id) in records.RECORD_TYPES or ids.type_of(record_id) >= ids.FIRST_CUSTOM_OBJECT
    ):
        raise Invalid("INVALID_INPUT", "entityId is the id of a record.", fields=["entityId"])
    return record_id


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


# --- the whole body ------------------------------------------------------------------------------------------------


async def _checked(
    tx: Tx, actor: people.Actor, read: list[Segment], before: Iterable[Segment]
) -> list[Segment]:
    """The body, with everybody and everything that it names looked up at once, if it nests and keeps the limits."""
    if sum(len(segment.get("text", "")) for segment in read) > MOST_CHARACTERS_AT_ALL:
        raise _too_long(len(html.plain(read)), MOST_CHARACTERS_AT_ALL)  # before any pattern looks at it
    body = await _looked_up(tx, actor, nested(read), list(before))
    text = html.plain(body)
    if not text.strip() and not any(segment["type"] in ("EntityLink", "InlineImage") for segment in body):
        raise Invalid("REQUIRED_FIELD_MISSING", "Write something first.", fields=["text"])
    if len(text) > LEAST_CHARACTERS:  # no org has a lower limit: the usual post need not ask
        most = (await tracking(tx, await records.viewer(tx, actor))).most_characters
        if len(text) > most:
            raise _too_long(len(text), most)
    if len(mentioned(body)) > MOST_MENTIONS:
        raise Invalid(
            "LIMIT_EXCEEDED",
            "At most {most} people can be mentioned at once.",
            fields=["text"],
            most=MOST_MENTIONS,
        )
    return body


async def _looked_up(
    tx: Tx, actor: people.Actor, read: list[Segment], before: list[Segment]
) -> list[Segment]:
    was = {segment["id"]: segment for segment in before if segment["type"] in ("Mention", "EntityLink")}
    wanted = {segment["id"] for segment in read if "id" in segment} - was.keys()
    pictures = await _pictures(tx, actor, read, before)
    user_ids = {id for id in map(ids.parse, wanted) if ids.type_of(id) == Type.USER}
    record_ids = {id for id in map(ids.parse, wanted) if ids.type_of(id) != Type.USER}
    names = {segment["username"] for segment in read if "username" in segment}
    for segment in _prose(read):
        for match in _TOKEN.finditer(segment["text"]):
            if match["name"]:
                names.update(_readings(match["name"]))
    persons = await people.visible_cards(tx, actor, user_ids) if user_ids else {}
    named = await people.named(tx, actor, names) if names else {}
    known = {name: _person(person) for name, person in named.items()}
    known |= {segment["name"].casefold(): segment for segment in was.values() if segment["type"] == "Mention"}
    found = await records.visible_cards(tx, actor, record_ids) if record_ids else {}
    if user_ids - persons.keys() or record_ids - found.keys():
        raise NotFound()
    prose = {id(segment) for segment in _prose(read)}
    body: list[Segment] = []
    for segment in read:
        if segment["type"] == "Mention":
            if "id" not in segment and segment["username"].casefold() not in known:
                raise NotFound()
            if "id" not in segment:
                body.append(known[segment["username"].casefold()])
            elif segment["id"] in was:
                body.append(was[segment["id"]])
            else:
                body.append(_person(persons[ids.parse(segment["id"])]))
        elif segment["type"] == "InlineImage":
            body.append(
                pictures[segment["fileId"]] | _worded(segment["altText"], pictures[segment["fileId"]])
            )
        elif id(segment) in prose:
            _append(body, _recognized(segment["text"], known))
        else:
            _append(body, [segment])
    return body


async def _pictures(
    tx: Tx, actor: people.Actor, read: list[Segment], before: list[Segment]
) -> dict[str, Segment]:
    """The pictures of a body by their ids: those that its author sent, and those that were in it before."""
    named = {segment["fileId"] for segment in read if segment["type"] == "InlineImage"}
    if len(named) > MOST_IMAGES:
        raise Invalid(
            "LIMIT_EXCEEDED", "At most {most} images in one text.", fields=["body"], most=MOST_IMAGES
        )
    found = {segment["fileId"]: segment for segment in before if segment["type"] == "InlineImage"}
    if new := named - found.keys():
        for file in (await files.owned(tx, actor, [ids.parse(key) for key in new])).values():
            found[file.key] = {
                "type": "InlineImage",
                "fileId": file.key,
                "altText": file.title,
                "width": file.width,
                "height": file.height,
                "bytes": file.bytes,
                "extension": file.extension,
            }
    if named - found.keys():
        raise NotFound()
    return found


def _worded(alt: str, picture: Segment) -> Segment:
    """What stands for a picture where only words are shown."""
    said = alt or picture["altText"]
    return {"altText": said, "text": f"[{said}]"}


def _prose(read: list[Segment]) -> list[Segment]:
    """The texts in which names, topics and links are looked for: those in no code and no link."""
    found: list[Segment] = []
    verbatim = 0
    for segment in read:
        if segment.get("markupType") in ("Code", "Hyperlink"):
            verbatim += 1 if segment["type"] == "MarkupBegin" else -1
        elif segment["type"] == "Text" and not verbatim:
            found.append(segment)
    return found


def _recognized(text: str, known: dict[str, Segment]) -> list[Segment]:
    body: list[Segment] = []
    at = 0
    while match := _TOKEN.search(text, at):
        segment, end = _token(match, known)
        if segment is None:
            end = match.start() + 1
            _append(body, [{"type": "Text", "text": text[at:end]}])
        else:
            _append(body, [{"type": "Text", "text": text[at : match.start()]}, segment])
        at = end
    _append(body, [{"type": "Text", "text": text[at:]}])
    return body


def _token(match: re.Match[str], known: dict[str, Segment]) -> tuple[Segment | None, int]:
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
            return known[reading.casefold()], match.start("name") + len(reading)
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


def _append(body: list[Segment], more: list[Segment]) -> None:
    """Add segments; texts beside each other are one."""
    for segment in more:
        if segment["type"] != "Text":
            body.append(segment)
        elif body and body[-1]["type"] == "Text":
            body[-1] = {"type": "Text", "text": body[-1]["text"] + segment["text"]}
        elif segment["text"]:
            body.append(segment)


def _too_long(length: int, most: int) -> Invalid:
    return Invalid(
        "STRING_TOO_LONG",
        "This has {length:,} characters; {most:,} is the most.",
        fields=["text"],
        length=length,
        most=most,
    )


def _too_large() -> Invalid:
    return Invalid("REQUEST_TOO_LARGE", "This is far more than a post can hold.", status=413)
