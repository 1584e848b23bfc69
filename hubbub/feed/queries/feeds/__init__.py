"""Which items a feed holds, in which order, page by page."""

from hubbub.feed.queries.feeds.asking import (
    ACTIVE,
    FILTERS,
    NEWEST,
    TOP,
    VIEWED,
    Ask,
    Found,
    Place,
    Sift,
)
from hubbub.feed.queries.feeds.followed import from_people, news, of_stream, of_topics, of_type, of_view
from hubbub.feed.queries.feeds.listed import company, everything, marked, run, subject, to_me
from hubbub.feed.queries.feeds.pages import Bundle, Page
from hubbub.feed.queries.feeds.places import last_talk, place_of
from hubbub.feed.queries.feeds.ranking import Rank

__all__ = [
    "ACTIVE",
    "FILTERS",
    "NEWEST",
    "TOP",
    "VIEWED",
    "Ask",
    "Bundle",
    "Found",
    "Page",
    "Place",
    "Rank",
    "Sift",
    "company",
    "everything",
    "from_people",
    "last_talk",
    "marked",
    "news",
    "of_stream",
    "of_topics",
    "of_type",
    "of_view",
    "place_of",
    "run",
    "subject",
    "to_me",
]
