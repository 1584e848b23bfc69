"""The desk: what people do with records. Making, editing and moving them, with what of that the feeds tell."""

from hubbub.desk.actions import (
    assign_record,
    change_status,
    convert_lead,
    create_record,
    create_records,
    delete_record,
    delete_view,
    forget_records,
    make_of_post,
    move_stage,
    plan,
    purge_record,
    restore_record,
    take_record,
    undo_change,
    update_record,
)

__all__ = [
    "assign_record",
    "change_status",
    "convert_lead",
    "create_record",
    "create_records",
    "delete_record",
    "delete_view",
    "forget_records",
    "make_of_post",
    "move_stage",
    "plan",
    "purge_record",
    "restore_record",
    "take_record",
    "undo_change",
    "update_record",
]
