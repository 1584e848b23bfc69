"""The directory: finding people by name, what they can do and where they are, also mistyped."""

import msgspec

from hubbub.core.db import Tx
from hubbub.people.access import Actor, Person, card, sight
from hubbub.people.access.words import KNOWN_AS, NAME, PLACE, SKILL, TITLE, fold, forms, words_in

MOST_TERMS = 6
LEFT_OUT = frozenset("a an and at der die das from in is of on the und who with for to works".split())

# How much a kind of word says, and how much the way in which it meets what was typed.
_WEIGHTS = {NAME: 1.0, KNOWN_AS: 0.85, SKILL: 0.8, TITLE: 0.7, PLACE: 0.65}
_EXACT, _BEGUN, _MISTYPED = 1.0, 0.75, 0.55


class Hit(Person, frozen=True):
    """Somebody whom the directory found, and what may tell him from others of his name."""

    department: str | None = None
    city: str | None = None
    country: str | None = None
    skills: list[str] = msgspec.field(default_factory=list)

    @property
    def person(self) -> Person:
        return Person(self.id, self.name, self.title, self.guest, self.active, self.photo)

    @property
    def place(self) -> str:
        return ", ".join(part for part in (self.department, self.city, self.country) if part)


def hit(actor: Actor) -> str:
    """SQL: the columns of a Hit, of the user u."""
    return f"""{card(actor)}, u.department, u.city, u.country,
        array(select k.name from user_skill k where k.org_id = %(org)s and k.user_id = u.id order by k.key)"""


async def search_people(
    tx: Tx, actor: Actor, q: str, *, page: int = 0, size: int = 25, inactive: bool = True
) -> tuple[list[Hit], bool]:
    """The people whom the actor may see, who are meant by these words, the likeliest first, and whether there are more.

    Each word may be (the beginning of) a name, what somebody is called, a skill, title, department or place; it may be
    mistyped by a letter, a long one by two. Who is meant by
    fewer of the words than others is left out.
    """
    terms = _terms(q)
    if not terms:
        return [], False
    met = [(at, form) for at, term in enumerate(terms) for form in sorted(forms(term))]
    found = await tx.rows(
        f"""with met as (
              select a.term, f.word,
                     max(case when f.word = t.typed then {_EXACT} when f.form = t.typed or a.form = f.word then 0.65
                              else {_MISTYPED} end
                         - abs(length(f.word) - length(t.typed)) * 0.02) as likeness
              from unnest(%(met_terms)s::int[], %(met_forms)s::text[]) a (term, form)
              join unnest(%(ats)s::int[], %(terms)s::text[]) t (at, typed) on t.at = a.term
              join word_form f on f.org_id = %(org)s and f.form = a.form collate "C"
              group by a.term, f.word
              union all
              select t.at, f.word, {_BEGUN} + 0.2 * length(t.typed) / length(f.word)
              from unnest(%(ats)s::int[], %(terms)s::text[], %(ends)s::text[]) t (at, typed, stop)
              join word_form f on f.org_id = %(org)s and f.form > t.typed collate "C" and f.form < t.stop collate "C"
                and f.word = f.form
              where length(t.typed) >= 2
            ), scored as (
              select m.term, w.user_id, max(m.likeness * (%(weights)s::float8[])[w.kind]) as score
              from met m join person_word w on w.org_id = %(org)s and w.word = m.word
              group by m.term, w.user_id
            ), ranked as (
              select s.user_id, count(*) as terms, sum(s.score) as score
              from scored s join app_user u on u.org_id = %(org)s and u.id = s.user_id
                and {sight(actor, "u.id")} {"" if inactive else "and u.active"}
              group by s.user_id
            )
            select {hit(actor)} from ranked r join app_user u on u.org_id = %(org)s and u.id = r.user_id
            where r.terms = (select max(terms) from ranked)
            order by u.active desc, r.score desc, u.name, u.id limit %(limit)s offset %(offset)s""",
        {
            "met_terms": [at for at, _ in met],
            "met_forms": [form for _, form in met],
            "ats": list(range(len(terms))),
            "terms": terms,
            "ends": [term[:-1] + chr(ord(term[-1]) + 1) for term in terms],
            "weights": [_WEIGHTS[kind] for kind in sorted(_WEIGHTS)],
            "viewer": actor.user_id,
            "limit": size + 1,
            "offset": page * size,
        },
        into=Hit,
    )
    return found[:size], len(found) > size


def _terms(q: str) -> list[str]:
    """The folded words of what was typed; words that say nothing are left out where others are there."""
    words = list(dict.fromkeys(words_in(fold(q))))
    telling = [word for word in words if word not in LEFT_OUT]
    return (telling or words)[:MOST_TERMS]
