"""How records and their values stand on a page."""

from typing import Any

import msgspec

from hubbub import feed, objects, people, records
from hubbub.core.db import Tx
from hubbub.desk.actions import MADE

_ADDRESSES = {"email": "mailto:", "phone": "tel:"}


class Cell(msgspec.Struct, frozen=True):
    """A value on a page: its label, its words, where it leads."""

    label: str
    text: str | None
    url: str | None = None
    numeric: bool = False
    wide: bool = False
    name: str = ""  # of its field
    editable: bool = False


class Section(msgspec.Struct, frozen=True):
    """Some of a record's values under a title."""

    title: str | None
    cells: list[Cell]


class Stage(msgspec.Struct, frozen=True):
    """A step of a record's path."""

    value: str
    label: str
    state: str  # done, current or next
    won: bool = False


class Shown(msgspec.Struct, frozen=True):
    """A record as a page shows it."""

    id: int
    name: str
    url: str
    object: objects.Object
    may_edit: bool
    may_delete: bool
    may_share: bool
    may_take: bool  # it belongs to a queue that lets him
    may_convert: bool  # it is a lead, and not converted yet
    version: int = 0


class RecordPage(msgspec.Struct, frozen=True):
    """Everything of a record's page but its feed."""

    record: Shown
    highlights: list[Cell]
    following: bool
    followers: int | None  # who else is here is not for guests to know
    stages: list[Stage]
    closing: list[Stage]
    closed: Stage | None
    sections: list[Section]
    tags: list[feed.Tag]  # its topics
    source: int | None  # the post of which it was made, if he sees that
    has_activities: bool
    has_members: bool

    @property
    def context(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__struct_fields__}


def cell(
    field: objects.Field, value: Any, names: records.Names, timezone: str, *, edits: bool = False
) -> Cell:
    """A value of a field in words, with where it leads."""
    text = names.show(field, value, timezone)
    url = None
    if field.type == "reference" and value is not None:
        url = names.url(value)
    elif text and field.type in _ADDRESSES:
        url = _ADDRESSES[field.type] + "".join(text.split())
    elif text and field.type == "url":
        url = (
            text
            if text.lower().startswith(("http://", "https://"))
            else None
            if ":" in text
            else f"http://{text}"
        )
    wide = field.type == "textarea"
    return Cell(field.label, text, url, field.is_number, wide, field.name, edits)


def may_write(him: records.Viewer, record: records.Record, field: objects.Field) -> bool:
    """May he write this field of a record that he has?"""
    return (
        record.editable and (field.name != "OwnerId" or record.owned) and him.may_edit(record.object, field)
    )


def has_activities(him: records.Viewer, object: objects.Object) -> bool:
    """Is there anything to do about such records, for him?"""
    found = [him.catalog.object(name) for name in records.ACTIVITIES]
    return any(him.can(each).read and records.activity_field(him, each, object) for each in found)


def has_members(him: records.Viewer, object: objects.Object) -> bool:
    """Has such a record members, as a campaign has, of whom he may know?"""
    member = him.catalog.object("CampaignMember")
    by = member.field("CampaignId")
    return object.name in by.to and him.can(member).read and him.may_read(member, by)


async def show_record(tx: Tx, actor: people.Actor, record: records.Record) -> RecordPage:
    """What a record's page shows to somebody who has the record."""
    him = await records.viewer(tx, actor)
    object = record.object
    fields = him.fields(object)
    references = {
        record.values[field.name]
        for field in fields
        if field.type == "reference" and record.values[field.name]
    }
    names = await records.names(tx, him, references)
    zone = actor.timezone
    values = records.as_days(record.values)

    def cells(wanted: list[objects.Field]) -> list[Cell]:
        return [
            cell(field, values[field.name], names, zone, edits=may_write(him, record, field))
            for field in wanted
        ]

    parts = set(object.named_by)
    main = [
        field
        for field in fields
        # whether a deal is open and won is what its path shows
        if field.name == "OwnerId"
        or not (field.system or field.name in parts or (field.sources and field.type == "boolean"))
    ]
    about = [
        field
        for field in fields
        if field.name in ("CreatedById", "CreatedDate", "LastModifiedById", "LastModifiedDate")
    ]
    stages, closing, closed = _stages(object, record)
    converted = bool(record.values.get("IsConverted"))
    following, followers = await people.follow_state(tx, actor.id, record.id)
    return RecordPage(
        record=Shown(
            record.id,
            record.name,
            record.url,
            object,
            record.editable and not converted,
            record.deletable,
            record.owned,
            may_take=record.queued and record.owned and him.may_edit(object, object.field("OwnerId")),
            may_convert=object.name == "Lead" and record.editable and not converted,
            version=record.version,
        ),
        highlights=cells([field for name in object.highlights for field in fields if field.name == name]),
        following=following,
        followers=None if actor.guest else followers,
        stages=stages,
        closing=closing,
        closed=closed,
        sections=[Section(None, cells(main)), Section("History", cells(about))],
        source=await feed.made_from(tx, actor, record.id) if object.name in MADE else None,
        tags=[] if actor.guest else await feed.tags_of(tx, record.id),
        has_activities=has_activities(him, object),
        has_members=has_members(him, object),
    )


def _stages(object: objects.Object, record: records.Record) -> tuple[list[Stage], list[Stage], Stage | None]:
    """The open steps, the ways to close, and the one that it was closed with."""
    if object.path is None or object.path not in record.values:
        return [], [], None
    current = record.values[object.path]
    steps = [choice for choice in object.stages if not choice.closed]
    ends = [choice for choice in object.stages if choice.closed]
    offered = [end for end in ends if not (object.name == "Lead" and end.value == records.CONVERTED)]
    at = next((n for n, step in enumerate(steps) if step.value == current), None)
    closed = next((end for end in ends if end.value == current), None)
    # Only where one can win can one lose: a task that is completed, a case that is closed are done.
    good = [end for end in ends if end.won or end.value == records.CONVERTED] or ends
    states = [
        "done" if closed or (at is not None and n < at) else "current" if n == at else "next"
        for n in range(len(steps))
    ]
    return (
        [
            Stage(step.value, step.label or step.value, state)
            for step, state in zip(steps, states, strict=True)
        ],
        [Stage(end.value, end.label or end.value, "next", end in good) for end in offered],
        Stage(closed.value, closed.label or closed.value, "current", closed in good) if closed else None,
    )
