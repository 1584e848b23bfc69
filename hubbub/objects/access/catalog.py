"""The objects of an organisation and their fields: the standard ones out of files, the custom ones out of its table."""

import tomllib
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from hubbub.core import ids
from hubbub.core.errors import Invalid, NotFound
from hubbub.objects.access.fields import TYPES, Choice, Field

STANDARD = Path(__file__).parent.parent / "standard"

# Numbers of standard fields stand above all that `new_id` will ever hand out in a FIELD id: 2^40 is never reached.
_STANDARD_FIELDS = 1 << 40

_LENGTHS = {"picklist": 255, "string": 255, "textarea": 255, "email": 80, "phone": 40, "url": 255}

# The slots of a record, those with an index first.
SLOTS = {
    "text": [f"t{n}" for n in range(1, 25)],
    "number": [f"n{n}" for n in range(1, 13)],
    "time": [f"d{n}" for n in range(1, 9)],
    "reference": [f"r{n}" for n in range(1, 9)],
}


# Private: only whom something grants it; Read and ReadWrite: everyone inside; ControlledByParent: as the parent is seen.
DEFAULTS = ("Private", "Read", "ReadWrite", "ControlledByParent")


class Object(msgspec.Struct, frozen=True):
    """An object type: what kind of record there is, and what is known of each."""

    code: int
    name: str
    label: str
    plural: str
    access: str  # what everyone inside may do with its records: one of DEFAULTS
    fields: tuple[Field, ...]
    index: dict[str, Field]
    owned: bool = True
    icon: str = "record"
    path: str | None = None
    highlights: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    sort: tuple[str, str] = ("Name", "asc")
    named_by: tuple[str, ...] = ()
    custom: bool = False

    @property
    def prefix(self) -> str:
        """The first three characters of its records' ids."""
        return ids.PREFIX[self.code]

    def get(self, name: str) -> Field | None:
        """The field of that name, in any case."""
        return self.index.get(name.lower())

    def field(self, name: str) -> Field:
        """The field of that name, in any case; raises INVALID_FIELD."""
        field = self.get(name)
        if field is None:
            raise self.no_such_field(name)
        return field

    def no_such_field(self, name: str) -> Invalid:
        """The one answer to a field that does not exist and to a field that the asker may not read."""
        return Invalid(
            "INVALID_FIELD",
            "No such column '{name}' on sobject of type {name2}",
            fields=[name[:80]],
            name=name[:80],
            name2=self.name,
        )

    def by_id(self, field_id: int) -> Field | None:
        """The field of that id."""
        return next((field for field in self.fields if field.id == field_id), None)

    @property
    def name_field(self) -> Field:
        """The field by which its records are called: mostly Name, but a task's Subject and a case's number."""
        return next((field for field in self.fields if field.column == "name"), None) or self.field("Name")

    @property
    def parent(self) -> str | None:
        """The other object whose records its records hang below; an account below an account is no child in this sense, and
        what may hang below records of several objects is seen for itself."""
        return next(
            (
                each.to[0]
                for each in self.fields
                if each.column == "parent_id" and len(each.to) == 1 and each.to[0] != self.name
            ),
            None,
        )

    @property
    def controlled(self) -> bool:
        """Are its records seen just as their parents are?"""
        return self.access == "ControlledByParent"

    @property
    def stages(self) -> tuple[Choice, ...]:
        """The steps of its path, in order."""
        return self.field(self.path).choices if self.path else ()


class Catalog(msgspec.Struct, frozen=True):
    """All object types of one organisation."""

    version: int
    objects: tuple[Object, ...]
    names: dict[str, Object]
    codes: dict[int, Object]

    def get(self, name: str) -> Object | None:
        """The object type of that name, in any case."""
        return self.names.get(name.lower())

    def object(self, name: str) -> Object:
        """The object type of that name, in any case; raises NotFound."""
        found = self.get(name)
        if found is None:
            raise NotFound()
        return found

    def of(self, record_id: int) -> Object:
        """The object type of a record id; raises NotFound for ids of other things."""
        found = self.codes.get(ids.type_of(record_id))
        if found is None:
            raise NotFound()
        return found

    def references_to(self, name: str) -> list[tuple[Object, Field]]:
        """Who points at records of that object type."""
        return [(each, field) for each in self.objects for field in each.fields if name in field.to]


