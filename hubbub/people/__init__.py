"""People: orgs, logins, users and their profiles, sign-in, sessions and tokens, roles, permission sets, follows."""

from hubbub.people.access import (
    MANAGE_USERS,
    MODERATE,
    MODIFY_ALL_DATA,
    VIEW_ALL_DATA,
    Actor,
    Person,
    access_user,
    actor,
    authenticate,
    sight,
)

__all__ = [
    "MANAGE_USERS",
    "MODERATE",
    "MODIFY_ALL_DATA",
    "VIEW_ALL_DATA",
    "Actor",
    "Person",
    "access_user",
    "actor",
    "authenticate",
    "sight",
]
