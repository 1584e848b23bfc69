"""The org chart: who reports to whom."""

import msgspec

from hubbub.core.db import Tx
from hubbub.people.access import Actor, Person, card, sight

MOST_ABOVE = 50  # longer than any company is deep
MOST_BESIDE = 200


class Chart(msgspec.Struct, frozen=True):
    """A person's place: whom he reports to, the top first, who else does, and who reports to him. People who were
    deactivated are skipped: theirs report to who stood above them."""

    person: Person
    above: list[Person]
    peers: list[Person]
    reports: list[Person]
    below: dict[int, int]  # how many report to each of the reports
    more: bool = False  # were some left out, because there are very many?


async def manager_chain(tx: Tx, actor: Actor, user_id: int) -> list[Person]:
    """Whom somebody reports to and whom those do, the next first; who was deactivated is skipped."""
    return await tx.rows(
        f"""with recursive above (id, path) as (
              select u.id, array[u.id] from app_user u
              where u.org_id = %(org)s and u.id = %(user)s and {sight(actor, "u.id")}
              union all
              select u.manager_id, a.path || u.manager_id from above a
              join app_user u on u.org_id = %(org)s and u.id = a.id
              where u.manager_id <> all(a.path) and cardinality(a.path) <= %(most)s
            )
            select {card(actor)} from above a
            join app_user u on u.org_id = %(org)s and u.id = a.id and u.active and {sight(actor, "u.id")}
            where u.id <> %(user)s order by cardinality(a.path)""",
        {"user": user_id, "viewer": actor.user_id, "most": MOST_ABOVE},
        into=Person,
    )


async def chart(tx: Tx, actor: Actor, person: Person) -> Chart:
    """The org chart around a person whom the actor sees."""
    chain = await manager_chain(tx, actor, person.id)
    reports = await _reports(tx, actor, person.id)
    peers = [each for each in await _reports(tx, actor, chain[0].id) if each.id != person.id] if chain else []
    below = dict(
        await tx.tuples(
            """select manager_id, count(*) from app_user
               where org_id = %(org)s and manager_id = any(%(ids)s::bigint[]) and active group by manager_id""",
            {"ids": [each.id for each in (*reports, *peers)]},
        )
        if reports or peers
        else ()
    )
    return Chart(
        person,
        chain[::-1],
        peers[:MOST_BESIDE],
        reports[:MOST_BESIDE],
        below,
        max(len(peers), len(reports)) > MOST_BESIDE,
    )


async def _reports(tx: Tx, actor: Actor, manager_id: int) -> list[Person]:
    """Who is active and reports to somebody, directly or through people who were deactivated."""
    return await tx.rows(
        f"""with recursive below (id, active, path) as (
              select u.id, u.active, array[%(manager)s::bigint, u.id] from app_user u
              where u.org_id = %(org)s and u.manager_id = %(manager)s
              union all
              select u.id, u.active, b.path || u.id from below b
              join app_user u on u.org_id = %(org)s and u.manager_id = b.id
              where not b.active and u.id <> all(b.path) and cardinality(b.path) <= %(most)s
            )
            select {card(actor)} from below b
            join app_user u on u.org_id = %(org)s and u.id = b.id and {sight(actor, "u.id")}
            where b.active order by u.name, u.id limit %(limit)s""",
        {"manager": manager_id, "viewer": actor.user_id, "most": MOST_ABOVE, "limit": MOST_BESIDE + 2},
        into=Person,
    )
