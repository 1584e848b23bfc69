"""The pages of Setup, for administrators; and of a record, who sees it and why."""

from hubbub.setup.pages import (
    apps,
    fields,
    first_follows,
    groups,
    home,
    leaving,
    people_list,
    permissions,
    roles,
    rules,
    sharing,
    tracking,
)
from hubbub.setup.pages import people as persons

ROUTES = [
    *home.ROUTES,
    *people_list.ROUTES,
    *persons.ROUTES,
    *leaving.ROUTES,
    *roles.ROUTES,
    *groups.ROUTES,
    *rules.ROUTES,
    *permissions.ROUTES,
    *sharing.ROUTES,
    *fields.ROUTES,
    *tracking.ROUTES,
    *first_follows.ROUTES,
    *apps.ROUTES,
]
