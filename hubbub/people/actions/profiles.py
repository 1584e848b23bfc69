"""What a profile says: checked, changed, and made to be found by."""

import re
from collections.abc import Collection, Mapping
from functools import cache
from zoneinfo import available_timezones

from babel.localedata import locale_identifiers

from hubbub.core import events, ids
from hubbub.core.db import Tx
from hubbub.core.errors import Invalid, NotFound
from hubbub.core.ids import Type
from hubbub.core.languages import Text, mark
from hubbub.people.access import Actor, Person, access_user
from hubbub.people.access.words import fold, forms, words_of_person

# Salesforce's lengths of the User's fields, where it has them.
LENGTHS = {
    "username": 80,
    "email": 80,
    "first_name": 40,
    "last_name": 80,
    "nickname": 40,
    "title": 80,
    "department": 80,
    "manager": 80,
    "about": 1000,
    "skills": 1000,
    "phone": 40,
    "mobile": 40,
    "city": 40,
    "country": 80,
    "timezone": 40,
    "work_from": 5,
    "work_to": 5,
    "locale": 40,
}
WORDS = {
    "first_name": mark("First name"),
    "last_name": mark("Last name"),
    "nickname": mark("Known as"),
    "title": mark("Title"),
    "department": mark("Department"),
    "manager": mark("Manager"),
    "about": mark("About me"),
    "skills": mark("Skills"),
    "phone": mark("Phone"),
    "mobile": mark("Mobile"),
    "city": mark("City"),
    "country": mark("Country"),
    "timezone": mark("Time zone"),
    "work_from": mark("Works from"),
    "work_to": mark("Works until"),
    "locale": mark("Language and region"),
    "username": mark("Username"),
    "email": mark("E-mail"),
}
# The columns of a user that he may change himself; beside them his manager and his skills.
TEXTS = (
    "first_name",
    "last_name",
    "nickname",
    "title",
    "department",
    "about",
    "phone",
    "mobile",
    "city",
    "country",
    "timezone",
    "work_from",
    "work_to",
    "locale",
)
PROFILE = (*TEXTS, "manager", "skills")
MOST_SKILLS = 30
SKILL_LENGTH = 60
_REQUIRED = frozenset({"username", "email", "last_name", "timezone", "locale"})
_EMAIL = re.compile(r"[^@\s<>(),;:\\\"\[\]]+@[^@\s<>(),;:\\\"\[\]]+\.[^@\s<>(),;:\\\"\[\].]+")
_PHONE = re.compile(r"(?=(?:.*\d){3})[+\d][\d\s()./x-]*")
_HOUR = re.compile(r"([01]?\d|2[0-3])(?:[:.h]([0-5]\d)?)?")
# Line breaks and tabs may stand in a text of several lines; what else cannot be printed may stand nowhere.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


Wrong = tuple[str, Text]  # the code of a mistake, and what it is


class BadProfile(Invalid):
    """All that is wrong with what was sent for a person; `by_field` has the words for each field."""

    def __init__(self, wrong: Mapping[str, Wrong]) -> None:
        code, why = next(iter(wrong.values()))
        super().__init__(code, why, fields=list(wrong))
        self.wrong = wrong

    @property
    def by_field(self) -> dict[str, str]:
        return {name: why.said for name, (_, why) in self.wrong.items()}


