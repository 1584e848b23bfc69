"""Hubbub as an app of one's device: its manifest and icons, the worker that answers when no server does, the page that it
then shows; and which colours this browser shows."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from litestar import Response, get, post

from hubbub.core import html
from hubbub.core.errors import NotFound
from hubbub.core.handlers import InPath, Request

ICONS = Path(__file__).parent / "icons"
A_DAY = "public, max-age=86400"
A_YEAR = 365 * 86400  # seconds


@get("/manifest.webmanifest", include_in_schema=False)
async def manifest() -> Response[dict[str, Any]]:
    """What a device is told when Hubbub is installed on it."""
    _ = html.translate
    return Response(
        {
            "id": "/",
            "name": "Hubbub",
            "short_name": "Hubbub",
            "description": _("What happens to the people and deals you follow."),
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "background_color": "#f5f4f1",
            "theme_color": "#0b5cad",
            "icons": [
                {
                    "src": f"/icons/{size}.png",
                    "sizes": f"{size}x{size}",
                    "type": "image/png",
                    "purpose": "any",
                }
                for size in (192, 512)
            ]
            + [{"src": "/icons/whole.png", "sizes": "512x512", "type": "image/png", "purpose": "maskable"}],
            "shortcuts": [
                {"name": _("New post"), "url": "/#composer"},
                {"name": _("Notifications"), "url": "/notices"},
                {"name": _("Search and go to"), "url": "/jump"},
            ],
        },
        media_type="application/manifest+json",
        headers={"cache-control": A_DAY, "vary": "accept-language"},
    )


@get("/icons/{name:str}", include_in_schema=False)
async def app_icon(name: InPath) -> Response[bytes]:
    """The icon of the installed app."""
    content = _icons().get(name)
    if content is None:
        raise NotFound()
    return Response(content, media_type="image/png", headers={"cache-control": A_DAY})


@lru_cache(maxsize=1)
def _icons() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in ICONS.glob("*.png")}


@get("/worker.js", include_in_schema=False)
async def worker() -> Response[bytes]:
    """The service worker. It stands at the top because it answers for all pages; a browser asks for it anew each time."""
    content = html.built(html.asset("worker.js").rpartition("/")[2], packed=False)
    return Response(
        content or b"", media_type="text/javascript; charset=utf-8", headers={"cache-control": "no-cache"}
    )


@get("/offline", include_in_schema=False)
async def offline(request: Request) -> Response[str]:
    """What the worker shows when no server answers: it says so, and knows nobody."""
    return await html.page(request, None, None, "core/offline.html")


@post("/theme/{name:str}", status_code=303)
async def choose_theme(request: Request, name: InPath) -> Response[bytes]:
    """Show light or dark colours in this browser, or (device) what the device shows."""
    if name != "device" and name not in html.THEMES:
        raise NotFound()
    response = html.see_other(await html.back(request))
    if name == "device":
        response.delete_cookie(html.THEME, path="/")
    else:
        secure = request.app.state.settings.is_https
        response.set_cookie(
            html.THEME, name, path="/", max_age=A_YEAR, httponly=True, samesite="lax", secure=secure
        )
    return response


ROUTES = [manifest, app_icon, worker, offline, choose_theme]
