"""Records: any record of any object, who sees it, its history, and SOQL. THE sight is here, written once."""

from hubbub import objects
from hubbub.records.access import (
    EDIT,
    READ,
    Record,
    Rights,
    Viewer,
    access_object,
    access_record,
    any_object,
    readers_of,
    sees,
    viewer,
    viewers_of,
)
from hubbub.records.actions import (
    Change,
    Changed,
    NewRecord,
    Saved,
    delete_record,
    insert_record,
    insert_records,
    share_record,
    unshare_record,
    update_record,
)
from hubbub.records.queries.audience import audience
from hubbub.records.queries.cards import Card, Names, cards, find_named, names, show_changes, visible_cards
from hubbub.records.queries.lists import (
    COUNTED,
    QUIET_DAYS,
    Deal,
    Page,
    Row,
    find_by_key,
    ids_by_key,
    list_records,
    read_rows,
    waiting_deals,
)
from hubbub.records.queries.soql import Answer, query, query_more

# The type codes of the standard objects' records; codes of custom objects begin at ids.FIRST_CUSTOM_OBJECT.
RECORD_TYPES = frozenset(each.code for each in objects.standard_objects())

__all__ = [
    "COUNTED",
    "EDIT",
    "QUIET_DAYS",
    "READ",
    "RECORD_TYPES",
    "Answer",
    "Card",
    "Change",
    "Changed",
    "Deal",
    "Names",
    "NewRecord",
    "Page",
    "Record",
    "Rights",
    "Row",
    "Saved",
    "Viewer",
    "access_object",
    "access_record",
    "any_object",
    "audience",
    "cards",
    "delete_record",
    "find_by_key",
    "find_named",
    "ids_by_key",
    "insert_record",
    "insert_records",
    "list_records",
    "names",
    "query",
    "query_more",
    "read_rows",
    "readers_of",
    "sees",
    "share_record",
    "show_changes",
    "unshare_record",
    "update_record",
    "viewer",
    "viewers_of",
    "visible_cards",
    "waiting_deals",
]
