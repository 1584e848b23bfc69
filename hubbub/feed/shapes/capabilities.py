"""What a feed element or a comment can do for its reader, capability by capability.

A capability that the reader cannot use there is absent: that is how clients are told so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from hubbub.core import ids
from hubbub.core.rest import connect_date, relative_date
from hubbub.feed.access import NOTED
from hubbub.feed.actions import BADGES
from hubbub.feed.queries import Comment, Flags, Item
from hubbub.feed.shapes.likes import like_page, likes_message
from hubbub.feed.shapes.lists import comment_page, latest_comments
from hubbub.feed.shapes.topics import tag

if TYPE_CHECKING:
    from hubbub.feed.shapes import Shaper

Json = dict[str, Any]


def capabilities(shape: Shaper, item: Item, path: str) -> Json:
    """The capabilities of a feed element, by their names; `path` is the element's address below the version."""
    found = {name: capability(shape, item, path) for name, capability in ELEMENT.items()}
    return {name: body for name, body in found.items() if body is not None}


def comment_capabilities(shape: Shaper, comment: Comment, path: str) -> Json:
    """The capabilities of a comment, by their names."""
    found = {name: capability(shape, comment, path) for name, capability in COMMENT.items()}
    return {name: body for name, body in found.items() if body is not None}


def chatter_likes(shape: Shaper, item: Item, path: str) -> Json:
    """Chatter Likes Capability."""
    url = shape.url(f"{path}/capabilities/chatter-likes/items")
    return {
        "isLikedByCurrentUser": item.my_like is not None,
        "likesMessage": likes_message(shape, item.likes, item.like_count, mine=item.my_like is not None),
        "myLike": shape.reference("likes", item.my_like),
        "page": like_page(shape, item.likes, item.like_count, url, item.key, "feed-elements"),
    }


def comments(shape: Shaper, item: Item, path: str) -> Json:
    """Comments Capability: the newest comments."""
    return {"page": latest_comments(shape, item, path)}


def tracked_changes(shape: Shaper, item: Item, path: str) -> Json | None:
    """Tracked Changes Capability: the changed fields that the reader may read."""
    if item.kind not in ("TrackedChange", "ChangeStatusPost"):
        return None
    return {
        "changes": [
            {
                "fieldName": shape.text(change.label),
                "newValue": shape.text(change.new),
                "oldValue": shape.text(change.old),
            }
            for change in item.changes
        ]
    }


def bookmarks(shape: Shaper, item: Item, path: str) -> Json:
    """Bookmarks Capability."""
    return {"isBookmarkedByCurrentUser": item.mine.bookmarked}


def mute(shape: Shaper, item: Item, path: str) -> Json:
    """Mute Capability."""
    return {"isMutedByMe": item.mine.muted}


def thread_follow(shape: Shaper, item: Item, path: str) -> Json:
    """Hubbub's own: whether I follow the thread without having said anything in it."""
    return {"isFollowedByMe": item.mine.followed}


def close(shape: Shaper, item: Item, path: str) -> Json:
    """Close Capability."""
    return {"canContextUserUpdateIsClosed": item.may_close, "isClosed": item.closed}


def pin(shape: Shaper, item: Item, path: str) -> Json:
    """Pin Capability: on top of the feed of the person or record on which it stands."""
    return {"isPinnableByMe": item.may_pin, "isPinned": item.pinned}


def read_by(shape: Shaper, item: Item, path: str) -> Json | None:
    """Read By Capability; who has read it is told by its own resource. What is asked in a record's name tells nobody."""
    if item.sealed:
        return None
    read_at = item.mine.read_at
    return {
        "isReadByMe": read_at is not None,
        "lastReadDateByMe": connect_date(read_at) if read_at else None,
        "page": None,
    }


