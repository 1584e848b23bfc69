"""The sorts of line of which the story is made: who did what, and how long ago.

`when` is either a day and an hour ("12d 09:40": twelve days ago, at 9:40 UTC) or minutes before now ("25m"). A name in
`as_` is how later lines speak of what was said; a record is spoken of by its name, a person by the name of the cast.
"""

from datetime import datetime, time, timedelta
from typing import Any

import msgspec


class Day(msgspec.Struct, frozen=True):
    """A date so many days from the day on which the company is built."""

    days: int


class Hour(msgspec.Struct, frozen=True):
    """A moment so many days from the day on which the company is built, at that hour of UTC."""

    days: int
    hour: str


class Line(msgspec.Struct, frozen=True):
    """One thing that somebody did."""

    when: str
    who: str


class Made(Line, frozen=True):
    """A new deal."""

    name: str
    values: dict[str, Any]


class Added(Line, frozen=True):
    """Another record: later lines speak of it by `as_`."""

    object: str
    as_: str
    values: dict[str, Any]


class Called(Line, frozen=True):
    """A call about a record was logged."""

    name: str
    subject: str
    minutes: int
    text: str = ""


class Converted(Line, frozen=True):
    """A lead became a contact of an account that is there, with a deal of that name."""

    lead: str
    account: str
    deal: str


class Changed(Line, frozen=True):
    """Fields of a record got new values."""

    name: str
    values: dict[str, Any]
    as_: str | None = None


class Said(Line, frozen=True):
    """A post on a record or on somebody's profile."""

    on: str
    text: str
    as_: str | None = None


class Answered(Line, frozen=True):
    """A comment."""

    to: str
    text: str
    as_: str | None = None


class Liked(Line, frozen=True):
    """A like."""

    what: str


class Followed(Line, frozen=True):
    """Somebody follows people and records from now on."""

    subjects: tuple[str, ...]


class Shared(Line, frozen=True):
    """A record was shared to somebody: 1 to read, 2 to edit."""

    name: str
    to: str
    level: int = 1


def moment(when: str, now: datetime) -> datetime:
    """The moment that a line speaks of."""
    if when.endswith("m"):
        return now - timedelta(minutes=int(when[:-1]))
    day, hour = when.split()
    return datetime.combine(now.date() - timedelta(days=int(day[:-1])), time.fromisoformat(hour), now.tzinfo)
