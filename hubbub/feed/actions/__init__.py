"""What people do in the feed, one public function a use case."""

from hubbub.feed.actions.bodies import parse_segments, parse_text
from hubbub.feed.actions.follows import follow, unfollow
from hubbub.feed.actions.forget import forget
from hubbub.feed.actions.items import delete_item, post, post_changes
from hubbub.feed.actions.talk import comment, delete_comment, delete_like, like, unlike
from hubbub.feed.actions.tracking import MOST_TRACKED, track_field, tracked, tracked_fields

__all__ = [
    "MOST_TRACKED",
    "comment",
    "delete_comment",
    "delete_item",
    "delete_like",
    "follow",
    "forget",
    "like",
    "parse_segments",
    "parse_text",
    "post",
    "post_changes",
    "track_field",
    "tracked",
    "tracked_fields",
    "unfollow",
    "unlike",
]