def up_down_vote(shape: Shaper, said: Item | Comment, path: str) -> Json:
    """Up Down Vote Capability."""
    mine = {True: "Up", False: "Down", None: "None"}[said.my_vote]
    return {"downVoteCount": said.down_count, "myVote": mine, "upVoteCount": said.up_count}


def moderation_flags(shape: Shaper, counts: Flags, flags: Json | None) -> Json:
    """Moderation Flags."""
    return {
        "flagCount": counts.count,
        "flagCountByReason": {
            "FlaggedByUserAsInappropriate": counts.inappropriate,
            "FlaggedByUserAsSpam": counts.spam,
        },
        "flaggedByMe": counts.mine,
        "flags": flags,
    }


def moderation(shape: Shaper, item: Item, path: str) -> Json | None:
    """Moderation Capability, for moderators; the flags one by one are told by its own resource."""
    if item.flags is None:
        return None
    return {"moderationFlags": moderation_flags(shape, item.flags, None)}


def replies(shape: Shaper, comment: Comment, path: str) -> Json | None:
    """Comments Capability of a comment: its replies, which its own resource lists. The third level has none."""
    if comment.level >= 2:
        return None
    url = shape.url(f"{path}/capabilities/comments/items")
    return {"page": comment_page(shape, [], comment.reply_count, None, url, None)}


def edit(shape: Shaper, said: Item | Comment, path: str) -> Json | None:
    """Edit Capability: of what people wrote."""
    if isinstance(said, Item) and said.kind in NOTED:
        return None
    return {
        "isEditRestricted": not said.may_edit,
        "isEditableByMeUrl": shape.url(f"{path}/capabilities/edit/is-editable-by-me"),
        "lastEditedBy": shape.speaker(said.edited_by) if said.edited_by else None,
        "lastEditedDate": connect_date(said.edited_at) if said.edited_at else None,
        "latestRevision": said.revision,
        "relativeLastEditedDate": relative_date(said.edited_at) if said.edited_at else None,
    }


def record_snapshot(shape: Shaper, item: Item, path: str) -> Json | None:
    """Record Snapshot Capability: a new record as it is now, with the fields that the reader may read."""
    return {"recordView": shape.record_view(item)} if item.kind == "CreateRecordEvent" else None


def poll(shape: Shaper, item: Item, path: str) -> Json | None:
    """Poll Capability. How the votes stand is told to who has voted, and to all when the thread is closed."""
    if item.poll is None:
        return None
    return {
        "choices": [
            {
                "id": choice.key,
                "position": at,
                "text": shape.text(choice.text),
                "voteCount": choice.votes,
                "voteCountRatio": choice.ratio,
            }
            for at, choice in enumerate(item.poll.choices, 1)
        ],
        "myChoiceId": ids.show(item.poll.mine) if item.poll.mine else None,
        "totalVoteCount": item.poll.total,
    }


def question_and_answers(shape: Shaper, item: Item, path: str) -> Json | None:
    """Question and Answers Capability: the comments are the answers."""
    if item.question is None:
        return None
    return {
        "bestAnswer": shape.comment(item.question.best) if item.question.best else None,
        "bestAnswerSelectedBy": shape.speaker(item.question.best_by) if item.question.best_by else None,
        "canCurrentUserSelectOrRemoveBestAnswer": item.question.may_choose,
        "candidateAnswers": None,
        "escalatedCase": None,
        "questionTitle": shape.text(item.title),
    }


def feed_entity_share(shape: Shaper, item: Item, path: str) -> Json | None:
    """Feed Entity Share Capability: what is shared, as far as the reader may see it."""
    return {"feedEntity": shape.original(item.original)} if item.is_share else None


def link(shape: Shaper, item: Item, path: str) -> Json | None:
    """Link Capability: the page that a post is about."""
    return {"url": item.url, "urlName": shape.text(item.title or item.url)} if item.url else None


