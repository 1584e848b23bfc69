"""Texts, numbers, dates and times as the viewer reads them."""

import re
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from html import escape
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, format_timedelta
from babel.numbers import format_currency, format_decimal
from babel.units import format_unit
from minijinja import safe

from hubbub.core import clock, ids, languages

Unit = Literal["minute", "hour", "day"]
UNITS: dict[Unit, timedelta] = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
}


class View(msgspec.Struct, frozen=True):
    """For whom a template is rendered: zone and locale of the texts, secrets of the forms."""

    zone: str = "UTC"
    locale: str = "en_US"
    csrf: str = ""
    nonce: str = ""
    theme: str = ""  # light or dark where that was chosen for this browser


NOBODY = View()
viewing: ContextVar[View] = ContextVar("viewing", default=NOBODY)


def translate(text: str, /, **values: Any) -> str:
    """A text in the viewer's language; {names} in it are replaced by the values, escaped unless they are markup."""
    text = languages.find(text)
    return _fill(text, values) if values else text


def translate_plural(one: str, many: str, n: int, /, **values: Any) -> str:
    """A text in the singular or plural of n, which it may show as {n}."""
    return _fill(languages.find_plural(one, many, n), {"n": number(n), **values})


def _fill(text: str, values: dict[str, Any]) -> str:
    if ":" in text:  # a gap may say how it is filled
        return safe(_Filled(languages.spoken()).vformat(escape(text), (), values))
    return safe(escape(text).format_map({name: _escaped(value) for name, value in values.items()}))


class _Filled(languages.Filled):
    def format_field(self, value: Any, format_spec: str) -> str:
        return str(value) if hasattr(value, "__html__") else escape(super().format_field(value, format_spec))


def _escaped(value: Any) -> str:
    return str(value) if hasattr(value, "__html__") else escape(str(value))


@lru_cache(maxsize=64)
def _locale(name: str) -> Locale:
    try:
        return Locale.parse(name)
    except (ValueError, UnknownLocaleError):
        return Locale.parse("en_US")


@lru_cache(maxsize=256)
def zone_of(name: str) -> ZoneInfo:
    """A time zone by its name; UTC where there is none of that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def today(zone: str) -> date:
    """The day that it is in a zone of that name."""
    return clock.now().astimezone(zone_of(zone)).date()


@lru_cache(maxsize=4096)
def _number(value: int | float | Decimal, locale: str) -> str:
    return format_decimal(value, locale=_locale(locale))


def _written() -> str:
    """The viewer's locale: that of the page, or of who asks while the page is still being made."""
    view = viewing.get()
    return languages.written() if view is NOBODY else view.locale


def number(value: int | float | Decimal | None) -> str:
    """A number with the viewer's separators; nothing for None."""
    return "" if value is None else _number(value, _written())


def duration(seconds: int) -> str:
    """A length of time as people say it: 15 min, 1 hr 30 min."""
    words = _locale(_written())
    hours, rest = divmod(int(seconds), 3600)
    parts = {"hour": hours, "minute": rest // 60, "second": rest % 60}
    said = {unit: n for unit, n in parts.items() if n} or {"second": 0}
    return " ".join(format_unit(n, f"duration-{unit}", "short", locale=words) for unit, n in said.items())


def money(value: int | float | Decimal | None, currency: str = "USD") -> str:
    """An amount with its currency, without empty cents; nothing for None."""
    if value is None:
        return ""
    words = _locale(_written())
    pattern = words.currency_formats["standard"].pattern
    if value == int(value):
        return format_currency(value, currency, re.sub(r"\.0+", "", pattern), words, currency_digits=False)
    return format_currency(value, currency, pattern, words)


@lru_cache(maxsize=8192)
def _day(value: date, locale: str) -> str:
    return format_date(value, "medium", locale=_locale(locale))


def day(value: date | datetime | None) -> str:
    """A calendar date, or the day of a moment in the viewer's zone; nothing for None."""
    if isinstance(value, datetime):
        value = value.astimezone(zone_of(viewing.get().zone)).date()
    return "" if value is None else _day(value, _written())


# The same posts are shown over and over: their times are formatted once.
@lru_cache(maxsize=16384)
def _moment(minute: datetime, zone: str, locale: str) -> str:
    local = minute.astimezone(zone_of(zone))
    words = _locale(locale)
    return (
        f"{format_date(local.date(), 'full', words)}, {format_time(local, 'short', locale=words)} {local:%Z}"
    )


def moment(value: datetime | None) -> str:
    """The exact time in the viewer's zone, to the minute; nothing for None."""
    if value is None:
        return ""
    view = viewing.get()
    return _moment(value.replace(second=0, microsecond=0), view.zone, view.locale)


@lru_cache(maxsize=4096)
def _ago(amount: int, unit: Unit, locale: str) -> str:
    return format_timedelta(
        -amount * UNITS[unit],
        granularity=unit,
        threshold=1000,
        add_direction=True,
        format="short",
        locale=_locale(locale),
    )


def _relative(value: datetime, view: View) -> str:
    seconds = (clock.now() - value).total_seconds()
    if seconds < 60:
        return translate("just now")
    if seconds < 3600:
        return _ago(int(seconds // 60), "minute", view.locale)
    if seconds < 86400:
        return _ago(int(seconds // 3600), "hour", view.locale)
    if seconds < 7 * 86400:
        return _ago(int(seconds // 86400), "day", view.locale)
    return _day(value.astimezone(zone_of(view.zone)).date(), view.locale)


def when(value: datetime | None) -> str:
    """A <time> element: how long ago, with the exact time on hover; the page's script keeps it running."""
    if value is None:
        return ""
    view = viewing.get()
    return safe(f"{_time_tag(value, view.zone, view.locale)}{_relative(value, view)}</time>")


@lru_cache(maxsize=16384)
def _time_tag(value: datetime, zone: str, locale: str) -> str:
    stamp = value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    exact = _moment(value.replace(second=0, microsecond=0), zone, locale)
    return f'<time datetime="{stamp}" title="{escape(exact)}" data-ago>'


@lru_cache(maxsize=65536)
def key(value: int | str) -> str:
    """An id as addresses and element ids show it."""
    return ids.show(value) if isinstance(value, int) else value
