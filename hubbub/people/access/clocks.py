"""What time it is where somebody works, and whether he works just now."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import msgspec
from babel import Locale, UnknownLocaleError
from babel.dates import format_time


class There(msgspec.Struct, frozen=True):
    """The clock of somebody's zone as the reader writes times."""

    clock: str  # "14:05"
    day: int  # of the reader's day: -1 yesterday, 0 today, 1 tomorrow
    works: bool | None  # None: he has said nothing of his hours
    hours: str  # "09:00 – 17:00"


def there(
    now: datetime, *, zone: str, start: str | None, end: str | None, reader_zone: str, reader_locale: str
) -> There:
    """What the clock on somebody's wall says at that moment; hours may go on past midnight."""
    here = now.astimezone(ZoneInfo(reader_zone))
    local = now.astimezone(ZoneInfo(zone))
    try:
        locale = Locale.parse(reader_locale)
    except (ValueError, UnknownLocaleError):
        locale = Locale.parse("en_US")
    works, hours = None, ""
    if start and end:
        works = _within(local.time(), time.fromisoformat(start), time.fromisoformat(end))
        hours = " – ".join(
            format_time(time.fromisoformat(each), "short", locale=locale) for each in (start, end)
        )
    return There(
        format_time(local.replace(tzinfo=None), "short", locale=locale),
        (local.date() - here.date()).days,
        works,
        hours,
    )


def _within(now: time, start: time, end: time) -> bool:
    return start <= now < end if start < end else now >= start or now < end
