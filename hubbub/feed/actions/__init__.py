"""What people do in the feed, one public function a use case."""

from hubbub.feed.actions.bodies import MOST_MENTIONS, parse_form, parse_segments, parse_text, write_light
from hubbub.feed.actions.drafts import forget_draft
from hubbub.feed.actions.edits import Conflict, access_edit, edit_comment, edit_item
from hubbub.feed.actions.follows import follow, unfollow
from hubbub.feed.actions.forget import forget
from hubbub.feed.actions.items import delete_item, post, post_changes, post_creation
from hubbub.feed.actions.sharing import share_item, unshare_item
from hubbub.feed.actions.talk import comment, delete_comment, delete_like, like, unlike
from hubbub.feed.actions.tracking import (
    MOST_TRACKED,
    Tracking,
    limit_tracking,
    read_tracking,
    track_fields,
    track_object,
    tracked,
    tracking,
    why_untracked,
)

__all__ = [
    "MOST_MENTIONS",
    "MOST_TRACKED",
    "Conflict",
    "Tracking",
    "access_edit",
    "comment",
    "delete_comment",
    "delete_item",
    "delete_like",
    "edit_comment",
    "edit_item",
    "follow",
    "forget",
    "forget_draft",
    "like",
    "limit_tracking",
    "parse_form",
    "parse_segments",
    "parse_text",
    "post",
    "post_changes",
    "post_creation",
    "read_tracking",
    "share_item",
    "track_fields",
    "track_object",
    "tracked",
    "tracking",
    "unfollow",
    "unlike",
    "unshare_item",
    "why_untracked",
    "write_light",
]
