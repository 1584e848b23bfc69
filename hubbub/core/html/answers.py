"""Answers of pages: whole pages, pieces and changes to open pages, and where to go next."""

import re
import textwrap
from collections.abc import Sequence
from html import escape
from typing import Any
from urllib.parse import urlsplit

from litestar import Response
from litestar.template.base import csrf_token

from hubbub.core import languages
from hubbub.core.handlers import Request
from hubbub.core.html.templates import read, render
from hubbub.core.html.words import View

CSRF = "hubbub_csrf"  # the cookie that every form's token is compared with
THEME = "hubbub_theme"  # the cookie that keeps which colours this browser shows
THEMES = ("light", "dark")
STREAM = "text/vnd.turbo-stream.html"
# A path on this site: browsers take a backslash for a slash, and "//" begins another host.
_LOCAL = re.compile(r"/(?![/\\])[^\s\x00-\x1f\x7f\\]*")


def view_of(request: Request, actor: Any = None) -> View:
    """For whom this request's templates are rendered: an actor of the people room, or nobody yet."""
    return View(
        zone=getattr(actor, "timezone", None) or "UTC",
        locale=getattr(actor, "locale", None) or languages.usual_locale(languages.spoken()),
        # An address that matches no route has no token of its own: the browser's is good.
        csrf=str(csrf_token({"request": request})) or request.cookies.get(CSRF, ""),
        nonce=str(request.scope.get("nonce", "")),
        theme=chosen if (chosen := request.cookies.get(THEME)) in THEMES else "",
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
    request: Request, tx: Any, actor: Any, name: str, /, *, status: int = 200, **context: Any
) -> Response[str]:
    """A whole page: the template inside what every page wears, which is told what the page has read already. A page for
    nobody (sign-in) wears nothing."""
    shell = None if actor is None else await request.app.state.shell(tx, actor, request, context)
    text = render(
        name, view_of(request, actor), actor=actor, shell=shell, path=request.scope["path"], **context
    )
    if tx is not None and request.app.state.settings.dev:
        text = text.replace("</body>", _trace(request, tx, name) + "</body>")
    return _answer(text, status, "text/html")


def _trace(request: Request, tx: Any, name: str) -> str:
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
    for other in re.findall(r"{% *(?:extends|include|import|from) +\"([^\"]+)\"", read(name) or ""):
        if other not in known and other not in found:
            found += [
                other,
                *(each for each in _included(other, known | {name, *found}) if each not in found),
            ]
    return found


def fragment(
    request: Request, name: str, /, *, actor: Any, status: int = 200, **context: Any
) -> Response[str]:
    """A piece of a page, rendered with this person's eyes."""
    return _answer(render(name, view_of(request, actor), actor=actor, **context), status, "text/html")


def stream(
    request: Request, name: str, /, *, actor: Any, status: int = 200, told: str = "", **context: Any
) -> Response[str]:
    """Changes to an open page: a template made of <turbo-stream> elements. What is `told` is read out and not shown."""
    body = render(name, view_of(request, actor), actor=actor, **context)
    if told:
        body += (
            f'<turbo-stream action="update" target="told"><template>{escape(told)}</template></turbo-stream>'
        )
    return _answer(body, status, STREAM)


def wants_stream(request: Request) -> bool:
    """Whether the page's script asks, and takes changes to the open page instead of a new one."""
    return STREAM in request.headers.get("accept", "")


def wants_nothing(request: Request) -> bool:
    """Whether the page's script looks for itself what it shows, and takes an answer without a body."""
    return "return=minimal" in request.headers.get("prefer", "")


def see_other(address: str) -> Response[bytes]:
    """After a form that worked: look there now (303)."""
    return Response(content=b"", status_code=303, headers={"location": address, "cache-control": "no-store"})


async def back(request: Request, *, away_from: str = "") -> str:
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


def error_page(
    request: Request,
    refusal: Any,
    actor: Any = None,
    shell: Any = None,
    written: Sequence[tuple[str, str]] = (),
) -> str:
    """What went wrong, what to do, and what was `written` into the form that failed (labels and texts); without a shell it
    needs neither a database nor a person signed in."""
    return render(
        "core/error.html",
        view_of(request, actor),
        actor=actor,
        shell=shell,
        path=request.scope["path"],
        status=refusal.status,
        message=refusal.said,
        signed_in=bool(shell or request.cookies),
        again=request.method in ("GET", "HEAD"),
        written=list(written),
        request_id=request.scope.get("request_id", ""),
    )
