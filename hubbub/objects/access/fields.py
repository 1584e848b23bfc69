"""A field of an object: what may stand in it, how it is read from a form or from JSON, and how it is shown."""

import re
import unicodedata
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from hubbub.core import html, ids
from hubbub.core.errors import Invalid
from hubbub.core.languages import Text, mark

TEXT = frozenset({"string", "textarea", "picklist", "phone", "email", "url"})
NUMBER = frozenset({"int", "double", "currency", "percent"})
TYPES = TEXT | NUMBER | {"boolean", "date", "datetime", "reference", "id"}

# Salesforce's own range of dates; outside it neither PostgreSQL's nor a client's calendar can be trusted.
FIRST_YEAR, LAST_YEAR = 1700, 4000

_EMAIL = re.compile(r"[^@\s<>(),;:\\\"\[\]]+@[^@\s<>(),;:\\\"\[\]]+\.[^@\s<>(),;:\\\"\[\].]+")
_DATETIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


class BadValue(Invalid):
    """A value that its field cannot take: `message` in Salesforce's words, `said` for a person at a form."""

    def __init__(self, field: "Field", code: str, message: str, words: str | Text, **values: Any) -> None:
        super().__init__(code, words, fields=[field.name], **values)
        self.in_salesforces_words = message

    @property
    def message(self) -> str:
        return self.in_salesforces_words


class BadValues(Invalid):
    """All that is wrong with what was sent for one record."""

    def __init__(self, values: list[BadValue]) -> None:
        super().__init__(values[0].code, values[0].why, fields=values[0].fields)
        self.values = values

    @property
    def message(self) -> str:
        return self.values[0].message

    @property
    def by_field(self) -> dict[str, str]:
        """The words for people, by field name."""
        return {name: bad.said for bad in reversed(self.values) for name in bad.fields}

    @property
    def each(self) -> list[Invalid]:
        """What the API answers: every refusal, all that is missing as one."""
        missing = [bad.fields[0] for bad in self.values if bad.code == "REQUIRED_FIELD_MISSING"]
        found: list[Invalid] = [bad for bad in self.values if bad.code != "REQUIRED_FIELD_MISSING"]
        if missing:
            names = ", ".join(missing)
            found.append(
                Invalid(
                    "REQUIRED_FIELD_MISSING",
                    "Required fields are missing: [{names}]",
                    fields=missing,
                    names=names,
                )
            )
        return found


class Choice(msgspec.Struct, frozen=True):
    """A value of a picklist; on a stage also what the stage means."""

    value: str
    label: str = ""
    default: bool = False
    probability: int | None = None
    forecast: str | None = None
    closed: bool = False
    won: bool = False


