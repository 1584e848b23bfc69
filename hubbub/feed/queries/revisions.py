"""What posts and comments said before they were edited, and what each edit changed."""

import re
from datetime import datetime
from difflib import SequenceMatcher

import msgspec

from hubbub import people
from hubbub.core import html, ids
from hubbub.core.db import Tx
from hubbub.core.ids import Type
from hubbub.feed.actions.bodies import Segment
from hubbub.feed.queries.items import Item
from hubbub.feed.queries.links import show_links
from hubbub.feed.queries.speakers import Speaker, speakers_of
from hubbub.feed.queries.threads import Comment

MOST_WORDS = 6_000  # of both texts: comparing longer ones would take long
MOST_REVISIONS = 200

_WORD = re.compile(r"\s+|\w+|[^\w\s]")


class Revision(msgspec.Struct, frozen=True):
    """One version of a post or comment: who wrote it and when, what it says, and what that changed.

    `changes` are pieces of text with what happened to them: `same`, `gone`, `new`; of the first version all is the same.
    """

    revision: int
    title: str | None
    body: list[Segment]
    editor: Speaker
    edited_at: datetime
    changes: list[tuple[str, str]]


async def revisions(tx: Tx, actor: people.Actor, said: Item | Comment) -> list[Revision]:
    """The versions of a post or comment that the actor is known to see, the newest first."""
    rows = await tx.tuples(
        """select revision, title, body, edited_at, edited_by from feed_revision
           where org_id = %(org)s and target_id = %(id)s order by revision desc limit %(most)s""",
        {"id": said.id, "most": MOST_REVISIONS},
    )
    rows.reverse()
    await show_links(tx, actor, [row[2] for row in rows])
    speakers = await speakers_of(tx, actor, {row[4] for row in rows})
    # A row tells what was said until somebody changed it: he wrote the next version.
    title = said.title if isinstance(said, Item) else None
    bodies = [(title, body) for _, title, body, _, _ in rows] + [(title, said.body)]
    authors = [(said.author, said.created_at)] + [(speakers[by], at) for *_, at, by in rows]
    first = rows[0][0] if rows else said.revision
    found: list[Revision] = []
    for number, ((title, body), (editor, at)) in enumerate(zip(bodies, authors, strict=True)):
        text = _text(title, body)
        changes = _difference(_text(*bodies[number - 1]), text) if number else [("same", text)]
        found.append(Revision(first + number, title, body, editor, at, changes))
    found.reverse()
    return found


async def stored_body(tx: Tx, target_id: int) -> list[Segment]:
    """What a post or comment says, as it is stored: for who edits it."""
    table = "feed_comment" if ids.type_of(target_id) == Type.COMMENT else "feed_item"
    return await tx.value(
        f"select body from {table} where org_id = %(org)s and id = %(id)s", {"id": target_id}
    )


def _difference(before: str, after: str) -> list[tuple[str, str]]:
    """What happened to which words of a text."""
    old, new = (
        _WORD.findall(before),
        _WORD.findall(after),
    )  # frequent ones begin no match, or hostile texts took minutes
    if len(old) + len(new) > MOST_WORDS:
        return [("gone", before), ("new", after)] if before != after else [("same", after)]
    found: list[tuple[str, str]] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new).get_opcodes():
        if kind == "equal":
            found.append(("same", "".join(old[a:b])))
            continue
        if b > a:
            found.append(("gone", "".join(old[a:b])))
        if d > c:
            found.append(("new", "".join(new[c:d])))
    return found


def _text(title: str | None, body: list[Segment]) -> str:
    return "\n".join([*([title] if title else []), html.plain(body)])
