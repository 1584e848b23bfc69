"""Reading people: cards by id, names in a text, who follows what."""

from collections.abc import Iterable

from hubbub.core.db import Tx
from hubbub.core.errors import NotFound
from hubbub.people.access import Actor, Person, sight

# SQL for other rooms' statements: the ids (column id) of what %(viewer)s follows.
FOLLOWED = "select subject_id as id from follow where org_id = %(org)s and follower_id = %(viewer)s"


async def cards(tx: Tx, user_ids: Iterable[int]) -> dict[int, Person]:
    """People by id, for who is known to see where they are named."""
    wanted = list(user_ids)
    if not wanted:
        return {}
    found = await tx.rows(
        "select id, name, title, guest, active from app_user where org_id = %(org)s and id = any(%(ids)s::bigint[])",
        {"ids": wanted},
        into=Person,
    )
    return {person.id: person for person in found}


async def visible_cards(tx: Tx, actor: Actor, user_ids: Iterable[int]) -> dict[int, Person]:
    """Those of these people whom the actor may see."""
    wanted = list(user_ids)
    if not wanted:
        return {}
    found = await tx.rows(
        f"""select u.id, u.name, u.title, u.guest, u.active from app_user u
            where u.org_id = %(org)s and u.id = any(%(ids)s::bigint[]) and {sight(actor, "u.id")}""",
        {"ids": wanted, "viewer": actor.user_id},
        into=Person,
    )
    return {person.id: person for person in found}


async def named(tx: Tx, actor: Actor, names: Iterable[str]) -> dict[str, Person]:
    """People whom the actor may see, by any of these names or usernames (case folded); a name of two people is nobody's."""
    wanted = [name.casefold() for name in names]
    rows = await tx.tuples(
        f"""select u.id, u.name, u.title, u.guest, u.active, lower(u.name), lower(u.username) from app_user u
            where u.org_id = %(org)s and u.active and (lower(u.name) = any(%(names)s) or lower(u.username) = any(%(names)s))
              and {sight(actor, "u.id")}""",
        {"names": wanted, "viewer": actor.user_id},
    )
    found: dict[str, Person] = {}
    twice: set[str] = set()
    for *columns, name, username in rows:
        person = Person(*columns)
        if name in found:
            twice.add(name)
        found[name] = found[username] = person
    return {name: person for name, person in found.items() if name not in twice}


async def colleagues(tx: Tx, user_ids: set[int]) -> set[int]:
    """Those of these people who are from inside and active."""
    if not user_ids:
        return set()
    return set(
        await tx.values(
            "select id from app_user where org_id = %(org)s and id = any(%(ids)s::bigint[]) and active and not guest",
            {"ids": list(user_ids)},
        )
    )


async def guests(tx: Tx) -> set[int]:
    """The active people from outside; of very many, the first thousand."""
    return set(
        await tx.values("select id from app_user where org_id = %(org)s and guest and active order by id limit 1000")
    )


async def profile(tx: Tx, actor: Actor, user_id: int) -> "Profile":
    """A person's own page: his card and what he says of himself."""
    found = await tx.row(
        f"""select u.id, u.name, u.title, u.guest, u.active, u.about, u.email, u.username from app_user u
            where u.org_id = %(org)s and u.id = %(id)s and {sight(actor, "u.id")}""",
        {"id": user_id, "viewer": actor.user_id},
        into=Profile,
    )
    if found is None:
        raise NotFound()
    return found


class Profile(Person, frozen=True):
    """A person with what he says of himself."""

    about: str | None = None
    email: str | None = None
    username: str | None = None


async def is_following(tx: Tx, user_id: int, subject_id: int) -> bool:
    return bool(
        await tx.value(
            "select 1 from follow where org_id = %(org)s and follower_id = %(user)s and subject_id = %(subject)s",
            {"user": user_id, "subject": subject_id},
        )
    )


async def count_followers(tx: Tx, subject_id: int) -> int:
    return await tx.value(
        "select count(*) from follow where org_id = %(org)s and subject_id = %(subject)s", {"subject": subject_id}
    )


async def count_following(tx: Tx, user_id: int) -> int:
    return await tx.value(
        "select count(*) from follow where org_id = %(org)s and follower_id = %(user)s", {"user": user_id}
    )


async def followers_among(tx: Tx, subject_ids: Iterable[int], user_ids: set[int]) -> set[int]:
    """Those of these people who follow at least one of the subjects, or are one of them."""
    subjects = list(subject_ids)
    found = await tx.values(
        """select distinct follower_id from follow where org_id = %(org)s and subject_id = any(%(subjects)s::bigint[])
           and follower_id = any(%(users)s::bigint[])""",
        {"subjects": subjects, "users": list(user_ids)},
    )
    return set(found) | (user_ids & set(subjects))


async def worth_following(tx: Tx, actor: Actor, most: int) -> list[Person]:
    """Colleagues whom the actor does not follow yet: those of his own and the neighbouring roles first."""
    return await tx.rows(
        """select u.id, u.name, u.title, u.guest, u.active from app_user u
           where u.org_id = %(org)s and u.active and not u.guest and u.id <> %(me)s
             and not exists (select 1 from follow f where f.org_id = %(org)s and f.follower_id = %(me)s and f.subject_id = u.id)
           order by (u.role_id = %(role)s) desc nulls last, u.name, u.id limit %(most)s""",
        {"me": actor.user_id, "role": actor.role_id, "most": most},
        into=Person,
    )
