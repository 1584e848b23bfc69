"""What only some items have: choices of a poll, answers of a question, the item that one shares, the records made of one.
Each is read by one statement for all items of a page that have it, and by none where no item has."""

from collections.abc import Sequence
from typing import Any, Protocol

import msgspec

from hubbub import people, records
from hubbub.core.db import Tx
from hubbub.feed.access import may_choose_best, may_publish
from hubbub.feed.actions.bodies import Segment
from hubbub.feed.actions.previews import first_link
from hubbub.feed.queries import threads as talk
from hubbub.feed.queries.asks import Help, asks
from hubbub.feed.queries.made import made
from hubbub.feed.queries.polls import Poll, polls
from hubbub.feed.queries.previews import Preview, previews
from hubbub.feed.queries.questions import Answered, Question, answered
from hubbub.feed.queries.shared import Original, OriginalRow, count_shares, originals
from hubbub.feed.queries.speakers import Speakers, Subject, speaker_of


class Row(Protocol):
    """What is asked of an item's row here."""

    @property
    def id(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def author_id(self) -> int: ...
    @property
    def owns(self) -> bool: ...
    @property
    def closed(self) -> bool: ...
    @property
    def comment_count(self) -> int: ...
    @property
    def best_comment_id(self) -> int | None: ...
    @property
    def best_by(self) -> int | None: ...
    @property
    def shared_id(self) -> int | None: ...
    @property
    def was_shared(self) -> bool: ...
    @property
    def made_of(self) -> bool: ...


class ItemParts(msgspec.Struct, frozen=True):
    """The parts of one item."""

    poll: Poll | None
    question: Question | None
    original: Original | None
    shares: int
    ask: Help | None = None
    made: list[records.Card] = []
    preview: Preview | None = None


class Parts(msgspec.Struct, frozen=True):
    """The parts of all items of a page, with people and records as ids still."""

    polls: dict[int, Poll]
    answers: dict[int, Answered]
    originals: dict[int, OriginalRow]
    shares: dict[int, int]
    choosers: set[int]
    asks: dict[int, Help]
    made: dict[int, list[records.Card]]
    previews: dict[int, Preview]

    @property
    def comments(self) -> list[talk.CommentRow]:
        """The best answers."""
        return [each.best for each in self.answers.values() if each.best]

    @property
    def bodies(self) -> list[list[Segment]]:
        """What the shared items say."""
        return [each.body for each in self.originals.values()]

    @property
    def places(self) -> set[int]:
        """Where the shared items stand."""
        return {each.parent_id for each in self.originals.values()}

    @property
    def named(self) -> set[int]:
        """Everybody and everything whose name is shown."""
        return self.places | {each.author_id for each in self.originals.values()} | self.choosers

    def of(
        self, actor: people.Actor, row: Row, speakers: Speakers, places: dict[int, Subject] | Speakers
    ) -> ItemParts:
        """Those of one item."""
        shared = self.originals.get(row.shared_id) if row.shared_id else None
        question = None
        if row.kind == "QuestionPost":
            found = self.answers.get(row.id, Answered())
            question = Question(
                best=talk.make(actor, row.id, found.best, speakers, about(row)) if found.best else None,
                best_by=speaker_of(row.best_by, speakers) if found.best and row.best_by else None,
                may_choose=may_choose_best(actor, row.author_id, row.owns),
                verified=found.verified,
            )
        ask = self.asks.get(row.id)
        if ask and row.comment_count and not ask.published_id and may_publish(actor, row.author_id):
            ask = msgspec.structs.replace(ask, may_publish=True)
        return ItemParts(
            self.polls.get(row.id),
            question,
            _original(shared, speakers, places) if shared else None,
            self.shares.get(row.id, 0),
            ask,
            self.made.get(row.id, []),
            self.previews.get(row.id),
        )


def about(row: Row) -> talk.About:
    """What the comments of an item are about."""
    return talk.About(row.owns, row.kind, row.author_id, row.best_comment_id)


async def read_parts(tx: Tx, viewer: records.Viewer, rows: Sequence[Any]) -> Parts:
    """The parts of these items, which the viewer is known to see."""
    return Parts(
        await polls(tx, viewer.actor.id, {row.id: row.closed for row in rows if row.kind == "PollPost"}),
        await answered(
            tx, viewer.actor.id, [row.id for row in rows if row.kind == "QuestionPost" and row.comment_count]
        ),
        await originals(tx, viewer, [row.shared_id for row in rows if row.shared_id]),
        await count_shares(tx, viewer, [row.id for row in rows if row.was_shared]),
        {row.best_by for row in rows if row.best_by},
        await asks(tx, viewer.actor, [row.id for row in rows if row.kind == "QuestionPost"]),
        await made(tx, viewer, [row.id for row in rows if row.made_of]),
        await previews(
            tx, viewer, [row.id for row in rows if first_link(row.body, (row.detail or {}).get("url"))]
        ),
    )


def _original(row: OriginalRow, speakers: Speakers, places: dict[int, Subject] | Speakers) -> Original:
    return Original(
        row.id,
        row.kind,
        speaker_of(row.author_id, speakers),
        places.get(row.parent_id) or speakers[row.author_id],
        row.title,
        row.body,
        row.created_at,
        row.last_activity,
        row.internal_only,
    )
