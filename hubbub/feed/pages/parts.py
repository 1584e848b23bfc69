"""The parts that pages showing a feed are made of: the feed, the publisher, what needs me."""

from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Request

from hubbub import people, records
from hubbub.core import html, ids
from hubbub.core.clock import now
from hubbub.core.db import Tx
from hubbub.feed import queries
from hubbub.feed.queries import ACTIVE, NEWEST, Item, Page, Place

PAGE = 25
ORDERS = {"posts": NEWEST, "activity": ACTIVE}


class Feed(msgspec.Struct, frozen=True):
    """A feed on a page."""

    topic: str
    url: str
    sort: str
    show: str
    items: list[Item]
    older_url: str | None
    first: bool


class Need(msgspec.Struct, frozen=True):
    """A deal of mine that needs me, and why."""

    name: str
    url: str
    stage: str | None
    amount: str | None
    days_past: int | None
    quiet_days: int | None


class Choice(msgspec.Struct, frozen=True):
    """How a feed was asked for: its order, what it shows, where it goes on."""

    sort: str
    show: str
    after: Place | None

    @property
    def arguments(self) -> dict[str, Any]:
        return {"order": ORDERS[self.sort], "talk": self.show == "talk", "after": self.after, "size": PAGE}


def choice(request: Request[Any, Any, Any]) -> Choice:
    """The order, content and place that the address asks for; what it does not say is as usual."""
    asked = request.query_params
    sort, show, after = asked.get("sort", "posts"), asked.get("show", "all"), asked.get("after")
    return Choice(
        sort if sort in ORDERS else "posts",
        "talk" if show == "talk" else "all",
        Place.parse(after) if after else None,
    )


def show_feed(topic: str, url: str, chosen: Choice, page: Page) -> Feed:
    """A page of a feed for the template feed/_feed.html."""
    older = (
        f"{url}?{urlencode({'sort': chosen.sort, 'show': chosen.show, 'after': str(page.next)})}"
        if page.next
        else None
    )
    return Feed(topic, url, chosen.sort, chosen.show, page.items, older, chosen.after is None)


async def record_feed(request: Request[Any, Any, Any], tx: Tx, actor: people.Actor, record_id: int) -> Feed:
    """The feed of a record that the actor is known to see."""
    chosen = choice(request)
    key = ids.show(record_id)
    return show_feed(
        f"record/{key}", f"/r/{key}", chosen, await queries.subject(tx, actor, record_id, **chosen.arguments)
    )


async def needs_of(tx: Tx, actor: people.Actor) -> tuple[list[Need], int]:
    """My open deals past their close date, or without a change or a word for two weeks; the most pressing first."""
    deals = await records.waiting_deals(tx, actor)
    talked = await queries.last_talk(tx, [deal.id for deal in deals])
    needs = []
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
