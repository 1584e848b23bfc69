"""Pages: signing up and in, inviting, passwords, where I am signed in, the people of the org, editing a profile."""

from hubbub.people.pages import (
    authorize,
    founding,
    invitations,
    passwords,
    photos,
    profiles,
    sessions,
    sign_in,
)

ROUTES = [
    *sign_in.ROUTES,
    *founding.ROUTES,
    *invitations.ROUTES,
    *passwords.ROUTES,
    *sessions.ROUTES,
    *authorize.ROUTES,
    *profiles.ROUTES,
    *photos.ROUTES,
]
