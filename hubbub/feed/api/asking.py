"""What every resource of the feed needs to know of a request."""

from collections.abc import Iterable
from typing import Any

from hubbub import people
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.handlers import Request
from hubbub.core.ids import Type
from hubbub.core.rest import api_base, version_of
from hubbub.feed import actions
from hubbub.feed.access import access_subject
from hubbub.feed.queries import Item
from hubbub.feed.shapes import Json, Shaper, old


async def old_version(asked: Any, _: Any) -> None:
    """A guard: feed items ended with version 31."""
    path = asked.scope["path"]
    if "/feed-items" in path and version_of(path) > old.LAST:
        raise NotFound()


def user_of(key: str, actor: people.Actor) -> int:
    return actor.id if key == "me" else ids.parse(key, Type.USER)


async def check_feed(tx: Tx, actor: people.Actor, kind: str, subject: str) -> int:
    """Whose feed is meant; raises NotFound where there is none for the reader."""
    match kind, subject:
        case "news" | "bookmarks" | "mute", "me":
            return actor.id
        case "news" | "bookmarks" | "mute", _:
            raise NotFound()
        case "company", "" if not actor.guest:
            return 0
        case "user-profile", _ if subject:
            user_id = user_of(subject, actor)
            await people.access_user(tx, actor, user_id)
            return user_id
        case "record", _ if subject:
            subject_id = actor.id if subject == "me" else ids.parse(subject)
            await access_subject(tx, actor, subject_id)
            return subject_id
    raise NotFound()


async def body_of(tx: Tx, actor: people.Actor, given: Json, *, before: Iterable[Json] = ()) -> list[Json]:
    """The body of an input: `body.messageSegments`, or the parameter `text`. What it held `before` an edit may stay in it."""
    body = given.get("body", {"text": given.get("text", "")})
    if not isinstance(body, dict):
        raise Invalid("INVALID_INPUT", "body is an object with messageSegments.", fields=["body"])
    if "text" in body and "messageSegments" not in body:
        return await actions.parse_text(tx, actor, body["text"], before=before)
    return await actions.parse_segments(tx, actor, body.get("messageSegments"), before=before)


def has_body(given: Json) -> bool:
    """Does an input say anything?"""
    body = given.get("body")
    segments = body.get("messageSegments") if isinstance(body, dict) else None
    return bool(segments or given.get("text") or (isinstance(body, dict) and body.get("text")))


async def shaper(
    request: Request,
    tx: Tx,
    actor: people.Actor,
    persons: Iterable[int] = (),
    unreached: Iterable[people.Person] = (),
) -> Shaper:
    """How bodies look for this request; `persons` and records are those of whom it tells whether the reader follows them,
    `unreached` those of whom the author is told that they cannot see where he mentions them."""
    encode = request.headers.get("x-chatter-entity-encoding", "").lower() != "false"
    wanted = set(persons)
    return Shaper(
        api_base(request),
        await people.follows(tx, actor, wanted) if wanted else {},
        encode,
        frozenset(person.key for person in unreached),
    )


def shown_in(items: Iterable[Item]) -> set[int]:
    """Everybody and everything whose follow state these items show."""
    found: set[int] = set()
    for item in items:
        found |= {item.author.id, item.parent.id}
        found |= {comment.author.id for comment in item.comments} | {like.user.id for like in item.likes}
        found |= {said.edited_by.id for said in (item, *item.comments) if said.edited_by}
    return found
