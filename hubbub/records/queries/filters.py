"""The filters of a list view as SOQL's conditions: what people write into a form is understood here."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from hubbub.core import ids
from hubbub.core.errors import Invalid
from hubbub.core.languages import Text
from hubbub.objects import BadValue, Field
from hubbub.records.access import Viewer
from hubbub.records.access.views import COMPARED, Filter, Listed
from hubbub.records.queries.soql import moments
from hubbub.records.queries.soql.parse import All, Compare, FieldPath, Literal, Moment, Not

_WORDS = re.compile(
    r"(TODAY|YESTERDAY|TOMORROW)"
    r"|(?:LAST|THIS|NEXT)_(?:DAY|WEEK|MONTH|QUARTER|YEAR)"
    r"|(LAST|NEXT)_(?:N_)?(?:(\d{1,5})_)?(DAY|WEEK|MONTH|QUARTER|YEAR)S(?::(\d{1,5}))?"
)


def condition(him: Viewer, shown: Listed) -> Any:
    """All filters of a view as one condition; None where it has none. Raises Invalid for what cannot be compared."""
    if shown.lacking:
        return Compare(FieldPath(("Id",)), "=", None)  # no record lacks an id: it holds nothing
    parts = [_filter(him, field, each) for field, each in shown.filters]
    return None if not parts else parts[0] if len(parts) == 1 else All(tuple(parts))


def _filter(him: Viewer, field: Field, said: Filter) -> Any:
    operation = said.operation
    text = "".join(char for char in said.value if char.isprintable()).strip()
    negated = operation in ("notEqual", "notContain")
    path = FieldPath((field.name,))
    if not text:
        if operation not in ("equals", "notEqual"):
            raise _wrong(field, Text("{label:_}: write what to compare with.", label=field.label))
        if field.type == "boolean":
            empty: Any = Compare(path, "=", False)
        else:
            empty = Compare(path, "=", None)
        return Not(empty) if negated else empty
    if field.type == "reference":
        if (id := _id(text)) is not None and operation in ("equals", "notEqual"):
            return Compare(path, "!=" if negated else "=", Literal(ids.show(id)))
        path = FieldPath((field.relation or "", "Name"))
    if field.is_text or field.type == "reference":
        return _textual(path, field, operation, text, negated)
    if operation not in ("equals", "notEqual", *COMPARED):
        raise _wrong(field, Text("{label:_} cannot be compared so.", label=field.label))
    compared = _plain(him, field, path, COMPARED.get(operation, "="), text)
    return Not(compared) if negated else compared


def _textual(path: FieldPath, field: Field, operation: str, text: str, negated: bool) -> Any:
    if operation in ("contains", "notContain", "startsWith"):
        inside = re.sub(r"([\\'%_])", r"\\\1", text)
        like = Compare(path, "like", Literal(f"{inside}%" if operation == "startsWith" else f"%{inside}%"))
        return Not(like) if negated else like
    if operation in COMPARED:
        return Compare(path, COMPARED[operation], literal(text))
    several = [part.strip() for part in text.split(",") if part.strip()] if field.choices else [text]
    if len(several) > 1:
        return Compare(path, "not in" if negated else "in", tuple(literal(each) for each in several))
    return Compare(path, "!=" if negated else "=", literal(text))


def _plain(him: Viewer, field: Field, path: FieldPath, op: str, text: str) -> Any:
    """A comparison of a figure, a date or an answer."""
    if field.type == "boolean":
        if text.lower() not in ("true", "false", "yes", "no", "1", "0") or op != "=":
            raise _wrong(field, Text("{label:_} is compared with yes or no.", label=field.label))
        return Compare(path, op, text.lower() in ("true", "yes", "1"))
    if field.is_number:
        try:
            number = Decimal(re.sub(r"[,\s$%]", "", text)[:60])
            if not number.is_finite() or abs(number.adjusted()) > 100:
                raise ValueError
        except (InvalidOperation, ValueError):
            raise _wrong(
                field, Text("{label:_}: write a number, such as 12500.", label=field.label)
            ) from None
        return Compare(path, op, number)
    if (moment := _moment(text)) is not None:
        moments.stretch(moment, date(2026, 1, 1))  # refuses what is out of range
        return Compare(path, op, moment)
    try:
        day = field.parse_form(text, him.actor.timezone)
    except BadValue:
        try:
            day = date.fromisoformat(text[:10])
        except ValueError:
            raise _wrong(
                field,
                Text(
                    "{label:_}: write a day as 2026-05-31, or today, this month, last 30 days.",
                    label=field.label,
                ),
            ) from None
    if field.type == "date" or (isinstance(day, datetime) and len(text) > 10):
        return Compare(path, op, day)
    return _day(him, path, op, date.fromisoformat(text[:10]))


def _day(him: Viewer, path: FieldPath, op: str, day: date) -> Any:
    """A moment compared with a whole day, as the viewer's zone has it."""
    zone = ZoneInfo(him.actor.timezone)
    first, after = (
        datetime(each.year, each.month, each.day, tzinfo=zone) for each in (day, day + timedelta(1))
    )
    return {
        "=": All((Compare(path, ">=", first), Compare(path, "<", after))),
        "<": Compare(path, "<", first),
        "<=": Compare(path, "<", after),
        ">": Compare(path, ">=", after),
        ">=": Compare(path, ">=", first),
    }[op]


def _moment(text: str) -> Moment | None:
    """A date in words: TODAY, THIS_MONTH, LAST_N_DAYS:30 as SOQL writes them, or as people do."""
    said = "_".join(text.upper().split())
    found = _WORDS.fullmatch(said)
    if found is None:
        return None
    if found[2] is None:
        return Moment(said, None)
    n = found[3] or found[5]
    return Moment(f"{found[2]}_N_{found[4]}S", int(n)) if n else None


def literal(text: str) -> Literal:
    """A text as SOQL quotes it."""
    return Literal(text.replace("\\", "\\\\").replace("'", "\\'"))


def _id(text: str) -> int | None:
    try:
        return ids.parse(text)
    except Invalid:
        return None


def _wrong(field: Field, words: Text) -> Invalid:
    return Invalid("INVALID_FILTER_VALUE", words, fields=[field.name])
