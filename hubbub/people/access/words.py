"""The words by which the directory finds people: folded, and in the forms at which a mistyped word still meets them."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

SHORT_NAMES = Path(__file__).with_name("short_names.txt")
LONGEST = 40

# What a word is taken from, and how much it counts: who searches for "ines" means a name before a title.
NAME, KNOWN_AS, SKILL, TITLE, PLACE = 1, 2, 3, 4, 5

# Letters that do not come apart into a plain one and an accent, and what people type instead of an umlaut.
_LETTERS = str.maketrans(
    {"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "þ": "th", "ı": "i"}
)
_SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
_WORD = re.compile(r"[^\W_]+")


def fold(text: str) -> str:
    """Lower case without accents: what is compared."""
    apart = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def words_in(text: str | None) -> list[str]:
    """The folded words of a text, in their order."""
    return [word[:LONGEST] for word in _WORD.findall(fold(text or ""))]


def spellings(text: str | None) -> set[str]:
    """The words of a text in all spellings by which it may be looked for: Müller is also Mueller, O'Neil also oneil."""
    found: set[str] = set()
    for part in (text or "").lower().split():
        found |= {*words_in(part), *words_in(part.translate(_SPELLED)), "".join(words_in(part))[:LONGEST]}
    return found - {""}


def forms(word: str) -> set[str]:
    """The word itself and what is left of it without one of its letters; of a long one also without two."""
    found = {word}
    if 4 <= len(word) <= 20:
        found |= _without_one(word)
    if 8 <= len(word) <= 14:
        found |= {each for shorter in _without_one(word) for each in _without_one(shorter)}
    return found


def _without_one(word: str) -> set[str]:
    return {word[:at] + word[at + 1 :] for at in range(len(word))}


@cache
def _short_names() -> dict[str, frozenset[str]]:
    known: dict[str, set[str]] = {}
    for line in SHORT_NAMES.read_text().splitlines():
        name, *short = line.partition("#")[0].split()[:20] or [""]
        known.setdefault(name, set()).update(short)
    return {name: frozenset(short) for name, short in known.items()}


def short_names(names: Iterable[str]) -> set[str]:
    """What people of these first names are often called."""
    return {short for name in names for short in _short_names().get(name, ())}


def words_of_person(
    *,
    name: str,
    last_name: str,
    username: str,
    nickname: str | None,
    title: str | None,
    department: str | None,
    city: str | None,
    country: str | None,
    skills: Iterable[str],
) -> list[tuple[str, int]]:
    """By which words somebody is found, and what each of them is, in one order for everybody who writes them."""
    parts = words_in(last_name)
    found = {
        **dict.fromkeys(spellings(city) | spellings(country), PLACE),
        **dict.fromkeys(spellings(title) | spellings(department), TITLE),
        **dict.fromkeys({word for skill in skills for word in spellings(skill)}, SKILL),
        **dict.fromkeys(words_in(username.partition("@")[0]), KNOWN_AS),
        **dict.fromkeys(spellings(nickname) | short_names(words_in(name)), KNOWN_AS),
        **dict.fromkeys(spellings(name) | ({"".join(parts)[:LONGEST]} if parts else set()), NAME),
    }
    return sorted(found.items())
