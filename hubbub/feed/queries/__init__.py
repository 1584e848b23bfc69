"""Reading the feed."""

from hubbub.feed.queries.audience import audience, mark_audience
from hubbub.feed.queries.complete import (
    TopicName,
    mentions_allowed,
    people_to_mention,
    topics_to_name,
    unreached,
)
from hubbub.feed.queries.drafts import Draft, draft, draft_on, drafts
from hubbub.feed.queries.feeds import (
    ACTIVE,
    NEWEST,
    Page,
    Place,
    company,
    find_topic,
    last_talk,
    news,
    place_of,
    subject,
)
from hubbub.feed.queries.follows import (
    Followed,
    count_following,
    follow_counts,
    followed,
    followers,
    following,
)
from hubbub.feed.queries.items import (
    Change,
    Item,
    Like,
    LikePage,
    Mine,
    item,
    items,
    likes,
)
from hubbub.feed.queries.links import names_of_links
from hubbub.feed.queries.open import access_version, topics_kept, topics_near, withdrawn
from hubbub.feed.queries.readers import Readers, readers
from hubbub.feed.queries.revisions import Revision, difference, revisions, stored_body
from hubbub.feed.queries.shares import GuestShare, guest_shares
from hubbub.feed.queries.snapshots import Shown
from hubbub.feed.queries.speakers import Speaker, Subject, speaker, subjects
from hubbub.feed.queries.threads import Comment, CommentPage, comment, comments, in_threads, thread

__all__ = [
    "ACTIVE",
    "NEWEST",
    "Change",
    "Comment",
    "CommentPage",
    "Draft",
    "Followed",
    "GuestShare",
    "Item",
    "Like",
    "LikePage",
    "Mine",
    "Page",
    "Place",
    "Readers",
    "Revision",
    "Shown",
    "Speaker",
    "Subject",
    "TopicName",
    "access_version",
    "audience",
    "comment",
    "comments",
    "company",
    "count_following",
    "difference",
    "draft",
    "draft_on",
    "drafts",
    "find_topic",
    "follow_counts",
    "followed",
    "followers",
    "following",
    "guest_shares",
    "in_threads",
    "item",
    "items",
    "last_talk",
    "likes",
    "mark_audience",
    "mentions_allowed",
    "names_of_links",
    "news",
    "people_to_mention",
    "place_of",
    "readers",
    "revisions",
    "speaker",
    "stored_body",
    "subject",
    "subjects",
    "thread",
    "topics_kept",
    "topics_near",
    "topics_to_name",
    "unreached",
    "withdrawn",
]
