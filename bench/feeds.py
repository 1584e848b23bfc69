"""Every feed, filter, order, search and count there is, asked of a small and a large company in turns: how each grows."""

import statistics
import time
from collections.abc import Callable

import msgspec

from bench.company import Company
from bench.ground import Client, Figures
from hubbub.core import ids
from hubbub.core.config import Settings

CHATTER = "/services/data/v62.0/chatter"
NEWS = f"{CHATTER}/feeds/news/me/feed-elements"
ROUNDS, WARM = 7, 2
SLOW = 5000  # milliseconds after which a look is not asked again and again


class Look(msgspec.Struct):
    """What one person asks for, and how long it took in each company, in milliseconds."""

    name: str
    person: str
    took: dict[str, list[float]]
    elements: dict[str, int] = {}

    def ms(self, size: str) -> float:
        return statistics.median(self.took[size])


def looks(company: Company, person: str) -> dict[str, str]:
    """The addresses, by what they ask for."""
    feeds, all_feeds = f"{CHATTER}/feeds", f"{CHATTER}/feed-elements"
    deal, other, topic = ids.show(company.deal), ids.show(company.person), ids.show(company.topic)
    rare = f"order{(company.posts - 15) // 5}"
    found = {
        "news": NEWS,
        "news, bundles": f"{NEWS}?elementsPerBundle=3",
        "news by activity": f"{NEWS}?sort=LastModifiedDateDesc",
        "news, top": f"{NEWS}?sort=Relevance",
        "news, most viewed": f"{NEWS}?sort=MostViewed",
        "news, fewer": f"{NEWS}?density=FewerUpdates",
        "company": f"{feeds}/company/feed-elements",
        "company by activity": f"{feeds}/company/feed-elements?sort=LastModifiedDateDesc",
        "company, top": f"{feeds}/company/feed-elements?sort=Relevance",
        "company, most viewed": f"{feeds}/company/feed-elements?sort=MostViewed",
        "to me": f"{feeds}/to/me/feed-elements",
        "to me by activity": f"{feeds}/to/me/feed-elements?sort=LastModifiedDateDesc",
        "bookmarks": f"{feeds}/bookmarks/me/feed-elements",
        "muted": f"{feeds}/mute/me/feed-elements",
        "people": f"{feeds}/people/me/feed-elements",
        "topics": f"{feeds}/topics/me/feed-elements",
        "topic": f"{feeds}/topics/{topic}/feed-elements",
        "stream": f"{feeds}/streams/{ids.show(company.stream[person])}/feed-elements",
        "deals": f"{feeds}/filter/me/006/feed-elements",
        "profile": f"{feeds}/user-profile/{other}/feed-elements",
        "profile, authored": f"{feeds}/user-profile/{other}/feed-elements?filter=AuthoredBy",
        "my profile": f"{feeds}/user-profile/me/feed-elements",
        "record": f"{feeds}/record/{deal}/feed-elements",
        "record by activity": f"{feeds}/record/{deal}/feed-elements?sort=LastModifiedDateDesc",
        "search everything, rare": f"{all_feeds}?q={rare}",
        "search everything, common": f"{all_feeds}?q=harvest",
        "search everything, two words": f"{all_feeds}?q=harvest+batch150",
        "search everything, wildcard": f"{all_feeds}?q=harv*t",
        "search everything, beginning": f"{all_feeds}?q=order12*",
        "search everything, nothing": f"{all_feeds}?q=nosuchword",
        "search profile, common": f"{feeds}/user-profile/{other}/feed-elements?q=deal",
        "search record, common": f"{feeds}/record/{deal}/feed-elements?q=deal",
        "unread of news": f"{feeds}/news/me/unread",
        "unread of company": f"{feeds}/company/unread",
        "page: home": "/",
        "page: company": "/company",
        "page: profile": f"/people/{other}",
        "page: record": f"/r/{deal}",
        "page: to me": "/feeds/to",
    }  # fmt: skip
    for feed, path in (("news", NEWS), ("company", f"{feeds}/company/feed-elements")):
        for wanted in (
            "AllQuestions",
            "UnansweredQuestions",
            "UnsolvedQuestions",
            "SolvedQuestions",
            "Unread",
            "Read",
        ):
            found[f"{feed}, {wanted}"] = f"{path}?filter={wanted}"
        for kind, words in (("rare", rare), ("common", "harvest"), ("everywhere", "deal")):
            found[f"search {feed}, {kind}"] = f"{path}?q={words}"
    return found  # fmt: skip


async def sweep(
    settings: Settings,
    companies: dict[str, Company],
    cookies: dict[tuple[str, str], str],
    rounds: int = ROUNDS,
    only: str = "",
    told: Callable[[Look], None] | None = None,
) -> list[Look]:
    """How long each look takes in each company, one after the other, in turns."""
    client = await Client.connect(settings)
    found: list[Look] = []
    try:
        first = next(iter(companies.values()))
        for person in first.people:
            for name in looks(first, person):
                if only not in name:
                    continue
                look = Look(name, person, {size: [] for size in companies})
                for number in range(rounds + WARM):
                    for size, company in companies.items():
                        path = looks(company, person)[name]
                        head = (
                            f"authorization: Bearer {company.tokens[person]}\r\n"
                            if path.startswith("/services")
                            else f"cookie: {cookies[size, person]}\r\n"
                        )
                        started = time.perf_counter()
                        try:
                            answer = await client.get(path, head)
                        except (OSError, EOFError):  # it does not wait long for a client that says nothing
                            client = await Client.connect(settings)
                            answer = await client.get(path, head)
                        took = (time.perf_counter() - started) * 1000
                        assert answer.status == 200, (name, path, answer.status, answer.body[:300])
                        look.elements[size] = answer.body.count(b'"feedElementType"') or answer.body.count(
                            b"<article"
                        )
                        if number >= WARM or took > SLOW:
                            look.took[size].append(took)
                    if all(look.took.values()) and sum(map(sum, look.took.values())) > SLOW:
                        break
                found.append(look)
                if told:
                    told(look)
    finally:
        client.close()
    return found


def grown(found: list[Look], small: str, large: str) -> Figures:
    """Each look in both sizes, and by how much it grows."""
    return {
        f"{look.name}, {look.person}": {
            "growth": round(look.ms(large) / look.ms(small), 2),
            f"{small}_ms": round(look.ms(small), 1),
            f"{large}_ms": round(look.ms(large), 1),
        }
        for look in found
    }