def standard_field_id(code: int, number: int) -> int:
    """The id of a standard field: the same in every installation."""
    return ids.make(ids.Type.FIELD, _STANDARD_FIELDS + code * 1000 + number)


@cache
def standard_objects() -> tuple[Object, ...]:
    """The object types that every organisation has."""
    system = tomllib.loads((STANDARD / "system.toml").read_text())["field"]
    files = sorted(path for path in STANDARD.glob("*.toml") if path.name != "system.toml")
    return tuple(
        sorted((_object(tomllib.loads(path.read_text()), system) for path in files), key=lambda o: o.code)
    )


def _object(said: dict[str, Any], system: list[dict[str, Any]]) -> Object:
    code = said["code"]
    owned = said.get("owned", True)
    own = {each["number"]: each for each in said["field"]}
    fields = []
    for each in system:
        if each["name"] == "OwnerId" and not owned:
            continue
        each = {"writable": False, "system": True} | each | own.pop(each["number"], {})
        fields.append(_field(code, each))
    fields += [_field(code, each) for each in own.values()]
    return make_object(
        Object(
            code=code,
            name=said["name"],
            label=said["label"],
            plural=said["plural"],
            access=said["access"],
            fields=tuple(fields),
            index={},
            owned=owned,
            icon=said["icon"],
            path=said.get("path"),
            highlights=tuple(said["highlights"]),
            columns=tuple(said["columns"]),
            sort=(said["sort"][0], said["sort"][1]),
            named_by=tuple(said.get("named_by", ())),
        )
    )


def _field(code: int, said: dict[str, Any]) -> Field:
    sources = tuple(said.get("from", ()))
    return make_field(
        id=standard_field_id(code, said["number"]),
        name=said["name"],
        label=said["label"],
        type=said["type"],
        column=said.get("column") or said["slot"],
        said=said | {"from": sources, "writable": said.get("writable", not sources)},
    )


def make_field(*, id: int, name: str, label: str, type: str, column: str, said: dict[str, Any]) -> Field:
    """A field from what a file or the table of custom fields says of it."""
    if type not in TYPES:
        raise Invalid("INVALID_TYPE", "There is no field type '{type}'.", type=type)
    precision = said.get("precision", 8 if type == "int" else 18)
    return Field(
        id=id,
        name=name,
        label=label,
        type=type,
        column=column,
        length=said.get("length", _LENGTHS.get(type, 18 if type in ("id", "reference") else 0)),
        precision=precision,
        scale=said.get("scale", 0),
        low=_decimal(said.get("low")),
        high=_decimal(said.get("high")),
        required=said.get("required", False),
        writable=said.get("writable", True),
        restricted=said.get("restricted", False),
        tracked=said.get("tracked", False),
        unique=said.get("unique", False),
        unique_with=said.get("unique_with", ""),
        goes_with=said.get("goes_with", False),
        external_id=said.get("external_id", False),
        id_lookup=said.get("id_lookup", False) or type == "id" or said.get("external_id", False),
        custom=said.get("custom", False),
        auto=said.get("auto", False),
        system=said.get("system", False),
        unit=said.get("unit", ""),
        help=said.get("help"),
        to=_targets(said.get("to")),
        relation=said.get("relation"),
        children=said.get("children"),
        choices=tuple(
            Choice(value=each) if isinstance(each, str) else msgspec.convert(each, Choice)
            for each in said.get("values", ())
        ),
        sources=tuple(said.get("from", ())),
    )


def _targets(said: str | list[str] | None) -> tuple[str, ...]:
    return () if said is None else (said,) if isinstance(said, str) else tuple(said)


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def make_object(shape: Object, custom: tuple[Field, ...] = ()) -> Object:
    """The object type with those custom fields, ready for look-ups by name."""
    fields = shape.fields + custom
    return msgspec.structs.replace(
        shape, fields=fields, index={field.name.lower(): field for field in fields}
    )


def build_catalog(
    version: int, custom: dict[int, tuple[Field, ...]], defaults: dict[int, str] | None = None
) -> Catalog:
    """The standard objects with an organisation's custom fields and its own defaults of sharing."""
    known = defaults or {}
    objects = tuple(
        msgspec.structs.replace(
            make_object(each, custom.get(each.code, ())), access=known.get(each.code, each.access)
        )
        for each in standard_objects()
    )
    return Catalog(
        version=version,
        objects=objects,
        names={each.name.lower(): each for each in objects},
        codes={each.code: each for each in objects},
    )