async def edit_profile(tx: Tx, actor: Actor, user_id: int, values: Mapping[str, str | None]) -> Person:
    """Change what a profile says; raises BadProfile with every field that is wrong.

    `manager` is a name, a username or an id; `skills` are separated by commas or lines.
    """
    person = await access_user(tx, actor, user_id, to="edit")
    # No key: who makes him his manager at this moment need not wait for him, whom he may be waiting for.
    before = await tx.tuples(
        f"select {', '.join(TEXTS)} from app_user where org_id = %(org)s and id = %(id)s for no key update",
        {"id": user_id},
    )
    if not before:
        raise NotFound()
    old: dict[str, str | None] = dict(zip(TEXTS, before[0], strict=True))
    wrong: dict[str, Wrong] = {}
    new, skills, manager_id = old, None, None
    try:
        new = clean(old | {name: value for name, value in values.items() if name in TEXTS})
    except BadProfile as bad:
        wrong |= bad.wrong
    try:
        skills = _skills(values["skills"] or "") if "skills" in values else None
    except BadProfile as bad:
        wrong |= bad.wrong
    try:
        if "manager" in values:
            manager_id = await _manager(tx, person, (values["manager"] or "").strip())
    except BadProfile as bad:
        wrong |= bad.wrong
    if wrong:
        raise BadProfile(wrong)
    told_old = {name: old[name] for name in TEXTS if new[name] != old[name]}
    told_new = {name: new[name] for name in told_old}
    if told_old:
        await tx.run(
            f"""update app_user set {", ".join(f"{name} = %({name})s" for name in TEXTS)}, name = %(name)s
                where org_id = %(org)s and id = %(id)s""",
            {**new, "name": full_name(new), "id": user_id},
        )
    if "manager" in values:
        was = await tx.value(
            "select manager_id from app_user where org_id = %(org)s and id = %(id)s", {"id": user_id}
        )
        if was != manager_id:
            await tx.run(
                "update app_user set manager_id = %(manager)s where org_id = %(org)s and id = %(id)s",
                {"manager": manager_id, "id": user_id},
            )
            told_old["manager"] = str(was) if was else None
            told_new["manager"] = str(manager_id) if manager_id else None
    if skills is not None:
        had = await tx.values(
            "select name from user_skill where org_id = %(org)s and user_id = %(id)s order by key",
            {"id": user_id},
        )
        if had != list(skills.values()):
            await _write_skills(tx, user_id, skills)
            told_old["skills"], told_new["skills"] = ", ".join(had), ", ".join(skills.values())
    if told_new:
        await tx.run(
            """update app_user set version = version + 1, modified_at = now()
               where org_id = %(org)s and id = %(id)s""",
            {"id": user_id},
        )
        await index_person(tx, user_id)
        await events.record(tx, actor, "people.user.changed", user_id, before=told_old, after=told_new)
    return await access_user(tx, actor, user_id)


# --- the manager ---------------------------------------------------------------------------------------------------


async def _manager(tx: Tx, person: Person, said: str) -> int | None:
    """Who is meant, where he may be the person's manager."""
    if not said:
        return None
    if person.guest:  # in the same words whoever is named: he is not to learn who is here
        raise _no_manager(Text("Manager: people from outside report to nobody here."))
    # Two who make each other their manager at the same moment would both see no circle: one after the other.
    await tx.run("select 1 from org where org_id = %(org)s for no key update")
    manager_id = await _meant(tx, said)
    if manager_id == person.id:
        raise _no_manager(Text("Manager: nobody is his own manager."))
    above = await tx.tuples(
        """with recursive above (id, path) as (
             select %(manager)s::bigint, array[%(manager)s::bigint]
             union all
             select u.manager_id, a.path || u.manager_id from above a
             join app_user u on u.org_id = %(org)s and u.id = a.id and u.manager_id <> all(a.path)
           )
           select u.id, u.name from above a join app_user u on u.org_id = %(org)s and u.id = a.id
           order by cardinality(a.path)""",
        {"manager": manager_id},
    )
    names = []
    for id, name in above:
        if id == person.id:
            raise _no_manager(
                Text(
                    "Manager: that would be a circle, because {name} reports to this person by way of {circle}.",
                    name=names[0],
                    circle=" → ".join(names),
                )
                if len(names) > 1
                else Text(
                    "Manager: that would be a circle, because {name} reports to this person.", name=names[0]
                )
            )
        names.append(name)
    return manager_id


