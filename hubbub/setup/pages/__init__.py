"""The pages of Setup, for administrators."""

from hubbub.setup.pages import groups, home, permissions, roles

ROUTES = [*home.ROUTES, *roles.ROUTES, *groups.ROUTES, *permissions.ROUTES]
