"""People as those see them who administrate: their roles and permission sets, guests and the inactive too."""

from datetime import datetime

from hubbub.core.db import Tx
from hubbub.people.access import Actor, Person, card, require_admin
from hubbub.people.access.principals import lent
from hubbub.people.queries.persons import called, words_of

STATES = {
    "active": "u.active",
    "inactive": "not u.active",
    "guests": "u.guest and u.active",
    "inside": "not u.guest and u.active",
}


class Entry(Person, frozen=True):
    """A person with what decides on his rights."""

    username: str = ""
    role_id: int | None = None
    role: str | None = None
    profile_id: int = 0
    profile: str = ""
    sets: tuple[tuple[int, str], ...] = ()  # his permission sets, the profile left out: id and label
    seen_at: datetime | None = None  # when he last used a session


async def directory(
    tx: Tx,
    actor: Actor,
    *,
    q: str = "",
    role_id: int | None = None,
    set_id: int | None = None,
    state: str | None = None,
    only: int | None = None,
    after: tuple[str, int] | None = None,
    size: int = 50,
) -> tuple[list[Entry], bool]:
    """People by name, after that name and id, and whether there are more: those of that name, role, permission set or
    state (one of STATES), or the one with that id."""
    require_admin(actor)
    found = await tx.tuples(
        f"""select {card(actor)}, u.username, u.role_id, r.name,
                   (select max(s.seen_at) from session s where s.org_id = %(org)s and s.user_id = u.id),
                   array(select s.id from permission_assignment a
                         join permission_set s on s.org_id = %(org)s and s.id = a.permission_set_id
                         where a.org_id = %(org)s and a.user_id = u.id order by s.profile desc, lower(s.label), s.id),
                   array(select s.label from permission_assignment a
                         join permission_set s on s.org_id = %(org)s and s.id = a.permission_set_id
                         where a.org_id = %(org)s and a.user_id = u.id order by s.profile desc, lower(s.label), s.id)
            from app_user u left join role r on r.org_id = %(org)s and r.id = u.role_id
            where u.org_id = %(org)s and {called("u")} and (u.name, u.id) > (%(name)s, %(after)s)
              {"and u.id = %(person)s" if only else ""} {"and u.role_id = %(role)s" if role_id else ""}
              {f"and {STATES[state]}" if state else ""}
              {
            '''and exists (select 1 from permission_assignment a where a.org_id = %(org)s
                              and a.user_id = u.id and a.permission_set_id = %(set)s)'''
            if set_id
            else ""
        }
            order by u.name, u.id limit %(limit)s""",
        {
            "name": after[0] if after else "",
            "after": after[1] if after else 0,
            "person": only,
            "role": role_id,
            "set": set_id,
            "limit": size + 1,
            **words_of(q),
        },
    )
    entries = [
        Entry(
            *each[:6],
            username=each[6],
            role_id=each[7],
            role=each[8],
            seen_at=each[9],
            profile_id=each[10][0],  # everybody has one, and it comes first
            profile=each[11][0],
            sets=tuple(zip(each[10][1:], each[11][1:], strict=True)),
        )
        for each in found[:size]
    ]
    return entries, len(found) > size


async def people_in_roles(tx: Tx) -> dict[int, int]:
    """How many active people have each role; roles that nobody has are left out."""
    return dict(
        await tx.tuples(
            """select role_id, count(*) from app_user
               where org_id = %(org)s and active and role_id is not null group by role_id"""
        )
    )


async def count_in_group(tx: Tx, group_id: int) -> int:
    """How many active people a group comes down to, through roles and inner groups."""
    return await tx.value(
        f"""with recursive origin as (select 0 as object, 1 as level, g.member_id as id from group_member g
              where g.org_id = %(org)s and g.group_id = %(group)s), {lent("origin")}
            select count(distinct l.id) from lent l
            join app_user u on u.org_id = %(org)s and u.id = l.id and u.active""",
        {"group": group_id},
    )