async def _meant(tx: Tx, said: str) -> int:
    """The active colleague with that id, name or username."""
    try:
        wanted = ids.parse(said, Type.USER)
    except Invalid:
        wanted = 0
    found = await tx.values(
        """select u.id from app_user u
           where u.org_id = %(org)s and u.active and not u.guest
             and (u.id = %(id)s or lower(u.name) = %(said)s or u.username = %(said)s) limit 2""",
        {"id": wanted, "said": said.lower()},
    )
    if not found:
        raise _no_manager(
            Text("Manager: nobody here is called “{name}”. Choose an active colleague.", name=said[:80])
        )
    if len(found) > 1:
        raise _no_manager(
            Text("Manager: several people are called “{name}”. Give the username.", name=said[:80])
        )
    return found[0]


def _no_manager(words: Text) -> BadProfile:
    return BadProfile({"manager": ("INVALID_INPUT", words)})


# --- skills and the directory --------------------------------------------------------------------------------------


def _skills(text: str) -> dict[str, str]:
    """Skills by what tells them apart, in order."""
    names = [" ".join(part.split()) for part in re.split(r"[,;\n]", text)]
    found = {fold(name): name for name in names if fold(name)}
    if len(found) > MOST_SKILLS:
        raise BadProfile(
            {
                "skills": (
                    "INVALID_INPUT",
                    Text("Skills: at most {most}, these are {count}.", most=MOST_SKILLS, count=len(found)),
                )
            }
        )
    for name in found.values():
        if len(name) > SKILL_LENGTH:
            raise BadProfile(
                {
                    "skills": (
                        "STRING_TOO_LONG",
                        Text(
                            "Skills: “{name}…” has more than {most} characters; separate skills by commas.",
                            name=name[:30],
                            most=SKILL_LENGTH,
                        ),
                    )
                }
            )
        if _UNPRINTABLE.search(name):
            raise BadProfile(
                {"skills": ("INVALID_INPUT", Text("Skills: contains a character that cannot be shown."))}
            )
    return dict(sorted(found.items()))


async def _write_skills(tx: Tx, user_id: int, skills: Mapping[str, str]) -> None:
    await tx.run(
        "delete from user_skill where org_id = %(org)s and user_id = %(user)s and key <> all(%(keys)s)",
        {"user": user_id, "keys": list(skills)},
    )
    await tx.run(
        """insert into user_skill (org_id, user_id, key, name)
           select %(org)s, %(user)s, s.key, s.name from unnest(%(keys)s::text[], %(names)s::text[]) s (key, name)
           on conflict (org_id, user_id, key) do update set name = excluded.name""",
        {"user": user_id, "keys": list(skills), "names": list(skills.values())},
    )


async def index_person(tx: Tx, user_id: int) -> None:
    """Have the directory find a person by what his profile says now."""
    await index_people(tx, [user_id])


async def index_people(tx: Tx, user_ids: Collection[int]) -> None:
    """The same for many."""
    found = await tx.tuples(
        """select u.id, u.name, u.last_name, u.username, u.nickname, u.title, u.department, u.city, u.country,
                  array(select k.name from user_skill k where k.org_id = %(org)s and k.user_id = u.id)
           from app_user u where u.org_id = %(org)s and u.id = any(%(ids)s::bigint[])""",
        {"ids": list(user_ids)},
    )
    names = ("name", "last_name", "username", "nickname", "title", "department", "city", "country", "skills")
    rows = [
        (user_id, word, kind)
        for user_id, *values in found
        for word, kind in words_of_person(**dict(zip(names, values, strict=True)))
    ]
    words = {word for _, word, _ in rows}
    await tx.run(
        "delete from person_word where org_id = %(org)s and user_id = any(%(ids)s::bigint[])",
        {"ids": list(user_ids)},
    )
    known = set(
        await tx.values(
            "select word from word_form where org_id = %(org)s and form = any(%(words)s) and word = form",
            {"words": list(words)},
        )
    )
    # Sorted: two who write the same words at once wait for one another, and never each for the other.
    new = sorted((form, word) for word in words - known for form in forms(word))
    await tx.run(
        """insert into word_form (org_id, form, word)
           select %(org)s, f.form, f.word from unnest(%(forms)s::text[], %(words)s::text[]) f (form, word)
           on conflict do nothing""",
        {"forms": [form for form, _ in new], "words": [word for _, word in new]},
    )
    await tx.run(
        """insert into person_word (org_id, word, user_id, kind)
           select %(org)s, w.word, w.id, w.kind
           from unnest(%(words)s::text[], %(ids)s::bigint[], %(kinds)s::smallint[]) w (word, id, kind)
           on conflict do nothing""",
        {
            "words": [word for _, word, _ in rows],
            "ids": [id for id, _, _ in rows],
            "kinds": [kind for *_, kind in rows],
        },
    )