class Field(msgspec.Struct, frozen=True):
    """A field of an object. `column` says where its value lives in the record: a column, a slot, or `long`."""

    id: int
    name: str
    label: str
    type: str
    column: str
    length: int = 0
    precision: int = 18
    scale: int = 0
    low: Decimal | None = None
    high: Decimal | None = None
    required: bool = False
    writable: bool = True
    restricted: bool = False
    tracked: bool = False
    unique: bool = False
    unique_with: str = ""  # unique among the records that hold the same there
    goes_with: bool = False  # the record is deleted with what it points at, and comes back with it
    external_id: bool = False
    id_lookup: bool = False
    custom: bool = False
    auto: bool = False  # a number that Hubbub counts up, written with eight digits
    system: bool = False
    unit: str = ""  # what a number counts: seconds are shown as people say them
    help: str | None = None
    to: tuple[str, ...] = ()  # the objects that a reference may point at: one, or several (What, Who)
    relation: str | None = None
    children: str | None = None
    choices: tuple[Choice, ...] = ()
    # computed from these fields at every change; whoever may not read one of them may not read this
    sources: tuple[str, ...] = ()

    @property
    def computed(self) -> bool:
        """Is it worked out when it is read, for whoever reads it?"""
        return self.column == "computed"

    @property
    def permissionable(self) -> bool:
        """May a permission set hide it? Names, system fields and required fields are always readable."""
        return not (self.system or self.required)

    @property
    def polymorphic(self) -> bool:
        """May it point at records of several objects?"""
        return len(self.to) > 1

    @property
    def is_text(self) -> bool:
        return self.type in TEXT

    @property
    def is_number(self) -> bool:
        return self.type in NUMBER

    def choice(self, value: object) -> Choice | None:
        """The picklist value of that name."""
        return next((choice for choice in self.choices if choice.value == value), None)

    # -- from outside ------------------------------------------------------------------------------------------

    def parse_json(self, value: Any) -> Any:
        """The value out of a JSON body; raises BadValue if the field cannot take it."""
        if value is None:
            return False if self.type == "boolean" else None
        if self.type == "boolean":
            if isinstance(value, bool):
                return value
            if isinstance(value, str) and value.lower() in ("true", "false"):
                return value.lower() == "true"
            raise self._wrong_type(value)
        if self.is_number:
            if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
                raise self._wrong_type(value)
            return self._number(value)
        if not isinstance(value, str):
            if self.is_text and isinstance(value, int | float) and not isinstance(value, bool):
                value = str(value)  # Salesforce takes a number for a text
            else:
                raise self._wrong_type(value)
        return self._text(value, None)

    def parse_form(self, text: str, timezone: str = "UTC") -> Any:
        """The value out of what a person typed; a time is in that person's zone."""
        if self.type == "boolean":
            return text.strip().lower() in ("on", "true", "1", "yes")
        text = text.strip()
        if not text:
            return None
        if self.is_number:
            return self._number(
                text.replace("\u00a0", "").replace("\u202f", "").replace(" ", "").replace(",", "")
            )
        return self._text(text, timezone)

    def _number(self, value: int | float | str | Decimal) -> Decimal | int | None:
        if isinstance(value, str) and not value.strip():
            return None
        try:
            # longer texts are no figures that people mean, and cost time
            number = Decimal(str(value).strip()[:100]) if not isinstance(value, Decimal) else value
        except (InvalidOperation, ValueError):
            raise self._wrong_type(value) from None
        if not number.is_finite():
            raise self._wrong_type(value)
        if number and number.adjusted() + 1 > self.precision - self.scale:
            raise self._out_of_range(value)
        if self.type == "int":
            if number != number.to_integral_value():
                raise self._wrong_type(value)
        number = number.quantize(Decimal(1).scaleb(-self.scale), ROUND_HALF_UP)
        if (self.low is not None and number < self.low) or (self.high is not None and number > self.high):
            raise self._out_of_range(value)
        return int(number) if self.type == "int" else number

    def _text(self, text: str, timezone: str | None) -> Any:
        if self.type == "date":
            return self._date(text)
        if self.type == "datetime":
            return self._datetime(text, timezone)
        if self.type in ("reference", "id"):
            return self._reference(text)
        text = self._clean(text)
        if not text:
            return None
        if len(text) > self.length:
            raise BadValue(
                self,
                "STRING_TOO_LONG",
                f"{self.label}: data value too large: {text[:200]} (max length={self.length})",
                "At most {length:,} characters; this has {count:,}.",
                length=self.length,
                count=len(text),
            )
        if self.type == "picklist" and self.restricted and self.choice(text) is None:
            raise BadValue(
                self,
                "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
                f"{self.label}: bad value for restricted picklist field: {text[:200]}",
                "Choose one of the values on the list.",
            )
        if self.type == "email" and not _EMAIL.fullmatch(text):
            raise BadValue(
                self,
                "INVALID_EMAIL_ADDRESS",
                f"{self.label}: invalid email address: {text[:200]}",
                "Enter an e-mail address such as ann@example.com.",
            )
        return text

    def _clean(self, text: str) -> str:
        if "\0" in text or any("\ud800" <= char <= "\udfff" for char in text):
            raise BadValue(
                self,
                "FIELD_INTEGRITY_EXCEPTION",
                f"{self.label}: contains characters that cannot be stored",
                "This contains characters that cannot be stored.",
            )
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        keep = "\n\t" if self.type == "textarea" else ""
        return "".join(
            char if char in keep or unicodedata.category(char) not in ("Cc", "Zl", "Zp") else " "
            for char in text
        ).strip()

    def _date(self, text: str) -> date | None:
        text = text.strip()
        if not text:
            return None
        try:
            if not _DATE.fullmatch(text):
                raise ValueError
            day = date.fromisoformat(text)
        except ValueError:
            raise self._wrong_type(text) from None
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise self._out_of_range(text)
        return day

    def _datetime(self, text: str, timezone: str | None) -> datetime | None:
        text = text.strip()
        if not text:
            return None
        try:
            if timezone is None and not _DATETIME.fullmatch(text):
                raise ValueError
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise self._wrong_type(text) from None
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise self._out_of_range(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=ZoneInfo(timezone or "UTC"))
        return moment.astimezone(UTC)

    def _reference(self, text: str) -> int | None:
        text = text.strip()
        if not text:
            return None
        try:
            return ids.parse(text)
        except Invalid:
            raise self.wrong_reference(text) from None

    def wrong_reference(self, text: object) -> BadValue:
        """The refusal of an id that is none, or is of the wrong kind of thing."""
        wanted = self.to[0] if len(self.to) == 1 else mark("Record")
        return BadValue(
            self,
            "MALFORMED_ID",
            f"{self.label}: id value of incorrect type: {str(text)[:40]}",
            "Choose an {object:lower} that exists."
            if wanted[0] in "AEIOU"
            else "Choose a {object:lower} that exists.",
            object=wanted,
        )

    def missing(self) -> BadValue:
        """The refusal of no value where one is required."""
        return BadValue(
            self,
            "REQUIRED_FIELD_MISSING",
            f"Required fields are missing: [{self.name}]",
            "This is needed.",
        )

    def _wrong_type(self, value: object) -> BadValue:
        kinds = {
            "boolean": ("boolean", mark("Answer yes or no.")),
            "int": ("int", mark("Enter a whole number, such as 250.")),
            "double": ("double", mark("Enter a number, such as 12.5.")),
            "currency": ("double", mark("Enter an amount, such as 12500 or 12500.50.")),
            "percent": ("double", mark("Enter a percentage, such as 40.")),
            "date": ("date", mark("Enter a date as year-month-day, such as 2026-05-31.")),
            "datetime": ("datetime", mark("Enter a date and time, such as 2026-05-31T14:30.")),
        }
        kind, words = kinds.get(self.type, ("string", mark("Enter a text.")))
        return BadValue(
            self,
            "JSON_PARSER_ERROR",
            f"Cannot deserialize instance of {kind} from value {_brief(value)} of field {self.name}",
            words,
        )

    def _out_of_range(self, value: object) -> BadValue:
        if self.type in ("date", "datetime"):
            words = Text("Enter a value from {low} to {high}.", low=FIRST_YEAR, high=LAST_YEAR)
        else:
            most = Decimal(10) ** (self.precision - self.scale) - Decimal(1).scaleb(-self.scale)
            low, high = (
                self.low if self.low is not None else -most,
                self.high if self.high is not None else most,
            )
            words = Text("Enter a value from {low:,} to {high:,}.", low=low, high=high)
        return BadValue(
            self,
            "NUMBER_OUTSIDE_VALID_RANGE",
            f"{self.label}: value outside of valid range on numeric field: {_brief(value)}",
            words,
        )

    # -- to outside --------------------------------------------------------------------------------------------

    def to_json(self, value: Any) -> Any:
        """The value as Salesforce's sObject bodies carry it."""
        if value is None:
            return None
        if self.type in ("reference", "id"):
            return ids.show(value)
        if self.type == "datetime":
            return (
                value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{value.microsecond // 1000:03d}+0000"
            )
        if self.type == "date":
            return value.isoformat()
        if isinstance(value, Decimal):
            return float(value)
        return value

    def to_plain(self, value: Any) -> Any:
        """The value as history and events keep it: nothing is lost in JSON."""
        if isinstance(value, Decimal):
            return str(value)
        if self.type in ("reference", "id") and value is not None:
            return str(value)
        if isinstance(value, date | datetime):
            return value.isoformat()
        return value

    def from_plain(self, plain: Any) -> Any:
        """The value that `to_plain` kept."""
        if plain is None:
            return None
        if self.type in ("reference", "id"):
            return int(plain)
        if self.type == "int":
            return int(plain)
        if self.is_number:
            return Decimal(str(plain))
        if self.type == "date":
            return date.fromisoformat(plain)
        if self.type == "datetime":
            return datetime.fromisoformat(plain)
        return plain

    def to_form(self, value: Any, timezone: str = "UTC") -> str:
        """The value as the field's input of a form holds it."""
        if value is None:
            return ""
        if self.type == "boolean":
            return "true" if value else ""
        if self.type in ("reference", "id"):
            return ids.show(value)
        if self.type == "datetime" and isinstance(value, datetime):
            return value.astimezone(ZoneInfo(timezone)).strftime("%Y-%m-%dT%H:%M")
        if isinstance(value, Decimal):
            return f"{value:f}".removesuffix(f".{'0' * self.scale}")
        return str(value)

    def show(self, value: Any, timezone: str = "UTC") -> str | None:
        """The value in words for people; None where it is empty. A reference is shown by whoever knows its name."""
        if value is None:
            return None
        if self.type == "boolean":
            return html.translate("Yes") if value else html.translate("No")
        if self.type == "currency":
            return html.money(value)
        if self.type == "percent":
            return f"{html.number(value)} %"
        if self.unit == "seconds":
            return html.duration(value)
        if self.is_number:
            return html.number(value)
        if self.type == "date" or (self.type == "datetime" and not isinstance(value, datetime)):
            return html.day(value)  # of a moment that is a whole day only that day is given
        if self.type == "datetime":
            local = value.astimezone(ZoneInfo(timezone))
            return f"{html.day(local.date())}, {local:%H:%M}"
        if self.type in ("reference", "id"):
            return ids.show(value)
        if self.choices:
            choice = self.choice(value)
            return html.translate(choice.label or choice.value) if choice else str(value)
        return str(value)


def _brief(value: object) -> str:
    text = str(value)
    text = "".join(char if char.isprintable() else "?" for char in text[:60])
    return f"'{text}'"
