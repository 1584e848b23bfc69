"""One share, or one membership of a team, by its id."""

from hubbub import people
from hubbub.core.db import Tx
from hubbub.core.errors import NotFound
from hubbub.records.access import access_record
from hubbub.records.queries.sharing import Share, TeamMember


async def share(tx: Tx, actor: people.Actor, share_id: int) -> Share:
    """The share of that id, for those who may share its record."""
    found = await tx.row(
        """select id, record_id, principal_id, level, cause from record_share
           where org_id = %(org)s and id = %(id)s""",
        {"id": share_id},
        into=Share,
    )
    if found is None:
        raise NotFound()
    await access_record(tx, actor, found.record_id, to="share")
    return found


async def team_member(tx: Tx, actor: people.Actor, membership_id: int) -> TeamMember:
    """The membership of that id that still lasts, for those who see its record."""
    found = await tx.row(
        """select id, record_id, user_id, team_role, level, joined_at, left_at from record_team
           where org_id = %(org)s and id = %(id)s and left_at is null""",
        {"id": membership_id},
        into=TeamMember,
    )
    if found is None:
        raise NotFound()
    await access_record(tx, actor, found.record_id)
    return found
