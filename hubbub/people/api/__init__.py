"""The REST API of people, by subject; what is mounted where."""

from hubbub.people.api import invitations, orgs, profiles, users

CHATTER = users.CHATTER
CONNECT = profiles.CONNECT
HUBBUB = [*orgs.HUBBUB, *invitations.HUBBUB, *profiles.HUBBUB]
