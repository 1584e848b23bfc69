"""What people do in the feed, one public function a use case."""

from hubbub.feed.actions.bodies import parse_segments, parse_text
from hubbub.feed.actions.follows import follow, unfollow
from hubbub.feed.actions.items import delete_item, post, post_changes
from hubbub.feed.actions.talk import comment, delete_comment, delete_like, like, unlike

__all__ = [
    "comment",
    "delete_comment",
    "delete_item",
    "delete_like",
    "follow",
    "like",
    "parse_segments",
    "parse_text",
    "post",
    "post_changes",
    "unfollow",
    "unlike",
]
