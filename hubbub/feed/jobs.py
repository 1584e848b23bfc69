"""What the worker does for the feed."""

from hubbub.core import jobs
from hubbub.feed.actions import announcements, digest, drafts, following_many, images, previews

JOBS: dict[str, jobs.Work] = {
    "feed.digest": digest.send_digest,
    "feed.publish": drafts.publish_due,
    "feed.sweep_image": images.sweep_image,
    "feed.follow_more": following_many.follow_more,
    announcements.MAIL_JOB: announcements.mail_announcement,
}

# What talks to the network, outside of any transaction.
ERRANDS = {"feed.preview": previews.fetch_preview}
