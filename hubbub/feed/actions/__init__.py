"""What people do in the feed, one public function a use case."""

from hubbub.feed.actions.announcements import (
    acknowledge,
    announce,
    announce_item,
    change_announcement,
    delete_announcement,
    last_moment,
)
from hubbub.feed.actions.answers import choose_best_answer, verify_answer
from hubbub.feed.actions.asks import NEEDS, URGENCIES, ask, publish_answer, thank_helpers
from hubbub.feed.actions.bodies import (
    MOST_MENTIONS,
    parse_form,
    parse_segments,
    parse_text,
    parse_words,
    write_light,
)
from hubbub.feed.actions.digest import read_digest, set_digest_hour, set_level
from hubbub.feed.actions.drafts import body_of, forget_draft, write_post
from hubbub.feed.actions.edits import Conflict, access_edit, edit_comment, edit_item, remove_preview
from hubbub.feed.actions.flags import dismiss_flags, flag
from hubbub.feed.actions.following_many import count_rule, follow_rule
from hubbub.feed.actions.follows import (
    FOLLOW_CREATED,
    first_follow,
    follow,
    follow_created,
    limit_following,
    most_followed,
    no_first_follow,
    unfollow,
)
from hubbub.feed.actions.forget import forget
from hubbub.feed.actions.hiding import hide_comment, hide_item
from hubbub.feed.actions.items import access_original, delete_item, post, post_changes, post_creation
from hubbub.feed.actions.keeping import access_pins, close_item, move_item, pin, unpin
from hubbub.feed.actions.kinds import ANNOUNCEMENT, BADGES, WORDLESS
from hubbub.feed.actions.making import keep_made
from hubbub.feed.actions.marks import MOST_SEEN, mark, mark_seen, see_feed
from hubbub.feed.actions.polls import vote_in_poll
from hubbub.feed.actions.previews import turn_previews
from hubbub.feed.actions.restoring import restore_comment, restore_item
from hubbub.feed.actions.seals import unseal
from hubbub.feed.actions.searches import follow_search, unfollow_search
from hubbub.feed.actions.sharing import share_item, unshare_item
from hubbub.feed.actions.streams import (
    add_favorite,
    add_stream,
    change_stream,
    delete_favorite,
    delete_stream,
    forget_view,
    view_favorite,
)
from hubbub.feed.actions.talk import comment, delete_comment, delete_like, like, unlike
from hubbub.feed.actions.topics import (
    add_topic,
    change_topic,
    create_topic,
    delete_topic,
    remove_topic,
    set_topics,
)
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
from hubbub.feed.actions.votes import vote

__all__ = [
    "ANNOUNCEMENT",
    "BADGES",
    "FOLLOW_CREATED",
    "MOST_MENTIONS",
    "MOST_SEEN",
    "MOST_TRACKED",
    "NEEDS",
    "URGENCIES",
    "WORDLESS",
    "Conflict",
    "Tracking",
    "access_edit",
    "access_original",
    "access_pins",
    "acknowledge",
    "add_favorite",
    "add_stream",
    "add_topic",
    "announce",
    "announce_item",
    "ask",
    "body_of",
    "change_announcement",
    "change_stream",
    "change_topic",
    "choose_best_answer",
    "close_item",
    "comment",
    "count_rule",
    "create_topic",
    "delete_announcement",
    "delete_comment",
    "delete_favorite",
    "delete_item",
    "delete_like",
    "delete_stream",
    "delete_topic",
    "dismiss_flags",
    "edit_comment",
    "edit_item",
    "first_follow",
    "flag",
    "follow",
    "follow_created",
    "follow_rule",
    "follow_search",
    "forget",
    "forget_draft",
    "forget_view",
    "hide_comment",
    "hide_item",
    "keep_made",
    "last_moment",
    "like",
    "limit_following",
    "limit_tracking",
    "mark",
    "mark_seen",
    "most_followed",
    "move_item",
    "no_first_follow",
    "parse_form",
    "parse_segments",
    "parse_text",
    "parse_words",
    "pin",
    "post",
    "post_changes",
    "post_creation",
    "publish_answer",
    "read_digest",
    "read_tracking",
    "remove_preview",
    "remove_topic",
    "restore_comment",
    "restore_item",
    "see_feed",
    "set_digest_hour",
    "set_level",
    "set_topics",
    "share_item",
    "thank_helpers",
    "track_fields",
    "track_object",
    "tracked",
    "tracking",
    "turn_previews",
    "unfollow",
    "unfollow_search",
    "unlike",
    "unpin",
    "unseal",
    "unshare_item",
    "verify_answer",
    "view_favorite",
    "vote",
    "vote_in_poll",
    "why_untracked",
    "write_light",
    "write_post",
]
