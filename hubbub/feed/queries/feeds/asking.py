"""How a feed is asked for: its order, where a page begins, and what of the feed is wanted."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from hubbub import records
from hubbub.core import ids
from hubbub.core.db import Ids
from hubbub.core.errors import Invalid
from hubbub.core.ids import Type
from hubbub.feed.access import NOTED, Words
from hubbub.feed.queries.unread import since as unread_since

NEWEST = "created_at"
ACTIVE = "last_activity"
# Not columns: these rank the newest items of a feed.
TOP = "top"
VIEWED = "viewed"

FILTERS = ("AllQuestions", "UnansweredQuestions", "UnsolvedQuestions", "SolvedQuestions", "Unread", "Read")


class Place(msgspec.Struct, frozen=True):
    """Where a page of a feed ends: the next one starts after this moment and item."""

    at: datetime
    item_id: int

    def __str__(self) -> str:
        return f"{self.at.astimezone(UTC).isoformat().replace('+00:00', 'Z')},{ids.show(self.item_id)}"

    @staticmethod
    def parse(text: str) -> "Place":
        """The place that a page token names; raises Invalid for anything else."""
        moment, comma, key = text.partition(",")
        try:
            at = datetime.fromisoformat(moment)
            at = at.astimezone(UTC) if at.tzinfo else None
        except (ValueError, OverflowError):
            at = None
        if not comma or at is None:
            raise unreadable()
        return Place(at, ids.parse(key, Type.FEED_ITEM))


def unreadable() -> Invalid:
    return Invalid(
        "INVALID_PAGE_TOKEN", "This page token cannot be read. Start from the first page.", fields=["page"]
    )


class Sift(msgspec.Struct, frozen=True):
    """What of a feed is wanted.

    `show`: all of it, what people say (`talk`) or what Hubbub notes (`changes`). `fewer`: without what Hubbub notes and
    nobody answered. `filter`: one of FILTERS. `author`: what he wrote. `feed`: the live topic whose marker tells what is
    unread. `q` and `changed_since` are what the reader gave; `words` and `only` are what they came to. `read`: of what is
    newer than the marker, what he read or wrote.
    """

    show: str = "all"
    fewer: bool = False
    filter: str | None = None
    author: int | None = None
    object: int | None = None  # the type of what items stand on
    feed: str = ""
    q: str | None = None
    changed_since: str | None = None
    words: Words | None = None
    only: Ids | None = None  # these items and no others
    read: Ids | None = None

    @property
    def sql(self) -> str:
        """SQL that is true for the wanted items (alias `i`). Binds `params`, and viewer.params.

        A filter stands in a `case`, which the planner proves nothing from: an item is looked up by its id, and with an
        index of all solved questions instead each look would read that whole index (`early` is what such an index answers).
        """
        quiet = "i.like_count = 0 and i.comment_count = 0"
        noted = ", ".join(f"'{kind}'" for kind in NOTED)
        return (
            _talk(self.show == "talk")
            + (f" and i.kind in ({noted})" if self.show == "changes" else "")
            + (f" and not (i.kind in ({noted}) and {quiet})" if self.fewer else "")
            + (f" and case when {filtered(self.filter)} then true else false end" if self.filter else "")
            + (" and i.author_id = %(written_by)s" if self.author else "")
            + (" and i.parent_id >> 48 = %(parent_type)s" if self.object else "")
            + (" and i.id = any(%(among)s::bigint[])" if self.only is not None else "")
            + (f" and ({says(self.words)})" if self.words and self.only is None else "")
        )

    @property
    def asks(self) -> bool:
        """Are only questions wanted?"""
        return self.filter is not None and self.filter.endswith("Questions")

    @property
    def params(self) -> dict[str, Any]:
        words = self.words or Words("")
        return {
            "written_by": self.author,
            "parent_type": self.object,
            "among": self.only,
            "read": self.read,
            "marker": self.feed,
            "words": words.query,
            **{f"pattern{n}": pattern for n, pattern in enumerate(words.patterns)},
        }


class Ask(msgspec.Struct, frozen=True):
    """How a feed is asked for. `bundled`: runs of tracked changes count as one; of each so many are shown."""

    order: str = NEWEST
    after: Place | None = None
    size: int = 25
    since: Place | None = None
    sift: Sift = Sift()
    bundled: int | None = None
    comments: int = 3

    def then(self, **changed: Any) -> "Ask":
        return msgspec.structs.replace(self, **changed)

    @property
    def params(self) -> dict[str, Any]:
        return {
            **self.sift.params,
            "size": self.size,
            **({"after_at": self.after.at, "after_id": self.after.item_id} if self.after else {}),
            **({"since_at": self.since.at, "since_id": self.since.item_id} if self.since else {}),
        }

    def between(self, at: str, id: str) -> str:
        """SQL: does what stands at this moment and item belong to the page or a later one, and to what is asked for?"""
        return (
            (f"and ({at}, {id}) < (%(after_at)s, %(after_id)s)" if self.after else "")
            + (f" and ({at}, {id}) > (%(since_at)s, %(since_id)s)" if self.since else "")
            + self.newer(at)
        )

    @property
    def early(self) -> str:
        """SQL: what of a filter an index of all items (alias `i`) answers."""
        return f" and {filtered(self.sift.filter)}" if self.sift.asks and self.sift.filter else ""

    def read_of(self, e: str) -> str:
        """SQL: of what is asked for as read, can this entry (an alias) be that? Nothing but its row is looked at."""
        if self.sift.read is None:
            return ""
        since = unread_since("%(marker)s")
        return f"and ({e}.created_at <= {since} or {e}.item_id in (select unnest(%(read)s::bigint[])))"

    def newer(self, at: str) -> str:
        """SQL: what is unread is newer than the feed's marker, in every order of it; nothing older is looked at."""
        return f" and {at} > {unread_since('%(marker)s')}" if self.sift.filter == "Unread" else ""


