"""A page of a feed: cut exactly where the next one begins, with runs of tracked changes as one."""

from collections.abc import Awaitable, Callable, Sequence

import msgspec

from hubbub import records
from hubbub.core import ids
from hubbub.core.db import Tx
from hubbub.feed.queries.feeds.asking import TOP, VIEWED, Ask, Found, Place
from hubbub.feed.queries.feeds.ranking import Rank, ranked
from hubbub.feed.queries.feeds.searching import prepared
from hubbub.feed.queries.items import Item, hydrate
from hubbub.feed.queries.speakers import Speaker, Subject

MOST_IN_BUNDLE = 100

# What reads the places of a feed, as many as are asked for and from there on.
Find = Callable[[Ask], Awaitable[list[Found]]]


class Bundle(msgspec.Struct, frozen=True):
    """A run of changes of one record that nobody answered: the newest of them, and how many there are."""

    shown: list[Item]
    total: int
    first: Item
    last_id: int  # the oldest

    @property
    def id(self) -> int:
        return self.first.id

    @property
    def key(self) -> str:
        return self.first.key

    @property
    def last_key(self) -> str:
        return ids.show(self.last_id)

    @property
    def parent(self) -> Subject:
        return self.first.parent

    @property
    def authors(self) -> list[Speaker]:
        return list({item.author.id: item.author for item in (self.first, *self.shown)}.values())


class Page(msgspec.Struct, frozen=True):
    """One page of a feed, and where the next begins, if there is one. `items` are all that are shown, also in bundles."""

    items: list[Item]
    next: Place | None
    elements: Sequence[Item | Bundle] = ()
    ranks: dict[int, Rank] = {}

    def __post_init__(self) -> None:
        if not self.elements:
            msgspec.structs.force_setattr(self, "elements", self.items)


async def page(tx: Tx, viewer: records.Viewer, find: Find, ask: Ask) -> Page:
    """The page that is asked for of what `find` finds."""
    ask = await prepared(tx, viewer, ask)
    if ask.order in (TOP, VIEWED):
        found, following, ranks = await ranked(tx, viewer, find, ask)
        return Page(
            await hydrate(tx, viewer, [each.id for each in found], comments=ask.comments),
            following,
            (),
            ranks,
        )
    if ask.bundled is None:
        found = await find(ask.then(size=ask.size + 1))
        shown = found[: ask.size]
        following = Place(shown[-1].at, shown[-1].id) if len(found) > ask.size else None
        return Page(await hydrate(tx, viewer, [each.id for each in shown], comments=ask.comments), following)
    runs, following = await _runs(find, ask)
    return await _bundled(tx, viewer, runs, following, ask)


async def _runs(find: Find, ask: Ask) -> tuple[list[list[Found]], Place | None]:
    """So many items and runs, and where the next page begins: after the last one that is counted into them, so that no
    change is missed or told twice."""
    runs: list[list[Found]] = []
    after, size = ask.after, ask.size + 1
    while True:
        found = await find(ask.then(after=after, size=size))
        for each in found:
            run = runs[-1] if runs else None
            if run and each.run is not None and run[0].run == each.run and len(run) < MOST_IN_BUNDLE:
                run.append(each)
            elif len(runs) == ask.size:
                last = runs[-1][-1]
                return runs, Place(last.at, last.id)
            else:
                runs.append([each])
        if len(found) < size:
            return runs, None
        after, size = Place(found[-1].at, found[-1].id), size * 4


async def _bundled(
    tx: Tx, viewer: records.Viewer, runs: list[list[Found]], following: Place | None, ask: Ask
) -> Page:
    most = ask.bundled or 0
    wanted = [each.id for run in runs for each in (run if len(run) == 1 else run[: max(most, 1)])]
    by_id = {item.id: item for item in await hydrate(tx, viewer, wanted, comments=ask.comments)}
    elements = [
        by_id[run[0].id]
        if len(run) == 1
        else Bundle([by_id[each.id] for each in run[:most]], len(run), by_id[run[0].id], run[-1].id)
        for run in runs
    ]
    return Page(list(by_id.values()), following, elements)
