"""Forms of records: one input a field that the person may write, and what they typed, read back."""

from collections.abc import Mapping
from typing import Any

from hubbub import objects, people, records
from hubbub.core.db import Tx
from hubbub.core.errors import Refused
from hubbub.core.handlers import Request
from hubbub.core.html import Input, Option, translate

KINDS = {
    "string": "text",
    "textarea": "textarea",
    "picklist": "picklist",
    "phone": "phone",
    "email": "email",
    "url": "url",
    "int": "number",
    "double": "number",
    "currency": "currency",
    "percent": "percent",
    "boolean": "checkbox",
    "date": "date",
    "datetime": "datetime",
    "reference": "lookup",
}
SUGGESTED = 200


class Form:
    """The form of a new record (`record` is None) or of one that somebody has; a small one asks for `only` some fields."""

    def __init__(
        self,
        him: records.Viewer,
        object: objects.Object,
        record: records.Record | None,
        *,
        only: tuple[str, ...] = (),
        given: dict[str, Any] | None = None,
    ) -> None:
        self.him = him
        self.object = object
        self.record = record
        # What it holds before anything is typed; of a form that was opened earlier, what it held then.
        self.values: dict[str, Any] = record.values if record else {}
        self.fields = [
            field
            for field in object.fields
            if him.may_edit(object, field)
            and (
                field.name in only
                if only
                else field.name != "OwnerId" or (record is not None and record.owned)
            )
        ]
        self.given = given or {}  # what a new record begins with
        self.names = records.Names({}, {})

    async def texts(self, tx: Tx) -> dict[str, str]:
        """What the inputs hold before anything is typed."""
        values = self.values if self.record else self._defaults()
        references = {values[f.name] for f in self.fields if f.type == "reference" and values.get(f.name)}
        self.names = await records.names(tx, self.him, references)
        zone = self._zone(bool(values.get(records.WHOLE_DAYS)))
        return {
            field.name: self._called(field, values.get(field.name))
            if field.type == "reference"
            else field.to_form(values.get(field.name), zone)
            for field in self.fields
        }

    def _zone(self, whole_days: bool) -> str:
        """The zone of the times in this form: the person's, but whole days are days wherever one is."""
        return "UTC" if whole_days else self.him.actor.timezone

    def _defaults(self) -> dict[str, Any]:
        """What a new record has before anything is typed."""
        return {
            field.name: choice.value for field in self.fields for choice in field.choices if choice.default
        } | self.given

    def _called(self, field: objects.Field, value: Any) -> str:
        """What a lookup's input says: the name, with the kind of thing where it may be of several."""
        name = self.names.show(field, value) or ""
        card = self.names.records.get(value) if field.polymorphic and value is not None else None
        return f"{name} ({card.label})" if card else name

    async def inputs(self, tx: Tx, texts: dict[str, str], errors: dict[str, str]) -> list[Input]:
        """The inputs with these texts, and what is wrong with each."""
        return [
            Input(
                name=field.name,
                label=translate(field.label),
                kind=KINDS[field.type],
                value=texts.get(field.name, ""),
                required=field.required,
                error=errors.get(field.name),
                help=translate(field.help) if field.help else None,
                max_length=field.length if field.is_text and field.length else None,
                options=await self._options(tx, field),
                wide=field.type == "textarea" or (field.is_text and field.length > 255),
            )
            for field in self.fields
        ]

    async def _options(self, tx: Tx, field: objects.Field) -> list[Option]:
        if field.type == "picklist":
            return [
                Option(choice.value, translate(choice.label or choice.value))
                for choice in field.choices
                # that is what converting a lead makes of it
                if not (self.object.name == "Lead" and choice.value == records.CONVERTED)
            ]
        if field.type != "reference":
            return []
        if "User" in field.to:
            found = await people.find_people(tx, self.him.actor, "", size=SUGGESTED)
            return [Option(person.key, person.name) for person in found]
        options: list[Option] = []
        for target in field.to:
            cards = await records.find_named(tx, self.him, target, None, size=SUGGESTED // len(field.to))
            options += [
                Option(card.key, f"{card.name} ({card.label})" if field.polymorphic else card.name)
                for card in cards
            ]
        return options

    async def read(self, tx: Tx, typed: dict[str, str]) -> dict[str, Any]:
        """The values of what was typed, only of inputs that were changed; raises BadValues."""
        before = await self.texts(tx)
        values: dict[str, Any] = {}
        bad: list[objects.BadValue] = []
        former = bool(self.values.get(records.WHOLE_DAYS))
        whole_days = typed[records.WHOLE_DAYS] == "true" if records.WHOLE_DAYS in typed else former
        zone = self._zone(whole_days)
        fields = list(self.fields)
        if self.record is not None and whole_days != former:
            # A time becomes a day, or a day a time: it stays on the day that the person has before his eyes.
            typed = self._days(former) | typed
            before |= dict.fromkeys(records.WHOLE, "")
            fields += [
                field
                for name in records.WHOLE
                if (field := self.object.field(name)) not in fields and name in typed
            ]
        for field in fields:
            text = typed.get(field.name)
            if text is None or (self.record is not None and _same(text, before[field.name])):
                continue
            try:
                if field.type == "reference":
                    values[field.name] = await self._find(tx, field, text.strip())
                else:
                    values[field.name] = field.parse_form(text, zone)
            except objects.BadValue as wrong:
                bad.append(wrong)
        for field in self.fields:
            # All that is missing is told at once, beside what is wrong.
            missing = (
                field.required
                and not typed.get(field.name, "" if self.record else before[field.name]).strip()
            )
            if (
                missing
                and (self.record is None or field.name in values)
                and field.name not in {b.fields[0] for b in bad}
            ):
                bad.append(field.missing())
        if bad:
            raise objects.BadValues(bad)
        return values

    def _days(self, whole_days: bool) -> dict[str, str]:
        """When an event begins and ends, of what he may write, as its form says it while it takes whole days or not."""
        zone = self._zone(whole_days)
        return {
            name: field.to_form(self.values[name], zone)
            for name in records.WHOLE
            if (field := self.object.field(name))
            and self.him.may_edit(self.object, field)
            and self.values.get(name)
        }

    async def _find(self, tx: Tx, field: objects.Field, text: str) -> int | None:
        """What a lookup's text names, as far as the person sees it."""
        if not text:
            return None
        if "User" in field.to:
            person = (await people.named(tx, self.him.actor, [text])).get(text.casefold())
            queue = None
            if person is None and field.name == "OwnerId":
                queue = await people.queue_named(tx, self.object.code, text)
            found = [person.id] if person else [queue] if queue else []
        else:
            found = [card.id for card in await self._cards(tx, field, text)]
        if len(found) == 1:
            return found[0]
        raise objects.BadValue(
            field,
            "INVALID_CROSS_REFERENCE_KEY",
            "invalid cross reference id",
            "More than one is called “{name}”." if found else "There is no “{name}” that you can see.",
            name=text[:80],
        )

    async def _cards(self, tx: Tx, field: objects.Field, text: str) -> list[records.Card]:
        """The records that a lookup's text names; where they may be of several kinds it can say of which, in brackets."""
        targets = [self.him.catalog.object(name) for name in field.to]
        if field.polymorphic:
            for target in targets:
                if text.endswith(said := f" ({target.label})"):
                    named = text.removesuffix(said).strip()
                    if found := await records.find_named(tx, self.him, target.name, named, size=2):
                        return found
        found = []
        for target in targets:
            found += await records.find_named(tx, self.him, target.name, text, size=2)
        return found


async def given(
    tx: Tx, him: records.Viewer, object: objects.Object, query: Mapping[str, str]
) -> dict[str, Any]:
    """What an address gives a new record to begin with: values of fields that he may write, references to what he sees."""
    found: dict[str, Any] = {}
    for name, text in query.items():
        field = object.get(name)
        if field is None or not him.may_edit(object, field):
            continue
        try:
            found[field.name] = field.parse_json(text)
        except objects.BadValue:
            continue
    references = {found[name] for name in found if object.field(name).type == "reference" and found[name]}
    names = await records.names(tx, him, references) if references else None
    return {
        name: value
        for name, value in found.items()
        if value not in references or (names is not None and names.name(value) is not None)
    }


async def typed(request: Request) -> dict[str, str]:
    """What was typed: of an input that is there twice (a box and what stands for it unticked) the last."""
    return {name: value for name, value in (await request.form()).multi_items() if isinstance(value, str)}


def wrong(refused: Refused | None) -> tuple[str | None, dict[str, str]]:
    """What a form says of its refusal: above, and beside its inputs by field name."""
    if refused is None:
        return None, {}
    errors = refused.by_field if isinstance(refused, objects.BadValues) else {}
    if not errors and refused.fields:
        errors = {refused.fields[0]: refused.said}
    return translate("This could not be saved.") if errors else refused.said, errors


def _same(typed: str, before: str) -> bool:
    """Browsers send line ends their own way."""
    return typed.replace("\r\n", "\n").strip() == before.strip()
