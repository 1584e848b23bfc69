"""Bodies: what somebody typed or a client sent becomes message segments; nothing else is ever stored."""

from hubbub.feed.actions.bodies.light import write_light
from hubbub.feed.actions.bodies.segments import (
    MOST_MENTIONS,
    Segment,
    clean,
    for_editor,
    linked,
    mentioned,
    parse_form,
    parse_segments,
    parse_text,
    parse_words,
    topic_key,
    topics,
)

__all__ = [
    "MOST_MENTIONS",
    "Segment",
    "clean",
    "for_editor",
    "linked",
    "mentioned",
    "parse_form",
    "parse_segments",
    "parse_text",
    "parse_words",
    "topic_key",
    "topics",
    "write_light",
]
