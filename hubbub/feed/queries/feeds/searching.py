"""What is searched for in a feed, and what changed in it since a program last asked."""

import re

import msgspec

from hubbub import records
from hubbub.core import events, ids
from hubbub.core.db import Ids, Tx
from hubbub.core.errors import Invalid
from hubbub.core.ids import Type
from hubbub.feed.access import Words, read_words
from hubbub.feed.queries.feeds.asking import Ask, said, text_fields

# Up to so many items that say the words are looked up in the feed; where there are more, the feed is read until its page
# is full.
FEW = 2000
MOST_CHANGED = 5000

# What counts as a change of an item. What readers do for themselves does not.
_CHANGES = {
    "feed.item.created",
    "feed.item.edited",
    "feed.comment.created",
    "feed.comment.edited",
    "feed.comment.deleted",
}


async def prepared(tx: Tx, viewer: records.Viewer, ask: Ask) -> Ask:
    """What is asked for, with the words looked up, and what changed since."""
    sift = ask.sift
    if sift.q is None and sift.changed_since is None:
        return ask
    only: set[int] | None = None
    words: Words | None = None
    if sift.q is not None:
        words = await read_words(tx, sift.q)
        found = set(await _found(tx, viewer, words)) if words else set[int]()
        if len(found) <= FEW:
            words, only = None, found
    if sift.changed_since is not None:
        changed = await _changed(tx, sift.changed_since)
        only = changed if only is None else only & changed
    return ask.then(
        sift=msgspec.structs.replace(sift, words=words, only=None if only is None else Ids.of(only))
    )


async def _found(tx: Tx, viewer: records.Viewer, words: Words) -> list[int]:
    params = {f"pattern{n}": pattern for n, pattern in enumerate(words.patterns)}
    return await tx.values(
        said(words), {**params, "words": words.query, "most": FEW, "text_fields": text_fields(viewer)}
    )


async def _changed(tx: Tx, token: str) -> set[int]:
    """The items that were made, edited or commented on since that cursor."""
    if not _is_cursor(token):
        raise Invalid(
            "INVALID_INPUT", "updatedSince is an updatesToken of this feed.", fields=["updatedSince"]
        )
    rows = await tx.tuples(
        events.BETWEEN,
        {"cursor": token, "until": await events.cursor(tx), "after": None, "most": MOST_CHANGED},
    )
    if len(rows) == MOST_CHANGED:
        raise Invalid(
            "INVALID_INPUT",
            "Too much has happened since: read the feed from its first page.",
            fields=["updatedSince"],
        )
    return {
        id
        for _, _, name, _, noun, parent, *_ in rows
        if name in _CHANGES
        for id in (noun, parent)
        if id is not None and ids.type_of(id) == Type.FEED_ITEM
    }


def _is_cursor(token: str) -> bool:
    """Is this the text of a snapshot?"""
    if len(token) > 4000 or not re.fullmatch(r"\d{1,18}:\d{1,18}:(\d{1,18}(,\d{1,18})*)?", token, re.ASCII):
        return False
    least, most, running = token.split(":")
    among = [int(each) for each in running.split(",") if each]
    inside = all(int(least) <= each < int(most) for each in among)
    return 0 < int(least) <= int(most) and inside and among == sorted(set(among))
