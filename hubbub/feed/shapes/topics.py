"""Bodies of the REST API for topics, and for people by topics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from hubbub.core import ids
from hubbub.core.rest import connect_date
from hubbub.feed.queries.tags import Tag
from hubbub.feed.queries.topics import Knowledge, Suggestion, Talker, Topic

if TYPE_CHECKING:
    from hubbub.feed.shapes import Shaper

Json = dict[str, Any]


def topic(shape: Shaper, topic: Topic) -> Json:
    """Topic."""
    return _topic(shape, topic.id, topic.name) | {
        "createdDate": connect_date(topic.created_at),
        "description": shape.text(topic.description),
        "talkingAbout": topic.talking,
    }


def tag(shape: Shaper, tag: Tag) -> Json:
    """Topic, on an element of a feed: who talks about it, since when and what it is, is told by the topic itself."""
    return _topic(shape, tag.id, tag.name)


def _topic(shape: Shaper, id: int, name: str) -> Json:
    return {
        "createdDate": None,
        "description": None,
        "id": ids.show(id),
        "images": {"coverImageUrl": None, "featuredImageUrl": None},
        "isBeingDeleted": False,
        "name": shape.text(name),
        "nonLocalizedName": shape.text(name),
        "talkingAbout": None,
        "url": shape.connect(f"/topics/{ids.show(id)}"),
    }


def collection(
    shape: Shaper, found: list[Topic], url: str, query: Json, number: int = 0, *, more: bool = False
) -> Json:
    """Topic Collection."""
    return {
        "currentPageUrl": _with(url, query, number),
        "nextPageUrl": _with(url, query, number + 1) if more else None,
        "topics": [topic(shape, each) for each in found],
    }


def suggestions(shape: Shaper, found: list[Suggestion]) -> Json:
    """Topic Suggestion Collection."""
    return {
        "topicSuggestions": [
            {
                "existingTopic": topic(shape, each.topic) if each.topic else None,
                "name": shape.text(each.name),
            }
            for each in found
        ]
    }


def talkers(shape: Shaper, found: list[Talker], url: str, query: Json, number: int, *, more: bool) -> Json:
    """Knowledgeable People Collection, with what shows it."""
    return {
        "currentPageUrl": _with(url, query, number),
        "knowledgeableUsers": [
            {
                "activity": {
                    "bestAnswers": each.best,
                    "comments": each.comments,
                    "likes": each.likes,
                    "posts": each.posts,
                },
                "isEndorsedByMe": False,
                "knowledgeableId": None,
                "numEndorsements": 0,
                "reasons": ["Influential"] if each.likes or each.best else [],
                "user": shape.person(each.person),
            }
            for each in found
        ],
        "nextPageUrl": _with(url, query, number + 1) if more else None,
        "previousPageUrl": _with(url, query, number - 1) if number else None,
    }


def knowledge(
    shape: Shaper, user_id: int, found: list[Knowledge], url: str, query: Json, number: int, *, more: bool
) -> Json:
    """Topics People Are Knowledgeable About Collection."""
    return {
        "currentPageUrl": _with(url, query, number),
        "knowledgeableAboutTopic": [
            {
                "activity": {"comments": each.comments, "posts": each.posts},
                "isEndorsedByMe": False,
                "knowledgeableId": None,
                "numEndorsements": 0,
                "reasons": [],
                "topic": topic(shape, each.topic),
            }
            for each in found
        ],
        "nextPageUrl": _with(url, query, number + 1) if more else None,
        "previousPageUrl": _with(url, query, number - 1) if number else None,
        "userId": ids.show(user_id),
    }


def _with(url: str, query: Json, number: int) -> str:
    asked = query | ({"page": number} if number else {})
    return f"{url}?{urlencode(asked)}" if asked else url