USUAL = Ask()


class Found(msgspec.Struct, frozen=True):
    """An item's place in the order of a feed. `run`: of a tracked change that nobody answered, the record it belongs to."""

    id: int
    at: datetime
    run: int | None = None


# SQL: the run of an item (alias `i`).
RUN = "case when i.kind = 'TrackedChange' and i.like_count = 0 and i.comment_count = 0 then i.parent_id end"


def _talk(only: bool) -> str:
    return "".join(f" and i.kind <> '{kind}'" for kind in NOTED) if only else ""


def filtered(name: str) -> str:
    """SQL: does an item (alias `i`) pass the filter of this name?"""
    question = "i.kind = 'QuestionPost' and i.deleted_at is null"
    read = """exists (select 1 from feed_mark m where m.org_id = %(org)s and m.user_id = %(viewer)s
                 and m.item_id = i.id and m.read_at is not null offset 0)"""
    unread = f"i.author_id <> %(viewer)s and i.created_at > {unread_since('%(marker)s')} and not {read}"
    return {
        "AllQuestions": question,
        "UnansweredQuestions": f"{question} and i.comment_count = 0",
        "UnsolvedQuestions": f"{question} and i.best_comment_id is null",
        "SolvedQuestions": f"{question} and i.best_comment_id is not null",
        "Unread": unread,
        "Read": f"not ({unread})",
    }[name]


def says(words: Words) -> str:
    """SQL: are the words in the item (alias `i`), in one of its comments, or in a change that the viewer may read?"""
    return f"""{_match("i", words)}
      or exists (select 1 from feed_comment c where c.org_id = %(org)s and c.item_id = i.id and c.deleted_at is null
                   and {_match("c", words)} offset 0)
      or exists (select 1 from feed_change h where h.org_id = %(org)s and h.item_id = i.id
                   and h.field_id = any(%(text_fields)s::bigint[]) and {_match("h", words)} offset 0)"""


def said(words: Words, most: str = "limit %(most)s + 1") -> str:
    """The statement that tells which items of the org say the words, %(most)s of them and one more at most."""
    return f"""select distinct item_id from (
        select i.id as item_id from feed_item i
        where i.org_id = %(org)s and i.deleted_at is null and {_match("i", words)}
        union all select c.item_id from feed_comment c
        where c.org_id = %(org)s and c.deleted_at is null and {_match("c", words)}
        union all select h.item_id from feed_change h
        where h.org_id = %(org)s and h.field_id = any(%(text_fields)s::bigint[]) and {_match("h", words)}
        {most}) x"""


def _match(alias: str, words: Words) -> str:
    """SQL: are all the words in this text? A wildcard inside a word is looked for among the words that begin alike."""
    return f"{alias}.words @@ %(words)s::tsquery" + "".join(
        f" and exists (select 1 from unnest({alias}.words) w where w.lexeme ~ %(pattern{n})s)"
        for n in range(len(words.patterns))
    )


def text_fields(viewer: records.Viewer) -> Ids:
    """The fields whose changes somebody can search by their texts: those he may read that hold texts and point at nothing."""
    if "text fields" not in viewer.compiled:
        viewer.compiled["text fields"] = Ids.of(
            field.id
            for object in viewer.catalog.objects
            if viewer.can(object).read
            for field in viewer.fields(object)
            if field.type not in ("reference", "id", "date", "datetime") and not field.is_number
        )
    return viewer.compiled["text fields"]
