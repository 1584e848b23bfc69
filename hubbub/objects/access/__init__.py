"""Structs of the metadata: fields with their values, objects, the catalog of an organisation."""

from hubbub.objects.access.catalog import (
    DEFAULTS,
    SLOTS,
    Catalog,
    Object,
    build_catalog,
    make_field,
    make_object,
    standard_field_id,
    standard_objects,
)
from hubbub.objects.access.fields import BadValue, BadValues, Choice, Field

__all__ = [
    "DEFAULTS",
    "SLOTS",
    "BadValue",
    "BadValues",
    "Catalog",
    "Choice",
    "Field",
    "Object",
    "build_catalog",
    "make_field",
    "make_object",
    "standard_field_id",
    "standard_objects",
]
