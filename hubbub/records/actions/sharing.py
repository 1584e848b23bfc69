"""Sharing one record: by hand with a principal, or with the people of its team."""

from hubbub import objects, people
from hubbub.core import events
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.ids import Type
from hubbub.records.access import READ, access_record, share_type, sight

LONGEST_ROLE = 80
# Of which objects' records people work in teams, and what type of id the memberships have.
TEAMS: dict[int, Type] = {
    Type.ACCOUNT: Type.ACCOUNT_TEAM_MEMBER,
    Type.OPPORTUNITY: Type.OPPORTUNITY_TEAM_MEMBER,
}


async def share_record(
    tx: Tx, actor: people.Actor, record_id: int, principal_id: int, level: int = READ
) -> int:
    """Let a principal (a person, a role, a group, a queue, everyone internal) read the record (1) or edit it (2); tells
    the share's id. Salesforce's …Share with the row cause Manual."""
    record = await access_record(tx, actor, record_id, to="share")
    if level not in (sight.READ, sight.EDIT):
        raise Invalid("INVALID_INPUT", "A share reads (1) or edits (2).")
    if not await people.principal_exists(tx, principal_id):
        raise Invalid("INVALID_CROSS_REFERENCE_KEY", "There is nobody of that id to share with.")
    share_id = await tx.value(
        """insert into record_share (org_id, record_id, principal_id, level, id)
           values (%(org)s, %(id)s, %(principal)s, %(level)s, %(share)s)
           on conflict (org_id, record_id, principal_id, cause) do update set level = excluded.level
           returning id""",
        {
            "id": record.id,
            "principal": principal_id,
            "level": level,
            "share": await tx.new_id(share_type(record.object.code)),
        },
    )
    await events.record(
        tx, actor, "records.share.created", record.id, after={"principal": str(principal_id), "level": level}
    )
    return share_id


async def share_given(tx: Tx, actor: people.Actor, record_id: int) -> None:
    """Who has just made a record for somebody else goes on reading it, until its owner takes that back."""
    object = (await objects.catalog(tx)).of(record_id)
    shared = await tx.run(
        """insert into record_share (org_id, record_id, principal_id, level, id)
           select %(org)s, r.id, %(actor)s, 1, %(share)s from record r
           where r.org_id = %(org)s and r.id = %(id)s and r.created_by = %(actor)s and r.version = 1""",
        {"id": record_id, "actor": actor.user_id, "share": await tx.new_id(share_type(object.code))},
    )
    if shared:
        after = {"principal": str(actor.user_id), "level": READ}
        await events.record(tx, actor, "records.share.created", record_id, after=after)


async def unshare_record(tx: Tx, actor: people.Actor, record_id: int, principal_id: int) -> None:
    """Take back what was shared by hand; what is open on that person's pages closes at once."""
    record = await access_record(tx, actor, record_id, to="share")
    gone = await tx.run(
        """delete from record_share where org_id = %(org)s and record_id = %(id)s and principal_id = %(principal)s
             and cause = 'manual'""",
        {"id": record.id, "principal": principal_id},
    )
    if not gone:
        raise NotFound()
    await events.record(
        tx, actor, "records.share.deleted", record.id, before={"principal": str(principal_id)}
    )


