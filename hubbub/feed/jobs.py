"""What the worker does for the feed."""

from hubbub.core import jobs
from hubbub.feed.actions import drafts

JOBS: dict[str, jobs.Work] = {"feed.publish": drafts.publish_due}
