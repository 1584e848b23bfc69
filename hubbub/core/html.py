"""Pages: MiniJinja templates of every room, the helpers they may call, and message segments as safe HTML.

A template's name says where it lives: "feed/home.html" is hubbub/feed/templates/home.html. Everything printed is
escaped; the only text that is not is what the functions here build, and they escape each value that they take.
"""

import json
import re
import secrets
import textwrap
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any, Literal, cast
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, format_timedelta
from babel.numbers import format_currency, format_decimal
from litestar import Request, Response
from litestar.template.base import csrf_token
from minijinja import Environment, safe

from hubbub.core import clock, ids

ROOMS = Path(__file__).parent.parent
MANIFEST = ROOMS / "assets" / "manifest.json"
STREAM = "text/vnd.turbo-stream.html"
AVATAR_HUES = 12
Unit = Literal["minute", "hour", "day"]
UNITS: dict[Unit, timedelta] = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
}


class View(msgspec.Struct, frozen=True):
    """For whom a template is rendered: zone and locale of the texts, secrets of the forms."""

    zone: str = "UTC"
    locale: str = "en_US"
    csrf: str = ""
    nonce: str = ""


NOBODY = View()
_view: ContextVar[View] = ContextVar("view", default=NOBODY)  # frozen


# --- what templates may call ---------------------------------------------------------------------------------------


def translate(text: str, /, **values: Any) -> str:
    """A text in the viewer's language; {names} in it are replaced by the values, escaped unless they are markup."""
    return _fill(text, values) if values else text


def translate_plural(one: str, many: str, n: int, /, **values: Any) -> str:
    """A text in the singular or plural of n, which it may show as {n}."""
    return _fill(one if n == 1 else many, {"n": number(n), **values})


def _fill(text: str, values: dict[str, Any]) -> str:
    return safe(escape(text).format_map({name: _escaped(value) for name, value in values.items()}))


def _escaped(value: Any) -> str:
    return str(value) if hasattr(value, "__html__") else escape(str(value))


@lru_cache(maxsize=64)
def _locale(name: str) -> Locale:
    try:
        return Locale.parse(name)
    except (ValueError, UnknownLocaleError):
        return Locale.parse("en_US")


@lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


@lru_cache(maxsize=4096)
def _number(value: int | float | Decimal, locale: str) -> str:
    return format_decimal(value, locale=_locale(locale))


def number(value: int | float | Decimal | None) -> str:
    """A number with the viewer's separators; nothing for None."""
    return "" if value is None else _number(value, _view.get().locale)


def money(value: int | float | Decimal | None, currency: str = "USD") -> str:
    """An amount with its currency, without empty cents; nothing for None."""
    if value is None:
        return ""
    words = _locale(_view.get().locale)
    pattern = words.currency_formats["standard"].pattern
    if value == int(value):
        return format_currency(value, currency, re.sub(r"\.0+", "", pattern), words, currency_digits=False)
    return format_currency(value, currency, pattern, words)


@lru_cache(maxsize=8192)
def _day(value: date, locale: str) -> str:
    return format_date(value, "medium", locale=_locale(locale))


def day(value: date | datetime | None) -> str:
    """A calendar date, or the day of a moment in the viewer's zone; nothing for None."""
    if isinstance(value, datetime):
        value = value.astimezone(_zone(_view.get().zone)).date()
    return "" if value is None else _day(value, _view.get().locale)


# The same posts are shown over and over: their times are formatted once.
@lru_cache(maxsize=16384)
def _moment(minute: datetime, zone: str, locale: str) -> str:
    local = minute.astimezone(_zone(zone))
    words = _locale(locale)
    return (
        f"{format_date(local.date(), 'full', words)}, {format_time(local, 'short', locale=words)} {local:%Z}"
    )


def moment(value: datetime | None) -> str:
    """The exact time in the viewer's zone, to the minute; nothing for None."""
    if value is None:
        return ""
    view = _view.get()
    return _moment(value.replace(second=0, microsecond=0), view.zone, view.locale)


@lru_cache(maxsize=4096)
def _ago(amount: int, unit: Unit, locale: str) -> str:
    return format_timedelta(
        -amount * UNITS[unit],
        granularity=unit,
        threshold=1000,
        add_direction=True,
        format="short",
        locale=_locale(locale),
    )


