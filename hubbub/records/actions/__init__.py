"""Changes of records and of who sees them."""

from hubbub.records.actions.bin import delete_record, forget_records, purge_record, restore_record
from hubbub.records.actions.converting import Conversion, access_convertible, mark_converted
from hubbub.records.actions.handover import hand_over
from hubbub.records.actions.principals import (
    add_queue_object,
    delete_group,
    delete_role,
    remove_queue_object,
)
from hubbub.records.actions.records import (
    Change,
    Changed,
    NewRecord,
    Saved,
    insert_record,
    insert_records,
    update_record,
)
from hubbub.records.actions.rules import add_rule, delete_rule, edit_rule
from hubbub.records.actions.sense import CONVERTED
from hubbub.records.actions.sharing import (
    TEAMS,
    change_member,
    join_team,
    leave_team,
    share_given,
    share_record,
    unshare_record,
)
from hubbub.records.actions.viewing import MOST_VIEWED, note_viewed

__all__ = [
    "CONVERTED",
    "MOST_VIEWED",
    "TEAMS",
    "Change",
    "Changed",
    "Conversion",
    "NewRecord",
    "Saved",
    "access_convertible",
    "add_queue_object",
    "add_rule",
    "change_member",
    "delete_group",
    "delete_record",
    "delete_role",
    "delete_rule",
    "edit_rule",
    "forget_records",
    "hand_over",
    "insert_record",
    "insert_records",
    "join_team",
    "leave_team",
    "mark_converted",
    "note_viewed",
    "purge_record",
    "remove_queue_object",
    "restore_record",
    "share_given",
    "share_record",
    "unshare_record",
    "update_record",
]
