"""The filters of a list view as SOQL's conditions: what people write into a form is understood here."""

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from hubbub.core import html, ids
from hubbub.core.errors import Invalid
from hubbub.core.languages import Text
from hubbub.objects import BadValue, Field, Object
from hubbub.records.access import WHOLE, WHOLE_DAYS, Viewer
from hubbub.records.access.views import COMPARED, Filter, Listed
from hubbub.records.queries.soql import moments
from hubbub.records.queries.soql.nodes import All, Any_, Compare, FieldPath, Literal, Moment, Not

_WORDS = re.compile(
    r"(TODAY|YESTERDAY|TOMORROW)"
    r"|(?:LAST|THIS|NEXT)_(?:DAY|WEEK|MONTH|QUARTER|YEAR)"
    r"|(LAST|NEXT)_(?:N_)?(?:(\d{1,5})_)?(DAY|WEEK|MONTH|QUARTER|YEAR)S(?::(\d{1,5}))?"
)


def condition(him: Viewer, shown: Listed) -> Any:
    """All filters of a view as one condition; None where it has none. Raises Invalid for what cannot be compared."""
    if shown.lacking:
        return Compare(FieldPath(("Id",)), "=", None)  # no record lacks an id: it holds nothing
    parts = [_filter(him, shown.view.object, field, each) for field, each in shown.filters]
    return None if not parts else parts[0] if len(parts) == 1 else All(tuple(parts))


def _filter(him: Viewer, object: Object, field: Field, said: Filter) -> Any:
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
    op = COMPARED.get(operation, "=")
    compared = _plain(him, field, path, op, text)
    if field.name in WHOLE and (whole := object.get(WHOLE_DAYS)) and him.may_read(object, whole):
        compared = _by_days(him, field, path, op, text, compared)
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


def _by_days(him: Viewer, field: Field, path: FieldPath, op: str, text: str, timed: Any) -> Any:
    """When an event is: one that takes whole days by its days, as they are kept; one that does not by its time."""
    if (moment := _moment(text)) is not None:
        first, after = moments.stretch(moment, html.today(him.actor.timezone))
    else:
        parsed = field.parse_form(text, him.actor.timezone) if len(text) > 10 else None
        first = (
            parsed.astimezone(ZoneInfo(him.actor.timezone)).date()
            if parsed
            else date.fromisoformat(text[:10])
        )
        after = first + timedelta(1)
    day = FieldPath((WHOLE_DAYS,))
    return Any_(
        (
            All((Compare(day, "=", True), _stretch(path, op, first, after, UTC))),
            All((Compare(day, "=", False), timed)),
        )
    )


def _day(him: Viewer, path: FieldPath, op: str, day: date) -> Any:
    """A moment compared with a whole day, as the viewer's zone has it."""
    return _stretch(path, op, day, day + timedelta(1), ZoneInfo(him.actor.timezone))


def _stretch(path: FieldPath, op: str, start: date, end: date, zone: tzinfo) -> Any:
    """A moment compared with the days from one to before another, in a zone."""
    first, after = (datetime(each.year, each.month, each.day, tzinfo=zone) for each in (start, end))
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
