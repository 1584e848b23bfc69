"""What the worker does for the feed."""

from hubbub.core import jobs
from hubbub.feed.actions import drafts, following_many, previews

JOBS: dict[str, jobs.Work] = {
    "feed.publish": drafts.publish_due,
    "feed.follow_more": following_many.follow_more,
}

# What talks to the network, outside of any transaction.
ERRANDS = {"feed.preview": previews.fetch_preview}
