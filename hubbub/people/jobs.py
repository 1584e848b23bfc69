"""What the worker does for people: the mails that answer who asked for a link, and domains compared."""

from hubbub.core import jobs
from hubbub.people import actions

JOBS: dict[str, jobs.Work] = {
    "people.compare_domain": actions.compare_domain,
    "people.send_domain_link": actions.send_domain_link,
    "people.send_invitations": actions.send_invitations,
    "people.send_link": actions.send_link,
}
