"""Objects: what kinds of record there are and which fields they have. The metadata; no record lives here."""

from hubbub.objects.access import (
    DEFAULTS,
    BadValue,
    BadValues,
    Catalog,
    Choice,
    Field,
    Object,
    make_field,
    make_object,
    standard_field_id,
    standard_objects,
)
from hubbub.objects.actions import NewField, add_field, set_default
from hubbub.objects.queries import catalog
from hubbub.objects.shapes import child, describe, summary

__all__ = [
    "DEFAULTS",
    "BadValue",
    "BadValues",
    "Catalog",
    "Choice",
    "Field",
    "NewField",
    "Object",
    "add_field",
    "catalog",
    "child",
    "describe",
    "make_field",
    "make_object",
    "set_default",
    "standard_field_id",
    "standard_objects",
    "summary",
]
