"""What the worker does for the feed."""

from hubbub.core import jobs
from hubbub.feed.actions import drafts, following_many

JOBS: dict[str, jobs.Work] = {
    "feed.publish": drafts.publish_due,
    "feed.follow_more": following_many.follow_more,
}