async def join_team(
    tx: Tx,
    actor: people.Actor,
    record_id: int,
    user_id: int,
    *,
    team_role: str | None = None,
    level: int = READ,
) -> int:
    """Put a person on the team of an account or an opportunity, in a role, to read it (1) or edit it (2); tells the
    membership's id. Said anew of a member it begins a new membership. AccountTeamMember and OpportunityTeamMember."""
    record = await access_record(tx, actor, record_id, to="share", lock=True)
    code = TEAMS.get(record.object.code)
    if code is None:
        raise Invalid("INVALID_INPUT", "{plural:_} have no team.", plural=record.object.plural)
    if level not in (sight.READ, sight.EDIT):
        raise Invalid("INVALID_INPUT", "A member reads (1) or edits (2).")
    role = _checked(team_role)
    person = (await people.cards(tx, {user_id})).get(user_id)
    if person is None:
        raise Invalid("INVALID_CROSS_REFERENCE_KEY", "There is no such person.", fields=["UserId"])
    if not person.active:
        raise Invalid("INACTIVE_OWNER_OR_USER", "{name} is not active.", fields=["UserId"], name=person.name)
    await _end_membership(tx, actor, record_id, user_id)
    membership_id = await tx.new_id(code)
    await tx.run(
        """insert into record_team (org_id, id, record_id, user_id, team_role, level, joined_by)
           values (%(org)s, %(id)s, %(record)s, %(user)s, %(role)s, %(level)s, %(actor)s)""",
        {
            "id": membership_id,
            "record": record_id,
            "user": user_id,
            "role": role,
            "level": level,
            "actor": actor.user_id,
        },
    )
    await tx.run(
        """insert into record_share (org_id, record_id, principal_id, level, cause, id)
           values (%(org)s, %(record)s, %(user)s, %(level)s, 'team', %(id)s)
           on conflict (org_id, record_id, principal_id, cause) do update set level = excluded.level""",
        {
            "record": record_id,
            "user": user_id,
            "level": level,
            "id": await tx.new_id(share_type(record.object.code)),
        },
    )
    await events.record(
        tx,
        actor,
        "records.team.member_added",
        record_id,
        after={"user": str(user_id), "role": role, "level": level},
    )
    return membership_id


async def leave_team(tx: Tx, actor: people.Actor, record_id: int, user_id: int) -> None:
    """Take a person off the team of a record; that he was on it is kept. He may take himself off."""
    record = await access_record(tx, actor, record_id, to="read" if user_id == actor.user_id else "share")
    if not await _end_membership(tx, actor, record.id, user_id):
        raise NotFound()
    await tx.run(
        """delete from record_share where org_id = %(org)s and record_id = %(record)s and principal_id = %(user)s
           and cause = 'team'""",
        {"record": record_id, "user": user_id},
    )
    await events.record(tx, actor, "records.team.member_removed", record_id, before={"user": str(user_id)})


async def change_member(
    tx: Tx, actor: people.Actor, membership_id: int, *, team_role: str | None, level: int
) -> None:
    """Let a member of a record's team have another role, or read (1) or edit (2) it, while the membership goes on."""
    found = await tx.tuples(
        """select record_id, user_id from record_team
           where org_id = %(org)s and id = %(id)s and left_at is null""",
        {"id": membership_id},
    )
    if not found:
        raise NotFound()
    record_id, user_id = found[0]
    await access_record(tx, actor, record_id, to="share", lock=True)
    if level not in (sight.READ, sight.EDIT):
        raise Invalid("INVALID_INPUT", "A member reads (1) or edits (2).")
    changed = {
        "id": membership_id,
        "record": record_id,
        "user": user_id,
        "role": _checked(team_role),
        "level": level,
    }
    # The lock may have waited for somebody who ended the membership.
    if not await tx.run(
        """update record_team set team_role = %(role)s, level = %(level)s
           where org_id = %(org)s and id = %(id)s and left_at is null""",
        changed,
    ):
        raise NotFound()
    await tx.run(
        """update record_share set level = %(level)s
           where org_id = %(org)s and record_id = %(record)s and principal_id = %(user)s and cause = 'team'""",
        changed,
    )
    await events.record(
        tx,
        actor,
        "records.team.member_added",
        record_id,
        after={"user": str(user_id), "role": changed["role"], "level": level},
    )


def _checked(team_role: str | None) -> str | None:
    role = (team_role or "").strip() or None
    if role is not None and (len(role) > LONGEST_ROLE or not role.isprintable()):
        raise Invalid(
            "STRING_TOO_LONG",
            "A role in a team has up to {most} characters.",
            fields=["TeamMemberRole"],
            most=LONGEST_ROLE,
        )
    return role


async def _end_membership(tx: Tx, actor: people.Actor, record_id: int, user_id: int) -> int:
    return await tx.run(
        """update record_team set left_at = now(), left_by = %(actor)s
           where org_id = %(org)s and record_id = %(record)s and user_id = %(user)s and left_at is null""",
        {"record": record_id, "user": user_id, "actor": actor.user_id},
    )
