"""What a post may be besides a text: a question, a poll, a link, thanks with a badge, a call that was made."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from hubbub import people
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid
from hubbub.core.ids import Type
from hubbub.core.languages import mark
from hubbub.feed.actions.bodies import Segment, clean

MOST_TITLE = 255
MOST_CHOICE = 255
FEWEST_CHOICES, MOST_CHOICES = 2, 10
MOST_MINUTES = 24 * 60
MOST_URL = 1000

# The badges that thanks come with. Their icons are those of frontend/icons.mjs.
BADGES = {
    "thanks": mark("Thank you"),
    "teamwork": mark("Team player"),
    "idea": mark("Good idea"),
    "mentor": mark("Taught me something"),
    "speed": mark("Quick help"),
    "win": mark("Made the deal"),
}

# The kinds that people write. All but the first and the poll may do without a text.
KINDS = ("TextPost", "QuestionPost", "PollPost", "LinkPost", "RypplePost", "CallLogPost")
# What moderators announce; it is written by no form of posts.
ANNOUNCEMENT = "AdvancedTextPost"
WORDLESS = ("QuestionPost", "LinkPost", "RypplePost", "CallLogPost")


def one_line(text: object, what: str, most: int, field: str) -> str:
    """A text of one line, of at most that many characters; empty if there is none."""
    line = " ".join(clean(text or "").split())
    if len(line) > most:
        raise Invalid(
            "STRING_TOO_LONG",
            "{what:_} has {count} characters; {most} is the most.",
            fields=[field],
            what=what,
            count=len(line),
            most=most,
        )
    return line


def check_kind(
    actor: people.Actor,
    kind: str,
    parent_id: int,
    body: list[Segment],
    title: object,
    choices: Sequence[object],
    detail: dict[str, Any] | None,
) -> tuple[str | None, list[str], dict[str, Any] | None]:
    """Title, choices and detail of a post of that kind, as they are stored; raises for what cannot be such a post."""
    if kind == ANNOUNCEMENT and detail and body:
        return None, [], detail
    if kind not in KINDS:
        raise Invalid(
            "INVALID_INPUT", "A post is one of {choices}.", fields=["type"], choices=", ".join(KINDS)
        )
    if not body and kind not in WORDLESS:
        raise Invalid("REQUIRED_FIELD_MISSING", "Write something first.", fields=["text"])
    match kind:
        case "QuestionPost":
            asked = one_line(title, mark("The question"), MOST_TITLE, "questionTitle")
            if not asked:
                raise Invalid(
                    "REQUIRED_FIELD_MISSING", "Write your question first.", fields=["questionTitle"]
                )
            return asked, [], None
        case "PollPost":
            return None, _choices(choices), None
        case "LinkPost":
            return (
                one_line(title, mark("The link's name"), MOST_TITLE, "urlName") or None,
                [],
                _link(detail or {}),
            )
        case "RypplePost":
            return None, [], _badge(actor, parent_id, detail or {})
        case "CallLogPost":
            if ids.type_of(parent_id) == Type.USER:
                raise Invalid("INVALID_INPUT", "A call is logged on a record.", fields=["subjectId"])
            return (
                one_line(title, mark("The subject"), MOST_TITLE, "subject") or None,
                [],
                _call(detail or {}),
            )
    return None, [], None


def _choices(given: Sequence[object]) -> list[str]:
    choices = [line for each in given if (line := one_line(each, mark("A choice"), MOST_CHOICE, "choices"))]
    if not FEWEST_CHOICES <= len(choices) <= MOST_CHOICES:
        raise Invalid(
            "INVALID_INPUT",
            "A poll has {least} to {most} choices; this has {count}.",
            fields=["choices"],
            least=FEWEST_CHOICES,
            most=MOST_CHOICES,
            count=len(choices),
        )
    if len({choice.casefold() for choice in choices}) < len(choices):
        raise Invalid("INVALID_INPUT", "Two choices of a poll are the same.", fields=["choices"])
    return choices


def _badge(actor: people.Actor, parent_id: int, detail: dict[str, Any]) -> dict[str, Any]:
    if ids.type_of(parent_id) != Type.USER:
        raise Invalid("INVALID_INPUT", "Thanks go to a person.", fields=["subjectId"])
    if parent_id == actor.id:
        raise Invalid("INVALID_INPUT", "Thanks go to somebody else.", fields=["subjectId"])
    badge = detail.get("badge")
    if not isinstance(badge, str) or badge not in BADGES:
        raise Invalid(
            "INVALID_INPUT", "badge is one of {choices}.", fields=["badge"], choices=", ".join(BADGES)
        )
    return {"badge": badge}


def _link(detail: dict[str, Any]) -> dict[str, Any]:
    url = clean(detail.get("url") or "").strip()
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if (
        parts.scheme.lower() not in ("http", "https")
        or not parts.hostname
        or " " in url
        or not url.isprintable()
    ):
        raise Invalid(
            "INVALID_INPUT", "url is the whole address of a page, with http or https.", fields=["url"]
        )
    if len(url) > MOST_URL:
        raise Invalid(
            "STRING_TOO_LONG",
            "url has {count} characters; {most} is the most.",
            fields=["url"],
            count=len(url),
            most=MOST_URL,
        )
    return {"url": url}


def _call(detail: dict[str, Any]) -> dict[str, Any] | None:
    minutes = detail.get("minutes")
    if minutes is None:
        return None
    if not isinstance(minutes, int) or isinstance(minutes, bool) or not 0 <= minutes <= MOST_MINUTES:
        raise Invalid(
            "INVALID_INPUT",
            "minutes is a whole number from 0 to {most}.",
            fields=["minutes"],
            most=MOST_MINUTES,
        )
    return {"minutes": minutes}


async def add_choices(tx: Tx, item_id: int, choices: list[str]) -> None:
    """The choices of a new poll, in their order."""
    choice_ids = await tx.new_ids(Type.POLL_CHOICE, len(choices))
    await tx.run(
        """insert into poll_choice (org_id, id, item_id, position, text)
           select %(org)s, c.id, %(item)s, c.at, c.text
           from unnest(%(ids)s::bigint[], %(texts)s::text[]) with ordinality c(id, text, at)""",
        {"item": item_id, "ids": choice_ids, "texts": choices},
    )
