"""The template engine: where templates live, what they may call, built assets."""

import itertools
import json
import re
import secrets
from collections.abc import Iterator
from contextvars import ContextVar
from functools import lru_cache, partial
from html import escape
from pathlib import Path
from typing import Any, cast

from minijinja import Environment, safe

from hubbub.core import languages
from hubbub.core.html.segments import excerpt, segments
from hubbub.core.html.words import (
    NOBODY,
    View,
    day,
    key,
    moment,
    money,
    number,
    translate,
    translate_plural,
    viewing,
    when,
)

ROOMS = Path(__file__).parent.parent.parent
MANIFEST = ROOMS / "assets" / "manifest.json"
AVATAR_HUES = 12


# --- people --------------------------------------------------------------------------------------------------------


def initials(name: str | None) -> str:
    """At most two letters for a round picture: of the first and the last word of a name."""
    words = [word for word in re.split(r"[\s.]+", name or "") if word[:1].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper() or "?"


def hue(value: int) -> int:
    """Which of the avatars' colours something has: the same everywhere, for good."""
    return (value * 2654435761 >> 16) % AVATAR_HUES  # neighbours in number differ in colour


def avatar(person: Any, size: str = "") -> str:
    """The round picture of a person: of anything that has an id, a name, says whether it is a guest and may have a photo."""
    return _avatar(person.id, person.name, person.guest, size, getattr(person, "photo", None))


@lru_cache(maxsize=16384)
def _avatar(id: int, name: str, guest: bool, size: str, photo: int | None) -> str:
    classes = f"avatar hue-{hue(id)}{size and ' ' + size}{' outside' if guest else ''}"
    if photo:
        source = f"/profilephoto/{key(photo)}/{'F' if size in ('big', 'huge') else 'T'}"
        return safe(f'<img class="{classes}" src="{source}" alt="" width="36" height="36" loading="lazy">')
    return safe(f'<span class="{classes}" aria-hidden="true">{escape(initials(name))}</span>')


def who(person: Any, link: bool = True) -> str:
    """A name, leading to the page of whom or what it names where the viewer may see it; outside people are marked."""
    return _who(person.url, person.name, person.guest, link, viewing.get().locale)


@lru_cache(maxsize=16384)
def _who(url: str, name: str, guest: bool, link: bool, locale: str) -> str:
    kind = "who outside" if guest else "who"
    shown = (
        f'<a class="{kind}" href="{escape(url)}">{escape(name)}</a>'
        if link
        else f'<b class="{kind}">{escape(name)}</b>'
    )
    return safe(
        shown + (f'<span class="tag outside">{icon("outside")}{translate("outside")}</span>' if guest else "")
    )


# --- files ---------------------------------------------------------------------------------------------------------

# What `keep` has read. Empty where pages are worked on: there every file is read anew when it was changed.
_kept: dict[Path, bytes] = {}


def keep() -> None:
    """Read every template and built file once: what is written to the checkout later is for the next start."""
    if _kept:
        return  # by the process that this one is a copy of
    _kept.update(
        (path, path.read_bytes())
        for path in (*ROOMS.glob("*/templates/**/*"), *MANIFEST.parent.iterdir())
        if path.is_file()
    )


def _file(path: Path) -> bytes:
    return _kept[path] if path in _kept else path.read_bytes()


# --- built files ---------------------------------------------------------------------------------------------------


def _manifest() -> dict[str, str]:
    """The built files by the names that templates call them."""
    return _named(0.0 if _kept else MANIFEST.stat().st_mtime)


@lru_cache(maxsize=1)
def _named(changed: float) -> dict[str, str]:
    for cached in (_who, built, read, engine):
        cached.cache_clear()
    return json.loads(_file(MANIFEST))


def asset(name: str) -> str:
    """The address of a built file, with its hash: it may be kept for ever."""
    try:
        return f"/assets/{_manifest()[name]}"
    except FileNotFoundError as missing:
        raise RuntimeError("The front end is not built: run `node build.mjs` in frontend/") from missing


@lru_cache(maxsize=32)
def built(name: str, *, packed: bool) -> bytes | None:
    """A built file by its name with the hash, as it is or as it was `packed` (gzip) when it was built; None: there is none."""
    if name not in _manifest().values():
        return None
    return _file(MANIFEST.parent / (f"{name}.gz" if packed else name))


# Icons that point along the line: where one reads from right to left they point the other way.
_TURNED = {"arrow", "back", "bullets", "quote", "share", "signout"}


def icon(name: str) -> str:
    """One of the icons that frontend/icons.mjs names; decoration only, so it has no words."""
    turns = " turns" if name in _TURNED else ""
    return safe(
        f'<svg class="icon{turns}" aria-hidden="true"><use href="{asset("sprite.svg")}#{escape(name)}"/></svg>'
    )


# --- forms ---------------------------------------------------------------------------------------------------------


def csrf_field() -> str:
    """The hidden field without which a form is refused."""
    return safe(f'<input type="hidden" name="_csrf_token" value="{escape(viewing.get().csrf)}">')


def key_field() -> str:
    """The hidden field that makes sending the same form twice do its work once."""
    return safe(f'<input type="hidden" name="_key" value="{next(_form_keys.get())}">')


def _keys() -> Iterator[str]:
    """A key for each form of a page. They begin alike: what is random does not pack, and a feed has many forms."""
    page = secrets.token_urlsafe(12)
    for each in itertools.count():
        yield f"{page}.{each}"


_form_keys: ContextVar[Iterator[str]] = ContextVar("form_keys")


# --- templates -----------------------------------------------------------------------------------------------------

# Texts and icons that depend on nothing are put into a template when it is read, not each time it is shown.
_INDENT = re.compile(r"^[ \t]+(?=<)", re.MULTILINE)
_CONSTANT = re.compile(r'{{ (_|icon)\("([^"\\]*)"\) }}')


@lru_cache(maxsize=1024)
def read(name: str, language: str = languages.ENGLISH) -> str | None:
    """The source of a template by its name, with the texts that never change in this language, or None."""
    room, _, rest = name.partition("/")
    path = ROOMS / room / "templates" / rest
    if not rest or ".." in name or not (path in _kept if _kept else path.is_file()):
        return None

    def constant(found: re.Match[str]) -> str:
        return icon(found[2]) if found[1] == "icon" else escape(languages.find(found[2], language))

    source = _CONSTANT.sub(constant, _file(path).decode())
    # How far in a tag stands is for who reads the template; the line's end still parts it from what was before, except after a
    # block, whose line's end goes too: what must stand apart there says so with a blank.
    return _INDENT.sub("", source) if name.endswith(".html") else source


@lru_cache(maxsize=8)
def engine(language: str) -> Environment:
    """The templates of one language, each read and compiled when it is first shown."""
    # MiniJinja would escape by the name's ending alone; here everything is escaped but plain-text mail.
    return Environment(
        loader=partial(read, language=language),
        auto_escape_callback=lambda name: not name.endswith(".txt"),
        undefined_behavior=cast(Any, "semi_strict"),  # its type hints do not know it
        trim_blocks=True,
        lstrip_blocks=True,
        debug=False,
        globals={
            "_": translate,
            "ngettext": translate_plural,
            "number": number,
            "money": money,
            "date": day,
            "moment": moment,
            "when": when,
            "key": key,
            "avatar": avatar,
            "who": who,
            "asset": asset,
            "icon": icon,
            "csrf_field": csrf_field,
            "key_field": key_field,
            "segments": segments,
            "excerpt": excerpt,
        },
    )


def render(name: str, view: View = NOBODY, /, **context: Any) -> str:
    """A template as text, for this viewer."""
    asset("sprite.svg")  # notices a new build before a template is read
    language = languages.language_of(view.locale)
    before, keys = viewing.set(view), _form_keys.set(_keys())
    try:
        with languages.listening(language):
            return engine(language).render_template(
                name,
                **{
                    "csrf": view.csrf,
                    "nonce": view.nonce,
                    "theme": view.theme,
                    "zone": view.zone,
                    "lang": language.replace("_", "-"),
                    "locale": "en-US" if language == languages.TURNED else view.locale.replace("_", "-"),
                    "direction": languages.direction(language),
                }
                | context,
            )
    finally:
        viewing.reset(before)
        _form_keys.reset(keys)
