"""Languages: which there are, whose turn it is to be spoken to, and what a text is called there.

English is what the code says. Every other language is one file, hubbub/languages/<code>.po, which any gettext editor
opens; `bin/texts` brings it up to date with the code, and a test keeps it complete.
"""

import gettext
import re
import string
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
from babel.core import get_global
from babel.messages.pofile import read_po
from babel.numbers import get_decimal_symbol, get_group_symbol

FOLDER = Path(__file__).parent.parent / "languages"
ENGLISH = "en"
# English turned around: shows in tests, and to who works on Hubbub, what a page looks like from right to left, and which
# texts cannot be translated. CLDR calls it so; nobody is offered it.
TURNED = "ar_XB"
_GAPS = re.compile(r"(\{[^{}]*\})")
_RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur", "yi"})


class Catalogue(msgspec.Struct, frozen=True):
    """What texts are called in one language; `form` tells which plural belongs to a number."""

    texts: dict[str, str]
    plurals: dict[str, tuple[str, ...]]
    form: Callable[[int], int]


class _Listener(msgspec.Struct):
    language: str = ENGLISH
    locale: str = "en_US"  # how numbers and days are written


# Who is spoken to: one for each request, filled in when it is known who asks.
_listener: ContextVar[_Listener | None] = ContextVar("listener", default=None)


@lru_cache(maxsize=1)
def offered() -> tuple[str, ...]:
    """The codes of the languages that people can choose."""
    return (ENGLISH, *sorted(path.stem for path in FOLDER.glob("*.po")))


@lru_cache(maxsize=512)
def language_of(locale: str) -> str:
    """The language in which somebody with this locale ("de_AT") is spoken to: English where Hubbub has not learned his."""
    if locale == TURNED:
        return TURNED
    code = re.split("[_-]", locale)[0].lower()
    return code if code in offered() else ENGLISH


def accepted(header: str) -> str:
    """The language that a browser's Accept-Language likes best of those that there are."""
    wishes = []
    for wish in header[:200].split(","):
        tag, _, quality = wish.strip().partition(";q=")
        try:
            wishes.append((float(quality or 1), tag.strip()))
        except ValueError:
            continue
    for quality, tag in sorted(wishes, key=lambda wish: -wish[0]):
        code = re.split("[_-]", tag)[0].lower()
        if quality > 0 and code in offered():
            return code
    return ENGLISH


def usual_locale(language: str) -> str:
    """The locale of whom one only knows to speak that language."""
    likely = get_global("likely_subtags").get(language, "").split("_")
    return f"{language}_{likely[-1]}" if len(likely) > 1 else language


def direction(language: str) -> str:
    """ "rtl" where one reads from right to left, else "ltr"."""
    return "rtl" if re.split("[_-]", language)[0] in _RIGHT_TO_LEFT else "ltr"


@contextmanager
def listening(language: str = ENGLISH) -> Iterator[None]:
    """Within, texts are in this language, until `speak_to` finds out better."""
    before = _listener.set(_Listener(language))
    try:
        yield
    finally:
        _listener.reset(before)


def speak_to(locale: str) -> None:
    """From here on this request speaks the language of somebody with this locale, and writes numbers and days as he does."""
    listener = _listener.get()
    if listener is not None:
        listener.language, listener.locale = language_of(locale), locale


def written() -> str:
    """The locale in which numbers and days are written now."""
    listener = _listener.get()
    return listener.locale if listener is not None else "en_US"


def is_heard() -> bool:
    """Is it said already to whom one speaks?"""
    return _listener.get() is not None


def spoken() -> str:
    """The language that is spoken now."""
    listener = _listener.get()
    return listener.language if listener is not None else ENGLISH


@lru_cache(maxsize=16)
def catalogue(language: str) -> Catalogue:
    """All texts of a language."""
    with (FOLDER / f"{language}.po").open("rb") as file:
        known = read_po(file, locale=language, abort_invalid=True)
    texts, plurals = {}, {}
    for message in known:
        said: Any = message.string
        if not message.id or message.fuzzy or not said:
            continue
        if isinstance(message.id, str):
            texts[message.id] = said
        elif all(said):
            plurals[message.id[0]] = tuple(said)
    return Catalogue(texts, plurals, gettext.c2py(known.plural_expr))


def find(text: str, language: str | None = None) -> str:
    """What an English text is called in the language spoken now, or in another; itself where nobody has translated it."""
    language = language or spoken()
    if language == ENGLISH:
        return text
    text = str(text)
    if language == TURNED:
        return _turned(text) if any(text in catalogue(each).texts for each in offered()[1:]) else text
    return catalogue(language).texts.get(text, text)


class Text:
    """A text with what fills its {gaps}, for who does not know who will read it.

    A gap says how it is filled where that depends on the language, here and in templates: `{n:,}` with a number,
    `{object:_}` with a text that is translated itself, `{object:lower}` with that in small letters.
    """

    def __init__(self, template: str, /, **values: Any) -> None:
        self.template = template
        self.values = values

    def __str__(self) -> str:
        return self.say(ENGLISH)

    @property
    def said(self) -> str:
        """In the language that is spoken now."""
        return self.say(spoken())

    def say(self, language: str) -> str:
        """In that language."""
        text = find(self.template, language)
        return Filled(language).vformat(text, (), self.values) if self.values else text


class Filled(string.Formatter):
    """Fills the gaps of texts, in one language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, Text):
            return value.say(self.language)
        if isinstance(value, list):
            return "; ".join(self.format_field(each, format_spec) for each in value)
        if format_spec in ("_", "lower"):
            word = find(value, self.language)
            return word.lower() if format_spec == "lower" else word
        shown = super().format_field(value, format_spec)
        if format_spec.startswith(",") and self.language not in (ENGLISH, TURNED):
            group, point = get_group_symbol(self.language), get_decimal_symbol(self.language)
            return shown.translate({ord(","): group, ord("."): point})
        return shown


def find_plural(one: str, many: str, n: int) -> str:
    """Of a text in singular and plural the form that belongs to n, in the language spoken now."""
    language = spoken()
    if language in (ENGLISH, TURNED):
        text = one if n == 1 else many
        known = language == TURNED and any(one in catalogue(each).plurals for each in offered()[1:])
        return _turned(text) if known else text
    known = catalogue(language)
    forms = known.plurals.get(one)
    return forms[known.form(n)] if forms else (one if n == 1 else many)


@lru_cache(maxsize=4096)
def _turned(text: str) -> str:
    """The same letters written from right to left, with the gaps as they are, and a third longer as translations are."""
    parts = _GAPS.split(text)
    turned = "".join(
        part if _GAPS.fullmatch(part) else f"\u202e{part}\u202c" if part else "" for part in parts
    )
    return f"{turned} {'~' * (len(text) // 6)}".rstrip()


def mark(text: str) -> str:
    """The text as it is: says to `bin/texts` that it is translated where it is shown."""
    return text
