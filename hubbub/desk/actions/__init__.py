"""What people do with records, and what of that is told."""

from hubbub.desk.actions.activities import PLANNED, access_planned, plan
from hubbub.desk.actions.converting import alike, convert_lead
from hubbub.desk.actions.handover import hand_over, owned
from hubbub.desk.actions.making import MADE, access_made, beginning, make_of_post
from hubbub.desk.actions.records import (
    access_record_of,
    assign_record,
    change_status,
    create_record,
    create_records,
    delete_record,
    delete_view,
    forget_records,
    move_stage,
    purge_record,
    restore_record,
    take_record,
    undo_change,
    update_record,
)

__all__ = [
    "MADE",
    "PLANNED",
    "access_made",
    "access_planned",
    "access_record_of",
    "alike",
    "assign_record",
    "beginning",
    "change_status",
    "convert_lead",
    "create_record",
    "create_records",
    "delete_record",
    "delete_view",
    "forget_records",
    "hand_over",
    "make_of_post",
    "move_stage",
    "owned",
    "plan",
    "purge_record",
    "restore_record",
    "take_record",
    "undo_change",
    "update_record",
]
