"""SOQL's functions of one field: parts of dates and moments, labels of picklists, values as their reader writes them."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal

from hubbub.core import html, languages
from hubbub.objects import Field
from hubbub.records.access import Viewer
from hubbub.records.queries.soql.nodes import Function, Malformed
from hubbub.records.queries.soql.sources import Column

LABEL, FORMAT, ZONE = "TOLABEL", "FORMAT", "CONVERTTIMEZONE"
# Of a day or a time of day {0}. Weeks of a month and of a year are counted from its first day, days of a week from Sunday;
# fiscal years are calendar years.
DATES = {
    "CALENDAR_MONTH": "extract(month from {0})",
    "CALENDAR_QUARTER": "extract(quarter from {0})",
    "CALENDAR_YEAR": "extract(year from {0})",
    "DAY_IN_MONTH": "extract(day from {0})",
    "DAY_IN_WEEK": "extract(dow from {0}) + 1",
    "DAY_IN_YEAR": "extract(doy from {0})",
    "DAY_ONLY": "{0}::date",
    "FISCAL_MONTH": "extract(month from {0})",
    "FISCAL_QUARTER": "extract(quarter from {0})",
    "FISCAL_YEAR": "extract(year from {0})",
    "HOUR_IN_DAY": "extract(hour from {0})",
    "WEEK_IN_MONTH": "(extract(day from {0})::int - 1) / 7 + 1",
    "WEEK_IN_YEAR": "(extract(doy from {0})::int - 1) / 7 + 1",
}
OF_MOMENTS = ("DAY_ONLY", "HOUR_IN_DAY")
KNOWN = frozenset((LABEL, FORMAT, ZONE, *DATES))


def dated(function: Function, column: Column) -> Column:
    """A part of a date or a moment as a column of its own: of moments as UTC has them, or by convertTimezone as the viewer's
    zone does, which binds %(my_zone)s."""
    converted = isinstance(function.of, Function)
    if converted and (function.of.name != ZONE or isinstance(function.of.of, Function)):
        raise Malformed(f"{function.name} takes a field, or convertTimezone of one.")
    if column.type not in ("date", "datetime") or (
        column.type == "date" and (converted or function.name in OF_MOMENTS)
    ):
        kind = "dateTime" if converted or function.name in OF_MOMENTS else "date or dateTime"
        raise Malformed(f"field {column.name} is no {kind} field, as {function.name} needs")
    local = column.value
    if column.type == "datetime":
        zone = "%(my_zone)s::text" if converted else "'UTC'"
        local = f"({local} at time zone {zone})"
    sql = f"({DATES[function.name].format(local)})"
    name = function.text
    if function.name == "DAY_ONLY":
        return Column(name, "date", sql, f"({sql}::timestamp at time zone 'UTC')")
    return Column(name, "int", f"{sql}::int", f"{sql}::int")


def labels(him: Viewer, field: Field | None, column: Column) -> dict[str, str]:
    """What the values of a picklist are called in the viewer's language."""
    if column.type != "picklist":
        raise Malformed(f"field {column.name} is no picklist, as toLabel needs")
    language = languages.language_of(him.actor.locale)
    choices = field.choices if field is not None else ()
    return {each.value: languages.find(each.label or each.value, language) for each in choices}


def label_of(named: dict[str, str]) -> Callable[[Any], Any]:
    """How a value of a picklist with these labels is written; one that it no longer has stands for itself."""
    return lambda value: named.get(value, value)


def formatted(him: Viewer, type: str) -> Callable[[Any], Any] | None:
    """How a value of that type is written for the viewer: in his locale, and his time zone; None: as it is."""
    try:
        locale = Locale.parse(him.actor.locale)
    except (ValueError, UnknownLocaleError):
        locale = Locale.parse("en_US")
    zone = html.zone_of(him.actor.timezone)

    def moment(value: datetime) -> str:
        local = value.astimezone(zone)
        return f"{format_date(local.date(), 'short', locale)} {format_time(local, 'short', locale=locale)}"

    def day(value: date) -> str:
        return format_date(value, "short", locale)

    def number(value: float | Decimal) -> str:
        return format_decimal(value, locale=locale)

    def money(value: float | Decimal) -> str:
        return format_currency(value, "USD", locale=locale)

    ways = {"date": day, "datetime": moment, "currency": money}
    return ways.get(type) or (number if type in ("int", "double", "percent") else None)
