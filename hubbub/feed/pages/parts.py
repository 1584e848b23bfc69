"""The parts that pages showing a feed are made of: the feed, the publisher, what needs me."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import msgspec

from hubbub import people, records
from hubbub.core import html, ids
from hubbub.core.clock import now
from hubbub.core.db import Tx
from hubbub.core.handlers import Request
from hubbub.core.ids import Type
from hubbub.core.languages import mark
from hubbub.feed import queries
from hubbub.feed.queries import ACTIVE, NEWEST, TOP, VIEWED, Ask, Bundle, Item, Page, Place, Rank, Sift

PAGE = 25
TOLD = ("to", "people", "topics", "streams", "filter")  # feeds below /feeds of whose news open pages are told
SHOWN_IN_BUNDLE = 10
ORDERS = {"posts": NEWEST, "activity": ACTIVE, "top": TOP, "viewed": VIEWED}
SORTS = {
    "posts": mark("Latest Posts"),
    "activity": mark("Most Recent Activity"),
    "top": mark("Top Posts"),
    "viewed": mark("Most Viewed"),
}
SHOWS = {
    "all": mark("Talk and changes"),
    "talk": mark("Talk"),
    "changes": mark("Changes"),
    "fewer": mark("Fewer updates"),
}
FILTERS = {
    "": (mark("Everything"), None),
    "unread": (mark("Unread"), "Unread"),
    "questions": (mark("Questions"), "AllQuestions"),
    "unanswered": (mark("Unanswered questions"), "UnansweredQuestions"),
    "unsolved": (mark("Questions without best answer"), "UnsolvedQuestions"),
    "solved": (mark("Solved questions"), "SolvedQuestions"),
    "read": (mark("Read"), "Read"),
}


class Option(msgspec.Struct, frozen=True):
    """One way of showing a feed."""

    label: str
    url: str
    current: bool


class Feed(msgspec.Struct, frozen=True):
    """A feed on a page. `topic`: by which is counted what of it is unread, if it is; `live`: the live topic of what is new in
    it, if that is told; `name`: its address below /feeds."""

    topic: str
    live: str
    name: str
    url: str
    elements: Sequence[Item | Bundle]
    ranks: dict[int, Rank]
    older_url: str | None
    first: bool
    sorts: list[Option]
    shows: list[Option]
    filters: list[Option]
    choice: "Choice"
    query: str
    newest_url: str
    pinned: Sequence[Item] = ()
    unread: frozenset[int] = frozenset()  # of these items
    unread_counts: Mapping[
        str, int
    ] = {}  # of this feed and those beside it, by their live topics; a hundred at most
    first_unread: str = ""  # the first of these items that is, by its key
    newest: str = ""  # the newest of these items, by its key

    @property
    def unread_count(self) -> int:
        return self.unread_counts.get(self.topic, 0)

    @property
    def filtered(self) -> bool:
        return bool(self.choice.filter or self.choice.q or self.choice.by)


class Need(msgspec.Struct, frozen=True):
    """What of mine needs me, and why: a deal, a task that is overdue or a question on a deal that waits for an answer."""

    name: str
    url: str
    stage: str | None
    amount: str | None
    days_past: int | None
    quiet_days: int | None
    kind: str = "deal"  # or task, question
    on: str = ""  # what a question is on


class Choice(msgspec.Struct, frozen=True):
    """How a feed was asked for: its order, what it shows, where it goes on."""

    sort: str = "posts"
    show: str = "all"
    filter: str = ""
    by: str = ""  # an author's key
    q: str = ""
    after: Place | None = None

    def ask(self, feed: str = "") -> Ask:
        """The same for a query of the feed with that live topic."""
        sift = Sift(
            show="all" if self.show == "fewer" else self.show,
            fewer=self.show == "fewer",
            filter=FILTERS[self.filter][1],
            author=ids.parse(self.by, Type.USER) if self.by else None,
            feed=feed,
            q=self.q or None,
        )
        return Ask(ORDERS[self.sort], self.after, PAGE, None, sift, SHOWN_IN_BUNDLE)

    def query(self, **other: str) -> str:
        """The query of an address that asks so, what is as usual left out."""
        given = {"sort": self.sort, "show": self.show, "filter": self.filter, "by": self.by, "q": self.q}
        usual = {"sort": "posts", "show": "all"}
        wanted = {
            name: value for name, value in (given | other).items() if value and value != usual.get(name)
        }
        return f"?{urlencode(wanted)}" if wanted else ""


def choice(request: Request) -> Choice:
    """The order, content and place that the address asks for; what it does not say is as usual."""
    asked = request.query_params
    sort, show, after = asked.get("sort", "posts"), asked.get("show", "all"), asked.get("after")
    return Choice(
        sort if sort in ORDERS else "posts",
        show if show in SHOWS else "all",
        asked["filter"] if asked.get("filter") in FILTERS else "",
        asked.get("by", ""),
        asked.get("q", "").strip(),
        Place.parse(after) if after else None,
    )


def show_feed(
    topic: str, url: str, chosen: Choice, page: Page, *, name: str | None = None, talk_only: bool = False
) -> Feed:
    """A page of a feed for the template feed/_feed.html; `talk_only`: a feed that holds no changes anyway."""

    def options(label: str, all: dict[str, Any], now: str) -> list[Option]:
        return [
            Option(text if isinstance(text, str) else text[0], url + chosen.query(**{label: key}), key == now)
            for key, text in all.items()
        ]

    return Feed(
        topic=topic,
        live=topic or (name if name and name.partition("/")[0] in TOLD else ""),
        name=topic if name is None else name,
        url=url,
        elements=page.elements,
        ranks=page.ranks,
        older_url=url + chosen.query(after=str(page.next)) if page.next else None,
        first=chosen.after is None,
        sorts=options("sort", SORTS, chosen.sort),
        shows=[] if talk_only else options("show", SHOWS, chosen.show),
        filters=options("filter", FILTERS, chosen.filter),
        choice=chosen,
        query=chosen.query(),
        newest_url=url + chosen.query(),
    )


async def read_feed(
    tx: Tx,
    actor: people.Actor,
    topic: str,
    url: str,
    chosen: Choice,
    page: Page,
    *,
    name: str | None = None,
    talk_only: bool = False,
) -> Feed:
    """The same with what is pinned on top of it, and what of it is unread; where it has a live topic."""
    shown = show_feed(topic, url, chosen, page, name=name, talk_only=talk_only)
    if not topic:
        return shown
    beside = ["news"] if actor.guest or topic.startswith("record/") else ["news", "company"]
    counted, _ = await queries.unread_in(tx, actor, [topic, *beside])
    unread = counted[topic]
    key = topic.partition("/")[2]
    pinned = (
        await queries.pinned(tx, actor, ids.parse(key)) if key and shown.first and not shown.filtered else []
    )
    on_top = {item.id for item in pinned}
    elements = [each for each in page.elements if each.id not in on_top]
    new = [each for each in (*pinned, *elements) if isinstance(each, Item) and unread.new(actor, each)]
    return msgspec.structs.replace(
        shown,
        elements=elements,
        pinned=pinned,
        unread=frozenset(item.id for item in new),
        unread_counts={each: found.count for each, found in counted.items()},
        first_unread=new[0].key if new else "",
        newest=max(new, key=lambda item: item.created_at).key if new and shown.first else "",
    )


async def record_feed(request: Request, tx: Tx, actor: people.Actor, record_id: int) -> Feed:
    """The feed of a record that the actor is known to see."""
    chosen = choice(request)
    topic, url = f"record/{ids.show(record_id)}", f"/r/{ids.show(record_id)}"
    page = await queries.subject(tx, actor, record_id, chosen.ask(topic))
    return await read_feed(tx, actor, topic, url, chosen, page)


async def needs_of(tx: Tx, actor: people.Actor) -> tuple[list[Need], int]:
    """Questions on my deals that nobody has answered, my overdue tasks, then my open deals past their close date or without a
    change or a word for two weeks; the most pressing first."""
    deals = await records.waiting_deals(tx, actor)
    talked = await queries.last_talk(tx, actor, [deal.id for deal in deals])
    needs = [
        Need(each.text, f"/posts/{ids.show(each.id)}", None, None, None, None, "question", each.parent)
        for each in await queries.waiting_questions(tx, actor)
    ]
    needs += [
        Need(task.name, task.url, None, None, task.days_past, None, "task")
        for task in await records.overdue_tasks(tx, actor)
    ]
    for deal in deals:
        quiet = deal.quiet_days
        if quiet is not None and deal.id in talked:
            quiet = min(quiet, (now() - talked[deal.id]).days)
        if quiet is not None and quiet < records.QUIET_DAYS:
            quiet = None
        if deal.days_past or quiet:
            amount = html.money(deal.amount) if deal.amount is not None else None
            needs.append(Need(deal.name, deal.url, deal.stage, amount, deal.days_past, quiet))
    return needs[:10], len(needs)
