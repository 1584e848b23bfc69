"""Reads of people: cards, profiles, lists, names in a text."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

import msgspec

from hubbub.core import clock
from hubbub.core.db import Tx
from hubbub.core.errors import NotFound
from hubbub.core.ids import NUMBER_BITS, Type
from hubbub.people.access import Actor, Person, actor, card, sight
from hubbub.people.access.clocks import There, there
from hubbub.people.access.principals import EVERYONE
from hubbub.people.queries.finding import Hit, hit


class Profile(Person, frozen=True):
    """All that a person's profile says of him."""

    about: str | None = None
    email: str = ""
    username: str = ""
    first_name: str | None = None
    last_name: str = ""
    nickname: str | None = None
    department: str | None = None
    city: str | None = None
    country: str | None = None
    phone: str | None = None
    mobile: str | None = None
    timezone: str = "UTC"
    locale: str = "en_US"
    work_from: str | None = None
    work_to: str | None = None
    created_at: datetime | None = None
    modified_at: datetime | None = None
    role: str | None = None
    company: str = ""
    skills: list[str] = msgspec.field(default_factory=list)
    banner: int | None = None
    manager_id: int | None = None
    manager_name: str | None = None

    @property
    def person(self) -> Person:
        """Only his card."""
        return Person(self.id, self.name, self.title, self.guest, self.active, self.photo)

    @property
    def place(self) -> str:
        """Where he works."""
        return ", ".join(part for part in (self.city, self.country) if part)

    @property
    def manager(self) -> Person | None:
        """To whom he reports."""
        return Person(self.manager_id, self.manager_name or "") if self.manager_id else None


def _profile(actor: Actor) -> str:
    """SQL: the profiles that the actor may see. A guest is not told to whom he reports: who else is here is not his."""
    return f"""
select {card(actor)}, u.about, u.email, u.username, u.first_name, u.last_name, u.nickname, u.department, u.city, u.country,
       u.phone, u.mobile, u.timezone, u.locale, u.work_from, u.work_to, u.created_at, u.modified_at, r.name, o.name,
       array(select k.name from user_skill k where k.org_id = %(org)s and k.user_id = u.id order by k.key),
       u.banner_id, m.id, m.name
from app_user u
join org o on o.org_id = %(org)s
left join role r on r.org_id = %(org)s and r.id = u.role_id
left join app_user m on m.org_id = %(org)s and m.id = u.manager_id and {"false" if actor.guest else "true"}
where u.org_id = %(org)s and {sight(actor, "u.id")}
"""


async def cards(tx: Tx, user_ids: Iterable[int], actor: Actor | None = None) -> dict[int, Person]:
    """People by id, for who is known to see where they are named; with photos if it is said who sees them."""
    wanted = list(user_ids)
    if not wanted:
        return {}
    found = await tx.rows(
        f"select {card(actor)} from app_user u where u.org_id = %(org)s and u.id = any(%(ids)s::bigint[])",
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
        f"""select {card(actor)} from app_user u
            where u.org_id = %(org)s and u.id = any(%(ids)s::bigint[]) and {sight(actor, "u.id")}""",
        {"ids": wanted, "viewer": actor.user_id},
        into=Person,
    )
    return {person.id: person for person in found}


