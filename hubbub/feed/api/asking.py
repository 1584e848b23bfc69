"""What every resource of the feed needs to know of a request."""

from collections.abc import Iterable
from typing import Any

from litestar import Request

from hubbub import people
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.core.ids import Type
from hubbub.core.rest import api_base
from hubbub.feed.queries import Item
from hubbub.feed.shapes import Shaper


def user_of(key: str, actor: people.Actor) -> int:
    return actor.id if key == "me" else ids.parse(key, Type.USER)


async def shaper(
    request: Request[Any, Any, Any], tx: Tx, actor: people.Actor, persons: Iterable[int] = ()
) -> Shaper:
    """How bodies look for this request; `persons` and records are those of whom it tells whether the reader follows them."""
    encode = request.headers.get("x-chatter-entity-encoding", "").lower() != "false"
    wanted = set(persons)
    return Shaper(api_base(request), await people.follows(tx, actor, wanted) if wanted else {}, encode)


def shown_in(items: Iterable[Item]) -> set[int]:
    """Everybody and everything whose follow state these items show."""
    found: set[int] = set()
    for item in items:
        found |= {item.author.id, item.parent.id}
        found |= {comment.author.id for comment in item.comments} | {like.user.id for like in item.likes}
    return found
