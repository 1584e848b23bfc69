"""A map says which file and column is what in Hubbub: a TOML file, described in docs/run.md."""

import re
import string
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from hubbub import objects
from hubbub.setup.access.tables import BadFile


class MappedField(objects.NewField, kw_only=True, forbid_unknown_fields=True):
    """A field that the map declares, and the object that gets it."""

    object: str


class Role(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A role, or one for each line of a file, and the one above it."""

    name: str
    above: str | None = None
    file: str | None = None


class User(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A person for each line of a file; lines with the same key are one person."""

    file: str
    key: str
    name: str
    username: str
    title: str | None = None
    role: str | None = None
    active: bool = False


class Value(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, rename={"source": "from"}):
    """A value that takes more than a template: looked up, multiplied, or whether a column lacks one."""

    source: str | list[str] | None = None
    values: dict[str, str] | None = None
    times: int | float | None = None
    lacks: str | None = None


class MayLack(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Lines that are kept though a required field has no value: those where the column says one of these."""

    column: str
    is_: list[str] = msgspec.field(name="is")


class Records(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Records of one object: a record for each line of a file, known again by its key."""

    object: str
    file: str
    key: str
    key_field: str
    fields: dict[str, str | bool | int | float | list[str] | Value]
    created: str | None = None
    may_lack: dict[str, MayLack] = {}
    # Columns in which names may be misspelt: an object (its keys), "User", or the names themselves.
    known: dict[str, str | list[str]] = {}


class Map(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """All that is to be loaded, in the order in which it is loaded."""

    field: list[MappedField] = []
    role: list[Role] = []
    user: list[User] = []
    record: list[Records] = []

    def needed(self) -> dict[str, set[str]]:
        """The columns that the map reads, by file."""
        found: dict[str, set[str]] = {}
        for file, texts in self._texts():
            columns = found.setdefault(file, set())
            for text in texts:
                columns.update(columns_of(text))
        for each in self.record:
            found[each.file].update(each.known)
            found[each.file].update(rule.column for rule in each.may_lack.values())
            found[each.file].update(
                value.lacks for value in each.fields.values() if isinstance(value, Value) and value.lacks
            )
        return found

    def _texts(self) -> Iterator[tuple[str, list[str]]]:
        for role in self.role:
            if role.file:
                yield role.file, [role.name, role.above or ""]
        for user in self.user:
            yield user.file, [user.key, user.name, user.username, user.title or "", user.role or ""]
        for each in self.record:
            yield each.file, [each.key, each.created or ""]
            for value in each.fields.values():
                yield each.file, templates(value)


def templates(value: object) -> list[str]:
    """The templates of a field's value."""
    if isinstance(value, Value):
        value = value.source
    if isinstance(value, str):
        return [value]
    return value if isinstance(value, list) else []


def columns_of(template: str) -> list[str]:
    """The columns that a template such as "{account}, {product}" reads."""
    return [column for _, column in _parse(template) if column is not None]


def fill(template: str, values: dict[str, str]) -> str:
    """The template with a line's values; empty as soon as one of them is."""
    text = ""
    for literal, column in _parse(template):
        text += literal
        if column is not None:
            if not values.get(column):
                return ""
            text += values[column]
    return text


def _parse(template: str) -> Iterable[tuple[str, str | None]]:
    return [(literal, column) for literal, column, _, _ in string.Formatter().parse(template)]


def read_map(path: Path) -> Map:
    """The map in a file; raises BadFile."""
    try:
        found = msgspec.convert(tomllib.loads(path.read_text("utf-8")), Map)
    except UnicodeDecodeError:
        raise BadFile(text=f"{path.name} is not UTF-8.") from None
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BadFile(text=f"{path.name}: {error}.") from None
    _check(path, found)
    return found


def _check(path: Path, found: Map) -> None:
    """What a map can get wrong without a look at the files or the organization."""
    if not (found.field or found.role or found.user or found.record):
        raise BadFile(text=f"{path.name} says nothing that could be loaded.")
    for file, texts in found._texts():
        if Path(file).name != file:
            raise BadFile(text=f"{path.name}: '{file}' should be the name of a file in the folder.")
        for text in texts:
            try:
                parts = list(string.Formatter().parse(text))
            except ValueError as error:
                raise BadFile(text=f"{path.name}: '{text}': {error}.") from None
            if any(column == "" or spec or conversion for _, column, spec, conversion in parts):
                raise BadFile(text=f"{path.name}: '{text}': a column's name alone stands between braces.")
    for each in found.record:
        for name, value in each.fields.items():
            if isinstance(value, Value) and (value.source is None) == (value.lacks is None):
                raise BadFile(text=f"{path.name}: {each.object}.{name} needs either `from` or `lacks`.")


def address(text: str) -> str:
    """A text as a part of an e-mail address: "Mei-Mei Johns" is mei-mei.johns."""
    folded = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9-]+", ".", folded).strip(".-")