async def named(tx: Tx, actor: Actor, names: Iterable[str]) -> dict[str, Person]:
    """People whom the actor may see, by any of these names or usernames (case folded); a name of two people is nobody's."""
    wanted = [name.casefold() for name in names]
    rows = await tx.tuples(
        f"""select {card(actor)}, lower(u.name), lower(u.username) from app_user u
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


async def insiders(tx: Tx) -> set[int]:
    """All active people from inside."""
    return set(await tx.values("select id from app_user where org_id = %(org)s and not guest and active"))


async def addresses_inside(tx: Tx, *, after: int, size: int) -> list[tuple[int, str, str]]:
    """The e-mail addresses of active people from inside who have one, with their ids and locales, after that id."""
    return await tx.tuples(
        """select id, email, locale from app_user
           where org_id = %(org)s and not guest and active and email <> '' and id > %(after)s order by id limit %(size)s""",
        {"after": after, "size": size},
    )


async def guests(tx: Tx) -> set[int]:
    """The active people from outside; of very many, the first thousand."""
    return set(
        await tx.values(
            "select id from app_user where org_id = %(org)s and guest and active order by id limit 1000"
        )
    )


async def profile(tx: Tx, actor: Actor, user_id: int) -> Profile:
    """A person's profile; raises NotFound where the actor may not see it."""
    found = await profiles(tx, actor, [user_id])
    if not found:
        raise NotFound()
    return found[0]


async def profiles(tx: Tx, actor: Actor, user_ids: Collection[int]) -> list[Profile]:
    """Those of the profiles that the actor may see, in the order of the ids."""
    found = await tx.rows(
        f"{_profile(actor)} and u.id = any(%(ids)s)",
        {"ids": list(user_ids), "viewer": actor.user_id},
        into=Profile,
    )
    by_id = {each.id: each for each in found}
    return [by_id[id] for id in user_ids if id in by_id]


async def page_of_profiles(
    tx: Tx, actor: Actor, *, q: str = "", page: int = 0, size: int = 25
) -> tuple[list[Profile], bool]:
    """A page of the people whom the actor may see, by name, and whether there are more."""
    found = await tx.rows(
        f"""{_profile(actor)} and u.active and {called("u")}
            order by u.name, u.id limit %(limit)s offset %(offset)s""",
        {"viewer": actor.user_id, "limit": size + 1, "offset": page * size, **words_of(q)},
        into=Profile,
    )
    return found[:size], len(found) > size


async def people_after(
    tx: Tx, actor: Actor, *, after: tuple[str, int] | None = None, size: int = 50
) -> tuple[list[Hit], bool]:
    """The people whom the actor may see, by name, after that name and id; and whether there are more."""
    found = await tx.rows(
        f"""select {hit(actor)} from app_user u
            where u.org_id = %(org)s and {sight(actor, "u.id")} and (u.name, u.id) > (%(name)s, %(id)s)
            order by u.name, u.id limit %(limit)s""",
        {
            "viewer": actor.user_id,
            "name": after[0] if after else "",
            "id": after[1] if after else 0,
            "limit": size + 1,
        },
        into=Hit,
    )
    return found[:size], len(found) > size


class Those(msgspec.Struct, frozen=True):
    """SQL that is true for certain people (alias u), the CTEs that it needs, and what both bind."""

    condition: str
    ctes: str = ""
    params: dict[str, Any] = {}

    @property
    def begin(self) -> str:
        return f"with recursive {self.ctes}" if self.ctes else ""


EVERYBODY = Those("true")


async def find_people(
    tx: Tx, actor: Actor, q: str, *, among: Those = EVERYBODY, size: int = 10, start: int = 0
) -> list[Person]:
    """Active people whom the actor may see, who are among those, and words of whose name begin like this: for completing
    a mention."""
    return await tx.rows(
        f"""{among.begin} select {card(actor)} from app_user u
            where u.org_id = %(org)s and u.active and {sight(actor, "u.id")} and {called("u")} and ({among.condition})
            order by u.name, u.id limit %(limit)s offset %(start)s""",
        among.params | {"viewer": actor.user_id, "limit": size, "start": start, **words_of(q)},
        into=Person,
    )


async def sort_people(tx: Tx, actor: Actor, user_ids: Collection[int], among: Those) -> dict[int, bool]:
    """Of these people those whom the actor may see, and whether each is active and among those."""
    found = await tx.tuples(
        f"""{among.begin} select u.id, u.active and ({among.condition}) from app_user u
            where u.org_id = %(org)s and u.id = any(%(ids)s::bigint[]) and {sight(actor, "u.id")}""",
        among.params | {"viewer": actor.user_id, "ids": list(user_ids)},
    )
    return dict(found)


def called(user: str) -> str:
    """SQL: does each word of %(words)s begin a word of the person's name?"""
    return f"(' ' || lower({user}.name)) like all (%(words)s::text[])"


def words_of(q: str) -> dict[str, list[str]]:
    escaped = q.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return {"words": [f"% {word}%" for word in escaped.split()[:8]]}


# SQL: what those whom the viewer follows follow and he does not, and how many of them do (subject_id, n).
NEAR_FOLLOWS = """(select f.subject_id, count(*) as n from follow g
    join follow f on f.org_id = %(org)s and f.follower_id = g.subject_id
    where g.org_id = %(org)s and g.follower_id = %(viewer)s and f.subject_id <> %(viewer)s
      and not exists (select 1 from follow m where m.org_id = %(org)s and m.follower_id = %(viewer)s
                        and m.subject_id = f.subject_id)
    group by f.subject_id)"""


class Worth(Person, frozen=True):
    """A colleague whom one may want to follow, and why: how many of those one follows do, and whether his role is one's own."""

    near: int = 0
    same_role: bool = False


async def worth_following(tx: Tx, actor: Actor, most: int) -> list[Worth]:
    """Colleagues whom the actor does not follow yet: those of his own role first, then those whom most of those he follows
    follow."""
    return await tx.rows(
        f"""select {card(actor)}, coalesce(n.n, 0) as near, coalesce(u.role_id = %(role)s, false) as same
            from app_user u left join {NEAR_FOLLOWS} n on n.subject_id = u.id
            where u.org_id = %(org)s and u.active and not u.guest and u.id <> %(viewer)s
              and not exists (select 1 from follow f where f.org_id = %(org)s and f.follower_id = %(viewer)s
                                and f.subject_id = u.id)
            order by same desc, near desc, u.name, u.id limit %(most)s""",
        {"viewer": actor.user_id, "role": actor.role_id, "most": most},
        into=Worth,
    )


async def role_mates(tx: Tx, actor: Actor, *, most: int = 25) -> set[int]:
    """Active colleagues in the actor's own role, by name the first of them."""
    if actor.role_id is None:
        return set()
    return set(
        await tx.values(
            """select id from app_user where org_id = %(org)s and role_id = %(role)s and active and not guest and id <> %(me)s
               order by name, id limit %(most)s""",
            {"role": actor.role_id, "me": actor.user_id, "most": most},
        )
    )


async def actor_named(tx: Tx, username: str, *, client: str | None = None) -> Actor:
    """Act as the person of that username in this org; raises NotFound unless there is one, and active."""
    user_id = await user_by_username(tx, username)
    if user_id is None:
        raise NotFound()
    return await actor(tx, user_id, client=client)


async def is_active(tx: Tx, user_id: int) -> bool:
    """Whether there is such a person in this org, and he may sign in."""
    return bool(
        await tx.value(
            "select 1 from app_user where org_id = %(org)s and id = %(id)s and active", {"id": user_id}
        )
    )


async def principal_exists(tx: Tx, principal_id: int) -> bool:
    """Whether something can be shared to this: an active person, a role, a role and those below, a group, a queue,
    everyone internal."""
    if principal_id == EVERYONE:
        return True
    return bool(
        await tx.value(
            """select 1 from app_user where org_id = %(org)s and id = %(id)s and active
               union all select 1 from role where org_id = %(org)s and id in (%(id)s, %(id)s - %(below)s)
               union all select 1 from app_group where org_id = %(org)s and id = %(id)s""",
            {"id": principal_id, "below": (Type.ROLE_AND_BELOW - Type.ROLE) << NUMBER_BITS},
        )
    )


async def user_by_username(tx: Tx, username: str) -> int | None:
    """The id of the user of that name in this org."""
    return await tx.value(
        "select id from app_user where org_id = %(org)s and username = %(name)s",
        {"name": username.strip().lower()},
    )


async def users_by_external_id(tx: Tx, external_ids: Collection[str]) -> dict[str, int]:
    """The users who came from elsewhere, by their ids there."""
    found = await tx.tuples(
        "select external_id, id from app_user where org_id = %(org)s and external_id = any(%(ids)s)",
        {"ids": list(external_ids)},
    )
    return dict(found)


async def roles_by_name(tx: Tx) -> dict[str, int]:
    """All roles of this org by name."""
    return dict(await tx.tuples("select name, id from role where org_id = %(org)s order by id desc"))


def clock_of(profile: Profile, reader: Actor) -> There:
    """What time it is where somebody works, as the reader writes times."""
    return there(
        clock.now(),
        zone=profile.timezone,
        start=profile.work_from,
        end=profile.work_to,
        reader_zone=reader.timezone,
        reader_locale=reader.locale,
    )
