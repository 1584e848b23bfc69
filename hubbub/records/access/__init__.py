"""Who sees which record and which of its fields: sight, rights, and records as somebody has them."""

from hubbub.records.access.activities import WHOLE, WHOLE_DAYS, activity_field, as_days, last_activity_field
from hubbub.records.access.records import Record, access_object, access_record, share_type
from hubbub.records.access.seeing import readers_of, reading, seeing, viewers_of
from hubbub.records.access.sight import (
    ABOUT,
    ACTIVITIES,
    EDIT,
    READ,
    alive,
    any_object,
    counted,
    hashed,
    keyed,
    listed,
    owns,
    probe,
    sees,
    wide,
)
from hubbub.records.access.viewer import Rights, Viewer, parse_values, relationships, viewer

__all__ = [
    "ABOUT",
    "ACTIVITIES",
    "EDIT",
    "READ",
    "WHOLE",
    "WHOLE_DAYS",
    "Record",
    "Rights",
    "Viewer",
    "access_object",
    "access_record",
    "activity_field",
    "alive",
    "any_object",
    "as_days",
    "counted",
    "hashed",
    "keyed",
    "last_activity_field",
    "listed",
    "owns",
    "parse_values",
    "probe",
    "readers_of",
    "reading",
    "relationships",
    "seeing",
    "sees",
    "share_type",
    "viewer",
    "viewers_of",
    "wide",
]