# --- what is right -------------------------------------------------------------------------------------------------


def full_name(values: Mapping[str, str | None]) -> str:
    return " ".join(part for part in (values["first_name"], values["last_name"]) if part)


def clean(values: Mapping[str, str | None]) -> dict[str, str | None]:
    """The values as they are kept; raises BadProfile with every one that cannot be."""
    kept: dict[str, str | None] = {}
    wrong: dict[str, Wrong] = {}
    for name, value in values.items():
        text = (value or "").replace("\r\n", "\n").strip()
        kept[name] = text or None
        if problem := _problem(name, text):
            wrong[name] = problem
        elif name in ("work_from", "work_to"):
            kept[name] = _hour(text)
    if "work_from" in kept and not wrong:
        start, end = kept["work_from"], kept["work_to"]
        if (start is None) != (end is None):
            missing = "work_to" if end is None else "work_from"
            wrong[missing] = (
                "INVALID_INPUT",
                Text("{what:_}: give both hours, or neither.", what=WORDS[missing]),
            )
        elif start is not None and start == end:
            wrong["work_to"] = ("INVALID_INPUT", Text("Works until: the same hour as it begins."))
    if wrong:
        raise BadProfile(wrong)
    return kept


def _problem(name: str, text: str) -> Wrong | None:
    words, longest = WORDS[name], LENGTHS[name]
    if not text and name in _REQUIRED:
        return "REQUIRED_FIELD_MISSING", Text("{what:_}: please fill this in.", what=words)
    if len(text) > longest:
        return "STRING_TOO_LONG", Text(
            "{what:_}: at most {most} characters, this has {count}.",
            what=words,
            most=longest,
            count=len(text),
        )
    if _UNPRINTABLE.search(text) or (name != "about" and "\n" in text):
        return "INVALID_INPUT", Text("{what:_}: contains a character that cannot be shown.", what=words)
    if name in ("username", "email") and not _EMAIL.fullmatch(text):
        return "INVALID_EMAIL_ADDRESS", Text(
            "{what:_}: '{given}' is not an e-mail address.", what=words, given=text[:80]
        )
    if name == "timezone" and text not in zones():
        return "INVALID_INPUT", Text(
            "{what:_}: '{given}' is not a time zone such as Europe/Berlin.", what=words, given=text[:40]
        )
    if name == "locale" and text not in _locales():
        return "INVALID_INPUT", Text(
            "{what:_}: '{given}' is not a locale such as en_GB.", what=words, given=text[:40]
        )
    if name in ("phone", "mobile") and text and not _PHONE.fullmatch(text):
        return "INVALID_INPUT", Text(
            "{what:_}: '{given}' is not a telephone number such as +31 20 555 0100.",
            what=words,
            given=text[:40],
        )
    if name in ("work_from", "work_to") and text and not _HOUR.fullmatch(text):
        return "INVALID_INPUT", Text(
            "{what:_}: '{given}' is not an hour such as 9 or 17:30.", what=words, given=text[:10]
        )
    return None


def _hour(text: str) -> str | None:
    """9 as 09:00."""
    found = _HOUR.fullmatch(text)
    return f"{int(found[1]):02}:{found[2] or '00'}" if found else None


@cache
def zones() -> frozenset[str]:
    return frozenset(available_timezones() | {"UTC"})


@cache
def _locales() -> frozenset[str]:
    return frozenset(locale_identifiers())
