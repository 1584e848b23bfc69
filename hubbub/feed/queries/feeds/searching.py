"""What is searched for in a feed, and what changed in it since a program last asked."""

import re

import msgspec

from hubbub import records
from hubbub.core import events, ids
from hubbub.core.db import Ids, Tx
from hubbub.core.errors import Invalid
from hubbub.core.ids import Type
from hubbub.feed.access import Words, read_words
from hubbub.feed.queries.feeds.asking import Ask, Sift, filtered, said, text_fields
from hubbub.feed.queries.unread import since as unread_since

# Up to so many items that say the words are looked up in the feed; where there are more, the feed is read until its page
# is full.
FEW = 2000
MOST_CHANGED = 5000
INDEXED = ("UnansweredQuestions", "SolvedQuestions")  # filters that have an index of their own

# What counts as a change of an item. What readers do for themselves does not.
_CHANGES = {
    "feed.item.created",
    "feed.item.edited",
    "feed.comment.created",
    "feed.comment.edited",
    "feed.comment.deleted",
    "feed.comment.hidden",
    "feed.comment.restored",
    "feed.comment.shown",
}


async def prepared(tx: Tx, viewer: records.Viewer, ask: Ask) -> Ask:
    """What is asked for, with the words looked up, and what changed since."""
    sift = ask.sift
    if sift.filter == "Read":
        sift = msgspec.structs.replace(sift, read=Ids.of(await _read(tx, viewer, sift.feed)))
        ask = ask.then(sift=sift)
    only = set(rare) if (rare := await _rare(tx, sift)) is not None else None
    if sift.q is None and sift.changed_since is None and only is None:
        return ask
    words: Words | None = None
    if sift.q is not None:
        words = await read_words(tx, sift.q)
        found = set(await _found(tx, viewer, words)) if words else set[int]()
        if len(found) <= FEW:
            words, only = None, found if only is None else only & found
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


async def _rare(tx: Tx, sift: Sift) -> list[int] | None:
    """What passes the filter in the whole org, where an index tells that it is little; else None."""
    if sift.filter not in INDEXED:
        return None
    found = await tx.values(
        f"""select i.id from feed_item i where i.org_id = %(org)s and {filtered(sift.filter)}
            limit %(most)s + 1""",
        {"most": FEW},
    )
    return found if len(found) <= FEW else None


async def _read(tx: Tx, viewer: records.Viewer, feed: str) -> list[int]:
    """What the viewer read or wrote since the moment up to which he marked that feed as read."""
    since = unread_since("%(marker)s")
    return await tx.values(
        f"""select m.item_id from feed_mark m
            where m.org_id = %(org)s and m.user_id = %(viewer)s and m.read_at > {since} - interval '1 minute'
            union select e.item_id from feed_entry e join feed_item i on i.org_id = %(org)s and i.id = e.item_id
            where e.org_id = %(org)s and e.subject_id = %(viewer)s and e.created_at > {since}
              and i.author_id = %(viewer)s""",
        {"viewer": viewer.actor.id, "marker": feed},
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
