"""Lines of a file become records: values out of texts, references out of names, made or changed one by one."""

from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec
from psycopg import errors

from hubbub import desk, feed, objects, people, records
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, Refused
from hubbub.setup.access import Line, Map, Names, Records, Table, Value, maps
from hubbub.setup.actions.outcome import Outcome


class Row(msgspec.Struct):
    """A line with its key, and its values with misspelt names put right."""

    line: Line
    key: str
    values: dict[str, str]


class Fresh(msgspec.Struct):
    """A row whose record is to be made."""

    row: Row
    new: records.NewRecord


# What refuses one row and leaves the others as they are.
_REFUSALS = (Refused, errors.DataError, errors.IntegrityError)


class Loading:
    """The loading of one object's records: what it needs to know from batch to batch."""

    def __init__(
        self, map: Map, step: Records, tables: dict[str, Table], outcome: Outcome, *, feed: bool
    ) -> None:
        self.map = map
        self.step = step
        self.tables = tables
        self.outcome = outcome
        self.feed = feed
        self.key_fields = {each.object.lower(): each.key_field for each in map.record}
        self.ids: dict[str, dict[str, int]] = {}  # by what references point at, then by key
        self.object: objects.Object
        self.fields: dict[str, objects.Field]

    async def prepare(self, tx: Tx, him: records.Viewer) -> list[Row]:
        """The rows to write, in an order in which parents come before their children; the others are refused."""
        self._look_up(him)
        table = self.tables[self.step.file]
        self.outcome.read = len(table.lines)
        self.outcome.columns = table.columns
        rows: list[Row] = []
        first: dict[str, int] = {}
        for line in table.lines:
            key = maps.fill(self.step.key, line.values)
            if line.problem:
                self.outcome.refuse(line, line.problem)
            elif not key:
                self.outcome.refuse(line, f"There is no key: {self.step.key} is empty.")
            elif key.casefold() in first:
                self.outcome.refuse(line, f"'{key}' is in line {first[key.casefold()]} already.")
            else:
                first[key.casefold()] = line.number
                rows.append(Row(line, key, dict(line.values)))
        await self._correct(tx, him, rows)
        return self._parents_first(rows)

    async def write(self, tx: Tx, actor: people.Actor, rows: list[Row], now: datetime) -> None:
        """Make or change a record for each of the rows. One that is refused leaves the others as they are."""
        him = await records.viewer(tx, actor)
        self._look_up(him)
        key_field = self.object.field(self.step.key_field)
        found = await records.ids_by_key(tx, him, self.object, key_field, [row.key for row in rows])
        there = {key.casefold(): id for key, id in found.items()}
        # One statement for all that is there already: what does not differ needs no act.
        fields = tuple(self.fields.values())
        stored = {
            row.id: row.values
            for row in await records.read_rows(tx, him, self.object, fields, list(there.values()))
        }
        await self._find_references(tx, him, rows)
        fresh: dict[str, Fresh] = {}
        for row in rows:
            if self._above(row) & fresh.keys():
                await self._make(tx, actor, fresh)
            try:
                values = self._values(row)
                lacking = self._may_lack(row, values)
                record_id = there.get(row.key.casefold())
                if record_id is None:
                    kept = {name: value for name, value in values.items() if value is not None}
                    new = records.NewRecord(kept, lacking, self._created(row, now))
                    fresh[row.key.casefold()] = Fresh(row, new)
                    continue
                if changed := self._differing(values, stored[record_id], lacking):
                    async with tx.savepoint():
                        saved = await desk.update_record(tx, actor, record_id, changed, told=self.feed)
                    self.outcome.updated += bool(saved.changes)
                self.outcome.lacking.update(lacking)
            except _REFUSALS as refusal:
                self.outcome.refuse(row.line, _reason(refusal))
        await self._make(tx, actor, fresh)

    # --- before anything is written ---

    def _look_up(self, him: records.Viewer) -> None:
        self.object = him.catalog.object(self.step.object)
        self.fields = {name: self.object.field(name) for name in [self.step.key_field, *self.step.fields]}

    async def _correct(self, tx: Tx, him: records.Viewer, rows: list[Row]) -> None:
        """Put names right in the columns in which they may be misspelt, and count what was taken for what."""
        for column, known in self.step.known.items():
            texts = {text for row in rows if (text := row.values[column])}
            names = Names(known if isinstance(known, list) else await self._known(tx, him, known, texts))
            for row in rows:
                text = row.values[column]
                meant = names.meant(text) if text else None
                if meant is not None and meant != text:
                    row.values[column] = meant
                    self.outcome.taken[text, meant] += 1

    async def _known(self, tx: Tx, him: records.Viewer, what: str, texts: set[str]) -> set[str]:
        """The names by which things are known: those in the files, and in the database as far as they are asked for."""
        if what == "User":
            return {
                key
                for user in self.map.user
                for line in self.tables[user.file].lines
                if (key := maps.fill(user.key, line.values))
            } | set(await people.users_by_external_id(tx, texts))
        names = {
            key
            for step in self.map.record
            if step.object.lower() == what.lower()
            for line in self.tables[step.file].lines
            if (key := maps.fill(step.key, line.values))
        }
        object = him.catalog.object(what)
        key_field = object.field(self.key_fields[what.lower()])
        if texts - names:
            names |= set(await records.ids_by_key(tx, him, object, key_field, texts - names))
        if texts - names:
            names |= set(await records.ids_by_key(tx, him, object, key_field))
        return names

    def _above(self, row: Row) -> set[str]:
        """The keys of the records of the same object at which a row points."""
        own = [name for name, field in self.fields.items() if self.object.name in field.to]
        texts = (self._text(self.step.fields[name], row.values) for name in own if name in self.step.fields)
        return {text.casefold() for text in texts if text}

    def _parents_first(self, rows: list[Row]) -> list[Row]:
        """The rows so that whom a row of the same file points at comes before it; refuses those that go in circles."""
        by_key = {row.key.casefold(): row for row in rows}
        ordered: list[Row] = []
        state: dict[str, str] = {}
        for row in rows:
            # Without recursion: a chain in a file may be longer than Python's stack.
            path = [row]
            while path:
                at = path[-1]
                key = at.key.casefold()
                above = [by_key[up] for up in self._above(at) if up in by_key]
                waiting = next((each for each in above if state.get(each.key.casefold()) is None), None)
                if state.get(key) is None:
                    state[key] = "open"
                if any(state.get(each.key.casefold()) == "open" for each in above):
                    state[key] = "circle"
                    self.outcome.refuse(at.line, f"'{at.key}' would stand above itself.")
                    path.pop()
                elif waiting is not None:
                    path.append(waiting)
                else:
                    if state[key] == "open":
                        state[key] = "done"
                        ordered.append(at)
                    path.pop()
        return ordered

    # --- values ---

    def _values(self, row: Row) -> dict[str, Any]:
        """All values of a row; raises BadValues with everything that is wrong."""
        key_field = self.fields[self.step.key_field]
        values: dict[str, Any] = {key_field.name: key_field.parse_form(row.key)}
        wrong: list[objects.BadValue] = []
        for name, said in self.step.fields.items():
            field = self.fields[name]
            try:
                values[field.name] = self._value(field, said, row.values)
            except objects.BadValue as bad:
                wrong.append(bad)
            except objects.BadValues as bad:
                wrong += bad.values
        if wrong:
            raise objects.BadValues(wrong)
        return values

    def _value(self, field: objects.Field, said: Any, values: dict[str, str]) -> Any:
        if isinstance(said, bool | int | float):
            return field.parse_json(said)
        if isinstance(said, Value) and said.lacks is not None:
            return field.parse_json(not values[said.lacks])
        text = self._text(said, values)
        if isinstance(said, Value) and said.values is not None and text:
            if text not in said.values:
                raise _bad(field, f"the map does not say what '{text[:60]}' is.")
            text = said.values[text]
        if isinstance(said, Value) and said.times is not None and text:
            try:
                text = str(Decimal(text) * Decimal(str(said.times)))
            except InvalidOperation:
                raise _bad(field, f"'{text[:60]}' is no number.") from None
        if field.type == "reference" and text:
            known = [self.ids.get(name.lower(), {}).get(text.casefold()) for name in field.to]
            found = [id for id in known if id is not None]
            if len(found) != 1:
                raise _bad(
                    field, f"there is {'more than one' if found else 'no'} {_either(field)} '{text[:60]}'."
                )
            return found[0]
        return field.parse_form(text)

    def _text(self, said: Any, values: dict[str, str]) -> str:
        """The first of a value's templates that is not empty."""
        return next((text for template in maps.templates(said) if (text := maps.fill(template, values))), "")

    def _may_lack(self, row: Row, values: dict[str, Any]) -> frozenset[str]:
        """The required fields without which this row is kept."""
        lacking = {
            self.object.field(name).name
            for name, rule in self.step.may_lack.items()
            if row.values[rule.column] in rule.is_
        }
        return frozenset(name for name in lacking if values.get(name) is None)

    async def _find_references(self, tx: Tx, him: records.Viewer, rows: list[Row]) -> None:
        """Look up whom these rows point at, as far as that is not known from earlier ones."""
        for name, said in self.step.fields.items():
            field = self.fields[name]
            if field.type != "reference":
                continue
            for target in field.to:
                if target == "User" or target.lower() in self.key_fields:
                    await self._find(tx, him, target, {self._text(said, row.values) for row in rows})

    async def _find(self, tx: Tx, him: records.Viewer, target: str, texts: set[str]) -> None:
        """Look up the people, or the records of one object, that are called like this elsewhere."""
        known = self.ids.setdefault(target.lower(), {})
        missing = {text for text in texts if text and text.casefold() not in known}
        if not missing:
            return
        if target == "User":
            found = await people.users_by_external_id(tx, missing)
        else:
            object = him.catalog.object(target)
            key_field = object.field(self.key_fields[target.lower()])
            found = await records.ids_by_key(tx, him, object, key_field, missing)
        known |= {key.casefold(): id for key, id in found.items()}

    # --- writing ---

    async def _make(self, tx: Tx, actor: people.Actor, fresh: dict[str, Fresh]) -> None:
        """Make the new records, all at once; only if that is refused one by one, to find out which."""
        together = list(fresh.values())
        fresh.clear()
        if not together:
            return
        try:
            async with tx.savepoint():
                await self._create(tx, actor, together)
        except _REFUSALS:
            for each in together:
                try:
                    async with tx.savepoint():
                        await self._create(tx, actor, [each])
                except _REFUSALS as refusal:
                    self.outcome.refuse(each.row.line, _reason(refusal))

    async def _create(self, tx: Tx, actor: people.Actor, fresh: list[Fresh]) -> None:
        saved = await desk.create_records(tx, actor, self.object.name, [each.new for each in fresh])
        if self.feed:
            for each, record in zip(fresh, saved, strict=True):
                first = msgspec.structs.replace(record, changes=self._first_values(each.new.values))
                await feed.post_changes(tx, actor, record.id, await feed.tracked(tx, actor, first))
        known = self.ids.setdefault(self.object.name.lower(), {})
        for each, record in zip(fresh, saved, strict=True):
            known[each.row.key.casefold()] = record.id
            self.outcome.lacking.update(each.new.may_lack)
        self.outcome.created += len(saved)

    def _first_values(self, values: dict[str, Any]) -> list[records.Change]:
        """A new record's fields as changes out of nothing: of these the feed tells what is tracked."""
        return [
            records.Change(field.id, field.name, None, field.to_plain(values[field.name]))
            for field in self.object.fields
            if field.name in values
        ]

    def _created(self, row: Row, now: datetime) -> datetime | None:
        text = maps.fill(self.step.created or "", row.values)
        if not text:
            return None
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise Invalid(text="Created: '{given}' is no date such as 2026-05-31.", given=text[:60]) from None
        return min(datetime(day.year, day.month, day.day, tzinfo=UTC), now)

    def _differing(
        self, values: dict[str, Any], stored: dict[str, Any], lacking: frozenset[str]
    ) -> dict[str, Any]:
        """What a record is to be given. What the file lacks and people have filled in since stays, as does its mark."""
        marks = {
            self.fields[name].name
            for name, said in self.step.fields.items()
            if isinstance(said, Value) and said.lacks
        }
        return {
            name: value
            for name, value in values.items()
            if value != stored[name] and name not in lacking and not (name in marks and value)
        }


def _either(field: objects.Field) -> str:
    return " or ".join(field.to)


def _bad(field: objects.Field, words: str) -> objects.BadValue:
    return objects.BadValue(field, "INVALID_INPUT", f"{field.label}: {words}", words)


def _reason(refusal: Exception) -> str:
    """Why a line was refused, field by field."""
    if isinstance(refusal, errors.Error):
        return f"The database does not take this: {refusal.diag.message_primary}."
    if isinstance(refusal, objects.BadValues):
        return " ".join(f"{name}: {words}" for name, words in refusal.by_field.items())
    if isinstance(refusal, objects.BadValue):
        return f"{refusal.fields[0]}: {refusal.said}"
    return str(refusal)