def _relative(value: datetime, view: View) -> str:
    seconds = (clock.now() - value).total_seconds()
    if seconds < 60:
        return translate("just now")
    if seconds < 3600:
        return _ago(int(seconds // 60), "minute", view.locale)
    if seconds < 86400:
        return _ago(int(seconds // 3600), "hour", view.locale)
    if seconds < 7 * 86400:
        return _ago(int(seconds // 86400), "day", view.locale)
    return _day(value.astimezone(_zone(view.zone)).date(), view.locale)


def when(value: datetime | None) -> str:
    """A <time> element: how long ago, with the exact time on hover; the page's script keeps it running."""
    if value is None:
        return ""
    view = _view.get()
    return safe(f"{_time_tag(value, view.zone, view.locale)}{_relative(value, view)}</time>")


@lru_cache(maxsize=16384)
def _time_tag(value: datetime, zone: str, locale: str) -> str:
    stamp = value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    exact = _moment(value.replace(second=0, microsecond=0), zone, locale)
    return f'<time datetime="{stamp}" title="{escape(exact)}" data-ago>'


@lru_cache(maxsize=65536)
def key(value: int | str) -> str:
    """An id as addresses and element ids show it."""
    return ids.show(value) if isinstance(value, int) else value


def initials(name: str | None) -> str:
    """At most two letters for a round picture: of the first and the last word of a name."""
    words = [word for word in re.split(r"[\s.]+", name or "") if word[:1].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper() or "?"


def hue(value: int) -> int:
    """Which of the avatars' colours something has: the same everywhere, for good."""
    return (value * 2654435761 >> 16) % AVATAR_HUES  # neighbours in number differ in colour


def avatar(person: Any, size: str = "") -> str:
    """The round picture of a person: of anything that has an id, a name and says whether it is a guest."""
    return _avatar(person.id, person.name, person.guest, size)


@lru_cache(maxsize=16384)
def _avatar(id: int, name: str, guest: bool, size: str) -> str:
    classes = f"avatar hue-{hue(id)}{size and ' ' + size}{' outside' if guest else ''}"
    return safe(f'<span class="{classes}" aria-hidden="true">{escape(initials(name))}</span>')


def who(person: Any, link: bool = True) -> str:
    """A person's name, leading to his page where the viewer may see it; outside people are marked as such."""
    return _who(person.id, person.name, person.guest, link, _view.get().locale)


@lru_cache(maxsize=16384)
def _who(id: int, name: str, guest: bool, link: bool, locale: str) -> str:
    kind = "who outside" if guest else "who"
    shown = (
        f'<a class="{kind}" href="/people/{key(id)}">{escape(name)}</a>'
        if link
        else f'<b class="{kind}">{escape(name)}</b>'
    )
    return safe(
        shown + (f'<span class="tag outside">{icon("outside")}{translate("outside")}</span>' if guest else "")
    )


@lru_cache(maxsize=1)
def _manifest(changed: float) -> dict[str, str]:
    for cached in (_who, _load):
        cached.cache_clear()
    engine.reload()
    return json.loads(MANIFEST.read_text())


def asset(name: str) -> str:
    """The address of a built file, with its hash: it may be kept for ever."""
    try:
        return f"/assets/{_manifest(MANIFEST.stat().st_mtime)[name]}"
    except FileNotFoundError as missing:
        raise RuntimeError("The front end is not built: run `node build.mjs` in frontend/") from missing


def icon(name: str) -> str:
    """One of the icons that frontend/icons.mjs names; decoration only, so it has no words."""
    return safe(
        f'<svg class="icon" aria-hidden="true"><use href="{asset("sprite.svg")}#{escape(name)}"/></svg>'
    )


def csrf_field() -> str:
    """The hidden field without which a form is refused."""
    return safe(f'<input type="hidden" name="_csrf_token" value="{escape(_view.get().csrf)}">')


def key_field() -> str:
    """The hidden field that makes sending the same form twice do its work once."""
    return safe(f'<input type="hidden" name="_key" value="{secrets.token_urlsafe(12)}">')


# --- message segments ----------------------------------------------------------------------------------------------

_LINK = re.compile(r"(?:https?://|mailto:)[^\s\x00-\x1f\x7f]+", re.IGNORECASE)
_LOCAL = re.compile(r"/(?![/\\])[^\s\x00-\x1f\x7f\\]*")
_ID = re.compile(r"[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?")
_MARKUP = {
    "Bold": "b",
    "Italic": "i",
    "Underline": "u",
    "Strikethrough": "s",
    "Code": "code",
    "Paragraph": "p",
    "OrderedList": "ol",
    "UnorderedList": "ul",
    "ListItem": "li",
}


def segments(body: list[dict[str, Any]] | None) -> str:
    """A stored body as HTML. What is not on the list of segments is shown as its text, never as markup."""
    parts: list[str] = []
    open_tags: list[tuple[str, str]] = []
    for segment in body or ():
        kind = segment.get("type")
        text = escape(str(segment.get("text") or ""))
        match kind:
            case "Text":
                parts.append(text)
            case "Mention":
                parts.append(_mention(segment, text))
            case "Hashtag":
                tag = str(segment.get("tag") or "")
                parts.append(
                    f'<a class="topic" href="/topics/{quote(tag, safe="")}">{text or "#" + escape(tag)}</a>'
                )
            case "Link":
                parts.append(_anchor(segment.get("url"), text))
            case "MarkupBegin":
                markup = str(segment.get("markupType"))
                tag = _MARKUP.get(markup)
                if tag:
                    parts.append(f"<{tag}>")
                    open_tags.append((markup, f"</{tag}>"))
                elif markup == "Hyperlink" and (address := _address(segment.get("url"))):
                    parts.append(f'<a href="{address}" rel="noopener nofollow ugc">')
                    open_tags.append((markup, "</a>"))
            case "MarkupEnd":
                markup = str(segment.get("markupType"))
                if any(opened == markup for opened, _ in open_tags):
                    while True:
                        opened, closing = open_tags.pop()
                        parts.append(closing)
                        if opened == markup:
                            break
            case _:
                parts.append(text)
    parts.extend(closing for _, closing in reversed(open_tags))
    return safe("".join(parts))


def _address(url: Any) -> str | None:
    return escape(url) if isinstance(url, str) and _LINK.fullmatch(url) else None


def _anchor(url: Any, text: str) -> str:
    address = _address(url)
    return (
        f'<a href="{address}" rel="noopener nofollow ugc">{text or address}</a>'
        if address
        else text or escape(str(url or ""))
    )


def _mention(segment: dict[str, Any], text: str) -> str:
    shown = text or "@" + escape(str(segment.get("name") or ""))
    person = str(segment.get("id") or "")
    return f'<a class="mention" href="/people/{person}">{shown}</a>' if _ID.fullmatch(person) else shown


def excerpt(body: list[dict[str, Any]] | None, length: int = 80) -> str:
    """The first words of a body as plain text, for titles."""
    text = " ".join("".join(str(segment.get("text") or "") for segment in body or ()).split())
    return text if len(text) <= length else text[: length - 1].rsplit(" ", 1)[0] + "…"


# --- the engine ----------------------------------------------------------------------------------------------------


# Texts and icons that depend on nothing are put into a template when it is read, not each time it is shown.
_CONSTANT = re.compile(r'{{ (_|icon)\("([^"\\]*)"\) }}')


@lru_cache(maxsize=256)
def _load(name: str) -> str | None:
    room, _, rest = name.partition("/")
    path = ROOMS / room / "templates" / rest
    if not rest or ".." in name or not path.is_file():
        return None
    return _CONSTANT.sub(_constant, path.read_text(encoding="utf-8"))


def _constant(found: re.Match[str]) -> str:
    return icon(found[2]) if found[1] == "icon" else escape(translate(found[2]))


# MiniJinja would escape by the name's ending alone; here everything is escaped but plain-text mail.
engine = Environment(
    loader=_load,
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
    before = _view.set(view)
    try:
        return engine.render_template(
            name,
            **{
                "csrf": view.csrf,
                "nonce": view.nonce,
                "zone": view.zone,
                "lang": view.locale.replace("_", "-"),
            }
            | context,
        )
    finally:
        _view.reset(before)


# --- answers -------------------------------------------------------------------------------------------------------


def view_of(request: Request[Any, Any, Any], actor: Any = None) -> View:
    """For whom this request's templates are rendered: an actor of the people room, or nobody yet."""
    return View(
        zone=getattr(actor, "timezone", None) or "UTC",
        locale=getattr(actor, "locale", None) or "en_US",
        csrf=str(csrf_token({"request": request})),
        nonce=str(request.scope.get("nonce", "")),
    )


def _answer(text: str, status: int, kind: str) -> Response[str]:
    # What a page shows may be gone for this person a second later: no cache keeps it.
    return Response(
        content=text,
        status_code=status,
        media_type=kind,
        headers={"cache-control": "no-store"},
    )


async def page(
    request: Request[Any, Any, Any], tx: Any, actor: Any, name: str, /, *, status: int = 200, **context: Any
) -> Response[str]:
    """A whole page: the template inside what every page wears. A page for nobody (sign-in) wears nothing."""
    shell = None if actor is None else await request.app.state.shell(tx, actor, request)
    text = render(
        name, view_of(request, actor), actor=actor, shell=shell, path=request.scope["path"], **context
    )
    if tx is not None and request.app.state.settings.dev:
        text = text.replace("</body>", _trace(request, tx, name) + "</body>")
    return _answer(text, status, "text/html")


def _trace(request: Request[Any, Any, Any], tx: Any, name: str) -> str:
    """How this page was made, at its foot, for who works on Hubbub: handler, actions and queries, templates, SQL."""
    asked: dict[str, list[float]] = {}
    for statement in tx.log:
        asked.setdefault(statement.asker or "", []).append(statement.seconds)
    handler = request.route_handler
    return render(
        "core/trace.html",
        handler=f"{handler.fn.__module__.removeprefix('hubbub.')}.{handler.fn.__name__}",
        asked=[(asker, len(each), f"{sum(each) * 1000:.1f}") for asker, each in asked.items()],
        templates=[name, *_included(name)],
        statements=[(f"{each.seconds * 1000:.1f}", textwrap.dedent(each.sql).strip()) for each in tx.log],
        total_ms=f"{sum(each.seconds for each in tx.log) * 1000:.1f}",
    )


def _included(name: str, known: frozenset[str] = frozenset()) -> list[str]:
    """The templates that a template extends, includes and imports, and theirs."""
    found: list[str] = []
    for other in re.findall(r"{% *(?:extends|include|import|from) +\"([^\"]+)\"", _load(name) or ""):
        if other not in known and other not in found:
            found += [
                other,
                *(each for each in _included(other, known | {name, *found}) if each not in found),
            ]
    return found


def fragment(
    request: Request[Any, Any, Any], name: str, /, *, actor: Any, status: int = 200, **context: Any
) -> Response[str]:
    """A piece of a page, rendered with this person's eyes."""
    return _answer(render(name, view_of(request, actor), actor=actor, **context), status, "text/html")


def stream(
    request: Request[Any, Any, Any], name: str, /, *, actor: Any, status: int = 200, **context: Any
) -> Response[str]:
    """Changes to an open page: a template made of <turbo-stream> elements."""
    return _answer(render(name, view_of(request, actor), actor=actor, **context), status, STREAM)


def wants_stream(request: Request[Any, Any, Any]) -> bool:
    """Whether the page's script asks, and takes changes to the open page instead of a new one."""
    return STREAM in request.headers.get("accept", "")


def see_other(address: str) -> Response[bytes]:
    """After a form that worked: look there now (303)."""
    return Response(content=b"", status_code=303, headers={"location": address, "cache-control": "no-store"})


async def back(request: Request[Any, Any, Any], *, away_from: str = "") -> str:
    """Where a form without a script came from: an address of this site, the home page if there is none."""
    asked = (await request.form()).get("next")
    if not asked:
        came = urlsplit(request.headers.get("referer", ""))
        asked = (
            came.path + (f"?{came.query}" if came.query else "")
            if came.netloc == request.headers.get("host")
            else ""
        )
    address = local(asked)
    return address if not away_from or address.partition("?")[0] != away_from else "/"


def local(address: object) -> str:
    """The address if it lies on this site, else the home page: nobody is sent elsewhere by a link that he was given."""
    return address if isinstance(address, str) and _LOCAL.fullmatch(address) else "/"


def error_page(request: Request[Any, Any, Any], refusal: Any) -> Response[str]:
    """What went wrong and what to do, as a page that needs neither a database nor a person signed in."""
    text = render(
        "core/error.html",
        view_of(request),
        actor=None,
        shell=None,
        path=request.scope["path"],
        status=refusal.status,
        message=refusal.message,
        signed_in=bool(request.cookies),
        request_id=request.scope.get("request_id", ""),
    )
    return _answer(text, refusal.status, "text/html")
