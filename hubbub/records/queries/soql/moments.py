"""Date literals of SOQL: the stretch of days that TODAY, LAST_N_DAYS:30 or THIS_QUARTER stands for."""

from datetime import date, timedelta

from hubbub.records.queries.soql.nodes import Malformed, Moment

_MOST = {"DAY": 3_000_000, "WEEK": 400_000, "MONTH": 90_000, "QUARTER": 30_000, "YEAR": 7_000}


def stretch(moment: Moment, today: date) -> tuple[date, date]:
    """The first day, and the day after the last. Weeks begin on Sunday; fiscal years are calendar years."""
    name = moment.name.replace("FISCAL_", "")
    if name in ("TODAY", "YESTERDAY", "TOMORROW"):
        day = today + timedelta(days={"TODAY": 0, "YESTERDAY": -1, "TOMORROW": 1}[name])
        return day, day + timedelta(days=1)
    words = name.split("_")
    if words[-1] == "AGO":  # N_DAYS_AGO:n
        return _units(words[1].rstrip("S"), -_n(moment, words[1]), 1, today)
    direction, unit = words[0], words[-1].rstrip("S")
    if len(words) == 2:
        return _units(unit, {"LAST": -1, "THIS": 0, "NEXT": 1}[direction], 1, today)
    n = 90 if words[1] == "90" else _n(moment, unit)
    if direction == "NEXT":
        return _units(unit, 1, n, today)
    if unit == "DAY":  # the last days go on until now, weeks and longer end with the last whole one
        return _units(unit, -n, n + 1, today)
    return _units(unit, -n, n, today)


def _n(moment: Moment, unit: str) -> int:
    n = moment.n or 0
    if n > _MOST[unit.rstrip("S")]:
        raise Malformed(f"{moment.name}:{n} is out of range")
    return n


def _units(unit: str, start: int, count: int, today: date) -> tuple[date, date]:
    """`count` units, the first of which is `start` units from the one that today lies in."""
    try:
        return _unit(unit, start, today), _unit(unit, start + count, today)
    except (OverflowError, ValueError):
        raise Malformed(f"a date {abs(start)} {unit.lower()}s from today is out of range") from None


def _unit(unit: str, offset: int, today: date) -> date:
    if unit == "DAY":
        return today + timedelta(days=offset)
    if unit == "WEEK":
        return today - timedelta(days=(today.weekday() + 1) % 7) + timedelta(weeks=offset)
    months = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}[unit]
    first = today.year * 12 + (today.month - 1) // months * months + offset * months
    return date(first // 12, first % 12 + 1, 1)