def link_preview(shape: Shaper, item: Item, path: str) -> Json | None:
    """Hubbub's own: what the page that a post links says of itself."""
    if item.preview is None:
        return None
    return {
        "canBeRemovedByMe": item.may_edit,
        "description": shape.text(item.preview.description),
        "siteName": shape.text(item.preview.site or item.preview.host),
        "title": shape.text(item.preview.title),
        "url": item.preview.url,
    }


def thanks(shape: Shaper, item: Item, path: str) -> Json | None:
    """Hubbub's own: the badge with which the person on whose profile it stands is thanked."""
    if item.kind != "RypplePost":
        return None
    badge = item.detail.get("badge", "")
    return {"badge": badge, "label": BADGES.get(badge)}


def call(shape: Shaper, item: Item, path: str) -> Json | None:
    """Hubbub's own: the call that was logged on the record, and how many minutes it took."""
    if item.kind != "CallLogPost":
        return None
    return {"minutes": item.detail.get("minutes"), "subject": shape.text(item.title)}


def verified(shape: Shaper, comment: Comment, path: str) -> Json | None:
    """Verified Capability, of answers to questions."""
    if not comment.answers:
        return None
    return {
        "isVerifiableByMe": comment.may_verify,
        "isVerified": comment.verified,
        "isVerifiedByAnonymized": False,
        "lastVerifiedByUser": shape.speaker(comment.verified_by) if comment.verified_by else None,
        "lastVerifiedDate": connect_date(comment.verified_at) if comment.verified_at else None,
    }


def ask(shape: Shaper, item: Item, path: str) -> Json | None:
    """Hubbub's own: what help is asked for, how soon, and of whom; of a sealed ask only whether of me."""
    help = item.ask
    if help is None:
        return None
    return {
        "askedUsers": [shape.person(person) for person in help.asked],
        "inRecordsName": help.sealed,
        "isAskedByMeInRecordsName": item.mine_sealed,
        "isAskedOfMe": help.asked_me,
        "kind": help.need,
        "publication": shape.reference("feed-elements", help.published_id),
        "unsealedDate": connect_date(help.unsealed_at) if help.unsealed_at else None,
        "urgency": help.urgency,
    }


def topics(shape: Shaper, item: Item, path: str) -> Json | None:
    """Topics Capability: those of a post, for who is from inside."""
    if item.topics is None:
        return None
    return {"canAssignTopics": item.may_tag, "items": [tag(shape, each) for each in item.topics]}


# In the order in which clients print them.
def status(shape: Shaper, item: Item | Comment, path: str) -> Json:
    """Status Capability: what a moderator hid is PendingReview."""
    return {
        "feedEntityStatus": "PendingReview" if item.hidden else "Published",
        "isApprovableByMe": item.hidden and item.may_hide,
    }


def banner(shape: Shaper, item: Item, path: str) -> Json | None:
    """Banner Capability, of what is announced."""
    if not item.announced:
        return None
    return {"motif": None, "style": "Announcement"}


ELEMENT: dict[str, Callable[[Shaper, Item, str], Json | None]] = {
    "ask": ask,
    "banner": banner,
    "bookmarks": bookmarks,
    "chatterLikes": chatter_likes,
    "close": close,
    "comments": comments,
    "edit": edit,
    "moderation": moderation,
    "mute": mute,
    "pin": pin,
    "readBy": read_by,
    "feedEntityShare": feed_entity_share,
    "link": link,
    "linkPreview": link_preview,
    "poll": poll,
    "questionAndAnswers": question_and_answers,
    "recordSnapshot": record_snapshot,
    "status": status,
    "thanks": thanks,
    "call": call,
    "threadFollow": thread_follow,
    "topics": topics,
    "trackedChanges": tracked_changes,
    "upDownVote": up_down_vote,
}

COMMENT: dict[str, Callable[[Shaper, Comment, str], Json | None]] = {
    "comments": replies,
    "edit": edit,
    "status": status,
    "upDownVote": up_down_vote,
    "verified": verified,
}
