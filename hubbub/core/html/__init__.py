"""Pages: MiniJinja templates of every room, the helpers they may call, and message segments as safe HTML.

A template's name says where it lives: "feed/home.html" is hubbub/feed/templates/home.html. Everything printed is
escaped; the only text that is not is what the functions here build, and they escape each value that they take.
"""

from hubbub.core.html.answers import (
    back,
    error_page,
    fragment,
    local,
    page,
    see_other,
    stream,
    view_of,
    wants_stream,
)
from hubbub.core.html.segments import (
    BLOCKS,
    TAGS,
    excerpt,
    is_block,
    plain,
    segments,
    unmarked,
    unseen_record,
)
from hubbub.core.html.templates import ROOMS, asset, avatar, engine, hue, icon, initials, read, render, who
from hubbub.core.html.words import (
    NOBODY,
    View,
    day,
    key,
    moment,
    money,
    number,
    translate,
    translate_plural,
    when,
)

__all__ = [
    "BLOCKS",
    "NOBODY",
    "ROOMS",
    "TAGS",
    "View",
    "asset",
    "avatar",
    "back",
    "day",
    "engine",
    "error_page",
    "excerpt",
    "fragment",
    "hue",
    "icon",
    "initials",
    "is_block",
    "key",
    "local",
    "moment",
    "money",
    "number",
    "page",
    "plain",
    "read",
    "render",
    "see_other",
    "segments",
    "stream",
    "translate",
    "translate_plural",
    "unmarked",
    "unseen_record",
    "view_of",
    "wants_stream",
    "when",
    "who",
]
