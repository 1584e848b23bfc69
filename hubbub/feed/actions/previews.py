"""Previews of linked pages: asked for by the worker, kept once for each post, taken away by who may edit it."""

import re
from html.parser import HTMLParser

import msgspec
import structlog

from hubbub import people, records
from hubbub.core import events, ids, jobs
from hubbub.core.db import Database, Tx
from hubbub.core.errors import Forbidden
from hubbub.core.outside import Fetched, Limits, Unfetchable, fetch_page
from hubbub.feed.actions.bodies import Segment
from hubbub.feed.actions.tracking import tracking

log = structlog.get_logger("hubbub.previews")

MOST_TITLE, MOST_DESCRIPTION, MOST_SITE = 200, 300, 100
_WEB = re.compile(r"https?://", re.IGNORECASE)


class Told(msgspec.Struct, frozen=True):
    """What a page says of itself."""

    title: str
    description: str = ""
    site: str = ""


def first_link(body: list[Segment], url: str | None = None) -> str | None:
    """The page that a post is about: its own link, or the first in its text."""
    links = [url, *(segment.get("url") for segment in body if segment["type"] in ("Link", "MarkupBegin"))]
    return next((each for each in links if each and _WEB.match(each)), None)


async def want_preview(tx: Tx, actor: people.Actor, item_id: int, url: str | None) -> None:
    """Have the worker ask for the page that a post links, where the org wants that; forget that of another page."""
    if url is None or not (await tracking(tx, await records.viewer(tx, actor))).link_previews:
        await tx.run(
            "delete from link_preview where org_id = %(org)s and item_id = %(item)s and url is distinct from %(url)s",
            {"item": item_id, "url": url},
        )
        return
    new = await tx.run(
        """insert into link_preview as p (org_id, item_id, url, state) values (%(org)s, %(item)s, %(url)s, 'waiting')
           on conflict (org_id, item_id) do update
             set url = excluded.url, state = 'waiting', title = null, description = null, site = null, asked_at = now()
             where p.url <> excluded.url""",
        {"item": item_id, "url": url},
    )
    if new:
        await jobs.defer(tx, "feed.preview", item_id=ids.show(item_id), org_id=tx.org_id)


async def fetch_preview(
    database: Database, *, org_id: int, item_id: str, limits: Limits | None = None
) -> None:
    """Ask for the page that a post links and keep what it says of itself. The network is asked between two acts."""
    item = ids.parse(item_id)
    async with database.act(org_id, read=True) as tx:
        url = await tx.value(
            """select p.url from link_preview p
               join feed_item i on i.org_id = %(org)s and i.id = p.item_id and i.deleted_at is null
               where p.org_id = %(org)s and p.item_id = %(item)s and p.state = 'waiting'
                 and (select l.link_previews from feed_limits l where l.org_id = %(org)s)""",
            {"item": item},
        )
    if url is None:  # changed, taken away or turned off meanwhile
        return
    try:
        told = read_page(await fetch_page(url, limits))
    except Unfetchable as reason:
        log.info("no preview", item=item_id, reason=str(reason))
        told = None
    async with database.act(org_id) as tx:
        kept = await tx.run(
            """update link_preview set state = %(state)s, title = %(title)s, description = %(description)s, site = %(site)s
               where org_id = %(org)s and item_id = %(item)s and url = %(url)s and state = 'waiting'""",
            {
                "item": item,
                "url": url,
                "state": "shown" if told else "none",
                "title": told.title if told else None,
                "description": told.description or None if told else None,
                "site": told.site or None if told else None,
            },
        )
        if kept and told:
            await events.record(tx, None, "feed.preview.added", item)


async def turn_previews(tx: Tx, actor: people.Actor, *, on: bool) -> None:
    """Say whether the server asks linked pages what they say of themselves, for posts from now on; off hides those that
    there are, too."""
    if not actor.admin:
        raise Forbidden("Only an administrator turns previews on or off.")
    await people.raise_version(tx)
    before = bool(await tx.value("select link_previews from feed_limits where org_id = %(org)s"))
    if before == on:
        return
    await tx.run(
        """insert into feed_limits (org_id, link_previews) values (%(org)s, %(turned)s)
           on conflict (org_id) do update set link_previews = excluded.link_previews""",
        {"turned": on},
    )
    await events.record(
        tx, actor, "feed.link_previews.changed", None, before={"on": before}, after={"on": on}
    )


# --- reading a page ------------------------------------------------------------------------------------------------


def read_page(page: Fetched) -> Told:
    """Title, description and site of a page, as plain text; raises Unfetchable where it has no title."""
    reader = _Reader()
    try:
        reader.feed(page.content.decode(page.charset or _declared(page.content), "replace"))
    except LookupError:  # an encoding that there is not
        reader.feed(page.content.decode("utf-8", "replace"))
    said = reader.said
    title = _line(said.get("og:title") or reader.title, MOST_TITLE)
    if not title:
        raise Unfetchable("the page has no title")
    description = _line(said.get("og:description") or said.get("description") or "", MOST_DESCRIPTION)
    return Told(title, description, _line(said.get("og:site_name") or "", MOST_SITE))


def _declared(content: bytes) -> str:
    found = re.search(
        rb"<meta[^>]{0,200}charset=[\"']?([A-Za-z0-9_.:-]{1,40})", content[:2048], re.IGNORECASE
    )
    return found[1].decode() if found else "utf-8"


def _line(text: str, most: int) -> str:
    line = " ".join("".join(c if c.isprintable() else " " if c.isspace() else "" for c in text).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


class _Reader(HTMLParser):
    """The title and the descriptions in the head of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.title = ""
        self.said: dict[str, str] = {}
        self._inside = False
        self._done = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "body":
            self._done = True
        elif tag == "title" and not self.title:
            self._inside = True
        elif tag == "meta" and not self._done:
            given = dict(attrs)
            name = (given.get("property") or given.get("name") or "").lower()
            if name and name not in self.said:
                self.said[name] = (given.get("content") or "")[:2000]

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside and not self._done:
            self.title = (self.title + data)[:2000]
