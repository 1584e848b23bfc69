"""Two editors of one record: what only one of them changed is merged, and where both did, who saves last chooses."""

from typing import Any

import msgspec

from hubbub import people, records
from hubbub.core.db import Tx
from hubbub.desk.pages.forms import Form


class Clash(msgspec.Struct, frozen=True):
    """A field that somebody else changed to something else than I typed."""

    name: str
    label: str
    theirs: str | None
    mine: str | None
    person: people.Person


class Merged(msgspec.Struct, frozen=True):
    """What comes of a form that was begun before others saved: what to write, and what to choose first."""

    values: dict[str, Any]
    clashes: list[Clash]
    theirs: frozenset[str]  # what only others changed


async def merge(tx: Tx, him: records.Viewer, form: Form, said: dict[str, str]) -> Merged:
    """Read a form over the record as it was when the form was opened; raises what is wrong with what was typed."""
    record = form.record
    assert record is not None
    text = said.get("_version", "")
    if not text:
        return Merged(await form.read(tx, said), [], frozenset())
    if not (text.isascii() and text.isdigit() and len(text) < 10 and 0 < int(text) <= record.version):
        raise records.Changed()
    version = int(text)
    typed = {name: value for name, value in said.items() if said.get(f"_keep_{name}") != "theirs"}
    former = await records.former_values(tx, him, record, version) if version < record.version else {}
    form.values = record.values | {name: each.value for name, each in former.items()}
    values = await form.read(tx, typed)
    form.values = record.values
    both = [
        field
        for field in form.fields
        if field.name in values
        and field.name in former
        and values[field.name] != record.values[field.name]
        and said.get(f"_keep_{field.name}") != "mine"
    ]
    if not both:
        return Merged(values, [], frozenset(former) - frozenset(values))
    persons = await people.cards(tx, {former[field.name].changed_by for field in both})
    references = {
        value
        for field in both
        if field.type == "reference"
        for value in (values[field.name], record.values[field.name])
        if value
    }
    names = await records.names(tx, him, references)
    zone = him.actor.timezone
    # of an event that takes whole days, days
    theirs, mine = records.as_days(record.values), records.as_days(record.values | values)
    clashes = [
        Clash(
            field.name,
            field.label,
            names.show(field, theirs[field.name], zone),
            names.show(field, mine[field.name], zone),
            persons[former[field.name].changed_by],
        )
        for field in both
    ]
    return Merged(values, clashes, frozenset(former) - frozenset(values))
