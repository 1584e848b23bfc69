"""When two answers are the same: after subtracting what docs/decisions/0022 names, and nothing else."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

from hubbub.core import ids
from hubbub.core.errors import Invalid

# Every subtraction by its name in the decision record. What stands before a match is asked for behind its first letters:
# a pattern that begins with what it looks for is many times as fast, and millions of letters are looked through.
_FIRST = "".join(sorted({prefix[0] for prefix in ids.PREFIX.values()}))
_ID = re.compile(
    rf"[{_FIRST}](?<![0-9A-Za-z][{_FIRST}])[0-9A-Za-z]{{14}}(?:[0-9A-Za-z]{{3}})?(?![0-9A-Za-z])"
)
_TIME = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|\+0000|\+00:00)")
_AGO = re.compile(r'(datetime="<now>") title="[^"]*" data-ago>[^<]*')  # the same moment in words
_ESCAPED = re.compile(r"%(?:2C|3A)", re.IGNORECASE)  # commas and colons of page tokens inside addresses
_BLANK = [
    # random for each answer
    (re.compile(r'(name="_csrf_token" value=")[^"]*'), r"\1"),
    (re.compile(r'(name="csrf-token" content=")[^"]*'), r"\1"),
    (re.compile(r'(name="csp-nonce" content=")[^"]*'), r"\1"),
    (re.compile(r'(name="_key" value=")[^"]*'), r"\1"),
    (re.compile(r'(nonce="(?<!\wnonce="))[^"]*'), r"\1"),
    (re.compile(r'(<p class="small mono">Request )[0-9a-f]{16}\b'), r"\1"),
    # a snapshot of the whole installation
    (re.compile(r'(name="live-cursor" content=")[^"]*'), r"\1"),
    (re.compile(r'(Token(?:(?<=isModifiedToken)|(?<=updatesToken))": ?")\d+:\d+:[\d,]*'), r"\1"),
    (
        re.compile(
            r"(ince=(?:(?<=updatedSince=)|(?<!\wsince=)(?<=since=)))\d+(?::|%3A)\d+(?::|%3A)(?:[\d,]|%2C)*"
        ),
        r"\1",
    ),
    # an avatar's colour is made from the person's id
    (re.compile(r"hue-(?<!\whue-)\d+"), "hue"),
    # and so is that of the figure that stands for a photo
    (re.compile(r'(<rect width="64" height="64" fill="hsl\()\d+'), r"\1hue"),
    (re.compile(r'("none-)\d+(?=-[FT]")'), r"\1hue"),
]
_HEADERS_BLANK = {
    "date",
    "x-request-id",
    "set-cookie",
    "content-length",
}  # the length is that of the body, which is compared
_NONCE = re.compile(r"'nonce-[^']*'")


class Renumber:
    """Ids by their first appearance in what one person is told in one world; the world's own names by what they stand for."""

    def __init__(self, names: Mapping[str, str], now: datetime) -> None:
        self.names = names
        self.late = now - timedelta(hours=2)
        self.numbers: dict[int, str] = {}
        self.shown: dict[str, str] = {}

    def id(self, id: int) -> str:
        """What stands for this id."""
        if id not in self.numbers:
            self.numbers[id] = f"<{ids.PREFIX[ids.type_of(id)]}:{len(self.numbers) + 1}>"
        return self.numbers[id]

    def text(self, text: str) -> str:
        """The text without what differs by nature."""
        for theirs, common in self.names.items():
            text = text.replace(theirs, common)
        for pattern, kept in _BLANK:
            text = pattern.sub(kept, text)
        text = _ESCAPED.sub(lambda found: unquote(found[0]), text)
        text = _TIME.sub(self._time, text)
        text = _AGO.sub(r"\1", text)
        return _ID.sub(self._id, text)

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """The headers of an answer without what differs by nature."""
        return {
            name: self.text(_NONCE.sub("'nonce'", value))
            for name, value in sorted(headers.items())
            if name not in _HEADERS_BLANK
        }

    def _id(self, found: re.Match[str]) -> str:
        text = found[0]
        if text not in self.shown:
            self.shown[text] = self._stands_for(text)
        return self.shown[text]

    def _stands_for(self, text: str) -> str:
        try:
            id = ids.parse(text)
        except Invalid:
            return text
        return self.id(id) if len(text) == 15 or ids.show(id) == text else text

    def _time(self, found: re.Match[str]) -> str:
        """What happened while the world was built has the same time in both; what happens while one looks has not."""
        at = datetime.fromisoformat(found[0].replace("+0000", "+00:00").replace("Z", "+00:00"))
        return "<now>" if at.astimezone(UTC) > self.late else found[0]
